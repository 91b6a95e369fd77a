//! The terms of the course: a list that typing narrows, and beside it what the selected term means.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::super::fit::{Row, cut};
use super::super::lesson::text_line;
use super::super::{Ink, field, keys};
use super::dialog;
use crate::app::terms::{GAP, LIST, TermsDialog, room};

/// Rows above the list: the field, and air.
const ABOVE: usize = 2;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, terms: &TermsDialog, buffer: &mut Buffer) -> Option<Position> {
    let styles = &ink.styles;
    let (width, rows) = room(ink.model);
    let name = Row::new().text("Terms", styles.accent);
    let below = terms.lines.len() > terms.scroll + rows;
    let mut feet = vec![("↑ ↓", "choose"), ("Esc", "closes")];
    if below || terms.scroll > 0 {
        feet.insert(1, ("PgDn", "more"));
    }
    let foot = keys(ink, &feet);
    let mut canvas = dialog(ink, buffer, name, foot, (width, rows + ABOVE));
    let cursor = field::draw(ink, &mut canvas, (0, 0), width, &terms.listing.query, true);
    if terms.found.is_empty() {
        canvas.draw(
            ABOVE,
            Row::new().text("No term has these letters.", styles.dim),
        );
        return cursor;
    }
    let at = terms.listing.cursor;
    let top = at.saturating_sub(rows.saturating_sub(1));
    let pages = ink.model.reference.iter().flat_map(|it| &it.pages);
    let pages: Vec<&str> = pages.map(|page| page.title.as_str()).collect();
    for (row, place) in terms.found.iter().enumerate().skip(top).take(rows) {
        let title = pages.get(*place).copied().unwrap_or_default();
        // Those of the open page stand out by a mark as well.
        let (mark, style) = match row < terms.here {
            true => ("· ", styles.strong),
            false => ("  ", styles.base),
        };
        // The first of its names; the text beside it says the others.
        let title = title.split(',').next().unwrap_or_default();
        let title = cut(title, LIST.saturating_sub(3)).into_owned();
        let line = Row::new().text(mark, styles.accent).text(title, style);
        canvas.draw(ABOVE + row - top, line);
        if row == at {
            canvas.lay(ABOVE + row - top, 0..LIST, styles.selection);
        }
    }
    let mut text = canvas.columns(LIST + GAP..width);
    for (row, line) in terms.lines.iter().skip(terms.scroll).take(rows).enumerate() {
        text_line(ink, &mut text, ABOVE + row, line, 0);
    }
    cursor
}
