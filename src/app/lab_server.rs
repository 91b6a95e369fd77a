//! The lab's own server, as its feed tells what holds there, and the dialog that moves its clock and sets its pace.

use chrono::{DateTime, Utc};

use super::lab_clock::{LabClock, in_words};
use super::message::{Control, Effect};
use super::model::{Model, Outcome, Tone};
use super::overlay::{Confirm, Overlay};
use crate::kinesis::control::{FaultKind, ServerState, Timing};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lever {
    /// The clock goes five minutes forward: iterators expire.
    FiveMinutes,
    /// The clock goes a day forward: records are trimmed.
    OneDay,
    /// Streams change at once, or as slowly as on AWS.
    Pace,
    /// Some pages come back empty, or none does.
    EmptyPages,
}

impl Lever {
    /// All of them, in the order of the dialog.
    pub const ALL: [Self; 4] = [
        Self::FiveMinutes,
        Self::OneDay,
        Self::Pace,
        Self::EmptyPages,
    ];

    /// What the palette calls it.
    pub fn does(self) -> &'static str {
        match self {
            Self::FiveMinutes => "lab clock: 5 minutes forward",
            Self::OneDay => "lab clock: 24 hours forward",
            Self::Pace => "pace of streams: at once, or CREATING 15 s as on AWS",
            Self::EmptyPages => "empty pages: on or off",
        }
    }
}

const FIVE_MINUTES: u64 = 300;

/// A day: the retention of a stream that nobody told otherwise.
pub const ONE_DAY: u64 = 86_400;

/// What is said where there is no embedded server.
const ELSEWHERE: &str =
    "That needs the embedded server: start the lab without --endpoint-url or --aws.";

/// The dialog that `C` opens.
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

/// A fault on request, in a word or two.
pub fn fault_word(fault: FaultKind) -> &'static str {
    match fault {
        FaultKind::Throttle => "throttled",
        FaultKind::Delay { .. } => "delayed",
        FaultKind::LoseReply => "reply lost",
        FaultKind::Fail => "made to fail",
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
    };
    out.effects.push(Effect::Control(control));
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
    if let Some((tone, words)) = news(&before, state) {
        model.say(tone, words);
    }
}

/// The most important thing that is different now, in a sentence.
fn news(before: &ServerState, now: &ServerState) -> Option<(Tone, String)> {
    let words = match (&before.full, &now.full) {
        (was, Some(why)) if was.as_ref() != Some(why) => {
            let why = why.trim_end_matches('.');
            return Some((Tone::Wrong, format!("Puts are refused now: {why}.")));
        }
        (Some(_), None) => "There is room again: puts are taken.".into(),
        _ if before.ahead_seconds != now.ahead_seconds => {
            let moved = now.ahead_seconds.saturating_sub(before.ahead_seconds);
            let grown = match before.ahead_seconds {
                0 => String::new(),
                _ => format!(", {} in all", in_words(now.ahead_seconds)),
            };
            let expired = match moved {
                FIVE_MINUTES.. => " Iterators of before have expired.",
                _ => "",
            };
            format!(
                "Lab time went {} forward{grown}.{expired}",
                in_words(moved)
            )
        }
        _ if before.timing != now.timing => match now.timing {
            Timing::Instant => "Streams change at once again.".into(),
            Timing::Aws => {
                "Streams change as slowly as on AWS now: CREATING 15 s, UPDATING 30 s, DELETING 10 s.".into()
            }
        },
        _ if before.empty_pages != now.empty_pages => match now.empty_pages {
            true => "Some pages come back empty now although records lie ahead, as on AWS.".into(),
            false => "A page has what there is again.".into(),
        },
        _ if before.faults.len() < now.faults.len() => {
            "A fault was added at the server; the calls that meet it say so.".into()
        }
        _ if !before.faults.is_empty() && now.faults.is_empty() => {
            "No fault waits at the server any more.".into()
        }
        _ => return None,
    };
    Some((Tone::Done, words))
}
