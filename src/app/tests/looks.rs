//! Scripts about looks: what is found where nobody tells of calls, how often it is looked, and what is said of what no look
//! can show.

use chrono::{DateTime, TimeDelta, Utc};

use super::script::*;
use super::step_logs::{all_told, open};
use crate::app::message::*;
use crate::app::{ConnectionKind, lesson_pane, steps_pane};
use crate::kinesis::{CallError, ShardId, StartPosition};
use crate::lesson::{parse, settings};
use crate::steps::Mark;

const PRODUCER: &str = "Run the Producer";
const STREAM: &str = "my-first-stream";

/// A lab, and the endpoint with one stream that it is at: it answers at once.
struct World {
    lab: Lab,
    shards: Vec<Vec<Received>>,
    is_there: bool,
    created_at: DateTime<Utc>,
    numbers: u64,
    /// What the next answers to looks are, if not what lies there.
    refusals: Vec<&'static str>,
    /// Looks at shards, with their times.
    looks: Vec<(DateTime<Utc>, Request)>,
    /// Puts of the lab that are not answered.
    held_back: Option<Vec<Put>>,
}

fn world(kind: ConnectionKind, toml: &str) -> World {
    let mut setup = setup(kind);
    let markdown = include_str!("../../../tests/fixtures/steps/course.md");
    setup.lesson = parse(markdown, &settings(toml).expect("well formed"));
    let lab = Lab::start(setup);
    let mut world = World {
        created_at: lab.now - TimeDelta::hours(1),
        lab,
        shards: vec![Vec::new(), Vec::new()],
        is_there: true,
        numbers: 100,
        refusals: Vec::new(),
        looks: Vec::new(),
        held_back: None,
    };
    world.serve();
    world
}

impl World {
    /// Lets this much time pass; whatever is asked for is answered at once.
    fn wait(&mut self, seconds: f64) -> &mut Self {
        let until = self.lab.now + TimeDelta::milliseconds((seconds * 1000.0) as i64);
        self.serve();
        while let Some(next) = self.lab.model.next_deadline().filter(|next| *next <= until) {
            self.lab.now = self.lab.now.max(next);
            self.lab.tell(Message::DeadlinePassed);
            self.serve();
        }
        self.lab.now = until;
        self
    }

    fn serve(&mut self) {
        while let Some(request) = self.lab.request() {
            if matches!(request, Request::LookInto { .. } | Request::LookAt { .. }) {
                self.looks.push((self.lab.now, request.clone()));
            }
            if let (Some(held_back), Request::PutRecord(put)) = (&mut self.held_back, &request) {
                held_back.push(put.clone());
                continue;
            }
            let answer = self.answer(request);
            self.lab.answer(answer);
        }
    }

    fn answer(&mut self, request: Request) -> Answer {
        let missing = || refusal("ResourceNotFoundException");
        match request {
            Request::ListStreams => {
                let names = self.is_there.then(|| STREAM.to_owned());
                Answer::Streams(Ok(names.into_iter().collect()))
            }
            Request::DescribeStream(stream) => {
                let mut description = self.lab.description(self.shards.len() as u32);
                description.created_at = Some(self.created_at);
                let is_there = self.is_there && stream == STREAM;
                let result = is_there.then_some(description).ok_or_else(missing);
                Answer::Described { stream, result }
            }
            Request::PutRecord(put) => self.stored(put),
            Request::LookInto {
                stream,
                shard,
                start,
            } => Answer::LookedInto {
                result: self.refused().unwrap_or(Ok(match start {
                    StartPosition::AfterSequenceNumber(number) => number.to_string(),
                    StartPosition::AtTimestamp(_) | StartPosition::TrimHorizon => "0".into(),
                    other => panic!("no look starts at {other:?}"),
                })),
                stream,
                shard,
            },
            Request::LookAt {
                stream,
                shard,
                iterator,
                limit,
                ..
            } => {
                let index = shard.index().expect("an index") as usize;
                let after = iterator.as_str().into();
                let behind = self.shards[index]
                    .iter()
                    .filter(|it| it.sequence > after)
                    .cloned();
                let mut records: Vec<Received> = behind.collect();
                let more = records.len() > limit as usize;
                records.truncate(limit as usize);
                let next = records
                    .last()
                    .map_or(iterator, |it| it.sequence.to_string());
                let batch = Batch {
                    records,
                    next: Some(next),
                    millis_behind_latest: Some(u64::from(more)),
                };
                Answer::LookedAt {
                    stream,
                    shard,
                    result: self.refused().unwrap_or(Ok(batch)),
                }
            }
            Request::IdentifyAccount => Answer::Account(Ok("123456789012".into())),
            other => panic!("{other:?} is not asked for here"),
        }
    }

