//! The consumer panel: workers that poll their shards, the records that came, and everybody else's readers.
//!
//! Reading never removes anything, so every new run may begin anywhere again.

mod emptiness;
mod kept;
mod polling;
mod settings;
mod starting;
mod work;
mod workers;

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

use super::log::{Gaze, Log};
use super::message::{ReaderId, Received};
use super::model::{Model, Outcome, Tone};
use super::readers::ForeignReaders;
use super::start::CHECKPOINT;
use crate::kinesis::{CallError, SequenceNumber, ShardId, StartPosition};
use crate::leases::{Checkpoint, Group, Table};

pub use emptiness::why_empty;
pub(super) use kept::drop_earlier;
pub use kept::kept_reading;
pub use polling::LEAST_POLL;
pub(super) use polling::{on_deadline, opened, read};
pub(super) use settings::{LINES, change_setting, open_settings};
pub use settings::{POLLS, SPEEDS, Settings, SettingsDialog, pause_in_words};
pub(super) use starting::{apply_start, choose_start};
pub(super) use workers::{change_workers, kill, kill_worker, shards_known};

/// How many records the panel remembers, and how many bytes of their data; the oldest make room. A frozen view holds as
/// many apart.
pub const REMEMBERED: usize = 5_000;
/// See [`REMEMBERED`].
pub const REMEMBERED_BYTES: usize = 8 * 1024 * 1024;

/// The longest pause after calls without an answer.
const LONGEST_PAUSE: TimeDelta = TimeDelta::seconds(30);

/// How many of a reader's lags are kept for its sparkline, one a poll.
const LAGS: usize = 8;

/// One shard's reader: the work of whoever holds the shard's lease.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The shard.
    pub shard: ShardId,
    /// The worker that holds its lease or held it last, counted from 1; 0 before anybody did.
    pub worker: u8,
    /// Whether that worker holds it now.
    pub held: bool,
    /// Where it stands in its work.
    pub state: ReaderState,
    /// Where it begins where no checkpoint says it.
    pub start: StartPosition,
    /// Where it began, once it has.
    pub began: Option<StartPosition>,
    /// The last record it was given.
    pub last: Option<SequenceNumber>,
    /// How many records were worked on, those that came again included.
    pub read: u64,
    /// How many of these had been worked on before, since the checkpoint that was gone on from.
    pub repeats: u64,
    /// How many were worked on since the last checkpoint: they would come again.
    pub since: u64,
    /// How far it is written down in the lease table.
    pub checkpoint: Option<Checkpoint>,
    /// The records that the worker was given and has not come to yet.
    pub waiting: VecDeque<Received>,
    /// The furthest record that any worker of this run has worked on.
    pub worked: Option<SequenceNumber>,
    /// How far behind the tip it was at its last poll, in milliseconds.
    pub behind: Option<u64>,
    /// Whether its last page was empty although it lay behind the tip.
    pub empty: bool,
    /// The shards whose records come before those of its own.
    pub parents: Vec<ShardId>,
    /// The same at earlier polls, oldest first.
    pub lags: VecDeque<u64>,
    /// Counts the workers that lost its lease.
    pub turn: u64,
    /// When the iterator was asked for with which it began.
    asked_at: DateTime<Utc>,
    /// Before this moment the shard is not asked again, whoever asks.
    not_before: DateTime<Utc>,
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

    /// Whether there is something to read of its shard, or may come.
    pub fn is_open(&self) -> bool {
        !matches!(
            self.state,
            ReaderState::Ended | ReaderState::Refused(_) | ReaderState::Vanished
        )
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
    /// No worker holds its lease.
    Free,
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
    /// It was given the last records of a closed shard and works on them.
    Finishing,
    /// The closed shard is read to its end.
    Ended,
    /// The endpoint does not list the shard any more.
    Vanished,
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
    /// Whether a worker had worked on it before, and it came again since that was not written down.
    pub repeat: bool,
}

/// The panel.
#[derive(Debug, Clone)]
pub struct Consumer {
    /// Whether the panel's consumer runs.
    pub running: bool,
    /// Where the next run, or the present one, starts.
    pub start: StartPosition,
    /// Whether it goes on from the checkpoints that are kept, and begins at `start` only where there is none.
    pub resume: bool,
    /// How many workers live, or begin with the next run; at most 4. None after the last was killed.
    pub workers: u8,
    /// Their lease table and they.
    pub group: Group,
    /// How they read and work.
    pub settings: Settings,
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
    /// When the present run began, or the last one, in wall time.
    pub(super) began_at: DateTime<Utc>,
    bytes: usize,
    /// Before which moment a shard is not asked again, where a run that is over asked it just now.
    asked_lately: Vec<(ShardId, DateTime<Utc>)>,
    /// Until when each worker is busy with the record that it took last.
    busy: BTreeMap<u8, DateTime<Utc>>,
    kept: kept::Kept,
    /// When work was done last.
    worked_at: DateTime<Utc>,
    rng: Rng,
}

