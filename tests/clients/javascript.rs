//! The JavaScript SDK, which speaks HTTP/2 without TLS and opens a connection for each request.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use kinesis_lab::kinesis::feed::FeedEvent;
use libtest_mimic::Trial;

use crate::lab::Lab;
use crate::program::{self, Program, repository, script};

pub fn tests() -> Vec<Trial> {
    vec![program::test(
        "javascript: a lap over h2c, told as HTTP/2 with its connections' ends",
        find(),
        lap,
    )]
}

fn find() -> Result<Program, String> {
    let modules = match std::env::var_os("KINESIS_LAB_NODE_MODULES") {
        Some(modules) => PathBuf::from(modules),
        None => repository().join(".ci/node/node_modules"),
    };
    if !modules.join("@aws-sdk/client-kinesis").is_dir() {
        return Err("no @aws-sdk/client-kinesis, see .ci/run".to_owned());
    }
    let has_node = Command::new("node")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_node {
        return Err("no node".to_owned());
    }
    Ok(Program {
        interpreter: "node".into(),
        environment: vec![("NODE_PATH", modules.to_string_lossy().into_owned())],
    })
}

async fn lap(node: Program) {
    let mut lab = Lab::start();
    let printed = node.run(&script("lap.cjs"), &lab).await;
    assert!(printed.ends_with("all as on AWS\n"), "{printed}");
    let (mut calls, mut ends) = (0, 0);
    // The program has ended; the ends of its last connections may still be on their way.
    while calls == 0 || ends < calls {
        for event in lab.events() {
            match event {
                FeedEvent::Called(call) => {
                    assert!(call.caller.http2, "{call:?}");
                    assert!(call.caller.user_agent.contains("aws-sdk-js"), "{call:?}");
                    calls += 1;
                }
                FeedEvent::Disconnected { .. } => ends += 1,
                _ => {}
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
