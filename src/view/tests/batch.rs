//! Pictures of batch against stream: before any event, with results on both sides, with an alarm.

use crossterm::event::KeyCode;

use super::lab::{Lab, setup};
use super::pictures::{SIZES, kept};
use super::sizes::sweep;
use crate::app::{ConnectionKind, Pane, Theme};

fn snapshot(name: &str, lab: &Lab) {
    kept(&format!("batch_{name}"), lab);
}

/// A lab in which users act now and then, and one of them suspiciously often.
fn busy(width: u16, height: u16) -> Lab {
    let mut lab = Lab::live(width, height);
    for round in 0..12 {
        let user = ["alice", "bob", "carol", "dave", "erin", "frank", "grace"][round % 7];
        lab.program_puts(user, "{}").wait(2.5);
    }
    for _ in 0..7 {
        lab.program_puts("mallory", "{}").wait(0.7);
    }
    lab
}

#[test]
fn an_hourly_batch_has_nothing_yet_and_says_when_it_will() {
    for (width, height) in SIZES {
        let mut lab = busy(width, height);
        lab.key('B');
        snapshot("hour", &lab);
    }
}

#[test]
fn a_batch_of_seconds_has_what_its_closed_intervals_hold() {
    for (width, height) in SIZES {
        let mut lab = busy(width, height);
        lab.key('B');
        for _ in 0..3 {
            lab.press(KeyCode::Left);
        }
        snapshot("seconds", &lab);
        lab.wait(10.0);
        snapshot("closed", &lab);
    }
}

#[test]
fn before_any_event_it_says_what_to_do() {
    for (width, height) in SIZES {
        let mut lab = Lab::local(width, height);
        lab.key('B');
        snapshot("no_stream", &lab);
        lab.press(KeyCode::Esc)
            .key('D')
            .press(KeyCode::Enter)
            .key('B');
        snapshot("no_event", &lab);
    }
}

#[test]
fn elsewhere_the_events_are_those_that_were_read() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint, (80, 24)));
    lab.key('D').press(KeyCode::Enter);
    lab.key('s').key('c').wait(2.0);
    lab.key('B');
    snapshot("endpoint", &lab);
}

#[test]
fn batch_and_stream_without_colour_and_in_ascii_say_the_same() {
    let mut lab = busy(80, 24);
    lab.model.theme = Theme::Mono;
    lab.key('B').press(KeyCode::Left).press(KeyCode::Left);
    lab.look.colour = false;
    snapshot("mono", &lab);
    lab.look.ascii = true;
    snapshot("ascii", &lab);
}

#[test]
fn batch_against_stream_is_drawn_at_every_size() {
    let mut lab = busy(120, 40);
    lab.key('B');
    sweep(&mut lab, &[Pane::Lesson]);
}
