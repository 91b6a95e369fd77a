//! What the panels know of the records: which shards hold how many of them, and which keys they had, and so which keys fall
//! into a range of hash keys.

use std::collections::{BTreeMap, HashMap};

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

/// Which records are counted by their shards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Counted {
    /// All that the stream holds, as the feed tells of it.
    Held,
    /// The newest that were put from here.
    #[default]
    Put,
    /// The newest that the consumer read.
    Read,
}

/// The records, by what tells their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Which records are counted in [`Self::shards`].
    pub counted: Counted,
    /// How many there are in each shard: where they are, whatever their keys would say now.
    pub shards: BTreeMap<ShardId, u64>,
    /// The keys of the recent ones, in the order of their hashes.
    pub keys: Vec<KnownKey>,
    /// Records of more keys than are told apart.
    pub others: u64,
}

impl Known {
    /// Of the records in the producer's log or in the consumer's, whichever holds more; of their shards the feed knows all.
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
        let known = match put().count() >= model.consumer.log.len() {
            true => Self::count(put(), Counted::Put),
            false => Self::count(read, Counted::Read),
        };
        if !model.feeds() {
            return known;
        }
        let shards = model.streams.shards().into_iter();
        Self {
            counted: Counted::Held,
            shards: shards
                .map(|shard| (shard.clone(), model.streams.held_in(&shard)))
                .collect(),
            ..known
        }
    }

    fn count<'a>(
        records: impl Iterator<Item = (Option<&'a str>, &'a ShardId)>,
        counted: Counted,
    ) -> Self {
        let mut keys: HashMap<&str, u64> = HashMap::new();
        let mut known = Self {
            counted,
            ..Self::default()
        };
        for (key, shard) in records {
            *known.shards.entry(shard.clone()).or_default() += 1;
            match key {
                // An explicit hash key placed it: its own says nothing of its place.
                None => {}
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
        known
    }

    /// The keys that fall into a range.
    pub fn keys_in(&self, range: HashRange) -> &[KnownKey] {
        let first = self.keys.partition_point(|known| known.hash < range.start);
        let end = self.keys.partition_point(|known| known.hash <= range.end);
        self.keys.get(first..end).unwrap_or_default()
    }

    /// How many of them are in a shard.
    pub fn records_in(&self, shard: &ShardId) -> u64 {
        self.shards.get(shard).copied().unwrap_or(0)
    }
}

/// Each count as a share of all in percent; together they are a hundred, where there is anything.
pub fn percents(counts: &[u64]) -> Vec<u64> {
    let all: u128 = counts.iter().map(|count| u128::from(*count)).sum();
    if all == 0 {
        return vec![0; counts.len()];
    }
    let exact = |count: u64| u128::from(count) * 100;
    let mut shares: Vec<u64> = counts.iter().map(|it| (exact(*it) / all) as u64).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(exact(counts[*place]) % all));
    let missing = 100 - shares.iter().sum::<u64>();
    for place in order.into_iter().take(missing as usize) {
        shares[place] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_where_they_went_and_keys_stand_where_their_hashes_fall() {
        let (low, high) = (ShardId::from_index(0), ShardId::from_index(1));
        let records = [
            (Some("alice"), &low),
            (Some("alice"), &low),
            (Some("bob"), &high),
            // Put before the shard was split: its key falls elsewhere now.
            (Some("bob"), &low),
            (None, &low),
        ];
        let known = Known::count(records.into_iter(), Counted::Put);
        let halves = HashRange::split_evenly(2);
        assert_eq!((known.records_in(&low), known.records_in(&high)), (4, 1));
        assert_eq!(known.keys_in(halves[1])[0].key, "bob");
        assert_eq!(known.keys_in(halves[0])[0].records, 2);
    }

    #[test]
    fn shares_together_are_a_hundred() {
        assert_eq!(percents(&[133, 67]), [67, 33]);
        assert_eq!(percents(&[1, 1, 1]), [34, 33, 33]);
        assert_eq!(percents(&[0, 0]), [0, 0]);
        assert_eq!(percents(&[u64::MAX, 1]), [100, 0]);
    }

    #[test]
    fn of_many_keys_only_so_many_are_told_apart() {
        let shard = ShardId::from_index(0);
        let names: Vec<String> = (0..MOST_KEYS + 5).map(|n| n.to_string()).collect();
        let known = Known::count(
            names.iter().map(|n| (Some(n.as_str()), &shard)),
            Counted::Read,
        );
        assert_eq!(known.keys.len(), MOST_KEYS);
        assert_eq!(known.others, 5);
    }
}
