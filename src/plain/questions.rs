//! The checkpoint in lines: a question with its options, what is chosen, and after answering what each option was worth.

use super::Talk;
use super::page::lines;
use super::text::wrapped;
use crate::app::quiz::{self, State, option_letter};
use crate::app::{Model, Pane};
use crate::lesson::quiz::{Grade, Mark};
use crate::lesson::{Question, QuestionKind};
use crate::progress::Confidence;

/// What was told of which question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct QuestionTold {
    key: String,
    state: State,
    chosen: Vec<usize>,
    confidence: Option<Confidence>,
}

impl Talk {
    /// What is new of the open question, while the quiz has the keys.
    pub(super) fn tell_question(&mut self, model: &Model) {
        if model.focus != Pane::Quiz {
            self.question = None;
            return;
        }
        let Some(question) = model.quiz.open(model) else {
            return;
        };
        let now = QuestionTold {
            key: question.key.clone(),
            state: quiz::state(model, question),
            chosen: model.quiz.chosen.iter().copied().collect(),
            confidence: model.quiz.confidence,
        };
        let before = self.question.replace(now.clone());
        let same = before.filter(|before| before.key == now.key);
        match (&same, &now.state) {
            (Some(before), State::Answered(_)) if before.state == now.state => {}
            (Some(before), _) if before.state == now.state => self.tell_choice(before, &now),
            (Some(_), State::Answered(_)) => self.tell_outcome(model, question),
            (Some(_), _) => {}
            (None, state) => {
                self.tell_whole(model, question);
                if matches!(state, State::Answered(_)) {
                    self.tell_outcome(model, question);
                }
            }
        }
    }

    fn tell_whole(&mut self, model: &Model, question: &Question) {
        let place = model.quiz.question + 1;
        let of = model.lesson.lesson.questions.len();
        self.say("");
        self.say(&format!("Question {place} of {of}: {}", question.title));
        if quiz::due(model, question) {
            self.say("It comes back: you were sure of your answer, and it was not right.");
        }
        for line in lines(question.prompt.iter(), self.width, true) {
            self.say(&line);
        }
        self.say(match question.kind {
            QuestionKind::Multiple => "Choose any number of them:",
            QuestionKind::Single | QuestionKind::Comparison => "Choose one of them:",
            QuestionKind::Open => "Think first; “submit” shows an answer to compare with.",
        });
        for (place, option) in question.options.iter().enumerate() {
            let letter = option_letter(place);
            let text = lines(option.blocks.iter(), self.width.saturating_sub(4), true);
            for (row, line) in text.iter().enumerate() {
                match row {
                    0 => self.say(&format!("{letter})  {line}")),
                    _ => self.say(&format!("    {line}")),
                }
            }
        }
    }

    fn tell_choice(&mut self, before: &QuestionTold, now: &QuestionTold) {
        if before.chosen != now.chosen {
            let letters: Vec<String> = now
                .chosen
                .iter()
                .map(|option| option_letter(*option).to_string())
                .collect();
            match letters.is_empty() {
                true => self.say("Nothing is chosen."),
                false => self.say(&format!("Chosen: {}.", letters.join(", "))),
            }
        }
        if before.confidence != now.confidence
            && let Some(confidence) = now.confidence
        {
            self.say(&format!("You are {}.", quiz::how_sure(confidence)));
        }
    }

    /// What each option was worth, and the explanation.
    fn tell_outcome(&mut self, model: &Model, question: &Question) {
        let chosen = quiz::chosen(model, question);
        for (place, option) in question.options.iter().enumerate() {
            let letter = option_letter(place);
            let worth = match quiz::mark(model, question, place) {
                Some(Mark::RightlyChosen) => "right",
                Some(Mark::WronglyChosen) => "your choice, and not right",
                Some(Mark::Missed) => "missed",
                Some(Mark::RightlyLeft) => "right to leave",
                None if chosen.contains(&place) => "your choice",
                None => "",
            };
            let reason = option.reason.as_deref().unwrap_or_default();
            let line = match (worth.is_empty(), reason.is_empty()) {
                (true, true) => continue,
                (true, false) => format!("{letter}) {reason}"),
                (false, true) => format!("{letter}) {worth}."),
                (false, false) => format!("{letter}) {worth}. {reason}"),
            };
            for line in wrapped(&line, self.width) {
                self.say(&line);
            }
        }
        if !question.explanation.is_empty() {
            self.say("Why:");
            for line in lines(question.explanation.iter(), self.width, true) {
                self.say(&line);
            }
        }
        let (right, of) = quiz::score(model);
        let answered = quiz::answered(model);
        if matches!(
            quiz::state(model, question),
            State::Answered(Grade::Marked { .. })
        ) {
            self.say(&format!(
                "{answered} answered, {right} of {of} right at the first try."
            ));
        }
        if quiz::comes_back(model, question) {
            self.say("This question comes back at the next launch.");
        }
    }
}
