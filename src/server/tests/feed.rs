//! What the request feed tells of each call.

use serde_json::json;
use tokio::sync::broadcast::error::TryRecvError;

use super::{Bench, START_MS, text};
use crate::kinesis::feed::{Call, Detail, FeedEvent, HEAD_BYTES};
use crate::kinesis::{SequenceNumber, ShardId, StartPosition};
use crate::server::{FEED_CAPACITY, FEED_RECORDS};

/// Makes one call and returns what the feed says of it.
fn call(bench: &Bench, operation: &str, body: &serde_json::Value) -> Call {
    let mut feed = bench.service.feed();
    let _ = bench.answer(operation, &body.to_string());
    let FeedEvent::Called(call) = feed.try_recv().expect("an event") else {
        panic!("not a call");
    };
    assert_eq!(call.operation, operation);
    Call::clone(&call)
}

#[test]
fn a_call_tells_who_made_it_where_and_when() {
    let bench = Bench::new();
    bench.pass(7);
    let call = call(
        &bench,
        "CreateStream",
        &json!({"StreamName": "s", "ShardCount": 3}),
    );
    assert_eq!(call.at.timestamp_millis(), START_MS + 7);
    assert_eq!(call.caller.user_agent, "bench/1");
    assert_eq!(call.caller.access_key, "AKID");
    assert_eq!(call.caller.connection, 1);
    assert!(!call.caller.http2);
    assert_eq!(call.region, "us-east-1");
    assert_eq!(call.stream.as_deref(), Some("s"));
    assert_eq!(call.error, None);
    assert!(matches!(call.detail, Detail::Create { shards: 3 }));
}

#[test]
fn a_change_of_a_stream_tells_what_was_asked_for_also_when_it_is_refused() {
    let bench = Bench::with_stream(2);
    let told = |operation: &str, body: serde_json::Value| {
        let call = call(&bench, operation, &body);
        (format!("{:?}", call.detail), call.error.is_some())
    };
    let split = json!({"StreamName": "s", "ShardToSplit": "shardId-000000000001", "NewStartingHashKey": "7"});
    let (detail, refused) = told("SplitShard", split);
    assert_eq!(
        detail,
        r#"Split { shard: ShardId("shardId-000000000001"), at: "7" }"#
    );
    assert!(refused, "the key is in the other shard");
    let merge = json!({
        "StreamName": "s", "ShardToMerge": "shardId-000000000000", "AdjacentShardToMerge": "shardId-000000000001",
    });
    assert_eq!(
        told("MergeShards", merge),
        (
            r#"Merge { shard: ShardId("shardId-000000000000"), next: ShardId("shardId-000000000001") }"#
                .into(),
            false
        )
    );
    let scale = json!({"StreamName": "s", "TargetShardCount": 2, "ScalingType": "UNIFORM_SCALING"});
    assert_eq!(told("UpdateShardCount", scale).0, "Scale { to: 2 }");
    let retain = json!({"StreamName": "s", "RetentionPeriodHours": 48});
    let longer = told("IncreaseStreamRetentionPeriod", retain);
    assert_eq!(longer, ("Retain { hours: 48 }".into(), false));
}

#[test]
fn a_put_tells_each_record_and_no_more_of_it_than_its_head() {
    let bench = Bench::with_stream(2);
    let data = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [7; 100]);
    let body = json!({"StreamName": "s", "Records": [
        {"PartitionKey": "bob", "Data": data},
        {"PartitionKey": "alice", "Data": "eA==", "ExplicitHashKey": "1"},
    ]});
    let Detail::Put(entries) = call(&bench, "PutRecords", &body).detail else {
        panic!("not a put");
    };
    assert_eq!(entries.len(), 2);
    assert_eq!((entries[0].key.as_str(), entries[0].size), ("bob", 100));
    assert_eq!(entries[0].head, [7; HEAD_BYTES]);
    assert_eq!(entries[1].explicit_hash_key.as_deref(), Some("1"));
    assert_eq!(entries[1].head, b"x");
    let number = SequenceNumber::from("49680467729295203159552925329853916560394814660018176002");
    let (shard, given) = entries[1].result.as_ref().expect("stored");
    assert_eq!(shard, &ShardId::from_index(0));
    assert!(*given > number, "{given}");
}

