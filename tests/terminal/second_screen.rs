//! Two terminals: the lab in one, the instructor's notes in the other.

use std::fs;
use std::path::PathBuf;

use super::harness::{Home, Session, eventually, signal};

const SIZE: (u16, u16) = (100, 30);

fn notes(home: &Home) -> Session {
    Session::start(home, &["notes"], SIZE)
}

fn lab(home: &Home) -> Session {
    Session::start(home, &["--port", "0"], SIZE)
}

/// What the running lab tells its second screen.
fn file(home: &Home) -> PathBuf {
    let pid = home.running_pid().expect("a lab runs");
    home.state().join(format!("second-screen/{pid}.json"))
}

#[test]
fn a_page_turn_reaches_the_notes_whichever_side_was_started_first() {
    let home = Home::new();
    let mut notes_first = notes(&home);
    notes_first.wait_for("No lab is running");
    notes_first.wait_for("kinesis-lab present");
    let mut lab = lab(&home);
    notes_first.wait_for("page 1 of");
    lab.wait_for("LOCAL");
    lab.keys("n");
    notes_first.wait_for("Ask first: when will you have all of it?");
    notes_first.wait_for("Unbounded data");
    let mut notes_later = notes(&home);
    notes_later.wait_for("Ask first: when will you have all of it?");
    lab.keys("P");
    notes_later.wait_for("present mode");
    notes_first.keys("q");
    notes_first.assert_left_clean(0);
    notes_later.keys("\x03");
    notes_later.assert_left_clean(0);
}

#[test]
fn a_lab_that_is_killed_is_missed_and_the_next_one_is_followed() {
    let home = Home::new();
    let mut screen = notes(&home);
    let mut first = lab(&home);
    first.wait_for("LOCAL");
    first.keys(":class time\r");
    first.wait_for("Class time");
    first.keys("n");
    screen.wait_for("page 2 of");
    screen.wait_for("left");
    // What was told may be ahead of what is saved.
    eventually("the page is saved", || {
        let saved = fs::read_to_string(home.state().join("progress.json"));
        saved.is_ok_and(|saved| saved.contains("unbounded-data\""))
    });
    signal(&home.running_pid().expect("it runs"), "KILL");
    screen.wait_for("The lab has ended");
    let mut again = lab(&home);
    again.wait_for("LOCAL");
    // The class goes on where it was, and so does its clock.
    screen.wait_for("page 2 of");
    screen.wait_for("left");
    again.keys("n");
    screen.wait_for("page 3 of");
    screen.resize(60, 15);
    screen.wait_for("page 3 of");
    screen.keys("q");
    screen.assert_left_clean(0);
}

#[test]
fn a_damaged_file_is_said_and_the_next_page_turn_heals_it() {
    let home = Home::new();
    let mut lab = lab(&home);
    lab.wait_for("LOCAL");
    let screen = notes(&home);
    screen.wait_for("page 1 of");
    fs::write(file(&home), "\x1b[2J{ no json").expect("written");
    screen.wait_for("cannot be read");
    lab.keys("n");
    screen.wait_for("page 2 of");
}

#[test]
fn of_two_labs_the_newer_one_is_followed_and_that_is_said() {
    let home = Home::new();
    let mut older = lab(&home);
    older.wait_for("LOCAL");
    older.keys("nn");
    let screen = notes(&home);
    screen.wait_for("page 3 of");
    let newer = Session::start(&home, &["--port", "0"], SIZE);
    newer.wait_for("LOCAL");
    screen.wait_for("2 labs run here");
}

#[test]
fn a_lab_of_another_home_is_not_followed() {
    let (home, elsewhere) = (Home::new(), Home::new());
    let lab = lab(&elsewhere);
    lab.wait_for("LOCAL");
    let screen = notes(&home);
    screen.wait_for("No lab is running");
    screen.wait_for("or HOME is not seen from here");
}
