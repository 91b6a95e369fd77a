//! A scene: what the step says, what it shows, the question to the room, and what Space will do before it does it.
//!
//! ```text
//! Same key, same shard                                 3 of 8
//! Three events are coming.
//!
//! S H A R D  0   [alice] [alice]
//!
//! In which shard is erin?
//!    A   shard 0
//!    B   shard 1
//!
//! Space  reveals the answer
//! ```

mod shows;

use ratatui::style::Style;

use super::super::canvas::Canvas;
use super::super::fit::{Row, cells};
use super::super::{Ink, prose};
use super::{lanes, line, text};
use crate::app::action::Action;
use crate::app::present::{Parts, WIDEST};
use crate::app::quiz::option_letter;
use crate::app::stage::{Cue, Predicted, Stage, StepState};
use crate::app::{Pane, keymap};
use crate::lesson::scenes::Show;

/// What stands before an option: its mark and its letter.
const OPTION: usize = 7;

/// How many rows a reason may take, e.g. of a failure.
const REASON: usize = 3;

/// Draws the scene that is shown.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts) {
    let Some(stage) = ink.model.shown_scene() else {
        return;
    };
    let width = canvas.width().min(WIDEST);
    let apart = if parts.large { 2 } else { 1 };
    title(ink, canvas, stage, width);
    let said = said(ink, stage, width);
    let asked = match stage.predicted() {
        Some(predicted) => question(ink, &predicted, width),
        None => Vec::new(),
    };
    let next = next(ink, stage, width);
    let height = canvas.height();
    let bottom = height.saturating_sub(next.len());
    put(canvas, bottom, &next, 1);
    let top = 1 + apart;
    let top = top + put(canvas, top, &said, apart);
    // The question stands above what comes next, with a row of air.
    let rows = match asked.len() {
        0 => 0,
        n => n * apart,
    };
    let question_at = bottom.saturating_sub(rows + 1).max(top);
    put(
        &mut canvas.rows(0..bottom.saturating_sub(1)),
        question_at,
        &asked,
        apart,
    );
    let room = question_at.saturating_sub(usize::from(rows > 0));
    let middle = top + usize::from(!said.is_empty())..room;
    if middle.len() >= 2 {
        show(ink, &mut canvas.rows(middle), parts, stage);
    }
}

/// Draws lines so far apart. Gives the rows that they take.
fn put(canvas: &mut Canvas<'_>, from: usize, lines: &[Row<'static>], apart: usize) -> usize {
    for (place, line) in lines.iter().enumerate() {
        canvas.draw(from + place * apart, line.clone());
    }
    lines.len() * apart
}

fn title(ink: &Ink<'_>, canvas: &mut Canvas<'_>, stage: &Stage, width: usize) {
    let styles = &ink.styles;
    let steps = stage.scene().steps.len();
    let place = match (stage.begun(), steps) {
        (0, 1) => "1 step".to_owned(),
        (0, n) => format!("{n} steps"),
        (step, n) => format!("step {step} of {n}"),
    };
    let place = Row::new().text(place, styles.strong);
    let room = width.saturating_sub(place.width() + 2);
    canvas.draw(0, line(&stage.scene().title, styles.accent, room));
    canvas.columns(0..width).draw_right(0, place);
}

/// What the step says; one that says and asks nothing leaves standing what was said before.
fn said(ink: &Ink<'_>, stage: &Stage, width: usize) -> Vec<Row<'static>> {
    let begun = stage.scene().steps.get(..stage.begun()).unwrap_or_default();
    let speaks =
        |step: &&crate::lesson::scenes::SceneStep| step.say.is_some() || step.predict.is_some();
    let step = begun.iter().rev().find(speaks);
    let words = step
        .and_then(|step| step.say.as_deref())
        .unwrap_or_default();
    wrapped(words, ink.styles.strong, width)
}

/// Words in lines; those that the author parted stay apart.
fn wrapped(words: &str, style: Style, width: usize) -> Vec<Row<'static>> {
    let lines = words.lines().flat_map(|line| prose::wrapped(line, width));
    lines.map(|line| Row::new().text(line, style)).collect()
}

