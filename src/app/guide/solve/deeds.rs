//! What the lab does for an act: deeds in order, chosen by what is at hand.

use super::position;
use crate::app::connection::ConnectionKind;
use crate::app::message::{Description, ShardDescription};
use crate::app::model::Model;
use crate::app::producer::queue::MOST_RECORDS as MOST_IN_A_BATCH;
use crate::app::reshard::{StreamChange, middle};
use crate::app::steps_pane;
use crate::app::streams::{FIRST_NAME, FIRST_SHARDS, MOST_SHARDS};
use crate::kinesis::StartPosition;
use crate::kinesis::hash_ranges::{HashKey, HashRange};
use crate::leases::MAX_WORKERS;
use crate::lesson::step_settings::{Act, Batch, Create, Nothing, Put, Read};

/// The most records that the lab sends to show something.
const MOST_RECORDS: u32 = 100;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    /// Create a stream.
    Create {
        /// Its name.
        stream: String,
        /// With so many shards.
        shards: u32,
    },
    /// Put a record.
    Put {
        /// With this key.
        key: String,
    },
    /// Start the consumer anew, and wait until it has caught up.
    Read {
        /// Where.
        from: StartPosition,
        /// So many records come at least.
        least: u64,
    },
    /// Wait until the running consumer was given more.
    ReadOn {
        /// So many records at least.
        more: u64,
    },
    /// Let so many workers share the shards, or as many as there are already.
    Workers(u8),
    /// Put records with one call.
    Batch {
        /// So many.
        records: usize,
        /// With these keys in turn.
        keys: Vec<String>,
    },
    /// Wait until every worker that can have a shard has one.
    Share,
    /// Kill a worker, and wait until its shards are taken over.
    Kill,
    /// Open a record in full.
    Open,
    /// Look at the stream.
    Look,
    /// Change its shards or its retention.
    Change(StreamChange),
    /// Delete the stream, after a question.
    Delete(String),
}

/// The act as the lab does it; or why it cannot.
pub(super) fn doable(act: &Act) -> Result<Act, String> {
    let one = || Put {
        records: 1,
        keys: 1,
        shards: 1,
        key: None,
    };
    match act {
        Act::Any(acts) => {
            let mut failure = "no way of doing it is known".to_owned();
            for act in acts {
                match doable(act) {
                    Ok(act) => return Ok(act),
                    Err(why) => failure = why,
                }
            }
            Err(failure)
        }
        Act::File(file) => Err(format!("writing {} is the learner's", file.name)),
        Act::Put(put) if put.records > MOST_RECORDS => Err(format!(
            "{} records are more than the lab sends",
            put.records
        )),
        Act::Put(put) if put.key.is_some() && (put.keys > 1 || put.shards > 1) => {
            Err("one key cannot lie in several shards".into())
        }
        Act::Create(create) if create.shards > MOST_SHARDS => Err(format!(
            "{} shards are more than the lab creates",
            create.shards
        )),
        Act::Put(put) if put.shards > MOST_SHARDS => Err(format!(
            "{} shards are more than the lab creates",
            put.shards
        )),
        Act::Read(read) => match read.from.as_deref() {
            None | Some("TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP") => Ok(act.clone()),
            Some(from) => Err(format!("where {from} begins is the learner's to choose")),
        },
        Act::Workers(workers) if workers.count > u32::from(MAX_WORKERS) => {
            Err(format!("the panel has {MAX_WORKERS} workers at most"))
        }
        Act::Batch(batch) if batch.records as usize > MOST_IN_A_BATCH => Err(format!(
            "{} records are more than a batch carries",
            batch.records
        )),
        Act::Batch(batch) if batch.shards > MOST_SHARDS => Err(format!(
            "{} shards are more than the lab creates",
            batch.shards
        )),
        Act::Readers(readers) if readers.count > 2 => {
            Err("the lab shows two readers, one after the other".into())
        }
        Act::Merge(_) => Err("which shards are merged is the learner's to choose (R)".into()),
        Act::Call(call) => match call.operation.as_str() {
            "DescribeStream" | "DescribeStreamSummary" | "ListShards" => Ok(act.clone()),
            "CreateStream" => Ok(Act::Create(Create { shards: 1 })),
            "PutRecord" | "PutRecords" => Ok(Act::Put(one())),
            "GetShardIterator" | "GetRecords" => Ok(Act::Read(Read {
                from: None,
                records: None,
            })),
            "DeleteStream" => Ok(Act::Delete(Nothing {})),
            name => Err(format!("no panel calls {name}")),
        },
        Act::Throttle(_) | Act::Retry(_) => Err("so many records are the learner's to send".into()),
        Act::Lag(_) => Err("falling behind takes a while, and is the learner's to try".into()),
        Act::Refused(refused) => Err(format!("no panel calls {} so", refused.operation)),
        Act::Trimmed(_) => Err("moving the clock is the learner's (F)".into()),
        Act::Repeats(_) => Err("killing a worker is the learner's (3, then x)".into()),
        Act::Shards(shards) if shards.open == 0 || shards.open > MOST_SHARDS => {
            Err(format!("{} shards are not what the lab makes", shards.open))
        }
        _ => Ok(act.clone()),
    }
}

