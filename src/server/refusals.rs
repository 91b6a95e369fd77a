//! Why a call is refused: the API's error names with AWS's own words.
//!
//! The texts were seen on AWS by the authors of kinesalite, moto and LocalStack; where no text is known, ours says what
//! is wrong. Each is written once, here, where more than one operation gives it.

use std::borrow::Cow;

use super::ACCOUNT;
use super::store::{Failure, MOST_CREATING, MOST_ON_DEMAND, NoRoom, ShardLimit, Status};
use crate::kinesis::ShardId;

/// How much of a value a message repeats, in characters; ours, so that an answer stays small.
const VALUE_CHARS: usize = 1024;

/// How much of a message the request feed tells, in characters: enough for all of AWS's texts.
const TOLD_CHARS: usize = 1024;

/// A value as messages repeat it.
pub fn shortened(value: &str) -> Cow<'_, str> {
    match value.char_indices().nth(VALUE_CHARS) {
        Some((end, _)) => format!("{}...", &value[..end]).into(),
        None => value.into(),
    }
}

/// A refused call: the error's name, its message if it has one, and the HTTP status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: Option<String>,
}

impl Refusal {
    /// Name and message, as the request feed tells them.
    pub fn told(&self) -> (String, String) {
        let message: String = self
            .message
            .iter()
            .flat_map(|message| message.chars())
            .take(TOLD_CHARS)
            .collect();
        (self.code.to_owned(), message)
    }

    /// Most errors of the API come with status 400.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            message: Some(message.into()),
        }
    }

    pub fn without_message(code: &'static str) -> Self {
        Self {
            status: 400,
            code,
            message: None,
        }
    }

    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new("InvalidArgumentException", message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", message)
    }

    pub fn rate_exceeded(shard: u32, stream: &str) -> Self {
        let id = ShardId::from_index(shard);
        Self::new(
            "ProvisionedThroughputExceededException",
            format!("Rate exceeded for shard {id} in stream {stream} under account {ACCOUNT}."),
        )
    }

    /// Too many calls of an operation that manages streams, in AWS's words for one that names a stream and for others.
    pub fn call_rate_exceeded(stream: Option<&str>) -> Self {
        let of = stream.map_or_else(String::new, |stream| format!("stream {stream} under "));
        Self::new(
            "LimitExceededException",
            format!("Rate exceeded for {of}account {ACCOUNT}."),
        )
    }

    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// A value has the wrong type.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }

    /// `stream` is the name or, where the caller gave an ARN, the ARN.
    pub fn stream_not_found(stream: &str) -> Self {
        Self::not_found(format!(
            "Stream {stream} under account {ACCOUNT} not found."
        ))
    }

    pub fn stream_exists(name: &str) -> Self {
        Self::new(
            "ResourceInUseException",
            format!("Stream {name} under account {ACCOUNT} already exists."),
        )
    }

    pub fn shard_does_not_exist(shard: &str, stream: &str) -> Self {
        Self::not_found(format!(
            "Shard {shard} in stream {stream} under account {ACCOUNT} does not exist"
        ))
    }

    pub fn could_not_find_shard(shard: &str, stream: &str) -> Self {
        Self::not_found(format!(
            "Could not find shard {shard} in stream {stream} under account {ACCOUNT}."
        ))
    }

    pub fn on_demand_limit(region: &str) -> Self {
        Self::new(
            "LimitExceededException",
            format!(
                "This request would exceed the limit of {MOST_ON_DEMAND} on-demand streams \
                 for the account {ACCOUNT} in {region}."
            ),
        )
    }

    /// A call that only an ACTIVE stream takes.
    pub fn not_active(stream: &str, status: Status) -> Self {
        Self::new(
            "ResourceInUseException",
            format!(
                "Stream {stream} under account {ACCOUNT} not ACTIVE, instead in state {}",
                status.word()
            ),
        )
    }

    /// A call that changes shards, on a stream that counts them by itself.
    pub fn on_demand(stream: &str) -> Self {
        Self::validation(format!(
            "Request is invalid. Stream {stream} under account {ACCOUNT} is in On-Demand mode."
        ))
    }

    /// AWS's text for this is not known.
    pub fn too_many_creating() -> Self {
        Self::new(
            "LimitExceededException",
            format!(
                "{MOST_CREATING} streams under account {ACCOUNT} are in state CREATING, and no more may be at once."
            ),
        )
    }

    pub fn no_room(region: &str, why: NoRoom) -> Self {
        match why {
            NoRoom::Open(limit) => Self::shard_limit(region, &limit),
            NoRoom::Kept { most } => Self::new(
                "LimitExceededException",
                format!(
                    "kinesis-lab keeps at most {most} shards, with those that are closed and still within their \
                     retention. Delete a stream, or move the clock past the retention."
                ),
            ),
            NoRoom::Failed(failure) => failure.into(),
        }
    }

    fn shard_limit(region: &str, limit: &ShardLimit) -> Self {
        Self::new(
            "LimitExceededException",
            format!(
                "This request would exceed the shard limit for the account {ACCOUNT} in {region}. \
                 Current shard count for the account: {}. Limit: {}. \
                 Number of additional shards that would have resulted from this request: {}. \
                 Refer to the AWS Service Limits page \
                 (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) \
                 for current limits and how to request higher limits.",
                limit.current, limit.limit, limit.requested
            ),
        )
    }

    /// A record of more than its stream takes, data and key together.
    pub fn record_too_large(place: &str, limit: usize) -> Self {
        Self::validation(format!(
            "1 validation error detected: Value at '{place}' failed to satisfy constraint: \
             Member must have length less than or equal to {limit}"
        ))
    }

    /// What a call with `DryRun` gives when nothing is wrong with it.
    pub fn dry_run() -> Self {
        Self::new(
            "DryRunOperationException",
            "Request would have succeeded, but DryRun flag is set.",
        )
    }

    /// The server itself failed; the call had no effect.
    pub fn internal_failure(why: impl Into<String>) -> Self {
        Self {
            status: 500,
            code: "InternalFailure",
            message: Some(why.into()),
        }
    }

    /// Something of the API that the lab does not have.
    pub fn not_supported(what: &str) -> Self {
        Self::invalid_argument(format!("{what} is not supported by kinesis-lab."))
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::internal_failure(failure.0)
    }
}
