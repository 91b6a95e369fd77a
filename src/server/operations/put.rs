//! PutRecord and PutRecords.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::{Context, DRY_RUN, Note, Operation, STREAM_ARN, STREAM_NAME, target};
use crate::kinesis::ShardId;
use crate::kinesis::feed::{Detail, HEAD_BYTES, PutEntry};
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::sequence_numbers::Parts;
use crate::server::ACCOUNT;
use crate::server::faults::Struck;
use crate::server::json::{self, Digits};
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};
use crate::server::store::{Head, Payload, Status, Stream};

/// The model's limit of a blob. A stream's own limit is lower unless it is raised.
const BLOB: Shape = Shape::Blob { max: 10_485_760 };

/// The largest PutRecords request, data and keys together.
const MAX_BATCH_BYTES: usize = 10_485_760;

// The model no longer requires a partition key, since a stream may distribute its records by itself; ours do not.
const PARTITION_KEY: Member = Member::required("PartitionKey", Shape::text(1, 256));
const EXPLICIT_HASH_KEY: Member = Member::optional("ExplicitHashKey", Shape::HASH_KEY);
const DATA: Member = Member::required("Data", BLOB);

pub const PUT_RECORD: Operation = Operation {
    name: "PutRecord",
    request: &[
        Member::optional("SequenceNumberForOrdering", Shape::SEQUENCE_NUMBER),
        PARTITION_KEY,
        EXPLICIT_HASH_KEY,
        DATA,
        STREAM_NAME,
        STREAM_ARN,
        DRY_RUN,
    ],
    handle: put_record,
};

pub const PUT_RECORDS: Operation = Operation {
    name: "PutRecords",
    request: &[
        Member::required(
            "Records",
            Shape::List {
                item: &Shape::Structure(&[PARTITION_KEY, EXPLICIT_HASH_KEY, DATA]),
                min: 1,
                max: 500,
            },
        ),
        STREAM_NAME,
        STREAM_ARN,
        DRY_RUN,
    ],
    handle: put_records,
};

/// What became of a record: what its number is made of, or why its shard refused it.
type Stored = Result<Parts, Refusal>;

/// What became of a record, as both answers show it.
struct ResultAnswer<'r>(&'r Stored);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StoredAnswer<'r> {
    shard_id: &'r str,
    sequence_number: Digits,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RefusedAnswer<'r> {
    error_code: &'r str,
    error_message: Option<&'r str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecordsAnswer<'r> {
    failed_record_count: usize,
    records: Vec<ResultAnswer<'r>>,
}

impl Serialize for ResultAnswer<'_> {
    // Ids and numbers are spelt out one by one as they are written: a batch has hundreds.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Ok(parts) => StoredAnswer {
                shard_id: ShardId::from_index(parts.shard).as_str(),
                sequence_number: Digits(*parts),
            }
            .serialize(serializer),
            Err(refusal) => RefusedAnswer {
                error_code: refusal.code,
                error_message: refusal.message.as_deref(),
            }
            .serialize(serializer),
        }
    }
}

fn put_record(context: &Context, request: &Structure, note: &mut Note) -> Result<Bytes, Refusal> {
    let batch = Batch {
        entries: vec![Entry::of(request)],
        place: |_| "data".to_owned(),
        later_than: request.text("SequenceNumberForOrdering"),
    };
    let mut results = put(context, request, &batch, note)?;
    let stored = results.pop().transpose()?.map(Ok);
    Ok(json::write(&stored.as_ref().map(ResultAnswer)))
}

fn put_records(context: &Context, request: &Structure, note: &mut Note) -> Result<Bytes, Refusal> {
    let batch = Batch {
        entries: request.structures("Records").map(Entry::of).collect(),
        place: |index| format!("records.{}.member.data", index + 1),
        later_than: None,
    };
    let results = put(context, request, &batch, note)?;
    Ok(json::write(&PutRecordsAnswer {
        failed_record_count: results.iter().filter(|result| result.is_err()).count(),
        records: results.iter().map(ResultAnswer).collect(),
    }))
}

/// The records of a request.
struct Batch<'r> {
    entries: Vec<Entry<'r>>,
    /// What messages call the data of the record with this index.
    place: fn(usize) -> String,
    /// The number that the record's own must exceed.
    later_than: Option<&'r str>,
}

impl Batch<'_> {
    /// Refuses a record that is too large for its stream, and a batch that is too large for any.
    fn check_sizes(&self, head: &Head) -> Result<(), Refusal> {
        let limit = head.max_record_kib as usize * 1024;
        let too_large = |entry: &Entry| entry.size() > limit;
        if let Some(index) = self.entries.iter().position(too_large) {
            return Err(Refusal::record_too_large(&(self.place)(index), limit));
        }
        if self.entries.iter().map(Entry::size).sum::<usize>() > MAX_BATCH_BYTES {
            return Err(Refusal::invalid_argument(
                "Records size exceeds 10 MB limit",
            ));
        }
        Ok(())
    }
}

/// One record of a request.
struct Entry<'r> {
    key: &'r str,
    explicit_hash_key: Option<&'r str>,
    data: &'r [u8],
}

impl<'r> Entry<'r> {
    fn of(structure: &'r Structure) -> Self {
        Self {
            key: structure.text("PartitionKey").unwrap_or_default(),
            explicit_hash_key: structure.text("ExplicitHashKey"),
            data: structure.blob("Data"),
        }
    }

