//! The command palette: every action by name, the best match first.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::super::fit::{Row, cut};
use super::super::{Ink, field, keys};
use super::{dialog, room};
use crate::app::listing;
use crate::app::overlay::Listing;

/// The widest that the palette gets, and how many commands it shows at most.
const WIDEST: usize = 72;
const ROWS: usize = 16;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, list: &Listing, buffer: &mut Buffer) -> Option<Position> {
    let styles = &ink.styles;
    let commands = listing::commands(ink.model, list);
    let (_, most_height) = room(ink);
    let rows = ROWS.min(most_height.saturating_sub(2));
    let name = Row::new().text("Commands", styles.accent);
    let foot = keys(
        ink,
        &[("↑ ↓", "choose"), ("Enter", "does it"), ("Esc", "closes")],
    );
    let mut canvas = dialog(ink, buffer, name, foot, (WIDEST, rows + 2));
    let width = canvas.width();
    let cursor = field::draw(ink, &mut canvas, (0, 0), width, &list.query, true);
    if commands.is_empty() {
        canvas.draw(
            2,
            Row::new().text("No command has these letters.", styles.dim),
        );
    }
    let top = list.cursor.saturating_sub(rows.saturating_sub(1));
    for (row, command) in commands.iter().skip(top).take(rows).enumerate() {
        let room = width.saturating_sub(command.keys.chars().count() + 3);
        canvas.draw_at(
            1,
            row + 2,
            Row::new().text(cut(&command.name, room).into_owned(), styles.base),
        );
        let mut right = canvas.columns(0..width.saturating_sub(1));
        right.draw_right(row + 2, Row::new().text(command.keys.clone(), styles.key));
        if top + row == list.cursor {
            canvas.lay(row + 2, 0..width, styles.selection);
        }
    }
    cursor
}
