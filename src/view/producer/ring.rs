//! The line of hash keys with an event's point on it: which range it falls into, who shares that, and which range is hot.
//!
//! ```text
//! md5 6384e2b2184bcbf58eccf10ca7a6563c   39 % of the way round
//!        ╷        ▼ alice         ╷
//! 0 ━━━━━━━━ shard 0 · 62 % ━━━━━━━━━│━━━━━━━ shard 1 · 38 % ━━━━━━━ max
//! alice and dave share shard 0. Same key, always the same shard, until a split.
//! ```

use super::super::canvas::Canvas;
use super::super::fit::{Row, cells, cut};
use super::super::{Ink, prose, shard};
use crate::app::producer::ring::{Range, Ring, ring};
use crate::kinesis::hash_ranges::HashKey;

/// How high a panel must be below what stands above, to show the line and still a log of some length.
pub(super) const WITH_A_LOG: usize = 12;

/// How high a panel must be to show the line below the form, with all that the form says.
pub(super) const WITH_A_FORM: usize = 12;

/// The most rows of words.
const WORDS: usize = 3;

/// The ends of the line.
const HEAD: &str = "0 ";
const TAIL: &str = " max";

/// The longest name of a point.
const LABEL: usize = 24;

/// Draws it from this row on. Gives the rows used.
pub(super) fn draw(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    row: usize,
    (key, hash_key): (&str, Option<HashKey>),
) -> usize {
    let styles = &ink.styles;
    let ring = ring(ink.model, key, hash_key);
    canvas.draw(row, point(ink, &ring, canvas.width()));
    if ring.ranges.is_empty() {
        return 1;
    }
    let start = HEAD.len();
    let width = canvas.width().saturating_sub(start + TAIL.len());
    let column = |point: HashKey| {
        // The upper 64 bits tell the cell; the width is far below 2^64.
        start + (((point.value() >> 64) * width as u128) >> 64) as usize
    };
    for other in &ring.others {
        canvas.draw_at(column(*other), row + 1, Row::new().text("╷", styles.dim));
    }
    let style = match &ring.shard {
        Some(id) => shard::words(ink, id),
        None => styles.strong,
    };
    let name = match ring.given {
        true => "hash key".into(),
        false => cut(key, LABEL.min(width / 3)),
    };
    let at = column(ring.point);
    // The name stands at that side of its mark where there is more room.
    let (from, marked) = match at < canvas.width() / 2 {
        true => (at, format!("▼ {name}")),
        false => (
            (at + 1).saturating_sub(cells(&name) + 2),
            format!("{name} ▼"),
        ),
    };
    canvas.draw_at(from, row + 1, Row::new().text(marked, style));
    canvas.draw(row + 2, Row::new().text(HEAD, styles.dim));
    for (place, range) in ring.ranges.iter().enumerate() {
        let next = ring.ranges.get(place + 1);
        let left = column(range.first);
        let right = next.map_or(start + width, |next| column(next.first));
        let piece = piece(ink, range, right.saturating_sub(left), next.is_none());
        canvas.draw_at(left, row + 2, piece);
    }
    canvas.draw_right(row + 2, Row::new().text(TAIL, styles.dim));
    let mut words = ring.words(key);
    let hot = ring.hot_in_words();
    if let Some(hot) = &hot {
        words = format!("{words} {hot}");
    }
    let style = if hot.is_some() {
        styles.nearly
    } else {
        styles.dim
    };
    let lines = prose::wrapped(&words, canvas.width());
    let lines = lines.into_iter().take(WORDS);
    let mut used = 3;
    for line in lines {
        canvas.draw(row + used, Row::new().text(line, style));
        used += 1;
    }
    used
}

/// The point in full, where it has room, and how far round it lies.
fn point<'a>(ink: &Ink<'_>, ring: &Ring, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let word = if ring.given { "hash key " } else { "md5 " };
    let hex = ring.point.hex();
    let percent = (ring.point.value() >> 64) as f64 / u64::MAX as f64 * 100.0;
    let row = Row::new().text(word, styles.dim).text(hex, styles.base);
    let way = format!("{percent:.0} % of the way round");
    match row.width() + 3 + way.len() <= width {
        true => row.gap(3).text(way, styles.dim),
        false => row,
    }
}

/// A range's piece of the line: its shard, and how much of the recent records went there.
fn piece<'a>(ink: &Ink<'_>, range: &Range, width: usize, last: bool) -> Row<'a> {
    let id = &range.shard;
    let border = usize::from(!last && width > 1);
    let room = width - border.min(width);
    let short = id.short();
    let percent = range.share.map(|share| format!("{:.0} %", share * 100.0));
    let mark = if range.hot { "!" } else { "" };
    let with_share = percent.map(|percent| {
        [
            format!(" shard {short} · {percent}{mark} "),
            format!(" {short} · {percent}{mark} "),
            format!("{short}·{}{mark}", percent.replace(' ', "")),
        ]
    });
    let names = [
        format!(" shard {short} "),
        format!(" {short} "),
        short.clone(),
    ];
    let label = with_share
        .into_iter()
        .flatten()
        .chain(names)
        .find(|label| cells(label) + 2 <= room)
        .unwrap_or_default();
    let left = (room - cells(&label)) / 2;
    let right = room - cells(&label) - left;
    let line = shard::hue(ink, id);
    let row = Row::new()
        .text("━".repeat(left), line)
        .text(label, shard::words(ink, id))
        .text("━".repeat(right), line);
    match border {
        1 => row.text("│", ink.styles.base),
        _ => row,
    }
}
