//! The client against hand-made endpoints on loopback: what goes out, what comes back, and what goes wrong.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::connect::local;
use super::settings::Remote;
use super::*;
use crate::app::message::{MAX_SHOWN_BYTES, Put, ReaderId, Sender};
use crate::app::{Answer, ConnectionKind, Request};
use crate::kinesis::{CallError, SequenceNumber, ShardId, StartPosition};

/// A request as it arrived.
#[derive(Debug, Clone)]
struct Seen {
    operation: String,
    user_agent: String,
    authorization: String,
    body: Value,
}

/// What the hand-made endpoint answers: status, content type, body.
type Reply = (u16, &'static str, String);

/// An endpoint that answers as the test says, and remembers what it was asked.
struct Endpoint {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Endpoint {
    async fn new(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (seen.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (log.clone(), answer.clone());
                let service = service_fn(move |request: http::Request<Incoming>| {
                    let (log, answer) = (log.clone(), answer.clone());
                    async move {
                        let request = Seen::from(request).await;
                        log.lock().unwrap().push(request.clone());
                        let (status, kind, body) = answer(&request);
                        http::Response::builder()
                            .status(status)
                            .header(CONTENT_TYPE, kind)
                            .body(Full::new(Bytes::from(body)))
                    }
                });
                tokio::spawn(async move {
                    auto::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await
                });
            }
        });
        Self { address, seen }
    }

    /// An endpoint that gives the same JSON to everything.
    async fn saying(body: Value) -> Self {
        Self::new(move |_| ok(&body)).await
    }

    fn client(&self) -> Client {
        connect_embedded(self.address, "own-key").0
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Seen {
    async fn from(request: http::Request<Incoming>) -> Self {
        let header = |name: &str| {
            let value = request.headers().get(name);
            value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        Self {
            operation: header("x-amz-target").replace("Kinesis_20131202.", ""),
            user_agent: header(USER_AGENT.as_str()),
            authorization: header(AUTHORIZATION.as_str()),
            body: {
                let body = request.into_body().collect().await.unwrap().to_bytes();
                serde_json::from_slice(&body).unwrap_or(Value::Null)
            },
        }
    }
}

fn ok(body: &Value) -> Reply {
    (200, "application/x-amz-json-1.1", body.to_string())
}

fn put(by: Sender) -> Request {
    Request::PutRecord(Put {
        id: 7,
        by,
        stream: "clicks".into(),
        key: "alice".into(),
        data: "{\"page\":1}".into(),
    })
}

const READER: ReaderId = ReaderId { run: 3, index: 1 };

fn read() -> Request {
    Request::GetRecords {
        reader: READER,
        iterator: "AAAA".into(),
        limit: 100,
    }
}

fn open(start: StartPosition) -> Request {
    Request::OpenIterator {
        reader: READER,
        stream: "clicks".into(),
        shard: ShardId::from_index(1),
        start,
    }
}

/// The error of an answer, whatever it answers.
fn error(answer: Answer) -> CallError {
    match answer {
        Answer::Streams(result) => result.map(drop),
        Answer::Described { result, .. } => result.map(drop),
        Answer::Created { result, .. } | Answer::Deleted { result, .. } => result,
        Answer::Sent { result, .. } => result.map(drop),
        Answer::Opened { result, .. } => result.map(drop),
        Answer::Read { result, .. } => result.map(drop),
        Answer::Account(result) => result.map(drop),
    }
    .unwrap_err()
}

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
    let iterator = |kind: &str| json!({"StreamName": "clicks", "ShardId": "shardId-000000000001", "ShardIteratorType": kind});
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
            {"SequenceNumber": "1", "PartitionKey": "a", "Data": "aGk=", "ApproximateArrivalTimestamp": 1_700_000_000.122_999_9},
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

#[tokio::test]
async fn what_is_no_kinesis_answer_is_called_nonsense() {
    let html = "<html>It works!</html>";
    let everything = || {
        [
            Request::ListStreams,
            Request::DescribeStream("clicks".into()),
            Request::CreateStream {
                stream: "clicks".into(),
                shards: 1,
            },
            Request::DeleteStream("clicks".into()),
            put(Sender::You),
            open(StartPosition::Latest),
            read(),
        ]
    };
    for status in [200, 404, 500] {
        let endpoint = Endpoint::new(move |_| (status, "text/html", html.to_owned())).await;
        for request in everything() {
            let asked = format!("{request:?}");
            let found = error(endpoint.client().perform(request).await);
            let expected = CallError::Nonsense {
                why: format!(
                    "http://{} answered HTTP {status} with text/html, which is not the Kinesis API",
                    endpoint.address
                ),
            };
            assert_eq!(found, expected, "{asked}");
        }
    }
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_nonsense() {
    let endpoint = Endpoint::saying(json!({})).await;
    for request in [
        Request::DescribeStream("clicks".into()),
        put(Sender::You),
        open(StartPosition::Latest),
    ] {
        let found = error(endpoint.client().perform(request).await);
        assert!(matches!(found, CallError::Nonsense { .. }), "{found:?}");
    }
}

/// Listens, and does with each connection what the test says.
async fn listener<F>(behave: impl Fn(tokio::net::TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream));
        }
    });
    address
}

