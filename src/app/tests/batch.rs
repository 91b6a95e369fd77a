//! Batch against stream: which events count, and when what is shown moves.

use std::sync::Arc;

use chrono::TimeDelta;
use crossterm::event::KeyCode;

use super::script::{Lab, put_entry, setup};
use crate::app::batch::{INTERVALS, next_deadline};
use crate::app::message::{Answer, Batch, ReaderId, Received};
use crate::app::{ConnectionKind, Message};
use crate::kinesis::control::ServerState;
use crate::kinesis::feed::{Detail, FeedEvent};

const STREAM: &str = "my-first-stream";

fn puts(lab: &mut Lab, key: &str) {
    lab.fed(2, "PutRecord", STREAM, put_entry(key));
}

/// What the stream counted and what the batch has answered.
fn results(lab: &Lab) -> (u64, u64) {
    let batch = &lab.model.batch;
    let total = &batch.reckoning.total;
    (total.all, total.answered(batch.interval))
}

/// Opens it with this interval.
fn every(lab: &mut Lab, name: &str) {
    lab.key('B');
    let place = INTERVALS.iter().position(|(_, it)| *it == name);
    let place = place.expect("an interval");
    for _ in 0..INTERVALS.len() {
        lab.press(KeyCode::Left);
    }
    for _ in 0..place {
        lab.press(KeyCode::Right);
    }
}

#[test]
fn the_stream_has_an_event_at_once_and_the_batch_when_its_interval_closes() {
    let mut lab = Lab::with_stream();
    every(&mut lab, "10 s");
    puts(&mut lab, "alice");
    assert!(lab.changed);
    assert_eq!(results(&lab), (1, 0));
    lab.wait(9.9);
    assert_eq!(results(&lab), (1, 0));
    lab.wait(0.2);
    assert!(lab.changed);
    assert_eq!(results(&lab), (1, 1));
    puts(&mut lab, "bob");
    lab.press(KeyCode::Right);
    assert_eq!(results(&lab), (2, 0), "a batch of a minute has neither");
}

#[test]
fn it_moves_while_events_wait_and_rests_when_none_do() {
    let mut lab = Lab::with_stream();
    every(&mut lab, "1 h");
    assert_eq!(next_deadline(&lab.model), None);
    puts(&mut lab, "alice");
    // Twenty minutes are left: told by the minute.
    let minute = Some(lab.now + TimeDelta::seconds(60));
    assert_eq!(next_deadline(&lab.model), minute);
    lab.wait(60.0);
    assert!(lab.changed);
    lab.wait(1_140.0);
    assert_eq!(results(&lab), (1, 1));
    assert_eq!(next_deadline(&lab.model), None);
    puts(&mut lab, "alice");
    lab.key('B');
    assert!(lab.model.overlay.is_none());
    assert_eq!(next_deadline(&lab.model), None, "nobody looks at it");
}

#[test]
fn the_lab_s_clock_moved_forward_closes_what_it_passes() {
    let mut lab = Lab::with_stream();
    every(&mut lab, "24 h");
    puts(&mut lab, "alice");
    assert_eq!(results(&lab), (1, 0));
    let state = ServerState {
        ahead_seconds: 86_400,
        ..ServerState::default()
    };
    lab.tell(Message::Fed(FeedEvent::Changed(Arc::new(state))));
    lab.wait(0.0);
    assert_eq!(results(&lab), (1, 1));
}

#[test]
fn refused_records_and_other_streams_are_no_events() {
    let mut lab = Lab::with_stream();
    let Detail::Put(mut entries) = put_entry("alice") else {
        panic!("not a put");
    };
    entries[0].result = Err(("InternalFailure".into(), String::new()));
    lab.fed(2, "PutRecords", STREAM, Detail::Put(entries));
    lab.fed(2, "PutRecord", "orders", put_entry("alice"));
    assert_eq!(results(&lab), (0, 0));
    puts(&mut lab, "alice");
    assert_eq!(results(&lab), (1, 0));
    // The same name anew is another stream, and the interval stays.
    every(&mut lab, "15 min");
    lab.escape();
    lab.fed(2, "CreateStream", STREAM, Detail::Create { shards: 2 });
    lab.described(STREAM, 2);
    assert_eq!(results(&lab), (0, 0));
    assert_eq!(INTERVALS[lab.model.batch.interval].1, "15 min");
}

fn read(lab: &mut Lab, reader: ReaderId, numbers: &[&str]) {
    let records = numbers.iter().map(|number| Received {
        sequence: (*number).into(),
        key: "alice".into(),
        arrived_at: Some(lab.now - TimeDelta::seconds(30)),
        data: b"{}".to_vec(),
        size: 2,
    });
    let batch = Batch {
        records: records.collect(),
        next: Some("next".into()),
        millis_behind_latest: Some(0),
    };
    lab.answer(Answer::Read {
        reader,
        result: Ok(batch),
    });
}

#[test]
fn where_there_is_no_feed_the_records_that_were_read_count_once_each() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.listed(&[STREAM]).key('D');
    lab.press(KeyCode::Down).enter().described(STREAM, 2);
    lab.effects.clear();
    for _ in 0..2 {
        lab.key('c');
        let (reader, _) = lab.opening();
        lab.opened(reader, Ok("iterator"));
        read(&mut lab, reader, &["49", "51"]);
        lab.key('c');
        lab.effects.clear();
    }
    every(&mut lab, "10 s");
    assert_eq!(results(&lab), (2, 2), "they arrived half a minute ago");
    let waits = lab.model.batch.reckoning.mean_waits(0);
    assert_eq!(waits, Some((30_000, 10_000)));
}

#[test]
fn a_slow_worker_s_records_are_events_when_it_works_on_them() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.listed(&[STREAM]).key('D');
    lab.press(KeyCode::Down).enter().described(STREAM, 2);
    lab.model.consumer.settings.speed = Some(1);
    lab.effects.clear();
    lab.key('c');
    let (reader, _) = lab.opening();
    lab.opened(reader, Ok("iterator"));
    read(&mut lab, reader, &["49", "50", "51"]);
    every(&mut lab, "10 s");
    assert_eq!(results(&lab).0, 1, "one at once");
    lab.wait(2.1);
    assert_eq!(results(&lab).0, 3);
}

#[test]
fn a_burst_of_a_key_is_found_at_once_and_by_the_batch_when_it_closes() {
    let mut lab = Lab::with_stream();
    every(&mut lab, "10 s");
    for _ in 0..6 {
        puts(&mut lab, "alice");
        lab.wait(1.0);
    }
    let reckoning = &lab.model.batch.reckoning;
    let alarm = reckoning.alarms().next().expect("an alarm");
    assert_eq!((alarm.burst, alarm.found - alarm.at), (3_000, 0));
    assert_eq!(alarm.passed[0], 2);
    let later = reckoning.found_by_batch(alarm, 0) - alarm.at;
    assert_eq!(later, 7_000);
}
