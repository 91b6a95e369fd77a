//! Batch against stream: the same events of the selected stream as a running result, and as a batch of some interval
//! would have it.
//!
//! On the embedded server they are the records that the feed saw stored; elsewhere those that the consumer panel read,
//! each once. It moves when an event comes, and while events wait for their batch, as the time to its close runs down.

mod reckoning;
mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use crossterm::event::KeyCode;

use super::model::Model;
use super::overlay::Overlay;
use crate::kinesis::feed::{Call, Detail};
use crate::kinesis::{SequenceNumber, ShardId};

pub use reckoning::{ALLOWED, Alarm, INTERVALS, MOST_KEYS, Reckoning, Tally, WITHIN, close_of};
pub use words::{AlarmWords, alarm_words, better, rule, source, waits};

/// The interval that is shown at first: an hour, which is what most batches take.
const FIRST: usize = 3;

/// Of how many shards it is remembered what was read last.
const SHARDS: usize = 1_024;

/// What is reckoned of the selected stream, and which interval is looked at.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The reckoning.
    pub reckoning: Reckoning,
    /// An index into [`INTERVALS`].
    pub interval: usize,
    /// The last record of each shard that was taken, where records are known by reading: each counts once, however
    /// often it is read.
    read: BTreeMap<ShardId, SequenceNumber>,
}

impl Batch {
    /// Nothing has come yet.
    pub(super) fn new(zone: chrono::FixedOffset) -> Self {
        Self {
            reckoning: Reckoning::new(i64::from(zone.local_minus_utc()) * 1_000),
            interval: FIRST,
            read: BTreeMap::new(),
        }
    }

    /// How many events wait for the batch.
    pub fn waiting(&self) -> u64 {
        self.reckoning.total.waiting[self.interval]
    }

    /// When the batch that waits will answer, in lab time.
    pub fn closes(&self) -> i64 {
        self.reckoning.closes(self.interval)
    }

    /// How often a day it runs.
    pub fn runs_a_day(&self) -> i64 {
        86_400_000 / INTERVALS[self.interval].0
    }
}

/// A moment of lab time as the reckoning has it.
fn lab_millis(model: &Model, now: DateTime<Utc>) -> i64 {
    model.server.clock.lab(now).timestamp_millis()
}

/// Opens it.
pub(super) fn open(model: &mut Model, now: DateTime<Utc>) {
    let now = lab_millis(model, now);
    model.batch.reckoning.go_on(now);
    model.overlay = Some(Overlay::Batch);
}

fn is_open(model: &Model) -> bool {
    matches!(model.overlay, Some(Overlay::Batch))
}

/// The panels turn to another stream.
pub(super) fn turn_to_another_stream(model: &mut Model) {
    let interval = model.batch.interval;
    model.batch = Batch {
        interval,
        ..Batch::new(model.zone)
    };
}

/// A key while it is open. Says whether it stays open.
pub(super) fn pressed(model: &mut Model, key: KeyCode) -> bool {
    let interval = &mut model.batch.interval;
    match key {
        KeyCode::Left | KeyCode::Char('-' | '[') => *interval = interval.saturating_sub(1),
        KeyCode::Right | KeyCode::Char('+' | '=' | ']') => {
            *interval = (*interval + 1).min(INTERVALS.len() - 1);
        }
        KeyCode::Enter | KeyCode::Char('B' | 'q') => return false,
        _ => {}
    }
    true
}

/// The feed told of a call to the selected stream: what it stored has arrived. Says whether that is shown.
pub(super) fn stored(model: &mut Model, call: &Call, now: DateTime<Utc>) -> bool {
    let Detail::Put(entries) = &call.detail else {
        return false;
    };
    if call.stream.is_none() || model.streams.name() != call.stream.as_deref() {
        return false;
    }
    let now = lab_millis(model, now);
    let arrived = call.at.timestamp_millis();
    let stored = entries.iter().filter(|entry| entry.result.is_ok());
    for entry in stored {
        model.batch.reckoning.came(&entry.key, arrived, now);
    }
    call.stored() > 0 && is_open(model)
}

/// The consumer panel shows records from this number on. Where nobody tells what is stored, these are the events.
pub(super) fn shown(model: &mut Model, from: u64) {
    if model.feeds() {
        return;
    }
    let log = model.consumer.log.iter().rev();
    let new: Vec<_> = log.take_while(|(number, _)| *number >= from).collect();
    for (_, shown) in new.into_iter().rev() {
        let record = &shown.record;
        let batch = &mut model.batch;
        let last = batch.read.get(&shown.shard);
        if last.is_some_and(|last| record.sequence <= *last) {
            continue;
        }
        if last.is_some() || batch.read.len() < SHARDS {
            let sequence = record.sequence.clone();
            batch.read.insert(shown.shard.clone(), sequence);
        }
        let arrived = record.arrived_at.unwrap_or(shown.shown_at);
        batch.reckoning.came(
            &record.key,
            arrived.timestamp_millis(),
            shown.shown_at.timestamp_millis(),
        );
    }
}

/// From here on the time that is left is told by the second.
const FINE: i64 = 120_000;

/// When what is left until a moment, as it is shown, changes next: by the minute, at the end by the second.
fn next_change(now: i64, until: i64) -> i64 {
    let left = until - now;
    let step = if left > FINE { 60_000 } else { 1_000 };
    until - (left - 1).div_euclid(step) * step
}

/// When what is shown moves without an event: while some wait, the time that is left runs down, and the batch answers.
pub(super) fn next_deadline(model: &Model) -> Option<DateTime<Utc>> {
    let batch = &model.batch;
    if !is_open(model) || batch.waiting() == 0 {
        return None;
    }
    let next = next_change(batch.reckoning.now(), batch.closes());
    let next = DateTime::from_timestamp_millis(next)?;
    Some(model.server.clock.wall(next))
}

/// Time passed. Says whether that moves what is shown.
pub(super) fn on_deadline(model: &mut Model, now: DateTime<Utc>) -> bool {
    let due = next_deadline(model).is_some_and(|at| at <= now);
    if due {
        let now = lab_millis(model, now);
        model.batch.reckoning.go_on(now);
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_is_told_by_the_minute_and_at_the_end_by_the_second() {
        let check = |left: i64, words: &str, changes: i64| {
            let mut batch = Batch::new(chrono::FixedOffset::east_opt(0).expect("a zone"));
            let close = 3_600_000;
            batch.reckoning.go_on(close - left);
            assert_eq!(words::time_left(&batch.reckoning, close), words, "{left}");
            assert_eq!(close - next_change(close - left, close), changes, "{left}");
        };
        check(3_600_000, "1 h", 3_540_000);
        check(3_540_001, "1 h", 3_540_000);
        check(3_540_000, "59 min", 3_480_000);
        check(120_001, "3 min", 120_000);
        check(120_000, "2 min", 119_000);
        check(119_500, "2 min", 119_000);
        check(119_000, "1 min 59 s", 118_000);
        check(1_000, "1 s", 0);
        check(1, "1 s", 0);
    }
}
