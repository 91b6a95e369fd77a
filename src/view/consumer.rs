//! The consumer panel: who reads which shard and how far behind, and the records that came.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{Row, cells, cut};
use super::sequence::{self, Digits};
use super::{Ink, frames, order, prose, readers, shard, when};
use crate::app::consumer::{Shown, why_empty};
use crate::app::detail::one_line;
use crate::app::{Model, Pane};

/// Digits of a sequence number today.
const NUMBER: usize = 56;

/// A column of data narrower than this says nothing.
const LEAST_DATA: usize = 24;

/// Draws the panel.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer, rect: Rect) -> Option<Position> {
    let consumer = &ink.model.consumer;
    let foot = frames::gaze(ink, &consumer.gaze, &consumer.log);
    let mut canvas = frames::pane(
        ink,
        buffer,
        rect,
        Pane::Consumer,
        "",
        state(ink, rect.width),
        foot,
    );
    let height = canvas.height();
    let mut top = readers::draw(ink, &mut canvas);
    if top > 0 && height > top + 5 {
        top += 1;
    }
    match why_empty(ink.model) {
        Some(why) => empty(ink, &mut canvas.rows(top..height), &why),
        None => records(ink, &mut canvas.rows(top..height)),
    }
    None
}

/// Whether it runs, from where, and with how many workers, as far as there is room.
fn state<'a>(ink: &Ink<'_>, width: u16) -> Row<'a> {
    let styles = &ink.styles;
    let consumer = &ink.model.consumer;
    let row = match consumer.running {
        true => Row::new()
            .text("reading", styles.done)
            .text(" from ", styles.dim),
        false => Row::new().text("off · from ", styles.dim),
    };
    let row = row.text(consumer.start_word(), styles.dim);
    if consumer.running && consumer.workers == 0 {
        return Row::new().text("nobody reads · W adds a worker", styles.nearly);
    }
    let workers = match consumer.workers {
        1 => return row,
        n => Row::new().text(format!(" · {n} workers"), styles.dim),
    };
    // Name and corners of the frame take 22 cells.
    if row.width() + workers.width() + 22 > usize::from(width) {
        return row;
    }
    row.join(workers)
}

fn empty(ink: &Ink<'_>, canvas: &mut Canvas<'_>, why: &str) {
    let top = usize::from(canvas.height() > 6);
    for (row, line) in prose::wrapped(why, canvas.width().min(prose::WIDEST))
        .into_iter()
        .enumerate()
    {
        canvas.draw(top + row, Row::new().text(line, ink.styles.base));
    }
}

/// The columns of the log at a width.
struct Columns {
    with_hour: bool,
    key: usize,
    sequence: usize,
    data: usize,
}

impl Columns {
    fn at(width: usize) -> Self {
        let with_hour = width >= when::WITH_HOUR;
        let time = if with_hour { 12 } else { 9 };
        let key = 9 + (width.saturating_sub(56) / 6).min(16);
        let rest = width.saturating_sub(time + 2 + 6 + 2 + shard::COLUMN + key + 2);
        // Beside a number in full there may be room for what the record says.
        let data = rest.saturating_sub(NUMBER + 2);
        let data = if data < LEAST_DATA { 0 } else { data };
        Self {
            with_hour,
            key,
            sequence: if data > 0 { NUMBER } else { rest },
            data,
        }
    }

    fn time(&self) -> usize {
        if self.with_hour { 12 } else { 9 }
    }
}

