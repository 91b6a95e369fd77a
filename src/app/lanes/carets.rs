//! Readers as carets on their lanes: where each stands by what it was really given, and how much lies ahead of it.

use chrono::{DateTime, TimeDelta, Utc};

use super::lane::{Lane, Told};
use crate::app::consumer::{Reader, ReaderState};
use crate::app::model::Model;
use crate::app::readers::ForeignReader;
use crate::kinesis::{SequenceNumber, ShardId, StartPosition};
use crate::leases::Checkpoint;

/// For how long a program that was at the tip may leave what came since: it polls once a second or so.
const A_PAUSE: TimeDelta = TimeDelta::seconds(5);

/// Between which records a reader stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Stand {
    /// Before the oldest one.
    Beginning,
    /// Before this one.
    Before(SequenceNumber),
    /// Behind this one.
    After(SequenceNumber),
    /// Before the first that arrived at this time or later.
    From(DateTime<Utc>),
    /// LATEST: behind what was the newest when it began; `None` where there was none.
    Tip(Option<SequenceNumber>),
}

impl Stand {
    /// Where a reader stands that was given nothing yet; `newest` is the newest record at the time it began.
    pub fn at(start: &StartPosition, newest: Option<&SequenceNumber>) -> Self {
        match start {
            StartPosition::TrimHorizon => Self::Beginning,
            StartPosition::Latest => Self::Tip(newest.cloned()),
            StartPosition::AtTimestamp(time) => Self::From(*time),
            StartPosition::AtSequenceNumber(number) => Self::Before(number.clone()),
            StartPosition::AfterSequenceNumber(number) => Self::After(number.clone()),
        }
    }
}

/// How a reader does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It reads.
    Reads,
    /// It reads, and its last page was empty although records lie ahead.
    EmptyPage,
    /// It waits for the shards that its own was made of.
    Waits,
    /// No worker holds the shard's lease.
    Free,
    /// Its last call failed, and it tries again.
    Fails,
    /// Its last call was refused.
    Refused,
    /// It was stopped, or its program has gone.
    Stopped,
    /// It read its closed shard to the end.
    Ended,
}

/// A reader on a lane.
#[derive(Debug, Clone, PartialEq)]
pub struct Caret {
    /// `worker 1`, `py#2`.
    pub name: String,
    /// Whether it is the lab's own.
    pub own: bool,
    /// The shard.
    pub shard: ShardId,
    /// Where it stands.
    pub stand: Stand,
    /// How it does.
    pub doing: Doing,
    /// Whether it began at LATEST and was given nothing yet.
    pub at_latest: bool,
    /// Records that it was given and has not worked on yet.
    pub waiting: usize,
    /// How far it was behind the tip at its last call, in milliseconds.
    pub millis: Option<u64>,
    /// What its last call told of the records ahead of it.
    pub told: Option<Told>,
    /// Whether its last call left nothing ahead of it, and it is not due to call again: what came since waits for that.
    pub rests: bool,
}

/// How many records lie ahead of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// So many, as far as is known.
    pub records: u64,
    /// Whether there may be more.
    pub at_least: bool,
}

impl Caret {
    /// The place in the lane's tokens before which it stands.
    pub fn place(&self, lane: &Lane) -> usize {
        let tokens = lane.tokens();
        match &self.stand {
            Stand::Beginning | Stand::Tip(None) => 0,
            Stand::Before(number) => tokens.partition_point(|token| token.sequence < *number),
            Stand::After(number) | Stand::Tip(Some(number)) => Self::behind(lane, number),
            Stand::From(time) => tokens
                .iter()
                .position(|token| token.arrived >= *time)
                .unwrap_or(tokens.len()),
        }
    }

