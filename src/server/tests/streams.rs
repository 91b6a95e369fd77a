//! Creating, describing, listing and deleting streams.

use serde_json::json;

use super::{Bench, START_MS, text};

#[test]
fn a_stream_is_active_before_its_creation_is_answered() {
    let bench = Bench::with_stream(2);
    let answer = bench.ok("DescribeStream", json!({"StreamName": "s"}));
    let start = |shard: u32| {
        [
            "49680467729295203159552925329852707634575199691427807234",
            "49680467729317503904751455952994243352847848052933787666",
        ][shard as usize]
    };
    assert_eq!(
        answer["StreamDescription"],
        json!({
            "StreamName": "s",
            "StreamARN": "arn:aws:kinesis:us-east-1:000000000000:stream/s",
            "StreamStatus": "ACTIVE",
            "StreamModeDetails": {"StreamMode": "PROVISIONED"},
            "StreamCreationTimestamp": START_MS as f64 / 1000.0,
            "Shards": [
                {
                    "ShardId": "shardId-000000000000",
                    "HashKeyRange": {
                        "StartingHashKey": "0",
                        "EndingHashKey": "170141183460469231731687303715884105727"
                    },
                    "SequenceNumberRange": {"StartingSequenceNumber": start(0)}
                },
                {
                    "ShardId": "shardId-000000000001",
                    "HashKeyRange": {
                        "StartingHashKey": "170141183460469231731687303715884105728",
                        "EndingHashKey": "340282366920938463463374607431768211455"
                    },
                    "SequenceNumberRange": {"StartingSequenceNumber": start(1)}
                }
            ],
            "HasMoreShards": false,
            "RetentionPeriodHours": 24,
            "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
            "EncryptionType": "NONE"
        })
    );
    let summary = bench.ok("DescribeStreamSummary", json!({"StreamName": "s"}));
    let summary = &summary["StreamDescriptionSummary"];
    assert_eq!(summary["OpenShardCount"], 2);
    assert_eq!(summary["StreamStatus"], "ACTIVE");
    assert_eq!(summary["RetentionPeriodHours"], 24);
}

#[test]
fn a_name_is_taken_once_in_each_region() {
    let bench = Bench::with_stream(1);
    bench.refuses(
        "CreateStream",
        json!({"StreamName": "s", "ShardCount": 1}),
        "ResourceInUseException",
        "Stream s under account 000000000000 already exists.",
    );
    let elsewhere = bench.call_in(
        "eu-west-1",
        "CreateStream",
        r#"{"StreamName": "s", "ShardCount": 1}"#,
    );
    assert_eq!(elsewhere.status(), 200);
    assert!(elsewhere.body().is_empty(), "an empty body, not {{}}");
    assert_eq!(
        bench.ok("ListStreams", json!({}))["StreamSummaries"][0]["StreamARN"],
        "arn:aws:kinesis:us-east-1:000000000000:stream/s"
    );
}

#[test]
fn what_does_not_exist_is_not_found() {
    let bench = Bench::new();
    let arn = "arn:aws:kinesis:us-east-1:000000000000:stream/t";
    for (operation, body) in [
        ("DescribeStream", json!({})),
        ("DescribeStreamSummary", json!({})),
        ("DeleteStream", json!({})),
        ("ListShards", json!({})),
        ("PutRecord", json!({"PartitionKey": "a", "Data": ""})),
        (
            "PutRecords",
            json!({"Records": [{"PartitionKey": "a", "Data": ""}]}),
        ),
    ] {
        for (member, called) in [("StreamName", "t"), ("StreamARN", arn)] {
            let mut body = body.clone();
            body[member] = called.into();
            let words = format!("Stream {called} under account 000000000000 not found.");
            bench.refuses(operation, body, "ResourceNotFoundException", &words);
        }
    }
}

#[test]
fn an_unknown_shard_is_told_apart_from_an_unreadable_one() {
    let bench = Bench::with_stream(1);
    let refuses = |id: &str, words: &str| {
        bench.refuses(
            "GetShardIterator",
            json!({"StreamName": "s", "ShardId": id, "ShardIteratorType": "LATEST"}),
            "ResourceNotFoundException",
            words,
        );
    };
    refuses(
        "shardId-5",
        "Shard shardId-000000000005 in stream s under account 000000000000 does not exist",
    );
    refuses(
        "shard",
        "Could not find shard shard in stream s under account 000000000000.",
    );
}

