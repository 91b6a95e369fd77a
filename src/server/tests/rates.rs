//! Limits that bite: what a call answers where its shard, or the account, has had enough for this second.

use serde_json::{Value, json};

use super::{Bench, Limits, text};
use crate::kinesis::control::Control;
use crate::kinesis::feed::{Detail, FeedEvent};
use crate::server::Rates;

const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// A bench where these limits hold, with a stream `s` of two shards: key `a` goes to the first, `b` to the second.
fn limited(rates: Rates) -> Bench {
    let bench = Bench::with(&Limits {
        rates,
        ..Limits::default()
    });
    bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 2}));
    bench
}

fn words(shard: u32) -> String {
    format!(
        "Rate exceeded for shard shardId-00000000000{shard} in stream s under account 000000000000."
    )
}

/// A record of so many bytes with its key.
fn record(key: &str, bytes: usize) -> Value {
    let hash = match key {
        "a" => "0",
        _ => "340282366920938463463374607431768211455",
    };
    let data = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        vec![0; bytes - key.len()],
    );
    json!({"PartitionKey": key, "ExplicitHashKey": hash, "Data": data})
}

fn put_record(bench: &Bench, key: &str, bytes: usize) -> Result<Value, (String, String)> {
    let mut body = record(key, bytes);
    body["StreamName"] = "s".into();
    bench.answer("PutRecord", &body.to_string())
}

/// Puts a batch: the shard of each record that was stored, or why it was not.
fn put_records(bench: &Bench, records: &[Value]) -> (u64, Vec<Result<String, String>>) {
    let answer = bench.ok("PutRecords", json!({"StreamName": "s", "Records": records}));
    let told = |record: &Value| match record["ErrorCode"].as_str() {
        None => Ok(text(&record["ShardId"])),
        Some(code) => {
            assert_eq!(code, THROTTLED);
            assert!(record["ShardId"].is_null() && record["SequenceNumber"].is_null());
            Err(text(&record["ErrorMessage"]))
        }
    };
    let told = answer["Records"]
        .as_array()
        .expect("a list")
        .iter()
        .map(told);
    let failed = answer["FailedRecordCount"].as_u64().expect("a number");
    (failed, told.collect())
}

fn get(bench: &Bench, iterator: &str) -> Result<Value, (String, String)> {
    let body = json!({"ShardIterator": iterator}).to_string();
    bench.answer("GetRecords", &body)
}

#[test]
fn a_put_beyond_the_rate_is_refused_and_another_shard_takes_its_own() {
    let bench = limited(Rates::Shards);
    for _ in 0..1_000 {
        put_record(&bench, "a", 10).expect("stored");
    }
    let refused = (THROTTLED.to_owned(), words(0));
    assert_eq!(put_record(&bench, "a", 10), Err(refused.clone()));
    put_record(&bench, "b", 1 << 20).expect("a record of a mebibyte with its key");
    assert_eq!(
        put_record(&bench, "b", 1).expect_err("throttled").1,
        words(1)
    );
    bench.pass(1);
    put_record(&bench, "a", 10).expect("stored");
    assert_eq!(put_record(&bench, "a", 10), Err(refused));
}

