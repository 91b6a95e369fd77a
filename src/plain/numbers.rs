//! The numbers in lines: a sentence a shard, a reader and a delay.

use super::text::count;
use crate::app::Model;
use crate::app::numbers::{
    Delays, ReaderRow, ShardRow, of_limit, pressure_words, reader_rows, shard_rows, span,
};

/// How many shards and how many readers are told of.
const TOLD: usize = 12;

/// What they say, behind a line that stays the same however much happens.
pub(super) fn words(model: &Model) -> Vec<String> {
    let mut lines = vec!["The numbers, as they were when they were opened:".to_owned()];
    if model.streams.name().is_none() {
        lines.push("There is no stream yet.".into());
        return lines;
    }
    if !model.feeds() {
        lines.push(
            "What this lab wrote and read; others cannot be seen at this endpoint, but share the limits."
                .into(),
        );
    }
    let mut shards = shard_rows(model);
    if shards.len() > TOLD {
        shards.sort_by(|a, b| b.heat().total_cmp(&a.heat()));
    }
    lines.extend(shards.iter().take(TOLD).map(shard));
    if shards.len() > TOLD {
        lines.push(format!("And {}.", count(shards.len() - TOLD, "more shard")));
    }
    let readers = reader_rows(model);
    lines.extend(readers.iter().take(TOLD).map(reader));
    if readers.len() > TOLD {
        lines.push(format!(
            "And {}.",
            count(readers.len() - TOLD, "more reader")
        ));
    }
    let numbers = &model.numbers;
    lines.extend(delay("From event time to arrival", &numbers.to_arrival));
    lines.extend(delay("From arrival to shown", &numbers.to_shown));
    lines.extend(delay("From event time to shown", &numbers.in_all));
    if numbers.to_shown.is_empty() && numbers.in_all.is_empty() {
        lines.push("Delays are told once the consumer has shown records.".into());
    }
    lines
}

fn shard(row: &ShardRow) -> String {
    let [records, written, calls, read] = row.usages.each_ref().map(of_limit);
    format!(
        "Shard {}, each second: written {records} and {written}; read {calls} and {read}; {}.",
        row.shard.short(),
        pressure_words(&row.pressure)
    )
}

fn reader(row: &ReaderRow<'_>) -> String {
    let behind = match row.lag.millis.back() {
        Some(millis) => span(i64::try_from(*millis).unwrap_or(i64::MAX)) + " behind",
        None => "its lag is unknown".into(),
    };
    format!(
        "Reader {} of shard {}: {behind}, {}.",
        row.name,
        row.lag.shard.short(),
        row.trend.words()
    )
}

fn delay(what: &str, delays: &Delays) -> Option<String> {
    let (half, most) = (delays.percentile(50)?, delays.percentile(99)?);
    Some(format!(
        "{what}: half of {} within {}, 99 of 100 within {}.",
        count(delays.len(), "record"),
        span(half),
        span(most)
    ))
}
