//! Scripts about what the embedded server's feed tells: other people's calls, what is counted, what was missed.

use std::sync::Arc;
use std::time::Duration;

use super::script::*;
use crate::app::message::*;
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail, PutEntry};
use crate::kinesis::{ShardId, StartPosition};

/// A call of somebody's that stored or read nothing.
fn call(lab: &Lab) -> Call {
    Call {
        at: lab.now,
        caller: Caller {
            user_agent: "aws-sdk-js/3".into(),
            access_key: "k".into(),
            connection: 7,
            http2: true,
        },
        region: "us-east-1".into(),
        operation: "GetRecords".into(),
        stream: Some("my-first-stream".into()),
        error: None,
        detail: Detail::None,
        fault: None,
        latency: Duration::ZERO,
    }
}

fn told(lab: &mut Lab, call: Call) -> &mut Lab {
    lab.tell(Message::Fed(FeedEvent::Called(Arc::new(call))))
}

fn page(returned: usize) -> Detail {
    Detail::Get(Box::new(GetDetail {
        chain: 3,
        shard: ShardId::from_index(0),
        start: StartPosition::TrimHorizon,
        limit: None,
        returned,
        bytes: 0,
        range: None,
        millis_behind_latest: Some(0),
        ahead: 0,
        ended: false,
    }))
}

#[test]
fn a_call_without_a_signature_is_not_said_to_be_of_another_region() {
    let mut lab = Lab::with_stream();
    let unsigned = Call {
        region: String::new(),
        error: Some((
            "MissingAuthenticationTokenException".into(),
            "Missing".into(),
        )),
        stream: None,
        ..call(&lab)
    };
    told(&mut lab, unsigned);
    assert!(lab.status().contains("not signed"), "{}", lab.status());
    assert!(!lab.status().contains("region"), "{}", lab.status());
}

#[test]
fn an_error_that_the_lab_does_not_know_is_shown_in_the_server_s_words() {
    let mut lab = Lab::with_stream();
    let refused = Call {
        error: Some(("StrangeException".into(), "The moon is full.".into())),
        ..call(&lab)
    };
    told(&mut lab, refused);
    assert!(
        lab.status().contains("The moon is full"),
        "{}",
        lab.status()
    );
}

#[test]
fn of_a_batch_only_what_was_stored_is_counted() {
    let mut lab = Lab::with_stream();
    let entry = |result| PutEntry {
        key: "bob".into(),
        explicit_hash_key: None,
        size: 2,
        head: b"{}".to_vec(),
        result,
    };
    let refused = (
        "ProvisionedThroughputExceededException".into(),
        String::new(),
    );
    let entries = vec![
        entry(Ok((ShardId::from_index(0), "49".into()))),
        entry(Err(refused)),
    ];
    let batch = Call {
        operation: "PutRecords".into(),
        detail: Detail::Put(entries),
        ..call(&lab)
    };
    told(&mut lab, batch);
    assert_eq!(lab.model.streams.count("my-first-stream").written, 1);
    assert_eq!(lab.model.producer.written, [0, 0, 1]);
    assert_eq!(lab.model.producer.refused, 1);
    let program = lab.model.programs.iter().next().expect("a program");
    assert_eq!(program.written, 1);
}

#[test]
fn a_put_of_the_lab_is_counted_once_although_the_feed_tells_of_it_too() {
    let mut lab = Lab::with_stream();
    lab.key('s');
    let put = lab.put();
    let entry = put_entry("alice");
    lab.fed_by(
        "app/kinesis-lab-panel",
        OWN_KEY,
        1,
        "PutRecord",
        "my-first-stream",
        entry,
    )
    .stored(&put, 0, Ok("49"));
    assert_eq!(lab.model.streams.count("my-first-stream").written, 1);
    assert_eq!(lab.model.producer.written, [1, 0, 0]);
}

#[test]
fn records_stored_before_the_lab_hears_of_its_own_creation_are_counted() {
    let mut lab = Lab::local();
    let create = Detail::Create { shards: 2 };
    lab.key('D').enter();
    lab.fed_by(
        "app/kinesis-lab-panel",
        OWN_KEY,
        1,
        "CreateStream",
        "my-first-stream",
        create,
    )
    .fed(2, "PutRecord", "my-first-stream", put_entry("bob"))
    .created();
    assert_eq!(lab.model.streams.count("my-first-stream").written, 1);
}

