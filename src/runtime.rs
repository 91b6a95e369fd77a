//! The event loop: one task that owns the model, the screen and the pacer.
//!
//! ```text
//! each round   the model's deadline has passed?  -> a message
//!              a drawing is due?                 -> draw
//!              let other tasks run once
//!              wait for a signal, then input, then the inbox, then the next alarm
//!              every message -> update -> its effects are started
//! ```
//!
//! Deadlines are compared at the top of a round, not only awaited: under a biased wait an alarm would starve while input
//! is always ready. Nothing is awaited and no file is written while messages are handled. The loop knows neither the SDK
//! nor crossterm's output: it is given a [`Screen`], streams, and the [`Effects`] that do the work.

mod effects;
mod input;
pub mod lines;
mod pacer;
pub mod panics;
mod program;
mod python;
mod recorder;
mod signals;
mod stages;
mod steady_clock;
mod terminal;
pub mod work_folder;

use std::io;
use std::pin::pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use crossterm::event::{Event, KeyEventKind};
use futures_util::{Stream, StreamExt};
use ratatui::Frame;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::app::{Message, Outcome};

use effects::Started;
pub use effects::{Answering, Effects, GRACE, MAX_CALLS};
pub use input::input;
pub use program::{MARK, Programs, Surroundings, marked};
pub use python::find as find_python;
pub use recorder::Recorder;
pub use signals::stop_signal;
pub use stages::{Backstage, Stages, on_stage};
pub use steady_clock::SteadyClock;
pub use terminal::Terminal;

use pacer::{Pacer, Urgency};

/// How many messages the inbox holds. Whoever fills it waits; the feed counts what it loses meanwhile.
pub const INBOX_CAPACITY: usize = 1_024;

/// How many messages, or input events, are taken in one round.
const BATCH: usize = 64;

/// The longest wait for a deadline of the model; it is asked again then.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// What the loop drives: [`crate::app::Model`] with its `update` and drawing, or a small one in a test.
pub trait Program {
    /// Takes a message in.
    fn update(&mut self, message: Message, now: DateTime<Utc>) -> Outcome;
    /// Draws itself; changes nothing.
    fn draw(&self, frame: &mut Frame);
    /// When it wants [`Message::DeadlinePassed`].
    fn next_deadline(&self) -> Option<DateTime<Utc>>;
}

/// What the loop draws on.
pub trait Screen {
    /// Draws one frame; only what differs from the last one is written.
    fn draw(&mut self, paint: impl FnOnce(&mut Frame)) -> io::Result<()>;
    /// Forgets what is on the screen, so that the next frame is written whole.
    fn clear(&mut self) -> io::Result<()>;
    /// Turns the mouse's capture on or off.
    fn capture_mouse(&mut self, on: bool) -> io::Result<()>;
    /// Gives a text to the terminal's clipboard, if it has one; nothing tells.
    fn copy(&mut self, text: &str) -> io::Result<()>;
}

/// Everything that wakes the loop, but for deadlines.
pub struct Sources<S, I> {
    /// A signal asks for the end.
    pub stop: S,
    /// What is typed.
    pub input: I,
    /// Messages of tasks.
    pub inbox: mpsc::Receiver<Message>,
}

/// Runs a program, whose start had the outcome `first`, until it quits or a signal asks for the end (`Ok`), or the
/// terminal is gone (`Err`). However it ends but by quitting, the program hears [`Message::StopAsked`] and its last
/// effects are started.
pub async fn run<P, W, S, I>(
    program: &mut P,
    first: Outcome,
    screen: &mut W,
    sources: Sources<S, I>,
    effects: &Effects,
    now: impl Fn() -> DateTime<Utc>,
) -> io::Result<()>
where
    P: Program,
    W: Screen,
    S: Future<Output = ()>,
    I: Stream<Item = io::Result<Event>>,
{
    let mut desk = Desk {
        program,
        screen,
        effects,
        pacer: Pacer::default(),
    };
    let ended = match desk.carry_out(first, Urgency::AtOnce) {
        Ok(true) => Ok(End::Quit),
        Ok(false) => rounds(&mut desk, sources, &now).await,
        Err(error) => Err(error),
    };
    if !matches!(ended, Ok(End::Quit)) {
        // The screen may be gone: only what is to be saved matters now.
        let _ = desk.handle(Message::StopAsked, now());
    }
    ended.map(|_| ())
}

