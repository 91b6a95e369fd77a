//! A class as it is kept: its sections' time and its discussion. Instants, not counters: a restart of the lab takes
//! nothing from the room's clock, and nothing is written for the time alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// More than a year: whatever a damaged file says, times stay within what can be reckoned with.
const MOST_MILLISECONDS: u64 = 400 * 24 * 3_600_000;

/// A class that is under way, or the last one that was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassRecord {
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it was over; `None` while it goes on.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// The section whose clock it is, by the key of its first page.
    #[serde(default)]
    pub open: Option<String>,
    /// Since when that clock goes; `None` while it rests.
    #[serde(default)]
    pub since: Option<DateTime<Utc>>,
    /// By the key of a section's first page.
    #[serde(default)]
    pub sections: BTreeMap<String, SectionTime>,
    /// The prompt that is talked over.
    #[serde(default)]
    pub prompt: Option<PromptPhase>,
    /// Keys of the prompts whose talking points were shown.
    #[serde(default)]
    pub revealed: BTreeSet<String>,
    /// Titles of the scenes that were played, in their order.
    #[serde(default)]
    pub scenes: Vec<String>,
}

/// The time of one section in a class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionTime {
    /// What was used before its clock was last set going.
    #[serde(default)]
    pub milliseconds: u64,
    /// Minutes that were added to those of its heading.
    #[serde(default)]
    pub extra_minutes: u32,
}

/// How far the talk about a prompt is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptPhase {
    /// The prompt's key.
    pub prompt: String,
    /// The phase.
    pub phase: Phase,
    /// The whole seconds of the section's time at which it began: it rests when that does.
    pub at_seconds: u64,
}

/// A phase of the talk about a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Each thinks alone.
    Think,
    /// They talk.
    Talk,
    /// The talking points are shown.
    Reveal,
}

impl Phase {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Think => "think",
            Self::Talk => "talk",
            Self::Reveal => "compare",
        }
    }
}

impl ClassRecord {
    /// A class that begins now.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            began_at: now,
            ended_at: None,
            open: None,
            since: Some(now),
            sections: BTreeMap::new(),
            prompt: None,
            revealed: BTreeSet::new(),
            scenes: Vec::new(),
        }
    }

    /// What was used of a section's time until `now`.
    pub fn used(&self, section: &str, now: DateTime<Utc>) -> TimeDelta {
        let before = self.sections.get(section).map_or(0, |it| it.milliseconds);
        let before = TimeDelta::milliseconds(before.min(MOST_MILLISECONDS) as i64);
        let goes = self.open.as_deref() == Some(section);
        let since = self.since.filter(|_| goes);
        let going = since.map_or(TimeDelta::zero(), |since| now - since);
        before + going.clamp(TimeDelta::zero(), TimeDelta::days(400))
    }

    /// Keeps what the open section used, and sets its clock going anew, or lets it rest.
    pub fn bank(&mut self, now: DateTime<Utc>, goes_on: bool) {
        if let Some(section) = self.open.clone() {
            let used = self.used(&section, now).num_milliseconds();
            let time = self.sections.entry(section).or_default();
            time.milliseconds = u64::try_from(used).unwrap_or(0);
        }
        self.since = goes_on.then_some(now);
    }
}
