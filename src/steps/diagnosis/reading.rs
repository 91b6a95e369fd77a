//! Why a reading did not bring what a step asks for.

use super::writing::and;
use super::{Case, FEED_LAG, Finding, SILENCE, subject};
use crate::lesson::step_settings::Act;
use crate::printable::printable;
use crate::steps::evidence::{records, there, unasked};
use crate::steps::facts::{Reading, ShardReading};
use crate::steps::scripts::limit_line;

/// What is amiss with what was read last.
pub fn amiss(case: &Case<'_>) -> Option<Finding> {
    let readings = case.facts.readings.iter();
    if let Act::Latest(_) = case.act {
        let latest = readings.filter(|reading| begins_at(reading, "LATEST"));
        return behind_the_newest(case, latest.max_by_key(|reading| reading.last)?);
    }
    if !matches!(case.act, Act::Read(_) | Act::Reread(_) | Act::ReadNew(_)) {
        return None;
    }
    let reading = readings.max_by_key(|reading| (reading.last, reading.number))?;
    latest_after_the_fact(case, reading)
        .or_else(|| crashed(case, reading))
        .or_else(|| at_a_limit(case, reading))
        .or_else(|| at_an_empty_page(case, reading))
        .or_else(|| shards_unasked(case, reading))
        .or_else(|| another_stream(case, reading))
        .or_else(|| another_start(case, reading))
        .or_else(|| nothing_newer(case, reading))
}

/// How a reading ended, if it has.
enum Stop {
    /// Its run ended with this exit code.
    Exit(i32),
    /// It is over; nothing more is known.
    Over,
    /// It is silent; nothing says that its program has gone.
    Silent,
}

fn stop(case: &Case<'_>, reading: &Reading) -> Option<Stop> {
    let run = case.facts.run.as_ref();
    let of_it = run.filter(|run| reading.by != "you" && run.began <= reading.began);
    match of_it.and_then(|run| run.ended) {
        Some((at, code)) if case.now - at >= FEED_LAG => {
            return Some(code.map_or(Stop::Over, Stop::Exit));
        }
        _ => {}
    }
    if reading.stopped.is_some() {
        return Some(Stop::Over);
    }
    (reading.by != "you" && case.now - reading.last >= SILENCE).then_some(Stop::Silent)
}

fn begins_at(reading: &Reading, start: &str) -> bool {
    reading.shards.iter().all(|shard| shard.start == start)
}

/// LATEST begins behind all that is there.
fn latest_after_the_fact(case: &Case<'_>, reading: &Reading) -> Option<Finding> {
    let older: u64 = match case.facts.known(&reading.stream) {
        Some(stream) if !stream.placed => reading.there,
        _ => reading.shards.iter().map(|shard| shard.older).sum(),
    };
    let answered = reading.shards.iter().any(|shard| shard.was_empty);
    if !begins_at(reading, "LATEST") || older == 0 || !answered || reading.read() > 0 {
        return None;
    }
    let exist = match older {
        1 => "1 older record exists".to_owned(),
        n => format!("{n} older records exist"),
    };
    let (behind, them) = match older {
        1 => ("behind it", "it"),
        _ => ("behind them", "them"),
    };
    let next = match reading.by.as_str() {
        "you" => format!("Press t and choose TRIM_HORIZON to read {them}"),
        _ => format!("Run it with TRIM_HORIZON to read {them}, or press t here"),
    };
    Finding::nearly(format!("{exist}; LATEST begins {behind}. {next}."))
}

/// The program failed over what it had read; where no exit code says so, a record that is not JSON makes it likely.
fn crashed(case: &Case<'_>, reading: &Reading) -> Option<Finding> {
    let stop = stop(case, reading).filter(|_| reading.read() > 0)?;
    let stream = case.facts.known(&reading.stream);
    let not_json = stream.and_then(|stream| stream.not_json.as_deref());
    let more = reading.shards.iter().any(|shard| shard.ahead > 0);
    let ended = match (stop, not_json) {
        (Stop::Exit(0) | Stop::Silent, _) | (Stop::Over, None) => return None,
        (Stop::Exit(code), _) => format!("with exit code {code}"),
        (Stop::Over, Some(_)) if more => "before the end".into(),
        (Stop::Over, Some(_)) => return None,
    };
    let hint = match not_json {
        Some(key) => format!(
            "A record of key {} is not JSON, and json.loads stops at such a one.",
            printable(key)
        ),
        None => "Its last lines say why.".into(),
    };
    Finding::nearly(format!(
        "{} read {} and ended {ended}. {hint}",
        subject(&reading.by),
        of_all(case, reading)
    ))
}

/// `10 of 15 records`.
fn of_all(case: &Case<'_>, reading: &Reading) -> String {
    let read = reading.read();
    match there(reading, case.facts) {
        all if all > read => format!("{read} of {}", records(all)),
        _ => records(read),
    }
}

