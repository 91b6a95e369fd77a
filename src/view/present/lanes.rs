//! The shards as wide rows: a lane each, its newest records, and who stands where.
//!
//! ```text
//! S H A R D  0   2 older  [alice] [alice] [dave]
//!                                ↑ worker 1
//! ```

use std::sync::Arc;

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::count::grouped;
use super::super::fit::{Row, cut};
use super::super::shard;
use super::pen::Pen;
use super::{line, title};
use crate::app::lanes::{Caret, Doing, Lane, Token, carets};
use crate::app::streams::Presence;

/// The most of a key that its token shows.
const KEY: usize = 12;

/// The stream, and as many of its lanes as have room.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let top = title(ink, canvas, pen, &stream(ink), "");
    let height = canvas.height();
    let first = ink.model.present.as_ref().map_or(0, |it| it.first_lane);
    rows(ink, &mut canvas.rows(top..height), pen, first);
}

/// The stream's name and state, or why there is none.
fn stream(ink: &Ink<'_>) -> String {
    let streams = &ink.model.streams;
    let Some(selected) = &streams.selected else {
        return "No stream yet: D creates one".into();
    };
    let state = match &selected.presence {
        Presence::Described(description) => description.status.clone(),
        Presence::Asked => "is asked for".into(),
        Presence::Gone => "is gone".into(),
        Presence::Unknown(error) => error.name().to_owned(),
    };
    let records = match ink.model.lanes.held() {
        1 => "1 record".to_owned(),
        n => format!("{} records", grouped(n)),
    };
    format!("{} · {state} · {records}", cut(&selected.name, 30))
}

/// Lanes from this one on.
pub(super) fn rows(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen, first: usize) {
    let lanes: Vec<&Lane> = ink.model.lanes.iter().collect();
    let carets = carets(ink.model);
    let room = canvas.height();
    // Where nobody reads, a lane has no row for readers.
    let rows_of = |readers: bool, names: Pen| {
        let names = if readers && !carets.is_empty() {
            names.rows()
        } else {
            0
        };
        pen.rows() + names
    };
    // So that all lanes have room the names of readers become small, then air goes, then those names.
    let ways = [
        (true, pen, 1),
        (true, pen.small(), 1),
        (true, pen.small(), 0),
        (false, pen.small(), 1),
        (false, pen.small(), 0),
    ];
    let all_fit = |(readers, names, air): &(bool, Pen, usize)| {
        lanes.len() * (rows_of(*readers, *names) + air) <= room + air
    };
    let (readers, names, least_air) = ways.into_iter().find(all_fit).unwrap_or(ways[1]);
    let high = rows_of(readers, names);
    let fitting = |room: usize| ((room + least_air) / (high + least_air)).max(1);
    let more = first > 0 || lanes.len() > fitting(room);
    let shown = match more {
        true => fitting(room.saturating_sub(pen.rows())),
        false => fitting(room),
    };
    let shown: Vec<&&Lane> = lanes.iter().skip(first).take(shown).collect();
    let air = ((room + 1) / shown.len().max(1)).saturating_sub(high);
    let apart = high + air.clamp(least_air, 3);
    let name = |lane: &Lane| pen.name(&format!("shard {}", lane.shard.short()));
    let widest = lanes.iter().map(|lane| pen.cells(&name(lane))).max();
    let label = widest.unwrap_or(0) + pen.gap();
    for (place, lane) in shown.iter().enumerate() {
        let row = place * apart;
        let style = shard::words(ink, &lane.shard);
        pen.draw(canvas, (0, row), Row::new().text(name(lane), style));
        let on_it = carets.iter().filter(|it| readers && it.shard == lane.shard);
        let on_it: Vec<&Caret> = on_it.collect();
        track(ink, canvas, (pen, names), lane, &on_it, (label, row));
    }
    if more {
        let words = format!("{} of {} shards   ↑ ↓", shown.len(), lanes.len());
        let bottom = room.saturating_sub(pen.rows());
        let words = line(&words, ink.styles.strong, pen.columns());
        pen.draw(canvas, (0, bottom), words);
    }
}

