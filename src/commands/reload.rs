//! Looking after a lesson's files while it is open: a saved one is read again and put in place of what was read before.
//!
//! The paths are looked at a few times a second, by name: an editor that writes a new file and renames it onto the old one
//! is noticed as well as one that writes into it, on every kind of disk, and nothing else is woken for it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use kinesis_lab::app::Message;
use kinesis_lab::app::message::Reread;
use kinesis_lab::lesson::{Fault, Lesson};
use tokio::sync::mpsc;
use tokio::task::{JoinError, spawn_blocking};
use tokio_util::sync::CancellationToken;

use super::lesson::Files;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(300);

/// How long files must stay as they are before they are read: an editor may still be writing.
const SETTLE: Duration = Duration::from_millis(60);

/// For how many of these looks: a file that is not there is most likely being replaced.
const THERE: usize = 1;
/// See [`THERE`].
const GONE: usize = 5;

/// How many looks it is waited for that; files that are written without end are read then.
const PATIENCE: usize = 20;

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    size: u64,
    number: u64,
}

/// The lesson's text, its settings and the file of scenes that they name; none where there is no file.
type Stamps = [Option<Stamp>; 3];

/// The files of a lesson, how they stood when they were read, and what came of it.
pub struct Watch {
    key: String,
    files: Files,
    read_at: Option<Stamps>,
    lesson: Lesson,
    fault: Option<Fault>,
}

impl Watch {
    /// Over files that were just read. None over what is no ordinary file: a pipe can be read once only.
    pub fn over(files: Files, key: &str, lesson: &Lesson, fault: Option<&Fault>) -> Option<Self> {
        let ordinary = fs::metadata(&files.text).is_ok_and(|it| it.is_file());
        ordinary.then(|| Self {
            key: key.to_owned(),
            files,
            // What was saved while it was being read is seen at the first look.
            read_at: None,
            lesson: lesson.clone(),
            fault: fault.cloned(),
        })
    }

    /// Tells the lab of every change, until it ends.
    pub async fn run(self, inbox: mpsc::Sender<Message>, stop: CancellationToken) {
        let told = inbox.clone();
        let ended = stop.run_until_cancelled(self.rounds(told)).await;
        if let Some(Err(_)) = ended {
            let what = "reading the lesson again".to_owned();
            // The lab is ending if nobody takes it.
            let _ = inbox.send(Message::TaskPanicked(what)).await;
        }
    }

    async fn rounds(mut self, inbox: mpsc::Sender<Message>) -> Result<(), JoinError> {
        loop {
            tokio::time::sleep(LOOK).await;
            let now = self.stamps().await?;
            if self.read_at == Some(now) {
                continue;
            }
            self.read_at = Some(self.settled(now).await?);
            let (watch, news) = spawn_blocking(move || {
                let news = self.read();
                (self, news)
            })
            .await?;
            self = watch;
            if let Some(news) = news
                && inbox.send(Message::LessonChanged(news)).await.is_err()
            {
                return Ok(());
            }
        }
    }

    /// How the files stand once they stay so.
    async fn settled(&self, mut before: Stamps) -> Result<Stamps, JoinError> {
        let mut same = 0;
        for _ in 0..PATIENCE {
            tokio::time::sleep(SETTLE).await;
            let now = self.stamps().await?;
            same = if now == before { same + 1 } else { 0 };
            before = now;
            if same >= if now[0].is_some() { THERE } else { GONE } {
                break;
            }
        }
        Ok(before)
    }

    async fn stamps(&self) -> Result<Stamps, JoinError> {
        let paths = self.files.paths();
        spawn_blocking(move || paths.map(|path| stamp(&path?))).await
    }

    /// Reads the files. Gives what is to be told, if it is anything new.
    fn read(&mut self) -> Option<Reread> {
        let (lesson, fault) = self.files.read_again();
        let lesson = lesson.filter(|lesson| *lesson != self.lesson);
        if lesson.is_none() && fault == self.fault {
            return None;
        }
        if let Some(lesson) = &lesson {
            self.lesson.clone_from(lesson);
        }
        self.fault.clone_from(&fault);
        Some(Reread {
            key: self.key.clone(),
            lesson: lesson.map(Arc::new),
            fault,
        })
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let it = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&it);
    #[cfg(not(unix))]
    let number = 0;
    Some(Stamp {
        modified: it.modified().ok(),
        size: it.len(),
        number,
    })
}
