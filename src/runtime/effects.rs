//! The work that effects ask for: calls through the client, writing the state folder, colouring code.
//!
//! Each piece of work is a task of its own, whose answer goes to the inbox; a task that panics becomes a message. Starting
//! work never waits.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::program_pane::{FileState, Preparation, Prepared, Writing};
use crate::app::second_screen::Shown;
use crate::app::{Answer, Control, Effect, Message, Request};
use crate::lesson::{Highlights, Lesson};
use crate::progress::folder::StateFolder;
use crate::progress::second_screen::Slot;
use crate::progress::{Ledger, Progress};

use super::program::{Programs, Surroundings};
use super::stages::{Backstage, Stages};
use super::{panics, python, work_folder};

/// How many calls are made at the same time; more wait their turn. Above what the model itself allows to be under way
/// (64 automatic puts, a reader a shard), so that nothing the learner does waits behind them.
pub const MAX_CALLS: usize = 128;

/// How many ledgers may wait to be written. The program waits for each answer, so one is the rule.
const MAX_LEDGERS: usize = 16;

/// How long the end waits for what is being written.
pub const GRACE: Duration = Duration::from_secs(2);

/// A call under way.
pub type Answering = BoxFuture<'static, Answer>;

/// Tells the embedded server something, or says why it does not do it. It may write to the disk.
pub type Tell = dyn Fn(Control) -> Result<(), String> + Send + Sync;

/// Starts work, and knows what is under way.
pub struct Effects {
    perform: Arc<dyn Fn(Request) -> Answering + Send + Sync>,
    tell: Arc<Tell>,
    calls: Arc<Semaphore>,
    progress: watch::Sender<Option<Progress>>,
    ledger: mpsc::Sender<Ledger>,
    second_screen: watch::Sender<Option<Shown>>,
    programs: Programs,
    stages: Option<Stages>,
    tasks: Tasks,
}

/// What became of an effect: its work is under way, or it is for whoever owns the screen.
#[derive(Debug, PartialEq)]
pub(super) enum Started {
    /// It is under way, and answered by a message where it has an answer.
    Yes,
    /// Give this text to the terminal's clipboard.
    Copy(String),
    /// Turn the mouse's capture on or off.
    MouseCapture(bool),
    /// Draw everything anew.
    Redraw,
    /// Leave.
    Quit,
}

/// The tasks and the road their messages take.
#[derive(Clone)]
pub(super) struct Tasks {
    tracker: TaskTracker,
    pub(super) stop: CancellationToken,
    pub(super) inbox: mpsc::Sender<Message>,
}

impl Effects {
    /// `perform` makes a call, `tell` reaches the embedded server's control; `stop` is cancelled at the end, for this and whatever else hangs on it. Must be called inside
    /// a tokio runtime.
    pub fn new(
        perform: impl Fn(Request) -> Answering + Send + Sync + 'static,
        tell: impl Fn(Control) -> Result<(), String> + Send + Sync + 'static,
        folder: StateFolder,
        surroundings: Surroundings,
        inbox: mpsc::Sender<Message>,
        stop: CancellationToken,
    ) -> Self {
        let tasks = Tasks::new(inbox, stop);
        let folder = Arc::new(folder);
        let (progress, wanted) = watch::channel(None);
        let (ledger, ledgers) = mpsc::channel(MAX_LEDGERS);
        tasks.spawn(
            "saving progress",
            save_progress(wanted, Arc::clone(&folder), tasks.inbox.clone()),
        );
        tasks.spawn(
            "saving the ledger",
            save_ledgers(ledgers, folder, tasks.inbox.clone()),
        );
        Self {
            perform: Arc::new(perform),
            tell: Arc::new(tell),
            calls: Arc::new(Semaphore::new(MAX_CALLS)),
            progress,
            ledger,
            second_screen: watch::channel(None).0,
            programs: Programs::new(surroundings, tasks.inbox.clone()),
            stages: None,
            tasks,
        }
    }

    /// The same with stages for scenes, made by this.
    #[must_use]
    pub fn with_stages(mut self, backstage: Arc<dyn Backstage>) -> Self {
        self.stages = Some(Stages::over(backstage, self.tasks.clone()));
        self
    }

    /// Tells a second screen through this slot; without one nobody is told.
    #[must_use]
    pub fn with_second_screen(mut self, slot: Slot) -> Self {
        let (wanted, told) = watch::channel(None);
        self.second_screen = wanted;
        self.tasks
            .spawn("telling the second screen", tell_second_screen(told, slot));
        self
    }

