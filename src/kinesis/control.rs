//! What the embedded server can be told beside the API: its clock, its pace, faults, and to empty a stream.
//!
//! No client of the API needs any of it. The lab sends a [`Control`] through the server's handle, other people's tests
//! through the path of `serve --admin`; both learn from a [`ServerState`] what holds now.

use serde::{Deserialize, Serialize};

use super::ShardId;

/// How many faults wait at the server at once; further ones are refused.
pub const MOST_FAULTS: usize = 64;

/// How far lab time can be ahead of wall time, in seconds: ten years, the longest retention ten times over.
pub const MOST_AHEAD_SECONDS: u64 = 10 * 365 * 86_400;

/// One thing that the server is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Control {
    /// Move the lab's clock forward. It never goes back and never runs faster.
    Advance {
        /// By so many whole seconds.
        seconds: u64,
    },
    /// Change streams at once, or as slowly as AWS does.
    Pace(Timing),
    /// Let some reads come back empty although records lie ahead, as on AWS.
    EmptyPages(bool),
    /// Drop all records of a stream; the stream, its shards and its iterators stay.
    EmptyStream {
        /// Its region.
        region: String,
        /// Its name.
        stream: String,
    },
    /// Add a fault.
    Fault(Fault),
    /// Forget all faults.
    ClearFaults,
}

/// How long streams take to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Timing {
    /// A change is complete before its call answers.
    #[default]
    Instant,
    /// CREATING 15 s, UPDATING 30 s, DELETING 10 s, in lab time (estimates: AWS publishes none).
    Aws,
}

/// Something that goes wrong on request. A call that fits several faults meets the one that was added first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Only for calls of this operation, e.g. `PutRecord`, or of those that begin so, e.g. `PutRecord*`; any where absent.
    pub operation: Option<String>,
    /// Only for calls that name this stream; any where absent.
    pub stream: Option<String>,
    /// Only for records put to, or read from, this shard; any where absent.
    pub shard: Option<ShardId>,
    /// How often.
    pub often: Often,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// The shard says that its throughput is exceeded; in a batch, for its records there.
    Throttle,
    /// The call has its effect, and the answer comes late.
    Delay {
        /// By so many milliseconds of wall time, at most [`LONGEST_DELAY_MS`].
        millis: u64,
    },
    /// The call has its effect, and the connection ends without an answer.
    LoseReply,
    /// The call has no effect and ends in InternalFailure.
    Fail,
}

/// The longest delay of an answer, in milliseconds: more than the 60 s that SDKs wait, and less than the time after which
/// the server lets go of a connection that asks nothing.
pub const LONGEST_DELAY_MS: u64 = 90_000;

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Often {
    /// The next so many times, then it is gone.
    Times(u32),
    /// With this probability, from 0 to 1, until faults are cleared.
    Rate(f64),
}

/// What holds at the server now.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ServerState {
    /// How far lab time is ahead of wall time, in seconds.
    pub ahead_seconds: u64,
    /// How long streams take to change.
    pub timing: Timing,
    /// Whether some reads come back empty.
    pub empty_pages: bool,
    /// The faults that wait, in the order in which they were added.
    pub faults: Vec<Fault>,
    /// Why puts are refused for want of room, if they are.
    pub full: Option<String>,
}
