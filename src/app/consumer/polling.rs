//! The polling of shards: a state machine a shard, driven by deadlines and answers.
//!
//! Whatever fails is tried again; an iterator that is lost is replaced so that nothing is skipped and nothing comes
//! twice.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::{LAGS, LIMIT, LONGEST_PAUSE, POLL, Reader, ReaderState, Shown};
use crate::app::message::{Batch, ReaderId, Received, Request};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::streams;
use crate::kinesis::{CallError, ShardId, StartPosition};

/// The stream's shards are known (anew): every shard without a reader gets one.
pub(in crate::app) fn shards_known(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if !model.consumer.running || model.streams.not_ready().is_some() {
        return;
    }
    let shards = model
        .streams
        .description()
        .map_or(Vec::new(), |description| description.shards.clone());
    let lab_time = model.server.clock.lab(now);
    let consumer = &mut model.consumer;
    let first = consumer.readers.is_empty();
    for shard in shards {
        if consumer
            .readers
            .iter()
            .any(|reader| reader.shard == shard.id)
        {
            continue;
        }
        consumer.readers.push(Reader {
            shard: shard.id,
            parents: shard.parents,
            worker: 1,
            state: ReaderState::Queued,
            // A shard that appears during a run is read from its beginning: nothing of it can have been read before.
            start: match first {
                true => consumer.start.clone(),
                false => StartPosition::TrimHorizon,
            },
            last: None,
            read: 0,
            behind: None,
            empty: false,
            lags: VecDeque::new(),
            asked_at: lab_time,
            opened: false,
            failures: 0,
            failure: None,
        });
        out.changed = true;
    }
    consumer.deal();
    let opened = open_queued(model, now, out);
    if !first && !opened.is_empty() {
        let words = format!(
            "New: {}, read from the beginning.",
            shards_in_words(&opened)
        );
        model.say(Tone::Plain, words);
    }
}

/// `shard 2 and shard 3`.
fn shards_in_words(shards: &[ShardId]) -> String {
    let names: Vec<String> = shards
        .iter()
        .map(|shard| format!("shard {}", shard.short()))
        .collect();
    names.join(" and ")
}

/// Opens the readers whose turn has come: parents are read to their end before the shards that were made of them. Gives
/// the shards opened.
fn open_queued(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) -> Vec<ShardId> {
    let Some(stream) = model.streams.name().map(str::to_owned) else {
        return Vec::new();
    };
    let lab_time = model.server.clock.lab(now);
    let consumer = &mut model.consumer;
    let mut opened = Vec::new();
    for index in 0..consumer.readers.len() {
        let reader = &consumer.readers[index];
        let parents = || {
            let all = consumer.readers.iter();
            all.filter(|other| reader.parents.contains(&other.shard))
        };
        let read =
            |parent: &Reader| matches!(parent.state, ReaderState::Ended | ReaderState::Refused(_));
        // LATEST skips all that is older, so there is no order to keep.
        let latest = reader.start == StartPosition::Latest;
        if reader.state != ReaderState::Queued || !(latest || parents().all(read)) {
            continue;
        }
        // A number is one of a single shard: what was made of that shard is read from its beginning.
        let from_number = by_number(&reader.start) && parents().any(Reader::is_done);
        let reader = &mut consumer.readers[index];
        if from_number {
            reader.start = StartPosition::TrimHorizon;
        }
        reader.state = ReaderState::Opening;
        reader.asked_at = lab_time;
        opened.push(reader.shard.clone());
        out.call(Request::OpenIterator {
            reader: ReaderId {
                run: consumer.run,
                index,
            },
            stream: stream.clone(),
            shard: reader.shard.clone(),
            start: reader.start.clone(),
        });
    }
    opened
}

