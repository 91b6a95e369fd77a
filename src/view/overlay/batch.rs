//! Batch against stream: the keys' events as the stream counts them and as the batch has answered them, and an alarm of
//! the fraud check with when each way finds it.
//!
//! ```text
//! ┏━ Batch against stream · my-first-stream ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! ┃ a batch every   10 s    1 min    15 min   [1 h]   24 h                 ┃
//! ┃ key            stream: as each arrives     batch: once its time is up  ┃
//! ┃ alice          ████████████████      21   ███████████·····      14     ┃
//! ┃ all                                  42                         28     ┃
//! ┃                                                                        ┃
//! ┃ alice: 4 events within 2.1 s, the last at 14:21:50                     ┃
//! ┃   stream  found 12 ms after its arrival                                ┃
//! ┃   batch   not before 15:00:00, in 38 min: 12 more passed so far        ┃
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ← → interval   Esc closes ━━━━┛
//! ```

use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};

use super::super::count::grouped;
use super::super::fit::{Row, cut};
use super::super::spark::bar;
use super::super::{Ink, keys, prose};
use super::{dialog, room};
use crate::app::batch::{Batch, INTERVALS, Tally, alarm_words, better, rule, source, waits};
use crate::app::numbers::span;

/// The widest that the box gets inside.
const WIDEST: usize = 96;

/// The most keys that are shown.
const KEYS: usize = 12;

/// The columns: the key, and each side's count.
const KEY: usize = 14;
const COUNT: usize = 8;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let (most_width, most_height) = room(ink);
    let width = most_width.min(WIDEST);
    let mut rows = rows(ink, width, most_height.saturating_sub(2));
    rows.truncate(most_height);
    let air = usize::from(rows.len() + 2 <= most_height);
    let mut title = Row::new().text("Batch against stream", styles.accent);
    if let Some(name) = ink.model.streams.name() {
        let name = cut(name, width.saturating_sub(40)).into_owned();
        title = title.text(" · ", styles.dim).text(name, styles.strong);
    }
    let foot = keys(ink, &[("← →", "interval"), ("Esc", "closes")]);
    let size = (width, rows.len() + 2 * air);
    let mut canvas = dialog(ink, buffer, title, foot, size);
    for (row, line) in rows.into_iter().enumerate() {
        canvas.draw(row + air, line);
    }
}

fn rows<'a>(ink: &Ink<'_>, width: usize, height: usize) -> Vec<Row<'a>> {
    let model = ink.model;
    let (styles, batch) = (&ink.styles, &model.batch);
    let wrapped = |text: &str, style: Style| -> Vec<Row<'a>> {
        let lines = prose::wrapped(text, width).into_iter();
        lines.map(|line| Row::new().text(line, style)).collect()
    };
    if model.streams.name().is_none() {
        return wrapped("There is no stream yet. D creates one.", styles.base);
    }
    let mut below = vec![Row::new()];
    below.extend(wrapped(&rule(), styles.base));
    below.extend(alarms(ink, width, height));
    below.push(Row::new());
    below.extend(wrapped(&better(batch), styles.dim));
    below.extend(wrapped(&source(model), styles.dim));
    let mut rows = vec![slider(ink)];
    // The sums, what an answer takes and what waits stand below the keys, and a head above them.
    let left = height.saturating_sub(rows.len() + below.len() + 4);
    rows.extend(table(ink, width, left.clamp(1, KEYS)));
    rows.extend(below);
    rows
}

/// The intervals, the chosen one marked.
fn slider<'a>(ink: &Ink<'_>) -> Row<'a> {
    let styles = &ink.styles;
    let row = Row::new().text("a batch every  ", styles.dim);
    INTERVALS.iter().enumerate().fold(row, |row, (place, it)| {
        let (_, name) = it;
        match place == ink.model.batch.interval {
            true => row.text(format!("[{name}]"), styles.accent).gap(2),
            false => row.gap(1).text(*name, styles.base).gap(3),
        }
    })
}

