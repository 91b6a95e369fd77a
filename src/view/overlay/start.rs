//! The dialog that chooses where the consumer starts.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::super::fit::{Row, cut};
use super::super::{Ink, field, keys, prose};
use super::{dialog, room};
use crate::app::start::{MEANINGS, StartDialog, WORDS};

const WIDEST: usize = 82;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, choice: &StartDialog, buffer: &mut Buffer) -> Option<Position> {
    let styles = &ink.styles;
    let (most_width, _) = room(ink);
    let width = WIDEST.min(most_width);
    let problem = choice.problem.as_deref().map_or(Vec::new(), |problem| {
        prose::wrapped(&format!("✗ {problem}"), width)
    });
    let (label, input, note) = match choice.choice {
        2 => (
            "time",
            Some(&choice.time),
            "5m or 90s ago, 14:30:05 today, or 2026-01-31T14:30:05Z",
        ),
        3 | 4 => (
            "number",
            Some(&choice.number),
            "all digits; a record selected in the consumer fills them in",
        ),
        _ => ("", None, ""),
    };
    let field_rows = if input.is_some() { 3 } else { 0 };
    let height = 2 + WORDS.len() + field_rows + problem.len();
    let name = Row::new().text("Where the consumer starts", styles.accent);
    let foot = keys(
        ink,
        &[
            ("↑ ↓", "choose"),
            ("Enter", "applies it"),
            ("Esc", "closes"),
        ],
    );
    let mut canvas = dialog(ink, buffer, name, foot, (width, height));
    let width = canvas.width();
    for (place, (word, meaning)) in WORDS.into_iter().zip(MEANINGS).enumerate() {
        let chosen = place == choice.choice;
        let (mark, style) = if chosen {
            ("▸ ", styles.strong)
        } else {
            ("  ", styles.base)
        };
        let row = Row::new()
            .gap(1)
            .text(mark, styles.accent)
            .left(word, 23, style)
            .text(cut(meaning, width.saturating_sub(26)), styles.dim);
        canvas.draw(place + 1, row);
        if chosen {
            canvas.lay(place + 1, 0..width, styles.selection);
        }
    }
    let below = WORDS.len() + 2;
    let mut cursor = None;
    if let Some(input) = input {
        canvas.draw(below, Row::new().gap(1).text(label, styles.accent));
        let field_width = width.saturating_sub(10).min(60);
        cursor = field::draw(ink, &mut canvas, (9, below), field_width, input, true);
        canvas.draw(below + 1, Row::new().gap(9).text(note, styles.dim));
    }
    for (row, line) in problem.into_iter().enumerate() {
        canvas.draw(
            below + field_rows - 1 + row,
            Row::new().gap(1).text(line, styles.wrong),
        );
    }
    cursor
}
