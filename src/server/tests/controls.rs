//! What the server is told beside the API: lab time, and faults on request.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use super::{Bench, START_MS, signed, text};
use crate::kinesis::control::{
    Control, Fault, FaultKind, MOST_AHEAD_SECONDS, Often, ServerState, Timing,
};
use crate::kinesis::feed::{Call, FeedEvent};
use crate::kinesis::{SequenceNumber, ShardId};
use crate::server::Delivery;

fn advance(bench: &Bench, seconds: u64) {
    let told = bench.service.control(Control::Advance { seconds });
    told.expect("within the limit");
}

fn fault(kind: FaultKind) -> Fault {
    Fault {
        kind,
        operation: None,
        stream: None,
        shard: None,
        often: Often::Times(1),
    }
}

fn add(bench: &Bench, fault: Fault) {
    bench.service.control(Control::Fault(fault)).expect("taken");
}

/// What is told next.
fn next(feed: &mut Receiver<FeedEvent>) -> FeedEvent {
    feed.try_recv().expect("something was told")
}

fn next_call(feed: &mut Receiver<FeedEvent>) -> Call {
    loop {
        if let FeedEvent::Called(call) = next(feed) {
            return Call::clone(&call);
        }
    }
}

#[test]
fn iterators_expire_when_the_clock_is_moved() {
    let bench = Bench::with_stream(1);
    let iterator = bench.iterator("TRIM_HORIZON");
    advance(&bench, 300);
    let next = text(&bench.get(&iterator)["NextShardIterator"]);
    advance(&bench, 1);
    let (code, words) = bench.refused("GetRecords", json!({"ShardIterator": iterator}));
    assert_eq!(code, "ExpiredIteratorException");
    assert!(
        words.contains("Sun Nov 22 18:40:00 UTC 2026") && words.contains("18:45:01"),
        "{words}"
    );
    bench.get(&next);
}

#[test]
fn records_are_gone_a_second_after_their_retention() {
    let bench = Bench::with_stream(1);
    bench.put("a");
    advance(&bench, 86_400);
    assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0, ["a"]);
    advance(&bench, 1);
    assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0, [""; 0]);
}

#[test]
fn records_arrive_in_lab_time() {
    let bench = Bench::with_stream(1);
    advance(&bench, 60);
    bench.put("a");
    let answer = bench.get(&bench.iterator("TRIM_HORIZON"));
    let arrived = &answer["Records"][0]["ApproximateArrivalTimestamp"];
    assert_eq!(arrived.as_f64(), Some((START_MS / 1000 + 60) as f64));
    let mut feed = bench.service.feed();
    bench.put("b");
    assert_eq!(next_call(&mut feed).at, bench.service.now());
    assert_eq!(bench.service.now().timestamp_millis(), START_MS + 60_000);
}

#[test]
fn the_clock_goes_forward_only_and_not_past_ten_years() {
    let bench = Bench::new();
    advance(&bench, MOST_AHEAD_SECONDS - 1);
    for seconds in [2, u64::MAX] {
        let refused = bench.service.control(Control::Advance { seconds });
        let words = refused.expect_err("too far");
        assert!(words.contains("ten years"), "{words}");
    }
    advance(&bench, 1);
    assert_eq!(bench.service.state().ahead_seconds, MOST_AHEAD_SECONDS);
    // A stream can still be used there.
    bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 1}));
    bench.put("a");
}

#[test]
fn an_emptied_stream_goes_on_where_it_was() {
    let bench = Bench::with_stream(1);
    let first = bench.put("a");
    let (oldest, latest) = (bench.iterator("TRIM_HORIZON"), bench.iterator("LATEST"));
    let empty = |region: &str, stream: &str| {
        bench.service.control(Control::EmptyStream {
            region: region.into(),
            stream: stream.into(),
        })
    };
    for (region, stream) in [("us-east-1", "t"), ("eu-west-1", "s")] {
        let words = empty(region, stream).expect_err("no such stream");
        assert_eq!(words, format!("there is no stream {stream} in {region}"));
    }
    let mut feed = bench.service.feed();
    for emptied in [1, 0] {
        empty("us-east-1", "s").expect("emptied");
        let FeedEvent::Emptied { records, .. } = next(&mut feed) else {
            panic!("something else was told");
        };
        assert_eq!(records, emptied);
    }
    let answer = bench.get(&oldest);
    assert_eq!(answer["Records"], json!([]));
    assert_eq!(answer["MillisBehindLatest"], 0);
    let second = bench.put("b");
    assert!(SequenceNumber::from(first.as_str()) < SequenceNumber::from(second.as_str()));
    for iterator in [oldest, latest, bench.iterator("TRIM_HORIZON")] {
        assert_eq!(bench.keys(&iterator).0, ["b"]);
    }
    let after =
        json!({"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": first});
    assert_eq!(bench.keys(&bench.iterator_with(after)).0, ["b"]);
}

