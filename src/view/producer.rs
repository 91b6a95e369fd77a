//! The producer panel: the event at hand and where it will go, the form that edits it, and what was put.

mod fates;
mod form;
mod ring;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{CUT, Row, cells, cut};
use super::sequence::{self, Digits};
use super::{Ink, frames, shard, when};
use crate::app::Pane;
use crate::app::lab_server::fault_word;
use crate::app::producer::{SentLine, Twice, Who, rate};
use crate::kinesis::hash_ranges::HashKey;

/// Digits of an MD5 sum that tell which half, quarter or eighth of the line a key falls on.
const MD5_DIGITS: usize = 8;

/// How much of the event's data is looked at for the one line that shows it.
const PREVIEW_BYTES: usize = 1_024;

/// Draws the panel.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer, rect: Rect) -> Option<Position> {
    let producer = &ink.model.producer;
    let foot = frames::gaze(ink, &producer.gaze, &producer.log);
    let mut canvas = frames::pane(ink, buffer, rect, Pane::Producer, "", counts(ink), foot);
    let (used, cursor) = match &producer.edit {
        Some(edit) => form::draw(ink, &mut canvas, edit),
        None => (event(ink, &mut canvas), None),
    };
    // A blank line groups where there is room for it.
    let used = used + usize::from(canvas.height() > used + 4);
    let height = canvas.height();
    log(ink, &mut canvas.rows(used..height));
    cursor
}

/// How much the line of the event tells beside its key and shard.
struct Form {
    /// The word before the key's MD5 sum, if that is told.
    md5: Option<&'static str>,
    /// The turns that automatic sending skipped.
    skipped: bool,
    /// What automatic sending sends.
    template: bool,
}

/// The forms of the event's line, the most telling first; the key is cut only where the last one has no room for it.
const FORMS: [Form; 5] = [
    form(Some("md5 "), true, true),
    form(Some(""), true, true),
    form(None, true, true),
    form(None, false, true),
    form(None, false, false),
];

const fn form(md5: Option<&'static str>, skipped: bool, template: bool) -> Form {
    Form {
        md5,
        skipped,
        template,
    }
}

/// How many records were put, and by whom.
fn counts<'a>(ink: &Ink<'_>) -> Row<'a> {
    let styles = &ink.styles;
    let producer = &ink.model.producer;
    let mut row = Row::new();
    for (word, count) in ["you", "auto", "programs"]
        .into_iter()
        .zip(producer.written)
    {
        if count > 0 || word == "you" {
            let separator = if row.is_empty() { "" } else { " · " };
            row = row.text(format!("{separator}{word} {}", grouped(count)), styles.dim);
        }
    }
    for (count, word, style) in [
        (producer.refused, "refused", styles.wrong),
        (producer.unsent, "not sent", styles.wrong),
        (producer.unknown, "unknown", styles.nearly),
    ] {
        if count > 0 {
            row = row.text(format!(" · {} {word}", grouped(count)), style);
        }
    }
    row
}

/// The event that `s` sends, and automatic sending. Gives the rows used.
fn event(ink: &Ink<'_>, canvas: &mut Canvas<'_>) -> usize {
    let styles = &ink.styles;
    let model = ink.model;
    let (key, data) = model.producer.preview();
    let hash_key = model.producer.hash_key();
    let hash = hash_key.unwrap_or_else(|| HashKey::of_partition_key(&key));
    let given = hash_key.is_some();
    let rows = FORMS.map(|form| (target(ink, hash, given, form.md5), auto(ink, &form)));
    let key_room = |(target, auto): &(Row<'_>, Row<'_>)| {
        let used = 5 + 2 + target.width() + 2 + auto.width();
        canvas.width().saturating_sub(used)
    };
    let [.., barest] = &rows;
    let fitting = rows.iter().find(|rows| cells(&key) <= key_room(rows));
    let rows = fitting.unwrap_or(barest);
    let line = Row::new()
        .text("key  ", styles.dim)
        .text(
            cut(&key, key_room(rows).max(3)).into_owned(),
            key_style(ink, hash),
        )
        .gap(2)
        .join(rows.0.clone());
    canvas.draw(0, line);
    canvas.draw_right(0, rows.1.clone());
    let room = canvas.width().saturating_sub(5);
    canvas.draw(
        1,
        Row::new()
            .text("data ", styles.dim)
            .text(preview(&data, room), styles.base),
    );
    let used = 2 + fates::draw(ink, canvas, 2);
    // In a high panel the place of the event at hand is shown before anybody edits it.
    if canvas.height() < used + ring::WITH_A_LOG {
        return used;
    }
    used + 1 + ring::draw(ink, canvas, used + 1, (&key, hash_key))
}

