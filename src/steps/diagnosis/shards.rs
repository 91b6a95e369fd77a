//! Why a killed worker has no successor yet, and why a parent does not count as drained.

use chrono::TimeDelta;

use super::{Case, Finding, subject};
use crate::lesson::step_settings::Act;
use crate::steps::facts::{Reading, StreamFacts};

/// How long after a kill the lease of the killed one has expired for certain, and somebody could have taken it.
pub const EXPIRES: TimeDelta = TimeDelta::seconds(15);

/// What is amiss with what was done to shards and their workers.
pub fn amiss(case: &Case<'_>) -> Option<Finding> {
    match case.act {
        Act::Takeover(_) => nobody_left(case),
        Act::Drained(_) => child_first(case).or_else(|| nothing_in_the_children(case)),
        Act::Split(_) => merged_instead(case),
        _ => None,
    }
}

fn nobody_left(case: &Case<'_>) -> Option<Finding> {
    let killed = case.facts.killed.as_ref()?;
    (case.now - killed.at >= EXPIRES).then_some(())?;
    Finding::nearly(
        "A worker was killed, and nobody took its shards over: either no worker was left, or it held none. Let two workers \
         hold a shard each, W adds one, then kill one with x."
            .into(),
    )
}

fn child_first(case: &Case<'_>) -> Option<Finding> {
    if case.evidence.seen != "its children were read before its end" {
        return None;
    }
    let last = readings(case).max_by_key(|it| it.last)?;
    Finding::nearly(format!(
        "{} read a child before its parent was read to its end, so newer records of a key came before older ones. Read the \
         closed shard until it gives no next iterator, then its children.",
        subject(&last.by)
    ))
}

/// The parent is read to its end, and its children hold nothing yet.
fn nothing_in_the_children(case: &Case<'_>) -> Option<Finding> {
    let mut ended = readings(case).flat_map(|it| {
        let shards = it.shards.iter().filter(|shard| shard.ended.is_some());
        shards.map(|shard| (&it.stream, &shard.shard))
    });
    let (stream, parent) = ended.next()?;
    let stream = case.facts.known(stream)?;
    let mut children = stream.made_of(parent).peekable();
    children.peek()?;
    children.all(|it| it.records == 0).then_some(())?;
    Finding::nearly(format!(
        "Shard {} is read to its end. Its children are empty so far: send a record whose key falls into one of them.",
        parent.short()
    ))
}

fn merged_instead(case: &Case<'_>) -> Option<Finding> {
    let mut streams = case.facts.streams.iter();
    let merged = |it: &&StreamFacts| {
        case.facts.counts(&it.name) && it.merged.is_some() && it.split.is_none()
    };
    streams.find(merged)?;
    Finding::nearly(
        "Two shards were merged into one. This step asks for a split: R, then s.".into(),
    )
}

fn readings<'f>(case: &Case<'f>) -> impl Iterator<Item = &'f Reading> {
    let facts = case.facts;
    let counting = move |it: &&Reading| facts.counts(&it.stream);
    facts.readings.iter().filter(counting)
}
