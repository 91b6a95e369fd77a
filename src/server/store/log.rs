//! The records of one shard, oldest first, in memory or on disk: they come at the end and go at the front.
//!
//! Indexes and arrival times grow with the records, so that both can be sought by halves; ordinals grow by one, so that
//! "how many" is a subtraction.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::changes::Failure;
use super::disk::DiskLog;
use super::memory::MemoryLog;
use crate::kinesis::sequence_numbers::Parts;

/// What a record costs beside its bytes: its place in a queue that may be half empty (2 x 48 bytes), and the header and
/// rounding of its allocation (32).
pub const RECORD_OVERHEAD: usize = 128;

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
    /// Its place in sequence numbers: it grows within the shard, with gaps.
    pub index: u64,
    /// Its place among the records of its shard: it grows by one.
    pub ordinal: u64,
    /// What the records of its shard before it took of the store's room.
    pub start: u64,
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
            recorded: seconds(self.arrived_ms).max(start.recorded),
            ..start
        }
    }
}

/// Sequence numbers know whole seconds since 1970.
pub fn seconds(milliseconds: i64) -> u64 {
    u64::try_from(milliseconds / 1000).unwrap_or(0)
}

/// Where a reader may start: no record of a smaller index, and none that arrived earlier.
#[derive(Debug, Clone, Copy)]
pub struct From {
    pub index: u64,
    pub time_ms: i64,
}

/// What a read found.
#[derive(Debug)]
pub struct Found {
    pub records: Vec<Record>,
    /// The records of the shard after those.
    pub ahead: u64,
    /// When the first of them arrived.
    pub first_ahead_ms: Option<i64>,
}

impl Found {
    /// Whether no record is left behind the place that was read from.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.ahead == 0
    }
}

/// What went from the front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Front {
    /// All records below this index.
    pub below: u64,
    /// How many they are.
    pub records: u64,
}

/// The records of a shard.
#[derive(Debug)]
pub enum Log {
    Memory(MemoryLog),
    Disk(DiskLog),
}

impl Log {
    /// What the records take of the store's room.
    pub fn memory(&self) -> usize {
        match self {
            Self::Memory(log) => log.memory(),
            Self::Disk(log) => log.size(),
        }
    }

    pub fn push(&mut self, record: Record) {
        match self {
            Self::Memory(log) => log.push(record),
            Self::Disk(log) => log.push(&record),
        }
    }

    /// The index of the first record at or after this place.
    pub fn first(&self, from: From) -> Result<Option<u64>, Failure> {
        match self {
            Self::Memory(log) => Ok(log.first(from).map(|record| record.index)),
            Self::Disk(log) => Ok(log.first(from)?.map(|mark| mark.index)),
        }
    }

    /// Up to `limit` records from a place on, and no more than `bytes` of them but one at least.
    pub fn read(&self, from: From, limit: usize, bytes: usize) -> Result<Found, Failure> {
        match self {
            Self::Memory(log) => Ok(log.read(from, limit, bytes)),
            Self::Disk(log) => log.read(from, limit, bytes),
        }
    }

    /// The records before this place, but no more of them than `most`; nothing if there are none.
    pub fn before(&self, from: From, most: usize) -> Result<Option<Front>, Failure> {
        match self {
            Self::Memory(log) => Ok(log.before(from, most)),
            Self::Disk(log) => log.before(from, most),
        }
    }

    /// The oldest records that take at least so much room together; nothing if there are no records.
    pub fn oldest(&self, size: usize) -> Result<Option<Front>, Failure> {
        match self {
            Self::Memory(log) => Ok(log.oldest(size)),
            Self::Disk(log) => log.oldest(size),
        }
    }

    /// Lets go of all records below this index; says how much room that gave.
    pub fn free(&mut self, below: u64) -> usize {
        match self {
            Self::Memory(log) => log.free(below),
            Self::Disk(log) => log.free(below),
        }
    }
}
