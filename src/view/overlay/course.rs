//! The modules of the course: minutes, what should be known before, how far each is, and what is due for another look.
//!
//! ```text
//! ┏━ Modules ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! ┃ ▸ 1  Module 1: What Are Streams?                      45 min  open ┃
//! ┃      ~ 4 of 6 steps · 2 of 3 questions                             ┃
//! ┃                                                                    ┃
//! ┃   2  Module 2: Producers & Consumers                  45 min       ┃
//! ┃        not begun · after Module 1                                  ┃
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ↑ ↓ choose   Enter opens it ━┛
//! ```

use ratatui::buffer::Buffer;

use super::super::count::grouped;
use super::super::fit::Row;
use super::super::{Ink, keys, prose};
use super::{dialog, room};
use crate::app::course::{CourseDialog, Line, State};

/// The widest that the box gets inside.
const WIDEST: usize = 76;

/// What stands right of a title: minutes, and which module is open.
const RIGHT: usize = 14;

/// Where a module's words begin.
const INDENT: usize = 6;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, course: &CourseDialog, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let (most_width, most_height) = room(ink);
    let width = most_width.min(WIDEST);
    let mut rows: Vec<(Option<usize>, Row<'_>)> = Vec::new();
    for (place, line) in course.lines.iter().enumerate() {
        if place > 0 {
            rows.push((None, Row::new()));
        }
        let chosen = place == course.cursor;
        rows.push((
            chosen.then_some(place),
            head(ink, place, line, chosen, width),
        ));
        // How far the learner is, and what was missed, is not for a room.
        if ink.model.presents() {
            continue;
        }
        rows.push((None, state(ink, line)));
        for words in also(line, width.saturating_sub(INDENT + 2)) {
            rows.push((None, Row::new().gap(INDENT + 1).text(words, styles.dim)));
        }
    }
    // The selected module stays in sight, with what is said of it.
    let room = most_height.saturating_sub(2);
    let at = rows.iter().position(|(chosen, _)| chosen.is_some());
    let skip = (at.unwrap_or(0) + 4).min(rows.len()).saturating_sub(room);
    let shown = (rows.len() - skip).min(room);
    let name = Row::new().text("Modules", styles.accent);
    let foot = keys(
        ink,
        &[("↑ ↓", "choose"), ("Enter", "opens it"), ("Esc", "closes")],
    );
    let mut canvas = dialog(ink, buffer, name, foot, (width, shown + 2));
    let inside = canvas.width();
    for (row, (chosen, line)) in rows.into_iter().skip(skip).take(shown).enumerate() {
        canvas.draw(row + 1, line);
        if chosen.is_some() {
            canvas.lay(row + 1, 0..inside, styles.selection);
        }
    }
}

fn head<'a>(ink: &Ink<'_>, place: usize, line: &'a Line, chosen: bool, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let (mark, style) = match chosen {
        true => ("▸ ", styles.strong),
        false => ("  ", styles.base),
    };
    let minutes = line
        .minutes
        .map(|it| format!("{} min", grouped(u64::from(it))));
    let open = if line.open { "open" } else { "" };
    Row::new()
        .gap(1)
        .text(mark, styles.accent)
        .left(&format!("{}", place + 1), 3, styles.dim)
        .left(
            line.title.as_str(),
            width.saturating_sub(INDENT + RIGHT + 1),
            style,
        )
        .right(&minutes.unwrap_or_default(), 7, styles.dim)
        .gap(2)
        .left(open, 4, styles.accent)
}

fn state<'a>(ink: &Ink<'_>, line: &Line) -> Row<'a> {
    let styles = &ink.styles;
    let (mark, words, style) = match &line.state {
        State::New => (" ", "not begun".to_owned(), styles.dim),
        State::Begun { steps, questions } => {
            let words = format!(
                "{} of {} steps · {} of {} questions",
                steps.0, steps.1, questions.0, questions.1
            );
            ("~", words, styles.nearly)
        }
        State::Done => ("✓", "done".to_owned(), styles.done),
    };
    let needs = match (&line.state, &line.needs) {
        (State::New, Some(needs)) => format!(" · after {needs}"),
        _ => String::new(),
    };
    Row::new()
        .gap(INDENT - 1)
        .text(mark, style)
        .gap(1)
        .text(words, style)
        .text(needs, styles.dim)
}

/// What is due for another look.
fn also(line: &Line, width: usize) -> Vec<String> {
    match line.due.as_slice() {
        [] => Vec::new(),
        due => prose::wrapped(&format!("for another look: {}", due.join(" · ")), width),
    }
}
