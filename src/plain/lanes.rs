//! The shards as lanes, each in a line or two: what it holds, and who reads where.

use super::Talk;
use super::choices::Choice;
use super::text::count;
use crate::app::action::Action;
use crate::app::lanes::{Caret, Doing, Lane, Token, carets};
use crate::app::producer::Who;
use crate::app::{Model, Pane};
use crate::kinesis::ShardId;

/// How many of a lane's newest keys are told.
const KEYS: usize = 8;

/// How many lanes are told of one by one.
const LANES: usize = 16;

impl Talk {
    /// Each lane in a line or two.
    pub(super) fn tell_lanes(&mut self, model: &Model) {
        let lanes = model.lanes.shown();
        if lanes.is_empty() {
            return self.say("Shards: there is no stream with shards yet.");
        }
        let carets = carets(model);
        self.say("Shards. Order holds within a lane, not between lanes.");
        for lane in lanes.iter().take(LANES) {
            self.say_wrapped(&line(model, lane));
            let readers: Vec<String> = carets
                .iter()
                .filter(|caret| caret.shard == lane.shard)
                .map(|caret| reader(lane, caret))
                .collect();
            if !readers.is_empty() {
                self.say_wrapped(&format!("    {}", readers.join("; ")));
            }
        }
        if lanes.len() > LANES {
            self.say(&format!("And {}.", count(lanes.len() - LANES, "more lane")));
        }
    }
}

fn numbers(shards: &[ShardId]) -> String {
    let numbers: Vec<String> = shards.iter().map(ShardId::short).collect();
    numbers.join(" and ")
}

/// What a lane holds.
fn line(model: &Model, lane: &Lane) -> String {
    let mut words = format!("Shard {}", lane.shard.short());
    if !lane.parents.is_empty() {
        words += &format!(", made of {}", numbers(&lane.parents));
    }
    if !lane.open {
        words += ", closed";
    }
    let now = model.lanes.as_of();
    match lane.heat.recently_throttled(now) {
        0 if lane.heat.is_hot(now) => words += &format!(", hot: {} a second", lane.heat.rate(now)),
        0 => {}
        n => words += &format!(", hot: {n} refused just now"),
    }
    if lane.trimmed() > 0 {
        words += &format!(", {} gone", lane.trimmed());
    }
    let held = usize::try_from(lane.held()).unwrap_or(usize::MAX);
    words += &format!(": {}", count(held, "record"));
    let tokens = lane.tokens();
    let keys: Vec<&str> = tokens
        .iter()
        .skip(tokens.len().saturating_sub(KEYS))
        .map(|token| token.key.as_str())
        .collect();
    match keys.len() {
        0 => words + ".",
        n if n < held => format!("{words}, the newest: {}.", keys.join(" ")),
        _ => format!("{words}: {}.", keys.join(" ")),
    }
}

/// Where a reader stands.
fn reader(lane: &Lane, caret: &Caret) -> String {
    let ahead = caret.ahead(lane);
    let does = match caret.doing {
        Doing::Reads => "reads",
        Doing::EmptyPage => "got an empty page",
        Doing::Waits => "waits for the shards before",
        Doing::Free => "held it last, nobody does now",
        Doing::Fails => "tries again",
        Doing::Refused => "was refused",
        Doing::Stopped => "stopped",
        Doing::Ended => "has read it to its end",
    };
    let more = if ahead.at_least { "or more " } else { "" };
    let place = match ahead.records {
        0 => "at the tip".to_owned(),
        n => format!("{n} {more}behind"),
    };
    format!("{} {does}, {place}", caret.name)
}

/// What is known of a record that nobody here has read.
pub(super) fn record(shard: &ShardId, token: &Token) -> String {
    let who = token.by.as_ref().map_or("somebody", Who::name);
    format!(
        "Record of shard {}: key {}, {} bytes, put by {who}, sequence {}.",
        shard.short(),
        token.key,
        token.size,
        token.sequence
    )
}

/// What can be done with the lanes.
pub(super) fn choices(model: &Model) -> Vec<Choice> {
    let of = |words, action| Choice::of(words, action, Pane::Shards);
    if model.streams.name().is_none() {
        return vec![of("make or choose a stream", Action::Streams)];
    }
    let toggle = match model.consumer.running {
        true => "stop the consumer",
        false => "start the consumer",
    };
    vec![
        of("the lanes as they are now", Action::Focus(Pane::Shards)),
        of("send the event at hand", Action::Send),
        of(toggle, Action::Consume),
        of("choose where the consumer starts", Action::ChooseStart),
        of("go to the consumer", Action::Focus(Pane::Consumer)),
    ]
}
