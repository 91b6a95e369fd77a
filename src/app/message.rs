//! Everything that can happen to the lab, in the past tense, and everything that it can ask for.
//!
//! A list of messages is a replayable run of the lab; effects and requests are data that the runtime and the client
//! carry out. Each request is answered by exactly one message.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use crossterm::event::{KeyEvent, MouseEvent};
use serde::{Deserialize, Serialize};

use super::action::Action;
use super::connection::Connection;
use super::program_pane::{
    Ending, LeftBehind, Picture, Preparation, Prepared, Start, Started, Writing, Written,
};
use super::reshard::StreamChange;
use super::screen::Pane;
use super::second_screen::{Shown, Sight};
use super::stage::Cue;
use crate::kinesis::feed::FeedEvent;
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::readable;
use crate::kinesis::{CallError, SequenceNumber, ShardId, StartPosition};
use crate::lesson::{Fault, Highlights, Lesson};
use crate::progress;

pub use crate::kinesis::control::Control;

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Message {
    /// A key was pressed (or repeats).
    Pressed(KeyEvent),
    /// Text was pasted.
    Pasted(String),
    /// Something was asked for without a key, in this pane if it is one pane's.
    Asked(Action, Option<Pane>),
    /// The mouse moved, clicked or scrolled (only while its capture is on).
    Moused(MouseEvent),
    /// The screen has this size now, in cells.
    Resized(u16, u16),
    /// The deadline that the model asked for has passed.
    DeadlinePassed,
    /// A signal asks the lab to end.
    StopAsked,
    /// The embedded server's feed said something.
    Fed(FeedEvent),
    /// The feed was faster than the lab; this many events are gone.
    FeedLost(u64),
    /// The embedded server did not do what it was told, with the reason. What it does the feed tells.
    ControlRefused(String),
    /// The embedded server has stopped by itself, with the reason.
    ServerEnded(String),
    /// A request was answered.
    Answered(Answer),
    /// The code of the lesson is coloured.
    #[serde(skip)]
    Highlighted(Arc<Highlights>),
    /// The lesson's files were saved by their author, and read again.
    LessonChanged(Reread),
    /// Progress was written, or could not be (with what to do).
    ProgressSaved(Result<(), String>),
    /// The list of streams made on AWS was written, or could not be.
    LedgerSaved(Result<(), String>),
    /// It was looked at what a command of the lesson needs.
    RunPrepared(Box<Prepared>),
    /// A program was started, or could not be, with the reason and what to do. What was started is in
    /// [`super::Model::program`]: its command, its files, the access key id that it signs with.
    ProgramStarted {
        /// The run's number.
        run: u64,
        /// Its process.
        result: Result<Started, String>,
    },
    /// The screen of a program looks like this now. The next one comes after [`Effect::ProgramShown`].
    ProgramDrew {
        /// The run's number.
        run: u64,
        /// How it looks.
        picture: Arc<Picture>,
    },
    /// What was typed into a program has no room: it does not read.
    ProgramDeaf {
        /// The run's number.
        run: u64,
    },
    /// A program has ended, and its process group with it.
    ProgramEnded {
        /// The run's number.
        run: u64,
        /// How.
        ending: Ending,
        /// Processes that left its group before, and go on.
        left: Vec<LeftBehind>,
    },
    /// A file of the lesson was written into the work folder, or could not be, with the reason and what to do.
    FileWritten {
        /// What was to be done.
        writing: Box<Writing>,
        /// What came of it.
        result: Result<Written, String>,
    },
    /// The instructor asked for something to be done with a scene.
    Cued(Cue),
    /// The stage of this run is there, and where it is connected; or why it cannot be.
    StageOpened {
        /// Which stage.
        run: u64,
        /// Its connection.
        result: Result<Connection, String>,
    },
    /// Something happened on the stage of this run.
    OnStage {
        /// Which stage.
        run: u64,
        /// What.
        message: Box<Message>,
    },
    /// A second screen sees another thing of the labs that run; a lab itself never hears of it.
    SightChanged(Box<Sight>),
    /// A task of the lab panicked; the text says which.
    TaskPanicked(String),
    /// The recording of this run is not whole, in a sentence.
    RecordingFailed(String),
}

