//! The quiz pane: a question, its options with what the learner chose, and after answering what each was worth and why.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::fit::Row;
use super::lesson::text_line;
use super::{Ink, frames, prose};
use crate::app::Pane;
use crate::app::quiz::{self, OPTION_INDENT, State, option_letter};
use crate::lesson::quiz::{Grade, Mark};
use crate::lesson::{Question, QuestionKind};

/// Draws the pane.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer, rect: Rect) -> Option<Position> {
    let styles = &ink.styles;
    let model = ink.model;
    let questions = model.lesson.lesson.questions.len();
    let small = rect.height < 4;
    let question = model.quiz.open(model);
    let (about, state) = match question {
        Some(question) if !small => {
            let words = format!("question {} of {questions}", model.quiz.question + 1);
            (question.title.as_str(), Row::new().text(words, styles.dim))
        }
        _ => ("", Row::new()),
    };
    let foot = if small || question.is_none() {
        Row::new()
    } else {
        foot(ink, rect)
    };
    let mut canvas = frames::pane(ink, buffer, rect, Pane::Quiz, about, state, foot);
    match question {
        None => none(ink, &mut canvas),
        Some(_) if small => summary(ink, &mut canvas, questions),
        Some(question) => rows(ink, &mut canvas, question),
    }
    None
}

fn none(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let words = "This lesson asks no questions.";
    for (row, line) in prose::wrapped(words, canvas.width())
        .into_iter()
        .enumerate()
    {
        canvas.draw(row, Row::new().text(line, ink.styles.dim));
    }
}

/// The quiz in one line, while it is not due.
fn summary(ink: &Ink<'_>, canvas: &mut Canvas<'_>, questions: usize) {
    let styles = &ink.styles;
    let answered = quiz::answered(ink.model);
    let row = match answered {
        0 => Row::new().text(format!("{questions} questions wait"), styles.base),
        n => {
            let (right, _) = quiz::score(ink.model);
            let words = format!("{n} of {questions} answered, {right} right at first");
            Row::new().text(words, styles.base)
        }
    };
    let row = row
        .text(" · ", styles.dim)
        .text("4", styles.key)
        .text(" opens them", styles.dim);
    canvas.draw(0, row);
}

/// That there is more below, and the score.
fn foot<'a>(ink: &Ink<'_>, rect: Rect) -> Row<'a> {
    let styles = &ink.styles;
    let pane = &ink.model.quiz;
    let answered = quiz::answered(ink.model);
    let (right, of) = quiz::score(ink.model);
    let shown = pane.scroll + usize::from(rect.height.saturating_sub(2));
    let row = match pane.rows.len() > shown {
        true => Row::new()
            .text("↓", styles.key)
            .text(" more · ", styles.dim),
        false => Row::new(),
    };
    let words = format!("{answered} answered · {right} of {of} right at first");
    row.text(words, styles.dim)
}

fn rows(ink: &Ink<'_>, canvas: &mut Canvas<'_>, question: &Question) {
    let styles = &ink.styles;
    let model = ink.model;
    let state = quiz::state(model, question);
    let open = !matches!(state, State::Answered(_));
    let visible = model
        .quiz
        .rows
        .iter()
        .skip(model.quiz.scroll)
        .take(canvas.height());
    let width = canvas.width();
    for (row, it) in visible.enumerate() {
        match it {
            quiz::Row::Text(line) => text_line(ink, canvas, row, line, 0),
            quiz::Row::Option { index, first, line } => {
                let mark = quiz::mark(model, question, *index);
                let end = if mark.is_some() {
                    width.saturating_sub(quiz::MARK_WIDTH)
                } else {
                    width
                };
                text_line(ink, &mut canvas.columns(OPTION_INDENT..end), row, line, 0);
                if *first {
                    canvas.draw(row, letter(ink, question, *index));
                    if let Some(mark) = mark {
                        canvas.draw_at(mark_column(model, width), row, worth(ink, mark));
                    }
                }
                if open && *index == model.quiz.cursor && ink.model.focus == Pane::Quiz {
                    canvas.lay_wide(row, styles.selection);
                }
            }
            quiz::Row::Reason { line, .. } => {
                text_line(ink, &mut canvas.columns(OPTION_INDENT..width), row, line, 0);
                canvas.lay(row, OPTION_INDENT..width, styles.dim);
            }
            quiz::Row::Verdict => canvas.draw(row, verdict(ink, question, &state)),
            quiz::Row::Why => canvas.draw(row, Row::new().text("Why", styles.accent)),
        }
    }
}

/// Marks stand in a column of their own, as near to the options as the longest of them allows.
fn mark_column(model: &crate::app::Model, width: usize) -> usize {
    let widest = model.quiz.rows.iter().map(|row| match row {
        quiz::Row::Option { line, .. } if line.code.is_none() => super::fit::cells(&line.text()),
        quiz::Row::Option { .. } => width,
        _ => 0,
    });
    let beside = OPTION_INDENT + widest.max().unwrap_or(0) + 3;
    beside.min(width.saturating_sub(quiz::MARK_WIDTH - 2))
}

fn letter<'a>(ink: &Ink<'_>, question: &Question, index: usize) -> Row<'a> {
    let styles = &ink.styles;
    let chosen = quiz::chosen(ink.model, question).contains(&index);
    let (open, close) = match question.kind {
        QuestionKind::Multiple => ("[", "]"),
        _ => ("(", ")"),
    };
    let (mark, style) = if chosen {
        ("x", styles.strong)
    } else {
        (" ", styles.dim)
    };
    Row::new()
        .text(option_letter(index).to_string(), styles.key)
        .gap(1)
        .text(format!("{open}{mark}{close}"), style)
}

/// What the choice of an option was worth, in a word.
fn worth<'a>(ink: &Ink<'_>, mark: Mark) -> Row<'a> {
    let styles = &ink.styles;
    match mark {
        Mark::RightlyChosen => Row::new().text("✓ right", styles.done),
        Mark::WronglyChosen => Row::new().text("✗ your choice", styles.wrong),
        Mark::Missed => Row::new().text("! missed", styles.nearly),
        Mark::RightlyLeft => Row::new().text("✓ right to leave", styles.dim),
    }
}

/// Where the question stands, in a sentence.
fn verdict<'a>(ink: &Ink<'_>, question: &Question, state: &State) -> Row<'a> {
    let styles = &ink.styles;
    let submit = |row: Row<'a>| row.text("Enter", styles.key).text(" submits", styles.dim);
    match (state, question.kind) {
        (State::Open, QuestionKind::Multiple) => {
            submit(Row::new().text("Choose all that apply.  ", styles.dim))
        }
        (State::Open, QuestionKind::Open) => Row::new()
            .text("Think of your answer first.  ", styles.dim)
            .text("Enter", styles.key)
            .text(" shows one to compare", styles.dim),
        (State::Open, _) => submit(Row::new().text("Choose one.  ", styles.dim)),
        (State::OneMore, _) => submit(Row::new().text("! Not yet: one more try.  ", styles.nearly)),
        (State::Answered(Grade::Marked { right: true, .. }), _) => {
            Row::new().text("✓ Right.", styles.done)
        }
        (State::Answered(Grade::Marked { right: false, .. }), _) => {
            Row::new().text("✗ Not right: see what each was worth.", styles.wrong)
        }
        (State::Answered(Grade::Compare), _) => {
            Row::new().text("Compare your answer with this one.", styles.strong)
        }
    }
}