#[test]
fn a_batch_is_judged_record_by_record() {
    let bench = limited(Rates::Shards);
    put_record(&bench, "a", (1 << 20) - 1_000).expect("stored");
    let mut feed = bench.service.feed();
    let (a, b) = ("shardId-000000000000", "shardId-000000000001");
    let (failed, told) = put_records(
        &bench,
        &[
            record("a", 1_001),
            record("b", 1_001),
            record("a", 600),
            record("a", 600),
            record("a", 400),
            record("a", 1),
        ],
    );
    assert_eq!(failed, 3);
    assert_eq!(
        told,
        [
            Err(words(0)),
            Ok(b.to_owned()),
            Ok(a.to_owned()),
            Err(words(0)),
            Ok(a.to_owned()),
            Err(words(0)),
        ]
    );
    let Ok(FeedEvent::Called(call)) = feed.try_recv() else {
        panic!("no call");
    };
    assert_eq!((call.stored(), &call.error), (3, &None));
    let Detail::Put(entries) = &call.detail else {
        panic!("{:?}", call.detail);
    };
    for (entry, told) in entries.iter().zip(told) {
        let noted = entry.result.clone();
        assert_eq!(
            noted.map(|(shard, _)| shard.as_str().to_owned()),
            told.map_err(|words| (THROTTLED.to_owned(), words))
        );
    }
    // A batch of which nothing fits is answered like any other.
    assert_eq!(
        put_records(&bench, &[record("a", 1)]),
        (1, vec![Err(words(0))])
    );
    let kept = bench.keys(&bench.iterator("TRIM_HORIZON")).0;
    assert_eq!(kept.len(), 3, "what failed is not stored");
}

#[test]
fn a_sixth_read_in_a_second_is_refused_and_its_iterator_stays_good() {
    let bench = limited(Rates::Shards);
    put_record(&bench, "a", 10).expect("stored");
    let iterator = bench.iterator("TRIM_HORIZON");
    for _ in 0..5 {
        assert_eq!(bench.keys(&iterator).0, ["a"]);
    }
    let refused = Err((THROTTLED.to_owned(), words(0)));
    assert_eq!(get(&bench, &iterator), refused);
    bench.pass(199);
    assert_eq!(get(&bench, &iterator), refused);
    bench.pass(1);
    assert_eq!(bench.keys(&iterator).0, ["a"]);
}

#[test]
fn ten_mebibytes_read_throttle_their_shard_for_five_seconds() {
    let bench = limited(Rates::Shards);
    for _ in 0..12 {
        put_record(&bench, "a", 1 << 20).expect("stored");
        bench.pass(1_000);
    }
    let iterator = bench.iterator("TRIM_HORIZON");
    let (keys, next) = bench.keys(&iterator);
    assert_eq!(keys.len(), 10);
    bench.pass(5_000);
    assert_eq!(get(&bench, &next), Err((THROTTLED.to_owned(), words(0))));
    bench.pass(1);
    assert_eq!(bench.keys(&next).0.len(), 2);
}

#[test]
fn a_sixth_iterator_in_a_second_is_refused() {
    let bench = limited(Rates::Shards);
    let body = json!({"StreamName": "s", "ShardId": "0", "ShardIteratorType": "LATEST"});
    for _ in 0..5 {
        bench.ok("GetShardIterator", body.clone());
    }
    bench.refuses("GetShardIterator", body.clone(), THROTTLED, &words(0));
    bench.pass(200);
    bench.ok("GetShardIterator", body);
}

#[test]
fn a_dry_run_pays_nothing_and_is_not_throttled() {
    let bench = limited(Rates::Shards);
    let iterator = bench.iterator("TRIM_HORIZON");
    let dry = |operation: &str, mut body: Value| {
        body["DryRun"] = true.into();
        let (code, _) = bench.refused(operation, body);
        assert_eq!(code, "DryRunOperationException", "{operation}");
    };
    for _ in 0..6 {
        let mut put = record("a", 1 << 20);
        put["StreamName"] = "s".into();
        dry("PutRecord", put);
        dry(
            "PutRecords",
            json!({"StreamName": "s", "Records": [record("a", 1 << 20)]}),
        );
        dry("GetRecords", json!({"ShardIterator": iterator}));
        dry(
            "GetShardIterator",
            json!({"StreamName": "s", "ShardId": "0", "ShardIteratorType": "LATEST"}),
        );
    }
    put_record(&bench, "a", 1 << 20).expect("all of it is left");
    for _ in 0..4 {
        bench.iterator("TRIM_HORIZON");
    }
    get(&bench, &iterator).expect("a page");
}

