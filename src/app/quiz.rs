//! The quiz pane: the checkpoint's questions, two tries each, and the explanation that comes by itself.

mod again;
mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::model::{Model, Status, Tone};
use crate::lesson::quiz::{Grade, Mark, grade};
use crate::lesson::{Highlights, Lesson, Question, QuestionKind};
use crate::progress::AnswerRecord;

pub use crate::progress::Confidence;
pub(super) use again::{ask_again, see, surer};
pub use again::{asks_how_sure, comes_back, due, how_sure, see_again, what_is_due};
use rows::lay_out;
pub use rows::{EXPLANATION_INDENT, OPTION_INDENT, Row};

/// What is said where a question would be.
const NO_QUESTIONS: &str = "This lesson asks no questions. n goes on in the lesson.";

/// How many tries a question has before its answer is shown.
const TRIES: usize = 2;

/// The pane.
#[derive(Debug, Clone, Default)]
pub struct Quiz {
    /// The open question, an index into the lesson's questions.
    pub question: usize,
    /// The option under the cursor.
    pub cursor: usize,
    /// What is chosen and not yet submitted.
    pub chosen: BTreeSet<usize>,
    /// How sure the learner says to be, before the first try is submitted.
    pub confidence: Option<Confidence>,
    /// Keys of the questions that came back at this launch and were not yet asked again.
    pub due: BTreeSet<String>,
    /// Rows scrolled down.
    pub scroll: usize,
    /// The open question as rows at the pane's width.
    pub rows: Vec<Row>,
    /// The column of the words that say what an option's choice was worth.
    pub marks_at: usize,
    /// The column of the reasons, where all of them have room beside those words.
    pub reasons_at: Option<usize>,
    highlights: Highlights,
    width: u16,
    height: u16,
}

/// The state of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Not answered in this round.
    Open,
    /// The first try was not right; there is one more.
    OneMore,
    /// Answered: what it was worth.
    Answered(Grade),
}

impl Quiz {
    /// The open question.
    pub fn open<'m>(&self, model: &'m Model) -> Option<&'m Question> {
        model.lesson.lesson.questions.get(self.question)
    }

    /// The first question without an answer.
    pub fn first_unanswered(&self, model: &Model) -> Option<usize> {
        model
            .lesson
            .lesson
            .questions
            .iter()
            .position(|question| !matches!(state(model, question), State::Answered(_)))
    }

    fn most_scroll(&self) -> usize {
        self.rows.len().saturating_sub(usize::from(self.height))
    }
}

/// The state of a question, from what was recorded.
pub fn state(model: &Model, question: &Question) -> State {
    let Some(last) = record(model, question).and_then(|record| record.tries.last()) else {
        return State::Open;
    };
    let tries = record(model, question).map_or(0, |record| record.tries.len());
    match grade(question, last) {
        Grade::Marked { right: false, .. } if tries < TRIES => State::OneMore,
        grade => State::Answered(grade),
    }
}

/// First tries that were right, and questions that can be graded.
pub fn score(model: &Model) -> (usize, usize) {
    let graded = model
        .lesson
        .lesson
        .questions
        .iter()
        .filter(|question| !question.correct.is_empty());
    let right = graded
        .clone()
        .filter(|q| record(model, q).is_some_and(|r| r.first_try_right == Some(true)))
        .count();
    (right, graded.count())
}

/// How many questions are answered.
pub fn answered(model: &Model) -> usize {
    let questions = &model.lesson.lesson.questions;
    questions
        .iter()
        .filter(|question| matches!(state(model, question), State::Answered(_)))
        .count()
}

/// The mark of an option, once the question is answered.
pub fn mark(model: &Model, question: &Question, option: usize) -> Option<Mark> {
    match state(model, question) {
        State::Answered(Grade::Marked { marks, .. }) => marks.get(option).copied(),
        _ => None,
    }
}

/// The options chosen in the last try, or those chosen now.
pub fn chosen<'m>(model: &'m Model, question: &Question) -> &'m BTreeSet<usize> {
    match (state(model, question), record(model, question)) {
        (State::Answered(_), Some(record)) => record.tries.last().unwrap_or(&model.quiz.chosen),
        _ => &model.quiz.chosen,
    }
}

/// What was recorded of a question.
pub fn record<'m>(model: &'m Model, question: &Question) -> Option<&'m AnswerRecord> {
    let lesson = model.progress.lessons.get(&model.lesson.key)?;
    lesson.answers.get(&question.key)
}

/// Chooses an option, or takes the choice back.
pub(super) fn choose(model: &mut Model, option: usize) {
    let Some(question) = model.quiz.open(model) else {
        return;
    };
    if option >= question.options.len() || matches!(state(model, question), State::Answered(_)) {
        return;
    }
    let several = question.kind == QuestionKind::Multiple;
    let quiz = &mut model.quiz;
    quiz.cursor = option;
    let was_chosen = quiz.chosen.remove(&option);
    if !several {
        quiz.chosen.clear();
    }
    if !was_chosen {
        quiz.chosen.insert(option);
    }
    lay_out(model);
}

/// Enter: submits what is chosen, or goes on once the question is answered.
pub(super) fn enter(model: &mut Model) {
    let Some(question) = model.quiz.open(model).cloned() else {
        return model.say(Tone::Plain, NO_QUESTIONS.into());
    };
    match state(model, &question) {
        State::Answered(_) => step(model, 1),
        _ if model.quiz.chosen.is_empty() && !question.options.is_empty() => {
            let last = option_letter(question.options.len() - 1);
            model.say(
                Tone::Plain,
                format!("Choose first: a to {last}, then Enter."),
            );
        }
        _ => submit(model, &question),
    }
}

