//! What is known of a stream: what it is like, how many records lie where, and who put them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Deed, KEYS, SHARDS, cut};
use crate::kinesis::feed::PutEntry;
use crate::kinesis::{SequenceNumber, ShardId};
use crate::steps::looks::Found;

/// A stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamFacts {
    /// Its name.
    pub name: String,
    /// Who created it, or wanted to and found it there.
    pub created: Option<Deed>,
    /// How many shards were asked for.
    pub shards_asked: Option<u32>,
    /// Its state, as a look showed it last.
    pub status: Option<String>,
    /// Its shards, as far as they were seen.
    pub shards: Vec<ShardFacts>,
    /// Records in it, by whomever.
    pub held: u64,
    /// Whether it is known of every record in which shard it lies.
    pub placed: bool,
    /// Of these, put by the lab itself.
    pub automatic: u64,
    /// Records put on purpose.
    pub put: u64,
    /// The keys of these with how many records and in which shard the last of them was; at most [`KEYS`].
    pub keys: BTreeMap<String, (u64, Option<ShardId>)>,
    /// Who split a shard of it last.
    pub split: Option<Deed>,
    /// Who merged shards of it last.
    pub merged: Option<Deed>,
    /// The last put on purpose.
    pub last_put: Option<Deed>,
    /// The key of a record that begins like no JSON, if there is one.
    pub not_json: Option<String>,
    /// When something was seen of it last.
    pub touched: DateTime<Utc>,
}

/// A shard.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardFacts {
    /// Its id.
    pub id: ShardId,
    /// Whether it takes records, if a look has shown that.
    pub open: Option<bool>,
    /// The shards it was made of, as far as a look has shown that.
    pub parents: Vec<ShardId>,
    /// Records put into it, by whomever.
    pub records: u64,
    /// Of these, on purpose.
    pub put: u64,
    /// How far it was read on purpose.
    pub read: Option<ReadTo>,
}

/// How far a shard was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadTo {
    /// The newest record that was given out; none if there was nothing.
    pub last: Option<SequenceNumber>,
    /// By which reading.
    pub reading: u64,
    /// Whether it had caught up then.
    pub caught_up: bool,
}

impl StreamFacts {
    pub(super) fn new(name: &str, keys_named: &[String], now: DateTime<Utc>) -> Self {
        let keys = keys_named.iter().map(|key| (key.clone(), (0, None)));
        Self {
            name: cut(name),
            created: None,
            shards_asked: None,
            status: None,
            shards: Vec::new(),
            held: 0,
            placed: true,
            automatic: 0,
            put: 0,
            keys: keys.collect(),
            split: None,
            merged: None,
            last_put: None,
            not_json: None,
            touched: now,
        }
    }

    /// Forgets what was done on purpose; what the stream is like stays.
    pub(super) fn forget_deeds(&mut self) {
        self.created = None;
        self.put = 0;
        self.split = None;
        self.merged = None;
        self.last_put = None;
        for count in self.keys.values_mut() {
            *count = (0, None);
        }
        for shard in &mut self.shards {
            shard.put = 0;
        }
    }

    /// The keys that were put on purpose, with their shards.
    pub fn keys_put(&self) -> impl Iterator<Item = (&str, Option<&ShardId>)> {
        let put = self.keys.iter().filter(|(_, (records, _))| *records > 0);
        put.map(|(key, (_, shard))| (key.as_str(), shard.as_ref()))
    }

    /// The shards with records that were put on purpose.
    pub fn shards_put(&self) -> impl Iterator<Item = &ShardId> {
        let put = self.shards.iter().filter(|shard| shard.put > 0);
        put.map(|shard| &shard.id)
    }

    /// Whether a look has shown it, and not on its way out.
    pub fn is_there(&self) -> bool {
        let status = self.status.as_deref();
        status.is_some_and(|status| status != "DELETING")
    }

    /// How many open shards it has, as far as is known.
    pub fn open_shards(&self) -> Option<u32> {
        let known = self.shards.iter().any(|shard| shard.open.is_some());
        let open = self.shards.iter().filter(|shard| shard.open == Some(true));
        match known {
            true => u32::try_from(open.count()).ok(),
            false => self.shards_asked,
        }
    }

    /// What is known of a shard.
    pub fn shard(&self, id: &ShardId) -> Option<&ShardFacts> {
        self.shards.iter().find(|shard| shard.id == *id)
    }

