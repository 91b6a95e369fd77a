//! A lab at work without a terminal and without a network: its requests are answered by a small stream in memory.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::message::{
    Answer, Batch, Description, Entry, Put, PutSummary, ReaderId, Received, Request, Sender,
    ShardDescription,
};
use crate::app::program_pane::Places;
use crate::app::{Connection, ConnectionKind, Effect, Message, Model, Setup, Theme, update};
use crate::kinesis::control::{FaultKind, ServerState};
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail, PutEntry};
use crate::kinesis::hash_ranges::{HashKey, HashRange};
use crate::kinesis::sequence_numbers::Parts;
use crate::kinesis::{CallError, SequenceNumber, ShardId, StartPosition};
use crate::lesson::{self, Highlights, Settings};
use crate::view::Look;

pub const LESSON: &str = include_str!("lesson.md");

/// The lab, the time it believes in, and the shards of its stream.
pub struct Lab {
    pub model: Model,
    pub look: Look,
    now: DateTime<Utc>,
    effects: Vec<Effect>,
    shards: Vec<Vec<Received>>,
    /// The run of the consumer that asked last.
    run: u64,
    /// The shards of the stage's stream, and the stage while its server is at work.
    staged: Vec<Vec<Received>>,
    on_stage: Option<u64>,
    /// Whether requests for records get no answer.
    pub silent: bool,
}

pub fn setup(kind: ConnectionKind, size: (u16, u16)) -> Setup {
    let address = match kind {
        ConnectionKind::Local => "http://127.0.0.1:4567",
        ConnectionKind::Endpoint => "http://localstack:4566",
        ConnectionKind::Aws => "https://kinesis.eu-west-1.amazonaws.com",
    };
    let connection = Connection {
        kind,
        address: address.into(),
        region: if kind == ConnectionKind::Aws {
            "eu-west-1"
        } else {
            "us-east-1"
        }
        .into(),
        profile: (kind == ConnectionKind::Aws).then(|| "course".into()),
        own_access_key: "own".into(),
    };
    let lesson = lesson::parse(LESSON, &Settings::default());
    Setup {
        lesson_key: "rivers".into(),
        keeps_streams: true,
        theme: Some(Theme::Dark),
        places: Places {
            work: "/home/me/kinesis-lab/rivers".into(),
            venv: Some("/home/me/.local/state/kinesis-lab/venv".into()),
            editor: Some("nano".into()),
        },
        size,
        zone: FixedOffset::east_opt(3_600).expect("a zone"),
        seed: 7,
        ..Setup::new(lesson, connection)
    }
}

impl Lab {
    /// A lab at its start, with its first requests answered.
    pub fn start(setup: Setup) -> Self {
        let now = DateTime::from_timestamp(1_795_372_800, 0).expect("a time");
        let highlights = Highlights::of(&setup.lesson);
        let (model, out) = Model::new(setup, now);
        let mut lab = Self {
            model,
            look: Look {
                colour: true,
                ascii: false,
            },
            now,
            effects: out.effects,
            shards: Vec::new(),
            run: 0,
            staged: Vec::new(),
            on_stage: None,
            silent: false,
        };
        lab.tell(Message::Highlighted(Arc::new(highlights)));
        lab
    }

    /// On the embedded server.
    pub fn local(width: u16, height: u16) -> Self {
        Self::start(setup(ConnectionKind::Local, (width, height)))
    }

