//! Scripts about the producer and the consumer.

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::*;
use crate::kinesis::{ShardId, StartPosition};

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
    lab.key('p')
        .press(KeyCode::Tab)
        .press(KeyCode::End)
        .keys("}")
        .enter();
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
    assert_eq!(shown.waited, Some(400));
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
    assert_eq!(workers(&lab), [1, 1], "it asks for a shard first");
    lab.wait(3.0);
    let mut shared = workers(&lab);
    shared.sort_unstable();
    assert_eq!(shared, [1, 2]);
    lab.keys("WWWW");
    assert_eq!(lab.model.consumer.workers, 4);
    assert!(lab.status().contains("at most"), "{}", lab.status());
    lab.key('w').key('W');
    assert!(lab.status().contains("idle"), "{}", lab.status());
    lab.keys("wwwww").wait(1.0);
    assert_eq!(workers(&lab), [1, 1]);
    assert!(lab.status().contains("Free"), "{}", lab.status());
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
    lab.key('t').press(KeyCode::Up).press(KeyCode::Up).enter();
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
fn typing_in_a_field_just_entered_replaces_its_text_and_moving_first_keeps_it() {
    let mut lab = Lab::with_stream();
    lab.key('p')
        .keys("bob")
        .press(KeyCode::Tab)
        .press(KeyCode::End);
    lab.press(KeyCode::Backspace).keys(",\"n\":1}").enter();
    let (key, data) = lab.model.producer.event_at(lab.now);
    assert_eq!(key, "bob");
    assert!(
        data.starts_with("{\"type\":\"login\"") && data.ends_with(",\"n\":1}"),
        "{data}"
    );
}

#[test]
fn what_happened_is_over_with_the_next_key_but_what_is_amiss_stays() {
    let mut lab = Lab::with_stream();
    lab.key('f').key('j');
    assert_eq!(lab.status(), "");
    lab.tell(Message::Pasted("x".into())).key('j');
    assert!(lab.status().contains("text field"));
}
