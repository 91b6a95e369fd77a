//! The polling of shards: a state machine a shard, driven by deadlines and answers.
//!
//! Whatever fails is tried again; an iterator that is lost is replaced so that nothing is skipped and nothing comes
//! twice.

use chrono::{DateTime, TimeDelta, Utc};

use super::kept::keep;
use super::work::{finish, work};
use super::workers::{in_words, lease_anew, step};
use super::{LAGS, LONGEST_PAUSE, Reader, ReaderState};
use crate::app::message::{Batch, ReaderId, Received, Request};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::streams;
use crate::kinesis::{CallError, ShardId, StartPosition};
use crate::leases::Checkpoint;

/// The least time between two calls for a shard's records, so that the workers together make no more than the five a
/// second that a shard allows.
pub const LEAST_POLL: TimeDelta = TimeDelta::milliseconds(200);

/// Asks for an iterator of a reader's shard.
pub(super) fn open(
    reader: &mut Reader,
    run: u64,
    index: usize,
    stream: &str,
    start: StartPosition,
    out: &mut Outcome,
) {
    reader.state = ReaderState::Opening;
    reader.began.get_or_insert_with(|| start.clone());
    out.call(Request::OpenIterator {
        reader: ReaderId {
            run,
            index,
            turn: reader.turn,
        },
        stream: stream.to_owned(),
        shard: reader.shard.clone(),
        start,
    });
}

/// Asks for records.
fn poll(
    reader: &mut Reader,
    id: ReaderId,
    limit: u32,
    iterator: String,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    reader.not_before = now + LEAST_POLL;
    reader.state = ReaderState::Polling {
        iterator: iterator.clone(),
    };
    out.call(Request::GetRecords {
        reader: id,
        iterator,
        limit,
    });
}

