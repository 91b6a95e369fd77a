//! Records: where they go, and what each way of reading finds.

use serde_json::{Value, json};

use super::{Bench, START_MS, text};

const MAX_HASH_KEY: &str = "340282366920938463463374607431768211455";

/// Puts a record per second with these keys and returns their sequence numbers.
fn fill(bench: &Bench, keys: &[&str]) -> Vec<String> {
    let put = |key: &&str| {
        bench.pass(1000);
        bench.put(key)
    };
    keys.iter().map(put).collect()
}

#[test]
fn records_go_to_the_shard_that_owns_their_hash() {
    let bench = Bench::with_stream(2);
    let shard = |body: Value| {
        let mut body = body;
        body["StreamName"] = "s".into();
        body["Data"] = "eA==".into();
        text(&bench.ok("PutRecord", body)["ShardId"])
    };
    assert_eq!(
        shard(json!({"PartitionKey": "alice"})),
        "shardId-000000000000"
    );
    assert_eq!(
        shard(json!({"PartitionKey": "bob"})),
        "shardId-000000000001"
    );
    for (hash_key, id) in [
        ("0", "shardId-000000000000"),
        (
            "170141183460469231731687303715884105727",
            "shardId-000000000000",
        ),
        (
            "170141183460469231731687303715884105728",
            "shardId-000000000001",
        ),
        (MAX_HASH_KEY, "shardId-000000000001"),
    ] {
        let body = json!({"PartitionKey": "bob", "ExplicitHashKey": hash_key});
        assert_eq!(shard(body), id, "{hash_key}");
    }
}

#[test]
fn a_hash_key_beyond_the_line_is_refused() {
    let bench = Bench::with_stream(1);
    let beyond = "340282366920938463463374607431768211456";
    bench.refuses(
        "PutRecord",
        json!({"StreamName": "s", "PartitionKey": "a", "Data": "", "ExplicitHashKey": beyond}),
        "InvalidArgumentException",
        &format!(
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {beyond}"
        ),
    );
}

#[test]
fn sequence_numbers_are_those_of_the_vectors() {
    let bench = Bench::with_stream(1);
    bench.pass(5_000);
    assert_eq!(
        bench.put("a"),
        "49680467729295203159552925329853916560394814664199897090"
    );
    assert_eq!(
        bench.put("a"),
        "49680467729295203159552925329855125486214429293374603266"
    );
}

#[test]
fn sequence_numbers_grow_even_when_the_clock_goes_back() {
    let bench = Bench::with_stream(1);
    let mut last = String::new();
    for step in [0, 5_000, -60_000, 0, 1_000, -3_600_000] {
        bench.pass(step);
        let number = bench.put("a");
        assert!(number > last, "{number} after {last}");
        last = number;
    }
}

#[test]
fn arrival_times_never_go_back_so_that_records_can_be_sought_by_them() {
    let bench = Bench::with_stream(1);
    for (key, step) in [("a", 10_000), ("b", -5_000), ("c", 1_000)] {
        bench.pass(step);
        bench.put(key);
    }
    let answer = bench.get(&bench.iterator("TRIM_HORIZON"));
    let arrived = |index: usize| answer["Records"][index]["ApproximateArrivalTimestamp"].as_f64();
    assert_eq!((arrived(0), arrived(0)), (arrived(1), arrived(2)));
    bench.pass(10_000);
    let since = (START_MS + 10_000) as f64 / 1000.0;
    let iterator =
        bench.iterator_with(json!({"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": since}));
    assert_eq!(bench.keys(&iterator).0, ["a", "b", "c"]);
}

