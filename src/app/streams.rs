//! The streams the lab knows, and the selected one.

mod dialog;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::connection::ConnectionKind;
use super::message::{Description, Request};
use super::model::{Model, Outcome, Tone};
use super::overlay::Overlay;
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::{CallError, ShardId};
use crate::progress::LastStream;

pub use dialog::{StreamsDialog, problem_with_name};
pub(super) use dialog::{dialog_delete, dialog_enter};

/// The name and the number of shards that the dialog offers at first: two, so that "which shard" can be seen.
pub const FIRST_NAME: &str = "my-first-stream";
/// See [`FIRST_NAME`].
pub const FIRST_SHARDS: u32 = 2;
/// How many shards the dialog creates at most.
pub const MOST_SHARDS: u32 = 8;
/// How many streams are remembered by name; more are on the endpoint but not in the lab's list.
const REMEMBERED: usize = 1_000;

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
    /// When to look at it again.
    pub look_at: Option<DateTime<Utc>>,
}

/// What is counted of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Records stored in it, as far as the lab saw: all of them on the embedded server, its own elsewhere.
    pub written: u64,
    /// Of these, dropped before their time since the store was full.
    pub trimmed_early: u64,
}

/// The streams.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    /// The stream that the panels follow.
    pub selected: Option<Selected>,
    known: BTreeMap<String, Count>,
    /// The stream of the last run that is gone with the embedded server's memory.
    pub last_time: Option<LastStream>,
    /// When to list the endpoint's streams again (where there is no feed).
    pub list_at: Option<DateTime<Utc>>,
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

    /// The names of all streams known, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// What is counted of a stream.
    pub fn count(&self, name: &str) -> Count {
        self.known.get(name).copied().unwrap_or_default()
    }

    /// Counts records stored in a stream.
    pub(super) fn count_written(&mut self, name: &str, records: u64) {
        if let Some(count) = self.entry(name) {
            count.written += records;
        }
    }

    /// A stream's records were dropped before their time.
    pub(super) fn trimmed(&mut self, name: &str, records: u64) {
        if let Some(count) = self.entry(name) {
            count.trimmed_early += records;
        }
    }

    fn entry(&mut self, name: &str) -> Option<&mut Count> {
        if !self.known.contains_key(name) && self.known.len() >= REMEMBERED {
            return None;
        }
        Some(self.known.entry(name.to_owned()).or_default())
    }
}

/// What a shard of a provisioned stream costs on AWS in us-east-1, in US dollars an hour (AWS price list, 2026).
pub const SHARD_HOUR_DOLLARS: f64 = 0.015;

/// Lets the panels follow this stream.
pub(super) fn select(model: &mut Model, name: &str, now: DateTime<Utc>, out: &mut Outcome) {
    let another = model
        .streams
        .selected
        .as_ref()
        .is_none_or(|selected| selected.name != name);
    if another {
        super::consumer::stop(model);
        model.consumer.turn_to_another_stream();
        model.producer.turn_to_another_stream();
    }
    model.streams.entry(name);
    model.streams.selected = Some(Selected {
        name: name.to_owned(),
        presence: Presence::Asked,
        look_at: Some(now + LOOK_LATER),
    });
    model.streams.last_time = None;
    out.changed = true;
    out.call(Request::DescribeStream(name.to_owned()));
}

/// ListStreams was answered.
pub(super) fn listed(
    model: &mut Model,
    result: Result<Vec<String>, CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    out.changed = true;
    match result {
        Ok(names) => {
            let known = std::mem::take(&mut model.streams.known);
            let before: Vec<String> = known.keys().cloned().collect();
            for name in names.iter().take(REMEMBERED) {
                let count = known.get(name).copied().unwrap_or_default();
                model.streams.known.insert(name.clone(), count);
            }
            if let Some(Overlay::Streams(dialog)) = &mut model.overlay {
                dialog.cursor = dialog.cursor.min(model.streams.known.len());
            }
            if model.streams.selected.is_none()
                && model.connection.kind == ConnectionKind::Endpoint
                && let [only] = names.as_slice()
                && !before.contains(only)
            {
                select(model, &only.clone(), now, out);
            }
        }
        Err(error) => refused(model, "The streams could not be listed", &error),
    }
}