impl Message {
    /// Whether it tells what came of an [`Effect::Control`].
    pub fn follows_control(&self) -> bool {
        matches!(
            self,
            Self::ControlRefused(_) | Self::Fed(FeedEvent::Changed(_) | FeedEvent::Emptied { .. })
        )
    }
}

/// What a lesson's files hold now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reread {
    /// The lesson's key.
    pub key: String,
    /// The lesson, if its text can be read.
    pub lesson: Option<Arc<Lesson>>,
    /// What their author must mend; what it concerns stays as it was.
    pub fault: Option<Fault>,
}

/// What the lab asks the runtime to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Make a call to the endpoint through the SDK.
    Call(Request),
    /// Tell the embedded server something; the feed says what came of it, or [`Message::ControlRefused`] why nothing did.
    Control(Control),
    /// Write the learner's progress (the newest wins while one is being written).
    SaveProgress(Box<progress::Progress>),
    /// Write the list of streams made on AWS; answered by [`Message::LedgerSaved`] before anything depends on it.
    SaveLedger(progress::Ledger),
    /// Colour the lesson's code; answered by [`Message::Highlighted`].
    Highlight(Arc<Lesson>),
    /// Look at what a command of the lesson needs; answered by [`Message::RunPrepared`]. Nothing is written.
    PrepareRun(Box<Preparation>),
    /// Start a program in a terminal of its own; answered by [`Message::ProgramStarted`] and, if it was, in the end by
    /// [`Message::ProgramEnded`].
    StartProgram(Box<Start>),
    /// Type into a program.
    ProgramInput {
        /// The run's number.
        run: u64,
        /// What is typed.
        bytes: Vec<u8>,
    },
    /// Give a program's terminal this size.
    ResizeProgram {
        /// The run's number.
        run: u64,
        /// Columns and rows.
        size: (u16, u16),
    },
    /// Show a program's screen so many lines back.
    ScrollProgram {
        /// The run's number.
        run: u64,
        /// How many lines above the newest.
        back: usize,
    },
    /// A picture of a program was taken in; the next may come.
    ProgramShown {
        /// The run's number.
        run: u64,
    },
    /// End a program and its process group, kindly and then by force.
    EndProgram {
        /// The run's number.
        run: u64,
    },
    /// Write a file of the lesson into the work folder; answered by [`Message::FileWritten`].
    WriteFile(Box<Writing>),
    /// Make a stage for a scene, instead of the one before; answered by [`Message::StageOpened`].
    OpenStage {
        /// Its number.
        run: u64,
    },
    /// A call or a control on the stage of this run; what comes of it comes as [`Message::OnStage`].
    OnStage {
        /// Which stage.
        run: u64,
        /// What is to be done.
        effect: Box<Effect>,
    },
    /// The stage of this run is not needed any more.
    CloseStage {
        /// Which stage.
        run: u64,
    },
    /// Tell the instructor's second screen what is shown (the newest wins while one is being told).
    TellSecondScreen(Box<Shown>),
    /// Give this text to the terminal's clipboard.
    Copy(String),
    /// Turn the mouse's capture on or off.
    CaptureMouse(bool),
    /// Draw everything anew.
    Redraw,
    /// Leave.
    Quit,
}

/// One call to the endpoint.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// ListStreams, all pages (at most 1,000 names).
    ListStreams,
    /// DescribeStreamSummary and ListShards, all pages.
    DescribeStream(String),
    /// CreateStream, provisioned.
    CreateStream {
        /// Its name.
        stream: String,
        /// 1 to 8.
        shards: u32,
    },
    /// DeleteStream.
    DeleteStream(String),
    /// SplitShard, MergeShards, UpdateShardCount, IncreaseStreamRetentionPeriod or DecreaseStreamRetentionPeriod.
    ChangeStream {
        /// The stream.
        stream: String,
        /// What is to be changed.
        change: StreamChange,
    },
    /// PutRecord.
    PutRecord(Put),
    /// PutRecords.
    PutRecords(Arc<PutBatch>),
    /// GetShardIterator.
    OpenIterator {
        /// Which reader asks.
        reader: ReaderId,
        /// The stream.
        stream: String,
        /// The shard.
        shard: ShardId,
        /// Where to start.
        start: StartPosition,
    },
    /// GetRecords.
    GetRecords {
        /// Which reader asks.
        reader: ReaderId,
        /// The iterator.
        iterator: String,
        /// At most so many records.
        limit: u32,
    },
    /// GetShardIterator for a look of the lab's own at what nobody tells of. Goes out as `kinesis-lab-look`.
    LookInto {
        /// The stream.
        stream: String,
        /// The shard.
        shard: ShardId,
        /// Where to start.
        start: StartPosition,
    },
    /// GetRecords for the same.
    LookAt {
        /// The stream.
        stream: String,
        /// The shard.
        shard: ShardId,
        /// Where the iterators began that led to this one.
        start: StartPosition,
        /// The iterator.
        iterator: String,
        /// At most so many records.
        limit: u32,
    },
    /// GetCallerIdentity of STS (on AWS only): whose account it is.
    IdentifyAccount,
}

