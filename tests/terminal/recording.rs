//! Recording a run and playing it again, with the real binary.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use super::commands::{complained, printed, run};
use super::harness::{Home, Session, eventually, signal};

/// What stands in each event of the panel, and nowhere else: the time at which it was sent.
const PAYLOAD: &str = r#"\"userId\":\"alice\",\"time\":\"20"#;

/// The recording as text.
fn text(path: &Path) -> String {
    let file = std::fs::File::open(path).expect("it is there");
    let mut text = String::new();
    let mut unzipped = GzDecoder::new(file);
    unzipped.read_to_string(&mut text).expect("it is whole");
    text
}

/// Opens the lab, goes on a page, makes a stream, puts two records, reads them, answers a question and shows a scene.
fn learn(home: &Home, options: &[&str]) -> String {
    let options = [&["--port", "0", "--record", "run.klab"], options].concat();
    let mut lab = Session::start(home, &options, (120, 40));
    lab.wait_for("This run is recorded in run.klab");
    lab.keys("n");
    lab.wait_for("page 2 of");
    lab.keys("D");
    lab.wait_for("my-first-stream");
    lab.keys("\r");
    lab.wait_for("shard 1 ━");
    lab.keys("s");
    lab.wait_for("you 1");
    lab.keys("s");
    lab.wait_for("you 2");
    lab.keys("c");
    lab.wait_for("records stay after reading: 2 kept");
    lab.keys("4a\r");
    lab.wait_for("one more try");
    // A scene on its stage, one step back, and the full lab again.
    lab.keys("P");
    lab.wait_for("P full lab");
    for (key, place) in [(" ", "7 steps"), (" ", "step 1 of"), ("u", "7 steps")] {
        lab.keys(key);
        lab.wait_for(place);
    }
    lab.keys("P");
    lab.wait_for("one more try");
    lab.keys("q");
    lab.assert_left_clean(0)
}

#[test]
fn a_recorded_run_comes_to_the_same_end_and_holds_no_payload_unless_it_is_asked_for() {
    let home = Home::new();
    let told = learn(&home, &[]);
    assert!(told.contains("kinesis-lab replay run.klab"), "{told}");
    let path = home.path().join("run.klab");
    let file = path.to_string_lossy();
    let sizes_only = text(&path);
    assert!(!sizes_only.contains(PAYLOAD), "a payload is in it");
    assert!(!sizes_only.contains(&*home.path().to_string_lossy()));
    let output = run(&home, &["replay", &file, "--check"]);
    let words = printed(&output);
    assert!(output.status.success(), "{words}{}", complained(&output));
    assert!(words.contains("the same end as the run"), "{words}");

    let again = run(&home, &["--plain", "--port", "0", "--record", &file]);
    assert_eq!(again.status.code(), Some(1));
    let why = complained(&again);
    assert!(why.contains("exists already"), "{why}");

    let home = Home::new();
    learn(&home, &["--with-payloads"]);
    let path = home.path().join("run.klab");
    let file = path.to_string_lossy();
    assert!(text(&path).contains(PAYLOAD));
    let output = run(&home, &["replay", &file, "--check"]);
    assert!(output.status.success(), "{}", complained(&output));
}

#[test]
fn a_replay_shows_the_run_in_any_window_and_touches_nothing() {
    let home = Home::new();
    learn(&home, &[]);
    let progress = home.state().join("progress.json");
    let before = std::fs::read(&progress).expect("it was saved");
    let mut replay = Session::start(&home, &["replay", "run.klab"], (120, 40));
    replay.wait_for("REPLAY 00:0");
    replay.keys("G");
    replay.wait_for("the end");
    replay.wait_for("one more try");
    replay.wait_for("you 2");
    // Paused, it stays where it is told to go.
    replay.keys(" g");
    replay.wait_for("REPLAY 00:00 of");
    replay.wait_for("paused");
    replay.wait_for("page 1 of");
    replay.keys("......");
    replay.wait_for("page 2 of");
    replay.keys("G");
    replay.wait_for("the end");
    replay.resize(80, 24);
    replay.wait_for("question 1 of");
    replay.wait_for("q leaves");
    replay.keys("q");
    replay.assert_left_clean(0);
    assert_eq!(std::fs::read(&progress).expect("it is there"), before);
}

#[test]
fn a_lab_that_was_killed_leaves_a_recording_that_is_cut_short_and_says_so() {
    let home = Home::new();
    let options = ["--port", "0", "--record", "run.klab"];
    let mut lab = Session::start(&home, &options, (100, 30));
    lab.wait_for("page 1 of");
    lab.keys("n");
    lab.wait_for("page 2 of");
    let path = home.path().join("run.klab");
    let file = path.to_string_lossy();
    // Within seconds what was done is in the file.
    eventually("the key is on the disk", || {
        let output = run(&home, &["replay", &file, "--check"]);
        let words = printed(&output);
        words.split(' ').next().and_then(|n| n.parse::<u32>().ok()) > Some(1)
    });
    signal(&home.running_pid().expect("it announced itself"), "KILL");
    lab.wait_for("exit code 137");
    let output = run(&home, &["replay", &file, "--check"]);
    assert_eq!(output.status.code(), Some(1));
    let why = complained(&output);
    assert!(why.contains("It is cut short here"), "{why}");
    let mut replay = Session::start(&home, &["replay", "run.klab", "--speed", "64"], (100, 30));
    replay.wait_for("page 2 of");
    replay.wait_for("It is cut short here");
    replay.keys("q");
    replay.assert_left_clean(0);
}

#[test]
fn what_is_no_recording_is_refused_with_what_to_do() {
    let home = Home::new();
    let path = home.path().join("notes.md");
    std::fs::write(&path, "# Notes\n").expect("it can be written");
    let output = run(&home, &["replay", &path.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(1));
    let why = complained(&output);
    assert!(why.contains("not a recording of the lab"), "{why}");
    for line in [
        &["replay"][..],
        &["--with-payloads"],
        &["replay", "a", "--speed", "0"],
    ] {
        assert_eq!(run(&home, line).status.code(), Some(2), "{line:?}");
    }
}
