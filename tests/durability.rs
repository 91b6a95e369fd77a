//! What was acknowledged is there after `kill -9`, once and in order; the real server, over HTTP.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const LAB: &str = env!("CARGO_BIN_EXE_kinesis-lab");

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(LAB);
    command.args(arguments).env_clear().env("HOME", home);
    command
}

/// A server with a data folder, and where it listens.
struct Server {
    child: Child,
    address: String,
    complaints: ChildStderr,
}

impl Server {
    fn start(home: &Path, more: &[&str]) -> Self {
        Self::start_in(home, &home.join("data"), more)
    }

    fn start_in(home: &Path, data: &Path, more: &[&str]) -> Self {
        let data = data.to_str().expect("UTF-8");
        let arguments = [&["serve", "--port", "0", "--data", data], more].concat();
        let mut child = command(home, &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let complaints = child.stderr.take().expect("piped");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on http://");
        Self {
            address: address.unwrap_or_else(|| panic!("{line:?}")).to_owned(),
            child,
            complaints,
        }
    }

    /// Ends it as nothing can catch; says what it complained of.
    fn kill(mut self) -> String {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        let mut said = String::new();
        self.complaints.read_to_string(&mut said).expect("text");
        said
    }

    fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        Connection(BufReader::new(stream))
    }

    fn call(&self, operation: &str, body: Value) -> Value {
        let answer = self.connect().call(operation, &body);
        answer
            .expect("an answer")
            .unwrap_or_else(|error| panic!("{operation} {body}: {error}"))
    }

    /// All records of a shard from an iterator on: data and sequence number.
    fn read(&self, mut iterator: String) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut connection = self.connect();
        loop {
            let body = json!({"ShardIterator": iterator});
            let answer = match connection.call("GetRecords", &body).expect("an answer") {
                Ok(answer) => answer,
                // A shard is read five times a second.
                Err(error) if error["__type"] == THROTTLED => continue,
                Err(error) => panic!("{error}"),
            };
            for record in answer["Records"].as_array().expect("a list") {
                let data = STANDARD.decode(text(&record["Data"])).expect("base64");
                let data = String::from_utf8(data).expect("text");
                found.push((data, text(&record["SequenceNumber"])));
            }
            if answer["MillisBehindLatest"] == 0 {
                return found;
            }
            iterator = text(&answer["NextShardIterator"]);
        }
    }

    fn iterator(&self, shard: u32, kind: &str) -> String {
        let body =
            json!({"StreamName": "s", "ShardId": shard.to_string(), "ShardIteratorType": kind});
        text(&self.call("GetShardIterator", body)["ShardIterator"])
    }
}

const THROTTLED: &str = "ProvisionedThroughputExceededException";

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

struct Connection(BufReader<TcpStream>);

impl Connection {
    /// The answer, or the error that it holds; nothing if the connection ended first.
    fn call(&mut self, operation: &str, body: &Value) -> Option<Result<Value, Value>> {
        let body = body.to_string();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n\
             X-Amz-Target: Kinesis_20131202.{operation}\r\nX-Amz-Date: 20261122T184000Z\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/kinesis/aws4_request, \
             SignedHeaders=host, Signature=x\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let stream = self.0.get_mut();
        stream.write_all((head + &body).as_bytes()).ok()?;
        let mut status = String::new();
        self.0.read_line(&mut status).ok()?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).ok()?;
        let body = match body.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&body).ok()?,
        };
        Some(match status.contains(" 200 ") {
            true => Ok(body),
            false => Err(body),
        })
    }
}

/// What was acknowledged: data, shard and sequence number.
type Acknowledged = Vec<(String, String, String)>;

