//! The reshard dialog in lines: the open shards, what a call will do before it is made, and what can be chosen.

use crossterm::event::KeyCode;

use super::choices::Choice;
use super::hear::Act;
use super::text::count;
use crate::app::Model;
use crate::app::overlay::Overlay;
use crate::app::reshard::{self, Counted, ReshardDialog};

/// How many shards are named, and how many of a part's keys.
const MOST_SHARDS: usize = 16;
const MOST_KEYS: usize = 8;

/// What it says.
pub(super) fn words(model: &Model, dialog: &ReshardDialog) -> Vec<String> {
    let open = dialog.open.len();
    let mut lines = vec![format!(
        "Reshard {}: {} open, records kept {} h.",
        dialog.stream,
        count(open, "shard"),
        dialog.hours_now
    )];
    let what = match dialog.known.counted {
        Counted::Held => "records held",
        Counted::Read => "recent records read",
        Counted::Put => "recent records put",
    };
    for shard in dialog.open.iter().take(MOST_SHARDS) {
        let share = (shard.range.end.value() - shard.range.start.value()) as f64 / u128::MAX as f64;
        lines.push(format!(
            "  shard {}: {:.1} % of the ring, {} {what}",
            shard.id.short(),
            share * 100.0,
            shard.records
        ));
    }
    if open > MOST_SHARDS {
        lines.push(format!("  and {} more", open - MOST_SHARDS));
    }
    match (&dialog.problem, dialog.plan()) {
        (Some(problem), _) => lines.push(format!("Problem: {}.", problem.trim_end_matches('.'))),
        (None, Err(why)) => {
            lines.push(format!("Chosen: {}. {}.", dialog.act.word(), capital(&why)))
        }
        (None, Ok(plan)) => {
            lines.push(format!(
                "Chosen: {}, {}.",
                plan.change.operation(),
                plan.change.in_words()
            ));
            for part in &plan.parts {
                let names: Vec<&str> = part.keys.iter().map(|known| known.key.as_str()).collect();
                let more = names.len().saturating_sub(MOST_KEYS);
                let shown = names.iter().take(MOST_KEYS).copied().collect::<Vec<_>>();
                let keys = match (shown.is_empty(), more) {
                    (true, _) => "no known key".to_owned(),
                    (false, 0) => shown.join(", "),
                    (false, more) => format!("{} and {more} more", shown.join(", ")),
                };
                lines.push(format!(
                    "  {}: 0x{} to 0x{}, {keys}",
                    part.name,
                    part.range.start.hex(),
                    part.range.end.hex()
                ));
            }
            lines.extend(plan.words);
            let options = plan.change.options(&dialog.stream).join(" ");
            lines.push(format!("  aws kinesis {} {options}", plan.change.command()));
        }
    }
    let told = &model.reshard.told;
    lines.extend(
        told.iter()
            .rev()
            .take(4)
            .rev()
            .map(|told| format!("  {}", told.words)),
    );
    lines
}

fn capital(words: &str) -> String {
    let mut rest = words.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

/// How a text for it is asked for.
pub(super) fn asked(model: &Model) -> &'static str {
    let Some(Overlay::Reshard(dialog)) = &model.overlay else {
        return "";
    };
    let is_key = dialog
        .typing
        .as_ref()
        .is_some_and(|typing| typing.key.is_some());
    match dialog.act {
        reshard::Act::Split if is_key => {
            "Which key is to be the last of the lower child? A dot alone leaves it."
        }
        reshard::Act::Split => {
            "Split at which point? Decimal digits, or 0x and hexadecimal ones. A dot alone leaves it."
        }
        reshard::Act::Retain => {
            "Keep records for how many hours, 24 to 8760? A dot alone leaves it."
        }
        _ => "How many shards? A dot alone leaves it.",
    }
}

/// What can be done there.
pub(super) fn choices(dialog: &ReshardDialog) -> Vec<Choice> {
    let key = |words: &str, code: KeyCode| Choice::new(words, vec![Act::Key(code)]);
    let mut choices = Vec::new();
    if dialog.plan().is_ok() {
        choices.push(key("do it", KeyCode::Enter));
    }
    if dialog.act.is_for_a_shard() && dialog.open.len() > 1 {
        for (place, shard) in dialog.open.iter().enumerate().take(MOST_SHARDS) {
            if place != dialog.cursor {
                let code = if place < dialog.cursor {
                    KeyCode::Up
                } else {
                    KeyCode::Down
                };
                let acts = vec![Act::Key(code); place.abs_diff(dialog.cursor)];
                choices.push(Choice::new(
                    &format!("choose shard {}", shard.id.short()),
                    acts,
                ));
            }
        }
    }
    match dialog.act {
        reshard::Act::Split => {
            choices.push(key("split at another point", KeyCode::Char('p')));
            choices.push(key("split at the hash of a key", KeyCode::Char('k')));
        }
        reshard::Act::Merge => {}
        reshard::Act::Scale => choices.push(key("another number of shards", KeyCode::Char('p'))),
        reshard::Act::Retain => choices.push(key("another number of hours", KeyCode::Char('p'))),
    }
    for act in reshard::Act::ALL {
        if act != dialog.act {
            let first = act.word().chars().next().unwrap_or(' ');
            choices.push(key(
                &format!("choose instead: {}", act.word()),
                KeyCode::Char(first),
            ));
        }
    }
    choices.push(key("close this", KeyCode::Esc));
    choices
}