#[test]
fn an_arn_names_a_stream_as_well_as_its_name_does() {
    let bench = Bench::with_stream(1);
    let arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    bench.ok("DescribeStreamSummary", json!({"StreamARN": arn}));
    bench.ok(
        "DescribeStreamSummary",
        json!({"StreamARN": arn, "StreamName": "s"}),
    );
    let told = bench.refused(
        "DescribeStreamSummary",
        json!({"StreamARN": arn, "StreamName": "t"}),
    );
    assert_eq!(told.0, "InvalidArgumentException");
    for elsewhere in [
        "arn:aws:kinesis:eu-west-1:000000000000:stream/s",
        "arn:aws:kinesis:us-east-1:123456789012:stream/s",
    ] {
        let told = bench.refused("DescribeStreamSummary", json!({"StreamARN": elsewhere}));
        assert_eq!(told.0, "ResourceNotFoundException", "{elsewhere}");
    }
}

#[test]
fn a_mode_decides_who_counts_shards() {
    let bench = Bench::new();
    let create = |name: &str, body: serde_json::Value| {
        let mut body = body;
        body["StreamName"] = name.into();
        bench.answer("CreateStream", &body.to_string())
    };
    let on_demand = json!({"StreamMode": "ON_DEMAND"});
    let provisioned = json!({"StreamMode": "PROVISIONED"});
    assert!(create("a", json!({"StreamModeDetails": on_demand})).is_ok());
    assert!(create("b", json!({})).is_ok());
    assert!(
        create(
            "c",
            json!({"StreamModeDetails": provisioned, "ShardCount": 3})
        )
        .is_ok()
    );
    for body in [
        json!({"StreamModeDetails": provisioned}),
        json!({"StreamModeDetails": on_demand, "ShardCount": 3}),
    ] {
        assert!(create("d", body).is_err_and(|(code, _)| code == "ValidationException"));
    }
    for (name, mode, shards) in [
        ("a", "ON_DEMAND", 4),
        ("b", "ON_DEMAND", 4),
        ("c", "PROVISIONED", 3),
    ] {
        let summary = bench.ok("DescribeStreamSummary", json!({"StreamName": name}));
        let summary = &summary["StreamDescriptionSummary"];
        assert_eq!(summary["StreamModeDetails"]["StreamMode"], mode);
        assert_eq!(summary["OpenShardCount"], shards);
    }
}

#[test]
fn what_the_server_does_not_have_is_refused_not_ignored() {
    let bench = Bench::new();
    for (member, value) in [
        ("WarmThroughputMiBps", json!(1)),
        ("RecordDistributionStrategy", json!("AUTO")),
    ] {
        let told = bench.refused(
            "CreateStream",
            json!({"StreamName": "s", "ShardCount": 1, member: value}),
        );
        assert_eq!(told.0, "InvalidArgumentException", "{member}");
        assert!(
            told.1.contains("not supported by kinesis-lab"),
            "{}",
            told.1
        );
    }
    bench.ok(
        "CreateStream",
        json!({"StreamName": "s", "ShardCount": 1, "MaxRecordSizeInKiB": 1024}),
    );
}

#[test]
fn streams_are_listed_by_name_in_pages() {
    let bench = Bench::new();
    for name in ["b", "a", "c", "a1"] {
        bench.ok("CreateStream", json!({"StreamName": name, "ShardCount": 1}));
    }
    let first = bench.ok("ListStreams", json!({"Limit": 3}));
    assert_eq!(first["StreamNames"], json!(["a", "a1", "b"]));
    assert_eq!(first["HasMoreStreams"], true);
    assert_eq!(first["StreamSummaries"][2]["StreamName"], "b");
    let token = text(&first["NextToken"]);
    let rest = bench.ok("ListStreams", json!({"NextToken": token}));
    assert_eq!(rest["StreamNames"], json!(["c"]));
    assert_eq!(rest["HasMoreStreams"], false);
    assert_eq!(rest["NextToken"], json!(null));
    let after = bench.ok("ListStreams", json!({"ExclusiveStartStreamName": "a1"}));
    assert_eq!(after["StreamNames"], json!(["b", "c"]));
    bench.pass(300_001);
    let told = bench.refused("ListStreams", json!({"NextToken": token}));
    assert_eq!(told.0, "ExpiredNextTokenException");
}

