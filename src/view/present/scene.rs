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
use super::pen::Pen;
use super::{lanes, text, title};
use crate::app::action::Action;
use crate::app::quiz::option_letter;
use crate::app::stage::{Cue, Predicted, Stage, StepState};
use crate::app::{Pane, keymap};
use crate::lesson::scenes::Show;

/// How many rows a reason may take, e.g. of a failure.
const REASON: usize = 3;

/// Draws the scene that is shown.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let Some(stage) = ink.model.shown_scene() else {
        return;
    };
    let width = pen.columns();
    let top = title(ink, canvas, pen, &stage.scene().title, &place(stage));
    let next = next(ink, stage, width);
    let bottom = canvas.height().saturating_sub(next.len() * pen.rows());
    put(canvas, pen, bottom, &next);
    let (said, asked) = prose_for(ink, pen, stage, bottom.saturating_sub(top));
    let top = top + put(canvas, pen, top, &said) + usize::from(!said.is_empty());
    // The question stands below what is shown, and above what comes next, with a row of air at least.
    let rows = asked.len() * pen.rows();
    let taken = top + rows + 1 + usize::from(rows > 0);
    let room = bottom.saturating_sub(taken);
    let shown = match rows {
        0 => room,
        _ => room.min(most_rows(stage, pen)),
    };
    let mut at = top;
    if shown >= 2 * pen.rows() {
        show(ink, &mut canvas.rows(top..top + shown), pen, stage);
        at += shown + 1;
    }
    let above = bottom.saturating_sub(1);
    put(&mut canvas.rows(0..above), pen, at, &asked);
}

/// What is said, and the question, in a room of so many rows: as many of these words as leave room for what proves them.
fn prose_for(
    ink: &Ink<'_>,
    pen: Pen,
    stage: &Stage,
    room: usize,
) -> (Vec<Row<'static>>, Vec<Row<'static>>) {
    let said = said(ink, stage, pen.columns());
    let Some(predicted) = stage.predicted() else {
        return (said, Vec::new());
    };
    let whole = question(ink, pen, &predicted);
    let mut forms = vec![(said, whole.clone()), (Vec::new(), whole)];
    if let Some(right) = predicted.prediction.answer().filter(|_| predicted.revealed) {
        let option = option_row(ink, pen, &predicted, right);
        let why = wrapped(&predicted.prediction.why, ink.styles.base, pen.columns());
        let answer = [option.clone(), why].concat();
        forms.extend([(Vec::new(), answer), (Vec::new(), option)]);
    }
    let least = shows::least(ink, pen, stage);
    let rows = |words: &[Row<'_>], air: usize| match words.len() {
        0 => 0,
        n => n * pen.rows() + air,
    };
    let fits = |(said, asked): &(Vec<Row<'static>>, Vec<Row<'static>>)| {
        rows(said, 1) + rows(asked, 2) + least <= room
    };
    // A question that is open is more than what is shown: it stays whole.
    let form = forms.iter().position(fits).unwrap_or(forms.len() - 1);
    forms.swap_remove(form)
}

/// How many rows what is shown takes at most, where a question stands below it.
fn most_rows(stage: &Stage, pen: Pen) -> usize {
    match stage.show() {
        Show::Lanes => stage.lab().lanes.iter().len().max(1) * (2 * pen.rows() + 2),
        _ => 12 * pen.rows(),
    }
}

/// Draws lines. Gives the rows that they take.
fn put(canvas: &mut Canvas<'_>, pen: Pen, from: usize, lines: &[Row<'static>]) -> usize {
    for (place, line) in lines.iter().enumerate() {
        pen.draw(canvas, (0, from + place * pen.rows()), line.clone());
    }
    lines.len() * pen.rows()
}

/// How far the scene is.
fn place(stage: &Stage) -> String {
    match (stage.begun(), stage.scene().steps.len()) {
        (0, 1) => "1 step".to_owned(),
        (0, n) => format!("{n} steps"),
        (step, n) => format!("step {step} of {n}"),
    }
}

/// What the step says; one that says and asks nothing leaves standing what was said before.
fn said(ink: &Ink<'_>, stage: &Stage, width: usize) -> Vec<Row<'static>> {
    let speaks =
        |step: &&crate::lesson::scenes::SceneStep| step.say.is_some() || step.predict.is_some();
    let step = stage.told().iter().rev().find(speaks);
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
fn question(ink: &Ink<'_>, pen: Pen, predicted: &Predicted<'_>) -> Vec<Row<'static>> {
    let prediction = predicted.prediction;
    let mut rows = wrapped(&prediction.ask, ink.styles.strong, pen.columns());
    let options = 0..prediction.options.len();
    rows.extend(options.flat_map(|place| option_row(ink, pen, predicted, place)));
    if predicted.revealed {
        rows.extend(wrapped(&prediction.why, ink.styles.base, pen.columns()));
    }
    rows
}

/// An option in as many lines as it takes.
fn option_row(
    ink: &Ink<'_>,
    pen: Pen,
    predicted: &Predicted<'_>,
    place: usize,
) -> Vec<Row<'static>> {
    let styles = &ink.styles;
    // Large letters bring air of their own, and a mark in them is as wide as two spaces.
    let (no_mark, apart, behind, indent) = match pen.rows() {
        1 => (" ", 2, 3, 7),
        _ => ("  ", 1, 1, 4),
    };
    let prediction = predicted.prediction;
    let option = prediction.options.get(place).map_or("", String::as_str);
    let letter = option_letter(place).to_ascii_uppercase();
    let (mark, style, words) = match predicted.revealed && prediction.answer() == Some(place) {
        true => ("✓", styles.done, format!("{option}: right")),
        false => (no_mark, styles.base, option.to_owned()),
    };
    let lines = prose::wrapped(&words, pen.columns().saturating_sub(indent));
    let row = |(number, words): (usize, String)| {
        let row = match number {
            0 => Row::new()
                .text(mark, style)
                .gap(apart)
                .text(letter.to_string(), styles.strong)
                .gap(behind),
            _ => Row::new().gap(indent),
        };
        row.text(words, style)
    };
    lines.into_iter().enumerate().map(row).collect()
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
    if stage.state() == StepState::Running {
        // Space does nothing before it is over.
        return rows;
    }
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
fn show(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen, stage: &Stage) {
    let on_stage = &Ink {
        model: stage.lab(),
        ..*ink
    };
    match stage.show() {
        Show::Lanes => {
            let first = ink.model.present.as_ref().map_or(0, |it| it.first_lane);
            lanes::rows(on_stage, canvas, pen, first);
        }
        Show::Producer => shows::producer(on_stage, canvas, pen, stage),
        Show::Consumer => shows::consumer(on_stage, canvas, pen, stage),
        Show::Numbers => shows::numbers(on_stage, canvas, pen),
        Show::Batch => shows::batch(on_stage, canvas, pen),
        Show::Lesson => text::slide_alone(ink, canvas, pen),
    }
}