impl Default for Consumer {
    fn default() -> Self {
        Self {
            running: false,
            start: StartPosition::TrimHorizon,
            resume: false,
            workers: 1,
            group: Group::new(Table::new(StartPosition::TrimHorizon)),
            settings: Settings::default(),
            readers: Vec::new(),
            log: Log::new(REMEMBERED),
            gaze: Gaze::default(),
            foreign: ForeignReaders::default(),
            empty_page_said: false,
            by_lab: false,
            run: 0,
            began_at: DateTime::<Utc>::MIN_UTC,
            bytes: 0,
            asked_lately: Vec::new(),
            busy: BTreeMap::new(),
            kept: kept::Kept::default(),
            worked_at: DateTime::<Utc>::MIN_UTC,
            rng: Rng::with_seed(0),
        }
    }
}

impl Consumer {
    /// Where the next run, or the present one, starts, in a word.
    pub fn start_word(&self) -> &'static str {
        match self.resume {
            true => CHECKPOINT,
            false => self.start.word(),
        }
    }

    /// Records that came again since they had been worked on after the last checkpoint.
    pub fn repeats(&self) -> u64 {
        self.readers.iter().map(|reader| reader.repeats).sum()
    }

    /// Records of this run that made room for newer ones.
    pub fn forgotten(&self) -> u64 {
        let read: u64 = self.readers.iter().map(|reader| reader.read).sum();
        read.saturating_sub(self.log.len() as u64)
    }

    /// The earliest moment at which a reader or a worker wants to act.
    pub(super) fn next_deadline(&self) -> Option<DateTime<Utc>> {
        if !self.running {
            return None;
        }
        let polls = self
            .readers
            .iter()
            .filter_map(|reader| match &reader.state {
                // Who is not done with what came asks for no more.
                ReaderState::Waiting { .. } if !reader.waiting.is_empty() => None,
                ReaderState::Waiting { due, .. } | ReaderState::Failed { due, .. } => Some(*due),
                _ => None,
            });
        polls
            .chain(self.group.next_at())
            .chain(self.next_work())
            .chain(self.keeps_at())
            .min()
    }

    /// Forgets what belongs to the stream that was selected before.
    pub(super) fn turn_to_another_stream(&mut self) {
        self.forget();
        self.readers.clear();
        self.asked_lately.clear();
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

    /// The reader, if it is of the present run.
    fn reader(&mut self, id: ReaderId) -> Option<&mut Reader> {
        let reader = self.readers.get_mut(id.index)?;
        (self.running && id.run == self.run && id.turn == reader.turn && reader.held)
            .then_some(reader)
    }
}

/// Starts the consumer, or stops it.
pub(super) fn toggle(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if model.consumer.running {
        stop(model);
        model.say(
            Tone::Plain,
            match model.consumer.start {
                _ if model.consumer.resume => "The consumer stopped. Its checkpoints are kept; c goes on from them.",
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
    let asked = consumer.readers.drain(..);
    let lately = asked.filter(|reader| reader.not_before > now);
    consumer.asked_lately = lately.map(|it| (it.shard, it.not_before)).collect();
    consumer.forget();
    consumer.began_at = now;
    consumer.begin(now, None);
    consumer.kept = kept::Kept::begun(consumer);
    let earlier = kept_reading(model).is_some();
    shards_known(model, now, out);
    let words = match model.streams.not_ready() {
        Some(_) => "Reading begins once the stream is ACTIVE.".into(),
        None => begun(&model.consumer, earlier),
    };
    model.say(Tone::Plain, words);
}

/// How a run begins, in words; where there are checkpoints of an earlier one, whether it goes on from them.
fn begun(consumer: &Consumer, earlier: bool) -> String {
    let start = consumer.start.word();
    let (who, s) = match consumer.workers {
        1 => ("Worker 1".to_owned(), "s"),
        n => (format!("{n} workers"), ""),
    };
    match (consumer.resume, earlier) {
        (false, false) => format!("{who} read{s} from {start}."),
        (false, true) => format!("{who} read{s} from {start}, with a fresh lease table."),
        (true, true) if s.is_empty() => format!("{who} go on from the checkpoints."),
        (true, true) => format!("{who} goes on from the checkpoints."),
        (true, false) => format!("No checkpoint is kept yet: {who} read{s} from {start}."),
    }
}

/// Stops the run: its workers leave politely, and its answers will be ignored.
pub(super) fn stop(model: &mut Model) {
    let consumer = &mut model.consumer;
    if consumer.running {
        consumer.group.close();
        // What was not worked on comes again, from the checkpoints.
        for reader in &mut consumer.readers {
            reader.waiting.clear();
        }
        consumer.workers = consumer.workers.max(1);
        workers::note_checkpoints(&mut model.consumer);
        kept::keep_now(model, model.now);
    }
    model.consumer.running = false;
    model.consumer.run += 1;
}
