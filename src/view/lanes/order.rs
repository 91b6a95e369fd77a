//! Two rows of the same records: as they arrived across the lanes, and as a reader saw them.

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::fit::{Row, cells, cut};
use super::super::shard;
use crate::app::lanes::{Entry, Orders, orders};

/// How much of a key stands in an order, in cells.
const KEY: usize = 8;

/// Cells of what stands before each row.
const NAME: usize = 10;

/// How many records are compared at most.
const MOST: usize = 48;

/// How many rows it takes.
pub(super) const ROWS: usize = 3;

/// The orders of as many records as have room in so many cells; `None` where there is nothing to compare.
pub(super) fn fitting(ink: &Ink<'_>, width: usize) -> Option<Orders> {
    let all = orders(ink.model, MOST)?;
    let room = width.saturating_sub(NAME);
    let mut used = 0;
    let taken = |entry: &Entry| cells(&cut(&entry.key, KEY)) + 2;
    let count = all.read.iter().rev().take_while(|entry| {
        used += taken(entry);
        used <= room
    });
    orders(ink.model, count.count())
}

/// Draws them, and what they show.
pub(super) fn draw(ink: &Ink<'_>, orders: &Orders, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let name = |name: &str| Row::new().left(name, NAME, styles.dim);
    let row = |name: Row<'static>, entries: &[Entry], marks: bool| {
        entries.iter().fold(name, |row, entry| {
            let key = cut(&entry.key, KEY).into_owned();
            let late = marks && entry.late;
            let row = row.text(if late { "!" } else { "" }, styles.nearly);
            row.text(key, shard::words(ink, &entry.shard)).gap(1)
        })
    };
    canvas.draw(0, row(name("arrived"), &orders.arrived, false));
    canvas.draw(1, row(name(&orders.reader), &orders.read, true));
    let (words, style) = match orders.late {
        0 => (
            "read in the order of arrival, this time".to_owned(),
            styles.dim,
        ),
        1 => (
            "!1 was read after one that arrived later".to_owned(),
            styles.nearly,
        ),
        n => (
            format!("!{n} were read after one that arrived later"),
            styles.nearly,
        ),
    };
    let words = cut(&words, canvas.width().saturating_sub(NAME)).into_owned();
    canvas.draw(2, name("").text(words, style));
}
