//! What becomes of a change: it is called, accepted or refused, and the stream is looked at until it is ACTIVE again.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::{StreamChange, look_again};
use crate::app::message::{Description, Request};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::overlay::Overlay;
use crate::app::streams;
use crate::kinesis::{CallError, ShardId};

/// How many lines of what happened are kept.
const MOST_TOLD: usize = 32;

/// How often a stream that is ACTIVE is looked at for a change that was accepted and does not show.
const MOST_LOOKS: u32 = 60;

/// How many shards are named in a line; of more the count is told.
const MOST_NAMED: usize = 4;

/// A line of what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When it was seen.
    pub at: DateTime<Utc>,
    /// What.
    pub words: String,
    /// Whether it was refused.
    pub refused: bool,
}

/// The change that is under way, and what was seen of this stream's changes.
#[derive(Debug, Clone, Default)]
pub struct Reshard {
    under_way: Option<UnderWay>,
    /// What happened to the selected stream, oldest first.
    pub told: VecDeque<Told>,
    seen: Option<Seen>,
}

/// A change that the lab asked for.
#[derive(Debug, Clone)]
struct UnderWay {
    stream: String,
    change: StreamChange,
    accepted: bool,
    /// Whether the stream's shards were seen to change since.
    moved: bool,
    looks: u32,
}

/// A stream as it was described last.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    stream: String,
    created_at: Option<DateTime<Utc>>,
    status: String,
    hours: u32,
    open: Vec<ShardId>,
    closed: Vec<ShardId>,
}

impl Seen {
    fn of(stream: &str, description: &Description) -> Self {
        let ids = |open: bool| {
            let shards = description.shards.iter();
            let shards = shards.filter(|shard| shard.open == open);
            shards.map(|shard| shard.id.clone()).collect()
        };
        Self {
            stream: stream.to_owned(),
            created_at: description.created_at,
            status: description.status.clone(),
            hours: description.retention_hours,
            open: ids(true),
            closed: ids(false),
        }
    }

    /// The shards that closed since `before` and those that opened.
    fn moved_since<'a>(&'a self, before: &'a Self) -> (Vec<&'a ShardId>, Vec<&'a ShardId>) {
        let open = |id: &&ShardId| !before.open.contains(id) && !before.closed.contains(id);
        let opened = self.open.iter().filter(open).collect();
        let closed = |id: &&ShardId| !self.open.contains(id);
        (before.open.iter().filter(closed).collect(), opened)
    }
}

impl Reshard {
    /// The change that is under way.
    pub fn under_way(&self) -> Option<&StreamChange> {
        self.under_way.as_ref().map(|under_way| &under_way.change)
    }

    fn tell(&mut self, at: DateTime<Utc>, words: String, refused: bool) {
        if self.told.len() == MOST_TOLD {
            self.told.pop_front();
        }
        self.told.push_back(Told { at, words, refused });
    }
}

/// The call goes out.
pub(in crate::app) fn called(
    model: &mut Model,
    stream: String,
    change: StreamChange,
    out: &mut Outcome,
) {
    let words = format!("{}: {}…", change.operation(), change.in_words());
    model.reshard.tell(model.now, words.clone(), false);
    model.say(Tone::Plain, words);
    model.reshard.under_way = Some(UnderWay {
        stream: stream.clone(),
        change: change.clone(),
        accepted: false,
        moved: false,
        looks: 0,
    });
    out.call(Request::ChangeStream { stream, change });
}

/// The call was answered.
pub(in crate::app) fn answered(
    model: &mut Model,
    stream: &str,
    change: &StreamChange,
    result: Result<(), CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    out.changed = true;
    let under_way = model.reshard.under_way.as_mut();
    let mine =
        under_way.filter(|under_way| under_way.stream == stream && under_way.change == *change);
    match result {
        Ok(()) => {
            if let Some(under_way) = mine {
                under_way.accepted = true;
            }
            let words = format!("{} is accepted.", change.operation());
            model.reshard.tell(now, words, false);
        }
        Err(error) => {
            if mine.is_some() {
                model.reshard.under_way = None;
            }
            let words = refusal(stream, change, &error);
            model.reshard.tell(now, words.clone(), true);
            if let Some(Overlay::Reshard(dialog)) = &mut model.overlay {
                dialog.problem = Some(words.trim_end_matches('.').to_owned());
            }
            model.say(Tone::Wrong, words);
        }
    }
    if model.streams.name() == Some(stream) {
        streams::look_again(model, now);
    }
}

/// Why a change was not made, and what to do.
fn refusal(stream: &str, change: &StreamChange, error: &CallError) -> String {
    let operation = change.operation();
    let words = error.words().trim_end_matches('.');
    let on_demand = words
        .to_ascii_lowercase()
        .replace('-', "")
        .contains("ondemand");
    let why = match error {
        CallError::Refused { .. } if on_demand => format!(
            "{stream} is in on-demand mode, where AWS counts the shards by itself; only a provisioned stream is resharded by hand"
        ),
        CallError::Refused { code, .. } => match code.as_str() {
            "ResourceInUseException" => format!(
                "{stream} is not ACTIVE: another change goes on, maybe another program's. Wait, then try again"
            ),
            "ResourceNotFoundException" => {
                "there is no such stream or shard any more; the shards are looked at again".into()
            }
            // The service's own words name the limit, or what is wrong with the shard.
            "LimitExceededException" | "InvalidArgumentException" | "ValidationException"
                if !words.is_empty() =>
            {
                words.to_owned()
            }
            "UnknownOperationException" => "this endpoint does not know the operation".into(),
            _ => error.explained().to_owned(),
        },
        _ => error.explained().to_owned(),
    };
    let name = error.name();
    match error.leaves_open() {
        true => format!(
            "Not known whether {operation} was done ({name}, {why}): the stream is looked at."
        ),
        false => format!("{operation} is refused, {name}: {why}."),
    }
}

