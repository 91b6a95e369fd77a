//! The log elsewhere than on the embedded server: nobody tells of calls there, so the lab's own are known by their
//! answers, and how long they took by when they were asked for.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::heard::{WireCall, by_hand, is_open, named};
use crate::app::message::{
    Answer, Batch, Effect, PutBatch, ReaderId, Request, Sender, Stored, bytes_of,
};
use crate::app::model::{Model, Outcome};
use crate::app::numbers;
use crate::kinesis::feed::{Call, Caller, Detail, GetDetail, HEAD_BYTES, PutEntry};
use crate::kinesis::{CallError, ShardId, StartPosition};

/// How many calls under way are remembered; of the others it is not known how long they took.
const MOST_ASKED: usize = 256;

/// Which request an answer belongs to.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    Streams,
    Described(String),
    Created(String),
    Deleted(String),
    Changed(String, &'static str),
    Put(u64),
    Opened(ReaderId),
    Read(ReaderId),
    LookedInto(String, ShardId),
    LookedAt(String, ShardId),
    Account,
}

/// The calls under way.
#[derive(Debug, Clone, Default)]
pub struct Asked(VecDeque<Question>);

#[derive(Debug, Clone)]
struct Question {
    key: Key,
    at: DateTime<Utc>,
    reading: Option<Reading>,
}

/// What a reader reads. Its answer may come when the consumer has long turned to something else.
#[derive(Debug, Clone)]
struct Reading {
    stream: String,
    shard: ShardId,
    start: StartPosition,
    limit: Option<u32>,
}

impl Reading {
    fn new(stream: &str, shard: &ShardId, start: &StartPosition, limit: Option<u32>) -> Self {
        Self {
            stream: stream.to_owned(),
            shard: shard.clone(),
            start: start.clone(),
            limit,
        }
    }
}

impl Asked {
    /// Whether a put that was asked for before this moment is not answered.
    pub fn has_a_put_before(&self, at: DateTime<Utc>) -> bool {
        let mut open = self.0.iter();
        open.any(|asked| matches!(asked.key, Key::Put(_)) && asked.at <= at)
    }

    fn take(&mut self, key: &Key) -> Option<Question> {
        let place = self.0.iter().position(|asked| asked.key == *key)?;
        self.0.remove(place)
    }
}

/// Calls are on their way.
pub(in crate::app) fn asked(model: &mut Model, out: &Outcome, now: DateTime<Utc>) {
    if model.feeds() {
        return;
    }
    for effect in &out.effects {
        let Effect::Call(request) = effect else {
            continue;
        };
        let mut reading = None;
        let key = match request {
            Request::ListStreams => Key::Streams,
            Request::DescribeStream(stream) => Key::Described(stream.clone()),
            Request::CreateStream { stream, .. } => Key::Created(stream.clone()),
            Request::DeleteStream(stream) => Key::Deleted(stream.clone()),
            Request::ChangeStream { stream, change } => {
                Key::Changed(stream.clone(), change.operation())
            }
            Request::PutRecord(put) => Key::Put(put.id),
            Request::PutRecords(batch) => Key::Put(batch.id),
            Request::OpenIterator {
                reader,
                stream,
                shard,
                start,
            } => {
                reading = Some(Reading::new(stream, shard, start, None));
                Key::Opened(*reader)
            }
            Request::GetRecords { reader, limit, .. } => {
                let from = model.consumer.readers.get(reader.index);
                reading = from.zip(model.streams.name()).map(|(from, stream)| {
                    // A worker that went on from a checkpoint began there, not where the run was to start.
                    let start = from.began.as_ref().unwrap_or(&from.start);
                    Reading::new(stream, &from.shard, start, Some(*limit))
                });
                Key::Read(*reader)
            }
            Request::LookInto {
                stream,
                shard,
                start,
            } => {
                reading = Some(Reading::new(stream, shard, start, None));
                Key::LookedInto(stream.clone(), shard.clone())
            }
            Request::LookAt {
                stream,
                shard,
                start,
                limit,
                ..
            } => {
                reading = Some(Reading::new(stream, shard, start, Some(*limit)));
                Key::LookedAt(stream.clone(), shard.clone())
            }
            Request::IdentifyAccount => Key::Account,
        };
        let asked = &mut model.wire.asked.0;
        if asked.len() == MOST_ASKED {
            asked.pop_front();
        }
        asked.push_back(Question {
            key,
            at: now,
            reading,
        });
    }
}