/// Why the rounds ended, when nothing is wrong.
#[derive(Debug, PartialEq)]
enum End {
    Quit,
    StopAsked,
}

async fn rounds<P, W, S, I>(
    desk: &mut Desk<'_, P, W>,
    sources: Sources<S, I>,
    now: &impl Fn() -> DateTime<Utc>,
) -> io::Result<End>
where
    P: Program,
    W: Screen,
    S: Future<Output = ()>,
    I: Stream<Item = io::Result<Event>>,
{
    let mut stop = pin!(sources.stop);
    let mut input = pin!(sources.input.ready_chunks(BATCH));
    let mut inbox = sources.inbox;
    let mut messages = Vec::with_capacity(BATCH);
    loop {
        if desk.program.next_deadline().is_some_and(|at| at <= now()) {
            messages.push(Message::DeadlinePassed);
        }
        for message in messages.drain(..) {
            if desk.handle(message, now())? {
                return Ok(End::Quit);
            }
        }
        if desk.pacer.is_due(Instant::now()) {
            desk.screen.draw(|frame| desk.program.draw(frame))?;
            desk.pacer.drew(Instant::now());
        }
        tokio::task::yield_now().await;
        let deadline = desk.program.next_deadline();
        let alarm = earliest(desk.pacer.alarm(), deadline.map(|at| instant_of(at, now())));
        tokio::select! {
            biased;
            () = &mut stop => return Ok(End::StopAsked),
            events = input.next() => match events {
                Some(events) => for event in events {
                    messages.extend(message_of(event?));
                },
                None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the terminal is gone")),
            },
            count = inbox.recv_many(&mut messages, BATCH) => if count == 0 {
                return Ok(End::StopAsked);
            },
            () = wait_until(alarm) => {}
        }
    }
}

/// What the loop's one task owns.
struct Desk<'a, P, W> {
    program: &'a mut P,
    screen: &'a mut W,
    effects: &'a Effects,
    pacer: Pacer,
}

impl<P: Program, W: Screen> Desk<'_, P, W> {
    /// Takes a message to the program and starts what comes of it. Whether the program quits.
    fn handle(&mut self, message: Message, now: DateTime<Utc>) -> io::Result<bool> {
        let urgency = match message {
            Message::Pressed(_) | Message::Pasted(_) | Message::Moused(_) => Urgency::AtOnce,
            _ => Urgency::Paced,
        };
        let outcome = self.program.update(message, now);
        self.carry_out(outcome, urgency)
    }

    fn carry_out(&mut self, outcome: Outcome, urgency: Urgency) -> io::Result<bool> {
        if outcome.changed {
            self.pacer.changed(Instant::now(), urgency);
        }
        let mut quits = false;
        for effect in outcome.effects {
            match self.effects.start(effect) {
                Started::Yes => {}
                Started::Copy(text) => self.screen.copy(&text)?,
                Started::MouseCapture(on) => self.screen.capture_mouse(on)?,
                Started::Redraw => {
                    self.screen.clear()?;
                    self.pacer.changed(Instant::now(), Urgency::AtOnce);
                }
                Started::Quit => quits = true,
            }
        }
        Ok(quits)
    }
}

/// What an event of the terminal means to the lab. Key releases and focus changes mean nothing.
fn message_of(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Message::Pressed(key)),
        Event::Paste(text) => Some(Message::Pasted(text)),
        Event::Mouse(mouse) => Some(Message::Moused(mouse)),
        Event::Resize(width, height) => Some(Message::Resized(width, height)),
        Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    a.into_iter().chain(b).min()
}

/// The monotonic time at which the clock on the wall will show `at`.
fn instant_of(at: DateTime<Utc>, now: DateTime<Utc>) -> Instant {
    let wait = (at - now).to_std().unwrap_or_default();
    Instant::now() + wait.min(LONGEST_WAIT)
}

async fn wait_until(alarm: Option<Instant>) {
    match alarm {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
