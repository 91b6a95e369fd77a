//! Bytes on a socket: what no SDK would send, and how connections live and end.

use kinesis_lab::kinesis::feed::FeedEvent;
use kinesis_lab::server::{MAX_BODY_BYTES, MAX_CONNECTIONS};
use libtest_mimic::Trial;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::lab::{self, Lab};

pub fn tests() -> Vec<Trial> {
    vec![
        lab::test("http: a web page must not drive the lab", foreign_pages),
        lab::test(
            "http: a body too large is refused and others are served",
            large_bodies,
        ),
        lab::test(
            "http: one connection serves many requests and tells its end",
            keep_alive,
        ),
        lab::test("http: garbage does no harm", garbage),
        lab::test(
            "http: idle connections make place for those beyond the limit",
            many_connections,
        ),
        lab::test(
            "http: who never reads large answers keeps nobody from reading",
            unread_answers,
        ),
        lab::test(
            "http: a request under way is answered after the stop signal",
            stopping,
        ),
    ]
}

const CREDENTIAL: &str = "AWS4-HMAC-SHA256 Credential=raw/20261122/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=x";

/// The head of a signed ListStreams with this host, these further headers, and a body of `length` bytes to follow.
fn head(host: &str, more: &str, length: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-amz-json-1.1\r\n\
         X-Amz-Target: Kinesis_20131202.ListStreams\r\nX-Amz-Date: 20261122T000000Z\r\n\
         Authorization: {CREDENTIAL}\r\n{more}Content-Length: {length}\r\n\r\n"
    )
}

async fn connect(lab: &Lab) -> TcpStream {
    TcpStream::connect(&lab.address).await.expect("connected")
}

async fn send(stream: &mut TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).await.expect("sent");
}

/// Reads one answer with a body of known length; nothing if the connection ended first.
async fn answer(stream: &mut TcpStream) -> Option<(u16, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                let status = head
                    .split(' ')
                    .nth(1)
                    .and_then(|status| status.parse().ok());
                return Some((status.expect("a status"), body.to_owned()));
            }
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend(&piece[..count]),
        }
    }
}

async fn list_streams(stream: &mut TcpStream) -> Option<(u16, String)> {
    send(stream, (head("localhost", "", 2) + "{}").as_bytes()).await;
    answer(stream).await
}

async fn foreign_pages() {
    let mut lab = Lab::start();
    for (host, more) in [
        ("evil.example", ""),
        ("127.0.0.1.evil.example:4567", ""),
        ("localhost", "Origin: http://evil.example\r\n"),
        ("localhost", "Origin: null\r\n"),
    ] {
        let mut stream = connect(&lab).await;
        send(&mut stream, (head(host, more, 2) + "{}").as_bytes()).await;
        let (status, body) = answer(&mut stream).await.expect("an answer");
        assert_eq!(status, 403, "{host} {more}: {body}");
    }
    // A browser asks before it sends; that is refused as well.
    let mut stream = connect(&lab).await;
    let preflight = "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n";
    send(&mut stream, preflight.as_bytes()).await;
    assert_eq!(
        answer(&mut stream).await.map(|(status, _)| status),
        Some(403)
    );
    assert!(lab.calls().is_empty(), "none of it reached the API");
    for host in ["localhost", "127.0.0.1:4567", "[::1]:1"] {
        let mut stream = connect(&lab).await;
        send(&mut stream, (head(host, "", 2) + "{}").as_bytes()).await;
        assert_eq!(
            answer(&mut stream).await.map(|(status, _)| status),
            Some(200),
            "{host}"
        );
    }
}

async fn large_bodies() {
    let lab = Lab::start();
    let mut announced = connect(&lab).await;
    send(
        &mut announced,
        head("localhost", "", MAX_BODY_BYTES + 1).as_bytes(),
    )
    .await;
    assert_eq!(
        answer(&mut announced).await.map(|(status, _)| status),
        Some(413)
    );

    let mut chunked = connect(&lab).await;
    let head = head("localhost", "", 0).replace("Content-Length: 0", "Transfer-Encoding: chunked");
    send(&mut chunked, head.as_bytes()).await;
    let (mut reading, mut writing) = chunked.split();
    let flood = async {
        let piece = vec![b' '; 1 << 20];
        for _ in 0..=MAX_BODY_BYTES >> 20 {
            // The server may hang up on the rest.
            if writing.write_all(b"100000\r\n").await.is_err()
                || writing.write_all(&piece).await.is_err()
                || writing.write_all(b"\r\n").await.is_err()
            {
                break;
            }
        }
    };
    let told = async {
        let mut bytes = [0; 12];
        reading.read_exact(&mut bytes).await.map(|_| bytes)
    };
    let ((), told) = tokio::join!(flood, told);
    assert_eq!(&told.expect("an answer"), b"HTTP/1.1 413");
    assert_eq!(
        list_streams(&mut connect(&lab).await)
            .await
            .map(|(status, _)| status),
        Some(200)
    );
}

