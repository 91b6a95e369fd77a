//! One port that speaks HTTP/1.1 and h2c: from a connection to whole requests. Knows nothing of Kinesis.
//!
//! Only this machine is served: the address is loopback, and so must be the host that a request is for, or a page in
//! the learner's browser could drive the lab through a name of its own (DNS rebinding).

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderValue, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::service::{Connection, Service};

/// The port that local Kinesis servers are found at, since kinesalite.
pub const PREFERRED_PORT: u16 = 4567;

/// How many ports after the preferred one are tried before any free one is taken.
const NEIGHBOURS: u16 = 32;

/// The largest body: 10 MiB of records make 14 MB of base64, and keys and names come on top.
pub const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// How many connections are served at once; further ones wait. macOS gives a process 256 file descriptors.
pub const MAX_CONNECTIONS: usize = 200;

/// How many requests an HTTP/2 connection may have under way.
const MAX_STREAMS: u32 = 64;

/// How much memory the bodies of requests under way share. A request that finds no room waits for it.
const BODIES_BYTES: usize = 4 * MAX_BODY_BYTES;

/// How long a body may take to come. It comes from this machine.
const BODY_TIME: Duration = Duration::from_secs(10);

/// How long a connection may ask nothing. SDKs let go of an idle one after 60 to 90 seconds, so that mostly they end it.
const IDLE_TIME: Duration = Duration::from_secs(120);

/// How long requests under way may take after the stop signal.
const GRACE: Duration = Duration::from_secs(2);

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

