//! How long one frame of 200x60 takes: with full logs and live readers, and with nothing in it.

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

#[divan::bench]
fn empty(bencher: Bencher<'_, '_>) {
    bench(bencher, &Lab::local(SIZE.0, SIZE.1));
}
