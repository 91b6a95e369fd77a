//! Why a stream that was created, or records that were put, are not what a step asks for.

use super::{Case, FEED_LAG, Finding, SILENCE, subject};
use crate::kinesis::hash_ranges::HashKey;
use crate::lesson::step_settings::{Act, Put};
use crate::printable::printable;
use crate::steps::evidence::{counted, records};
use crate::steps::facts::StreamFacts;

/// What is amiss with what was created or put.
pub fn amiss(case: &Case<'_>) -> Option<Finding> {
    match case.act {
        Act::Create(create) => too_few_shards(case, create.shards),
        Act::Put(put) => {
            let stream = case.facts.streams.iter().max_by_key(|stream| stream.put)?;
            one_shard(put, stream)
                .or_else(|| too_few(case, put, stream))
                .or_else(|| only_automatic(case))
        }
        _ => None,
    }
}

fn too_few_shards(case: &Case<'_>, wanted: u32) -> Option<Finding> {
    let created = case.facts.streams.iter().filter(|it| it.created.is_some());
    let stream = created.max_by_key(|stream| stream.touched)?;
    let has = stream.open_shards().filter(|has| *has < wanted)?;
    Finding::nearly(format!(
        "{} has {}, and this step asks for {}. In D, ↓ and x delete it; then create it with {}.",
        printable(&stream.name),
        counted(has, "shard"),
        counted(wanted, "shard"),
        counted(wanted, "shard")
    ))
}

/// All keys lie in one shard, where more are asked for.
fn one_shard(put: &Put, stream: &StreamFacts) -> Option<Finding> {
    let mut shards = stream.shards_put();
    let shard = shards.next().filter(|_| shards.next().is_none())?;
    let enough = stream.put >= u64::from(put.records);
    if put.shards < 2 || !enough {
        return None;
    }
    if stream.open_shards() == Some(1) {
        return Finding::nearly(format!(
            "{} has one shard, so every key lies in it. D creates a stream with 2 shards; send the same events there.",
            printable(&stream.name)
        ));
    }
    let keys: Vec<&str> = stream.keys_put().map(|(key, _)| key).take(3).collect();
    let names = keys.iter().map(|key| printable(key).into_owned());
    let share = match keys.len() {
        0 => return None,
        1 => format!(
            "{} alone is in shard {}",
            names.collect::<String>(),
            shard.short()
        ),
        _ => format!("{} share shard {}", and(names.collect()), shard.short()),
    };
    let other = match stream.open_shards() {
        Some(2) => other_half(&keys).map(|key| format!(", e.g. {key}")),
        _ => None,
    };
    Finding::nearly(format!(
        "{share}: a key does not get a shard of its own, its hash decides. Send one with another key{}.",
        other.unwrap_or_default()
    ))
}

/// A name whose hash lies in the other half of all hashes than those of these keys.
fn other_half(keys: &[&str]) -> Option<&'static str> {
    let upper = |key: &str| HashKey::of_partition_key(key).value() >> 127 == 1;
    let half = upper(keys.first()?);
    ["bob", "alice", "carol", "dave"]
        .into_iter()
        .find(|name| upper(name) != half && !keys.contains(name))
}

/// A program put fewer than are asked for, and has gone or is silent.
fn too_few(case: &Case<'_>, put: &Put, stream: &StreamFacts) -> Option<Finding> {
    let last = stream.last_put.as_ref()?;
    let wanted = u64::from(put.records);
    if stream.put == 0 || stream.put >= wanted || put.key.is_some() {
        return None;
    }
    let actor = case
        .facts
        .actors
        .iter()
        .find(|actor| actor.name == last.by)?;
    // What was done before its page was opened was done for another step.
    let earlier =
        (case.facts.reached).is_some_and(|(page, at)| page == case.page.page && actor.last < at);
    if actor.name == "you" || earlier {
        return None;
    }
    let run = case
        .facts
        .run
        .as_ref()
        .filter(|run| run.began <= actor.last);
    let ended = run.and_then(|run| run.ended);
    let over = ended.is_some_and(|(at, _)| case.now - at >= FEED_LAG);
    let rest = match wanted - stream.put {
        1 => "the last one".to_owned(),
        n => format!("the other {n}"),
    };
    let put = format!(
        "{} put {} of {}",
        subject(&actor.name),
        stream.put,
        records(wanted)
    );
    let next = format!("Run it again, or send {rest} with s: all of them count.");
    match (over.then_some(ended).flatten(), actor.left) {
        (Some((_, Some(code))), _) if code != 0 => Finding::nearly(format!(
            "{put} and ended with exit code {code}: its last lines say why. {next}"
        )),
        (Some(_), _) | (None, Some(_)) => Finding::nearly(format!("{put} and ended. {next}")),
        (None, None) if case.now - actor.last >= SILENCE => {
            Finding::nearly(format!("{put}, and none since. {next}"))
        }
        (None, None) => None,
    }
}

/// There are records, but only automatic ones.
fn only_automatic(case: &Case<'_>) -> Option<Finding> {
    let automatic: u64 = case.facts.streams.iter().map(|it| it.automatic).sum();
    let put: u64 = case.facts.streams.iter().map(|it| it.put).sum();
    if automatic == 0 || put > 0 {
        return None;
    }
    Finding::nearly(
        "All that lies there the lab sent by itself, automatically or to show a step, and that does not count: s sends \
         one, r runs the step."
            .into(),
    )
}

/// `alice and bob`, `alice, bob and carol`.
pub fn and(mut words: Vec<String>) -> String {
    let last = words.pop().unwrap_or_default();
    match words.is_empty() {
        true => last,
        false => format!("{} and {last}", words.join(", ")),
    }
}