#[test]
fn a_refused_put_tells_the_error_with_each_record() {
    let bench = Bench::new();
    let body = json!({"StreamName": "t", "PartitionKey": "a", "Data": ""});
    let call = call(&bench, "PutRecord", &body);
    let error = (
        "ResourceNotFoundException".to_owned(),
        "Stream t under account 000000000000 not found.".to_owned(),
    );
    assert_eq!(call.stream.as_deref(), Some("t"));
    assert_eq!(call.error.as_ref(), Some(&error));
    let Detail::Put(entries) = call.detail else {
        panic!("not a put");
    };
    assert_eq!(entries[0].result, Err(error));
}

#[test]
fn a_request_that_breaks_limits_is_told_with_the_stream_it_names() {
    let bench = Bench::with_stream(1);
    let arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    let long = "k".repeat(257);
    for (operation, body, stream) in [
        (
            "PutRecord",
            json!({"StreamName": "s", "PartitionKey": long, "Data": ""}),
            Some("s"),
        ),
        (
            "PutRecords",
            json!({"StreamARN": arn, "Records": []}),
            Some("s"),
        ),
        (
            "CreateStream",
            json!({"StreamName": "no name", "ShardCount": 1}),
            Some("no name"),
        ),
        (
            "DescribeStream",
            json!({"StreamName": "n".repeat(1000)}),
            Some("n".repeat(128).as_str()),
        ),
        ("DescribeStream", json!({"StreamName": ""}), None),
        ("DescribeStream", json!({"StreamARN": "s"}), None),
        ("GetRecords", json!({"ShardIterator": ""}), None),
        ("ListStreams", json!({"Limit": 0}), None),
    ] {
        let call = call(&bench, operation, &body);
        let (code, _) = call.error.expect("it is refused");
        assert_eq!(code, "ValidationException", "{operation}");
        assert_eq!(call.stream.as_deref(), stream, "{operation}");
    }
}

#[test]
fn a_call_in_cbor_is_told_although_it_cannot_be_read() {
    let bench = Bench::new();
    let mut feed = bench.service.feed();
    let mut request = super::signed("us-east-1", "PutRecord")
        .body(bytes::Bytes::from_static(&[0xbf, 0xff]))
        .expect("a request");
    let cbor = http::HeaderValue::from_static("application/x-amz-cbor-1.1");
    request.headers_mut().insert("content-type", cbor);
    bench.service.call(&bench.connection, request);
    let Ok(FeedEvent::Called(call)) = feed.try_recv() else {
        panic!("not a call");
    };
    assert_eq!(call.operation, "PutRecord");
    assert_eq!(call.caller.access_key, "AKID");
    let (code, words) = call.error.clone().expect("it is refused");
    assert_eq!(code, "SerializationException");
    assert!(words.contains("CBOR"), "{words}");
}

#[test]
fn reads_of_one_iterator_are_one_chain() {
    let bench = Bench::with_stream(1);
    let numbers = [bench.put("a"), bench.put("b"), bench.put("c")];
    let number = SequenceNumber::from(numbers[0].as_str());
    let start =
        json!({"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": numbers[0]});
    let mut feed = bench.service.feed();
    let iterator = bench.iterator_with(start);
    let Ok(FeedEvent::Called(call)) = feed.try_recv() else {
        panic!("not a call");
    };
    let Detail::Iterator {
        shard,
        start,
        chain: Some(chain),
    } = call.detail.clone()
    else {
        panic!("not an iterator");
    };
    assert_eq!(shard, ShardId::from_index(0));
    assert_eq!(start, StartPosition::AfterSequenceNumber(number));

    bench.pass(500);
    let get = |iterator: &str| {
        let body = json!({"ShardIterator": iterator, "Limit": 1});
        let next = text(&bench.ok("GetRecords", body)["NextShardIterator"]);
        let mut last = None;
        while let Ok(FeedEvent::Called(call)) = feed.try_recv() {
            last = Some(call);
        }
        let call = last.expect("a call");
        assert_eq!(call.stream.as_deref(), Some("s"));
        let Detail::Get(detail) = call.detail.clone() else {
            panic!("not a read");
        };
        (detail, next)
    };
    let mut get = get;
    let (first, next) = get(&iterator);
    assert_eq!((first.chain, &first.start), (chain, &start));
    assert_eq!((first.limit, first.returned, first.ahead), (Some(1), 1, 1));
    assert_eq!(first.millis_behind_latest, Some(500));
    assert_eq!(first.bytes, 2, "its data and its key");
    let second_number = SequenceNumber::from(numbers[1].as_str());
    assert_eq!(first.range, Some((second_number.clone(), second_number)));
    let (second, next) = get(&next);
    assert_eq!((second.chain, second.returned, second.ahead), (chain, 1, 0));
    let (third, _) = get(&next);
    assert_eq!((third.chain, third.returned, third.bytes), (chain, 0, 0));
    assert_eq!(
        (third.range, third.millis_behind_latest, third.ended),
        (None, Some(0), false)
    );

    let other = bench.iterator("LATEST");
    let (fourth, _) = get(&other);
    assert_ne!(fourth.chain, chain);
}

