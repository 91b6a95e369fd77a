//! Resharding under load, with the lab's keys in a pseudo-terminal and a real client beside it: one of two workers is
//! killed meanwhile, every key keeps its order, every record is processed, and the lab's own proof counts them all.
//!
//! The same run goes over the embedded server and over another Kinesis-compatible one, so that nothing leans on ours. That
//! one shows as ignored, with the reason in its name, where it is not installed; `KINESIS_LAB_REQUIRE_CLIENTS=1` makes
//! that a failure. `.ci/run` installs it.

#[path = "../terminal/harness.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod harness;
mod other_server;
mod stream;

use std::process::ExitCode;

use harness::{Home, Session};
use libtest_mimic::{Arguments, Failed, Trial};
use stream::Stream;

/// How many records a client puts before the split, between it and the merge, and after that.
const RECORDS: usize = 150;

/// What the dialog makes of its stream of two shards.
const SPLIT: &str = "Split: 3 shards are open";
const MERGED: &str = "Merged: 2 shards are open";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests = vec![
        Trial::test(
            "a split, a killed worker and a merge under load on the embedded server",
            || {
                let home = Home::new();
                run(&home, &["--port", "0"], None);
                Ok(())
            },
        ),
        other_server::test(
            "a split, a killed worker and a merge under load on kinesalite",
            |address: &str| {
                let home = Home::new();
                run(&home, &["--endpoint-url", address], Some(address));
            },
        ),
    ];
    libtest_mimic::run(&arguments, tests).exit_code()
}

/// The run, over whatever road these arguments lead.
fn run(home: &Home, road: &[&str], address: Option<&str>) {
    let credentials = [
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
    ];
    let variables = if address.is_some() {
        &credentials[..]
    } else {
        &[]
    };
    let mut lab = Session::start_with(home, road, (120, 40), variables);
    lab.wait_for("page 1 of");
    lab.keys("D");
    lab.wait_for("Enter creates it");
    lab.keys("\r");
    lab.wait_for("ACTIVE");
    // Two workers, who share the shards.
    lab.keys("3W");
    lab.keys("c");
    lab.wait_for("reading from TRIM_HORIZON");
    lab.wait_for("worker 2");
    // The lab sends by itself beside the client.
    lab.keys("S+++");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let stream = Stream::at(address, home);
    let load = runtime.spawn(stream.clone().puts());
    runtime.block_on(stream.has_put(RECORDS));

    lab.keys("R");
    lab.wait_for("Reshard my-first-stream");
    lab.wait_for("Enter does it");
    lab.keys("\r");
    lab.wait_for(SPLIT);
    runtime.block_on(stream.has_put(2 * RECORDS));

    // One of them dies; the other goes on from its checkpoints once its leases expire.
    close_the_dialog(&mut lab);
    lab.keys("x");
    lab.wait_for("is killed. Its lease of");
    lab.keys("R");
    lab.wait_for("Reshard my-first-stream");
    // The lowest shard and the one above it, whichever was split.
    lab.keys("m\x1b[A\x1b[A\x1b[A");
    lab.wait_for("which lies right above it");
    lab.keys("\r");
    lab.wait_for(MERGED);
    runtime.block_on(stream.has_put(3 * RECORDS));
    stream.stop();
    runtime.block_on(load).expect("the client goes on");

    close_the_dialog(&mut lab);
    lab.keys("S");
    lab.wait_for("Automatic sending stopped");

    let records = runtime.block_on(stream.read_all());
    records.assert_order_per_key();
    records.assert_holds_every_put(&stream);
    let all = records.count();
    lab.keys("R");
    let proven = format!("order per key held: {} records of", grouped(all));
    lab.wait_for(&proven);
    lab.wait_for("across 1 split and 1 merge");
    close_the_dialog(&mut lab);
    lab.keys("q");
    lab.wait_until("it leaves or asks", |screen| {
        let text = screen.contents();
        text.contains("Leave the lab") || text.contains("all said")
    });
    if lab.text().contains("Leave the lab") {
        lab.keys("q");
    }
    lab.assert_left_clean(0);
}

/// An Esc right before another key would be read as that key with Alt.
fn close_the_dialog(lab: &mut Session) {
    lab.keys("\x1b");
    lab.wait_until("the panels again", |screen| {
        !screen.contents().contains("Reshard my-first-stream")
    });
}

/// A count with its thousands apart, as the lab writes it.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let (head, tail) = digits.split_at(digits.len().saturating_sub(3));
    match head {
        "" => tail.to_owned(),
        head => format!("{head},{tail}"),
    }
}

/// What a panic of a run says.
fn failed(panic: Box<dyn std::any::Any + Send>) -> Failed {
    let words = panic.downcast_ref::<String>().cloned();
    let words = words.or_else(|| {
        panic
            .downcast_ref::<&str>()
            .map(|words| (*words).to_owned())
    });
    Failed::from(words.unwrap_or_default())
}
