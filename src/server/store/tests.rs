//! The store by itself: what is kept before it happens, and what is let go afterwards.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, Utc};

use super::{Changes, Failure, Found, Head, Keep, Mode, NotCreated, Payload, Store};
use crate::kinesis::control::Timing;
use crate::kinesis::hash_ranges::HashKey;
use crate::server::Limits;

const REGION: &str = "us-east-1";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_372_800_000).expect("a time")
}

/// A store with a stream `s` of so many shards.
fn store(shards: u32) -> Store {
    let mut store = Store::new(&Limits {
        memory_bytes: 1 << 20,
        ..Limits::default()
    });
    create(&mut store, shards).expect("room");
    store
}

fn create(store: &mut Store, shards: u32) -> Result<(), NotCreated> {
    store.create(Head::new(REGION, "s", Mode::Provisioned, now()), shards)
}

fn put(store: &mut Store, records: usize, now: DateTime<Utc>) -> Result<(), Failure> {
    let batch = (0..records)
        .map(|index| {
            let key = index.to_string();
            (HashKey::of_partition_key(&key), Payload::new(&key, b"data"))
        })
        .collect();
    store.append(REGION, "s", batch, now).map(|_| ())
}

/// What a reader of shard 0 finds from the start.
fn read(store: &Store, limit: usize, now: DateTime<Utc>) -> Found {
    let stream = store.stream(REGION, "s").expect("the stream");
    let shard = stream.shard(0).expect("the shard");
    shard
        .read(0, stream.head().horizon_ms(now), limit, 1 << 20)
        .expect("read")
}

/// A keeper that can be told to fail.
#[derive(Clone, Default)]
struct Disk {
    full: Arc<Mutex<bool>>,
}

impl Keep for Disk {
    fn keep(&mut self, _: &Changes) -> Result<(), Failure> {
        match *self.full.lock().expect("the lock") {
            true => Err(Failure("the disk is full".into())),
            false => Ok(()),
        }
    }
}

#[test]
fn what_cannot_be_kept_has_not_happened() {
    let disk = Disk::default();
    let mut store = store(1);
    store.keep_in(Box::new(disk.clone()));
    put(&mut store, 2, now()).expect("kept");
    let memory = store.memory;

    *disk.full.lock().expect("the lock") = true;
    let failure = put(&mut store, 3, now()).expect_err("the disk is full");
    assert_eq!(failure.0, "the disk is full");
    assert!(store.delete(REGION, "s", Timing::Instant, now()).is_err());
    assert!(
        store
            .create(Head::new(REGION, "t", Mode::Provisioned, now()), 1)
            .is_err()
    );
    assert!(store.stream(REGION, "t").is_none());
    assert_eq!(read(&store, 10, now()).records.len(), 2);
    assert_eq!(store.memory, memory);

    *disk.full.lock().expect("the lock") = false;
    put(&mut store, 1, now()).expect("kept");
    let ordinals: Vec<_> = read(&store, 10, now())
        .records
        .iter()
        .map(|record| record.ordinal)
        .collect();
    assert_eq!(ordinals, [0, 1, 2], "dense, whatever failed between");
    let indexes: Vec<_> = read(&store, 10, now())
        .records
        .iter()
        .map(|record| record.index)
        .collect();
    assert!(indexes.is_sorted(), "{indexes:?}");
}

#[test]
fn what_is_past_its_retention_is_skipped_at_once_and_let_go_in_slices() {
    let mut store = store(1);
    put(&mut store, 1_000, now()).expect("room");
    let later = now() + Duration::hours(24);
    put(&mut store, 5, later).expect("room");
    assert_eq!(read(&store, 2, later).ahead, 1_003);
    let past = later + Duration::milliseconds(1);
    let found = read(&store, 2, past);
    assert_eq!((found.records.len(), found.ahead), (2, 3));

    let before = store.memory;
    assert!(store.tidy(past).expect("tidied"), "one slice is not all");
    assert!(store.memory < before && store.memory > before / 2);
    while store.tidy(past).expect("tidied") {}
    assert_eq!(store.memory, 5 * Payload::new("0", b"data").memory());
    assert_eq!(read(&store, 10, past).records.len(), 5);
}

#[test]
fn a_deleted_stream_is_gone_at_once_and_let_go_in_slices() {
    let mut store = store(3);
    put(&mut store, 1_000, now()).expect("room");
    assert_eq!(store.delete(REGION, "s", Timing::Instant, now()), Ok(true));
    assert_eq!(store.delete(REGION, "s", Timing::Instant, now()), Ok(false));
    assert!(store.memory > 0);
    create(&mut store, 1).expect("the name is free");
    assert!(read(&store, 10, now()).records.is_empty());
    assert!(store.tidy(now()).expect("tidied"));
    while store.tidy(now()).expect("tidied") {}
    assert_eq!((store.memory, store.leaving.len()), (0, 0));
}

#[test]
fn an_emptied_shard_never_gives_an_index_twice() {
    let mut store = store(1);
    put(&mut store, 10, now()).expect("room");
    let next = store.stream(REGION, "s").expect("it").next_index(0);
    let past = now() + Duration::hours(25);
    while store.tidy(past).expect("tidied") {}
    let stream = store.stream(REGION, "s").expect("it");
    let about = stream.shard(0).expect("it").about().clone();
    assert_eq!(about.trimmed, next, "what a restart would know");
}
