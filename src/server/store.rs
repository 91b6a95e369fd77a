//! Everything the server keeps: streams by region and name, in memory and bounded.
//!
//! One lock holds it all, taken for a few lines and never over an await; hashing, decoding and encoding happen outside.
//! Past the memory limit the oldest records of the fullest shard go first, before their retention ends, and that is told.

mod shard;
mod stream;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

pub use shard::{Found, Payload, Shard};
pub use stream::{Mode, Stream};

use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::sequence_numbers::Parts;

/// How much of the memory limit is freed at once, as a fraction of it, so that the fullest shard is sought seldom.
const TRIM_FRACTION: usize = 128;

/// Streams, shards and records.
pub struct Store {
    regions: HashMap<String, BTreeMap<String, Stream>>,
    memory: usize,
    memory_limit: usize,
    shards: u32,
    shard_limit: u32,
    /// How many streams were ever created.
    incarnations: u64,
}

/// Why a stream was not created.
#[derive(Debug)]
pub enum NotCreated {
    Exists,
    TooManyShards(ShardLimit),
}

/// The shard limit and what would have gone beyond it.
#[derive(Debug)]
pub struct ShardLimit {
    pub current: u32,
    pub limit: u32,
    pub requested: u32,
}

/// A shard whose oldest records went before their retention ended.
#[derive(Debug)]
pub struct TrimmedEarly {
    pub region: String,
    pub stream: String,
    /// How many went.
    pub records: u64,
}

/// Where the records of a batch were stored, in order.
pub struct Appended {
    pub places: Vec<Parts>,
    pub trimmed: Vec<TrimmedEarly>,
}

impl Store {
    pub fn new(memory_limit: usize, shard_limit: u32) -> Self {
        Self {
            regions: HashMap::new(),
            memory: 0,
            memory_limit,
            shards: 0,
            shard_limit,
            incarnations: 0,
        }
    }

    /// The streams of a region in the order of their names.
    pub fn streams(&self, region: &str) -> Option<&BTreeMap<String, Stream>> {
        self.regions.get(region)
    }

    pub fn stream(&self, region: &str, name: &str) -> Option<&Stream> {
        self.regions.get(region)?.get(name)
    }

    /// The stream, with what is past its retention gone from the shard that is to be read.
    pub fn stream_to_read(
        &mut self,
        region: &str,
        name: &str,
        shard: u32,
        now: DateTime<Utc>,
    ) -> Option<&Stream> {
        let stream = self.regions.get_mut(region)?.get_mut(name)?;
        self.memory -= stream.trim_expired(shard, now);
        Some(stream)
    }

    pub fn create(
        &mut self,
        region: &str,
        name: &str,
        mode: Mode,
        shards: u32,
        now: DateTime<Utc>,
    ) -> Result<(), NotCreated> {
        if self.stream(region, name).is_some() {
            return Err(NotCreated::Exists);
        }
        if shards > self.shard_limit.saturating_sub(self.shards) {
            return Err(NotCreated::TooManyShards(ShardLimit {
                current: self.shards,
                limit: self.shard_limit,
                requested: shards,
            }));
        }
        self.shards += shards;
        self.incarnations += 1;
        let stream = Stream::new(self.incarnations, mode, shards, now);
        self.regions
            .entry(region.to_owned())
            .or_default()
            .insert(name.to_owned(), stream);
        Ok(())
    }

    /// Takes a stream out. It is handed to the caller, so that its records are freed after the lock.
    pub fn delete(&mut self, region: &str, name: &str) -> Option<Stream> {
        let streams = self.regions.get_mut(region)?;
        let stream = streams.remove(name)?;
        if streams.is_empty() {
            self.regions.remove(region);
        }
        self.shards -= stream.shards().len() as u32;
        self.memory -= stream.memory();
        Some(stream)
    }

    /// Stores a batch in order; nothing if there is no such stream.
    pub fn append(
        &mut self,
        region: &str,
        name: &str,
        batch: Vec<(HashKey, Payload)>,
        now: DateTime<Utc>,
    ) -> Option<Appended> {
        let stream = self.regions.get_mut(region)?.get_mut(name)?;
        let mut places = Vec::with_capacity(batch.len());
        for (key, payload) in batch {
            self.memory += payload.memory();
            let shard = stream.owner_of(key);
            self.memory -= stream.trim_expired(shard, now);
            places.push(stream.append(shard, payload, now));
        }
        let mut trimmed = Vec::new();
        while self.memory > self.memory_limit
            && let Some(event) = self.trim_fullest()
        {
            trimmed.push(event);
        }
        Some(Appended { places, trimmed })
    }

    fn trim_fullest(&mut self) -> Option<TrimmedEarly> {
        let amount = self.memory_limit / TRIM_FRACTION;
        let (region, name, shard) = self
            .regions
            .iter_mut()
            .flat_map(|(region, streams)| {
                streams
                    .iter_mut()
                    .map(move |(name, stream)| (region, name, stream))
            })
            .flat_map(|(region, name, stream)| {
                let shards = stream.shards_mut().iter_mut();
                shards.map(move |shard| (region, name, shard))
            })
            .max_by_key(|(_, _, shard)| shard.memory())?;
        let (freed, records) = shard.trim_early(amount.max(1));
        if freed == 0 {
            return None;
        }
        self.memory -= freed;
        Some(TrimmedEarly {
            region: region.clone(),
            stream: name.clone(),
            records,
        })
    }
}
