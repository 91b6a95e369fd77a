//! What lies over the panes: one thing at a time.

use std::sync::Arc;

use tui_input::Input;

use super::consumer::SettingsDialog;
use super::course::CourseDialog;
use super::guide::Sheet;
use super::lab_server::ServerDialog;
use super::lanes::Token;
use super::message::Request;
use super::producer::SendingForm;
use super::program_pane::{OtherVersion, Plan, Writing};
use super::reshard::{ReshardDialog, StreamChange};
use super::result::ResultScreen;
use super::start::StartDialog;
use super::streams::StreamsDialog;
use super::terms::TermsDialog;
use super::wire::WireDialog;
use crate::kinesis::ShardId;

/// What lies over the panes.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// All keys, searchable.
    Help(Listing),
    /// All actions, fuzzy.
    Palette(Listing),
    /// The terms of the course.
    Terms(TermsDialog),
    /// The modules of the course.
    Course(CourseDialog),
    /// Streams: create, select, empty, delete.
    Streams(StreamsDialog),
    /// The stream's shards and retention: split, merge, scale, keep longer.
    Reshard(Box<ReshardDialog>),
    /// The lab's server: its clock, its pace, faults.
    Server(ServerDialog),
    /// How automatic sending sends.
    Sending(SendingForm),
    /// Where the consumer starts.
    Start(StartDialog),
    /// How the consumer's workers read and work.
    Reading(SettingsDialog),
    /// A record in full, from the consumer's or the producer's log.
    Detail(Detail),
    /// What is known of a record of a lane that nobody here has read.
    Token(ShardId, Arc<Token>),
    /// The result of the lesson.
    Result(ResultScreen),
    /// A step's hints, or what was expected of it.
    Sheet(Sheet),
    /// The wire log: every call, and who made it.
    Wire(WireDialog),
    /// The same events as a batch and as a stream.
    Batch,
    /// What the stream is put through, how far readers are behind, how long events take.
    Numbers,
    /// A question before something that cannot be undone.
    Confirm(Confirm),
}

/// A list that is narrowed by typing.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// What was typed.
    pub query: Input,
    /// The selected line among those that match.
    pub cursor: usize,
}

/// A record in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// Its number in the log of the pane it was opened from.
    pub number: u64,
    /// Whether it is a line of the producer's log; else a record of the consumer's.
    pub sent: bool,
    /// Lines scrolled down.
    pub scroll: u16,
}

/// A question before something that cannot be undone. Enter or y goes on, Esc or n keeps all as it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Confirm {
    /// Delete a stream with all its records.
    Delete(String),
    /// Empty a stream: its records go, it stays.
    Empty(String),
    /// Take the marks of the step on this page back.
    ResetStep(usize),
    /// Move the lab's clock a day forward, although records will be trimmed.
    OneDay,
    /// The first write on AWS.
    FirstWrite(Vec<Pending>),
    /// The first write to a stream that was there before.
    ForeignStream {
        /// The stream.
        stream: String,
        /// What waits.
        pending: Vec<Pending>,
    },
    /// Change a stream's shards or its retention on AWS, where that costs money.
    ChangeStream {
        /// The stream.
        stream: String,
        /// The change.
        change: StreamChange,
    },
    /// Leave although programs are connected to the embedded server, or one runs in the lab.
    Leave,
    /// Run the lesson's code for the first time.
    RunCode(Box<Plan>),
    /// Make a virtual environment for the lab, since this command needs boto3.
    MakePython(Box<Plan>),
    /// End the program that runs.
    EndProgram(String),
    /// Replace another version of a file in the work folder.
    ReplaceFile {
        /// What is to be written.
        writing: Box<Writing>,
        /// What is there.
        other: OtherVersion,
    },
    /// Leave, and delete what the lab created on AWS, or keep it.
    CleanUp {
        /// The streams.
        streams: Vec<String>,
        /// Whether the lab leaves afterwards.
        leaving: bool,
    },
}

/// What waits for a yes.
#[derive(Debug, Clone, PartialEq)]
pub enum Pending {
    /// A call.
    Call(Request),
    /// Automatic sending.
    Auto,
    /// One batch.
    Batch,
}