/// What is done for an act now, in order; or why it cannot be.
pub(super) fn deeds(model: &Model, act: &Act) -> Result<Vec<Deed>, String> {
    let now = model.now;
    let held = model
        .streams
        .name()
        .map_or(0, |name| model.streams.count(name).held());
    let has_stream = model.streams.name().is_some();
    let first_record = || match held {
        0 => vec![put_alice()],
        _ => Vec::new(),
    };
    let from_beginning = |least: u64| Deed::Read {
        from: StartPosition::TrimHorizon,
        least,
    };
    let deeds = match act {
        Act::Create(create) => match suits(model, create.shards) {
            true => Vec::new(),
            false => vec![create_stream(model, create.shards)],
        },
        Act::Put(put) => return puts(model, put),
        Act::Delete(_) if !has_stream => return Err("there is no stream".into()),
        // Everything else needs a stream that is there; the act comes again once it is.
        _ if !has_stream => vec![create_stream(model, 1)],
        Act::Read(read) => {
            let wanted = u64::from(read.records.unwrap_or(1));
            let from = position(read.from.as_deref(), now);
            let missing = wanted.min(u64::from(MOST_RECORDS)).saturating_sub(held);
            let put = (0..missing).map(|_| put_alice());
            match from {
                StartPosition::Latest => {
                    let mut deeds = vec![Deed::Read { from, least: 0 }];
                    deeds.extend((0..wanted.min(u64::from(MOST_RECORDS))).map(|_| put_alice()));
                    deeds.push(Deed::ReadOn { more: wanted });
                    deeds
                }
                from => put
                    .chain([Deed::Read {
                        from,
                        least: wanted,
                    }])
                    .collect(),
            }
        }
        Act::Reread(_) => {
            let mut deeds = first_record();
            deeds.extend([from_beginning(1), from_beginning(1)]);
            deeds
        }
        Act::ReadNew(_) => {
            let mut deeds = first_record();
            deeds.extend([from_beginning(1), put_alice(), Deed::ReadOn { more: 1 }]);
            deeds
        }
        Act::Latest(_) => {
            let from = StartPosition::Latest;
            vec![
                Deed::Read { from, least: 0 },
                put_alice(),
                Deed::ReadOn { more: 1 },
            ]
        }
        Act::Open(_) => {
            let mut deeds = first_record();
            if model.consumer.log.is_empty() {
                deeds.push(from_beginning(1));
            }
            deeds.push(Deed::Open);
            deeds
        }
        Act::Workers(workers) => {
            let mut deeds = vec![Deed::Workers(
                u8::try_from(workers.count).unwrap_or(MAX_WORKERS),
            )];
            if !model.consumer.running {
                deeds.push(from_beginning(0));
            }
            deeds
        }
        Act::Batch(batch) => return batch_of(model, batch),
        Act::Readers(_) => {
            let mut deeds = first_record();
            let from = StartPosition::Latest;
            deeds.extend([from_beginning(1), Deed::Read { from, least: 0 }]);
            deeds.extend([put_alice(), Deed::ReadOn { more: 1 }]);
            deeds
        }
        Act::Takeover(_) => {
            let mut deeds = vec![Deed::Workers(2)];
            if !model.consumer.running {
                deeds.push(from_beginning(0));
            }
            deeds.extend([Deed::Share, Deed::Kill]);
            deeds
        }
        Act::Split(split) => match suits(model, split.open) && has_closed(model) {
            true => Vec::new(),
            false => vec![split_the_widest(model)?],
        },
        Act::Drained(_) if !has_closed(model) => {
            return Err("no shard is closed yet: R splits one".into());
        }
        Act::Drained(_) => vec![from_beginning(held)],
        Act::Merge(_) => return doable(act).map(|_| Vec::new()),
        Act::Delete(_) => {
            let name = model.streams.name().unwrap_or_default();
            vec![Deed::Delete(name.to_owned())]
        }
        Act::Call(_) => vec![Deed::Look],
        Act::Shards(shards) => {
            may_change(model)?;
            let open = |it: &Description| it.shards.iter().filter(|shard| shard.open).count();
            let open = model.streams.description().map_or(0, open);
            changed(StreamChange::Scale {
                from: u32::try_from(open).unwrap_or(u32::MAX),
                to: shards.open,
            })
        }
        Act::Retention(retention) => {
            may_change(model)?;
            let hours = model.streams.description();
            changed(StreamChange::Retain {
                from: hours.map_or(0, |it| it.retention_hours),
                to: retention.hours,
            })
        }
        Act::Throttle(_)
        | Act::Retry(_)
        | Act::Lag(_)
        | Act::Refused(_)
        | Act::Trimmed(_)
        | Act::Repeats(_)
        | Act::Any(_)
        | Act::File(_) => return doable(act).map(|_| Vec::new()),
    };
    Ok(deeds)
}

