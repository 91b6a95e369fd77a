//! The operations: a table of names, request shapes and handlers, with a room for each subject.

mod create_and_delete;
mod describe;
mod list_shards;
mod modes;
mod put;
mod quotas;
mod read;
mod record_size;
mod reshard;
mod retention;
mod settings;
mod tags;

pub use create_and_delete::CREATE_STREAM;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::controls::Controls;
use super::faults::Struck;
use super::refusals::Refusal;
use super::shapes::{LONGEST_NAME, Member, Need, Shape, Structure, Value};
use super::store::{Store, TrimmedEarly};
use super::tokens::{Kind, LIFETIME_MS, Page, Sealer};
use super::{ACCOUNT, service::Counter};
use crate::kinesis::ShardId;
use crate::kinesis::control::{FaultKind, Timing};
use crate::kinesis::feed::Detail;

/// One operation of the API.
pub struct Operation {
    pub name: &'static str,
    /// What its request may hold.
    pub request: &'static [Member],
    /// Takes a request that broke no limit of its shape to the body of the answer.
    pub handle: fn(&Context, &Structure, &mut Note) -> Result<Bytes, Refusal>,
}

/// All operations that the server has.
pub static OPERATIONS: &[Operation] = &[
    CREATE_STREAM,
    create_and_delete::DELETE_STREAM,
    describe::DESCRIBE_STREAM,
    describe::DESCRIBE_STREAM_SUMMARY,
    describe::LIST_STREAMS,
    list_shards::LIST_SHARDS,
    modes::UPDATE_STREAM_MODE,
    quotas::DESCRIBE_LIMITS,
    record_size::UPDATE_MAX_RECORD_SIZE,
    retention::INCREASE_RETENTION,
    retention::DECREASE_RETENTION,
    tags::ADD_TAGS,
    tags::REMOVE_TAGS,
    tags::LIST_TAGS,
    tags::TAG_RESOURCE,
    tags::UNTAG_RESOURCE,
    tags::LIST_TAGS_OF_RESOURCE,
    put::PUT_RECORD,
    put::PUT_RECORDS,
    read::GET_SHARD_ITERATOR,
    read::GET_RECORDS,
    reshard::SPLIT_SHARD,
    reshard::MERGE_SHARDS,
    reshard::UPDATE_SHARD_COUNT,
];

/// The operations of the API (botocore 1.44) that the server does not have.
pub static NOT_SUPPORTED: &[&str] = &[
    "AcknowledgeDeadLetterQueueRecords",
    "AcknowledgeQueueRecords",
    "CreateChannel",
    "CreateQueue",
    "DeleteChannel",
    "DeleteQueue",
    "DeleteResourcePolicy",
    "DeregisterStreamConsumer",
    "DescribeAccountSettings",
    "DescribeChannel",
    "DescribeQueue",
    "DescribeStreamConsumer",
    "DisableEnhancedMonitoring",
    "EnableEnhancedMonitoring",
    "GetResourcePolicy",
    "ListChannels",
    "ListQueues",
    "ListStreamConsumers",
    "PutResourcePolicy",
    "ReceiveDeadLetterQueueRecords",
    "ReceiveQueueRecords",
    "RegisterStreamConsumer",
    "RestoreDeadLetterQueueRecords",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "SubscribeToShard",
    "UpdateAccountSettings",
    "UpdateChannel",
    "UpdateDeadLetterQueueRecordsVisibility",
    "UpdateQueue",
    "UpdateQueueRecordsVisibility",
    "UpdateStreamRecordDistributionStrategy",
    "UpdateStreamWarmThroughput",
];

/// What a handler works with.
pub struct Context<'s> {
    pub store: &'s Mutex<Store>,
    pub sealer: &'s Sealer,
    pub chains: &'s Counter,
    pub controls: &'s Controls,
    /// The operation's name.
    pub operation: &'static str,
    /// The region of the caller's credential: each is a world of its own.
    pub region: &'s str,
    /// How many bytes of an answer there is room for.
    pub answer_room: usize,
    pub now: DateTime<Utc>,
    /// How long streams take to change.
    pub timing: Timing,
}

impl Context<'_> {
    /// Locks the store. A handler that panicked under the lock left at worst a batch half stored, as AWS may too.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault on request that this call meets, noted for the feed.
    pub fn meet_fault(
        &self,
        stream: Option<&str>,
        shards: &[u32],
        note: &mut Note,
    ) -> Option<Struck> {
        let struck = self.controls.meet(self.operation, stream, shards)?;
        note.fault = Some(struck.kind);
        Some(struck)
    }

    /// Completes what is due, before the call sees any of it.
    pub fn settle(&self) -> Result<(), Refusal> {
        Ok(self.store().settle(self.now)?)
    }

    fn arn(&self, stream: &str) -> String {
        let (region, partition) = (self.region, partition_of(self.region));
        format!("arn:{partition}:kinesis:{region}:{ACCOUNT}:stream/{stream}")
    }

    /// Whether a token issued at this time has run out.
    fn expired(&self, issued: DateTime<Utc>) -> bool {
        (self.now - issued).num_milliseconds() > LIFETIME_MS
    }
}

