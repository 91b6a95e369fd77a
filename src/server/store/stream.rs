//! One stream: what is known about it, its shards, and the counters its sequence numbers are made of.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::changes::NewRecord;
use super::disk::Mark;
use super::log::{Log, Payload, Record};
use super::shard::{About, Shard};
use super::transitions::{Status, Transition};
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::sequence_numbers::Parts;

/// The retention of a new stream.
const RETENTION_HOURS: u32 = 24;

/// The largest record of a new stream, data and key together.
const MAX_RECORD_KIB: u32 = 1024;

/// Sequence indexes are counted by groups of five shards, as seen on AWS: another reason why numbers have gaps.
const SHARDS_OF_A_COUNTER: u32 = 5;

/// Who decides on the number of shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    Provisioned,
    OnDemand,
}

/// What is known about a stream, beside its shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Tells this stream from all others, those of the same name before or after it too.
    pub incarnation: u64,
    pub region: String,
    pub name: String,
    pub created_ms: i64,
    pub mode: Mode,
    /// When the mode was changed lately.
    pub mode_changes_ms: Vec<i64>,
    pub retention_hours: u32,
    /// What arrived before this time is gone, even if the retention is raised.
    pub gone_before_ms: i64,
    pub max_record_kib: u32,
    pub tags: BTreeMap<String, String>,
    /// The index of the next new shard.
    pub next_shard: u32,
    /// What it is on its way to; none while it is ACTIVE.
    pub transition: Option<Transition>,
}

impl Head {
    /// A stream as its creator asks for it; the store counts its incarnations and its shards.
    pub fn new(region: &str, name: &str, mode: Mode, created: DateTime<Utc>) -> Self {
        let created_ms = created.timestamp_millis();
        Self {
            incarnation: 0,
            region: region.to_owned(),
            name: name.to_owned(),
            created_ms,
            mode,
            mode_changes_ms: Vec::new(),
            retention_hours: RETENTION_HOURS,
            gone_before_ms: created_ms,
            max_record_kib: MAX_RECORD_KIB,
            tags: BTreeMap::new(),
            next_shard: 0,
            transition: None,
        }
    }

    pub fn created(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.created_ms).unwrap_or_default()
    }

    /// What arrived before this time cannot be read any more.
    pub fn horizon_ms(&self, now: DateTime<Utc>) -> i64 {
        let retention = Duration::hours(i64::from(self.retention_hours));
        (now - retention)
            .timestamp_millis()
            .max(self.gone_before_ms)
    }
}

/// One stream.
#[derive(Debug)]
pub struct Stream {
    head: Head,
    shards: BTreeMap<u32, Shard>,
    /// The open shards by the first point of their ranges, which tile the line.
    open: BTreeMap<HashKey, u32>,
    /// The next index of each group of shards; 0 belongs to the shard's starting number.
    next_index: Vec<u64>,
}

impl Stream {
    /// A stream that has no shards yet.
    pub(super) fn new(head: Head) -> Self {
        Self {
            head,
            shards: BTreeMap::new(),
            open: BTreeMap::new(),
            next_index: Vec::new(),
        }
    }

    pub fn head(&self) -> &Head {
        &self.head
    }

    pub(super) fn set_head(&mut self, head: Head) {
        self.head = head;
    }

    /// The shards from this index on, in order.
    pub fn shards_from(&self, index: u32) -> impl Iterator<Item = &Shard> {
        self.shards.range(index..).map(|(_, shard)| shard)
    }

    /// The shards from this index on that descriptions show: none before the stream is created, and not those that were
    /// closed so long ago that none of their records can be read.
    pub fn listed_from(&self, index: u32, now: DateTime<Utc>) -> impl Iterator<Item = &Shard> {
        let index = match self.head.status() {
            Status::Creating => self.head.next_shard,
            _ => index,
        };
        let horizon_ms = self.head.horizon_ms(now);
        let shards = self.shards_from(index);
        shards.filter(move |shard| shard.about().reaches(horizon_ms))
    }

    pub fn shard(&self, index: u32) -> Option<&Shard> {
        self.shards.get(&index)
    }

