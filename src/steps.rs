//! Step checks: what was seen of the stream, folded into bounded facts, and what that says of a step of the lesson.
//!
//! It knows what calls mean, not how they arrived: no screen, no client, no keys. Acts go in, states of checks come out.

use chrono::{DateTime, Utc};

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
    /// What is amiss when it nearly worked, in a sentence or two, with what to do next.
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