#[test]
fn a_program_that_polls_and_finds_nothing_changes_nothing_on_the_screen() {
    let mut lab = Lab::with_stream();
    let poll = |lab: &Lab| Call {
        detail: page(0),
        ..call(lab)
    };
    let (first, again) = (poll(&lab), poll(&lab));
    told(&mut lab, first);
    assert!(lab.changed, "it is new");
    told(&mut lab, again);
    assert!(!lab.changed);
    let found = Call {
        detail: page(1),
        ..call(&lab)
    };
    told(&mut lab, found);
    assert!(lab.changed);
}

#[test]
fn a_program_over_http_2_leaves_the_screen_when_it_has_been_silent() {
    let mut lab = Lab::with_stream();
    let poll = Call {
        detail: page(1),
        ..call(&lab)
    };
    told(&mut lab, poll).tell(Message::Fed(FeedEvent::Disconnected { connection: 7 }));
    lab.wait(14.0);
    assert_eq!(lab.model.programs.connected(lab.now).count(), 1);
    let left = lab.model.next_deadline().expect("it leaves");
    assert_eq!((left - lab.now).num_seconds(), 1);
    lab.now = left;
    lab.tell(Message::DeadlinePassed);
    assert!(lab.changed);
    assert!(
        lab.model
            .consumer
            .foreign
            .iter()
            .all(|reader| reader.stopped)
    );
    let back = Call {
        detail: page(0),
        ..call(&lab)
    };
    told(&mut lab, back);
    assert!(lab.changed, "it is there again");
}

#[test]
fn the_memory_limit_is_said_once_and_counted_always() {
    let mut lab = Lab::with_stream();
    let trimmed = || {
        Message::Fed(FeedEvent::TrimmedEarly {
            region: "us-east-1".into(),
            stream: "my-first-stream".into(),
            shard: ShardId::from_index(0),
            records: 10,
        })
    };
    lab.tell(trimmed());
    assert!(lab.status().contains("store is full"), "{}", lab.status());
    lab.key('T');
    let other = lab.status().to_owned();
    lab.tell(trimmed());
    assert_eq!(lab.status(), other);
    assert_eq!(lab.model.streams.count("my-first-stream").trimmed_early, 20);
}

#[test]
fn after_a_loss_the_lab_looks_for_what_it_may_have_missed() {
    let mut lab = Lab::with_stream();
    for _ in 0..100 {
        lab.tell(Message::FeedLost(2));
        lab.tell(Message::Fed(FeedEvent::Untold));
    }
    assert_eq!(lab.model.feed_lost, 300);
    lab.effects.clear();
    lab.wait(10.0);
    let asked: Vec<Request> = std::iter::from_fn(|| lab.request()).collect();
    let stream = "my-first-stream".into();
    assert_eq!(
        asked,
        [Request::DescribeStream(stream), Request::ListStreams]
    );
    lab.listed(&["my-first-stream"])
        .described("my-first-stream", 2);
    lab.wait(60.0);
    assert_eq!(lab.request(), None, "the feed is believed again");
}

#[test]
fn a_stream_that_does_not_exist_is_not_listed_because_somebody_asked_for_it() {
    let mut lab = Lab::with_stream();
    let entry = PutEntry {
        key: "bob".into(),
        explicit_hash_key: None,
        size: 2,
        head: b"{}".to_vec(),
        result: Err(("ResourceNotFoundException".into(), String::new())),
    };
    let stray = Call {
        stream: Some("my-frist-stream".into()),
        operation: "PutRecord".into(),
        error: Some(("ResourceNotFoundException".into(), String::new())),
        detail: Detail::Put(vec![entry]),
        ..call(&lab)
    };
    told(&mut lab, stray);
    assert_eq!(
        lab.model.streams.names().collect::<Vec<_>>(),
        ["my-first-stream"]
    );
    assert!(lab.status().contains("no such stream"), "{}", lab.status());
}
