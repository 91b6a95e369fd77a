//! The lab's own server, moved by the lab's keys: its clock, and a stream that is emptied.

use super::harness::{Home, Session};

const DOWN: &str = "\x1b[B";

/// A lab with a stream of two shards, these many events sent, and its consumer reading.
fn reading(home: &Home, events: usize) -> Session {
    let mut lab = Session::start(home, &["--port", "0"], (120, 40));
    lab.wait_for("page 1 of");
    lab.keys("D\r");
    lab.wait_for("shard 1 ━");
    for sent in 1..=events {
        lab.keys("s");
        lab.wait_for(&format!("you {sent}"));
    }
    lab.keys("c");
    lab.wait_for(&format!("{events} kept"));
    waits_for_read(&lab, events);
    lab
}

/// Waits until the consumer shows so many records of the first shard, where alice's events are.
fn waits_for_read(lab: &Session, records: usize) {
    lab.wait_until("records of shard 0 are read", |screen| {
        let text = screen.contents();
        // Only the consumer's lines have a delay before the shard.
        let read = text
            .lines()
            .filter(|line| line.contains("s  ■ 0") && line.contains("alice"));
        read.count() == records
    });
}

fn leave(mut lab: Session) {
    lab.keys("q");
    lab.assert_left_clean(0);
}

#[test]
fn the_clock_goes_forward_iterators_expire_and_old_records_go() {
    let home = Home::new();
    let mut lab = reading(&home, 1);
    lab.keys("F");
    lab.wait_for("The lab's server");
    lab.keys("\r");
    lab.wait_for("lab time +5 min");
    lab.wait_for("is read again");

    lab.keys("F");
    lab.wait_for("The lab's server");
    lab.keys(DOWN);
    lab.keys("\r");
    lab.wait_for("24 hours forward");
    lab.keys("\r");
    lab.wait_for("lab time +24 h 5 min");
    lab.keys("s");
    lab.wait_for("you 2");
    waits_for_read(&lab, 2);
    assert!(!lab.text().contains("+24h"), "{}", lab.text());

    lab.keys("c");
    lab.wait_for("stopped");
    lab.keys("c");
    waits_for_read(&lab, 1);
    leave(lab);
}

#[test]
fn a_stream_is_emptied_and_stays() {
    let home = Home::new();
    let mut lab = reading(&home, 2);
    lab.keys("D");
    lab.wait_for("the list");
    lab.keys("\x1b[B");
    lab.wait_for("e empties");
    lab.keys("e");
    lab.wait_for("Empty a stream");
    lab.keys("\r");
    lab.wait_for("is empty: 2 records gone");
    lab.wait_for("· 0 records");
    lab.keys("c");
    lab.wait_for("stopped");
    lab.keys("c");
    lab.wait_for("The stream is empty: nothing to read yet");
    lab.keys("s");
    lab.wait_for("1 kept");
    leave(lab);
}
