//! What the server keeps, and for how long.

use serde_json::json;
use tokio::sync::broadcast::Receiver;

use super::{Bench, Limits, read_answer, signed, text};
use crate::kinesis::ShardId;
use crate::kinesis::control::Control;
use crate::kinesis::feed::FeedEvent;
use crate::server::Rates;
use crate::server::service::AnswerRoom;

/// A bench whose store holds about `records` records of 1,000 bytes.
fn small(records: usize) -> Bench {
    bounded(records, true)
}

fn bounded(records: usize, trim_early: bool) -> Bench {
    let bench = Bench::with(&Limits {
        memory_bytes: records * 1_129,
        shards: 8,
        trim_early,
        rates: Rates::Off,
        ..Limits::default()
    });
    for name in ["s", "t"] {
        bench.ok("CreateStream", json!({"StreamName": name, "ShardCount": 1}));
    }
    bench
}

fn put_kilobyte(bench: &Bench, stream: &str) {
    let data = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, vec![7; 1_000]);
    bench.ok(
        "PutRecord",
        json!({"StreamName": stream, "PartitionKey": "k", "Data": data}),
    );
}

/// How many records of shard 0 of a stream can be read.
fn count(bench: &Bench, stream: &str) -> usize {
    let iterator = bench.ok(
        "GetShardIterator",
        json!({"StreamName": stream, "ShardId": "0", "ShardIteratorType": "TRIM_HORIZON"}),
    );
    let answer = bench.get(&text(&iterator["ShardIterator"]));
    answer["Records"].as_array().expect("a list").len()
}

#[test]
fn records_end_with_their_retention() {
    let bench = Bench::with_stream(1);
    bench.put("old");
    let iterator = bench.iterator("TRIM_HORIZON");
    bench.pass(1_000);
    bench.put("young");
    let day = 24 * 3_600 * 1_000;
    bench.pass(day - 1_000);
    assert_eq!(
        bench.keys(&bench.iterator("TRIM_HORIZON")).0,
        ["old", "young"]
    );
    bench.pass(1);
    assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0, ["young"]);
    // A writer lets go of them too, and an old number still says where to go on.
    bench.pass(day);
    let last = bench.put("new");
    assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0, ["new"]);
    let after = bench.iterator_with(
        json!({"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": last}),
    );
    assert!(bench.keys(&after).0.is_empty());
    assert_eq!(
        bench
            .refused("GetRecords", json!({"ShardIterator": iterator}))
            .0,
        "ExpiredIteratorException"
    );
}

#[test]
fn the_fullest_shard_loses_its_oldest_records_first() {
    let bench = small(100);
    for _ in 0..30 {
        put_kilobyte(&bench, "t");
    }
    for _ in 0..100 {
        put_kilobyte(&bench, "s");
    }
    assert_eq!(count(&bench, "t"), 30, "the smaller one keeps all");
    let kept = count(&bench, "s");
    assert!((65..=70).contains(&kept), "{kept}");
}

#[test]
fn what_is_trimmed_early_is_told_and_reading_goes_on() {
    let bench = small(10);
    let mut feed = bench.service.feed();
    let iterator = bench.iterator("TRIM_HORIZON");
    for _ in 0..25 {
        put_kilobyte(&bench, "s");
    }
    let mut told = 0;
    while let Ok(event) = feed.try_recv() {
        if let FeedEvent::TrimmedEarly {
            region,
            stream,
            shard,
            records,
        } = event
        {
            assert_eq!((region.as_str(), stream.as_str()), ("us-east-1", "s"));
            assert_eq!(shard.short(), "0");
            told += records;
        }
    }
    let (keys, _) = bench.keys(&iterator);
    assert_eq!(keys.len() as u64 + told, 25);
}

#[test]
fn a_deleted_stream_frees_its_memory_and_its_shards() {
    let bench = small(10);
    for round in 0..3 {
        for _ in 0..9 {
            put_kilobyte(&bench, "s");
        }
        assert_eq!(count(&bench, "s"), 9, "round {round}");
        bench.ok("DeleteStream", json!({"StreamName": "s"}));
        bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 7}));
        bench.ok("DeleteStream", json!({"StreamName": "s"}));
        bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 1}));
    }
}

#[test]
fn records_past_their_retention_make_room() {
    let bench = small(10);
    for _ in 0..5 {
        for _ in 0..9 {
            put_kilobyte(&bench, "s");
        }
        assert_eq!(count(&bench, "s"), 9);
        bench.pass(25 * 3_600 * 1_000);
    }
}

#[test]
fn shards_are_counted_over_all_streams() {
    let bench = small(10);
    let words = |requested: &str| {
        format!(
            "This request would exceed the shard limit for the account 000000000000 in us-east-1. \
             Current shard count for the account: 2. Limit: 8. \
             Number of additional shards that would have resulted from this request: {requested}. \
             Refer to the AWS Service Limits page \
             (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) \
             for current limits and how to request higher limits."
        )
    };
    for (asked, requested) in [
        (7_u64, "7"),
        (1_000_000_000, "1000000000"),
        (u64::MAX, "2147483647"),
    ] {
        bench.refuses(
            "CreateStream",
            json!({"StreamName": "u", "ShardCount": asked}),
            "LimitExceededException",
            &words(requested),
        );
    }
    bench.ok("CreateStream", json!({"StreamName": "u", "ShardCount": 6}));
}

