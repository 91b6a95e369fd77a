//! What a step shows beside lanes, each in few large lines: what was put, what was read, rates and lags, batch and stream.

use super::super::super::Ink;
use super::super::super::canvas::Canvas;
use super::super::super::count::grouped;
use super::super::super::fit::{CUT, Row, cells, cut};
use super::super::super::{prose, shard, when};
use super::super::facts::{self, Fact};
use super::super::pen::Pen;
use super::super::{line, live};
use crate::app::Model;
use crate::app::batch::{alarm_words, waits};
use crate::app::numbers::{of_limit, reader_rows, shard_rows};
use crate::app::stage::Stage;
use crate::lesson::scenes::{Deed, SceneStep, Show};

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
        Err((name, _)) if name == "no answer" => {
            Row::new().text("not known: no answer came", styles.nearly)
        }
        Err((name, _)) => Row::new().text(format!("refused: {}", cut(name, 30)), styles.wrong),
    };
    let stored = grouped(producer.written.iter().sum());
    // Without an answer nobody knows whether it is stored: what is known is what was acknowledged.
    let mut counted = match producer.unknown {
        0 => "stored".to_owned(),
        n => format!("acknowledged, {} unknown", grouped(n)),
    };
    if producer.refused > 0 {
        counted += &format!(", {} refused", grouped(producer.refused));
    }
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
            Row::new().text(counted, styles.base),
        ),
    ];
    let data = stage.last_data().unwrap_or_default();
    let lines = prose::wrapped(data, pen.columns());
    let lines = lines.into_iter().take(DATA);
    let lines = lines.map(|words| Row::new().text(words, styles.base));
    draw(ink, canvas, pen, &facts, &lines.collect::<Vec<_>>());
}

/// The rows that what proves a step takes at least: data and air may go before it.
pub(super) fn least(ink: &Ink<'_>, pen: Pen, stage: &Stage) -> usize {
    let (lab, rows) = (stage.lab(), pen.rows());
    match stage.show() {
        Show::Lanes => {
            let lane = if lab.consumer.readers.is_empty() {
                1
            } else {
                2
            };
            lab.lanes.iter().len().max(1) * (lane * rows + 1) - 1
        }
        Show::Producer if lab.producer.log.is_empty() => rows,
        Show::Producer => 3 * rows,
        Show::Consumer => {
            let records = lab.consumer.log.len().min(NEWEST);
            let facts = 1 + lab.consumer.readers.len() + usize::from(reader(stage) > 1);
            (facts + records) * rows + usize::from(records > 0)
        }
        Show::Batch => 2 * rows + 1 + batch_lines(ink, pen, stage.lab()).len() * rows,
        Show::Numbers => (shard_rows(lab).len() + reader_rows(lab).len()).max(1) * rows,
        Show::Lesson => 2 * rows,
    }
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
    // What proves the step has room first.
    let free = height.saturating_sub(facts.len() * pen.rows() + 1);
    let lines = &lines[..lines.len().min(free / pen.rows())];
    let taken = match lines.len() {
        0 => 0,
        n => n * pen.rows() + 1,
    };
    let room = height.saturating_sub(taken);
    let below = facts::draw(ink, &mut canvas.rows(0..room), facts, pen).min(room);
    for (place, line) in lines.iter().enumerate() {
        let row = below + usize::from(below < room) + place * pen.rows();
        if row + pen.rows() <= height {
            pen.draw(canvas, (0, row), line.clone());
        }
    }
}

/// Who reads, and the newest records as they were read.
pub(super) fn consumer(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen, stage: &Stage) {
    let lines = canvas.height().saturating_sub(1) / pen.rows();
    let readers = ink.model.consumer.readers.len().clamp(1, lines.max(2) - 1);
    let mut facts = live::consumed(ink, readers);
    // They stand below, whole.
    facts.pop();
    let reader = reader(stage);
    if reader > 1 {
        let words = format!("{reader}, instead of reader {}", reader - 1);
        let words = Row::new().text(words, ink.styles.strong);
        facts.insert(0, Fact::new("reader", words));
    }
    let records = newest(ink, pen, lines.saturating_sub(facts.len()));
    draw(ink, canvas, pen, &facts, &records);
}

/// Which of the scene's readers it is, counted from 1: each takes the place of the one before.
fn reader(stage: &Stage) -> usize {
    let reads = |step: &&SceneStep| matches!(step.deed, Some(Deed::Read(_)));
    stage.told().iter().filter(reads).count()
}

/// The newest records with their data, as many as have room in so many lines.
fn newest(ink: &Ink<'_>, pen: Pen, most: usize) -> Vec<Row<'static>> {
    // Several records are worth more than all the data of one.
    let data_lines = (most / NEWEST).clamp(1, DATA);
    let mut lines: Vec<Row> = Vec::new();
    for (_, shown) in ink.model.consumer.log.iter().rev().take(NEWEST) {
        let key = format!("[{}]", cut(&shown.record.key, KEY));
        let indent = cells(&key) + 1;
        let data = String::from_utf8_lossy(&shown.record.data);
        let mut data = prose::wrapped(&data, pen.columns().saturating_sub(indent));
        if data.len() > data_lines {
            data.truncate(data_lines);
            if let Some(last) = data.last_mut() {
                let room = pen.columns().saturating_sub(indent);
                *last = cut(&format!("{last}{CUT}"), room).into_owned();
            }
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
    draw(ink, canvas, pen, &facts, &batch_lines(ink, pen, ink.model));
}

/// What the batch waits for, and the newest alarm both ways.
fn batch_lines(ink: &Ink<'_>, pen: Pen, lab: &Model) -> Vec<Row<'static>> {
    let batch = &lab.batch;
    let mut lines = vec![waits(batch, lab.zone)];
    if let Some(alarm) = batch.reckoning.alarms().next() {
        let told = alarm_words(lab, alarm);
        lines.push(told.what);
        lines.push(format!("stream: {}", told.stream));
        lines.push(format!("batch: {}", told.batch));
    }
    let wrapped = |words: &String| prose::wrapped(words, pen.columns());
    let lines = lines.iter().flat_map(wrapped);
    let lines = lines.map(|words| Row::new().text(words, ink.styles.strong));
    lines.collect()
}
