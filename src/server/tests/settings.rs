//! What a stream can be told after its creation: retention, mode, record size; and what the account is told of its quotas.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Bench, Limits};
use crate::kinesis::control::{Control, Timing};
use crate::kinesis::feed::FeedEvent;

const HOUR_MS: i64 = 3_600_000;

fn arn(name: &str) -> String {
    format!("arn:aws:kinesis:us-east-1:000000000000:stream/{name}")
}

fn summary(bench: &Bench, name: &str) -> Value {
    let mut answer = bench.ok("DescribeStreamSummary", json!({"StreamName": name}));
    answer["StreamDescriptionSummary"].take()
}

fn retain(bench: &Bench, how: &str, hours: i64) -> Result<Value, (String, String)> {
    let body = json!({"StreamName": "s", "RetentionPeriodHours": hours});
    bench.answer(&format!("{how}StreamRetentionPeriod"), &body.to_string())
}

#[test]
fn a_retention_lasts_from_a_day_to_a_year() {
    let bench = Bench::with_stream(1);
    let told = |how: &str, hours: i64| {
        retain(&bench, how, hours).err().map(|(code, words)| {
            assert_eq!(code, "InvalidArgumentException");
            words
        })
    };
    for how in ["Increase", "Decrease"] {
        assert_eq!(
            told(how, 23).as_deref(),
            Some(
                "Minimum allowed retention period is 24 hours. \
                 Requested retention period (23 hours) is too short."
            )
        );
        assert_eq!(
            told(how, 8761).as_deref(),
            Some(
                "Maximum allowed retention period is 8760 hours. \
                 Requested retention period (8761 hours) is too long."
            )
        );
        assert_eq!(told(how, 24), None, "what it is already may be said");
    }
    assert_eq!(told("Increase", 8760), None);
    assert_eq!(summary(&bench, "s")["RetentionPeriodHours"], 8760);
    assert_eq!(told("Decrease", 48), None);
    let described = bench.ok("DescribeStream", json!({"StreamName": "s"}));
    assert_eq!(described["StreamDescription"]["RetentionPeriodHours"], 48);
    assert_eq!(
        told("Increase", 47).as_deref(),
        Some(
            "Requested retention period (47 hours) for stream s can not be shorter than \
             existing retention period (48 hours). Use DecreaseRetentionPeriod API."
        )
    );
    assert_eq!(
        told("Decrease", 49).as_deref(),
        Some(
            "Requested retention period (49 hours) for stream s can not be longer than \
             existing retention period (48 hours). Use IncreaseRetentionPeriod API."
        )
    );
    bench.refuses(
        "IncreaseStreamRetentionPeriod",
        json!({"StreamName": "", "RetentionPeriodHours": -1}),
        "ValidationException",
        "3 validation errors detected: \
         Value '-1' at 'retentionPeriodHours' failed to satisfy constraint: \
         Member must have value greater than or equal to 1; \
         Value '' at 'streamName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; \
         Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
}

#[test]
fn a_longer_retention_keeps_records_and_brings_none_back() {
    let bench = Bench::with_stream(1);
    let keys = || bench.keys(&bench.iterator("TRIM_HORIZON")).0;
    bench.put("lost");
    bench.pass(HOUR_MS);
    bench.put("kept");
    bench.pass(23 * HOUR_MS + 1);
    assert_eq!(keys(), ["kept"]);
    retain(&bench, "Increase", 48).expect("increased");
    assert_eq!(keys(), ["kept"], "trimmed is trimmed");
    bench.pass(24 * HOUR_MS);
    assert_eq!(keys(), ["kept"], "47 hours old");
    bench.pass(HOUR_MS);
    assert!(keys().is_empty());
}

#[test]
fn a_shorter_retention_drops_records_at_once() {
    let bench = Bench::with_stream(1);
    let keys = || bench.keys(&bench.iterator("TRIM_HORIZON")).0;
    retain(&bench, "Increase", 72).expect("increased");
    bench.put("old");
    bench.pass(30 * HOUR_MS);
    bench.put("young");
    assert_eq!(keys(), ["old", "young"]);
    retain(&bench, "Decrease", 24).expect("decreased");
    assert_eq!(keys(), ["young"]);
    retain(&bench, "Increase", 72).expect("increased");
    assert_eq!(keys(), ["young"], "what was dropped does not come back");
}

fn create_on_demand(bench: &Bench, name: &str) -> Result<Value, (String, String)> {
    let body = json!({"StreamName": name, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}});
    bench.answer("CreateStream", &body.to_string())
}