/// The newest records of a lane that have room, and under them who reads it.
fn track(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    (pen, names_pen): (Pen, Pen),
    lane: &Lane,
    carets: &[&Caret],
    (column, row): (usize, usize),
) {
    let styles = &ink.styles;
    let style = shard::words(ink, &lane.shard);
    let end = if lane.open { "" } else { "closed" };
    let gap = pen.gap() - 2;
    let room = pen.line_cells(canvas);
    let room = room.saturating_sub(column + gap + pen.cells(end));
    let tokens = lane.tokens();
    let (shown, hidden) = newest(pen, tokens.iter().rev(), lane.skipped(), room);
    let first = tokens.len() - shown.len();
    let mut at = column;
    let mut put = |words: &str, style, behind: usize| {
        pen.draw(canvas, (at, row), Row::new().text(words.to_owned(), style));
        at += pen.cells(words) + behind;
        at
    };
    if hidden > 0 {
        put(&older(hidden), styles.base, pen.gap());
    } else if lane.trimmed() > 0 {
        put(
            &format!("{} gone", grouped(lane.trimmed())),
            styles.base,
            pen.gap(),
        );
    } else if shown.is_empty() {
        put("empty", styles.base, gap);
    }
    // The column before each token that is shown, and behind the last.
    let mut stops = vec![put("", style, 0)];
    for token in &shown {
        stops.push(put(&written(token), style, gap));
    }
    if shown.is_empty() {
        stops = vec![column];
    }
    put(end, styles.strong, 0);
    let mut from = 0;
    for (place, names) in readers(lane, carets) {
        let stop = stops[place.saturating_sub(first).min(shown.len())];
        let back = if place > first { gap } else { 0 };
        let stop = stop.saturating_sub(back).max(column);
        from = caret(
            ink,
            canvas,
            names_pen,
            (stop, row + pen.rows()),
            &names,
            from,
        );
    }
}

/// Where readers stand, with the names of those who stand there.
fn readers(lane: &Lane, carets: &[&Caret]) -> Vec<(usize, String)> {
    let mut stands: Vec<(usize, String)> = Vec::new();
    for caret in carets {
        let name = match caret.doing {
            Doing::Free => continue,
            Doing::Stopped => format!("{} stopped", caret.name),
            _ if caret.at_latest => format!("{} LATEST", caret.name),
            _ => caret.name.clone(),
        };
        let place = caret.place(lane);
        match stands.iter_mut().find(|(other, _)| *other == place) {
            Some((_, names)) => {
                names.push_str(", ");
                names.push_str(&name);
            }
            None => stands.push((place, name)),
        }
    }
    stands.sort();
    stands
}

/// An arrow under the place, with names at the side that has room. Gives where the next may begin.
fn caret(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    pen: Pen,
    (column, row): (usize, usize),
    names: &str,
    from: usize,
) -> usize {
    let style = ink.styles.strong;
    let width = canvas.width();
    let (before, behind) = (format!("{names} ↑"), format!("↑ {names}"));
    let column = column.max(from);
    let end = column + pen.cells("↑");
    let taken = pen.cells(&before);
    if column + pen.cells(&behind) > width && end >= from + taken {
        pen.draw(canvas, (end - taken, row), Row::new().text(before, style));
        return end + pen.gap();
    }
    let end = column + pen.cells(&behind) + pen.gap();
    pen.draw(canvas, (column, row), Row::new().text(behind, style));
    end
}

/// A record as it stands in its lane.
fn written(token: &Token) -> String {
    format!("[{}]", cut(&token.key, KEY))
}

fn older(hidden: u64) -> String {
    format!("{} older", grouped(hidden))
}

/// The newest tokens that have room, in their order, and how many older ones there are.
fn newest<'l>(
    pen: Pen,
    tokens: impl ExactSizeIterator<Item = &'l Arc<Token>>,
    skipped: u64,
    room: usize,
) -> (Vec<&'l Token>, u64) {
    let all = tokens.len();
    // What says how many are older takes room too.
    let told = pen.cells(&older(all as u64 + skipped)) + pen.gap();
    let mut shown: Vec<&Token> = Vec::new();
    let mut used = 0;
    for token in tokens {
        let next = used + pen.cells(&written(token)) + pen.gap() - 2;
        let last = shown.len() + 1 == all && skipped == 0;
        if next + if last { 0 } else { told } > room {
            break;
        }
        used = next;
        shown.push(token);
    }
    shown.reverse();
    let hidden = (all - shown.len()) as u64 + skipped;
    (shown, hidden)
}