/// Why the lab does not change a stream, where it does not.
fn may_change(model: &Model) -> Result<(), String> {
    match model.connection.kind {
        ConnectionKind::Aws => Err("on AWS each change of a stream is yours (R)".into()),
        ConnectionKind::Local | ConnectionKind::Endpoint => Ok(()),
    }
}

/// A change, where it is one.
fn changed(change: StreamChange) -> Vec<Deed> {
    match &change {
        StreamChange::Scale { from, to } | StreamChange::Retain { from, to } if from == to => {
            Vec::new()
        }
        _ => vec![Deed::Change(change)],
    }
}

/// The batch that an act asks for.
fn batch_of(model: &Model, batch: &Batch) -> Result<Vec<Deed>, String> {
    let put = Put {
        records: batch.records,
        keys: batch.keys,
        shards: batch.shards,
        key: None,
    };
    if !suits(model, batch.shards) {
        return Ok(vec![create_stream(model, batch.shards)]);
    }
    let keys = keys_for(model, &put);
    if keys.is_empty() {
        return Err("its shards are not known".into());
    }
    Ok(vec![Deed::Batch {
        records: (batch.records as usize).max(keys.len()),
        keys,
    }])
}

/// Whether a shard of the selected stream was split or merged.
fn has_closed(model: &Model) -> bool {
    let described = model.streams.description();
    described.is_some_and(|it| it.shards.iter().any(|shard| !shard.open))
}

/// The split of the open shard that owns most.
fn split_the_widest(model: &Model) -> Result<Deed, String> {
    may_change(model)?;
    let described = model.streams.description();
    let shards = described.map_or(&[][..], |it| &it.shards);
    let range = |shard: &ShardDescription| {
        let point = |digits: &str| HashKey::parse_explicit(digits).ok();
        let (start, end) = (point(&shard.hash_range.0)?, point(&shard.hash_range.1)?);
        (start < end).then_some(HashRange { start, end })
    };
    let open = shards.iter().filter(|shard| shard.open);
    let ranges = open.filter_map(|shard| Some((shard, range(shard)?)));
    // Of equals the last: the lesson's example splits the upper one.
    let widest = ranges.max_by_key(|(_, range)| range.end.value() - range.start.value());
    let (shard, range) = widest.ok_or("its shards are not known")?;
    Ok(Deed::Change(StreamChange::Split {
        shard: shard.id.clone(),
        at: middle(range),
    }))
}

fn put_alice() -> Deed {
    Deed::Put {
        key: "alice".into(),
    }
}

/// Whether the selected stream is there and has so many open shards.
fn suits(model: &Model, shards: u32) -> bool {
    let open = model.streams.description().map_or(0, |described| {
        described.shards.iter().filter(|shard| shard.open).count()
    });
    model.streams.name().is_some() && open >= shards as usize
}