/// The keys with the most events, as the stream counts them and as the batch has answered them.
fn table<'a>(ink: &Ink<'_>, width: usize, most: usize) -> Vec<Row<'a>> {
    let styles = &ink.styles;
    let batch = &ink.model.batch;
    let bars = (width.saturating_sub(KEY + 1 + 2 * COUNT + 3) / 2).min(24);
    let half = bars + COUNT;
    let head = Row::new()
        .left("key", KEY + 1, styles.dim)
        .left("stream: as each arrives", half, styles.dim)
        .gap(3)
        .text("batch: at its close", styles.dim);
    let keys = batch.reckoning.keys();
    let others = &batch.reckoning.others;
    let fits = keys.len() <= most && others.all == 0;
    let shown = match fits {
        true => keys.len(),
        false => most.saturating_sub(1).min(keys.len()),
    };
    let full = keys.first().map_or(1, |(_, tally)| tally.all.max(1));
    let mut rows = vec![head];
    for (key, tally) in &keys[..shown] {
        rows.push(counts(ink, batch, key, tally, (bars, full)));
    }
    if !fits {
        let mut rest = others.clone();
        let interval = batch.interval;
        for (_, tally) in &keys[shown..] {
            rest.all += tally.all;
            rest.waiting[interval] += tally.waiting[interval];
        }
        let name = match others.all {
            0 => format!("{} more keys", grouped((keys.len() - shown) as u64)),
            _ => "all other keys".to_owned(),
        };
        rows.push(counts(ink, batch, &name, &rest, (bars, 0)));
    }
    rows.push(sums(ink, batch, half));
    let waits_words = waits(batch, ink.model.zone);
    let waits_style = match batch.waiting() {
        0 => styles.dim,
        _ => styles.nearly,
    };
    rows.push(match batch.reckoning.mean_waits(batch.interval) {
        None => Row::new().text(
            "No event yet. s sends one, S sends automatically.",
            styles.dim,
        ),
        Some((stream, later)) => Row::new()
            .left("answer after", KEY + 1, styles.dim)
            .right(&format!("{} on average", span(stream)), half, styles.done)
            .gap(3)
            .right(&format!("{} on average", span(later)), half, styles.nearly),
    });
    rows.push(Row::new().gap(KEY + 1).text(waits_words, waits_style));
    rows
}

fn counts<'a>(
    ink: &Ink<'_>,
    batch: &Batch,
    key: &str,
    tally: &Tally,
    (bars, full): (usize, u64),
) -> Row<'a> {
    let styles = &ink.styles;
    let plain = |style: Style| style.remove_modifier(Modifier::BOLD);
    let side = |row: Row<'a>, count: u64, style: Style| {
        // Many keys together have no bar beside those of one.
        if full == 0 {
            return row.gap(bars).right(&grouped(count), COUNT, styles.base);
        }
        let (filled, rest) = bar(count as f64 / full as f64, bars);
        row.text(filled, plain(style))
            .text(rest, styles.faint)
            .right(&grouped(count), COUNT, styles.base)
    };
    let row = Row::new().left(key, KEY, styles.strong).gap(1);
    let row = side(row, tally.all, styles.done).gap(3);
    side(row, tally.answered(batch.interval), styles.accent)
}

fn sums<'a>(ink: &Ink<'_>, batch: &Batch, half: usize) -> Row<'a> {
    let styles = &ink.styles;
    let total = &batch.reckoning.total;
    Row::new()
        .left("all events", KEY + 1, styles.dim)
        .right(&grouped(total.all), half, styles.strong)
        .gap(3)
        .right(
            &grouped(total.answered(batch.interval)),
            half,
            styles.strong,
        )
}

/// The newest alarms: one, and more of them where the screen is high.
fn alarms<'a>(ink: &Ink<'_>, width: usize, height: usize) -> Vec<Row<'a>> {
    let styles = &ink.styles;
    let batch = &ink.model.batch;
    let most = match height {
        ..30 => 1,
        30..45 => 3,
        _ => 5,
    };
    let mut rows = Vec::new();
    for alarm in batch.reckoning.alarms().take(most) {
        let words = alarm_words(ink.model, alarm);
        let batch_style = if words.found {
            styles.base
        } else {
            styles.nearly
        };
        rows.push(Row::new().text(cut(&words.what, width).into_owned(), styles.strong));
        let way = |name, words: String, style| {
            Row::new()
                .gap(2)
                .left(name, 8, styles.dim)
                .text(words, style)
        };
        rows.push(way("stream", words.stream, styles.done));
        rows.push(way("batch", words.batch, batch_style));
    }
    let hidden = batch.reckoning.raised() - rows.len() as u64 / 3;
    if rows.is_empty() {
        let words = "No alarm yet: send four events of one key quickly.";
        rows.push(Row::new().text(words, styles.dim));
    } else if hidden > 0 && height >= 24 {
        let words = format!("{} more alarms before", grouped(hidden));
        rows.push(Row::new().text(words, styles.dim));
    }
    rows
}
