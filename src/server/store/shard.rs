//! One shard: what is known about it, and its records.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::changes::Failure;
use super::disk::Mark;
use super::log::{Found, From, Front, Log, Payload, Record, seconds};
use crate::kinesis::hash_ranges::HashRange;
use crate::kinesis::sequence_numbers::{LAST_INDEX, Parts};
use crate::server::rates::ShardRates;

/// What is known about a shard, beside its records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its number in the stream: they count up and are never used again.
    pub index: u32,
    pub range: HashRange,
    pub created_ms: i64,
    /// The time of creation that its sequence numbers carry, in epoch seconds.
    pub numbered_from: u64,
    /// The shards that it came from: none, one that was split, or two that were merged, the lower one first.
    pub parents: Vec<u32>,
    /// Absent while it is open.
    pub closed: Option<Closed>,
    /// Records below this index are gone, whatever else may still hold them.
    pub trimmed: u64,
}

/// A shard that takes no more records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub at_ms: i64,
    /// The shards that go on with its keys.
    pub children: Vec<u32>,
}

impl About {
    pub fn new(index: u32, range: HashRange, created: DateTime<Utc>) -> Self {
        let created_ms = created.timestamp_millis();
        Self {
            index,
            range,
            created_ms,
            numbered_from: seconds(created_ms),
            parents: Vec::new(),
            closed: None,
            trimmed: 0,
        }
    }

    /// What the number that stands before all its records is made of.
    pub fn start(&self) -> Parts {
        Parts {
            shard_created: self.numbered_from,
            index: 0,
            byte: 0,
            recorded: self.numbered_from,
            shard: self.index,
        }
    }

    /// What the number that stands behind all its records is made of, once it is closed.
    pub fn end(&self) -> Option<Parts> {
        let closed = self.closed.as_ref()?;
        Some(Parts {
            index: LAST_INDEX,
            recorded: seconds(closed.at_ms).max(self.numbered_from),
            ..self.start()
        })
    }

    /// Whether it was open at a time or closed no earlier, so that it may hold what arrived since then.
    pub fn reaches(&self, time_ms: i64) -> bool {
        self.closed
            .as_ref()
            .is_none_or(|closed| closed.at_ms >= time_ms)
    }
}

/// One shard of a stream.
#[derive(Debug)]
pub struct Shard {
    about: About,
    log: Log,
    newest_ms: i64,
    next_ordinal: u64,
    next_start: u64,
    /// Forgotten with the process.
    rates: ShardRates,
}

impl Shard {
    pub fn new(about: About, log: Log) -> Self {
        Self {
            newest_ms: about.created_ms,
            about,
            log,
            next_ordinal: 0,
            next_start: 0,
            rates: ShardRates::default(),
        }
    }

    /// Goes on behind the last record that was kept.
    pub(super) fn go_on(&mut self, last: &Mark) {
        self.newest_ms = last.arrived_ms;
        self.next_ordinal = last.ordinal + 1;
        self.next_start = last.end();
    }

    pub fn about(&self) -> &About {
        &self.about
    }

    pub(super) fn set_about(&mut self, about: About) {
        self.about = about;
    }

    pub(super) fn rates_mut(&mut self) -> &mut ShardRates {
        &mut self.rates
    }

    pub(super) fn log_mut(&mut self) -> &mut Log {
        &mut self.log
    }

    /// When its newest record arrived; before there is one, when it was created.
    pub(super) fn newest_ms(&self) -> i64 {
        self.newest_ms
    }

    pub fn memory(&self) -> usize {
        self.log.memory()
    }

    /// The shard's next record. It never arrives before the record ahead of it, even where the clock went back, so that
    /// records can be sought by time.
    pub(super) fn next_record(
        &mut self,
        index: u64,
        payload: Payload,
        now: DateTime<Utc>,
    ) -> Record {
        let (ordinal, start) = (self.next_ordinal, self.next_start);
        self.next_ordinal += 1;
        self.next_start += payload.memory() as u64;
        Record {
            index,
            ordinal,
            start,
            arrived_ms: self.newest_ms.max(now.timestamp_millis()),
            payload,
        }
    }

    /// Takes back what [`next_record`](Self::next_record) gave last.
    pub(super) fn withdraw(&mut self, record: &Record) {
        self.next_ordinal = record.ordinal;
        self.next_start = record.start;
    }

    pub(super) fn push(&mut self, record: Record) {
        self.newest_ms = record.arrived_ms;
        self.next_ordinal = record.ordinal + 1;
        self.next_start = record.start + record.payload.memory() as u64;
        self.log.push(record);
    }

    /// Up to `limit` records from `position` on, and no more than `bytes` of them but one at least. What arrived before
    /// the horizon is past its retention.
    pub fn read(
        &self,
        position: u64,
        horizon_ms: i64,
        limit: usize,
        bytes: usize,
    ) -> Result<Found, Failure> {
        self.log.read(
            From {
                index: position.max(self.about.trimmed),
                time_ms: horizon_ms,
            },
            limit,
            bytes,
        )
    }

    /// The index of the first record that arrived at this time or later, if there is one.
    pub fn first_since(&self, time_ms: i64) -> Result<Option<u64>, Failure> {
        let index = self.about.trimmed;
        self.log.first(From { index, time_ms })
    }

    /// What is past its retention and still held, but no more records than `most`.
    pub(super) fn past(&self, horizon_ms: i64, most: usize) -> Result<Option<Front>, Failure> {
        let dropped = From {
            index: self.about.trimmed,
            time_ms: horizon_ms,
        };
        self.log.before(dropped, most)
    }

    /// The oldest records that take at least so much memory together.
    pub(super) fn oldest(&self, memory: usize) -> Result<Option<Front>, Failure> {
        self.log.oldest(memory)
    }
}
