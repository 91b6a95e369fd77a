//! How far the facts show an act: done and by whom, or what was seen of it so far. Any stream will do, unless the lesson's
//! author named one: what is done with another is told then, and does not count.

mod batches;
mod pressure;
mod readers;
mod shards;

use super::facts::{Deed, Facts, Reading, ShardReading, StreamFacts};
use super::plan::Plan;
use crate::kinesis::ShardId;
use crate::lesson::is_near;
use crate::lesson::step_settings::{Act, Put, Read};
use crate::printable::printable;

pub use pressure::seconds;

/// What the facts show of an act.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Who did it, if it is done.
    pub done: Option<Deed>,
    /// What was seen so far, in a few words; empty for nothing.
    pub seen: String,
    /// Whether a part of it was seen.
    pub part: bool,
}

impl Evidence {
    fn nothing() -> Self {
        Self::default()
    }

    fn done(deed: &Deed, seen: impl Into<String>) -> Self {
        Self {
            done: Some(deed.clone()),
            seen: seen.into(),
            part: true,
        }
    }

    fn part(seen: impl Into<String>) -> Self {
        Self {
            done: None,
            seen: seen.into(),
            part: true,
        }
    }

    fn of(deed: Option<&Deed>) -> Self {
        deed.map_or_else(Self::nothing, |deed| Self::done(deed, ""))
    }
}

/// What the facts show of an act.
pub fn of(act: &Act, facts: &Facts, plan: &Plan) -> Evidence {
    match act {
        Act::Create(create) => created(create.shards, facts, plan),
        Act::Put(put) => put_into(put, facts, plan),
        Act::Read(read) => read_of(read, facts),
        Act::Reread(_) => Evidence::of(facts.reread.as_ref()),
        Act::ReadNew(_) => Evidence::of(facts.read_new.as_ref()),
        Act::Latest(_) => latest(facts),
        Act::Call(call) => Evidence::of(facts.calls.get(&call.operation)),
        Act::File(file) => written(&file.name, facts, plan),
        Act::Open(_) => Evidence::of(facts.opened.as_ref()),
        Act::Workers(workers) => match &facts.workers {
            Some((count, deed)) if *count >= workers.count => Evidence::done(deed, ""),
            Some((count, _)) => Evidence::part(format!("{count} of {} workers", workers.count)),
            None => Evidence::nothing(),
        },
        Act::Throttle(throttle) => pressure::throttled(throttle, facts),
        Act::Retry(_) => pressure::retried(facts),
        Act::Shards(shards) => pressure::shards(shards, facts),
        Act::Lag(lag) => pressure::lagged(lag, facts),
        Act::Retention(retention) => pressure::retained(retention, facts),
        Act::Refused(refused) => pressure::refused(refused, facts),
        Act::Trimmed(_) => pressure::trimmed(facts),
        Act::Repeats(_) => Evidence::of(facts.pressure.repeated.as_ref()),
        Act::Batch(batch) => batches::of(batch, facts, plan),
        Act::Readers(wanted) => readers::of(wanted, facts),
        Act::Takeover(_) => match (&facts.took_over, &facts.killed) {
            (Some(deed), _) => Evidence::done(deed, ""),
            (None, Some(_)) => Evidence::part("killed; its lease has not expired yet"),
            (None, None) => Evidence::nothing(),
        },
        Act::Split(split) => shards::split(split, facts, plan),
        Act::Merge(_) => shards::merged(facts, plan),
        Act::Drained(_) => shards::drained(facts),
        Act::Delete(_) => Evidence::of(facts.deleted.as_ref()),
        Act::Any(acts) => any(acts, facts, plan),
    }
}

/// The first of these that is done, else the first of which a part was seen.
fn any(acts: &[Act], facts: &Facts, plan: &Plan) -> Evidence {
    let mut best = Evidence::nothing();
    for act in acts {
        let evidence = of(act, facts, plan);
        if evidence.done.is_some() {
            return evidence;
        }
        if evidence.part && !best.part {
            best = evidence;
        }
    }
    best
}

