//! Numbers that teach: what the selected stream is put through beside what its shards allow, how far readers are behind,
//! and how long events take from when they happen until they are shown.
//!
//! ```text
//! feed, or the answers to the lab's own requests -> called -> a window a shard, the lags of each reader
//! records that the consumer panel shows           -> shown  -> delays
//! ```
//!
//! All of it is bounded, and of the selected stream alone. It moves when something happened and when a second slides out
//! of a window, and only while it is looked at.

mod delays;
mod event_time;
mod lags;
mod window;
mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::model::Model;
use super::overlay::Overlay;
use crate::kinesis::ShardId;
use crate::kinesis::feed::{Call, Detail, PutEntry};
use crate::kinesis::hash_ranges::HashKey;

pub use delays::Delays;
pub use event_time::event_time;
pub use lags::{Lag, Trend};
pub use window::{Measure, OVER, Pressure, Usage, Window};
pub use words::{amount, grouped, of_limit, pressure_words, span};

/// Of how many shards the last seconds are kept; those in which nothing happens make room.
const SHARDS: usize = 1_024;

const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// What is measured of the selected stream.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    windows: BTreeMap<ShardId, Window>,
    lags: lags::Lags,
    /// From the moment that an event names to its arrival.
    pub to_arrival: Delays,
    /// From its arrival until the panel had it.
    pub to_shown: Delays,
    /// From the moment that an event names until the panel had it.
    pub in_all: Delays,
    /// Records that were shown and are in none of the delays: they had arrived before the consumer began, or came again.
    pub left_out: u64,
    /// The second up to which it is shown.
    second: i64,
}

/// A shard and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardRow {
    /// The shard.
    pub shard: ShardId,
    /// Each measure, in the order of [`Measure::ALL`].
    pub usages: [Usage; 4],
    /// What is to be said of it.
    pub pressure: Pressure,
}

impl ShardRow {
    /// The measure of writing, or of reading, that is nearest to its limit.
    pub fn nearest(&self, reading: bool) -> &Usage {
        let [records, written, calls, read] = &self.usages;
        let (count, bytes) = match reading {
            false => (records, written),
            true => (calls, read),
        };
        match bytes.share() > count.share() {
            true => bytes,
            false => count,
        }
    }

    /// How near it is to any of its limits; above all of them once it throttles.
    pub fn heat(&self) -> f64 {
        let most = self.usages.iter().map(Usage::share).fold(0.0, f64::max);
        match self.pressure {
            Pressure::Throttled { writes, reads } => 1_000.0 + (writes + reads) as f64,
            _ => most,
        }
    }
}

/// A reader and where its lag goes.
#[derive(Debug, Clone, PartialEq)]
pub struct ReaderRow<'a> {
    /// Its name: `worker 1`, `py#2`.
    pub name: String,
    /// Its shard and its lags.
    pub lag: &'a Lag,
    /// Where its lag goes.
    pub trend: Trend,
}

/// The shards of the selected stream that take records, and others in which something happens, in the order of their
/// ids.
pub fn shard_rows(model: &Model) -> Vec<ShardRow> {
    let numbers = &model.numbers;
    let described = model.streams.description();
    let open = described.iter().flat_map(|it| &it.shards);
    let open = open.filter(|shard| shard.open).map(|shard| &shard.id);
    let stirred = numbers.windows.iter();
    let stirred = stirred.filter(|(_, window)| !window.is_quiet(numbers.second));
    let mut shards: Vec<&ShardId> = open.chain(stirred.map(|(shard, _)| shard)).collect();
    shards.sort_unstable();
    shards.dedup();
    let quiet = Window::default();
    let row = |shard: &ShardId| {
        let window = numbers.windows.get(shard).unwrap_or(&quiet);
        ShardRow {
            shard: shard.clone(),
            usages: Measure::ALL.map(|measure| window.usage(measure, numbers.second)),
            pressure: window.pressure(numbers.second),
        }
    };
    shards.into_iter().map(row).collect()
}

/// All readers: who is furthest behind first, those that are silent last.
pub fn reader_rows(model: &Model) -> Vec<ReaderRow<'_>> {
    let numbers = &model.numbers;
    let row = |lag| ReaderRow {
        name: name_of(model, lag),
        lag,
        trend: lag.trend(numbers.second),
    };
    let mut rows: Vec<ReaderRow> = numbers.lags.iter().map(row).collect();
    let behind = |row: &ReaderRow| row.lag.millis.back().copied().unwrap_or(0);
    rows.sort_by_key(|row| (row.trend == Trend::Silent, std::cmp::Reverse(behind(row))));
    rows
}

/// A reader's name; of the panel's own, which worker holds the shard now.
fn name_of(model: &Model, lag: &Lag) -> String {
    let mut readers = model.consumer.readers.iter();
    let own = readers.find(|reader| reader.shard == lag.shard);
    match own.filter(|_| lag.who == WORKER) {
        Some(reader) => format!("worker {}", reader.worker),
        None => lag.who.clone(),
    }
}

/// Who reads for the panel.
const WORKER: &str = "worker";

/// Opens the numbers.
pub(super) fn open(model: &mut Model, now: DateTime<Utc>) {
    model.numbers.second = now.timestamp();
    model.overlay = Some(Overlay::Numbers);
}

fn is_open(model: &Model) -> bool {
    matches!(model.overlay, Some(Overlay::Numbers))
}

