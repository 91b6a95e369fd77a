//! What is open beside the API: the control path, web pages, and faults as clients meet them.

use aws_sdk_kinesis::config::retry::RetryConfig;
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::ShardIteratorType;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use kinesis_lab::kinesis::control::{Control, Fault, FaultKind, LONGEST_DELAY_MS, Often};
use kinesis_lab::server::{CONTROL_PATH, Doors};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::lab::{self, Lab};
use crate::rust_sdk::{client_that_retries, lab_with_stream};

pub fn tests() -> Vec<Trial> {
    vec![
        lab::test(
            "control: the path takes JSON and tells what holds",
            the_path,
        ),
        lab::test(
            "control: the path is not there unless it was asked for",
            no_path,
        ),
        lab::test("control: no web page reaches the path", no_page),
        lab::test("cors: a preflight is answered as Kinesis does", preflights),
        lab::test("cors: a page reads answers, from this host only", pages),
        lab::test(
            "faults: a client that lost a reply sends a duplicate",
            duplicates,
        ),
        lab::test("faults: a client waits out a throttled shard", throttling),
        lab::test(
            "faults: a lost reply closes HTTP/1.1 without a byte",
            lost_in_http_1,
        ),
        lab::test(
            "faults: a lost reply resets its HTTP/2 stream alone",
            lost_in_http_2,
        ),
        lab::test("faults: a late answer makes nobody else wait", late),
    ]
}

const BOTH: Doors = Doors {
    admin: true,
    cors: true,
};
const ADMIN: Doors = Doors {
    admin: true,
    cors: false,
};
const CORS: Doors = Doors {
    admin: false,
    cors: true,
};