/// What a handler tells the request feed beside its answer.
#[derive(Default)]
pub struct Note {
    pub stream: Option<String>,
    /// Whether anybody listens; a detail that costs is made only then.
    pub is_heard: bool,
    pub detail: Detail,
    pub trimmed: Vec<TrimmedEarly>,
    /// The fault on request that the call met.
    pub fault: Option<FaultKind>,
}

/// Most operations name their stream by one of these, or by both.
const STREAM_NAME: Member = Member {
    name: "StreamName",
    need: Need::Unless("StreamARN"),
    shape: Shape::NAME,
};
const STREAM_ARN: Member = Member::optional("StreamARN", Shape::STREAM_ARN);
/// Some name their stream by this alone: it may be of other things too, which the lab does not have.
const RESOURCE_ARN: Member = Member::required("ResourceARN", Shape::RESOURCE_ARN);
const DRY_RUN: Member = Member::optional("DryRun", Shape::Boolean);

/// What a request calls its stream, whatever else is wrong with it; no more of it than a name may have.
pub fn stream_named(request: &Structure) -> Option<String> {
    let member = |name| {
        let mut members = request.members();
        members.find_map(|(member, value)| match value {
            Some(Value::Text(text)) if member.name == name => Some(text.as_ref()),
            _ => None,
        })
    };
    let arn = || member("StreamARN").or_else(|| member("ResourceARN"));
    let of_arn = || Some(arn()?.split_once(":stream/")?.1);
    let name = member("StreamName").or_else(of_arn)?;
    (!name.is_empty()).then(|| name.chars().take(LONGEST_NAME).collect())
}

/// The stream a request means.
struct Target {
    name: String,
    /// What messages call it: the ARN if the caller gave one.
    called: String,
}

/// Reads which stream a request means; an ARN of another region or account means none here.
fn target(context: &Context, request: &Structure) -> Result<Target, Refusal> {
    let name = request.text("StreamName");
    let Some(arn) = request.text("StreamARN") else {
        let name = name.unwrap_or_default().to_owned();
        return Ok(Target {
            called: name.clone(),
            name,
        });
    };
    if name.is_some_and(|name| name != name_in(arn)) {
        return Err(Refusal::invalid_argument(
            "StreamName and StreamARN name different streams.",
        ));
    }
    target_of_arn(context, arn)
}

/// The stream that an ARN means.
fn target_of_arn(context: &Context, arn: &str) -> Result<Target, Refusal> {
    let name = name_in(arn);
    if arn != context.arn(name) {
        return Err(Refusal::stream_not_found(arn));
    }
    Ok(Target {
        name: name.to_owned(),
        called: arn.to_owned(),
    })
}

/// What ARNs call the part of AWS that a region lies in.
fn partition_of(region: &str) -> &'static str {
    let parts = [("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")];
    let part = parts.iter().find(|(start, _)| region.starts_with(start));
    part.map_or("aws", |(_, partition)| partition)
}

/// The name in a stream's ARN.
fn name_in(arn: &str) -> &str {
    arn.split_once(":stream/").map_or(arn, |(_, name)| name)
}

/// Opens a paging token.
fn page(context: &Context, kind: Kind, token: &str) -> Result<Page, Refusal> {
    let page = context
        .sealer
        .open_page(kind, token)
        .ok_or_else(|| Refusal::invalid_argument("Invalid NextToken."))?;
    if context.expired(page.issued) {
        return Err(Refusal::new(
            "ExpiredNextTokenException",
            "NextToken expired: it is valid for 300 seconds.",
        ));
    }
    Ok(page)
}

/// Reads a shard id as AWS does: `shardId-000000000001`, `shardId-1`, `x-1` and `1` are the same shard.
pub fn shard_index(id: &str) -> Option<u32> {
    let digits = id.split('-').nth(1).unwrap_or(id);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits
        .parse()
        .ok()
        .filter(|index| *index <= i32::MAX as u32)
}

/// As [`shard_index`], with the refusal AWS gives to what is no shard id.
fn known_shard_index(id: &str, stream: &str) -> Result<u32, Refusal> {
    shard_index(id).ok_or_else(|| Refusal::could_not_find_shard(id, stream))
}

fn shard_id(index: u32) -> String {
    ShardId::from_index(index).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shard_ids_are_read_as_leniently_as_on_aws() {
        for (id, index) in [
            ("shardId-000000000001", Some(1)),
            ("shardId-1", Some(1)),
            ("x-7", Some(7)),
            ("7", Some(7)),
            ("shardId-2147483647", Some(2_147_483_647)),
            ("shardId-2147483648", None),
            ("shardId-", None),
            ("shardId-x", None),
            ("shard", None),
            ("shardId--1", None),
        ] {
            assert_eq!(shard_index(id), index, "{id}");
        }
    }

    #[test]
    fn every_operation_of_the_api_is_either_served_or_named_as_missing() {
        let mut names: Vec<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
        names.extend(NOT_SUPPORTED);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 57);
    }
}
