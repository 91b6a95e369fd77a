//! What was seen of the stream, bounded: acts are folded in as they come, and nothing is kept that no check asks for.
//!
//! Bounds, and what happens at them: [`STREAMS`] streams and [`ACTORS`] programs (the one that was silent longest makes
//! room), [`READINGS`] readings and [`BATCHES`] batches (the oldest makes room), [`SHARDS`] shards a stream and [`KEYS`] partition keys (more are
//! counted as records only; a key that a check asks for by name always has its place), [`OPERATIONS`] operations and
//! [`FILES`] files (more are not taken up).

mod actors;
mod batches;
mod lagging;
mod pressure;
mod readings;
mod retries;
mod streams;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::looks::Found;
use crate::kinesis::ShardId;
use crate::kinesis::feed::{Call, Detail};
use crate::lesson::is_near;

pub(super) use actors::{Actor, Run, Trouble};
pub(super) use batches::BatchFacts;
pub(super) use pressure::Pressure;
pub(super) use readings::{Reading, ShardReading};
pub(super) use retries::Story;
pub use streams::begins_as_json;
pub(super) use streams::{ShardFacts, StreamFacts};

/// How many streams are remembered.
pub const STREAMS: usize = 16;
/// How many shards of a stream are told apart.
pub const SHARDS: usize = 64;
/// How many partition keys of a stream are told apart.
pub const KEYS: usize = 128;
/// How many readings are remembered.
pub const READINGS: usize = 32;
/// How many batches are remembered.
pub const BATCHES: usize = 16;
/// How many programs are remembered.
pub const ACTORS: usize = 32;
/// How many operations are remembered to have been called.
pub const OPERATIONS: usize = 64;
/// How many files are remembered to have been written.
pub const FILES: usize = 64;
/// The longest name that is remembered, in characters: the API allows no longer stream, and a key may have 256.
pub const NAME: usize = 128;

/// How far the clock of an endpoint may lie behind the lab's.
const SKEW: TimeDelta = TimeDelta::seconds(1);

/// Whose a deed is that only a look has shown.
const SOMEBODY: &str = "a program";

/// Where the lab is connected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The address without its scheme, e.g. `127.0.0.1:4567`.
    pub address: String,
    /// The region.
    pub region: String,
    /// Whether every call is told, by whomever; else only the lab's own are known, and what a look shows.
    pub told: bool,
}

/// Whose a call is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The learner's, on purpose, in a panel.
    You,
    /// A program's; whatever it does counts, since somebody started it.
    Program(String),
    /// The lab's by itself: automatic sending, background looks, what it shows. It passes nothing.
    Lab,
}

