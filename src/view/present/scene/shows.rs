//! What a step shows beside lanes, each in few large lines: what was put, what was read, rates and lags, batch and stream.

use super::super::super::Ink;
use super::super::super::canvas::Canvas;
use super::super::super::count::grouped;
use super::super::super::fit::{CUT, Row, cells, cut};
use super::super::super::{prose, shard, when};
use super::super::facts::{self, Fact};
use super::super::pen::Pen;
use super::super::{line, live};
use crate::app::batch::{alarm_words, waits};
use crate::app::numbers::{of_limit, reader_rows, shard_rows};
use crate::app::stage::Stage;
use crate::lesson::scenes::Deed;

/// How many lines data may take.
const DATA: usize = 3;

/// How many of the newest records are shown with their data, and how much of a key.
const NEWEST: usize = 3;
const KEY: usize = 14;

/// The last record that was put and its data, and how many were.
pub(super) fn producer(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen, stage: &Stage) {
    let styles = &ink.styles;
    let producer = &ink.model.producer;
    let Some((_, last)) = producer.log.iter().next_back() else {
        let words = line("Nothing is put yet.", styles.base, pen.columns());
        return pen.draw(canvas, (0, 0), words);
    };
    let key = last.key.as_deref().unwrap_or("");
    let went = match &last.result {
        Ok((id, _)) => Row::new().text(format!("shard {}", id.short()), shard::words(ink, id)),
        Err((name, _)) => Row::new().text(format!("refused: {}", cut(name, 30)), styles.wrong),
    };
    let stored = grouped(producer.written.iter().sum());
    let refused = match producer.refused {
        0 => "stored".to_owned(),
        n => format!("stored, {} refused", grouped(n)),
    };
    let facts = [
        Fact::new(
            "key",
            Row::new().text(cut(key, 40).into_owned(), styles.accent),
        ),
        Fact::new("went to", went),
        Fact::counted(
            ink,
            "records",
            stored,
            Row::new().text(refused, styles.base),
        ),
    ];
    let begun = stage.scene().steps.get(..stage.begun()).unwrap_or_default();
    let data = begun.iter().rev().find_map(|step| match &step.deed {
        Some(Deed::Put(put)) => put.data.as_ref().map(|data| data.replace("{key}", key)),
        _ => None,
    });
    let lines = data.map_or(Vec::new(), |data| prose::wrapped(&data, pen.columns()));
    let lines = lines.into_iter().take(DATA);
    let lines = lines.map(|words| Row::new().text(words, styles.base));
    draw(ink, canvas, pen, &facts, &lines.collect::<Vec<_>>());
}

/// Draws facts, and below them as many lines as have room.
fn draw(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    pen: Pen,
    facts: &[Fact<'_>],
    lines: &[Row<'static>],
) {
    let height = canvas.height();
    let taken = (lines.len() * pen.rows() + 1).min(height);
    let room = if lines.is_empty() {
        height
    } else {
        height - taken
    };
    let room = room.max(pen.rows()).min(height);
    let below = facts::draw(ink, &mut canvas.rows(0..room), facts, pen).min(room);
    for (place, line) in lines.iter().enumerate() {
        let row = below + usize::from(below < room) + place * pen.rows();
        if row + pen.rows() <= height {
            pen.draw(canvas, (0, row), line.clone());
        }
    }
}

/// Who reads, and the newest records as they were read.
pub(super) fn consumer(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let lines = canvas.height() / pen.rows();
    let records = newest(ink, pen, lines.saturating_sub(4));
    let mut facts = live::consumed(ink, lines.saturating_sub(records.len() + 2));
    // They stand below, whole.
    facts.pop();
    draw(ink, canvas, pen, &facts, &records);
}

/// The newest records with their data, as many as have room in so many lines.
fn newest(ink: &Ink<'_>, pen: Pen, most: usize) -> Vec<Row<'static>> {
    let mut lines: Vec<Row> = Vec::new();
    for (_, shown) in ink.model.consumer.log.iter().rev().take(NEWEST) {
        let key = format!("[{}]", cut(&shown.record.key, KEY));
        let indent = cells(&key) + 1;
        let data = String::from_utf8_lossy(&shown.record.data);
        let mut data = prose::wrapped(&data, pen.columns().saturating_sub(indent));
        if data.len() > DATA {
            data.truncate(DATA);
            data.push(CUT.to_owned());
        }
        if lines.len() + data.len() > most {
            break;
        }
        let mut record: Vec<Row> = Vec::new();
        for (place, words) in data.into_iter().enumerate() {
            let row = match place {
                0 => Row::new().text(key.clone(), shard::words(ink, &shown.shard)),
                _ => Row::new(),
            };
            record.push(row.to(indent).text(words, ink.styles.base));
        }
        record.append(&mut lines);
        lines = record;
    }
    lines
}

/// Rates beside their limits, a line a shard, and how far readers are behind.
pub(super) fn numbers(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let styles = &ink.styles;
    let mut facts = Vec::new();
    for row in shard_rows(ink.model) {
        let words = of_limit(row.nearest(false));
        let name = format!("shard {}", row.shard.short());
        facts.push(Fact::new(
            &name,
            Row::new().text(format!("{words} a second"), styles.base),
        ));
    }
    for row in reader_rows(ink.model) {
        let behind = row.lag.millis.back().copied().unwrap_or(0);
        let words = format!("{} behind, {}", when::duration(behind), row.trend.words());
        facts.push(Fact::new(&row.name, Row::new().text(words, styles.base)));
    }
    if facts.is_empty() {
        let words = line("There is no stream yet.", styles.base, pen.columns());
        return pen.draw(canvas, (0, 0), words);
    }
    draw(ink, canvas, pen, &facts, &[]);
}

/// The same events as the stream counts them and as a batch has answered them; the newest alarm both ways.
pub(super) fn batch(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let styles = &ink.styles;
    let batch = &ink.model.batch;
    let total = &batch.reckoning.total;
    let words = |words: &str| Row::new().text(words.to_owned(), styles.base);
    let facts = [
        Fact::counted(
            ink,
            "stream",
            grouped(total.all),
            words("counted, each as it came"),
        ),
        Fact::counted(
            ink,
            "batch",
            grouped(total.answered(batch.interval)),
            words("counted, at its close"),
        ),
    ];
    let mut lines = vec![waits(batch, ink.model.zone)];
    if let Some(alarm) = batch.reckoning.alarms().next() {
        let told = alarm_words(ink.model, alarm);
        lines.push(told.what);
        lines.push(format!("stream: {}", told.stream));
        lines.push(format!("batch: {}", told.batch));
    }
    let wrapped = |words: &String| prose::wrapped(words, pen.columns());
    let lines = lines.iter().flat_map(wrapped);
    let lines = lines.map(|words| Row::new().text(words, styles.strong));
    draw(ink, canvas, pen, &facts, &lines.collect::<Vec<_>>());
}
