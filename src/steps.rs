//! Step checks: what was seen of the stream, folded into bounded facts, and what that says of a step of the lesson.
//!
//! It knows what calls mean, not how they arrived: no screen, no client, no keys. Acts go in, states of checks come out.
//! `plan` (what a lesson's steps ask for, from `lab.toml` or from their text) knows no traffic; `facts` (what was seen)
//! knows no lesson; `looks` how what nobody told of is found; `evidence` says of an act how far the facts show it, and `diagnosis` why they do not. [`Watch`]
//! holds all of it together.

mod diagnosis;
mod evidence;
mod facts;
mod generic;
pub mod looks;
mod plan;
mod scripts;
mod watch;

use chrono::{DateTime, Utc};

pub use facts::{Deed, Facts, Place, Seen, Who, begins_as_json};
pub use plan::{Check, PagePlan, Plan};
pub use watch::{Pass, Watch};

/// How a check stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckState {
    /// The words beside its mark, from `lab.toml` or from the lesson's text.
    pub says: String,
    /// Its mark.
    pub mark: Mark,
    /// Who did it, e.g. `you` or `py#1`; empty while nobody did.
    pub by: String,
    /// When it was done.
    pub at: Option<DateTime<Utc>>,
    /// What was seen of it so far, in a few words, e.g. `2 of 3 records`.
    pub seen: String,
    /// What is amiss when it nearly worked, in a sentence or two, with what to do next. It may stand beside `[ ]` too,
    /// where nothing was seen at all for so long that the learner may wonder.
    pub diagnosis: Option<String>,
}

/// The mark of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// `[ ]` nothing of it was seen.
    #[default]
    Open,
    /// `[~]` a part of it was seen.
    Running,
    /// `[x]` the learner did it.
    Done,
    /// `[!]` it nearly worked; the diagnosis says why not.
    Nearly,
    /// `[s]` the lab showed it.
    Shown,
    /// `[-]` the learner skipped it.
    Skipped,
}

impl Mark {
    /// Whether nothing more is to be done for it.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::Shown | Self::Skipped)
    }
}

/// The mark of a whole step: the one of its checks that wants a look most; settled once all of them are.
pub fn mark_of(states: &[CheckState]) -> Mark {
    let marks = || states.iter().map(|state| state.mark);
    let any = |mark| marks().any(|it| it == mark);
    if states.is_empty() {
        return Mark::Open;
    }
    if marks().all(Mark::is_settled) {
        return match () {
            () if any(Mark::Skipped) => Mark::Skipped,
            () if any(Mark::Shown) => Mark::Shown,
            () => Mark::Done,
        };
    }
    match () {
        () if any(Mark::Nearly) => Mark::Nearly,
        () if marks().any(|mark| mark != Mark::Open) => Mark::Running,
        () => Mark::Open,
    }
}

#[cfg(test)]
mod tests;
