//! The numbers: a row a shard with its rates beside their limits, a row a reader with its lag, and the delays of events.
//!
//! ```text
//! ┏━ Numbers · my-first-stream ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! ┃ shard  written a second, over 5 s     read a second                    ┃
//! ┃ ■ 0    ███▌··   612 of 1,000 records  ▏·····      1 of 5 calls  room   ┃
//! ┃                                                                        ┃
//! ┃ reader      shard    behind  its last calls                            ┃
//! ┃ worker 1    ■ 0        0 ms  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  keeping up      ┃
//! ┃                                                                        ┃
//! ┃ delay, newest 412 records     half within (p50) 99 of 100 within (p99) ┃
//! ┃ from event time to arrival                12 ms                 480 ms ┃
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ Esc closes ━┛
//! ```
//!
//! Where not all shards have room, the busiest do, and the rest is counted; so with the readers that are furthest behind.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::super::count::grouped;
use super::super::fit::{Row, cut};
use super::super::spark::{bar, column};
use super::super::{Ink, keys, prose, shard};
use super::{dialog, room};
use crate::app::numbers::{
    Delays, OVER, Pressure, ReaderRow, ShardRow, Trend, Usage, of_limit, pressure_words,
    reader_rows, shard_rows, span,
};

/// The widest that the box gets inside: all measures of a shard and a sentence.
const WIDEST: usize = 150;

/// From here on a shard's row has both of its limits, and from [`WITH_WORDS`] on the sentence too.
const WITH_BOTH: usize = 110;
const WITH_WORDS: usize = 146;

/// A sparkline's full height is at least so many milliseconds behind: a poll's pause is no alarm.
const FULL: u64 = 2_000;

/// Rows that are neither shards nor readers: heads, blank lines, delays.
const AROUND: usize = 9;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer) {
    let (most_width, most_height) = room(ink);
    let width = most_width.min(WIDEST);
    let mut rows = rows(ink, width, most_height.saturating_sub(2));
    rows.truncate(most_height);
    let air = usize::from(rows.len() + 2 <= most_height);
    let foot = keys(ink, &[("Esc", "closes")]);
    let size = (width, rows.len() + 2 * air);
    let mut canvas = dialog(ink, buffer, title(ink, width), foot, size);
    for (row, line) in rows.into_iter().enumerate() {
        canvas.draw(row + air, line);
    }
}

fn title<'a>(ink: &Ink<'_>, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let row = Row::new().text("Numbers", styles.accent);
    let Some(name) = ink.model.streams.name() else {
        return row;
    };
    let name = cut(name, width.saturating_sub(40)).into_owned();
    let row = row.text(" · ", styles.dim).text(name, styles.strong);
    match ink.model.feed_lost {
        0 => row,
        n => row
            .text(" · ", styles.dim)
            .text(format!("{} calls not counted", grouped(n)), styles.nearly),
    }
}

/// All lines, of which there are at most `height` where the screen has that many.
fn rows<'a>(ink: &Ink<'_>, width: usize, height: usize) -> Vec<Row<'a>> {
    let model = ink.model;
    let (styles, words) = (&ink.styles, |text: &str, style| {
        let lines = prose::wrapped(text, width);
        let lines = lines.into_iter();
        lines.map(move |line| Row::new().text(line, style))
    });
    if model.streams.name().is_none() {
        return words("There is no stream yet. D creates one.", styles.base).collect();
    }
    let shards = shard_rows(model);
    let readers = reader_rows(model);
    let mut head = Vec::new();
    if !model.feeds() {
        head.extend(words(
            "What this lab wrote and read; others cannot be seen at this endpoint, but share the limits.",
            styles.nearly,
        ));
    }
    let left = height.saturating_sub(AROUND + head.len());
    // Each part has what it needs, or half of what there is and what the other leaves.
    let for_readers = readers.len().max(1).min((left / 2).max(1));
    let all_shards = shard_lines(ink, width, &shards, usize::MAX).len();
    let for_shards = all_shards.min(left.saturating_sub(for_readers).max(1));
    let for_readers = readers
        .len()
        .max(1)
        .min(left.saturating_sub(for_shards).max(1));

    let mut rows = head;
    rows.push(shard_head(ink, width));
    rows.extend(shard_lines(ink, width, &shards, for_shards));
    rows.push(Row::new());
    rows.extend(reader_lines(ink, &readers, for_readers));
    rows.push(Row::new());
    rows.extend(delay_lines(ink, width));
    rows
}

fn more<'a>(ink: &Ink<'_>, rest: usize, what: &str) -> Row<'a> {
    let s = if rest == 1 { "" } else { "s" };
    let words = format!("and {} more {what}{s}", grouped(rest as u64));
    Row::new().text(words, ink.styles.dim)
}

