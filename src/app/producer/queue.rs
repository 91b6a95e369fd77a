//! Records on their way into the stream: which call carries them, which of them go again and when, what became of each.
//!
//! ```text
//! admit -> waiting (until they are due) -> pump -> under way -> answered -> written | given up | waiting again
//! ```
//!
//! It knows no clock, no endpoint and no source of chance: all are arguments. What it holds is bounded by who asks for
//! [`Queue::has_room`]. At any time every record that was admitted is written, given up or held.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::message::{Entry, Place, Sender, Stored};
use crate::kinesis::CallError;

/// The first wait is drawn from below this, each further one from below twice as much, up to [`LONGEST_WAIT`].
pub const FIRST_WAIT: TimeDelta = TimeDelta::milliseconds(100);

/// See [`FIRST_WAIT`].
pub const LONGEST_WAIT: TimeDelta = TimeDelta::seconds(5);

/// How old a record gets that is not written; then it is given up, whatever tries are left.
pub const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// The most records and bytes of a call of PutRecords. The service takes 10 MiB since October 2025; other endpoints, and the
/// producer library, keep to the 5 MiB of before.
pub const MOST_RECORDS: usize = 500;
/// See [`MOST_RECORDS`].
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

/// How many records and bytes are held at once, under way and waiting.
pub const MOST_HELD: usize = 5_000;
/// See [`MOST_HELD`].
pub const MOST_HELD_BYTES: usize = 32 * 1024 * 1024;

/// What a queue keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many calls may be under way.
    pub calls: usize,
    /// How many records a call carries at most.
    pub per_call: usize,
    /// How often a record goes again at most.
    pub retries: u32,
}

/// What became of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Admitted: they were to be sent.
    pub sent: u64,
    /// Written, as an answer said.
    pub written: u64,
    /// Refusals for a shard's limit; a record may be refused several times.
    pub throttled: u64,
    /// Records that went again, each time counted.
    pub retried: u64,
    /// Given up.
    pub given_up: u64,
    /// Of those given up, the ones that may be stored nevertheless: a call that carried them got no answer.
    pub unknown: u64,
    /// Of those written, the ones that are known to be stored twice.
    pub twice: u64,
    /// Of those written, the ones that may be stored twice: an earlier call got no answer.
    pub perhaps_twice: u64,
}

/// A record that is held.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The record.
    pub entry: Arc<Entry>,
    /// Where it was stored by calls whose answers never came, as far as anybody told.
    pub before: Vec<Place>,
}

/// Records that share their fate: they were admitted together, and those that fail together go again together.
#[derive(Debug, Clone)]
struct Group {
    /// Whose they are.
    by: Sender,
    /// How often they were sent.
    tries: u32,
    /// When they were admitted.
    since: DateTime<Utc>,
    /// When they began to wait.
    waits_since: DateTime<Utc>,
    /// Whether a call that carried them got no answer.
    unsure: bool,
    records: Vec<Held>,
}

/// A call to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its number.
    pub id: u64,
    /// Whose records it carries.
    pub by: Sender,
    /// Whether its records go again.
    pub retry: bool,
    /// What it carries, in order.
    pub entries: Vec<Arc<Entry>>,
}

/// A record that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The record.
    pub record: Held,
    /// Where.
    pub place: Place,
    /// Whether an earlier call that carried it got no answer.
    pub unsure: bool,
}

/// Records that a call did not write, for one reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    /// The reason.
    pub error: CallError,
    /// How many records, and of how many in the call.
    pub records: usize,
    /// See [`Self::records`].
    pub of: usize,
    /// One of them.
    pub example: Arc<Entry>,
    /// What becomes of them.
    pub fate: Fate,
}

/// What becomes of records that were not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They go again.
    Again {
        /// Which retry it will be.
        retry: u32,
        /// How long they wait before.
        wait: TimeDelta,
    },
    /// They do not go again.
    GivenUp,
}

/// What an answer said.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Whose records they were.
    pub by: Sender,
    /// Which retry it was; 0 for the first try.
    pub retry: u32,
    /// What was written, in the order of the call.
    pub written: Vec<Written>,
    /// What was not.
    pub failed: Vec<Failed>,
}

/// The retry that comes next, for the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextRetry {
    /// Which retry it is.
    pub retry: u32,
    /// Since when they wait.
    pub since: DateTime<Utc>,
    /// When it was or will be due.
    pub due: DateTime<Utc>,
    /// How many records go then.
    pub records: usize,
    /// How many records wait for later retries.
    pub later: usize,
}

/// The records on their way.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// What became of them.
    pub counts: Counts,
    /// Whether the learner sent some of them, beside automatic sending.
    pub by_hand: bool,
    under_way: BTreeMap<u64, Group>,
    /// By when they are due, then by when they came.
    waiting: BTreeMap<(DateTime<Utc>, u64), Group>,
    came: u64,
    held: usize,
    bytes: usize,
}

