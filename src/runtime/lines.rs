//! The lab as a conversation: a line is read, its calls are answered, what came of it is printed, and the next line is
//! read. What happens meanwhile without being asked for is printed as it comes, in lines of its own.
//!
//! Nothing here owns a screen: the terminal stays as it is, and both ends may be pipes.

mod awaited;
mod ends;

use std::io;
use std::pin::pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::effects::Started;
use super::{BATCH, Effects, earliest, instant_of, wait_until};
use crate::app::{Effect, Message, Outcome};

use awaited::{Awaited, Cause};
pub use ends::{Printer, read_lines};

/// How long a line's calls may take before the next line is read all the same.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long nothing must come in before a line's news are whole: what the server's feed tells of a call comes on another
/// road than its answer.
const QUIET: Duration = Duration::from_millis(40);

/// The longest wait for that: automatic traffic never pauses.
const LONGEST_QUIET: Duration = Duration::from_millis(400);

/// The same for a program that was given something to do.
const OUTPUT_QUIET: Duration = Duration::from_millis(300);

/// The longest wait for that.
const LONGEST_OUTPUT: Duration = Duration::from_secs(2);

/// How often output is told while it is waited for.
const OUTPUT_NEWS: Duration = Duration::from_millis(250);

/// After how long what comes by itself is told for the first time after a line; then after twice as long each time.
const FIRST_NEWS: Duration = Duration::from_secs(1);

/// The longest time between two of these.
const LATER_NEWS: Duration = Duration::from_secs(16);

/// What the conversation is about: the lab in words.
pub trait Conversation {
    /// Takes a message in.
    fn update(&mut self, message: Message, now: DateTime<Utc>) -> Outcome;
    /// When it wants [`Message::DeadlinePassed`].
    fn next_deadline(&self) -> Option<DateTime<Utc>>;
    /// Takes a typed line in; [`Self::next_message`] gives what it means.
    fn hear(&mut self, line: &str);
    /// The next message that the line means, as things are now.
    fn next_message(&mut self) -> Option<Message>;
    /// What is new, in lines; of what comes by itself without end only where `all` is asked for.
    fn tell(&mut self, all: bool) -> Vec<String>;
    /// The last lines.
    fn farewell(&mut self) -> Vec<String>;
    /// What can be typed now, in lines.
    fn turn(&mut self) -> Vec<String>;
    /// Whether a question came up that was not there when [`Self::turn`] was asked last.
    fn asks(&self) -> bool;
}

/// Everything that wakes the conversation, but for deadlines.
pub struct Sources<S> {
    /// A signal asks for the end.
    pub stop: S,
    /// What is typed, a line each; closed at the end of the input.
    pub lines: mpsc::Receiver<String>,
    /// Messages of tasks.
    pub inbox: mpsc::Receiver<Message>,
    /// How long a program that a line started is waited for before the next line is read, which may be for it.
    pub program_patience: Duration,
}

