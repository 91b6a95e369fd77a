//! The consumer's workers under load: one is killed, its shard moves, and what comes again is marked.

use super::harness::{Home, Session};

/// The rows of the lease table, as worker and shard.
fn table(text: &str) -> Vec<(String, String)> {
    let rows = text.lines().filter_map(|line| {
        let (_, row) = line.split_once("worker ")?;
        let (worker, rest) = row.split_once(' ')?;
        let (_, rest) = rest.split_once("■ ")?;
        let shard = rest.split_whitespace().next()?;
        worker.parse::<u8>().ok()?;
        Some((worker.to_owned(), shard.to_owned()))
    });
    rows.collect()
}

fn row(worker: &str, shard: &str) -> (String, String) {
    (worker.to_owned(), shard.to_owned())
}

#[test]
fn a_worker_is_killed_under_load_its_shard_moves_and_what_comes_again_is_marked() {
    let home = Home::new();
    let mut lab = Session::start(&home, &["--port", "0"], (80, 24));
    lab.wait_for("page 1 of");
    lab.keys("D\r");
    lab.wait_for("shard 1 ━");
    lab.keys("3W");
    lab.wait_for("2 workers will share the shards");
    lab.keys("+++S");
    lab.wait_for("a second. S stops");
    lab.keys("c");
    lab.wait_until("two workers share the shards", |screen| {
        table(&screen.contents()) == [row("1", "0"), row("2", "1")]
    });
    // Some of what it was given is written down, some is not.
    lab.wait_until("a checkpoint is written, and more is done", |screen| {
        let text = screen.contents();
        let mut rows = text.lines().filter(|line| line.contains("worker 2"));
        rows.any(|row| row.contains('…') && row.contains('+'))
    });
    lab.keys("fx");
    lab.wait_for("is killed");
    lab.wait_for("expires in");
    lab.wait_until("one worker holds both shards", |screen| {
        let rows = table(&screen.contents());
        rows.len() == 2 && rows[0].0 == rows[1].0
    });
    lab.wait_for("came again");
    lab.keys("S ");
    lab.wait_for("frozen");
    lab.keys("q");
    lab.assert_left_clean(0);
}
