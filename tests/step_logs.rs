//! Records the request logs that the step checks are tested with: real programs against a real server, what its feed
//! told written down as JSON, one event a line. See `tests/fixtures/logs/README.md` for the form.
//!
//! `cargo test --test step_logs -- --ignored` records them anew; it wants a python with boto3, the AWS CLI and curl.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kinesis_lab::cli::environment;
use kinesis_lab::kinesis::control::{Control, Timing};
use kinesis_lab::kinesis::feed::{Call, Detail, FeedEvent};
use kinesis_lab::lesson;
use kinesis_lab::server::{self, Doors, Limits, Service};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A server under recording.
struct Recording {
    service: Arc<Service>,
    url: String,
    folder: tempfile::TempDir,
    lines: Arc<Mutex<Vec<Value>>>,
    began: Instant,
}

impl Recording {
    /// Runs a command as a learner would by `r`: with the lab's environment, its begin and end told.
    fn run(&self, command: &mut Command) {
        self.tell(json!({"began": true}));
        for name in environment::UNSET {
            command.env_remove(name);
        }
        let output = command
            .envs(environment::set(&self.url))
            .current_dir(self.folder.path())
            .output()
            .expect("it runs");
        self.wait_for(|lines| {
            let count = |mark| {
                lines
                    .iter()
                    .filter_map(move |line| line.pointer(mark)?.as_u64())
            };
            let open: BTreeSet<u64> = count("/call/connection").collect();
            let ended: BTreeSet<u64> = count("/disconnected").collect();
            open.is_subset(&ended)
        });
        self.tell(json!({"exit": output.status.code()}));
    }

    fn python(&self, source: &str) {
        std::fs::write(self.folder.path().join("script.py"), source).expect("written");
        let python = std::env::var("KINESIS_LAB_PYTHON").unwrap_or("python3".into());
        self.run(Command::new(python).arg("script.py"));
    }

