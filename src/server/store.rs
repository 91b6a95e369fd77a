//! Everything the server keeps: streams by region and name, bounded, in memory or on disk.
//!
//! ```text
//! a call -> what it changes (Changes) -> kept on disk, if there is one; may fail -> applied in memory -> its answer
//! ```
//!
//! One lock holds it all, taken for a few lines and never over an await; hashing, decoding and encoding happen outside.
//! No call costs more than the logarithm of what is kept: what is past its retention is skipped by halving, and let go
//! later, in slices ([`Store::tidy`]). At the memory limit puts are refused, or the oldest records of the fullest shard go
//! before their retention ends, and that is told.

mod changes;
mod creation;
mod disk;
mod log;
mod memory;
mod room;
mod shard;
mod stream;
mod tidy;
mod transitions;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use changes::{Changes, Failure, Keep, NewRecord};
pub use creation::{MOST_CREATING, MOST_ON_DEMAND, NoRoom, NotCreated, ShardLimit};
pub use disk::{Disk, DiskOptions, OpenError, empty_store};
pub use log::{Found, Payload};
pub use shard::{About, Shard};
pub use stream::{Head, Mode, Stream};
pub use transitions::{Change, Status, Transition};

use self::disk::{DiskLog, Kept};
use self::log::Log;
use self::memory::MemoryLog;
use crate::kinesis::ShardId;
use crate::kinesis::control::Timing;
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::sequence_numbers::Parts;
use crate::server::limits::Limits;
use crate::server::rates::{Rates, ShardRates};

/// Streams, shards and records.
pub struct Store {
    /// The incarnation that has the name now, by region and name.
    names: HashMap<String, BTreeMap<String, u64>>,
    /// By incarnation.
    streams: BTreeMap<u64, Stream>,
    /// Deleted streams whose records are still to be let go.
    leaving: BTreeMap<u64, Stream>,
    /// The on-demand streams, by region and incarnation.
    on_demand: BTreeSet<(String, u64)>,
    /// What outlives the process, if anything does.
    keep: Option<Box<dyn Keep>>,
    /// The streams that are on their way to something: (until when, in epoch ms; incarnation).
    due: BTreeSet<(i64, u64)>,
    memory: usize,
    limit: usize,
    trim_early: bool,
    /// Why the last put could not be kept, if so, and if nothing was let go since.
    full: Option<String>,
    /// Which records went since this was last asked, as their retention had ended; by stream.
    expired: BTreeMap<u64, Expired>,
    rates: Rates,
    /// The open shards of all streams.
    shards: u32,
    shard_limit: u32,
    /// All shards, those that are closed or of deleted streams included.
    kept_shards: u32,
    /// The newest stream.
    incarnation: u64,
    /// The shard at which tidying goes on: (stream, index).
    tidied: (u64, u32),
    /// How far the lab's clock is ahead, in seconds.
    ahead_seconds: u64,
}

/// When a stream's change is complete, if it is on its way to one.
fn due(head: &Head) -> Option<(i64, u64)> {
    let transition = head.transition.as_ref()?;
    Some((transition.until_ms, head.incarnation))
}

/// A shard whose oldest records went before their retention ended.
#[derive(Debug)]
pub struct TrimmedEarly {
    pub region: String,
    pub stream: String,
    pub shard: ShardId,
    /// How many went.
    pub records: u64,
}

/// A stream that let go of records whose retention has ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Expired {
    pub region: String,
    pub stream: String,
    /// How many went, by the index of their shard.
    pub records: BTreeMap<u32, u64>,
}

/// Where the records of a batch were stored, in order.
pub struct Appended {
    pub places: Vec<Parts>,
    pub trimmed: Vec<TrimmedEarly>,
}

impl Store {
    pub fn new(limits: &Limits) -> Self {
        Self {
            names: HashMap::new(),
            streams: BTreeMap::new(),
            leaving: BTreeMap::new(),
            on_demand: BTreeSet::new(),
            keep: None,
            due: BTreeSet::new(),
            memory: 0,
            limit: limits.memory_bytes,
            trim_early: limits.trim_early,
            full: None,
            expired: BTreeMap::new(),
            rates: limits.rates,
            shards: 0,
            shard_limit: limits.shards,
            kept_shards: 0,
            incarnation: 0,
            tidied: (0, 0),
            ahead_seconds: 0,
        }
    }