fn switch(bench: &Bench, name: &str, mode: &str) -> Result<Value, (String, String)> {
    let body = json!({"StreamARN": arn(name), "StreamModeDetails": {"StreamMode": mode}});
    bench.answer("UpdateStreamMode", &body.to_string())
}

#[test]
fn a_stream_keeps_its_shards_when_its_mode_changes() {
    let bench = Bench::with_stream(3);
    create_on_demand(&bench, "t").expect("created");
    for (name, shards, modes) in [
        ("s", 3, ["ON_DEMAND", "PROVISIONED"]),
        ("t", 4, ["PROVISIONED", "ON_DEMAND"]),
    ] {
        for mode in modes {
            assert_eq!(switch(&bench, name, mode), Ok(Value::Null));
            let summary = summary(&bench, name);
            assert_eq!(summary["StreamModeDetails"]["StreamMode"], mode);
            assert_eq!(summary["OpenShardCount"], shards);
            let streams = bench.ok("ListStreams", json!({}));
            let listed = streams["StreamSummaries"]
                .as_array()
                .expect("a list")
                .clone();
            let listed = listed.iter().find(|stream| stream["StreamName"] == name);
            assert_eq!(
                listed.expect("the stream")["StreamModeDetails"]["StreamMode"],
                mode
            );
            let described = bench.ok("DescribeStream", json!({"StreamName": name}));
            assert_eq!(
                described["StreamDescription"]["StreamModeDetails"]["StreamMode"],
                mode
            );
        }
    }
}

#[test]
fn a_mode_changes_twice_within_a_day() {
    let bench = Bench::with_stream(1);
    switch(&bench, "s", "ON_DEMAND").expect("first");
    bench.pass(HOUR_MS);
    switch(&bench, "s", "PROVISIONED").expect("second");
    switch(&bench, "s", "PROVISIONED").expect("no change");
    bench.pass(23 * HOUR_MS - 1);
    let told = switch(&bench, "s", "ON_DEMAND").expect_err("third");
    assert_eq!(told.0, "LimitExceededException");
    bench.pass(1);
    switch(&bench, "s", "ON_DEMAND").expect("the first is a day ago");
    let told = switch(&bench, "s", "PROVISIONED").expect_err("the second is not");
    assert_eq!(told.0, "LimitExceededException");
}

#[test]
fn a_region_has_fifty_on_demand_streams_at_most() {
    let bench = Bench::with_stream(1);
    for index in 0..50 {
        create_on_demand(&bench, &format!("t{index}")).expect("room");
    }
    let full = |told: Result<Value, (String, String)>| {
        told.is_err_and(|(code, _)| code == "LimitExceededException")
    };
    assert!(full(create_on_demand(&bench, "u")));
    assert!(full(switch(&bench, "s", "ON_DEMAND")));
    assert_eq!(
        bench.ok("DescribeLimits", json!({})),
        json!({
            "ShardLimit": 1000,
            "OpenShardCount": 201,
            "OnDemandStreamCount": 50,
            "OnDemandStreamCountLimit": 50,
        })
    );
    let elsewhere = bench.call_in("eu-west-1", "CreateStream", r#"{"StreamName": "u"}"#);
    assert_eq!(elsewhere.status(), 200);
    bench.ok("DeleteStream", json!({"StreamName": "t0"}));
    switch(&bench, "t1", "PROVISIONED").expect("switched");
    assert_eq!(
        bench.ok("DescribeLimits", json!({}))["OnDemandStreamCount"],
        48
    );
    create_on_demand(&bench, "u").expect("room");
    switch(&bench, "s", "ON_DEMAND").expect("room");
    assert!(full(create_on_demand(&bench, "v")));
}

#[test]
fn the_shard_limit_is_told() {
    let bench = Bench::with(&Limits {
        shards: 7,
        ..Limits::without_rates()
    });
    bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 3}));
    let limits = bench.ok("DescribeLimits", json!({}));
    assert_eq!(
        (
            limits["ShardLimit"].as_u64(),
            limits["OpenShardCount"].as_u64()
        ),
        (Some(7), Some(3))
    );
}