#[test]
fn a_refused_read_still_tells_its_chain() {
    let bench = Bench::with_stream(1);
    let iterator = bench.iterator("LATEST");
    bench.pass(300_001);
    let call = call(&bench, "GetRecords", &json!({"ShardIterator": iterator}));
    assert_eq!(
        call.error.map(|(code, _)| code).as_deref(),
        Some("ExpiredIteratorException")
    );
    let Detail::Get(detail) = call.detail else {
        panic!("not a read");
    };
    assert_eq!(
        (detail.start, detail.millis_behind_latest),
        (StartPosition::Latest, None)
    );
}

#[test]
fn what_clients_call_themselves_and_their_errors_is_cut() {
    let bench = Bench::new();
    let mut feed = bench.service.feed();
    let long = "x".repeat(10_000);
    let request = super::signed("us-east-1", &long).header("user-agent", &long);
    let request = request.body("{}".into()).expect("a request");
    bench.service.call(&bench.connection, request);
    let body = json!({"StreamName": "s", "PartitionKey": "k", "Data": "%".repeat(10_000)});
    let _ = bench.answer("PutRecord", &body.to_string());
    for _ in 0..2 {
        let Ok(FeedEvent::Called(call)) = feed.try_recv() else {
            panic!("not a call");
        };
        assert!(call.operation.len() <= 64);
        assert!(call.caller.user_agent.len() <= 256);
        assert!(
            call.error
                .as_ref()
                .is_some_and(|(_, words)| words.len() <= 1024)
        );
    }
}

#[test]
fn an_unsigned_call_is_told_without_a_caller() {
    let bench = Bench::new();
    let mut feed = bench.service.feed();
    let request = http::Request::post("/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "Kinesis_20131202.ListStreams")
        .body("{}".into())
        .expect("a request");
    bench.service.call(&bench.connection, request);
    let Ok(FeedEvent::Called(call)) = feed.try_recv() else {
        panic!("not a call");
    };
    assert_eq!(
        (call.caller.access_key.as_str(), call.region.as_str()),
        ("", "")
    );
    assert!(
        call.error
            .as_ref()
            .is_some_and(|(code, _)| code == "MissingAuthenticationTokenException")
    );
}

#[test]
fn the_end_of_a_connection_is_told() {
    let bench = Bench::new();
    let mut feed = bench.service.feed();
    drop(bench.service.connect());
    assert!(matches!(
        feed.try_recv(),
        Ok(FeedEvent::Disconnected { connection: 2 })
    ));
}

#[test]
fn a_slow_receiver_learns_how_much_it_lost() {
    let bench = Bench::new();
    let mut feed = bench.service.feed();
    for _ in 0..FEED_CAPACITY + 5 {
        bench.ok("ListStreams", json!({}));
    }
    assert!(matches!(feed.try_recv(), Err(TryRecvError::Lagged(5))));
    let mut rest = 0;
    while feed.try_recv().is_ok() {
        rest += 1;
    }
    assert_eq!(rest, FEED_CAPACITY);
}

#[test]
fn calls_tell_of_a_bounded_number_of_records_until_they_are_let_go() {
    let bench = Bench::with_stream(1);
    let mut feed = bench.service.feed();
    let records = vec![json!({"PartitionKey": "k", "Data": ""}); 500];
    let batch = json!({"StreamName": "s", "Records": records});
    let room = FEED_RECORDS / 500;
    for _ in 0..=room {
        bench.ok("PutRecords", batch.clone());
    }
    bench.ok("ListStreams", json!({}));
    let mut told: Vec<_> = std::iter::from_fn(|| feed.try_recv().ok()).collect();
    assert_eq!(told.len(), room + 2);
    assert!(matches!(told[room], FeedEvent::Untold));
    assert!(
        matches!(told[room + 1], FeedEvent::Called(_)),
        "it tells of no record"
    );

    bench.ok("PutRecords", batch.clone());
    assert!(matches!(feed.try_recv(), Ok(FeedEvent::Untold)));
    told.remove(0);
    bench.ok("PutRecords", batch);
    assert!(matches!(feed.try_recv(), Ok(FeedEvent::Called(_))));
}