/// Readers came to the end of their closed shards: what was made of them has its turn, once it is known.
fn ended(model: &mut Model, shards: &[ShardId], now: DateTime<Utc>, out: &mut Outcome) {
    let Some(shard) = shards.last() else {
        return;
    };
    out.changed = true;
    let readers = &model.consumer.readers;
    let has_children = |shard| readers.iter().any(|reader| reader.parents.contains(shard));
    if !shards.iter().all(has_children) {
        streams::look_again(model, now);
    }
    let next = lease_anew(model, now, out);
    let mut words = format!("Shard {} is closed, and read to its end", shard.short());
    if !next.is_empty() {
        words = format!("{words}; now {}", in_words(&next));
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
    let limit = model.consumer.settings.limit();
    let Some(reader) = model.consumer.reader(id) else {
        return;
    };
    match result {
        Ok(iterator) => {
            reader.opened = true;
            out.changed = true;
            if reader.not_before > now {
                let due = reader.not_before;
                reader.state = ReaderState::Waiting { iterator, due };
            } else {
                poll(reader, id, limit, iterator, now, out);
            }
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
    let pause = model.consumer.settings.poll;
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
            due: now + pause_to_next(&batch.records, pause),
        },
        None => ReaderState::Finishing,
    };
    out.changed |= recovered
        || !reader.answered()
        || reader.behind != batch.millis_behind_latest
        || !batch.records.is_empty()
        || reader.state == ReaderState::Finishing
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
    if let Some(last) = batch.records.last() {
        reader.last = Some(last.sequence.clone());
    }
    let shard = reader.shard.clone();
    reader.waiting.extend(batch.records);
    work(model, now);
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
    let done = finish(&mut model.consumer, now);
    ended(model, &done, now, out);
}

/// A reader's call failed: what can be mended is mended, everything is tried again.
fn failed(
    model: &mut Model,
    id: ReaderId,
    error: CallError,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let pause = model.consumer.settings.poll;
    let Some(reader) = model.consumer.reader(id) else {
        return;
    };
    out.changed = true;
    let shard = reader.shard.short();
    if by_number(&reader.start) && !reader.opened && error.is("InvalidArgumentException") {
        reader.state = ReaderState::Refused(error);
        reader.held = false;
        let (worker, id) = (reader.worker, reader.shard.clone());
        let consumer = &mut model.consumer;
        consumer
            .group
            .worked(worker, &id, Checkpoint::Elsewhere, now);
        lease_anew(model, now, out);
        let words = format!(
            "Not a number of shard {shard}: each is a place in one shard only. t chooses anew."
        );
        return model.say(Tone::Nearly, words);
    }
    let news = reader.failure.as_ref().map(CallError::name) != Some(error.name());
    let words = match error.is("ExpiredIteratorException") {
        true => format!(
            "Shard {shard}'s iterator has expired (ExpiredIteratorException): a new one goes on {}.",
            resume_position(reader).word()
        ),
        false => format!(
            "Shard {shard} is tried again: {}, {}.",
            error.name(),
            error.explained()
        ),
    };
    let not_found = error.is("ResourceNotFoundException");
    reader.failures += 1;
    reader.failure = Some(error.clone());
    reader.state = ReaderState::Failed {
        due: now + pause_after(reader.failures, pause),
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
        CallError::NoAnswer { .. }
        | CallError::NotReached { .. }
        | CallError::Nonsense { .. }
        | CallError::KeptBack { .. } => true,
    }
}

/// A shard gives 2 MiB a second, and throttles a reader that took more for as long as that would have taken.
const READ_BYTES_A_MILLISECOND: usize = 2 * 1024 * 1024 / 1000;

/// How long to wait after these records until the next poll, so that it is not throttled for their size.
fn pause_to_next(records: &[Received], poll: TimeDelta) -> TimeDelta {
    let bytes: usize = records
        .iter()
        .map(|record| record.key.len() + record.size)
        .sum();
    let paid = TimeDelta::milliseconds((bytes / READ_BYTES_A_MILLISECOND) as i64 + 1);
    poll.max(paid)
}

/// How long to wait after so many failures in a row: one poll, then doubling up to the longest pause.
fn pause_after(failures: u32, poll: TimeDelta) -> TimeDelta {
    let doubled = poll * (1 << failures.saturating_sub(1).min(5));
    doubled.min(LONGEST_PAUSE)
}

/// Lets every worker and every reader act whose time has come. Whether records were worked on.
pub(in crate::app) fn on_deadline(
    model: &mut Model,
    now: DateTime<Utc>,
    out: &mut Outcome,
) -> bool {
    let Some(stream) = model.streams.name().map(str::to_owned) else {
        return false;
    };
    if !model.consumer.running {
        return false;
    }
    step(model, now, out);
    let worked = work(model, now);
    out.changed |= worked;
    let done = finish(&mut model.consumer, now);
    ended(model, &done, now, out);
    keep(model, now);
    let lab_time = model.server.clock.lab(now);
    let consumer = &mut model.consumer;
    let limit = consumer.settings.limit();
    for (index, reader) in consumer.readers.iter_mut().enumerate() {
        let id = ReaderId {
            run: consumer.run,
            index,
            turn: reader.turn,
        };
        let iterator = match &reader.state {
            ReaderState::Waiting { iterator, due } if *due <= now && reader.waiting.is_empty() => {
                Some(iterator.clone())
            }
            ReaderState::Failed { due, iterator, .. } if *due <= now => iterator.clone(),
            _ => continue,
        };
        match iterator {
            Some(iterator) => poll(reader, id, limit, iterator, now, out),
            None => {
                let start = resume_position(reader);
                if !reader.opened {
                    reader.asked_at = lab_time;
                }
                open(reader, consumer.run, index, &stream, start, out);
            }
        }
    }
    worked
}

/// Where a reader whose iterator is lost goes on, so that nothing is skipped and nothing comes twice.
pub(super) fn resume_position(reader: &Reader) -> StartPosition {
    match (&reader.last, &reader.start) {
        (Some(last), _) => StartPosition::AfterSequenceNumber(last.clone()),
        // LATEST anew would skip what came since; the time of the first iterator does not.
        (None, StartPosition::Latest) if reader.opened => {
            StartPosition::AtTimestamp(reader.asked_at)
        }
        (None, start) => start.clone(),
    }
}
