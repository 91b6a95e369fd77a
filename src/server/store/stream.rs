//! One stream: its shards, and the counters its sequence numbers are made of.

use chrono::{DateTime, Duration, Utc};

use super::shard::{Payload, Shard};
use crate::kinesis::hash_ranges::{HashKey, HashRange};
use crate::kinesis::sequence_numbers::Parts;

/// The retention of a new stream.
const RETENTION_HOURS: u32 = 24;

/// Sequence indexes are counted by groups of five shards, as seen on AWS: another reason why numbers have gaps.
const SHARDS_OF_A_COUNTER: u32 = 5;

/// Who decides on the number of shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Provisioned,
    OnDemand,
}

/// One stream.
#[derive(Debug)]
pub struct Stream {
    incarnation: u64,
    created: DateTime<Utc>,
    mode: Mode,
    shards: Vec<Shard>,
    /// The next index of each group of shards; 0 belongs to the shard's starting number.
    next_index: Vec<u64>,
}

impl Stream {
    pub fn new(incarnation: u64, mode: Mode, shards: u32, now: DateTime<Utc>) -> Self {
        Self {
            incarnation,
            created: now,
            mode,
            shards: (0..)
                .zip(HashRange::split_evenly(shards))
                .map(|(index, range)| Shard::new(index, range, now))
                .collect(),
            next_index: vec![1; shards.div_ceil(SHARDS_OF_A_COUNTER) as usize],
        }
    }

    /// Tells this stream from others of the same name, before or after it.
    pub fn incarnation(&self) -> u64 {
        self.incarnation
    }

    pub fn created(&self) -> DateTime<Utc> {
        self.created
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub fn retention_hours(&self) -> u32 {
        RETENTION_HOURS
    }

    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    pub(super) fn shards_mut(&mut self) -> &mut [Shard] {
        &mut self.shards
    }

    pub(super) fn memory(&self) -> usize {
        self.shards.iter().map(Shard::memory).sum()
    }

    pub fn shard(&self, index: u32) -> Option<&Shard> {
        self.shards.get(index as usize)
    }

    /// The index that the shard's next record would get: the position of LATEST.
    pub fn next_index(&self, shard: u32) -> u64 {
        self.next_index[(shard / SHARDS_OF_A_COUNTER) as usize]
    }

    /// The shard whose range holds the key.
    pub fn owner_of(&self, key: HashKey) -> u32 {
        // Ranges are in order and the first starts at the first point, so at least one does not start behind the key.
        let starting_before = self
            .shards
            .partition_point(|shard| shard.range().start <= key);
        starting_before.saturating_sub(1) as u32
    }

    pub(super) fn append(&mut self, shard: u32, payload: Payload, now: DateTime<Utc>) -> Parts {
        let counter = &mut self.next_index[(shard / SHARDS_OF_A_COUNTER) as usize];
        let index = *counter;
        *counter += 1;
        self.shards[shard as usize].append(index, payload, now)
    }

    /// Drops what is past its retention in a shard; says how much memory that freed.
    pub(super) fn trim_expired(&mut self, shard: u32, now: DateTime<Utc>) -> usize {
        let horizon = now - Duration::hours(i64::from(RETENTION_HOURS));
        self.shards
            .get_mut(shard as usize)
            .map_or(0, |shard| shard.trim_before(horizon.timestamp_millis()))
    }
}