    /// With a stream of two shards, records of the learner's and of a program, two readers and a program's reader.
    pub fn live(width: u16, height: u16) -> Self {
        let mut lab = Self::local(width, height);
        lab.keys("nnnnn").wait(130.0);
        lab.key('D').press(KeyCode::Enter);
        lab.key('c').wait(0.5);
        for key in ["alice", "bob", "alice"] {
            lab.program_puts(key, r#"{"userId":"u","action":"view_page","page":"/"}"#)
                .wait(0.52);
        }
        lab.key('s').wait(1.1);
        lab.program_reads(0, 2).wait(0.2);
        lab.key('s').wait(0.9);
        lab.program_puts("carol", r#"{"userId":"carol","action":"logout"}"#)
            .wait(1.0);
        lab
    }

    /// With a stream of so many shards, which the panel's consumer reads with four workers.
    pub fn wide(width: u16, height: u16, shards: usize) -> Self {
        let mut lab = Self::local(width, height);
        lab.key('D').press(KeyCode::Enter);
        lab.shards = vec![Vec::new(); shards];
        let result = lab.description();
        lab.tell(Message::Answered(Answer::Described {
            stream: "my-first-stream".into(),
            result,
        }));
        lab.keys("3WWWc").wait(0.5);
        lab
    }

    /// Tells the lab something, and answers what it asks for.
    pub fn tell(&mut self, message: Message) -> &mut Self {
        let out = update(&mut self.model, message, self.now);
        self.effects.extend(out.effects);
        while !self.effects.is_empty() {
            let answer = match self.effects.remove(0) {
                Effect::Call(request) => Message::Answered(self.serve(request)),
                Effect::OpenStage { run } => {
                    self.staged.clear();
                    let connection = setup(ConnectionKind::Local, (0, 0)).connection;
                    let result = Ok(connection);
                    Message::StageOpened { run, result }
                }
                Effect::OnStage { run, effect } => {
                    let Effect::Call(request) = *effect else {
                        continue;
                    };
                    std::mem::swap(&mut self.shards, &mut self.staged);
                    self.on_stage = Some(run);
                    let message = Box::new(Message::Answered(self.serve(request)));
                    self.on_stage = None;
                    std::mem::swap(&mut self.shards, &mut self.staged);
                    Message::OnStage { run, message }
                }
                _ => continue,
            };
            let out = update(&mut self.model, answer, self.now);
            self.effects.extend(out.effects);
        }
        self
    }

    /// The server tells what holds there.
    pub fn told(&mut self, state: ServerState) -> &mut Self {
        self.tell(Message::Fed(FeedEvent::Changed(Arc::new(state))))
    }

    pub fn press(&mut self, code: KeyCode) -> &mut Self {
        self.tell(Message::Pressed(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    pub fn key(&mut self, c: char) -> &mut Self {
        self.press(KeyCode::Char(c))
    }

    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for c in keys.chars() {
            self.key(c);
        }
        self
    }

    /// Lets time pass, and everything happen that is due.
    pub fn wait(&mut self, seconds: f64) -> &mut Self {
        let until = self.now + TimeDelta::milliseconds((seconds * 1_000.0) as i64);
        while let Some(next) = self.model.next_deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.tell(Message::DeadlinePassed);
        }
        self.now = until;
        self
    }

    fn serve(&mut self, request: Request) -> Answer {
        match request {
            Request::ListStreams => Answer::Streams(Ok(match self.shards.len() {
                0 => Vec::new(),
                _ => vec!["my-first-stream".into()],
            })),
            Request::CreateStream { stream, shards } => {
                self.shards = vec![Vec::new(); shards as usize];
                let detail = Detail::Create { shards };
                self.called("app/kinesis-lab-panel", "own", "CreateStream", detail);
                Answer::Created {
                    stream,
                    shards,
                    result: Ok(()),
                }
            }
            Request::DescribeStream(stream) => Answer::Described {
                stream,
                result: self.description(),
            },
            Request::DeleteStream(stream) => {
                self.shards.clear();
                Answer::Deleted {
                    stream,
                    result: Ok(()),
                }
            }
            Request::ChangeStream { stream, change } => Answer::StreamChanged {
                stream,
                change,
                result: Ok(()),
            },
            Request::PutRecord(put) => self.put(put),
            Request::PutRecords(batch) => {
                let store = |entry: &Arc<Entry>| Ok(self.store(&entry.key, entry.data.as_bytes()));
                let result = Ok(batch.entries.iter().map(store).collect());
                Answer::SentBatch { batch, result }
            }
            Request::OpenIterator {
                reader,
                shard,
                start,
                ..
            } => {
                let held = &self.shards[shard.index().expect("an index") as usize];
                let at = match &start {
                    StartPosition::Latest => held.len(),
                    StartPosition::AfterSequenceNumber(number) => {
                        held.partition_point(|record| record.sequence <= *number)
                    }
                    _ => 0,
                };
                Answer::Opened {
                    reader,
                    result: Ok(format!("{} {at}", shard.short())),
                }
            }
            Request::GetRecords { reader, .. } if self.silent => Answer::Read {
                reader,
                result: Err(CallError::NoAnswer {
                    why: "nothing came from http://127.0.0.1:4567 within 5 s".into(),
                }),
            },
            Request::GetRecords {
                reader,
                iterator,
                limit,
            } => {
                self.run = reader.run;
                let (shard, at) = iterator.split_once(' ').expect("an iterator");
                let (index, at): (usize, usize) = (
                    shard.parse().expect("a shard"),
                    at.parse().expect("a place"),
                );
                let records = self.shards[index][at..].iter().take(limit as usize);
                let records: Vec<Received> = records.cloned().collect();
                Answer::Read {
                    reader,
                    result: Ok(Batch {
                        next: Some(format!("{shard} {}", at + records.len())),
                        millis_behind_latest: Some(if records.len() > 1 { 640 } else { 0 }),
                        records,
                    }),
                }
            }
            Request::LookInto { .. } | Request::LookAt { .. } => {
                unreachable!("the feed tells of everything")
            }
            Request::IdentifyAccount => Answer::Account(Ok("123456789012".into())),
        }
    }

    /// The stream has this state, and these shards: number, whether open, parents. The first two are halves of the hash
    /// keys, further ones quarters.
    pub fn describe(&mut self, status: &str, shards: &[(u32, bool, Vec<u32>)]) -> &mut Self {
        let (halves, quarters) = (HashRange::split_evenly(2), HashRange::split_evenly(4));
        self.shards.resize(shards.len().max(2), Vec::new());
        let shard = |(index, open, parents): &(u32, bool, Vec<u32>)| {
            let place = *index as usize;
            let range = halves.get(place).unwrap_or_else(|| &quarters[place - 2]);
            ShardDescription {
                id: ShardId::from_index(*index),
                hash_range: (
                    range.start.value().to_string(),
                    range.end.value().to_string(),
                ),
                open: *open,
                parents: parents.iter().copied().map(ShardId::from_index).collect(),
            }
        };
        let selected = self.model.streams.selected.as_ref();
        let description = Description {
            status: status.into(),
            created_at: selected.and_then(|selected| selected.created_at),
            retention_hours: 24,
            shards: shards.iter().map(shard).collect(),
        };
        self.tell(Message::Answered(Answer::Described {
            stream: "my-first-stream".into(),
            result: Ok(description),
        }))
    }

    /// The panel's reader of a shard gets a page without records.
    fn page(&mut self, index: usize, next: Option<&str>, behind: u64) -> &mut Self {
        let reader = ReaderId {
            run: self.run,
            index,
            turn: 0,
        };
        self.tell(Message::Answered(Answer::Read {
            reader,
            result: Ok(Batch {
                records: Vec::new(),
                next: next.map(str::to_owned),
                millis_behind_latest: Some(behind),
            }),
        }))
    }

    /// An empty page that lies behind the tip.
    pub fn empty_page(&mut self, index: usize) -> &mut Self {
        self.page(index, Some("1 0"), 1_240)
    }

    /// The end of a closed shard.
    pub fn ends(&mut self, index: usize) -> &mut Self {
        self.page(index, None, 0)
    }

    fn description(&self) -> Result<Description, CallError> {
        if self.shards.is_empty() {
            return Err(CallError::Refused {
                code: "ResourceNotFoundException".into(),
                message: "Stream my-first-stream not found.".into(),
            });
        }
        let ranges = HashRange::split_evenly(self.shards.len() as u32);
        let shards = ranges
            .iter()
            .enumerate()
            .map(|(index, range)| ShardDescription {
                id: ShardId::from_index(index as u32),
                hash_range: (
                    range.start.value().to_string(),
                    range.end.value().to_string(),
                ),
                open: true,
                parents: Vec::new(),
            });
        let selected = self.model.streams.selected.as_ref();
        Ok(Description {
            status: "ACTIVE".into(),
            created_at: selected.and_then(|it| it.created_at).or(Some(self.now)),
            retention_hours: 24,
            shards: shards.collect(),
        })
    }

    fn store(&mut self, key: &str, data: &[u8]) -> (ShardId, SequenceNumber) {
        let ranges = HashRange::split_evenly(self.shards.len() as u32);
        let hash = HashKey::of_partition_key(key);
        let index = ranges
            .iter()
            .position(|range| range.contains(hash))
            .expect("a shard");
        self.store_in(index, key, data)
    }

    fn store_in(&mut self, index: usize, key: &str, data: &[u8]) -> (ShardId, SequenceNumber) {
        let shard = &mut self.shards[index];
        let sequence = Parts {
            shard_created: 1_795_372_800,
            index: shard.len() as u64 + 1,
            byte: 0,
            recorded: self.now.timestamp() as u64,
            shard: index as u32,
        }
        .encode();
        shard.push(Received {
            sequence: sequence.clone(),
            key: key.into(),
            arrived_at: Some(self.now),
            data: data.to_vec(),
            size: data.len(),
        });
        (ShardId::from_index(index as u32), sequence)
    }

    fn put(&mut self, put: Put) -> Answer {
        let result = self.store(&put.key, put.data.as_bytes());
        let agent = match put.by {
            Sender::You => "app/kinesis-lab-panel",
            Sender::Auto | Sender::Lab => "app/kinesis-lab-auto",
        };
        self.feed(agent, "own", &put.key, put.data.len(), result.clone());
        Answer::Sent {
            put: PutSummary {
                id: put.id,
                by: put.by,
                stream: put.stream,
                key: put.key,
                size: put.data.len(),
                hash_key: put.hash_key,
            },
            result: Ok(result),
        }
    }

    /// A Python program puts a record.
    pub fn program_puts(&mut self, key: &str, data: &(impl AsRef<[u8]> + ?Sized)) -> &mut Self {
        let data = data.as_ref();
        let result = self.store(key, data);
        self.feed("Boto3/1.44", "k", key, data.len(), result);
        self
    }

    /// A Python program puts a record that lies in this shard, which was made of another.
    pub fn program_puts_into(&mut self, shard: usize, key: &str) -> &mut Self {
        let result = self.store_in(shard, key, b"{}");
        self.feed("Boto3/1.44", "k", key, 2, result);
        self
    }

    /// The first run of the lab's own terminal puts a record.
    pub fn run_puts(&mut self) -> &mut Self {
        self.called("Boto3/1.44", "kinesis-lab-run-1", "PutRecord", Detail::None);
        self
    }

    fn feed(
        &mut self,
        agent: &str,
        access_key: &str,
        key: &str,
        size: usize,
        result: (ShardId, SequenceNumber),
    ) {
        let entry = PutEntry {
            key: key.into(),
            explicit_hash_key: None,
            size,
            head: Vec::new(),
            result: Ok(result),
        };
        self.called(agent, access_key, "PutRecord", Detail::Put(vec![entry]));
    }

    /// The Python program reads some records of a shard from its beginning.
    pub fn program_reads(&mut self, shard: usize, returned: usize) -> &mut Self {
        let held = &self.shards[shard];
        let detail = GetDetail {
            chain: shard as u64 + 1,
            shard: ShardId::from_index(shard as u32),
            start: StartPosition::TrimHorizon,
            limit: Some(10),
            returned,
            bytes: held[..returned]
                .iter()
                .map(|record| record.key.len() + record.size)
                .sum(),
            range: Some((
                held[0].sequence.clone(),
                held[returned - 1].sequence.clone(),
            )),
            millis_behind_latest: Some(1_240),
            ahead: (held.len() - returned) as u64,
            ended: false,
        };
        self.called(
            "Boto3/1.44",
            "k",
            "GetRecords",
            Detail::Get(Box::new(detail)),
        );
        self
    }

    /// A program's put meets a fault, and is refused by it or stored.
    pub fn program_meets(&mut self, fault: FaultKind, code: Option<&str>) -> &mut Self {
        let stored = self.store("bob", b"{}");
        let refused = code.map(|code| (code.to_owned(), String::new()));
        let entry = PutEntry {
            key: "bob".into(),
            explicit_hash_key: None,
            size: 2,
            head: Vec::new(),
            result: refused.clone().map_or(Ok(stored), Err),
        };
        let mut call = self.call("Boto3/1.44", "k", "PutRecord", Detail::Put(vec![entry]));
        call.fault = Some(fault);
        call.error = refused;
        self.tell(Message::Fed(FeedEvent::Called(Arc::new(call))))
    }

    /// The feed tells of a call.
    pub fn fed(&mut self, call: Call) -> &mut Self {
        self.tell(Message::Fed(FeedEvent::Called(Arc::new(call))))
    }

    /// A call that was answered just now.
    pub fn call(&self, agent: &str, access_key: &str, operation: &str, detail: Detail) -> Call {
        Call {
            at: self.now,
            caller: Caller {
                user_agent: agent.into(),
                access_key: access_key.into(),
                connection: if access_key == "own" { 1 } else { 2 },
                http2: false,
            },
            region: "us-east-1".into(),
            operation: operation.into(),
            stream: Some("my-first-stream".into()),
            error: None,
            detail,
            fault: None,
            latency: Duration::from_millis(1),
        }
    }

    fn called(&mut self, agent: &str, access_key: &str, operation: &str, detail: Detail) {
        // Elsewhere nobody tells.
        if !self.model.feeds() {
            return;
        }
        let call = self.call(agent, access_key, operation, detail);
        let told = Message::Fed(FeedEvent::Called(Arc::new(call)));
        let told = match self.on_stage {
            Some(run) => {
                let message = Box::new(told);
                Message::OnStage { run, message }
            }
            None => told,
        };
        let out = update(&mut self.model, told, self.now);
        self.effects.extend(out.effects);
    }

    /// A put of the learner's is refused.
    pub fn refused(&mut self, code: &str) -> &mut Self {
        let put = PutSummary {
            id: 0,
            by: Sender::You,
            stream: "my-first-stream".into(),
            key: "alice".into(),
            size: 2,
            hash_key: None,
        };
        let error = CallError::Refused {
            code: code.into(),
            message: String::new(),
        };
        self.tell(Message::Answered(Answer::Sent {
            put,
            result: Err(error),
        }))
    }

    /// Draws a frame of the model's own size.
    pub fn draw(&self) -> Terminal<TestBackend> {
        let area = self.model.layout.area;
        let backend = TestBackend::new(area.width, area.height);
        let mut terminal = Terminal::new(backend).expect("a terminal");
        terminal
            .draw(|frame| crate::view::draw(&self.model, &self.look, frame))
            .expect("a frame");
        terminal
    }
}
