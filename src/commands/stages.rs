//! Stages for scenes: each has an embedded server of its own in memory, or is the other endpoint that the lab is
//! connected to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use kinesis_lab::app::{Answer, Connection, Control, Message, Request};
use kinesis_lab::client::{self, Client};
use kinesis_lab::runtime::{Backstage, on_stage};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::embedded::Embedded;

/// How long the end of the lab waits for the streams of a scene to be deleted elsewhere.
const GRACE: Duration = Duration::from_secs(5);

/// How often a stream is deleted that cannot be yet, e.g. while it is made, and after which pause.
const TRIES: usize = 10;
const PAUSE: Duration = Duration::from_millis(400);

/// Makes stages, one at a time.
#[derive(Clone)]
pub struct Stages {
    /// The endpoint on which scenes run, where the lab is connected to another one than AWS and its own.
    elsewhere: Option<(Arc<Client>, Connection)>,
    inbox: mpsc::Sender<Message>,
    stop: CancellationToken,
    /// A lock of std: it is held for a few lines, and never over an await.
    held: Arc<Mutex<Option<Held>>>,
    /// The ends of stages that are under way.
    ending: TaskTracker,
}

/// The stage that there is.
struct Held {
    run: u64,
    client: Arc<Client>,
    /// Its server, where it has one of its own.
    server: Option<Embedded>,
    /// Ends that server.
    stop: CancellationToken,
    /// Streams that were asked for on it.
    created: Vec<String>,
    /// The calls that make them.
    creating: TaskTracker,
}

impl Stages {
    /// Scenes run on the endpoint that is given, else on servers of their own, which end with `stop` at the latest.
    pub fn new(
        elsewhere: Option<(Arc<Client>, Connection)>,
        inbox: mpsc::Sender<Message>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            elsewhere,
            inbox,
            stop,
            held: Arc::default(),
            ending: TaskTracker::new(),
        }
    }

    /// Ends the stage that there is, and waits for those that are ending.
    pub async fn end(&self) {
        if let Some(held) = self.take(u64::MAX) {
            self.ending.spawn(held.end());
        }
        self.ending.close();
        // Elsewhere a stream may be left, if the endpoint does not answer.
        let _ = tokio::time::timeout(GRACE, self.ending.wait()).await;
    }

    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the stage of this run or of an earlier one away.
    fn take(&self, run: u64) -> Option<Held> {
        self.held().take_if(|held| held.run <= run)
    }

    async fn make(self, run: u64) -> Result<Connection, String> {
        if let Some(before) = self.take(run) {
            self.ending.spawn(before.end());
        }
        let stop = self.stop.child_token();
        let (client, connection, server) = match &self.elsewhere {
            Some((client, connection)) => (Arc::clone(client), connection.clone(), None),
            None => {
                let started = stop.clone();
                let started = tokio::task::spawn_blocking(move || Embedded::in_memory(started));
                let started = started.await.map_err(|error| error.to_string())?;
                let (server, news) = started.map_err(|error| format!("{error:#}"))?;
                let own_access_key = format!("KLAB{:016X}", fastrand::u64(..));
                let (client, connection) =
                    client::connect_embedded(server.address, &own_access_key);
                tokio::spawn(news.deliver(self.inbox.clone(), move |it| on_stage(run, it)));
                (Arc::new(client), connection, Some(server))
            }
        };
        let made = Held {
            run,
            client,
            server,
            stop,
            created: Vec::new(),
            creating: TaskTracker::new(),
        };
        let replaced = {
            let mut held = self.held();
            match held.as_ref().is_some_and(|newer| newer.run > run) {
                true => Some(made),
                false => held.replace(made),
            }
        };
        if let Some(replaced) = replaced {
            self.ending.spawn(replaced.end());
        }
        Ok(connection)
    }
}

impl Backstage for Stages {
    fn open(&self, run: u64) -> BoxFuture<'static, Result<Connection, String>> {
        self.clone().make(run).boxed()
    }

    fn call(&self, run: u64, request: Request) -> BoxFuture<'static, Option<Answer>> {
        let client = self
            .held()
            .as_mut()
            .filter(|held| held.run == run)
            .map(|held| {
                let creates = match &request {
                    Request::CreateStream { stream, .. } => {
                        held.created.push(stream.clone());
                        Some(held.creating.token())
                    }
                    _ => None,
                };
                (Arc::clone(&held.client), creates)
            });
        async move {
            let (client, _creates) = client?;
            Some(client.perform(request).await)
        }
        .boxed()
    }

    fn tell(&self, run: u64, control: Control) -> Result<(), String> {
        let service = {
            let held = self.held();
            let held = held.as_ref().filter(|held| held.run == run);
            held.and_then(|held| held.server.as_ref().map(Embedded::service))
        };
        match service.as_ref().and_then(Weak::upgrade) {
            Some(service) => service.control(control).map(drop),
            None => Err("the stage has no server of its own, or it has ended".to_owned()),
        }
    }

    fn close(&self, run: u64) -> BoxFuture<'static, ()> {
        // It ends also where nobody waits for it any more.
        let ending = self.take(run).map(|held| self.ending.spawn(held.end()));
        async move {
            if let Some(ending) = ending {
                // A panic there is a stream that is left elsewhere.
                let _ = ending.await;
            }
        }
        .boxed()
    }
}

impl Held {
    /// Its own server ends; elsewhere what it made is deleted.
    async fn end(self) {
        self.stop.cancel();
        if self.server.is_none() {
            // What is made after it was deleted would stay.
            self.creating.close();
            self.creating.wait().await;
            for stream in self.created {
                delete(&self.client, stream).await;
            }
        }
    }
}

/// Deletes a stream, also one that cannot be deleted yet.
async fn delete(client: &Client, stream: String) {
    for _ in 0..TRIES {
        let request = Request::DeleteStream(stream.clone());
        let Answer::Deleted {
            result: Err(error), ..
        } = client.perform(request).await
        else {
            return;
        };
        if error.is("ResourceNotFoundException") {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}
