//! The embedded server of this process, on a thread of its own: a busy screen never makes it wait.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Error, Result, anyhow};
use chrono::Utc;
use kinesis_lab::app::Message;
use kinesis_lab::cli::environment::REGION;
use kinesis_lab::cli::{self, NewStream, ServerOptions};
use kinesis_lab::kinesis::control::{Control, Timing};
use kinesis_lab::kinesis::feed::FeedEvent;
use kinesis_lab::progress::running::{Announcement, Running};
use kinesis_lab::runtime::panics;
use kinesis_lab::server::{self, DiskOptions, Doors, Limits, Rates, Service};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// How much the records of a scene may take.
const SCENE_BYTES: usize = 64 * 1024 * 1024;

/// The server, while it runs.
pub struct Embedded {
    pub address: SocketAddr,
    /// It ends with its thread, and that closes the feed.
    service: Weak<Service>,
    /// Whether it keeps its streams on disk.
    pub keeps_streams: bool,
    /// What its user must know, a sentence or two each.
    pub notes: Vec<String>,
    thread: JoinHandle<()>,
}

/// What the server says without being asked.
pub struct News {
    /// Every call. Closed when the server has ended.
    pub feed: broadcast::Receiver<FeedEvent>,
    /// Why it ended; nothing is sent when it was asked to.
    pub ended: oneshot::Receiver<String>,
}

impl Embedded {
    /// Listens, and serves until `stop`. It keeps its streams in the folder that is asked for; else in this one, but
    /// where that cannot be, in memory; without one in memory.
    pub fn start(
        options: &ServerOptions,
        folder: Option<PathBuf>,
        doors: Doors,
        streams: &[NewStream],
        stop: CancellationToken,
    ) -> Result<(Self, News)> {
        let listener = server::bind(options.port)?;
        let address = listener.local_addr()?;
        let opened = open(options, folder)?;
        let service = Arc::new(opened.service);
        let told = service.control(Control::EmptyPages(options.empty_pages));
        told.map_err(anyhow::Error::msg)?;
        let feed = service.feed();
        let pace = |timing| service.control(Control::Pace(timing)).map_err(Error::msg);
        // The first that the feed tells is what holds.
        pace(Timing::Instant)?;
        service.tell_kept();
        for NewStream { name, shards } in streams {
            let created = service.provide_stream(REGION, name, *shards);
            created.map_err(|why| anyhow!("cannot create the stream {name}: {why}"))?;
        }
        if options.timing == cli::Timing::Aws {
            pace(Timing::Aws)?;
        }
        let (tell, ended) = oneshot::channel();
        let handle = Arc::downgrade(&service);
        let thread = thread::Builder::new()
            .name("server".to_owned())
            .spawn(move || {
                let served =
                    catch_unwind(AssertUnwindSafe(|| serve(listener, service, doors, stop)));
                let why = match served {
                    Ok(Ok(())) => return,
                    Ok(Err(error)) => error.to_string(),
                    Err(panic) => panics::words(&*panic).to_owned(),
                };
                // Nobody listens any more if the lab is ending.
                let _ = tell.send(why);
            })?;
        let server = Self {
            address,
            service: handle,
            keeps_streams: opened.keeps_streams,
            notes: opened.notes,
            thread,
        };
        Ok((server, News { feed, ended }))
    }

    /// One in memory, on a free port: for a scene, which leaves nothing behind.
    pub fn in_memory(stop: CancellationToken) -> Result<(Self, News)> {
        let options = ServerOptions {
            port: Some(0),
            timing: cli::Timing::Instant,
            data: None,
            fsync: false,
            disk_limit: 0,
            limits: cli::Rates::Shards,
            empty_pages: false,
            memory_limit: SCENE_BYTES,
            trim_early: false,
        };
        Self::start(&options, None, Doors::default(), &[], stop)
    }

    /// The server itself, to be told what no client of the API can say.
    pub fn service(&self) -> Weak<Service> {
        Weak::clone(&self.service)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until everything under way is answered, after `stop`.
    pub fn join(self) {
        // It catches its own panics, so there is nothing to learn here.
        let _ = self.thread.join();
    }
}

impl News {
    /// Turns what the server says into messages, as `of` makes them of it. When the lab is slow the server does not wait: it
    /// counts what is lost.
    pub async fn deliver(mut self, inbox: mpsc::Sender<Message>, of: impl Fn(Message) -> Message) {
        loop {
            let message = match self.feed.recv().await {
                Ok(event) => Message::Fed(event),
                Err(RecvError::Lagged(lost)) => Message::FeedLost(lost),
                Err(RecvError::Closed) => break,
            };
            if inbox.send(of(message)).await.is_err() {
                return;
            }
        }
        if let Ok(why) = self.ended.await {
            // The lab is ending if nobody takes it.
            let _ = inbox.send(of(Message::ServerEnded(why))).await;
        }
    }
}

/// A service, and where it keeps its streams.
struct Opened {
    service: Service,
    keeps_streams: bool,
    notes: Vec<String>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server's clock is the machine's"
)]
fn open(options: &ServerOptions, folder: Option<PathBuf>) -> Result<Opened> {
    let limits = Limits {
        memory_bytes: options.memory_limit,
        disk_bytes: options.disk_limit,
        trim_early: options.trim_early,
        rates: match options.limits {
            cli::Rates::Off => Rates::Off,
            cli::Rates::Shards => Rates::Shards,
            cli::Rates::All => Rates::All,
        },
        ..Limits::default()
    };
    let asked_for = options.data.is_some();
    let unkept = |notes| Opened {
        service: Service::new(Utc::now, &limits),
        keeps_streams: false,
        notes,
    };
    let Some(folder) = options.data.clone().or(folder) else {
        return Ok(unkept(Vec::new()));
    };
    let disk = DiskOptions {
        folder,
        fsync: options.fsync,
    };
    match Service::open(Utc::now, &limits, &disk) {
        Ok((service, notes)) => Ok(Opened {
            service,
            keeps_streams: true,
            notes,
        }),
        Err(error) if asked_for => Err(error.into()),
        Err(error) => Ok(unkept(vec![format!(
            "Streams are in memory only: {:#}.",
            Error::from(error)
        )])),
    }
}

fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    doors: Doors,
    stop: CancellationToken,
) -> io::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(server::run(listener, service, doors, stop))
}

/// Says in the state folder that this process listens, so that `env` finds it.
pub fn announce(endpoint: String) -> Result<Announcement> {
    let folder = super::state_folder().map_err(Error::msg)?;
    let running = Running {
        pid: std::process::id(),
        endpoint,
        since: super::now(),
    };
    Announcement::new(&folder, &running)
        .with_context(|| format!("cannot write in {}", folder.display()))
}
