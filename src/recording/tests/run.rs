//! A learner at random before an endpoint that answers, recorded twice: without payloads and with them.

use std::time::Duration;

use chrono::TimeDelta;
use crossterm::event::KeyModifiers;

use super::*;
use crate::app::message::{Answer, Batch, Description, PutSummary, Received, ShardDescription};
use crate::app::program_pane::{Ending, Ink, Picture, Piece, Prepared, Python, Started};
use crate::app::tests::script::setup;
use crate::app::{self, ConnectionKind, Effect, Model, Outcome, Request};
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail, PutEntry};
use crate::kinesis::sequence_numbers::Parts;
use crate::kinesis::{CallError, SequenceNumber, ShardId, StartPosition};
use crate::lesson;

/// What stands in every payload and in every text that is typed where it is private.
pub const SECRET: &str = "sesame";

const KEYS: &str = "DsssSSccc13425nnpek+-WKLNTfzy/abdi \r\r\r\x1b\x1b";

pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_372_800, 0).expect("a time")
}

type Tape = (Writer<Vec<u8>>, Keeper);

/// The run and both of its recordings.
pub struct Run {
    pub model: Model,
    rng: fastrand::Rng,
    now: DateTime<Utc>,
    asked: Vec<Request>,
    messages: Vec<Message>,
    tapes: [Tape; 2],
    shards: u32,
    records: u64,
    iterators: u64,
}

impl Run {
    pub fn new(seed: u64) -> Self {
        let toml = include_str!("../../../lessons/what-are-streams/lab.toml");
        let text = include_str!("../../../lessons/what-are-streams/lesson.md");
        let settings = lesson::settings(toml).expect("well formed");
        let mut setup = Setup {
            lesson: lesson::parse(text, &settings),
            seed,
            ..setup(ConnectionKind::Local)
        };
        let lesson = setup.progress.lessons.entry(setup.lesson_key.clone());
        let notes = &mut lesson.or_default().notes;
        notes.insert("an-earlier-note".into(), format!("{SECRET} of last week"));
        let tape = |payloads| {
            let header = Header::new(&setup, payloads, start());
            let writer = Writer::new(Vec::new(), &header, None).expect("memory");
            (writer, Keeper::new(&header))
        };
        let tapes = [false, true].map(tape);
        let (model, first) = Model::new(setup, start());
        let mut run = Self {
            model,
            rng: fastrand::Rng::with_seed(seed),
            now: start(),
            asked: Vec::new(),
            messages: Vec::new(),
            tapes,
            shards: 0,
            records: 0,
            iterators: 0,
        };
        run.take(first);
        run
    }

    pub fn tell(&mut self, message: Message) {
        for ((writer, keeper), payloads) in self.tapes.iter_mut().zip([false, true]) {
            if let Some(kept) = keeper.keep(heard(&self.model, &message, payloads)) {
                let written = writer.write(self.now, &Entry::Heard(kept));
                written.expect("memory");
            }
        }
        let out = app::update(&mut self.model, message, self.now);
        self.take(out);
    }

    fn take(&mut self, out: Outcome) {
        for effect in out.effects {
            match effect {
                Effect::Call(request) => self.asked.push(request),
                Effect::SaveProgress(_) => self.messages.push(Message::ProgressSaved(Ok(()))),
                Effect::PrepareRun(wanted) => {
                    let python = (!wanted.python.is_empty()).then_some(Python::Found {
                        name: "python3".into(),
                        of_lab: false,
                        version: "3.12".into(),
                        boto3: Some("1.40".into()),
                    });
                    let files = Vec::new();
                    let found = Box::new(Prepared { files, python });
                    self.messages.push(Message::RunPrepared(found));
                }
                Effect::StartProgram(start) => {
                    let (pid, wrote) = (7, Vec::new());
                    let picture = Arc::new(Picture {
                        serial: 1,
                        size: start.size,
                        lines: vec![vec![Piece {
                            column: 0,
                            width: 6,
                            text: SECRET.into(),
                            ink: Ink::default(),
                        }]],
                        ..Picture::default()
                    });
                    let run = start.run;
                    self.messages.push(Message::ProgramStarted {
                        run,
                        result: Ok(Started { pid, wrote }),
                    });
                    self.messages.push(Message::ProgramDrew { run, picture });
                }
                Effect::EndProgram { run } => self.messages.push(Message::ProgramEnded {
                    run,
                    ending: Ending::Signal(15),
                    left: Vec::new(),
                }),
                _ => {}
            }
        }
    }

