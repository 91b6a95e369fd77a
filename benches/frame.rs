//! How long one frame of 200x60 takes: with full logs and live readers, with the lanes of 64 shards and 16 readers, and with
//! nothing in it.

// The names under which the lab at work knows the library.
use kinesis_lab::{app, kinesis, lesson, view};

#[allow(dead_code, reason = "tests use more of it")]
#[path = "../src/view/tests/lab.rs"]
mod lab;

use divan::Bencher;
use lab::Lab;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const SIZE: (u16, u16) = (200, 60);

fn main() {
    divan::main();
}

fn bench(bencher: Bencher<'_, '_>, lab: &Lab) {
    let backend = TestBackend::new(SIZE.0, SIZE.1);
    let mut terminal = Terminal::new(backend).expect("a terminal");
    bencher.bench_local(|| {
        let drawn = terminal.draw(|frame| view::draw(&lab.model, &lab.look, frame));
        drawn.map(|_| ()).expect("a frame");
    });
}

#[divan::bench]
fn live(bencher: Bencher<'_, '_>) {
    let mut lab = Lab::live(SIZE.0, SIZE.1);
    for n in 0..6_000 {
        let key = format!("user-{}", n % 97);
        lab.program_puts(&key, r#"{"userId":"user","action":"view_page","page":"/"}"#);
    }
    lab.wait(1.1);
    bench(bencher, &lab);
}

/// 64 shards with full lanes, four workers of the lab's and twelve readers of a program; the lanes have the keys.
fn wide() -> Lab {
    let mut lab = Lab::wide(SIZE.0, SIZE.1, 64);
    for n in 0..64 * 600 {
        let key = format!("user-{n}");
        lab.program_puts(&key, r#"{"userId":"user","action":"view_page","page":"/"}"#);
    }
    lab.wait(1.1);
    for shard in 0..12 {
        lab.program_reads(shard * 5, 3);
    }
    lab.key('5');
    lab
}

#[divan::bench]
fn lanes_of_64_shards_and_16_readers(bencher: Bencher<'_, '_>) {
    bench(bencher, &wide());
}

#[divan::bench]
fn the_same_by_time(bencher: Bencher<'_, '_>) {
    let mut lab = wide();
    lab.wait(10.0);
    lab.key('a');
    bench(bencher, &lab);
}

/// Present mode with the same 64 shards.
#[divan::bench]
fn presented_lanes(bencher: Bencher<'_, '_>) {
    let mut lab = wide();
    lab.key('P');
    bench(bencher, &lab);
}

#[divan::bench]
fn presented_page(bencher: Bencher<'_, '_>) {
    let mut lab = Lab::live(SIZE.0, SIZE.1);
    lab.key('P').key('1');
    bench(bencher, &lab);
}

#[divan::bench]
fn empty(bencher: Bencher<'_, '_>) {
    bench(bencher, &Lab::local(SIZE.0, SIZE.1));
}