/// The records, the newest or the selected one a little closer, and what is kept.
fn records(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let model = ink.model;
    let consumer = &model.consumer;
    let height = canvas.height();
    let (closer, kept, blank) = match height {
        0..4 => (false, false, false),
        4..6 => (true, false, false),
        6..9 => (true, true, false),
        _ => (true, true, true),
    };
    let proof = (height > 4 && order::is_news(ink))
        .then(|| order::row(ink, canvas.width()))
        .flatten();
    let proven = usize::from(proof.is_some());
    // Where there is room for one of them, that the order held is rarer news than that the records stay.
    let kept = kept && (proven == 0 || height > 7);
    let below = usize::from(closer) + usize::from(kept) + usize::from(blank) + proven;
    let columns = Columns::at(canvas.width());
    let head = Row::new()
        .left("arrived", columns.time() + 2, styles.dim)
        .right("shown", 6, styles.dim)
        .gap(2)
        .left("shard", shard::COLUMN, styles.dim)
        .left("key", columns.key + 2, styles.dim)
        .left(
            sequence::head(columns.sequence),
            columns.sequence,
            styles.dim,
        )
        .gap(2)
        .left("data", columns.data, styles.dim);
    canvas.draw(0, head);
    let rows = height.saturating_sub(1 + below);
    let top = consumer.gaze.top(&consumer.log, rows);
    let end = consumer.gaze.end(&consumer.log).min(top + rows as u64);
    let lines = || (top..end).filter_map(|number| Some((number, consumer.log.get(number)?)));
    let digits = Digits::of(lines().map(|(_, shown)| (&shown.shard, &shown.record.sequence)));
    let selected = consumer.gaze.selected(&consumer.log);
    for (row, (number, shown)) in lines().enumerate() {
        canvas.draw(row + 1, record(ink, shown, &columns, &digits));
        if selected == Some(number) {
            canvas.lay_wide(row + 1, styles.selection);
        }
    }
    // What is said of the rows stands right below them, also where they do not fill the panel.
    let shown = lines().count() + 1 + usize::from(blank);
    let current = consumer
        .gaze
        .current(&consumer.log)
        .and_then(|n| consumer.log.get(n));
    if closer && let Some(current) = current {
        canvas.draw(shown, closer_look(ink, current, canvas.width()));
    }
    if let Some(proof) = proof {
        canvas.draw(height - 1 - usize::from(kept), proof);
    }
    if kept {
        let width = canvas.width();
        canvas.draw(
            height - 1,
            Row::new().text(kept_words(model, width), styles.dim),
        );
    }
}

fn record<'a>(ink: &Ink<'_>, shown: &Shown, columns: &Columns, digits: &Digits) -> Row<'a> {
    let styles = &ink.styles;
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let fresh = ink.model.fresh(shown.shown_at);
    let (time, delay) = if fresh {
        (bold, bold)
    } else {
        (styles.dim, styles.dim)
    };
    let arrived = match shown.record.arrived_at {
        Some(at) => when::time_of_day(at, ink.model.zone, columns.with_hour),
        None => "not told".into(),
    };
    let waited = match shown.waited {
        Some(millis) => when::delay(millis),
        None if shown.record.arrived_at.is_some() => "before".into(),
        None => String::new(),
    };
    // That a record came again matters more than how long it took.
    let (waited, delay) = match shown.repeat {
        true => ("again".to_owned(), styles.nearly),
        false => (waited, delay),
    };
    Row::new()
        .left(&arrived, columns.time() + 2, time)
        .right(&waited, 6, delay)
        .gap(2)
        .join(shard::column(ink, &shown.shard))
        .left(
            &shown.record.key,
            columns.key,
            shard::words(ink, &shown.shard),
        )
        .gap(2)
        .join(digits.row(ink, &shown.record.sequence, columns.sequence))
        .gap(2)
        .text(said(shown, columns.data), styles.base)
}

/// The beginning of a record's data on one line of at most `width` cells.
fn said(shown: &Shown, width: usize) -> String {
    cut(&one_line(&shown.record), width).into_owned()
}

/// The selected record's payload, or the newest one's, on one line.
fn closer_look<'a>(ink: &Ink<'_>, shown: &Shown, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let open = Row::new()
        .gap(2)
        .text("Enter", styles.key)
        .text(" opens", styles.dim);
    let focused = ink.model.focus == Pane::Consumer;
    let room = width.saturating_sub(2 + if focused { open.width() } else { 0 });
    let row = Row::new()
        .text("└ ", styles.faint)
        .text(said(shown, room), styles.base);
    if focused { row.join(open) } else { row }
}

/// That reading removes nothing, with numbers; what left the list only where there is room for it.
fn kept_words(model: &Model, width: usize) -> String {
    let hours = model.streams.description().map(|d| d.retention_hours);
    let hours = hours.map_or(String::new(), |hours| format!(", for {hours} h"));
    let count = model.streams.name().map(|name| model.streams.count(name));
    let kept = match count {
        Some(count) if model.feeds() => format!(": {} kept", grouped(count.held())),
        _ => String::new(),
    };
    let forgotten = match model.consumer.forgotten() {
        0 => String::new(),
        n => format!(" · {} older ones left this list", grouped(n)),
    };
    let words = format!("records stay after reading{kept}{hours}");
    let again = match model.consumer.repeats() {
        0 => String::new(),
        n => format!("{} came again · ", grouped(n)),
    };
    let words = again + &words;
    if cells(&words) + cells(&forgotten) <= width {
        words + &forgotten
    } else {
        cut(&words, width).into_owned()
    }
}
