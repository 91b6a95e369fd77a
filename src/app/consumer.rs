//! The consumer panel: workers that poll their shards, the records that came, and everybody else's readers.
//!
//! Reading never removes anything, so every new run may begin anywhere again.

mod emptiness;
mod polling;

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use tui_input::Input;

use super::log::{Gaze, Log};
use super::message::{ReaderId, Received};
use super::model::{Model, Outcome, Tone};
use super::overlay::Overlay;
use super::readers::ForeignReaders;
use super::start::StartDialog;
use crate::kinesis::deal::{MAX_WORKERS, deal};
use crate::kinesis::{CallError, SequenceNumber, ShardId, StartPosition};

pub use emptiness::why_empty;
pub(super) use polling::{on_deadline, opened, read, shards_known};

/// How many records the panel remembers, and how many bytes of their data; the oldest make room. A frozen view holds as
/// many apart.
pub const REMEMBERED: usize = 5_000;
/// See [`REMEMBERED`].
pub const REMEMBERED_BYTES: usize = 8 * 1024 * 1024;

/// The pause between two polls of a shard. Five calls a second are allowed, shared by all readers; AWS recommends one.
pub const POLL: TimeDelta = TimeDelta::seconds(1);

/// Records asked for in a poll: twice what a shard can take in a second, so that a reader catches up.
const LIMIT: u32 = 2_000;

/// The longest pause after calls without an answer.
const LONGEST_PAUSE: TimeDelta = TimeDelta::seconds(30);

/// How many of a reader's lags are kept for its sparkline, one a poll.
const LAGS: usize = 8;

/// One shard's reader.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The shard.
    pub shard: ShardId,
    /// The worker that holds it, counted from 1.
    pub worker: u8,
    /// Where it stands in its work.
    pub state: ReaderState,
    /// Where it began.
    pub start: StartPosition,
    /// The last record it was given.
    pub last: Option<SequenceNumber>,
    /// How many it was given.
    pub read: u64,
    /// How far behind the tip it was at its last poll, in milliseconds.
    pub behind: Option<u64>,
    /// Whether its last page was empty although it lay behind the tip.
    pub empty: bool,
    /// The shards whose records come before those of its own.
    pub parents: Vec<ShardId>,
    /// The same at earlier polls, oldest first.
    pub lags: VecDeque<u64>,
    /// When the iterator was asked for with which it began.
    asked_at: DateTime<Utc>,
    /// Whether it ever had an iterator.
    opened: bool,
    /// How many calls have failed since the last one that did not, and how the last of them did.
    failures: u32,
    failure: Option<CallError>,
}

impl Reader {
    /// Whether its last call failed, and it tries again.
    pub fn retries(&self) -> bool {
        self.failures > 0
    }

    /// Whether its shard is closed and read to its end.
    pub fn is_done(&self) -> bool {
        self.state == ReaderState::Ended
    }

    /// Whether it was answered at least once.
    fn answered(&self) -> bool {
        !self.lags.is_empty()
    }
}

/// Where a reader stands in its work.
#[derive(Debug, Clone, PartialEq)]
pub enum ReaderState {
    /// It waits until the shards are read from which its own was made, so that no key's records change their order.
    Queued,
    /// It has asked for an iterator.
    Opening,
    /// It has an iterator and waits for its next poll.
    Waiting {
        /// The iterator.
        iterator: String,
        /// When to poll.
        due: DateTime<Utc>,
    },
    /// It has asked for records.
    Polling {
        /// The iterator it used.
        iterator: String,
    },
    /// The closed shard is read to its end.
    Ended,
    /// The shard has no record of the number to start at; nothing is tried again.
    Refused(CallError),
    /// A call failed; it will try again.
    Failed {
        /// What came instead of an answer.
        error: CallError,
        /// When to try again.
        due: DateTime<Utc>,
        /// The iterator, if it is still good.
        iterator: Option<String>,
    },
}

/// A record as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The shard.
    pub shard: ShardId,
    /// The worker that read it.
    pub worker: u8,
    /// The record.
    pub record: Received,
    /// When the panel had it.
    pub shown_at: DateTime<Utc>,
    /// How long after its arrival that was, in milliseconds on the wall: the lab's clock may have been moved between. Not
    /// known of records that earlier runs left behind a moved clock, or where the endpoint tells no arrival.
    pub waited: Option<u64>,
}