/// What can be seen.
#[derive(Debug, Clone, Copy)]
pub enum Seen<'a> {
    /// A call was answered.
    Call(&'a Who, &'a Call),
    /// So many calls were missed: from here on the facts have a hole.
    Lost(u64),
    /// A program has gone.
    Left(&'a str),
    /// The panel's consumer was stopped.
    Stopped,
    /// A file of the lesson was written into the work folder.
    Written(&'a str),
    /// A record was opened in full.
    Opened,
    /// The panel's consumer runs with so many workers.
    Workers(u32),
    /// A worker of the panel's consumer was killed.
    Killed,
    /// A worker took over what a killed one had held.
    TookOver,
    /// A look showed of which shards one was made, by a split or a merge.
    MadeOf(&'a str, &'a ShardId, &'a [ShardId]),
    /// The page of a step was opened.
    Reached(usize),
    /// The lab began to run something for the learner; on which page, if on one.
    RunBegan(Option<usize>),
    /// That has ended, with its exit code; none if a signal ended it.
    RunEnded(Option<i32>),
    /// The lab makes ready what a step needs (its own Python), or has ended that: no request can come meanwhile.
    Readying(bool),
    /// A background look showed a stream: its state and its shards, and which of them are open.
    Described(&'a str, &'a str, &'a [(ShardId, bool)]),
    /// A look showed that a stream is not there.
    Gone(&'a str),
    /// A look found records in a shard of a stream that nobody had told of.
    Found(&'a str, &'a ShardId, &'a [Found]),
    /// A look has made up for the calls that were missed, as far as records lie in the streams.
    LookedUp,
    /// Whether looks read what lies in the streams; on AWS not before the learner agreed to more than looking on.
    Looking(bool),
    /// A stream that was kept from an earlier run holds so many records.
    Kept(&'a str, u64),
    /// So many records of a stream are gone: too old, or it was emptied.
    Dropped(&'a str, u64),
    /// So many records of a stream are gone, since they are older than it keeps them.
    Expired(&'a str, u64),
    /// The lab's clock was moved forward.
    Advanced,
    /// The panel's workers worked on records again.
    Repeated,
}

/// Something that was done on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// By whom, e.g. `you` or `py#1`.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was seen so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    pub(super) place: Place,
    /// Calls that were missed.
    pub(super) lost: u64,
    /// Of these, before a look that made up for them.
    pub(super) looked_up: u64,
    /// Whether looks read what lies in the streams.
    pub(super) looking: bool,
    pub(super) streams: Vec<StreamFacts>,
    pub(super) actors: Vec<Actor>,
    pub(super) readings: Vec<Reading>,
    pub(super) calls: BTreeMap<String, Deed>,
    pub(super) files: BTreeMap<String, Deed>,
    pub(super) opened: Option<Deed>,
    pub(super) workers: Option<(u32, Deed)>,
    /// Batches that were put on purpose, oldest first.
    pub(super) batches: VecDeque<BatchFacts>,
    pub(super) killed: Option<Deed>,
    pub(super) took_over: Option<Deed>,
    pub(super) deleted: Option<Deed>,
    pub(super) reread: Option<Deed>,
    pub(super) read_new: Option<Deed>,
    pub(super) latest: Option<Deed>,
    /// Limits, lag, retention and crashes.
    pub(super) pressure: Pressure,
    /// The last thing that the lab ran.
    pub(super) run: Option<Run>,
    /// Whether something is made ready that the step needs.
    pub(super) readying: bool,
    /// The page that was opened last, and when; what was made ready there since then takes no time.
    pub(super) reached: Option<(usize, DateTime<Utc>)>,
    /// When the last call came that was not the lab's by itself.
    pub(super) last_call: Option<DateTime<Utc>>,
    keys_named: Vec<String>,
    /// The stream that the lesson is about, where its author named one: only what is done with it counts.
    own: Option<String>,
    readings_begun: u64,
    /// Answers to GetRecords so far: they tell which came before which.
    answers: u64,
    /// What arrived before does not count.
    since: Option<DateTime<Utc>>,
}

impl Facts {
    /// Nothing seen yet. The keys named always have their place among those told apart.
    pub fn new(place: Place, keys_named: &[String], now: DateTime<Utc>) -> Self {
        Self {
            place,
            since: Some(now - SKEW),
            keys_named: keys_named.iter().take(KEYS).cloned().collect(),
            ..Self::default()
        }
    }

    /// From here on only what is done with this stream counts; without one, with any.
    pub fn about(&mut self, own: Option<&str>) {
        self.own = own.map(str::to_owned);
    }

    /// Whether what is done with this stream counts. A name that is nearly right does: that is said beside it.
    pub(super) fn counts(&self, stream: &str) -> bool {
        let own = self.own.as_deref();
        own.is_none_or(|own| own == stream || is_near(stream, own))
    }

    /// The same world, in which nobody has done anything yet.
    #[must_use]
    pub fn anew(&self, now: DateTime<Utc>) -> Self {
        let mut anew = Self {
            place: self.place.clone(),
            lost: self.lost,
            looked_up: self.looked_up,
            looking: self.looking,
            since: Some(now - SKEW),
            streams: self.streams.clone(),
            run: self.run.clone(),
            readying: self.readying,
            reached: self.reached,
            keys_named: self.keys_named.clone(),
            own: self.own.clone(),
            readings_begun: self.readings_begun,
            answers: self.answers,
            ..Self::default()
        };
        for stream in &mut anew.streams {
            stream.forget_deeds();
        }
        anew
    }

    /// Folds something in. Whether a check may stand otherwise now.
    pub fn observe(&mut self, seen: &Seen<'_>, now: DateTime<Utc>) -> bool {
        let you = || Deed {
            by: "you".into(),
            at: now,
        };
        match *seen {
            Seen::Call(who, call) => self.called(who, call, now),
            Seen::Lost(calls) => {
                self.lost += calls;
                true
            }
            Seen::Left(program) => self.left(program, now),
            Seen::Stopped => self.left("you", now),
            Seen::Written(file) => {
                if self.files.len() < FILES || self.files.contains_key(file) {
                    self.files.insert(cut(file), you());
                }
                true
            }
            Seen::Opened => {
                self.opened.get_or_insert_with(you);
                true
            }
            Seen::Workers(count) => {
                let more = self.workers.as_ref().is_none_or(|(most, _)| count > *most);
                if more {
                    self.workers = Some((count, you()));
                }
                more
            }
            Seen::Killed => {
                self.killed = Some(you());
                true
            }
            Seen::TookOver => {
                self.took_over.get_or_insert_with(you);
                true
            }
            Seen::MadeOf(stream, shard, parents) => self.stream(stream, now).made(shard, parents),
            Seen::Reached(page) => {
                self.reached = Some((page, now));
                true
            }
            Seen::RunBegan(page) => {
                self.run = Some(Run::begun(page, now));
                true
            }
            Seen::RunEnded(code) => {
                if let Some(run) = &mut self.run {
                    run.ended = Some((now, code));
                }
                true
            }
            Seen::Readying(begins) => {
                if std::mem::replace(&mut self.readying, begins) && !begins {
                    self.reached = self.reached.map(|(page, _)| (page, now));
                }
                true
            }
            Seen::Described(stream, status, shards) => {
                let missed = self.lost > self.looked_up && self.known(stream).is_none();
                let facts = self.stream(stream, now);
                if missed {
                    // Its creation was among the calls that were missed.
                    facts.created = Some(somebody(now));
                }
                facts.described(status, shards) || missed
            }
            Seen::Gone(stream) => {
                let known = self.known(stream).is_some_and(|it| it.status.is_some());
                self.streams.retain(|it| it.name != stream);
                if known && self.counts(stream) {
                    self.deleted.get_or_insert_with(|| somebody(now));
                }
                known
            }
            Seen::Found(stream, shard, records) => {
                let since = self.since;
                let counts =
                    |it: &Found| it.arrived.zip(since).is_none_or(|(at, since)| at >= since);
                self.stream(stream, now)
                    .found(shard, records, counts, &somebody(now));
                true
            }
            Seen::LookedUp => {
                self.looked_up = self.lost;
                true
            }
            Seen::Looking(looking) => std::mem::replace(&mut self.looking, looking) != looking,
            Seen::Kept(stream, records) => {
                self.stream(stream, now).keeps(records);
                false
            }
            Seen::Dropped(stream, records) => {
                self.stream(stream, now).drops(records);
                false
            }
            Seen::Expired(stream, records) => {
                self.stream(stream, now).drops(records);
                if self.counts(stream) {
                    self.pressure.expired(records, now);
                }
                true
            }
            Seen::Advanced => {
                self.pressure.advanced = Some(now);
                true
            }
            Seen::Repeated => {
                let news = self.pressure.repeated.is_none();
                self.pressure.repeated.get_or_insert_with(you);
                news
            }
        }
    }

    /// What is known of a stream, made room for if it is new.
    pub(super) fn stream(&mut self, name: &str, now: DateTime<Utc>) -> &mut StreamFacts {
        let known = self.streams.iter().position(|it| it.name == name);
        let place = known.unwrap_or_else(|| {
            if self.streams.len() == STREAMS
                && let Some(silent) = (0..STREAMS).min_by_key(|i| self.streams[*i].touched)
            {
                self.streams.swap_remove(silent);
            }
            self.streams
                .push(StreamFacts::new(name, &self.keys_named, now));
            self.streams.len() - 1
        });
        let stream = &mut self.streams[place];
        stream.touched = now;
        stream
    }

    /// Whether looks read what lies in the streams.
    pub fn is_looking(&self) -> bool {
        self.looking
    }

    /// What is known of a stream.
    pub(super) fn known(&self, name: &str) -> Option<&StreamFacts> {
        self.streams.iter().find(|stream| stream.name == name)
    }

    fn called(&mut self, who: &Who, call: &Call, now: DateTime<Utc>) -> bool {
        let name = match who {
            Who::You => "you",
            Who::Program(name) => name.as_str(),
            Who::Lab => {
                let automatic = |facts: &Self| facts.streams.iter().any(|it| it.automatic > 0);
                let before = automatic(self);
                self.world(call, None, now);
                // Only the first of them makes a difference to what is said.
                return before != automatic(self);
            }
        };
        self.last_call = Some(now);
        if let (Who::Program(_), Some(run)) = (who, &mut self.run) {
            run.took_a_call();
        }
        let here = call.region.is_empty() || call.region == self.place.region;
        let was_known = call
            .stream
            .as_ref()
            .is_some_and(|stream| self.known(stream).is_some());
        let actor = self.actor(name, now);
        actor.saw(call, here, was_known, now);
        if !here {
            return true;
        }
        let deed = Deed {
            by: name.to_owned(),
            at: now,
        };
        if call.error.is_none() {
            let room = self.calls.len() < OPERATIONS;
            match self.calls.get_mut(&call.operation) {
                Some(last) => *last = deed.clone(),
                None if room => {
                    self.calls.insert(cut(&call.operation), deed.clone());
                }
                None => {}
            }
        }
        self.world(call, Some(&deed), now);
        if let Some(stream) = &call.stream
            && self.counts(stream)
        {
            self.pressure.saw(call, stream, &deed);
        }
        self.read(call, &deed);
        true
    }

    /// What a call makes of the streams; with a deed, it was done on purpose.
    fn world(&mut self, call: &Call, deed: Option<&Deed>, now: DateTime<Utc>) {
        let Some(name) = &call.stream else {
            return;
        };
        if !call.region.is_empty() && call.region != self.place.region {
            return;
        }
        let refused = call.error.as_ref().map(|(code, _)| code.as_str());
        match (call.operation.as_str(), refused) {
            ("CreateStream", None) => {
                self.streams.retain(|stream| stream.name != *name);
                let stream = self.stream(name, now);
                stream.created = deed.cloned();
                if let Detail::Create { shards } = call.detail {
                    stream.shards_asked = Some(shards);
                }
            }
            // Who wanted to create it finds it there.
            ("CreateStream", Some("ResourceInUseException")) if deed.is_some() => {
                self.stream(name, now).created = deed.cloned();
            }
            ("DeleteStream", None) => {
                self.streams.retain(|stream| stream.name != *name);
                if deed.is_some() && self.counts(name) {
                    self.deleted = deed.cloned();
                }
            }
            ("PutRecord" | "PutRecords", None) => {
                if let Detail::Put(entries) = &call.detail {
                    self.stream(name, now).put(entries, deed);
                    if let Some(deed) = deed.filter(|_| call.operation == "PutRecords") {
                        self.batch(name, entries, deed);
                    }
                }
            }
            ("SplitShard", None) if deed.is_some() => self.stream(name, now).split = deed.cloned(),
            ("MergeShards", None) if deed.is_some() => {
                self.stream(name, now).merged = deed.cloned();
            }
            _ => {}
        }
    }
}

/// Who did what only a look has shown.
fn somebody(now: DateTime<Utc>) -> Deed {
    Deed {
        by: SOMEBODY.into(),
        at: now,
    }
}

/// A name from outside, no longer than names are.
fn cut(name: &str) -> String {
    name.chars().take(NAME).collect()
}
