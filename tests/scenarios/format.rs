//! What a scenario file may say. `docs/scenarios.md` describes it for people.

use std::collections::BTreeMap;

use kinesis_lab::kinesis::ShardId;
use kinesis_lab::kinesis::control::{Control, Fault, FaultKind, Often, Timing};
use kinesis_lab::server::Delivery;
use serde::Deserialize;
use toml::{Spanned, Table};

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    #[serde(default)]
    pub server: Server,
    #[serde(rename = "step")]
    pub steps: Vec<Spanned<Step>>,
}

/// How the server is started.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Whether it keeps its streams on disk.
    #[serde(default)]
    pub keep: bool,
    /// Whether the limits of shards hold.
    #[serde(default)]
    pub limits: bool,
}

/// Who does what at which second, and what must then be true.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Seconds since the beginning, at which this and the following steps happen.
    pub at: Option<f64>,
    /// The operation that is called.
    pub call: Option<String>,
    /// What the server is told instead, beside the API.
    pub tell: Option<Tell>,
    /// The region of the caller.
    #[serde(rename = "in", default = "first_region")]
    pub region: String,
    /// The members of the request.
    #[serde(default)]
    pub with: Table,
    /// How often it is done; each time everything below must be true.
    #[serde(default = "once")]
    pub times: u32,
    /// How many seconds lie between one time and the next.
    #[serde(default)]
    pub every: f64,
    /// What the answer must hold.
    pub expect: Option<Table>,
    /// How it must be refused.
    pub error: Option<Refused>,
    /// How the answer reaches the client.
    #[serde(default)]
    pub reply: Reply,
    /// Names for values of the answer, by their place in it.
    #[serde(default)]
    pub remember: BTreeMap<String, String>,
}

/// An error's name and, unless it is left out, its whole message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// What the server is told has no names for its errors.
    #[serde(default)]
    pub code: String,
    pub message: Option<String>,
}

/// What a server can be told: see [`Control`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Tell {
    /// No control: the process ends and starts again.
    Restart,
    Advance(u64),
    Pace(Pace),
    EmptyPages(bool),
    /// A stream of the step's region.
    EmptyStream(String),
    Fault(FaultAsked),
    ClearFaults,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    Instant,
    Aws,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultAsked {
    kind: Kind,
    millis: Option<u64>,
    operation: Option<String>,
    stream: Option<String>,
    shard: Option<String>,
    times: Option<u32>,
    rate: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Throttle,
    Delay,
    LoseReply,
    Fail,
}

/// How an answer reaches the client.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    #[default]
    Now,
    Lost,
    LateByMillis(u128),
}

impl From<Delivery> for Reply {
    fn from(delivery: Delivery) -> Self {
        match delivery {
            Delivery::Now => Self::Now,
            Delivery::Never => Self::Lost,
            Delivery::After(late) => Self::LateByMillis(late.as_millis()),
        }
    }
}

impl Tell {
    /// Nothing for what ends the server.
    pub fn control(&self, region: &str) -> Option<Control> {
        Some(match self {
            Self::Restart => return None,
            Self::Advance(seconds) => Control::Advance { seconds: *seconds },
            Self::Pace(pace) => Control::Pace(match pace {
                Pace::Instant => Timing::Instant,
                Pace::Aws => Timing::Aws,
            }),
            Self::EmptyPages(on) => Control::EmptyPages(*on),
            Self::EmptyStream(stream) => Control::EmptyStream {
                region: region.to_owned(),
                stream: stream.clone(),
            },
            Self::Fault(fault) => Control::Fault(fault.fault()),
            Self::ClearFaults => Control::ClearFaults,
        })
    }
}

impl FaultAsked {
    fn fault(&self) -> Fault {
        Fault {
            kind: match self.kind {
                Kind::Throttle => FaultKind::Throttle,
                Kind::Delay => FaultKind::Delay {
                    millis: self.millis.unwrap_or_default(),
                },
                Kind::LoseReply => FaultKind::LoseReply,
                Kind::Fail => FaultKind::Fail,
            },
            operation: self.operation.clone(),
            stream: self.stream.clone(),
            shard: self.shard.as_deref().map(ShardId::from),
            often: match self.rate {
                Some(rate) => Often::Rate(rate),
                None => Often::Times(self.times.unwrap_or(1)),
            },
        }
    }
}

fn first_region() -> String {
    "us-east-1".to_owned()
}

fn once() -> u32 {
    1
}
