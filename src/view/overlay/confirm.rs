//! Questions before something that cannot be undone, as they stand on the screen.

use ratatui::buffer::Buffer;

use super::super::fit::{Row, cells};
use super::super::{Ink, keys, prose};
use super::{dialog, room};
use crate::app::overlay::Confirm;
use crate::app::question::question;

const WIDEST: usize = 72;

/// Where the words of a fact begin behind its name.
const NAME: usize = 10;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, confirm: &Confirm, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let question = question(ink.model, confirm);
    let (most_width, _) = room(ink);
    let width = WIDEST.min(most_width);
    let mut lines: Vec<Row<'_>> = vec![Row::new()];
    for sentence in &question.words {
        let wrapped = prose::wrapped(sentence, width);
        lines.extend(
            wrapped
                .into_iter()
                .map(|line| Row::new().text(line, styles.base)),
        );
    }
    if !question.facts.is_empty() {
        lines.push(Row::new());
        let facts = question.facts.iter().flat_map(|fact| hanging(fact, width));
        lines.extend(facts.map(|fact| Row::new().text(fact, styles.strong)));
    }
    lines.push(Row::new());
    lines.push(keys(ink, &question.keys));
    let style = if question.alarming {
        styles.alarm
    } else {
        styles.accent
    };
    // A title that alarms stands on a ground of its own, with air at both sides.
    let title = match question.alarming {
        true => format!(" {} ", question.title),
        false => question.title.to_owned(),
    };
    let name = Row::new().text(title, style);
    let mut canvas = dialog(ink, buffer, name, Row::new(), (width, lines.len() + 1));
    for (row, line) in lines.into_iter().enumerate() {
        canvas.draw(row, line);
    }
}

/// A fact wrapped to a width, its further lines below its words and not below its name.
fn hanging(fact: &str, width: usize) -> Vec<String> {
    let (name, words) = fact.split_at_checked(NAME).unwrap_or(("", fact));
    let lines = prose::wrapped(words, width.saturating_sub(cells(name)));
    let start = |row: usize| {
        if row == 0 {
            name.to_owned()
        } else {
            " ".repeat(cells(name))
        }
    };
    lines
        .into_iter()
        .enumerate()
        .map(|(row, line)| start(row) + &line)
        .collect()
}
