//! The real `kinesis-lab serve` as a process: how soon it answers, and what it takes of memory.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::drive::{Shared, Stream, Until, Work, drive, lock};
use crate::endpoint::Endpoint;
use crate::requests::Requests;

/// A server that ends with this value.
struct Served {
    child: Child,
    endpoint: Endpoint,
    _state: tempfile::TempDir,
}

impl Served {
    fn start() -> Self {
        let state = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_kinesis-lab"))
            .args(["serve", "--port", "0", "--limits", "off"])
            .env("XDG_STATE_HOME", state.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .expect("its address");
        Self {
            child,
            endpoint: Endpoint::parse(url).expect("a URL"),
            _state: state,
        }
    }

    /// Its resident memory in MB; nothing where the system does not tell it this way.
    fn resident(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kilobytes * 1024.0 / 1e6)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts it so many times and prints how long it took to the first answer, and its memory at rest.
pub async fn start(times: usize) -> Result<(), String> {
    let mut took = Vec::new();
    let mut resident = None;
    for _ in 0..times {
        let started = Instant::now();
        let served = Served::start();
        let requests = Requests::new(&served.endpoint, "us-east-1");
        let mut connection = served.endpoint.connect().await?;
        let answer = connection
            .call(&requests.request("ListStreams", &json!({})))
            .await?;
        assert_eq!(answer.status, 200);
        took.push(started.elapsed());
        resident = served.resident();
    }
    took.sort();
    println!(
        "start to the first answer: {:.1} ms (median of {times}), {:.1} ms at most",
        took[times / 2].as_secs_f64() * 1e3,
        took[times - 1].as_secs_f64() * 1e3,
    );
    if let Some(resident) = resident {
        println!("resident memory after the first answer: {resident:.1} MB");
    }
    Ok(())
}

/// Puts 200,000 records of 200 bytes and prints what the server takes then.
pub async fn filled() -> Result<(), String> {
    const RECORDS: u64 = 200_000;
    let served = Served::start();
    let requests = Requests::new(&served.endpoint, "us-east-1");
    let stream = Stream::create(&served.endpoint, &requests, "filled", 1).await?;
    let work = Arc::new(Work::PutRecords(
        requests.put_records(&stream.name, 500, 200),
        500,
    ));
    let until = Until {
        records: RECORDS,
        time: Duration::from_secs(60),
    };
    let tally = Shared::default();
    drive(&served.endpoint, &work, 1, until, &tally).await?;
    let written = lock(&tally).records;
    assert_eq!(written, RECORDS);
    if let Some(resident) = served.resident() {
        println!("resident memory with {written} records of 200 bytes: {resident:.1} MB");
    }
    Ok(())
}
