//! What a step's deed is made of: acts of the inner lab, one after the other, and what each of them waits for.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::facts::Facts;
use crate::app::connection::ConnectionKind;
use crate::app::consumer::ReaderState;
use crate::app::message::{Control, Effect, Entry, Request, ShardDescription};
use crate::app::model::{Model, Outcome};
use crate::app::producer::queue;
use crate::app::reshard::{StreamChange, middle_of};
use crate::app::{consumer, guard, producer};
use crate::kinesis::StartPosition;
use crate::kinesis::control::{Fault as ServerFault, FaultKind, Often};
use crate::lesson::scenes::{self, Again, Deed, Fault, Put, Records, StartAt};

/// Every put, be it of one record or of a batch.
const PUTS: &str = "PutRecord*";

/// One thing that the inner lab does.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Create {
        stream: String,
        shards: u32,
    },
    Put(Arc<Entry>),
    Batch(Vec<Arc<Entry>>),
    Read(scenes::Read),
    Split(u32),
    Merge([u32; 2]),
    Retain(u32),
    Kill(u8),
    Control(Fault),
    Forward(u64),
    /// Nothing can be done, and why.
    Refuse(String),
}

/// What an act waits for.
#[derive(Debug, Clone)]
pub(super) enum Waits {
    /// The stream is ACTIVE and its shards are known.
    Stream(String),
    /// So many puts were answered in this step.
    Puts(usize),
    /// Every shard that may be read was asked.
    Readers,
    /// The change of the stream shows.
    Change,
    /// The stage's server said what holds now.
    Server(u64),
}

impl Waits {
    /// As the end of a sentence.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Stream(name) => format!("{name} is not ACTIVE"),
            Self::Puts(_) => "a put got no answer".into(),
            Self::Readers => "a shard was asked for records and gave no answer".into(),
            Self::Change => "the stream does not show the change".into(),
            Self::Server(_) => "the server did not say that it holds".into(),
        }
    }
}

/// How far an act is.
pub(super) enum Standing {
    Done,
    Waits,
    Lost(String),
}

/// The acts of a deed.
pub(super) fn acts(deed: &Deed, facts: &Facts, now: DateTime<Utc>) -> VecDeque<Act> {
    let one = match deed {
        Deed::Create(create) => Act::Create {
            stream: create.stream.clone(),
            shards: create.shards,
        },
        Deed::Put(put) => return puts(put, facts, now),
        Deed::Read(read) => Act::Read(read.clone()),
        Deed::Split(split) => Act::Split(split.shard),
        Deed::Merge(merge) => Act::Merge(merge.shards),
        Deed::Retain(retain) => Act::Retain(retain.hours),
        Deed::Kill(kill) => Act::Kill(kill.worker),
        Deed::Fault(fault) => Act::Control(fault.clone()),
        Deed::Clock(clock) => Act::Forward(clock.seconds),
        Deed::Reveal => return VecDeque::new(),
    };
    VecDeque::from([one])
}

fn puts(put: &Put, facts: &Facts, now: DateTime<Utc>) -> VecDeque<Act> {
    let keys: Vec<String> = match &put.records {
        Records::Keys(keys) => keys.clone(),
        Records::Count(key, count) => {
            vec![key.clone(); (*count as usize).min(scenes::MOST_RECORDS as usize)]
        }
        Records::Users(count) => (1..=*count)
            .take(scenes::MOST_RECORDS as usize)
            .map(|n| format!("user-{n}"))
            .collect(),
        Records::Again(which) => {
            let entries = facts.to_put_again(*which == Again::Failed);
            return match entries.is_empty() {
                true => VecDeque::from([Act::Refuse(
                    "Nothing is to be sent again: all of it was acknowledged.".into(),
                )]),
                false => calls(entries, put.batch),
            };
        }
    };
    let entries = keys.into_iter().enumerate();
    let entries = entries.map(|(place, key)| {
        let data = match &put.data {
            Some(data) => filled(data, &key, place + 1, now),
            None => producer::event_by_lab(&key, now),
        };
        Arc::new(Entry {
            key,
            data,
            hash_key: None,
        })
    });
    calls(
        entries.take(scenes::MOST_RECORDS as usize).collect(),
        put.batch,
    )
}