    fn refused<T>(&mut self) -> Option<Result<T, CallError>> {
        self.refusals.pop().map(|code| Err(refusal(code)))
    }

    fn stored(&mut self, put: Put) -> Answer {
        let number = self.put(&put.key);
        Answer::Sent {
            put: PutSummary {
                id: put.id,
                by: put.by,
                stream: put.stream,
                size: put.data.len(),
                key: put.key,
                hash_key: put.hash_key,
            },
            result: Ok((ShardId::from_index(0), number)),
        }
    }

    /// Somebody puts a record; the lab is not told.
    fn put(&mut self, key: &str) -> crate::kinesis::SequenceNumber {
        self.numbers += 1;
        let number = crate::kinesis::SequenceNumber::from(self.numbers.to_string());
        self.shards[0].push(Received {
            sequence: number.clone(),
            key: key.into(),
            arrived_at: Some(self.lab.now),
            data: b"{}".to_vec(),
            size: 2,
        });
        number
    }

    fn open(&mut self, title: &str) -> usize {
        let page = open(&mut self.lab, title);
        self.lab.key('j');
        self.serve();
        page
    }

    fn key(&mut self, key: char) -> &mut Self {
        self.lab.key(key);
        self.serve();
        self
    }

    fn told(&self, page: usize) -> String {
        all_told(&self.lab, page)
    }

    /// How many pages of the first shard were asked for since.
    fn pages_since(&self, at: DateTime<Utc>) -> usize {
        let first = ShardId::from_index(0);
        let of_first =
            |request: &Request| matches!(request, Request::LookAt { shard, .. } if *shard == first);
        let looks = self.looks.iter();
        looks
            .filter(|(when, request)| *when >= at && of_first(request))
            .count()
    }
}

#[test]
fn what_a_program_puts_on_another_endpoint_is_found_and_passes_the_step() {
    let mut world = world(ConnectionKind::Endpoint, "");
    let page = world.open(PRODUCER);
    world.wait(3.0);
    let told = world.told(page);
    assert!(told.contains("[x] a stream is created"), "{told}");
    assert!(!told.contains("looks every few seconds"), "{told}");
    world.wait(30.0);
    let told = world.told(page);
    assert!(told.contains("it looks every few seconds"), "{told}");
    world.put("alice");
    world.put("bob");
    world.wait(30.0);
    assert!(
        world.told(page).contains("[~] 3 events are sent | 2 of 3"),
        "{}",
        world.told(page)
    );
    world.put("alice");
    world.key('j').wait(1.5);
    assert!(
        world
            .told(page)
            .contains("[x] 3 events are sent | a program"),
        "{}",
        world.told(page)
    );
    let status = world.lab.status();
    assert!(status.starts_with("Step 2 is done"), "{status}");
}

#[test]
fn what_the_lab_put_itself_is_not_found_once_more() {
    let mut world = world(ConnectionKind::Endpoint, "");
    let page = world.open(PRODUCER);
    world.key('s').key('S').wait(20.0);
    world.key('S').wait(40.0);
    let told = world.told(page);
    assert!(world.shards[0].len() > 20, "automatic records lie there");
    assert!(told.contains("[~] 3 events are sent | 1 of 3"), "{told}");
    world.put("zoe");
    world.wait(30.0);
    let told = world.told(page);
    assert!(told.contains("[~] 3 events are sent | 2 of 3"), "{told}");
}

#[test]
fn a_put_of_the_lab_s_own_whose_answer_is_late_is_not_a_program_s() {
    let mut world = world(ConnectionKind::Endpoint, "");
    let page = world.open(PRODUCER);
    world.wait(3.0).held_back = Some(Vec::new());
    world.key('S').wait(0.1);
    world.key('S');
    let put = world.held_back.take().and_then(|mut puts| puts.pop());
    let answer = world.stored(put.expect("a put is on its way"));
    world.wait(6.0);
    world.lab.answer(answer);
    world.wait(30.0);
    let told = world.told(page);
    assert!(told.contains("[!] 3 events are sent"), "{told}");
    assert!(!told.contains("1 of 3"), "{told}");
}

