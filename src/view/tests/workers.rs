//! Pictures of the consumer's workers: sharing, idle, killed, slow, repeating; and their settings.

use crossterm::event::KeyCode;

use super::lab::{Lab, setup};
use super::pictures::{at_sizes, picture, snapshot};
use crate::app::{ConnectionKind, Pane};

/// A lab whose consumer pane has the keys, with a stream of so many shards and records in all of them.
fn stream(shards: u32, size: (u16, u16)) -> Lab {
    let mut lab = Lab::start(setup(ConnectionKind::Local, size));
    lab.key('D');
    for _ in 2..shards {
        lab.press(KeyCode::Right);
    }
    lab.press(KeyCode::Enter).key('3');
    lab.wait(0.5);
    for key in ["alice", "bob", "carol", "dave", "erin", "frank"] {
        lab.program_puts(key, r#"{"action":"login"}"#);
    }
    lab
}

/// Three workers share four shards; the records that came first are written down, two later ones are not.
fn sharing(width: u16, height: u16) -> Lab {
    let mut lab = stream(4, (width, height));
    lab.keys("WWc").wait(7.2);
    lab.program_puts("alice", r#"{"action":"view_page"}"#)
        .program_puts("bob", r#"{"action":"logout"}"#)
        .wait(1.0);
    lab
}

/// The third of them was killed four seconds ago.
fn killed(width: u16, height: u16) -> Lab {
    let mut lab = sharing(width, height);
    lab.key('x').wait(4.0);
    lab
}

/// Others have taken its shards, and what came after its checkpoint has come again.
fn taken_over(width: u16, height: u16) -> Lab {
    let mut lab = killed(width, height);
    lab.wait(9.0);
    lab
}

/// More workers than shards, of which one takes its time.
fn slow_and_idle(width: u16, height: u16) -> Lab {
    let mut lab = stream(2, (width, height));
    lab.key('i').press(KeyCode::Down);
    for _ in 0..8 {
        lab.press(KeyCode::Right);
    }
    lab.press(KeyCode::Esc).keys("WWc").wait(1.2);
    lab
}

#[test]
fn the_lease_table_says_who_holds_what_and_how_far_that_is_written_down() {
    at_sizes("workers", sharing);
}

#[test]
fn a_killed_workers_leases_count_down_until_others_may_take_them() {
    at_sizes("workers_killed", killed);
}

#[test]
fn what_comes_again_says_so_in_its_line_and_is_counted() {
    assert_eq!(taken_over(80, 24).model.consumer.repeats(), 1);
    at_sizes("workers_again", taken_over);
}

#[test]
fn what_waits_for_a_slow_worker_stands_in_its_line_and_who_has_no_shard_is_idle() {
    at_sizes("workers_slow", slow_and_idle);
}

#[test]
fn how_the_workers_read_is_set_in_a_dialog_that_says_what_it_costs() {
    at_sizes("reading", |width, height| {
        let mut lab = slow_and_idle(width, height);
        lab.key('i');
        lab
    });
}

#[test]
fn who_stopped_stands_where_it_stopped_and_goes_on_from_there() {
    let stopped = |width, height| {
        let mut lab = sharing(width, height);
        lab.key('c');
        lab
    };
    at_sizes("workers_stopped", stopped);
    at_sizes("workers_resumed", |width, height| {
        let mut lab = stopped(width, height);
        lab.key('t').press(KeyCode::Up).press(KeyCode::Enter);
        lab.key('c').wait(1.0);
        lab.program_puts("alice", "{}").wait(1.0);
        lab
    });
}

#[test]
fn while_the_endpoint_is_silent_the_workers_keep_their_leases_and_try_again() {
    at_sizes("workers_stalled", |width, height| {
        let mut lab = sharing(width, height);
        lab.silent = true;
        lab.wait(3.0);
        lab
    });
}

#[test]
fn more_shards_than_lines_fold_into_a_line_a_worker_and_the_whole_screen_shows_them() {
    let mut lab = stream(8, (120, 40));
    lab.keys("Wc").wait(2.0);
    snapshot!("workers_folded_120x40", lab);
    lab.key('z');
    assert!(lab.model.zoom && lab.model.focus == Pane::Consumer);
    snapshot!("workers_zoomed_120x40", lab);
}
