//! Programs in terminals of their own: started, drawn, typed into, and ended with everything that belongs to them.
//!
//! ```text
//! program   starts the child, waits for its end, ends what is left of its groups, names what has left them
//! reader    terminal -> screen; what the program asks is answered
//! writer    what is typed -> terminal; it may wait, nobody waits for it
//! painter   screen -> a message, one at a time and at most every 33 ms
//! ```
//!
//! Each is a thread. The child leads a session of its own, so its group is not the lab's; what it writes is kept in the
//! terminal's own buffer and in a screen with a bound, so a program that prints without end costs time, not memory.

mod group;
mod leftovers;
mod screen;
mod session;
mod surroundings;

use std::sync::mpsc::TrySendError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::mpsc;

use crate::app::Message;
use crate::app::program_pane::{LeftBehind, Start};

use session::{AFTER_HANG_UP, LAST_WORDS, Session};

pub use leftovers::{MARK, marked};
pub use surroundings::Surroundings;

/// The lab's programs: one at a time.
pub struct Programs {
    surroundings: Arc<Surroundings>,
    inbox: mpsc::Sender<Message>,
    /// A std lock: it is held for a look, never across a wait.
    current: Mutex<Option<Arc<Session>>>,
}

impl Programs {
    /// None runs yet.
    pub fn new(surroundings: Surroundings, inbox: mpsc::Sender<Message>) -> Self {
        Self {
            surroundings: Arc::new(surroundings),
            inbox,
            current: Mutex::new(None),
        }
    }

    /// What surrounds them.
    pub fn surroundings(&self) -> &Arc<Surroundings> {
        &self.surroundings
    }

    /// Starts a program; what is left of the one before is ended.
    pub fn start(&self, start: Start) {
        let run = start.run;
        let (session, typed) = Session::new(run, start.size);
        let session = Arc::new(session);
        let before = locked(&self.current).replace(Arc::clone(&session));
        if let Some(before) = before {
            before.close();
        }
        let (surroundings, inbox) = (Arc::clone(&self.surroundings), self.inbox.clone());
        let begun = thread::Builder::new()
            .name("program".into())
            .spawn(move || session.live(&start, &surroundings, typed, &inbox));
        if let Err(error) = begun {
            let result = Err(format!("the system gives no thread for it ({error})."));
            // The inbox is full at most for a moment, and this is the loop's own thread.
            let _ = self.inbox.try_send(Message::ProgramStarted { run, result });
        }
    }

    fn of(&self, run: u64) -> Option<Arc<Session>> {
        let current = locked(&self.current);
        current
            .as_ref()
            .filter(|session| session.run == run)
            .cloned()
    }

    /// Types into the program.
    pub fn input(&self, run: u64, bytes: Vec<u8>) {
        if let Some(session) = self.of(run)
            && let Err(TrySendError::Full(_)) = session.typed.try_send(bytes)
        {
            let _ = self.inbox.try_send(Message::ProgramDeaf { run });
        }
    }

    /// Gives its terminal a size.
    pub fn resize(&self, run: u64, size: (u16, u16)) {
        if let Some(session) = self.of(run) {
            session.resize(size);
        }
    }

    /// Shows its screen so many lines back.
    pub fn scroll(&self, run: u64, back: usize) {
        if let Some(session) = self.of(run) {
            session.with_screen(|screen| screen.scroll(back));
            session.touch(|desk| desk.dirty = true);
        }
    }

    /// A picture was taken in.
    pub fn shown(&self, run: u64) {
        if let Some(session) = self.of(run) {
            session.touch(|desk| desk.waiting = false);
        }
    }

    /// Ends it: Ctrl-C, a hang-up, and then by force. Does not wait.
    pub fn end(&self, run: u64) {
        if let Some(session) = self.of(run) {
            // Without a thread it is ended here and now, by force.
            let other = Arc::clone(&session);
            let begun = thread::Builder::new()
                .name("ending".into())
                .spawn(move || other.end());
            if begun.is_err() {
                session.kill();
            }
        }
    }

    /// Ends whatever runs and waits for that, at most for some two seconds. Gives what has left its program's groups and
    /// goes on.
    pub fn end_all(&self) -> Vec<LeftBehind> {
        let Some(session) = locked(&self.current).take() else {
            return Vec::new();
        };
        session.end();
        session.wait(AFTER_HANG_UP + LAST_WORDS, |desk| desk.ended);
        session.close();
        session.desk().left.clone()
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        if let Some(session) = locked(&self.current).take() {
            session.kill();
            session.close();
        }
    }
}

/// What a lock guards is whole at every moment, so a panic elsewhere spoils nothing.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, unix))]
mod tests;