/// A call to the selected stream was answered, the lab's own where no program is named. Says whether that is shown.
pub(super) fn called(
    model: &mut Model,
    program: Option<&str>,
    call: &Call,
    now: DateTime<Utc>,
) -> bool {
    if call.stream.is_none() || model.streams.name() != call.stream.as_deref() {
        return false;
    }
    let second = now.timestamp();
    let slid = on_deadline(model, now);
    let refused = call.error.as_ref().map(|(code, _)| code.as_str());
    let mut shows = false;
    match &call.detail {
        Detail::Put(entries) => {
            for entry in entries {
                shows |= put(model, entry, second);
            }
        }
        Detail::Get(get) => {
            let numbers = &mut model.numbers;
            let tally = numbers.window(&get.shard, second).at(second);
            match refused {
                None => {
                    tally.amounts[Measure::Calls as usize] += 1;
                    tally.amounts[Measure::BytesRead as usize] += get.bytes as u64;
                }
                Some(code) if code == THROTTLED => {
                    tally.throttled_reads += 1;
                    shows = true;
                }
                Some(_) => {}
            }
            let behind = get.millis_behind_latest.filter(|_| refused.is_none());
            let who = program.unwrap_or(WORKER);
            shows |= numbers.lags.called(who, &get.shard, behind, second);
        }
        _ => return false,
    }
    slid || shows && is_open(model)
}

/// A record was put, or refused. Says whether it was throttled.
fn put(model: &mut Model, entry: &PutEntry, second: i64) -> bool {
    match &entry.result {
        Ok((shard, _)) => {
            let bytes = entry.key.len() + entry.size;
            let tally = model.numbers.window(shard, second).at(second);
            tally.amounts[Measure::Records as usize] += 1;
            tally.amounts[Measure::BytesWritten as usize] += bytes as u64;
            false
        }
        Err((code, message)) if code == THROTTLED => {
            let shard = shard_in(message).or_else(|| {
                let hash = match &entry.explicit_hash_key {
                    Some(digits) => HashKey::parse_explicit(digits).ok()?,
                    None => HashKey::of_partition_key(&entry.key),
                };
                model.streams.shard_of(hash).cloned()
            });
            if let Some(shard) = shard {
                model
                    .numbers
                    .window(&shard, second)
                    .at(second)
                    .throttled_writes += 1;
            }
            true
        }
        Err(_) => false,
    }
}

/// The shard that a refusal names: `Rate exceeded for shard shardId-000000000000 in stream …`.
fn shard_in(message: &str) -> Option<ShardId> {
    let from = message.find("shardId-")?;
    let id = message[from..].split([' ', '.', ',']).next()?;
    Some(ShardId::from(id))
}

/// The panel shows records that it did not before: those from this number on.
pub(super) fn shown(model: &mut Model, from: u64) {
    let log = model.consumer.log.iter().rev();
    let new = log.take_while(|(number, _)| *number >= from);
    for (_, shown) in new.take(delays::KEPT).collect::<Vec<_>>().into_iter().rev() {
        let record = &shown.record;
        let numbers = &mut model.numbers;
        let arrived = record.arrived_at.map(|at| model.server.clock.wall(at));
        // Of what lay there before, or comes again, the delay would tell when somebody began to read.
        let is_new = |at: DateTime<Utc>| at >= model.consumer.began_at && !shown.repeat;
        if !arrived.is_some_and(is_new) {
            numbers.left_out += 1;
            continue;
        }
        let waited = shown.waited.and_then(|millis| i64::try_from(millis).ok());
        if let Some(waited) = waited {
            numbers.to_shown.push(waited);
        }
        // What was cut is no JSON any more.
        let whole = record.data.len() == record.size;
        let Some(happened) = event_time(&record.data).filter(|_| whole) else {
            continue;
        };
        // Events are timed by the clock on the wall, and arrive by the server's.
        if let Some(arrived) = arrived.filter(|_| waited.is_some()) {
            numbers
                .to_arrival
                .push((arrived - happened).num_milliseconds());
        }
        let in_all = (shown.shown_at - happened).num_milliseconds();
        numbers.in_all.push(in_all);
    }
}

/// When what is shown moves without anything happening: a second slides out of a window, a reader falls silent.
pub(super) fn next_deadline(model: &Model) -> Option<DateTime<Utc>> {
    if !is_open(model) {
        return None;
    }
    let numbers = &model.numbers;
    let mut windows = numbers.windows.values();
    let slides = windows.any(|window| !window.is_quiet(numbers.second));
    let slides = slides.then_some(numbers.second + 1);
    let next = slides
        .into_iter()
        .chain(numbers.lags.next_silence(numbers.second))
        .min()?;
    DateTime::from_timestamp(next, 0)
}

/// Time passed. Says whether that moves what is shown.
pub(super) fn on_deadline(model: &mut Model, now: DateTime<Utc>) -> bool {
    if !is_open(model) || now.timestamp() <= model.numbers.second {
        return false;
    }
    let picture = |model: &Model| {
        let readers: Vec<Trend> = reader_rows(model).iter().map(|row| row.trend).collect();
        (shard_rows(model), readers)
    };
    let before = picture(model);
    model.numbers.second = now.timestamp();
    picture(model) != before
}

/// A key while the numbers are shown. Says whether they stay.
pub(super) fn stays_open(key: crossterm::event::KeyCode) -> bool {
    use crossterm::event::KeyCode;
    !matches!(key, KeyCode::Enter | KeyCode::Char('N' | 'q'))
}

impl Numbers {
    /// The last seconds of a shard; where there are too many, one in which nothing happens makes room.
    fn window(&mut self, shard: &ShardId, second: i64) -> &mut Window {
        if !self.windows.contains_key(shard) && self.windows.len() >= SHARDS {
            self.windows.retain(|_, window| !window.is_quiet(second));
            if self.windows.len() >= SHARDS {
                self.windows.pop_last();
            }
        }
        self.windows.entry(shard.clone()).or_default()
    }
}