/// The deed of creating a stream with so many shards, or as many as the lesson wants anywhere: a later step must not find
/// the stream too small. A name that is taken gets a number.
fn create_stream(model: &Model, shards: u32) -> Deed {
    let lesson = &model.lesson.lesson;
    let pages = 0..lesson.pages.len();
    let checks = pages.flat_map(|page| steps_pane::checks(model, page));
    let wanted = checks.map(|check| match &check.when {
        Act::Create(create) => create.shards,
        Act::Put(put) => put.shards,
        Act::Batch(batch) => batch.shards,
        _ => 0,
    });
    let shards = match wanted.chain([shards]).max() {
        Some(most) if most > 1 => most,
        _ => FIRST_SHARDS,
    };
    let last = model
        .streams
        .last_time
        .as_ref()
        .map(|last| last.name.as_str());
    let name = lesson
        .settings
        .stream
        .as_deref()
        .or(last)
        .unwrap_or(FIRST_NAME);
    let taken = |name: &str| model.streams.names().any(|known| known == name);
    let mut stream = name.to_owned();
    let mut number = 2;
    while taken(&stream) {
        stream = format!("{name}-{number}");
        number += 1;
    }
    Deed::Create {
        stream,
        shards: shards.clamp(1, MOST_SHARDS),
    }
}

/// The puts that an act asks for, with keys that really fall on as many shards as it wants.
fn puts(model: &Model, put: &Put) -> Result<Vec<Deed>, String> {
    if !suits(model, put.shards) {
        // Keys are chosen by the shards that the stream will have: the puts come once it is there.
        return Ok(vec![create_stream(model, put.shards)]);
    }
    let keys = match &put.key {
        Some(key) => vec![key.clone()],
        None => keys_for(model, put),
    };
    if keys.is_empty() {
        return Err("its shards are not known".into());
    }
    let count = (put.records as usize).max(keys.len());
    let deeds = keys.iter().cycle().take(count);
    Ok(deeds.map(|key| Deed::Put { key: key.clone() }).collect())
}

/// Keys that fall on as many shards of the selected stream as a put wants.
fn keys_for(model: &Model, put: &Put) -> Vec<String> {
    keys(put.keys as usize, put.shards as usize, |key| {
        let shard = model.streams.shard_of(HashKey::of_partition_key(key));
        shard.map(ToString::to_string)
    })
}

/// So many keys at least, over so many shards.
fn keys(count: usize, shards: usize, shard_of: impl Fn(&str) -> Option<String>) -> Vec<String> {
    const NAMES: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];
    let names = NAMES.iter().map(ToString::to_string);
    let users = (1..=1_000).map(|number| format!("user-{number}"));
    let mut keys: Vec<String> = Vec::new();
    let mut met: Vec<String> = Vec::new();
    for key in names.chain(users) {
        if keys.len() >= count.max(1) && met.len() >= shards.max(1) {
            break;
        }
        let Some(shard) = shard_of(&key) else {
            continue;
        };
        let new = !met.contains(&shard);
        // Places that are left are kept for shards that are not met yet.
        let missing = shards.saturating_sub(met.len());
        if new || keys.len() + missing < count {
            if new {
                met.push(shard);
            }
            keys.push(key);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fall_on_as_many_shards_as_are_wanted() {
        let check = |count: usize, shards: usize, of: u32| {
            let ranges = HashRange::split_evenly(of);
            let shard_of = |key: &str| {
                let hash = HashKey::of_partition_key(key);
                let place = ranges.iter().position(|range| range.contains(hash));
                place.map(|place| place.to_string())
            };
            let keys = keys(count, shards, shard_of);
            let mut met: Vec<_> = keys.iter().filter_map(|key| shard_of(key)).collect();
            met.sort();
            met.dedup();
            assert!(met.len() >= shards, "{keys:?} for {shards} of {of}");
            assert_eq!(keys.len(), count.max(shards), "{keys:?}");
        };
        check(1, 1, 1);
        check(3, 1, 1);
        check(2, 2, 2);
        check(4, 2, 2);
        check(2, 8, 8);
        check(8, 8, 8);
    }

    #[test]
    fn what_the_lab_cannot_do_says_why() {
        let put = |records, keys, shards, key: Option<&str>| {
            Act::Put(Put {
                records,
                keys,
                shards,
                key: key.map(str::to_owned),
            })
        };
        assert!(doable(&put(3, 2, 2, None)).is_ok());
        assert!(doable(&put(3, 2, 1, Some("carol"))).is_err());
        assert!(doable(&put(1_000, 1, 1, None)).is_err());
        assert!(doable(&put(3, 1, 9, None)).is_err());
        let file = Act::File(crate::lesson::step_settings::File {
            name: "a.py".into(),
        });
        assert!(doable(&file).is_err_and(|why| why.contains("a.py")));
        let create = Act::Create(Create { shards: 1 });
        let either = Act::Any(vec![file, create.clone()]);
        assert_eq!(doable(&either), Ok(create));
    }
}
