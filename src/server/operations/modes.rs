//! UpdateStreamMode: who decides on a stream's number of shards.

use bytes::Bytes;
use chrono::Duration;

use super::settings::change;
use super::{Context, Note, Operation, target_of_arn};
use crate::server::ACCOUNT;
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};
use crate::server::store::{MOST_ON_DEMAND, Mode};

/// How many times a stream may change its mode within a day.
const CHANGES_A_DAY: usize = 2;

/// The modes by their names; both CreateStream and UpdateStreamMode take one.
pub const STREAM_MODE_DETAILS: Shape = Shape::Structure(&[Member::required(
    "StreamMode",
    Shape::OneOf(&["PROVISIONED", "ON_DEMAND"]),
)]);

pub const UPDATE_STREAM_MODE: Operation = Operation {
    name: "UpdateStreamMode",
    request: &[
        Member::required("StreamARN", Shape::STREAM_ARN),
        Member::required("StreamModeDetails", STREAM_MODE_DETAILS),
        Member::optional("WarmThroughputMiBps", Shape::integer_from(0)),
    ],
    handle: update_stream_mode,
};

/// The mode that a request's StreamModeDetails name.
pub fn mode_asked_for(request: &Structure) -> Option<Mode> {
    let details = request.structure("StreamModeDetails")?;
    match details.text("StreamMode")? {
        "ON_DEMAND" => Some(Mode::OnDemand),
        _ => Some(Mode::Provisioned),
    }
}

/// The stream keeps its shards, whichever way it goes.
fn update_stream_mode(
    context: &Context,
    request: &Structure,
    _: &mut Note,
) -> Result<Bytes, Refusal> {
    let target = target_of_arn(context, request.text("StreamARN").unwrap_or_default())?;
    if request.has("WarmThroughputMiBps") {
        return Err(Refusal::not_supported("WarmThroughputMiBps"));
    }
    let mode = mode_asked_for(request).unwrap_or(Mode::Provisioned);
    change(context, &target, |head, store| {
        if head.mode == mode {
            return Ok(());
        }
        if mode == Mode::OnDemand && store.on_demand_streams(context.region) >= MOST_ON_DEMAND {
            return Err(Refusal::on_demand_limit(context.region));
        }
        let yesterday = (context.now - Duration::hours(24)).timestamp_millis();
        head.mode_changes_ms
            .retain(|change_ms| *change_ms > yesterday);
        if head.mode_changes_ms.len() >= CHANGES_A_DAY {
            return Err(Refusal::new(
                "LimitExceededException",
                format!(
                    "Stream {} under account {ACCOUNT} has changed its mode {CHANGES_A_DAY} times \
                     within the last 24 hours.",
                    target.called
                ),
            ));
        }
        head.mode_changes_ms.push(context.now.timestamp_millis());
        head.mode = mode;
        Ok(())
    })
}
