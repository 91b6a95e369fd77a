//! The floor: the least that an HTTP server can do with the same requests, on the same stack and runtime as ours.
//!
//! It decodes the body (JSON, base64), hashes the key (MD5), appends, and sends bytes that it has ready: as many as the
//! server's answer has, and for GetRecords the server's very answer. It checks nothing and knows no streams.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use md5::{Digest, Md5};
use serde::Deserialize;

/// What the floor keeps and sends.
pub struct Floor {
    records: Mutex<Vec<Kept>>,
    put_record: Bytes,
    put_records: Bytes,
    get_records: Mutex<Bytes>,
}

/// A record as it was appended.
type Kept = ([u8; 16], String, Vec<u8>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecord<'b> {
    partition_key: &'b str,
    data: &'b str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecords<'b> {
    #[serde(borrow)]
    records: Vec<PutRecord<'b>>,
}

impl PutRecord<'_> {
    fn decode(&self) -> Kept {
        (
            Md5::digest(self.partition_key).into(),
            self.partition_key.to_owned(),
            STANDARD.decode(self.data).unwrap_or_default(),
        )
    }
}

impl Floor {
    /// `batch` is how many records its answers to PutRecords tell of.
    pub fn new(batch: usize) -> Self {
        let place = format!(
            r#"{{"ShardId":"shardId-000000000000","SequenceNumber":"{}"}}"#,
            "4".repeat(56)
        );
        let places = vec![place.as_str(); batch].join(",");
        Self {
            records: Mutex::default(),
            put_records: format!(r#"{{"FailedRecordCount":0,"Records":[{places}]}}"#).into(),
            put_record: place.into(),
            get_records: Mutex::default(),
        }
    }

    /// What GetRecords is answered with from now on.
    pub fn send(&self, answer: Bytes) {
        *self
            .get_records
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// Forgets its records.
    pub fn clear(&self) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        *records = Vec::new();
    }

    fn append(&self, kept: impl IntoIterator<Item = Kept>) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.extend(kept);
    }

    fn answer(&self, operation: &str, body: &[u8]) -> Bytes {
        match operation {
            "Kinesis_20131202.PutRecord" => {
                let put: PutRecord = serde_json::from_slice(body).expect("our own requests");
                self.append([put.decode()]);
                self.put_record.clone()
            }
            "Kinesis_20131202.PutRecords" => {
                let put: PutRecords = serde_json::from_slice(body).expect("our own requests");
                let kept: Vec<_> = put.records.iter().map(PutRecord::decode).collect();
                self.append(kept);
                self.put_records.clone()
            }
            _ => self
                .get_records
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }
}

/// Serves until the runtime ends.
pub async fn serve(listener: TcpListener, floor: Arc<Floor>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let _ = stream.set_nodelay(true);
        let floor = Arc::clone(&floor);
        tokio::spawn(async move {
            let answering = service_fn(move |request| {
                let floor = Arc::clone(&floor);
                async move { Ok::<_, Infallible>(respond(&floor, request).await) }
            });
            let builder = auto::Builder::new(TokioExecutor::new());
            builder
                .serve_connection(TokioIo::new(stream), answering)
                .await
        });
    }
}

async fn respond(floor: &Floor, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    let target = parts.headers.get("x-amz-target");
    let operation = target
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default();
    let mut response = Response::new(Full::new(floor.answer(operation, &body)));
    // Of the sizes that the server's have.
    for (name, value) in [
        (CONTENT_TYPE, "application/x-amz-json-1.1"),
        (
            HeaderName::from_static("x-amzn-requestid"),
            "00000000-0000-0000-0000-000000000000",
        ),
        (
            HeaderName::from_static("x-amz-id-2"),
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
