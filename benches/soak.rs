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
    let mut memory = Memory::default();
    for minute in 1..=minutes {
        let begun = Instant::now();
        let frames = lab.frames();
        lab.measure(&format!("minute {minute}: without a key"), |lab| {
            for _ in 0..40 {
                pass(Duration::from_secs(1));
                memory.looked(minute, lab.megabytes());
            }
        });
        let rate = (lab.frames() - frames) as f64 / begun.elapsed().as_secs_f64();
        row("frames", format!("{rate:.1} a second"));
        row("key to screen", times(&mut press(&mut lab)));
        memory.looked(minute, lab.megabytes());
        row("resident", memory.of(minute));
        pass(Duration::from_secs(60).saturating_sub(begun.elapsed()));
    }
    row("resident from the second minute on", memory.trend());
    ends.store(true, Ordering::Relaxed);
    let (stored, late) = load.join().expect("the load ends");
    row("records that were put", stored);
    row("calls that went out late", late);
    let count = grouped(stored);
    lab.wait_for(&format!("{count} records"));
    row("records that the lab counts", count);
}

/// Resident memory in MB, and the minute in which that was: a store that merges goes up and down.
#[derive(Default)]
struct Memory(Vec<(u64, f64)>);

impl Memory {
    fn looked(&mut self, minute: u64, megabytes: Option<f64>) {
        self.0
            .extend(megabytes.map(|megabytes| (minute, megabytes)));
    }

    fn of(&self, minute: u64) -> String {
        let of_it = self.0.iter().filter(|(in_it, _)| *in_it == minute);
        span(of_it.map(|(_, megabytes)| *megabytes))
    }

    /// The span behind the first minute, in which buffers fill, and the straight line that lies closest to it.
    fn trend(&self) -> String {
        let later: Vec<(f64, f64)> = self
            .0
            .iter()
            .filter(|(minute, _)| *minute > 1)
            .map(|(minute, megabytes)| (*minute as f64, *megabytes))
            .collect();
        let count = later.len() as f64;
        let (minutes, all) = later
            .iter()
            .fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        let (middle, mean) = (minutes / count, all / count);
        let rise: f64 = later.iter().map(|it| (it.0 - middle) * (it.1 - mean)).sum();
        let run: f64 = later.iter().map(|it| (it.0 - middle).powi(2)).sum();
        let span = span(later.iter().map(|(_, megabytes)| *megabytes));
        match run > 0.0 {
            true => format!("{span}, {:+.1} MB a minute by least squares", rise / run),
            false => span,
        }
    }
}

/// From the least to the most.
fn span(megabytes: impl Iterator<Item = f64> + Clone) -> String {
    let least = megabytes.clone().reduce(f64::min);
    match (least, megabytes.reduce(f64::max)) {
        (Some(least), Some(most)) => format!("{least:.0} to {most:.0} MB"),
        _ => "only measured where there is a /proc".to_owned(),
    }
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