impl Request {
    /// Whether this answer is one to this request.
    pub fn is_answered_by(&self, answer: &Answer) -> bool {
        match (self, answer) {
            (Self::ListStreams, Answer::Streams(_)) => true,
            (Self::DescribeStream(asked), Answer::Described { stream, .. })
            | (Self::CreateStream { stream: asked, .. }, Answer::Created { stream, .. })
            | (Self::DeleteStream(asked), Answer::Deleted { stream, .. }) => asked == stream,
            (
                Self::ChangeStream { stream, change },
                Answer::StreamChanged {
                    stream: changed,
                    change: done,
                    ..
                },
            ) => stream == changed && change == done,
            (Self::PutRecord(put), Answer::Sent { put: sent, .. }) => put.id == sent.id,
            (Self::PutRecords(asked), Answer::SentBatch { batch, .. }) => asked.id == batch.id,
            (Self::OpenIterator { reader: asked, .. }, Answer::Opened { reader, .. })
            | (Self::GetRecords { reader: asked, .. }, Answer::Read { reader, .. }) => {
                asked == reader
            }
            (
                Self::LookInto {
                    stream: asked,
                    shard: of,
                    ..
                },
                Answer::LookedInto { stream, shard, .. },
            )
            | (
                Self::LookAt {
                    stream: asked,
                    shard: of,
                    ..
                },
                Answer::LookedAt { stream, shard, .. },
            ) => asked == stream && of == shard,
            (Self::IdentifyAccount, Answer::Account(_)) => true,
            _ => false,
        }
    }
}

/// A reader of one shard in one run of the panel's consumer. Answers for an earlier run are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReaderId {
    /// Counts the runs: every start, and every change of the start position, is a new one.
    pub run: u64,
    /// The reader's place in the consumer's list.
    pub index: usize,
    /// Counts how often a worker lost the shard's lease in this run. Answers to who had it before are ignored too.
    pub turn: u64,
}

/// A record to put.
#[derive(Debug, Clone, PartialEq)]
pub struct Put {
    /// Counts the lab's puts.
    pub id: u64,
    /// Who wants it.
    pub by: Sender,
    /// The stream.
    pub stream: String,
    /// The partition key.
    pub key: String,
    /// The data, UTF-8.
    pub data: String,
    /// Places the record in the key's stead, where it is given.
    pub hash_key: Option<HashKey>,
}

/// Records to put with one call: at most 500.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PutBatch {
    /// Counts the lab's puts.
    pub id: u64,
    /// Who wants it.
    pub by: Sender,
    /// The stream.
    pub stream: String,
    /// The records, in order.
    pub entries: Vec<Arc<Entry>>,
}

/// A record of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The partition key.
    pub key: String,
    /// The data, UTF-8.
    pub data: String,
    /// Places the record in the key's stead, where it is given.
    pub hash_key: Option<HashKey>,
}

impl Entry {
    /// What it counts for in the service's limits.
    pub fn bytes(&self) -> usize {
        self.key.len() + self.data.len()
    }
}

/// The shard and sequence number of a record that was stored.
pub type Place = (ShardId, SequenceNumber);

/// Where a record was stored, or why it was not.
pub type Stored = Result<Place, CallError>;