#[test]
fn nothing_is_looked_at_before_a_step_is_open_nor_after_it_is_settled_or_left() {
    let mut world = world(ConnectionKind::Endpoint, "");
    world.wait(60.0);
    assert_eq!(world.looks, []);
    let page = world.open(PRODUCER);
    world.wait(10.0);
    assert!(!world.looks.is_empty());
    let mut out = crate::app::Outcome::default();
    let now = world.lab.now;
    lesson_pane::open(&mut world.lab.model, 0, now, &mut out);
    world.key('j').wait(60.0);
    assert_eq!(world.pages_since(now + TimeDelta::milliseconds(1)), 0);
    world.open(PRODUCER);
    for _ in 0..3 {
        world.put("alice");
    }
    world.wait(10.0);
    assert_eq!(steps_pane::step_mark(&world.lab.model, page), Mark::Done);
    let settled = world.lab.now;
    world.wait(300.0);
    assert_eq!(world.pages_since(settled), 0);
}

#[test]
fn looks_become_rare_while_nothing_changes_and_leave_the_shard_s_pages_to_the_learner() {
    let mut world = world(ConnectionKind::Endpoint, "");
    world.open(PRODUCER);
    let began = world.lab.now;
    world.wait(300.0);
    let pages = world.pages_since(began);
    assert!((8..=14).contains(&pages), "{pages} pages in five minutes");
    let opened = world
        .looks
        .iter()
        .filter(|(_, it)| matches!(it, Request::LookInto { .. }));
    assert_eq!(opened.count(), 2, "an iterator of each shard goes on");
    let before = world.lab.now;
    steps_pane::run_ended(&mut world.lab.model, Some(0), before);
    world.lab.tell(Message::DeadlinePassed);
    world.wait(1.5);
    assert_eq!(
        world.pages_since(before),
        1,
        "what ran may have put something"
    );
}

#[test]
fn a_refused_look_is_tried_again_later_and_loses_nothing() {
    let mut world = world(ConnectionKind::Endpoint, "");
    let page = world.open(PRODUCER);
    world.put("alice");
    world.wait(10.0);
    for code in [
        "ProvisionedThroughputExceededException",
        "ExpiredIteratorException",
        "InternalFailure",
    ] {
        world.refusals.push(code);
        let refused = world.lab.now;
        world.wait(4.0);
        world.wait(60.0);
        assert!(world.refusals.is_empty() && world.pages_since(refused) < 6);
    }
    let told = world.told(page);
    assert!(told.contains("1 of 3"), "{told}");
    world.put("bob");
    world.wait(60.0);
    assert!(world.told(page).contains("2 of 3"), "{}", world.told(page));
    let again = world.looks.iter().rev().find_map(|(_, it)| match it {
        Request::LookInto { start, .. } => Some(start.clone()),
        _ => None,
    });
    assert!(again.is_some_and(|start| !matches!(start, StartPosition::AtTimestamp(_))));
}

#[test]
fn what_lay_there_before_does_not_count_nor_what_came_before_a_step_was_begun_anew() {
    let mut world = world(ConnectionKind::Endpoint, "");
    world.put("old");
    world.shards[0][0].arrived_at = Some(world.lab.now - TimeDelta::minutes(5));
    let page = world.open(PRODUCER);
    world.put("alice");
    world.wait(10.0);
    assert!(world.told(page).contains("1 of 3"), "{}", world.told(page));
    world.put("bob");
    world.lab.now += TimeDelta::seconds(2);
    world.lab.tell(Message::DeadlinePassed);
    steps_pane::reset(&mut world.lab.model, page);
    world.put("carol");
    world.wait(20.0);
    assert!(world.told(page).contains("1 of 3"), "{}", world.told(page));
}

#[test]
fn a_stream_that_a_program_deletes_is_found_to_be_gone() {
    let mut world = world(ConnectionKind::Endpoint, "");
    let page = world.open("Cleanup (optional)");
    world.wait(8.0);
    let told = world.told(page);
    assert!(!told.contains("[x]"), "{told}");
    world.is_there = false;
    world.wait(8.0);
    let told = world.told(page);
    assert!(told.contains("[x]") && told.contains("a program"), "{told}");
}

