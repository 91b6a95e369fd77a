//! The script harness: a lab that is told things and remembers what it asked for.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::app::message::*;
use crate::app::program_pane::Places;
use crate::app::second_screen::Shown;
use crate::app::*;
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, PutEntry};
use crate::kinesis::{CallError, ShardId, StartPosition};
use crate::lesson::{
    Block, Inline, Lesson, Page, Question, QuestionKind, QuestionOption, Section, SectionKind,
};

pub const OWN_KEY: &str = "own";

/// A lab under a script: it remembers what was asked for and not yet answered.
pub struct Lab {
    pub model: Model,
    pub now: DateTime<Utc>,
    pub effects: Vec<Effect>,
    /// What the second screen was told; not among the effects, since it follows whatever else happens.
    pub told: Vec<Shown>,
    /// Whether the last message changed what is on the screen.
    pub changed: bool,
}

pub fn text(words: &str) -> Vec<Block> {
    vec![Block::Paragraph(vec![Inline::Text(words.into())])]
}

pub fn lesson() -> Lesson {
    let section = |title: &str, kind, first_page| Section {
        title: title.into(),
        line: 1,
        minutes: Some(10),
        kind,
        first_page,
    };
    let page = |section, key: &str, step| Page {
        section,
        key: key.into(),
        title: key.into(),
        line: 1,
        step,
        blocks: text("some words about streams"),
    };
    let option = |words: &str| QuestionOption {
        blocks: text(words),
        reason: Some(format!("why {words}")),
    };
    let question = |key: &str, kind, correct| Question {
        key: key.into(),
        title: key.into(),
        line: 1,
        prompt: text("which?"),
        kind,
        options: vec![option("first"), option("second"), option("third")],
        correct,
        explanation: text("the secret answer"),
        answer_line: Some(1),
        doubt: None,
    };
    Lesson {
        title: "Streams".into(),
        metadata: Vec::new(),
        stated_minutes: Some(30),
        minutes: Some(30),
        head: Vec::new(),
        goals: Vec::new(),
        sections: vec![
            section("Goals", SectionKind::Goals, 0),
            section("Hands-on", SectionKind::HandsOn, 1),
            section("Checkpoint", SectionKind::Checkpoint, 3),
        ],
        pages: vec![
            page(0, "goals", None),
            page(1, "step-1", Some(1)),
            page(1, "step-2", Some(2)),
            page(2, "checkpoint", None),
        ],
        settings: crate::lesson::Settings::default(),
        text: Arc::default(),
        prompts: Vec::new(),
        questions: vec![
            question("many", QuestionKind::Multiple, vec![0, 2]),
            question("one", QuestionKind::Single, vec![1]),
            question("unclear", QuestionKind::Single, vec![]),
        ],
    }
}

pub fn setup(kind: ConnectionKind) -> Setup {
    let connection = Connection {
        kind,
        address: "http://127.0.0.1:4567".into(),
        region: "us-east-1".into(),
        profile: None,
        own_access_key: OWN_KEY.into(),
    };
    Setup {
        lesson_key: "streams".into(),
        keeps_streams: true,
        places: places(),
        size: (120, 40),
        seed: 1,
        ..Setup::new(lesson(), connection)
    }
}

/// A work folder, and a state folder with an environment.
pub fn places() -> Places {
    Places {
        work: "/home/me/kinesis-lab/streams".into(),
        venv: Some("/home/me/.local/state/kinesis-lab/venv".into()),
        editor: Some("nano".into()),
    }
}

impl Lab {
    pub fn start(setup: Setup) -> Self {
        let now = DateTime::from_timestamp(1_795_372_800, 0).expect("a time");
        let (model, out) = Model::new(setup, now);
        let mut lab = Self {
            model,
            now,
            effects: Vec::new(),
            told: Vec::new(),
            changed: out.changed,
        };
        lab.keep(out.effects);
        lab
    }

