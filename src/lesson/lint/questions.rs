//! Rules on questions: keys that are not certain, answers that are missing, options that give themselves away.

use super::super::document::{Question, QuestionKind, all_text};
use super::{Findings, Subject};

/// A right option longer than the next one by this, in percent, is chosen for its length.
const TELLING: usize = 150;

pub fn check(subject: &Subject<'_>, found: &mut Findings) {
    let questions = &subject.lesson.questions;
    for question in questions {
        key(question, found);
        options(question, found);
    }
    let graded: Vec<_> = questions
        .iter()
        .filter_map(|question| Some((question, lengths(question)?)))
        .collect();
    let longest = graded.iter().filter(|(_, (right, other))| right > other);
    let count = longest.count();
    if let [(first, _), _, ..] = graded[..]
        && count == graded.len()
    {
        found.warning(
            first.line,
            format!("in all {count} questions of one answer the longest option is right: who guesses will learn that"),
        );
    }
}

fn key(question: &Question, found: &mut Findings) {
    let line = question.answer_line.unwrap_or(question.line);
    if question.explanation.is_empty() && question.correct.is_empty() {
        found.warning(
            question.line,
            "this question has no answer: add <details> with a <summary> below it",
        );
    } else if !question.options.is_empty() && question.correct.is_empty() {
        found.warning(
            line,
            format!("{}: the question is not graded, the learner compares; begin the answer with the letter, as `**B) ...**` or `**Correct answers**: A, C`", doubt(question)),
        );
    } else if question.explanation.is_empty() {
        found.note(
            question.line,
            "nothing explains the answer of this question",
        );
    }
}

/// What is unclear about a key.
fn doubt(question: &Question) -> String {
    question
        .doubt
        .clone()
        .unwrap_or_else(|| "the answer names no option for certain".to_owned())
}

fn options(question: &Question, found: &mut Findings) {
    match question.options.len() {
        1 => found.warning(question.line, "this question has only one option"),
        // Two designs side by side are two.
        2 if question.kind != QuestionKind::Comparison => found.note(
            question.line,
            "this question has only two options: every second guess is right",
        ),
        _ => {}
    }
    if let Some((right, other)) = lengths(question)
        && right * 100 > other * TELLING
    {
        let letter = question
            .correct
            .first()
            .map_or('?', |option| letter(*option));
        found.note(
            question.line,
            format!("the right option {letter} is by far the longest ({right} characters, the next has {other}): its length gives it away"),
        );
    }
}

/// The length of the only right option, and of the longest other one.
fn lengths(question: &Question) -> Option<(usize, usize)> {
    let [right] = question.correct[..] else {
        return None;
    };
    if question.kind == QuestionKind::Open || question.options.len() < 2 {
        return None;
    }
    let length = |option: usize| {
        let text = all_text(&question.options[option].blocks);
        text.chars().filter(|c| !c.is_whitespace()).count()
    };
    let others = (0..question.options.len()).filter(|option| *option != right);
    Some((length(right), others.map(length).max()?))
}

/// The letter that stands before an option on the screen.
pub fn letter(option: usize) -> char {
    let offset = u8::try_from(option).unwrap_or(u8::MAX).min(25);
    char::from(b'A' + offset)
}
