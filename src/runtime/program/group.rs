//! The process groups of a program: that of the one that leads, and the one that its terminal has in the foreground.

use std::collections::BTreeSet;

use portable_pty::{Child, MasterPty};

use crate::app::program_pane::Ending;

#[cfg(unix)]
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// What is ended together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    leader: i32,
    foreground: i32,
}

impl Group {
    /// The group that this process leads; none for what is no number of a process.
    pub fn of(pid: u32) -> Option<Self> {
        let leader = i32::try_from(pid).ok().filter(|pid| *pid > 1)?;
        Some(Self {
            leader,
            foreground: leader,
        })
    }

    /// Their numbers.
    pub fn numbers(&self) -> impl Iterator<Item = i32> {
        BTreeSet::from([self.leader, self.foreground]).into_iter()
    }

    /// A shell gives each of its jobs a group: the one in the foreground is ended too.
    pub fn note_foreground(&mut self, master: Option<&(dyn MasterPty + Send)>) {
        #[cfg(unix)]
        if let Some(group) = master.and_then(MasterPty::process_group_leader)
            && group > 1
        {
            self.foreground = group;
        }
        #[cfg(not(unix))]
        let _ = master;
    }

    /// As Ctrl-C does.
    pub fn interrupt(&self) {
        #[cfg(unix)]
        send(self.foreground, Signal::INT);
    }

    /// As closing the window does.
    pub fn hang_up(&self) {
        #[cfg(unix)]
        for group in self.numbers() {
            send(group, Signal::HUP);
            // What is stopped must hear of it.
            send(group, Signal::CONT);
        }
    }

    /// By force.
    pub fn kill(&self) {
        #[cfg(unix)]
        for group in self.numbers() {
            send(group, Signal::KILL);
        }
    }
}

/// A group that is gone needs no signal.
#[cfg(unix)]
fn send(group: i32, signal: Signal) {
    if let Some(group) = Pid::from_raw(group) {
        let _ = kill_process_group(group, signal);
    }
}

/// Waits for the end of the one that leads, and leaves its number taken until the child is waited for.
#[cfg(unix)]
pub fn wait(pid: u32, child: &mut Box<dyn Child + Send + Sync>) -> Ending {
    let waited = i32::try_from(pid).ok().and_then(Pid::from_raw).map(|pid| {
        loop {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            match waitid(WaitId::Pid(pid), options) {
                Err(rustix::io::Errno::INTR) => {}
                other => return other,
            }
        }
    });
    match waited {
        Some(Ok(Some(status))) => match (status.exit_status(), status.terminating_signal()) {
            (Some(code), _) => Ending::Exit(code),
            (None, Some(signal)) => Ending::Signal(signal),
            (None, None) => by_child(child),
        },
        _ => by_child(child),
    }
}

/// Elsewhere the child tells.
#[cfg(not(unix))]
pub fn wait(_pid: u32, child: &mut Box<dyn Child + Send + Sync>) -> Ending {
    by_child(child)
}

fn by_child(child: &mut Box<dyn Child + Send + Sync>) -> Ending {
    let code = child.wait().map_or(1, |status| status.exit_code());
    Ending::Exit(i32::try_from(code).unwrap_or(i32::MAX))
}
