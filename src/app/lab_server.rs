//! The lab's own server, as its feed tells what holds there, and the dialog that moves its clock, sets its pace and makes
//! faults happen.

mod words;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::lab_clock::LabClock;
use super::message::{Control, Effect};
use super::model::{Model, Outcome, Tone};
use super::overlay::{Confirm, Overlay};
use super::steps_pane;
use crate::kinesis::ShardId;
use crate::kinesis::control::{Fault, FaultKind, Often, ServerState, Timing};
use crate::kinesis::hash_ranges::HashKey;
use crate::steps::Seen;

pub use words::{fault_in_words, fault_word};

/// What the lab knows of its own server. Elsewhere nothing is ever told, and both clocks are the same.
#[derive(Debug, Clone, Default)]
pub struct LabServer {
    /// What holds there.
    pub state: ServerState,
    /// Its clock beside the wall clock.
    pub clock: LabClock,
    /// Whether its streams outlive the lab.
    pub keeps_streams: bool,
    /// Whether anything was told yet.
    told: bool,
}

/// What the dialog can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lever {
    /// The clock goes five minutes forward: iterators expire.
    FiveMinutes,
    /// The clock goes a day forward: records are trimmed.
    OneDay,
    /// Streams change at once, or as slowly as on AWS.
    Pace,
    /// Some pages come back empty, or none does.
    EmptyPages,
    /// The reply to the next put is lost.
    LoseReply,
    /// The next puts are refused by one shard.
    ThrottleNext,
    /// Some puts are refused until faults are cleared.
    ThrottleSome,
    /// The reply to the next put is late.
    DelayReply,
    /// No fault waits any more.
    ClearFaults,
}

impl Lever {
    /// All of them, in the order of the dialog: first what holds, then faults.
    pub const ALL: [Self; 9] = [
        Self::FiveMinutes,
        Self::OneDay,
        Self::Pace,
        Self::EmptyPages,
        Self::LoseReply,
        Self::ThrottleNext,
        Self::ThrottleSome,
        Self::DelayReply,
        Self::ClearFaults,
    ];

    /// How many of them do not make or clear faults.
    pub const BEFORE_FAULTS: usize = 4;
}

/// Every put, be it of one record or of a batch.
const PUTS: &str = "PutRecord*";

/// How many puts a shard refuses, where it is not some of all.
pub const REFUSALS: u32 = 5;

/// The share of puts that are refused until faults are cleared.
pub const REFUSED_SHARE: f64 = 0.3;

/// How late a late reply is, in milliseconds.
pub const DELAY_MS: u64 = 2_000;

const FIVE_MINUTES: u64 = 300;

/// A day: the retention of a stream that nobody told otherwise.
pub const ONE_DAY: u64 = 86_400;

/// What is said where there is no embedded server.
const ELSEWHERE: &str = "Clock and faults are the embedded server's, no API has them: start the lab without --endpoint-url or --aws.";

/// The dialog that `F` opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerDialog {
    /// An index into [`Lever::ALL`].
    pub cursor: usize,
}

impl LabServer {
    /// A server that nobody has heard of yet.
    pub(super) fn new(keeps_streams: bool) -> Self {
        Self {
            keeps_streams,
            ..Self::default()
        }
    }

    /// Whether a change of a stream is complete before its call answers, as far as the lab knows.
    pub(super) fn is_instant(&self) -> bool {
        self.state.timing == Timing::Instant
    }
}

/// Whether something for the embedded server may be asked for; says so if not.
pub(super) fn is_here(model: &mut Model) -> bool {
    if !model.feeds() {
        model.say(Tone::Nearly, ELSEWHERE.into());
    }
    model.feeds()
}

/// Opens the dialog.
pub(super) fn open(model: &mut Model) {
    if is_here(model) {
        model.overlay = Some(Overlay::Server(ServerDialog { cursor: 0 }));
    }
}

/// Does what a line of the dialog says.
pub(super) fn pull(model: &mut Model, lever: Lever, out: &mut Outcome) {
    if !is_here(model) {
        return;
    }
    let state = &model.server.state;
    let control = match lever {
        Lever::FiveMinutes => Control::Advance {
            seconds: FIVE_MINUTES,
        },
        Lever::OneDay if model.streams.hold_records() => {
            model.overlay = Some(Overlay::Confirm(Confirm::OneDay));
            return;
        }
        Lever::OneDay => Control::Advance { seconds: ONE_DAY },
        Lever::Pace => Control::Pace(match state.timing {
            Timing::Instant => Timing::Aws,
            Timing::Aws => Timing::Instant,
        }),
        Lever::EmptyPages => Control::EmptyPages(!state.empty_pages),
        Lever::LoseReply => fault(FaultKind::LoseReply, Often::Times(1), None),
        Lever::ThrottleNext => {
            let shard = throttled_shard(model).cloned();
            fault(FaultKind::Throttle, Often::Times(REFUSALS), shard)
        }
        Lever::ThrottleSome => fault(FaultKind::Throttle, Often::Rate(REFUSED_SHARE), None),
        Lever::DelayReply => {
            let late = FaultKind::Delay { millis: DELAY_MS };
            fault(late, Often::Times(1), None)
        }
        Lever::ClearFaults => Control::ClearFaults,
    };
    out.effects.push(Effect::Control(control));
}

fn fault(kind: FaultKind, often: Often, shard: Option<ShardId>) -> Control {
    Control::Fault(Fault {
        kind,
        operation: Some(PUTS.to_owned()),
        stream: None,
        shard,
        often,
    })
}

/// The shard that is throttled: of several that of the event at hand, so that `s` meets it, and a batch shows that only its
/// own records are refused.
pub fn throttled_shard(model: &Model) -> Option<&ShardId> {
    let shards = &model.streams.description()?.shards;
    let mut open = shards.iter().filter(|shard| shard.open);
    let (first, _another) = (open.next()?, open.next()?);
    let (key, _) = model.producer.preview();
    let given = model.producer.hash_key();
    let hash = given.unwrap_or_else(|| HashKey::of_partition_key(&key));
    Some(model.streams.shard_of(hash).unwrap_or(&first.id))
}

/// The learner agreed that records will go.
pub(super) fn one_day_forward(out: &mut Outcome) {
    let control = Control::Advance { seconds: ONE_DAY };
    out.effects.push(Effect::Control(control));
}

/// Empties a stream.
pub(super) fn empty(model: &Model, stream: String, out: &mut Outcome) {
    out.effects.push(Effect::Control(Control::EmptyStream {
        region: model.connection.region.clone(),
        stream,
    }));
}

/// The server told what holds now.
pub(super) fn changed(
    model: &mut Model,
    state: &ServerState,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let server = &mut model.server;
    out.changed |= server.state != *state;
    if !std::mem::replace(&mut server.told, true) {
        server.clock = LabClock::ahead_by(state.ahead_seconds, now);
        // What the lab was started with is on the screen; only what nobody asked for is said.
        server.state = ServerState {
            full: None,
            ..state.clone()
        };
    }
    server.clock.seen(now, state.ahead_seconds);
    let before = std::mem::replace(&mut server.state, state.clone());
    if before.ahead_seconds < state.ahead_seconds {
        steps_pane::observe(model, &Seen::Advanced, now);
    }
    if let Some((tone, words)) = words::news(&before, state) {
        model.say(tone, words);
    }
}
