//! How long a big lesson takes: 100 KB from its bytes to the first page's lines, 1 MB on one page, and a frame and a
//! search in the middle of it.

// The names under which the lab at work knows the library.
use kinesis_lab::{app, kinesis, lesson, view};

#[allow(dead_code, reason = "tests use more of it")]
#[path = "../src/view/tests/lab.rs"]
mod lab;

use app::ConnectionKind;
use crossterm::event::KeyCode;
use divan::Bencher;
use lab::{Lab, setup};
use lesson::{Highlights, Lesson, Settings};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const SIZE: (u16, u16) = (200, 60);

fn main() {
    divan::main();
}

/// A part of a lesson as they are: prose, a list, a table, code.
fn part(number: usize) -> String {
    format!(
        "### Part {number}\n\nA **shard** is an ordered log of `records`, and each of them has a sequence number that grows; \
         nobody may count on how fast it does. Readers hold positions, and *reading* removes nothing.\n\n\
         - one thing that is said of part {number}\n- another thing, somewhat longer than the one before it, so that it wraps\n\n\
         | Aspect | Batch | Stream |\n|---|---|---|\n| Latency | minutes to hours | seconds or less |\n\n\
         ```python\nfor record in records:\n    print(record[\"SequenceNumber\"], {number})\n```\n\n"
    )
}

/// A lesson of about so many bytes; on many pages, or all on one.
fn text(bytes: usize, one_page: bool) -> String {
    let mut text = "# Big\n\n**Duration**: 10 minutes\n\n## Concepts (10 min)\n\n".to_owned();
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        let part = part(number);
        text += &if one_page {
            part.replace("### ", "#### ")
        } else {
            part
        };
    }
    text
}

fn open(text: &str) -> Lesson {
    lesson::parse(text, &Settings::default())
}

fn lab(bytes: usize, one_page: bool) -> Lab {
    let mut setup = setup(ConnectionKind::Local, SIZE);
    setup.lesson = open(&text(bytes, one_page));
    Lab::start(setup)
}

#[divan::bench]
fn open_100_kb_to_the_first_page(bencher: Bencher<'_, '_>) {
    let text = text(100_000, false);
    bencher.bench_local(|| {
        let bytes = text.as_bytes();
        let lesson = open(&lesson::read(bytes).expect("a lesson"));
        lesson::layout(&lesson.pages[0].blocks, 76, &Highlights::default())
    });
}

#[divan::bench]
fn open_100_kb_on_one_page(bencher: Bencher<'_, '_>) {
    let text = text(100_000, true);
    bencher.bench_local(|| {
        let lesson = open(&text);
        lesson::layout(&lesson.pages[0].blocks, 76, &Highlights::default())
    });
}

#[divan::bench(sample_count = 10)]
fn open_1_mb_on_one_page(bencher: Bencher<'_, '_>) {
    let text = text(1_000_000, true);
    bencher.bench_local(|| {
        let lesson = open(&text);
        lesson::layout(&lesson.pages[0].blocks, 76, &Highlights::default())
    });
}

#[divan::bench]
fn frame_in_the_middle_of_a_page_of_1_mb(bencher: Bencher<'_, '_>) {
    let mut lab = lab(1_000_000, true);
    let middle = lab.model.lesson.lines.len() / 2;
    lab.model.lesson.scroll = middle;
    let backend = TestBackend::new(SIZE.0, SIZE.1);
    let mut terminal = Terminal::new(backend).expect("a terminal");
    bencher.bench_local(|| {
        let drawn = terminal.draw(|frame| view::draw(&lab.model, &lab.look, frame));
        drawn.map(|_| ()).expect("a frame");
    });
}

#[divan::bench(sample_count = 10)]
fn key_in_a_page_of_1_mb(bencher: Bencher<'_, '_>) {
    let mut lab = lab(1_000_000, true);
    bencher.bench_local(|| {
        lab.key('j');
    });
}

#[divan::bench(sample_count = 10)]
fn search_over_1_mb(bencher: Bencher<'_, '_>) {
    let mut lab = lab(1_000_000, true);
    bencher.bench_local(|| {
        lab.keys("/part 300").press(KeyCode::Enter);
        lab.press(KeyCode::Esc);
    });
}
