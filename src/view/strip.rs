//! The stream strip: the selected stream, its line of hash keys, and who is connected. On every screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{Row, cells, cut};
use super::frames::{AROUND, Titles, framed};
use super::{Ink, shard};
use crate::app::message::ShardDescription;
use crate::app::programs::Program;
use crate::app::streams::{Presence, Selected};
use crate::kinesis::ShardId;
use crate::kinesis::control::Timing;

/// Draws the strip: framed where it has the height, else as one line.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer, rect: Rect) {
    if rect.height < 3 {
        return one_line(ink, &mut Canvas::new(buffer, rect));
    }
    let room = usize::from(rect.width).saturating_sub(AROUND);
    let (name, state) = match &ink.model.streams.selected {
        Some(selected) => name_and_state(ink, selected, room),
        None => match ink.model.lesson_stream() {
            Some(name) => {
                let state = Row::new().text("not there yet", ink.styles.dim);
                let name = cut(name, room.saturating_sub(state.width())).into_owned();
                (name, state)
            }
            None => ("no stream yet".into(), Row::new()),
        },
    };
    let titles = Titles {
        name: Row::new().text(name, ink.styles.strong),
        state,
        foot: notes(ink, room),
    };
    content(ink, &mut framed(ink, buffer, rect, false, titles));
}

/// What stands in the strip: the line of hash keys, or why there is none; who is connected.
pub(super) fn content(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    keys(ink, canvas);
    bottom(ink, canvas);
}

/// The line of hash keys in the first row, or why there is none.
pub(super) fn keys(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    match ink.model.streams.description() {
        Some(description) if ink.model.streams.not_ready().is_some() => {
            let words = match description.status.as_str() {
                "CREATING" => "It is being created: it takes events once it is ACTIVE.",
                _ => "It is being deleted, and its records with it.",
            };
            canvas.draw(0, Row::new().text(words, ink.styles.dim));
        }
        Some(description) => hash_line(ink, canvas, &description.shards),
        None => canvas.draw(0, missing(ink)),
    }
}

/// Who is connected, and how long records are kept, in the last row.
pub(super) fn bottom(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let bottom = canvas.height().saturating_sub(1);
    let retention = ink
        .model
        .streams
        .description()
        .map_or(Row::new(), |description| {
            Row::new().text(
                format!("kept {} h", description.retention_hours),
                ink.styles.dim,
            )
        });
    let room = canvas.width().saturating_sub(retention.width() + 2);
    canvas.columns(0..room).draw(bottom, connected(ink));
    canvas.draw_right(bottom, retention);
}

fn one_line(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let width = canvas.width().saturating_sub(1);
    let mut canvas = canvas.columns(1..width);
    let row = match &ink.model.streams.selected {
        None => match ink.model.lesson_stream() {
            Some(name) => {
                let room = canvas.width().saturating_sub(30);
                Row::new()
                    .text(cut(name, room).into_owned(), styles.strong)
                    .text("  not there yet · ", styles.dim)
                    .text("D", styles.key)
                    .text(" creates it", styles.dim)
            }
            None => Row::new()
                .text("no stream yet · ", styles.dim)
                .join(creates(ink)),
        },
        Some(selected) => {
            let room = canvas.width().saturating_sub(2);
            let (name, state) = name_and_state(ink, selected, room);
            Row::new().text(name, styles.strong).gap(2).join(state)
        }
    };
    let used = row.width() + 3;
    canvas.draw(0, row);
    let room = canvas.width().saturating_sub(used);
    let notes = notes(ink, room);
    let row = if notes.is_empty() {
        connected(ink)
    } else {
        notes
    };
    if row.width() <= room {
        canvas.draw_right(0, row);
    }
}

fn creates<'a>(ink: &Ink<'_>) -> Row<'a> {
    Row::new()
        .text("D", ink.styles.key)
        .text(" creates one", ink.styles.dim)
}