#[test]
fn a_batch_is_answered_in_request_order() {
    let bench = Bench::with_stream(2);
    let answer = bench.ok(
        "PutRecords",
        json!({"StreamName": "s", "Records": [
            {"PartitionKey": "bob", "Data": "eA=="},
            {"PartitionKey": "alice", "Data": ""},
            {"PartitionKey": "carol", "Data": "eA==", "ExplicitHashKey": "0"},
        ]}),
    );
    assert_eq!(answer["FailedRecordCount"], 0);
    let shards: Vec<_> = (0..3)
        .map(|index| text(&answer["Records"][index]["ShardId"]))
        .collect();
    assert_eq!(
        shards,
        [
            "shardId-000000000001",
            "shardId-000000000000",
            "shardId-000000000000"
        ]
    );
    let (keys, _) = bench.keys(&bench.iterator("TRIM_HORIZON"));
    assert_eq!(keys, ["alice", "carol"]);
}

#[test]
fn a_record_comes_back_as_it_was_put() {
    let bench = Bench::with_stream(1);
    bench.pass(1_234);
    let data = "AAEC/f7/";
    let put = bench.ok(
        "PutRecord",
        json!({"StreamName": "s", "PartitionKey": "clé", "Data": data}),
    );
    assert_eq!(put["EncryptionType"], Value::Null);
    let answer = bench.get(&bench.iterator("TRIM_HORIZON"));
    assert_eq!(
        answer["Records"],
        json!([{
            "SequenceNumber": put["SequenceNumber"],
            "ApproximateArrivalTimestamp": (START_MS + 1_234) as f64 / 1000.0,
            "Data": data,
            "PartitionKey": "clé"
        }])
    );
}

#[test]
fn each_iterator_type_starts_where_it_says() {
    let bench = Bench::with_stream(1);
    let numbers = fill(&bench, &["a", "b", "c"]);
    let check = |start: Value, expected: &[&str]| {
        let iterator = bench.iterator_with(start.clone());
        assert_eq!(bench.keys(&iterator).0, expected, "{start}");
    };
    check(
        json!({"ShardIteratorType": "TRIM_HORIZON"}),
        &["a", "b", "c"],
    );
    check(json!({"ShardIteratorType": "LATEST"}), &[]);
    for (number, at, after) in [
        (0, &["a", "b", "c"][..], &["b", "c"][..]),
        (1, &["b", "c"], &["c"]),
        (2, &["c"], &[]),
    ] {
        let number = &numbers[number];
        check(
            json!({"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": number}),
            at,
        );
        check(
            json!({"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": number}),
            after,
        );
    }
    for (milliseconds, expected) in [
        (-86_400_000, &["a", "b", "c"][..]),
        (1_000, &["a", "b", "c"]),
        (1_001, &["b", "c"]),
        (2_000, &["b", "c"]),
        (3_000, &["c"]),
    ] {
        let time = (START_MS + milliseconds) as f64 / 1000.0;
        check(
            json!({"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": time}),
            expected,
        );
    }
    bench.pass(1);
    let tip = (START_MS + 3_001) as f64 / 1000.0;
    check(
        json!({"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": tip}),
        &[],
    );
}

#[test]
fn the_starting_number_of_a_shard_stands_before_all_its_records() {
    let bench = Bench::with_stream(1);
    fill(&bench, &["a"]);
    let described = bench.ok("DescribeStream", json!({"StreamName": "s"}));
    let start = &described["StreamDescription"]["Shards"][0]["SequenceNumberRange"]["StartingSequenceNumber"];
    for kind in ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"] {
        let iterator = bench
            .iterator_with(json!({"ShardIteratorType": kind, "StartingSequenceNumber": start}));
        assert_eq!(bench.keys(&iterator).0, ["a"], "{kind}");
    }
}

#[test]
fn latest_means_the_time_of_the_iterator_not_of_the_read() {
    let bench = Bench::with_stream(1);
    fill(&bench, &["before"]);
    let iterator = bench.iterator("LATEST");
    fill(&bench, &["after", "later"]);
    let (keys, next) = bench.keys(&iterator);
    assert_eq!(keys, ["after", "later"]);
    // An iterator can be used again; the next one goes on.
    assert_eq!(bench.keys(&iterator).0, ["after", "later"]);
    assert!(bench.keys(&next).0.is_empty());
    fill(&bench, &["last"]);
    assert_eq!(bench.keys(&next).0, ["last"]);
}