/// The panel.
#[derive(Debug, Clone)]
pub struct Consumer {
    /// Whether the panel's consumer runs.
    pub running: bool,
    /// Where the next run, or the present one, starts.
    pub start: StartPosition,
    /// How many workers share the shards, 1 to 4.
    pub workers: u8,
    /// A reader a shard, in the order of the shards; kept after a stop, so that one sees where it ended.
    pub readers: Vec<Reader>,
    /// The records of the present run, oldest first.
    pub log: Log<Shown>,
    /// How the panel looks at them.
    pub gaze: Gaze,
    /// Readers of other programs.
    pub foreign: ForeignReaders,
    /// Whether an empty page was said not to be the end, once a run.
    empty_page_said: bool,
    /// Whether the lab started the present run, to show a step; else the learner did.
    pub by_lab: bool,
    pub(super) run: u64,
    bytes: usize,
}

impl Default for Consumer {
    fn default() -> Self {
        Self {
            running: false,
            start: StartPosition::TrimHorizon,
            workers: 1,
            readers: Vec::new(),
            log: Log::new(REMEMBERED),
            gaze: Gaze::default(),
            foreign: ForeignReaders::default(),
            empty_page_said: false,
            by_lab: false,
            run: 0,
            bytes: 0,
        }
    }
}

impl Consumer {
    /// Records of this run that made room for newer ones.
    pub fn forgotten(&self) -> u64 {
        let read: u64 = self.readers.iter().map(|reader| reader.read).sum();
        read.saturating_sub(self.log.len() as u64)
    }

    /// The earliest moment at which a reader wants to act.
    pub(super) fn next_deadline(&self) -> Option<DateTime<Utc>> {
        if !self.running {
            return None;
        }
        self.readers
            .iter()
            .filter_map(|reader| match &reader.state {
                ReaderState::Waiting { due, .. } | ReaderState::Failed { due, .. } => Some(*due),
                _ => None,
            })
            .min()
    }

    /// Forgets what belongs to the stream that was selected before.
    pub(super) fn turn_to_another_stream(&mut self) {
        self.forget();
        self.readers.clear();
        self.foreign = ForeignReaders::default();
        if matches!(
            self.start,
            StartPosition::AtSequenceNumber(_) | StartPosition::AfterSequenceNumber(_)
        ) {
            self.start = StartPosition::TrimHorizon;
        }
    }

    fn forget(&mut self) {
        self.log.clear();
        self.follow();
    }

    /// Follows the newest record again, and thaws.
    pub(super) fn follow(&mut self) {
        self.gaze.follow(&mut self.log);
        self.bytes = self
            .log
            .iter()
            .map(|(_, shown)| shown.record.data.len())
            .sum();
    }

    /// Freezes the view where it is, or thaws it.
    pub(super) fn toggle_freeze(&mut self) {
        self.gaze.toggle_freeze(&mut self.log);
        self.bytes = self
            .log
            .iter()
            .map(|(_, shown)| shown.record.data.len())
            .sum();
    }

    fn remember(&mut self, shown: Shown) {
        self.bytes += shown.record.data.len();
        let gone = self.log.push(shown);
        self.bytes -= gone.map_or(0, |gone| gone.record.data.len());
        while self.bytes > REMEMBERED_BYTES
            && let Some(gone) = self.log.drop_oldest()
        {
            self.bytes -= gone.record.data.len();
        }
    }

    /// Deals the shards that are not read to their end.
    fn deal(&mut self) {
        let unread = || self.readers.iter().filter(|reader| !reader.is_done());
        let shards: Vec<ShardId> = unread().map(|reader| reader.shard.clone()).collect();
        let dealt = deal(&shards, self.workers);
        let unread = self.readers.iter_mut().filter(|reader| !reader.is_done());
        for (reader, worker) in unread.zip(dealt) {
            reader.worker = worker;
        }
    }

    /// The reader, if it is of the present run.
    fn reader(&mut self, id: ReaderId) -> Option<&mut Reader> {
        (self.running && id.run == self.run)
            .then(|| self.readers.get_mut(id.index))
            .flatten()
    }
}