/// Where a key falls: its MD5 sum, behind this word, or the hash key that was given in its stead; and the shard that owns it.
fn target<'a>(ink: &Ink<'_>, hash: HashKey, given: bool, md5: Option<&str>) -> Row<'a> {
    let styles = &ink.styles;
    let row = match md5 {
        Some(_) if given => {
            let digits = format!("given {}{CUT} ", &hash.hex()[..MD5_DIGITS]);
            Row::new().text(digits, styles.nearly)
        }
        Some(word) => {
            let digits = format!("{word}{}{CUT} ", &hash.hex()[..MD5_DIGITS]);
            Row::new().text(digits, styles.dim)
        }
        None => Row::new(),
    };
    match ink.model.streams.shard_of(hash) {
        Some(id) => row
            .text("→ ", styles.dim)
            .text(format!("shard {}", id.short()), shard::words(ink, id)),
        None => row,
    }
}

fn key_style(ink: &Ink<'_>, hash: HashKey) -> Style {
    match ink.model.streams.shard_of(hash) {
        Some(id) => shard::words(ink, id),
        None => ink.styles.strong,
    }
}

/// The keys that send, and how automatic sending stands.
fn auto<'a>(ink: &Ink<'_>, form: &Form) -> Row<'a> {
    let styles = &ink.styles;
    let producer = &ink.model.producer;
    let row = Row::new()
        .text("s", styles.key)
        .text(" send  ", styles.dim)
        .text("S", styles.key);
    if producer.auto.next_at.is_none() {
        return row.text(" auto off", styles.dim);
    }
    let row = match form.template {
        true => row.text(format!(" auto {} ", producer.template().name), styles.dim),
        false => row.text(" auto ", styles.dim),
    };
    let rate = grouped(u64::from(rate(ink.model)));
    let row = row.text(format!("{rate}/s"), styles.done);
    match producer.auto.skipped {
        n if n > 0 && form.skipped => row.text(format!(" ({} skipped)", grouped(n)), styles.nearly),
        _ => row,
    }
}

/// The columns of the log at a width.
struct Columns {
    with_hour: bool,
    who: usize,
    key: usize,
    md5: usize,
    sequence: usize,
}

impl Columns {
    fn at(width: usize) -> Self {
        let with_hour = width >= when::WITH_HOUR;
        let time = if with_hour { 12 } else { 9 };
        let who = if width >= 74 { 8 } else { 6 };
        let md5 = match width {
            0..54 => 0,
            54..74 => 5,
            _ => MD5_DIGITS + 1,
        };
        let key = 9 + (width.saturating_sub(54) / 6).min(16);
        let fixed = time + 2 + who + 1 + key + 2 + if md5 > 0 { md5 + 2 } else { 0 } + 5 + 2;
        Self {
            with_hour,
            who,
            key,
            md5,
            sequence: width.saturating_sub(fixed),
        }
    }

    fn time(&self) -> usize {
        if self.with_hour { 12 } else { 9 }
    }
}

