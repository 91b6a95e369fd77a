//! `kinesis-lab rehearse`: the scenes of every built-in module hold on a fresh server, and what does not hold is named.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use kinesis_lab::app::message::{Answer, Request};
use kinesis_lab::client;
use kinesis_lab::server::{self, Doors, Limits, Service};
use tokio_util::sync::CancellationToken;

/// A scene of which everything holds.
const GOOD: &str = r#"
[[scene]]
title = "Two keys"
[[scene.step]]
create = { stream = "demo", shards = 2 }
[[scene.step]]
put = { keys = ["alice", "bob"] }
expect = { records = 2, different_shards = ["alice", "bob"] }
[[scene.step]]
clock = { forward = "25h" }
expect = { trimmed = 2 }
[[scene.step]]
read = {}
expect = { read = 0 }
"#;

fn rehearse(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kinesis-lab"))
        .arg("rehearse")
        .args(arguments)
        .output()
        .expect("it runs")
}

/// A folder with a lesson that has these scenes.
fn lesson(scenes: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "# A Lesson\n\n## Learning Goals\n\n1. One\n";
    fs::write(folder.path().join("lesson.md"), text).expect("writable");
    fs::write(folder.path().join("lab.toml"), scenes).expect("writable");
    folder
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("UTF-8")
}

#[test]
fn the_scenes_of_every_built_in_module_hold() {
    let output = rehearse(&[]);
    let printed = printed(&output);
    assert!(output.status.success(), "{printed}");
    assert!(printed.lines().count() >= 7, "{printed}");
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons");
    let output = rehearse(&[path(&lessons)]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn an_expectation_that_does_not_hold_fails_and_names_scene_and_step() {
    let folder = lesson(&GOOD.replace("records = 2", "records = 3"));
    let output = rehearse(&[path(&folder.path().join("lesson.md"))]);
    let printed = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    let words = "FAILED  A Lesson: Two keys, step 2 (puts alice, bob): records acknowledged: 3 expected, 2 seen.";
    assert!(printed.contains(words), "{printed}");
    // The steps behind it go on, and hold.
    assert_eq!(printed.lines().count(), 1, "{printed}");
}

#[test]
fn what_cannot_be_used_is_said_and_a_lesson_without_scenes_is_none_the_worse() {
    assert_eq!(rehearse(&["nowhere.md"]).status.code(), Some(2));
    let empty = tempfile::tempdir().expect("a folder");
    assert_eq!(rehearse(&[path(empty.path())]).status.code(), Some(2));
    let folder = lesson("");
    let output = rehearse(&[path(folder.path())]);
    assert!(output.status.success() && printed(&output).contains("no scenes"));
    let folder = lesson("[[scene]]\ntitel = \"x\"\n");
    let output = rehearse(&[path(folder.path())]);
    assert_eq!(output.status.code(), Some(1));
    assert!(printed(&output).contains("lab.toml, line 2"), "{output:?}");
}

#[test]
fn on_another_endpoint_clock_and_faults_are_skipped_and_its_streams_are_deleted() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = server::bind(Some(0)).expect("a free port");
    let address = listener.local_addr().expect("an address");
    #[expect(clippy::disallowed_methods, reason = "SDKs sign by this clock")]
    let service = Arc::new(Service::new(chrono::Utc::now, &Limits::default()));
    let stop = CancellationToken::new();
    let serving = runtime.spawn(server::run(
        listener,
        service,
        Doors::default(),
        stop.clone(),
    ));
    let folder = lesson(GOOD);
    let url = format!("http://{address}");
    let output = rehearse(&[path(folder.path()), "--endpoint-url", &url]);
    let printed = printed(&output);
    assert!(output.status.success(), "{printed}");
    assert!(printed.contains("2 of them skipped"), "{printed}");
    let (client, _) = client::connect_embedded(address, "AKIDEXAMPLE");
    let answer = runtime.block_on(client.perform(Request::ListStreams));
    assert!(
        matches!(&answer, Answer::Streams(Ok(names)) if names.is_empty()),
        "{answer:?}"
    );
    stop.cancel();
    runtime
        .block_on(serving)
        .expect("no panic")
        .expect("served");
}