    /// Waits until the log is like this.
    fn wait_for(&self, is_there: impl Fn(&[Value]) -> bool) {
        while !is_there(&self.lines.lock().expect("no panic")) {
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    fn tell(&self, mut line: Value) {
        line["ms"] = json!(self.began.elapsed().as_millis() as u64);
        self.lines.lock().expect("no panic").push(line);
    }
}

/// A call as a line of a log.
fn told(call: &Call) -> Value {
    let mut line = json!({
        "agent": call.caller.user_agent,
        "connection": call.caller.connection,
        "http2": call.caller.http2,
        "region": call.region,
        "operation": call.operation,
        "stream": call.stream,
        "error": call.error,
    });
    match &call.detail {
        Detail::None => {}
        Detail::Create { shards } => line["create"] = json!(shards),
        // No log that is kept has any.
        Detail::Split { .. } | Detail::Merge { .. } | Detail::Scale { .. } => {}
        Detail::Retain { hours } => line["retain"] = json!(hours),
        Detail::Put(entries) => {
            let entries = entries.iter().map(|entry| {
                let head = String::from_utf8_lossy(&entry.head);
                match &entry.result {
                    Ok((shard, number)) => json!({
                        "key": entry.key, "size": entry.size, "head": head,
                        "shard": shard.as_str(), "number": number.as_str(),
                    }),
                    Err(error) => json!({
                        "key": entry.key, "size": entry.size, "head": head, "error": error,
                    }),
                }
            });
            line["put"] = entries.collect();
        }
        Detail::Iterator {
            shard,
            start,
            chain,
        } => {
            line["iterator"] =
                json!({"shard": shard.as_str(), "start": start.word(), "chain": chain});
        }
        Detail::Get(get) => {
            line["get"] = json!({
                "chain": get.chain,
                "shard": get.shard.as_str(),
                "start": get.start.word(),
                "limit": get.limit,
                "returned": get.returned,
                "first": get.range.as_ref().map(|(first, _)| first.as_str()),
                "last": get.range.as_ref().map(|(_, last)| last.as_str()),
                "behind": get.millis_behind_latest,
                "ahead": get.ahead,
                "ended": get.ended,
            });
        }
    }
    line
}

/// Records what a scenario does into a file.
async fn record(name: &str, limits: Limits, scenario: impl FnOnce(&Recording) + Send + 'static) {
    let listener = server::bind(Some(0)).expect("a free port");
    let address = listener.local_addr().expect("an address");
    #[expect(clippy::disallowed_methods, reason = "SDKs sign by this clock")]
    let service = Arc::new(Service::new(chrono::Utc::now, &limits));
    let stop = CancellationToken::new();
    let mut feed = service.feed();
    let running = tokio::spawn(server::run(
        listener,
        Arc::clone(&service),
        Doors::default(),
        stop.clone(),
    ));
    let recording = Recording {
        service,
        url: format!("http://{address}"),
        folder: tempfile::TempDir::new().expect("a folder"),
        lines: Arc::default(),
        began: Instant::now(),
    };
    let (lines, began) = (Arc::clone(&recording.lines), recording.began);
    let listening = tokio::spawn(async move {
        while let Ok(event) = feed.recv().await {
            let mut line = match event {
                FeedEvent::Called(call) => json!({"call": told(&call)}),
                FeedEvent::Disconnected { connection } => json!({"disconnected": connection}),
                _ => continue,
            };
            line["ms"] = json!(began.elapsed().as_millis() as u64);
            lines.lock().expect("no panic").push(line);
        }
    });
    let lines = Arc::clone(&recording.lines);
    tokio::task::spawn_blocking(move || scenario(&recording))
        .await
        .expect("the scenario runs");
    listening.abort();
    stop.cancel();
    running.await.expect("it ends").expect("it ends well");
    let text: String = lines
        .lock()
        .expect("no panic")
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    let file = fixtures().join("logs").join(format!("{name}.jsonl"));
    std::fs::write(file, text).expect("written");
}

/// The course's producer and consumer, as they stand in its lesson.
fn course() -> (String, String) {
    let text = std::fs::read_to_string(fixtures().join("steps/course.md")).expect("it is there");
    let lesson = lesson::parse(&text, &Default::default());
    let source = |name: &str| {
        let mut files = lesson.pages.iter().flat_map(lesson::files);
        let file = files.find(|file| file.name == name).expect("it is there");
        file.source.replace("time.sleep(0.5)", "time.sleep(0.02)")
    };
    (source("kinesis_producer.py"), source("kinesis_consumer.py"))
}

const PRELUDE: &str = "import boto3, json, sys, time\nfrom botocore.config import Config\n\
    k = boto3.client('kinesis', region_name='us-east-1', config=Config(retries={'max_attempts': 0}))\n\
    S = 'my-first-stream'\n\
    def put(key, data='{}', stream=S):\n    k.put_record(StreamName=stream, PartitionKey=key, Data=data)\n\
    def start(kind, shard=0, stream=S):\n    return k.get_shard_iterator(StreamName=stream, \
    ShardId='shardId-%012d' % shard, ShardIteratorType=kind)['ShardIterator']\n";

fn script(body: &str) -> String {
    format!("{PRELUDE}{body}")
}

const TWO_SHARDS: &str = "k.create_stream(StreamName=S, ShardCount=2)\n";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it writes the logs that other tests read, and wants boto3, the AWS CLI and curl"]
async fn record_logs() {
    std::fs::create_dir_all(fixtures().join("logs")).expect("a folder");
    let fast = Limits::without_rates;
    let (producer, consumer) = course();

    let (p, c) = (producer.clone(), consumer.clone());
    record("the_whole_lesson", fast(), move |it| {
        it.python(&p);
        it.python(&c);
        it.python(&p);
        it.python(&c);
        it.python(&p.replace("'alice'", "'dave'").replace("'bob'", "'erin'"));
        let mut delete = Command::new("aws");
        it.run(delete.args([
            "kinesis",
            "delete-stream",
            "--stream-name",
            "my-first-stream",
        ]));
    })
    .await;
    let (p, c) = (producer.clone(), consumer.clone());
    record("stopped_at_a_limit", fast(), move |it| {
        for _ in 0..5 {
            it.python(&p);
        }
        it.python(&c);
    })
    .await;
    let (p, c) = (producer.clone(), consumer.clone());
    record("one_of_two_shards_read", fast(), move |it| {
        it.python(&script(TWO_SHARDS));
        it.python(&p);
        it.python(&c);
    })
    .await;
    let p = producer.clone();
    record("latest_after_the_fact", fast(), move |it| {
        for _ in 0..5 {
            it.python(&p);
        }
        it.python(&script(
            "i = start('LATEST')\nfor _ in range(3):\n    i = k.get_records(ShardIterator=i)['NextShardIterator']\n    time.sleep(0.2)\n",
        ));
    })
    .await;
    let p = producer.clone();
    record("latest_then_put", fast(), move |it| {
        it.python(&p);
        it.python(&script(
            "i = start('LATEST')\ni = k.get_records(ShardIterator=i)['NextShardIterator']\nput('zoe')\nk.get_records(ShardIterator=i)\n",
        ));
    })
    .await;
    let (p, c) = (producer.clone(), consumer.replace("limit=10", "limit=100"));
    record("stopped_at_an_empty_page", fast(), move |it| {
        it.service.control(Control::EmptyPages(true)).expect("done");
        for _ in 0..5 {
            it.python(&p);
        }
        it.python(&c);
    })
    .await;
    let p = producer.replace("us-east-1", "eu-west-1");
    record("another_region", fast(), move |it| it.python(&p)).await;
    record("no_signature", fast(), |it| {
        let url = it.url.clone();
        it.run(Command::new("curl").args([
            "-s",
            "-H",
            "X-Amz-Target: Kinesis_20131202.CreateStream",
            "-H",
            "Content-Type: application/x-amz-json-1.1",
            "-d",
            "{\"StreamName\":\"my-first-stream\",\"ShardCount\":1}",
            &url,
        ]));
    })
    .await;
    let (p, c) = (
        producer.clone(),
        consumer.replace("my-first-stream", "my-frist-stream"),
    );
    record("a_slip_in_the_name", fast(), move |it| {
        it.python(&p);
        it.python(&c);
    })
    .await;
    let (p, c) = (
        producer.replace("my-first-stream", "my-frist-stream"),
        consumer.clone(),
    );
    record("a_slip_in_the_producer", fast(), move |it| {
        it.python(&p);
        it.python(&c);
    })
    .await;
    let (p, c) = (
        producer.replace("my-first-stream", "orders"),
        consumer.clone(),
    );
    record("another_stream_is_read", fast(), move |it| {
        it.python(&script("k.create_stream(StreamName=S, ShardCount=1)\n"));
        it.python(&p);
        it.python(&c);
    })
    .await;
    record("put_while_creating", fast(), |it| {
        it.service
            .control(Control::Pace(Timing::Aws))
            .expect("done");
        it.python(&script(
            "k.create_stream(StreamName=S, ShardCount=1)\nput('alice')\n",
        ));
    })
    .await;
    record("throttled", Limits::default(), |it| {
        it.python(&script(
            "k.create_stream(StreamName=S, ShardCount=1)\nfor n in range(9):\n    put('alice', '[%s]' % ('1' * 500_000))\n",
        ));
    })
    .await;
    record("two_of_three_puts", fast(), |it| {
        it.python(&script(
            "k.create_stream(StreamName=S, ShardCount=1)\nput('alice')\nput('bob')\nsys.exit(3)\n",
        ));
    })
    .await;
    let p = producer.clone();
    record("an_iterator_expired", fast(), move |it| {
        it.python(&p);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                it.wait_for(|lines| lines.iter().any(|line| line.pointer("/call/get").is_some()));
                it.service.control(Control::Advance { seconds: 600 }).expect("done");
            });
            it.python(&script(
                "i = start('TRIM_HORIZON')\ni = k.get_records(ShardIterator=i, Limit=1)['NextShardIterator']\n\
                 time.sleep(1)\nk.get_records(ShardIterator=i)\n",
            ));
        });
    })
    .await;
    let (p, c) = (producer.clone(), consumer.clone());
    record("a_record_is_not_json", fast(), move |it| {
        it.python(&p);
        it.python(&script("put('zoe', '<xml/>')\n"));
        for _ in 0..3 {
            it.python(&p);
        }
        it.python(&c);
    })
    .await;
    record("keys_share_a_shard", fast(), |it| {
        it.python(&script(&format!(
            "{TWO_SHARDS}put('carol')\nput('bob')\nput('bob')\n"
        )));
    })
    .await;
    record("one_shard_for_all_keys", fast(), |it| {
        it.python(&script(
            "k.create_stream(StreamName=S, ShardCount=1)\nput('carol')\nput('alice')\nput('bob')\n",
        ));
    })
    .await;
    let c = consumer.clone();
    record("an_empty_stream_is_read", fast(), move |it| {
        it.python(&script("k.create_stream(StreamName=S, ShardCount=1)\n"));
        it.python(&c);
    })
    .await;
    let (p, c) = (producer.clone(), consumer.clone());
    record("read_again_without_more", fast(), move |it| {
        it.python(&p);
        it.python(&c);
        it.python(&c);
    })
    .await;
    record("both_shards_read", fast(), |it| {
        it.python(&script(&format!(
            "{TWO_SHARDS}put('alice')\nput('bob')\nput('dave')\nfor s in (0, 1):\n    k.get_records(ShardIterator=start('TRIM_HORIZON', s))\n"
        )));
    })
    .await;
    record("it_fails_before_any_request", fast(), |it| {
        it.python("import nothing_of_the_kind\n")
    })
    .await;
    record("it_ends_well_without_a_request", fast(), |it| {
        it.python("print('Unable to locate credentials')\n");
    })
    .await;
}
