//! The dialog of the lab's server: its clock, its pace, faults, what waits, and what the line under the cursor teaches.

use ratatui::buffer::Buffer;

use super::super::fit::{Row, cut};
use super::super::{Ink, keys, prose};
use super::{dialog, room};
use crate::app::lab_clock::in_words;
use crate::app::lab_server::{Lever, ServerDialog, fault_in_words, throttled_shard};
use crate::kinesis::control::Timing;

const WIDEST: usize = 72;

/// The columns: what it is, and how it stands.
const NAME: usize = 14;
const VALUE: usize = 10;

/// Where words begin: below the names of the lines.
const WORDS: usize = 3;

/// How many lines what is taught may have: as many as the longest has at the least width with room for it.
const LESSON: usize = 3;

/// How many of the faults that wait are named.
const FAULTS: usize = 2;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, at: ServerDialog, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let (most_width, most_height) = room(ink);
    let width = WIDEST.min(most_width);
    let name = Row::new().text("The lab's server", styles.accent);
    let foot = keys(
        ink,
        &[("↑ ↓", "choose"), ("Enter", "does it"), ("Esc", "closes")],
    );
    let lines = lines(ink, at, width);
    // What is taught stays at the bottom; where the screen is low it goes before a line that can be chosen.
    let height = lines.len() + 1 + LESSON;
    let mut canvas = dialog(ink, buffer, name, foot, (width, height));
    let rows = canvas.height();
    let chosen = lines.iter().position(|(_, chosen)| *chosen).unwrap_or(0);
    let top = (chosen + 1).saturating_sub(rows);
    for (row, (line, chosen)) in lines.iter().skip(top).enumerate() {
        canvas.draw(row, line.clone());
        if *chosen {
            canvas.lay(row, 0..width, styles.selection);
        }
    }
    let lever = Lever::ALL[at.cursor.min(Lever::ALL.len() - 1)];
    let teaches = prose::wrapped(lever.teaches(), width.saturating_sub(WORDS));
    let below = lines.len() + usize::from(lines.len() + 1 + LESSON <= most_height);
    for (row, line) in teaches.into_iter().enumerate() {
        canvas.draw(below + row, Row::new().gap(WORDS).text(line, styles.base));
    }
}

/// The lines above what is taught, and whether the cursor stands on them.
fn lines<'a>(ink: &Ink<'_>, at: ServerDialog, width: usize) -> Vec<(Row<'a>, bool)> {
    let styles = &ink.styles;
    let state = &ink.model.server.state;
    let ahead = match state.ahead_seconds {
        0 => "the same as the clock on the wall".into(),
        seconds => format!("{} ahead of the clock on the wall", in_words(seconds)),
    };
    let head = Row::new()
        .gap(WORDS)
        .left("lab time", NAME, styles.dim)
        .text(ahead, styles.strong);
    let mut lines = vec![(head, false)];
    for (place, lever) in Lever::ALL.into_iter().enumerate() {
        if place == Lever::BEFORE_FAULTS {
            lines.push((Row::new(), false));
        }
        let chosen = place == at.cursor;
        let (mark, style) = if chosen {
            ("▸ ", styles.strong)
        } else {
            ("  ", styles.base)
        };
        let (name, value, meaning) = line(ink, lever);
        let row = Row::new()
            .gap(1)
            .text(mark, styles.accent)
            .left(name, NAME, style)
            .left(&value, VALUE, styles.strong)
            .text(meaning, styles.dim);
        lines.push((row, chosen));
    }
    let waiting = &state.faults;
    for (place, fault) in waiting.iter().take(FAULTS).enumerate() {
        let more = match waiting.len().checked_sub(FAULTS) {
            Some(more) if more > 0 && place + 1 == FAULTS => format!(" · {more} more"),
            _ => String::new(),
        };
        let name = if place == 0 { "waits" } else { "" };
        let words = format!("{}{more}", fault_in_words(fault));
        let words = cut(&words, width.saturating_sub(WORDS + NAME)).into_owned();
        let row = Row::new()
            .gap(WORDS)
            .left(name, NAME, styles.dim)
            .text(words, styles.nearly);
        lines.push((row, false));
    }
    lines
}

/// A line: what it is, how it stands, what that means.
fn line(ink: &Ink<'_>, lever: Lever) -> (&'static str, String, &'static str) {
    let state = &ink.model.server.state;
    let (name, value, meaning) = match lever {
        Lever::FiveMinutes => (
            "clock",
            "+5 min",
            "iterators expire: they live five minutes",
        ),
        Lever::OneDay => ("clock", "+24 h", "records past their retention (24 h) go"),
        Lever::Pace => match state.timing {
            Timing::Instant => (
                "pace",
                "at once",
                "a stream is ACTIVE when its call answers",
            ),
            Timing::Aws => ("pace", "AWS", "CREATING 15 s, UPDATING 30 s, DELETING 10 s"),
        },
        Lever::EmptyPages => match state.empty_pages {
            false => ("empty pages", "off", "a page has what there is"),
            true => (
                "empty pages",
                "on",
                "some bring nothing although records lie ahead",
            ),
        },
        Lever::LoseReply => (
            "lose reply",
            "next put",
            "it is stored, and its answer never comes",
        ),
        Lever::ThrottleNext => {
            let value = match throttled_shard(ink.model) {
                Some(shard) => format!("shard {}", shard.short()),
                None => "next 5".to_owned(),
            };
            let meaning = match throttled_shard(ink.model) {
                Some(_) => "your next event goes here: 5 puts refused",
                None => "puts find their shard full",
            };
            return ("throttle", value, meaning);
        }
        Lever::ThrottleSome => ("throttle", "30 %", "of the puts, until faults are cleared"),
        Lever::DelayReply => ("delay reply", "next put", "it is stored, answered 2 s late"),
        Lever::ClearFaults => {
            let value = match state.faults.len() {
                0 => "none".to_owned(),
                1 => "1 waits".to_owned(),
                n => format!("{n} wait"),
            };
            return ("clear faults", value, "nothing goes wrong on request");
        }
    };
    (name, value.to_owned(), meaning)
}