/// Writes until the server is gone, a record or a batch at a time; tells of each acknowledgement.
fn writer(
    mut connection: Connection,
    name: String,
    batch: usize,
    told: SyncSender<()>,
) -> JoinHandle<Acknowledged> {
    thread::spawn(move || {
        let mut acknowledged = Acknowledged::new();
        for call in 0.. {
            let data: Vec<String> = (0..batch)
                .map(|it| format!("{name}-{call:06}-{it}"))
                .collect();
            let record = |data: &String| {
                let key = format!("{}", data.len() + call % 7);
                json!({"StreamName": "s", "PartitionKey": key, "Data": STANDARD.encode(data)})
            };
            let answer = match data.as_slice() {
                [one] => connection.call("PutRecord", &record(one)),
                many => {
                    let records: Vec<Value> = many
                        .iter()
                        .map(|data| {
                            let mut entry = record(data);
                            entry
                                .as_object_mut()
                                .expect("an object")
                                .remove("StreamName");
                            entry
                        })
                        .collect();
                    connection.call(
                        "PutRecords",
                        &json!({"StreamName": "s", "Records": records}),
                    )
                }
            };
            let Some(answer) = answer else { break };
            let Ok(answer) = answer else { continue };
            let single = [answer.clone()];
            let places = answer["Records"]
                .as_array()
                .map_or(&single[..], Vec::as_slice);
            for (data, place) in data.into_iter().zip(places) {
                if let (Some(shard), Some(number)) =
                    (place["ShardId"].as_str(), place["SequenceNumber"].as_str())
                {
                    acknowledged.push((data, shard.to_owned(), number.to_owned()));
                }
            }
            // Nobody listens any more once the server is killed.
            let _ = told.send(());
        }
        acknowledged
    })
}

fn heard(told: &Receiver<()>, calls: usize) {
    for _ in 0..calls {
        told.recv_timeout(PATIENCE).expect("acknowledged");
    }
}

#[test]
fn twenty_kills_in_the_middle_of_writing_lose_nothing_and_double_nothing() {
    const SHARDS: u32 = 3;
    let home = tempfile::tempdir().expect("a folder");
    let server = Server::start(home.path(), &[]);
    server.call(
        "CreateStream",
        json!({"StreamName": "s", "ShardCount": SHARDS}),
    );
    let tags = json!({"StreamName": "s", "Tags": {"team": "blue"}});
    server.call("AddTagsToStream", tags);
    let retention = json!({"StreamName": "s", "RetentionPeriodHours": 48});
    server.call("IncreaseStreamRetentionPeriod", retention);
    let described = server.call("DescribeStream", json!({"StreamName": "s"}));
    let before: Vec<_> = (0..SHARDS)
        .map(|shard| server.iterator(shard, "LATEST"))
        .collect();
    server.kill();

    let mut acknowledged = Vec::new();
    for round in 0..20 {
        let server = Server::start(home.path(), &[]);
        let (tell, told) = sync_channel(1_000);
        let writers: Vec<_> = [1, 1, 5, 40]
            .into_iter()
            .enumerate()
            .map(|(index, batch)| {
                let name = format!("{round:02}-{index}");
                writer(server.connect(), name, batch, tell.clone())
            })
            .collect();
        heard(&told, 20 + 7 * round);
        assert_eq!(server.kill(), "");
        drop(told);
        for writer in writers {
            acknowledged.push(writer.join().expect("a writer"));
        }
    }

    let server = Server::start(home.path(), &[]);
    let again = server.call("DescribeStream", json!({"StreamName": "s"}));
    assert_eq!(again, described);
    let tags = server.call("ListTagsForStream", json!({"StreamName": "s"}));
    assert_eq!(tags["Tags"], json!([{"Key": "team", "Value": "blue"}]));
    let mut found = HashMap::new();
    for (shard, iterator) in (0..SHARDS).zip(before) {
        let id = format!("shardId-{shard:012}");
        let records = server.read(iterator);
        assert_eq!(server.read(server.iterator(shard, "TRIM_HORIZON")), records);
        assert!(records.is_sorted_by_key(|(_, number)| number.clone()));
        for (place, (data, number)) in records.into_iter().enumerate() {
            let doubled = found.insert(data.clone(), (id.clone(), number, place));
            assert!(doubled.is_none(), "{data} is there twice");
        }
    }
    let total: usize = acknowledged.iter().map(Vec::len).sum();
    assert!(total > 1_000 && found.len() >= total);
    for writer in acknowledged {
        let mut last: HashMap<String, usize> = HashMap::new();
        for (data, shard, number) in writer {
            let kept = found.get(&data).unwrap_or_else(|| panic!("{data} is lost"));
            assert_eq!((&kept.0, &kept.1), (&shard, &number), "{data}");
            let before = last.insert(shard, kept.2);
            assert!(before < Some(kept.2), "{data} is out of order");
        }
    }
}