/// DescribeStream was answered.
pub(super) fn described(
    model: &mut Model,
    stream: &str,
    result: Result<Description, CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let feeds = model.feeds();
    let Some(selected) = model.streams.selected.as_mut().filter(|s| s.name == stream) else {
        return;
    };
    let presence = match result {
        Ok(description) => Presence::Described(description),
        Err(error) if error.is("ResourceNotFoundException") => {
            return gone(model, stream, now, out);
        }
        Err(error) => Presence::Unknown(error),
    };
    selected.look_at = match &presence {
        Presence::Described(d) if d.status != "ACTIVE" => Some(now + LOOK_SOON),
        Presence::Described(_) if feeds => None,
        _ => Some(now + LOOK_LATER),
    };
    out.changed |= selected.presence != presence;
    selected.presence = presence;
    if let Presence::Described(description) = &selected.presence
        && model.connection.kind == ConnectionKind::Local
    {
        model.progress.last_stream = Some(LastStream {
            name: stream.to_owned(),
            shards: description.shards.iter().filter(|s| s.open).count() as u32,
        });
    }
    super::consumer::shards_known(model, now, out);
}

/// CreateStream was answered.
pub(super) fn created(
    model: &mut Model,
    stream: &str,
    shards: u32,
    result: Result<(), CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    out.changed = true;
    super::guard::create_answered(model, stream, &result, out);
    match result {
        Ok(()) => {
            forget(model, stream);
            select(model, stream, now, out);
            let shards = if shards == 1 {
                "1 shard".into()
            } else {
                format!("{shards} shards")
            };
            model.say(
                Tone::Done,
                format!("{stream} is created with {shards}. s sends the first event."),
            );
        }
        Err(error) if error.is("ResourceInUseException") => {
            select(model, stream, now, out);
            model.say(
                Tone::Nearly,
                format!("{stream} already exists; the panels follow it now."),
            );
        }
        Err(error) => refused(model, &format!("{stream} was not created"), &error),
    }
}

/// DeleteStream was answered.
pub(super) fn deleted(
    model: &mut Model,
    stream: &str,
    result: Result<(), CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    out.changed = true;
    super::guard::delete_answered(model, stream, &result, out);
    match result {
        Ok(()) => {
            model.say(
                Tone::Done,
                format!("{stream} is deleted, with all its records."),
            );
            if let Some(selected) = model.streams.selected.as_mut().filter(|s| s.name == stream) {
                selected.look_at = Some(now + LOOK_SOON);
                out.call(Request::DescribeStream(stream.to_owned()));
            }
            if model.feeds() {
                model.streams.known.remove(stream);
            }
        }
        Err(error) => refused(model, &format!("{stream} was not deleted"), &error),
    }
}

/// A stream turned out not to exist.
pub(super) fn gone(model: &mut Model, stream: &str, _now: DateTime<Utc>, out: &mut Outcome) {
    out.changed = true;
    model.streams.known.remove(stream);
    let Some(selected) = model.streams.selected.as_mut().filter(|s| s.name == stream) else {
        return;
    };
    selected.look_at = None;
    if selected.presence != Presence::Gone {
        selected.presence = Presence::Gone;
        super::consumer::stop(model);
        model.producer.auto.next_at = None;
        if model
            .progress
            .last_stream
            .as_ref()
            .is_some_and(|last| last.name == stream)
        {
            model.progress.last_stream = None;
        }
        model.say(
            Tone::Nearly,
            format!("{stream} is gone. D creates it anew or selects another."),
        );
    }
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
        "DeleteStream" => {
            model.streams.known.remove(stream);
            return gone(model, stream, now, out);
        }
        "CreateStream" => forget(model, stream),
        _ => {}
    }
    let new = !model.streams.known.contains_key(stream);
    if new {
        model.streams.entry(stream);
        out.changed = true;
    }
    if model.streams.name().is_none() {
        select(model, stream, now, out);
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

/// Forgets what is known of an earlier stream of this name.
fn forget(model: &mut Model, stream: &str) {
    model.streams.known.remove(stream);
    model
        .streams
        .selected
        .take_if(|selected| selected.name == stream);
}

/// A call speaks of the selected stream as if it did not exist: it is asked for, since that answer may be an old one's.
pub(super) fn look_again(model: &mut Model, now: DateTime<Utc>) {
    if let Some(selected) = &mut model.streams.selected {
        selected.look_at = Some(now);
    }
}

/// Looks again at what may have changed.
pub(super) fn on_deadline(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if let Some(selected) = model
        .streams
        .selected
        .as_mut()
        .filter(|s| s.look_at.is_some_and(|at| at <= now))
    {
        selected.look_at = Some(now + LOOK_LATER);
        out.call(Request::DescribeStream(selected.name.clone()));
    }
    if model.streams.list_at.is_some_and(|at| at <= now) {
        model.streams.list_at = Some(now + LOOK_LATER);
        out.call(Request::ListStreams);
    }
}

fn refused(model: &mut Model, what: &str, error: &CallError) {
    let words = format!("{what}: {}, {}.", error.name(), error.explained());
    model.say(Tone::Wrong, words);
}
