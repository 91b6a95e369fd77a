//! Records a run: what the lab hears goes through a bounded queue to a thread that writes it.
//!
//! The loop never waits for the disk. Where the queue is full messages are missing: they are counted, and the recording and
//! the screen say so. Where the disk refuses, the recording ends, and the lab goes on.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::GRACE;
use crate::app::message::{Answer, Batch};
use crate::app::{Message, Model};
use crate::recording::{Entry, Facts, Header, Keeper, Writer, heard};

/// How many entries wait to be written; with more, messages are missing.
const CAPACITY: usize = 4_096;

/// How many bytes of messages wait to be written, about; a message that comes on top of them is missing.
const MOST_WAITING: usize = 64 * 1024 * 1024;

/// About what a small thing takes in memory, in bytes.
const SMALL: usize = 128;

/// How much of a run may be missing after a kill.
const FLUSHED_EVERY: Duration = Duration::from_secs(2);

/// What waits to be written: when it happened, what, and how many bytes it takes.
type Waiting = (DateTime<Utc>, Entry, usize);

/// Takes what the lab hears.
pub struct Recorder {
    queue: SyncSender<Waiting>,
    /// How many bytes of messages wait.
    waiting: Arc<AtomicUsize>,
    payloads: bool,
    lost: u64,
    ended: oneshot::Receiver<Result<(), String>>,
}

impl Recorder {
    /// Begins a recording in a new file that its owner alone reads. Where it is not whole, the inbox is told. An error says
    /// what to do.
    pub fn start(
        path: &Path,
        header: &Header,
        home: Option<&str>,
        inbox: mpsc::Sender<Message>,
    ) -> Result<Self, String> {
        let refused = |error: io::Error| match error.kind() {
            ErrorKind::AlreadyExists => format!(
                "{} exists already, and a recording replaces nothing: name another file, or move that one away",
                path.display()
            ),
            _ => format!(
                "cannot record in {}: {error}. Name a file in a folder that you may write to",
                path.display()
            ),
        };
        let file = create(path).map_err(refused)?;
        Self::over(file, header, home, inbox).map_err(refused)
    }

    fn over(
        file: impl Write + Send + 'static,
        header: &Header,
        home: Option<&str>,
        inbox: mpsc::Sender<Message>,
    ) -> io::Result<Self> {
        let mut writer = Writer::new(file, header, home)?;
        writer.flush()?;
        let keeper = Keeper::new(header);
        let (queue, entries) = sync_channel(CAPACITY);
        let (tell, ended) = oneshot::channel();
        let waiting = Arc::<AtomicUsize>::default();
        let written = Arc::clone(&waiting);
        let writing = move || {
            // Nobody waits for it where the process ends by a signal.
            let _ = tell.send(write(writer, keeper, &entries, &written, &inbox));
        };
        let thread = thread::Builder::new().name("recording".to_owned());
        thread.spawn(writing)?;
        Ok(Self {
            queue,
            waiting,
            payloads: header.payloads,
            lost: 0,
            ended,
        })
    }

    /// Takes what a model is about to hear.
    pub fn hear(&mut self, model: &Model, message: &Message, now: DateTime<Utc>) {
        let weight = weight(message);
        // The loop alone adds to them, so there are at most as many when it does.
        if self.waiting.load(Ordering::Relaxed).saturating_add(weight) > MOST_WAITING {
            self.lost += 1;
            return;
        }
        let message = heard(model, message, self.payloads);
        self.send(now, Entry::Heard(message), weight);
    }

    fn send(&mut self, now: DateTime<Utc>, entry: Entry, weight: usize) {
        if self.lost > 0 {
            match self.queue.try_send((now, Entry::Lost(self.lost), 0)) {
                Ok(()) => self.lost = 0,
                Err(_) => {
                    self.lost += 1;
                    return;
                }
            }
        }
        self.waiting.fetch_add(weight, Ordering::Relaxed);
        let Err(refused) = self.queue.try_send((now, entry, weight)) else {
            return;
        };
        self.waiting.fetch_sub(weight, Ordering::Relaxed);
        // Where nobody takes it the recording has ended, and that was said.
        if matches!(refused, TrySendError::Full(_)) {
            self.lost += 1;
        }
    }

