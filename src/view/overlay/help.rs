//! All keys by where they hold, narrowed by typing.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::super::fit::{Row, cells};
use super::super::{Ink, field, keys};
use super::{dialog, room};
use crate::app::keymap::HelpLine;
use crate::app::listing;
use crate::app::overlay::Listing;

/// How many cells the keys of a line take.
const KEYS: usize = 15;

/// The space between two columns.
const GAP: usize = 3;

/// Draws it: in two columns where there is room.
pub(super) fn draw(ink: &Ink<'_>, list: &Listing, buffer: &mut Buffer) -> Option<Position> {
    let (most_width, most_height) = room(ink);
    // All lines decide on the width, so that it stays the same while typing narrows them.
    let all = rows(
        ink,
        &listing::help(ink.model, &Listing::default()),
        usize::MAX,
    );
    let column = all.iter().map(|(row, _)| row.width()).max().unwrap_or(0);
    let rows = rows(ink, &listing::help(ink.model, list), list.cursor);
    let columns = if most_width >= 2 * column + GAP { 2 } else { 1 };
    let each = rows.len().div_ceil(columns).max(1);
    let width = column * columns + GAP * (columns - 1);
    let name = Row::new().text("Keys", ink.styles.accent);
    let foot = keys(ink, &[("↑ ↓", "move"), ("Esc", "closes")]);
    let mut canvas = dialog(ink, buffer, name, foot, (width, each + 2));
    let search = Row::new().text("search ", ink.styles.dim);
    let at = search.width();
    canvas.draw(0, search);
    let cursor = field::draw(ink, &mut canvas, (at, 0), 32, &list.query, true);
    let height = most_height.min(each + 2).saturating_sub(2);
    let selected = rows.iter().position(|(_, selected)| *selected).unwrap_or(0);
    let top = if rows.len() <= height * columns {
        0
    } else {
        let page = selected.saturating_sub(height / 2);
        page.min(rows.len() - (height * columns).min(rows.len()))
    };
    if rows.is_empty() {
        canvas.draw(
            2,
            Row::new().text(
                "No key does that; : finds every action by name.",
                ink.styles.base,
            ),
        );
    }
    for (place, (row, selected)) in rows
        .into_iter()
        .skip(top)
        .take(height * columns)
        .enumerate()
    {
        let (column_number, row_number) = (place / height.max(1), place % height.max(1));
        let start = column_number * (column + GAP);
        let mut part = canvas.columns(start..start + column);
        part.draw(2 + row_number, row);
        if selected {
            let width = part.width();
            part.lay(2 + row_number, 0..width, ink.styles.selection);
        }
    }
    cursor
}

/// Headings and keys, and whether each is the selected one.
fn rows<'a>(ink: &Ink<'_>, lines: &[HelpLine], cursor: usize) -> Vec<(Row<'a>, bool)> {
    let styles = &ink.styles;
    let mut rows = Vec::new();
    let mut heading = "";
    for (place, line) in lines.iter().enumerate() {
        if line.heading != heading {
            if !heading.is_empty() {
                rows.push((Row::new(), false));
            }
            heading = line.heading;
            rows.push((Row::new().text(heading, styles.accent), false));
        }
        let rest = KEYS.saturating_sub(cells(&line.keys));
        let row = Row::new()
            .text(line.keys.clone(), styles.key)
            .gap(rest.max(1))
            .text(line.does, styles.base);
        rows.push((row, place == cursor));
    }
    rows
}
