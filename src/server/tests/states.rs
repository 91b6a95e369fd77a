//! Streams that change as slowly as on AWS: what each state shows and refuses, and when it ends.

use serde_json::{Value, json};

use super::resharding::{count, filtered, id, is_open, merge, shards, split};
use super::{Bench, Limits, START_MS, text};
use crate::kinesis::control::{Control, Timing};

/// A bench at AWS's pace.
fn slow() -> Bench {
    let bench = Bench::new();
    pace(&bench, Timing::Aws);
    bench
}

fn pace(bench: &Bench, timing: Timing) {
    bench.service.control(Control::Pace(timing)).expect("told");
}

/// A bench with an ACTIVE stream `s`, at AWS's pace from now on.
fn slow_with_stream(shards: u32) -> Bench {
    let bench = Bench::with_stream(shards);
    pace(&bench, Timing::Aws);
    bench
}

fn create(bench: &Bench, name: &str) {
    bench.ok("CreateStream", json!({"StreamName": name, "ShardCount": 2}));
}

fn summary(bench: &Bench) -> Value {
    let answer = bench.ok("DescribeStreamSummary", json!({"StreamName": "s"}));
    answer["StreamDescriptionSummary"].clone()
}

fn status(bench: &Bench) -> String {
    text(&summary(bench)["StreamStatus"])
}

fn not_active(stream: &str, state: &str) -> String {
    format!("Stream {stream} under account 000000000000 not ACTIVE, instead in state {state}")
}