    /// Starts what an effect asks for.
    pub(super) fn start(&self, effect: Effect) -> Started {
        match effect {
            Effect::Call(request) => self.call(request),
            Effect::Control(control) => self.control(control),
            Effect::SaveProgress(progress) => self.save_progress(*progress),
            Effect::SaveLedger(ledger) => self.save_ledger(ledger),
            Effect::Highlight(lesson) => self.highlight(lesson),
            Effect::PrepareRun(wanted) => self.prepare(*wanted),
            Effect::WriteFile(writing) => self.write_file(*writing),
            Effect::StartProgram(start) => self.programs.start(*start),
            Effect::ProgramInput { run, bytes } => self.programs.input(run, bytes),
            Effect::ResizeProgram { run, size } => self.programs.resize(run, size),
            Effect::ScrollProgram { run, back } => self.programs.scroll(run, back),
            Effect::ProgramShown { run } => self.programs.shown(run),
            Effect::EndProgram { run } => self.programs.end(run),
            Effect::OpenStage { .. } | Effect::OnStage { .. } | Effect::CloseStage { .. } => {
                if let Some(stages) = &self.stages {
                    stages.start(effect);
                }
            }
            Effect::TellSecondScreen(shown) => self.tell_second_screen(*shown),
            Effect::Copy(text) => return Started::Copy(text),
            Effect::CaptureMouse(on) => return Started::MouseCapture(on),
            Effect::Redraw => return Started::Redraw,
            Effect::Quit => return Started::Quit,
        }
        Started::Yes
    }

    /// The programs in terminals of their own.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Looks at what a command needs: whether its files are there, and which python it would start.
    pub fn prepare(&self, wanted: Preparation) {
        let surroundings = Arc::clone(self.programs.surroundings());
        let inbox = self.tasks.inbox.clone();
        self.tasks
            .spawn("looking at what a command needs", async move {
                let looking = Arc::clone(&surroundings);
                let Preparation {
                    work,
                    files,
                    python,
                } = wanted;
                let states = tokio::task::spawn_blocking(move || {
                    let state = |file| work_folder::state(&work, file);
                    let told: Vec<(String, FileState)> = files
                        .iter()
                        .map(|file| (file.name.clone(), state(file)))
                        .collect();
                    (told, looking.environment())
                });
                // The runtime is ending.
                let Ok((files, environment)) = states.await else {
                    return;
                };
                let python = match python.is_empty() {
                    true => None,
                    false => {
                        let venv = surroundings.venv.as_deref();
                        Some(python::find(&python, &environment, venv).await)
                    }
                };
                let found = Prepared { files, python };
                send(&inbox, Message::RunPrepared(Box::new(found))).await;
            });
    }

    /// Writes a file into the work folder.
    pub fn write_file(&self, writing: Writing) {
        let inbox = self.tasks.inbox.clone();
        self.tasks.spawn("writing a file", async move {
            let wanted = writing.clone();
            let written =
                tokio::task::spawn_blocking(move || work_folder::write(&wanted.work, &wanted));
            let result = written
                .await
                .unwrap_or_else(|failed| Err(format!("{failed}.")));
            let writing = Box::new(writing);
            send(&inbox, Message::FileWritten { writing, result }).await;
        });
    }

    /// Makes a call; its answer is a message. At the end calls are given up.
    pub fn call(&self, request: Request) {
        let (perform, calls) = (Arc::clone(&self.perform), Arc::clone(&self.calls));
        let (stop, inbox) = (self.tasks.stop.clone(), self.tasks.inbox.clone());
        self.tasks.spawn("a call", async move {
            stop.run_until_cancelled(async {
                let Ok(_permit) = calls.acquire().await else {
                    return;
                };
                let answer = perform(request).await;
                send(&inbox, Message::Answered(answer)).await;
            })
            .await;
        });
    }

    /// Tells the embedded server something, off the loop since that may wait for the disk.
    pub fn control(&self, control: Control) {
        let (tell, inbox) = (Arc::clone(&self.tell), self.tasks.inbox.clone());
        self.tasks.spawn("the server's control", async move {
            let told = blocking("Nothing was told", move || tell(control)).await;
            if let Err(why) = told {
                send(&inbox, Message::ControlRefused(why)).await;
            }
        });
    }

    /// Writes the progress. While one is being written the newest waits, and those in between are skipped.
    pub fn save_progress(&self, progress: Progress) {
        self.progress.send_replace(Some(progress));
    }