    /// Data and key together, in bytes.
    fn size(&self) -> usize {
        self.key.len() + self.data.len()
    }

    fn hash_key(&self) -> Result<HashKey, Refusal> {
        match self.explicit_hash_key {
            None => Ok(HashKey::of_partition_key(self.key)),
            Some(digits) => HashKey::parse_explicit(digits).map_err(|_| {
                Refusal::invalid_argument(format!(
                    "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. \
                     Specified value was {digits}"
                ))
            }),
        }
    }

    fn noted(&self, result: Result<&Parts, &Refusal>) -> PutEntry {
        PutEntry {
            key: self.key.to_owned(),
            explicit_hash_key: self.explicit_hash_key.map(str::to_owned),
            size: self.data.len(),
            head: self.data[..self.data.len().min(HEAD_BYTES)].to_vec(),
            result: result
                .map(|parts| (ShardId::from_index(parts.shard), parts.encode()))
                .map_err(Refusal::told),
        }
    }
}

/// Stores a batch and notes what became of each record.
fn put(
    context: &Context,
    request: &Structure,
    batch: &Batch,
    note: &mut Note,
) -> Result<Vec<Stored>, Refusal> {
    let outcome = store(context, request, batch, note);
    if !note.is_heard {
        return outcome;
    }
    let entries = batch.entries.iter();
    note.detail = Detail::Put(match &outcome {
        Ok(results) => entries
            .zip(results)
            .map(|(entry, result)| entry.noted(result.as_ref()))
            .collect(),
        Err(refusal) => entries.map(|entry| entry.noted(Err(refusal))).collect(),
    });
    outcome
}

/// Stores the records of a batch in request order, but for those that their shards refuse; or nothing.
fn store(
    context: &Context,
    request: &Structure,
    batch: &Batch,
    note: &mut Note,
) -> Result<Vec<Stored>, Refusal> {
    let target = target(context, request)?;
    let not_found = || Refusal::stream_not_found(&target.called);
    let prepared = prepare(batch);

    let mut store = context.store();
    let stream = store
        .stream(context.region, &target.name)
        .filter(|stream| {
            let status = stream.head().status();
            matches!(status, Status::Active | Status::Updating)
        })
        .ok_or_else(not_found)?;
    // A stream that does not exist is told before what is wrong with the records.
    batch.check_sizes(stream.head())?;
    let prepared = prepared?;
    if let (Some(number), Some((key, _))) = (batch.later_than, prepared.first())
        && !can_be_exceeded(number, stream, *key, context.now)
    {
        return Err(Refusal::invalid_argument(format!(
            "ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream {} \
             under account {ACCOUNT} is invalid.",
            target.called
        )));
    }
    if request.flag("DryRun") {
        return Err(Refusal::dry_run());
    }
    let owners: Option<Vec<u32>> = prepared
        .iter()
        .map(|(key, _)| stream.owner_of(*key))
        .collect();
    let owners = owners.ok_or_else(not_found)?;
    let fault = context.meet_fault(Some(&target.name), &owners, note);
    if let Some(refusal) = fault.and_then(Struck::refusal_of_call) {
        return Err(refusal);
    }
    let incarnation = stream.head().incarnation;
    let now_ms = context.now.timestamp_millis();
    // Each record is judged by itself, as AWS documents: one that does not fit stops no smaller one behind it.
    let refusals: Vec<_> = owners
        .iter()
        .zip(&prepared)
        .map(|(owner, (_, payload))| {
            let on_request = || fault?.refusal(*owner, &target.called);
            on_request().or_else(|| {
                let fits = store
                    .rates(incarnation, *owner)?
                    .write(payload.size(), now_ms);
                (!fits).then(|| Refusal::rate_exceeded(*owner, &target.called))
            })
        })
        .collect();
    let accepted = prepared
        .into_iter()
        .zip(&refusals)
        .filter_map(|(record, refusal)| refusal.is_none().then_some(record))
        .collect();
    let appended = store.append(context.region, &target.name, accepted, context.now);
    context.controls.set_full(store.full());
    drop(store);
    let appended = appended?.ok_or_else(not_found)?;

    note.trimmed = appended.trimmed;
    let mut places = appended.places.into_iter();
    Ok(refusals
        .into_iter()
        .filter_map(|refusal| match refusal {
            Some(refusal) => Some(Err(refusal)),
            None => places.next().map(Ok),
        })
        .collect())
}

/// Hashes and copies the records, outside the lock.
fn prepare(batch: &Batch) -> Result<Vec<(HashKey, Payload)>, Refusal> {
    batch
        .entries
        .iter()
        .map(|entry| Ok((entry.hash_key()?, Payload::new(entry.key, entry.data))))
        .collect()
}

/// Whether the next record of this key will have a number above this one.
fn can_be_exceeded(number: &str, stream: &Stream, key: HashKey, now: DateTime<Utc>) -> bool {
    Parts::decode(&number.into()).is_some_and(|parts| {
        // The numbers of a child begin a second after it does.
        let shard = stream.shard(parts.shard);
        let begins = shard.map_or(0, |shard| shard.about().numbered_from);
        let latest = u64::try_from(now.timestamp()).unwrap_or(0).max(begins);
        parts.recorded <= latest
            && (stream.owner_of(key) != Some(parts.shard)
                || parts.index < stream.next_index(parts.shard))
    })
}