#[test]
fn shards_are_described_a_hundred_at_a_time() {
    let bench = Bench::with_stream(150);
    let page = |body: serde_json::Value| {
        let answer = bench.ok("DescribeStream", body);
        let shards = answer["StreamDescription"]["Shards"].clone();
        let shards = shards.as_array().expect("a list");
        (
            shards.len(),
            text(&shards[shards.len() - 1]["ShardId"]),
            answer["StreamDescription"]["HasMoreShards"] == true,
        )
    };
    let (count, last, more) = page(json!({"StreamName": "s", "Limit": 10_000}));
    assert_eq!(
        (count, last.as_str(), more),
        (100, "shardId-000000000099", true)
    );
    let (count, last, more) = page(json!({"StreamName": "s", "ExclusiveStartShardId": last}));
    assert_eq!(
        (count, last.as_str(), more),
        (50, "shardId-000000000149", false)
    );
    let (count, _, more) = page(json!({"StreamName": "s", "Limit": 7}));
    assert_eq!((count, more), (7, true));
}

#[test]
fn shards_are_listed_in_pages_that_hold_to_their_stream() {
    let bench = Bench::with_stream(5);
    let first = bench.ok("ListShards", json!({"StreamName": "s", "MaxResults": 3}));
    assert_eq!(first["Shards"].as_array().map(Vec::len), Some(3));
    let token = text(&first["NextToken"]);
    let rest = bench.ok("ListShards", json!({"NextToken": token, "MaxResults": 3}));
    assert_eq!(rest["Shards"][0]["ShardId"], "shardId-000000000003");
    assert_eq!(rest["Shards"].as_array().map(Vec::len), Some(2));
    assert_eq!(rest["NextToken"], json!(null));

    for (member, value) in [
        ("StreamName", json!("s")),
        (
            "StreamARN",
            json!("arn:aws:kinesis:us-east-1:000000000000:stream/s"),
        ),
        ("ExclusiveStartShardId", json!("shardId-000000000000")),
        ("StreamCreationTimestamp", json!(START_MS / 1000)),
    ] {
        bench.refuses(
            "ListShards",
            json!({"NextToken": token, member: value}),
            "InvalidArgumentException",
            &format!("NextToken and {member} cannot be provided together."),
        );
    }
    bench.refuses(
        "ListShards",
        json!({}),
        "InvalidArgumentException",
        "Either NextToken or StreamName should be provided.",
    );
    bench.ok("DeleteStream", json!({"StreamName": "s"}));
    bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 5}));
    let told = bench.refused("ListShards", json!({"NextToken": token}));
    assert_eq!(told.0, "ResourceNotFoundException");
    bench.pass(300_001);
    let told = bench.refused("ListShards", json!({"NextToken": token}));
    assert_eq!(told.0, "ExpiredNextTokenException");
}

#[test]
fn shard_filters_pass_open_shards() {
    let bench = Bench::with_stream(3);
    let count = |filter: serde_json::Value| {
        let answer = bench.ok(
            "ListShards",
            json!({"StreamName": "s", "ShardFilter": filter}),
        );
        answer["Shards"].as_array().map(Vec::len)
    };
    for kind in ["AT_LATEST", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON"] {
        assert_eq!(count(json!({"Type": kind})), Some(3), "{kind}");
    }
    assert_eq!(
        count(json!({"Type": "FROM_TIMESTAMP", "Timestamp": 1_795_372_800})),
        Some(3)
    );
    assert_eq!(
        count(json!({"Type": "AFTER_SHARD_ID", "ShardId": "shardId-000000000001"})),
        Some(1)
    );
    for kind in ["AFTER_SHARD_ID", "AT_TIMESTAMP"] {
        let told = bench.refused(
            "ListShards",
            json!({"StreamName": "s", "ShardFilter": {"Type": kind}}),
        );
        assert_eq!(told.0, "InvalidArgumentException", "{kind}");
    }
}

#[test]
fn a_creation_time_picks_the_stream_that_is_meant() {
    let bench = Bench::with_stream(1);
    let list = |time: i64| {
        bench.answer(
            "ListShards",
            &json!({"StreamName": "s", "StreamCreationTimestamp": time}).to_string(),
        )
    };
    assert!(list(START_MS / 1000).is_ok());
    assert!(list(START_MS / 1000 - 60).is_err_and(|(code, _)| code == "ResourceNotFoundException"));
}
