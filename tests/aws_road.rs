//! The road to AWS, end to end through the real SDK: only the HTTP client is replaced, by one that stands for AWS.
//!
//! Each case runs in a process of its own, since what is shown is how the learner's environment and files are obeyed.

use std::fs;
use std::future::Future;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use chrono::DateTime;
use http::Uri;
use kinesis_lab::app::message::{Put, ReaderId, Sender};
use kinesis_lab::app::{Answer, Connection, ConnectionKind, Request};
use kinesis_lab::client::settings::{self, Options};
use kinesis_lab::client::{self, Client, ConnectError, Transport};
use kinesis_lab::kinesis::{CallError, StartPosition};
use kinesis_lab::server::{Limits, Service};

/// What stands for AWS: Kinesis is the embedded one, STS knows one account, nobody is signed in to SSO.
#[derive(Clone)]
struct Cloud {
    kinesis: Arc<Service>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A request as it would have left the machine.
#[derive(Debug, Clone)]
struct Seen {
    uri: String,
    authorization: String,
    session_token: Option<String>,
    user_agent: String,
}

impl std::fmt::Debug for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cloud")
    }
}

impl Cloud {
    fn new() -> Self {
        let clock = || DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        Self {
            kinesis: Arc::new(Service::new(clock, &Limits::without_rates())),
            seen: Arc::default(),
        }
    }

    fn http(&self) -> SharedHttpClient {
        let cloud = self.clone();
        http_client_fn(move |_, _| SharedHttpConnector::new(cloud.clone()))
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }

    fn answer(&self, request: http::Request<SdkBody>) -> Option<http::Response<Bytes>> {
        let host = request.uri().host()?.to_owned();
        if host.starts_with("kinesis.") {
            let request = request.map(|body| Bytes::copy_from_slice(body.bytes().unwrap_or(&[])));
            return Some(self.kinesis.call(&self.kinesis.connect(), request).response);
        }
        if host.starts_with("sts.") {
            let identity = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/learner</Arn>\
                <UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
                </GetCallerIdentityResponse>";
            return Some(http::Response::new(Bytes::from_static(identity.as_bytes())));
        }
        if host.starts_with("portal.sso.") {
            let refusal = r#"{"message":"Session token not found or invalid"}"#;
            return http::Response::builder()
                .status(401)
                .header("x-amzn-errortype", "UnauthorizedException")
                .body(Bytes::from_static(refusal.as_bytes()))
                .ok();
        }
        None
    }
}

impl HttpConnector for Cloud {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name: &str| request.headers().get(name).map(str::to_owned);
        self.seen.lock().expect("not poisoned").push(Seen {
            uri: request.uri().to_owned(),
            authorization: header("authorization").unwrap_or_default(),
            session_token: header("x-amz-security-token"),
            user_agent: header("user-agent").unwrap_or_default(),
        });
        let answer = request
            .try_into_http1x()
            .ok()
            .and_then(|request| self.answer(request))
            .and_then(|answer| HttpResponse::try_from(answer.map(SdkBody::from)).ok());
        HttpConnectorFuture::ready(
            answer.ok_or_else(|| ConnectorError::io("no such host in this cloud".into())),
        )
    }
}

/// Says to the process that it is the inner one.
const INSIDE: &str = "KINESIS_LAB_TEST_INSIDE";

/// Runs the case in a process with these variables and nothing else, its home the given folder.
fn in_environment(
    test: &str,
    home: &Path,
    variables: &[(&str, &str)],
    case: impl Future<Output = ()>,
) {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        return runtime.block_on(case);
    }
    let output = Command::new(std::env::current_exe().expect("this test has a path"))
        .args(["--exact", "--nocapture", test])
        .env_clear()
        .env(INSIDE, "yes")
        .env("HOME", home)
        // Nobody asks the machine's own cloud, should the tests run in one.
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().copied())
        .output()
        .expect("the inner test starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{complaint}"
    );
}

/// A home with this `~/.aws/config`.
fn home(config: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir(home.path().join(".aws")).expect("a folder");
    fs::write(home.path().join(".aws/config"), config).expect("a file");
    home
}