    fn keep(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::TellSecondScreen(shown) => self.told.push(*shown),
                effect => self.effects.push(effect),
            }
        }
    }

    pub fn local() -> Self {
        Self::start(setup(ConnectionKind::Local))
    }

    /// A local lab with `my-first-stream`, two shards, selected.
    pub fn with_stream() -> Self {
        let mut lab = Self::local();
        lab.effects.clear();
        lab.key('D')
            .enter()
            .created()
            .described("my-first-stream", 2);
        lab.effects.clear();
        lab
    }

    pub fn tell(&mut self, message: Message) -> &mut Self {
        let by_clock = matches!(message, Message::DeadlinePassed);
        let out = update(&mut self.model, message, self.now);
        self.keep(out.effects);
        self.changed = out.changed;
        // The loop tells of a deadline as long as it has passed: one that stays behind would never let it rest.
        assert!(
            !by_clock
                || self
                    .model
                    .next_deadline()
                    .is_none_or(|next| next > self.now)
        );
        self
    }

    pub fn press(&mut self, code: KeyCode) -> &mut Self {
        self.tell(Message::Pressed(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    pub fn key(&mut self, c: char) -> &mut Self {
        self.press(KeyCode::Char(c))
    }

    pub fn keys(&mut self, text: &str) -> &mut Self {
        text.chars().for_each(|c| {
            self.key(c);
        });
        self
    }

    pub fn enter(&mut self) -> &mut Self {
        self.press(KeyCode::Enter)
    }

    pub fn escape(&mut self) -> &mut Self {
        self.press(KeyCode::Esc)
    }

    pub fn wait(&mut self, seconds: f64) -> &mut Self {
        let until = self.now + TimeDelta::milliseconds((seconds * 1000.0) as i64);
        while let Some(next) = self.model.next_deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.tell(Message::DeadlinePassed);
        }
        self.now = until;
        self
    }

    /// Takes the oldest request out of the effects.
    pub fn request(&mut self) -> Option<Request> {
        let place = self
            .effects
            .iter()
            .position(|e| matches!(e, Effect::Call(_)))?;
        match self.effects.remove(place) {
            Effect::Call(request) => Some(request),
            _ => None,
        }
    }

    pub fn answer(&mut self, answer: Answer) -> &mut Self {
        self.tell(Message::Answered(answer))
    }

    pub fn created(&mut self) -> &mut Self {
        while let Some(request) = self.request() {
            if let Request::CreateStream { stream, shards } = request {
                return self.answer(Answer::Created {
                    stream,
                    shards,
                    result: Ok(()),
                });
            }
        }
        panic!("CreateStream was not asked for");
    }

    pub fn described(&mut self, stream: &str, shards: u32) -> &mut Self {
        let description = self.description(shards);
        self.answer(Answer::Described {
            stream: stream.into(),
            result: Ok(description),
        })
    }

    pub fn description(&self, shards: u32) -> Description {
        Description {
            status: "ACTIVE".into(),
            created_at: Some(self.now),
            retention_hours: 24,
            shards: (0..shards)
                .map(|index| ShardDescription {
                    id: ShardId::from_index(index),
                    hash_range: ("0".into(), "9".into()),
                    open: true,
                    parents: Vec::new(),
                })
                .collect(),
        }
    }

    pub fn put(&mut self) -> Put {
        loop {
            match self.request() {
                Some(Request::PutRecord(put)) => return put,
                Some(_) => {}
                None => panic!("no put was asked for"),
            }
        }
    }

    pub fn stored(&mut self, put: &Put, shard: u32, result: Result<&str, CallError>) -> &mut Self {
        self.answer(Answer::Sent {
            put: PutSummary {
                id: put.id,
                by: put.by,
                stream: put.stream.clone(),
                key: put.key.clone(),
                size: put.data.len(),
                hash_key: put.hash_key,
            },
            result: result.map(|number| (ShardId::from_index(shard), number.into())),
        })
    }

    pub fn fed(
        &mut self,
        connection: u64,
        operation: &str,
        stream: &str,
        detail: Detail,
    ) -> &mut Self {
        self.fed_by("Boto3/1.44", "k", connection, operation, stream, detail)
    }

    pub fn fed_by(
        &mut self,
        user_agent: &str,
        access_key: &str,
        connection: u64,
        operation: &str,
        stream: &str,
        detail: Detail,
    ) -> &mut Self {
        let call = Call {
            at: self.now,
            caller: Caller {
                user_agent: user_agent.into(),
                access_key: access_key.into(),
                connection,
                http2: false,
            },
            region: "us-east-1".into(),
            operation: operation.into(),
            stream: Some(stream.into()),
            error: None,
            detail,
            fault: None,
            latency: Duration::from_millis(1),
        };
        self.tell(Message::Fed(FeedEvent::Called(Arc::new(call))))
    }

    /// Opens every reader that asks, with an empty first batch.
    pub fn open_readers(&mut self) -> &mut Self {
        while let Some(request) = self.request() {
            match request {
                Request::OpenIterator { reader, .. } => {
                    self.answer(Answer::Opened {
                        reader,
                        result: Ok("iterator".into()),
                    });
                }
                Request::GetRecords { reader, .. } => {
                    self.read(reader, &[]);
                }
                _ => {}
            }
        }
        self
    }

    pub fn read(&mut self, reader: ReaderId, numbers: &[&str]) -> &mut Self {
        let records = numbers
            .iter()
            .map(|number| Received {
                sequence: (*number).into(),
                key: "alice".into(),
                arrived_at: Some(self.now - TimeDelta::milliseconds(400)),
                data: b"{}".to_vec(),
                size: 2,
            })
            .collect();
        let batch = Batch {
            records,
            next: Some("next".into()),
            millis_behind_latest: Some(0),
        };
        self.answer(Answer::Read {
            reader,
            result: Ok(batch),
        })
    }

    /// Takes the oldest request for records out of the effects, and says whose it is.
    pub fn poll(&mut self) -> ReaderId {
        loop {
            match self.request() {
                Some(Request::GetRecords { reader, .. }) => return reader,
                Some(_) => {}
                None => panic!("no records were asked for"),
            }
        }
    }

    /// Takes the oldest request for an iterator out of the effects: whose it is and where it is to start.
    pub fn opening(&mut self) -> (ReaderId, StartPosition) {
        loop {
            match self.request() {
                Some(Request::OpenIterator { reader, start, .. }) => return (reader, start),
                Some(_) => {}
                None => panic!("no iterator was asked for"),
            }
        }
    }

    pub fn opened(&mut self, reader: ReaderId, result: Result<&str, CallError>) -> &mut Self {
        self.answer(Answer::Opened {
            reader,
            result: result.map(str::to_owned),
        })
    }

    pub fn unread(&mut self, reader: ReaderId, error: CallError) -> &mut Self {
        self.answer(Answer::Read {
            reader,
            result: Err(error),
        })
    }

    pub fn listed(&mut self, names: &[&str]) -> &mut Self {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        self.answer(Answer::Streams(Ok(names)))
    }

    pub fn deleted(&mut self, stream: &str, result: Result<(), CallError>) -> &mut Self {
        self.answer(Answer::Deleted {
            stream: stream.into(),
            result,
        })
    }

    pub fn undescribed(&mut self, stream: &str, error: CallError) -> &mut Self {
        self.answer(Answer::Described {
            stream: stream.into(),
            result: Err(error),
        })
    }

    /// Whether this is asked for; what is asked for before it is dropped.
    pub fn asks(&mut self, request: &Request) -> bool {
        std::iter::from_fn(|| self.request()).any(|asked| asked == *request)
    }

    pub fn status(&self) -> &str {
        &self.model.status.words
    }

    pub fn asks_to_quit(&self) -> bool {
        self.effects.contains(&Effect::Quit)
    }
}

pub fn refusal(code: &str) -> CallError {
    CallError::Refused {
        code: code.into(),
        message: String::new(),
    }
}

pub fn silence() -> CallError {
    CallError::NoAnswer {
        why: "no answer from 127.0.0.1:1 within 10 s".into(),
    }
}

pub fn put_entry(key: &str) -> Detail {
    Detail::Put(vec![PutEntry {
        key: key.into(),
        explicit_hash_key: None,
        size: 2,
        head: b"{}".to_vec(),
        result: Ok((ShardId::from_index(0), "49".into())),
    }])
}
