//! Who called: the learner in a panel, and every program, with how their last calls went.

use chrono::{DateTime, Utc};

use super::{ACTORS, Facts, cut};
use crate::kinesis::feed::{Call, Detail};

/// Somebody who calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// `you` or e.g. `py#1`.
    pub name: String,
    /// When it called first.
    pub first: DateTime<Utc>,
    /// When it called last.
    pub last: DateTime<Utc>,
    /// Whether it is known to have gone, and when.
    pub left: Option<DateTime<Utc>>,
    /// Records it stored.
    pub stored: u64,
    /// What went wrong last, unless the same worked since.
    pub trouble: Option<Trouble>,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Trouble {
    /// The operation.
    pub operation: String,
    /// The stream it named.
    pub stream: Option<String>,
    /// The error's name; empty where the call went to another region and was answered there.
    pub code: String,
    /// The error's message.
    pub message: String,
    /// The region, if it is not the lab's.
    pub elsewhere: Option<String>,
    /// Whether that stream was known to be there all the same.
    pub was_known: bool,
    /// How many times in a row.
    pub times: u32,
    /// When it happened last.
    pub at: DateTime<Utc>,
}

/// Something that the lab ran for the learner.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// On which page.
    pub page: Option<usize>,
    /// When it began.
    pub began: DateTime<Utc>,
    /// When it ended, and with which exit code.
    pub ended: Option<(DateTime<Utc>, Option<i32>)>,
    /// Calls of programs that came while it ran, or just after.
    pub calls: u64,
}

impl Run {
    pub(super) fn begun(page: Option<usize>, now: DateTime<Utc>) -> Self {
        Self {
            page,
            began: now,
            ended: None,
            calls: 0,
        }
    }

    /// A program called. The feed may be behind the program's end, so calls after it count too.
    pub(super) fn took_a_call(&mut self) {
        self.calls += 1;
    }
}

/// The most of an error's message that is remembered.
const MESSAGE: usize = 300;

impl Actor {
    /// A call of it was answered.
    pub(super) fn saw(&mut self, call: &Call, here: bool, was_known: bool, now: DateTime<Utc>) {
        let refused_entry = match &call.detail {
            Detail::Put(entries) if call.error.is_none() => {
                entries.iter().find_map(|entry| entry.result.as_ref().err())
            }
            _ => None,
        };
        let error = call.error.as_ref().or(refused_entry);
        // Who wanted a stream and finds it there has what was wanted.
        let found = |(code, _): &&(String, String)| {
            call.operation == "CreateStream" && code == "ResourceInUseException"
        };
        let error = error.filter(|error| !found(error));
        if here && error.is_none() {
            self.trouble.take_if(|trouble| {
                trouble.operation == call.operation || trouble.elsewhere.is_some()
            });
        } else {
            let (code, message) = match error {
                Some((code, message)) => (cut(code), message.chars().take(MESSAGE).collect()),
                None => Default::default(),
            };
            let times = match &self.trouble {
                Some(before) if before.operation == call.operation && before.code == code => {
                    before.times.saturating_add(1)
                }
                _ => 1,
            };
            self.trouble = Some(Trouble {
                operation: cut(&call.operation),
                stream: call.stream.as_deref().map(cut),
                code,
                message,
                was_known,
                elsewhere: (!here).then(|| cut(&call.region)),
                times,
                at: now,
            });
        }
        if here {
            self.stored += call.stored();
        }
    }
}

impl Facts {
    /// Who has this name, made room for if it is new.
    pub(super) fn actor(&mut self, name: &str, now: DateTime<Utc>) -> &mut Actor {
        let known = self.actors.iter().rposition(|actor| actor.name == name);
        let place = known.unwrap_or_else(|| {
            if self.actors.len() == ACTORS
                && let Some(silent) = (0..ACTORS).min_by_key(|i| self.actors[*i].last)
            {
                self.actors.remove(silent);
            }
            self.actors.push(Actor {
                name: cut(name),
                first: now,
                last: now,
                left: None,
                stored: 0,
                trouble: None,
            });
            self.actors.len() - 1
        });
        let actor = &mut self.actors[place];
        actor.last = now;
        actor.left = None;
        actor
    }

    /// Somebody has gone, or has stopped reading.
    pub(super) fn left(&mut self, name: &str, now: DateTime<Utc>) -> bool {
        let mut changed = false;
        for reading in self.readings.iter_mut().filter(|it| it.by == name) {
            changed |= reading.stopped.is_none();
            reading.stopped.get_or_insert(now);
        }
        if name != "you"
            && let Some(actor) = self.actors.iter_mut().find(|actor| actor.name == name)
        {
            changed |= actor.left.is_none();
            actor.left.get_or_insert(now);
        }
        changed
    }
}