    /// Tells the second screen. While it is being told the newest waits, and those in between are skipped.
    pub fn tell_second_screen(&self, shown: Shown) {
        self.second_screen.send_replace(Some(shown));
    }

    /// Writes the ledger; each is answered, in order.
    pub fn save_ledger(&self, ledger: Ledger) {
        if self.ledger.try_send(ledger).is_err() {
            let inbox = self.tasks.inbox.clone();
            self.tasks.spawn("the ledger", async move {
                let busy =
                    "The list of streams made on AWS is not saved: the disk does not keep up.";
                send(&inbox, Message::LedgerSaved(Err(busy.to_owned()))).await;
            });
        }
    }

    /// Colours the lesson's code, which takes as long as some frames.
    pub fn highlight(&self, lesson: Arc<Lesson>) {
        let (stop, inbox) = (self.tasks.stop.clone(), self.tasks.inbox.clone());
        self.tasks.spawn("colouring the code", async move {
            let colouring = tokio::task::spawn_blocking(move || Highlights::of(&lesson));
            let Some(coloured) = stop.run_until_cancelled(colouring).await else {
                return;
            };
            match coloured.map_err(JoinError::try_into_panic) {
                Ok(highlights) => {
                    send(&inbox, Message::Highlighted(Arc::new(highlights))).await;
                }
                Err(Ok(panic)) => panic::resume_unwind(panic),
                // The runtime is ending.
                Err(Err(_)) => {}
            }
        });
    }

    /// Gives up calls and colouring, lets what is being written finish, and says whether it did within [`GRACE`].
    pub async fn finish(self) -> bool {
        let Self {
            progress,
            ledger,
            second_screen,
            tasks,
            ..
        } = self;
        // The writers end when nobody can ask them any more.
        drop((progress, ledger, second_screen));
        tasks.stop.cancel();
        tasks.tracker.close();
        tokio::time::timeout(GRACE, tasks.tracker.wait())
            .await
            .is_ok()
    }
}

impl Tasks {
    pub(super) fn new(inbox: mpsc::Sender<Message>, stop: CancellationToken) -> Self {
        Self {
            tracker: TaskTracker::new(),
            stop,
            inbox,
        }
    }

    pub(super) fn spawn(
        &self,
        what: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let inbox = self.inbox.clone();
        self.tracker.spawn(async move {
            if let Err(panic) = AssertUnwindSafe(work).catch_unwind().await {
                let words = format!("{what} failed: {}", panics::words(&*panic));
                send(&inbox, Message::TaskPanicked(words)).await;
            }
        });
    }
}

/// Waits while the inbox is full. Once the loop has ended nobody needs the message.
pub(super) async fn send(inbox: &mpsc::Sender<Message>, message: Message) {
    let _ = inbox.send(message).await;
}

async fn save_progress(
    mut wanted: watch::Receiver<Option<Progress>>,
    folder: Arc<StateFolder>,
    inbox: mpsc::Sender<Message>,
) {
    while wanted.changed().await.is_ok() {
        let Some(progress) = wanted.borrow_and_update().clone() else {
            continue;
        };
        let folder = Arc::clone(&folder);
        let saved = blocking("Saving failed", move || folder.save_progress(&progress)).await;
        send(&inbox, Message::ProgressSaved(saved)).await;
    }
}

async fn tell_second_screen(mut wanted: watch::Receiver<Option<Shown>>, slot: Slot) {
    let slot = Arc::new(slot);
    while wanted.changed().await.is_ok() {
        let Some(shown) = wanted.borrow_and_update().clone() else {
            continue;
        };
        let slot = Arc::clone(&slot);
        let told = blocking("Telling failed", move || {
            let text = serde_json::to_vec(&shown).map_err(|error| error.to_string())?;
            slot.write(&text).map_err(|error| error.to_string())
        });
        // The lab itself lacks nothing: it is for the log.
        if let Err(why) = told.await {
            tracing::warn!("the second screen is not told: {why}");
        }
    }
}

async fn save_ledgers(
    mut wanted: mpsc::Receiver<Ledger>,
    folder: Arc<StateFolder>,
    inbox: mpsc::Sender<Message>,
) {
    while let Some(ledger) = wanted.recv().await {
        let folder = Arc::clone(&folder);
        let saved = blocking("Saving failed", move || folder.save_ledger(&ledger)).await;
        send(&inbox, Message::LedgerSaved(saved)).await;
    }
}

pub(super) async fn blocking(
    failing: &str,
    work: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Result<(), String> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|failed| Err(format!("{failing}: {failed}.")))
}

#[cfg(test)]
mod tests;
