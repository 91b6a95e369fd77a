//! Another program on the lab's stream: a client of its own, with nothing but what `env` prints.

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_kinesis::primitives::Blob;
use aws_smithy_http_client::Builder;

use super::harness::{Home, Session};

/// The value that `env` prints for a variable.
fn variable(script: &str, name: &str) -> String {
    let line = script
        .lines()
        .find(|line| line.contains(&format!(" {name}=")));
    let value = line.and_then(|line| line.split('\'').nth(1));
    value.expect("env prints it").to_owned()
}

/// A client as a program makes it in a shell with those variables.
pub fn client(home: &Home) -> Client {
    let output = home.command(&["env"]).output().expect("it runs");
    let script = String::from_utf8(output.stdout).expect("text");
    let credentials = Credentials::new(
        variable(&script, "AWS_ACCESS_KEY_ID"),
        variable(&script, "AWS_SECRET_ACCESS_KEY"),
        None,
        None,
        "env",
    );
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(variable(&script, "AWS_REGION")))
        .endpoint_url(variable(&script, "AWS_ENDPOINT_URL"))
        .credentials_provider(credentials)
        .http_client(Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

#[tokio::test]
async fn a_program_s_stream_is_selected_and_its_records_are_shown_under_its_name() {
    let home = Home::new();
    let mut lab = Session::start(&home, &["--port", "0"], (120, 40));
    lab.wait_for("LOCAL");
    let program = client(&home);
    let stream = "from-elsewhere";
    let created = program
        .create_stream()
        .stream_name(stream)
        .shard_count(1)
        .send();
    created.await.expect("created");
    lab.wait_for("from-elsewhere");
    let put = program
        .put_record()
        .stream_name(stream)
        .partition_key("zoe")
        .data(Blob::new("\x1b[31mnot for the terminal\x07"))
        .send();
    put.await.expect("put");
    lab.wait_for("rust#1");
    lab.keys("c");
    lab.wait_for("records stay after reading: 1 kept");
    lab.keys("3\r");
    lab.wait_for("shardId-000000000000");
    lab.wait_for("not for the terminal");
    lab.keys("\x1b");
    lab.wait_until("the panel again", |screen| {
        !screen.contents().contains("shardId-")
    });
    lab.keys("q");
    lab.wait_for("Connected to its server: rust#1");
    lab.keys("q");
    let drawn = lab.bytes_at_the_end();
    let raw = b"\x1b[31mnot";
    assert!(
        !drawn.windows(raw.len()).any(|bytes| bytes == raw),
        "the record drives the terminal"
    );
}
