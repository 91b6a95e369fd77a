//! The lab as printed lines, for screen readers, pipes and whoever likes a conversation better than a screen.
//!
//! ```text
//!   what happened   ->  update  ->  Model  ->  Talk::tell      sentences and records that are new, a line each
//!                                          ->  Talk::choices   what can be done now, numbered
//!   a typed line    ->  Talk::hear  ->  the messages that a keyboard would have made
//! ```
//!
//! It stands beside `view` and is to lines what that is to cells: it changes nothing and knows no clock, no terminal and
//! no pipe. It remembers what was said, so that nothing is said twice. Every line is whole, has no escape sequences, and
//! text from outside is made harmless.

mod batch;
mod choices;
mod course;
mod dialogs;
mod hear;
mod lanes;
mod live;
mod notes;
mod numbers;
mod output;
mod page;
mod questions;
mod record;
mod reshard;
mod steps;
#[cfg(test)]
mod tests;
mod text;
mod wire;

use std::collections::{BTreeSet, VecDeque};

use crate::app::model::Status;
use crate::app::{Model, Pane, Tone};
use choices::Choice;
use hear::{Act, Prompt};
use live::Live;
use output::OutputTold;
use page::PageTold;
use questions::QuestionTold;
use steps::ChecksTold;

/// The widest that text is laid out, in characters.
pub const WIDEST: u16 = 76;

/// How many lines may wait to be said before further sentences are counted only.
const MOST_WAITING: usize = 200;

/// A conversation: what was said so far, and what a typed line is about.
#[derive(Debug)]
pub struct Talk {
    width: usize,
    waiting: VecDeque<String>,
    dropped: usize,
    status: Status,
    page: Option<PageTold>,
    question: Option<QuestionTold>,
    dialog: Vec<String>,
    checks: ChecksTold,
    prediction: Vec<String>,
    /// Prompts whose points were told.
    points: BTreeSet<String>,
    live: Live,
    output: OutputTold,
    focus: Pane,
    /// What was offered last, by number.
    offered: Vec<String>,
    /// A list that was asked for and takes the place of what is offered otherwise.
    list: Option<Vec<Choice>>,
    /// A text that is asked for where the model has no field of its own for it.
    prompt: Option<Prompt>,
    /// What is to be typed, one after the other.
    acts: VecDeque<Act>,
    /// The line that was typed last, and whether anything was said since.
    heard: String,
    said: bool,
    /// What had the keys at the last turn.
    asked: Option<String>,
    /// Whether it was said how this works.
    begun: bool,
}

impl Talk {
    /// A conversation in which nothing was said yet, at a width of so many characters.
    pub fn new(columns: u16) -> Self {
        Self {
            width: usize::from(columns.clamp(40, WIDEST)),
            waiting: VecDeque::new(),
            dropped: 0,
            status: Status::default(),
            page: None,
            question: None,
            dialog: Vec::new(),
            checks: ChecksTold::default(),
            prediction: Vec::new(),
            points: BTreeSet::new(),
            live: Live::default(),
            output: OutputTold::default(),
            focus: Pane::Lesson,
            offered: Vec::new(),
            list: None,
            prompt: None,
            acts: VecDeque::new(),
            heard: String::new(),
            said: true,
            asked: None,
            begun: false,
        }
    }

    /// Takes down what a message led to, so that no sentence is lost before it is told.
    pub fn note(&mut self, model: &Model) {
        if self.status == model.status {
            return;
        }
        let before = std::mem::replace(&mut self.status, model.status.clone());
        // A sentence may be joined by others before and behind it; it is not said again.
        let words = match before.words.is_empty() {
            true => self.status.words.clone(),
            false => self.status.words.replacen(&before.words, "", 1),
        };
        let words = words.trim();
        if words.is_empty() {
            return;
        }
        if self.waiting.len() >= MOST_WAITING {
            self.dropped += 1;
            return;
        }
        let tone = match self.status.tone {
            Tone::Plain | Tone::Done => "",
            Tone::Nearly => "Note: ",
            Tone::Wrong => "Problem: ",
        };
        let sentence = format!("{tone}{words}");
        self.say_wrapped(&sentence);
    }

    /// What is new, in lines; of what comes by itself without end only where `all` is asked for.
    pub fn tell(&mut self, model: &Model, all: bool) -> Vec<String> {
        self.note(model);
        self.tell_output(model, all);
        self.tell_live(model, all);
        self.tell_page(model);
        self.tell_points(model);
        self.tell_prediction(model);
        self.tell_checks(model);
        self.tell_pane(model);
        self.tell_question(model);
        self.tell_dialog(model);
        if !self.said {
            let heard = self.heard.clone();
            self.say_wrapped(&format!("“{heard}” changes nothing here."));
        }
        if self.dropped > 0 {
            let dropped = std::mem::take(&mut self.dropped);
            self.say(&format!("And {dropped} sentences more, too many at once."));
        }
        self.waiting.drain(..).collect()
    }

    /// The last lines.
    pub fn farewell(&mut self, model: &Model) -> Vec<String> {
        self.said = true;
        let mut lines = self.tell(model, true);
        lines.push(match &model.unsaved {
            None => "The lab is closed. Your place, answers and notes are kept.".to_owned(),
            Some(why) => {
                text::harmless(&format!("The lab is closed. Progress is not saved: {why}"))
            }
        });
        lines
    }

    /// Says one line, made harmless.
    fn say(&mut self, line: &str) {
        self.said = true;
        self.waiting.push_back(text::harmless(line));
    }

    /// Says a sentence in as many lines as it needs.
    fn say_wrapped(&mut self, sentence: &str) {
        for line in text::wrapped(sentence, self.width) {
            self.say(&line);
        }
    }
}
