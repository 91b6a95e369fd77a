//! The whole of Module 3 in one terminal of 80x24, with the lab's own keys and real python and boto3.

use super::harness::Session;
use super::running::go_to;
use super::walking::{answer_all, begin, bottom, gone, predict, ran, run};

/// Chooses the code block so many places on, and runs the command that it is.
fn run_next(lab: &mut Session, places: usize) {
    lab.keys(&"]".repeat(places));
    run(lab);
}

/// Leaves a dialog, and waits until it has gone: what follows Esc at once would be taken for a sequence of it.
fn leave(lab: &mut Session, dialog: &str) {
    lab.keys("\x1b");
    gone(lab, dialog);
}

#[test]
fn module_3_is_walked_from_start_to_end_in_one_small_terminal() {
    // Concepts, page by page, up to the discussion.
    let begun = begin(
        Some("backpressure-and-durability"),
        include_str!("../../lessons/backpressure-and-durability/lesson.md"),
        include_str!("../../lessons/backpressure-and-durability/lab.toml"),
    );
    let Some((_home, mut lab, lesson)) = begun else {
        return;
    };

    // Step 1: a shard refuses what is too much.
    go_to(&mut lab, "page: Step 1", "step 1 of 6");
    predict(&mut lab, "the first refusal closes the shard", "b");
    lab.keys("r");
    lab.wait_for("Run the lesson's code");
    lab.keys("\r");
    ran(&mut lab);
    bottom(&mut lab, "[x] 3 of 3");
    lab.wait_for("records refused");

    // Step 2: what was refused goes again, alone.
    lab.keys("n");
    lab.wait_for("step 2 of 6");
    predict(&mut lab, "it may never end", "d");
    run(&mut lab);
    bottom(&mut lab, "[x] 1 of 1");
    lab.wait_for("the longest pause");

    // Step 3: two shards, by the dialog; keys of one half, then spread ones.
    lab.keys("n");
    lab.wait_for("step 3 of 6");
    predict(&mut lab, "Kinesis moves one of the keys", "a");
    lab.keys("R");
    lab.wait_for("Reshard pressure");
    lab.keys("n");
    lab.wait_for("here by 1 split");
    lab.keys("\r");
    lab.wait_for("Step 3: two shards are open");
    leave(&mut lab, "Reshard pressure");
    run_next(&mut lab, 2);
    bottom(&mut lab, "3 of 100 keys");
    run_next(&mut lab, 1);
    bottom(&mut lab, "[x] 2 of 2");

    // Step 4: a slow worker falls behind; a quick one catches up.
    lab.keys("n");
    lab.wait_for("step 4 of 6");
    predict(&mut lab, "never, while records keep coming", "c");
    lab.keys("t");
    lab.wait_for("Where the consumer starts");
    lab.keys("\x1b[B\r");
    lab.keys("3i");
    lab.wait_for("How the workers read");
    lab.keys("\x1b[B\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C");
    lab.wait_for("works on 5 records a second");
    leave(&mut lab, "How the workers read");
    lab.keys("cS++++");
    lab.wait_for("50 a second");
    lab.keys("1d");
    lab.wait_for("let it catch up");
    lab.keys("\x1b");
    lab.wait_until("the page again", |screen| {
        !screen.contents().contains("let it catch up")
    });
    lab.keys("3i");
    lab.wait_for("How the workers read");
    lab.keys("\x1b[B\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D");
    lab.wait_for("workers take all that comes");
    leave(&mut lab, "How the workers read");
    lab.keys("1");
    bottom(&mut lab, "[x] 1 of 1");
    lab.keys("S");
    lab.wait_for("Automatic sending stopped");
    lab.keys("c");

    // Step 5: the retention goes up, cannot go too low, and goes down behind a clock that was moved.
    lab.keys("n");
    lab.wait_for("step 5 of 6");
    predict(&mut lab, "the newest 1,000", "b");
    run_next(&mut lab, 2);
    bottom(&mut lab, "[x] records are kept for 48 hours");
    run_next(&mut lab, 1);
    bottom(&mut lab, "[x] 20 hours were refused");
    lab.keys("F");
    lab.wait_for("+24 h");
    lab.keys("\x1b[B\r");
    lab.wait_for("Enter moves the clock");
    lab.keys("\r");
    lab.wait_for("lab time +24 h");
    lab.wait_for("step 5 of 6");
    run_next(&mut lab, 1);
    bottom(&mut lab, "[x] 3 of 3");
    lab.wait_for("records gone");

    // Step 6: a crash, and what comes again.
    lab.keys("n");
    lab.wait_for("step 6 of 6");
    predict(&mut lab, "before somebody repairs the checkpoint", "d");
    run_next(&mut lab, 2);
    run_next(&mut lab, 1);
    run_next(&mut lab, 1);
    bottom(&mut lab, "[x] 1 of 1");

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
