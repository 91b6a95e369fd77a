//! What became of records that were refused: who sent them again, with what else, and after which pauses.
//!
//! Records are known by key, size and how their data begins. Of each sender the records of its last trouble are remembered:
//! at most [`REMEMBERED`] that wait and as many that were stored meanwhile; more are not taken up.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, TimeDelta, Utc};

use super::{ACTORS, Deed, cut};
use crate::kinesis::feed::{Call, Detail, PutEntry};

/// How many records of a sender are told apart.
pub const REMEMBERED: usize = 4_096;

/// The shortest of all that is called a pause: an answer on this machine takes a few milliseconds.
pub const PAUSE: TimeDelta = TimeDelta::milliseconds(50);

/// What is not sent again for so long, while other records are, was given up.
pub const GIVEN_UP: TimeDelta = TimeDelta::seconds(5);

/// Who sent what was refused.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Retries {
    senders: Vec<Sender>,
    /// How it was done right last.
    pub right: Option<(Deed, Story)>,
}

/// What a sender made of what was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Story {
    /// Records that were refused.
    pub refused: u64,
    /// Of these, those that are not stored yet.
    pub left: u64,
    /// Calls that sent some of them again.
    pub tries: u32,
    /// The longest pause before one of these.
    pub longest: TimeDelta,
    /// Records that were stored once more although they were stored already.
    pub twice: u64,
}

/// A sender and its last trouble.
#[derive(Debug, Clone, PartialEq)]
pub struct Sender {
    /// Whose it is.
    pub by: String,
    stream: String,
    /// What came of it so far.
    pub story: Story,
    /// When a call of it was refused in part last.
    refused_at: DateTime<Utc>,
    /// When it put something last.
    pub at: DateTime<Utc>,
    waiting: BTreeMap<u64, u32>,
    stored: BTreeSet<u64>,
}

impl Retries {
    /// The sender that was in trouble last.
    pub fn last(&self) -> Option<&Sender> {
        self.senders.iter().max_by_key(|sender| sender.at)
    }

    /// Takes over a put on purpose.
    pub(super) fn saw(&mut self, call: &Call, stream: &str, deed: &Deed) {
        let Detail::Put(entries) = &call.detail else {
            return;
        };
        let failed = entries.iter().any(|entry| entry.result.is_err());
        let own = |it: &Sender| it.by == deed.by && it.stream == stream;
        let known = self.senders.iter().position(own);
        let place = match known {
            Some(place) => place,
            None if !failed => return,
            None => {
                if self.senders.len() == ACTORS
                    && let Some(silent) = (0..ACTORS).min_by_key(|i| self.senders[*i].at)
                {
                    self.senders.swap_remove(silent);
                }
                self.senders.push(Sender {
                    by: deed.by.clone(),
                    stream: cut(stream),
                    story: Story::default(),
                    refused_at: call.at,
                    at: deed.at,
                    waiting: BTreeMap::new(),
                    stored: BTreeSet::new(),
                });
                self.senders.len() - 1
            }
        };
        let sender = &mut self.senders[place];
        sender.at = deed.at;
        sender.put(entries, failed, call.at);
        if sender.is_right() {
            self.right = Some((deed.clone(), sender.story));
        }
    }
}

impl Sender {
    /// Whether all that was refused is stored, sent again alone and not at once.
    fn is_right(&self) -> bool {
        let story = &self.story;
        story.refused > 0 && story.left == 0 && story.twice == 0 && story.longest >= PAUSE
    }

    fn put(&mut self, entries: &[PutEntry], failed: bool, at: DateTime<Utc>) {
        let again = entries
            .iter()
            .any(|entry| self.waiting.contains_key(&name(entry)));
        let given_up = self.story.left > 0 && !again && at - self.refused_at >= GIVEN_UP;
        let anew = self.story.left == 0 && failed;
        if given_up || anew && !entries.iter().any(|entry| self.is_known(entry)) {
            self.story = Story::default();
            self.waiting.clear();
            self.stored.clear();
        }
        if self.story.left == 0 && !failed && self.stored.is_empty() {
            return;
        }
        if again {
            self.story.tries = self.story.tries.saturating_add(1);
            self.story.longest = self.story.longest.max(at - self.refused_at);
        }
        for entry in entries {
            self.took(name(entry), entry.result.is_ok());
        }
        if failed {
            self.refused_at = at;
        }
    }

    fn is_known(&self, entry: &PutEntry) -> bool {
        self.stored.contains(&name(entry))
    }

    fn took(&mut self, name: u64, is_stored: bool) {
        let story = &mut self.story;
        let waits = self.waiting.contains_key(&name);
        match (waits, is_stored) {
            (true, true) => {
                if let Some(count) = self.waiting.get_mut(&name) {
                    *count -= 1;
                    if *count == 0 {
                        self.waiting.remove(&name);
                    }
                }
                story.left = story.left.saturating_sub(1);
            }
            (true, false) => return,
            (false, true) => story.twice += u64::from(self.stored.contains(&name)),
            (false, false) => {
                // What was stored before was refused the second time: nothing is lost by that.
                if self.waiting.len() < REMEMBERED && !self.stored.contains(&name) {
                    *self.waiting.entry(name).or_default() += 1;
                    story.refused += 1;
                    story.left += 1;
                }
            }
        }
        if is_stored && self.stored.len() < REMEMBERED {
            self.stored.insert(name);
        }
    }
}

/// A record without its data: what may be another of the same name has the same key and beginning.
fn name(entry: &PutEntry) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&entry.key, entry.size, &entry.head).hash(&mut hasher);
    hasher.finish()
}
