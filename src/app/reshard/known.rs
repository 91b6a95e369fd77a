//! What the panels know of the records: which keys they had, and so into which range of hash keys how many of them fall.

use std::collections::HashMap;

use crate::app::model::Model;
use crate::kinesis::ShardId;
use crate::kinesis::hash_ranges::{HashKey, HashRange};

/// How many keys are told apart; records of others are counted apart.
const MOST_KEYS: usize = 1_000;

/// A key that records had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// The partition key.
    pub key: String,
    /// Where it falls.
    pub hash: HashKey,
    /// How many records had it.
    pub records: u64,
}

/// The recent records, by what tells their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether they are those that the consumer read; else those that were seen going in.
    pub read: bool,
    /// How many there are.
    pub records: u64,
    /// The keys, in the order of their hashes.
    pub keys: Vec<KnownKey>,
    /// Records that an explicit hash key placed: only their shard is known.
    placed: Vec<(ShardId, u64)>,
    /// Records of more keys than are told apart.
    pub others: u64,
}

impl Known {
    /// Of the records in the producer's log or in the consumer's, whichever holds more.
    pub(super) fn of(model: &Model) -> Self {
        let put = || {
            let lines = model.producer.log.iter().map(|(_, line)| line);
            lines.filter_map(|line| {
                let (shard, _) = line.result.as_ref().ok()?;
                let key = line.key.as_deref().filter(|_| !line.hash.is_empty());
                Some((key, shard))
            })
        };
        let shown = model.consumer.log.iter();
        let read = shown.map(|(_, shown)| (Some(shown.record.key.as_str()), &shown.shard));
        match put().count() >= model.consumer.log.len() {
            true => Self::count(put(), false),
            false => Self::count(read, true),
        }
    }

    fn count<'a>(
        records: impl Iterator<Item = (Option<&'a str>, &'a ShardId)>,
        read: bool,
    ) -> Self {
        let mut keys: HashMap<&str, u64> = HashMap::new();
        let mut placed: HashMap<&ShardId, u64> = HashMap::new();
        let mut known = Self {
            read,
            ..Self::default()
        };
        for (key, shard) in records {
            known.records += 1;
            match key {
                None => *placed.entry(shard).or_default() += 1,
                Some(key) if keys.len() < MOST_KEYS || keys.contains_key(key) => {
                    *keys.entry(key).or_default() += 1;
                }
                Some(_) => known.others += 1,
            }
        }
        let hashed = keys.into_iter().map(|(key, records)| KnownKey {
            hash: HashKey::of_partition_key(key),
            key: key.to_owned(),
            records,
        });
        known.keys = hashed.collect();
        known.keys.sort_by_key(|known| known.hash);
        known.placed = placed
            .into_iter()
            .map(|(shard, records)| (shard.clone(), records))
            .collect();
        known.placed.sort();
        known
    }

    /// The keys that fall into a range.
    pub fn keys_in(&self, range: HashRange) -> &[KnownKey] {
        let first = self.keys.partition_point(|known| known.hash < range.start);
        let end = self.keys.partition_point(|known| known.hash <= range.end);
        self.keys.get(first..end).unwrap_or_default()
    }

    /// How many records have keys that fall into a range.
    pub fn records_in(&self, range: HashRange) -> u64 {
        self.keys_in(range).iter().map(|known| known.records).sum()
    }

    /// How many records an explicit hash key placed in a shard.
    pub(super) fn placed_in(&self, shard: &ShardId) -> u64 {
        let mut placed = self.placed.iter();
        placed.find(|(at, _)| at == shard).map_or(0, |(_, n)| *n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_counted_where_their_hashes_fall_and_explicit_ones_where_they_went() {
        let (low, high) = (ShardId::from_index(0), ShardId::from_index(1));
        let records = [
            (Some("alice"), &low),
            (Some("alice"), &low),
            (Some("bob"), &high),
            (None, &low),
        ];
        let known = Known::count(records.into_iter(), false);
        let halves = HashRange::split_evenly(2);
        assert_eq!(known.records, 4);
        assert_eq!(known.records_in(halves[0]), 2);
        assert_eq!(known.records_in(halves[1]), 1);
        assert_eq!(known.keys_in(halves[1])[0].key, "bob");
        assert_eq!((known.placed_in(&low), known.placed_in(&high)), (1, 0));
    }

    #[test]
    fn of_many_keys_only_so_many_are_told_apart() {
        let shard = ShardId::from_index(0);
        let names: Vec<String> = (0..MOST_KEYS + 5).map(|n| n.to_string()).collect();
        let known = Known::count(names.iter().map(|n| (Some(n.as_str()), &shard)), true);
        assert_eq!(known.keys.len(), MOST_KEYS);
        assert_eq!(known.others, 5);
    }
}
