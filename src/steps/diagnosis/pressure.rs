//! Why what was done around limits, lag and retention is not what a step asks for.

use super::{Case, Finding, SILENCE, subject};
use crate::lesson::step_settings::{Act, Lag, Shards};
use crate::steps::evidence::{counted, records, seconds};

/// What is amiss with it.
pub fn amiss(case: &Case<'_>) -> Option<Finding> {
    match case.act {
        Act::Throttle(_) => not_the_limit(case),
        Act::Retry(_) => retried_wrongly(case),
        Act::Shards(shards) => another_number(case, shards),
        Act::Lag(lag) => too_little_lag(case, lag),
        Act::Trimmed(_) => nothing_too_old(case),
        _ => None,
    }
}

/// Only a fault on request refused records.
fn not_the_limit(case: &Case<'_>) -> Option<Finding> {
    let pressure = &case.facts.pressure;
    if pressure.throttled.is_none() && pressure.by_fault > 0 {
        return Finding::nearly(
            "Those refusals were a fault that F had made, not the limit of a shard. Send more than 1,000 records within a \
             second."
                .into(),
        );
    }
    let stream = case.facts.streams.iter().max_by_key(|stream| stream.put)?;
    if pressure.throttled.is_some() || stream.put < 500 {
        return None;
    }
    Finding::nearly(format!(
        "{} were put and none was refused: no shard was asked for more than 1,000 records in one second. One call after \
         the other is too slow for that; batches of 500 are not.",
        records(stream.put)
    ))
}

/// What was refused was sent again, but not so.
fn retried_wrongly(case: &Case<'_>) -> Option<Finding> {
    let sender = case.facts.pressure.retries.last()?;
    let who = subject(&sender.by);
    let story = sender.story;
    if story.twice > 0 {
        let stored = match story.twice {
            1 => "1 record again that was stored already; now it lies there twice".to_owned(),
            n => format!("{n} records again that were stored already; now they lie there twice"),
        };
        return Finding::nearly(format!(
            "{who} sent {stored}. Send only the entries whose result has an ErrorCode."
        ));
    }
    if story.left == 0 && story.tries > 0 {
        return Finding::nearly(format!(
            "{who} sent what was refused again, and at once. Wait before each try, longer from try to try: the shard takes \
             more only in the next second."
        ));
    }
    if story.left > 0 && case.now - sender.at >= SILENCE {
        return Finding::nearly(format!(
            "{who} was refused {}, and {} were not sent again: they are lost. The answer to PutRecords says it of each \
             record, with an ErrorCode.",
            records(story.refused),
            story.left
        ));
    }
    None
}

fn another_number(case: &Case<'_>, shards: &Shards) -> Option<Finding> {
    case.facts.pressure.resharded.as_ref()?;
    let mut streams = case.facts.streams.iter();
    let stream = streams.find(|stream| case.facts.counts(&stream.name))?;
    let has = stream.open_shards().filter(|has| *has != shards.open)?;
    Finding::nearly(format!(
        "{} are open now, and this step asks for {}. R changes that.",
        counted(has, "shard"),
        shards.open
    ))
}

/// A reader caught up, but had not been so far behind.
fn too_little_lag(case: &Case<'_>, lag: &Lag) -> Option<Finding> {
    let lagging = &case.facts.pressure.lagging;
    let (_, most) = lagging.over.iter().max_by_key(|(_, it)| it.most)?;
    if lagging.furthest().is_some() {
        return None;
    }
    Finding::nearly(format!(
        "A reader was {} behind at most and has caught up; this step asks for {} s. Let more come in than it works on, and \
         let it fall behind for longer.",
        seconds(most.most),
        lag.seconds
    ))
}

/// The clock was moved, and nothing was old enough to go.
fn nothing_too_old(case: &Case<'_>) -> Option<Finding> {
    let pressure = &case.facts.pressure;
    let advanced = pressure.advanced?;
    if pressure.trimmed().is_some() || case.now - advanced < super::FEED_LAG {
        return None;
    }
    Finding::nearly(
        "The clock was moved, and nothing went: no record is older than the stream keeps them. R says how many hours that \
         is; lower it to 24, or move the clock on."
            .into(),
    )
}
