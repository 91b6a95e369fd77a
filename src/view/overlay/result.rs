//! The result of the lesson: what was done and known, and what comes back.

use ratatui::buffer::Buffer;

use super::super::fit::Row;
use super::super::{Ink, keys};
use super::dialog;
use crate::app::report::Paint;
use crate::app::result::{ResultScreen, room};

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, screen: &ResultScreen, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let (width, height) = room(ink.model);
    let shown = screen.lines.len().min(height);
    let name = Row::new()
        .text("Result", styles.accent)
        .text(" · ", styles.dim)
        .text("so far", styles.dim);
    let below = screen.lines.len() - shown > screen.scroll;
    let foot = match screen.lines.len() > shown {
        true if below => keys(ink, &[("↓", "more"), ("Esc", "closes")]),
        true => keys(ink, &[("↑", "back"), ("Esc", "closes")]),
        false => keys(ink, &[("Esc", "closes")]),
    };
    let mut canvas = dialog(ink, buffer, name, foot, (width, shown + 2));
    let visible = screen.lines.iter().skip(screen.scroll).take(shown);
    for (row, line) in visible.enumerate() {
        let built = line.iter().fold(Row::new(), |row, (text, paint)| {
            let style = match paint {
                Paint::Heading => styles.accent,
                Paint::Plain => styles.base,
                Paint::Dim => styles.dim,
                Paint::Done => styles.done,
                Paint::Nearly => styles.nearly,
                Paint::Wrong => styles.wrong,
            };
            row.text(text.as_str(), style)
        });
        canvas.draw(row + 1, built);
    }
}
