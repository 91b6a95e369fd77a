//! The requests of the load, made before the clock runs. Signed in form only: with a credential that nobody has.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::endpoint::Endpoint;

/// How many bytes of prepared requests are kept, whatever the size of a record.
const PREPARED_BYTES: usize = 32 * 1024 * 1024;

/// How many different requests are prepared at most. Each record has a key of its own, so that keys reach all shards.
const MOST_PREPARED: usize = 4096;

/// Writes requests for one endpoint.
#[derive(Clone)]
pub struct Requests {
    authority: String,
    credential: String,
    date: String,
}

impl Requests {
    pub fn new(endpoint: &Endpoint, region: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a program is an edge")]
        let now = chrono::Utc::now();
        Self {
            authority: endpoint.authority(),
            credential: format!(
                "LOAD/{}/{region}/kinesis/aws4_request",
                now.format("%Y%m%d")
            ),
            date: now.format("%Y%m%dT%H%M%SZ").to_string(),
        }
    }

    /// A whole request.
    pub fn request(&self, operation: &str, body: &Value) -> Vec<u8> {
        let body = body.to_string();
        let (authority, credential, date) = (&self.authority, &self.credential, &self.date);
        let signature = "0".repeat(64);
        let length = body.len();
        format!(
            "POST / HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: kinesis-lab-load\r\n\
             Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Kinesis_20131202.{operation}\r\n\
             X-Amz-Date: {date}\r\nAuthorization: AWS4-HMAC-SHA256 Credential={credential}, \
             SignedHeaders=host;x-amz-date, Signature={signature}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }

    /// PutRecord requests with records of `size` bytes.
    pub fn put_record(&self, stream: &str, size: usize) -> Vec<Vec<u8>> {
        prepared(size, |random| {
            let mut body = record(random, size);
            body["StreamName"] = stream.into();
            self.request("PutRecord", &body)
        })
    }

    /// PutRecords requests of `batch` records of `size` bytes each.
    pub fn put_records(&self, stream: &str, batch: usize, size: usize) -> Vec<Vec<u8>> {
        prepared(batch * size, |random| {
            let records: Vec<_> = (0..batch).map(|_| record(random, size)).collect();
            self.request(
                "PutRecords",
                &json!({"StreamName": stream, "Records": records}),
            )
        })
    }
}

fn prepared(size: usize, mut request: impl FnMut(&mut fastrand::Rng) -> Vec<u8>) -> Vec<Vec<u8>> {
    // The same keys and data in each run.
    let mut random = fastrand::Rng::with_seed(1);
    // Base64 and names make it about half as large again.
    let count = (PREPARED_BYTES / (size * 3 / 2 + 1000)).clamp(2, MOST_PREPARED);
    (0..count).map(|_| request(&mut random)).collect()
}

fn record(random: &mut fastrand::Rng, size: usize) -> Value {
    let data: Vec<u8> = std::iter::repeat_with(|| random.u8(..))
        .take(size)
        .collect();
    let key = format!("key-{:08x}", random.u32(..));
    json!({"PartitionKey": key, "Data": STANDARD.encode(data)})
}