async fn connect(cloud: &Cloud, options: Options) -> Result<(Client, Connection), ConnectError> {
    connect_over(Transport::over(cloud.http()), options).await
}

async fn connect_over(
    transport: Transport,
    options: Options,
) -> Result<(Client, Connection), ConnectError> {
    let remote = settings::resolve(&options, |name| std::env::var(name).ok())
        .expect("these settings are sound")
        .expect("they lead away from this machine");
    client::connect(&remote, transport).await
}

fn aws() -> Options {
    Options {
        aws: true,
        ..Options::default()
    }
}

async fn streams(client: &Client) -> Result<Vec<String>, CallError> {
    match client.perform(Request::ListStreams).await {
        Answer::Streams(streams) => streams,
        other => panic!("not a list: {other:?}"),
    }
}

#[test]
fn a_stream_lives_and_dies_on_aws_under_the_credentials_of_the_environment() {
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ),
        ("AWS_SESSION_TOKEN", "the-session"),
        ("AWS_REGION", "us-east-1"),
    ];
    in_environment(
        "a_stream_lives_and_dies_on_aws_under_the_credentials_of_the_environment",
        home("").path(),
        &variables,
        whole_life(),
    );
}

async fn whole_life() {
    let cloud = Cloud::new();
    let (client, connection) = connect(&cloud, aws()).await.expect("a region is set");
    let expected = Connection {
        kind: ConnectionKind::Aws,
        address: "https://kinesis.us-east-1.amazonaws.com".into(),
        region: "us-east-1".into(),
        profile: None,
        own_access_key: String::new(),
    };
    assert_eq!(connection, expected);

    let Answer::Account(account) = client.perform(Request::IdentifyAccount).await else {
        panic!("not an account")
    };
    assert_eq!(account.as_deref(), Ok("123456789012"));

    let stream = "my-first-stream".to_owned();
    let create = Request::CreateStream {
        stream: stream.clone(),
        shards: 2,
    };
    let Answer::Created { result, .. } = client.perform(create).await else {
        panic!("not created")
    };
    assert_eq!(result, Ok(()));
    assert_eq!(streams(&client).await, Ok(vec![stream.clone()]));

    let describe = Request::DescribeStream(stream.clone());
    let Answer::Described { result, .. } = client.perform(describe).await else {
        panic!("not described")
    };
    let description = result.expect("it exists");
    assert_eq!(description.status, "ACTIVE");
    assert_eq!(description.shards.len(), 2);
    assert!(description.shards.iter().all(|shard| shard.open));

    let put = Request::PutRecord(Put {
        id: 1,
        by: Sender::You,
        stream: stream.clone(),
        key: "alice".into(),
        data: "{\"page\":1}".into(),
        hash_key: None,
    });
    let Answer::Sent { result, .. } = client.perform(put).await else {
        panic!("not sent")
    };
    let (shard, sequence) = result.expect("it is stored");

    let reader = ReaderId {
        run: 1,
        index: 0,
        turn: 0,
    };
    let open = Request::OpenIterator {
        reader,
        stream: stream.clone(),
        shard,
        start: StartPosition::TrimHorizon,
    };
    let Answer::Opened { result, .. } = client.perform(open).await else {
        panic!("not opened")
    };
    let read = Request::GetRecords {
        reader,
        iterator: result.expect("an iterator"),
        limit: 10,
    };
    let Answer::Read { result, .. } = client.perform(read).await else {
        panic!("not read")
    };
    let batch = result.expect("a page");
    let [record] = &batch.records[..] else {
        panic!("one record: {batch:?}")
    };
    assert_eq!(record.sequence, sequence);
    assert_eq!(
        (record.key.as_str(), record.data.as_slice()),
        ("alice", &b"{\"page\":1}"[..])
    );
    assert!(batch.next.is_some());

    let Answer::Deleted { result, .. } = client.perform(Request::DeleteStream(stream)).await else {
        panic!("not deleted")
    };
    assert_eq!(result, Ok(()));
    assert_eq!(streams(&client).await, Ok(Vec::new()));

    let mut agents = std::collections::BTreeSet::new();
    for call in cloud.seen() {
        let uri: Uri = call.uri.parse().expect("a URI");
        let service = match uri.host().expect("a host") {
            "kinesis.us-east-1.amazonaws.com" => "kinesis",
            "sts.us-east-1.amazonaws.com" => "sts",
            other => panic!("a call went to {other}"),
        };
        assert_eq!(uri.scheme_str(), Some("https"));
        assert!(
            call.authorization
                .starts_with("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/")
                && call
                    .authorization
                    .contains(&format!("/us-east-1/{service}/aws4_request"))
                && call.authorization.contains("Signature="),
            "{call:?}"
        );
        assert_eq!(call.session_token.as_deref(), Some("the-session"));
        let agent = call
            .user_agent
            .split(' ')
            .find(|word| word.starts_with("app/"));
        agents.insert(agent.expect("an app name").to_owned());
    }
    let expected = ["app/kinesis-lab-panel", "app/kinesis-lab-worker"];
    assert_eq!(agents.into_iter().collect::<Vec<_>>(), expected);
}

