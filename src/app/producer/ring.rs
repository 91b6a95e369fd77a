//! Where a key falls on the line of hash keys: its point, the shard that owns it, the recent keys that share that shard,
//! and how much of the recent records each range took.
//!
//! Ranges are the endpoint's, from ListShards. Where a record went only its answer says, and that is what is counted.

use std::collections::BTreeMap;

use crate::app::message::PutSummary;
use crate::app::model::Model;
use crate::kinesis::ShardId;
use crate::kinesis::hash_ranges::HashKey;

/// How many of the newest lines of the log count as recent.
const RECENT: usize = 1_000;

/// How many recent keys are named.
const NAMED: usize = 4;

/// How many different recent keys are looked at.
const DISTINCT: usize = 30;

/// With fewer records nothing is called hot.
const ENOUGH: u64 = 20;

/// A range is hot that takes so many times the share that its width gives it.
const HOT: f64 = 1.5;

/// Where an event falls, and how full it is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Ring {
    /// The point.
    pub point: HashKey,
    /// Whether an explicit hash key gave it; else it is the key's MD5 sum.
    pub given: bool,
    /// The shard that owns it, as far as the shards are known.
    pub shard: Option<ShardId>,
    /// The open shards by their ranges.
    pub ranges: Vec<Range>,
    /// Other recent keys that went to that shard, the newest first.
    pub sharing: Vec<String>,
    /// How many more there are.
    pub more_sharing: usize,
    /// Where other recent keys fall.
    pub others: Vec<HashKey>,
}

/// The range of an open shard.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The shard.
    pub shard: ShardId,
    /// The first point.
    pub first: HashKey,
    /// How much of the recent records went there, from 0 to 1; nothing while there is none.
    pub share: Option<f64>,
    /// Whether that is much more than its width gives it.
    pub hot: bool,
}

/// Where an event with this key falls, or with this hash key in its stead.
pub fn ring(model: &Model, key: &str, hash_key: Option<HashKey>) -> Ring {
    let point = hash_key.unwrap_or_else(|| HashKey::of_partition_key(key));
    let shard = model.streams.shard_of(point).cloned();
    let mut counts: BTreeMap<&ShardId, u64> = BTreeMap::new();
    let mut keys: Vec<&str> = Vec::new();
    let mut sharing = Vec::new();
    let mut others = Vec::new();
    let log = &model.producer.log;
    for (_, line) in log.iter().rev().take(RECENT) {
        let Ok((went_to, _)) = &line.result else {
            continue;
        };
        *counts.entry(went_to).or_default() += 1;
        let Some(other) = line.key.as_deref().filter(|other| *other != key) else {
            continue;
        };
        if keys.len() >= DISTINCT || keys.contains(&other) {
            continue;
        }
        keys.push(other);
        if Some(went_to) == shard.as_ref() {
            sharing.push(other.to_owned());
        }
        if !line.hash.is_empty() {
            others.push(HashKey::of_partition_key(other));
        }
    }
    let more_sharing = sharing.len().saturating_sub(NAMED);
    sharing.truncate(NAMED);
    Ring {
        point,
        given: hash_key.is_some(),
        shard,
        ranges: ranges(model, &counts),
        sharing,
        more_sharing,
        others,
    }
}

fn ranges(model: &Model, counts: &BTreeMap<&ShardId, u64>) -> Vec<Range> {
    let all: u64 = counts.values().sum();
    let shards = model
        .streams
        .description()
        .map_or(&[][..], |description| &description.shards);
    let open = shards.iter().filter(|shard| shard.open);
    let mut ranges: Vec<Range> = open
        .filter_map(|shard| {
            let first: u128 = shard.hash_range.0.parse().ok()?;
            let last: u128 = shard.hash_range.1.parse().ok()?;
            let count = counts.get(&shard.id).copied().unwrap_or(0);
            let share = (all > 0).then(|| count as f64 / all as f64);
            let width = last.checked_sub(first)? as f64 / u128::MAX as f64;
            Some(Range {
                shard: shard.id.clone(),
                first: first.into(),
                share,
                hot: all >= ENOUGH && share.is_some_and(|share| share > width * HOT),
            })
        })
        .collect();
    ranges.sort_by_key(|range| range.first);
    ranges
}

impl Ring {
    /// What is to be said of the place: who shares it, and for how long it holds.
    pub fn words(&self, key: &str) -> String {
        let Some(shard) = &self.shard else {
            return "Which shard that is the endpoint says, once there is a stream.".into();
        };
        let short = shard.short();
        if self.ranges.len() == 1 {
            return format!("There is one shard, {short}: every key shares it.");
        }
        if self.given {
            return format!(
                "The hash key places it in shard {short}, whatever its key: records of one key may part."
            );
        }
        let shared = match (self.sharing.as_slice(), self.more_sharing) {
            ([], _) => String::new(),
            ([one], _) => format!("{key} and {one} share shard {short}. "),
            ([first @ .., last], 0) => {
                format!(
                    "{key}, {} and {last} share shard {short}. ",
                    first.join(", ")
                )
            }
            (named, more) => format!(
                "{key}, {} and {more} more share shard {short}. ",
                named.join(", ")
            ),
        };
        format!("{shared}Same key, always the same shard, until a split.")
    }

    /// The range that is hot, in words, if one is.
    pub fn hot_in_words(&self) -> Option<String> {
        let hottest = self
            .ranges
            .iter()
            .filter(|range| range.hot)
            .max_by(|a, b| {
                a.share
                    .partial_cmp(&b.share)
                    .unwrap_or(std::cmp::Ordering::Equal)
            })?;
        let percent = hottest.share? * 100.0;
        Some(format!(
            "Shard {} is hot: {percent:.0} % of the recent records.",
            hottest.shard.short()
        ))
    }
}

/// What is said where an answer names another shard than the known ranges do.
pub(super) fn unexpected(model: &Model, put: &PutSummary, went_to: &ShardId) -> Option<String> {
    let point = put
        .hash_key
        .unwrap_or_else(|| HashKey::of_partition_key(&put.key));
    let expected = model.streams.shard_of(point)?;
    (expected != went_to).then(|| {
        format!(
            "Shard {} was expected: the shards have changed, they are listed anew.",
            expected.short()
        )
    })
}