#[test]
fn the_closed_shards_of_an_emptied_stream_still_lead_to_their_children() {
    let bench = Bench::with_stream(1);
    bench.put("a");
    bench.ok(
        "SplitShard",
        json!({
            "StreamName": "s", "ShardToSplit": "shardId-000000000000",
            "NewStartingHashKey": "170141183460469231731687303715884105728",
        }),
    );
    let oldest = bench.iterator("TRIM_HORIZON");
    let empty = Control::EmptyStream {
        region: "us-east-1".into(),
        stream: "s".into(),
    };
    bench.service.control(empty).expect("emptied");
    for iterator in [oldest, bench.iterator("TRIM_HORIZON")] {
        let answer = bench.get(&iterator);
        assert_eq!(answer["Records"], json!([]));
        assert_eq!(answer["ChildShards"].as_array().map(Vec::len), Some(2));
        assert_eq!(answer["NextShardIterator"], Value::Null);
    }
}

#[test]
fn a_stream_whose_deletion_is_over_cannot_be_emptied() {
    let bench = Bench::with_stream(1);
    let empty = || {
        bench.service.control(Control::EmptyStream {
            region: "us-east-1".into(),
            stream: "s".into(),
        })
    };
    let paced = bench.service.control(Control::Pace(Timing::Aws));
    paced.expect("done");
    bench.ok("DeleteStream", json!({"StreamName": "s"}));
    empty().expect("it is there while it is DELETING");
    advance(&bench, 10);
    assert_eq!(empty(), Err("there is no stream s in us-east-1".to_owned()));
}

#[test]
fn every_change_is_told_with_all_that_holds() {
    let bench = Bench::new();
    let mut feed = bench.service.feed();
    let mut expected = ServerState::default();
    let mut tell = |control: Control, expected: &ServerState| {
        let answered = bench.service.control(control).expect("done");
        assert_eq!(&answered, expected);
        let FeedEvent::Changed(told) = next(&mut feed) else {
            panic!("something else was told");
        };
        assert_eq!(told.as_ref(), expected);
    };
    expected.ahead_seconds = 300;
    tell(Control::Advance { seconds: 300 }, &expected);
    expected.timing = Timing::Aws;
    tell(Control::Pace(Timing::Aws), &expected);
    expected.empty_pages = true;
    tell(Control::EmptyPages(true), &expected);
    expected.faults.push(fault(FaultKind::Fail));
    tell(Control::Fault(fault(FaultKind::Fail)), &expected);
    expected.faults.clear();
    tell(Control::ClearFaults, &expected);
}

#[test]
fn a_throttled_shard_refuses_with_the_words_of_aws() {
    let bench = Bench::with_stream(1);
    let words =
        "Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.";
    let iterator = bench.iterator("TRIM_HORIZON");
    for (operation, body) in [
        (
            "PutRecord",
            json!({"StreamName": "s", "PartitionKey": "a", "Data": "eA=="}),
        ),
        ("GetRecords", json!({"ShardIterator": iterator})),
    ] {
        add(&bench, fault(FaultKind::Throttle));
        let code = "ProvisionedThroughputExceededException";
        bench.refuses(operation, body.clone(), code, words);
        bench.ok(operation, body);
    }
}

/// PutRecords of one record to each of two shards.
fn batch() -> Value {
    json!({"StreamName": "s", "Records": [
        {"PartitionKey": "a", "ExplicitHashKey": "0", "Data": "eA=="},
        {"PartitionKey": "b", "ExplicitHashKey": "340282366920938463463374607431768211455", "Data": "eA=="},
        {"PartitionKey": "c", "ExplicitHashKey": "1", "Data": "eA=="},
    ]})
}

