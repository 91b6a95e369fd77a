//! Choosing where the consumer starts: the dialog is filled from what is at hand, and applied.

use chrono::{DateTime, Utc};
use tui_input::Input;

use super::stop;
use crate::app::action::Action;
use crate::app::lanes;
use crate::app::model::{Model, Outcome, Tone};
use crate::app::overlay::Overlay;
use crate::app::start::{StartDialog, WORDS};
use crate::app::update::act;
use crate::kinesis::StartPosition;

/// Opens the dialog for the start position, filled from the record that is pointed at or selected, else from what was chosen before.
pub(in crate::app) fn choose_start(model: &mut Model) {
    let consumer = &model.consumer;
    let pointed = lanes::start_here(model);
    let read = consumer
        .gaze
        .selected(&consumer.log)
        .and_then(|number| consumer.log.get(number))
        .map(|shown| (shown.record.arrived_at, &shown.record.sequence));
    let selected = match &pointed {
        Some((time, number, _)) => Some((Some(*time), number)),
        None => read,
    };
    let time = match (selected, &consumer.start) {
        (Some((arrived_at, _)), _) => arrived_at,
        (None, StartPosition::AtTimestamp(time)) => Some(*time),
        _ => None,
    };
    let number = match (selected, &consumer.start) {
        (Some((_, number)), _) => Some(number),
        (
            None,
            StartPosition::AtSequenceNumber(number) | StartPosition::AfterSequenceNumber(number),
        ) => Some(number),
        _ => None,
    };
    let time = time.map_or("5m".into(), |time| {
        time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    });
    let number = number.map_or(String::new(), ToString::to_string);
    let chosen = WORDS
        .iter()
        .position(|word| *word == consumer.start_word())
        .unwrap_or(0);
    let choice = pointed.as_ref().map_or(chosen, |(_, _, choice)| *choice);
    model.overlay = Some(Overlay::Start(StartDialog {
        choice,
        time: Input::new(time),
        number: Input::new(number),
        problem: None,
    }));
}

/// Applies the chosen start position: a running consumer begins anew there.
pub(in crate::app) fn apply_start(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(Overlay::Start(dialog)) = &mut model.overlay else {
        return;
    };
    let lab_time = model.server.clock.lab(now);
    let resume = dialog.resumes();
    match dialog.position(lab_time, model.zone) {
        Ok(position) => {
            model.consumer.start = position;
            model.consumer.resume = resume;
            model.overlay = None;
            if model.consumer.running {
                // A new run is an act like any other: a prediction that it would settle is put first.
                stop(model);
                act(model, Action::Consume, now, out);
            } else {
                let words = format!("c starts the consumer at {}.", model.consumer.start_word());
                model.say(Tone::Plain, words);
            }
        }
        Err(why) => dialog.problem = Some(why),
    }
}
