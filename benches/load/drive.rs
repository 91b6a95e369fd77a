//! The calls themselves: a stream of its own, and connections that call until there is enough.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::endpoint::{Answer, Connection, Endpoint, find};
use super::requests::Requests;
use super::tally::Tally;

/// What a limit that bites is called.
const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// A connection gives up after so many errors in a row; they are in the tally.
const MOST_IN_A_ROW: u32 = 10;

/// How long a stream may take to be there.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is called, by turns.
pub enum Work {
    /// PutRecord requests.
    PutRecord(Vec<Vec<u8>>),
    /// PutRecords requests of so many records each.
    PutRecords(Vec<Vec<u8>>, u64),
    /// GetRecords requests; each connection repeats one of them.
    GetRecords(Vec<Vec<u8>>),
}

/// When there is enough: whichever comes first.
#[derive(Debug, Clone, Copy)]
pub struct Until {
    /// So many records were accepted or read.
    pub records: u64,
    /// So much time has passed.
    pub time: Duration,
}

/// A tally that connections share.
pub type Shared = Arc<Mutex<Tally>>;

/// The tally as it stands.
pub fn lock(tally: &Shared) -> MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls over so many connections until there is enough; says how long that took.
pub async fn drive(
    endpoint: &Endpoint,
    work: &Arc<Work>,
    connections: usize,
    until: Until,
    tally: &Shared,
) -> Result<Duration, String> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(endpoint.connect().await?);
    }
    let started = Instant::now();
    let mut workers = JoinSet::new();
    for (number, connection) in open.into_iter().enumerate() {
        let worker = Worker {
            endpoint: endpoint.clone(),
            work: Arc::clone(work),
            tally: Arc::clone(tally),
            started,
            until,
        };
        workers.spawn(worker.run(connection, number));
    }
    while let Some(ended) = workers.join_next().await {
        ended.map_err(|error| error.to_string())?;
    }
    Ok(started.elapsed())
}

struct Worker {
    endpoint: Endpoint,
    work: Arc<Work>,
    tally: Shared,
    started: Instant,
    until: Until,
}

impl Worker {
    async fn run(self, mut connection: Connection, number: usize) {
        let (Work::PutRecord(requests)
        | Work::PutRecords(requests, _)
        | Work::GetRecords(requests)) = &*self.work;
        let mut turn = number * 31;
        let mut in_a_row = 0;
        while in_a_row < MOST_IN_A_ROW && !self.is_enough() {
            let request = &requests[turn % requests.len()];
            if !matches!(*self.work, Work::GetRecords(_)) {
                turn += 1;
            }
            let called = Instant::now();
            let answer = connection.call(request).await;
            let latency = called.elapsed();
            let broken = answer.is_err();
            let counted = {
                let mut tally = lock(&self.tally);
                tally.called(latency);
                let counted = answer.and_then(|answer| self.count(&answer, &mut tally));
                counted.inspect_err(|why| tally.failed(why, 1))
            };
            in_a_row = if counted.is_ok() { 0 } else { in_a_row + 1 };
            if broken && let Ok(another) = self.endpoint.connect().await {
                connection = another;
            }
        }
    }

    fn is_enough(&self) -> bool {
        self.started.elapsed() >= self.until.time || lock(&self.tally).records >= self.until.records
    }