#[test]
fn a_start_without_its_companion_is_refused() {
    let bench = Bench::with_stream(1);
    let number = bench.put("a");
    let refuses = |start: Value, words: &str| {
        let mut body = start;
        body["StreamName"] = "s".into();
        body["ShardId"] = "shardId-0".into();
        bench.refuses("GetShardIterator", body, "InvalidArgumentException", words);
    };
    let either = "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or \
                  (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified";
    refuses(
        json!({"ShardIteratorType": "AT_SEQUENCE_NUMBER"}),
        &format!("{either} AT_SEQUENCE_NUMBER and no StartingSequenceNumber."),
    );
    refuses(
        json!({"ShardIteratorType": "LATEST", "StartingSequenceNumber": number}),
        &format!("{either} LATEST and also a StartingSequenceNumber."),
    );
    refuses(
        json!({"ShardIteratorType": "AT_TIMESTAMP"}),
        "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. \
         Current request has no timestamp parameter.",
    );
    refuses(
        json!({"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 1_795_372_801}),
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. \
         timestampInMillis: 1795372801000, currentTimestampInMillis: 1795372800000",
    );
}

#[test]
fn a_number_from_elsewhere_is_refused() {
    let bench = Bench::with_stream(2);
    let refuses = |number: &str, words: &str| {
        bench.refuses(
            "GetShardIterator",
            json!({
                "StreamName": "s",
                "ShardId": "shardId-000000000000",
                "ShardIteratorType": "AT_SEQUENCE_NUMBER",
                "StartingSequenceNumber": number
            }),
            "InvalidArgumentException",
            words,
        );
    };
    let of_shard_1 = bench.put("bob");
    refuses(
        &of_shard_1,
        "Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard \
         with shardId-000000000000",
    );
    let told = |number: &str, why: &str| {
        format!(
            "StartingSequenceNumber {number} used in GetShardIterator on shard shardId-000000000000 in stream s \
             under account 000000000000 is invalid{why}"
        )
    };
    let older = "49600871682957036442365024926191073437251060580128653314";
    refuses(
        older,
        &told(older, " because it did not come from this stream."),
    );
    refuses("12", &told("12", "."));
    // The number of a closed shard's end: no record of an open shard has it.
    let end = "49680467729306353532152190641422266567891913366174695426";
    refuses(end, &told(end, "."));
}

#[test]
fn a_limit_cuts_an_answer_and_the_next_one_goes_on() {
    let bench = Bench::with_stream(1);
    fill(&bench, &["a", "b", "c"]);
    let mut iterator = bench.iterator("TRIM_HORIZON");
    for (key, behind) in [("a", 2_000), ("b", 1_000), ("c", 0)] {
        let answer = bench.ok("GetRecords", json!({"ShardIterator": iterator, "Limit": 1}));
        assert_eq!(answer["Records"][0]["PartitionKey"], key);
        assert_eq!(answer["Records"][1], Value::Null);
        assert_eq!(answer["MillisBehindLatest"], behind);
        iterator = text(&answer["NextShardIterator"]);
    }
    bench.pass(10_000);
    let answer = bench.get(&iterator);
    assert_eq!(answer["Records"], json!([]));
    assert_eq!(
        answer["MillisBehindLatest"], 0,
        "nothing is unread, however long ago the last record came"
    );
}

#[test]
fn an_answer_holds_ten_mebibytes_at_most_but_one_record_at_least() {
    let bench = Bench::with_stream(1);
    let data = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        vec![0; 1_048_576 - 1],
    );
    for _ in 0..12 {
        bench.ok(
            "PutRecord",
            json!({"StreamName": "s", "PartitionKey": "k", "Data": data}),
        );
    }
    let answer = bench.get(&bench.iterator("TRIM_HORIZON"));
    assert_eq!(answer["Records"].as_array().map(Vec::len), Some(10));
    let answer = bench.get(&text(&answer["NextShardIterator"]));
    assert_eq!(answer["Records"].as_array().map(Vec::len), Some(2));
}

#[test]
fn an_expired_iterator_is_refused() {
    let bench = Bench::with_stream(1);
    let iterator = bench.iterator("TRIM_HORIZON");
    bench.pass(300_000);
    bench.get(&iterator);
    bench.pass(1);
    bench.refuses(
        "GetRecords",
        json!({"ShardIterator": iterator}),
        "ExpiredIteratorException",
        "Iterator expired. The iterator was created at time Sun Nov 22 18:40:00 UTC 2026 while right now it is \
         Sun Nov 22 18:45:00 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.",
    );
}

#[test]
fn an_iterator_that_is_none_is_refused() {
    let bench = Bench::with_stream(1);
    let mut changed = bench.iterator("LATEST");
    changed.replace_range(20..21, if &changed[20..21] == "A" { "B" } else { "A" });
    for iterator in ["x", "AAAA", &changed] {
        bench.refuses(
            "GetRecords",
            json!({"ShardIterator": iterator}),
            "InvalidArgumentException",
            "Invalid ShardIterator.",
        );
    }
}

#[test]
fn iterators_of_a_deleted_stream_find_no_shard_even_if_the_name_is_taken_again() {
    let bench = Bench::with_stream(1);
    bench.put("a");
    let iterator = bench.iterator("TRIM_HORIZON");
    let refuses = || {
        bench.refuses(
            "GetRecords",
            json!({"ShardIterator": iterator}),
            "ResourceNotFoundException",
            "Shard shardId-000000000000 in stream s under account 000000000000 does not exist",
        );
    };
    bench.ok("DeleteStream", json!({"StreamName": "s"}));
    refuses();
    bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 1}));
    refuses();
}

