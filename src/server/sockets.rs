//! One port that speaks HTTP/1.1 and h2c: from a connection to whole requests. Knows nothing of Kinesis.
//!
//! Only this machine is served: the address is loopback, and so must be the host that a request is for, or a page in
//! the learner's browser could drive the lab through a name of its own (DNS rebinding).

mod answers;
mod bodies;
mod pages;
mod presence;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, HOST, HeaderValue};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub use bodies::MAX_BODY_BYTES;

use self::bodies::Unread;
use self::presence::{Guests, Presence};
use super::admin::{self, CONTROL_PATH};
use super::service::{AnswerRoom, Connection, Delivery, Reply, Service};

/// The port that local Kinesis servers are found at, since kinesalite.
pub const PREFERRED_PORT: u16 = 4567;

/// How many ports after the preferred one are tried before any free one is taken.
const NEIGHBOURS: u16 = 32;

/// How many connections are served at once; one more makes the quietest go, or waits. macOS gives a process 256 file
/// descriptors.
pub const MAX_CONNECTIONS: usize = 200;

/// How many requests an HTTP/2 connection may have under way.
const MAX_STREAMS: u32 = 64;

/// How much a connection may send ahead of what is read of it, in HTTP/2 and in HTTP/1.1, where it also bounds a head.
const WINDOW_BYTES: u32 = 256 * 1024;
const BUFFER_BYTES: usize = 64 * 1024;

/// How long requests under way may take after the stop signal.
const GRACE: Duration = Duration::from_secs(2);

/// How long after a round of tidying the next one begins.
const TIDY_PAUSE: Duration = Duration::from_secs(1);

/// How long accepting pauses when there are no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why there is no listener.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The port that was asked for is in use.
    #[error("port {port} is in use; choose another one, or none for the next free one")]
    Taken {
        /// The port.
        port: u16,
    },
    /// The system refused for another reason.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Refused {
        /// The port; 0 means any.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
}

/// Listens on 127.0.0.1: on this port (0: any free one), or on [`PREFERRED_PORT`] or the next free one.
pub fn bind(port: Option<u16>) -> Result<TcpListener, BindError> {
    if let Some(port) = port {
        return listen(port);
    }
    (PREFERRED_PORT..=PREFERRED_PORT + NEIGHBOURS)
        .find_map(|port| listen(port).ok())
        .map_or_else(|| listen(0), Ok)
}

fn listen(port: u16) -> Result<TcpListener, BindError> {
    let refused = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => BindError::Taken { port },
        _ => BindError::Refused { port, source },
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    Ok(listener)
}

/// What is open on the port beside the API as AWS offers it to programs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Doors {
    /// The control path, [`CONTROL_PATH`].
    pub admin: bool,
    /// Web pages may call, as they may call AWS.
    pub cors: bool,
}

/// Serves until the stop signal; then requests under way have two seconds to be answered.
///
/// The listener must be non-blocking, as [`bind`] makes it.
pub async fn run(
    listener: TcpListener,
    service: Arc<Service>,
    doors: Doors,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let room = Room::new();
    let mut background = JoinSet::new();
    background.spawn(tidy(Arc::clone(&service)));
    let mut connections = JoinSet::new();
    let mut guests = Guests::default();
    let (mut waiting, mut place_made) = (None::<TcpStream>, false);
    loop {
        if connections.len() < MAX_CONNECTIONS
            && let Some(stream) = waiting.take()
        {
            // Answers are small and waited for.
            let _ = stream.set_nodelay(true);
            let (service, room) = (Arc::clone(&service), room.clone());
            let served = serve(
                stream,
                service,
                doors,
                room,
                guests.welcome(),
                shutdown.clone(),
            );
            connections.spawn(served);
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = connections.join_next() => place_made = false,
            () = guests.make_place(), if waiting.is_some() && !place_made => place_made = true,
            accepted = listener.accept(), if waiting.is_none() => match accepted {
                Ok((stream, _)) => waiting = Some(stream),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    let _ = timeout(ACCEPT_PAUSE, guests.make_place()).await;
                }
            },
        }
    }
    drop(listener);
    let all_answered = async { while connections.join_next().await.is_some() {} };
    // Whoever is still there after the grace is cut off as the set is dropped.
    let _ = timeout(GRACE, all_answered).await;
    Ok(())
}

