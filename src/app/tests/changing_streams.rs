//! Scripts about streams that change: made and deleted as slowly as on AWS, split and merged, faults on request.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;

use super::script::*;
use crate::app::consumer::ReaderState;
use crate::app::message::*;
use crate::app::*;
use crate::kinesis::control::{FaultKind, ServerState, Timing};
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail};
use crate::kinesis::{ShardId, StartPosition};

const STREAM: &str = "my-first-stream";

/// A lab at the pace of AWS whose stream has this state.
fn in_state(status: &str) -> Lab {
    let mut lab = Lab::local();
    let slow = ServerState {
        timing: Timing::Aws,
        ..ServerState::default()
    };
    lab.tell(Message::Fed(FeedEvent::Changed(Arc::new(slow))));
    lab.key('D').enter().created();
    described(&mut lab, status, Vec::new());
    lab.effects.clear();
    lab
}

fn described(lab: &mut Lab, status: &str, shards: Vec<ShardDescription>) {
    let description = Description {
        status: status.into(),
        created_at: Some(DateTime::UNIX_EPOCH),
        retention_hours: 24,
        shards,
    };
    lab.answer(Answer::Described {
        stream: STREAM.into(),
        result: Ok(description),
    });
}

fn shard(index: u32, open: bool, parents: &[u32]) -> ShardDescription {
    ShardDescription {
        id: ShardId::from_index(index),
        hash_range: ("0".into(), "9".into()),
        open,
        parents: parents
            .iter()
            .map(|parent| ShardId::from_index(*parent))
            .collect(),
    }
}

/// Shard 0 was split into 1 and 2; then 2 and 3 (of the beginning) were merged into 4.
fn family() -> Vec<ShardDescription> {
    vec![
        shard(0, false, &[]),
        shard(1, true, &[0]),
        shard(2, false, &[0]),
        shard(3, false, &[]),
        shard(4, true, &[2, 3]),
    ]
}

/// A lab whose stream has that family and is read from here.
fn reading(start: StartPosition) -> Lab {
    let mut lab = Lab::with_stream();
    lab.model.streams.selected = None;
    lab.answer(Answer::Created {
        stream: STREAM.into(),
        shards: 2,
        result: Ok(()),
    });
    described(&mut lab, "ACTIVE", family());
    lab.effects.clear();
    lab.model.consumer.start = start;
    lab.key('c');
    lab
}

/// The shards for which an iterator is asked now, and from where.
fn opening(lab: &mut Lab) -> Vec<(String, &'static str)> {
    let asked = std::iter::from_fn(|| lab.request()).filter_map(|request| match request {
        Request::OpenIterator { shard, start, .. } => Some((shard.short(), start.word())),
        _ => None,
    });
    asked.collect()
}

fn reader(lab: &Lab, index: usize) -> ReaderId {
    let place = lab
        .model
        .consumer
        .readers
        .iter()
        .position(|reader| reader.shard == ShardId::from_index(index as u32))
        .expect("a reader");
    ReaderId {
        run: lab.model.consumer.run,
        index: place,
        turn: lab.model.consumer.readers[place].turn,
    }
}

/// The reader of this shard comes to its end.
fn ends(lab: &mut Lab, index: usize) {
    let reader = reader(lab, index);
    lab.opened(reader, Ok("iterator")).answer(Answer::Read {
        reader,
        result: Ok(Batch {
            records: Vec::new(),
            next: None,
            millis_behind_latest: Some(0),
        }),
    });
}

#[test]
fn while_a_stream_is_created_nothing_is_sent_or_read_and_words_say_so() {
    let mut lab = in_state("CREATING");
    lab.key('s');
    assert!(
        lab.status().contains("once it is ACTIVE"),
        "{}",
        lab.status()
    );
    lab.key('c').key('S').wait(3.0);
    assert!(opening(&mut lab).is_empty());
    assert!(consumer::why_empty(&lab.model).is_some_and(|why| why.contains("CREATING")));
    described(&mut lab, "ACTIVE", vec![shard(0, true, &[])]);
    assert!(lab.status().contains("is ACTIVE"), "{}", lab.status());
    assert_eq!(opening(&mut lab), [("0".to_owned(), "TRIM_HORIZON")]);
    lab.wait(1.0);
    assert_eq!(lab.put().by, Sender::Auto, "it went on by itself");
}

