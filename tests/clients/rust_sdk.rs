//! aws-sdk-kinesis, the lab's own client: every operation, the main errors, and the largest requests.

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::retry::RetryConfig;
use aws_sdk_kinesis::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kinesis::primitives::{Blob, DateTime};
use aws_sdk_kinesis::types::{
    PutRecordsRequestEntry, Record, ShardIteratorType, StreamMode, StreamModeDetails, StreamStatus,
};
use aws_smithy_http_client::Builder;
use kinesis_lab::kinesis::feed::Detail;
use libtest_mimic::Trial;

use crate::lab::{self, Lab};

pub fn tests() -> Vec<Trial> {
    vec![
        lab::test(
            "rust: a stream's life from creation to deletion",
            a_streams_life,
        ),
        lab::test("rust: all five iterator types", iterator_types),
        lab::test("rust: the main errors by name and words", errors),
        lab::test(
            "rust: the largest batch goes in and comes out",
            the_largest_batch,
        ),
        lab::test("rust: regions are worlds of their own", regions),
        lab::test("rust: the feed tells each call with its place", the_feed),
        lab::test("rust: many writers lose nothing", many_writers),
    ]
}

fn client(lab: &Lab, region: &'static str) -> Client {
    client_with(lab, region, RetryConfig::disabled())
}

pub fn client_that_retries(lab: &Lab, retries: RetryConfig) -> Client {
    client_with(lab, "us-east-1", retries)
}

fn client_with(lab: &Lab, region: &'static str, retries: RetryConfig) -> Client {
    Client::from_conf(
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(lab.url())
            .region(Region::new(region))
            .credentials_provider(Credentials::new("rust", "rust", None, None, "test"))
            .http_client(Builder::new().build_http())
            .retry_config(retries)
            .build(),
    )
}

/// A lab with a client and a stream `s`.
pub async fn lab_with_stream(shards: i32) -> (Lab, Client) {
    let lab = Lab::start();
    let client = client(&lab, "us-east-1");
    client
        .create_stream()
        .stream_name("s")
        .shard_count(shards)
        .send()
        .await
        .expect("created");
    (lab, client)
}

async fn put(client: &Client, key: &str) -> String {
    let put = client
        .put_record()
        .stream_name("s")
        .partition_key(key)
        .data(Blob::new(key))
        .send()
        .await
        .expect("put");
    put.sequence_number().to_owned()
}

async fn read(client: &Client, iterator: Option<String>) -> (Vec<Record>, Option<String>) {
    let answer = client
        .get_records()
        .set_shard_iterator(iterator)
        .send()
        .await
        .expect("read");
    let next = answer.next_shard_iterator().map(str::to_owned);
    (answer.records, next)
}

async fn a_streams_life() {
    let (_lab, client) = lab_with_stream(3).await;
    let described = client
        .describe_stream()
        .stream_name("s")
        .send()
        .await
        .expect("described");
    let description = described.stream_description().expect("a description");
    assert_eq!(description.stream_status(), &StreamStatus::Active);
    assert_eq!(description.shards().len(), 3);
    assert_eq!(description.retention_period_hours(), 24);
    let summary = client
        .describe_stream_summary()
        .stream_arn(description.stream_arn())
        .send()
        .await
        .expect("summarised");
    let summary = summary.stream_description_summary().expect("a summary");
    assert_eq!(summary.open_shard_count(), 3);
    let shards = client
        .list_shards()
        .stream_name("s")
        .max_results(2)
        .send()
        .await
        .expect("listed");
    assert_eq!(shards.shards().len(), 2);
    let rest = client
        .list_shards()
        .next_token(shards.next_token().expect("a token"))
        .send()
        .await
        .expect("listed");
    assert_eq!(rest.shards()[0].shard_id(), "shardId-000000000002");

    client
        .create_stream()
        .stream_name("on-demand")
        .stream_mode_details(
            StreamModeDetails::builder()
                .stream_mode(StreamMode::OnDemand)
                .build()
                .expect("a mode"),
        )
        .send()
        .await
        .expect("created");
    let streams = client.list_streams().send().await.expect("listed");
    assert_eq!(streams.stream_names(), ["on-demand", "s"]);
    assert_eq!(streams.stream_summaries().len(), 2);

    client
        .delete_stream()
        .stream_name("s")
        .send()
        .await
        .expect("deleted");
    let streams = client.list_streams().send().await.expect("listed");
    assert_eq!(streams.stream_names(), ["on-demand"]);
}

