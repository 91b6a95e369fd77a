//! The quiz pane: a question, its options with what the learner chose, and after answering what each was worth and why.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::fit::Row;
use super::lesson::text_line;
use super::{Ink, frames, prose};
use crate::app::Pane;
use crate::app::quiz::{self, Confidence, EXPLANATION_INDENT, OPTION_INDENT, State, option_letter};
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
        _ if quiz::what_is_due(ink.model).is_some() => {
            let due = ink.model.quiz.due.len();
            Row::new().text(format!("{due} of {questions} back again"), styles.nearly)
        }
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
                let end = match mark {
                    Some(_) => model.quiz.marks_at.max(OPTION_INDENT),
                    None => width,
                };
                text_line(ink, &mut canvas.columns(OPTION_INDENT..end), row, line, 0);
                if *first {
                    canvas.draw(row, letter(ink, question, *index));
                    if let Some(mark) = mark {
                        beside(ink, canvas, row, question, *index, mark);
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
            quiz::Row::Sure => canvas.draw(row, sure(ink)),
            quiz::Row::Verdict => canvas.draw(row, verdict(ink, question, &state)),
            quiz::Row::Back => canvas.draw(row, back(ink, question)),
            quiz::Row::Explanation { first, line } => {
                let mut text = canvas.columns(EXPLANATION_INDENT..width);
                text_line(ink, &mut text, row, line, 0);
                if *first {
                    canvas.draw(row, Row::new().text("Why", styles.accent));
                }
            }
            quiz::Row::See => canvas.draw(row, see(ink)),
        }
    }
}

/// What the choice of an option was worth, and why where that has room.
fn beside(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    row: usize,
    question: &Question,
    index: usize,
    mark: Mark,
) {
    let pane = &ink.model.quiz;
    canvas.draw_at(pane.marks_at, row, worth(ink, mark));
    let reason = question.options[index].reason.as_deref();
    if let (Some(column), Some(reason)) = (pane.reasons_at, reason) {
        canvas.draw_at(column, row, Row::new().text(reason, ink.styles.dim));
    }
}

/// How sure the learner says to be, if it was said; nobody must.
fn sure<'a>(ink: &Ink<'_>) -> Row<'a> {
    let styles = &ink.styles;
    let mut row = Row::new()
        .text(",", styles.key)
        .gap(1)
        .text(".", styles.key)
        .gap(OPTION_INDENT - 3)
        .text("Sure?", styles.dim)
        .gap(1);
    for (confidence, word) in [
        (Confidence::Guess, " guess "),
        (Confidence::Fairly, " fairly "),
        (Confidence::Certain, " certain "),
    ] {
        row = if ink.model.quiz.confidence == Some(confidence) {
            row.text(format!("[{}]", word.trim()), styles.strong)
        } else {
            row.text(word, styles.dim)
        };
    }
    row
}

/// That a question missed with confidence came back, or that it will.
fn back<'a>(ink: &Ink<'_>, question: &Question) -> Row<'a> {
    let styles = &ink.styles;
    if !quiz::due(ink.model, question) {
        return Row::new().text("Comes back at the next launch.", styles.nearly);
    }
    let confidence = quiz::record(ink.model, question).and_then(|record| record.confidence);
    let words = match confidence {
        Some(confidence) => format!("Back again: you were {}.", quiz::how_sure(confidence)),
        None => "Back again.".to_owned(),
    };
    Row::new().text(words, styles.nearly)
}

/// Where to look at it again, with the key that goes there.
fn see<'a>(ink: &Ink<'a>) -> Row<'a> {
    let styles = &ink.styles;
    let row = Row::new().text("o", styles.key).gap(2);
    match quiz::see_again(ink.model).and_then(|page| ink.model.lesson.lesson.pages.get(page)) {
        Some(page) => row
            .text("look at it again: ", styles.dim)
            .text(page.title.as_str(), styles.base),
        None => row.text("watch the stream live", styles.dim),
    }
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
        (State::Answered(Grade::Marked { right, .. }), _) => {
            let row = match right {
                true => Row::new().text("✓ Right.", styles.done),
                false => Row::new().text("✗ Not right.", styles.wrong),
            };
            row.join(circumstances(ink, question))
        }
        (State::Answered(Grade::Compare), _) => {
            Row::new().text("Compare your answer with this one.", styles.strong)
        }
    }
}

/// How sure the learner was at the very first try, and which try this was.
fn circumstances<'a>(ink: &Ink<'_>, question: &Question) -> Row<'a> {
    let styles = &ink.styles;
    let Some(record) = quiz::record(ink.model, question) else {
        return Row::new();
    };
    let row = match record.confidence {
        Some(confidence) => Row::new()
            .text("  You were ", styles.dim)
            .text(quiz::how_sure(confidence), styles.strong),
        None => Row::new(),
    };
    match record.tries.len() {
        0 | 1 => row.text("  first try", styles.dim),
        _ => row.text("  second try", styles.dim),
    }
}
