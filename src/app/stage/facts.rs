//! What came back on a stage, and whether it is what a step expects: nothing is worked out that the endpoint did not say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::app::message::{Answer, Entry, Message, Place, Stored};
use crate::app::model::Model;
use crate::kinesis::{CallError, SequenceNumber, ShardId};
use crate::lesson::scenes::Expectations;

const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// What came back.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// Tells this stage's streams from others on an endpoint that is shared.
    pub mark: u32,
    /// The stream that the scene is about: one that it created. It touches no other.
    pub stream: Option<String>,
    /// What was acknowledged since the stream was created, in the order of the puts.
    stored: Vec<(String, Place)>,
    /// What was put and is not answered, by the put's number.
    open: BTreeMap<u64, Vec<Arc<Entry>>>,
    /// What this step put, and whether it was acknowledged.
    put: Vec<(Arc<Entry>, bool)>,
    /// What the step before that put anything did not get acknowledged, and what it did.
    before: Vec<(Arc<Entry>, bool)>,
    /// Puts of this step, and answers to them.
    puts: usize,
    /// See [`Self::puts`].
    pub answered: usize,
    /// How calls of this step were refused.
    errors: BTreeSet<String>,
    throttled: u64,
    /// Why the step cannot go on, where that is not what it is about.
    pub refused: Option<String>,
    allows_refusals: bool,
    /// Why the endpoint cannot be reached, if the last call did not reach it.
    pub unreachable: Option<String>,
    /// How often the server said what holds.
    pub told: u64,
}

impl Facts {
    /// Nothing came back yet.
    pub(super) fn new(mark: u32) -> Self {
        Self {
            mark,
            ..Self::default()
        }
    }

    /// A step begins that expects this.
    pub(super) fn step_begins(&mut self, expect: &Expectations) {
        if !self.put.is_empty() {
            self.before = std::mem::take(&mut self.put);
        }
        self.open.clear();
        (self.puts, self.answered, self.throttled) = (0, 0, 0);
        self.errors.clear();
        self.refused = None;
        self.unreachable = None;
        self.allows_refusals = expect.allows_refusals();
    }

    /// This stream is created: what was stored before is not in it.
    pub(super) fn stream_begins(&mut self, stream: &str) {
        self.stream = Some(stream.to_owned());
        self.stored.clear();
        self.before.clear();
    }

    /// A put goes out.
    pub(super) fn put(&mut self, id: u64, entries: Vec<Arc<Entry>>) {
        self.puts += 1;
        self.open.insert(id, entries);
    }

    /// How many puts went out in this step.
    pub(super) fn puts(&self) -> usize {
        self.puts
    }

    /// What was put last, answered or not.
    pub(super) fn last_put(&self) -> Option<&Entry> {
        let open = self.open.values().next_back().and_then(|it| it.last());
        let answered = || {
            self.put
                .last()
                .or(self.before.last())
                .map(|(entry, _)| entry)
        };
        open.or_else(answered).map(Arc::as_ref)
    }

    /// What goes again: what was not acknowledged, or all of it.
    pub(super) fn to_put_again(&self, failed: bool) -> Vec<Arc<Entry>> {
        let again = self
            .before
            .iter()
            .filter(|(_, stored)| !(failed && *stored));
        again.map(|(entry, _)| Arc::clone(entry)).collect()
    }

    /// Takes in what happened on the stage.
    pub(super) fn hear(&mut self, message: &Message) {
        if message.follows_control() {
            self.told += 1;
        }
        match message {
            Message::ControlRefused(why) => {
                let why = why.trim_end_matches('.');
                self.refused = Some(format!("The stage's server did not do it: {why}."));
            }
            Message::Answered(answer) => self.answered(answer),
            _ => {}
        }
    }

