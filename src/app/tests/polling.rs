//! Scripts about what goes wrong while the consumer reads, and how it goes on.

use super::script::*;
use crate::app::consumer::ReaderState;
use crate::app::message::*;
use crate::app::*;
use crate::kinesis::StartPosition;

/// A lab whose consumer reads one shard and has just asked for records.
fn reading(start: StartPosition) -> (Lab, ReaderId) {
    let mut lab = Lab::local();
    lab.key('D')
        .press(crossterm::event::KeyCode::Left)
        .enter()
        .created()
        .described("my-first-stream", 1);
    lab.model.consumer.start = start;
    lab.key('c').open_readers().wait(1.0);
    let reader = lab.poll();
    (lab, reader)
}

#[test]
fn a_reader_that_failed_and_reads_again_is_shown_so_at_once() {
    let (mut lab, reader) = reading(StartPosition::TrimHorizon);
    lab.unread(reader, silence());
    assert!(lab.status().contains("no answer"), "{}", lab.status());
    assert!(consumer::why_empty(&lab.model).is_some_and(|why| why.contains("tried again")));
    lab.wait(1.0);
    assert_eq!(lab.poll(), reader);
    lab.read(reader, &[]);
    assert!(lab.changed, "what stood there is true no more");
    assert!(lab.status().contains("read again"), "{}", lab.status());
}

#[test]
fn a_failure_that_goes_on_is_said_once() {
    let (mut lab, reader) = reading(StartPosition::TrimHorizon);
    lab.unread(reader, silence()).wait(1.0);
    lab.key('T');
    let said = lab.status().to_owned();
    lab.unread(reader, silence());
    assert_eq!(lab.status(), said);
    lab.unread(reader, refusal("LimitExceededException"));
    assert!(lab.status().contains("LimitExceededException"));
}