/// A call was answered. Says whether the screen shows it.
pub(in crate::app) fn answered(model: &mut Model, answer: &Answer, now: DateTime<Utc>) -> bool {
    if model.feeds() {
        return false;
    }
    let question = model.wire.asked.take(&key(answer));
    let at = question.as_ref().map(|question| question.at);
    let reading = question.and_then(|question| question.reading);
    let (who, call) = call(&model.connection.region, answer, reading, now);
    let waited = at.map_or(TimeDelta::zero(), |at| now - at);
    let call = Call {
        latency: waited.to_std().unwrap_or(Duration::ZERO),
        ..call
    };
    let counts = numbers::called(model, (who == "lab").then_some("lab"), &call, now);
    let (call, entries) = WireCall::new(
        model.wire.calls,
        named(model, by_hand(model, who, &call.operation), &call.detail),
        &call,
        false,
    );
    model.wire.push(call, entries);
    is_open(model) || counts
}

fn key(answer: &Answer) -> Key {
    match answer {
        Answer::Streams(_) => Key::Streams,
        Answer::Described { stream, .. } => Key::Described(stream.clone()),
        Answer::Created { stream, .. } => Key::Created(stream.clone()),
        Answer::Deleted { stream, .. } => Key::Deleted(stream.clone()),
        Answer::StreamChanged { stream, change, .. } => {
            Key::Changed(stream.clone(), change.operation())
        }
        Answer::Sent { put, .. } => Key::Put(put.id),
        Answer::SentBatch { batch, .. } => Key::Put(batch.id),
        Answer::Opened { reader, .. } => Key::Opened(*reader),
        Answer::Read { reader, .. } => Key::Read(*reader),
        Answer::LookedInto { stream, shard, .. } => Key::LookedInto(stream.clone(), shard.clone()),
        Answer::LookedAt { stream, shard, .. } => Key::LookedAt(stream.clone(), shard.clone()),
        Answer::Account(_) => Key::Account,
    }
}