/// Whose put it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sender {
    /// The learner, by a key press. Goes out as `kinesis-lab-panel`.
    You,
    /// Automatic sending. Goes out as `kinesis-lab-auto`.
    Auto,
    /// The lab, which shows a step. Goes out as `kinesis-lab-auto`.
    Lab,
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Answer {
    /// To ListStreams.
    Streams(Result<Vec<String>, CallError>),
    /// To DescribeStream.
    Described {
        /// The stream asked for.
        stream: String,
        /// What it is like.
        result: Result<Description, CallError>,
    },
    /// To CreateStream.
    Created {
        /// Its name.
        stream: String,
        /// The shards asked for.
        shards: u32,
        /// Whether it was accepted.
        result: Result<(), CallError>,
    },
    /// To DeleteStream.
    Deleted {
        /// Its name.
        stream: String,
        /// Whether it was accepted.
        result: Result<(), CallError>,
    },
    /// To a change of a stream.
    StreamChanged {
        /// The stream.
        stream: String,
        /// The change asked for.
        change: StreamChange,
        /// Whether it was accepted.
        result: Result<(), CallError>,
    },
    /// To PutRecord.
    Sent {
        /// The put, without its data.
        put: PutSummary,
        /// The shard and sequence number that came back.
        result: Stored,
    },
    /// To PutRecords.
    SentBatch {
        /// What was put.
        batch: Arc<PutBatch>,
        /// What came back for each record, in order; or why nothing did.
        result: Result<Vec<Stored>, CallError>,
    },
    /// To OpenIterator.
    Opened {
        /// Which reader asked.
        reader: ReaderId,
        /// The iterator.
        result: Result<String, CallError>,
    },
    /// To GetRecords.
    Read {
        /// Which reader asked.
        reader: ReaderId,
        /// What came.
        result: Result<Batch, CallError>,
    },
    /// To LookInto.
    LookedInto {
        /// The stream.
        stream: String,
        /// The shard.
        shard: ShardId,
        /// The iterator.
        result: Result<String, CallError>,
    },
    /// To LookAt.
    LookedAt {
        /// The stream.
        stream: String,
        /// The shard.
        shard: ShardId,
        /// What came.
        result: Result<Batch, CallError>,
    },
    /// To IdentifyAccount: the twelve digits.
    Account(Result<String, CallError>),
}

/// What is remembered of a put when it is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PutSummary {
    /// Counts the lab's puts.
    pub id: u64,
    /// Who wanted it.
    pub by: Sender,
    /// The stream.
    pub stream: String,
    /// The partition key.
    pub key: String,
    /// The size of the data in bytes.
    pub size: usize,
    /// Placed the record in the key's stead, where it was given.
    pub hash_key: Option<HashKey>,
}

/// A stream as the endpoint describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// `CREATING`, `ACTIVE`, `UPDATING` or `DELETING`, as it came.
    pub status: String,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// Hours that records are kept.
    pub retention_hours: u32,
    /// Its shards in order of their ids, closed ones included.
    pub shards: Vec<ShardDescription>,
}

/// A shard as ListShards describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShardDescription {
    /// Its id.
    pub id: ShardId,
    /// First and last hash key, inclusive, as decimal digits.
    pub hash_range: (String, String),
    /// Whether it takes writes.
    pub open: bool,
    /// The shards it was made of by a split or a merge, none otherwise; they may be gone by now.
    pub parents: Vec<ShardId>,
}

/// What a GetRecords call returned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Batch {
    /// The records, in order.
    pub records: Vec<Received>,
    /// Where to go on; absent at the end of a closed shard.
    pub next: Option<String>,
    /// How far behind the tip, in milliseconds, if the endpoint says.
    pub millis_behind_latest: Option<u64>,
}

/// A record as it came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// Its sequence number.
    pub sequence: SequenceNumber,
    /// Its partition key.
    pub key: String,
    /// The server's arrival time, to the millisecond.
    pub arrived_at: Option<DateTime<Utc>>,
    /// The data; at most [`MAX_SHOWN_BYTES`] of it.
    #[serde(with = "readable")]
    pub data: Vec<u8>,
    /// The size of the whole data in bytes.
    pub size: usize,
}

/// The data and keys of records in bytes, as they count against a shard's limits.
pub fn bytes_of(records: &[Received]) -> usize {
    let sizes = records.iter().map(|record| record.key.len() + record.size);
    sizes.sum()
}

/// How much of a record's data the lab keeps for showing, in bytes. The client cuts it there.
pub const MAX_SHOWN_BYTES: usize = 16 * 1024;