const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
];

const REDIRECTING_PROFILE: &str = "
[profile work]
region = eu-west-1
aws_access_key_id = AKIAPROFILE
aws_secret_access_key = secret
endpoint_url = http://localhost:4567
services = local

[services local]
kinesis =
  endpoint_url = http://localhost:4568
sts =
  endpoint_url = http://localhost:4569
";

#[test]
fn the_named_profile_signs_beside_keys_in_the_environment_and_cannot_redirect() {
    in_environment(
        "the_named_profile_signs_beside_keys_in_the_environment_and_cannot_redirect",
        home(REDIRECTING_PROFILE).path(),
        &KEYS,
        async {
            let cloud = Cloud::new();
            let options = Options {
                profile: Some("work".into()),
                ..aws()
            };
            let (client, connection) = connect(&cloud, options).await.expect("it has a region");
            assert_eq!(
                connection.address,
                "https://kinesis.eu-west-1.amazonaws.com"
            );
            assert_eq!(connection.profile.as_deref(), Some("work"));
            assert_eq!(streams(&client).await, Ok(Vec::new()));
            client.perform(Request::IdentifyAccount).await;
            let [kinesis, sts] = &cloud.seen()[..] else {
                panic!("two calls: {:?}", cloud.seen())
            };
            assert_eq!(kinesis.uri, "https://kinesis.eu-west-1.amazonaws.com/");
            assert_eq!(sts.uri, "https://sts.eu-west-1.amazonaws.com/");
            for call in [kinesis, sts] {
                assert!(
                    call.authorization.contains("Credential=AKIAPROFILE/"),
                    "{call:?}"
                );
            }
        },
    );
}

#[test]
fn an_endpoint_gets_dummy_credentials_unless_a_profile_is_named() {
    in_environment(
        "an_endpoint_gets_dummy_credentials_unless_a_profile_is_named",
        home(REDIRECTING_PROFILE).path(),
        &KEYS,
        async {
            for (profile, region, key) in [
                (None, "us-east-1", "kinesis-lab"),
                (Some("work"), "eu-west-1", "AKIAPROFILE"),
            ] {
                let cloud = Cloud::new();
                let options = Options {
                    endpoint_url: Some("http://kinesis.example:4566".into()),
                    profile: profile.map(str::to_owned),
                    ..Options::default()
                };
                let (client, connection) = connect(&cloud, options).await.expect("an address");
                assert_eq!(connection.kind, ConnectionKind::Endpoint);
                assert_eq!(connection.address, "http://kinesis.example:4566");
                assert_eq!(connection.region, region);
                assert_eq!(streams(&client).await, Ok(Vec::new()));
                let [call] = &cloud.seen()[..] else {
                    panic!("one call: {:?}", cloud.seen())
                };
                assert_eq!(call.uri, "http://kinesis.example:4566/");
                let scope = format!("Credential={key}/");
                assert!(call.authorization.contains(&scope), "{call:?}");
                assert!(
                    call.authorization.contains(&format!("/{region}/kinesis/")),
                    "{call:?}"
                );
            }
        },
    );
}