/// The call in the shape that the feed has. A step of several calls goes by the name of its first.
fn call(
    region: &str,
    answer: &Answer,
    reading: Option<Reading>,
    now: DateTime<Utc>,
) -> (&'static str, Call) {
    let call = |operation: &str, stream: Option<&str>, error: Option<&CallError>, detail| Call {
        at: now,
        caller: Caller {
            user_agent: String::new(),
            access_key: String::new(),
            connection: 0,
            http2: false,
        },
        region: region.to_owned(),
        operation: operation.to_owned(),
        stream: stream.map(str::to_owned),
        error: error.map(name_and_words),
        detail,
        fault: None,
        latency: Duration::ZERO,
    };
    let none = Detail::None;
    let stream_read = reading.as_ref().map(|reading| reading.stream.clone());
    let stream_read = stream_read.as_deref();
    match answer {
        Answer::Streams(result) => {
            let error = result.as_ref().err();
            ("lab", call("ListStreams", None, error, none))
        }
        Answer::Described { stream, result } => {
            let error = result.as_ref().err();
            let operation = "DescribeStreamSummary";
            ("lab", call(operation, Some(stream), error, none))
        }
        Answer::Created {
            stream,
            shards,
            result,
        } => {
            let error = result.as_ref().err();
            let detail = Detail::Create { shards: *shards };
            ("you", call("CreateStream", Some(stream), error, detail))
        }
        Answer::Deleted { stream, result } => {
            let error = result.as_ref().err();
            ("you", call("DeleteStream", Some(stream), error, none))
        }
        Answer::StreamChanged {
            stream,
            change,
            result,
        } => {
            let error = result.as_ref().err();
            let detail = change.detail();
            ("you", call(change.operation(), Some(stream), error, detail))
        }
        Answer::Sent { put, result } => {
            let entry = PutEntry {
                key: put.key.clone(),
                explicit_hash_key: put.hash_key.map(|key| key.value().to_string()),
                size: put.size,
                head: Vec::new(),
                result: result.clone().map_err(|error| name_and_words(&error)),
            };
            let error = result.as_ref().err();
            let detail = Detail::Put(vec![entry]);
            let call = call("PutRecord", Some(&put.stream), error, detail);
            (sender(put.by), call)
        }
        Answer::SentBatch { batch, result } => {
            let error = result.as_ref().err();
            let detail = Detail::Put(batch_told(batch, result));
            let call = call("PutRecords", Some(&batch.stream), error, detail);
            (sender(batch.by), call)
        }
        Answer::Opened { result, .. } | Answer::LookedInto { result, .. } => {
            let error = result.as_ref().err();
            let who = reader(answer);
            let detail = reading.map_or(none, |reading| Detail::Iterator {
                shard: reading.shard,
                start: reading.start,
                chain: None,
            });
            let operation = "GetShardIterator";
            (who, call(operation, stream_read, error, detail))
        }
        Answer::Read { result, .. } | Answer::LookedAt { result, .. } => {
            let error = result.as_ref().err();
            let who = reader(answer);
            let detail =
                reading.map_or(none, |reading| Detail::Get(Box::new(page(reading, result))));
            (who, call("GetRecords", stream_read, error, detail))
        }
        Answer::Account(result) => {
            let error = result.as_ref().err();
            ("lab", call("GetCallerIdentity", None, error, none))
        }
    }
}

/// Whose put it was, in the log's words.
fn sender(by: Sender) -> &'static str {
    match by {
        Sender::You => "you",
        Sender::Auto => "auto",
        Sender::Lab => "lab",
    }
}

/// Whose reader got this answer.
fn reader(answer: &Answer) -> &'static str {
    match answer {
        Answer::LookedInto { .. } | Answer::LookedAt { .. } => "lab",
        _ => "worker",
    }
}

/// The records of a batch as the feed would have told of them; what answered nothing answered so for each.
pub(in crate::app) fn batch_told(
    batch: &PutBatch,
    result: &Result<Vec<Stored>, CallError>,
) -> Vec<PutEntry> {
    let told = |place: usize| match result {
        Ok(results) => match results.get(place)? {
            Ok(stored) => Some(Ok(stored.clone())),
            Err(error) => Some(Err(name_and_words(error))),
        },
        Err(error) => Some(Err(name_and_words(error))),
    };
    let entries = batch.entries.iter().enumerate();
    entries
        .filter_map(|(place, entry)| {
            Some(PutEntry {
                key: entry.key.clone(),
                explicit_hash_key: entry.hash_key.map(|key| key.value().to_string()),
                size: entry.data.len(),
                head: entry.data.as_bytes()[..entry.data.len().min(HEAD_BYTES)].to_vec(),
                result: told(place)?,
            })
        })
        .collect()
}

fn name_and_words(error: &CallError) -> (String, String) {
    (error.name().to_owned(), error.words().to_owned())
}

/// What a page of records says of itself; how many records lie ahead no answer tells.
fn page(reading: Reading, result: &Result<Batch, CallError>) -> GetDetail {
    let batch = result.as_ref().ok();
    let records = batch.map_or(&[][..], |batch| &batch.records);
    let ends = records.first().zip(records.last());
    GetDetail {
        chain: 0,
        shard: reading.shard,
        start: reading.start,
        limit: reading.limit,
        returned: records.len(),
        bytes: bytes_of(records),
        range: ends.map(|(first, last)| (first.sequence.clone(), last.sequence.clone())),
        millis_behind_latest: batch.and_then(|batch| batch.millis_behind_latest),
        ahead: 0,
        ended: batch.is_some_and(|batch| batch.next.is_none()),
    }
}
