//! The lesson's own scripts and a shell, in the terminal inside the lab: with real python and boto3 where they are.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use kinesis_lab::lesson::{self, Settings};

use super::harness::{Home, Session, eventually, is_alive, signal};

/// Turns a missing client into a failure.
const REQUIRED: &str = "KINESIS_LAB_REQUIRE_CLIENTS";

/// A PATH whose `python3` has boto3: that of the repository's environment, or the system's. `None` where there is none,
/// unless it is required.
pub fn path_with_boto3() -> Option<String> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".venv/bin");
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", own.display());
    let probe = "import boto3; assert tuple(map(int, boto3.__version__.split('.')[:2])) >= (1, 28)";
    let probed = Command::new("python3")
        .args(["-c", probe])
        .env("PATH", &path)
        .stderr(Stdio::null())
        .status();
    let found = probed.is_ok_and(|status| status.success());
    let required = std::env::var_os(REQUIRED).is_some_and(|value| value == "1");
    assert!(found || !required, "no python3 with boto3, see .ci/run");
    if !found {
        eprintln!("not run: no python3 with boto3, see .ci/run");
    }
    found.then_some(path)
}

pub fn go_to(lab: &mut Session, step: &str, shown: &str) {
    lab.keys(":");
    lab.wait_for("Commands");
    lab.keys(step);
    lab.wait_for(step);
    lab.keys("\r");
    lab.wait_for(shown);
}

#[test]
fn the_lesson_s_scripts_run_where_they_stand() {
    let Some(path) = path_with_boto3() else {
        return;
    };
    let home = Home::new();
    let variables = [("PATH", path.as_str())];
    let mut lab = Session::start_with(&home, &["--port", "0"], (80, 24), &variables);
    lab.wait_for("page 1 of");
    go_to(&mut lab, "page: Step 2", "step 2 of");
    lab.keys("r");
    lab.wait_for("Predict first?");
    lab.keys("b");
    lab.wait_for("Run the lesson's code");
    lab.wait_for("kinesis_producer.py first, from the lesson");
    lab.keys("\r");
    lab.wait_for("✓ exit 0");
    lab.wait_for("alice");
    lab.keys("\x1b");
    lab.wait_for("step 2 of");
    lab.keys("]");
    lab.wait_for("r run here");
    lab.wait_for("◂ py#1: ");
    lab.wait_for("PutRecord");

    // The next one is not asked for again.
    go_to(&mut lab, "page: Step 4", "step 4 of");
    lab.keys("r");
    lab.wait_for("Predict first?");
    lab.keys("a");
    lab.wait_for("✓ exit 0");
    lab.keys("\x1b");
    lab.wait_for("step 4 of");
    lab.keys("]");
    lab.wait_for("GetRecords");
    go_to(&mut lab, "page: Step 3", "step 3 of");
    lab.keys("w");
    lab.wait_for("It is there already, byte for byte");

    let text = include_str!("../../lessons/what-are-streams/lesson.md");
    let lesson = lesson::parse(text, &Settings::default());
    let files: Vec<_> = lesson.pages.iter().flat_map(lesson::files).collect();
    assert!(!files.is_empty());
    for file in files {
        let path = home
            .path()
            .join("kinesis-lab/what-are-streams")
            .join(file.name);
        let written = std::fs::read(path).expect("it was written");
        assert_eq!(written, file.source.as_bytes(), "{}", file.name);
    }
    lab.keys("qq");
    lab.assert_left_clean(0);
}

#[test]
fn a_shell_is_set_up_for_the_lab_and_ends_with_it() {
    let home = Home::new();
    let work = home.path().join("work");
    let arguments = ["--port", "0", "--work", work.to_str().expect("a path")];
    let mut lab = Session::start_with(&home, &arguments, (80, 24), &[("SHELL", "/bin/sh")]);
    lab.wait_for("page 1 of");
    lab.keys("!");
    lab.wait_for("Ctrl-] back to the lab");
    lab.keys("echo \"<$AWS_ACCESS_KEY_ID>\"; echo $AWS_ENDPOINT_URL_KINESIS; pwd; echo $$ > pid\r");
    lab.wait_for("<kinesis-lab-run-1>");
    lab.wait_for("http://127.0.0.1:");
    // A program without end leaves the keys to the lab.
    lab.keys("yes | cat -n\r");
    lab.wait_until("a flood", |screen| screen.contents().contains("999"));
    lab.keys("\x1d");
    lab.wait_for("page 1 of");
    lab.keys("?");
    lab.wait_for("next page or step");
    lab.keys("\x1b");
    lab.wait_for("page 1 of");
    lab.keys("!");
    lab.wait_for("Ctrl-] back to the lab");
    lab.keys("\x03");
    lab.keys("echo still\\ here\r");
    lab.wait_for("still here");

    let pid_file = work.join("pid");
    let pid = std::fs::read_to_string(pid_file).expect("it was written");
    let pid = pid.trim().to_owned();
    assert!(is_alive(&pid));
    signal(&home.running_pid().expect("it runs"), "TERM");
    lab.assert_left_clean(0);
    eventually("the end of the shell", || !is_alive(&pid));
}