/// The columns of a shard's row at a width: bars, whether both limits stand there, whether the sentence does.
fn columns(width: usize) -> (usize, bool, bool) {
    match width {
        WITH_WORDS.. => (10, true, true),
        WITH_BOTH.. => (9, true, false),
        // Narrower than 80 columns the bars make room for the numbers.
        70.. => (6, false, false),
        _ => (0, false, false),
    }
}

fn shard_head<'a>(ink: &Ink<'_>, width: usize) -> Row<'a> {
    let (bars, both, _) = columns(width);
    let written = bars + 1 + 22 + 2 + if both { 16 + 1 } else { 0 };
    let over = format!("written a second, over {OVER} s");
    Row::new()
        .left("shard", shard::COLUMN, ink.styles.dim)
        .left(&over, written, ink.styles.dim)
        .text("read a second", ink.styles.dim)
}

/// As many lines of shards as fit into so many rows, the busiest first where not all do.
fn shard_lines<'a>(ink: &Ink<'_>, width: usize, shards: &[ShardRow], most: usize) -> Vec<Row<'a>> {
    let all: Vec<Vec<Row>> = shards
        .iter()
        .map(|row| shard_line(ink, width, row))
        .collect();
    let count: usize = all.iter().map(Vec::len).sum();
    if count <= most {
        return all.into_iter().flatten().collect();
    }
    let mut order: Vec<usize> = (0..shards.len()).collect();
    order.sort_by(|a, b| shards[*b].heat().total_cmp(&shards[*a].heat()));
    let mut lines = Vec::new();
    let mut shown = 0;
    for place in order {
        if lines.len() + all[place].len() + 1 > most {
            break;
        }
        lines.extend(all[place].iter().cloned());
        shown += 1;
    }
    lines.push(more(ink, shards.len() - shown, "shard"));
    lines
}

fn shard_line<'a>(ink: &Ink<'_>, width: usize, row: &ShardRow) -> Vec<Row<'a>> {
    let styles = &ink.styles;
    let (bars, both, with_words) = columns(width);
    let pressed = |usage: &Usage| match row.pressure {
        Pressure::Throttled { writes, .. } if writes > 0 && is_write(usage) => styles.wrong,
        Pressure::Throttled { reads, .. } if reads > 0 && !is_write(usage) => styles.wrong,
        _ if usage.share() >= 0.8 => styles.nearly,
        _ => styles.done,
    };
    let value = |line: Row<'a>, usage: &Usage, width| {
        let style = match usage.a_second > 0.0 {
            true => styles.base,
            false => styles.dim,
        };
        line.right(&of_limit(usage), width, style)
    };
    let part = |line: Row<'a>, reading: bool| {
        let nearest = row.nearest(reading);
        let (filled, rest) = bar(nearest.share(), bars);
        let line = line.text(filled, bar_style(pressed(nearest)));
        let line = line.text(rest, styles.faint).gap(1);
        let (first, second) = match reading {
            false => (&row.usages[0], &row.usages[1]),
            true => (&row.usages[2], &row.usages[3]),
        };
        let (wide, narrow) = if reading { (14, 17) } else { (22, 17) };
        match both {
            true => value(value(line, first, wide), second, narrow),
            false => value(line, nearest, wide),
        }
    };
    let line = part(shard::column(ink, &row.shard), false).gap(2);
    let line = part(line, true).gap(2);
    let (word, style) = word(ink, &row.pressure);
    let sentence = Row::new().text(pressure_words(&row.pressure), style);
    if with_words {
        return vec![line.join(sentence)];
    }
    let mut lines = vec![line.text(word, style)];
    if !matches!(row.pressure, Pressure::Quiet | Pressure::Room) {
        let mark = Row::new().gap(shard::COLUMN).text("└ ", styles.faint);
        lines.push(mark.join(sentence));
    }
    lines
}

fn is_write(usage: &Usage) -> bool {
    use crate::app::numbers::Measure::{BytesWritten, Records};
    matches!(usage.measure, Records | BytesWritten)
}

/// Bold blocks are drawn brighter by some terminals: a bar is not.
fn bar_style(style: Style) -> Style {
    style.remove_modifier(ratatui::style::Modifier::BOLD)
}

fn word(ink: &Ink<'_>, pressure: &Pressure) -> (&'static str, Style) {
    let styles = &ink.styles;
    match pressure {
        Pressure::Quiet => ("quiet", styles.dim),
        Pressure::Room => ("room", styles.done),
        Pressure::Bursts(_) => ("bursts", styles.nearly),
        Pressure::Near(_) => ("near", styles.nearly),
        Pressure::Throttled { .. } => ("throttled", styles.wrong),
    }
}

