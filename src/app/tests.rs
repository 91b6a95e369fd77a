//! Scripts: keys and messages in, facts of the model and requests out.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::message::*;
use super::overlay::{Confirm, Overlay};
use super::streams::Presence;
use super::*;
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail, PutEntry};
use crate::kinesis::{CallError, ShardId, StartPosition};
use crate::lesson::{
    Block, Inline, Lesson, Page, Question, QuestionKind, QuestionOption, Section, SectionKind,
};
use crate::progress::{Ledger, LedgerEntry, Progress};

const OWN_KEY: &str = "own";

/// A lab under a script: it remembers what was asked for and not yet answered.
struct Lab {
    model: Model,
    now: DateTime<Utc>,
    effects: Vec<Effect>,
}

fn text(words: &str) -> Vec<Block> {
    vec![Block::Paragraph(vec![Inline::Text(words.into())])]
}

fn lesson() -> Lesson {
    let section = |title: &str, kind, first_page| Section {
        title: title.into(),
        minutes: Some(10),
        kind,
        first_page,
    };
    let page = |section, key: &str, step| Page {
        section,
        key: key.into(),
        title: key.into(),
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
        prompt: text("which?"),
        kind,
        options: vec![option("first"), option("second"), option("third")],
        correct,
        explanation: text("the secret answer"),
    };
    Lesson {
        title: "Streams".into(),
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
        questions: vec![
            question("many", QuestionKind::Multiple, vec![0, 2]),
            question("one", QuestionKind::Single, vec![1]),
            question("unclear", QuestionKind::Single, vec![]),
        ],
    }
}

fn setup(kind: ConnectionKind) -> Setup {
    Setup {
        lesson: lesson(),
        lesson_key: "streams".into(),
        connection: Connection {
            kind,
            address: "http://127.0.0.1:4567".into(),
            region: "us-east-1".into(),
            profile: None,
            own_access_key: OWN_KEY.into(),
        },
        progress: Progress::default(),
        unsaved: None,
        ledger: Ledger::default(),
        notice: None,
        theme: None,
        size: (120, 40),
        seed: 1,
    }
}

impl Lab {
    fn start(setup: Setup) -> Self {
        let now = DateTime::from_timestamp(1_795_372_800, 0).expect("a time");
        let (model, out) = Model::new(setup, now);
        Self {
            model,
            now,
            effects: out.effects,
        }
    }

    fn local() -> Self {
        Self::start(setup(ConnectionKind::Local))
    }

    /// A local lab with `my-first-stream`, two shards, selected.
    fn with_stream() -> Self {
        let mut lab = Self::local();
        lab.effects.clear();
        lab.key('D')
            .enter()
            .created()
            .described("my-first-stream", 2);
        lab.effects.clear();
        lab
    }

    fn tell(&mut self, message: Message) -> &mut Self {
        let out = update(&mut self.model, message, self.now);
        self.effects.extend(out.effects);
        self
    }