async fn iterator_types() {
    let (_lab, client) = lab_with_stream(1).await;
    let latest_of_nothing = iterator(&client, ShardIteratorType::Latest, None, None).await;
    let numbers = [put(&client, "a").await, put(&client, "b").await];
    assert!(numbers[0] < numbers[1]);
    let keys = |records: Vec<Record>| -> Vec<String> {
        records
            .iter()
            .map(|record| record.partition_key().unwrap_or_default().to_owned())
            .collect()
    };
    let (records, next) = read(&client, latest_of_nothing).await;
    let arrived = *records[1].approximate_arrival_timestamp().expect("a time");
    assert_eq!(records[0].data().as_ref(), b"a");
    assert_eq!(keys(records), ["a", "b"]);
    assert!(next.is_some());
    let number = Some(numbers[0].clone());
    for (kind, number, time, expected) in [
        (ShardIteratorType::TrimHorizon, None, None, &["a", "b"][..]),
        (ShardIteratorType::Latest, None, None, &[]),
        (
            ShardIteratorType::AtSequenceNumber,
            number.clone(),
            None,
            &["a", "b"],
        ),
        (ShardIteratorType::AfterSequenceNumber, number, None, &["b"]),
        (
            ShardIteratorType::AtTimestamp,
            None,
            Some(DateTime::from_secs(0)),
            &["a", "b"],
        ),
    ] {
        let iterator = iterator(&client, kind.clone(), number, time).await;
        assert_eq!(keys(read(&client, iterator).await.0), expected, "{kind}");
    }
    let since = iterator(&client, ShardIteratorType::AtTimestamp, None, Some(arrived)).await;
    assert!(keys(read(&client, since).await.0).contains(&"b".to_owned()));
}

async fn iterator(
    client: &Client,
    kind: ShardIteratorType,
    number: Option<String>,
    time: Option<DateTime>,
) -> Option<String> {
    let answer = client
        .get_shard_iterator()
        .stream_name("s")
        .shard_id("shardId-000000000000")
        .shard_iterator_type(kind)
        .set_starting_sequence_number(number)
        .set_timestamp(time)
        .send()
        .await
        .expect("an iterator");
    answer.shard_iterator
}

async fn errors() {
    let (_lab, client) = lab_with_stream(1).await;
    let create = client.create_stream().stream_name("s").shard_count(1);
    check(
        create.send().await,
        "ResourceInUseException",
        "already exists",
    );
    let create = client.create_stream().stream_name("t").shard_count(1001);
    check(create.send().await, "LimitExceededException", "Limit: 1000");
    let create = client
        .create_stream()
        .stream_name("not a name")
        .shard_count(1);
    check(
        create.send().await,
        "ValidationException",
        "regular expression pattern",
    );
    let describe = client.describe_stream().stream_name("t");
    check(
        describe.send().await,
        "ResourceNotFoundException",
        "Stream t under account",
    );
    let get = client.get_records().shard_iterator("nonsense");
    check(
        get.send().await,
        "InvalidArgumentException",
        "Invalid ShardIterator.",
    );
    let consumers = client
        .list_stream_consumers()
        .stream_arn("arn:aws:kinesis:us-east-1:000000000000:stream/s");
    check(
        consumers.send().await,
        "UnknownOperationException",
        "not supported by kinesis-lab",
    );
    let put = client.put_record().stream_name("s").data(Blob::new("x"));
    check(
        put.send().await,
        "ValidationException",
        "Value null at 'partitionKey' failed to satisfy constraint: Member must not be null",
    );
    let put = client
        .put_record()
        .stream_name("s")
        .partition_key("k")
        .data(Blob::new(vec![0; 1_048_577]));
    check(
        put.send().await,
        "ValidationException",
        "less than or equal to 1048576",
    );
}

