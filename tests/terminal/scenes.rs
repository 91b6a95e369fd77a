//! Scenes of Module 1 in a real terminal: a step with Space, back with u, anew with R; the stage's server is a real one.

use super::harness::{Home, Session};

/// A lab in present mode with the scene of the first page that has one.
fn on_stage(home: &Home) -> Session {
    let mut lab = Session::start(home, &["present", "--port", "0"], (80, 24));
    lab.wait_for("WHAT ARE STREAMS?");
    lab.keys(" ");
    lab.wait_for("creates doors with 1 shard");
    lab
}

#[test]
fn the_first_scene_counts_what_comes_goes_back_and_begins_anew() {
    let home = Home::new();
    let mut lab = on_stage(&home);
    lab.keys(" ");
    lab.wait_for("step 1 of 7");
    lab.wait_for("puts 5 records of door-1");
    lab.keys(" ");
    lab.wait_for("5 stored");
    lab.wait_for("reads from TRIM_HORIZON");
    lab.keys(" ");
    lab.wait_for("5 read");
    lab.wait_for("asks the room a question");
    lab.keys(" ");
    lab.wait_for("When is this count complete?");
    lab.keys(" ");
    lab.wait_for("8 read");
    let hidden = lab.text();
    assert!(!hidden.contains("Somebody may always come"), "{hidden}");
    // Back: a stage made anew, on which the three more are not put yet.
    lab.keys("u");
    lab.wait_for("step 4 of 7");
    lab.wait_for("sequence numbers");
    lab.wait_for("5 read");
    lab.wait_for("puts 3 records");
    lab.keys(" ");
    lab.wait_for("8 read");
    lab.wait_for("reveals the answer");
    lab.keys(" ");
    lab.wait_for("Somebody may always come");
    // An answer is taken back where it stands.
    lab.keys("u");
    lab.wait_for("step 5 of 7");
    lab.wait_for("8 read");
    lab.keys("  ");
    lab.wait_for("The scene is over");
    lab.keys("R");
    lab.wait_for("creates doors with 1 shard");
    lab.wait_for("7 steps");
    lab.resize(40, 10);
    lab.wait_for("this window is");
    lab.resize(80, 24);
    lab.wait_for("creates doors with 1 shard");
    lab.keys(" ");
    lab.wait_for("puts 5 records of door-1");
    // The learner's own panels have no stream.
    lab.keys("P");
    lab.wait_for("LOCAL");
    lab.wait_for("not there yet");
    lab.keys("q");
    lab.assert_left_clean(0);
}

#[test]
fn the_last_scene_shows_that_latest_lies_behind_the_newest_record() {
    let home = Home::new();
    let mut lab = on_stage(&home);
    for scene in 2..=7 {
        lab.keys("]");
        lab.wait_for(TITLES[scene - 2]);
        lab.wait_for("creates ");
    }
    lab.keys(" ");
    lab.wait_for("puts alice, bob");
    lab.keys(" ");
    lab.wait_for("asks the room a question");
    lab.keys(" ");
    lab.wait_for("reads from LATEST");
    lab.keys(" ");
    lab.wait_for("0 read");
    lab.wait_for("puts carol");
    lab.keys(" ");
    lab.wait_for("[carol] fresh news");
    let read = lab.text();
    assert!(!read.contains("old news"), "{read}");
    lab.keys("u");
    lab.wait_for("step 4 of 7");
    lab.wait_for("0 read");
    lab.wait_for("puts carol");
    lab.keys(" ");
    lab.wait_for("[carol] fresh news");
    lab.wait_for("reveals the answer");
    lab.keys(" ");
    lab.wait_for("LATEST is the place behind");
    lab.keys("R");
    lab.wait_for("creates news with 1 shard");
    // There is no scene behind the last one.
    lab.keys("]");
    lab.wait_for("there is no other");
    lab.keys("q");
    lab.assert_left_clean(0);
}

/// The titles of the scenes behind the first.
const TITLES: [&str; 6] = [
    "An event: what must it tell?",
    "Batch against stream",
    "From the key to the shard",
    "Order across shards",
    "Reading does not remove",
    "LATEST is not the newest record",
];
