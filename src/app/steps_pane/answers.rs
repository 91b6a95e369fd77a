//! What the answers to the lab's own requests say of the steps: where there is no feed, they are what the learner did.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{looks, observe};
use crate::app::message::{Answer, Batch, PutSummary, ReaderId, Sender, bytes_of};
use crate::app::model::Model;
use crate::app::wire::batch_told;
use crate::kinesis::feed::{Call, Caller, Detail, GetDetail, PutEntry};
use crate::kinesis::{CallError, SequenceNumber, ShardId};
use crate::steps::{Seen, Who};

/// A request of the lab was answered.
pub(in crate::app) fn answered(model: &mut Model, answer: &Answer, now: DateTime<Utc>) {
    looks::answered(model, answer, now);
    if model.feeds() {
        return;
    }
    let Some((who, call)) = as_call(model, answer, now) else {
        return;
    };
    let reads = matches!(answer, Answer::Opened { .. } | Answer::Read { .. });
    let puts = matches!(answer, Answer::Sent { .. } | Answer::SentBatch { .. });
    let by_lab = model.steps.showing && !puts || reads && model.consumer.by_lab;
    let who = match by_lab {
        true => Who::Lab,
        false => who,
    };
    observe(model, &Seen::Call(&who, &call), now);
}

/// An answer as the feed would have told it.
fn as_call(model: &Model, answer: &Answer, now: DateTime<Utc>) -> Option<(Who, Call)> {
    let call = |operation: &str, stream: &str, error: Option<&CallError>, detail| Call {
        at: now,
        caller: Caller {
            user_agent: String::new(),
            access_key: String::new(),
            connection: 0,
            http2: false,
        },
        region: model.connection.region.clone(),
        operation: operation.into(),
        stream: Some(stream.to_owned()),
        error: error.map(|error| (error.name().to_owned(), error.words().to_owned())),
        detail,
        fault: None,
        latency: Duration::ZERO,
    };
    match answer {
        Answer::Created {
            stream,
            shards,
            result,
        } => {
            let detail = Detail::Create { shards: *shards };
            let error = result.as_ref().err();
            Some((Who::You, call("CreateStream", stream, error, detail)))
        }
        Answer::Deleted { stream, result } => {
            let error = result.as_ref().err();
            Some((Who::You, call("DeleteStream", stream, error, Detail::None)))
        }
        Answer::StreamChanged {
            stream,
            change,
            result,
        } => {
            let error = result.as_ref().err();
            let call = call(change.operation(), stream, error, change.detail());
            Some((Who::You, call))
        }
        Answer::Sent { put, result } => {
            let error = result.as_ref().err();
            let detail = stored(put, result.as_ref().ok());
            let call = call("PutRecord", &put.stream, error, detail);
            Some((sender(put.by), call))
        }
        Answer::SentBatch { batch, result } => {
            let error = result.as_ref().err();
            let detail = match result {
                Ok(_) => Detail::Put(batch_told(batch, result)),
                Err(_) => Detail::None,
            };
            let call = call("PutRecords", &batch.stream, error, detail);
            Some((sender(batch.by), call))
        }
        Answer::Opened { reader, result } => {
            let (stream, asked) = reading(model, *reader)?;
            let detail = Detail::Iterator {
                shard: asked.shard,
                start: asked.start,
                chain: result.is_ok().then_some(asked.chain),
            };
            let error = result.as_ref().err();
            Some((Who::You, call("GetShardIterator", &stream, error, detail)))
        }
        Answer::Read { reader, result } => {
            let (stream, asked) = reading(model, *reader)?;
            let mut detail = asked;
            if let Ok(batch) = result {
                took(&mut detail, batch);
            }
            let error = result.as_ref().err();
            let detail = Detail::Get(Box::new(detail));
            Some((Who::You, call("GetRecords", &stream, error, detail)))
        }
        Answer::Streams(_)
        | Answer::Described { .. }
        | Answer::LookedInto { .. }
        | Answer::LookedAt { .. }
        | Answer::Account(_) => None,
    }
}

fn sender(by: Sender) -> Who {
    match by {
        Sender::You => Who::You,
        Sender::Auto | Sender::Lab => Who::Lab,
    }
}

fn stored(put: &PutSummary, stored: Option<&(ShardId, SequenceNumber)>) -> Detail {
    let Some(stored) = stored else {
        return Detail::None;
    };
    Detail::Put(vec![PutEntry {
        key: put.key.clone(),
        explicit_hash_key: put.hash_key.map(|key| key.value().to_string()),
        size: put.size,
        // What the panel sends is JSON.
        head: b"{".to_vec(),
        result: Ok(stored.clone()),
    }])
}

/// Which shard of which stream a reader of the panel reads, and from where; each of its runs is a chain.
fn reading(model: &Model, id: ReaderId) -> Option<(String, GetDetail)> {
    let consumer = &model.consumer;
    let reader = consumer
        .readers
        .get(id.index)
        .filter(|_| id.run == consumer.run)?;
    let detail = GetDetail {
        chain: id.run << 16 | id.index as u64,
        shard: reader.shard.clone(),
        start: reader.began.as_ref().unwrap_or(&reader.start).clone(),
        limit: None,
        returned: 0,
        bytes: 0,
        range: None,
        millis_behind_latest: None,
        ahead: 0,
        ended: false,
    };
    Some((model.streams.name()?.to_owned(), detail))
}

fn took(detail: &mut GetDetail, batch: &Batch) {
    let number = |record: &crate::app::message::Received| record.sequence.clone();
    detail.returned = batch.records.len();
    detail.bytes = bytes_of(&batch.records);
    detail.range = batch
        .records
        .first()
        .map(number)
        .zip(batch.records.last().map(number));
    detail.millis_behind_latest = batch.millis_behind_latest;
    // How many lie ahead is not told, only whether any do.
    detail.ahead = u64::from(batch.millis_behind_latest != Some(0));
    detail.ended = batch.next.is_none();
}
