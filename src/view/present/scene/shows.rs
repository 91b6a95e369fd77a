//! What a step shows beside lanes, each in few large lines: what was put, what was read, rates and lags, batch and stream.

use super::super::super::Ink;
use super::super::super::canvas::Canvas;
use super::super::super::count::grouped;
use super::super::super::fit::{Row, cells, cut};
use super::super::super::{prose, shard, when};
use super::super::facts::{self, Fact};
use super::super::{line, live};
use crate::app::batch::{alarm_words, waits};
use crate::app::numbers::{of_limit, reader_rows, shard_rows};
use crate::app::present::{Parts, WIDEST};
use crate::app::stage::Stage;
use crate::lesson::scenes::Deed;

/// How many lines data may take.
const DATA: usize = 3;

/// How many of the newest records are shown whole.
const NEWEST: usize = 3;

/// The last record that was put and its data, and how many were.
pub(super) fn producer(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts, stage: &Stage) {
    let styles = &ink.styles;
    let producer = &ink.model.producer;
    let Some((_, last)) = producer.log.iter().next_back() else {
        return canvas.draw(0, line("Nothing is put yet.", styles.base, WIDEST));
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
        Fact::counted("records", stored, Row::new().text(refused, styles.base)),
    ];
    let begun = stage.scene().steps.get(..stage.begun()).unwrap_or_default();
    let data = begun.iter().rev().find_map(|step| match &step.deed {
        Some(Deed::Put(put)) => Some(
            put.data
                .as_deref()
                .unwrap_or_default()
                .replace("{key}", key),
        ),
        _ => None,
    });
    let data = data.filter(|data| !data.is_empty());
    let lines = data.map_or(Vec::new(), |data| prose::wrapped(&data, WIDEST));
    let lines = &lines[..lines.len().min(DATA)];
    let below = if lines.is_empty() { 0 } else { lines.len() + 1 };
    let room = canvas.height().saturating_sub(below);
    facts::draw(ink, &mut canvas.rows(0..room), &facts, parts);
    for (row, words) in lines.iter().enumerate() {
        let at = canvas.height() - lines.len() + row;
        canvas.draw(at, line(words, styles.base, WIDEST));
    }
}

/// Who reads, and the newest records as they were read.
pub(super) fn consumer(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts) {
    let height = canvas.height();
    let newest: Vec<_> = ink.model.consumer.log.iter().rev().take(NEWEST).collect();
    let mut facts = live::consumed(ink, height.saturating_sub(NEWEST + 2));
    // They stand below, whole.
    facts.pop();
    let below = if newest.is_empty() {
        0
    } else {
        newest.len() + 1
    };
    let room = height.saturating_sub(below);
    facts::draw(ink, &mut canvas.rows(0..room), &facts, parts);
    for (place, (_, shown)) in newest.into_iter().enumerate() {
        let key = format!("[{}]", cut(&shown.record.key, 14));
        let data = String::from_utf8_lossy(&shown.record.data);
        let rest = WIDEST.saturating_sub(cells(&key) + 1);
        let row = Row::new()
            .text(key, shard::words(ink, &shown.shard))
            .gap(1)
            .text(cut(&data, rest).into_owned(), ink.styles.base);
        canvas.draw(height - 1 - place, row);
    }
}

/// Rates beside their limits, a line a shard, and how far readers are behind.
pub(super) fn numbers(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts) {
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
        return canvas.draw(0, line("There is no stream yet.", styles.base, WIDEST));
    }
    facts::draw(ink, canvas, &facts, parts);
}

/// The same events as the stream counts them and as a batch has answered them; the newest alarm both ways.
pub(super) fn batch(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts) {
    let styles = &ink.styles;
    let batch = &ink.model.batch;
    let total = &batch.reckoning.total;
    let words = |words: &str| Row::new().text(words.to_owned(), styles.base);
    let facts = [
        Fact::counted(
            "stream",
            grouped(total.all),
            words("counted, each as it came"),
        ),
        Fact::counted(
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
    let lines: Vec<String> = lines
        .iter()
        .flat_map(|it| prose::wrapped(it, WIDEST))
        .collect();
    let room = canvas.height().saturating_sub(lines.len() + 1).max(2);
    facts::draw(ink, &mut canvas.rows(0..room), &facts, parts);
    for (row, words) in lines.iter().enumerate() {
        canvas.draw(room + row, line(words, styles.strong, WIDEST));
    }
}