/// Lets go of what nobody can read any more. Between two slices whoever wants something has a turn.
async fn tidy(service: Arc<Service>) {
    loop {
        while service.tidy() {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(TIDY_PAUSE).await;
    }
}

/// The memory that all connections share.
#[derive(Clone)]
struct Room {
    bodies: Arc<Semaphore>,
    answers: Arc<Semaphore>,
}

impl Room {
    fn new() -> Self {
        Self {
            bodies: Arc::new(Semaphore::new(bodies::SHARED_BYTES)),
            answers: Arc::new(Semaphore::new(answers::SHARED_BYTES)),
        }
    }
}

/// What the requests of a connection have in common.
struct Caller {
    connection: Connection,
    doors: Doors,
    presence: Arc<Presence>,
    own_bodies: Semaphore,
    shared_bodies: Arc<Semaphore>,
    answers: answers::Room,
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    service: Arc<Service>,
    doors: Doors,
    room: Room,
    presence: Arc<Presence>,
    shutdown: CancellationToken,
) {
    let caller = Arc::new(Caller {
        connection: service.connect(),
        doors,
        presence: Arc::clone(&presence),
        own_bodies: Semaphore::new(bodies::OWN_BYTES),
        shared_bodies: room.bodies,
        answers: answers::Room {
            own: Arc::new(Semaphore::new(answers::OWN_BYTES)),
            shared: room.answers,
        },
    });
    let answering = service_fn(move |request| {
        let (service, caller) = (Arc::clone(&service), Arc::clone(&caller));
        async move {
            let under_way = caller.presence.asked();
            let Reply { response, delivery } = answer(&service, &caller, request).await;
            let hold =
                |room: &answers::Room| response.map(|body| Full::new(room.hold(body, under_way)));
            match delivery {
                Delivery::Now => Ok(hold(&caller.answers)),
                Delivery::After(late) => {
                    let held = hold(&caller.answers.apart());
                    tokio::time::sleep(late).await;
                    Ok(held)
                }
                Delivery::Never => Err(ReplyLost),
            }
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(BUFFER_BYTES);
    builder
        .http2()
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES);
    let served = builder.serve_connection(TokioIo::new(stream), answering);
    tokio::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = presence.ended() => return,
        () = shutdown.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection ended early");
    }
}

async fn answer(service: &Service, caller: &Caller, request: Request<Incoming>) -> Reply {
    let (parts, body) = request.into_parts();
    if let Some(why) = foreign(&parts, caller.doors.cors) {
        return plain(StatusCode::FORBIDDEN, why);
    }
    if let Some(response) = pages::preflight(&parts) {
        return Reply::at_once(response);
    }
    let from_page = pages::come_from_one(&parts);
    let mut reply = answer_program(service, caller, parts, body).await;
    if from_page {
        pages::let_read(&mut reply.response);
    }
    reply
}

/// Answers whoever may call at all.
async fn answer_program(service: &Service, caller: &Caller, parts: Parts, body: Incoming) -> Reply {
    // Held until the answer is made.
    let body = match bodies::read(body, &caller.own_bodies, &caller.shared_bodies).await {
        Ok(body) => body,
        Err(Unread::TooLarge) => return plain(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE),
        Err(Unread::TooSlow) => return plain(StatusCode::REQUEST_TIMEOUT, TOO_SLOW),
        Err(Unread::Broken) => return plain(StatusCode::BAD_REQUEST, BROKEN),
    };
    let Some(room) = caller.answers.next().await else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, UNREAD);
    };
    if caller.doors.admin && parts.uri.path() == CONTROL_PATH {
        return Reply::at_once(admin::answer(service, &parts.method, &body.bytes));
    }
    let mut request = Request::from_parts(parts, body.bytes.clone());
    request.extensions_mut().insert(AnswerRoom(room));
    service.call(&caller.connection, request)
}

/// Ends an HTTP/1.1 connection without a byte of answer, and resets the stream of an HTTP/2 request.
#[derive(Debug, thiserror::Error)]
#[error("the reply is lost, as a fault on request says")]
struct ReplyLost;

const TOO_LARGE: &str = "kinesis-lab takes requests of up to 16 MiB.\n";
const TOO_SLOW: &str = "kinesis-lab waited too long for the request's body.\n";
const BROKEN: &str = "kinesis-lab could not read the request's body.\n";
const UNREAD: &str = "kinesis-lab answers when earlier answers on this connection are read.\n";

/// Why a request is not for this server to answer, if it came from a web page or for another host.
fn foreign(parts: &Parts, pages_may_call: bool) -> Option<&'static str> {
    if !pages_may_call && pages::come_from_one(parts) {
        return Some("kinesis-lab does not answer requests from web pages.\n");
    }
    let mut hosts = parts
        .headers
        .get_all(HOST)
        .iter()
        .map(|host| host.to_str().unwrap_or_default())
        .chain(parts.uri.authority().map(|authority| authority.as_str()))
        .peekable();
    let named = hosts.peek().is_some();
    (!named || !hosts.all(is_loopback))
        .then_some("kinesis-lab answers only requests for 127.0.0.1, localhost or [::1].\n")
}

fn is_loopback(host: &str) -> bool {
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|loopback| {
        let Some((name, rest)) = host.split_at_checked(loopback.len()) else {
            return false;
        };
        let port = rest.strip_prefix(':');
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        name.eq_ignore_ascii_case(loopback) && (rest.is_empty() || port.is_some_and(is_port))
    })
}

/// An answer that is none of the API's; it ends its connection, whose next bytes may be anything.
fn plain(status: StatusCode, words: &'static str) -> Reply {
    let mut response = Response::new(Bytes::from_static(words.as_bytes()));
    *response.status_mut() = status;
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    Reply::at_once(response)
}

#[cfg(test)]
mod tests;
