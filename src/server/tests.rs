//! The service called directly: no sockets, no SDK, and a clock that the test sets.

mod arns;
mod controls;
mod data_plane;
mod feed;
mod fidelity;
mod limits;
mod lineage;
mod model;
mod rates;
mod regions;
mod requests;
mod resharding;
mod settings;
mod shapes;
mod states;
mod streams;
mod tags;
mod types;
mod writing_and_reading;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};
use serde_json::{Value, json};

use super::{Connection, DiskOptions, Limits, Service};

/// 2026-11-22T18:40:00Z, the creation time in the sequence numbers' vectors.
const START_MS: i64 = 1_795_372_800_000;

type Clock = Box<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// A service with one caller.
struct Bench {
    service: Service,
    connection: Connection,
    now_ms: Arc<AtomicI64>,
}

impl Bench {
    fn new() -> Self {
        Self::with(&Limits::without_rates())
    }

    fn with(limits: &Limits) -> Self {
        Self::of(|clock| Service::new(clock, limits))
    }

    /// A bench whose streams are kept in a folder.
    fn kept_in(folder: &Path) -> Self {
        let options = DiskOptions {
            folder: folder.to_owned(),
            fsync: false,
        };
        Self::of(|clock| {
            let opened = Service::open(clock, &Limits::without_rates(), &options);
            let (service, damage) = opened.expect("a sound store");
            assert!(damage.is_empty(), "{damage:?}");
            service
        })
    }

    fn of(make: impl FnOnce(Clock) -> Service) -> Self {
        let now_ms = Arc::new(AtomicI64::new(START_MS));
        let clock = Arc::clone(&now_ms);
        let service = make(Box::new(move || {
            DateTime::<Utc>::from_timestamp_millis(clock.load(Ordering::Relaxed)).expect("a time")
        }));
        let connection = service.connect();
        Self {
            service,
            connection,
            now_ms,
        }
    }

    /// A bench with a stream `s`.
    fn with_stream(shards: u32) -> Self {
        let bench = Self::new();
        bench.ok(
            "CreateStream",
            json!({"StreamName": "s", "ShardCount": shards}),
        );
        bench
    }

    fn pass(&self, milliseconds: i64) {
        self.now_ms.fetch_add(milliseconds, Ordering::Relaxed);
    }

    fn call_in(&self, region: &str, operation: &str, body: &str) -> Response<Bytes> {
        let request = signed(region, operation).body(Bytes::from(body.to_owned()));
        self.service
            .call(&self.connection, request.expect("a request"))
            .response
    }

    fn answer(&self, operation: &str, body: &str) -> Result<Value, (String, String)> {
        read_answer(&self.call_in("us-east-1", operation, body))
    }

    fn ok(&self, operation: &str, body: Value) -> Value {
        self.answer(operation, &body.to_string())
            .unwrap_or_else(|error| panic!("{operation} {body}: {error:?}"))
    }

    fn refused(&self, operation: &str, body: Value) -> (String, String) {
        match self.answer(operation, &body.to_string()) {
            Ok(answer) => panic!("{operation} {body} was answered: {answer}"),
            Err(error) => error,
        }
    }

    /// Asserts that the call is refused with this error and these words.
    fn refuses(&self, operation: &str, body: Value, code: &str, words: &str) {
        let (told_code, told_words) = self.refused(operation, body.clone());
        assert_eq!(
            (told_code.as_str(), told_words.as_str()),
            (code, words),
            "{operation} {body}"
        );
    }

    /// Puts a record with `x` as data; returns its sequence number.
    fn put(&self, key: &str) -> String {
        let answer = self.ok(
            "PutRecord",
            json!({"StreamName": "s", "PartitionKey": key, "Data": "eA=="}),
        );
        text(&answer["SequenceNumber"])
    }

    /// Takes an iterator on shard 0 of `s`.
    fn iterator(&self, kind: &str) -> String {
        self.iterator_with(json!({"ShardIteratorType": kind}))
    }

    fn iterator_with(&self, start: Value) -> String {
        let mut body = json!({"StreamName": "s", "ShardId": "shardId-000000000000"});
        body.as_object_mut()
            .expect("an object")
            .extend(start.as_object().expect("an object").clone());
        text(&self.ok("GetShardIterator", body)["ShardIterator"])
    }

    fn get(&self, iterator: &str) -> Value {
        self.ok("GetRecords", json!({"ShardIterator": iterator}))
    }

    /// The partition keys read from an iterator, and the next one.
    fn keys(&self, iterator: &str) -> (Vec<String>, String) {
        let answer = self.get(iterator);
        let records = answer["Records"].as_array().expect("a list");
        let keys = records.iter().map(|record| text(&record["PartitionKey"]));
        (keys.collect(), text(&answer["NextShardIterator"]))
    }
}

fn signed(region: &str, operation: &str) -> http::request::Builder {
    Request::post("/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("Kinesis_20131202.{operation}"))
        .header("x-amz-date", "20261122T184000Z")
        .header("user-agent", "bench/1")
        .header(
            "authorization",
            format!(
                "AWS4-HMAC-SHA256 Credential=AKID/20261122/{region}/kinesis/aws4_request, \
                 SignedHeaders=host, Signature=x"
            ),
        )
}

/// The body of an answer, or the error's name and message.
fn read_answer(response: &Response<Bytes>) -> Result<Value, (String, String)> {
    let body: Value = match response.body() {
        body if body.is_empty() => Value::Null,
        body => serde_json::from_slice(body).expect("JSON"),
    };
    if response.status().is_success() {
        return Ok(body);
    }
    let words = match (&body["message"], &body["Message"]) {
        (Value::String(words), _) | (_, Value::String(words)) => words.clone(),
        _ => String::new(),
    };
    Err((text(&body["__type"]), words))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}