#[test]
fn a_stream_takes_records_as_large_as_it_was_told() {
    let bench = Bench::with_stream(1);
    let create = json!({"StreamName": "t", "ShardCount": 1, "MaxRecordSizeInKiB": 2048});
    bench.ok("CreateStream", create);
    let put = |name: &str, kib: usize| {
        let data = STANDARD.encode(vec![7; kib * 1024 - 1]);
        let record = json!({"PartitionKey": "k", "Data": data});
        let body = json!({"StreamName": name, "Records": [record]});
        bench.answer("PutRecords", &body.to_string()).map(|_| ())
    };
    let too_large = |kib: usize| {
        Err((
            "ValidationException".to_owned(),
            format!(
                "1 validation error detected: Value at 'records.1.member.data' failed to satisfy constraint: \
                 Member must have length less than or equal to {}",
                kib * 1024
            ),
        ))
    };
    assert_eq!((put("s", 1024), put("s", 1025)), (Ok(()), too_large(1024)));
    assert_eq!((put("t", 2048), put("t", 2049)), (Ok(()), too_large(2048)));
    let update = |kib: usize| {
        bench.answer(
            "UpdateMaxRecordSize",
            &json!({"StreamARN": arn("s"), "MaxRecordSizeInKiB": kib}).to_string(),
        )
    };
    assert_eq!(update(10_240), Ok(Value::Null));
    assert_eq!(summary(&bench, "s")["MaxRecordSizeInKiB"], 10_240);
    assert_eq!(put("s", 10_240), Ok(()));
    update(1024).expect("lowered");
    assert_eq!(put("s", 1025), too_large(1024));
    for kib in [1023, 10_241] {
        assert!(
            update(kib).is_err_and(|(code, _)| code == "ValidationException"),
            "{kib}"
        );
    }
}

/// Each settings operation with a body that lacks only the name of its stream, and the member that takes an ARN.
fn settings() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        (
            "IncreaseStreamRetentionPeriod",
            json!({"RetentionPeriodHours": 30}),
            "StreamARN",
        ),
        (
            "DecreaseStreamRetentionPeriod",
            json!({"RetentionPeriodHours": 24}),
            "StreamARN",
        ),
        ("AddTagsToStream", json!({"Tags": {"a": "b"}}), "StreamARN"),
        ("ListTagsForStream", json!({}), "StreamARN"),
        (
            "RemoveTagsFromStream",
            json!({"TagKeys": ["a"]}),
            "StreamARN",
        ),
        ("TagResource", json!({"Tags": {"a": "b"}}), "ResourceARN"),
        ("ListTagsForResource", json!({}), "ResourceARN"),
        ("UntagResource", json!({"TagKeys": ["a"]}), "ResourceARN"),
        (
            "UpdateMaxRecordSize",
            json!({"MaxRecordSizeInKiB": 2048}),
            "StreamARN",
        ),
        (
            "UpdateStreamMode",
            json!({"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}),
            "StreamARN",
        ),
    ]
}