/// The selected stream was described: what is different now is told, and a change may be over.
pub(in crate::app) fn described(
    model: &mut Model,
    stream: &str,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    if model.streams.name() != Some(stream) {
        // It went, or the panels turned to another one: nobody follows its change.
        let gone = model
            .streams
            .selected
            .as_ref()
            .is_none_or(|it| it.name == stream);
        model
            .reshard
            .under_way
            .take_if(|it| gone && it.stream == stream);
        return look_again(model, false);
    }
    let Some(description) = model.streams.description() else {
        return;
    };
    let seen = Seen::of(stream, description);
    let before = model.reshard.seen.replace(seen.clone());
    let same = before
        .as_ref()
        .is_some_and(|before| before.stream == seen.stream && before.created_at == seen.created_at);
    if !same {
        model.reshard.told.clear();
        model.reshard.under_way = None;
    }
    if let Some(before) = before.filter(|before| same && *before != seen) {
        out.changed = true;
        tell_difference(model, &before, &seen, now);
    }
    let own = model.reshard.under_way.is_some();
    if let Some(words) = over(model, &seen, now) {
        out.changed = true;
        model.reshard.tell(now, words.clone(), false);
        model.say(Tone::Done, words);
    }
    look_again(model, own);
}

fn tell_difference(model: &mut Model, before: &Seen, seen: &Seen, now: DateTime<Utc>) {
    let (closed, opened) = seen.moved_since(before);
    let moved = !closed.is_empty() || !opened.is_empty();
    if before.status != seen.status && seen.status != "ACTIVE" {
        let words = format!("{} is {}.", seen.stream, seen.status);
        model.reshard.tell(now, words, false);
    }
    if moved {
        model
            .reshard
            .tell(now, capital(&moves(&closed, &opened)), false);
    }
    if before.hours != seen.hours {
        let words = format!(
            "Records are kept {} h, before it was {} h.",
            seen.hours, before.hours
        );
        model.reshard.tell(now, words, false);
    }
    if before.status != seen.status && seen.status == "ACTIVE" {
        let words = format!("{} is ACTIVE again.", seen.stream);
        model.reshard.tell(now, words, false);
    }
    if let Some(under_way) = &mut model.reshard.under_way {
        under_way.moved |= moved || before.hours != seen.hours;
    }
}

/// `shard 0 is closed; shards 2 and 3 are open.`
fn moves(closed: &[&ShardId], opened: &[&ShardId]) -> String {
    let part = |shards: &[&ShardId], state: &str| match shards {
        [] => None,
        [one] => Some(format!("shard {} is {state}", one.short())),
        many if many.len() > MOST_NAMED => Some(format!("{} shards are {state}", many.len())),
        many => {
            let names: Vec<String> = many.iter().map(|shard| shard.short()).collect();
            let (last, first) = names.split_last()?;
            Some(format!(
                "shards {} and {last} are {state}",
                first.join(", ")
            ))
        }
    };
    let parts = [part(closed, "closed"), part(opened, "open")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}.", parts.join("; "))
}

fn capital(words: &str) -> String {
    let mut rest = words.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

/// What is said of the change under way, if it is over now; else the stream is looked at again soon.
fn over(model: &mut Model, seen: &Seen, now: DateTime<Utc>) -> Option<String> {
    let under_way = model.reshard.under_way.as_mut()?;
    if !under_way.accepted || under_way.stream != seen.stream || seen.status != "ACTIVE" {
        return None;
    }
    let done = match &under_way.change {
        StreamChange::Retain { to, .. } => seen.hours == *to,
        StreamChange::Scale { to, .. } => seen.open.len() == *to as usize,
        StreamChange::Split { shard, .. } | StreamChange::Merge { shard, .. } => {
            under_way.moved && !seen.open.contains(shard)
        }
    };
    if !done && under_way.looks < MOST_LOOKS {
        under_way.looks += 1;
        streams::look_soon(model, now);
        return None;
    }
    let change = model.reshard.under_way.take()?.change;
    let open = match seen.open.len() {
        1 => "1 shard is open".to_owned(),
        n => format!("{n} shards are open"),
    };
    Some(match change {
        _ if !done => format!(
            "{} was accepted, but the endpoint does not show it.",
            change.operation()
        ),
        StreamChange::Retain { from, to } if to < from => {
            format!("Records are kept {to} h now; older ones are gone.")
        }
        StreamChange::Retain { to, .. } => {
            format!("Records are kept {to} h now; what was gone before stays gone.")
        }
        StreamChange::Merge { .. } => {
            format!("Merged: {open}. Readers finish both parents first.")
        }
        StreamChange::Split { .. } => {
            format!("Split: {open}. Readers finish the parent first.")
        }
        StreamChange::Scale { .. } => format!("Scaled: {open}, of even ranges."),
    })
}