#[test]
fn an_event_sent_before_the_state_is_known_waits_too() {
    let mut lab = in_state("ACTIVE");
    lab.key('D').enter();
    lab.model.streams.selected = None;
    lab.answer(Answer::Created {
        stream: STREAM.into(),
        shards: 1,
        result: Ok(()),
    });
    lab.escape().effects.clear();
    lab.key('s');
    assert_eq!(lab.request(), None);
    assert!(
        lab.status().contains("once it is ACTIVE"),
        "{}",
        lab.status()
    );
}

#[test]
fn a_stream_that_is_being_deleted_stops_what_depends_on_it_before_it_is_gone() {
    let mut lab = in_state("ACTIVE");
    described(&mut lab, "ACTIVE", vec![shard(0, true, &[])]);
    lab.key('c').key('S');
    lab.fed(1, "DeleteStream", STREAM, Detail::None).wait(0.0);
    assert_eq!(
        lab.model.streams.name(),
        Some(STREAM),
        "it is only asked for"
    );
    assert!(lab.asks(&Request::DescribeStream(STREAM.into())));
    described(&mut lab, "DELETING", Vec::new());
    assert!(!lab.model.consumer.running);
    assert_eq!(lab.model.producer.auto.next_at, None);
    assert!(
        lab.status().contains("is being deleted"),
        "{}",
        lab.status()
    );
    lab.undescribed(STREAM, refusal("ResourceNotFoundException"));
    assert_eq!(lab.model.streams.name(), None);
}

#[test]
fn what_changes_the_stream_is_looked_at_and_what_does_not_is_not() {
    for (operation, asked) in [
        ("SplitShard", true),
        ("MergeShards", true),
        ("UpdateShardCount", true),
        ("IncreaseStreamRetentionPeriod", true),
        ("DecreaseStreamRetentionPeriod", true),
        ("UpdateStreamMode", true),
        ("PutRecord", false),
        ("DescribeStream", false),
    ] {
        let mut lab = Lab::with_stream();
        lab.fed(1, operation, STREAM, Detail::None).wait(0.0);
        let describe = Request::DescribeStream(STREAM.into());
        assert_eq!(lab.asks(&describe), asked, "{operation}");
    }
}

#[test]
fn parents_are_read_to_their_end_before_their_children() {
    let mut lab = reading(StartPosition::TrimHorizon);
    let from_start = |shard: &str| (shard.to_owned(), "TRIM_HORIZON");
    assert_eq!(opening(&mut lab), [from_start("0"), from_start("3")]);
    ends(&mut lab, 3);
    assert_eq!(opening(&mut lab), [], "the merged shard has two parents");
    ends(&mut lab, 0);
    assert!(
        lab.status().contains("now shard 1 and shard 2"),
        "{}",
        lab.status()
    );
    assert_eq!(opening(&mut lab), [from_start("1"), from_start("2")]);
    ends(&mut lab, 2);
    assert_eq!(opening(&mut lab), [from_start("4")]);
    let states = lab.model.consumer.readers.iter().map(|r| r.is_done());
    assert_eq!(states.collect::<Vec<_>>(), [true, false, true, true, false]);
}

#[test]
fn latest_waits_for_no_parent_since_it_skips_what_is_older() {
    let mut lab = reading(StartPosition::Latest);
    let latest = |shard: &str| (shard.to_owned(), "LATEST");
    assert_eq!(
        opening(&mut lab),
        [latest("1"), latest("4")],
        "a closed one gives nothing"
    );
}

#[test]
fn behind_a_shard_read_from_a_number_its_children_are_read_from_their_beginning() {
    let mut lab = reading(StartPosition::AtSequenceNumber("49".into()));
    opening(&mut lab);
    let third = reader(&lab, 3);
    lab.opened(third, Err(refusal("InvalidArgumentException")));
    ends(&mut lab, 0);
    assert_eq!(
        opening(&mut lab),
        [
            ("1".to_owned(), "TRIM_HORIZON"),
            ("2".to_owned(), "TRIM_HORIZON")
        ]
    );
}

