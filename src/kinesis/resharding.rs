//! Which splits and merges turn the ranges of a stream's open shards into others. Pure arithmetic on the line.

use serde::{Deserialize, Serialize};

use super::hash_ranges::{HashKey, HashRange};

/// How far a border may be from where even ranges have it and still count as there. Ranges of 10,000 shards at most are
/// rounded to whole points, so borders that mean the same differ by less than this; the line has 2^128 points.
const ROUNDING: u128 = 1 << 14;

/// One split or merge. Open shards go by the first point of their ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The shard that starts at `start` ends, and two begin: up to before `at`, and from there on.
    Split {
        /// Where the shard starts.
        start: HashKey,
        /// Where the higher child starts.
        at: HashKey,
    },
    /// Two neighbours end, and one begins that owns what both owned.
    Merge {
        /// Where the lower neighbour starts.
        start: HashKey,
        /// Where the higher neighbour starts.
        next: HashKey,
    },
}

impl HashRange {
    /// The two ranges that a split at this point leaves, if it leaves any point in both.
    pub fn split_at(self, at: HashKey) -> Option<(Self, Self)> {
        if at <= self.start || at > self.end {
            return None;
        }
        let before = HashKey::from(at.value() - 1);
        let lower = Self {
            end: before,
            ..self
        };
        Some((lower, Self { start: at, ..self }))
    }

    /// This range and the one that starts right behind it, as one.
    pub fn merged_with(self, next: Self) -> Option<Self> {
        let is_neighbour = self.end.value().checked_add(1) == Some(next.start.value());
        is_neighbour.then_some(Self {
            end: next.end,
            ..self
        })
    }
}

/// The steps from these open ranges, which tile the line in order, to so many even ones: first the missing borders are
/// made, then those are taken out that no even range has. Shards that only carry points over live shortly.
pub fn steps_to_even(open: &[HashRange], count: u32) -> Vec<Step> {
    let wanted: Vec<u128> = borders(&HashRange::split_evenly(count)).collect();
    let mut steps = Vec::new();
    let mut kept = Vec::new();
    let mut is: Vec<u128> = Vec::new();
    let mut rest = borders(open).peekable();
    for want in wanted {
        while let Some(border) = rest.next_if(|border| border.saturating_add(ROUNDING) <= want) {
            is.push(border);
        }
        match rest.next_if(|border| *border < want.saturating_add(ROUNDING)) {
            Some(border) => {
                is.push(border);
                kept.push(border);
            }
            None => {
                steps.push(Step::Split {
                    start: HashKey::from(is.last().copied().unwrap_or(0)),
                    at: HashKey::from(want),
                });
                is.push(want);
                kept.push(want);
            }
        }
    }
    is.extend(rest);
    // Every border that is not kept goes; what lies before it is one range by then.
    let mut start = 0;
    let mut kept = kept.into_iter().peekable();
    for border in is {
        match kept.next_if_eq(&border) {
            Some(border) => start = border,
            None => steps.push(Step::Merge {
                start: HashKey::from(start),
                next: HashKey::from(border),
            }),
        }
    }
    steps
}

/// Where ranges meet.
fn borders(ranges: &[HashRange]) -> impl Iterator<Item = u128> {
    ranges.iter().skip(1).map(|range| range.start.value())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    /// Open ranges by their first point.
    type Open = BTreeMap<HashKey, HashRange>;

    fn open(ranges: Vec<HashRange>) -> Open {
        ranges
            .into_iter()
            .map(|range| (range.start, range))
            .collect()
    }

    /// Takes a step; fails where it is not possible.
    fn take(open: &mut Open, step: Step) {
        match step {
            Step::Split { start, at } => {
                let range = open.remove(&start).expect("an open shard");
                let (lower, higher) = range.split_at(at).expect("a point within");
                open.insert(lower.start, lower);
                open.insert(higher.start, higher);
            }
            Step::Merge { start, next } => {
                let lower = open.remove(&start).expect("an open shard");
                let higher = open.remove(&next).expect("an open shard");
                let merged = lower.merged_with(higher).expect("neighbours");
                open.insert(merged.start, merged);
            }
        }
    }

    /// Whether every point of the line has one owner.
    fn tiles(open: &Open) -> bool {
        let ranges: Vec<_> = open.values().collect();
        ranges
            .first()
            .is_some_and(|first| first.start == HashKey::MIN)
            && ranges.last().is_some_and(|last| last.end == HashKey::MAX)
            && ranges.iter().all(|range| range.start <= range.end)
            && ranges
                .windows(2)
                .all(|pair| pair[0].end.value().checked_add(1) == Some(pair[1].start.value()))
    }

    fn steps(from: u32, to: u32) -> (usize, usize) {
        let steps = steps_to_even(&HashRange::split_evenly(from), to);
        let splits = steps
            .iter()
            .filter(|step| matches!(step, Step::Split { .. }));
        let splits = splits.count();
        (splits, steps.len() - splits)
    }

    #[test]
    fn only_the_borders_that_differ_are_moved() {
        for (from, to, splits, merges) in [
            (1, 2, 1, 0),
            (2, 4, 2, 0),
            (4, 2, 0, 2),
            (2, 3, 2, 1),
            // Thirds are rounded: 2 * floor(2^128/6) is not floor(2^128/3).
            (3, 6, 3, 0),
            (6, 3, 0, 3),
            (3, 3, 0, 0),
            (10_000, 5_000, 0, 5_000),
        ] {
            assert_eq!(steps(from, to), (splits, merges), "{from} -> {to}");
        }
    }

    proptest! {
        #[test]
        fn every_step_leaves_each_point_one_owner_and_the_last_leaves_even_ranges(
            first in 1u32..40,
            cuts in prop::collection::vec(any::<u128>(), 0..20),
            near in prop::collection::vec((1u128..40, 0u128..40), 0..5),
            counts in prop::collection::vec(1u32..80, 1..4),
        ) {
            let mut open = open(HashRange::split_evenly(first));
            let near = near.into_iter().map(|(part, off)| u128::MAX / 40 * part + off);
            for at in cuts.into_iter().chain(near) {
                let at = HashKey::from(at);
                let start = *open.range(..=at).next_back().expect("an owner").0;
                if start != at {
                    take(&mut open, Step::Split { start, at });
                }
            }
            for count in counts {
                let ranges: Vec<_> = open.values().copied().collect();
                for step in steps_to_even(&ranges, count) {
                    take(&mut open, step);
                    prop_assert!(tiles(&open));
                }
                let even = HashRange::split_evenly(count);
                prop_assert_eq!(open.len(), even.len());
                for (range, even) in open.values().zip(even) {
                    let off = range.start.value().abs_diff(even.start.value());
                    prop_assert!(off < ROUNDING, "{off}");
                }
            }
        }
    }
}