    fn answered(&mut self, answer: &Answer) {
        self.unreachable = match error_of(answer) {
            Some(CallError::NotReached { why }) => Some(why.clone()),
            _ => None,
        };
        match answer {
            Answer::Sent { put, result } => {
                if let Some(entries) = self.open.remove(&put.id) {
                    self.stored(&entries, std::slice::from_ref(result));
                }
            }
            Answer::SentBatch { batch, result } => {
                let Some(entries) = self.open.remove(&batch.id) else {
                    return;
                };
                match result {
                    Ok(results) => self.stored(&entries, results),
                    Err(error) => self.stored(&entries, &vec![Err(error.clone()); entries.len()]),
                }
            }
            Answer::Created {
                stream,
                result: Err(error),
                ..
            } => self.refuse(error, || error.not_done(stream, "created")),
            Answer::StreamChanged {
                change,
                result: Err(error),
                ..
            } => self.refuse(error, || error.not_done(change.operation(), "done")),
            Answer::Opened {
                result: Err(error), ..
            }
            | Answer::Read {
                result: Err(error), ..
            } => {
                self.errors.insert(error.name().to_owned());
            }
            _ => {}
        }
    }

    fn stored(&mut self, entries: &[Arc<Entry>], results: &[Stored]) {
        self.answered += 1;
        for (entry, result) in entries.iter().zip(results) {
            self.put.push((Arc::clone(entry), result.is_ok()));
            match result {
                Ok(place) => self.stored.push((entry.key.clone(), place.clone())),
                Err(error) => {
                    self.throttled += u64::from(error.is(THROTTLED));
                    let what = format!("{}'s record", entry.key);
                    self.refuse(error, || error.not_done(&what, "stored"));
                }
            }
        }
    }

    /// A call was refused: the step is about that, or it cannot go on.
    fn refuse(&mut self, error: &CallError, words: impl FnOnce() -> String) {
        self.errors.insert(error.name().to_owned());
        if !self.allows_refusals && self.refused.is_none() {
            self.refused = Some(words());
        }
    }

    /// The shards in which a key's records lie.
    fn shards_of(&self, keys: &[String]) -> BTreeSet<&ShardId> {
        let of_keys = self.stored.iter().filter(|(key, _)| keys.contains(key));
        of_keys.map(|(_, (shard, _))| shard).collect()
    }

    /// The acknowledged records that were read, as their places in the order of the puts, with their keys.
    fn read<'a>(&'a self, lab: &Model) -> Vec<(usize, &'a str)> {
        let places: HashMap<(&ShardId, &SequenceNumber), usize> = self
            .stored
            .iter()
            .enumerate()
            .map(|(place, (_, (shard, number)))| ((shard, number), place))
            .collect();
        let read = lab.consumer.log.iter().filter_map(|(_, shown)| {
            let place = *places.get(&(&shown.shard, &shown.record.sequence))?;
            Some((place, self.stored[place].0.as_str()))
        });
        read.collect()
    }
}

/// Why the whole call was not done.
fn error_of(answer: &Answer) -> Option<&CallError> {
    match answer {
        Answer::Streams(result) => result.as_ref().err(),
        Answer::Described { result, .. } => result.as_ref().err(),
        Answer::Created { result, .. }
        | Answer::Deleted { result, .. }
        | Answer::StreamChanged { result, .. } => result.as_ref().err(),
        Answer::Sent { result, .. } => result.as_ref().err(),
        Answer::SentBatch { result, .. } => result.as_ref().err(),
        Answer::Opened { result, .. } => result.as_ref().err(),
        Answer::Read { result, .. } => result.as_ref().err(),
        _ => None,
    }
}

/// Whether what is expected holds; if not, what first does not, in a sentence.
pub(super) fn hold(expect: &Expectations, lab: &Model, facts: &Facts) -> Result<(), String> {
    if let Some(why) = &facts.refused {
        return Err(why.clone());
    }
    equal(
        "records acknowledged",
        expect.records,
        facts.stored.len() as u64,
    )?;
    placed(expect, facts)?;
    let shards = lab.streams.description().map(|it| it.shards.as_slice());
    let count = |open: bool| {
        let shards = shards.unwrap_or_default().iter();
        shards.filter(|shard| shard.open == open).count()
    };
    equal("shards open", expect.open_shards, count(true))?;
    equal("shards closed", expect.closed_shards, count(false))?;
    read(expect, lab, facts)?;
    if let Some(error) = &expect.error
        && !facts.errors.contains(error)
    {
        let were: Vec<&str> = facts.errors.iter().map(String::as_str).collect();
        return Err(match were.is_empty() {
            true => format!("{error} was expected, and nothing was refused."),
            false => format!("{error} was expected; it was {}.", were.join(", ")),
        });
    }
    at_least(
        "records refused as too many",
        expect.throttled,
        facts.throttled,
    )?;
    let gone = lab.streams.name().map(|name| lab.streams.count(name).gone);
    at_least("records gone by age", expect.trimmed, gone.unwrap_or(0))?;
    equal(
        "events wait for the batch",
        expect.waiting,
        lab.batch.waiting(),
    )?;
    equal("bursts found", expect.alarms, lab.batch.reckoning.raised())
}