/// How long to wait before a retry: anything from nothing up to a bound that doubles with each, "full jitter". Senders that
/// were refused together do not come back together.
pub fn wait(retry: u32, random: &mut fastrand::Rng) -> TimeDelta {
    let doubled = 1_i64.checked_shl(retry.saturating_sub(1)).unwrap_or(0);
    let bound = match FIRST_WAIT.num_milliseconds().checked_mul(doubled) {
        Some(bound) if bound > 0 => bound.min(LONGEST_WAIT.num_milliseconds()),
        _ => LONGEST_WAIT.num_milliseconds(),
    };
    TimeDelta::milliseconds(random.i64(0..=bound))
}

/// Whether sending the same again may succeed.
fn may_pass_later(error: &CallError) -> bool {
    match error {
        CallError::Refused { code, .. } => [
            THROTTLED,
            "InternalFailure",
            "InternalFailureException",
            "ServiceUnavailable",
            "KMSThrottlingException",
        ]
        .contains(&code.as_str()),
        CallError::NoAnswer { .. } | CallError::NotReached { .. } | CallError::Nonsense { .. } => {
            true
        }
        CallError::KeptBack { .. } => false,
    }
}

const THROTTLED: &str = "ProvisionedThroughputExceededException";

impl Queue {
    /// How many calls are under way.
    pub fn calls(&self) -> usize {
        self.under_way.len()
    }

    /// How many records are held: under way or waiting.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Whether so many records and bytes more would be held within the bounds, and a call is free for them.
    pub fn has_room(&self, records: usize, bytes: usize, limits: Limits) -> bool {
        self.under_way.len() < limits.calls
            && self.held + records <= MOST_HELD
            && self.bytes + bytes <= MOST_HELD_BYTES
    }

    /// Takes records in; they are due at once.
    pub fn admit(&mut self, by: Sender, entries: Vec<Entry>, now: DateTime<Utc>) {
        self.by_hand |= by == Sender::You;
        self.counts.sent += entries.len() as u64;
        self.held += entries.len();
        self.bytes += entries.iter().map(Entry::bytes).sum::<usize>();
        let records = entries.into_iter().map(|entry| Held {
            entry: Arc::new(entry),
            before: Vec::new(),
        });
        let group = Group {
            by,
            tries: 0,
            since: now,
            waits_since: now,
            unsure: false,
            records: records.collect(),
        };
        self.wait_until(now, group);
    }

    fn wait_until(&mut self, due: DateTime<Utc>, group: Group) {
        if !group.records.is_empty() {
            self.waiting.insert((due, self.came), group);
            self.came += 1;
        }
    }

    /// The calls to make now: what is due, as far as calls are free. `number` counts the calls.
    pub fn pump(&mut self, now: DateTime<Utc>, limits: Limits, number: &mut u64) -> Vec<Call> {
        let mut calls = Vec::new();
        while self.under_way.len() < limits.calls
            && let Some(first) = self.waiting.first_entry()
            && first.key().0 <= now
        {
            let (key, mut group) = first.remove_entry();
            let taken = group.records.len().min(fitting(&group.records, limits));
            let rest = group.records.split_off(taken);
            if !rest.is_empty() {
                let rest = Group {
                    records: rest,
                    ..group.clone_without_records()
                };
                self.waiting.insert(key, rest);
            }
            let retry = group.tries > 0;
            if retry {
                self.counts.retried += taken as u64;
            }
            group.tries += 1;
            *number += 1;
            calls.push(Call {
                id: *number,
                by: group.by,
                retry,
                entries: group
                    .records
                    .iter()
                    .map(|held| Arc::clone(&held.entry))
                    .collect(),
            });
            self.under_way.insert(*number, group);
        }
        calls
    }

    /// When something is due that a call is free for.
    pub fn next_due(&self, limits: Limits) -> Option<DateTime<Utc>> {
        let ((due, _), _) = self.waiting.first_key_value()?;
        (self.under_way.len() < limits.calls).then_some(*due)
    }

    /// Nothing is due before this time.
    pub fn postpone(&mut self, until: DateTime<Utc>) {
        let later = self.waiting.split_off(&(until, 0));
        let earlier = std::mem::replace(&mut self.waiting, later);
        for (_, group) in earlier {
            self.wait_until(until, group);
        }
    }

    /// The retry that comes next, if one does.
    pub fn next_retry(&self) -> Option<NextRetry> {
        let mut retries = self.waiting.iter().filter(|(_, group)| group.tries > 0);
        let ((due, _), next) = retries.next()?;
        Some(NextRetry {
            retry: next.tries,
            since: next.waits_since,
            due: *due,
            records: next.records.len(),
            later: retries.map(|(_, group)| group.records.len()).sum(),
        })
    }

