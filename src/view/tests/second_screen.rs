//! Pictures of the instructor's second screen, and every size of it.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Modifier;

use super::pictures::line;
use crate::app::second_screen::{Clock, FORMAT, Notes, Phase, Room, Shown, Sight, Unread};
use crate::app::{Message, Theme};
use crate::view::{Look, draw_notes};

const LOOK: Look = Look {
    colour: true,
    ascii: false,
};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_372_800, 0).expect("a time")
}

fn shown() -> Shown {
    let note = "Collect predictions before the first s: which of alice, bob, alice share a shard? Then send, and let \
                the room read the shard from the screen. The usual slip: only one user, so only one shard gets anything.";
    Shown {
        format: FORMAT,
        lesson: "Module 1: What Are Streams?".into(),
        section: "Hands-On: Your First Stream".into(),
        page: (9, 14),
        note: note.into(),
        this: "Step 2 · Run the producer".into(),
        next: "Step 3 · Write the consumer".into(),
        clock: Clock {
            class: true,
            before: 90_000,
            since: Some(start()),
            budget: Some(1_200),
        },
        phase: None,
        room: Room {
            present: true,
            title: "Step 2 · Run the producer".into(),
            lines: (1..=30)
                .map(|row| format!("line {row} of what everybody sees"))
                .collect(),
        },
    }
}

fn notes(sight: Option<Sight>) -> Notes {
    let place = "/home/me/.local/state/kinesis-lab".to_owned();
    let mut notes = Notes::new(place, Theme::Dark, (80, 24), start());
    if let Some(sight) = sight {
        let message = Message::SightChanged(Box::new(sight));
        let _ = notes.update(message, start() + TimeDelta::seconds(408));
    }
    notes
}

fn lab(others: usize, shown: Result<Shown, Unread>) -> Option<Sight> {
    Some(Sight::Lab {
        pid: 4711,
        others,
        shown: shown.map(Box::new),
    })
}

fn drawn(notes: &Notes, look: &Look, (width, height): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("memory");
    terminal
        .draw(|frame| draw_notes(notes, look, frame))
        .expect("memory");
    terminal.backend().buffer().clone()
}

/// The text, and below it each line's runs of bold cells: what stands out.
fn picture(notes: &Notes, look: &Look, size: (u16, u16)) -> String {
    let buffer = drawn(notes, look, size);
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let _ = writeln!(text, "{}|", line(&buffer, y));
    }
    for y in 0..buffer.area.height {
        let bold = |x: &u16| buffer[(*x, y)].modifier.contains(Modifier::BOLD);
        let words: String = (0..buffer.area.width)
            .map(|x| {
                if bold(&x) {
                    buffer[(x, y)].symbol()
                } else {
                    " "
                }
            })
            .collect();
        let words: Vec<&str> = words.split_whitespace().collect();
        if !words.is_empty() {
            let _ = writeln!(text, "bold: {}", words.join(" "));
        }
    }
    text
}

macro_rules! snapshot {
    ($name:literal, $picture:expr) => {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, $picture);
        })
    };
}

#[test]
fn the_note_stands_first_and_what_the_room_sees_below_or_beside_it() {
    let notes = notes(lab(0, Ok(shown())));
    snapshot!("notes_80x24", picture(&notes, &LOOK, (80, 24)));
    snapshot!("notes_200x60", picture(&notes, &LOOK, (200, 60)));
    snapshot!("notes_60x15", picture(&notes, &LOOK, (60, 15)));
}

#[test]
fn over_time_and_a_phase_are_told_and_two_labs_are_said() {
    let mut shown = shown();
    shown.clock.budget = Some(300);
    shown.phase = Some(Phase {
        word: "think".into(),
        at: 484,
        budget: Some(45),
    });
    let notes = notes(lab(1, Ok(shown)));
    let ascii = Look {
        colour: false,
        ascii: true,
    };
    let picture = picture(&notes, &ascii, (80, 24));
    assert!(picture.contains("+3:18 over   think 0:31"), "{picture}");
    assert!(picture.contains("2 labs run here"), "{picture}");
    assert!(picture.is_ascii(), "{picture}");
}

#[test]
fn what_cannot_be_followed_is_said_with_the_way_on() {
    let check = |sight, words: &[&str]| {
        let text = picture(&notes(sight), &LOOK, (80, 24));
        for words in words {
            assert!(text.contains(words), "{words}:\n{text}");
        }
    };
    check(None, &["Looking for a lab"]);
    let where_to_look = "/home/me/.local/state/kinesis-lab";
    check(
        Some(Sight::Nobody),
        &["No lab is running", "kinesis-lab present", where_to_look],
    );
    check(lab(0, Err(Unread::Nothing)), &["A lab is starting"]);
    check(lab(0, Err(Unread::Damaged)), &["cannot be read"]);
    check(
        lab(0, Err(Unread::Version(9))),
        &["another version", "form 9"],
    );
    let mut notes = notes(lab(0, Ok(shown())));
    let gone = Message::SightChanged(Box::new(Sight::Nobody));
    let _ = notes.update(gone, start());
    let text = picture(&notes, &LOOK, (80, 24));
    assert!(text.contains("The lab has ended"), "{text}");
}

#[test]
fn a_note_of_the_longest_length_stands_whole_on_the_smallest_screen() {
    let mut shown = shown();
    shown.note = "four ".repeat(79) + "last.";
    assert_eq!(shown.note.chars().count(), 400);
    let text = picture(&notes(lab(0, Ok(shown))), &LOOK, (60, 15));
    assert!(text.contains("last."), "{text}");
}

#[test]
fn it_is_drawn_at_every_size_and_what_a_file_says_steers_no_terminal() {
    let mut shown = shown();
    shown.note = "\u{1b}[31m東京\u{202e} ".repeat(50);
    shown.room.lines = vec!["\u{1b}]0;x\u{7}".into()];
    shown.clock.before = i64::MIN;
    let notes = notes(lab(0, Ok(shown)));
    for width in (0..=130).chain([250]) {
        for height in (0..=30).chain([80]) {
            let buffer = drawn(&notes, &LOOK, (width, height));
            let text: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
            assert!(!text.contains(char::is_control), "{width}x{height}");
        }
    }
    let text = picture(&notes, &LOOK, (40, 10));
    assert!(text.contains("needs 60x15"), "{text}");
}
