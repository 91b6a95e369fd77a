//! The whole of Module 2 in one terminal of 80x24, with the lab's own keys and real python and boto3.

use super::running::go_to;
use super::walking::{answer_all, begin, bottom, gone, predict, ran};

const DOWN: &str = "\x1b[B";
const RIGHT: &str = "\x1b[C";
const INTERRUPT: &str = "\x03";
const TO_THE_PROGRAM_AND_BACK: &str = "\x1d";

#[test]
fn module_2_is_walked_from_start_to_end_in_one_small_terminal() {
    // Concepts, page by page, up to the discussion.
    let begun = begin(
        Some("producers-and-consumers"),
        include_str!("../../lessons/producers-and-consumers/lesson.md"),
        include_str!("../../lessons/producers-and-consumers/lab.toml"),
    );
    let Some((_home, mut lab, lesson)) = begun else {
        return;
    };

    // Step 1: predict, then four customers by the script, which creates the stream.
    go_to(&mut lab, "page: Step 1", "step 1 of 5");
    predict(&mut lab, "1, 0, 0, 1", "b");
    lab.keys("r");
    lab.wait_for("Run the lesson's code");
    lab.keys("\r");
    ran(&mut lab);
    bottom(&mut lab, "[x] 3 of 3");
    lab.wait_for("You said b");

    // Step 2: one batch from the panel, set in its form.
    lab.keys("n");
    lab.wait_for("step 2 of 5");
    predict(&mut lab, "success, with an error at that one record", "d");
    lab.keys("2i");
    lab.wait_for("How S and b send");
    lab.keys(DOWN);
    lab.keys(&RIGHT.repeat(3));
    lab.wait_for("uniform: 1,000");
    lab.keys(DOWN);
    lab.keys(&RIGHT.repeat(2));
    lab.wait_for("100 records");
    lab.keys("\x1b");
    gone(&lab, "How S and b send");
    lab.keys("b");
    lab.wait_for("you 100");
    lab.wait_for("written 100");
    lab.keys("1");
    bottom(&mut lab, "[x] 2 of 2");

    // Step 3: two readers in one program; an event is sent while they read.
    lab.keys("n");
    lab.wait_for("step 3 of 5");
    predict(&mut lab, "every second event from now on", "b");
    lab.keys("r");
    lab.wait_for("A read 104: 104 in all");
    lab.keys(TO_THE_PROGRAM_AND_BACK);
    lab.wait_for("s send");
    lab.keys("s");
    lab.wait_for("Sent: key alice");
    lab.keys(TO_THE_PROGRAM_AND_BACK);
    lab.wait_for("B read 1: 1 in all");
    lab.keys(INTERRUPT);
    ran(&mut lab);
    bottom(&mut lab, "[x] 1 of 1");
    lab.wait_for("one read 105 records, another 1");

    // Step 4: two workers, one is killed, and a third finds nothing to do.
    lab.keys("n");
    lab.wait_for("step 4 of 5");
    predict(&mut lab, "at TRIM_HORIZON, to be on the safe side", "b");
    lab.keys("3c");
    lab.wait_for("worker 1");
    lab.keys("W");
    lab.wait_for("Handed over: worker 2 takes shard");
    lab.keys("x");
    lab.wait_for("Worker 2 is killed");
    lab.wait_for("one was killed, and another took its shard over");
    lab.keys("W");
    lab.wait_for("Worker 2 joins");
    lab.keys("W");
    lab.wait_for("Predict first?");
    lab.keys("c");
    lab.wait_for("worker 3");
    lab.keys("1");
    bottom(&mut lab, "[x] 3 of 3");

    // Step 5: shard 1 is split, and bob's next event is read after it.
    lab.keys("n");
    lab.wait_for("step 5 of 5");
    lab.keys("R");
    lab.wait_for("Predict first?");
    lab.keys("a");
    lab.wait_for("Reshard orders");
    lab.keys(DOWN);
    lab.wait_for("0xc0000000");
    lab.keys("\r");
    lab.wait_for("3 shards are open");
    lab.keys("\x1b");
    gone(&lab, "Reshard orders");
    lab.keys("p");
    lab.wait_for("▸ 2 Producer");
    lab.keys("bob\r");
    lab.keys("s");
    lab.wait_for("bob is in shard 2");
    lab.wait_for("Step 5 is done");
    lab.keys("1");
    bottom(&mut lab, "[x] 2 of 2");
    lab.wait_for("shard 1 to its end, then shard 2");

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

    answer_all(&mut lab, &lesson);
    lab.keys("qq");
    lab.assert_left_clean(0);
}