/// A page was full, more lay ahead, and nobody asked on.
fn at_a_limit(case: &Case<'_>, reading: &Reading) -> Option<Finding> {
    let stop = stop(case, reading)?;
    let left = |shard: &&ShardReading| shard.ahead > 0 && shard.last_page > 0;
    let shard = reading.shards.iter().find(left)?;
    let ahead: u64 = reading.shards.iter().filter(left).map(|it| it.ahead).sum();
    let read = of_all(case, reading);
    let stopped = match stop {
        Stop::Silent => "has not asked since",
        Stop::Exit(_) | Stop::Over => "then stopped",
    };
    let script = case.plan.script_calling("GetRecords");
    let place = script.and_then(|script| {
        let (line, words) = limit_line(&script.source, shard.read)?;
        Some(format!(
            ": {words} in {} line {line}",
            printable(&script.file)
        ))
    });
    let (newest, raise) = match (ahead, &place) {
        (1, Some(_)) => (
            "The newest record is still there, nothing is lost.".to_owned(),
            "Raise it",
        ),
        (n, Some(_)) => (
            format!("The {n} newest are still there, nothing is lost."),
            "Raise it",
        ),
        (1, None) => (
            "The newest record is still there, nothing is lost.".to_owned(),
            "Go on reading until MillisBehindLatest is 0",
        ),
        (n, None) => (
            format!("The {n} newest are still there, nothing is lost."),
            "Go on reading until MillisBehindLatest is 0",
        ),
    };
    let next = match reading.by.as_str() {
        "you" => "c reads from the beginning again".to_owned(),
        _ => format!("{raise} and run it again"),
    };
    Finding::nearly(format!(
        "{} read {read}, {stopped}{}. {newest} {next}.",
        subject(&reading.by),
        place.unwrap_or_default()
    ))
}

/// A page came back empty, more lay ahead, and nobody asked on.
fn at_an_empty_page(case: &Case<'_>, reading: &Reading) -> Option<Finding> {
    stop(case, reading)?;
    let left =
        |shard: &&ShardReading| shard.ahead > 0 && shard.last_page == 0 && shard.there.is_some();
    let shard = reading.shards.iter().find(left)?;
    let ahead = match shard.ahead {
        1 => "1 record lies ahead".to_owned(),
        n => format!("{n} records lie ahead"),
    };
    Finding::nearly(format!(
        "{} stopped at an empty page of shard {} although {ahead}. An empty page is not the end: go on with \
         NextShardIterator until MillisBehindLatest is 0.",
        subject(&reading.by),
        shard.shard.short()
    ))
}

/// There are shards with records that nobody asked for.
fn shards_unasked(case: &Case<'_>, reading: &Reading) -> Option<Finding> {
    stop(case, reading)?;
    let (shards, left) = unasked(reading, case.facts, |_| true)?;
    let names: Vec<String> = shards
        .iter()
        .take(4)
        .map(|shard| format!("shard {}", shard.short()))
        .collect();
    let lie = match left {
        1 => "1 lies",
        _ => "the rest lies",
    };
    Finding::nearly(format!(
        "{} read {}; {lie} in {}, which nobody asked for. Each shard has an iterator of its own: ask all of them, not \
         just the first.",
        subject(&reading.by),
        of_all(case, reading),
        and(names)
    ))
}

/// The stream that is read holds nothing, another does.
fn another_stream(case: &Case<'_>, reading: &Reading) -> Option<Finding> {
    stop(case, reading)?;
    let empty = reading.read() == 0 && reading.shards.iter().all(|it| it.there.unwrap_or(0) == 0);
    if !empty || !reading.shards.iter().any(|shard| shard.there.is_some()) {
        return None;
    }
    let read = printable(&reading.stream);
    let mut others = case.facts.streams.iter();
    let other = others.find(|stream| stream.name != reading.stream && stream.put > 0);
    Finding::nearly(match other {
        Some(other) => format!(
            "{} read {read}, which is empty; {} lie in {}. Producer and consumer need the same name.",
            subject(&reading.by),
            records(other.held),
            printable(&other.name)
        ),
        None => format!(
            "{read} was empty when it was read. Send something first: s, or run the producer."
        ),
    })
}

/// It began elsewhere than the step asks for.
fn another_start(case: &Case<'_>, reading: &Reading) -> Option<Finding> {
    let Act::Read(read) = case.act else {
        return None;
    };
    stop(case, reading)?;
    let wanted = read.from.as_deref()?;
    let first = reading.shards.first()?;
    (first.start != wanted).then_some(())?;
    Finding::nearly(format!(
        "{} began at {}; this step asks for {wanted}.",
        subject(&reading.by),
        first.start
    ))
}

/// It read again, and nothing was put between.
fn nothing_newer(case: &Case<'_>, reading: &Reading) -> Option<Finding> {
    if !matches!(case.act, Act::ReadNew(_)) {
        return None;
    }
    stop(case, reading)?;
    let mut before = case.facts.readings.iter();
    let earlier =
        before.any(|it| it.stream == reading.stream && it.number < reading.number && it.read() > 0);
    let whole = reading.read() > 0 && reading.shards.iter().all(|shard| shard.complete);
    if !earlier || !whole {
        return None;
    }
    Finding::nearly(format!(
        "{} read the same as before: nothing newer was there. Send something, then read again.",
        subject(&reading.by)
    ))
}

/// A reading at LATEST that did not come back empty first, or did not wait for what was put.
fn behind_the_newest(case: &Case<'_>, reading: &Reading) -> Option<Finding> {
    let empty = reading.shards.iter().any(|shard| shard.was_empty);
    if reading.read() > 0 && !empty {
        return Finding::nearly(
            "At LATEST something came at once. Begin again, wait until it comes back empty, then send one.".into(),
        );
    }
    stop(case, reading)?;
    (empty && reading.read() == 0).then_some(())?;
    Finding::nearly(format!(
        "{} came back empty at LATEST and stopped before anything was sent. Keep it reading, then send one.",
        subject(&reading.by)
    ))
}