impl Drop for Server {
    /// A test that is over, or has failed, leaves no server behind.
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a server that is expected to refuse; what it says.
fn refused(home: &Path) -> String {
    let data = home.join("data");
    let data = data.to_str().expect("UTF-8");
    let output = output(home, &["serve", "--port", "0", "--data", data]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).expect("text")
}

fn output(home: &Path, arguments: &[&str]) -> Output {
    command(home, arguments).output().expect("ran")
}

#[test]
fn a_store_that_cannot_be_used_is_refused_with_the_reason() {
    let home = tempfile::tempdir().expect("a folder");
    let data = home.path().join("data");
    let server = Server::start(home.path(), &["--fsync"]);
    server.call("CreateStream", json!({"StreamName": "s", "ShardCount": 1}));
    assert!(refused(home.path()).contains("another kinesis-lab is using"));
    server.kill();

    let label = std::fs::read(data.join("store.json")).expect("a label");
    std::fs::write(data.join("store.json"), r#"{"format":99}"#).expect("written");
    assert!(refused(home.path()).contains("a newer kinesis-lab wrote"));
    std::fs::remove_file(data.join("store.json")).expect("removed");
    assert!(refused(home.path()).contains("holds no data of kinesis-lab"));
    std::fs::write(data.join("store.json"), label).expect("written");
    let server = Server::start(home.path(), &[]);
    server.call("DescribeStream", json!({"StreamName": "s"}));
    server.kill();
}

#[test]
fn puts_fail_past_the_disk_limit_and_reads_go_on() {
    let home = tempfile::tempdir().expect("a folder");
    let server = Server::start(home.path(), &["--disk-limit", "10KiB"]);
    server.call("CreateStream", json!({"StreamName": "s", "ShardCount": 1}));
    let body = json!({"StreamName": "s", "PartitionKey": "k", "Data": STANDARD.encode([7; 900])});
    let mut connection = server.connect();
    let mut put = || connection.call("PutRecord", &body).expect("an answer");
    let kept = (0..20).take_while(|_| put().is_ok()).count();
    assert_eq!(kept, 10_240 / (900 + 1 + 128));
    let error = put().expect_err("full");
    assert_eq!(error["__type"], "InternalFailure");
    assert!(text(&error["message"]).contains("--disk-limit"), "{error}");
    let body = json!({"ShardIterator": server.iterator(0, "TRIM_HORIZON")});
    let records = server.call("GetRecords", body)["Records"].clone();
    assert_eq!(records.as_array().expect("a list").len(), kept);
    server.kill();
}

#[test]
fn reset_empties_the_streams_of_the_lab_and_nothing_else() {
    let home = tempfile::tempdir().expect("a folder");
    let state = home.path().join(".local/state/kinesis-lab");
    let streams = state.join("streams");
    std::fs::create_dir_all(&streams).expect("made");
    std::fs::write(state.join("progress.json"), r#"{"format":1}"#).expect("written");
    let server = Server::start_in(home.path(), &streams, &[]);
    server.call("CreateStream", json!({"StreamName": "s", "ShardCount": 1}));
    let refused = output(home.path(), &["reset", "--streams", "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    server.kill();
    let asking = output(home.path(), &["reset", "--streams"]);
    assert_eq!(
        asking.status.code(),
        Some(1),
        "it asks, and there is no terminal"
    );
    assert!(streams.exists());
    // Damage does not keep it from being emptied.
    std::fs::write(streams.join("store.json"), "{").expect("written");
    let done = output(home.path(), &["reset", "--streams", "--yes"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert!(!streams.exists() && state.join("progress.json").exists());
}