/// Leads the conversation, whose start had the outcome `first`, until it quits, its input ends, a signal asks for the end,
/// or nobody reads what it prints. However it ends but by quitting, it hears [`Message::StopAsked`] and its last effects
/// are started.
pub async fn converse<C, S>(
    conversation: &mut C,
    first: Outcome,
    sources: Sources<S>,
    printer: Printer,
    effects: &Effects,
    now: impl Fn() -> DateTime<Utc>,
) -> io::Result<()>
where
    C: Conversation,
    S: Future<Output = ()>,
{
    let mut table = Table {
        conversation,
        effects,
        awaited: Awaited::default(),
        quits: false,
    };
    table.start(first.effects, Cause::Line);
    let patience = sources.program_patience;
    let ended = {
        let mut stop = pin!(sources.stop);
        let rounds = rounds(
            &mut table,
            sources.lines,
            sources.inbox,
            patience,
            &printer,
            &now,
        );
        tokio::select! {
            biased;
            () = &mut stop => Ok(()),
            ended = rounds => ended,
        }
    };
    if !table.quits {
        let outcome = table.conversation.update(Message::StopAsked, now());
        table.start(outcome.effects, Cause::Other);
    }
    // A reader who is slow, or gone, shall not hold up the end.
    let _ = timeout(LONGEST_QUIET, printer.print(table.conversation.farewell())).await;
    let printed = printer.finish().await;
    match (ended, printed) {
        (Err(error), _) | (Ok(()), Err(error)) if !is_closed(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Whether nobody reads any more: that is an end like others, as of a pipe into `head`.
fn is_closed(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

struct Table<'a, C> {
    conversation: &'a mut C,
    effects: &'a Effects,
    awaited: Awaited,
    quits: bool,
}

impl<C: Conversation> Table<'_, C> {
    fn handle(&mut self, message: Message, cause: Cause, now: DateTime<Utc>) {
        let cause = self.awaited.came(&message, cause);
        let outcome = self.conversation.update(message, now);
        self.start(outcome.effects, cause);
    }

    fn start(&mut self, effects: Vec<Effect>, cause: Cause) {
        for effect in effects {
            self.awaited.starts(&effect, cause);
            match self.effects.start(effect) {
                Started::Quit => self.quits = true,
                // What only a screen can do.
                Started::Yes | Started::MouseCapture(_) | Started::Redraw | Started::Copy(_) => {}
            }
        }
    }

    /// Does what a typed line means.
    fn obey(&mut self, line: &str, now: &impl Fn() -> DateTime<Utc>) {
        self.awaited.begin();
        self.conversation.hear(line);
        while !self.quits
            && let Some(message) = self.conversation.next_message()
        {
            self.handle(message, Cause::Line, now());
        }
    }
}

/// Whose turn it is.
enum Turn {
    /// The lab's: a line's calls are under way.
    Lab {
        /// Since then.
        since: Instant,
        /// The last of them was answered then, as far as they are.
        answered: Instant,
        /// Something came in last then.
        last: Instant,
        /// What came was told last then.
        told: Instant,
    },
    /// The learner's. What comes by itself is told at that time, if something came.
    Learner {
        news_at: Instant,
        pause: Duration,
        came: bool,
    },
}

impl Turn {
    /// The lab's, from then on.
    fn lab(at: Instant) -> Self {
        Self::Lab {
            since: at,
            answered: at,
            last: at,
            told: at,
        }
    }
}

async fn rounds<C: Conversation>(
    table: &mut Table<'_, C>,
    mut lines: mpsc::Receiver<String>,
    mut inbox: mpsc::Receiver<Message>,
    program_patience: Duration,
    printer: &Printer,
    now: &impl Fn() -> DateTime<Utc>,
) -> io::Result<()> {
    let begin = Instant::now();
    let mut turn = Turn::lab(begin);
    let mut messages = Vec::with_capacity(BATCH);
    loop {
        if table
            .conversation
            .next_deadline()
            .is_some_and(|at| at <= now())
        {
            table.handle(Message::DeadlinePassed, Cause::Other, now());
        }
        for message in messages.drain(..) {
            let waited = table.awaited.answers() || table.awaited.programs();
            table.handle(message, Cause::Other, now());
            match &mut turn {
                Turn::Lab { last, answered, .. } => {
                    *last = Instant::now();
                    if waited {
                        *answered = *last;
                    }
                }
                Turn::Learner { came, .. } => *came = true,
            }
        }
        if table.quits {
            return Ok(());
        }
        let at = Instant::now();
        let alarm = match &mut turn {
            Turn::Lab {
                since,
                answered,
                last,
                told,
            } => {
                let awaited = &table.awaited;
                let patience = match (awaited.answers(), awaited.programs()) {
                    (true, true) => Some(PATIENCE.max(program_patience)),
                    (true, false) => Some(PATIENCE),
                    (false, true) => Some(program_patience),
                    (false, false) => None,
                };
                let over = match patience {
                    Some(patience) => *since + patience,
                    None => {
                        let (quiet, longest) = match awaited.prints() {
                            true => (OUTPUT_QUIET, LONGEST_OUTPUT),
                            false => (QUIET, LONGEST_QUIET),
                        };
                        // From the last answer on; automatic traffic never pauses.
                        (*last + quiet).min((*answered).max(*since) + longest)
                    }
                };
                if at >= over {
                    let mut said = table.conversation.tell(true);
                    if table.awaited.answers() {
                        said.push("No answer yet. It is told when it comes.".to_owned());
                    }
                    table.awaited.forget();
                    said.extend(table.conversation.turn());
                    printer.print(said).await?;
                    turn = Turn::Learner {
                        news_at: Instant::now() + FIRST_NEWS,
                        pause: FIRST_NEWS,
                        came: false,
                    };
                    continue;
                }
                let news_at = *told + OUTPUT_NEWS;
                if awaited.programs() && at >= news_at {
                    *told = at;
                    printer.print(table.conversation.tell(false)).await?;
                }
                match awaited.programs() {
                    true => over.min(*told + OUTPUT_NEWS),
                    false => over,
                }
            }
            Turn::Learner {
                news_at,
                pause,
                came,
            } => {
                let all = *came && at >= *news_at;
                let mut said = table.conversation.tell(all);
                if all {
                    *pause = (*pause * 2).min(LATER_NEWS);
                    *news_at = at + *pause;
                    *came = false;
                }
                if table.conversation.asks() {
                    said.extend(table.conversation.turn());
                }
                if !said.is_empty() {
                    printer.print(said).await?;
                }
                if *came { *news_at } else { at + LATER_NEWS }
            }
        };
        let deadline = table.conversation.next_deadline();
        let alarm = earliest(Some(alarm), deadline.map(|at| instant_of(at, now())));
        let may_speak = matches!(turn, Turn::Learner { .. });
        tokio::select! {
            biased;
            line = lines.recv(), if may_speak => match line {
                Some(line) => {
                    table.obey(&line, now);
                    let at = Instant::now();
                    turn = Turn::lab(at);
                }
                // The input ends; what was under way is answered.
                None => return Ok(()),
            },
            count = inbox.recv_many(&mut messages, BATCH) => if count == 0 {
                return Ok(());
            },
            () = wait_until(alarm) => {}
            () = printer.closed() => return Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

#[cfg(test)]
mod tests;