/// Starts the consumer, or stops it.
pub(super) fn toggle(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if model.consumer.running {
        stop(model);
        model.say(
            Tone::Plain,
            match model.consumer.start {
                StartPosition::Latest => "The consumer stopped. The records stay; c waits for new ones, t reads the old ones.",
                _ => "The consumer stopped. The records stay in the stream; c reads them again.",
            }
            .into(),
        );
    } else if model.streams.name().is_none() {
        model.lack_a_stream(out);
    } else {
        start(model, now, out);
    }
}

/// Starts a run at the chosen position.
pub(super) fn start(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let consumer = &mut model.consumer;
    consumer.run += 1;
    consumer.running = true;
    consumer.by_lab = false;
    consumer.empty_page_said = false;
    consumer.readers.clear();
    consumer.forget();
    shards_known(model, now, out);
    let words = match model.consumer.workers {
        _ if model.streams.not_ready().is_some() => {
            "Reading begins once the stream is ACTIVE.".into()
        }
        1 => format!("Worker 1 reads from {}.", model.consumer.start.word()),
        n => format!("{n} workers read from {}.", model.consumer.start.word()),
    };
    model.say(Tone::Plain, words);
}

/// Stops the run; its answers will be ignored.
pub(super) fn stop(model: &mut Model) {
    model.consumer.running = false;
    model.consumer.run += 1;
}

/// More or fewer workers; the shards are dealt anew.
pub(super) fn change_workers(model: &mut Model, by: i8) {
    let consumer = &mut model.consumer;
    consumer.workers = consumer
        .workers
        .saturating_add_signed(by)
        .clamp(1, MAX_WORKERS);
    consumer.deal();
    let unread = consumer.readers.iter().filter(|reader| !reader.is_done());
    let shards = unread.count();
    let words = match (consumer.workers, shards) {
        (1, _) => "One worker holds all shards.".into(),
        (workers, 0) => format!("{workers} workers will share the shards; c starts them."),
        (workers, shards) if usize::from(workers) > shards => {
            let idle = match usize::from(workers) - shards {
                1 => "1 is idle".to_owned(),
                n => format!("{n} are idle"),
            };
            format!(
                "{workers} workers, {shards} shards: a shard has one worker at most, so {idle}."
            )
        }
        (workers, shards) => format!("{shards} shards are dealt among {workers} workers."),
    };
    model.say(Tone::Plain, words);
}

/// Opens the dialog for the start position, filled from the selected record, else from what was chosen before.
pub(super) fn choose_start(model: &mut Model) {
    let consumer = &model.consumer;
    let selected = consumer
        .gaze
        .selected(&consumer.log)
        .and_then(|number| consumer.log.get(number))
        .map(|shown| &shown.record);
    let time = match (selected, &consumer.start) {
        (Some(record), _) => record.arrived_at,
        (None, StartPosition::AtTimestamp(time)) => Some(*time),
        _ => None,
    };
    let number = match (selected, &consumer.start) {
        (Some(record), _) => Some(&record.sequence),
        (
            None,
            StartPosition::AtSequenceNumber(number) | StartPosition::AfterSequenceNumber(number),
        ) => Some(number),
        _ => None,
    };
    let time = time.map_or("5m".into(), |time| {
        time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    });
    let number = number.map_or(String::new(), ToString::to_string);
    let choice = super::start::WORDS
        .iter()
        .position(|word| *word == consumer.start.word())
        .unwrap_or(0);
    model.overlay = Some(Overlay::Start(StartDialog {
        choice,
        time: Input::new(time),
        number: Input::new(number),
        problem: None,
    }));
}

/// Applies the chosen start position: a running consumer begins anew there.
pub(super) fn apply_start(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(Overlay::Start(dialog)) = &mut model.overlay else {
        return;
    };
    let lab_time = model.server.clock.lab(now);
    match dialog.position(lab_time, model.zone) {
        Ok(position) => {
            model.consumer.start = position;
            model.overlay = None;
            if model.consumer.running {
                start(model, now, out);
            } else {
                let words = format!("c starts the consumer at {}.", model.consumer.start.word());
                model.say(Tone::Plain, words);
            }
        }
        Err(why) => dialog.problem = Some(why),
    }
}
