//! What a learner has done, and what the lab made on AWS: versioned records, saved as JSON.
//!
//! Keyed by lesson, page and question names, never by position, so that an edited lesson keeps what still fits.
//! The records are pure; `folder` and `running` are the thin edge that reads and writes them.

pub mod folder;
pub mod running;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The version this lab writes. A newer one is kept aside, never overwritten.
pub const FORMAT: u32 = 1;

/// Everything a learner has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The record's version.
    pub format: u32,
    /// By lesson key.
    #[serde(default)]
    pub lessons: BTreeMap<String, LessonProgress>,
    /// The stream that was selected last on the embedded server, to offer it again.
    #[serde(default)]
    pub last_stream: Option<LastStream>,
    /// The theme chosen last, by its name.
    #[serde(default)]
    pub theme: Option<String>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            format: FORMAT,
            lessons: BTreeMap::new(),
            last_stream: None,
            theme: None,
        }
    }
}

/// What was done in one lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonProgress {
    /// The key of the page that was open.
    #[serde(default)]
    pub page: Option<String>,
    /// Keys of the pages that the learner went on from.
    #[serde(default)]
    pub done: BTreeSet<String>,
    /// By question key.
    #[serde(default)]
    pub answers: BTreeMap<String, AnswerRecord>,
}

/// What was answered to one question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRecord {
    /// Whether the very first try was right; the score counts this, whatever comes later.
    #[serde(default)]
    pub first_try_right: Option<bool>,
    /// The options chosen in each try of the present round (0 is a), at most two tries.
    #[serde(default)]
    pub tries: Vec<BTreeSet<usize>>,
}

/// A stream to offer again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastStream {
    /// Its name.
    pub name: String,
    /// How many open shards it had.
    pub shards: u32,
}

/// The streams that the lab made on AWS and that are not known to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The record's version.
    pub format: u32,
    /// One entry a stream.
    #[serde(default)]
    pub streams: Vec<LedgerEntry>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            format: FORMAT,
            streams: Vec::new(),
        }
    }
}

/// A stream that the lab asked AWS to create. Written before the call goes out, so that a kill in between loses
/// nothing; whether the stream is really the lab's is then told by its creation time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The twelve digits of the account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The stream's name.
    pub stream: String,
    /// How many shards were asked for.
    pub shards: u32,
    /// When CreateStream was about to be called.
    pub asked_at: DateTime<Utc>,
    /// Whether AWS accepted the call, as far as the lab saw.
    #[serde(default)]
    pub created: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_what_is_loaded() {
        let mut progress = Progress::default();
        let lesson = progress
            .lessons
            .entry("what-are-streams".into())
            .or_default();
        lesson.page = Some("hands-on/step-2".into());
        lesson.done.insert("goals".into());
        lesson.answers.insert(
            "bounded-1a2b".into(),
            AnswerRecord {
                first_try_right: Some(false),
                tries: vec![BTreeSet::from([0, 2])],
            },
        );
        let text = serde_json::to_string(&progress).expect("it is plain data");
        assert_eq!(serde_json::from_str::<Progress>(&text).ok(), Some(progress));
    }
}