#[test]
fn an_endpoint_elsewhere_is_reached_through_the_proxy_of_the_environment() {
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", proxy.local_addr().expect("bound"));
    std::thread::spawn(move || -> std::io::Result<usize> {
        let (mut stream, _) = proxy.accept()?;
        let mut request = [0; 8 * 1024];
        let length = stream.read(&mut request)?;
        let asked = String::from_utf8_lossy(&request[..length]);
        assert!(
            asked.starts_with("POST http://kinesis.example:4566/ HTTP/1.1\r\n"),
            "{asked}"
        );
        let body = r#"{"StreamNames":["through-the-proxy"],"HasMoreStreams":false}"#;
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}"
        )?;
        // Reading on to the end, since closing with bytes unread would reset the connection.
        stream.shutdown(Shutdown::Write)?;
        stream.read_to_end(&mut Vec::new())
    });
    in_environment(
        "an_endpoint_elsewhere_is_reached_through_the_proxy_of_the_environment",
        home("").path(),
        &[("HTTP_PROXY", &url)],
        async {
            let options = Options {
                endpoint_url: Some("http://kinesis.example:4566".into()),
                ..Options::default()
            };
            let transport = Transport::to_anywhere();
            let (client, _) = connect_over(transport, options).await.expect("an address");
            assert_eq!(
                streams(&client).await,
                Ok(vec!["through-the-proxy".to_owned()])
            );
        },
    );
}

#[test]
fn aws_without_a_region_is_refused_before_any_call() {
    in_environment(
        "aws_without_a_region_is_refused_before_any_call",
        home("").path(),
        &KEYS,
        async {
            let cloud = Cloud::new();
            let refused = connect(&cloud, aws()).await.expect_err("no region");
            assert_eq!(refused, ConnectError::NoRegion);
            assert!(refused.to_string().contains("--region"));
            assert!(cloud.seen().is_empty());
        },
    );
}

/// The token of somebody who signed in long ago, where the AWS command line keeps it: under the SHA-1 of the start URL.
const OLD_TOKEN: (&str, &str) = (
    ".aws/sso/cache/7377e82004c017d627d7348cacd973870d0d9f18.json",
    r#"{"accessToken":"old","expiresAt":"2020-01-01T00:00:00Z","startUrl":"https://lab.awsapps.com/start"}"#,
);

#[test]
fn credentials_that_cannot_be_had_are_told_with_how_to_sign_in() {
    let home = home(
        "
[profile sso]
region = eu-west-1
sso_start_url = https://lab.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = learner
[profile empty]
region = eu-west-1
",
    );
    let (file, token) = OLD_TOKEN;
    fs::create_dir_all(home.path().join(".aws/sso/cache")).expect("a folder");
    fs::write(home.path().join(file), token).expect("a file");
    in_environment(
        "credentials_that_cannot_be_had_are_told_with_how_to_sign_in",
        home.path(),
        &[],
        async {
            for (profile, advice) in [
                (Some("sso"), "`aws sso login --profile sso`"),
                (Some("empty"), "`aws sso login --profile empty`"),
                (Some("missing"), "`aws sso login --profile missing`"),
                (
                    None,
                    "no AWS credentials were found; name a profile with --profile",
                ),
            ] {
                let cloud = Cloud::new();
                let options = Options {
                    profile: profile.map(str::to_owned),
                    region: Some("eu-west-1".into()),
                    ..aws()
                };
                let (client, _) = connect(&cloud, options).await.expect("a region");
                let kept = streams(&client).await.expect_err("no credentials");
                assert!(matches!(kept, CallError::KeptBack { .. }), "{kept:?}");
                assert!(kept.words().contains(advice), "{kept:?}");
                let seen = cloud.seen();
                assert!(
                    !seen.iter().any(|call| call.uri.contains("kinesis")),
                    "{seen:?}"
                );
            }
        },
    );
}

#[test]
fn the_key_that_is_refused_on_aws_is_the_one_that_env_prints() {
    assert_eq!(
        settings::DUMMY_ACCESS_KEY,
        kinesis_lab::cli::environment::DUMMY_KEY
    );
}