/// What is said in place of the hash keys while there are none.
fn missing<'a>(ink: &Ink<'_>) -> Row<'a> {
    let styles = &ink.styles;
    match ink
        .model
        .streams
        .selected
        .as_ref()
        .map(|selected| &selected.presence)
    {
        Some(Presence::Gone) => Row::new()
            .text("It is gone, and its records with it.  ", styles.base)
            .text("D", styles.key)
            .text(" creates it anew", styles.dim),
        Some(Presence::Unknown(error)) => Row::new().text(
            format!("{}: {}", error.name(), error.explained()),
            styles.wrong,
        ),
        Some(_) => Row::new().text("The endpoint is asked for it.", styles.dim),
        None => Row::new()
            .text("A stream holds what is sent.  ", styles.dim)
            .join(creates(ink)),
    }
}

/// A stream's name and its state for a line with room for so many cells of both. The name is cut where not even the
/// barest state has room beside it.
fn name_and_state<'a>(ink: &Ink<'_>, selected: &Selected, room: usize) -> (String, Row<'a>) {
    let state = state(ink, selected, room.saturating_sub(cells(&selected.name)));
    let name = cut(&selected.name, room.saturating_sub(state.width())).into_owned();
    (name, state)
}

/// State, shards and records in words; where they do not fit the width the shards go first, the state never.
pub(super) fn state<'a>(ink: &Ink<'_>, selected: &Selected, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let description = match &selected.presence {
        Presence::Asked => return Row::new().text("asked for", styles.dim),
        Presence::Gone => return Row::new().text("gone", styles.nearly),
        Presence::Unknown(_) => return Row::new().text("not known", styles.wrong),
        Presence::Described(description) => description,
    };
    let style = if description.status == "ACTIVE" {
        styles.done
    } else {
        styles.nearly
    };
    let open = description.shards.iter().filter(|shard| shard.open).count();
    let closed = description.shards.len() - open;
    let shards = match (open, closed) {
        (0, 0) => String::new(),
        (1, _) => " · 1 shard".into(),
        (open, _) => format!(" · {open} shards"),
    };
    let of_which = match closed {
        0 => String::new(),
        closed => format!(" · {closed} closed"),
    };
    let count = ink.model.streams.count(&selected.name);
    let held = count.held();
    let records = match (ink.model.feeds(), held) {
        (true, 1) => "1 record".into(),
        (true, n) => format!("{} records", grouped(n)),
        (false, n) => format!("{} sent from here", grouped(n)),
    };
    let status = description.status.clone();
    let lost = match count.trimmed_early {
        0 => Row::new(),
        n => Row::new().text(
            format!(" · {} lost to the limit", grouped(n)),
            styles.nearly,
        ),
    };
    let status = Row::new().text(status, style);
    let shards = Row::new().text(shards, styles.dim);
    let closed = Row::new().text(of_which, styles.dim);
    let records = Row::new().text(format!(" · {records}"), styles.dim);
    let with = |parts: &[&Row<'a>]| {
        let parts = parts.iter().copied().cloned();
        parts.fold(status.clone(), Row::join)
    };
    let forms = [
        with(&[&shards, &closed, &records, &lost]),
        with(&[&shards, &records, &lost]),
        with(&[&records, &lost]),
        with(&[&records]),
    ];
    let fitting = forms.into_iter().find(|row| row.width() <= width);
    fitting.unwrap_or(status)
}

/// The line of all hash keys, cut where the open shards' ranges meet.
fn hash_line(ink: &Ink<'_>, canvas: &mut Canvas<'_>, shards: &[ShardDescription]) {
    let styles = &ink.styles;
    let mut open: Vec<(u128, &ShardId)> = shards
        .iter()
        .filter(|shard| shard.open)
        .filter_map(|shard| Some((shard.hash_range.0.parse().ok()?, &shard.id)))
        .collect();
    open.sort();
    let head = Row::new().text("hash 0 ", styles.dim);
    let tail = Row::new().text(" max", styles.dim);
    let start = head.width();
    let width = canvas.width().saturating_sub(start + tail.width());
    canvas.draw(0, head);
    let column = |point: u128| {
        // The upper 64 bits tell the cell; width is far below 2^64.
        (((point >> 64) * width as u128) >> 64) as usize
    };
    for (place, (from, id)) in open.iter().enumerate() {
        let left = column(*from);
        let right = open.get(place + 1).map_or(width, |(next, _)| column(*next));
        let last = place + 1 == open.len();
        canvas.draw_at(start + left, 0, segment(ink, id, right - left, last));
    }
    canvas.draw_right(0, tail);
}

