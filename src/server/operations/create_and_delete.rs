//! CreateStream and DeleteStream.

use bytes::Bytes;

use super::{Context, Note, Operation, STREAM_ARN, STREAM_NAME, target};
use crate::kinesis::feed::Detail;
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};
use crate::server::store::{Mode, NotCreated};

/// How many shards an on-demand stream starts with.
const ON_DEMAND_SHARDS: u32 = 4;

const STREAM_MODE: &[Member] = &[Member::required(
    "StreamMode",
    Shape::OneOf(&["PROVISIONED", "ON_DEMAND"]),
)];

pub const CREATE_STREAM: Operation = Operation {
    name: "CreateStream",
    request: &[
        Member::optional("ShardCount", Shape::integer_from(1)),
        Member::required("StreamName", Shape::NAME),
        Member::optional("StreamModeDetails", Shape::Structure(STREAM_MODE)),
        Member::optional("Tags", Shape::TAGS),
        Member::optional("WarmThroughputMiBps", Shape::integer_from(0)),
        Member::optional(
            "MaxRecordSizeInKiB",
            Shape::Integer {
                min: 1024,
                max: 10_240,
            },
        ),
        Member::optional(
            "RecordDistributionStrategy",
            Shape::OneOf(&["AUTO", "USER_PARTITION_KEY"]),
        ),
    ],
    handle: create_stream,
};

fn create_stream(
    context: &Context,
    request: &Structure,
    note: &mut Note,
) -> Result<Bytes, Refusal> {
    let name = request.text("StreamName").unwrap_or_default();
    let (mode, shards) = shards_asked_for(request)?;
    note.detail = Detail::Create { shards };
    refuse_what_is_missing_here(request)?;
    context
        .store()
        .create(context.region, name, mode, shards, context.now)
        .map_err(|why| match why {
            NotCreated::Exists => Refusal::stream_exists(name),
            NotCreated::TooManyShards(limit) => Refusal::shard_limit(context.region, &limit),
            NotCreated::Failed(failure) => failure.into(),
        })?;
    Ok(Bytes::new())
}

/// A call with neither a count nor a mode was seen to make an on-demand stream.
fn shards_asked_for(request: &Structure) -> Result<(Mode, u32), Refusal> {
    let count = request
        .integer("ShardCount")
        .map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    let mode = request
        .structure("StreamModeDetails")
        .and_then(|details| details.text("StreamMode"));
    match (mode, count) {
        (Some("PROVISIONED") | None, Some(count)) => Ok((Mode::Provisioned, count)),
        (Some("PROVISIONED"), None) => Err(Refusal::validation(
            "ShardCount is expected when StreamMode=PROVISIONED",
        )),
        (_, None) => Ok((Mode::OnDemand, ON_DEMAND_SHARDS)),
        (_, Some(_)) => Err(Refusal::validation(
            "ShardCount is not expected when StreamMode=ON_DEMAND",
        )),
    }
}

/// Better refused than quietly ignored.
fn refuse_what_is_missing_here(request: &Structure) -> Result<(), Refusal> {
    for member in ["Tags", "WarmThroughputMiBps"] {
        if request.has(member) {
            return Err(Refusal::not_supported(member));
        }
    }
    if request
        .integer("MaxRecordSizeInKiB")
        .is_some_and(|size| size != 1024)
    {
        return Err(Refusal::not_supported("MaxRecordSizeInKiB above 1024"));
    }
    if request.text("RecordDistributionStrategy") == Some("AUTO") {
        return Err(Refusal::not_supported("RecordDistributionStrategy AUTO"));
    }
    Ok(())
}

pub const DELETE_STREAM: Operation = Operation {
    name: "DeleteStream",
    request: &[
        STREAM_NAME,
        // There are no consumers to enforce it on.
        Member::optional("EnforceConsumerDeletion", Shape::Boolean),
        STREAM_ARN,
    ],
    handle: delete_stream,
};

fn delete_stream(
    context: &Context,
    request: &Structure,
    _note: &mut Note,
) -> Result<Bytes, Refusal> {
    let target = target(context, request)?;
    match context.store().delete(context.region, &target.name)? {
        true => Ok(Bytes::new()),
        false => Err(Refusal::stream_not_found(&target.called)),
    }
}