    /// Ends the recording where the run ended, and waits for a while until it is written. An error says what it lacks.
    pub async fn finish(self, model: &Model, now: DateTime<Utc>) -> Result<(), String> {
        let Self {
            queue, ended, lost, ..
        } = self;
        let end = Entry::End(Box::new(Facts::of(model)));
        let missing = (lost > 0).then_some(Entry::Lost(lost));
        let last = missing.into_iter().chain([end]);
        let sending = tokio::task::spawn_blocking(move || {
            last.map(|entry| (now, entry, 0))
                .all(|waiting| queue.send(waiting).is_ok())
        });
        let written = timeout(GRACE, async {
            // Where it has ended already, it says why.
            let _ = sending.await;
            ended.await
        });
        match written.await {
            Ok(Ok(written)) => written,
            Ok(Err(_)) => Err("The recording ended by a fault of the lab.".to_owned()),
            Err(_) => {
                Err("The end of the recording may be missing: the disk does not answer.".to_owned())
            }
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// About how many bytes a message takes while it waits.
fn weight(message: &Message) -> usize {
    let records = |batch: &Batch| -> usize {
        let bytes = |data: &[u8], key: &str| data.len() + key.len() + SMALL;
        let records = batch.records.iter();
        records.map(|it| bytes(&it.data, &it.key)).sum()
    };
    SMALL
        + match message {
            Message::Answered(
                Answer::Read {
                    result: Ok(batch), ..
                }
                | Answer::LookedAt {
                    result: Ok(batch), ..
                },
            ) => records(batch),
            Message::Answered(Answer::SentBatch { batch, .. }) => {
                let entries = batch.entries.iter();
                entries.map(|entry| entry.data.len() + SMALL).sum()
            }
            Message::ProgramDrew { picture, .. } => {
                let pieces = picture.lines.iter().flatten();
                pieces.map(|piece| piece.text.len() + SMALL).sum()
            }
            Message::Pasted(text) => text.len(),
            Message::OnStage { message, .. } => weight(message),
            _ => 0,
        }
}

/// Writes until the lab ends or the disk refuses.
fn write(
    mut writer: Writer<impl Write>,
    mut keeper: Keeper,
    entries: &Receiver<Waiting>,
    waiting: &AtomicUsize,
    inbox: &mpsc::Sender<Message>,
) -> Result<(), String> {
    // The lab is ending if nobody takes it.
    let say = |words: &str| drop(inbox.blocking_send(Message::RecordingFailed(words.to_owned())));
    let mut lacks = Ok(());
    let written = write_all(&mut writer, &mut keeper, entries, waiting, |lost| {
        if lacks.is_ok() {
            let words = format!(
                "The recording lacks {lost} messages here, since the disk does not keep up. The lab goes on."
            );
            say(&words);
            lacks = Err(words);
        }
    });
    match written.and_then(|()| writer.finish()) {
        Ok(_) => lacks,
        Err(error) => {
            let words = format!(
                "The recording ends here: {error}. The lab goes on; what was recorded can be replayed."
            );
            say(&words);
            Err(words)
        }
    }
}

fn write_all(
    writer: &mut Writer<impl Write>,
    keeper: &mut Keeper,
    entries: &Receiver<Waiting>,
    waiting: &AtomicUsize,
    mut lost: impl FnMut(u64),
) -> io::Result<()> {
    let mut flushed = Instant::now();
    let mut waits = false;
    loop {
        let patience = FLUSHED_EVERY.saturating_sub(flushed.elapsed());
        let entry = match waits {
            true if patience.is_zero() => Err(RecvTimeoutError::Timeout),
            true => entries.recv_timeout(patience),
            false => entries.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let (now, entry, weight) = match entry {
            Ok(entry) => entry,
            Err(RecvTimeoutError::Timeout) => {
                writer.flush()?;
                flushed = Instant::now();
                waits = false;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        let kept = match entry {
            Entry::Heard(message) => keeper.keep(message).map(Entry::Heard),
            Entry::Lost(messages) => {
                lost(messages);
                Some(Entry::Lost(messages))
            }
            end @ Entry::End(_) => Some(end),
        };
        if let Some(entry) = kept {
            writer.write(now, &entry)?;
            if !waits {
                flushed = Instant::now();
            }
            waits = true;
        }
        waiting.fetch_sub(weight, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