/// Serves until the stop signal; then requests under way have two seconds to be answered.
///
/// The listener must be non-blocking, as [`bind`] makes it.
pub async fn run(
    listener: TcpListener,
    service: Arc<Service>,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let room = Arc::new(Semaphore::new(BODIES_BYTES));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    // Answers are small and waited for.
                    let _ = stream.set_nodelay(true);
                    let (service, room) = (Arc::clone(&service), Arc::clone(&room));
                    connections.spawn(serve(stream, service, room, shutdown.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
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

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    service: Arc<Service>,
    room: Arc<Semaphore>,
    shutdown: CancellationToken,
) {
    let connection = Arc::new(service.connect());
    let asked = Arc::new(Notify::new());
    let heard = Arc::clone(&asked);
    let answering = service_fn(move |request| {
        heard.notify_one();
        let (service, connection) = (Arc::clone(&service), Arc::clone(&connection));
        let room = Arc::clone(&room);
        async move { Ok::<_, Infallible>(answer(&service, &connection, &room, request).await) }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http2().max_concurrent_streams(MAX_STREAMS);
    let served = builder.serve_connection(TokioIo::new(stream), answering);
    tokio::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = silence(&asked) => return,
        () = shutdown.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection ended early");
    }
}

/// Ends once nothing was asked for [`IDLE_TIME`].
async fn silence(asked: &Notify) {
    while timeout(IDLE_TIME, asked.notified()).await.is_ok() {}
}

async fn answer(
    service: &Service,
    connection: &Connection,
    room: &Semaphore,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    if let Some(why) = foreign(&parts) {
        return plain(StatusCode::FORBIDDEN, why);
    }
    let size = announced(&parts.headers).unwrap_or(MAX_BODY_BYTES);
    if size > MAX_BODY_BYTES {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE);
    }
    // Held until the answer is made. The semaphore is never closed.
    let _held = room.acquire_many(size as u32).await;
    match timeout(BODY_TIME, Limited::new(body, size).collect()).await {
        Ok(Ok(body)) => {
            let request = Request::from_parts(parts, body.to_bytes());
            service.call(connection, request).map(Full::new)
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            plain(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE)
        }
        Ok(Err(_)) => plain(
            StatusCode::BAD_REQUEST,
            "kinesis-lab could not read the request's body.\n",
        ),
        Err(_) => plain(
            StatusCode::REQUEST_TIMEOUT,
            "kinesis-lab waited too long for the request's body.\n",
        ),
    }
}

const TOO_LARGE: &str = "kinesis-lab takes requests of up to 16 MiB.\n";

/// Why a request is not for this server to answer, if it came from a web page or for another host.
fn foreign(parts: &Parts) -> Option<&'static str> {
    if parts.headers.contains_key(ORIGIN) {
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

/// The length of the body, where the request says it.
fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// An answer that is none of the API's; it ends its connection, whose next bytes may be anything.
fn plain(status: StatusCode, words: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(words));
    *response.status_mut() = status;
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

    use super::*;
    use crate::server::Limits;

    fn check(host: &str, loopback: bool) {
        assert_eq!(is_loopback(host), loopback, "{host}");
    }

    #[test]
    fn only_loopback_hosts_are_served() {
        for host in [
            "127.0.0.1",
            "localhost",
            "LocalHost:4567",
            "[::1]",
            "[::1]:80",
            "127.0.0.1:0",
        ] {
            check(host, true);
        }
        for host in [
            "",
            "example.com",
            "127.0.0.1.example.com",
            "localhost.example.com",
            "localhost:x",
            "localhost@example.com",
            "127.0.0.2",
            "0.0.0.0",
            "::1",
            "kinesis.us-east-1.amazonaws.com",
        ] {
            check(host, false);
        }
    }

    #[test]
    fn a_request_must_name_a_host_and_no_origin() {
        let parts = |uri: &str, headers: &[(&str, &str)]| {
            let mut request = Request::post(uri);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            request.body(()).expect("a request").into_parts().0
        };
        assert!(foreign(&parts("/", &[("host", "localhost:1")])).is_none());
        assert!(foreign(&parts("http://127.0.0.1:1/", &[])).is_none());
        assert!(foreign(&parts("/", &[])).is_some());
        assert!(foreign(&parts("http://evil.example/", &[("host", "localhost")])).is_some());
        assert!(
            foreign(&parts(
                "/",
                &[("host", "localhost"), ("host", "evil.example")]
            ))
            .is_some()
        );
        for origin in ["null", "http://localhost:4567", "https://evil.example"] {
            assert!(foreign(&parts("/", &[("host", "localhost"), ("origin", origin)])).is_some());
        }
    }

    #[test]
    fn a_taken_port_is_named_and_the_next_one_found() {
        let taken = bind(Some(0)).expect("a free port");
        let port = taken.local_addr().expect("an address").port();
        let refused = bind(Some(port)).expect_err("taken");
        assert!(refused.to_string().contains(&port.to_string()), "{refused}");
        let refused = BindError::Refused {
            port: 80,
            source: io::ErrorKind::PermissionDenied.into(),
        };
        let told = format!("{:#}", anyhow::Error::from(refused));
        assert_eq!(told, "cannot listen on 127.0.0.1:80: permission denied");
        // Whoever holds the preferred port, two listeners never get the same one.
        let (a, b) = (bind(None).expect("a port"), bind(None).expect("a port"));
        assert_ne!(
            a.local_addr().expect("an address"),
            b.local_addr().expect("an address")
        );
    }

    /// Serves a client that sends these bytes and then only listens.
    async fn listening(room: &Arc<Semaphore>, sent: &str) -> DuplexStream {
        let (mut client, server) = tokio::io::duplex(64 * 1024);
        let service = Arc::new(Service::new(Default::default, &Limits::default()));
        let stop = CancellationToken::new();
        tokio::spawn(serve(server, service, Arc::clone(room), stop));
        client.write_all(sent.as_bytes()).await.expect("sent");
        client
    }

    /// What it is told until the connection ends. The clock of these tests runs only while everything waits.
    async fn told(mut client: DuplexStream) -> String {
        let mut told = String::new();
        let listened = timeout(10 * IDLE_TIME, client.read_to_string(&mut told)).await;
        listened.expect("it ends").expect("text");
        told
    }

    fn enough() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(BODIES_BYTES))
    }

    const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_asks_nothing_is_let_go() {
        for sent in ["", "POST", "GET / HTTP/1.1\r\nHost: localhost\r\n"] {
            assert_eq!(told(listening(&enough(), sent).await).await, "", "{sent:?}");
        }
        let answered = told(listening(&enough(), GET).await).await;
        assert!(answered.starts_with("HTTP/1.1 403"), "{answered}");
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        let mut client = listening(&enough(), preface).await;
        let mut bytes = Vec::new();
        let listened = timeout(10 * IDLE_TIME, client.read_to_end(&mut bytes)).await;
        assert!(listened.is_ok(), "it ends");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
        let sent = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{";
        let answered = told(listening(&enough(), sent).await).await;
        assert!(answered.starts_with("HTTP/1.1 408"), "{answered}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_waits_until_there_is_room_for_it() {
        let room = Arc::new(Semaphore::new(MAX_BODY_BYTES));
        let large = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MAX_BODY_BYTES}\r\n\r\n"
        );
        let large = listening(&room, &large).await;
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(room.available_permits(), 0);
        let small = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
        let mut small = listening(&room, small).await;
        let mut first = [0; 12];
        let waited = timeout(BODY_TIME / 2, small.read_exact(&mut first)).await;
        assert!(waited.is_err(), "there is no room yet");
        assert!(told(large).await.starts_with("HTTP/1.1 408"));
        small.read_exact(&mut first).await.expect("an answer");
        assert_eq!(&first, b"HTTP/1.1 403");
    }

    #[tokio::test(start_paused = true)]
    async fn a_web_page_keeps_no_connection() {
        let page = "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n";
        let told = told(listening(&enough(), page).await).await;
        assert!(told.contains("connection: close"), "{told}");
    }
}
