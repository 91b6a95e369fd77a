//! What a typed line set going and is waited for before the next one is read.

use std::collections::BTreeSet;

use crate::app::message::ReaderId;
use crate::app::program_pane::Launch;
use crate::app::{Effect, Message, Request};

/// How many calls are waited for at most; a line sets a handful going.
const MOST: usize = 256;

/// Why a message is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// A typed line means it, or the answer to what it set going.
    Line,
    /// It came by itself.
    Other,
}

/// What is waited for.
#[derive(Debug, Default)]
pub(super) struct Awaited {
    calls: Vec<Request>,
    /// Whether the ledger is being written, and the embedded server was told something, so many times.
    ledgers: usize,
    controls: usize,
    /// Looks at what commands need, and files that are being written.
    preparations: usize,
    writings: usize,
    /// Programs that are being started.
    starting: Vec<u64>,
    /// Programs that end by themselves, as a rule: commands of the lesson.
    running: Vec<u64>,
    /// Whether something was typed for a program, or one was started: what it prints takes its time.
    typed: bool,
    /// Readers that have asked for records before: their first page belongs to the line that started them.
    polled: BTreeSet<ReaderId>,
}

impl Awaited {
    /// A line is about to be carried out.
    pub fn begin(&mut self) {
        self.typed = false;
    }

    /// Whether anything is that is answered within moments.
    pub fn answers(&self) -> bool {
        let counts = [
            self.ledgers,
            self.controls,
            self.preparations,
            self.writings,
        ];
        !self.calls.is_empty() || !self.starting.is_empty() || counts.iter().any(|n| *n > 0)
    }

    /// Whether a program runs that is waited for.
    pub fn programs(&self) -> bool {
        !self.running.is_empty()
    }

    /// Whether a program is about to print something.
    pub fn prints(&self) -> bool {
        self.typed
    }

    /// Nothing of it is waited for any longer.
    pub fn forget(&mut self) {
        let polled = std::mem::take(&mut self.polled);
        *self = Self {
            polled,
            ..Self::default()
        };
    }

    /// A message comes. Gives its cause: the line's, if it answers what that set going.
    pub fn came(&mut self, message: &Message, cause: Cause) -> Cause {
        let answers = match message {
            Message::Answered(answer) => {
                let place = self
                    .calls
                    .iter()
                    .position(|call| call.is_answered_by(answer));
                place.map(|place| self.calls.swap_remove(place)).is_some()
            }
            Message::LedgerSaved(_) => take_one(&mut self.ledgers),
            message if message.follows_control() => take_one(&mut self.controls),
            Message::RunPrepared(_) => take_one(&mut self.preparations),
            Message::FileWritten { .. } => take_one(&mut self.writings),
            Message::ProgramStarted { run, result } => {
                if result.is_err() {
                    self.running.retain(|other| other != run);
                }
                take(&mut self.starting, *run)
            }
            Message::ProgramEnded { run, .. } => take(&mut self.running, *run),
            _ => false,
        };
        if answers { Cause::Line } else { cause }
    }

    /// An effect is started by something of that cause.
    pub fn starts(&mut self, effect: &Effect, cause: Cause) {
        let first_page = match effect {
            Effect::Call(Request::GetRecords { reader, .. }) => {
                let known = self.polled.iter().next_back().map_or(0, |last| last.run);
                if reader.run > known {
                    self.polled.clear();
                }
                self.polled.insert(*reader)
            }
            _ => false,
        };
        if cause == Cause::Other && !first_page {
            return;
        }
        match effect {
            Effect::Call(request) if self.calls.len() < MOST => self.calls.push(request.clone()),
            Effect::SaveLedger(_) => self.ledgers += 1,
            Effect::Control(_) => self.controls += 1,
            Effect::PrepareRun(_) => self.preparations += 1,
            Effect::WriteFile(_) => self.writings += 1,
            Effect::ProgramInput { .. } => self.typed = true,
            Effect::StartProgram(start) => {
                self.starting.push(start.run);
                match start.launch {
                    Launch::Command(_) | Launch::MakePython(_) => self.running.push(start.run),
                    Launch::Shell | Launch::Editor(_) => self.typed = true,
                }
            }
            _ => {}
        }
    }
}

fn take(runs: &mut Vec<u64>, run: u64) -> bool {
    let before = runs.len();
    runs.retain(|other| *other != run);
    runs.len() < before
}

fn take_one(number: &mut usize) -> bool {
    let some = *number > 0;
    *number = number.saturating_sub(1);
    some
}