fn calls(entries: Vec<Arc<Entry>>, batch: bool) -> VecDeque<Act> {
    match batch {
        true => entries
            .chunks(queue::MOST_RECORDS)
            .map(|entries| Act::Batch(entries.to_vec()))
            .collect(),
        false => entries.into_iter().map(Act::Put).collect(),
    }
}

/// An author's data with the time, the key and the record's number in it.
fn filled(data: &str, key: &str, number: usize, now: DateTime<Utc>) -> String {
    let time = now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    data.replace("{now}", &time)
        .replace("{n}", &number.to_string())
        .replace("{key}", key)
}

/// Begins an act: what it waits for, if anything. An error says why it cannot be.
pub(super) fn begin(
    lab: &mut Model,
    act: Act,
    facts: &mut Facts,
    now: DateTime<Utc>,
    out: &mut Outcome,
) -> Result<Option<Waits>, String> {
    // On another endpoint the lab may follow somebody else's.
    let own = |stream: &String| lab.streams.name() == Some(stream);
    let stream = facts.stream.clone().filter(own);
    let stream = stream.ok_or_else(|| "There is no stream: a step before creates it.".to_owned());
    match act {
        Act::Create { stream, shards } => {
            let stream = match lab.connection.kind {
                ConnectionKind::Local => stream,
                // Others may use the endpoint as well: no name of theirs is taken.
                _ => format!("scene-{stream}-{:08x}", facts.mark),
            };
            facts.stream_begins(&stream);
            let request = Request::CreateStream {
                stream: stream.clone(),
                shards,
            };
            guard::write(lab, request, now, out);
            Ok(Some(Waits::Stream(stream)))
        }
        Act::Put(entry) => {
            let put = producer::put_entry(&mut lab.producer, stream?, &entry);
            facts.put(put.id, vec![entry]);
            guard::write(lab, Request::PutRecord(put), now, out);
            Ok(Some(Waits::Puts(facts.puts())))
        }
        Act::Batch(entries) => {
            let batch = producer::put_batch(&mut lab.producer, stream?, entries.clone());
            facts.put(batch.id, entries);
            guard::write(lab, Request::PutRecords(batch), now, out);
            Ok(Some(Waits::Puts(facts.puts())))
        }
        Act::Read(read) => {
            stream?;
            consumer::stop(lab);
            lab.consumer.settings.speed = read.speed;
            lab.consumer.workers = u8::try_from(read.workers).unwrap_or(1);
            lab.consumer.resume = read.from == StartAt::Checkpoint;
            lab.consumer.start = match read.from {
                StartAt::Latest => StartPosition::Latest,
                StartAt::TrimHorizon | StartAt::Checkpoint => StartPosition::TrimHorizon,
            };
            consumer::start(lab, now, out);
            lab.consumer.by_lab = true;
            Ok(Some(Waits::Readers))
        }
        Act::Split(number) => {
            let stream = stream?;
            let shard = open_shard(lab, number)?;
            let at = middle_of(shard).ok_or_else(|| {
                format!("Shard {number} cannot be split: it owns one hash number only.")
            })?;
            let shard = shard.id.clone();
            guard::change(lab, stream, StreamChange::Split { shard, at }, out);
            Ok(Some(Waits::Change))
        }
        Act::Merge([one, other]) => {
            let stream = stream?;
            let mut pair = [open_shard(lab, one)?, open_shard(lab, other)?];
            pair.sort_by_key(|shard| shard.hash_range.0.parse::<u128>().unwrap_or(0));
            let [shard, next] = pair.map(|shard| shard.id.clone());
            guard::change(lab, stream, StreamChange::Merge { shard, next }, out);
            Ok(Some(Waits::Change))
        }
        Act::Retain(hours) => {
            let from = lab
                .streams
                .description()
                .map_or(24, |it| it.retention_hours);
            let change = StreamChange::Retain { from, to: hours };
            guard::change(lab, stream?, change, out);
            Ok(Some(Waits::Change))
        }
        Act::Kill(worker) => {
            let alive: Vec<u8> = lab.consumer.group.alive().collect();
            if !lab.consumer.running || !alive.contains(&worker) {
                return Err(format!("There is no worker {worker} to kill."));
            }
            consumer::kill(lab, worker, now, out);
            Ok(None)
        }
        Act::Control(fault) => {
            for control in controls(lab, &fault)? {
                out.effects.push(Effect::Control(control));
            }
            Ok(Some(Waits::Server(facts.told)))
        }
        Act::Forward(seconds) => {
            let control = Control::Advance { seconds };
            out.effects.push(Effect::Control(control));
            Ok(Some(Waits::Server(facts.told)))
        }
        Act::Refuse(why) => Err(why),
    }
}