fn log(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let producer = &ink.model.producer;
    let columns = Columns::at(canvas.width());
    if canvas.height() < 2 {
        return;
    }
    if producer.log.is_empty() {
        let row = match ink.model.streams.name() {
            None => Row::new()
                .text("D", styles.key)
                .text(" creates a stream; then ", styles.dim)
                .text("s", styles.key)
                .text(" sends this event.", styles.dim),
            Some(_) => Row::new().text("What is sent will stand here.", styles.dim),
        };
        return canvas.draw(0, row);
    }
    let mut head = Row::new()
        .left("answered", columns.time() + 2, styles.dim)
        .left("who", columns.who + 1, styles.dim)
        .left("key", columns.key + 2, styles.dim);
    if columns.md5 > 0 {
        head = head.left("md5", columns.md5 + 2, styles.dim);
    }
    head = head.left("shard", 7, styles.dim).left(
        sequence::head(columns.sequence),
        columns.sequence,
        styles.dim,
    );
    canvas.draw(0, head);
    let rows = canvas.height() - 1;
    let top = producer.gaze.top(&producer.log, rows);
    let end = producer.gaze.end(&producer.log).min(top + rows as u64);
    let lines = || (top..end).filter_map(|number| Some((number, producer.log.get(number)?)));
    let digits = Digits::of(lines().filter_map(|(_, line)| {
        let (shard, number) = line.result.as_ref().ok()?;
        Some((shard, number))
    }));
    let selected = producer.gaze.selected(&producer.log);
    for (row, (number, line)) in lines().enumerate() {
        canvas.draw(row + 1, sent(ink, line, &columns, &digits, canvas.width()));
        if selected == Some(number) {
            canvas.lay_wide(row + 1, styles.selection);
        }
    }
}

/// One line of the log.
fn sent<'a>(
    ink: &Ink<'_>,
    line: &SentLine,
    columns: &Columns,
    digits: &Digits,
    width: usize,
) -> Row<'a> {
    let styles = &ink.styles;
    let lab_time = ink.model.server.clock.lab(line.at);
    let time = when::time_of_day(lab_time, ink.model.zone, columns.with_hour);
    let fresh = Style::new().add_modifier(Modifier::BOLD);
    let time_style = if ink.model.fresh(line.at) {
        fresh
    } else {
        styles.dim
    };
    let key = match (&line.key, line.records) {
        (_, 2..) => format!("{} records", grouped(line.records as u64)),
        (Some(key), _) => key.clone(),
        (None, _) => "-".to_owned(),
    };
    let key = key.as_str();
    let row = Row::new()
        .left(&time, columns.time() + 2, time_style)
        .left(line.who.name(), columns.who, styles.base)
        .gap(1);
    match &line.result {
        Ok((id, number)) => {
            let mut row = row.left(key, columns.key, shard::words(ink, id)).gap(2);
            if columns.md5 > 0 {
                row = row.left(&md5(&line.hash, columns.md5), columns.md5 + 2, styles.dim);
            }
            let row = row.join(shard::column(ink, id));
            let twice = line.twice.as_ref().map(|twice| match twice {
                Twice::Perhaps => "twice?",
                Twice::Surely(_) => "twice",
            });
            let (fault, room) = match twice.or(line.fault.map(fault_word)) {
                Some(word) => {
                    let fault = Row::new().text(word, styles.nearly).gap(2);
                    let room = columns.sequence.saturating_sub(fault.width());
                    // Fewer digits than these tell nothing.
                    (fault, if room < MD5_DIGITS { 0 } else { room })
                }
                None => (Row::new(), columns.sequence),
            };
            row.join(fault).join(digits.row(ink, number, room))
        }
        Err((name, meaning)) => {
            let row = row.left(key, columns.key, styles.base).gap(2);
            let room = width.saturating_sub(row.width() + 2);
            let fault = line
                .fault
                .map_or(String::new(), |fault| format!("{}, ", fault_word(fault)));
            let words = match line.who {
                // What becomes of them is the news; which error it was the line in full says.
                Who::Auto => format!("{fault}{meaning} ({name})"),
                _ => format!("{fault}{name}: {meaning}"),
            };
            row.text("✗ ", styles.wrong)
                .text(cut(&words, room).into_owned(), styles.wrong)
        }
    }
}

/// The first digits of a hash; what placed the record where an explicit hash key did.
fn md5(hash: &str, width: usize) -> String {
    match hash.get(..width.saturating_sub(1)) {
        Some(digits) if !hash.is_empty() => format!("{digits}{CUT}"),
        _ => "given".to_owned(),
    }
}

/// The beginning of a text on one line of at most `width` cells.
pub(super) fn preview(text: &str, width: usize) -> String {
    let mut end = text.len().min(PREVIEW_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    cut(&text[..end], width).into_owned()
}