#[test]
fn a_page_is_as_long_as_there_is_room_for_in_an_answer() {
    let bench = Bench::with_stream(1);
    let data = "A".repeat(1_000_000);
    for _ in 0..12 {
        bench.ok(
            "PutRecord",
            json!({"StreamName": "s", "PartitionKey": "k", "Data": data}),
        );
    }
    let first = bench.iterator("TRIM_HORIZON");
    let page = |iterator: &str, room: usize| {
        let body = json!({"ShardIterator": iterator}).to_string();
        let request = signed("us-east-1", "GetRecords").extension(AnswerRoom(room));
        let request = request.body(body.into()).expect("a request");
        let answer =
            read_answer(&bench.service.call(&bench.connection, request).response).expect("a page");
        let records = answer["Records"].as_array().expect("a list").len();
        let next = text(&answer["NextShardIterator"]);
        (records, next, answer["MillisBehindLatest"].as_u64())
    };
    bench.pass(1_000);
    // 750,000 bytes each, and 10 MiB at most.
    let mib = 1 << 20;
    for (room, records) in [
        (usize::MAX, 12),
        (16 * mib, 12),
        (8 * mib, 6),
        (mib, 1),
        (mib / 2, 1),
        (mib / 4, 0),
        (0, 0),
    ] {
        assert_eq!(page(&first, room).0, records, "{room}");
    }
    // Nothing is lost where there was no room at all, and nothing comes twice.
    let (none, next, behind) = page(&first, 0);
    assert_eq!((none, behind), (0, Some(1_000)));
    let (some, next, _) = page(&next, 8 * mib);
    let (rest, ..) = page(&next, 16 * mib);
    assert_eq!((some, rest), (6, 6));
}

/// What the feed told of the server's room since this was last asked: why it is full, or that it no longer is.
fn told_of_room(feed: &mut Receiver<FeedEvent>) -> Vec<Option<String>> {
    let events = std::iter::from_fn(|| feed.try_recv().ok());
    events
        .filter_map(|event| match event {
            FeedEvent::Changed(state) => Some(state.full.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_put_without_room_fails_and_says_why_until_something_goes() {
    let bench = bounded(10, false);
    let mut feed = bench.service.feed();
    for _ in 0..10 {
        put_kilobyte(&bench, "s");
    }
    assert!(told_of_room(&mut feed).is_empty());
    let data = "A".repeat(1_000);
    let put = json!({"StreamName": "t", "PartitionKey": "k", "Data": data}).to_string();
    for round in 0..2 {
        let refused = bench.call_in("us-east-1", "PutRecord", &put);
        assert_eq!(refused.status(), 500);
        let (code, words) = read_answer(&refused).expect_err("refused");
        assert_eq!(code, "InternalFailure");
        assert_eq!(
            words,
            "There is no room for more records: together they may take 11290 bytes of memory. Delete or empty a \
             stream, or start with a larger --memory-limit, or with --trim-early, which lets the oldest records go."
        );
        let told = told_of_room(&mut feed);
        assert_eq!(told, [Some(words)][..1 - round], "it is told once");
    }
    assert_eq!((count(&bench, "s"), count(&bench, "t")), (10, 0));
    bench.ok("DeleteStream", json!({"StreamName": "s"}));
    while bench.service.tidy() {}
    assert_eq!(told_of_room(&mut feed), [None]);
    bench.ok("PutRecord", serde_json::from_str(&put).expect("JSON"));
    assert_eq!(bench.service.state().full, None);
}

#[test]
fn what_would_never_fit_makes_nothing_go() {
    let bench = small(10);
    for _ in 0..9 {
        put_kilobyte(&bench, "s");
    }
    let data = "A".repeat(20_000);
    let (code, _) = bench.refused(
        "PutRecord",
        json!({"StreamName": "s", "PartitionKey": "k", "Data": data}),
    );
    assert_eq!(code, "InternalFailure");
    assert_eq!(count(&bench, "s"), 9);
}

#[test]
fn records_past_their_retention_are_told_once() {
    let bench = Bench::with_stream(1);
    for _ in 0..600 {
        bench.put("old");
    }
    bench.pass(1_000);
    bench.put("young");
    let mut feed = bench.service.feed();
    bench.pass(24 * 3_600 * 1_000);
    while bench.service.tidy() {}
    while bench.service.tidy() {}
    let mut told = Vec::new();
    while let Ok(event) = feed.try_recv() {
        if let FeedEvent::Expired {
            region,
            stream,
            records,
            shards,
        } = event
        {
            told.push((region, stream, records));
            assert_eq!(shards, [(ShardId::from_index(0), records)]);
        }
    }
    assert_eq!(told, [("us-east-1".into(), "s".into(), 600)]);
    // What was dropped by hand was told of then.
    let emptied = Control::EmptyStream {
        region: "us-east-1".into(),
        stream: "s".into(),
    };
    bench.service.control(emptied).expect("emptied");
    bench.pass(1);
    while bench.service.tidy() {}
    let events = std::iter::from_fn(|| feed.try_recv().ok());
    let gone: Vec<_> = events
        .filter(|event| matches!(event, FeedEvent::Expired { .. } | FeedEvent::Emptied { .. }))
        .collect();
    assert!(
        matches!(gone.as_slice(), [FeedEvent::Emptied { records: 1, .. }]),
        "{gone:?}"
    );
}