/// All that only an ACTIVE stream takes.
fn changes() -> [(&'static str, Value); 6] {
    let arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    [
        ("SplitShard", split("0", 9)),
        ("MergeShards", merge("0", "1")),
        ("UpdateShardCount", count(2)),
        (
            "IncreaseStreamRetentionPeriod",
            json!({"StreamName": "s", "RetentionPeriodHours": 25}),
        ),
        (
            "UpdateMaxRecordSize",
            json!({"StreamARN": arn, "MaxRecordSizeInKiB": 2048}),
        ),
        (
            "UpdateStreamMode",
            json!({"StreamARN": arn, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}),
        ),
    ]
}

fn refuses_changes(bench: &Bench, state: &str) {
    for (operation, body) in changes() {
        let called = body["StreamARN"].as_str().unwrap_or("s");
        let words = not_active(called, state);
        bench.refuses(operation, body.clone(), "ResourceInUseException", &words);
    }
}

#[test]
fn a_stream_is_created_in_fifteen_seconds_and_shows_no_shards_before() {
    let bench = slow();
    create(&bench, "s");
    assert_eq!(status(&bench), "CREATING");
    assert_eq!(summary(&bench)["OpenShardCount"], 0);
    let described = bench.ok("DescribeStream", json!({"StreamName": "s"}));
    assert_eq!(described["StreamDescription"]["Shards"], json!([]));
    assert_eq!(described["StreamDescription"]["HasMoreShards"], false);
    assert_eq!(
        bench.ok("ListStreams", json!({}))["StreamNames"],
        json!(["s"])
    );
    bench.refuses(
        "ListShards",
        json!({"StreamName": "s"}),
        "ResourceInUseException",
        &not_active("s", "CREATING"),
    );
    for (operation, body) in [
        (
            "PutRecord",
            json!({"StreamName": "s", "PartitionKey": "a", "Data": ""}),
        ),
        (
            "PutRecords",
            json!({"StreamName": "s", "Records": [{"PartitionKey": "a", "Data": ""}]}),
        ),
    ] {
        let words = "Stream s under account 000000000000 not found.";
        bench.refuses(operation, body, "ResourceNotFoundException", words);
    }
    bench.refuses(
        "GetShardIterator",
        json!({"StreamName": "s", "ShardId": "0", "ShardIteratorType": "LATEST"}),
        "ResourceNotFoundException",
        "Shard shardId-000000000000 in stream s under account 000000000000 does not exist",
    );
    refuses_changes(&bench, "CREATING");
    bench.refuses(
        "CreateStream",
        json!({"StreamName": "s", "ShardCount": 1}),
        "ResourceInUseException",
        "Stream s under account 000000000000 already exists.",
    );

    bench.pass(14_999);
    assert_eq!(status(&bench), "CREATING");
    bench.pass(1);
    assert_eq!(status(&bench), "ACTIVE");
    assert_eq!(shards(&bench).len(), 2);
    bench.put("a");
}

#[test]
fn five_streams_of_a_region_are_created_at_once() {
    let bench = slow();
    for name in ["a", "b", "c", "d", "e"] {
        create(&bench, name);
    }
    let body = json!({"StreamName": "f", "ShardCount": 1});
    let told = bench.refused("CreateStream", body.clone());
    assert_eq!(told.0, "LimitExceededException");
    assert!(told.1.starts_with("5 streams under account"), "{}", told.1);
    let elsewhere = bench.call_in("eu-west-1", "CreateStream", &body.to_string());
    assert_eq!(elsewhere.status(), 200);
    bench.pass(15_000);
    bench.ok("CreateStream", body);
}

#[test]
fn a_split_takes_effect_after_thirty_seconds_and_writing_and_reading_go_on() {
    let bench = slow_with_stream(1);
    let iterator = bench.iterator("TRIM_HORIZON");
    bench.ok("SplitShard", split("0", 1 << 127));
    assert_eq!(status(&bench), "UPDATING");
    assert_eq!(shards(&bench).len(), 1);
    assert!(is_open(&shards(&bench)[0]));
    bench.put("during");
    let (keys, next) = bench.keys(&iterator);
    assert_eq!(keys, ["during"]);
    refuses_changes(&bench, "UPDATING");

    // The clock may jump: the split still happened when it was due.
    bench.pass(100_000);
    assert!(bench.get(&next)["ChildShards"].is_array());
    assert_eq!(status(&bench), "ACTIVE");
    let all = shards(&bench);
    assert_eq!(
        all.iter().map(is_open).collect::<Vec<_>>(),
        [false, true, true]
    );
    let at = |seconds: f64| {
        let time = START_MS as f64 / 1_000.0 + seconds;
        filtered(&bench, json!({"Type": "AT_TIMESTAMP", "Timestamp": time}))
    };
    assert_eq!(at(29.5), [0]);
    assert_eq!(at(30.5), [1, 2]);
    bench.put("alice");
}

#[test]
fn a_new_shard_count_comes_at_once_after_thirty_seconds() {
    let bench = slow_with_stream(2);
    let answer = bench.ok("UpdateShardCount", count(3));
    assert_eq!(answer["CurrentShardCount"], 2);
    bench.pass(29_999);
    assert_eq!(summary(&bench)["OpenShardCount"], 2);
    bench.pass(1);
    assert_eq!(summary(&bench)["OpenShardCount"], 3);
}

#[test]
fn settings_hold_at_once_and_the_stream_is_updating() {
    let bench = slow_with_stream(1);
    let body = json!({"StreamName": "s", "RetentionPeriodHours": 48});
    bench.ok("IncreaseStreamRetentionPeriod", body);
    assert_eq!(summary(&bench)["RetentionPeriodHours"], 48);
    assert_eq!(status(&bench), "UPDATING");
    bench.ok(
        "AddTagsToStream",
        json!({"StreamName": "s", "Tags": {"a": "b"}}),
    );
    assert_eq!(status(&bench), "UPDATING");
    bench.pass(30_000);
    assert_eq!(status(&bench), "ACTIVE");
}

#[test]
fn a_deleted_stream_keeps_its_name_for_ten_seconds() {
    let bench = slow_with_stream(1);
    bench.put("a");
    let iterator = bench.iterator("TRIM_HORIZON");
    bench.ok("DeleteStream", json!({"StreamName": "s"}));
    assert_eq!(status(&bench), "DELETING");
    refuses_changes(&bench, "DELETING");
    bench.refuses(
        "CreateStream",
        json!({"StreamName": "s", "ShardCount": 1}),
        "ResourceInUseException",
        "Stream s under account 000000000000 already exists.",
    );
    let told = bench.refused(
        "PutRecord",
        json!({"StreamName": "s", "PartitionKey": "a", "Data": ""}),
    );
    assert_eq!(
        told.0, "ResourceNotFoundException",
        "what goes is not stored"
    );
    assert_eq!(bench.keys(&iterator).0, ["a"]);
    bench.pass(5_000);
    bench.ok("DeleteStream", json!({"StreamName": "s"}));
    bench.pass(4_999);
    assert_eq!(
        status(&bench),
        "DELETING",
        "the second call starts nothing anew"
    );
    bench.pass(1);
    let told = bench.refused("DescribeStream", json!({"StreamName": "s"}));
    assert_eq!(told.0, "ResourceNotFoundException");
    let told = bench.refused("GetRecords", json!({"ShardIterator": iterator}));
    assert_eq!(told.0, "ResourceNotFoundException");
    create(&bench, "s");
}

#[test]
fn a_stream_can_be_deleted_in_any_state() {
    let bench = slow();
    create(&bench, "s");
    bench.ok("DeleteStream", json!({"StreamName": "s"}));
    assert_eq!(status(&bench), "DELETING");
    bench.pass(10_000);
    assert_eq!(bench.ok("ListStreams", json!({}))["StreamNames"], json!([]));

    let bench = slow_with_stream(1);
    bench.ok("SplitShard", split("0", 1 << 64));
    bench.ok("DeleteStream", json!({"StreamName": "s"}));
    bench.pass(60_000);
    assert_eq!(bench.ok("ListStreams", json!({}))["StreamNames"], json!([]));
}

#[test]
fn streams_on_their_way_arrive_at_the_time_that_held_when_they_left() {
    let bench = slow();
    create(&bench, "s");
    pace(&bench, Timing::Instant);
    create(&bench, "t");
    let names = bench.ok("ListStreams", json!({}));
    let states: Vec<_> = names["StreamSummaries"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|summary| text(&summary["StreamStatus"]))
        .collect();
    assert_eq!(states, ["CREATING", "ACTIVE"]);
    bench.pass(15_000);
    assert_eq!(status(&bench), "ACTIVE");
}

#[test]
fn the_clock_of_the_lab_brings_changes_about() {
    let bench = slow();
    create(&bench, "s");
    let control = Control::Advance { seconds: 300 };
    bench.service.control(control).expect("told");
    assert_eq!(status(&bench), "ACTIVE");
}

#[test]
fn shards_that_are_to_come_are_held_to_the_limit_when_asked_for() {
    let bench = Bench::with(&Limits {
        shards: 3,
        ..Limits::without_rates()
    });
    create(&bench, "s");
    pace(&bench, Timing::Aws);
    bench.ok("SplitShard", split("0", 9));
    bench.pass(30_000);
    let told = bench.refused("SplitShard", split(&id(1), 1 << 127 | 1 << 126));
    assert_eq!(told.0, "LimitExceededException");
}
