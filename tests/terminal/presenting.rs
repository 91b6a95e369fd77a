//! Present mode in a real terminal: opened by its command and by its key, pane by pane, and back.

use super::commands::complained;
use super::harness::{Home, Session};

#[test]
fn p_shows_a_page_and_the_shards_large_and_leads_back_to_the_full_lab() {
    let home = Home::new();
    let mut lab = Session::start(&home, &["--port", "0"], (80, 24));
    lab.wait_for("Next");
    lab.keys("P");
    lab.wait_for("WHAT ARE STREAMS?");
    lab.keys("n");
    lab.wait_for("P full lab");
    lab.wait_for("Unbounded data");
    lab.keys("5");
    lab.wait_for("No stream yet: D creates one");
    lab.keys("D");
    lab.wait_for("Enter creates it");
    lab.keys("\r");
    lab.wait_for("S H A R D  0");
    lab.keys("s");
    lab.wait_for("[alice]");
    lab.keys("P");
    lab.wait_for("LOCAL");
    lab.wait_for("▸ 5 Shards");
    lab.keys("q");
    lab.assert_left_clean(0);
}

#[test]
fn present_opens_the_lab_for_a_room_and_survives_a_window_that_is_too_small() {
    let home = Home::new();
    let mut lab = Session::start(&home, &["present", "--port", "0"], (80, 24));
    lab.wait_for("WHAT ARE STREAMS?");
    lab.resize(40, 10);
    lab.wait_for("this window is");
    lab.resize(200, 60);
    lab.wait_for("P full lab");
    lab.keys("P");
    lab.wait_for("5 Shards");
    lab.keys("q");
    lab.assert_left_clean(0);
}

#[test]
fn present_has_no_meaning_in_lines_and_says_so() {
    let home = Home::new();
    let output = home.command(&["present", "--plain"]).output();
    let output = output.expect("it ran");
    assert_eq!(output.status.code(), Some(2));
    let told = complained(&output);
    assert!(told.contains("--plain has none of"), "{told}");
}
