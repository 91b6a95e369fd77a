//! Entering and leaving: whatever ends the lab, the terminal is as it was before.

use std::net::TcpStream;

use super::harness::{Home, Session, eventually, is_alive, signal};

const SIZE: (u16, u16) = (100, 30);

/// A lab that has painted its first frame.
fn lab(home: &Home) -> Session {
    let session = Session::start(home, &["--port", "0"], SIZE);
    session.wait_for("LOCAL");
    session
}

#[test]
fn quitting_leaves_a_clean_terminal() {
    let home = Home::new();
    let mut session = lab(&home);
    session.keys("q");
    session.assert_left_clean(0);
    assert_eq!(
        home.running_pid(),
        None,
        "it has taken its announcement back"
    );
}

#[test]
fn every_signal_that_ends_leaves_a_clean_terminal() {
    for name in ["TERM", "HUP", "INT", "QUIT"] {
        let home = Home::new();
        let session = lab(&home);
        signal(&home.running_pid().expect("it has announced itself"), name);
        session.assert_left_clean(0);
    }
}

/// Only a debug build can be told to panic.
#[test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no switch for it")]
fn a_panic_leaves_a_clean_terminal_and_is_reported_after_it() {
    let home = Home::new();
    let variables = [("KINESIS_LAB_TEST_PANIC", "1")];
    let mut session = Session::start_with(&home, &["--port", "0"], SIZE, &variables);
    session.wait_for("LOCAL");
    session.keys("j");
    let text = session.assert_left_clean(1);
    assert!(text.contains("a test wants this panic"), "{text}");
    assert!(text.contains("Please report this"), "{text}");
}

#[test]
fn a_window_that_is_closed_ends_the_lab() {
    let home = Home::new();
    let mut session = lab(&home);
    let pid = home.running_pid().expect("it has announced itself");
    session.hang_up();
    eventually("the lab's end", || !is_alive(&pid));
    assert_eq!(
        home.running_pid(),
        None,
        "it has taken its announcement back"
    );
}

#[test]
fn the_terminal_is_asked_nothing_and_the_mouse_is_left_alone() {
    let home = Home::new();
    let mut session = lab(&home);
    session.keys("q");
    let drawn = session.bytes_at_the_end();
    let has = |sequence: &str| {
        drawn
            .windows(sequence.len())
            .any(|bytes| bytes == sequence.as_bytes())
    };
    assert!(
        has("\x1b[?1049h") && has("\x1b[?1049l"),
        "the alternate screen is used"
    );
    for (sequence, what) in [
        ("\x1b[6n", "where the cursor is"),
        ("\x1b[c", "what it is"),
        ("\x1b[?u", "its keyboard"),
        ("\x1b[>", "its version, or for other keys"),
        ("\x1b]10;?", "its text colour"),
        ("\x1b]11;?", "its background"),
        ("\x1b[?1000h", "for the mouse"),
        ("\x1b[?1003h", "for every move of the mouse"),
    ] {
        assert!(!has(sequence), "the terminal is asked {what}");
    }
}

#[test]
fn a_running_lab_is_found_by_env_and_answers() {
    let home = Home::new();
    let mut session = lab(&home);
    let output = home.command(&["env"]).output().expect("it runs");
    let script = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = script.lines().next().expect("a line");
    let endpoint = line.split('\'').nth(1).expect("a value");
    let address = endpoint.strip_prefix("http://").expect("a URL");
    let (_, port) = address.split_once(':').expect("a port");
    session.wait_for(&format!(":{port}"));
    assert!(TcpStream::connect(address).is_ok());
    session.keys("q");
    session.assert_left_clean(0);
}

#[test]
fn a_lesson_that_cannot_be_read_is_said_before_the_terminal_is_touched() {
    let home = Home::new();
    let lesson = home.state().with_extension("md");
    std::fs::create_dir_all(lesson.parent().expect("a folder")).expect("made");
    for (bytes, words) in [
        (&b"a\0b"[..], "not a text file"),
        (b"\xff\xfe\xfd", "not valid UTF-8"),
        (b" \n", "is empty"),
    ] {
        std::fs::write(&lesson, bytes).expect("written");
        let session = Session::start(&home, &[&lesson.to_string_lossy()], SIZE);
        let text = session.assert_left_clean(1);
        assert!(text.contains(words), "{text}");
    }
    for (name, words) in [
        (
            "/nowhere/lesson.md",
            "cannot open the lesson /nowhere/lesson.md",
        ),
        ("serev", "neither a command nor"),
    ] {
        let session = Session::start(&home, &[name], SIZE);
        let text = session.assert_left_clean(1);
        assert!(text.contains(words), "{text}");
    }
}