fn created(shards: u32, facts: &Facts, plan: &Plan) -> Evidence {
    let mut best = Evidence::nothing();
    for stream in &facts.streams {
        if !facts.counts(&stream.name) {
            if stream.created.is_some() && !best.part {
                best = elsewhere(&stream.name, plan);
            }
            continue;
        }
        let has = stream.open_shards();
        let enough = has.is_none_or(|has| has >= shards);
        match (&stream.created, enough) {
            (Some(deed), true) => {
                let note = misspelt(&stream.name, plan).unwrap_or_default();
                return Evidence::done(deed, note);
            }
            (Some(_), false) => {
                best = Evidence::part(format!(
                    "{} has {}",
                    name(stream),
                    counted(has.unwrap_or(0), "shard")
                ));
            }
            (None, true) if !facts.place.told && stream.is_there() => {
                // Where nobody tells who created it, its being there has to do.
                let deed = Deed {
                    by: String::new(),
                    at: stream.touched,
                };
                return Evidence::done(&deed, format!("{} is there", name(stream)));
            }
            (None, _) => {}
        }
    }
    best
}

fn put_into(put: &Put, facts: &Facts, plan: &Plan) -> Evidence {
    let streams = facts.streams.iter().filter(|stream| stream.put > 0);
    let mut best = Evidence::nothing();
    let mut most = 0;
    for stream in streams {
        if !facts.counts(&stream.name) {
            if stream.last_put.is_some() && !best.part {
                best = elsewhere(&stream.name, plan);
            }
            continue;
        }
        let records = match &put.key {
            Some(key) => stream.keys.get(key).map_or(0, |(records, _)| *records),
            None => stream.put,
        };
        let keys = stream.keys_put().count();
        let shards = stream.shards_put().count();
        let all = records >= u64::from(put.records)
            && keys >= (put.keys as usize).min(super::facts::KEYS)
            && shards >= (put.shards as usize).min(super::facts::SHARDS);
        if all && let Some(deed) = &stream.last_put {
            return Evidence::done(deed, put_note(put, stream, plan));
        }
        if stream.put > most {
            most = stream.put;
            best = match so_far(put, records, keys, shards) {
                words if words.is_empty() => Evidence::nothing(),
                words => Evidence::part(words),
            };
        }
    }
    best
}

/// `2 of 3 records, 1 of 2 keys`.
fn so_far(put: &Put, records: u64, keys: usize, shards: usize) -> String {
    let mut parts = Vec::new();
    let mut part = |has: u64, wants: u32, word: &str| {
        if has > 0 && has < u64::from(wants) {
            parts.push(format!("{has} of {}", counted(wants, word)));
        }
    };
    part(records, put.records, "record");
    part(keys as u64, put.keys, "key");
    part(shards as u64, put.shards, "shard");
    parts.join(", ")
}

/// What is worth a word beside a put that is done.
fn put_note(put: &Put, stream: &StreamFacts, plan: &Plan) -> String {
    if let Some(words) = misspelt(&stream.name, plan) {
        return words;
    }
    let shards: Vec<&ShardId> = stream.shards_put().collect();
    match shards.as_slice() {
        [one] if put.keys >= 2 => format!("all in shard {}", one.short()),
        _ => String::new(),
    }
}

/// Something was done with a stream that is not the lesson's.
fn elsewhere(stream: &str, plan: &Plan) -> Evidence {
    let meant = plan.stream.as_deref().unwrap_or_default();
    Evidence::part(format!(
        "in {}; the lesson is about {meant}",
        printable(stream)
    ))
}

/// The reading that shows most of an act, of those that may count for it.
pub fn read_of(read: &Read, facts: &Facts) -> Evidence {
    let mut best = Evidence::nothing();
    let counting = |reading: &&Reading| facts.counts(&reading.stream);
    for reading in facts.readings.iter().rev().filter(counting) {
        let counted = read_in(read, reading);
        let deed = Deed {
            by: reading.by.clone(),
            at: reading.last,
        };
        let enough = match read.records {
            Some(wanted) => counted >= u64::from(wanted),
            None => counted > 0 && is_whole(read, reading, facts),
        };
        if enough {
            return Evidence::done(&deed, format!("{} read", records(counted)));
        }
        if counted > 0 && !best.part {
            let of = match read.records {
                Some(wanted) => u64::from(wanted),
                None => there(reading, facts).max(counted),
            };
            best = Evidence::part(format!("{counted} of {}", records(of)));
        }
    }
    best
}

/// Whether a shard's reading counts for what is asked.
fn counts(read: &Read, shard: &ShardReading) -> bool {
    match (&read.from, read.records) {
        (Some(from), _) => shard.start == from.as_str(),
        // Behind the newest record nothing is read of what was there.
        (None, None) => shard.start != "LATEST",
        (None, Some(_)) => true,
    }
}