async fn answer_with(mut stream: tokio::net::TcpStream, words: &'static [u8]) {
    let mut request = [0; 64 * 1024];
    let _ = stream.read(&mut request).await;
    let _ = stream.write_all(words).await;
}

/// A client for any URL, unguarded as for `--endpoint-url`.
async fn remote(url: &str, answer_within: Duration) -> Client {
    let endpoint = Remote::Endpoint {
        url: url.to_owned(),
        region: None,
        profile: None,
    };
    let transport = Transport {
        answer_within,
        ..Transport::to_anywhere()
    };
    let (client, connection) = connect(&endpoint, transport).await.unwrap();
    assert_eq!(connection.kind, ConnectionKind::Endpoint);
    assert_eq!(connection.region, "us-east-1");
    client
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn no_answer_is_told_in_a_sentence() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let silent = listener(async |stream| {
        let _stream = stream;
        std::future::pending().await
    })
    .await;
    let hanging_up = listener(|stream| answer_with(stream, b"")).await;
    let breaking_off = listener(|stream| {
        answer_with(
            stream,
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"Str",
        )
    })
    .await;
    let cases = [
        (
            format!("http://{closed}"),
            LONG,
            format!("nothing listens at http://{closed}"),
        ),
        (
            format!("http://{silent}"),
            Duration::from_millis(300),
            format!("no answer from http://{silent} within 0.3 s"),
        ),
        (
            format!("http://{hanging_up}"),
            LONG,
            format!("http://{hanging_up} closed the connection without an answer"),
        ),
        (
            format!("http://{breaking_off}"),
            LONG,
            format!(
                "http://{breaking_off} broke the connection off in the middle of its answer (HTTP 200)"
            ),
        ),
        (
            "http://no-such-host.invalid:4566".to_owned(),
            LONG,
            "the host name of http://no-such-host.invalid:4566 is not known here".to_owned(),
        ),
    ];
    for (url, patience, why) in cases {
        let client = remote(&url, patience).await;
        let found = error(client.perform(Request::ListStreams).await);
        assert_eq!(found, CallError::NoAnswer { why });
    }
}

#[tokio::test]
async fn a_host_without_tls_or_without_http_is_told_apart() {
    let plain = listener(|stream| answer_with(stream, b"HTTP/1.1 400 Bad Request\r\n\r\n")).await;
    let client = remote(&format!("https://{plain}"), LONG).await;
    let found = error(client.perform(Request::ListStreams).await);
    assert!(
        found.words().starts_with(&format!(
            "no secure connection (TLS) with https://{plain}: "
        )),
        "{found:?}"
    );

    let ssh = listener(|stream| answer_with(stream, b"SSH-2.0-OpenSSH_9.9\r\n")).await;
    let client = remote(&format!("http://{ssh}"), LONG).await;
    let found = error(client.perform(Request::ListStreams).await);
    let why = format!("what answers at http://{ssh} does not speak HTTP");
    assert_eq!(found, CallError::Nonsense { why });
}

#[tokio::test]
async fn a_local_lab_pointed_at_aws_by_mistake_sends_nothing() {
    for url in [
        "https://kinesis.us-east-1.amazonaws.com",
        "http://kinesis.us-east-1.amazonaws.com",
        "http://localhost:4567",
        "http://192.0.2.1",
    ] {
        let (client, _) = local(url.to_owned(), "own-key", Transport::to_loopback());
        let found = error(client.perform(put(Sender::You)).await);
        assert!(
            matches!(found, CallError::KeptBack { .. }),
            "{url}: {found:?}"
        );
    }
}
