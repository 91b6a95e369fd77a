//! Learners, programs and endpoints at random: the lab never panics, never turns in circles, never writes on AWS what
//! nobody agreed to, and its screen changes only when it says so.

mod agreed;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::lab::{LESSON, setup};
use crate::app::message::*;
use crate::app::overlay::{Confirm, Overlay};
use crate::app::*;
use crate::kinesis::control::{Control, FaultKind, ServerState};
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail, PutEntry};
use crate::kinesis::{CallError, ShardId, StartPosition};
use crate::lesson;
use crate::view::{Look, draw};
use agreed::Agreed;

const NAMES: [&str; 3] = ["my-first-stream", "orders", "a"];
const KEYS: &str = "sSccptDDRRTnfzWwrNNBB+-124acb3xynkqj/?:Fehhddxb1eli2i53i5";

/// What the lesson's steps ask for, so that the walk meets checks, predictions and hints.
const LAB: &str = include_str!("walk.toml");
const CODES: [KeyCode; 12] = [
    KeyCode::Enter,
    KeyCode::Enter,
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Tab,
    KeyCode::Backspace,
    KeyCode::PageDown,
    KeyCode::Char(' '),
];
const ERRORS: [&str; 5] = [
    "ResourceNotFoundException",
    "ResourceInUseException",
    "ProvisionedThroughputExceededException",
    "ExpiredIteratorException",
    "InvalidArgumentException",
];

/// Each on the embedded server, on an endpoint and on AWS.
const RUNS: u64 = 6;

/// A lab in a world that does anything.
struct World {
    model: Model,
    rng: fastrand::Rng,
    now: DateTime<Utc>,
    screen: Buffer,
    /// What was asked and is not answered.
    asked: Vec<Request>,
    /// What the server is told and has not done.
    controls: Vec<Control>,
    state: ServerState,
    saves: usize,
    /// The streams that exist: shards, and when they were created.
    streams: BTreeMap<&'static str, (u32, DateTime<Utc>)>,
    records: u64,
    agreed: Agreed,
    quit: bool,
}

impl World {
    fn new(kind: ConnectionKind, seed: u64) -> Self {
        let now = DateTime::from_timestamp(1_795_372_800, 0).expect("a time");
        let settings = lesson::settings(LAB).expect("well formed");
        let setup = Setup {
            lesson: lesson::parse(LESSON, &settings),
            ..setup(kind, (110, 30))
        };
        let (model, out) = Model::new(setup, now);
        let mut world = Self {
            screen: frame(&model),
            model,
            rng: fastrand::Rng::with_seed(seed),
            now,
            asked: Vec::new(),
            controls: Vec::new(),
            state: ServerState::default(),
            saves: 0,
            streams: BTreeMap::new(),
            records: 0,
            agreed: Agreed::default(),
            quit: false,
        };
        world.take(out);
        world
    }

    fn tell(&mut self, message: Message) {
        let told = format!("{message:?}");
        let out = update(&mut self.model, message, self.now);
        let after = frame(&self.model);
        if !out.changed {
            let differs = self.screen.diff(&after);
            assert!(
                differs.is_empty(),
                "unsaid after {told}: {differs:?}\n{:?}",
                self.screen
            );
        }
        self.screen = after;
        self.take(out);
    }

    fn take(&mut self, out: Outcome) {
        for effect in out.effects {
            match effect {
                Effect::Call(request) => {
                    self.check(&request);
                    self.asked.push(request);
                }
                Effect::SaveLedger(ledger) => {
                    self.saves += 1;
                    let names = ledger.streams.into_iter().map(|entry| entry.stream);
                    self.agreed.saving.push_back(names.collect());
                }
                Effect::Control(control) => {
                    assert_eq!(self.model.connection.kind, ConnectionKind::Local);
                    self.controls.push(control);
                }
                Effect::Quit => self.quit = true,
                _ => {}
            }
        }
    }

    fn step(&mut self) {
        match self.rng.u8(..100) {
            0..40 => self.press(),
            40..45 => self.ask(),
            45..75 => self.answer(),
            75..90 => self.wait(),
            90..96 if self.model.connection.kind == ConnectionKind::Local => self.feed(),
            96 => {
                let size = (self.rng.u16(50..190), self.rng.u16(10..60));
                self.tell(Message::Resized(size.0, size.1));
            }
            97 => self.tell(Message::Pasted("pasted\u{1b} text".into())),
            98 if self.model.connection.kind == ConnectionKind::Local => {
                self.tell(Message::FeedLost(7));
            }
            _ => self.happen(),
        }
    }