    pub fn press(&mut self, code: KeyCode) {
        self.tell(Message::Pressed(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    fn keys(&mut self, text: &str) {
        text.chars().for_each(|c| self.press(KeyCode::Char(c)));
    }

    /// Lets the time pass with every deadline on the way.
    pub fn pass(&mut self, time: TimeDelta) {
        let until = self.now + time;
        while let Some(next) = self.model.next_deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next) + TimeDelta::nanoseconds(self.rng.i64(0..900_000));
            self.tell(Message::DeadlinePassed);
        }
        self.now = self.now.max(until);
    }

    pub fn step(&mut self) {
        match self.rng.u8(..10) {
            0..4 => {
                let at = self.rng.usize(..KEYS.len());
                self.press(match char::from(KEYS.as_bytes()[at]) {
                    '\r' => KeyCode::Enter,
                    '\x1b' => KeyCode::Esc,
                    key => KeyCode::Char(key),
                });
            }
            4 => {
                let time = TimeDelta::microseconds(self.rng.i64(0..3_000_000));
                self.pass(time);
            }
            5 if !self.messages.is_empty() => {
                let message = self.messages.remove(0);
                self.tell(message);
            }
            6 => {
                let (width, height) = (self.rng.u16(70..160), self.rng.u16(20..50));
                self.tell(Message::Resized(width, height));
            }
            // Elsewhere what is pasted is kept.
            7 if self.model.lesson.discussion.note.is_some() && self.model.overlay.is_none() => {
                self.tell(Message::Pasted(format!("{SECRET} and 7")));
            }
            _ => self.answer(),
        }
    }

    fn number(&mut self) -> SequenceNumber {
        self.records += 1;
        let parts = Parts {
            shard_created: 1_795_372_800,
            index: self.records,
            byte: 0,
            recorded: 1_795_372_900,
            shard: 0,
        };
        parts.encode()
    }

    fn iterator(&mut self) -> String {
        // As a recording numbers them, so that both models are the same to the letter.
        self.iterators += 1;
        self.iterators.to_string()
    }

    fn answer(&mut self) {
        if self.asked.is_empty() {
            return;
        }
        let place = self.rng.usize(..self.asked.len());
        let request = self.asked.remove(place);
        let fails = self.rng.u8(..8) == 0;
        let failure = CallError::Refused {
            code: "ProvisionedThroughputExceededException".into(),
            message: "words".into(),
        };
        let answer = match request {
            Request::ListStreams => Answer::Streams(Ok(Vec::new())),
            Request::DescribeStream(stream) => {
                let result = Ok(self.description());
                Answer::Described { stream, result }
            }
            Request::CreateStream { stream, shards } => {
                self.shards = shards;
                Answer::Created {
                    stream,
                    shards,
                    result: Ok(()),
                }
            }
            Request::DeleteStream(stream) => Answer::Deleted {
                stream,
                result: Ok(()),
            },
            Request::ChangeStream { stream, change } => Answer::StreamChanged {
                stream,
                change,
                result: Err(failure),
            },
            Request::PutRecord(put) => {
                let number = self.number();
                let entry = PutEntry {
                    key: put.key.clone(),
                    explicit_hash_key: None,
                    size: put.data.len(),
                    head: format!("{{\"a\": \"{SECRET}\"}}").into_bytes(),
                    result: Ok((ShardId::from_index(0), number.clone())),
                };
                let stream = put.stream.clone();
                self.fed("PutRecord", stream, Detail::Put(vec![entry]));
                let result = match fails {
                    true => Err(failure),
                    false => Ok((ShardId::from_index(0), number)),
                };
                let put = PutSummary {
                    id: put.id,
                    by: put.by,
                    stream: put.stream,
                    key: put.key,
                    size: put.data.len(),
                    hash_key: put.hash_key,
                };
                Answer::Sent { put, result }
            }
            Request::PutRecords(batch) => {
                let stored = |_| Ok((ShardId::from_index(0), self.number()));
                let result = match fails {
                    true => Err(failure),
                    false => Ok(batch.entries.iter().map(stored).collect()),
                };
                Answer::SentBatch { batch, result }
            }
            Request::OpenIterator { reader, .. } => {
                let result = Ok(self.iterator());
                Answer::Opened { reader, result }
            }
            Request::GetRecords { reader, .. } => {
                let result = match fails {
                    true => Err(failure),
                    false => Ok(self.batch()),
                };
                Answer::Read { reader, result }
            }
            Request::LookInto { stream, shard, .. } => {
                let result = Ok(self.iterator());
                Answer::LookedInto {
                    stream,
                    shard,
                    result,
                }
            }
            Request::LookAt { stream, shard, .. } => {
                let result = Ok(self.batch());
                Answer::LookedAt {
                    stream,
                    shard,
                    result,
                }
            }
            Request::IdentifyAccount => Answer::Account(Err(failure)),
        };
        self.tell(Message::Answered(answer));
    }

    fn description(&self) -> Description {
        let range = |index: u32| {
            let size = u128::MAX / u128::from(self.shards.max(1));
            let first = size * u128::from(index);
            (first.to_string(), (first + size - 1).to_string())
        };
        Description {
            status: "ACTIVE".into(),
            created_at: Some(start()),
            retention_hours: 24,
            shards: (0..self.shards)
                .map(|index| ShardDescription {
                    id: ShardId::from_index(index),
                    hash_range: range(index),
                    open: true,
                    parents: Vec::new(),
                })
                .collect(),
        }
    }

    fn batch(&mut self) -> Batch {
        let count = self.rng.usize(..6);
        let records = (0..count).map(|_| {
            let data = format!("{{\"word\": \"{SECRET}\"}}").into_bytes();
            Received {
                sequence: self.number(),
                key: ["alice", "bob"][self.rng.usize(..2)].into(),
                arrived_at: Some(self.now),
                size: data.len(),
                data,
            }
        });
        let records = records.collect();
        let chain = self.rng.u64(1..4);
        let get = GetDetail {
            chain,
            shard: ShardId::from_index(0),
            start: StartPosition::TrimHorizon,
            limit: None,
            returned: count,
            bytes: 9,
            range: None,
            millis_behind_latest: Some(0),
            ahead: 0,
            ended: false,
        };
        let stream = self.model.streams.name().unwrap_or("a").to_owned();
        self.fed("GetRecords", stream, Detail::Get(Box::new(get)));
        Batch {
            records,
            next: Some(self.iterator()),
            millis_behind_latest: Some(0),
        }
    }

    /// The feed tells of a call that was refused before it was known who calls; the lab's own call is refused so too.
    pub fn refuse(&mut self, message: &str) {
        let code = "IncompleteSignatureException".to_owned();
        let call = Call {
            at: self.now,
            caller: Caller {
                user_agent: "Boto3/1.44".into(),
                access_key: String::new(),
                connection: 9,
                http2: false,
            },
            region: String::new(),
            operation: "ListStreams".into(),
            stream: None,
            error: Some((code.clone(), message.to_owned())),
            detail: Detail::None,
            fault: None,
            latency: Duration::ZERO,
        };
        self.tell(Message::Fed(FeedEvent::Called(Arc::new(call))));
        let message = message.to_owned();
        self.tell(Message::Answered(Answer::Streams(Err(
            CallError::Refused { code, message },
        ))));
    }

    /// The feed tells of a call, of the lab's or of another program's.
    fn fed(&mut self, operation: &str, stream: String, detail: Detail) {
        let own = self.model.connection.own_access_key.clone();
        let call = Call {
            at: self.now,
            caller: Caller {
                user_agent: "Boto3/1.44".into(),
                // As a recording names the first of others.
                access_key: [own, "KEY1".to_owned()][self.rng.usize(..2)].clone(),
                connection: self.rng.u64(1..4),
                http2: false,
            },
            region: "us-east-1".into(),
            operation: operation.into(),
            stream: Some(stream),
            error: None,
            detail,
            fault: None,
            latency: Duration::from_micros(self.rng.u64(..900)),
        };
        self.tell(Message::Fed(FeedEvent::Called(Arc::new(call))));
    }

    /// Opens the first discussion and writes a note.
    pub fn write_a_note(&mut self, text: &str) {
        self.write_a_note_with(text, |_| {});
    }

    /// The same; the look is at the run while the note is open.
    pub fn write_a_note_with(&mut self, text: &str, look: impl Fn(&Self)) {
        let lesson = Arc::clone(&self.model.lesson.lesson);
        let page = lesson.prompts.first().map(|prompt| prompt.page);
        let page = page.expect("it has a discussion");
        self.tell(Message::Asked(app::action::Action::GoToPage(page), None));
        self.press(KeyCode::Enter);
        assert!(self.model.lesson.discussion.note.is_some());
        self.keys(text);
        look(self);
        self.press(KeyCode::Esc);
    }

    /// Types the data of the next event.
    pub fn type_data(&mut self, data: &str) {
        self.keys("2p");
        assert!(
            self.model.producer.edit.is_some(),
            "{:?} {:?}",
            self.model.status,
            self.model.overlay
        );
        self.press(KeyCode::Tab);
        self.keys(data);
        self.press(KeyCode::Enter);
        assert!(self.model.producer.edit.is_none(), "it was taken");
    }

    /// Types a stream's name into the dialog.
    pub fn type_a_name(&mut self, name: &str) {
        self.keys("D");
        self.keys(name);
        self.press(KeyCode::Esc);
    }

    /// The model at the end, and both recordings.
    pub fn end(self) -> (Model, Vec<u8>, Vec<u8>) {
        let facts = Facts::of(&self.model);
        let [sizes_only, with_payloads] = self.tapes.map(|(mut writer, _)| {
            let end = Entry::End(Box::new(facts.clone()));
            writer.write(self.now, &end).expect("memory");
            writer.finish().expect("memory")
        });
        (self.model, sizes_only, with_payloads)
    }
}