#[test]
fn of_reading_it_is_said_that_no_look_can_show_it() {
    let mut world = world(ConnectionKind::Endpoint, "");
    let page = world.open("Run the Consumer");
    world.wait(40.0);
    let told = world.told(page);
    assert!(told.contains("Reading leaves no trace"), "{told}");
    assert!(
        told.contains("c reads in the panel, and that counts"),
        "{told}"
    );
    assert_eq!(world.looks, [], "and none is made for it");
}

#[test]
fn a_look_is_the_lab_s_in_the_log_of_calls() {
    let mut world = world(ConnectionKind::Endpoint, "");
    world.open(PRODUCER);
    world.put("alice");
    world.wait(10.0);
    let lines: Vec<(String, String)> = world
        .lab
        .model
        .wire
        .shown()
        .iter()
        .filter_map(|(_, line)| match line.as_ref() {
            crate::app::wire::Line::Call(call) => Some(call.as_ref().clone()),
            crate::app::wire::Line::Unseen { .. } => None,
        })
        .filter(|call| call.call.operation.starts_with("Get"))
        .map(|call| (call.who.to_string(), call.call.operation.clone()))
        .collect();
    assert!(lines.contains(&("lab".into(), "GetShardIterator".into())));
    assert!(lines.iter().all(|(who, _)| who == "lab"), "{lines:?}");
    assert!(world.lab.model.consumer.log.is_empty());
}

#[test]
fn on_aws_nothing_is_read_before_the_learner_agreed_to_write_there() {
    let mut world = world(ConnectionKind::Aws, "");
    world
        .lab
        .key('D')
        .press(crossterm::event::KeyCode::Down)
        .enter();
    world.serve();
    let page = world.open(PRODUCER);
    world.put("alice");
    world.wait(60.0);
    assert_eq!(world.looks, []);
    let told = world.told(page);
    assert!(told.contains("on AWS after your yes"), "{told}");
    world.key('s').key('y').key('y').wait(15.0);
    assert!(!world.looks.is_empty());
    assert!(world.told(page).contains("2 of 3"), "{}", world.told(page));
}

#[test]
fn after_lost_entries_a_look_finds_what_was_missed_and_then_the_feed_goes_on() {
    let mut world = world(ConnectionKind::Local, "");
    let lab = &mut world.lab;
    lab.fed(
        7,
        "CreateStream",
        STREAM,
        crate::kinesis::feed::Detail::Create { shards: 2 },
    );
    world.serve();
    let page = world.open(PRODUCER);
    let told_of = world.put("alice");
    world.lab.fed(7, "PutRecord", STREAM, told(&told_of));
    assert_eq!(world.looks, [], "the feed tells of everything");
    world.put("bob");
    world.lab.tell(Message::FeedLost(1));
    world.wait(0.9);
    let late = world.put("carol");
    world.wait(0.6);
    assert!(!world.looks.is_empty(), "it looks");
    world.lab.fed(7, "PutRecord", STREAM, told(&late));
    world.lab.fed_by(
        "x app/kinesis-lab-look",
        OWN_KEY,
        1,
        "GetRecords",
        STREAM,
        crate::kinesis::feed::Detail::None,
    );
    world.wait(10.0);
    let told = world.told(page);
    assert!(told.contains("[x] 3 events are sent"), "{told}");
    let settled = world.lab.now;
    world.open("Experiment");
    world.wait(120.0);
    assert_eq!(world.pages_since(settled), 0, "one look is enough");
}

fn told(number: &crate::kinesis::SequenceNumber) -> crate::kinesis::feed::Detail {
    crate::kinesis::feed::Detail::Put(vec![crate::kinesis::feed::PutEntry {
        key: "alice".into(),
        explicit_hash_key: None,
        size: 2,
        head: b"{}".to_vec(),
        result: Ok((ShardId::from_index(0), number.clone())),
    }])
}

#[test]
fn after_a_look_only_what_was_read_is_in_doubt() {
    let mut world = world(ConnectionKind::Local, "");
    let lab = &mut world.lab;
    lab.fed(
        7,
        "CreateStream",
        STREAM,
        crate::kinesis::feed::Detail::Create { shards: 2 },
    );
    world.wait(1.0);
    let page = world.open("Run the Consumer");
    world.lab.tell(Message::FeedLost(4));
    world.wait(40.0);
    let told = world.told(page);
    assert!(!told.contains("may not be the whole story"), "{told}");
    assert!(told.contains("what was read shows nowhere"), "{told}");
    let put = world.open(PRODUCER);
    world.wait(40.0);
    assert!(!world.told(put).contains("missed"), "{}", world.told(put));
}
