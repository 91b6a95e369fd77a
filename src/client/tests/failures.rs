//! Endpoints that do not answer, or answer nonsense.

use std::time::Duration;

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::client::settings::Remote;

#[tokio::test]
async fn what_is_no_kinesis_answer_is_called_nonsense() {
    let html = "<html>It works!</html>";
    let everything = || {
        [
            Request::ListStreams,
            Request::DescribeStream("clicks".into()),
            Request::CreateStream {
                stream: "clicks".into(),
                shards: 1,
            },
            Request::DeleteStream("clicks".into()),
            changed(StreamChange::Scale { from: 1, to: 2 }),
            put(Sender::You),
            open(StartPosition::Latest),
            read(),
        ]
    };
    for status in [200, 404, 500] {
        let endpoint = Endpoint::new(move |_| (status, "text/html", html.to_owned())).await;
        for request in everything() {
            let asked = format!("{request:?}");
            let found = error(endpoint.client().perform(request).await);
            let expected = CallError::Nonsense {
                why: format!(
                    "http://{} answered HTTP {status} with text/html that cannot be read as an answer of the API",
                    endpoint.address
                ),
            };
            assert_eq!(found, expected, "{asked}");
        }
    }
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_nonsense() {
    let endpoint = Endpoint::saying(json!({})).await;
    for request in [
        Request::DescribeStream("clicks".into()),
        put(Sender::You),
        open(StartPosition::Latest),
    ] {
        let found = error(endpoint.client().perform(request).await);
        assert!(matches!(found, CallError::Nonsense { .. }), "{found:?}");
    }
}

#[tokio::test]
async fn a_list_of_pages_that_never_ends_is_left() {
    let endpoint = Endpoint::new(|request| {
        ok(&match request.operation.as_str() {
            "ListShards" => json!({"Shards": [], "NextToken": "more"}),
            _ => json!({"StreamDescriptionSummary": {
                "StreamName": "clicks",
                "StreamARN": "arn",
                "StreamStatus": "ACTIVE",
                "RetentionPeriodHours": 24,
                "StreamCreationTimestamp": 1,
                "EnhancedMonitoring": [],
                "OpenShardCount": 1,
            }}),
        })
    })
    .await;
    let client = endpoint.client();
    let describing = client.perform(Request::DescribeStream("clicks".into()));
    let answer = tokio::time::timeout(Duration::from_secs(30), describing).await;
    let Ok(Answer::Described {
        result: Ok(described),
        ..
    }) = answer
    else {
        panic!("{answer:?}");
    };
    assert!(described.shards.is_empty());
}

/// Listens, and does with each connection what the test says.
async fn listener<F>(behave: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream));
        }
    });
    address
}

async fn answer_with(mut stream: TcpStream, words: &'static [u8]) {
    let mut request = [0; 64 * 1024];
    let _ = stream.read(&mut request).await;
    let _ = stream.write_all(words).await;
    // Reading on to the end, since closing with bytes unread would reset the connection instead of ending it.
    let _ = stream.shutdown().await;
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
}

/// A client for any URL, unguarded as for `--endpoint-url`, and past any proxy.
async fn remote(url: &str, answer_within: Duration) -> Client {
    let endpoint = Remote::Endpoint {
        url: url.to_owned(),
        region: None,
        profile: None,
    };
    let tls = Provider::Rustls(CryptoMode::Ring);
    let transport = Transport {
        connect_within: LONG,
        answer_within,
        ..Transport::over(Builder::new().tls_provider(tls).build_https())
    };
    let connected = connect(&endpoint, transport).await;
    connected.unwrap().0
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn no_answer_is_told_in_a_sentence() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let silent = listener(async |stream| {
        let _stream = stream;
        std::future::pending().await
    })
    .await;
    let hanging_up = listener(|stream| answer_with(stream, b"")).await;
    let breaking_off = listener(|stream| {
        answer_with(
            stream,
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"Str",
        )
    })
    .await;
    let cases = [
        (
            format!("http://{closed}"),
            LONG,
            format!("nothing listens at http://{closed}"),
        ),
        (
            format!("http://{silent}"),
            Duration::from_millis(300),
            format!("nothing came from http://{silent} within 0.3 s"),
        ),
        (
            format!("http://{hanging_up}"),
            LONG,
            format!("http://{hanging_up} closed the connection without an answer"),
        ),
        (
            format!("http://{breaking_off}"),
            LONG,
            format!(
                "http://{breaking_off} broke the connection off in the middle of its answer (HTTP 200)"
            ),
        ),
        (
            "http://no-such-host.invalid:4566".to_owned(),
            LONG,
            "the host name of http://no-such-host.invalid:4566 is not known here".to_owned(),
        ),
    ];
    for (url, patience, why) in cases {
        let client = remote(&url, patience).await;
        let found = error(client.perform(Request::ListStreams).await);
        // Without a connection nothing was sent: then it is certain that nothing was done.
        let expected = match why.contains("nothing listens") || why.contains("not known here") {
            true => CallError::NotReached { why },
            false => CallError::NoAnswer { why },
        };
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_host_without_tls_or_without_http_is_told_apart() {
    let plain = listener(|stream| answer_with(stream, b"HTTP/1.1 400 Bad Request\r\n\r\n")).await;
    let client = remote(&format!("https://{plain}"), LONG).await;
    let found = error(client.perform(Request::ListStreams).await);
    assert!(
        found.words().starts_with(&format!(
            "no secure connection (TLS) with https://{plain}: "
        )),
        "{found:?}"
    );

    let ssh = listener(|stream| answer_with(stream, b"SSH-2.0-OpenSSH_9.9\r\n")).await;
    let client = remote(&format!("http://{ssh}"), LONG).await;
    let found = error(client.perform(Request::ListStreams).await);
    let why = format!("what answers at http://{ssh} does not speak HTTP");
    assert_eq!(found, CallError::Nonsense { why });
}
