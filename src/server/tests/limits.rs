//! What the server keeps, and for how long.

use serde_json::json;

use super::{Bench, Limits, read_answer, signed, text};
use crate::kinesis::feed::FeedEvent;
use crate::server::service::AnswerRoom;

/// A bench whose store holds about `records` records of 1,000 bytes.
fn small(records: usize) -> Bench {
    let bench = Bench::with(&Limits {
        memory_bytes: records * 1_129,
        shards: 8,
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
            records,
        } = event
        {
            assert_eq!((region.as_str(), stream.as_str()), ("us-east-1", "s"));
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