/// A reader came to the end of its closed shard: the shards that were made of it have their turn, once they are known.
fn ended(model: &mut Model, shard: &ShardId, now: DateTime<Utc>, out: &mut Outcome) {
    let readers = &model.consumer.readers;
    if !readers.iter().any(|reader| reader.parents.contains(shard)) {
        streams::look_again(model, now);
    }
    let next = open_queued(model, now, out);
    let mut words = format!("Shard {} is closed, and read to its end", shard.short());
    if !next.is_empty() {
        words = format!("{words}; now {}", shards_in_words(&next));
    }
    words.push('.');
    model.say(Tone::Plain, words);
}

fn by_number(start: &StartPosition) -> bool {
    matches!(
        start,
        StartPosition::AtSequenceNumber(_) | StartPosition::AfterSequenceNumber(_)
    )
}

/// An iterator came.
pub(in crate::app) fn opened(
    model: &mut Model,
    id: ReaderId,
    result: Result<String, CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let Some(reader) = model.consumer.reader(id) else {
        return;
    };
    match result {
        Ok(iterator) => {
            out.call(Request::GetRecords {
                reader: id,
                iterator: iterator.clone(),
                limit: LIMIT,
            });
            reader.state = ReaderState::Polling { iterator };
            reader.opened = true;
            out.changed = true;
        }
        Err(error) => failed(model, id, error, now, out),
    }
}

/// Records came, or none.
pub(in crate::app) fn read(
    model: &mut Model,
    id: ReaderId,
    result: Result<Batch, CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let Some(reader) = model.consumer.reader(id) else {
        return;
    };
    let batch = match result {
        Ok(batch) => batch,
        Err(error) => return failed(model, id, error, now, out),
    };
    let recovered = std::mem::take(&mut reader.failures) > 0;
    reader.failure = None;
    reader.state = match batch.next {
        Some(iterator) => ReaderState::Waiting {
            iterator,
            due: now + pause_to_next(&batch.records),
        },
        None => ReaderState::Ended,
    };
    out.changed |= recovered
        || !reader.answered()
        || reader.behind != batch.millis_behind_latest
        || !batch.records.is_empty()
        || reader.state == ReaderState::Ended
        || reader.lags.iter().any(|lag| *lag != 0);
    reader.behind = batch.millis_behind_latest;
    let empty = batch.records.is_empty() && reader.behind.is_some_and(|behind| behind > 0);
    out.changed |= std::mem::replace(&mut reader.empty, empty) != empty;
    if reader.lags.len() == LAGS {
        reader.lags.pop_front();
    }
    reader
        .lags
        .push_back(batch.millis_behind_latest.unwrap_or(0));
    reader.read += batch.records.len() as u64;
    if let Some(last) = batch.records.last() {
        reader.last = Some(last.sequence.clone());
    }
    let (shard, worker, is_done) = (reader.shard.clone(), reader.worker, reader.is_done());
    for record in batch.records {
        let arrived = record.arrived_at;
        let waited = arrived.and_then(|at| model.server.clock.waited(at, now));
        model.consumer.remember(Shown {
            shard: shard.clone(),
            worker,
            record,
            shown_at: now,
            waited,
        });
    }
    if recovered {
        model.say(
            Tone::Done,
            format!("Shard {} is read again.", shard.short()),
        );
    }
    if empty && !std::mem::replace(&mut model.consumer.empty_page_said, true) {
        let words = format!(
            "Shard {}: an empty page behind the tip is not the end; reading goes on.",
            shard.short()
        );
        model.say(Tone::Plain, words);
    }
    if is_done {
        ended(model, &shard, now, out);
    }
}

