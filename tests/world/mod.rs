//! A server called directly, without sockets, and with a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::Request;
use kinesis_lab::server::{Connection, Delivery, DiskOptions, Limits, Service};
use serde_json::Value;
use tempfile::TempDir;

/// 2026-11-22T18:40:00Z: when every world begins, in epoch milliseconds.
pub const BEGIN_MS: i64 = 1_795_372_800_000;

/// A service with one caller.
pub struct World {
    pub service: Service,
    connection: Connection,
    now_ms: Arc<AtomicI64>,
    limits: Limits,
    /// Where it keeps its streams, if it keeps them.
    folder: Option<TempDir>,
}

fn clock(now_ms: &Arc<AtomicI64>) -> impl Fn() -> DateTime<Utc> + Send + Sync + 'static {
    let now_ms = Arc::clone(now_ms);
    move || DateTime::from_timestamp_millis(now_ms.load(Ordering::Relaxed)).expect("a time")
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Null where the body is empty.
    pub body: Value,
    /// How it reaches the client.
    pub delivery: Delivery,
}

impl World {
    /// A world in memory.
    pub fn new(limits: &Limits) -> Self {
        let now_ms = Arc::new(AtomicI64::new(BEGIN_MS));
        let service = Service::new(clock(&now_ms), limits);
        Self {
            connection: service.connect(),
            service,
            now_ms,
            limits: limits.clone(),
            folder: None,
        }
    }

    /// A world that is kept on disk, in a folder that goes with it.
    pub fn kept(limits: &Limits) -> Self {
        let mut world = Self::new(limits);
        world.folder = Some(TempDir::new().expect("a folder"));
        world.restart();
        world
    }

    /// Ends the server, and starts it again with what it kept.
    pub fn restart(&mut self) {
        // The old one goes first: it has the folder for itself.
        self.service = Service::new(clock(&self.now_ms), &self.limits);
        if let Some(folder) = &self.folder {
            let options = DiskOptions {
                folder: folder.path().join("streams"),
                fsync: false,
            };
            let (service, damage) = Service::open(clock(&self.now_ms), &self.limits, &options)
                .expect("the store opens");
            assert!(damage.is_empty(), "{damage:?}");
            self.service = service;
        }
        self.connection = self.service.connect();
    }

    /// Moves the machine's clock to so many milliseconds after the beginning.
    pub fn move_to(&self, since_begin_ms: i64) {
        self.now_ms
            .store(BEGIN_MS + since_begin_ms, Ordering::Relaxed);
    }

    pub fn call(&self, region: &str, operation: &str, body: impl Into<Bytes>) -> Answer {
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("Kinesis_20131202.{operation}"))
            .header("x-amz-date", "20261122T184000Z")
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKID/20261122/{region}/kinesis/aws4_request, \
                     SignedHeaders=host, Signature=x"
                ),
            )
            .body(body.into())
            .expect("a request");
        let reply = self.service.call(&self.connection, request);
        let body = match reply.response.body() {
            body if body.is_empty() => Value::Null,
            body => serde_json::from_slice(body).expect("answers are JSON"),
        };
        Answer {
            status: reply.response.status().as_u16(),
            body,
            delivery: reply.delivery,
        }
    }
}

impl Answer {
    /// What was answered, or the error's name and message.
    pub fn result(self) -> Result<Value, (String, String)> {
        match self.status {
            200 => return Ok(self.body),
            400 | 500 => {}
            other => panic!("status {other}: {}", self.body),
        }
        let text = |name: &str| self.body[name].as_str().map(str::to_owned);
        Err((
            text("__type").unwrap_or_default(),
            // AWS spells it with a capital for one error.
            text("message")
                .or_else(|| text("Message"))
                .unwrap_or_default(),
        ))
    }
}
