//! One shard: a queue of records that grows at its end and is trimmed at its front.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::kinesis::hash_ranges::HashRange;
use crate::kinesis::sequence_numbers::Parts;

/// What a record costs beside its bytes: its place in a queue that may be half empty (2 x 40 bytes), and the header and
/// rounding of its allocation (32).
const RECORD_OVERHEAD: usize = 112;

/// A record's key and data, in one allocation that readers share.
#[derive(Debug, Clone)]
pub struct Payload {
    bytes: Arc<[u8]>,
    key_bytes: usize,
}

impl Payload {
    pub fn new(key: &str, data: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(key.len() + data.len());
        bytes.extend_from_slice(key.as_bytes());
        bytes.extend_from_slice(data);
        Self {
            bytes: bytes.into(),
            key_bytes: key.len(),
        }
    }

    pub fn key(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.key_bytes]).unwrap_or_default()
    }

    pub fn data(&self) -> &[u8] {
        &self.bytes[self.key_bytes..]
    }

    /// Key and data in bytes, as the API's limits count them.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// What the record takes of the store's memory.
    pub fn memory(&self) -> usize {
        self.bytes.len() + RECORD_OVERHEAD
    }
}

/// A stored record. Its sequence number follows from the shard, the index and the time.
#[derive(Debug, Clone)]
pub struct Record {
    pub index: u64,
    pub arrived_ms: i64,
    pub payload: Payload,
}

impl Record {
    pub fn arrived(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.arrived_ms).unwrap_or_default()
    }

    /// What its sequence number is made of, given what the shard's starting number is made of.
    pub fn number(&self, start: Parts) -> Parts {
        Parts {
            index: self.index,
            recorded: seconds(self.arrived_ms),
            ..start
        }
    }
}

/// Sequence numbers know whole seconds since 1970.
fn seconds(milliseconds: i64) -> u64 {
    u64::try_from(milliseconds / 1000).unwrap_or(0)
}

/// One shard of a stream.
#[derive(Debug)]
pub struct Shard {
    range: HashRange,
    start: Parts,
    records: VecDeque<Record>,
    memory: usize,
    newest_ms: i64,
}

/// What a read found.
#[derive(Debug)]
pub struct Found {
    pub records: Vec<Record>,
    /// The position after the last of them.
    pub next: u64,
    /// The records of the shard after that position.
    pub ahead: u64,
    /// When the first of those arrived.
    pub first_ahead_ms: Option<i64>,
}

impl Shard {
    pub fn new(index: u32, range: HashRange, created: DateTime<Utc>) -> Self {
        let created_ms = created.timestamp_millis();
        Self {
            range,
            start: Parts {
                shard_created: seconds(created_ms),
                index: 0,
                byte: 0,
                recorded: seconds(created_ms),
                shard: index,
            },
            records: VecDeque::new(),
            memory: 0,
            newest_ms: created_ms,
        }
    }

    /// What the number that stands before all its records is made of.
    pub fn start(&self) -> Parts {
        self.start
    }

    pub fn range(&self) -> HashRange {
        self.range
    }

    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Appends a record and says what its number is made of. It never arrives before the record ahead of it, even where
    /// the clock went back, so that records can be sought by time.
    pub fn append(&mut self, index: u64, payload: Payload, now: DateTime<Utc>) -> Parts {
        self.newest_ms = self.newest_ms.max(now.timestamp_millis());
        self.memory += payload.memory();
        let record = Record {
            index,
            arrived_ms: self.newest_ms,
            payload,
        };
        let number = record.number(self.start);
        self.records.push_back(record);
        number
    }

    /// The index of the first record that arrived at this time or later, if there is one.
    pub fn first_since(&self, time_ms: i64) -> Option<u64> {
        let at = self
            .records
            .partition_point(|record| record.arrived_ms < time_ms);
        self.records.get(at).map(|record| record.index)
    }

    /// Up to `limit` records from `position` on, and no more than `bytes` of them but one at least.
    pub fn read(&self, position: u64, limit: usize, bytes: usize) -> Found {
        let start = self
            .records
            .partition_point(|record| record.index < position);
        let mut size = 0;
        let records: Vec<Record> = self
            .records
            .range(start..)
            .take(limit)
            .take_while(|record| {
                let first = size == 0;
                size += record.payload.size();
                first || size <= bytes
            })
            .cloned()
            .collect();
        let end = start + records.len();
        Found {
            next: records.last().map_or(position, |record| record.index + 1),
            ahead: (self.records.len() - end) as u64,
            first_ahead_ms: self.records.get(end).map(|record| record.arrived_ms),
            records,
        }
    }

    /// Drops what arrived before this time; says how much memory that freed.
    pub fn trim_before(&mut self, time_ms: i64) -> usize {
        self.trim_while(|record, _| record.arrived_ms < time_ms).0
    }

    /// Drops the oldest records until this much memory is free; says how much it was, and how many records.
    pub fn trim_early(&mut self, amount: usize) -> (usize, u64) {
        self.trim_while(|_, freed| freed < amount)
    }

    fn trim_while(&mut self, goes: impl Fn(&Record, usize) -> bool) -> (usize, u64) {
        let (mut freed, mut count) = (0, 0);
        while let Some(record) = self.records.pop_front_if(|record| goes(record, freed)) {
            freed += record.payload.memory();
            count += 1;
        }
        self.memory -= freed;
        // A queue keeps its room when it empties: give it back before it outweighs what RECORD_OVERHEAD says.
        if count > 0 && self.records.capacity() > 64 + 2 * self.records.len() {
            self.records.shrink_to(self.records.len());
        }
        (freed, count)
    }
}