    fn press(&mut self, code: KeyCode) -> &mut Self {
        self.tell(Message::Pressed(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    fn key(&mut self, c: char) -> &mut Self {
        self.press(KeyCode::Char(c))
    }

    fn keys(&mut self, text: &str) -> &mut Self {
        text.chars().for_each(|c| {
            self.key(c);
        });
        self
    }

    fn enter(&mut self) -> &mut Self {
        self.press(KeyCode::Enter)
    }

    fn escape(&mut self) -> &mut Self {
        self.press(KeyCode::Esc)
    }

    fn wait(&mut self, seconds: f64) -> &mut Self {
        let until = self.now + TimeDelta::milliseconds((seconds * 1000.0) as i64);
        while let Some(next) = self.model.next_deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.tell(Message::DeadlinePassed);
        }
        self.now = until;
        self
    }

    /// Takes the oldest request out of the effects.
    fn request(&mut self) -> Option<Request> {
        let place = self
            .effects
            .iter()
            .position(|e| matches!(e, Effect::Call(_)))?;
        match self.effects.remove(place) {
            Effect::Call(request) => Some(request),
            _ => None,
        }
    }

    fn answer(&mut self, answer: Answer) -> &mut Self {
        self.tell(Message::Answered(answer))
    }

    fn created(&mut self) -> &mut Self {
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

    fn described(&mut self, stream: &str, shards: u32) -> &mut Self {
        let description = self.description(shards);
        self.answer(Answer::Described {
            stream: stream.into(),
            result: Ok(description),
        })
    }

    fn description(&self, shards: u32) -> Description {
        Description {
            status: "ACTIVE".into(),
            created_at: Some(self.now),
            retention_hours: 24,
            shards: (0..shards)
                .map(|index| ShardDescription {
                    id: ShardId::from_index(index),
                    hash_range: ("0".into(), "9".into()),
                    open: true,
                })
                .collect(),
        }
    }

    fn put(&mut self) -> Put {
        loop {
            match self.request() {
                Some(Request::PutRecord(put)) => return put,
                Some(_) => {}
                None => panic!("no put was asked for"),
            }
        }
    }

    fn stored(&mut self, put: &Put, shard: u32, result: Result<&str, CallError>) -> &mut Self {
        self.answer(Answer::Sent {
            put: PutSummary {
                id: put.id,
                by: put.by,
                stream: put.stream.clone(),
                key: put.key.clone(),
                size: put.data.len(),
            },
            result: result.map(|number| (ShardId::from_index(shard), number.into())),
        })
    }

    fn fed(&mut self, connection: u64, operation: &str, stream: &str, detail: Detail) -> &mut Self {
        self.fed_by("Boto3/1.44", "k", connection, operation, stream, detail)
    }

    fn fed_by(
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
            latency: Duration::from_millis(1),
        };
        self.tell(Message::Fed(FeedEvent::Called(Arc::new(call))))
    }

    /// Opens every reader that asks, with an empty first batch.
    fn open_readers(&mut self) -> &mut Self {
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

    fn read(&mut self, reader: ReaderId, numbers: &[&str]) -> &mut Self {
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

    fn status(&self) -> &str {
        &self.model.status.words
    }

    fn asks_to_quit(&self) -> bool {
        self.effects.contains(&Effect::Quit)
    }
}

fn refusal(code: &str) -> CallError {
    CallError::Refused {
        code: code.into(),
        message: String::new(),
    }
}

fn put_entry(key: &str) -> Detail {
    Detail::Put(vec![PutEntry {
        key: key.into(),
        explicit_hash_key: None,
        size: 2,
        head: b"{}".to_vec(),
        result: Ok((ShardId::from_index(0), "49".into())),
    }])
}

#[test]
fn sending_without_a_stream_offers_the_prefilled_dialog_and_enter_creates_it() {
    let mut lab = Lab::local();
    lab.key('s');
    let Some(Overlay::Streams(dialog)) = &lab.model.overlay else {
        panic!("the dialog is open");
    };
    assert_eq!((dialog.name.value(), dialog.shards), ("my-first-stream", 2));
    lab.effects.clear();
    lab.press(KeyCode::Right).enter();
    assert_eq!(
        lab.request(),
        Some(Request::CreateStream {
            stream: "my-first-stream".into(),
            shards: 3
        })
    );
}

#[test]
fn a_name_that_kinesis_refuses_is_refused_in_the_dialog() {
    let mut lab = Lab::local();
    lab.key('D').keys(" x");
    lab.effects.clear();
    lab.enter();
    let Some(Overlay::Streams(dialog)) = &lab.model.overlay else {
        panic!("the dialog stays open");
    };
    assert!(
        dialog
            .problem
            .as_deref()
            .is_some_and(|why| why.contains("a space"))
    );
    assert_eq!(lab.request(), None);
}

#[test]
fn the_number_of_shards_stays_between_one_and_eight() {
    let mut lab = Lab::local();
    lab.key('D');
    for (key, shards) in [(KeyCode::Left, 1), (KeyCode::Right, 8)] {
        for _ in 0..20 {
            lab.press(key);
        }
        let Some(Overlay::Streams(dialog)) = &lab.model.overlay else {
            panic!("the dialog is open");
        };
        assert_eq!(dialog.shards, shards);
    }
}

#[test]
fn a_sent_event_stands_in_the_panel_with_the_shard_and_number_that_came_back() {
    let mut lab = Lab::with_stream();
    lab.key('s');
    let put = lab.put();
    assert_eq!((put.key.as_str(), put.by), ("alice", Sender::You));
    assert!(
        put.data.contains("2026-11-22T18:40:00.000Z"),
        "{}",
        put.data
    );
    lab.stored(&put, 0, Ok("4968"));
    let (_, line) = lab.model.producer.log.iter().next().expect("a line");
    assert_eq!(line.result, Ok((ShardId::from_index(0), "4968".into())));
    assert_eq!(&line.hash[..4], "6384");
    assert!(lab.status().contains("shard 0"));
}

#[test]
fn a_refused_put_is_shown_with_its_name_and_meaning() {
    let mut lab = Lab::with_stream();
    lab.key('s');
    let put = lab.put();
    lab.stored(
        &put,
        0,
        Err(refusal("ProvisionedThroughputExceededException")),
    );
    assert!(
        lab.status()
            .contains("ProvisionedThroughputExceededException")
    );
    assert!(lab.status().contains("limit"));
    assert_eq!(lab.model.producer.refused, 1);
}

#[test]
fn an_event_that_is_not_json_is_refused_and_nothing_typed_is_lost() {
    let mut lab = Lab::with_stream();
    lab.key('p').press(KeyCode::Tab).keys("}").enter();
    let edit = lab.model.producer.edit.as_ref().expect("still editing");
    assert!(
        edit.problem
            .as_deref()
            .is_some_and(|why| why.contains("not JSON"))
    );
    lab.press(KeyCode::Backspace).enter();
    assert!(lab.model.producer.edit.is_none());
}

#[test]
fn keys_and_records_have_the_limits_of_the_service() {
    let check = |key: &str, data: &str, word: Option<&str>| {
        let problem = producer::problem_with(key, data);
        match word {
            None => assert_eq!(problem, None),
            Some(word) => assert!(
                problem.as_deref().is_some_and(|p| p.contains(word)),
                "{problem:?}"
            ),
        }
    };
    check("a", "{}", None);
    check("", "{}", Some("empty"));
    check(&"é".repeat(256), "{}", None);
    check(&"é".repeat(257), "{}", Some("257"));
    check("a", "{", Some("not JSON"));
    let large = format!("\"{}\"", "x".repeat(1024 * 1024 - 3));
    check("a", &large, None);
    check("ab", &large, Some("1 MiB"));
}

#[test]
fn automatic_sending_keeps_its_rate_and_never_piles_up() {
    let mut lab = Lab::with_stream();
    lab.key('S').wait(2.0);
    let sent = lab
        .effects
        .iter()
        .filter(|e| matches!(e, Effect::Call(Request::PutRecord(_))))
        .count();
    assert_eq!(sent, 5, "two a second, the first at once");
    for _ in 0..20 {
        lab.key('+');
    }
    lab.wait(3.0);
    let in_flight = lab
        .effects
        .iter()
        .filter(|e| matches!(e, Effect::Call(Request::PutRecord(_))))
        .count();
    assert_eq!(in_flight, 64);
    assert!(lab.model.producer.auto.skipped > 1_000);
    lab.key('S');
    assert_eq!(lab.model.producer.auto.next_at, None);
}

#[test]
fn a_template_sends_fresh_events_and_shows_the_next_one_before_it_is_sent() {
    let mut lab = Lab::with_stream();
    lab.tell(Message::Resized(120, 40));
    lab.key('p')
        .press(KeyCode::Tab)
        .press(KeyCode::Tab)
        .press(KeyCode::Right)
        .enter();
    let shown = lab.model.producer.event_at(lab.now);
    lab.key('s');
    let put = lab.put();
    assert_eq!((put.key.clone(), put.data.clone()), shown);
    lab.key('s');
    assert_ne!(lab.put().data, put.data);
}

#[test]
fn the_consumer_reads_every_shard_once_a_second_and_stops() {
    let mut lab = Lab::with_stream();
    lab.key('c');
    assert_eq!(lab.model.consumer.readers.len(), 2);
    lab.open_readers().wait(1.0);
    let polls = lab
        .effects
        .iter()
        .filter(|e| matches!(e, Effect::Call(Request::GetRecords { .. })))
        .count();
    assert_eq!(polls, 2);
    let Some(Request::GetRecords { reader, .. }) = lab.request() else {
        panic!("a poll");
    };
    lab.read(reader, &["10", "11"]);
    assert_eq!(lab.model.consumer.log.len(), 2);
    let (_, shown) = lab.model.consumer.log.iter().next().expect("a record");
    assert_eq!(shown.delay_millis(), Some(400));
    lab.key('c').effects.clear();
    lab.wait(5.0);
    assert_eq!(lab.request(), None, "a stopped consumer makes no calls");
    lab.read(reader, &["12"]);
    assert_eq!(
        lab.model.consumer.log.len(),
        2,
        "a late answer of a stopped run is ignored"
    );
}

#[test]
fn an_expired_iterator_is_replaced_so_that_nothing_is_skipped_and_nothing_comes_twice() {
    let mut lab = Lab::with_stream();
    lab.model.consumer.start = StartPosition::Latest;
    lab.key('c').open_readers();
    let expired = |lab: &mut Lab, reader| {
        lab.answer(Answer::Read {
            reader,
            result: Err(refusal("ExpiredIteratorException")),
        });
        lab.effects.clear();
        lab.wait(1.0);
        lab.effects.iter().find_map(|effect| match effect {
            Effect::Call(Request::OpenIterator {
                start, reader: by, ..
            }) if *by == reader => Some(start.clone()),
            _ => None,
        })
    };
    let opened_at = lab.now;
    lab.wait(1.0);
    let Some(Request::GetRecords { reader, .. }) = lab.request() else {
        panic!("a poll");
    };
    assert_eq!(
        expired(&mut lab, reader),
        Some(StartPosition::AtTimestamp(opened_at))
    );
    lab.open_readers().wait(1.0);
    lab.read(reader, &["77"]);
    assert_eq!(
        expired(&mut lab, reader),
        Some(StartPosition::AfterSequenceNumber("77".into()))
    );
}

#[test]
fn workers_share_the_shards_and_too_many_idle() {
    let mut lab = Lab::with_stream();
    lab.key('c').key('3').key('W');
    let workers = |lab: &Lab| {
        lab.model
            .consumer
            .readers
            .iter()
            .map(|r| r.worker)
            .collect::<Vec<_>>()
    };
    assert_eq!(workers(&lab), [1, 2]);
    lab.keys("WWWW");
    assert_eq!(lab.model.consumer.workers, 4);
    assert!(lab.status().contains("idle"));
    lab.keys("wwwww");
    assert_eq!(workers(&lab), [1, 1]);
}

#[test]
fn a_new_start_position_reads_anew_from_there() {
    let mut lab = Lab::with_stream();
    lab.key('c').open_readers().wait(1.0);
    let Some(Request::GetRecords { reader, .. }) = lab.request() else {
        panic!("a poll");
    };
    lab.read(reader, &["10", "11"])
        .key('3')
        .press(KeyCode::Up)
        .press(KeyCode::Up);
    lab.effects.clear();
    lab.key('t').press(KeyCode::Up).enter();
    assert_eq!(
        lab.model.consumer.start,
        StartPosition::AfterSequenceNumber("10".into()),
        "filled from the selected record"
    );
    assert!(lab.model.consumer.log.is_empty());
    assert!(matches!(
        lab.request(),
        Some(Request::OpenIterator {
            start: StartPosition::AfterSequenceNumber(_),
            ..
        })
    ));
}

#[test]
fn an_empty_view_says_why_and_which_key_changes_that() {
    let mut lab = Lab::local();
    let why = |lab: &Lab| consumer::why_empty(&lab.model).unwrap_or_default();
    assert!(why(&lab).contains("D creates one"));
    lab.effects.clear();
    lab.key('D')
        .enter()
        .created()
        .described("my-first-stream", 2);
    assert!(why(&lab).contains("c starts"));
    lab.fed(1, "PutRecord", "my-first-stream", put_entry("bob"));
    assert!(why(&lab).contains("1 record waits"));
    lab.model.consumer.start = StartPosition::Latest;
    lab.key('c').open_readers();
    assert!(
        why(&lab).contains("LATEST begins after the newest record. 1 older"),
        "{}",
        why(&lab)
    );
}

#[test]
fn a_program_s_first_stream_is_selected_and_its_records_and_readers_are_shown_by_name() {
    let mut lab = Lab::local();
    lab.effects.clear();
    lab.fed(7, "CreateStream", "orders", Detail::Create { shards: 1 });
    assert_eq!(lab.model.streams.name(), Some("orders"));
    lab.fed(7, "PutRecord", "orders", put_entry("bob"));
    let (_, line) = lab.model.producer.log.iter().next().expect("a line");
    assert_eq!(line.who.name(), "py#1");
    assert_eq!(lab.model.streams.count("orders").written, 1);
    let get = GetDetail {
        chain: 3,
        shard: ShardId::from_index(0),
        start: StartPosition::TrimHorizon,
        limit: Some(10),
        returned: 1,
        range: Some(("49".into(), "49".into())),
        millis_behind_latest: Some(0),
        ahead: 0,
        ended: false,
    };
    lab.fed(8, "GetRecords", "orders", Detail::Get(Box::new(get)));
    let reader = lab.model.consumer.foreign.iter().next().expect("a reader");
    assert_eq!((reader.program.as_str(), reader.read), ("py#2", 1));
    lab.tell(Message::Fed(FeedEvent::Disconnected { connection: 8 }));
    assert!(
        lab.model
            .consumer
            .foreign
            .iter()
            .all(|reader| reader.stopped)
    );
    lab.fed(7, "CreateStream", "other", Detail::Create { shards: 1 });
    assert_eq!(
        lab.model.streams.name(),
        Some("orders"),
        "later ones are announced"
    );
    assert!(lab.status().contains("other"));
}

#[test]
fn the_lab_s_own_calls_are_counted_but_never_shown_as_a_program_s() {
    let mut lab = Lab::with_stream();
    lab.fed_by(
        "x app/kinesis-lab-panel",
        OWN_KEY,
        1,
        "PutRecord",
        "my-first-stream",
        put_entry("alice"),
    );
    assert_eq!(lab.model.streams.count("my-first-stream").written, 1);
    assert!(lab.model.producer.log.is_empty());
    assert_eq!(lab.model.programs.iter().count(), 0);
}

#[test]
fn a_stream_that_vanishes_stops_what_depends_on_it_and_says_so() {
    let mut lab = Lab::with_stream();
    lab.key('c')
        .key('S')
        .fed(1, "DeleteStream", "my-first-stream", Detail::None);
    let selected = lab
        .model
        .streams
        .selected
        .as_ref()
        .expect("it is still named");
    assert_eq!(selected.presence, Presence::Gone);
    assert!(!lab.model.consumer.running);
    assert_eq!(lab.model.producer.auto.next_at, None);
    assert!(lab.status().contains("gone"));
}

#[test]
fn creating_anew_begins_with_empty_panels() {
    let mut lab = Lab::with_stream();
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Ok("49"))
        .fed(1, "PutRecord", "my-first-stream", put_entry("bob"));
    lab.fed(1, "DeleteStream", "my-first-stream", Detail::None);
    lab.key('D').enter().created();
    assert!(lab.model.producer.log.is_empty());
    assert_eq!(lab.model.streams.count("my-first-stream").written, 0);
}

#[test]
fn deleting_asks_first() {
    let mut lab = Lab::with_stream();
    lab.key('D').key('x');
    assert_eq!(
        lab.model
            .overlay
            .as_ref()
            .map(|o| matches!(o, Overlay::Confirm(Confirm::Delete(_)))),
        Some(true)
    );
    lab.effects.clear();
    lab.escape();
    assert_eq!(lab.request(), None);
    lab.key('D').key('x').effects.clear();
    lab.key('y');
    assert_eq!(
        lab.request(),
        Some(Request::DeleteStream("my-first-stream".into()))
    );
}

#[test]
fn an_existing_stream_is_said_to_exist_and_followed() {
    let mut lab = Lab::local();
    lab.answer(Answer::Created {
        stream: "s".into(),
        shards: 2,
        result: Err(refusal("ResourceInUseException")),
    });
    assert!(lab.status().contains("already exists"));
    assert_eq!(lab.model.streams.name(), Some("s"));
}

#[test]
fn a_first_wrong_try_only_nudges_and_the_second_explains() {
    let mut lab = Lab::local();
    lab.key('4').key('b').enter();
    let question = lab.model.lesson.lesson.questions[0].clone();
    let shown = |lab: &Lab| format!("{:?}", lab.model.quiz.rows);
    assert_eq!(quiz::state(&lab.model, &question), quiz::State::OneMore);
    assert!(!shown(&lab).contains("secret") && !shown(&lab).contains("why"));
    lab.key('b').keys("ac").enter();
    assert!(matches!(
        quiz::state(&lab.model, &question),
        quiz::State::Answered(_)
    ));
    assert!(shown(&lab).contains("secret") && shown(&lab).contains("why"));
    assert_eq!(quiz::score(&lab.model), (0, 2), "the first try counts");
    lab.key('r').keys("ac").enter();
    assert_eq!(quiz::score(&lab.model), (0, 2));
}

#[test]
fn a_single_choice_keeps_one_option_and_right_at_once_scores() {
    let mut lab = Lab::local();
    lab.key('4').key('n').keys("ab");
    assert_eq!(
        lab.model.quiz.chosen.iter().copied().collect::<Vec<_>>(),
        [1]
    );
    lab.enter();
    assert_eq!(quiz::score(&lab.model), (1, 2));
    lab.enter();
    assert_eq!(lab.model.quiz.question, 2);
}

#[test]
fn a_question_without_a_certain_key_is_compared_not_graded() {
    let mut lab = Lab::local();
    lab.key('4').keys("nna").enter();
    let question = lab.model.lesson.lesson.questions[2].clone();
    assert_eq!(
        quiz::state(&lab.model, &question),
        quiz::State::Answered(crate::lesson::quiz::Grade::Compare)
    );
    assert_eq!(quiz::score(&lab.model), (0, 2));
}

#[test]
fn letters_answer_only_while_the_quiz_has_the_keys() {
    let mut lab = Lab::with_stream();
    lab.key('4').key('c');
    assert!(!lab.model.consumer.running);
    lab.key('1').key('c');
    assert!(lab.model.consumer.running);
}

#[test]
fn what_was_done_is_saved_at_once_and_taken_up_again() {
    let mut lab = Lab::local();
    lab.keys("nn");
    let saved = lab.effects.iter().rev().find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(progress.clone()),
        _ => None,
    });
    let progress = *saved.expect("it was saved");
    let again = Lab::start(Setup {
        progress,
        ..setup(ConnectionKind::Local)
    });
    assert_eq!(again.model.lesson.page, 2);
    assert!(again.status().contains("step-2"));
    assert!(
        again.model.progress.lessons["streams"]
            .done
            .contains("goals")
    );
}

#[test]
fn the_stream_of_last_time_is_offered_again() {
    let mut lab = Lab::with_stream();
    let progress = lab.model.progress.clone();
    lab = Lab::start(Setup {
        progress,
        ..setup(ConnectionKind::Local)
    });
    assert!(lab.status().contains("my-first-stream (2 shards) is gone"));
    lab.effects.clear();
    lab.key('D').effects.clear();
    lab.enter();
    assert_eq!(
        lab.request(),
        Some(Request::CreateStream {
            stream: "my-first-stream".into(),
            shards: 2
        })
    );
}

#[test]
fn a_section_s_budget_needs_no_tick_but_one_a_minute() {
    let mut lab = Lab::local();
    let first = lab.model.next_deadline().expect("the minute");
    assert_eq!(first - lab.now, TimeDelta::minutes(1));
    lab.now = first;
    let out = update(&mut lab.model, Message::DeadlinePassed, first);
    assert!(out.changed && out.effects.is_empty());
}

#[test]
fn an_idle_consumer_changes_nothing_on_the_screen() {
    let mut lab = Lab::with_stream();
    lab.key('c').open_readers().wait(1.0);
    while let Some(Request::GetRecords { reader, .. }) = lab.request() {
        let batch = Batch {
            records: vec![],
            next: Some("n".into()),
            millis_behind_latest: Some(0),
        };
        let now = lab.now;
        let out = update(
            &mut lab.model,
            Message::Answered(Answer::Read {
                reader,
                result: Ok(batch),
            }),
            now,
        );
        assert!(!out.changed);
    }
}

#[test]
fn quitting_asks_only_while_a_program_is_connected_and_twice_leaves() {
    let mut lab = Lab::with_stream();
    lab.key('q');
    assert!(lab.asks_to_quit());
    let mut lab = Lab::with_stream();
    lab.fed(1, "PutRecord", "my-first-stream", put_entry("bob"))
        .key('q');
    assert!(!lab.asks_to_quit());
    lab.escape();
    let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    lab.tell(Message::Pressed(interrupt));
    assert!(!lab.asks_to_quit());
    lab.tell(Message::Pressed(interrupt));
    assert!(lab.asks_to_quit());
}

#[test]
fn pasting_outside_a_field_does_nothing_but_say_so() {
    let mut lab = Lab::with_stream();
    lab.tell(Message::Pasted("qqq".into()));
    assert!(!lab.asks_to_quit());
    assert!(lab.status().contains("text field"));
    lab.key('p').tell(Message::Pasted("x\ny".into()));
    let edit = lab.model.producer.edit.as_ref().expect("editing");
    assert_eq!(edit.key.value(), "alicex y");
}

#[test]
fn the_palette_reaches_every_action() {
    let mut lab = Lab::local();
    lab.key(':').keys("template pay").enter();
    assert_eq!(lab.model.producer.template().name, "Payments");
    lab.key(':').keys("step 2").enter();
    assert_eq!(lab.model.lesson.page, 2);
    lab.key(':').keys("theme mono").enter();
    assert_eq!(lab.model.theme, Theme::Mono);
}

#[test]
fn a_region_that_is_not_the_lab_s_is_named() {
    let mut lab = Lab::local();
    let call = Call {
        at: lab.now,
        caller: Caller {
            user_agent: "Boto3".into(),
            access_key: "k".into(),
            connection: 1,
            http2: false,
        },
        region: "eu-west-1".into(),
        operation: "CreateStream".into(),
        stream: Some("s".into()),
        error: None,
        detail: Detail::Create { shards: 1 },
        latency: Duration::ZERO,
    };
    lab.tell(Message::Fed(FeedEvent::Called(Arc::new(call))));
    assert!(lab.status().contains("eu-west-1") && lab.status().contains("us-east-1"));
    assert_eq!(lab.model.streams.name(), None);
}

// AWS

fn aws() -> Lab {
    let mut lab = Lab::start(setup(ConnectionKind::Aws));
    assert!(
        lab.effects
            .contains(&Effect::Call(Request::IdentifyAccount))
    );
    lab.answer(Answer::Account(Ok("123456789012".into())))
        .effects
        .clear();
    lab
}

fn aws_with_own_stream() -> Lab {
    let mut lab = aws();
    lab.key('D').enter().enter();
    lab.tell(Message::LedgerSaved(Ok(())))
        .created()
        .described("my-first-stream", 2);
    lab.effects.clear();
    lab
}

#[test]
fn the_first_write_on_aws_asks_once_and_creating_is_written_down_before_it_happens() {
    let mut lab = aws();
    lab.key('D').effects.clear();
    lab.enter();
    let Some(Overlay::Confirm(Confirm::FirstWrite(pending))) = &lab.model.overlay else {
        panic!("it asks");
    };
    let words = guard::first_write_words(&lab.model, pending).join("\n");
    for part in ["123456789012", "us-east-1", "default", "$0.030 an hour"] {
        assert!(words.contains(part), "{part} in {words}");
    }
    assert_eq!(lab.request(), None, "nothing was sent");
    lab.key('y');
    assert_eq!(lab.request(), None, "not before it is written down");
    assert!(
        lab.effects
            .iter()
            .any(|e| matches!(e, Effect::SaveLedger(ledger) if ledger.streams.len() == 1))
    );
    lab.tell(Message::LedgerSaved(Ok(())));
    assert!(matches!(lab.request(), Some(Request::CreateStream { .. })));
    lab.effects.push(Effect::Call(Request::CreateStream {
        stream: "my-first-stream".into(),
        shards: 2,
    }));
    lab.created()
        .described("my-first-stream", 2)
        .effects
        .clear();
    lab.key('s');
    assert_eq!(lab.put().key, "alice", "the second write does not ask");
}

#[test]
fn nothing_is_created_on_aws_when_it_cannot_be_written_down() {
    let mut lab = aws();
    lab.key('D').enter().key('y').effects.clear();
    lab.tell(Message::LedgerSaved(Err("the folder is read-only".into())));
    assert_eq!(lab.request(), None);
    assert!(lab.status().contains("Nothing was created"));
    assert!(lab.model.guard.ledger.streams.is_empty());
}

#[test]
fn a_stream_that_was_there_before_is_not_written_to_without_a_second_ask() {
    let mut lab = aws();
    lab.answer(Answer::Streams(Ok(vec!["production".into()])));
    lab.key('D')
        .press(KeyCode::Down)
        .enter()
        .described("production", 1)
        .effects
        .clear();
    lab.key('s').key('y');
    assert!(matches!(
        &lab.model.overlay,
        Some(Overlay::Confirm(Confirm::ForeignStream { stream, .. })) if stream == "production"
    ));
    assert_eq!(lab.request(), None);
    lab.key('y');
    assert_eq!(lab.put().stream, "production");
    lab.key('S').wait(0.1);
    assert_eq!(lab.put().stream, "production");
}

#[test]
fn only_what_the_lab_created_on_aws_can_be_deleted() {
    let mut lab = aws();
    lab.answer(Answer::Streams(Ok(vec!["production".into()])));
    lab.key('D').press(KeyCode::Down).effects.clear();
    lab.key('x');
    assert!(lab.status().contains("not created by this lab"));
    assert_eq!(lab.request(), None);
}

#[test]
fn leaving_aws_offers_the_clean_up_and_leaves_when_it_is_done() {
    let mut lab = aws_with_own_stream();
    lab.key('q');
    assert!(!lab.asks_to_quit());
    lab.key('y');
    assert_eq!(
        lab.request(),
        Some(Request::DescribeStream("my-first-stream".into()))
    );
    lab.described("my-first-stream", 2);
    assert_eq!(
        lab.request(),
        Some(Request::DeleteStream("my-first-stream".into()))
    );
    lab.answer(Answer::Deleted {
        stream: "my-first-stream".into(),
        result: Ok(()),
    });
    assert!(lab.asks_to_quit());
    assert!(
        lab.effects
            .iter()
            .any(|e| matches!(e, Effect::SaveLedger(ledger) if ledger.streams.is_empty()))
    );
}

#[test]
fn the_next_start_after_a_kill_offers_the_clean_up_but_leaves_an_older_stream_alone() {
    let asked_at = DateTime::from_timestamp(1_795_372_000, 0).expect("a time");
    let entry = LedgerEntry {
        account: "123456789012".into(),
        region: "us-east-1".into(),
        stream: "left".into(),
        shards: 1,
        asked_at,
        created: false,
    };
    let ledger = Ledger {
        streams: vec![entry],
        ..Ledger::default()
    };
    let mut lab = Lab::start(Setup {
        ledger,
        ..setup(ConnectionKind::Aws)
    });
    lab.answer(Answer::Account(Ok("123456789012".into())))
        .effects
        .clear();
    assert!(matches!(
        &lab.model.overlay,
        Some(Overlay::Confirm(Confirm::CleanUp { leaving: false, .. }))
    ));
    lab.key('y').effects.clear();
    let mut description = lab.description(1);
    description.created_at = Some(asked_at - TimeDelta::days(30));
    lab.answer(Answer::Described {
        stream: "left".into(),
        result: Ok(description),
    });
    assert_eq!(lab.request(), None, "it is older than the lab's own");
    assert!(lab.model.guard.ledger.streams.is_empty());
}
