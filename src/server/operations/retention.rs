//! IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod.

use bytes::Bytes;

use super::settings::change;
use super::{Context, Note, Operation, STREAM_ARN, STREAM_NAME, target};
use crate::kinesis::feed::Detail;
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};

/// The shortest and the longest retention, in hours: a day and a year.
const SHORTEST: u32 = 24;
const LONGEST: u32 = 8760;

// The model has no least value; AWS was seen to refuse what is not positive as a broken limit.
const HOURS: Member = Member::required("RetentionPeriodHours", Shape::integer_from(1));

pub const INCREASE_RETENTION: Operation = Operation {
    name: "IncreaseStreamRetentionPeriod",
    request: &[HOURS, STREAM_NAME, STREAM_ARN],
    handle: |context, request, note: &mut Note| {
        retain(context, request, note, |hours, existing, stream| {
            (hours < existing).then(|| {
                format!(
                    "Requested retention period ({hours} hours) for stream {stream} can not be shorter than \
                     existing retention period ({existing} hours). Use DecreaseRetentionPeriod API."
                )
            })
        })
    },
};

pub const DECREASE_RETENTION: Operation = Operation {
    name: "DecreaseStreamRetentionPeriod",
    request: &[HOURS, STREAM_NAME, STREAM_ARN],
    handle: |context, request, note: &mut Note| {
        retain(context, request, note, |hours, existing, stream| {
            (hours > existing).then(|| {
                format!(
                    "Requested retention period ({hours} hours) for stream {stream} can not be longer than \
                     existing retention period ({existing} hours). Use IncreaseRetentionPeriod API."
                )
            })
        })
    },
};

/// Sets the retention, unless `refusal` says why these hours are not for a stream with these existing ones.
fn retain(
    context: &Context,
    request: &Structure,
    note: &mut Note,
    refusal: impl FnOnce(u32, u32, &str) -> Option<String>,
) -> Result<Bytes, Refusal> {
    let hours = request.integer("RetentionPeriodHours").unwrap_or_default();
    let hours = u32::try_from(hours).unwrap_or(u32::MAX);
    note.detail = Detail::Retain { hours };
    let target = target(context, request)?;
    change(context, &target, |head, _| {
        let refused = if hours < SHORTEST {
            Some(format!(
                "Minimum allowed retention period is {SHORTEST} hours. \
                 Requested retention period ({hours} hours) is too short."
            ))
        } else if hours > LONGEST {
            Some(format!(
                "Maximum allowed retention period is {LONGEST} hours. \
                 Requested retention period ({hours} hours) is too long."
            ))
        } else {
            refusal(hours, head.retention_hours, &target.called)
        };
        if let Some(words) = refused {
            return Err(Refusal::invalid_argument(words));
        }
        // What is past the retention until now does not come back with a longer one.
        head.gone_before_ms = head.horizon_ms(context.now);
        head.retention_hours = hours;
        Ok(())
    })
}