/// The question with its options; once it is revealed, which is right and why.
fn question(ink: &Ink<'_>, predicted: &Predicted<'_>, width: usize) -> Vec<Row<'static>> {
    let styles = &ink.styles;
    let prediction = predicted.prediction;
    let mut rows = wrapped(&prediction.ask, styles.strong, width);
    for (place, option) in prediction.options.iter().enumerate() {
        let right = predicted.revealed && prediction.answer() == Some(place);
        let letter = option_letter(place).to_ascii_uppercase();
        let (mark, style) = match right {
            true => ("✓", styles.done),
            false => (" ", styles.base),
        };
        let option = match right {
            true => format!("{option}: right"),
            false => option.clone(),
        };
        let lines = prose::wrapped(&option, width.saturating_sub(OPTION));
        for (number, words) in lines.into_iter().enumerate() {
            let head = match number {
                0 => Row::new()
                    .text(format!("{mark}  "), style)
                    .text(letter.to_string(), styles.strong),
                _ => Row::new(),
            };
            rows.push(head.to(OPTION).text(words, style));
        }
    }
    if predicted.revealed {
        rows.extend(wrapped(&prediction.why, styles.base, width));
    }
    rows
}

/// How the step stands where that is to be said, and what Space will do.
fn next(ink: &Ink<'_>, stage: &Stage, width: usize) -> Vec<Row<'static>> {
    let styles = &ink.styles;
    let reason = |mark: &str, words: &str, style: Style| {
        let lines = prose::wrapped(words, width.saturating_sub(2));
        let mark = mark.to_owned();
        let line = move |(place, words): (usize, String)| {
            let row = Row::new().text(if place == 0 { mark.clone() } else { " ".into() }, style);
            row.gap(1).text(words, styles.strong)
        };
        lines
            .into_iter()
            .take(REASON)
            .enumerate()
            .map(line)
            .collect::<Vec<_>>()
    };
    let mut rows = match stage.state() {
        StepState::Running if stage.begun() == 0 => {
            reason(" ", "The stage is being made.", styles.base)
        }
        StepState::Running => reason(" ", "This step is being done.", styles.base),
        StepState::Failed(why) => reason("✗", &why, styles.wrong),
        StepState::Skipped(why) => reason("!", &why, styles.nearly),
        StepState::Ready | StepState::Done => Vec::new(),
    };
    let about = stage.about();
    let over = stage.begun() >= stage.scene().steps.len();
    let key = keymap::key_of(Action::Scene(Cue::Next), Pane::Lesson);
    let indent = if over { 0 } else { cells(&key) + 2 };
    let lines = prose::wrapped(&about, width.saturating_sub(indent));
    for (place, words) in lines.into_iter().take(2).enumerate() {
        let row = match (place, over) {
            (0, false) => Row::new().text(key.clone(), styles.key),
            _ => Row::new(),
        };
        rows.push(row.to(indent).text(words, styles.strong));
    }
    rows
}

/// What the step shows of the stage, or of the lesson.
fn show(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts, stage: &Stage) {
    let on_stage = &Ink {
        model: stage.lab(),
        styles: ink.styles,
    };
    match stage.show() {
        Show::Lanes => {
            let first = ink.model.present.as_ref().map_or(0, |it| it.first_lane);
            lanes::rows(on_stage, canvas, parts, first);
        }
        Show::Producer => shows::producer(on_stage, canvas, parts, stage),
        Show::Consumer => shows::consumer(on_stage, canvas, parts),
        Show::Numbers => shows::numbers(on_stage, canvas, parts),
        Show::Batch => shows::batch(on_stage, canvas, parts),
        Show::Lesson => text::slide_alone(ink, canvas),
    }
}
