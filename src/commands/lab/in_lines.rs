//! The lab in lines: standard input and output instead of a screen, be they a terminal or pipes.

use std::io::{self, IsTerminal};
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Utc};
use kinesis_lab::app::{Message, Outcome};
use kinesis_lab::plain::{Talk, WIDEST};
use kinesis_lab::runtime::lines::{Conversation, Printer, Sources, converse, read_lines};
use kinesis_lab::runtime::{Effects, SteadyClock};
use tokio::sync::mpsc;

use super::recorded::Recorded;
use crate::commands::{now, variable};

/// The rows that the lab is told of: more than pages have, so that it seldom believes that somebody must scroll.
const ROWS: u16 = 1_000;

/// How long a program is waited for before a line is read that may be for it: a person sees that it asks for something, a
/// script in a pipe does not.
const AT_A_TERMINAL: Duration = Duration::from_secs(3);
/// See [`AT_A_TERMINAL`].
const IN_A_PIPE: Duration = Duration::from_secs(600);

/// The columns of frames and air around a page's text.
const AROUND: u16 = 6;

/// The model and what was said of it.
struct InLines<'r> {
    run: &'r mut Recorded,
    talk: Talk,
}

impl Conversation for InLines<'_> {
    fn update(&mut self, message: Message, now: DateTime<Utc>) -> Outcome {
        let outcome = self.run.update(message, now);
        self.talk.note(&self.run.model);
        outcome
    }

    fn next_deadline(&self) -> Option<DateTime<Utc>> {
        self.run.model.next_deadline()
    }

    fn hear(&mut self, line: &str) {
        self.talk.hear(&self.run.model, line);
    }

    fn next_message(&mut self) -> Option<Message> {
        self.talk.next(&self.run.model)
    }

    fn tell(&mut self, all: bool) -> Vec<String> {
        self.talk.tell(&self.run.model, all)
    }

    fn farewell(&mut self) -> Vec<String> {
        self.talk.farewell(&self.run.model)
    }

    fn turn(&mut self) -> Vec<String> {
        self.talk.turn(&self.run.model)
    }

    fn asks(&self) -> bool {
        self.talk.asks(&self.run.model)
    }
}

/// How wide lines are.
fn columns() -> u16 {
    let told = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let terminal = || crossterm::terminal::size().ok().map(|(columns, _)| columns);
    told.or_else(terminal).unwrap_or(WIDEST).clamp(54, WIDEST)
}

/// The size that the lab believes its screen to have.
pub(super) fn size() -> (u16, u16) {
    (columns() + AROUND, ROWS)
}

/// Leads the conversation until it ends.
pub(super) async fn talk(
    run: &mut Recorded,
    first: Outcome,
    stop: impl Future<Output = ()>,
    inbox: mpsc::Receiver<Message>,
    effects: &Effects,
) -> Result<io::Result<()>> {
    let mut lab = InLines {
        run,
        talk: Talk::new(columns()),
    };
    lab.talk.note(&lab.run.model);
    let sources = Sources {
        stop,
        lines: read_lines(io::stdin())?,
        inbox,
        program_patience: match io::stdin().is_terminal() {
            true => AT_A_TERMINAL,
            false => IN_A_PIPE,
        },
    };
    let printer = Printer::start(io::stdout())?;
    let clock = SteadyClock::new(now);
    let now = || clock.now();
    Ok(converse(&mut lab, first, sources, printer, effects, now).await)
}
