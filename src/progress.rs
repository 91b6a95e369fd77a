//! What a learner has done, and what the lab made on AWS: versioned records, saved as JSON.
//!
//! Keyed by lesson, page and question names, never by position, so that an edited lesson keeps what still fits.
//! The records are pure; `folder`, `running` and `second_screen` are the thin edge that reads and writes files.

pub mod class;
pub mod folder;
pub mod readings;
pub mod running;
pub mod second_screen;

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
    /// The key of the lesson that was open last.
    #[serde(default)]
    pub last_lesson: Option<String>,
    /// By lesson key.
    #[serde(default)]
    pub lessons: BTreeMap<String, LessonProgress>,
    /// The stream that was selected last on the embedded server, to offer it again.
    #[serde(default)]
    pub last_stream: Option<LastStream>,
    /// The theme chosen last, by its name.
    #[serde(default)]
    pub theme: Option<String>,
    /// Hashes of the lessons' code that the learner agreed to run.
    #[serde(default)]
    pub code_agreed: BTreeSet<String>,
    /// How far the panel's consumer came in streams, the one written last at the end.
    #[serde(default)]
    pub readings: Vec<readings::Reading>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            format: FORMAT,
            last_lesson: None,
            lessons: BTreeMap::new(),
            last_stream: None,
            theme: None,
            code_agreed: BTreeSet::new(),
            readings: Vec::new(),
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
    /// By the key of the step's page.
    #[serde(default)]
    pub steps: BTreeMap<String, StepRecord>,
    /// The option chosen (0 is a), by the prediction's question.
    #[serde(default)]
    pub predictions: BTreeMap<String, PredictionRecord>,
    /// The learner's private notes, by prompt key.
    #[serde(default)]
    pub notes: BTreeMap<String, String>,
    /// Ids of the misconceptions that showed in answers and predictions.
    #[serde(default)]
    pub misconceptions: BTreeSet<String>,
    /// Seconds spent in each section, by the key of its first page.
    #[serde(default)]
    pub seconds: BTreeMap<String, u64>,
    /// The stream that was selected last while this lesson was open.
    #[serde(default)]
    pub last_stream: Option<LastStream>,
    /// The class that is under way, or was.
    #[serde(default)]
    pub class: Option<class::ClassRecord>,
}

/// What was done of one step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// By the words of the check: how it was passed. A pass is never undone but by a reset.
    #[serde(default)]
    pub checks: BTreeMap<String, CheckRecord>,
    /// How many hints were shown.
    #[serde(default)]
    pub hints: usize,
}

/// How a check was passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRecord {
    /// How.
    pub how: Passed,
    /// Who, e.g. `you` or `py#1`.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// How a check was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Passed {
    /// The learner did it.
    Done,
    /// The lab showed it.
    Shown,
    /// The learner skipped it.
    Skipped,
}

/// What was predicted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionRecord {
    /// The option chosen; 0 is a. `None`: skipped on purpose.
    pub chosen: Option<usize>,
    /// When the outcome was seen.
    #[serde(default)]
    pub seen_at: Option<DateTime<Utc>>,
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
    /// How sure the learner was before the first try.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// Whether the question comes back at the next launch: it was missed with confidence and not yet answered again.
    #[serde(default)]
    pub review: bool,
}

