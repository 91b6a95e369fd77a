//! GetShardIterator and GetRecords.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::list_shards::HashKeyRange;
use super::{
    Context, DRY_RUN, Note, Operation, STREAM_ARN, STREAM_NAME, Target, known_shard_index,
    shard_id, target,
};
use crate::kinesis::feed::{Detail, GetDetail};
use crate::kinesis::sequence_numbers::Parts;
use crate::kinesis::{SequenceNumber, ShardId, StartPosition};
use crate::server::ACCOUNT;
use crate::server::json::{self, Blob, Digits, Timestamp};
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};
use crate::server::store::{Failure, Found, Payload, Shard, Store, Stream};
use crate::server::tokens::{Iterator as ShardIterator, LIFETIME_MS};

/// The most records of one answer, and the number without a Limit.
const MAX_RECORDS: i64 = 10_000;

/// The most data of one answer, keys included.
const MAX_BYTES: usize = 10_485_760;

pub const GET_SHARD_ITERATOR: Operation = Operation {
    name: "GetShardIterator",
    request: &[
        Member::required("ShardId", Shape::NAME),
        Member::required(
            "ShardIteratorType",
            // In the order in which AWS lists them.
            Shape::OneOf(&[
                "AFTER_SEQUENCE_NUMBER",
                "LATEST",
                "AT_TIMESTAMP",
                "AT_SEQUENCE_NUMBER",
                "TRIM_HORIZON",
            ]),
        ),
        Member::optional("StartingSequenceNumber", Shape::SEQUENCE_NUMBER),
        Member::optional("Timestamp", Shape::Timestamp),
        STREAM_NAME,
        STREAM_ARN,
        DRY_RUN,
    ],
    handle: get_shard_iterator,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetShardIteratorAnswer {
    shard_iterator: String,
}

fn get_shard_iterator(
    context: &Context,
    request: &Structure,
    note: &mut Note,
) -> Result<Bytes, Refusal> {
    let target = target(context, request)?;
    let id = request.text("ShardId").unwrap_or_default();
    let shard = known_shard_index(id, &target.called)?;
    let start = start_asked_for(request, context.now);
    if let Ok(start) = &start {
        note.detail = Detail::Iterator {
            shard: ShardId::from_index(shard),
            start: start.clone(),
            chain: None,
        };
    }
    let mut store = context.store();
    let (stream, found) = store
        .stream(context.region, &target.name)
        .and_then(|stream| Some((stream, stream.listed(shard, context.now)?)))
        .ok_or_else(|| Refusal::shard_does_not_exist(&shard_id(shard), &target.called))?;
    // A shard that does not exist is told before what is wrong with the start.
    let start = start?;
    let position = position_of(&start, stream, found, &target)?;
    let incarnation = stream.head().incarnation;
    if request.flag("DryRun") {
        return Err(Refusal::dry_run());
    }
    if let Some(rates) = store.rates(incarnation, shard)
        && !rates.iterator(context.now.timestamp_millis())
    {
        return Err(Refusal::rate_exceeded(shard, &target.called));
    }
    drop(store);

    let chain = context.chains.next();
    note.detail = Detail::Iterator {
        shard: ShardId::from_index(shard),
        start: start.clone(),
        chain: Some(chain),
    };
    let iterator = ShardIterator {
        issued: context.now,
        stream: target.name,
        incarnation,
        shard,
        position,
        chain,
        pages: 0,
        start,
    };
    Ok(json::write(&GetShardIteratorAnswer {
        shard_iterator: context.sealer.seal_iterator(&iterator),
    }))
}

/// Reads the start a request asks for; each type wants its own companions.
fn start_asked_for(request: &Structure, now: DateTime<Utc>) -> Result<StartPosition, Refusal> {
    let kind = request.text("ShardIteratorType").unwrap_or_default();
    let number = request
        .text("StartingSequenceNumber")
        .map(SequenceNumber::from);
    let wrong_companion = |what: &str| {
        Refusal::invalid_argument(format!(
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or \
             (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {kind} and {what}."
        ))
    };
    match (kind, number) {
        ("AT_SEQUENCE_NUMBER", Some(number)) => Ok(StartPosition::AtSequenceNumber(number)),
        ("AFTER_SEQUENCE_NUMBER", Some(number)) => Ok(StartPosition::AfterSequenceNumber(number)),
        ("AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER", None) => {
            Err(wrong_companion("no StartingSequenceNumber"))
        }
        (_, Some(_)) => Err(wrong_companion("also a StartingSequenceNumber")),
        ("TRIM_HORIZON", None) => Ok(StartPosition::TrimHorizon),
        ("LATEST", None) => Ok(StartPosition::Latest),
        (_, None) => match request.time("Timestamp") {
            None => Err(Refusal::invalid_argument(
                "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. \
                 Current request has no timestamp parameter.",
            )),
            Some(time) if time > now => Err(Refusal::invalid_argument(format!(
                "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. \
                 timestampInMillis: {}, currentTimestampInMillis: {}",
                time.timestamp_millis(),
                now.timestamp_millis()
            ))),
            Some(time) => Ok(StartPosition::AtTimestamp(time)),
        },
    }
}

/// The index of the first record to look for.
fn position_of(
    start: &StartPosition,
    stream: &Stream,
    shard: &Shard,
    target: &Target,
) -> Result<u64, Refusal> {
    let latest = stream.next_index(shard.about().index);
    match start {
        StartPosition::TrimHorizon => Ok(0),
        StartPosition::Latest => Ok(latest),
        StartPosition::AtTimestamp(time) => Ok(shard
            .first_since(time.timestamp_millis())?
            .unwrap_or(latest)),
        StartPosition::AtSequenceNumber(number) => index_of(number, shard, latest, target),
        StartPosition::AfterSequenceNumber(number) => {
            index_of(number, shard, latest, target).map(|index| index + 1)
        }
    }
}

/// The index a number encodes, if it can have come from this shard, which has given out all below `latest`.
fn index_of(
    number: &SequenceNumber,
    shard: &Shard,
    latest: u64,
    target: &Target,
) -> Result<u64, Refusal> {
    let start = shard.about().start();
    let id = shard_id(start.shard);
    let invalid = |why: &str| {
        Refusal::invalid_argument(format!(
            "StartingSequenceNumber {number} used in GetShardIterator on shard {id} in stream {} \
             under account {ACCOUNT} is invalid{why}",
            target.called
        ))
    };
    let parts = Parts::decode(number).ok_or_else(|| invalid("."))?;
    if parts.shard != start.shard {
        return Err(Refusal::invalid_argument(format!(
            "Invalid StartingSequenceNumber. It encodes {}, while it was used in a call to a shard with {id}",
            shard_id(parts.shard)
        )));
    }
    if parts.shard_created != start.shard_created {
        return Err(invalid(" because it did not come from this stream."));
    }
    if shard.about().end() == Some(parts) {
        return Ok(parts.index);
    }
    if parts.index >= latest {
        return Err(invalid("."));
    }
    Ok(parts.index)
}

pub const GET_RECORDS: Operation = Operation {
    name: "GetRecords",
    request: &[
        Member::optional(
            "Limit",
            Shape::Integer {
                min: 1,
                max: MAX_RECORDS,
            },
        ),
        Member::required("ShardIterator", Shape::text(1, 512)),
        STREAM_ARN,
        DRY_RUN,
    ],
    handle: get_records,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetRecordsAnswer<'r> {
    records: Vec<RecordAnswer<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_shard_iterator: Option<String>,
    millis_behind_latest: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    child_shards: Option<Vec<ChildShard>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChildShard {
    shard_id: String,
    parent_shards: Vec<String>,
    hash_key_range: HashKeyRange,
}

/// The shards that go on with the keys of a closed one; nothing of one that is open.
fn children_of(shard: &Shard, stream: &Stream) -> Option<Vec<ChildShard>> {
    let closed = shard.about().closed.as_ref()?;
    let children = closed.children.iter();
    let children = children.filter_map(|index| stream.shard(*index));
    Some(
        children
            .map(|child| {
                let about = child.about();
                ChildShard {
                    shard_id: shard_id(about.index),
                    parent_shards: about.parents.iter().copied().map(shard_id).collect(),
                    hash_key_range: about.range.into(),
                }
            })
            .collect(),
    )
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RecordAnswer<'r> {
    sequence_number: Digits,
    approximate_arrival_timestamp: Timestamp,
    data: Blob<'r>,
    partition_key: &'r str,
}

fn get_records(context: &Context, request: &Structure, note: &mut Note) -> Result<Bytes, Refusal> {
    let token = request.text("ShardIterator").unwrap_or_default();
    let iterator = context
        .sealer
        .open_iterator(token)
        .ok_or_else(|| Refusal::invalid_argument("Invalid ShardIterator."))?;
    let limit = request.integer("Limit");
    let mut detail = GetDetail {
        chain: iterator.chain,
        shard: ShardId::from_index(iterator.shard),
        start: iterator.start.clone(),
        limit: limit.and_then(|limit| u32::try_from(limit).ok()),
        returned: 0,
        bytes: 0,
        range: None,
        millis_behind_latest: None,
        ahead: 0,
        ended: false,
    };
    note.stream = Some(iterator.stream.clone());
    note.detail = Detail::Get(Box::new(detail.clone()));
    if context.expired(iterator.issued) {
        return Err(expired(iterator.issued, context.now));
    }
    if let Some(arn) = request.text("StreamARN")
        && arn != context.arn(&iterator.stream)
    {
        return Err(Refusal::invalid_argument(
            "StreamARN and ShardIterator name different streams.",
        ));
    }

    let mut store = context.store();
    let absent = || Refusal::shard_does_not_exist(detail.shard.as_str(), &iterator.stream);
    find(&store, context, &iterator).ok_or_else(absent)?;
    if request.flag("DryRun") {
        return Err(Refusal::dry_run());
    }
    let fault = context.meet_fault(Some(&iterator.stream), &[iterator.shard], note);
    if let Some(refusal) = fault.and_then(|fault| fault.refusal(iterator.shard, &iterator.stream)) {
        return Err(refusal);
    }
    if let Some(rates) = store.rates(iterator.incarnation, iterator.shard)
        && !rates.read(context.now.timestamp_millis())
    {
        return Err(Refusal::rate_exceeded(iterator.shard, &iterator.stream));
    }
    let limit = match context.controls.empty_pages() && is_empty_page(&iterator) {
        true => 0,
        false => limit.unwrap_or(MAX_RECORDS).unsigned_abs() as usize,
    };
    let (stream, shard) = find(&store, context, &iterator).ok_or_else(absent)?;
    let horizon_ms = stream.head().horizon_ms(context.now);
    let read = |limit, bytes| shard.read(iterator.position, horizon_ms, limit, bytes);
    let found = page(read, limit, context.answer_room)?;
    let start = shard.about().start();
    let children = found
        .is_empty()
        .then(|| children_of(shard, stream))
        .flatten();
    if let Some(rates) = store.rates(iterator.incarnation, iterator.shard) {
        rates.answered(size(&found));
    }
    drop(store);

    let records: Vec<_> = found
        .records
        .iter()
        .map(|record| RecordAnswer {
            sequence_number: Digits(record.number(start)),
            approximate_arrival_timestamp: Timestamp(record.arrived()),
            data: Blob(record.payload.data()),
            partition_key: record.payload.key(),
        })
        .collect();
    let last = found.records.last();
    let next = last.map_or(iterator.position, |record| record.index + 1);
    let behind = millis_behind_latest(&found, context.now);
    let number = |record: &RecordAnswer| record.sequence_number.0.encode();
    detail.returned = records.len();
    detail.bytes = size(&found);
    detail.range = records.first().map(number).zip(records.last().map(number));
    detail.millis_behind_latest = Some(behind);
    detail.ahead = found.ahead;
    detail.ended = children.is_some();
    note.detail = Detail::Get(Box::new(detail));
    Ok(json::write(&GetRecordsAnswer {
        records,
        next_shard_iterator: children.is_none().then(|| {
            context.sealer.seal_iterator(&ShardIterator {
                issued: context.now,
                position: next,
                pages: iterator.pages.wrapping_add(1),
                ..iterator
            })
        }),
        millis_behind_latest: behind,
        child_shards: children,
    }))
}

/// The stream and the shard that an iterator belongs to, if they are still there.
fn find<'s>(
    store: &'s Store,
    context: &Context,
    iterator: &ShardIterator,
) -> Option<(&'s Stream, &'s Shard)> {
    let stream = store.stream(context.region, &iterator.stream)?;
    let is_same = stream.head().incarnation == iterator.incarnation;
    let shard = stream.listed(iterator.shard, context.now);
    Some((stream, shard.filter(|_| is_same)?))
}

/// Whether this page comes back empty although records may lie ahead, where some do: the second of a chain and every
/// third one from there. The first never does, so that who takes a new iterator for each page is not kept waiting.
fn is_empty_page(iterator: &ShardIterator) -> bool {
    iterator.pages % 3 == 1
}

/// Data and keys of what was found, in bytes.
fn size(found: &Found) -> usize {
    let payloads = found.records.iter().map(|record| &record.payload);
    payloads.map(Payload::size).sum()
}

/// Up to `limit` records, and no more than there is room for in an answer: readers that leave theirs unread leave the
/// others shorter pages.
fn page(
    read: impl Fn(usize, usize) -> Result<Found, Failure>,
    limit: usize,
    room: usize,
) -> Result<Found, Failure> {
    // Data becomes a third longer in base64, and what stands around it is below 600 bytes: a room of 16 MiB is enough for
    // any page.
    let limit = limit.min(room / 8 * 3 / 600);
    let bytes = MAX_BYTES.min(room / 8 * 5);
    let found = read(limit, bytes)?;
    // The first record comes whatever its size is; it may take half of what is left, of which `room` is a quarter.
    match size(&found) > room.saturating_mul(2) {
        true => read(0, 0),
        false => Ok(found),
    }
}

/// The age of the position relative to the tip: 0 when nothing is unread, else the age of the last record returned, or
/// of the first one unread where none was.
fn millis_behind_latest(found: &Found, now: DateTime<Utc>) -> u64 {
    let Some(first_ahead_ms) = found.first_ahead_ms else {
        return 0;
    };
    let position_ms = found
        .records
        .last()
        .map_or(first_ahead_ms, |record| record.arrived_ms);
    u64::try_from(now.timestamp_millis() - position_ms).unwrap_or(0)
}

fn expired(issued: DateTime<Utc>, now: DateTime<Utc>) -> Refusal {
    let told = |time: DateTime<Utc>| time.format("%a %b %d %H:%M:%S UTC %Y");
    Refusal::new(
        "ExpiredIteratorException",
        format!(
            "Iterator expired. The iterator was created at time {} while right now it is {} \
             which is further in the future than the tolerated delay of {LIFETIME_MS} milliseconds.",
            told(issued),
            told(now)
        ),
    )
}