#[test]
fn pauses_after_failures_grow_and_stay_bounded() {
    let (mut lab, reader) = reading(StartPosition::TrimHorizon);
    let mut pauses = Vec::new();
    for _ in 0..8 {
        lab.unread(reader, silence());
        let ReaderState::Failed { due, .. } = &lab.model.consumer.readers[0].state else {
            panic!("it failed");
        };
        pauses.push((*due - lab.now).num_seconds());
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
}

#[test]
fn an_iterator_that_never_came_is_asked_for_as_it_was_wanted() {
    let mut lab = Lab::with_stream();
    lab.model.consumer.start = StartPosition::Latest;
    lab.key('c');
    let (reader, _) = lab.opening();
    lab.opened(reader, Err(silence())).effects.clear();
    lab.wait(1.0);
    assert_eq!(lab.opening(), (reader, StartPosition::Latest));
}

#[test]
fn a_reader_of_the_latest_that_loses_two_iterators_skips_nothing() {
    let (mut lab, reader) = reading(StartPosition::Latest);
    let began = lab.model.now - chrono::TimeDelta::seconds(1);
    for _ in 0..2 {
        lab.unread(reader, refusal("ExpiredIteratorException"))
            .wait(2.0);
        assert_eq!(lab.opening(), (reader, StartPosition::AtTimestamp(began)));
        lab.opened(reader, Ok("iterator"));
        assert_eq!(lab.poll(), reader);
    }
}

#[test]
fn an_iterator_that_the_endpoint_does_not_know_is_replaced() {
    let (mut lab, reader) = reading(StartPosition::TrimHorizon);
    lab.read(reader, &["77"]).wait(1.0);
    assert_eq!(lab.poll(), reader);
    lab.unread(reader, refusal("InvalidArgumentException"))
        .wait(1.0);
    let after = StartPosition::AfterSequenceNumber("77".into());
    assert_eq!(lab.opening(), (reader, after));
}

#[test]
fn a_throttled_reader_goes_on_with_its_iterator() {
    let (mut lab, reader) = reading(StartPosition::TrimHorizon);
    lab.unread(reader, refusal("ProvisionedThroughputExceededException"));
    assert!(!lab.status().contains("send again"), "{}", lab.status());
    lab.wait(1.0);
    assert_eq!(lab.poll(), reader);
}

#[test]
fn a_reader_waits_as_long_as_its_shard_needs_for_a_large_page() {
    let asks_after = |size: usize| {
        let (mut lab, reader) = reading(StartPosition::TrimHorizon);
        let record = Received {
            sequence: "49".into(),
            key: "alice".into(),
            arrived_at: None,
            data: Vec::new(),
            size,
        };
        let batch = Batch {
            records: vec![record; 10],
            next: Some("next".into()),
            millis_behind_latest: Some(1_000),
        };
        lab.answer(Answer::Read {
            reader,
            result: Ok(batch),
        });
        lab.effects.clear();
        let asks = |lab: &Lab| {
            let mut calls = lab.effects.iter();
            calls.any(|effect| matches!(effect, Effect::Call(Request::GetRecords { .. })))
        };
        let mut seconds = 0.0;
        while !asks(&lab) {
            lab.wait(0.5);
            seconds += 0.5;
        }
        seconds
    };
    assert_eq!(asks_after(1_000), 1.0);
    assert_eq!(asks_after(209_000), 1.0, "below 2 MiB");
    assert_eq!(asks_after(300_000), 1.5, "3 MB");
    assert_eq!(
        asks_after(1_048_571),
        5.5,
        "10 MiB, which throttle for five seconds"
    );
}

#[test]
fn a_sequence_number_is_a_place_in_one_shard_so_the_others_are_left_alone() {
    let mut lab = Lab::with_stream();
    lab.model.consumer.start = StartPosition::AtSequenceNumber("49".into());
    lab.key('c');
    let (other, _) = lab.opening();
    let (home, _) = lab.opening();
    lab.opened(other, Err(refusal("InvalidArgumentException")))
        .opened(home, Ok("iterator"));
    assert!(lab.status().contains("shard 0"), "{}", lab.status());
    assert!(matches!(
        lab.model.consumer.readers[0].state,
        ReaderState::Refused(_)
    ));
    lab.effects.clear();
    lab.wait(60.0);
    assert!(
        lab.effects
            .iter()
            .all(|effect| !matches!(effect, Effect::Call(Request::OpenIterator { .. })))
    );
}

#[test]
fn a_reader_whose_stream_is_not_found_asks_for_it_before_it_is_said_to_be_gone() {
    let (mut lab, reader) = reading(StartPosition::TrimHorizon);
    lab.effects.clear();
    lab.unread(reader, refusal("ResourceNotFoundException"))
        .wait(0.1);
    assert!(lab.asks(&Request::DescribeStream("my-first-stream".into())));
    assert!(
        lab.model.consumer.running,
        "a late answer may speak of an earlier stream"
    );
    lab.undescribed("my-first-stream", refusal("ResourceNotFoundException"));
    assert!(!lab.model.consumer.running);
    assert!(lab.status().contains("gone"));
}

#[test]
fn a_closed_shard_is_read_to_its_end_and_asked_no_more() {
    let (mut lab, reader) = reading(StartPosition::TrimHorizon);
    let batch = Batch {
        records: Vec::new(),
        next: None,
        millis_behind_latest: Some(0),
    };
    lab.answer(Answer::Read {
        reader,
        result: Ok(batch),
    });
    assert!(lab.changed);
    assert_eq!(lab.model.consumer.readers[0].state, ReaderState::Ended);
    lab.effects.clear();
    lab.wait(0.0);
    let describe = Request::DescribeStream("my-first-stream".into());
    assert!(lab.asks(&describe), "shards may have been made of it");
    lab.described("my-first-stream", 1).wait(60.0);
    assert_eq!(lab.request(), None);
}

#[test]
fn an_empty_view_never_claims_what_it_cannot_know() {
    let why = |lab: &Lab| consumer::why_empty(&lab.model).unwrap_or_default();
    let page = |behind| Batch {
        records: Vec::new(),
        next: Some("next".into()),
        millis_behind_latest: behind,
    };
    let (mut lab, reader) = reading(StartPosition::TrimHorizon);
    lab.answer(Answer::Read {
        reader,
        result: Ok(page(Some(9_000))),
    });
    assert!(why(&lab).contains("behind the tip"), "{}", why(&lab));

    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.answer(Answer::Streams(Ok(vec!["s".into()])))
        .described("s", 1);
    assert!(
        !why(&lab).contains("empty so far"),
        "others may have written: {}",
        why(&lab)
    );
    lab.key('c');
    let (reader, _) = lab.opening();
    lab.opened(reader, Ok("iterator")).answer(Answer::Read {
        reader,
        result: Ok(page(None)),
    });
    assert!(lab.changed);
    assert!(
        !why(&lab).contains("on its way"),
        "it came, without a lag: {}",
        why(&lab)
    );

    let mut lab = Lab::with_stream();
    lab.described("my-first-stream", 0).key('c');
    assert!(why(&lab).contains("no shard"), "{}", why(&lab));
}
