//! The result of a lesson: what was done, what was known, and what comes next. One report, and four ways to say it.
//!
//! It is made of the lesson and of what was kept of it, and of nothing else; so the result screen of the lab and
//! `kinesis-lab report`, which needs no lab, say the same. Whether a goal is met is said only where the lesson says by
//! what: else the goals stand beside the evidence, and nothing is made up.

mod build;
mod lines;
mod markdown;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use build::{gone, of};
pub use lines::{Line, Paint, lines};
pub use markdown::markdown;

use crate::progress::Confidence;

/// The version of the written form.
pub const FORMAT: u32 = 1;

/// Everything that `kinesis-lab report --json` writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reports {
    /// The version.
    pub format: u32,
    /// One a lesson, in the order of their keys.
    pub lessons: Vec<Report>,
}

/// What is known of one lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its title; the name of its file where that is gone.
    pub title: String,
    /// The name under which progress keeps it: `what-are-streams` for the built-in one, else the file's full path.
    pub lesson: String,
    /// Whether its file could be read. Without it the report holds names, answers and times, as far as they were kept.
    pub available: bool,
    /// The learning goals.
    pub goals: Vec<Goal>,
    /// The checkpoint in numbers.
    pub score: Score,
    /// The checkpoint's questions.
    pub questions: Vec<Question>,
    /// The hands-on steps.
    pub steps: Vec<Step>,
    /// What was predicted.
    pub predictions: Vec<Prediction>,
    /// The misconceptions that showed.
    pub misconceptions: Vec<Misconception>,
    /// The time spent.
    pub sections: Vec<Section>,
    /// Titles of the questions that come back at the next launch.
    pub due: Vec<String>,
    /// The first thing that is still open: a page that was not gone on from, a step, or a question. `None`: all is done.
    pub next_page: Option<String>,
    /// What the lesson's summary names as the next modules.
    pub next_modules: Vec<String>,
    /// The private notes; absent where they were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<Note>>,
}

/// A learning goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Goal {
    /// What it says.
    pub text: String,
    /// Whether it is met; `None` where the lesson does not say by what one would know.
    pub met: Option<Met>,
}

/// Whether a goal is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Met {
    /// All that shows it is done.
    Met,
    /// Some of it is.
    Partly,
    /// None of it is.
    Open,
}

/// The checkpoint in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Score {
    /// Questions right at the very first try.
    pub right: usize,
    /// Questions that can be graded.
    pub graded: usize,
    /// Questions that were answered.
    pub answered: usize,
    /// All questions.
    pub questions: usize,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Its title.
    pub title: String,
    /// What came of the first try.
    pub first_try: FirstTry,
    /// Whether it was answered right at the first try or later.
    pub right_by_now: bool,
    /// How sure the learner was before the first try, if that was said.
    pub confidence: Option<Confidence>,
    /// Whether it comes back at the next launch.
    pub comes_back: bool,
}

/// What came of the first try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FirstTry {
    /// It was right.
    Right,
    /// It was wrong.
    Wrong,
    /// The learner compared with the answer: it is not graded.
    Compared,
    /// There was none.
    Open,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name and title, e.g. `Step 2 · Run the producer`.
    pub title: String,
    /// How it stands.
    pub state: StepState,
    /// Its checks that are passed, in whatever way.
    pub passed: usize,
    /// All its checks; 0 where the lesson's file is gone.
    pub checks: usize,
    /// How many hints were shown.
    pub hints: usize,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    /// The learner did all of it.
    Done,
    /// The lab showed some of it, and all is passed.
    Shown,
    /// The learner skipped some of it, and all is passed.
    Skipped,
    /// Some of it is passed.
    Partly,
    /// Nothing is.
    Open,
}

/// A prediction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prediction {
    /// What was asked.
    pub asks: String,
    /// What was predicted; `None`: it was skipped, or seen before anything was said.
    pub chosen: Option<String>,
    /// Whether the outcome was seen.
    pub seen: bool,
    /// Whether that is what was then seen; `None` while it was not seen.
    pub right: Option<bool>,
}

/// A misconception that showed in an answer or a prediction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misconception {
    /// Its id in `lab.toml`.
    pub id: String,
    /// The belief; empty where the lesson no longer names it.
    pub says: String,
    /// What is so instead.
    pub truth: String,
    /// The page where it can be seen.
    pub see: Option<String>,
}

/// A section's time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// The minutes that its heading gives it.
    pub minutes: Option<u32>,
    /// What was spent in it.
    pub seconds: u64,
}

/// A private note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The prompt it is about.
    pub prompt: String,
    /// What was written.
    pub text: String,
}

/// How sure one was, in a list.
fn sureness(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Guess => "a guess",
        Confidence::Fairly => "fairly sure",
        Confidence::Certain => "certain",
    }
}

impl Report {
    /// Steps that the learner did, and all of them.
    pub fn steps_done(&self) -> (usize, usize) {
        let done = self.steps.iter().filter(|s| s.state == StepState::Done);
        (done.count(), self.steps.len())
    }

    /// Predictions that came true, and those whose outcome was seen.
    pub fn predicted(&self) -> (usize, usize) {
        let seen = self.predictions.iter().filter_map(|it| it.right);
        (seen.clone().filter(|right| *right).count(), seen.count())
    }
}