/// Sends a request on a connection of its own; returns all that comes.
async fn exchange(lab: &Lab, method: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(&lab.address).await.expect("connected");
    let host = match headers.contains("Host:") {
        true => "",
        false => "Host: localhost\r\n",
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\n{host}{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut told = String::new();
    // A connection that is cut is an answer as well.
    let _ = stream.read_to_string(&mut told).await;
    told
}

/// The status and the JSON of an answer.
fn status_and_json(answer: &str) -> (u16, Value) {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a whole answer");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (
        status.expect("a status"),
        serde_json::from_str(body).expect("JSON"),
    )
}

async fn post(lab: &Lab, body: &Value) -> (u16, Value) {
    status_and_json(&exchange(lab, "POST", CONTROL_PATH, "", &body.to_string()).await)
}

const SIGNED: &str = "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Date: 20261122T000000Z\r\n\
    X-Amz-Target: Kinesis_20131202.ListStreams\r\n\
    Authorization: AWS4-HMAC-SHA256 Credential=raw/20261122/us-east-1/kinesis/aws4_request, \
    SignedHeaders=host, Signature=x\r\n";

fn add(lab: &Lab, kind: FaultKind, operation: &str) {
    let fault = Fault {
        kind,
        operation: Some(operation.to_owned()),
        stream: None,
        shard: None,
        often: Often::Times(1),
    };
    lab.service.control(Control::Fault(fault)).expect("taken");
}

async fn the_path() {
    let lab = Lab::with(ADMIN);
    let before = lab.service.now();
    let (status, state) = post(&lab, &json!({"advance_seconds": 86_400})).await;
    assert_eq!((status, &state["ahead_seconds"]), (200, &json!(86_400)));
    assert!((lab.service.now() - before).num_seconds() >= 86_400);
    let (status, refused) = post(&lab, &json!({"advance_seconds": u64::MAX})).await;
    assert_eq!(status, 400);
    assert!(
        refused["error"]
            .as_str()
            .expect("a sentence")
            .contains("ten years")
    );
    let told = exchange(&lab, "GET", CONTROL_PATH, "", "").await;
    let (status, state) = status_and_json(&told);
    assert_eq!((status, &state["ahead_seconds"]), (200, &json!(86_400)));
    // HTTP keeps to the clock on the wall.
    let date = told.lines().find_map(|line| line.strip_prefix("date: "));
    let date = chrono::DateTime::parse_from_rfc2822(date.expect("a date")).expect("a time");
    assert!((lab.service.now() - date.to_utc()).num_seconds() >= 86_000);
}

async fn no_path() {
    let lab = Lab::start();
    for (method, body) in [("GET", ""), ("POST", r#"{"advance_seconds": 1}"#)] {
        let here = exchange(&lab, method, CONTROL_PATH, "", body).await;
        let elsewhere = exchange(&lab, method, "/elsewhere", "", body).await;
        let status = |told: &str| told.lines().next().map(str::to_owned);
        assert_eq!(status(&here), status(&elsewhere));
        assert!(here.starts_with("HTTP/1.1 403"), "{here}");
    }
    assert_eq!(lab.service.state().ahead_seconds, 0);
}

async fn no_page() {
    let lab = Lab::with(ADMIN);
    for headers in [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Host: evil.example\r\n",
    ] {
        let told = exchange(
            &lab,
            "POST",
            CONTROL_PATH,
            headers,
            r#"{"advance_seconds": 1}"#,
        )
        .await;
        assert!(told.starts_with("HTTP/1.1 403"), "{told}");
    }
    let lab = Lab::with(BOTH);
    let told = exchange(
        &lab,
        "GET",
        CONTROL_PATH,
        "Origin: http://a.example\r\n",
        "",
    )
    .await;
    assert!(told.contains("access-control-allow-origin: *"), "{told}");
}

async fn preflights() {
    let lab = Lab::with(CORS);
    let asked = "Origin: http://a.example\r\nAccess-Control-Request-Method: POST\r\n\
        Access-Control-Request-Headers: x-amz-target,authorization\r\n";
    let told = exchange(&lab, "OPTIONS", "/", asked, "").await;
    assert!(told.starts_with("HTTP/1.1 200 OK"), "{told}");
    for header in [
        "access-control-allow-origin: *",
        "access-control-allow-methods: POST",
        "access-control-allow-headers: x-amz-target,authorization",
        "access-control-max-age: 172800",
        "content-length: 0",
        "x-amzn-requestid: ",
    ] {
        assert!(told.contains(&format!("\r\n{header}")), "{header}: {told}");
    }
    assert!(!told.contains("x-amz-id-2"), "{told}");
    // What no page asks is no preflight.
    let told = exchange(&lab, "OPTIONS", "/", "", "").await;
    assert!(told.starts_with("HTTP/1.1 403"), "{told}");
}

async fn pages() {
    let lab = Lab::with(CORS);
    let told = exchange(
        &lab,
        "POST",
        "/",
        &format!("{SIGNED}Origin: null\r\n"),
        "{}",
    )
    .await;
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
    assert!(
        told.contains("\r\naccess-control-allow-origin: *\r\n"),
        "{told}"
    );
    let exposed = "\r\naccess-control-expose-headers: x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,\
                   x-amz-id-2,x-amzn-ErrorMessage,Date\r\n";
    assert!(told.contains(exposed), "{told}");
    let told = exchange(&lab, "POST", "/", SIGNED, "{}").await;
    assert!(!told.contains("access-control"), "{told}");
    let elsewhere = format!("{SIGNED}Origin: http://evil.example\r\nHost: evil.example\r\n");
    let told = exchange(&lab, "POST", "/", &elsewhere, "{}").await;
    assert!(told.starts_with("HTTP/1.1 403"), "{told}");
}

async fn duplicates() {
    let (mut lab, client) = lab_with_stream(1).await;
    lab.calls();
    add(&lab, FaultKind::LoseReply, "PutRecord");
    let patient = client_that_retries(&lab, RetryConfig::standard());
    let put = patient.put_record().stream_name("s").partition_key("k");
    put.data(Blob::new("x")).send().await.expect("put at last");
    let faults: Vec<_> = lab.calls().iter().map(|call| call.fault).collect();
    assert_eq!(faults, [Some(FaultKind::LoseReply), None]);
    let iterator = client.get_shard_iterator().stream_name("s");
    let iterator = iterator.shard_id("shardId-000000000000");
    let iterator = iterator.shard_iterator_type(ShardIteratorType::TrimHorizon);
    let iterator = iterator.send().await.expect("an iterator");
    let records = client
        .get_records()
        .set_shard_iterator(iterator.shard_iterator);
    let records = records.send().await.expect("read").records;
    assert_eq!(records.len(), 2, "the same record twice");
    assert!(
        records
            .iter()
            .all(|record| record.partition_key() == Some("k"))
    );
    assert_ne!(records[0].sequence_number(), records[1].sequence_number());
}

async fn throttling() {
    let (mut lab, client) = lab_with_stream(1).await;
    lab.calls();
    for _ in 0..2 {
        add(&lab, FaultKind::Throttle, "PutRecord");
    }
    let put = |client: &aws_sdk_kinesis::Client| {
        let put = client.put_record().stream_name("s").partition_key("k");
        put.data(Blob::new("x")).send()
    };
    let refused = put(&client)
        .await
        .expect_err("throttled")
        .into_service_error();
    assert!(refused.is_provisioned_throughput_exceeded_exception());
    let patient = client_that_retries(&lab, RetryConfig::standard());
    put(&patient).await.expect("put at last");
    let stored: Vec<_> = lab.calls().iter().map(|call| call.stored()).collect();
    assert_eq!(stored, [0, 0, 1]);
}

async fn lost_in_http_1() {
    let lab = Lab::start();
    add(&lab, FaultKind::LoseReply, "ListStreams");
    assert_eq!(exchange(&lab, "POST", "/", SIGNED, "{}").await, "");
    let told = exchange(&lab, "POST", "/", SIGNED, "{}").await;
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
}

/// A connection that speaks HTTP/2 from the start.
async fn http_2(lab: &Lab) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(&lab.address).await.expect("connected");
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .expect("HTTP/2");
    tokio::spawn(connection);
    sender
}

fn list_streams(lab: &Lab) -> Request<Full<Bytes>> {
    let request = Request::post(lab.url());
    let request = SIGNED.lines().fold(request, |request, line| {
        let (name, value) = line.split_once(": ").expect("a header");
        request.header(name, value)
    });
    request.body(Full::from("{}")).expect("a request")
}

fn succeeded(answer: hyper::Result<Response<Incoming>>) -> bool {
    answer.expect("an answer").status().is_success()
}

async fn lost_in_http_2() {
    let lab = Lab::start();
    let mut connection = http_2(&lab).await;
    add(&lab, FaultKind::LoseReply, "ListStreams");
    let lost = connection.send_request(list_streams(&lab)).await;
    assert!(lost.is_err(), "{lost:?}");
    assert!(succeeded(connection.send_request(list_streams(&lab)).await));
}

async fn late() {
    let mut lab = Lab::start();
    let mut connection = http_2(&lab).await;
    let millis = LONGEST_DELAY_MS;
    add(&lab, FaultKind::Delay { millis }, "ListStreams");
    let late = tokio::spawn(connection.send_request(list_streams(&lab)));
    while lab.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(succeeded(connection.send_request(list_streams(&lab)).await));
    let told = exchange(&lab, "POST", "/", SIGNED, "{}").await;
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
    assert!(!late.is_finished());
    late.abort();
}