    /// One of these keys.
    fn one_of(&mut self, keys: &str) -> KeyCode {
        match char::from(keys.as_bytes()[self.rng.usize(..keys.len())]) {
            '\r' => KeyCode::Enter,
            '\x1b' => KeyCode::Esc,
            key => KeyCode::Char(key),
        }
    }

    fn press(&mut self) {
        let likely: &str = match &self.model.overlay {
            Some(Overlay::Confirm(_)) => "yyyyn",
            Some(_) => "\r\r\r\x1bx",
            None if self.model.streams.name().is_none() => "DsnSc",
            None => KEYS,
        };
        let key = match self.rng.u8(..4) {
            0 => CODES[self.rng.usize(..CODES.len())],
            1 => self.one_of(KEYS),
            _ => self.one_of(likely),
        };
        if matches!(key, KeyCode::Enter | KeyCode::Char('y')) {
            match &self.model.overlay {
                Some(Overlay::Confirm(Confirm::FirstWrite(_))) => self.agreed.to_write = true,
                Some(Overlay::Confirm(Confirm::ForeignStream { stream, .. })) => {
                    self.agreed.to_streams.push(stream.clone());
                }
                Some(Overlay::Confirm(Confirm::ChangeStream { stream, change })) => {
                    self.agreed.changes.push((stream.clone(), change.clone()));
                }
                _ => {}
            }
        }
        self.tell(Message::Pressed(KeyEvent::new(key, KeyModifiers::NONE)));
    }

    /// Something that has no key is asked for by its name.
    fn ask(&mut self) {
        if self.model.overlay.is_none() {
            let step = action::Action::GoToPage(self.rng.usize(3..7));
            let actions = [
                step,
                action::Action::Solve,
                action::Action::Solve,
                action::Action::SkipStep,
            ];
            let action = actions[self.rng.usize(..actions.len())];
            self.tell(Message::Asked(action, None));
        }
    }

