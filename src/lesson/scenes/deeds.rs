//! What a step of a scene does: one deed, which the lab carries out by real calls.

use serde::Deserialize;

/// The most records that one step puts.
pub const MOST_RECORDS: u32 = 3_000;

/// Something that a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Create a stream; from then on the scene is about it.
    Create(Create),
    /// Put records.
    Put(Put),
    /// Start the consumer anew.
    Read(Read),
    /// Split a shard in the middle of its range.
    Split(Split),
    /// Merge two neighbours.
    Merge(Merge),
    /// Keep records for so many hours.
    Retain(Retain),
    /// Kill a worker of the consumer.
    Kill(Kill),
    /// Let something go wrong, or be as on AWS.
    Fault(Fault),
    /// Move the clock of the stage forward.
    Clock(Clock),
    /// Show the answer of the last question.
    Reveal,
}

impl Deed {
    /// Its word in the file.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Put(_) => "put",
            Self::Read(_) => "read",
            Self::Split(_) => "split",
            Self::Merge(_) => "merge",
            Self::Retain(_) => "retain",
            Self::Kill(_) => "kill",
            Self::Fault(_) => "fault",
            Self::Clock(_) => "clock",
            Self::Reveal => "reveal",
        }
    }
}

/// Which stream is created.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// Its name.
    pub stream: String,
    /// With so many shards, 1 to 8.
    #[serde(default = "one")]
    pub shards: u32,
}

/// What is put: `{ keys = [...] }`, `{ key = "...", count = 100 }` or `{ again = "failed" }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PutWritten")]
pub struct Put {
    /// Which records.
    pub records: Records,
    /// Whether PutRecords carries them, 500 a call; else a PutRecord each, one after the other.
    pub batch: bool,
    /// What stands in each, with `{now}`, `{key}` and `{n}` filled in; else an event of a user who views a page.
    pub data: Option<String>,
}

/// The records of a put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Records {
    /// One of each of these keys, in this order.
    Keys(Vec<String>),
    /// So many of one key.
    Count(String, u32),
    /// So many, each of a key of its own: `user-1`, `user-2`…
    Users(u32),
    /// Those of the put before, again.
    Again(Again),
}

impl Records {
    /// How many records they are; those that go again are known when it comes to it.
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::Keys(keys) => Some(keys.len()),
            Self::Count(_, count) | Self::Users(count) => Some(*count as usize),
            Self::Again(_) => None,
        }
    }
}

/// Which records of the put before go again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Again {
    /// Those that were refused, or got no answer.
    Failed,
    /// All of them.
    All,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PutWritten {
    keys: Option<Vec<String>>,
    key: Option<String>,
    users: Option<u32>,
    count: Option<u32>,
    again: Option<Again>,
    #[serde(default)]
    batch: bool,
    data: Option<String>,
}

impl TryFrom<PutWritten> for Put {
    type Error = String;

    fn try_from(written: PutWritten) -> Result<Self, String> {
        let PutWritten {
            keys,
            key,
            users,
            count,
            again,
            batch,
            data,
        } = written;
        let records = match (keys, key, users, again) {
            (Some(keys), None, None, None) if count.is_none() => Records::Keys(keys),
            (None, Some(key), None, None) => Records::Count(key, count.unwrap_or(1)),
            (None, None, Some(users), None) if count.is_none() => Records::Users(users),
            (None, None, None, Some(again)) if count.is_none() => Records::Again(again),
            _ => {
                return Err(
                    "put takes one of keys = [...], key = \"...\" with a count, users = 100, again = \"failed\"".into(),
                );
            }
        };
        Ok(Self {
            records,
            batch,
            data,
        })
    }
}

/// How the consumer starts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// Where.
    #[serde(default)]
    pub from: StartAt,
    /// With so many workers, 1 to 4.
    #[serde(default = "one")]
    pub workers: u32,
    /// Each of them works on so many records a second at most; none: as many as come.
    #[serde(default)]
    pub speed: Option<u32>,
}

/// Where a scene's consumer starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StartAt {
    /// At the oldest record that is kept.
    #[default]
    TrimHorizon,
    /// Behind the newest.
    Latest,
    /// At the checkpoints of the run before.
    Checkpoint,
}

impl StartAt {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::TrimHorizon => "TRIM_HORIZON",
            Self::Latest => "LATEST",
            Self::Checkpoint => "CHECKPOINT",
        }
    }
}

/// Which shard is split. A shard's number is the end of its id: `shardId-000000000003` is 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Its number.
    pub shard: u32,
}

/// Which neighbours are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// Their numbers.
    pub shards: [u32; 2],
}

/// How long records are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retain {
    /// In hours.
    pub hours: u32,
}

/// Which worker is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kill {
    /// Its number, counted from 1.
    pub worker: u8,
}

/// What goes wrong from now on, at puts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// So many puts are carried out and their replies are lost.
    LoseReplies(u32),
    /// Puts are refused as too many.
    Throttle(Throttle),
    /// The reply to the next put comes so many milliseconds late.
    Delay(u64),
    /// Whether some reads come back empty although records lie ahead.
    EmptyPages(bool),
    /// No fault waits any more: `fault.clear = {}`.
    Clear(super::Nothing),
}

/// What is refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// So many times.
    #[serde(default = "one")]
    pub times: u32,
    /// Only by the shard of this number; any where absent.
    #[serde(default)]
    pub shard: Option<u32>,
}

/// How far the clock goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ClockWritten")]
pub struct Clock {
    /// In seconds.
    pub seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockWritten {
    forward: String,
}

impl TryFrom<ClockWritten> for Clock {
    type Error = String;

    fn try_from(written: ClockWritten) -> Result<Self, String> {
        let text = written.forward.trim();
        let units = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];
        let seconds = units.into_iter().find_map(|(unit, seconds)| {
            let number: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
            number.checked_mul(seconds)
        });
        match seconds {
            Some(seconds) if seconds > 0 => Ok(Self { seconds }),
            _ => Err(format!(
                "\"{text}\" is no time to go forward by: write 30s, 6m, 25h or 2d"
            )),
        }
    }
}

fn one() -> u32 {
    1
}
