//! The streams the lab knows, and the selected one.

mod answers;
mod dialog;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::message::{Description, Request};
use super::model::{Model, Outcome, Tone};
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::{CallError, ShardId};
use crate::progress::LastStream;

pub(super) use answers::{
    created, deleted, described, gone, lesson_entered, lesson_left, listed, of_last_time,
};
pub use dialog::{StreamsDialog, problem_with_name};
pub(super) use dialog::{dialog_delete, dialog_empty, dialog_enter, point_at, pointed};

/// The name and the number of shards that the dialog offers at first: two, so that "which shard" can be seen.
pub const FIRST_NAME: &str = "my-first-stream";
/// See [`FIRST_NAME`].
pub const FIRST_SHARDS: u32 = 2;
/// How many shards the dialog creates at most.
pub const MOST_SHARDS: u32 = 8;
/// How many streams are remembered by name; more are on the endpoint but not in the lab's list.
const REMEMBERED: usize = 1_000;
/// Of how many shards of a stream it is remembered what they hold.
const SHARDS: usize = 1_024;

/// How soon the lab looks again at a stream that is being created or deleted, and at one on an endpoint without a feed.
const LOOK_SOON: TimeDelta = TimeDelta::seconds(1);
const LOOK_LATER: TimeDelta = TimeDelta::seconds(5);

/// What the lab knows of the selected stream's existence.
#[derive(Debug, Clone, PartialEq)]
pub enum Presence {
    /// The endpoint was asked and has not answered yet.
    Asked,
    /// It exists.
    Described(Description),
    /// It does not exist any more.
    Gone,
    /// The endpoint could not say.
    Unknown(CallError),
}

/// The stream that the panels follow.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected {
    /// Its name.
    pub name: String,
    /// What is known of it.
    pub presence: Presence,
    /// When it was created: tells it from an earlier or a later stream of the same name.
    pub created_at: Option<DateTime<Utc>>,
    /// When to look at it again; `None` while the endpoint is asked.
    pub look_at: Option<DateTime<Utc>>,
}

/// What is counted of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Records stored in it, as far as the lab saw: all of them on the embedded server, its own elsewhere.
    pub written: u64,
    /// Of these, dropped before their time since the store was full.
    pub trimmed_early: u64,
    /// Of these, gone since they were older than the stream's retention, or since it was emptied.
    pub gone: u64,
}

impl Count {
    /// How many of its records are still there.
    pub fn held(&self) -> u64 {
        self.written
            .saturating_sub(self.trimmed_early)
            .saturating_sub(self.gone)
    }
}

/// What is remembered of a stream.
#[derive(Debug, Clone, Default)]
struct Known {
    count: Count,
    /// Records that are still there, by shard, as the feed tells of them.
    shards: BTreeMap<ShardId, u64>,
}

/// The streams.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    /// The stream that the panels follow.
    pub selected: Option<Selected>,
    known: BTreeMap<String, Known>,
    /// The stream that is gone, of this run or of the last one: the dialog offers it anew.
    pub last_time: Option<LastStream>,
    /// When to list the endpoint's streams again; `None` while it is asked.
    pub list_at: Option<DateTime<Utc>>,
    /// Whether they were ever listed.
    listed: bool,
    /// How listing them failed, while it fails.
    failure: Option<CallError>,
}

impl Streams {
    /// The selected stream's name, unless it is gone.
    pub fn name(&self) -> Option<&str> {
        self.selected
            .as_ref()
            .filter(|selected| selected.presence != Presence::Gone)
            .map(|selected| selected.name.as_str())
    }

    /// The selected stream's description.
    pub fn description(&self) -> Option<&Description> {
        match &self.selected.as_ref()?.presence {
            Presence::Described(description) => Some(description),
            _ => None,
        }
    }

    /// The shards of the selected stream in the order of their ids.
    pub fn shards(&self) -> Vec<ShardId> {
        self.description()
            .map(|description| description.shards.iter().map(|s| s.id.clone()).collect())
            .unwrap_or_default()
    }

