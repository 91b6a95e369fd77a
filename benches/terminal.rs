//! The real binary in a pseudo-terminal: how soon it stands, how soon a key is seen, what it costs at rest and under load.
//!
//! `cargo bench --bench terminal`; takes two minutes beside the build. Times end when the bytes that make the difference
//! have left the lab; what the terminal emulator of this program takes to read them is not in them.

#[path = "pty/mod.rs"]
mod pty;

use std::time::{Duration, Instant};

use pty::{Client, Home, LAB, Lab, is_whole, pass, press, row, times};

/// Columns and rows: all panes have room.
const SIZE: (u16, u16) = (120, 40);

const STARTS: usize = 20;
const WHILE: Duration = Duration::from_secs(20);

fn main() {
    // `cargo test --benches` runs this as well, and has no use for it.
    if std::env::args().any(|argument| argument == "--bench") {
        starts();
        one_lab();
    }
}

/// How soon a lab stands.
fn starts() {
    let size = std::fs::metadata(LAB).map_or(0, |file| file.len());
    row("the binary", format!("{:.1} MB", size as f64 / 1e6));
    let mut painted = Vec::new();
    let mut answered = Vec::new();
    for _ in 0..STARTS {
        let home = Home::new();
        let (lab, begun) = Lab::start(&home, SIZE, &[]);
        let frame = lab.wait_until("the first frame", is_whole);
        let status = Client::connect(&lab.address()).call("ListStreams", "{}");
        assert!(status.contains(" 200 "), "{status}");
        answered.push(begun.elapsed());
        painted.push(frame - begun);
    }
    row(
        "process start to the first whole frame",
        times(&mut painted),
    );
    row("… to an answer of its server", times(&mut answered));
}

/// One lab, from its start over rest to load.
fn one_lab() {
    let home = Home::new();
    let (mut lab, _) = Lab::start(&home, SIZE, &[]);
    lab.wait_until("the first frame", is_whole);
    pass(Duration::from_secs(2));
    row("resident, two seconds after the start", lab.resident());

    lab.keys("D");
    lab.wait_for("my-first-stream");
    lab.keys("\r");
    lab.wait_for("shard 1 ━");
    lab.keys("sc");
    lab.wait_for("1 kept");
    // What is new stands out for a second.
    pass(Duration::from_secs(3));
    lab.measure("at rest, consumer polling", |_| pass(WHILE));
    lab.measure("at rest, a key now and then", |lab| {
        row("key to screen, at rest", times(&mut press(lab)));
    });

    lab.keys("!");
    lab.wait_for("Ctrl-] back to the lab");
    lab.keys("exec yes 'as fast as it can'\r");
    lab.wait_until("the flood", |screen| {
        screen.contents().matches("as fast as it can").count() > 3
    });
    lab.keys("\x1d");
    lab.wait_for("running");
    pass(Duration::from_secs(3));
    let before = lab.resident();
    lab.measure("beside a program that prints without end", |lab| {
        row("key to screen, beside that program", times(&mut press(lab)));
    });
    row(
        "resident, before and after",
        format!("{before}, {}", lab.resident()),
    );
    lab.keys("!\x03");
    lab.wait_for("The shell has ended");
    // Esc and a key at once would be read as one with Alt.
    lab.keys("\x1b");
    lab.wait_for("▸ 1 Lesson");

    lab.keys("S++++++++");
    lab.wait_for("auto 1,000/s");
    pass(Duration::from_secs(3));
    let (before, begun) = (lab.written(), Instant::now());
    lab.measure("at 1,000 records a second, and keys", |lab| {
        row("key to screen, under load", times(&mut press(lab)));
    });
    lab.measure("at 1,000 records a second", |_| pass(WHILE));
    let rate = (lab.written() - before) as f64 / begun.elapsed().as_secs_f64();
    row("records that were stored", format!("{rate:.0} a second"));
    row("resident, after that", lab.resident());
}