/// A shard's piece of the line, its name in the middle.
fn segment<'a>(ink: &Ink<'_>, id: &ShardId, width: usize, last: bool) -> Row<'a> {
    let border = usize::from(!last && width > 1);
    let room = width - border;
    let line = shard::hue(ink, id);
    let short = id.short();
    let label = [format!(" shard {short} "), format!(" {short} "), short]
        .into_iter()
        .find(|label| label.len() + 2 <= room)
        .unwrap_or_default();
    let left = (room - label.len()) / 2;
    let right = room - label.len() - left;
    let row = Row::new()
        .text("━".repeat(left), line)
        .text(label, shard::words(ink, id))
        .text("━".repeat(right), line);
    if border == 1 {
        row.text("│", ink.styles.base)
    } else {
        row
    }
}

/// What is out of the ordinary at the embedded server, the gravest first; in fewer words, and not all, where there is less
/// room.
pub(super) fn notes<'a>(ink: &Ink<'_>, room: usize) -> Row<'a> {
    let styles = &ink.styles;
    let server = &ink.model.server;
    if !ink.model.feeds() {
        return Row::new();
    }
    let state = &server.state;
    let faults = state.faults.len();
    let waiting = match faults {
        1 => "1 fault waits".into(),
        n => format!("{n} faults wait"),
    };
    let notes = [
        (
            state.full.is_some(),
            "full: puts are refused".into(),
            "full",
            styles.wrong,
        ),
        (faults > 0, waiting, "faults", styles.nearly),
        (
            state.timing == Timing::Aws,
            "pace of AWS".into(),
            "AWS pace",
            styles.dim,
        ),
        (
            state.empty_pages,
            "empty pages".into(),
            "empty pages",
            styles.dim,
        ),
        (
            !server.keeps_streams,
            "in memory only".into(),
            "in memory",
            styles.dim,
        ),
    ];
    let add = |row: Row<'a>, words: String, style| {
        let gap = if row.is_empty() { "" } else { " · " };
        row.text(gap, styles.dim).text(words, style)
    };
    let holding = || notes.iter().filter(|(holds, ..)| *holds);
    let whole = holding().fold(Row::new(), |row, (_, words, _, style)| {
        add(row, words.clone(), *style)
    });
    if whole.width() <= room {
        return whole;
    }
    holding().fold(Row::new(), |row, (_, _, short, style)| {
        let longer = add(row.clone(), (*short).to_owned(), *style);
        if longer.width() <= room { longer } else { row }
    })
}

/// Other people's programs that are there, and what they did.
fn connected<'a>(ink: &Ink<'_>) -> Row<'a> {
    let styles = &ink.styles;
    let model = ink.model;
    if !model.feeds() {
        return Row::new().text("who else is connected is not told here", styles.dim);
    }
    let mut row = Row::new();
    for program in model.programs.connected(model.now) {
        let lead = if row.is_empty() {
            "connected  "
        } else {
            " · "
        };
        row = row
            .text(lead, styles.dim)
            .text(program.name.clone(), styles.strong)
            .text(did(program), styles.dim);
    }
    if row.is_empty() {
        row = row.text("no other program is connected", styles.dim);
    }
    row
}

fn did(program: &Program) -> String {
    match (program.written, program.read) {
        (0, 0) => String::new(),
        (written, 0) => format!(" wrote {}", grouped(written)),
        (0, read) => format!(" read {}", grouped(read)),
        (written, read) => format!(" wrote {}, read {}", grouped(written), grouped(read)),
    }
}
