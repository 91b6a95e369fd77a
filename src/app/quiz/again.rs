//! How sure the learner was, what that makes of a miss, and what comes back at the next launch.
//!
//! A miss that one was sure of teaches most when it is asked again later: it comes back at the next launch, and until it
//! is answered right there. The score keeps the very first try.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{State, TRIES, record, state};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::{Pane, lesson_pane};
use crate::lesson::Question;
use crate::lesson::quiz::{Grade, Mark, grade};
use crate::progress::Confidence;

/// Whether the learner may still say how sure: before the very first try of a question that is graded.
pub fn asks_how_sure(model: &Model, question: &Question) -> bool {
    let tried = record(model, question)
        .is_some_and(|record| record.first_try_right.is_some() || !record.tries.is_empty());
    !question.correct.is_empty() && !tried
}

/// Less sure or surer: `,` says guess at first, `.` fairly.
pub(in crate::app) fn surer(model: &mut Model, by: isize) {
    use Confidence::{Certain, Fairly, Guess};
    let Some(question) = model.quiz.open(model) else {
        return;
    };
    if !asks_how_sure(model, question) {
        let words = "How sure you are is asked before the first try only.";
        return model.say(Tone::Plain, words.into());
    }
    let now = match (model.quiz.confidence, by < 0) {
        (None | Some(Fairly | Guess), true) => Guess,
        (None | Some(Guess), false) | (Some(Certain), true) => Fairly,
        (Some(Fairly | Certain), false) => Certain,
    };
    model.quiz.confidence = Some(now);
}

/// Keeps a try: what was chosen, how sure the first one was, and which misconceptions it shows.
///
/// Only an option that was wrongly chosen shows one. What was missed may have been overlooked: that is no belief.
pub(super) fn remember(
    model: &mut Model,
    question: &Question,
    chosen: &BTreeSet<usize>,
    grade: &Grade,
) {
    let ids = match grade {
        Grade::Marked { marks, .. } => shown_by(model, question, marks),
        Grade::Compare => Vec::new(),
    };
    let confidence = model.quiz.confidence.take();
    let was_due = model.quiz.due.contains(&question.key);
    let progress = model.lesson_progress();
    progress.misconceptions.extend(ids);
    let record = progress.answers.entry(question.key.clone()).or_default();
    record.tries.push(chosen.clone());
    let Grade::Marked { right, .. } = grade else {
        record.review = false;
        return;
    };
    if record.first_try_right.is_none() {
        record.first_try_right = Some(*right);
        record.confidence = confidence;
        record.review = !right && confidence >= Some(Confidence::Fairly);
    }
    let over = *right || record.tries.len() >= TRIES;
    if was_due && *right {
        record.review = false;
    }
    // Answered anew in the same run it would only be remembered, not known.
    if was_due && over {
        model.quiz.due.remove(&question.key);
    }
}

/// The misconceptions that the wrongly chosen options show.
fn shown_by(model: &Model, question: &Question, marks: &[Mark]) -> Vec<String> {
    let settings = &model.lesson.lesson.settings;
    let ids = settings
        .misconceptions_of(&question.title, question.options.len())
        .unwrap_or_default();
    ids.iter()
        .zip(marks)
        .filter(|(id, mark)| **mark == Mark::WronglyChosen && !id.is_empty())
        .map(|(id, _)| id.clone())
        .collect()
}

/// At a launch: what was missed with confidence is asked anew.
pub(in crate::app) fn ask_again(model: &mut Model) {
    let lesson = std::sync::Arc::clone(&model.lesson.lesson);
    let graded = lesson.questions.iter().filter(|q| !q.correct.is_empty());
    for question in graded {
        if !record(model, question).is_some_and(|record| record.review) {
            continue;
        }
        model.quiz.due.insert(question.key.clone());
        let answers = &mut model.lesson_progress().answers;
        if let Some(record) = answers.get_mut(&question.key) {
            record.tries.clear();
        }
    }
}

/// Whether a question came back at this launch and still waits for its answer.
pub fn due(model: &Model, question: &Question) -> bool {
    model.quiz.due.contains(&question.key)
}

/// Whether an answered question comes back at the next launch.
pub fn comes_back(model: &Model, question: &Question) -> bool {
    record(model, question).is_some_and(|record| record.review) && !due(model, question)
}

/// What came back at this launch, in a sentence: nothing, if nothing did.
pub fn what_is_due(model: &Model) -> Option<String> {
    let due: Vec<&Question> = model
        .lesson
        .lesson
        .questions
        .iter()
        .filter(|question| due(model, question))
        .collect();
    match due.as_slice() {
        [] => None,
        [question] => {
            let sure = record(model, question).and_then(|record| record.confidence);
            let sure = how_sure(sure.unwrap_or(Confidence::Certain));
            Some(format!("1 question comes back: you were {sure}."))
        }
        several => Some(format!(
            "{} questions come back: you were sure of them.",
            several.len()
        )),
    }
}

/// How sure one was, to follow "you were".
pub fn how_sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Guess => "guessing",
        Confidence::Fairly => "fairly sure",
        Confidence::Certain => "certain",
    }
}

/// The page to look at again for the open question: the one its author names, else that of a misconception which the
/// last try shows.
pub fn see_again(model: &Model) -> Option<usize> {
    let question = model.quiz.open(model)?;
    let lesson = &model.lesson.lesson;
    let settings = &lesson.settings;
    let named = settings
        .question(&question.title)
        .and_then(|question| question.see.clone());
    let shown = || {
        let last = record(model, question)?.tries.last()?;
        let Grade::Marked { marks, .. } = grade(question, last) else {
            return None;
        };
        let ids = shown_by(model, question, &marks);
        ids.iter()
            .find_map(|id| settings.misconception(id)?.see.clone())
    };
    lesson.page_titled(&named.or_else(shown)?)
}

/// Goes where the question's matter can be seen: a page of the lesson, or else the live stream.
pub(in crate::app) fn see(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(question) = model.quiz.open(model) else {
        return;
    };
    let back = match state(model, question) {
        State::Answered(_) => "4 goes back to the question.",
        _ => "4 goes back to the question, which still waits.",
    };
    match see_again(model) {
        Some(page) => {
            lesson_pane::open(model, page, now, out);
            model.focus(Pane::Lesson);
        }
        None => model.focus(Pane::Consumer),
    }
    model.say(Tone::Plain, back.into());
}
