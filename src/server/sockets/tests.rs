//! Connections without sockets, in a time that passes only while everything waits.

use futures_util::FutureExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, advance};

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
    let stranger = |parts| foreign(&parts, false);
    assert!(stranger(parts("/", &[("host", "localhost:1")])).is_none());
    assert!(stranger(parts("http://127.0.0.1:1/", &[])).is_none());
    assert!(stranger(parts("/", &[])).is_some());
    assert!(stranger(parts("http://evil.example/", &[("host", "localhost")])).is_some());
    assert!(
        stranger(parts(
            "/",
            &[("host", "localhost"), ("host", "evil.example")]
        ))
        .is_some()
    );
    for origin in ["null", "http://localhost:4567", "https://evil.example"] {
        let page = parts("/", &[("host", "localhost"), ("origin", origin)]);
        assert!(foreign(&page, false).is_some());
        assert!(foreign(&page, true).is_none());
        let rebound = parts("/", &[("host", "evil.example"), ("origin", origin)]);
        assert!(foreign(&rebound, true).is_some());
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
async fn listening(room: &Room, sent: &str) -> DuplexStream {
    let (mut client, server) = tokio::io::duplex(64 * 1024);
    let service = Arc::new(Service::new(Default::default, &Limits::default()));
    let (guest, stop) = (Guests::default().welcome(), CancellationToken::new());
    tokio::spawn(serve(
        server,
        service,
        Doors::default(),
        room.clone(),
        guest,
        stop,
    ));
    client.write_all(sent.as_bytes()).await.expect("sent");
    client
}

/// What it is told until the connection ends. The clock of these tests runs only while everything waits.
async fn told(mut client: DuplexStream) -> String {
    let mut told = String::new();
    let listened = timeout(10 * presence::IDLE_TIME, client.read_to_string(&mut told)).await;
    listened.expect("it ends").expect("text");
    told
}

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn a_connection_that_asks_nothing_is_let_go() {
    for sent in ["", "POST", "GET / HTTP/1.1\r\nHost: localhost\r\n"] {
        assert_eq!(
            told(listening(&Room::new(), sent).await).await,
            "",
            "{sent:?}"
        );
    }
    let answered = told(listening(&Room::new(), GET).await).await;
    assert!(answered.starts_with("HTTP/1.1 403"), "{answered}");
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let mut client = listening(&Room::new(), preface).await;
    let mut bytes = Vec::new();
    let listened = timeout(10 * presence::IDLE_TIME, client.read_to_end(&mut bytes)).await;
    assert!(listened.is_ok(), "it ends");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up() {
    let sent = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{";
    let answered = told(listening(&Room::new(), sent).await).await;
    assert!(answered.starts_with("HTTP/1.1 408"), "{answered}");
}

/// A request with a body of this length, of which so much is sent.
fn post(announced: usize, sent: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {announced}\r\n\r\n{}",
        " ".repeat(sent)
    )
}

/// Lets everything happen that can happen now.
async fn settle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_body_waits_for_room_and_a_small_one_does_not() {
    let mut room = Room::new();
    room.bodies = Arc::new(Semaphore::new(MAX_BODY_BYTES));
    // What is only announced takes no room from others.
    let announced = listening(&room, &post(MAX_BODY_BYTES, 1)).await;
    settle().await;
    assert_eq!(room.bodies.available_permits(), MAX_BODY_BYTES);
    let large = listening(&room, &post(MAX_BODY_BYTES, 80_000)).await;
    settle().await;
    assert_eq!(room.bodies.available_permits(), 0);
    let mut first = [0; 12];
    let mut small = listening(&room, &post(2, 2)).await;
    small.read_exact(&mut first).await.expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 403");
    let mut waiting = listening(&room, &post(100_000, 80_000)).await;
    settle().await;
    waiting.write_all(&[b' '; 20_000]).await.expect("sent");
    let waited = timeout(Duration::from_secs(5), waiting.read_exact(&mut first)).await;
    assert!(waited.is_err(), "there is no room yet");
    for given_up in [announced, large] {
        assert!(told(given_up).await.starts_with("HTTP/1.1 408"));
    }
    waiting.read_exact(&mut first).await.expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 403");
}

#[tokio::test(start_paused = true)]
async fn a_web_page_keeps_no_connection() {
    let page = "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n";
    let told = told(listening(&Room::new(), page).await).await;
    assert!(told.contains("connection: close"), "{told}");
}

/// Who leaves when places are needed, told by the order of arrival.
async fn makes_place(guests: &mut Guests, arrived: &[Arc<Presence>]) -> Vec<usize> {
    guests.make_place().await;
    let gone = arrived.iter().enumerate().filter(|(_, guest)| {
        let ended = std::pin::pin!(guest.ended());
        ended.now_or_never().is_some()
    });
    gone.map(|(index, _)| index).collect()
}

#[tokio::test(start_paused = true)]
async fn the_quietest_connection_makes_place() {
    let mut guests = Guests::default();
    let started = Instant::now();
    let mut arrived: Vec<_> = (0..3).map(|_| guests.welcome()).collect();
    advance(Duration::from_millis(10)).await;
    let busy = arrived[0].asked();
    drop(arrived[1].asked());
    assert_eq!(makes_place(&mut guests, &arrived).await, [2]);
    assert_eq!(started.elapsed().as_secs(), 1, "it had a second");
    arrived.truncate(2);
    assert_eq!(makes_place(&mut guests, &arrived).await, [1]);
    arrived.truncate(1);
    assert_eq!(started.elapsed().as_secs(), 1);
    // A request under way has longer, unless it ends.
    let waited = timeout(Duration::from_secs(5), guests.make_place()).await;
    assert!(waited.is_err());
    drop(busy);
    assert_eq!(makes_place(&mut guests, &arrived).await, [0]);
    assert_eq!(started.elapsed().as_secs(), 7);
    let stuck = guests.welcome();
    let _busy = stuck.asked();
    assert_eq!(makes_place(&mut guests, &[stuck]).await, [0]);
    assert_eq!(started.elapsed().as_secs(), 17);
    let waited = timeout(Duration::from_secs(1_000), guests.make_place()).await;
    assert!(waited.is_err(), "nobody is left");
}

#[tokio::test(start_paused = true)]
async fn what_a_client_leaves_unread_is_counted_until_it_is_gone() {
    let everyone = Room::new().answers;
    let room = || answers::Room {
        own: Arc::new(Semaphore::new(answers::OWN_BYTES)),
        shared: Arc::clone(&everyone),
    };
    let guest = Guests::default().welcome();
    let (hostile, polite) = (room(), room());
    let whole = answers::SHARED_BYTES / 4;
    assert_eq!(hostile.next().await, Some(whole));
    let unread = hostile.hold(vec![0; whole].into(), guest.asked());
    assert_eq!(
        hostile.next().await,
        None,
        "this connection has to read first"
    );
    let less = polite.next().await.expect("others are served");
    assert_eq!(less, (answers::SHARED_BYTES - whole) / 4);
    // More than everyone has is counted as all there is.
    let more = polite.hold(vec![0; 2 * answers::SHARED_BYTES].into(), guest.asked());
    assert_eq!(room().next().await, Some(0));
    drop((unread, more));
    assert_eq!(hostile.next().await, Some(whole));
    assert_eq!(polite.next().await, Some(whole));
}