    /// A store that goes on with what is kept on disk, and keeps every change there before it is made.
    pub fn restore(disk: &Arc<Disk>, kept: Kept, limits: &Limits) -> Self {
        let mut store = Self::new(limits);
        store.limit = limits.disk_bytes;
        store.keep = Some(Box::new(Arc::clone(disk)));
        store.ahead_seconds = kept.ahead_seconds;
        for kept in kept.streams {
            let incarnation = kept.head.incarnation;
            let mut stream = Stream::new(kept.head);
            for (about, ends) in kept.shards {
                let log = DiskLog::new(Arc::clone(disk), incarnation, about.index, ends);
                store.memory += log.size();
                stream.restore_shard(about, Log::Disk(log), ends.map(|(_, last)| last));
            }
            store.kept_shards += stream.shard_count();
            if kept.deleted {
                store.incarnation = store.incarnation.max(incarnation);
                store.leaving.insert(incarnation, stream);
                continue;
            }
            store.list(stream.head());
            store.shards += stream.open_shards();
            store.streams.insert(incarnation, stream);
        }
        store
    }

    /// From now on every change is kept here before it happens.
    #[cfg(test)]
    pub fn keep_in(&mut self, keep: Box<dyn Keep>) {
        self.keep = Some(keep);
    }

    pub fn stream(&self, region: &str, name: &str) -> Option<&Stream> {
        self.streams.get(self.names.get(region)?.get(name)?)
    }

    /// The streams of a region behind this name, in the order of their names.
    pub fn streams_after(&self, region: &str, name: &str) -> impl Iterator<Item = &Stream> {
        let behind = (Bound::Excluded(name), Bound::Unbounded);
        let names = self.names.get(region).into_iter();
        names
            .flat_map(move |names| names.range::<str, _>(behind))
            .filter_map(|(_, incarnation)| self.streams.get(incarnation))
    }

    /// Begins to delete a stream, unless that is under way; says whether there is one.
    pub fn delete(
        &mut self,
        region: &str,
        name: &str,
        timing: Timing,
        now: DateTime<Utc>,
    ) -> Result<bool, Failure> {
        let Some(head) = self.stream(region, name).map(Stream::head) else {
            return Ok(false);
        };
        if head.status() != Status::Deleting {
            self.begin(head.incarnation, Change::Delete, timing, now)?;
        }
        Ok(true)
    }

    /// All streams, and how many records each holds as far as they can be read.
    pub fn counts(&self) -> impl Iterator<Item = (&Head, Vec<(ShardId, u64)>)> {
        self.streams.values().map(|stream| {
            let counts = stream.shards_from(0).map(|shard| {
                let found = shard.read(0, i64::MIN, 0, 0);
                let id = ShardId::from_index(shard.about().index);
                (id, found.map_or(0, |found| found.ahead))
            });
            (stream.head(), counts.collect())
        })
    }

    /// Drops all records of a stream at once; its shards go on where they were. Says how many, if there is the stream.
    pub fn empty(&mut self, region: &str, name: &str) -> Result<Option<u64>, Failure> {
        let Some(stream) = self.stream(region, name) else {
            return Ok(None);
        };
        let mut records = 0;
        let mut changes = Changes::default();
        for shard in stream.shards_from(0) {
            records += shard.read(0, i64::MIN, 0, 0)?.ahead;
            let about = shard.about().clone();
            let trimmed = stream.next_index(about.index);
            let emptied = About { trimmed, ..about };
            changes.shards.push((stream.head().incarnation, emptied));
        }
        self.commit(changes)?;
        Ok(Some(records))
    }

    /// How far the lab's clock is ahead, in seconds.
    pub fn ahead_seconds(&self) -> u64 {
        self.ahead_seconds
    }

    /// Stores a batch in order; nothing if there is no such stream.
    pub fn append(
        &mut self,
        region: &str,
        name: &str,
        batch: Vec<(HashKey, Payload)>,
        now: DateTime<Utc>,
    ) -> Result<Option<Appended>, Failure> {
        let appended = self.try_append(region, name, batch, now);
        self.full = appended.as_ref().err().map(|failure| failure.0.clone());
        appended
    }

    fn try_append(
        &mut self,
        region: &str,
        name: &str,
        batch: Vec<(HashKey, Payload)>,
        now: DateTime<Utc>,
    ) -> Result<Option<Appended>, Failure> {
        let size = batch.iter().map(|(_, payload)| payload.memory()).sum();
        let Some(incarnation) = self.stream(region, name).map(|it| it.head().incarnation) else {
            return Ok(None);
        };
        let trimmed = self.make_room(size, now)?;
        let Some(stream) = self.streams.get_mut(&incarnation) else {
            return Ok(None);
        };
        let mut places = Vec::with_capacity(batch.len());
        let mut records = Vec::with_capacity(batch.len());
        for (key, payload) in batch {
            let Some((start, record)) = stream.next_record(key, payload, now) else {
                continue;
            };
            places.push(record.number(start));
            records.push(NewRecord {
                stream: incarnation,
                shard: start.shard,
                record,
            });
        }
        let changes = Changes {
            records,
            ..Changes::default()
        };
        if let Err(failure) = self.persist(&changes) {
            if let Some(stream) = self.streams.get_mut(&incarnation) {
                stream.withdraw(&changes.records);
            }
            return Err(failure);
        }
        self.apply(changes);
        Ok(Some(Appended { places, trimmed }))
    }