#[test]
fn a_shard_that_is_split_while_it_is_read_is_followed_by_its_children() {
    let mut lab = Lab::with_stream();
    described(&mut lab, "ACTIVE", vec![shard(0, true, &[])]);
    lab.model.consumer.start = StartPosition::Latest;
    lab.key('c');
    assert_eq!(opening(&mut lab), [("0".to_owned(), "LATEST")]);
    ends(&mut lab, 0);
    lab.wait(0.0);
    assert!(lab.asks(&Request::DescribeStream(STREAM.into())));
    let split = vec![
        shard(0, false, &[]),
        shard(1, true, &[0]),
        shard(2, true, &[0]),
    ];
    described(&mut lab, "ACTIVE", split);
    assert_eq!(
        opening(&mut lab),
        [
            ("1".to_owned(), "TRIM_HORIZON"),
            ("2".to_owned(), "TRIM_HORIZON")
        ]
    );
    assert!(
        lab.status().contains("New: shard 1 and shard 2"),
        "{}",
        lab.status()
    );
    let workers = |lab: &Lab| -> Vec<u8> {
        let readers = lab.model.consumer.readers.iter();
        readers.filter(|r| !r.is_done()).map(|r| r.worker).collect()
    };
    lab.key('3').key('W').wait(3.0);
    let mut workers = workers(&lab);
    workers.sort_unstable();
    assert_eq!(workers, [1, 2], "only what is unread is shared");
}

#[test]
fn an_empty_page_behind_the_tip_is_no_end() {
    let mut lab = Lab::with_stream();
    lab.key('c').open_readers().wait(1.0);
    let reader = lab.poll();
    lab.answer(Answer::Read {
        reader,
        result: Ok(Batch {
            records: Vec::new(),
            next: Some("next".into()),
            millis_behind_latest: Some(1_200),
        }),
    });
    assert!(lab.changed && lab.model.consumer.readers[reader.index].empty);
    lab.wait(1.0);
    lab.poll();
    lab.read(reader, &["49"]);
    assert!(!lab.model.consumer.readers[reader.index].empty);
    assert_ne!(
        lab.model.consumer.readers[reader.index].state,
        ReaderState::Ended
    );
}

/// A call of a program that met a fault or was refused.
fn call(lab: &Lab, operation: &str, detail: Detail) -> Call {
    Call {
        at: lab.now,
        caller: Caller {
            user_agent: "Boto3/1.44".into(),
            access_key: "k".into(),
            connection: 1,
            http2: false,
        },
        region: "us-east-1".into(),
        operation: operation.into(),
        stream: Some(STREAM.into()),
        error: None,
        detail,
        fault: None,
        latency: Duration::ZERO,
    }
}

fn told(lab: &mut Lab, call: Call) -> &mut Lab {
    lab.tell(Message::Fed(FeedEvent::Called(Arc::new(call))))
}

#[test]
fn a_call_that_met_a_fault_says_so_in_its_program_s_line() {
    let mut lab = Lab::with_stream();
    let put = Call {
        fault: Some(FaultKind::LoseReply),
        ..call(&lab, "PutRecord", put_entry("bob"))
    };
    told(&mut lab, put);
    let (_, line) = lab.model.producer.log.iter().next().expect("a line");
    assert_eq!(line.fault, Some(FaultKind::LoseReply));
    assert_eq!(lab.status(), "py#1: PutRecord met a fault: reply lost.");
    let page = GetDetail {
        chain: 1,
        shard: ShardId::from_index(0),
        start: StartPosition::TrimHorizon,
        limit: None,
        returned: 0,
        bytes: 0,
        range: None,
        millis_behind_latest: Some(10),
        ahead: 4,
        ended: false,
    };
    let get = Call {
        fault: Some(FaultKind::Delay { millis: 5 }),
        ..call(&lab, "GetRecords", Detail::Get(Box::new(page)))
    };
    told(&mut lab, get);
    let reader = lab.model.consumer.foreign.iter().next().expect("a reader");
    assert_eq!(reader.fault, Some(FaultKind::Delay { millis: 5 }));
    assert!(reader.empty);
}

#[test]
fn a_fault_that_the_lab_itself_met_is_said() {
    let mut lab = Lab::with_stream();
    let mut own = call(&lab, "PutRecord", put_entry("alice"));
    own.caller.access_key = OWN_KEY.into();
    own.fault = Some(FaultKind::Fail);
    told(&mut lab, own);
    assert_eq!(
        lab.status(),
        "The lab's PutRecord met a fault: made to fail."
    );
}

#[test]
fn a_put_refused_before_its_records_were_read_has_a_line() {
    let mut lab = Lab::with_stream();
    let refused = Call {
        error: Some(("ValidationException".into(), "1 validation error".into())),
        ..call(&lab, "PutRecord", Detail::None)
    };
    told(&mut lab, refused);
    let (_, line) = lab.model.producer.log.iter().next().expect("a line");
    assert_eq!((line.who.name(), &line.key), ("py#1", &None));
    assert_eq!(lab.model.producer.refused, 1);
}