/// The open shard of this number.
fn open_shard(lab: &Model, number: u32) -> Result<&ShardDescription, String> {
    let shards = lab.streams.description().map(|it| it.shards.as_slice());
    let open = || shards.unwrap_or_default().iter().filter(|it| it.open);
    let mut fitting = open().filter(|shard| shard.id.short() == number.to_string());
    fitting.next().ok_or_else(|| {
        let known: Vec<String> = open().map(|shard| shard.id.short()).collect();
        match known.is_empty() {
            true => format!("There is no shard {number}: the stream's shards are not known."),
            false => format!(
                "There is no open shard {number}; open are {}.",
                known.join(", ")
            ),
        }
    })
}

fn controls(lab: &Model, fault: &Fault) -> Result<Vec<Control>, String> {
    let of_puts = |kind, shard, often| {
        Control::Fault(ServerFault {
            kind,
            operation: Some(PUTS.to_owned()),
            stream: None,
            shard,
            often,
        })
    };
    Ok(vec![match fault {
        Fault::LoseReplies(times) => of_puts(FaultKind::LoseReply, None, Often::Times(*times)),
        Fault::Throttle(throttle) => {
            let shard = match throttle.shard {
                Some(number) => Some(open_shard(lab, number)?.id.clone()),
                None => None,
            };
            of_puts(FaultKind::Throttle, shard, Often::Times(throttle.times))
        }
        Fault::Delay(millis) => {
            of_puts(FaultKind::Delay { millis: *millis }, None, Often::Times(1))
        }
        Fault::EmptyPages(on) => Control::EmptyPages(*on),
        Fault::Clear(_) => Control::ClearFaults,
    }])
}

/// How far an act is that waits for this.
pub(super) fn standing(lab: &Model, waits: &Waits, facts: &Facts) -> Standing {
    if let Some(why) = &facts.refused {
        return Standing::Lost(why.clone());
    }
    let done = match waits {
        Waits::Stream(name) => {
            let described = lab.streams.description();
            let active = described.is_some_and(|it| it.status == "ACTIVE");
            lab.streams.name() == Some(name) && active && !lab.streams.shards().is_empty()
        }
        Waits::Puts(count) => facts.answered >= *count,
        Waits::Readers => {
            let readers = &lab.consumer.readers;
            let asked = |it: &consumer::Reader| {
                !it.lags.is_empty() || !it.is_open() || it.state == ReaderState::Queued
            };
            // Who waits for its parents is not asked before they are read.
            !readers.is_empty() && readers.iter().all(asked)
        }
        Waits::Change => lab.reshard.under_way().is_none(),
        Waits::Server(told) => facts.told > *told,
    };
    match done {
        true => Standing::Done,
        false => Standing::Waits,
    }
}
