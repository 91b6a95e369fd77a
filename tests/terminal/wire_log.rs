//! The wire log with another program's real calls in it.

use aws_sdk_kinesis::primitives::Blob;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::harness::{Home, Session};
use super::joining::client;

#[tokio::test]
async fn another_program_s_calls_stand_in_the_wire_log_and_are_copied_as_commands() {
    let home = Home::new();
    let mut lab = Session::start(&home, &["--port", "0"], (120, 40));
    lab.wait_for("LOCAL");
    let program = client(&home);
    lab.keys("l");
    lab.wait_for("Wire log");
    let created = program
        .create_stream()
        .stream_name("from-elsewhere")
        .shard_count(1)
        .send();
    created.await.expect("created");
    let put = program
        .put_record()
        .stream_name("from-elsewhere")
        .partition_key("it's zoe")
        .data(Blob::new("\x1b[31mnot for the terminal"))
        .send();
    put.await.expect("put");
    let missing = program
        .describe_stream()
        .stream_name("nowhere")
        .send()
        .await;
    missing.expect_err("there is no such stream");
    lab.wait_for("ResourceNotFoundException");
    lab.keys("/rust#1 put 200");
    lab.wait_until("the one put", |screen| {
        let text = screen.contents();
        text.contains("put 1") && text.contains("PutRecord") && !text.contains("CreateStream")
    });
    lab.keys("\r\r");
    lab.wait_for("\"PartitionKey\": \"it's zoe\"");
    lab.wait_for(r"\u001b[31mnot for the terminal");
    lab.keys("c");
    lab.wait_for("The command is sent to the terminal");
    lab.wait_for("aws kinesis put-record");
    // One by one: two in a row are read as one key with Alt.
    lab.keys("\x1b");
    lab.wait_until("the list", |screen| {
        !screen.contents().contains("aws kinesis put-record")
    });
    lab.keys("\x1b");
    lab.wait_until("the panes", |screen| {
        !screen.contents().contains("Wire log")
    });
    lab.keys("q");
    lab.wait_for("Connected to its server: rust#1");
    lab.keys("q");
    let drawn = String::from_utf8_lossy(&lab.bytes_at_the_end()).into_owned();
    let copied = drawn.split("\x1b]52;c;").nth(1).expect("a copy");
    let copied = copied.split('\x07').next().expect("its end");
    let command = BASE64_STANDARD.decode(copied).expect("base64");
    let command = String::from_utf8(command).expect("text");
    assert!(
        command.starts_with("aws kinesis put-record \\\n    --endpoint-url http://127.0.0.1:"),
        "{command}"
    );
    let end = "--stream-name from-elsewhere \\\n    --partition-key 'it'\\''s zoe' \\\n    \
               --data $'\\033[31mnot for the terminal'";
    assert!(command.ends_with(end), "{command}");
    assert!(
        !drawn.contains("\x1b[31mnot"),
        "the record drives the terminal"
    );
}
