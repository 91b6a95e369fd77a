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
use super::super::fit::{Row, cells, cut};
use super::super::shard;
use super::figures::{self, Size};
use super::{line, wide};
use crate::app::lanes::{Caret, Doing, Lane, Token, carets};
use crate::app::present::{Parts, WIDEST};
use crate::app::streams::Presence;

/// The most of a key that its token shows.
const KEY: usize = 12;

/// Between two tokens.
const APART: usize = 1;

/// The stream, and as many of its lanes as have room.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts) {
    let styles = &ink.styles;
    let width = canvas.width().min(WIDEST);
    canvas.draw(0, line(&stream(ink), styles.accent, width));
    let height = canvas.height();
    let first = ink.model.present.as_ref().map_or(0, |it| it.first_lane);
    rows(ink, &mut canvas.rows(2..height), parts, first);
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
pub(super) fn rows(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts, first: usize) {
    let lanes: Vec<&Lane> = ink.model.lanes.iter().collect();
    let carets = carets(ink.model);
    let high = if parts.large { 5 } else { 2 };
    let room = canvas.height();
    // A lane's rows and one of air; more air where all of them have it.
    let shown = (room + 1) / (high + 1);
    let more = lanes.len() > first + shown || first > 0;
    let shown = if more {
        (room.saturating_sub(1)) / (high + 1)
    } else {
        shown
    };
    let lanes_shown = lanes.iter().skip(first).take(shown.max(1));
    let count = lanes_shown.len().max(1);
    let apart = high + ((room + 1) / count).saturating_sub(high).clamp(1, 3);
    let names: Vec<String> = lanes.iter().map(|lane| lane.shard.short()).collect();
    let longest = names.iter().max_by_key(|name| name.len());
    let label = longest.map_or(0, |name| match parts.large {
        true => figures::width(&format!("SHARD {name}"), Size::Small) + 4,
        false => cells(&wide(&format!("shard {name}"))) + 3,
    });
    for (place, lane) in lanes_shown.enumerate() {
        let row = place * apart;
        let name = lane.shard.short();
        let style = shard::words(ink, &lane.shard);
        match parts.large {
            true => {
                let name = format!("SHARD {name}");
                figures::draw(canvas, (0, row), &name, style, Size::Small);
            }
            false => {
                let name = wide(&format!("shard {name}"));
                canvas.draw(row, Row::new().text(name, style));
            }
        }
        let on_it: Vec<&Caret> = carets.iter().filter(|it| it.shard == lane.shard).collect();
        let row = if parts.large { row + 1 } else { row };
        track(ink, canvas, parts, lane, &on_it, (label, row));
    }
    if more {
        let last = (first + count).min(lanes.len());
        let words = format!("shards {} to {last} of {}   ↑ ↓", first + 1, lanes.len());
        let bottom = room.saturating_sub(1);
        canvas.draw(bottom, line(&words, ink.styles.strong, WIDEST));
    }
}

/// The newest records of a lane that have room, and under them who reads it.
fn track(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    parts: &Parts,
    lane: &Lane,
    carets: &[&Caret],
    (column, row): (usize, usize),
) {
    let styles = &ink.styles;
    let style = shard::words(ink, &lane.shard);
    let end = if lane.open { "" } else { "closed" };
    let room = |widest: usize| {
        let taken = column + 1 + end.len();
        canvas.width().min(widest).saturating_sub(taken)
    };
    let tokens = lane.tokens();
    // Twice the room has letters twice as wide.
    let spaced = parts.large && fits(tokens.iter().map(|it| written(it, true)), room(2 * WIDEST));
    let room = room(if spaced { 2 * WIDEST } else { WIDEST });
    let (shown, hidden) = newest(tokens.iter().rev(), lane.skipped(), room, spaced);
    let first = tokens.len() - shown.len();
    let mut line = Row::new();
    if hidden > 0 {
        line = line
            .text(format!("{} older", grouped(hidden)), styles.base)
            .gap(3);
    } else if lane.trimmed() > 0 {
        line = line
            .text(format!("{} gone", grouped(lane.trimmed())), styles.base)
            .gap(3);
    }
    // The column before each token that is shown, and behind the last.
    let mut stops = vec![column + line.width()];
    for token in &shown {
        line = line.text(written(token, spaced), style).gap(APART);
        stops.push(column + line.width());
    }
    if shown.is_empty() && hidden == 0 && lane.trimmed() == 0 {
        line = line.text("empty", styles.base).gap(1);
    }
    if !end.is_empty() {
        line = line.text(end, styles.strong);
    }
    canvas.draw_at(column, row, line);
    let mut at = 0;
    for (place, names) in readers(lane, carets) {
        let stop = stops[place.saturating_sub(first).min(shown.len())];
        let stop = stop.saturating_sub(usize::from(place > first)).max(column);
        at = caret(ink, canvas, (stop, row + 1), &names, at);
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
    (column, row): (usize, usize),
    names: &str,
    from: usize,
) -> usize {
    let style = ink.styles.strong;
    let width = canvas.width();
    let wide = cells(names) + 2;
    let column = column.max(from);
    if column + wide > width && column + 1 >= from + wide {
        let text = format!("{names} ↑");
        canvas.draw_at(column + 1 - wide, row, Row::new().text(text, style));
        return column + 3;
    }
    let text = format!("↑ {}", cut(names, width.saturating_sub(column + 2)));
    let end = column + cells(&text) + 2;
    canvas.draw_at(column, row, Row::new().text(text, style));
    end
}

/// A record as it stands in its lane.
fn written(token: &Token, spaced: bool) -> String {
    let key = cut(&token.key, KEY);
    if !spaced {
        return format!("[{key}]");
    }
    let letters: Vec<String> = key.chars().map(String::from).collect();
    format!("[ {} ]", letters.join(" "))
}

fn fits(tokens: impl Iterator<Item = String>, room: usize) -> bool {
    let mut used = 0;
    for token in tokens {
        used += cells(&token) + APART;
        if used > room {
            return false;
        }
    }
    true
}

/// The newest tokens that have room, in their order, and how many older ones there are.
fn newest<'l>(
    tokens: impl ExactSizeIterator<Item = &'l Arc<Token>>,
    skipped: u64,
    room: usize,
    spaced: bool,
) -> (Vec<&'l Token>, u64) {
    let all = tokens.len();
    // What says how many are older takes room too.
    let told = cells(&grouped(all as u64 + skipped)) + cells(" older") + 3;
    let mut shown: Vec<&Token> = Vec::new();
    let mut used = 0;
    for token in tokens {
        let next = used + cells(&written(token, spaced)) + APART;
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
