//! What goes out for each request, and what comes back.

use serde_json::{Value, json};

use super::*;
use crate::kinesis::hash_ranges::HashKey;

#[tokio::test]
async fn each_request_is_one_call_under_the_name_of_who_wants_it() {
    let endpoint = Endpoint::saying(json!({
        "StreamNames": [], "HasMoreStreams": false,
        "ShardId": "shardId-000000000000", "SequenceNumber": "1",
        "ShardIterator": "AAAA", "Records": [],
    }))
    .await;
    let client = endpoint.client();
    let timestamp = chrono::DateTime::from_timestamp_millis(1_700_000_000_250).unwrap();
    let digits = SequenceNumber::from("4900");
    let shard = ShardId::from_index(1).to_string();
    let iterator =
        |kind: &str| json!({"StreamName": "clicks", "ShardId": shard, "ShardIteratorType": kind});
    let with = |mut body: Value, name: &str, value: Value| {
        body[name] = value;
        body
    };
    let record =
        json!({"StreamName": "clicks", "PartitionKey": "alice", "Data": "eyJwYWdlIjoxfQ=="});
    let create = Request::CreateStream {
        stream: "clicks".into(),
        shards: 2,
    };
    let calls = [
        (
            Request::ListStreams,
            "ListStreams",
            "panel",
            json!({"Limit": 1000}),
        ),
        (
            create,
            "CreateStream",
            "panel",
            json!({"StreamName": "clicks", "ShardCount": 2}),
        ),
        (
            Request::DeleteStream("clicks".into()),
            "DeleteStream",
            "panel",
            json!({"StreamName": "clicks"}),
        ),
        (
            changed(StreamChange::Split {
                shard: ShardId::from_index(0),
                at: HashKey::MAX,
            }),
            "SplitShard",
            "panel",
            json!({
                "StreamName": "clicks",
                "ShardToSplit": "shardId-000000000000",
                "NewStartingHashKey": "340282366920938463463374607431768211455"
            }),
        ),
        (
            changed(StreamChange::Merge {
                shard: ShardId::from_index(0),
                next: ShardId::from_index(1),
            }),
            "MergeShards",
            "panel",
            json!({
                "StreamName": "clicks",
                "ShardToMerge": "shardId-000000000000",
                "AdjacentShardToMerge": "shardId-000000000001"
            }),
        ),
        (
            changed(StreamChange::Scale { from: 2, to: 4 }),
            "UpdateShardCount",
            "panel",
            json!({
                "StreamName": "clicks",
                "TargetShardCount": 4,
                "ScalingType": "UNIFORM_SCALING"
            }),
        ),
        (
            changed(StreamChange::Retain { from: 24, to: 48 }),
            "IncreaseStreamRetentionPeriod",
            "panel",
            json!({"StreamName": "clicks", "RetentionPeriodHours": 48}),
        ),
        (
            changed(StreamChange::Retain { from: 48, to: 24 }),
            "DecreaseStreamRetentionPeriod",
            "panel",
            json!({"StreamName": "clicks", "RetentionPeriodHours": 24}),
        ),
        (put(Sender::You), "PutRecord", "panel", record.clone()),
        (put(Sender::Auto), "PutRecord", "auto", record),
        (
            open(StartPosition::TrimHorizon),
            "GetShardIterator",
            "worker",
            iterator("TRIM_HORIZON"),
        ),
        (
            open(StartPosition::Latest),
            "GetShardIterator",
            "worker",
            iterator("LATEST"),
        ),
        (
            open(StartPosition::AtTimestamp(timestamp)),
            "GetShardIterator",
            "worker",
            with(
                iterator("AT_TIMESTAMP"),
                "Timestamp",
                json!(1_700_000_000.25),
            ),
        ),
        (
            open(StartPosition::AtSequenceNumber(digits.clone())),
            "GetShardIterator",
            "worker",
            with(
                iterator("AT_SEQUENCE_NUMBER"),
                "StartingSequenceNumber",
                json!("4900"),
            ),
        ),
        (
            open(StartPosition::AfterSequenceNumber(digits)),
            "GetShardIterator",
            "worker",
            with(
                iterator("AFTER_SEQUENCE_NUMBER"),
                "StartingSequenceNumber",
                json!("4900"),
            ),
        ),
        (
            read(),
            "GetRecords",
            "worker",
            json!({"ShardIterator": "AAAA", "Limit": 100}),
        ),
    ];
    for (index, (request, operation, app, body)) in calls.into_iter().enumerate() {
        client.perform(request).await;
        let seen = endpoint.seen();
        assert_eq!(seen.len(), index + 1, "{operation}: one call each");
        let call = &seen[index];
        assert_eq!((call.operation.as_str(), &call.body), (operation, &body));
        let app = format!("app/kinesis-lab-{app}");
        assert!(
            call.user_agent.contains(&app),
            "{operation}: {}",
            call.user_agent
        );
        let own = "AWS4-HMAC-SHA256 Credential=own-key/";
        assert!(
            call.authorization.starts_with(own),
            "{}",
            call.authorization
        );
        assert!(call.authorization.contains("/us-east-1/kinesis/"));
    }
}

