//! A run of the lab as a file: a header with all that it started with, then every message with its time.
//!
//! ```text
//! gzip of lines   {"kinesis_lab_recording":1,"lab":"0.1.0","payloads":false,"start":..,"setup":{..}}
//!                 [1200345,{"Heard":{"Pressed":..}}]    nanoseconds since the line before, and what happened
//!                 [..,{"Lost":12}]                      so many messages are missing here
//!                 [..,{"End":{..}}]                     where the run ended; absent where the file is cut short
//! ```
//!
//! Made anew from the header and told the same messages at the same times, the model comes to the same end. Payloads are left
//! out unless they are asked for: each is replaced by as many bytes that say nothing. Credentials are in none. It knows no file
//! and no clock.

mod credentials;
mod facts;
mod keep;
mod mask;
mod player;
mod read;
#[cfg(test)]
mod tests;
mod typed;
mod write;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::app::{Message, Setup};

pub use facts::Facts;
pub use keep::{Keeper, kept};
pub use player::{Player, Position};
pub use read::{ReadError, Reader};
pub use typed::heard;
pub use write::Writer;

/// The version of the format that this lab writes, and the only one that it plays.
pub const FORMAT: u32 = 1;

/// What a recording starts with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    #[serde(rename = "kinesis_lab_recording")]
    pub format: u32,
    /// The version of the lab that wrote it.
    pub lab: String,
    /// Whether payloads are in it.
    pub payloads: bool,
    /// When the run began.
    pub start: DateTime<Utc>,
    /// What the lab started with.
    pub setup: Setup,
}

impl Header {
    /// The header of a run that begins now; what is not to be kept is left out of it.
    pub fn new(setup: &Setup, payloads: bool, start: DateTime<Utc>) -> Self {
        Self {
            format: FORMAT,
            lab: env!("CARGO_PKG_VERSION").to_owned(),
            payloads,
            start,
            setup: kept(setup, payloads),
        }
    }
}

/// A line of a recording behind its header.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Entry {
    /// The lab was told a message.
    Heard(Message),
    /// So many messages are missing: the disk did not keep up.
    Lost(u64),
    /// The run ended here.
    End(Box<Facts>),
}
