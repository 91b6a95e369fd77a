//! Batch against stream in lines, and its intervals as choices.

use crossterm::event::KeyCode;

use super::choices::Choice;
use super::hear::Act;
use crate::app::Model;
use crate::app::batch::{INTERVALS, alarm_words, better, rule, source, waits};
use crate::app::numbers::span;

/// How many keys and how many alarms are told of.
const TOLD: usize = 8;

/// What is to be said of it, behind a line that stays the same however much comes.
pub(super) fn words(model: &Model) -> Vec<String> {
    let batch = &model.batch;
    let reckoning = &batch.reckoning;
    let (_, every) = INTERVALS[batch.interval];
    let mut lines = vec![format!(
        "Batch against stream, a batch every {every}, as it was when it was asked for:"
    )];
    if model.streams.name().is_none() {
        lines.push("There is no stream yet.".into());
        return lines;
    }
    lines.push(format!(
        "All events: the stream counted {}, the batch has answered {}; {}.",
        reckoning.total.all,
        reckoning.total.answered(batch.interval),
        waits(batch, model.zone)
    ));
    let keys = reckoning.keys();
    for (key, tally) in keys.iter().take(TOLD) {
        lines.push(format!(
            "Key {key}: {} in the stream, {} in the batch.",
            tally.all,
            tally.answered(batch.interval)
        ));
    }
    if keys.len() > TOLD {
        lines.push(format!("And {} more keys.", keys.len() - TOLD));
    }
    if let Some((stream, later)) = reckoning.mean_waits(batch.interval) {
        lines.push(format!(
            "An answer comes after {} on average from the stream, after {} from the batch.",
            span(stream),
            span(later)
        ));
    }
    lines.push(rule());
    for alarm in reckoning.alarms().take(TOLD) {
        let alarm = alarm_words(model, alarm);
        lines.push(format!(
            "{}. Stream: {}. Batch: {}.",
            alarm.what, alarm.stream, alarm.batch
        ));
    }
    if reckoning.raised() == 0 {
        lines.push("No alarm yet: send four events of one key quickly.".into());
    }
    lines.push(better(batch));
    lines.push(source(model));
    lines
}

/// The other intervals.
pub(super) fn choices(model: &Model) -> Vec<Choice> {
    let chosen = model.batch.interval;
    let choice = |(place, (_, name)): (usize, &(i64, &str))| {
        let key = match place < chosen {
            true => KeyCode::Left,
            false => KeyCode::Right,
        };
        let acts = vec![Act::Key(key); place.abs_diff(chosen)];
        Choice::new(&format!("a batch every {name}"), acts)
    };
    let others = INTERVALS.iter().enumerate();
    let others = others.filter(|(place, _)| *place != chosen);
    others.map(choice).collect()
}
