//! A prediction is worth something before the act alone: the first act that would settle it waits for one key.
//!
//! It never blocks: a letter answers and the act is done, Esc does it without an answer, and it is asked once.

use super::predictions::{self, Outlook};
use crate::app::action::Action;
use crate::app::lesson_pane;
use crate::app::model::{Model, Tone};
use crate::app::program_pane::commands;
use crate::app::screen::Pane;
use crate::kinesis::StartPosition;
use crate::lesson::step_settings::Act;

/// Whether an act waits, since a prediction that it would settle is put first.
pub(in crate::app) fn asks_first(model: &mut Model, action: Action) -> bool {
    if model.guide.solving.is_some() {
        return false;
    }
    let all = predictions::of_page(model, model.lesson.page);
    let waits = all.iter().position(|it| {
        let due = predictions::standing(model, it).outlook == Outlook::Due;
        due && !model.guide.asked.contains(&it.ask) && would_settle(model, action, &it.when)
    });
    let Some(place) = waits else {
        return false;
    };
    let (ask, options) = (all[place].ask.clone(), all[place].options.len());
    let then = match action {
        Action::Send => "the event is sent",
        Action::Consume => "the consumer starts",
        Action::SendBatch => "the batch goes out",
        Action::KillWorker => "the worker is killed",
        Action::MoreWorkers => "the worker joins",
        Action::Reshard => "the shards are shown",
        _ => "it runs",
    };
    model.guide.asked.insert(ask);
    model.guide.card = place;
    model.guide.waiting = Some((action, model.focus));
    model.focus(Pane::Lesson);
    super::lay_out_below(model);
    lesson_pane::show_card(&mut model.lesson);
    let last = char::from(b'a' + u8::try_from(options.saturating_sub(1)).unwrap_or(0));
    let words = format!("Predict first? a to {last}, then {then}. Esc goes on without.");
    model.say(Tone::Nearly, words);
    true
}

/// Whether an act waits for an answer to the prediction shown.
pub fn waits(model: &Model) -> bool {
    model.guide.waiting.is_some()
}

/// The act that waited is to be done now: an answer came, or none is wanted. The keys are where they were.
pub(in crate::app) fn goes_on(model: &mut Model) -> Option<Action> {
    let (action, pane) = model.guide.waiting.take()?;
    model.focus(pane);
    Some(action)
}

/// Something else was begun: nothing waits any more.
pub(in crate::app) fn forget(model: &mut Model, action: Action) {
    let looks = matches!(
        action,
        Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::Top
            | Action::Bottom
            | Action::Help
            | Action::Predict(_)
            | Action::SkipPrediction
            | Action::Back
    );
    if !looks {
        model.guide.waiting = None;
    }
}

/// Whether this act, done now, would show what a prediction is about; as far as can be told before.
fn would_settle(model: &Model, action: Action, when: &Act) -> bool {
    if let Act::Any(acts) = when {
        return acts.iter().any(|act| would_settle(model, action, act));
    }
    let consumer = &model.consumer;
    match action {
        Action::Send => {
            let key = model.producer.preview().0;
            let meant = |put: &crate::lesson::step_settings::Put| {
                put.key.as_ref().is_none_or(|wanted| *wanted == key)
            };
            model.streams.name().is_some() && matches!(when, Act::Put(put) if meant(put))
        }
        Action::SendBatch => {
            model.streams.name().is_some()
                && match when {
                    Act::Batch(_) => true,
                    Act::Put(put) => put.key.is_none(),
                    _ => false,
                }
        }
        Action::KillWorker => {
            consumer.running && consumer.workers > 1 && matches!(when, Act::Takeover(_))
        }
        Action::MoreWorkers => {
            let more = u32::from(consumer.workers) + 1;
            consumer.running && matches!(when, Act::Workers(it) if it.count == more)
        }
        Action::Reshard => matches!(when, Act::Split(_) | Act::Merge(_)),
        Action::Consume if model.streams.name().is_none() || consumer.running => false,
        Action::Consume if consumer.resume => false,
        Action::Consume => match when {
            Act::Read(read) => {
                let from = read.from.as_deref();
                from.is_none_or(|from| from == consumer.start.word())
            }
            // What was never read cannot be read again.
            Act::Reread(_) | Act::ReadNew(_) => {
                !consumer.log.is_empty() && consumer.start != StartPosition::Latest
            }
            Act::Latest(_) => consumer.start == StartPosition::Latest,
            Act::Readers(_) => true,
            _ => false,
        },
        Action::RunHere if !model.program.goes_on() => runs(model, when),
        _ => false,
    }
}

/// Whether the command of the open page would.
fn runs(model: &Model, when: &Act) -> bool {
    let Some(script) = model.lesson.script() else {
        return false;
    };
    let command = commands::needs(&model.lesson.lesson, model.lesson.page, script);
    let calls = |names: [&str; 2]| {
        let any = |text: &str| names.iter().any(|name| text.contains(name));
        any(&command.script) || command.files.iter().any(|file| any(&file.content))
    };
    let puts = || calls(["put_record", "put-record"]);
    let reads = || calls(["get_records", "get-records"]);
    let latest = command.script.contains("LATEST");
    match when {
        Act::Put(put) => {
            let named = |key: &String| command.script.contains(key.as_str());
            put.key.as_ref().is_none_or(named) && puts()
        }
        Act::Throttle(_) | Act::Retry(_) => puts(),
        Act::Read(_) | Act::Reread(_) | Act::ReadNew(_) | Act::Repeats(_) => reads() && !latest,
        Act::Latest(_) => reads() && latest,
        Act::Readers(_) => reads(),
        Act::Batch(_) => calls(["put_records", "put-records"]),
        _ => false,
    }
}
