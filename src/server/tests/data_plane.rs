//! What of a put or a get is refused before anything happens, and what a dry run says of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Bench;

fn put(extra: Value) -> Value {
    let mut body = json!({"StreamName": "s", "PartitionKey": "a", "Data": "eA=="});
    let all = body.as_object_mut().expect("an object");
    all.extend(extra.as_object().expect("an object").clone());
    body
}

/// Asserts that a call is refused with this error, dry or not, and that a dry run stores nothing.
fn check(bench: &Bench, operation: &str, body: Value, code: &str) {
    let wet = bench.answer(operation, &body.to_string());
    let mut dry = body;
    dry["DryRun"] = true.into();
    let dry = bench.answer(operation, &dry.to_string());
    assert_eq!(wet, dry, "{operation}");
    assert_eq!(wet.expect_err("a refusal").0, code, "{operation}");
}

#[test]
fn a_dry_run_finds_what_is_wrong() {
    let bench = Bench::with_stream(1);
    bench.put("a");
    let iterator = bench.iterator("LATEST");
    let beyond = "340282366920938463463374607431768211456";
    let large = STANDARD.encode(vec![7; 1_048_576]);
    let record = json!({"PartitionKey": "a", "Data": ""});
    let arn = "arn:aws:kinesis:us-east-1:000000000000:stream/t";
    for (operation, body, code) in [
        (
            "PutRecord",
            put(json!({"StreamName": "t"})),
            "ResourceNotFoundException",
        ),
        (
            "PutRecord",
            put(json!({"StreamARN": arn})),
            "InvalidArgumentException",
        ),
        (
            "PutRecord",
            put(json!({"PartitionKey": ""})),
            "ValidationException",
        ),
        (
            "PutRecord",
            put(json!({"Data": large})),
            "ValidationException",
        ),
        (
            "PutRecord",
            put(json!({"ExplicitHashKey": beyond})),
            "InvalidArgumentException",
        ),
        (
            "PutRecord",
            put(json!({"SequenceNumberForOrdering": "7"})),
            "InvalidArgumentException",
        ),
        (
            "PutRecords",
            json!({"StreamName": "t", "Records": [record]}),
            "ResourceNotFoundException",
        ),
        (
            "PutRecords",
            json!({"StreamName": "s", "Records": []}),
            "ValidationException",
        ),
        (
            "PutRecords",
            json!({"StreamName": "s", "Records": [record, {"PartitionKey": "a", "Data": large}]}),
            "ValidationException",
        ),
        (
            "GetShardIterator",
            json!({"StreamName": "s", "ShardId": "1", "ShardIteratorType": "LATEST"}),
            "ResourceNotFoundException",
        ),
        (
            "GetShardIterator",
            json!({"StreamName": "s", "ShardId": "0", "ShardIteratorType": "AT_TIMESTAMP"}),
            "InvalidArgumentException",
        ),
        (
            "GetRecords",
            json!({"ShardIterator": "x"}),
            "InvalidArgumentException",
        ),
        (
            "GetRecords",
            json!({"ShardIterator": iterator, "Limit": 0}),
            "ValidationException",
        ),
    ] {
        check(&bench, operation, body, code);
    }
    bench.pass(300_001);
    check(
        &bench,
        "GetRecords",
        json!({"ShardIterator": iterator}),
        "ExpiredIteratorException",
    );
    assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0, ["a"]);
}

#[test]
fn what_is_no_hash_key_is_told_by_its_pattern() {
    let bench = Bench::with_stream(1);
    for key in ["", "01", "-1", "1.5", "0x1", " 1", &"1".repeat(40)] {
        bench.refuses(
            "PutRecord",
            put(json!({"ExplicitHashKey": key})),
            "ValidationException",
            &format!(
                "1 validation error detected: Value '{key}' at 'explicitHashKey' failed to satisfy constraint: \
                 Member must satisfy regular expression pattern: 0|([1-9]\\d{{0,38}})"
            ),
        );
    }
    assert!(bench.keys(&bench.iterator("TRIM_HORIZON")).0.is_empty());
}

#[test]
fn an_explicit_hash_key_leaves_the_partition_key_as_it_is() {
    let bench = Bench::with_stream(2);
    let first = json!({"ExplicitHashKey": "0", "PartitionKey": "bob"});
    assert_eq!(
        bench.ok("PutRecord", put(first))["ShardId"],
        "shardId-000000000000"
    );
    assert_eq!(bench.keys(&bench.iterator("TRIM_HORIZON")).0, ["bob"]);
}

#[test]
fn an_ordering_number_is_taken_where_aws_took_it() {
    let bench = Bench::with_stream(1);
    let first = "49039857307708443467467104868809893875799651909875269634";
    for (what, number, is_taken) in [
        (
            "all bits set",
            "73559785961551514828601391991642864028743539089244946418",
            true,
        ),
        ("no bit set", first, true),
        (
            "version 4",
            "49039857307708443467467104868809893875799651909875269636",
            false,
        ),
        (
            "begins with 3",
            "73559785961562665201200657303214840813699477864812904449",
            false,
        ),
        (
            "an index of 64 bits",
            "49039857307719593840066370180380661734935976090628259842",
            false,
        ),
        (
            "a shard of 32 bits",
            "49039857307708443467467104868809893875799651944235008002",
            false,
        ),
    ] {
        let body = put(json!({"SequenceNumberForOrdering": number}));
        let told = bench.answer("PutRecord", &body.to_string());
        match is_taken {
            true => assert!(told.is_ok(), "{what}: {told:?}"),
            false => assert_eq!(
                told,
                Err((
                    "InvalidArgumentException".into(),
                    format!(
                        "ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream s \
                         under account 000000000000 is invalid."
                    )
                )),
                "{what}"
            ),
        }
    }
}