    /// How many records of the lane lie ahead of it.
    pub fn ahead(&self, lane: &Lane) -> Ahead {
        let place = self.place(lane);
        let shown = (lane.tokens().len() - place) as u64;
        let all_seen = lane.unseen() == 0 && (place > 0 || lane.skipped() == 0);
        let exactly = |records| Ahead {
            records,
            at_least: false,
        };
        match (&self.stand, &self.told) {
            // Nobody tells what others put: the reader's own lag does.
            _ if all_seen => Ahead {
                records: shown,
                at_least: lane.stored.is_none() && self.millis.is_some_and(|millis| millis > 0),
            },
            (_, Some(told)) => {
                let between = match &told.after {
                    Some(after) if matches!(self.stand, Stand::After(_)) => {
                        let to = Self::behind(lane, after) as i64;
                        to - place as i64
                    }
                    _ => 0,
                };
                let since = lane.entered.saturating_sub(told.entered);
                let records = (told.ahead + since).saturating_add_signed(between);
                exactly(records.clamp(shown, lane.all().max(shown)))
            }
            (Stand::Beginning, None) => exactly(lane.all()),
            (Stand::Tip(Some(_)), None) if place > 0 => exactly(shown),
            (Stand::Tip(None), None) => exactly(shown),
            _ => Ahead {
                records: shown,
                at_least: true,
            },
        }
    }

    /// The place behind the record of this number.
    fn behind(lane: &Lane, number: &SequenceNumber) -> usize {
        let tokens = lane.tokens();
        tokens.partition_point(|token| token.sequence <= *number)
    }

    /// Whether records lie ahead of it that its next call would have brought already.
    pub fn is_behind(&self, lane: &Lane) -> bool {
        let ahead = self.ahead(lane);
        (ahead.records > 0 || ahead.at_least) && !self.rests
    }
}

/// All readers of the selected stream, the lab's own first.
pub fn carets(model: &Model) -> Vec<Caret> {
    let own = model.consumer.readers.iter();
    let own = own.map(|reader| own_caret(model, reader));
    let foreign = model.consumer.foreign.iter();
    let foreign = foreign.map(|reader| foreign_caret(model, reader));
    own.chain(foreign).collect()
}

/// The one joint to the lab's own readers.
fn own_caret(model: &Model, reader: &Reader) -> Caret {
    let newest = model.lanes.newest_at_latest(&reader.shard);
    // Where nobody reads it will be gone on from the checkpoint.
    let rests = !reader.held || !model.consumer.running;
    let stand = match (&reader.checkpoint, &reader.last) {
        (Some(Checkpoint::After(number)), _) if rests => Stand::After(number.clone()),
        (Some(Checkpoint::Start(start)), _) if rests => Stand::at(start, newest),
        (_, Some(last)) => Stand::After(last.clone()),
        (_, None) => Stand::at(&reader.start, newest),
    };
    let doing = match &reader.state {
        ReaderState::Ended | ReaderState::Vanished => Doing::Ended,
        _ if !model.consumer.running => Doing::Stopped,
        ReaderState::Queued => Doing::Waits,
        ReaderState::Free => Doing::Free,
        _ if reader.retries() => Doing::Fails,
        ReaderState::Refused(_) => Doing::Refused,
        _ if reader.empty => Doing::EmptyPage,
        _ => Doing::Reads,
    };
    Caret {
        name: match reader.worker {
            0 => "nobody yet".into(),
            worker => format!("worker {worker}"),
        },
        own: true,
        shard: reader.shard.clone(),
        at_latest: reader.last.is_none() && reader.start == StartPosition::Latest,
        stand,
        doing,
        waiting: reader.waiting.len(),
        millis: reader.behind,
        told: model
            .lanes
            .of(&reader.shard)
            .and_then(|lane| lane.told.clone()),
        rests: reader.behind == Some(0) && reader.waiting.is_empty() && doing == Doing::Reads,
    }
}

fn foreign_caret(model: &Model, reader: &ForeignReader) -> Caret {
    let doing = match reader {
        ForeignReader { ended: true, .. } => Doing::Ended,
        ForeignReader { stopped: true, .. } => Doing::Stopped,
        ForeignReader { error: Some(_), .. } => Doing::Refused,
        ForeignReader { empty: true, .. } => Doing::EmptyPage,
        _ => Doing::Reads,
    };
    Caret {
        name: reader.program.clone(),
        own: false,
        shard: reader.shard.clone(),
        at_latest: reader.last.is_none() && matches!(reader.stand, Stand::Tip(_)),
        stand: reader.stand.clone(),
        doing,
        waiting: 0,
        millis: reader.behind,
        told: reader.called.then(|| Told {
            after: reader.last.clone(),
            ahead: reader.ahead,
            entered: reader.entered,
        }),
        rests: reader.behind == Some(0)
            && doing == Doing::Reads
            && model.server.clock.lab(model.lanes.as_of()) - reader.last_call <= A_PAUSE,
    }
}