    /// The same to change it; `None` beyond the bound.
    pub(super) fn shard_mut(&mut self, id: &ShardId) -> Option<&mut ShardFacts> {
        let place = self.shards.iter().position(|shard| shard.id == *id);
        let place = match place {
            Some(place) => place,
            None if self.shards.len() == SHARDS || id.as_str().len() > super::NAME => return None,
            None => {
                self.shards.push(ShardFacts {
                    id: id.clone(),
                    open: None,
                    parents: Vec::new(),
                    records: 0,
                    put: 0,
                    read: None,
                });
                self.shards.len() - 1
            }
        };
        self.shards.get_mut(place)
    }

    pub(super) fn described(&mut self, status: &str, shards: &[(ShardId, bool)]) -> bool {
        let before = (self.status.clone(), self.open_shards());
        self.status = Some(cut(status));
        for (id, open) in shards {
            if let Some(shard) = self.shard_mut(id) {
                shard.open = Some(*open);
            }
        }
        before != (self.status.clone(), self.open_shards())
    }

    /// A look has shown what a shard was made of. Whether that is news.
    pub(super) fn made(&mut self, shard: &ShardId, parents: &[ShardId]) -> bool {
        match self.shard_mut(shard) {
            Some(shard) if shard.parents != parents => {
                shard.parents = parents.iter().take(2).cloned().collect();
                true
            }
            _ => false,
        }
    }

    /// Its closed shards, as far as a look has shown them.
    pub fn closed(&self) -> impl Iterator<Item = &ShardFacts> {
        self.shards.iter().filter(|shard| shard.open == Some(false))
    }

    /// The shards that were made of this one.
    pub fn made_of(&self, shard: &ShardId) -> impl Iterator<Item = &ShardFacts> {
        let made = move |it: &&ShardFacts| it.parents.contains(shard);
        self.shards.iter().filter(made)
    }

    pub(super) fn keeps(&mut self, records: u64) {
        self.held += records;
        self.placed &= records == 0;
    }

    pub(super) fn drops(&mut self, records: u64) {
        self.held = self.held.saturating_sub(records);
        self.placed = false;
        if self.held == 0 {
            self.placed = true;
            for shard in &mut self.shards {
                shard.records = 0;
            }
        }
    }

    /// Records were put.
    pub(super) fn put(&mut self, entries: &[PutEntry], deed: Option<&Deed>) {
        for entry in entries {
            let Ok((shard, _)) = &entry.result else {
                continue;
            };
            self.holds(shard, &entry.key, &entry.head);
            match deed {
                None => self.automatic += 1,
                Some(deed) => self.count(shard, &entry.key, deed),
            }
        }
    }

    /// A look found records in a shard that nobody had told of; of them count those that may.
    pub(super) fn found(
        &mut self,
        shard: &ShardId,
        records: &[Found],
        counts: impl Fn(&Found) -> bool,
        deed: &Deed,
    ) {
        for record in records {
            self.holds(shard, &record.key, &record.head);
            if counts(record) {
                self.count(shard, &record.key, deed);
            }
        }
    }

    /// It holds one more record.
    fn holds(&mut self, shard: &ShardId, key: &str, head: &[u8]) {
        self.held += 1;
        if let Some(shard) = self.shard_mut(shard) {
            shard.records += 1;
        }
        if self.not_json.is_none() && !begins_as_json(head) {
            self.not_json = Some(cut(key));
        }
    }

    /// One of its records was put on purpose.
    fn count(&mut self, shard: &ShardId, key: &str, deed: &Deed) {
        self.put += 1;
        if let Some(shard) = self.shard_mut(shard) {
            shard.put += 1;
        }
        self.count_key(key, shard);
        match &mut self.last_put {
            Some(last) if last.by == deed.by => last.at = deed.at,
            last => *last = Some(deed.clone()),
        }
    }

    fn count_key(&mut self, key: &str, shard: &ShardId) {
        let room = self.keys.len() < KEYS;
        match self.keys.get_mut(key) {
            Some((records, at)) => {
                *records += 1;
                if at.as_ref() != Some(shard) {
                    *at = Some(shard.clone());
                }
            }
            None if room => {
                self.keys.insert(cut(key), (1, Some(shard.clone())));
            }
            None => {}
        }
    }
}

/// Whether data may be JSON by its first sign.
pub fn begins_as_json(head: &[u8]) -> bool {
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    first.is_some_and(|byte| b"{[\"-tfn".contains(byte) || byte.is_ascii_digit())
}