    /// A call was answered, record by record in its order, or failed as a whole. `None` if it is not one of this queue.
    pub fn answered(
        &mut self,
        call: u64,
        result: Result<Vec<Stored>, CallError>,
        limits: Limits,
        now: DateTime<Utc>,
        random: &mut fastrand::Rng,
    ) -> Option<Told> {
        let mut group = self.under_way.remove(&call)?;
        let of = group.records.len();
        let results = match result {
            Ok(results) if results.len() == of => results,
            Ok(results) => {
                let why = format!("it told of {} records where {of} were put", results.len());
                vec![Err(CallError::Nonsense { why }); of]
            }
            Err(error) => vec![Err(error); of],
        };
        let mut told = Told {
            by: group.by,
            retry: group.tries.saturating_sub(1),
            written: Vec::new(),
            failed: Vec::new(),
        };
        let mut again = Group {
            waits_since: now,
            ..group.clone_without_records()
        };
        let mut failures: Vec<(CallError, usize, Arc<Entry>)> = Vec::new();
        let within_tries = group.tries <= limits.retries;
        let wait = wait(group.tries, random);
        let goes_again = within_tries && now + wait - group.since <= PATIENCE;
        for (record, result) in group.records.drain(..).zip(results) {
            let error = match result {
                Ok(place) => {
                    self.let_go(&record);
                    self.counts.written += 1;
                    if !record.before.is_empty() {
                        self.counts.twice += 1;
                    } else if group.unsure {
                        self.counts.perhaps_twice += 1;
                    }
                    told.written.push(Written {
                        record,
                        place,
                        unsure: group.unsure,
                    });
                    continue;
                }
                Err(error) => error,
            };
            if error.is(THROTTLED) {
                self.counts.throttled += 1;
            }
            again.unsure |= error.leaves_open();
            match failures.iter_mut().find(|(seen, ..)| *seen == error) {
                Some((_, count, _)) => *count += 1,
                None => failures.push((error.clone(), 1, Arc::clone(&record.entry))),
            }
            if goes_again && may_pass_later(&error) {
                again.records.push(record);
            } else {
                self.let_go(&record);
                self.counts.given_up += 1;
                let unsure = group.unsure || error.leaves_open();
                self.counts.unknown += u64::from(unsure);
            }
        }
        told.failed = failures
            .into_iter()
            .map(|(error, records, example)| Failed {
                fate: match goes_again && may_pass_later(&error) {
                    true => Fate::Again {
                        retry: again.tries,
                        wait,
                    },
                    false => Fate::GivenUp,
                },
                error,
                records,
                of,
                example,
            })
            .collect();
        self.wait_until(now + wait, again);
        Some(told)
    }

    /// Somebody told that a call without an answer stored these records, by partition key, beginning of the data and place;
    /// nothing where one was refused.
    pub fn was_stored(&mut self, entries: &[(&str, &[u8], Option<Place>)]) {
        let is_it = |group: &Group| {
            group.records.len() == entries.len()
                && group
                    .records
                    .iter()
                    .zip(entries)
                    .all(|(held, (key, head, _))| {
                        held.entry.key == *key && held.entry.data.as_bytes().starts_with(head)
                    })
        };
        let mut groups = self.under_way.values_mut().chain(self.waiting.values_mut());
        if let Some(group) = groups.find(|group| is_it(group)) {
            for (held, (_, _, place)) in group.records.iter_mut().zip(entries) {
                held.before.extend(place.clone());
            }
        }
    }

    /// Gives up all that waits, and says how many records that were. What is under way will be answered.
    pub fn give_up(&mut self) -> usize {
        let mut given_up = 0;
        for (_, group) in std::mem::take(&mut self.waiting) {
            given_up += group.records.len();
            if group.unsure {
                self.counts.unknown += group.records.len() as u64;
            }
            group.records.iter().for_each(|held| self.let_go(held));
        }
        self.counts.given_up += given_up as u64;
        given_up
    }

    fn let_go(&mut self, record: &Held) {
        self.held -= 1;
        self.bytes -= record.entry.bytes();
    }
}

impl Group {
    fn clone_without_records(&self) -> Self {
        Self {
            records: Vec::new(),
            ..*self
        }
    }
}

/// How many of these records go into one call; at least one.
fn fitting(records: &[Held], limits: Limits) -> usize {
    let mut bytes = 0;
    let most = limits.per_call.clamp(1, MOST_RECORDS);
    let fits = |held: &&Held| {
        bytes += held.entry.bytes();
        bytes <= MOST_BYTES
    };
    records.iter().take(most).take_while(fits).count().max(1)
}

#[cfg(test)]
mod tests;