fn read_in(read: &Read, reading: &Reading) -> u64 {
    let shards = reading.shards.iter().filter(|shard| counts(read, shard));
    shards.map(|shard| shard.read).sum()
}

/// Whether all was read that was there, over all shards; a shard may have been read to its end by an earlier reading.
fn is_whole(read: &Read, reading: &Reading, facts: &Facts) -> bool {
    let whole = |shard: &ShardReading| shard.complete && counts(read, shard);
    reading.shards.iter().all(whole) && unasked(reading, facts, whole).is_none()
}

/// The records that were there when the reading began, or that it found, over all shards.
pub fn there(reading: &Reading, facts: &Facts) -> u64 {
    let found: u64 = reading.shards.iter().filter_map(|shard| shard.there).sum();
    let unasked = unasked(reading, facts, |_| true).map_or(0, |(_, records)| records);
    found + unasked
}

/// The shards that hold records and that nobody asked for whose reading counts, with how many records lie there.
pub fn unasked(
    reading: &Reading,
    facts: &Facts,
    counts: impl Fn(&ShardReading) -> bool,
) -> Option<(Vec<ShardId>, u64)> {
    let stream = facts.known(&reading.stream)?;
    let asked = |id: &ShardId| {
        let of_stream = facts
            .readings
            .iter()
            .filter(|it| it.stream == reading.stream);
        let mut shards = of_stream.flat_map(|it| &it.shards);
        shards.any(|shard| shard.shard == *id && counts(shard))
            || reading.shards.iter().any(|shard| shard.shard == *id)
    };
    let left: Vec<&super::facts::ShardFacts> = stream
        .shards
        .iter()
        .filter(|shard| !asked(&shard.id))
        .collect();
    if stream.placed {
        let holding: Vec<_> = left.into_iter().filter(|shard| shard.records > 0).collect();
        let records = holding.iter().map(|shard| shard.records).sum();
        let ids: Vec<ShardId> = holding.iter().map(|shard| shard.id.clone()).collect();
        return (!ids.is_empty()).then_some((ids, records));
    }
    // Of a stream from an earlier run only the sum is known: what was not found in the shards read lies in the others.
    let found: u64 = reading.shards.iter().filter_map(|shard| shard.there).sum();
    let rest = reading.there.saturating_sub(found);
    let ids: Vec<ShardId> = left.iter().map(|shard| shard.id.clone()).collect();
    (rest > 0 && !ids.is_empty()).then_some((ids, rest))
}

fn latest(facts: &Facts) -> Evidence {
    if let Some(deed) = &facts.latest {
        return Evidence::done(deed, "");
    }
    let mut latest = facts
        .readings
        .iter()
        .rev()
        .filter(|reading| reading.stopped.is_none())
        .flat_map(|reading| &reading.shards)
        .filter(|shard| shard.start == "LATEST");
    match latest.any(|shard| shard.was_empty) {
        true => Evidence::part("it came back empty; now put one"),
        false => Evidence::nothing(),
    }
}

fn written(file: &str, facts: &Facts, plan: &Plan) -> Evidence {
    if let Some(deed) = facts.files.get(file) {
        return Evidence::done(deed, "");
    }
    // A program shows which file it is by what it calls.
    let mut calls = facts.calls.iter();
    let ran = calls.find(|(operation, deed)| deed.by != "you" && plan.shows(file, operation));
    ran.map_or_else(Evidence::nothing, |(_, deed)| {
        Evidence::done(deed, "a program runs it")
    })
}

/// A stream's name in words that a terminal can show.
fn name(stream: &StreamFacts) -> String {
    printable(&stream.name).into_owned()
}

/// What to say of a stream whose name is nearly the lesson's.
pub fn misspelt(name: &str, plan: &Plan) -> Option<String> {
    let meant = plan.stream.as_deref()?;
    is_near(name, meant).then(|| format!("in {}; the lesson says {meant}", printable(name)))
}

/// `1 record`, `3 records`.
pub fn records(count: u64) -> String {
    match count {
        1 => "1 record".into(),
        n => format!("{n} records"),
    }
}

/// `1 shard`, `2 shards`.
pub fn counted(count: u32, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        n => format!("{n} {word}s"),
    }
}