#[tokio::test]
async fn a_put_brings_back_its_shard_and_number_and_what_was_put() {
    let endpoint =
        Endpoint::saying(json!({"ShardId": "shardId-000000000001", "SequenceNumber": "4959"}))
            .await;
    let Answer::Sent { put, result } = endpoint.client().perform(put(Sender::You)).await else {
        panic!("not the answer to a put")
    };
    assert_eq!((put.id, put.key.as_str(), put.size), (7, "alice", 10));
    assert_eq!(result, Ok((ShardId::from_index(1), "4959".into())));
}

#[tokio::test]
async fn records_come_with_their_size_their_millisecond_and_no_more_data_than_is_shown() {
    let long = vec![b'x'; MAX_SHOWN_BYTES + 5];
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &long);
    let endpoint = Endpoint::saying(json!({
        "Records": [
            {
                "SequenceNumber": "1", "PartitionKey": "a", "Data": "aGk=",
                "ApproximateArrivalTimestamp": 1_700_000_000.122_999,
            },
            {"SequenceNumber": "2", "PartitionKey": "b", "Data": encoded},
        ],
        "NextShardIterator": "BBBB",
        "MillisBehindLatest": 1500,
    }))
    .await;
    let Answer::Read { reader, result } = endpoint.client().perform(read()).await else {
        panic!("not the answer to a read")
    };
    let batch = result.unwrap();
    assert_eq!(reader, READER);
    assert_eq!(batch.next.as_deref(), Some("BBBB"));
    assert_eq!(batch.millis_behind_latest, Some(1500));
    let [short, long] = &batch.records[..] else {
        panic!("two records")
    };
    assert_eq!((short.data.as_slice(), short.size), (&b"hi"[..], 2));
    assert_eq!(
        short.arrived_at.unwrap().timestamp_millis(),
        1_700_000_000_123
    );
    assert_eq!(
        (long.data.len(), long.size),
        (MAX_SHOWN_BYTES, MAX_SHOWN_BYTES + 5)
    );
    assert_eq!(long.arrived_at, None);
}

