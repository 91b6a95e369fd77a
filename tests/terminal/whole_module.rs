//! The whole of Module 1 in one terminal of 80x24, with the lab's own keys and real python and boto3.

use super::running::go_to;
use super::walking::{answer_all, begin, bottom, predict, ran, run};

#[test]
fn module_1_is_walked_from_start_to_end_in_one_small_terminal() {
    // Concepts, page by page; a note in the discussion.
    let begun = begin(
        None,
        include_str!("../../lessons/what-are-streams/lesson.md"),
        include_str!("../../lessons/what-are-streams/lab.toml"),
    );
    let Some((_home, mut lab, lesson)) = begun else {
        return;
    };
    lab.keys("\r");
    lab.wait_for("Esc leaves the field");
    lab.keys("invoices end, visits to our shop do not");
    lab.wait_for("our shop do not");
    lab.keys("\x1b");
    lab.wait_for(&format!("page 7 of {}", lesson.pages.len()));

    // Step 1: the script is taken into the work folder.
    go_to(&mut lab, "page: Step 1", "step 1 of 5");
    lab.keys("w");
    lab.wait_for("[x] 1 of 1");

    // Step 2: predict, run, see what came.
    lab.keys("n");
    lab.wait_for("step 2 of 5");
    predict(&mut lab, "it depends on which shard is emptier", "b");
    lab.keys("r");
    lab.wait_for("Run the lesson's code");
    lab.keys("\r");
    lab.wait_for("✓ exit 0");
    lab.keys("\x1b");
    lab.wait_for("Next");
    bottom(&mut lab, "[x] 3 of 3");
    lab.wait_for("py#1");

    // Steps 3 and 4.
    lab.keys("n");
    lab.wait_for("step 3 of 5");
    lab.keys("w");
    lab.wait_for("[x] 1 of 1");
    lab.keys("n");
    lab.wait_for("step 4 of 5");
    predict(&mut lab, "in the order of the keys", "a");
    run(&mut lab);
    bottom(&mut lab, "[x] 1 of 1");

    // Step 5: the same records again, other users, LATEST, a record in full, two workers; by the panels and by a script.
    lab.keys("n");
    lab.wait_for("step 5 of 5");
    predict(&mut lab, "with the same numbers", "d");
    lab.keys("r");
    lab.wait_for("Predict first?");
    lab.keys("b");
    ran(&mut lab);
    bottom(&mut lab, "[x] events of four users");
    lab.keys("c");
    lab.wait_for("[x] the same records came twice");
    lab.wait_for("[x] a later read brought newer events");
    lab.keys("t");
    lab.wait_for("LATEST");
    lab.keys("\x1b[B\r");
    lab.wait_for("Predict first?");
    lab.keys("a");
    bottom(&mut lab, "it came back empty; now put one");
    lab.keys("s");
    lab.wait_for("[x] LATEST brought nothing");
    lab.keys("3");
    lab.wait_for("Enter opens");
    lab.keys("\x1b[A\r");
    lab.wait_for("shardId-");
    lab.keys("\x1b");
    lab.wait_until("the panel again", |screen| {
        !screen.contents().contains("shardId-")
    });
    lab.keys("W1");
    lab.wait_for("step 5 of 5");
    bottom(&mut lab, "[x] two workers");
    lab.wait_for("[x] a record was opened");
    lab.wait_for("[x] 6 of 6");

    // Cleanup, in the dialog.
    go_to(&mut lab, "page: Cleanup", "Cleanup");
    lab.keys("D");
    lab.wait_for("the list");
    lab.keys("\x1b[B");
    lab.wait_for("x deletes");
    lab.keys("x");
    lab.wait_for("Enter");
    lab.keys("\r");
    lab.wait_for("It is gone, and its records with it");
    bottom(&mut lab, "[x] the stream is gone");

    // The checkpoint, certain of each answer.
    answer_all(&mut lab, &lesson);
    lab.keys("qq");
    lab.assert_left_clean(0);
}