/// A reader's call failed: what can be mended is mended, everything is tried again.
fn failed(
    model: &mut Model,
    id: ReaderId,
    error: CallError,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    out.changed = true;
    let Some(reader) = model.consumer.reader(id) else {
        return;
    };
    let shard = reader.shard.short();
    if by_number(&reader.start) && !reader.opened && error.is("InvalidArgumentException") {
        reader.state = ReaderState::Refused(error);
        open_queued(model, now, out);
        let words = format!(
            "Not a number of shard {shard}: each is a place in one shard only. t chooses anew."
        );
        return model.say(Tone::Nearly, words);
    }
    let news = reader.failure.as_ref().map(CallError::name) != Some(error.name());
    let words = format!(
        "Shard {shard} is tried again: {}, {}.",
        error.name(),
        error.explained()
    );
    let not_found = error.is("ResourceNotFoundException");
    reader.failures += 1;
    reader.failure = Some(error.clone());
    reader.state = ReaderState::Failed {
        due: now + pause_after(reader.failures),
        iterator: match &reader.state {
            ReaderState::Polling { iterator } if keeps_iterator(&error) => Some(iterator.clone()),
            _ => None,
        },
        error,
    };
    if news {
        model.say(Tone::Nearly, words);
    }
    if not_found {
        streams::look_again(model, now);
    }
}

/// Whether an iterator is still good after this failure. A refused one is not, but for its rate.
fn keeps_iterator(error: &CallError) -> bool {
    match error {
        CallError::Refused { .. } => error.is("ProvisionedThroughputExceededException"),
        CallError::NoAnswer { .. } | CallError::Nonsense { .. } | CallError::KeptBack { .. } => {
            true
        }
    }
}

/// A shard gives 2 MiB a second, and throttles a reader that took more for as long as that would have taken.
const READ_BYTES_A_MILLISECOND: usize = 2 * 1024 * 1024 / 1000;

/// How long to wait after these records until the next poll, so that it is not throttled for their size.
fn pause_to_next(records: &[Received]) -> TimeDelta {
    let bytes: usize = records
        .iter()
        .map(|record| record.key.len() + record.size)
        .sum();
    let paid = TimeDelta::milliseconds((bytes / READ_BYTES_A_MILLISECOND) as i64 + 1);
    POLL.max(paid)
}

/// How long to wait after so many failures in a row: one poll, then doubling up to the longest pause.
fn pause_after(failures: u32) -> TimeDelta {
    let doubled = POLL * (1 << failures.saturating_sub(1).min(5));
    doubled.min(LONGEST_PAUSE)
}

/// Lets every reader act whose time has come.
pub(in crate::app) fn on_deadline(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stream) = model.streams.name().map(str::to_owned) else {
        return;
    };
    let lab_time = model.server.clock.lab(now);
    let consumer = &mut model.consumer;
    if !consumer.running {
        return;
    }
    for (index, reader) in consumer.readers.iter_mut().enumerate() {
        let id = ReaderId {
            run: consumer.run,
            index,
        };
        let iterator = match &reader.state {
            ReaderState::Waiting { iterator, due } if *due <= now => Some(iterator.clone()),
            ReaderState::Failed { due, iterator, .. } if *due <= now => iterator.clone(),
            _ => continue,
        };
        match iterator {
            Some(iterator) => {
                out.call(Request::GetRecords {
                    reader: id,
                    iterator: iterator.clone(),
                    limit: LIMIT,
                });
                reader.state = ReaderState::Polling { iterator };
            }
            None => {
                let start = resume_position(reader);
                if !reader.opened {
                    reader.asked_at = lab_time;
                }
                out.call(Request::OpenIterator {
                    reader: id,
                    stream: stream.clone(),
                    shard: reader.shard.clone(),
                    start,
                });
                reader.state = ReaderState::Opening;
            }
        }
    }
}

/// Where a reader whose iterator is lost goes on, so that nothing is skipped and nothing comes twice.
fn resume_position(reader: &Reader) -> StartPosition {
    match (&reader.last, &reader.start) {
        (Some(last), _) => StartPosition::AfterSequenceNumber(last.clone()),
        // LATEST anew would skip what came since; the time of the first iterator does not.
        (None, StartPosition::Latest) if reader.opened => {
            StartPosition::AtTimestamp(reader.asked_at)
        }
        (None, start) => start.clone(),
    }
}