fn submit(model: &mut Model, question: &Question) {
    let chosen = model.quiz.chosen.clone();
    let grade = grade(question, &chosen);
    again::remember(model, question, &chosen, &grade);
    model.quiz.scroll = 0;
    match (&grade, state(model, question)) {
        (_, State::OneMore) => {
            model.say(
                Tone::Nearly,
                "Not yet. Look again: you have one more try.".into(),
            );
        }
        (Grade::Marked { right: true, .. }, _) => model.say(Tone::Done, "Right.".into()),
        (Grade::Marked { .. }, _) => {
            let words = match comes_back(model, question) {
                true => "Not right, and you were sure of it: it comes back at the next launch.",
                false => "Not right. Each option says why, and the explanation follows.",
            };
            model.say(Tone::Wrong, words.into());
        }
        (Grade::Compare, _) => {
            model.say(Tone::Plain, "Compare your answer with this one.".into());
        }
    }
    lay_out(model);
}

/// Answers the open question anew; the score still counts the first try.
pub(super) fn retry(model: &mut Model) {
    let answered = |question: &&Question| matches!(state(model, question), State::Answered(_));
    let Some(key) = model
        .quiz
        .open(model)
        .filter(answered)
        .map(|q| q.key.clone())
    else {
        return model.say(
            Tone::Plain,
            "Answer first; r begins the question anew then.".into(),
        );
    };
    if let Some(record) = model.lesson_progress().answers.get_mut(&key) {
        record.tries.clear();
    }
    model.quiz.chosen.clear();
    model.quiz.cursor = 0;
    model.quiz.scroll = 0;
    lay_out(model);
}

/// Goes to the next question or the one before; past the last one the focus returns to the lesson.
pub(super) fn step(model: &mut Model, by: isize) {
    let count = model.lesson.lesson.questions.len();
    let to = model.quiz.question.saturating_add_signed(by);
    if to < count {
        return open(model, to);
    }
    let words = match (model.quiz.first_unanswered(model), score(model)) {
        _ if count == 0 => NO_QUESTIONS.into(),
        (Some(question), _) => {
            open(model, question);
            let answered = answered(model);
            format!("{answered} of {count} questions are answered. 4 goes on with the next one.")
        }
        (None, (_, 0)) => "Those were the questions.".into(),
        (None, (right, graded)) => {
            format!("Those were the questions: {right} of {graded} right at the first try.")
        }
    };
    model.say(Tone::Done, words);
    model.focus(super::screen::Pane::Lesson);
    if count > 0 && model.quiz.first_unanswered(model).is_none() {
        super::result::open(model, model.now);
    }
}

/// Opens a question.
pub(super) fn open(model: &mut Model, question: usize) {
    model.status = Status::default();
    let quiz = &mut model.quiz;
    quiz.question = question;
    quiz.chosen.clear();
    quiz.confidence = None;
    quiz.cursor = 0;
    quiz.scroll = 0;
    lay_out(model);
}

/// Moves the cursor among the options; once answered it scrolls.
pub(super) fn move_by(model: &mut Model, by: isize) {
    let Some(question) = model.quiz.open(model) else {
        return;
    };
    let options = question.options.len();
    let answered = matches!(state(model, question), State::Answered(_));
    let quiz = &mut model.quiz;
    if answered || options == 0 {
        quiz.scroll = quiz
            .scroll
            .saturating_add_signed(by)
            .min(quiz.most_scroll());
        return;
    }
    quiz.cursor = quiz.cursor.saturating_add_signed(by).min(options - 1);
    let cursor = quiz.cursor;
    let is_cursor = |row: &Row| matches!(row, Row::Option { index, .. } if *index == cursor);
    let first = quiz.rows.iter().position(is_cursor).unwrap_or(0);
    let last = quiz.rows.iter().rposition(is_cursor).unwrap_or(0);
    let height = usize::from(quiz.height).max(1);
    quiz.scroll = quiz
        .scroll
        .max((last + 1).saturating_sub(height))
        .min(if cursor == 0 { 0 } else { first });
}

/// Scrolls by some rows.
pub(super) fn scroll(model: &mut Model, by: isize) {
    let quiz = &mut model.quiz;
    quiz.scroll = quiz
        .scroll
        .saturating_add_signed(by)
        .min(quiz.most_scroll());
}

/// The pane has this size inside now.
pub(super) fn resized(model: &mut Model, width: u16, height: u16) {
    if (model.quiz.width, model.quiz.height) != (width, height) {
        (model.quiz.width, model.quiz.height) = (width, height);
        lay_out(model);
    }
}

/// The lesson's code is coloured.
pub(super) fn highlighted(model: &mut Model, highlights: &Highlights) {
    model.quiz.highlights = highlights.clone();
    lay_out(model);
}

/// The lesson is another version of `old`: the same question stays open, with what was chosen if it has as many
/// options.
pub(super) fn lesson_replaced(model: &mut Model, old: &Lesson) {
    let new = Arc::clone(&model.lesson.lesson);
    let before = old.questions.get(model.quiz.question);
    let find = |same: &dyn Fn(&Question) -> bool| new.questions.iter().position(same);
    let place = before.and_then(|before| {
        find(&|question| question.key == before.key)
            .or_else(|| find(&|question| question.title == before.title))
    });
    let quiz = &mut model.quiz;
    quiz.question = place
        .unwrap_or(quiz.question)
        .min(new.questions.len().saturating_sub(1));
    let after = new.questions.get(quiz.question);
    let options = |question: Option<&Question>| question.map(|question| question.options.len());
    if options(before) != options(after) {
        quiz.chosen.clear();
        quiz.cursor = 0;
    }
    lay_out(model);
}

/// The letter of an option: a, b, c…
pub fn option_letter(index: usize) -> char {
    char::from(b'a' + (index % 26) as u8)
}