/// Where the records lie.
fn placed(expect: &Expectations, facts: &Facts) -> Result<(), String> {
    let missing = |keys: &[String]| {
        let mut keys = keys.iter();
        keys.find(|key| facts.shards_of(std::slice::from_ref(key)).is_empty())
            .map(|key| format!("No record of {key} is acknowledged yet."))
    };
    let asked = [&expect.same_shard[..], &expect.different_shards[..]].concat();
    if let Some(why) = missing(&asked) {
        return Err(why);
    }
    let same = facts.shards_of(&expect.same_shard);
    if same.len() > 1 {
        let keys = expect.same_shard.join(" and ");
        return Err(format!(
            "{keys} were expected in one shard, and lie in {}.",
            same.len()
        ));
    }
    let mut met: BTreeMap<&ShardId, &str> = BTreeMap::new();
    for key in &expect.different_shards {
        for shard in facts.shards_of(std::slice::from_ref(key)) {
            if let Some(other) = met.insert(shard, key) {
                return Err(format!(
                    "{other} and {key} were expected in different shards, and both lie in shard {}.",
                    shard.short()
                ));
            }
        }
    }
    Ok(())
}

/// What the consumer read, and how.
fn read(expect: &Expectations, lab: &Model, facts: &Facts) -> Result<(), String> {
    let readers = &lab.consumer.readers;
    let count: u64 = readers.iter().map(|reader| reader.read).sum();
    equal("records read", expect.read, count)?;
    at_least("records read again", expect.repeats, lab.consumer.repeats())?;
    let held = readers.iter().filter(|reader| reader.held);
    let workers: BTreeSet<u8> = held.map(|reader| reader.worker).collect();
    equal("workers hold shards", expect.workers, workers.len())?;
    let behind = readers.iter().any(|it| it.behind.unwrap_or(0) > 0);
    match expect.behind {
        Some(true) if !behind => return Err("No reader is behind; one was expected to be.".into()),
        Some(false) if behind => {
            return Err("A reader is behind the newest record; none was expected to be.".into());
        }
        _ => {}
    }
    if expect.key_order.is_none() && expect.put_order.is_none() {
        return Ok(());
    }
    let read = facts.read(lab);
    let mut last: HashMap<&str, usize> = HashMap::new();
    let by_key = read.iter().all(|(place, key)| {
        let before = last.insert(key, *place);
        before.is_none_or(|before| before < *place)
    });
    let by_put = read.windows(2).all(|pair| pair[0].0 < pair[1].0);
    in_order("Each key's records", expect.key_order, by_key)?;
    in_order("All records", expect.put_order, by_put)
}

fn in_order(which: &str, expected: Option<bool>, is: bool) -> Result<(), String> {
    match expected {
        Some(true) if !is => Err(format!(
            "{which} were expected in the order of the puts, and were not read so."
        )),
        Some(false) if is => Err(format!(
            "{which} were read in the order of the puts, which was not expected."
        )),
        _ => Ok(()),
    }
}

fn equal<T: PartialEq + std::fmt::Display>(
    what: &str,
    expected: Option<T>,
    is: T,
) -> Result<(), String> {
    match expected {
        Some(expected) if expected != is => Err(format!("{what}: {expected} expected, {is} seen.")),
        _ => Ok(()),
    }
}

fn at_least(what: &str, expected: Option<u64>, is: u64) -> Result<(), String> {
    match expected {
        Some(expected) if is < expected => {
            Err(format!("{what}: {expected} expected at least, {is} seen."))
        }
        _ => Ok(()),
    }
}