#[test]
fn an_ordering_number_must_lie_in_the_past_of_the_shard() {
    let bench = Bench::with_stream(1);
    let first = bench.put("a");
    let put = |number: &str| json!({"StreamName": "s", "PartitionKey": "a", "Data": "", "SequenceNumberForOrdering": number});
    let second = text(&bench.ok("PutRecord", put(&first))["SequenceNumber"]);
    assert!(second > first);
    let future = "49680467729306353532152190641422266567891913366174695426";
    for number in [future, "7"] {
        bench.refuses(
            "PutRecord",
            put(number),
            "InvalidArgumentException",
            &format!(
                "ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream s under account 000000000000 \
                 is invalid."
            ),
        );
    }
}

#[test]
fn a_dry_run_stores_and_reads_nothing() {
    let bench = Bench::with_stream(1);
    let iterator = bench.iterator("TRIM_HORIZON");
    let record = json!({"PartitionKey": "a", "Data": ""});
    for (operation, body) in [
        (
            "PutRecord",
            json!({"StreamName": "s", "PartitionKey": "a", "Data": "", "DryRun": true}),
        ),
        (
            "PutRecords",
            json!({"StreamName": "s", "Records": [record], "DryRun": true}),
        ),
        (
            "GetRecords",
            json!({"ShardIterator": iterator, "DryRun": true}),
        ),
        (
            "GetShardIterator",
            json!({"StreamName": "s", "ShardId": "0", "ShardIteratorType": "LATEST", "DryRun": true}),
        ),
    ] {
        assert_eq!(bench.refused(operation, body).0, "DryRunOperationException");
    }
    assert!(bench.keys(&iterator).0.is_empty());
    assert_eq!(
        bench
            .refused(
                "PutRecord",
                json!({"StreamName": "t", "PartitionKey": "a", "Data": "", "DryRun": true})
            )
            .0,
        "ResourceNotFoundException"
    );
}
