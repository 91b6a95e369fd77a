//! What is left of a program when its leader has ended: processes that carry the run's mark in their environment, or are
//! still in the session of its terminal.
//!
//! On Linux `/proc` tells. Elsewhere nothing does, and nothing is named.

use crate::app::program_pane::LeftBehind;

/// The variable that marks the processes of a run.
pub const MARK: &str = "KINESIS_LAB_RUN";

/// A process of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The process and its name.
    pub process: LeftBehind,
    /// Its process group.
    pub group: i32,
}

/// All processes with this mark, or of the session that this process leads, that have not ended; but for itself.
#[cfg(target_os = "linux")]
pub fn marked(mark: &str, leader: u32) -> Vec<Marked> {
    let wanted = format!("{MARK}={mark}");
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let processes = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| *pid != leader);
    processes
        .filter_map(told)
        .filter(|(process, session)| {
            // An environment can be emptied.
            *session == leader || carries(process.process.pid, wanted.as_bytes())
        })
        .map(|(process, _)| process)
        .collect()
}

/// Elsewhere they are not known.
#[cfg(not(target_os = "linux"))]
pub fn marked(_mark: &str, _leader: u32) -> Vec<Marked> {
    Vec::new()
}

#[cfg(target_os = "linux")]
fn carries(pid: u32, wanted: &[u8]) -> bool {
    let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment
        .split(|byte| *byte == 0)
        .any(|variable| variable == wanted)
}

/// A process and its session. `stat` holds the name in brackets, then the state, the parent, the group and the session
/// (see proc(5)).
#[cfg(target_os = "linux")]
fn told(pid: u32) -> Option<(Marked, u32)> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (before, after) = stat.rsplit_once(") ")?;
    let (_, name) = before.split_once('(')?;
    let mut fields = after.split(' ');
    let state = fields.next()?;
    let group = fields.nth(1)?.parse().ok()?;
    let session = fields.next()?.parse().ok()?;
    let process = LeftBehind {
        pid,
        name: name.to_owned(),
    };
    (state != "Z" && state != "X").then_some((Marked { process, group }, session))
}