    fn wait(&mut self) {
        let most = [10, 1_000, 20_000, 400_000][self.rng.usize(..4)];
        let until = self.now + TimeDelta::milliseconds(self.rng.i64(0..most));
        let mut rounds = 0;
        while let Some(next) = self.model.next_deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.tell(Message::DeadlinePassed);
            assert!(
                self.model
                    .next_deadline()
                    .is_none_or(|next| next > self.now)
            );
            rounds += 1;
            if rounds > 100 {
                return;
            }
        }
        self.now = until;
    }

    /// Something happens at the endpoint that nobody tells.
    fn happen(&mut self) {
        let name = NAMES[self.rng.usize(..NAMES.len())];
        self.agreed.stale.push(name.to_owned());
        if self.streams.remove(name).is_none() {
            // Long before the lab, or long after it asked: never what it created.
            let at = self.now - TimeDelta::hours(self.rng.i64(1..9));
            self.streams.insert(name, (self.rng.u32(0..4), at));
        }
    }

    fn error(&mut self) -> CallError {
        match self.rng.u8(..4) {
            0 => CallError::NoAnswer {
                why: "nothing listens".into(),
            },
            1 => CallError::Nonsense {
                why: "it speaks of the weather".into(),
            },
            _ => CallError::Refused {
                code: ERRORS[self.rng.usize(..ERRORS.len())].into(),
                message: "words".into(),
            },
        }
    }

    fn answer(&mut self) {
        if self.saves > 0 && self.rng.bool() {
            self.saves -= 1;
            let names = self.agreed.saving.pop_front().unwrap_or_default();
            let saved = self.rng.u8(..5) > 0;
            if saved {
                self.agreed.written_down = names;
            }
            let why = || "the disk is full".to_owned();
            return self.tell(Message::LedgerSaved(saved.then_some(()).ok_or_else(why)));
        }
        if self.asked.is_empty() {
            return;
        }
        let request = self.asked.remove(self.rng.usize(..self.asked.len()));
        let fails = self.rng.u8(..5) == 0;
        let missing = CallError::Refused {
            code: "ResourceNotFoundException".into(),
            message: "Stream not found.".into(),
        };
        let answer = match request {
            Request::ListStreams if fails => Answer::Streams(Err(self.error())),
            Request::ListStreams => {
                Answer::Streams(Ok(self.streams.keys().map(|name| (*name).into()).collect()))
            }
            Request::DescribeStream(stream) => {
                if !fails {
                    self.told_of(&stream);
                }
                let result = match self.streams.get(stream.as_str()) {
                    _ if fails => Err(self.error()),
                    None => Err(missing),
                    Some((shards, created_at)) => Ok(Description {
                        status: [
                            "ACTIVE", "ACTIVE", "ACTIVE", "CREATING", "UPDATING", "DELETING",
                        ][self.rng.usize(..6)]
                        .into(),
                        created_at: Some(*created_at),
                        retention_hours: 24,
                        shards: (0..*shards).map(|index| shard(index, *shards)).collect(),
                    }),
                };
                Answer::Described { stream, result }
            }
            Request::CreateStream { stream, shards } => {
                let name = NAMES.into_iter().find(|name| *name == stream);
                let result = match name {
                    Some(name) if !fails && !self.streams.contains_key(name) => {
                        self.streams.insert(name, (shards, self.now));
                        self.agreed.stale.retain(|stale| stale != name);
                        self.agreed.created.push(stream.clone());
                        Ok(())
                    }
                    _ => Err(self.error()),
                };
                Answer::Created {
                    stream,
                    shards,
                    result,
                }
            }
            Request::DeleteStream(stream) => {
                let result = match self.streams.remove(stream.as_str()) {
                    _ if fails => Err(self.error()),
                    None => Err(missing),
                    Some(_) => Ok(()),
                };
                Answer::Deleted { stream, result }
            }
            Request::ChangeStream { stream, change } => {
                let result = match self.streams.get_mut(stream.as_str()) {
                    _ if fails => Err(self.error()),
                    None => Err(missing),
                    Some((shards, _)) => {
                        *shards = change.open_after(*shards as usize) as u32;
                        Ok(())
                    }
                };
                Answer::StreamChanged {
                    stream,
                    change,
                    result,
                }
            }
            Request::PutRecord(put) => {
                let result = match self.streams.get(put.stream.as_str()) {
                    _ if fails => Err(self.error()),
                    None => Err(missing),
                    Some(_) => {
                        self.records += 1;
                        Ok((ShardId::from_index(0), self.records.to_string().into()))
                    }
                };
                let put = PutSummary {
                    id: put.id,
                    by: put.by,
                    size: put.data.len(),
                    hash_key: put.hash_key,
                    stream: put.stream,
                    key: put.key,
                };
                Answer::Sent { put, result }
            }
            Request::PutRecords(batch) => {
                let stored = |_| match self.rng.u8(..4) {
                    0 => Err(self.error()),
                    _ => Ok((ShardId::from_index(0), self.rng.u64(..).to_string().into())),
                };
                let result = match fails {
                    true => Err(missing),
                    false => Ok(batch.entries.iter().map(stored).collect()),
                };
                Answer::SentBatch { batch, result }
            }
            Request::OpenIterator { reader, .. } => Answer::Opened {
                reader,
                result: self.iterator(fails),
            },
            Request::GetRecords { reader, .. } => Answer::Read {
                reader,
                result: self.page(fails),
            },
            Request::LookInto { stream, shard, .. } => Answer::LookedInto {
                stream,
                shard,
                result: self.iterator(fails),
            },
            Request::LookAt { stream, shard, .. } => Answer::LookedAt {
                stream,
                shard,
                result: self.page(fails),
            },
            Request::IdentifyAccount if fails => Answer::Account(Err(self.error())),
            Request::IdentifyAccount => Answer::Account(Ok("123456789012".into())),
        };
        self.tell(Message::Answered(answer));
    }

    fn iterator(&mut self, fails: bool) -> Result<String, CallError> {
        let iterator = || "iterator".to_owned();
        (!fails).then(iterator).ok_or_else(|| self.error())
    }

    fn page(&mut self, fails: bool) -> Result<Batch, CallError> {
        let failure = fails.then(|| self.error());
        failure.map_or_else(|| Ok(self.batch()), Err)
    }

    fn batch(&mut self) -> Batch {
        let count = [0, 0, 0, 1, 3, 200][self.rng.usize(..6)];
        let records = (0..count).map(|_| {
            self.records += 1;
            Received {
                sequence: self.records.to_string().into(),
                key: "bob".into(),
                arrived_at: Some(self.now),
                data: b"{}".to_vec(),
                size: 2,
            }
        });
        Batch {
            records: records.collect(),
            next: (self.rng.u8(..30) > 0).then(|| "next".into()),
            millis_behind_latest: [None, Some(0), Some(0), Some(0), Some(900)][self.rng.usize(..5)],
        }
    }

    /// The server does what it was told, or refuses.
    fn control(&mut self) {
        let state = &mut self.state;
        let (region, stream) = ("us-east-1".to_owned(), NAMES[0].to_owned());
        let event = match self.controls.pop() {
            Some(_) if self.rng.u8(..4) == 0 => {
                return self.tell(Message::ControlRefused("no room".into()));
            }
            Some(Control::EmptyStream { region, stream }) => FeedEvent::Emptied {
                region,
                stream,
                records: 2,
            },
            Some(control) => {
                match control {
                    Control::Advance { seconds } => state.ahead_seconds += seconds,
                    Control::Pace(timing) => state.timing = timing,
                    Control::EmptyPages(on) => state.empty_pages = on,
                    _ => {}
                }
                FeedEvent::Changed(Arc::new(state.clone()))
            }
            None if self.rng.bool() => FeedEvent::Expired {
                region,
                stream,
                records: 1,
                shards: vec![(ShardId::from_index(0), 1)],
            },
            None => {
                state.full = match state.full.take() {
                    Some(_) => None,
                    None => Some("the store holds 256 MiB".into()),
                };
                FeedEvent::Changed(Arc::new(state.clone()))
            }
        };
        self.tell(Message::Fed(event));
    }

    fn feed(&mut self) {
        if self.rng.u8(..6) == 0 {
            return self.control();
        }
        let connection = self.rng.u64(1..4);
        if self.rng.u8(..5) == 0 {
            return self.tell(Message::Fed(FeedEvent::Disconnected { connection }));
        }
        let result = match self.rng.bool() {
            true => Ok((ShardId::from_index(0), "49".into())),
            false => Err(("InternalFailure".into(), "words".into())),
        };
        let entry = PutEntry {
            key: "bob".into(),
            explicit_hash_key: None,
            size: 2,
            head: Vec::new(),
            result,
        };
        let get = GetDetail {
            chain: self.rng.u64(1..4),
            shard: ShardId::from_index(0),
            start: StartPosition::TrimHorizon,
            limit: None,
            returned: self.rng.usize(..2),
            bytes: 0,
            range: None,
            millis_behind_latest: Some(0),
            ahead: 0,
            ended: false,
        };
        let (operation, detail) = match self.rng.u8(..6) {
            0 => ("CreateStream", Detail::Create { shards: 1 }),
            1 => {
                let operations = ["DeleteStream", "SplitShard", "PutRecord"];
                (operations[self.rng.usize(..3)], Detail::None)
            }
            2 | 3 => ("PutRecords", Detail::Put(vec![entry.clone(), entry])),
            _ => ("GetRecords", Detail::Get(Box::new(get))),
        };
        let error = ("StrangeException".into(), "words".into());
        let call = Call {
            at: self.now,
            caller: Caller {
                user_agent: "aws-sdk-js/3".into(),
                access_key: "k".into(),
                connection,
                http2: connection == 3,
            },
            region: ["us-east-1", "us-east-1", "us-east-1", "", "eu-west-1"][self.rng.usize(..5)]
                .into(),
            operation: operation.into(),
            stream: Some(NAMES[self.rng.usize(..NAMES.len())].into()),
            error: (self.rng.u8(..6) == 0).then_some(error),
            detail,
            fault: [None, None, Some(FaultKind::LoseReply)][self.rng.usize(..3)],
            latency: Duration::ZERO,
        };
        self.tell(Message::Fed(FeedEvent::Called(Arc::new(call))));
    }
}

fn shard(index: u32, of: u32) -> ShardDescription {
    let size = u128::MAX / u128::from(of);
    let from = size * u128::from(index);
    ShardDescription {
        id: ShardId::from_index(index),
        hash_range: (from.to_string(), (from + (size - 1)).to_string()),
        open: index != 3,
        parents: (index > 3)
            .then(|| ShardId::from_index(3))
            .into_iter()
            .collect(),
    }
}

fn frame(model: &Model) -> Buffer {
    let look = Look {
        colour: true,
        ascii: false,
    };
    let area = model.layout.area;
    let mut terminal =
        Terminal::new(TestBackend::new(area.width, area.height)).expect("a terminal");
    terminal
        .draw(|frame| draw(model, &look, frame))
        .expect("a frame");
    terminal.backend().buffer().clone()
}

#[test]
fn whatever_happens_the_lab_goes_on_and_its_screen_says_what_it_knows() {
    use ConnectionKind::*;
    for seed in 0..RUNS {
        for kind in [Local, Endpoint, Aws] {
            let mut world = World::new(kind, seed);
            for _ in 0..150 {
                world.step();
                if world.quit {
                    break;
                }
            }
        }
    }
}