    /// The shard if it is among those [listed](Self::listed_from).
    pub fn listed(&self, index: u32, now: DateTime<Utc>) -> Option<&Shard> {
        let shard = self.shard(index)?;
        let is_listed = self.head.status() != Status::Creating
            && shard.about().reaches(self.head.horizon_ms(now));
        is_listed.then_some(shard)
    }

    /// The open shard that starts at this point.
    pub fn open_at(&self, start: HashKey) -> Option<&Shard> {
        self.shard(*self.open.get(&start)?)
    }

    /// The open shards in the order of their ranges.
    pub fn open(&self) -> impl Iterator<Item = &Shard> {
        self.open.values().filter_map(|index| self.shard(*index))
    }

    /// All shards that are kept, closed ones included.
    pub(super) fn shard_count(&self) -> u32 {
        self.shards.len() as u32
    }

    pub(super) fn shard_mut(&mut self, index: u32) -> Option<&mut Shard> {
        self.shards.get_mut(&index)
    }

    pub fn open_shards(&self) -> u32 {
        self.open.len() as u32
    }

    /// The index that the shard's next record would get: the position of LATEST.
    pub fn next_index(&self, shard: u32) -> u64 {
        let counter = (shard / SHARDS_OF_A_COUNTER) as usize;
        self.next_index.get(counter).copied().unwrap_or(1)
    }

    /// The open shard whose range holds the key.
    pub fn owner_of(&self, key: HashKey) -> Option<u32> {
        self.open.range(..=key).next_back().map(|(_, shard)| *shard)
    }

    /// Adds a shard, or changes what is known about one.
    pub(super) fn set_shard(&mut self, about: About, log: impl FnOnce(u64, u32) -> Log) {
        let index = about.index;
        self.count(index, about.trimmed);
        let start = about.range.start;
        if about.closed.is_none() {
            self.open.insert(start, index);
        } else if self.open.get(&start) == Some(&index) {
            self.open.remove(&start);
        }
        match self.shards.get_mut(&index) {
            Some(shard) => shard.set_about(about),
            None => {
                let log = log(self.head.incarnation, index);
                self.shards.insert(index, Shard::new(about, log));
            }
        }
    }

    /// Adds a shard as it was kept, with the last of its records.
    pub(super) fn restore_shard(&mut self, about: About, log: Log, last: Option<Mark>) {
        let index = about.index;
        self.set_shard(about, |_, _| log);
        if let Some(last) = last {
            self.count(index, last.index + 1);
            if let Some(shard) = self.shards.get_mut(&index) {
                shard.go_on(&last);
            }
        }
    }

    /// The next record of a key, which is not stored yet, and the start of the shard that it belongs to.
    pub(super) fn next_record(
        &mut self,
        key: HashKey,
        payload: Payload,
        now: DateTime<Utc>,
    ) -> Option<(Parts, Record)> {
        let owner = self.owner_of(key)?;
        let index = self.next_index(owner);
        let shard = self.shards.get_mut(&owner)?;
        let start = shard.about().start();
        let record = shard.next_record(index, payload, now);
        self.count(owner, index + 1);
        Some((start, record))
    }

    /// Takes back what [`next_record`](Self::next_record) gave since the last push. Their indexes stay unused.
    pub(super) fn withdraw(&mut self, records: &[NewRecord]) {
        for NewRecord { shard, record, .. } in records.iter().rev() {
            if let Some(shard) = self.shards.get_mut(shard) {
                shard.withdraw(record);
            }
        }
    }

    pub(super) fn push(&mut self, shard: u32, record: Record) {
        self.count(shard, record.index + 1);
        if let Some(shard) = self.shards.get_mut(&shard) {
            shard.push(record);
        }
    }

    /// No record of this shard's group has this index or a greater one.
    fn count(&mut self, shard: u32, next: u64) {
        let counter = (shard / SHARDS_OF_A_COUNTER) as usize;
        if self.next_index.len() <= counter {
            self.next_index.resize(counter + 1, 1);
        }
        let known = &mut self.next_index[counter];
        *known = next.max(*known);
    }

    pub(super) fn forget_shard(&mut self, index: u32) -> Option<Shard> {
        self.shards.remove(&index)
    }

    /// Whether all shards are forgotten.
    pub(super) fn is_empty(&self) -> bool {
        self.shards.is_empty()
    }
}
