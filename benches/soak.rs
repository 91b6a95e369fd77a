//! The real binary at 200x60 while a program puts 5,000 records a second into a kept stream of six shards.
//!
//! `cargo bench --bench soak` takes ten minutes beside the build; `cargo bench --bench soak -- 2` takes two.

#[path = "pty/mod.rs"]
mod pty;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pty::{Client, Home, Lab, is_whole, pass, press, row, times};

const SIZE: (u16, u16) = (200, 60);
const MINUTES: u64 = 10;

/// Records of a call, and the time between two calls: 5,000 records a second.
const BATCH: usize = 500;
const BETWEEN: Duration = Duration::from_millis(100);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --benches` runs this as well, and has no use for it.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let asked = arguments.iter().find_map(|argument| argument.parse().ok());
    soak(asked.unwrap_or(MINUTES));
}

fn soak(minutes: u64) {
    let home = Home::new();
    let (mut lab, _) = Lab::start(&home, SIZE, &[]);
    lab.wait_until("the first frame", is_whole);
    let mut client = Client::connect(&lab.address());
    let made = client.call("CreateStream", r#"{"StreamName":"soak","ShardCount":6}"#);
    assert!(made.contains(" 200 "), "{made}");
    lab.wait_for("6 shards");
    lab.keys("c");
    lab.wait_for("reading from");
    let ends = Arc::new(AtomicBool::new(false));
    let load = thread::spawn({
        let ends = Arc::clone(&ends);
        move || put(&mut client, &ends)
    });
    pass(Duration::from_secs(5));
    for minute in 1..=minutes {
        let begun = Instant::now();
        let frames = lab.frames();
        lab.measure(&format!("minute {minute}: without a key"), |_| {
            pass(Duration::from_secs(40));
        });
        let rate = (lab.frames() - frames) as f64 / begun.elapsed().as_secs_f64();
        row("frames", format!("{rate:.1} a second"));
        row("key to screen", times(&mut press(&mut lab)));
        row("resident", lab.resident());
        pass(Duration::from_secs(60).saturating_sub(begun.elapsed()));
    }
    ends.store(true, Ordering::Relaxed);
    let (stored, late) = load.join().expect("the load ends");
    row("records that were put", stored);
    row("calls that went out late", late);
    let count = grouped(stored);
    lab.wait_for(&format!("{count} records"));
    row("records that the lab counts", count);
}

/// Puts until told to end; gives how many records were put, and how many calls went out later than their turn.
fn put(client: &mut Client, ends: &AtomicBool) -> (usize, usize) {
    let data = "A".repeat(200);
    let (mut stored, mut late) = (0, 0);
    let mut next = Instant::now();
    while !ends.load(Ordering::Relaxed) {
        let records: Vec<String> = (0..BATCH)
            .map(|_| {
                let key = fastrand::u32(..);
                format!(r#"{{"PartitionKey":"{key}","Data":"{data}"}}"#)
            })
            .collect();
        let records = records.join(",");
        let body = format!(r#"{{"StreamName":"soak","Records":[{records}]}}"#);
        let (status, answer) = client.ask("PutRecords", &body);
        assert!(status.contains(" 200 "), "{status}");
        stored += answer.matches("SequenceNumber").count();
        next += BETWEEN;
        match next.checked_duration_since(Instant::now()) {
            Some(rest) => pass(rest),
            None => late += 1,
        }
    }
    (stored, late)
}

/// As the lab writes it: 12,345.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