/// How sure a learner is of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It is a guess.
    Guess,
    /// Fairly sure.
    Fairly,
    /// Certain.
    Certain,
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
                confidence: Some(Confidence::Certain),
                review: true,
            },
        );
        let text = serde_json::to_string(&progress).expect("it is plain data");
        assert_eq!(serde_json::from_str::<Progress>(&text).ok(), Some(progress));
    }

    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::option;
    use proptest::prelude::*;

    fn time() -> impl Strategy<Value = DateTime<Utc>> {
        (0..4_000_000_000_i64).prop_map(|s| DateTime::from_timestamp(s, 0).unwrap_or_default())
    }

    fn answer() -> impl Strategy<Value = AnswerRecord> {
        let confidence = prop_oneof![
            Just(Confidence::Guess),
            Just(Confidence::Fairly),
            Just(Confidence::Certain)
        ];
        let tries = vec(btree_set(0..8_usize, 0..4), 0..3);
        (
            any::<Option<bool>>(),
            tries,
            option::of(confidence),
            any::<bool>(),
        )
            .prop_map(
                |(first_try_right, tries, confidence, review)| AnswerRecord {
                    first_try_right,
                    tries,
                    confidence,
                    review,
                },
            )
    }

    fn step() -> impl Strategy<Value = StepRecord> {
        let how = prop_oneof![
            Just(Passed::Done),
            Just(Passed::Shown),
            Just(Passed::Skipped)
        ];
        let check =
            (how, any::<String>(), time()).prop_map(|(how, by, at)| CheckRecord { how, by, at });
        (btree_map(any::<String>(), check, 0..3), 0..4_usize)
            .prop_map(|(checks, hints)| StepRecord { checks, hints })
    }

    fn class() -> impl Strategy<Value = class::ClassRecord> {
        let section = (any::<u64>(), any::<u32>()).prop_map(|(milliseconds, extra_minutes)| {
            class::SectionTime {
                milliseconds,
                extra_minutes,
            }
        });
        let phase = prop_oneof![
            Just(class::Phase::Think),
            Just(class::Phase::Talk),
            Just(class::Phase::Reveal)
        ];
        let prompt =
            (any::<String>(), phase, any::<u64>()).prop_map(|(prompt, phase, at_seconds)| {
                class::PromptPhase {
                    prompt,
                    phase,
                    at_seconds,
                }
            });
        let times = (time(), option::of(time()), option::of(time()));
        (
            times,
            option::of(any::<String>()),
            btree_map(any::<String>(), section, 0..3),
            option::of(prompt),
            btree_set(any::<String>(), 0..3),
            vec(any::<String>(), 0..3),
        )
            .prop_map(
                |((began_at, ended_at, since), open, sections, prompt, revealed, scenes)| {
                    class::ClassRecord {
                        began_at,
                        ended_at,
                        open,
                        since,
                        sections,
                        prompt,
                        revealed,
                        scenes,
                    }
                },
            )
    }

    fn of_lesson() -> impl Strategy<Value = LessonProgress> {
        let prediction = (option::of(0..5_usize), option::of(time()))
            .prop_map(|(chosen, seen_at)| PredictionRecord { chosen, seen_at });
        let done = (any::<Option<String>>(), btree_set(any::<String>(), 0..3));
        let kept = (
            btree_map(any::<String>(), answer(), 0..3),
            btree_map(any::<String>(), step(), 0..3),
            btree_map(any::<String>(), prediction, 0..3),
            btree_map(any::<String>(), any::<String>(), 0..3),
            btree_set(any::<String>(), 0..3),
            btree_map(any::<String>(), any::<u64>(), 0..3),
            option::of(
                (any::<String>(), any::<u32>())
                    .prop_map(|(name, shards)| LastStream { name, shards }),
            ),
            option::of(class()),
        );
        (done, kept).prop_map(
            |(
                (page, done),
                (answers, steps, predictions, notes, misconceptions, seconds, last_stream, class),
            )| {
                LessonProgress {
                    page,
                    done,
                    answers,
                    steps,
                    predictions,
                    notes,
                    misconceptions,
                    seconds,
                    last_stream,
                    class,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn whatever_is_saved_is_what_is_loaded(
            lessons in btree_map(any::<String>(), of_lesson(), 0..3)
        ) {
            let progress = Progress { lessons, ..Progress::default() };
            let text = serde_json::to_string(&progress).expect("it is plain data");
            prop_assert_eq!(serde_json::from_str::<Progress>(&text).ok(), Some(progress));
        }
    }
}