    /// The open shard whose range, as the endpoint gave it, holds this hash key.
    pub fn shard_of(&self, hash: HashKey) -> Option<&ShardId> {
        let number = |digits: &str| digits.parse::<u128>().ok();
        self.description()?
            .shards
            .iter()
            .find(|shard| {
                let (start, end) = &shard.hash_range;
                shard.open
                    && number(start).is_some_and(|start| start <= hash.value())
                    && number(end).is_some_and(|end| hash.value() <= end)
            })
            .map(|shard| &shard.id)
    }

    /// The selected stream's state while it takes no records and gives none: it is being created or deleted.
    pub fn not_ready(&self) -> Option<&str> {
        let status = self.description()?.status.as_str();
        matches!(status, "CREATING" | "DELETING").then_some(status)
    }

    /// Whether the selected stream was asked for and nothing is known of it yet.
    pub(super) fn is_asked_for(&self) -> bool {
        let selected = self.selected.as_ref();
        selected.is_some_and(|selected| selected.presence == Presence::Asked)
    }

    /// The selected stream as it would be offered anew, if this is its name and its shards are known.
    fn as_last(&self, name: &str) -> Option<LastStream> {
        let open = self.description()?.shards.iter().filter(|s| s.open);
        (self.name() == Some(name)).then(|| LastStream {
            name: name.to_owned(),
            shards: open.count() as u32,
        })
    }

    /// The names of all streams known, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// What is counted of a stream.
    pub fn count(&self, name: &str) -> Count {
        self.known
            .get(name)
            .map_or_else(Count::default, |known| known.count)
    }

    /// How many records the selected stream holds in a shard, by what the feed told of it.
    pub(super) fn held_in(&self, shard: &ShardId) -> u64 {
        let known = self.name().and_then(|name| self.known.get(name));
        let held = known.and_then(|known| known.shards.get(shard));
        held.copied().unwrap_or(0)
    }

    /// Records were stored in a shard of a stream, before the lab began or since.
    pub(super) fn stored_in(&mut self, name: &str, shard: &ShardId, records: u64) {
        if let Some(known) = self.known.get_mut(name)
            && (known.shards.contains_key(shard) || known.shards.len() < SHARDS)
        {
            *known.shards.entry(shard.clone()).or_default() += records;
        }
    }

    /// Records of a shard of a stream are gone.
    pub(super) fn gone_from(&mut self, name: &str, shard: &ShardId, records: u64) {
        let known = self.known.get_mut(name);
        if let Some(held) = known.and_then(|known| known.shards.get_mut(shard)) {
            *held = held.saturating_sub(records);
        }
    }

    /// Nothing is left in the shards of a stream.
    pub(super) fn emptied(&mut self, name: &str) {
        if let Some(known) = self.known.get_mut(name) {
            known.shards.clear();
        }
    }

    /// Counts records stored in a stream.
    pub(super) fn count_written(&mut self, name: &str, records: u64) {
        if let Some(count) = self.entry(name) {
            count.written += records;
        }
    }

    /// A stream begins: nothing is counted of it yet.
    pub(super) fn begin(&mut self, name: &str) {
        if let Some(count) = self.entry(name) {
            *count = Count::default();
        }
        self.emptied(name);
    }

    /// A stream's records were dropped before their time.
    pub(super) fn trimmed(&mut self, name: &str, records: u64) {
        if let Some(count) = self.entry(name) {
            count.trimmed_early += records;
        }
    }

    /// A stream's records went by age, or it was emptied.
    pub(super) fn dropped(&mut self, name: &str, records: u64) {
        if let Some(count) = self.entry(name) {
            count.gone += records;
        }
    }

    /// Whether a stream holds records, as far as the lab knows.
    pub(super) fn hold_records(&self) -> bool {
        self.known.values().any(|known| known.count.held() > 0)
    }

    fn entry(&mut self, name: &str) -> Option<&mut Count> {
        if !self.known.contains_key(name) && self.known.len() >= REMEMBERED {
            return None;
        }
        Some(&mut self.known.entry(name.to_owned()).or_default().count)
    }
}

impl Model {
    /// The stream that the lesson is about, where its `lab.toml` names one: the panels look at it first.
    pub fn lesson_stream(&self) -> Option<&str> {
        self.lesson.lesson.settings.stream.as_deref()
    }
}

