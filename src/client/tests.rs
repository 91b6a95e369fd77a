//! The client against hand-made endpoints on loopback: what goes out, what comes back, and what goes wrong.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value, json};
use tokio::net::TcpListener;

mod answers;
mod batches;
mod failures;
mod locality;

use super::connect::local;
use super::*;
use crate::app::message::{MAX_SHOWN_BYTES, Put, ReaderId, Sender};
use crate::app::reshard::StreamChange;
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
        hash_key: None,
    })
}

const READER: ReaderId = ReaderId {
    run: 3,
    index: 1,
    turn: 0,
};

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

fn changed(change: StreamChange) -> Request {
    Request::ChangeStream {
        stream: "clicks".into(),
        change,
    }
}

/// The error of an answer, whatever it answers.
fn error(answer: Answer) -> CallError {
    match answer {
        Answer::Streams(result) => result.map(drop),
        Answer::Described { result, .. } => result.map(drop),
        Answer::Created { result, .. }
        | Answer::Deleted { result, .. }
        | Answer::StreamChanged { result, .. } => result,
        Answer::Sent { result, .. } => result.map(drop),
        Answer::SentBatch { result, .. } => result.map(drop),
        Answer::Opened { result, .. } | Answer::LookedInto { result, .. } => result.map(drop),
        Answer::Read { result, .. } | Answer::LookedAt { result, .. } => result.map(drop),
        Answer::Account(result) => result.map(drop),
    }
    .unwrap_err()
}
