//! SplitShard, MergeShards and UpdateShardCount.

use bytes::Bytes;
use serde::Serialize;

use super::{
    Context, Note, Operation, STREAM_ARN, STREAM_NAME, Target, known_shard_index, shard_id, target,
};
use crate::kinesis::ShardId;
use crate::kinesis::feed::Detail;
use crate::kinesis::hash_ranges::{HashKey, HashRange};
use crate::kinesis::resharding::{Step, steps_to_even};
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};
use crate::server::store::{About, Change, Mode, Status, Store, Stream};
use crate::server::{ACCOUNT, json};

// The members of each are in the order in which AWS's messages were seen to list them.

pub const SPLIT_SHARD: Operation = Operation {
    name: "SplitShard",
    request: &[
        Member::required("NewStartingHashKey", Shape::HASH_KEY),
        STREAM_NAME,
        Member::required("ShardToSplit", Shape::NAME),
        STREAM_ARN,
    ],
    handle: split_shard,
};

fn split_shard(context: &Context, request: &Structure, note: &mut Note) -> Result<Bytes, Refusal> {
    let key = request.text("NewStartingHashKey").unwrap_or_default();
    note.detail = Detail::Split {
        shard: named(request, "ShardToSplit"),
        at: key.to_owned(),
    };
    let target = target(context, request)?;
    let index = shard_asked_for(request, "ShardToSplit", &target)?;

    let mut store = context.store();
    let stream = reshardable(context, &store, &target)?;
    let range = open_shard(stream, index, &target)?.range;
    let incarnation = stream.head().incarnation;
    store
        .room_for_shards(1, 2, context.now)
        .map_err(|why| Refusal::no_room(context.region, why))?;
    let at = HashKey::parse_explicit(key)
        .ok()
        .filter(|at| at.value() > range.start.value().saturating_add(1) && *at < range.end)
        .ok_or_else(|| {
            Refusal::invalid_argument(format!(
                "NewStartingHashKey {key} used in SplitShard() on shard {} in stream {} under account {ACCOUNT} \
                 is not both greater than one plus the shard's StartingHashKey {} and less than the shard's \
                 EndingHashKey {}.",
                shard_id(index),
                target.called,
                range.start.value(),
                range.end.value()
            ))
        })?;
    let start = range.start;
    let change = Change::Update(vec![Step::Split { start, at }]);
    store.begin(incarnation, change, context.timing, context.now)?;
    Ok(Bytes::new())
}

pub const MERGE_SHARDS: Operation = Operation {
    name: "MergeShards",
    request: &[
        Member::required("ShardToMerge", Shape::NAME),
        Member::required("AdjacentShardToMerge", Shape::NAME),
        STREAM_NAME,
        STREAM_ARN,
    ],
    handle: merge_shards,
};

fn merge_shards(context: &Context, request: &Structure, note: &mut Note) -> Result<Bytes, Refusal> {
    note.detail = Detail::Merge {
        shard: named(request, "ShardToMerge"),
        next: named(request, "AdjacentShardToMerge"),
    };
    let target = target(context, request)?;
    let lower = shard_asked_for(request, "ShardToMerge", &target)?;
    let higher = shard_asked_for(request, "AdjacentShardToMerge", &target)?;

    let mut store = context.store();
    let stream = reshardable(context, &store, &target)?;
    let range = open_shard(stream, lower, &target)?.range;
    let next = open_shard(stream, higher, &target)?.range;
    if range.merged_with(next).is_none() {
        return Err(Refusal::invalid_argument(format!(
            "Shards {} and {} in stream {} under account {ACCOUNT} are not an adjacent pair of shards \
             eligible for merging",
            shard_id(lower),
            shard_id(higher),
            target.called
        )));
    }
    let change = Change::Update(vec![Step::Merge {
        start: range.start,
        next: next.start,
    }]);
    let incarnation = stream.head().incarnation;
    store
        .room_for_shards(0, 1, context.now)
        .map_err(|why| Refusal::no_room(context.region, why))?;
    store.begin(incarnation, change, context.timing, context.now)?;
    Ok(Bytes::new())
}

