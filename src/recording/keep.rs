//! What of a run is kept: what an endpoint calls by opaque names is numbered, payloads are replaced by as many bytes that say
//! nothing, and access key ids that are not the lab's own are numbered too.

use std::sync::Arc;

use super::{Header, mask};
use crate::app::message::{Answer, Batch, Entry, PutBatch};
use crate::app::program_pane::{Ink, Picture, Piece, RUN_KEY};
use crate::app::{Message, Setup};
use crate::kinesis::feed::{Call, Detail, FeedEvent};

/// How many access key ids of others are told apart.
const MOST_KEYS: usize = 1_000;

/// What stands where a program's screen is left out.
const NO_PICTURE: &str = "What programs print is not in this recording.";

/// Says of each message of a run what of it is kept.
#[derive(Debug)]
pub struct Keeper {
    payloads: bool,
    /// The access key ids of the lab's own calls, and of those on its stages.
    own_keys: Vec<String>,
    iterators: u64,
    /// Access key ids of others, in the order in which they came.
    keys: Vec<String>,
}

impl Keeper {
    /// For a recording that begins so.
    pub fn new(header: &Header) -> Self {
        Self {
            payloads: header.payloads,
            own_keys: vec![header.setup.connection.own_access_key.clone()],
            iterators: 0,
            keys: Vec::new(),
        }
    }

    /// What is kept of a message; colours of code are not, since they are made anew.
    pub fn keep(&mut self, message: Message) -> Option<Message> {
        Some(match message {
            Message::Highlighted(_) => return None,
            Message::Answered(answer) => Message::Answered(self.answer(answer)),
            Message::Fed(FeedEvent::Called(call)) => {
                Message::Fed(FeedEvent::Called(Arc::new(self.call(&call))))
            }
            Message::ProgramDrew { run, picture } if !self.payloads => {
                let picture = Arc::new(without_text(&picture));
                Message::ProgramDrew { run, picture }
            }
            Message::OnStage { run, message } => {
                let message = Box::new(self.keep(*message)?);
                Message::OnStage { run, message }
            }
            Message::StageOpened { run, result } => {
                let key = result.as_ref().map(|it| it.own_access_key.clone());
                self.own_keys.truncate(MOST_KEYS);
                self.own_keys.extend(key);
                Message::StageOpened { run, result }
            }
            other => other,
        })
    }

    fn answer(&mut self, answer: Answer) -> Answer {
        match answer {
            Answer::Opened { reader, result } => {
                let result = result.map(|_| self.iterator());
                Answer::Opened { reader, result }
            }
            Answer::LookedInto {
                stream,
                shard,
                result,
            } => {
                let result = result.map(|_| self.iterator());
                Answer::LookedInto {
                    stream,
                    shard,
                    result,
                }
            }
            Answer::Read { reader, result } => {
                let result = result.map(|batch| self.batch(batch));
                Answer::Read { reader, result }
            }
            Answer::LookedAt {
                stream,
                shard,
                result,
            } => {
                let result = result.map(|batch| self.batch(batch));
                Answer::LookedAt {
                    stream,
                    shard,
                    result,
                }
            }
            Answer::SentBatch { batch, result } if !self.payloads => {
                let entry = |entry: &Arc<Entry>| {
                    Arc::new(Entry {
                        data: mask::text(&entry.data),
                        ..Entry::clone(entry)
                    })
                };
                let batch = Arc::new(PutBatch {
                    entries: batch.entries.iter().map(entry).collect(),
                    stream: batch.stream.clone(),
                    ..*batch
                });
                Answer::SentBatch { batch, result }
            }
            other => other,
        }
    }

    fn batch(&mut self, mut batch: Batch) -> Batch {
        batch.next = batch.next.map(|_| self.iterator());
        if !self.payloads {
            for record in &mut batch.records {
                record.data = mask::data(&record.data);
            }
        }
        batch
    }

    /// An iterator is a long text that means something to its endpoint alone.
    fn iterator(&mut self) -> String {
        self.iterators += 1;
        self.iterators.to_string()
    }

    fn call(&mut self, call: &Call) -> Call {
        let mut call = call.clone();
        if let Detail::Put(entries) = &mut call.detail
            && !self.payloads
        {
            for entry in entries {
                entry.head = mask::data(&entry.head);
            }
        }
        call.caller.access_key = self.access_key(call.caller.access_key);
        call
    }

    fn access_key(&mut self, key: String) -> String {
        if key.is_empty() || self.own_keys.contains(&key) || key.starts_with(RUN_KEY) {
            return key;
        }
        let known = self.keys.iter().position(|known| *known == key);
        let number = known.unwrap_or(self.keys.len());
        if known.is_none() && number < MOST_KEYS {
            self.keys.push(key);
        }
        format!("KEY{}", number + 1)
    }
}

/// A program's screen without what stands on it.
fn without_text(picture: &Picture) -> Picture {
    Picture {
        lines: vec![vec![Piece {
            column: 0,
            width: NO_PICTURE.len() as u16,
            text: NO_PICTURE.to_owned(),
            ink: Ink::default(),
        }]],
        ..*picture
    }
}

/// What is kept of that with which a lab started: of what was done in lessons, that of those which can be opened in it.
pub fn kept(setup: &Setup, payloads: bool) -> Setup {
    let mut setup = setup.clone();
    let opens = |key: &str| setup.course.iter().any(|module| module.key == key);
    let lessons = &mut setup.progress.lessons;
    lessons.retain(|key, _| *key == setup.lesson_key || opens(key));
    if !payloads {
        for lesson in lessons.values_mut() {
            for note in lesson.notes.values_mut() {
                *note = mask::words(note);
            }
        }
    }
    setup
}
