//! How far shards were split, merged, and read in the order of their making.

use super::{Evidence, counted, elsewhere, misspelt};
use crate::kinesis::ShardId;
use crate::lesson::step_settings::Split;
use crate::steps::facts::{Deed, Facts, Reading, ShardReading, StreamFacts};
use crate::steps::plan::Plan;

/// Whether a shard was split, and so many are open.
pub fn split(split: &Split, facts: &Facts, plan: &Plan) -> Evidence {
    let is_split = |it: &StreamFacts| it.closed().any(|parent| it.made_of(&parent.id).count() > 1);
    let enough = |open| open >= split.open;
    reshaped(facts, plan, |it| it.split.as_ref(), is_split, enough)
}

/// Whether shards were merged.
pub fn merged(facts: &Facts, plan: &Plan) -> Evidence {
    let is_merged = |it: &StreamFacts| it.shards.iter().any(|shard| shard.parents.len() > 1);
    reshaped(facts, plan, |it| it.merged.as_ref(), is_merged, |_| true)
}

fn reshaped<'f>(
    facts: &'f Facts,
    plan: &Plan,
    deed_of: impl Fn(&'f StreamFacts) -> Option<&'f Deed>,
    shows: impl Fn(&StreamFacts) -> bool,
    enough: impl Fn(u32) -> bool,
) -> Evidence {
    let mut best = Evidence::nothing();
    for stream in &facts.streams {
        // Where nobody tells who did it, the shards themselves have to do.
        let somebody = (!facts.place.told && shows(stream)).then(|| Deed {
            by: String::new(),
            at: stream.touched,
        });
        let Some(deed) = deed_of(stream).cloned().or(somebody) else {
            continue;
        };
        if !facts.counts(&stream.name) {
            if !best.part {
                best = elsewhere(&stream.name, plan);
            }
            continue;
        }
        let closed = u32::try_from(stream.closed().count()).unwrap_or(u32::MAX);
        let open = stream.open_shards().unwrap_or(0);
        let shards = format!("{closed} closed, {open} open");
        if closed > 0 && enough(open) {
            let note = misspelt(&stream.name, plan).unwrap_or(shards);
            return Evidence::done(&deed, note);
        }
        best = Evidence::part(match closed {
            0 => "asked for; the shards are listed anew".into(),
            _ => format!("{} so far: {shards}", counted(open, "open shard")),
        });
    }
    best
}

/// Whether somebody read a closed shard to its end, and only then what was made of it.
pub fn drained(facts: &Facts) -> Evidence {
    let mut best = Evidence::nothing();
    let counting = |it: &&Reading| facts.counts(&it.stream);
    for reading in facts.readings.iter().rev().filter(counting) {
        for shard in &reading.shards {
            let Some(ended) = shard.ended else {
                continue;
            };
            let parent = shard.shard.short();
            match children(reading, &shard.shard, facts) {
                Children::Unknown => {}
                Children::Read(of) if of.iter().any(|it| is_early(shard, it, ended)) => {
                    if !best.part {
                        best = Evidence::part("its children were read before its end");
                    }
                }
                Children::Read(of) => {
                    let after = of.iter().find(|it| it.first > Some(ended) && it.read > 0);
                    if let Some(child) = after {
                        let deed = Deed {
                            by: reading.by.clone(),
                            at: reading.last,
                        };
                        let child = child.shard.short();
                        let note = format!("shard {parent} to its end, then shard {child}");
                        return Evidence::done(&deed, note);
                    }
                    best = Evidence::part(format!("shard {parent} is read to its end"));
                }
            }
        }
    }
    best
}

/// What was read of the shards that were made of one.
enum Children<'f> {
    /// None is known: nothing was split or merged there.
    Unknown,
    /// By the same reader, in whichever reading.
    Read(Vec<&'f ShardReading>),
}

fn children<'f>(reading: &Reading, parent: &ShardId, facts: &'f Facts) -> Children<'f> {
    let stream = facts.known(&reading.stream);
    let ids: Vec<&ShardId> = stream
        .map(|stream| stream.made_of(parent).map(|it| &it.id).collect())
        .unwrap_or_default();
    if ids.is_empty() {
        return Children::Unknown;
    }
    let same = |it: &&Reading| it.by == reading.by && it.stream == reading.stream;
    let shards = facts.readings.iter().filter(same).flat_map(|it| &it.shards);
    Children::Read(shards.filter(|it| ids.contains(&&it.shard)).collect())
}

/// Whether a child was first read while its parent was not at its end.
fn is_early(parent: &ShardReading, child: &ShardReading, ended: u64) -> bool {
    child.first >= parent.first && child.first.is_some_and(|first| first < ended)
}
