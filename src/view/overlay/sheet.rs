//! A step's hints, or what was expected of it and what was seen, over the panes.

use ratatui::buffer::Buffer;

use super::super::fit::Row;
use super::super::{Ink, guide, keys};
use super::dialog;
use crate::app::guide::Sheet;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, sheet: Sheet, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let (width, height) = Sheet::size(ink.model);
    let rows = sheet.rows(ink.model, width);
    let shown = rows.len().min(height);
    let hidden = rows.len().saturating_sub(sheet.scroll + shown);
    let name = match ink.model.lesson.page() {
        Some(page) => Row::new()
            .text(sheet.title(), styles.accent)
            .text(" · ", styles.dim)
            .text(page.title.as_str(), styles.strong),
        None => Row::new().text(sheet.title(), styles.accent),
    };
    let foot = match hidden {
        0 => Row::new(),
        _ => Row::new().text("↓", styles.key).text(" more", styles.dim),
    };
    let mut canvas = dialog(ink, buffer, name, foot, (width, shown + 4));
    for (row, it) in rows.iter().skip(sheet.scroll).take(shown).enumerate() {
        guide::draw(ink, &mut canvas, row + 1, it);
    }
    let mut below = Vec::new();
    below.extend(sheet.key(ink.model));
    below.push(("Esc", "closes"));
    canvas.draw(shown + 2, keys(ink, &below));
}