    /// Has changes kept, then makes them: all of them, or none if that fails.
    pub fn commit(&mut self, changes: Changes) -> Result<(), Failure> {
        self.persist(&changes)?;
        self.apply(changes);
        Ok(())
    }

    /// The one place where what is to last leaves memory. Without a place to keep it, it does nothing.
    fn persist(&mut self, changes: &Changes) -> Result<(), Failure> {
        self.keep.as_mut().map_or(Ok(()), |keep| keep.keep(changes))
    }

    fn apply(&mut self, changes: Changes) {
        if let Some(seconds) = changes.ahead_seconds {
            self.ahead_seconds = seconds;
        }
        for head in changes.heads {
            let known = self.streams.get(&head.incarnation);
            if let Some(was) = known.and_then(|stream| due(stream.head())) {
                self.due.remove(&was);
            }
            self.list(&head);
            match self.streams.get_mut(&head.incarnation) {
                Some(stream) => stream.set_head(head),
                None => {
                    self.streams.insert(head.incarnation, Stream::new(head));
                }
            }
        }
        for (incarnation, about) in changes.shards {
            if let Some(stream) = self.streams.get_mut(&incarnation) {
                self.shards -= stream.open_shards();
                let keep = &self.keep;
                self.kept_shards -= stream.shard_count();
                stream.set_shard(about, |stream, shard| match keep {
                    Some(keep) => keep.log(stream, shard),
                    None => Log::Memory(MemoryLog::default()),
                });
                self.shards += stream.open_shards();
                self.kept_shards += stream.shard_count();
            }
        }
        for NewRecord {
            stream,
            shard,
            record,
        } in changes.records
        {
            if let Some(stream) = self.streams.get_mut(&stream) {
                self.memory += record.payload.memory();
                stream.push(shard, record);
            }
        }
        for freed in changes.freed {
            let stream = self.held(freed.stream);
            if let Some(shard) = stream.and_then(|stream| stream.shard_mut(freed.shard)) {
                self.memory -= shard.log_mut().free(freed.below);
                self.full = None;
            }
        }
        for (incarnation, shard) in changes.forgotten {
            if let Some(stream) = self.held(incarnation) {
                let forgotten = stream.forget_shard(shard);
                if stream.is_empty() {
                    self.leaving.remove(&incarnation);
                }
                if let Some(shard) = forgotten {
                    self.kept_shards -= 1;
                    self.memory -= shard.memory();
                }
            }
        }
        for incarnation in changes.deleted {
            if let Some(stream) = self.streams.remove(&incarnation) {
                let head = stream.head();
                self.on_demand.remove(&(head.region.clone(), incarnation));
                if let Some(was) = due(head) {
                    self.due.remove(&was);
                }
                if let Some(names) = self.names.get_mut(&head.region) {
                    names.remove(&head.name);
                    if names.is_empty() {
                        self.names.remove(&head.region);
                    }
                }
                self.shards -= stream.open_shards();
                self.leaving.insert(incarnation, stream);
            }
        }
    }

    /// Lists a stream where it is looked for: by its name, by its mode, and by when its change is complete.
    fn list(&mut self, head: &Head) {
        self.incarnation = self.incarnation.max(head.incarnation);
        let names = self.names.entry(head.region.clone()).or_default();
        names.insert(head.name.clone(), head.incarnation);
        let place = (head.region.clone(), head.incarnation);
        match head.mode {
            Mode::OnDemand => self.on_demand.insert(place),
            Mode::Provisioned => self.on_demand.remove(&place),
        };
        self.due.extend(due(head));
    }

    /// A stream, be it deleted or not.
    fn held(&mut self, incarnation: u64) -> Option<&mut Stream> {
        self.streams
            .get_mut(&incarnation)
            .or_else(|| self.leaving.get_mut(&incarnation))
    }

    /// Why puts are refused for want of room, if they are.
    pub fn full(&self) -> Option<&str> {
        self.full.as_deref()
    }

    /// What a shard may still take and give; nothing where no limit holds.
    pub fn rates(&mut self, incarnation: u64, shard: u32) -> Option<&mut ShardRates> {
        if self.rates == Rates::Off {
            return None;
        }
        let stream = self.streams.get_mut(&incarnation)?;
        Some(stream.shard_mut(shard)?.rates_mut())
    }
}
