//! UpdateMaxRecordSize: how large a record of a stream may be.

use bytes::Bytes;

use super::settings::change;
use super::{Context, Note, Operation, target_of_arn};
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};

/// The member of both CreateStream and UpdateMaxRecordSize: one to ten mebibytes.
pub const MAX_RECORD_SIZE: &str = "MaxRecordSizeInKiB";
pub const RECORD_SIZE: Shape = Shape::Integer {
    min: 1024,
    max: 10_240,
};

pub const UPDATE_MAX_RECORD_SIZE: Operation = Operation {
    name: "UpdateMaxRecordSize",
    request: &[
        // The model does not require it, but there is no other way to name the stream.
        Member::required("StreamARN", Shape::STREAM_ARN),
        Member::required(MAX_RECORD_SIZE, RECORD_SIZE),
    ],
    handle: update_max_record_size,
};

/// The record size that a request names.
pub fn record_size_asked_for(request: &Structure) -> Option<u32> {
    let size = request.integer(MAX_RECORD_SIZE)?;
    u32::try_from(size).ok()
}

fn update_max_record_size(
    context: &Context,
    request: &Structure,
    _: &mut Note,
) -> Result<Bytes, Refusal> {
    let target = target_of_arn(context, request.text("StreamARN").unwrap_or_default())?;
    change(context, &target, |head, _| {
        head.max_record_kib = record_size_asked_for(request).unwrap_or(head.max_record_kib);
        Ok(())
    })
}
