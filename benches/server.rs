//! What a record costs the service, one by one, in a batch and read back: the API without sockets.
//!
//! `cargo bench --bench server`; the items per second of one run are what to compare. The store is full for most of
//! the run, so trimming is in the figures.

use bytes::Bytes;
use chrono::DateTime;
use divan::Bencher;
use divan::counter::ItemsCount;
use http::Request;
use kinesis_lab::server::{Connection, Limits, Service};

fn main() {
    divan::main();
}

/// 200 bytes of data in base64.
fn data() -> String {
    "A".repeat(268)
}

fn request(operation: &str, body: String) -> Request<Bytes> {
    Request::post("/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("Kinesis_20131202.{operation}"))
        .header("x-amz-date", "20261122T184000Z")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/kinesis/aws4_request, \
             SignedHeaders=host, Signature=x",
        )
        .body(Bytes::from(body))
        .expect("a request")
}

/// A service with a stream `s`.
fn service(shards: u32) -> (Service, Connection) {
    let now = DateTime::from_timestamp_millis(1_795_372_800_000).expect("a time");
    let service = Service::new(move || now, &Limits::without_rates());
    let connection = service.connect();
    call(
        &service,
        &connection,
        request(
            "CreateStream",
            format!(r#"{{"StreamName": "s", "ShardCount": {shards}}}"#),
        ),
    );
    (service, connection)
}

fn call(service: &Service, connection: &Connection, request: Request<Bytes>) -> Bytes {
    let response = service.call(connection, request).response;
    assert!(response.status().is_success(), "{response:?}");
    response.into_body()
}

fn batch(count: usize) -> Request<Bytes> {
    let records: Vec<_> = (0..count)
        .map(|index| format!(r#"{{"PartitionKey": "key-{index}", "Data": "{}"}}"#, data()))
        .collect();
    let records = records.join(",");
    request(
        "PutRecords",
        format!(r#"{{"StreamName": "s", "Records": [{records}]}}"#),
    )
}

#[divan::bench(args = [1, 1000])]
fn put_record(bencher: Bencher, shards: u32) {
    let (service, connection) = service(shards);
    let body = format!(
        r#"{{"StreamName": "s", "PartitionKey": "alice", "Data": "{}"}}"#,
        data()
    );
    let request = request("PutRecord", body);
    bencher
        .counter(ItemsCount::new(1_usize))
        .with_inputs(|| request.clone())
        .bench_values(|request| call(&service, &connection, request));
}

#[divan::bench(args = [1, 1000])]
fn put_records_of_500(bencher: Bencher, shards: u32) {
    let (service, connection) = service(shards);
    let request = batch(500);
    bencher
        .counter(ItemsCount::new(500_usize))
        .with_inputs(|| request.clone())
        .bench_values(|request| call(&service, &connection, request));
}

#[divan::bench]
fn get_records_of_10_000(bencher: Bencher) {
    let (service, connection) = service(1);
    for _ in 0..20 {
        call(&service, &connection, batch(500));
    }
    let start = r#"{"StreamName": "s", "ShardId": "0", "ShardIteratorType": "TRIM_HORIZON"}"#;
    let iterator = call(
        &service,
        &connection,
        request("GetShardIterator", start.to_owned()),
    );
    let request = request(
        "GetRecords",
        String::from_utf8_lossy(&iterator).into_owned(),
    );
    bencher
        .counter(ItemsCount::new(10_000_usize))
        .with_inputs(|| request.clone())
        .bench_values(|request| call(&service, &connection, request));
}
