//! What lies over the panes: a box in the middle, as large as its content.

mod batch;
mod confirm;
mod course;
mod detail;
mod help;
mod numbers;
mod palette;
mod reading;
mod reshard;
mod result;
mod sending;
mod server;
mod sheet;
mod start;
mod streams;
mod terms;
mod token;
mod wire;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

use super::Ink;
use super::canvas::Canvas;
use super::fit::{Row, short};
use super::frames::{Titles, framed};
use crate::app::overlay::Overlay;

/// Draws what lies over the panes; gives the cursor, if it has a field.
pub(super) fn draw(ink: &Ink<'_>, overlay: &Overlay, buffer: &mut Buffer) -> Option<Position> {
    match overlay {
        Overlay::Help(listing) => help::draw(ink, listing, buffer),
        Overlay::Palette(listing) => palette::draw(ink, listing, buffer),
        Overlay::Terms(dialog) => terms::draw(ink, dialog, buffer),
        Overlay::Course(dialog) => {
            course::draw(ink, dialog, buffer);
            None
        }
        Overlay::Streams(dialog) => streams::draw(ink, dialog, buffer),
        Overlay::Reshard(dialog) => reshard::draw(ink, dialog, buffer),
        Overlay::Server(dialog) => {
            server::draw(ink, *dialog, buffer);
            None
        }
        Overlay::Sending(form) => {
            sending::draw(ink, *form, buffer);
            None
        }
        Overlay::Start(dialog) => start::draw(ink, dialog, buffer),
        Overlay::Reading(dialog) => {
            reading::draw(ink, *dialog, buffer);
            None
        }
        Overlay::Detail(detail) => {
            detail::draw(ink, *detail, buffer);
            None
        }
        Overlay::Token(shard, known) => {
            token::draw(ink, shard, known, buffer);
            None
        }
        Overlay::Result(screen) => {
            result::draw(ink, screen, buffer);
            None
        }
        Overlay::Sheet(sheet) => {
            sheet::draw(ink, *sheet, buffer);
            None
        }
        Overlay::Wire(dialog) => wire::draw(ink, dialog, buffer),
        Overlay::Batch => {
            batch::draw(ink, buffer);
            None
        }
        Overlay::Numbers => {
            numbers::draw(ink, buffer);
            None
        }
        Overlay::Confirm(confirm) => {
            confirm::draw(ink, confirm, buffer);
            None
        }
    }
}

/// The largest inside that a box may have.
fn room(ink: &Ink<'_>) -> (usize, usize) {
    let area = ink.model.layout.area;
    (
        usize::from(area.width).saturating_sub(8),
        usize::from(area.height).saturating_sub(4),
    )
}

/// An empty box in the middle of the screen with an inside of this size, or as much of it as there is room for.
fn dialog<'b>(
    ink: &Ink<'_>,
    buffer: &'b mut Buffer,
    name: Row<'_>,
    foot: Row<'_>,
    (width, height): (usize, usize),
) -> Canvas<'b> {
    let area = ink.model.layout.area;
    let (most_width, most_height) = room(ink);
    let width = short(width.min(most_width) + 4);
    let height = short(height.min(most_height) + 2);
    let rect = Rect {
        x: area.x + (area.width.saturating_sub(width)) / 2,
        y: area.y + (area.height.saturating_sub(height)) / 2,
        width,
        height,
    };
    let rect = rect.intersection(area);
    // A column of air at each side; a wide character that the box cut in half would push its frame aside.
    let air = Rect {
        x: rect.x.saturating_sub(1),
        width: rect.width.saturating_add(2),
        ..rect
    };
    let air = air.intersection(area);
    Clear.render(air, buffer);
    buffer.set_style(air, ink.styles.base);
    let titles = Titles {
        name,
        state: Row::new(),
        foot,
    };
    framed(ink, buffer, rect, true, titles)
}
