//! CreateStream and DeleteStream.

use bytes::Bytes;

use super::modes::{STREAM_MODE_DETAILS, mode_asked_for};
use super::record_size::{MAX_RECORD_SIZE, RECORD_SIZE, record_size_asked_for};
use super::{Context, Note, Operation, STREAM_ARN, STREAM_NAME, tags, target};
use crate::kinesis::feed::Detail;
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};
use crate::server::store::{Change, Head, Mode, NotCreated, Transition};

/// How many shards an on-demand stream starts with.
const ON_DEMAND_SHARDS: u32 = 4;

pub const CREATE_STREAM: Operation = Operation {
    name: "CreateStream",
    request: &[
        Member::optional("ShardCount", Shape::integer_from(1)),
        Member::required("StreamName", Shape::NAME),
        Member::optional("StreamModeDetails", STREAM_MODE_DETAILS),
        Member::optional("Tags", Shape::TAGS),
        Member::optional("WarmThroughputMiBps", Shape::integer_from(0)),
        Member::optional(MAX_RECORD_SIZE, RECORD_SIZE),
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
    let mut head = Head::new(context.region, name, mode, context.now);
    tags::add_to(&mut head.tags, request, name)?;
    head.max_record_kib = record_size_asked_for(request).unwrap_or(head.max_record_kib);
    head.transition = Transition::to(Change::Create, context.timing, context.now);
    let created = context.store().create(head, shards);
    created.map_err(|why| match why {
        NotCreated::Exists => Refusal::stream_exists(name),
        NotCreated::TooManyCreating => Refusal::too_many_creating(),
        NotCreated::TooManyOnDemand => Refusal::on_demand_limit(context.region),
        NotCreated::NoRoom(why) => Refusal::no_room(context.region, why),
        NotCreated::Failed(failure) => failure.into(),
    })?;
    Ok(Bytes::new())
}

/// A call with neither a count nor a mode was seen to make an on-demand stream.
fn shards_asked_for(request: &Structure) -> Result<(Mode, u32), Refusal> {
    let count = request
        .integer("ShardCount")
        .map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    match (mode_asked_for(request), count) {
        (Some(Mode::Provisioned) | None, Some(count)) => Ok((Mode::Provisioned, count)),
        (Some(Mode::Provisioned), None) => Err(Refusal::validation(
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
    if request.has("WarmThroughputMiBps") {
        return Err(Refusal::not_supported("WarmThroughputMiBps"));
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
    let mut store = context.store();
    match store.delete(context.region, &target.name, context.timing, context.now)? {
        true => Ok(Bytes::new()),
        false => Err(Refusal::stream_not_found(&target.called)),
    }
}