fn check<O, E, R>(result: Result<O, SdkError<E, R>>, code: &str, words: &str)
where
    E: ProvideErrorMetadata,
{
    let Err(error) = result else {
        panic!("{code} was due");
    };
    assert_eq!(error.code(), Some(code));
    let message = error.message().unwrap_or_default();
    assert!(message.contains(words), "{message}");
}

async fn the_largest_batch() {
    let (_lab, client) = lab_with_stream(1).await;
    // 500 records that reach the limit of 10 MiB to the byte, each with a key of one byte.
    let data = 10_485_760 / 500 - 1;
    let entries = (0..500).map(|index| {
        let data = data + usize::from(index < 10_485_760 % 500);
        PutRecordsRequestEntry::builder()
            .partition_key("k")
            .data(Blob::new(vec![index as u8; data]))
            .build()
            .expect("an entry")
    });
    let answer = client
        .put_records()
        .stream_name("s")
        .set_records(Some(entries.collect()))
        .send()
        .await
        .expect("put");
    assert_eq!(answer.failed_record_count(), Some(0));
    assert_eq!(answer.records().len(), 500);
    let start = iterator(&client, ShardIteratorType::TrimHorizon, None, None).await;
    let (records, _) = read(&client, start).await;
    assert_eq!(records.len(), 500);
    for (record, answer) in records.iter().zip(answer.records()) {
        assert_eq!(Some(record.sequence_number()), answer.sequence_number());
    }
}

async fn regions() {
    let (lab, here) = lab_with_stream(1).await;
    let there = client(&lab, "eu-west-1");
    let listed = there.list_streams().send().await.expect("listed");
    assert!(listed.stream_names().is_empty());
    there
        .create_stream()
        .stream_name("s")
        .shard_count(1)
        .send()
        .await
        .expect("created");
    there
        .delete_stream()
        .stream_name("s")
        .send()
        .await
        .expect("deleted");
    let listed = here.list_streams().send().await.expect("listed");
    assert_eq!(listed.stream_names(), ["s"]);
}

async fn the_feed() {
    let (mut lab, client) = lab_with_stream(2).await;
    let number = put(&client, "bob").await;
    let calls = lab.calls();
    assert_eq!(calls.len(), 2);
    let call = &calls[1];
    assert_eq!(call.operation, "PutRecord");
    assert!(
        call.caller.user_agent.contains("aws-sdk-rust"),
        "{}",
        call.caller.user_agent
    );
    assert_eq!(call.caller.access_key, "rust");
    assert!(!call.caller.http2);
    let Detail::Put(entries) = &call.detail else {
        panic!("not a put");
    };
    let (shard, given) = entries[0].result.as_ref().expect("stored");
    assert_eq!(
        (shard.as_str(), given.as_str()),
        ("shardId-000000000001", number.as_str())
    );
    assert_eq!(
        (entries[0].key.as_str(), entries[0].head.as_slice()),
        ("bob", &b"bob"[..])
    );
}

async fn many_writers() {
    let (_lab, client) = lab_with_stream(1).await;
    let writers = (0..8).map(|writer| {
        let client = client.clone();
        tokio::spawn(async move {
            let mut last = String::new();
            for count in 0..25 {
                let number = put(&client, &format!("{writer}-{count}")).await;
                assert!(number > last, "each writer sees growing numbers");
                last = number;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("a writer");
    }
    let start = iterator(&client, ShardIteratorType::TrimHorizon, None, None).await;
    let (records, _) = read(&client, start).await;
    assert_eq!(records.len(), 200);
    let grows = |pair: &[Record]| pair[0].sequence_number() < pair[1].sequence_number();
    assert!(records.windows(2).all(grows));
}
