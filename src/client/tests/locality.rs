//! A local lab stays local, whatever the learner's environment says and whatever mistake is made above the guard.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

use super::*;

/// Stands where the network would be: remembers what reaches it and answers with an empty object.
#[derive(Debug, Clone, Default)]
struct Network {
    reached: Arc<Mutex<Vec<String>>>,
}

impl Network {
    fn client(&self) -> SharedHttpClient {
        let network = self.clone();
        http_client_fn(move |_, _| SharedHttpConnector::new(network.clone()))
    }
}

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.reached.lock().unwrap().push(request.uri().to_owned());
        let ok = 200.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(ok, SdkBody::from("{}"))))
    }
}

#[tokio::test]
async fn a_local_lab_pointed_elsewhere_by_mistake_sends_nothing() {
    let network = Network::default();
    let guarded = || Transport::over(loopback::only(network.client()));
    for host in [
        "kinesis.us-east-1.amazonaws.com",
        "localhost:4567",
        "192.0.2.1",
    ] {
        let (client, _) = local(format!("https://{host}"), "own-key", guarded());
        let found = error(client.perform(put(Sender::You)).await);
        let host = host.trim_end_matches(":4567");
        let why = format!("a local lab sends nothing beyond this machine, and {host} is beyond it");
        assert_eq!(found, CallError::KeptBack { why });
    }
    assert!(network.reached.lock().unwrap().is_empty());

    let (client, _) = local("http://127.0.0.1:4567".into(), "own-key", guarded());
    client.perform(Request::ListStreams).await;
    assert_eq!(*network.reached.lock().unwrap(), ["http://127.0.0.1:4567/"]);
}

/// Set in the process that the next test starts with the environment of somebody who works with AWS.
const INSIDE: &str = "KINESIS_LAB_TEST_INSIDE";

#[test]
fn proxies_profiles_and_keys_of_the_environment_do_not_draw_a_local_lab_away() {
    if std::env::var_os(INSIDE).is_some() {
        return tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(calls_go_to_the_embedded_server_alone());
    }
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let url = format!("http://{}", trap.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let profiles = folder.path().join("config");
    fs::write(
        &profiles,
        format!(
            "[profile work]\nregion = eu-west-1\nendpoint_url = {url}\ncredential_process = false\n"
        ),
    )
    .unwrap();
    let mut inside = Command::new(std::env::current_exe().unwrap());
    inside
        .args(["--exact", "--nocapture"])
        .arg("client::tests::locality::proxies_profiles_and_keys_of_the_environment_do_not_draw_a_local_lab_away")
        .env(INSIDE, "yes")
        .env("AWS_CONFIG_FILE", &profiles)
        .env("AWS_PROFILE", "work")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env(
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        )
        .env("AWS_SESSION_TOKEN", "token");
    for variable in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_KINESIS",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ] {
        inside.env(variable, &url);
    }
    inside.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = inside.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
    let caught = trap.accept().map(drop);
    assert!(caught.is_err(), "something called the trap");
}

async fn calls_go_to_the_embedded_server_alone() {
    let endpoint = Endpoint::saying(json!({"StreamNames": [], "HasMoreStreams": false})).await;
    let (client, connection) = connect_embedded(endpoint.address, "own-key");
    assert_eq!(connection.kind, ConnectionKind::Local);
    assert_eq!(connection.region, "us-east-1");
    let Answer::Streams(streams) = client.perform(Request::ListStreams).await else {
        panic!("not a list")
    };
    assert_eq!(streams, Ok(Vec::new()));
    let [call] = &endpoint.seen()[..] else {
        panic!("one call")
    };
    assert!(
        call.authorization.contains("Credential=own-key/"),
        "{}",
        call.authorization
    );
    assert!(
        call.authorization.contains("/us-east-1/kinesis/"),
        "{}",
        call.authorization
    );
    assert!(
        !call.authorization.contains("x-amz-security-token"),
        "{}",
        call.authorization
    );

    let account = error(client.perform(Request::IdentifyAccount).await);
    assert!(matches!(account, CallError::KeptBack { .. }));
}