#[test]
fn settings_of_what_does_not_exist_are_not_found() {
    let bench = Bench::with_stream(1);
    for (operation, body, member) in settings() {
        for missing in [
            arn("t"),
            "arn:aws:kinesis:eu-west-1:000000000000:stream/s".into(),
            "arn:aws:kinesis:us-east-1:123456789012:stream/s".into(),
        ] {
            let mut body = body.clone();
            body[member] = missing.clone().into();
            let words = format!("Stream {missing} under account 000000000000 not found.");
            bench.refuses(operation, body, "ResourceNotFoundException", &words);
        }
    }
    let body = json!({"ResourceARN": "arn:aws:kinesis:us-east-1:000000000000:queue/q"});
    let told = bench.refused("ListTagsForResource", body);
    assert_eq!(told.0, "ResourceNotFoundException");
}

#[test]
fn settings_are_told_with_the_stream_that_they_are_of() {
    let bench = Bench::with_stream(1);
    let mut feed = bench.service.feed();
    for (operation, mut body, member) in settings() {
        body[member] = arn("s").into();
        bench.ok(operation, body);
        let told = feed.try_recv().expect("an event");
        let FeedEvent::Called(call) = told else {
            panic!("{told:?}");
        };
        assert_eq!(
            (call.operation.as_str(), call.stream.as_deref()),
            (operation, Some("s"))
        );
    }
}

#[test]
fn settings_outlast_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let bench = Bench::kept_in(folder.path());
    bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 2}));
    create_on_demand(&bench, "t").expect("created");
    for mode in ["ON_DEMAND", "PROVISIONED"] {
        switch(&bench, "s", mode).expect("switched");
    }
    retain(&bench, "Increase", 48).expect("increased");
    bench.ok(
        "AddTagsToStream",
        json!({"StreamName": "s", "Tags": {"a": "1", "b": ""}}),
    );
    let size = json!({"StreamARN": arn("s"), "MaxRecordSizeInKiB": 2048});
    bench.ok("UpdateMaxRecordSize", size);
    let told = |bench: &Bench| {
        [
            ("DescribeStream", json!({"StreamName": "s"})),
            ("DescribeStreamSummary", json!({"StreamName": "s"})),
            ("DescribeStreamSummary", json!({"StreamName": "t"})),
            ("ListTagsForStream", json!({"StreamName": "s"})),
            ("DescribeLimits", json!({})),
            ("ListStreams", json!({})),
        ]
        .map(|(operation, body)| bench.ok(operation, body))
    };
    let before = told(&bench);
    drop(bench);
    let bench = Bench::kept_in(folder.path());
    assert_eq!(told(&bench), before);
    let third = switch(&bench, "s", "ON_DEMAND").expect_err("a third time");
    assert_eq!(third.0, "LimitExceededException");
}

#[test]
fn a_setting_holds_at_once_while_its_stream_is_updating() {
    let bench = Bench::with_stream(1);
    let slow = Control::Pace(Timing::Aws);
    bench.service.control(slow).expect("told");
    let status = || summary(&bench, "s")["StreamStatus"].clone();
    let tag = |key: &str| {
        bench.ok(
            "AddTagsToStream",
            json!({"StreamName": "s", "Tags": {key: ""}}),
        )
    };
    retain(&bench, "Increase", 48).expect("increased");
    assert_eq!(summary(&bench, "s")["RetentionPeriodHours"], 48);
    assert_eq!(status(), "UPDATING");
    // Records are taken meanwhile, and so are tags, which leave the state as it is.
    bench.put("a");
    tag("while updating");
    assert_eq!(status(), "UPDATING");
    bench.refuses(
        "DecreaseStreamRetentionPeriod",
        json!({"StreamName": "s", "RetentionPeriodHours": 24}),
        "ResourceInUseException",
        "Stream s under account 000000000000 not ACTIVE, instead in state UPDATING",
    );
    bench.pass(30_000);
    assert_eq!(status(), "ACTIVE");
    tag("while active");
    assert_eq!(status(), "ACTIVE");
    let tags = bench.ok("ListTagsForStream", json!({"StreamName": "s"}));
    assert_eq!(tags["Tags"].as_array().map(Vec::len), Some(2));
    assert_eq!(summary(&bench, "s")["RetentionPeriodHours"], 48);
}