#[test]
fn a_record_above_a_mebibyte_is_taken_by_a_shard_that_has_rested() {
    let bench = limited(Rates::Shards);
    let arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    bench.ok(
        "UpdateMaxRecordSize",
        json!({"StreamARN": arn, "MaxRecordSizeInKiB": 10_240}),
    );
    put_record(&bench, "a", 5 << 20).expect("stored");
    assert!(put_record(&bench, "a", 1).is_err());
    bench.pass(4_000);
    assert!(put_record(&bench, "a", 1).is_err());
    bench.pass(1);
    put_record(&bench, "a", 1).expect("stored");
}

#[test]
fn calls_that_manage_streams_are_limited_only_where_that_is_asked_for() {
    let calls = |bench: &Bench| (0..6).map(|_| bench.answer("ListStreams", "{}")).last();
    for rates in [Rates::Off, Rates::Shards] {
        assert!(calls(&limited(rates)).expect("a call").is_ok(), "{rates:?}");
    }
    let bench = limited(Rates::All);
    let limit = |words: &str| Some(Err(("LimitExceededException".to_owned(), words.to_owned())));
    assert_eq!(
        calls(&bench),
        limit("Rate exceeded for account 000000000000.")
    );
    let body = json!({"StreamName": "s"});
    for _ in 0..10 {
        bench.ok("DescribeStream", body.clone());
    }
    bench.refuses(
        "DescribeStream",
        body.clone(),
        "LimitExceededException",
        "Rate exceeded for stream s under account 000000000000.",
    );
    bench.pass(100);
    bench.ok("DescribeStream", body);
}

#[test]
fn without_limits_a_shard_takes_and_gives_what_it_is_asked_for() {
    let bench = limited(Rates::Off);
    for _ in 0..12 {
        put_record(&bench, "a", 1 << 20).expect("stored");
    }
    for _ in 0..7 {
        assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0.len(), 10);
    }
}

#[test]
fn some_pages_are_empty_on_request_and_nothing_is_lost_or_comes_twice() {
    let bench = limited(Rates::Off);
    for index in 0..20 {
        let body = json!({"StreamName": "s", "PartitionKey": index.to_string(), "Data": "",
            "ExplicitHashKey": "0"});
        bench.ok("PutRecord", body);
    }
    bench.pass(1_000);
    let told = bench.service.control(Control::EmptyPages(true));
    assert!(told.expect("taken").empty_pages);
    let mut iterator = bench.iterator("TRIM_HORIZON");
    let (mut keys, mut sizes) = (Vec::new(), Vec::new());
    while keys.len() < 20 {
        let page = bench.ok("GetRecords", json!({"ShardIterator": iterator, "Limit": 3}));
        let records = page["Records"].as_array().expect("a list");
        if records.is_empty() {
            assert_eq!(page["MillisBehindLatest"], 1_000);
            // Asking again with the same iterator is no way around it.
            let again = bench.ok("GetRecords", json!({"ShardIterator": iterator, "Limit": 3}));
            assert!(again["Records"].as_array().expect("a list").is_empty());
        }
        sizes.push(records.len());
        keys.extend(records.iter().map(|record| text(&record["PartitionKey"])));
        iterator = text(&page["NextShardIterator"]);
    }
    assert_eq!(sizes, [3, 0, 3, 3, 0, 3, 3, 0, 3, 2]);
    let expected: Vec<_> = (0..20).map(|index| index.to_string()).collect();
    assert_eq!(keys, expected);
    let (none, _) = bench.keys(&iterator);
    assert!(none.is_empty(), "the tip is the tip");
    // A new iterator begins a new chain, and its first page is never empty on request.
    for _ in 0..4 {
        assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0.len(), 20);
    }
    bench
        .service
        .control(Control::EmptyPages(false))
        .expect("taken");
    let (_, next) = bench.keys(&bench.iterator("TRIM_HORIZON"));
    put_record(&bench, "a", 1).expect("stored");
    assert_eq!(bench.keys(&next).0, ["a"]);
}