/// What a shard of a provisioned stream costs on AWS in us-east-1, in US dollars an hour (AWS price list, 2026).
pub const SHARD_HOUR_DOLLARS: f64 = 0.015;

/// Lets the panels follow this stream.
pub(super) fn select(model: &mut Model, name: &str, out: &mut Outcome) {
    let same = model.streams.name() == Some(name);
    if !same {
        turn_over(model);
        model.streams.selected = Some(Selected {
            name: name.to_owned(),
            presence: Presence::Asked,
            created_at: None,
            look_at: None,
        });
    }
    model.streams.entry(name);
    model.streams.last_time = None;
    out.changed = true;
    out.call(Request::DescribeStream(name.to_owned()));
}

/// The panels turn to another stream, be it of the same name: nothing of the one before is left.
fn turn_over(model: &mut Model) {
    super::consumer::stop(model);
    model.consumer.turn_to_another_stream();
    model.producer.turn_to_another_stream();
    let read_to = model.consumer.log.end();
    model.lanes.turn_to_another_stream(read_to);
    model.numbers = super::numbers::Numbers::default();
    super::batch::turn_to_another_stream(model);
}

/// What the panels show of an earlier stream of this name is not of this one.
fn deselect(model: &mut Model, stream: &str) {
    model
        .streams
        .selected
        .take_if(|selected| selected.name == stream);
}

/// A program did something to a stream: its first stream is selected by itself, later ones are announced.
pub(super) fn program_touched(
    model: &mut Model,
    program: &str,
    stream: &str,
    operation: &str,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    match operation {
        "DeleteStream" if model.server.is_instant() => return gone(model, stream, now, out),
        "CreateStream" => {
            model.streams.known.remove(stream);
            deselect(model, stream);
        }
        // Whatever else names the selected stream may change it.
        _ if changes(operation) && model.streams.name() == Some(stream) => look_again(model, now),
        _ => {}
    }
    let new = !model.streams.known.contains_key(stream);
    if new {
        model.streams.entry(stream);
        out.changed = true;
    }
    let created_for_lesson = operation == "CreateStream" && model.lesson_stream() == Some(stream);
    if model.streams.name().is_none() || created_for_lesson {
        select(model, stream, out);
        model.say(
            Tone::Plain,
            format!("{program} opened {stream}; the panels follow it."),
        );
    } else if new && model.streams.name() != Some(stream) {
        model.say(
            Tone::Plain,
            format!("{program} uses another stream, {stream}. D selects it."),
        );
    }
}

/// Whether an operation may make another stream of one: its shards, its state, its retention.
fn changes(operation: &str) -> bool {
    [
        "Delete", "Split", "Merge", "Update", "Increase", "Decrease", "Start", "Stop",
    ]
    .iter()
    .any(|begin| operation.starts_with(begin))
}

/// Things may have happened that nobody told: everything is looked at soon.
pub(super) fn look_at_all(model: &mut Model, now: DateTime<Utc>) {
    let soon = now + LOOK_SOON;
    model.streams.list_at.get_or_insert(soon);
    if let Some(selected) = &mut model.streams.selected {
        selected.look_at.get_or_insert(soon);
    }
}

/// A call speaks of the selected stream as if it did not exist: it is asked for, since that answer may be an old one's.
pub(super) fn look_again(model: &mut Model, now: DateTime<Utc>) {
    if let Some(selected) = &mut model.streams.selected {
        selected.look_at = Some(now);
    }
}

/// The selected stream is about to change: it is looked at after a moment.
pub(super) fn look_soon(model: &mut Model, now: DateTime<Utc>) {
    if let Some(selected) = &mut model.streams.selected {
        selected.look_at = Some(now + LOOK_SOON);
    }
}

/// Looks again at what may have changed.
pub(super) fn on_deadline(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if let Some(selected) = &mut model.streams.selected
        && selected.look_at.take_if(|at| *at <= now).is_some()
    {
        out.call(Request::DescribeStream(selected.name.clone()));
    }
    if model.streams.list_at.take_if(|at| *at <= now).is_some() {
        out.call(Request::ListStreams);
    }
}