#[tokio::test]
async fn a_stream_is_described_with_all_pages_of_its_shards() {
    let endpoint = Endpoint::new(|request| {
        let shard = |index: u32, ending: Value| {
            json!({
                "ShardId": format!("shardId-{index:012}"),
                "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "99"},
                "SequenceNumberRange": {"StartingSequenceNumber": "1", "EndingSequenceNumber": ending},
            })
        };
        ok(&match request.operation.as_str() {
            "DescribeStreamSummary" => json!({"StreamDescriptionSummary": {
                "StreamName": "clicks", "StreamARN": "arn", "StreamStatus": "ACTIVE",
                "RetentionPeriodHours": 24, "StreamCreationTimestamp": 1_700_000_000.0,
                "EnhancedMonitoring": [], "OpenShardCount": 1,
            }}),
            _ if request.body["NextToken"] == "more" => json!({"Shards": [shard(0, json!("5"))]}),
            _ => json!({"Shards": [shard(1, Value::Null)], "NextToken": "more"}),
        })
    })
    .await;
    let described = Request::DescribeStream("clicks".into());
    let Answer::Described { stream, result } = endpoint.client().perform(described).await else {
        panic!("not a description")
    };
    let description = result.unwrap();
    assert_eq!(
        (stream.as_str(), description.status.as_str()),
        ("clicks", "ACTIVE")
    );
    assert_eq!(description.retention_hours, 24);
    let shards: Vec<_> = description
        .shards
        .iter()
        .map(|shard| (shard.id.short(), shard.open))
        .collect();
    assert_eq!(shards, [("0".to_owned(), false), ("1".to_owned(), true)]);
    assert_eq!(description.shards[0].hash_range, ("0".into(), "99".into()));
    let pages: Vec<_> = endpoint
        .seen()
        .into_iter()
        .skip(1)
        .map(|call| call.body)
        .collect();
    assert_eq!(
        pages[0],
        json!({"StreamName": "clicks", "MaxResults": 1000})
    );
    assert_eq!(pages[1], json!({"NextToken": "more", "MaxResults": 1000}));
}

#[tokio::test]
async fn listing_streams_pages_on_and_ends_at_a_thousand() {
    let endpoint = Endpoint::new(|request| {
        let after = request.body["ExclusiveStartStreamName"].as_str();
        let page = after.map_or(0, |name| name[1..].parse::<usize>().unwrap() + 1);
        let names: Vec<_> = (page..page + 400)
            .map(|index| format!("s{index}"))
            .collect();
        ok(&json!({"StreamNames": names, "HasMoreStreams": true}))
    })
    .await;
    let Answer::Streams(names) = endpoint.client().perform(Request::ListStreams).await else {
        panic!("not a list")
    };
    let names = names.unwrap();
    assert_eq!((names.len(), names[999].as_str()), (1_000, "s999"));
    assert_eq!(endpoint.seen().len(), 3);
}

#[tokio::test]
async fn a_refusal_keeps_the_name_and_the_words_of_the_endpoint_and_is_not_tried_again() {
    for (status, code) in [
        (400, "ProvisionedThroughputExceededException"),
        (400, "SomethingNewException"),
        (500, "InternalFailure"),
    ] {
        let body = json!({"__type": code, "message": "Rate exceeded."}).to_string();
        let endpoint =
            Endpoint::new(move |_| (status, "application/x-amz-json-1.1", body.clone())).await;
        let refused = error(endpoint.client().perform(put(Sender::You)).await);
        let expected = CallError::Refused {
            code: code.into(),
            message: "Rate exceeded.".into(),
        };
        assert_eq!(refused, expected);
        assert_eq!(endpoint.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_stream_whose_shards_cannot_be_listed_yet_is_described_without_them() {
    let endpoint = Endpoint::new(|request| match request.operation.as_str() {
        "DescribeStreamSummary" => ok(&json!({"StreamDescriptionSummary": {
            "StreamName": "clicks", "StreamStatus": "CREATING",
        }})),
        _ => (
            400,
            "application/x-amz-json-1.1",
            json!({"__type": "ResourceInUseException"}).to_string(),
        ),
    })
    .await;
    let described = Request::DescribeStream("clicks".into());
    let Answer::Described { result, .. } = endpoint.client().perform(described).await else {
        panic!("not a description")
    };
    let description = result.unwrap();
    assert_eq!(
        (description.status.as_str(), description.shards.len()),
        ("CREATING", 0)
    );
}