#[test]
fn in_a_batch_only_the_records_of_the_shard_are_refused() {
    for (kind, code, words) in [
        (
            FaultKind::Throttle,
            "ProvisionedThroughputExceededException",
            "Rate exceeded for shard shardId-000000000001 in stream s under account 000000000000.",
        ),
        (
            FaultKind::Fail,
            "InternalFailure",
            "Internal service failure.",
        ),
    ] {
        let bench = Bench::with_stream(2);
        let mut feed = bench.service.feed();
        let shard = Some(ShardId::from_index(1));
        add(
            &bench,
            Fault {
                shard,
                ..fault(kind)
            },
        );
        let answer = bench.ok("PutRecords", batch());
        assert_eq!(answer["FailedRecordCount"], 1);
        assert_eq!(
            answer["Records"][1],
            json!({"ErrorCode": code, "ErrorMessage": words})
        );
        for (index, key) in [(0, "a"), (2, "c")] {
            assert_eq!(
                answer["Records"][index]["ShardId"], "shardId-000000000000",
                "{key}"
            );
        }
        let (keys, _) = bench.keys(&bench.iterator("TRIM_HORIZON"));
        assert_eq!(keys, ["a", "c"]);
        let call = next_call(&mut feed);
        assert_eq!((call.stored(), call.fault), (2, Some(kind)));
        assert_eq!(bench.ok("PutRecords", batch())["FailedRecordCount"], 0);
    }
}

#[test]
fn a_batch_whose_records_are_all_throttled_is_still_answered() {
    let bench = Bench::with_stream(2);
    add(&bench, fault(FaultKind::Throttle));
    let answer = bench.ok("PutRecords", batch());
    assert_eq!(answer["FailedRecordCount"], 3);
}

#[test]
fn a_failing_call_has_no_effect_and_ends_in_status_500() {
    let bench = Bench::with_stream(2);
    for (operation, body) in [
        ("PutRecords", batch()),
        ("DeleteStream", json!({"StreamName": "s"})),
        ("ListStreams", json!({})),
    ] {
        add(&bench, fault(FaultKind::Fail));
        let response = bench.call_in("us-east-1", operation, &body.to_string());
        assert_eq!(response.status(), 500, "{operation}");
        add(&bench, fault(FaultKind::Fail));
        bench.refuses(
            operation,
            body,
            "InternalFailure",
            "Internal service failure.",
        );
    }
    assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0, [""; 0]);
    assert!(bench.service.state().faults.is_empty());
}

#[test]
fn a_late_or_lost_answer_has_its_effect_and_is_told() {
    let bench = Bench::with_stream(1);
    let mut feed = bench.service.feed();
    let late = Duration::from_millis(700);
    for (kind, delivery) in [
        (FaultKind::Delay { millis: 700 }, Delivery::After(late)),
        (FaultKind::LoseReply, Delivery::Never),
    ] {
        add(&bench, fault(kind));
        let body = r#"{"StreamName": "s", "PartitionKey": "a", "Data": "eA=="}"#;
        let request = signed("us-east-1", "PutRecord").body(body.into());
        let reply = bench
            .service
            .call(&bench.connection, request.expect("a request"));
        assert_eq!(reply.delivery, delivery);
        assert!(reply.response.status().is_success());
        let call = next_call(&mut feed);
        assert_eq!((call.fault, call.stored()), (Some(kind), 1));
        assert!(kind == FaultKind::LoseReply || call.latency >= late);
    }
    assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0, ["a", "a"]);
}

#[test]
fn what_is_refused_for_a_reason_of_its_own_meets_no_fault() {
    let bench = Bench::with_stream(1);
    add(&bench, fault(FaultKind::Fail));
    let body = json!({"StreamName": "t", "PartitionKey": "a", "Data": "eA=="});
    let (code, _) = bench.refused("PutRecord", body);
    assert_eq!(code, "ResourceNotFoundException");
    let (code, _) = bench.refused("ListStreams", json!({"Limit": 0}));
    assert_eq!(code, "ValidationException");
    assert_eq!(bench.service.state().faults.len(), 1);
}

#[test]
fn a_fault_that_is_used_up_is_told() {
    let bench = Bench::with_stream(1);
    let often = Often::Times(2);
    add(
        &bench,
        Fault {
            often,
            ..fault(FaultKind::Throttle)
        },
    );
    let mut feed = bench.service.feed();
    let body = json!({"StreamName": "s", "PartitionKey": "a", "Data": "eA=="});
    for left in [1, 0] {
        bench.refused("PutRecord", body.clone());
        let FeedEvent::Changed(state) = next(&mut feed) else {
            panic!("something else was told");
        };
        assert_eq!(state.faults.len(), left);
        assert_eq!(next_call(&mut feed).fault, Some(FaultKind::Throttle));
    }
    bench.ok("PutRecord", body);
    assert_eq!(next_call(&mut feed).fault, None);
}