fn reader_lines<'a>(ink: &Ink<'_>, readers: &[ReaderRow<'_>], most: usize) -> Vec<Row<'a>> {
    let styles = &ink.styles;
    if readers.is_empty() {
        let words = match ink.model.feeds() {
            true => "Nobody reads here yet. c starts the consumer.",
            false => "The lab does not read here yet. c starts the consumer.",
        };
        return vec![Row::new().text(words, styles.dim)];
    }
    let head = Row::new()
        .left("reader", 12, styles.dim)
        .left("shard", shard::COLUMN, styles.dim)
        .right("behind", 8, styles.dim)
        .gap(2)
        .text("at its last calls", styles.dim);
    let shown = match readers.len() <= most {
        true => readers.len(),
        false => most.saturating_sub(1),
    };
    let mut lines = vec![head];
    lines.extend(readers[..shown].iter().map(|row| reader_line(ink, row)));
    if shown < readers.len() {
        lines.push(more(ink, readers.len() - shown, "reader"));
    }
    lines
}

fn reader_line<'a>(ink: &Ink<'_>, row: &ReaderRow<'_>) -> Row<'a> {
    let styles = &ink.styles;
    let style = match row.trend {
        Trend::KeepsUp => styles.done,
        Trend::CatchesUp | Trend::Behind => styles.nearly,
        Trend::FallsBehind => styles.wrong,
        Trend::Silent | Trend::NotTold => styles.dim,
    };
    let millis = &row.lag.millis;
    let behind = millis.back().map_or("-".to_owned(), |millis| {
        span(i64::try_from(*millis).unwrap_or(i64::MAX))
    });
    let full = millis.iter().copied().max().unwrap_or(0).max(FULL);
    let line: String = millis.iter().map(|lag| column(*lag, full)).collect();
    Row::new()
        .left(&row.name, 11, styles.strong)
        .gap(1)
        .join(shard::column(ink, &row.lag.shard))
        .right(&behind, 8, style)
        .gap(2)
        .left(&line, 24, bar_style(styles.accent))
        .gap(2)
        .text(row.trend.words(), style)
}

/// The widths of the delays' columns.
const DELAY: (usize, usize, usize) = (29, 18, 25);

/// How long events took: to arrive, to be shown, and in all.
fn delay_lines<'a>(ink: &Ink<'_>, width: usize) -> Vec<Row<'a>> {
    let styles = &ink.styles;
    let numbers = &ink.model.numbers;
    let newest = numbers.to_shown.len().max(numbers.in_all.len());
    if newest == 0 {
        let words = match numbers.left_out {
            0 => "Delays stand here once the consumer shows records. c starts it.",
            _ => "Delays stand here of records that arrive while the consumer reads.",
        };
        return vec![Row::new().text(words, styles.dim)];
    }
    let what = match newest {
        1 => "delay, 1 record".to_owned(),
        n => format!("delay, newest {} records", grouped(n as u64)),
    };
    let name = width.saturating_sub(DELAY.1 + DELAY.2).min(DELAY.0);
    let mut lines = vec![
        Row::new()
            .left(&what, name, styles.dim)
            .right("half within (p50)", DELAY.1, styles.dim)
            .right("99 of 100 within (p99)", DELAY.2, styles.dim),
    ];
    let line = |what: &str, delays: &Delays, style: Style| {
        let value = |of_hundred| delays.percentile(of_hundred).map_or("-".into(), span);
        Row::new()
            .left(what, name, style)
            .right(&value(50), DELAY.1, styles.strong)
            .right(&value(99), DELAY.2, styles.strong)
    };
    lines.push(line(
        "from event time to arrival",
        &numbers.to_arrival,
        styles.base,
    ));
    lines.push(line(
        "from arrival to shown",
        &numbers.to_shown,
        styles.base,
    ));
    lines.push(line(
        "from event time to shown",
        &numbers.in_all,
        styles.base,
    ));
    let ahead = |delays: &Delays| delays.percentile(0).is_some_and(|least| least < 0);
    let dated = numbers.in_all.len();
    let (words, style) = if dated == 0 {
        let words =
            "No event time found: a JSON field time or timestamp, as RFC 3339 or since 1970.";
        (words.to_owned(), styles.nearly)
    } else if ahead(&numbers.to_arrival) {
        let words =
            "Below zero: whoever timed the event has a clock that is ahead of the server's.";
        (words.to_owned(), styles.nearly)
    } else if dated < newest {
        let words = format!(
            "{} of them name an event time, which is not the arrival time.",
            grouped(dated as u64)
        );
        (words, styles.dim)
    } else {
        let words = "Event time is not arrival time: a stream sees nothing before arrival.";
        (words.to_owned(), styles.dim)
    };
    let wrapped = prose::wrapped(&words, width);
    lines.extend(wrapped.into_iter().map(|line| Row::new().text(line, style)));
    lines
}
