//! The wire log: a line a call, in columns; those without room are left out, what a call was about last.
//!
//! ```text
//! ┏━ Wire log ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1,284 calls ━┓
//! ┃ / filters by client, operation, stream, shard, status                   ┃
//! ┃ answered     client  operation         shard     took  status   records ┃
//! ┃ 40:01.045    py#1    PutRecord         ■ 0     0.4 ms  200        put 1 ┃
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ follow ━┛
//! ```

mod columns;
mod detail;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};

use super::super::canvas::Canvas;
use super::super::count::grouped;
use super::super::fit::{Row, cells, cut};
use super::super::frames::{Titles, framed, gaze};
use super::super::{Ink, field};
use crate::app::Model;
use crate::app::wire::{HEAD, Line, MOST_CALLS, WireDialog, body};
use columns::Columns;

/// The widest that the filter's field gets.
const FIELD: usize = 44;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, dialog: &WireDialog, buffer: &mut Buffer) -> Option<Position> {
    let model = ink.model;
    let wire = &model.wire;
    let area = body(&model.layout).intersection(*buffer.area());
    Clear.render(area, buffer);
    buffer.set_style(area, ink.styles.base);
    let titles = Titles {
        name: Row::new().text("Wire log", ink.styles.accent),
        state: state(ink),
        foot: gaze(ink, &wire.gaze, wire.shown()),
    };
    let open = dialog.detail.is_some();
    let mut canvas = framed(ink, buffer, area, !open, titles);
    let cursor = filter(ink, &mut canvas, dialog.typing);
    list(ink, &mut canvas);
    if let Some(open) = &dialog.detail {
        super::super::step_back(ink, buffer);
        detail::draw(ink, open, buffer);
        return None;
    }
    cursor
}

/// How many calls there were, how many are kept, and how many nobody saw.
fn state<'a>(ink: &Ink<'_>) -> Row<'a> {
    let styles = &ink.styles;
    let calls = ink.model.wire.calls();
    let words = match calls {
        0 => return Row::new(),
        1 => "1 call".to_owned(),
        n if n > MOST_CALLS as u64 => format!(
            "the newest {} of {} calls",
            grouped(MOST_CALLS as u64),
            grouped(n)
        ),
        n => format!("{} calls", grouped(n)),
    };
    let row = Row::new().text(words, styles.dim);
    match ink.model.feed_lost {
        0 => row,
        n => row
            .text(" · ", styles.dim)
            .text(format!("{} not seen", grouped(n)), styles.nearly),
    }
}

/// The filter's line: its field, or what it is for; elsewhere than on the embedded server also whose calls these are.
fn filter(ink: &Ink<'_>, canvas: &mut Canvas<'_>, typing: bool) -> Option<Position> {
    let styles = &ink.styles;
    let wire = &ink.model.wire;
    let key = Row::new().text("/", styles.key).gap(1);
    if !typing && wire.filter.value().is_empty() {
        let row = match ink.model.feeds() {
            true => key.text(
                "filters by client, operation, stream, shard, status: py get -error",
                styles.dim,
            ),
            false => Row::new().text(
                "The lab's own calls: other programs cannot be seen at this endpoint.",
                styles.nearly,
            ),
        };
        canvas.draw(0, row);
        return None;
    }
    let at = key.width();
    canvas.draw(0, key);
    let shown = wire.shown().len() as u64;
    let kept = wire.calls().min(MOST_CALLS as u64);
    let count = format!("{} of {} match", grouped(shown), grouped(kept));
    let width = canvas
        .width()
        .saturating_sub(at + cells(&count) + 2)
        .min(FIELD);
    let cursor = field::draw(ink, canvas, (at, 0), width, &wire.filter, typing);
    if wire.is_filtered() {
        canvas.draw_at(at + width + 2, 0, Row::new().text(count, styles.dim));
    }
    cursor
}

/// The rows that can be seen, and no others.
fn list(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let wire = &ink.model.wire;
    let log = wire.shown();
    let head = usize::from(HEAD);
    let rows = canvas.height().saturating_sub(head);
    let columns = Columns::at(canvas.width());
    let end = wire.gaze.end(log);
    let top = wire.gaze.top(log, rows);
    if top == end {
        return nothing(ink, canvas);
    }
    canvas.draw(1, columns.head(ink));
    let selected = wire.gaze.selected(log);
    for (row, number) in (top..end.min(top + rows as u64)).enumerate() {
        let line = match log.get(number).map(AsRef::as_ref) {
            Some(Line::Call(call)) => columns.call(ink, call),
            Some(Line::Unseen { calls, .. }) => unseen(ink, *calls, canvas.width()),
            None => continue,
        };
        canvas.draw(head + row, line);
        if selected == Some(number) {
            canvas.lay_wide(head + row, styles.selection);
        }
    }
}

fn unseen<'a>(ink: &Ink<'_>, calls: u64, width: usize) -> Row<'a> {
    let words = match calls {
        1 => "1 call came too fast to be seen".to_owned(),
        n => format!("{} calls came too fast to be seen", grouped(n)),
    };
    Row::new().text("! ", ink.styles.nearly).text(
        cut(&words, width.saturating_sub(2)).into_owned(),
        ink.styles.nearly,
    )
}

/// What stands in the place of calls.
fn nothing(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let (first, second) = empty(ink.model);
    let width = canvas.width();
    let mut draw = |row, words: &str, style: Style| {
        canvas.draw(row, Row::new().text(cut(words, width).into_owned(), style));
    };
    draw(2, first, styles.base);
    draw(3, second, styles.dim);
}

fn empty(model: &Model) -> (&'static str, &'static str) {
    let wire = &model.wire;
    if wire.is_filtered() {
        return (
            "No call that is kept has all of these words.",
            "/ then Esc shows all calls again.",
        );
    }
    match (wire.calls(), model.feeds()) {
        (0, true) => (
            "No call yet.",
            "Each call that reaches the server will stand here, the lab's and your programs'.",
        ),
        (0, false) => ("No call yet.", "Each call of the lab will stand here."),
        _ => (
            "The view was frozen before the first call.",
            "f follows the newest.",
        ),
    }
}