async fn keep_alive() {
    let mut lab = Lab::start();
    let mut stream = connect(&lab).await;
    for _ in 0..3 {
        assert_eq!(
            list_streams(&mut stream).await.map(|(status, _)| status),
            Some(200)
        );
    }
    drop(stream);
    let mut connections = Vec::new();
    loop {
        match lab.feed.recv().await.expect("an event") {
            FeedEvent::Called(call) => connections.push(call.caller.connection),
            FeedEvent::Disconnected { connection } => {
                assert_eq!(connections, [connection; 3]);
                return;
            }
            _ => {}
        }
    }
}

async fn garbage() {
    let lab = Lab::start();
    for bytes in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense and more nonsense",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let mut stream = connect(&lab).await;
        send(&mut stream, bytes).await;
        stream.shutdown().await.expect("shut down");
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    }
    let mut get = connect(&lab).await;
    send(&mut get, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let (status, body) = answer(&mut get).await.expect("an answer");
    assert_eq!(status, 403);
    assert!(
        body.contains("Unable to determine service/operation name"),
        "{body}"
    );
    assert_eq!(
        list_streams(&mut connect(&lab).await)
            .await
            .map(|(status, _)| status),
        Some(200)
    );
}

async fn many_connections() {
    let lab = Lab::start();
    let mut held = Vec::new();
    for _ in 0..MAX_CONNECTIONS {
        let mut stream = connect(&lab).await;
        assert_eq!(
            list_streams(&mut stream).await.map(|(status, _)| status),
            Some(200)
        );
        held.push(stream);
    }
    let mut further = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(&lab).await;
        let answered = list_streams(&mut stream).await;
        assert_eq!(answered.map(|(status, _)| status), Some(200));
        further.push(stream);
    }
    // As many as came had to go, the first ones first.
    for (place, stream) in held.iter_mut().enumerate() {
        let answered = list_streams(stream).await;
        assert_eq!(answered.is_some(), place >= 3, "{place}");
    }
}

/// What `operation` answers to this body, as JSON.
async fn call(stream: &mut TcpStream, operation: &str, body: &str) -> serde_json::Value {
    send_call(stream, operation, body).await;
    let (status, body) = answer(stream).await.expect("an answer");
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap_or_default()
}

async fn send_call(stream: &mut TcpStream, operation: &str, body: &str) {
    let head = head("localhost", "", body.len()).replace("ListStreams", operation);
    send(stream, (head + body).as_bytes()).await;
}

async fn unread_answers() {
    let lab = Lab::start();
    let mut polite = connect(&lab).await;
    let stream = r#"{"StreamName": "s", "ShardCount": 1}"#;
    send_call(&mut polite, "CreateStream", stream).await;
    assert_eq!(
        answer(&mut polite).await.map(|(status, _)| status),
        Some(200)
    );
    let record = format!(
        r#"{{"Data": "{}", "PartitionKey": "k"}}"#,
        "A".repeat(100_000)
    );
    let batch = format!(
        r#"{{"StreamName": "s", "Records": [{}]}}"#,
        [record.as_str(); 50].join(",")
    );
    for _ in 0..2 {
        call(&mut polite, "PutRecords", &batch).await;
    }
    let start = r#"{"StreamName": "s", "ShardId": "0", "ShardIteratorType": "TRIM_HORIZON"}"#;
    let start = call(&mut polite, "GetShardIterator", start).await;
    let get = |from: &serde_json::Value| format!(r#"{{"ShardIterator": {from}}}"#);
    let mut hostile = Vec::new();
    for _ in 0..12 {
        let mut stream = connect(&lab).await;
        send_call(&mut stream, "GetRecords", &get(&start["ShardIterator"])).await;
        // Its first byte says that the answer is made, and holds its room.
        assert_eq!(stream.peek(&mut [0]).await.expect("an answer"), 1);
        hostile.push(stream);
    }
    let (mut read, mut pages) = (0, 0);
    let mut next = start["ShardIterator"].clone();
    while read < 100 {
        let page = call(&mut polite, "GetRecords", &get(&next)).await;
        read += page["Records"].as_array().expect("a list").len();
        next = page["NextShardIterator"].clone();
        pages += 1;
    }
    assert_eq!(read, 100, "nothing is lost and nothing comes twice");
    assert!(pages > 1, "there was less room than for a whole page");
    drop(hostile);
}

async fn stopping() {
    let lab = Lab::start();
    let mut idle = connect(&lab).await;
    assert_eq!(
        list_streams(&mut idle).await.map(|(status, _)| status),
        Some(200)
    );
    let mut busy = connect(&lab).await;
    send(
        &mut busy,
        head("localhost", "Expect: 100-continue\r\n", 2).as_bytes(),
    )
    .await;
    // The server asks for the body when the request is under way.
    assert_eq!(answer(&mut busy).await.map(|(status, _)| status), Some(100));
    lab.stop.cancel();
    send(&mut busy, b"{}").await;
    assert_eq!(answer(&mut busy).await.map(|(status, _)| status), Some(200));
    lab.running.await.expect("a task").expect("stopped");
    assert_eq!(answer(&mut idle).await, None, "idle connections are closed");
    assert!(
        TcpStream::connect(&lab.address).await.is_err(),
        "nobody listens"
    );
}
