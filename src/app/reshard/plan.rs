//! What a change will do, told before it is done: which ranges there will be, which known keys fall where, and the call.

use super::{Act, Known, KnownKey, ReshardDialog, StreamChange};
use crate::kinesis::hash_ranges::HashRange;
use crate::kinesis::resharding::{Step, steps_to_even};

/// A shard that there will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// What it is among those that come.
    pub name: &'static str,
    /// The hash keys that it will own.
    pub range: HashRange,
    /// The known keys of it, in the order of their hashes.
    pub keys: &'a [KnownKey],
}

/// What a change will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<'a> {
    /// The change.
    pub change: StreamChange,
    /// The shards that open, where they are known beforehand.
    pub parts: Vec<Part<'a>>,
    /// What it means, in sentences.
    pub words: Vec<String>,
}

impl ReshardDialog {
    /// What Enter will do; or why it will do nothing, with what to do.
    pub fn plan(&self) -> Result<Plan<'_>, String> {
        let change = self.change()?;
        let known = &self.known;
        let shard = self.shard().map(|shard| shard.id.short());
        let shard = shard.unwrap_or_default();
        let (parts, words) = match self.act {
            Act::Split => {
                let range = self.shard().map(|shard| shard.range);
                let (lower, higher) = range.and_then(|range| range.split_at(self.at)).unzip();
                let parts = [("lower", lower), ("higher", higher)];
                let parts = parts
                    .into_iter()
                    .filter_map(|(name, range)| part(known, name, range?));
                let words = format!(
                    "Shard {shard} closes, two open in its place. Its records stay; readers finish it before its children, so each key keeps its order."
                );
                (parts.collect(), vec![words])
            }
            Act::Merge => {
                let next = self.neighbour();
                let merged = self.shard().zip(next);
                let merged = merged.and_then(|(shard, next)| shard.range.merged_with(next.range));
                let parts = merged.and_then(|range| part(known, "merged", range));
                let next = next.map(|next| next.id.short()).unwrap_or_default();
                let words = format!(
                    "Shards {shard} and {next} close, one opens in their place. Their records stay; readers finish both before their child, so each key keeps its order."
                );
                (parts.into_iter().collect(), vec![words])
            }
            Act::Scale => (Vec::new(), vec![self.scaling()]),
            Act::Retain => (Vec::new(), vec![self.retaining()]),
        };
        Ok(Plan {
            change,
            parts,
            words,
        })
    }

    fn scaling(&self) -> String {
        let ranges: Vec<HashRange> = self.open.iter().map(|shard| shard.range).collect();
        let steps = steps_to_even(&ranges, self.count);
        let splits = steps
            .iter()
            .filter(|step| matches!(step, Step::Split { .. }));
        let splits = splits.count();
        let count = |n: usize, one: &str| match n {
            1 => format!("1 {one}"),
            n => format!("{n} {one}s"),
        };
        let by = match (splits, steps.len() - splits) {
            (splits, 0) => count(splits, "split"),
            (0, merges) => count(merges, "merge"),
            (splits, merges) => {
                format!("{} and {}", count(splits, "split"), count(merges, "merge"))
            }
        };
        let short_lived = match splits > 0 && steps.len() > splits {
            true => " Shards that only carry over live shortly.",
            false => "",
        };
        let end = if self.count == 1 {
            "range"
        } else {
            "even ranges"
        };
        format!(
            "The service takes the shards to {} {end}, here by {by}.{short_lived} Readers finish parents before their children.",
            self.count
        )
    }

    fn retaining(&self) -> String {
        match self.hours > self.hours_now {
            true => "Records are kept longer from now on. What is gone already does not come back."
                .into(),
            false => format!(
                "Records older than {} h are gone at once, and raising it again does not bring them back.",
                self.hours
            ),
        }
    }
}

fn part<'a>(known: &'a Known, name: &'static str, range: HashRange) -> Option<Part<'a>> {
    Some(Part {
        name,
        range,
        keys: known.keys_in(range),
    })
}
