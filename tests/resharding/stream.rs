//! A real client on the lab's stream: it puts records key by key, and reads all of it, parents before their children.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{Shard, ShardIteratorType};
use aws_smithy_http_client::Builder;

use super::harness::{Home, PATIENCE};

const STREAM: &str = "my-first-stream";

/// The keys of the client. Each is put one record after the other, so that its records have an order.
const KEYS: [&str; 12] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory",
    "niaj",
];

/// Its records begin with this; then come the key and its count.
const MARK: &str = "load:";

/// The stream, with a client of its own.
#[derive(Clone)]
pub struct Stream {
    client: Client,
    stopped: Arc<AtomicBool>,
    put: Arc<AtomicUsize>,
    numbers: Arc<Mutex<BTreeSet<(String, String)>>>,
}

/// All records of the stream in the order in which they were read: shard, sequence number, key, data.
pub struct Records(Vec<(String, String, String, String)>);

impl Stream {
    /// At this address, or where `kinesis-lab env` leads.
    pub fn at(address: Option<&str>, home: &Home) -> Self {
        let environment = || {
            let output = home.command(&["env"]).output().expect("it runs");
            String::from_utf8(output.stdout).expect("text")
        };
        let (address, key, secret) = match address {
            Some(address) => (address.to_owned(), "key".to_owned(), "secret".to_owned()),
            None => {
                let script = environment();
                (
                    variable(&script, "AWS_ENDPOINT_URL"),
                    variable(&script, "AWS_ACCESS_KEY_ID"),
                    variable(&script, "AWS_SECRET_ACCESS_KEY"),
                )
            }
        };
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(address)
            .credentials_provider(Credentials::new(key, secret, None, None, "test"))
            .http_client(Builder::new().build_http())
            .build();
        Self {
            client: Client::from_conf(config),
            stopped: Arc::default(),
            put: Arc::default(),
            numbers: Arc::default(),
        }
    }

    /// Puts records until it is stopped: of each key one at a time, of all keys side by side.
    pub async fn puts(self) {
        let keys = KEYS.map(|key| {
            let stream = self.clone();
            tokio::spawn(async move {
                let mut count = 0;
                while !stream.stopped.load(Ordering::SeqCst) {
                    stream.put(key, count).await;
                    count += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            })
        });
        for key in keys {
            key.await.expect("every put is stored");
        }
    }

    async fn put(&self, key: &str, count: usize) {
        let stored = self
            .client
            .put_record()
            .stream_name(STREAM)
            .partition_key(key)
            .data(Blob::new(format!("{MARK}{key}:{count}")))
            .send()
            .await
            .expect("a put is taken, also while the stream is UPDATING");
        let place = (stored.shard_id, stored.sequence_number);
        let new = self
            .numbers
            .lock()
            .expect("nobody panics with it")
            .insert(place);
        assert!(new, "a place is given once");
        self.put.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until so many records are put.
    pub async fn has_put(&self, records: usize) {
        let enough = async {
            while self.put.load(Ordering::SeqCst) < records {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, enough).await;
        came.expect("the load goes on");
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// Reads every shard to its end, or to its tip: parents first, as a consumer must.
    pub async fn read_all(&self) -> Records {
        let listed = self.client.list_shards().stream_name(STREAM).send().await;
        let mut waiting: VecDeque<Shard> = listed
            .expect("the shards")
            .shards
            .unwrap_or_default()
            .into();
        let mut records = Vec::new();
        while let Some(shard) = waiting.pop_front() {
            let parents = [&shard.parent_shard_id, &shard.adjacent_parent_shard_id];
            let waits = waiting.iter().any(|other| {
                let mut parents = parents.iter().copied().flatten();
                parents.any(|parent| *parent == other.shard_id)
            });
            if waits {
                waiting.push_back(shard);
                continue;
            }
            let closed = shard
                .sequence_number_range
                .as_ref()
                .is_some_and(|range| range.ending_sequence_number.is_some());
            self.read(&shard.shard_id, closed, &mut records).await;
        }
        Records(records)
    }

    async fn read(
        &self,
        shard: &str,
        closed: bool,
        records: &mut Vec<(String, String, String, String)>,
    ) {
        let iterator = self
            .client
            .get_shard_iterator()
            .stream_name(STREAM)
            .shard_id(shard)
            .shard_iterator_type(ShardIteratorType::TrimHorizon)
            .send()
            .await;
        let mut iterator = iterator.expect("an iterator").shard_iterator;
        while let Some(token) = iterator {
            let page = self.client.get_records().shard_iterator(token).send().await;
            let page = page.expect("a page");
            for record in &page.records {
                let data = String::from_utf8_lossy(record.data.as_ref()).into_owned();
                records.push((
                    shard.to_owned(),
                    record.sequence_number.clone(),
                    record.partition_key.clone().unwrap_or_default(),
                    data,
                ));
            }
            iterator = page.next_shard_iterator;
            // Nothing is put any more: at the tip of an open shard everything is read.
            if !closed && page.millis_behind_latest == Some(0) && page.records.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(210)).await;
        }
    }
}

impl Records {
    /// Every key's records count up from 0 without a gap, read in this order over the split and the merge.
    pub fn assert_order_per_key(&self) {
        let mut next: BTreeMap<&str, usize> = BTreeMap::new();
        let mut shards: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (shard, _, key, data) in &self.0 {
            let Some(rest) = data.strip_prefix(MARK) else {
                continue;
            };
            let (of, count) = rest.split_once(':').expect("a key and a count");
            assert_eq!(of, key, "data stays with its key");
            let expected = next.entry(key).or_default();
            assert_eq!(count.parse(), Ok(*expected), "{key} in {shard}");
            *expected += 1;
            shards.entry(key).or_default().insert(shard);
        }
        assert_eq!(next.len(), KEYS.len(), "every key was put");
        let moved = shards.values().filter(|shards| shards.len() > 2).count();
        assert!(
            moved > 0,
            "some key went from parent to child to their child: {shards:?}"
        );
    }

    /// Everything that was acknowledged is there, where it was said to be.
    pub fn assert_holds_every_put(&self, stream: &Stream) {
        let there: BTreeSet<(&str, &str)> = self
            .0
            .iter()
            .map(|(shard, number, _, _)| (shard.as_str(), number.as_str()))
            .collect();
        assert_eq!(there.len(), self.0.len(), "nothing lies there twice");
        let numbers = stream.numbers.lock().expect("nobody panics with it");
        for (shard, number) in numbers.iter() {
            assert!(
                there.contains(&(shard.as_str(), number.as_str())),
                "{shard} {number}"
            );
        }
    }

    /// How many there are, the lab's own among them.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// The value that `env` prints for a variable.
fn variable(script: &str, name: &str) -> String {
    let line = script
        .lines()
        .find(|line| line.contains(&format!(" {name}=")));
    let value = line.and_then(|line| line.split('\'').nth(1));
    value.expect("env prints it").to_owned()
}
