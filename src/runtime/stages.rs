//! Stages of scenes: made and ended, and what is called and told on them. It knows neither servers nor clients; whoever does
//! is given to it.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::effects::{MAX_CALLS, Tasks, blocking, send};
use crate::app::{Answer, Connection, Control, Effect, Message, Request};

/// Makes stages, and reaches them. There is one at a time.
pub trait Backstage: Send + Sync {
    /// Makes the stage of this run, instead of the one before.
    fn open(&self, run: u64) -> BoxFuture<'static, Result<Connection, String>>;
    /// Makes a call on the stage of this run; nothing if it is not there any more.
    fn call(&self, run: u64, request: Request) -> BoxFuture<'static, Option<Answer>>;
    /// Tells the server of the stage of this run something, or says why it does not do it.
    fn tell(&self, run: u64, control: Control) -> Result<(), String>;
    /// Ends the stage of this run, or of an earlier one.
    fn close(&self, run: u64) -> BoxFuture<'static, ()>;
}

/// Starts what is asked for on stages.
#[derive(Clone)]
pub struct Stages {
    backstage: Arc<dyn Backstage>,
    calls: Arc<Semaphore>,
    tasks: Tasks,
}

impl Stages {
    /// Its work ends with `stop`; what comes of it goes to the inbox.
    pub fn new(
        backstage: Arc<dyn Backstage>,
        inbox: mpsc::Sender<Message>,
        stop: CancellationToken,
    ) -> Self {
        Self::over(backstage, Tasks::new(inbox, stop))
    }

    pub(super) fn over(backstage: Arc<dyn Backstage>, tasks: Tasks) -> Self {
        Self {
            backstage,
            calls: Arc::new(Semaphore::new(MAX_CALLS)),
            tasks,
        }
    }

    /// Starts an effect on a stage; others are none of its business.
    pub fn start(&self, effect: Effect) {
        match effect {
            Effect::OpenStage { run } => self.open(run),
            Effect::CloseStage { run } => {
                let closing = self.backstage.close(run);
                self.tasks.spawn("ending a stage", closing);
            }
            Effect::OnStage { run, effect } => match *effect {
                Effect::Call(request) => self.call(run, request),
                Effect::Control(control) => self.control(run, control),
                _ => {}
            },
            _ => {}
        }
    }

    fn open(&self, run: u64) {
        let (opening, inbox) = (self.backstage.open(run), self.tasks.inbox.clone());
        self.tasks.spawn("making a stage", async move {
            let result = opening.await;
            send(&inbox, Message::StageOpened { run, result }).await;
        });
    }

    fn call(&self, run: u64, request: Request) {
        let (calling, calls) = (self.backstage.call(run, request), Arc::clone(&self.calls));
        let (stop, inbox) = (self.tasks.stop.clone(), self.tasks.inbox.clone());
        self.tasks.spawn("a call on a stage", async move {
            stop.run_until_cancelled(async {
                let Ok(_permit) = calls.acquire().await else {
                    return;
                };
                if let Some(answer) = calling.await {
                    send(&inbox, on_stage(run, Message::Answered(answer))).await;
                }
            })
            .await;
        });
    }

    fn control(&self, run: u64, control: Control) {
        let (backstage, inbox) = (Arc::clone(&self.backstage), self.tasks.inbox.clone());
        self.tasks.spawn("the control of a stage", async move {
            let told = blocking("Nothing was told", move || backstage.tell(run, control)).await;
            if let Err(why) = told {
                send(&inbox, on_stage(run, Message::ControlRefused(why))).await;
            }
        });
    }
}

/// A message of the stage of this run.
pub fn on_stage(run: u64, message: Message) -> Message {
    Message::OnStage {
        run,
        message: Box::new(message),
    }
}