    /// Counts what was accepted, read and throttled; says why a call failed.
    fn count(&self, answer: &Answer, tally: &mut Tally) -> Result<(), String> {
        if answer.status != 200 {
            let why = refusal(answer);
            if why.starts_with(THROTTLED) {
                tally.throttled += match *self.work {
                    Work::PutRecords(_, batch) => batch,
                    _ => 1,
                };
                return Ok(());
            }
            return Err(why);
        }
        match *self.work {
            Work::PutRecord(_) => tally.records += 1,
            Work::PutRecords(_, batch) => {
                let failed = failed_records(answer.body)?;
                tally.records += batch - failed.min(batch);
                if failed > 0 {
                    count_failures(answer.body, tally);
                }
            }
            // Data is base64 and keys are ours: neither holds the name of a member.
            Work::GetRecords(_) => {
                let members = memchr::memmem::find_iter(answer.body, br#""SequenceNumber""#);
                tally.records += members.count() as u64;
            }
        }
        Ok(())
    }
}

/// How many records of a batch failed.
fn failed_records(body: &[u8]) -> Result<u64, String> {
    let name = br#""FailedRecordCount":"#;
    let not_said = || format!("no FailedRecordCount in: {}", beginning(body));
    let at = find(body, name).ok_or_else(not_said)? + name.len();
    let digits: String = body[at..]
        .iter()
        .map(|byte| char::from(*byte))
        .skip_while(|sign| *sign == ' ')
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().map_err(|_| not_said())
}

fn count_failures(body: &[u8], tally: &mut Tally) {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let records = answer["Records"].as_array().into_iter().flatten();
    for code in records.filter_map(|record| record["ErrorCode"].as_str()) {
        match code {
            THROTTLED => tally.throttled += 1,
            _ => tally.failed(code, 1),
        }
    }
}

/// The error's name and message, or what there is instead.
fn refusal(answer: &Answer) -> String {
    let body: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    match body["__type"].as_str() {
        Some(code) => {
            let message = body["message"].as_str().or(body["Message"].as_str());
            // Some endpoints put a namespace before the name.
            let code = code.rsplit('#').next().unwrap_or(code);
            format!("{code}: {}", message.unwrap_or_default())
        }
        None => format!(
            "answers, but not as Kinesis does: HTTP {}, {}",
            answer.status,
            beginning(answer.body)
        ),
    }
}

fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    format!("{:?}", text.chars().take(100).collect::<String>())
}

/// A stream of the load's own.
pub struct Stream {
    connection: Connection,
    requests: Requests,
    pub name: String,
    pub shards: Vec<String>,
}

impl Stream {
    /// Makes one and waits until it can be written to.
    pub async fn create(
        endpoint: &Endpoint,
        requests: &Requests,
        name: &str,
        shards: u32,
    ) -> Result<Self, String> {
        let mut stream = Self {
            connection: endpoint.connect().await?,
            requests: requests.clone(),
            name: name.to_owned(),
            shards: Vec::new(),
        };
        let wanted = json!({"StreamName": name, "ShardCount": shards});
        stream.call("CreateStream", &wanted).await?;
        let named = json!({"StreamName": name});
        let started = Instant::now();
        loop {
            let told = stream.call("DescribeStreamSummary", &named).await?;
            if told["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE" {
                break;
            }
            if started.elapsed() > PATIENCE {
                return Err(format!("the stream {name} did not become ACTIVE"));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let mut page = named;
        loop {
            let told = stream.call("ListShards", &page).await?;
            let shards = told["Shards"].as_array().into_iter().flatten();
            let ids = shards.filter_map(|shard| shard["ShardId"].as_str().map(str::to_owned));
            stream.shards.extend(ids);
            match told["NextToken"].as_str() {
                Some(token) => page = json!({"NextToken": token}),
                None => return Ok(stream),
            }
        }
    }

    /// One call whose answer is wanted.
    pub async fn call(&mut self, operation: &str, body: &Value) -> Result<Value, String> {
        let request = self.requests.request(operation, body);
        let answer = self.connection.call(&request).await?;
        if answer.status != 200 {
            return Err(format!("{operation}: {}", refusal(&answer)));
        }
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(answer.body).map_err(|_| {
            let beginning = beginning(answer.body);
            format!("{operation}: answers, but not as Kinesis does: {beginning}")
        })
    }

    /// A GetRecords request for the first page of each of the first `count` shards.
    pub async fn first_pages(&mut self, count: usize, limit: u64) -> Result<Work, String> {
        let mut pages = Vec::new();
        for shard in self.shards.clone().iter().take(count) {
            let start = json!({
                "StreamName": self.name, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"
            });
            let told = self.call("GetShardIterator", &start).await?;
            let page = json!({"ShardIterator": told["ShardIterator"], "Limit": limit});
            pages.push(self.requests.request("GetRecords", &page));
        }
        Ok(Work::GetRecords(pages))
    }

    /// Deletes it.
    pub async fn delete(mut self) -> Result<(), String> {
        let named = json!({"StreamName": self.name});
        self.call("DeleteStream", &named).await.map(|_| ())
    }
}