pub const UPDATE_SHARD_COUNT: Operation = Operation {
    name: "UpdateShardCount",
    request: &[
        Member::required("ScalingType", Shape::OneOf(&["UNIFORM_SCALING"])),
        STREAM_NAME,
        // The model has no upper limit here; AWS was seen to have this one.
        Member::required(
            "TargetShardCount",
            Shape::Integer {
                min: 1,
                max: 100_000,
            },
        ),
        STREAM_ARN,
    ],
    handle: update_shard_count,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateShardCountAnswer {
    stream_name: String,
    current_shard_count: u32,
    target_shard_count: u32,
    #[serde(rename = "StreamARN")]
    stream_arn: String,
}

fn update_shard_count(
    context: &Context,
    request: &Structure,
    note: &mut Note,
) -> Result<Bytes, Refusal> {
    let wanted = request.integer("TargetShardCount").unwrap_or_default();
    let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
    note.detail = Detail::Scale { to: wanted };
    let target = target(context, request)?;

    let mut store = context.store();
    let stream = reshardable(context, &store, &target)?;
    let current = stream.open_shards();
    let limit = store.shard_limit();
    let counts = format!("Current open shard count: {current}, Target shard count: {wanted}");
    let refused = |why: &str| Refusal::new("LimitExceededException", format!("{why}. {counts}"));
    if wanted > limit {
        return Err(refused(&format!(
            "Target shard count or number of open shards cannot be greater than {limit}"
        )));
    }
    if wanted > current.saturating_mul(2) {
        return Err(refused(
            "UpdateShardCount cannot scale up over double your current open shard count",
        ));
    }
    if wanted.saturating_mul(2) < current {
        return Err(refused(
            "UpdateShardCount cannot scale down below half your current open shard count",
        ));
    }
    let ranges: Vec<HashRange> = stream.open().map(|shard| shard.about().range).collect();
    let incarnation = stream.head().incarnation;
    let steps = steps_to_even(&ranges, wanted);
    let created = steps.iter().map(|step| match step {
        Step::Split { .. } => 2,
        Step::Merge { .. } => 1,
    });
    let created = created.sum();
    store
        .room_for_shards(wanted.saturating_sub(current), created, context.now)
        .map_err(|why| Refusal::no_room(context.region, why))?;
    store.begin(
        incarnation,
        Change::Update(steps),
        context.timing,
        context.now,
    )?;
    drop(store);
    Ok(json::write(&UpdateShardCountAnswer {
        stream_arn: context.arn(&target.name),
        stream_name: target.name,
        current_shard_count: current,
        target_shard_count: wanted,
    }))
}

/// The shard that a request names, as it names it.
fn named(request: &Structure, member: &str) -> ShardId {
    ShardId::from(request.text(member).unwrap_or_default())
}

/// The shard that a request names; what is no shard id is told before a stream that does not exist.
fn shard_asked_for(request: &Structure, member: &str, target: &Target) -> Result<u32, Refusal> {
    known_shard_index(request.text(member).unwrap_or_default(), &target.called)
}

/// The stream, if its shards may be changed now.
fn reshardable<'s>(
    context: &Context,
    store: &'s Store,
    target: &Target,
) -> Result<&'s Stream, Refusal> {
    let stream = store
        .stream(context.region, &target.name)
        .ok_or_else(|| Refusal::stream_not_found(&target.called))?;
    if stream.head().mode == Mode::OnDemand {
        return Err(Refusal::on_demand(&target.called));
    }
    match stream.head().status() {
        Status::Active => Ok(stream),
        status => Err(Refusal::not_active(&target.called, status)),
    }
}

/// A shard that takes records.
fn open_shard<'s>(stream: &'s Stream, index: u32, target: &Target) -> Result<&'s About, Refusal> {
    let id = shard_id(index);
    let shard = stream
        .shard(index)
        .ok_or_else(|| Refusal::could_not_find_shard(&id, &target.called))?;
    if shard.about().closed.is_some() {
        return Err(Refusal::invalid_argument(format!(
            "Shard {id} in stream {} under account {ACCOUNT} has already been merged or split, \
             and thus is not eligible for merging or splitting.",
            target.called
        )));
    }
    Ok(shard.about())
}
