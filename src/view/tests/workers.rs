//! Pictures of the consumer's workers: sharing, idle, killed, slow, repeating; and their settings.

use crossterm::event::KeyCode;

use super::lab::{Lab, setup};
use super::pictures::{picture, snapshot};
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
fn sharing(size: (u16, u16)) -> Lab {
    let mut lab = stream(4, size);
    lab.keys("WWc").wait(7.2);
    lab.program_puts("alice", r#"{"action":"view_page"}"#)
        .program_puts("bob", r#"{"action":"logout"}"#)
        .wait(1.0);
    lab
}

/// The third of them was killed four seconds ago.
fn killed(size: (u16, u16)) -> Lab {
    let mut lab = sharing(size);
    lab.key('x').wait(4.0);
    lab
}

/// Others have taken its shards, and what came after its checkpoint has come again.
fn taken_over(size: (u16, u16)) -> Lab {
    let mut lab = killed(size);
    lab.wait(9.0);
    lab
}

/// More workers than shards, of which one takes its time.
fn slow_and_idle(size: (u16, u16)) -> Lab {
    let mut lab = stream(2, size);
    lab.key('i').press(KeyCode::Down);
    for _ in 0..8 {
        lab.press(KeyCode::Right);
    }
    lab.press(KeyCode::Esc).keys("WWc").wait(1.2);
    lab
}

#[test]
fn the_lease_table_says_who_holds_what_and_how_far_that_is_written_down() {
    snapshot!("workers_80x24", sharing((80, 24)));
    snapshot!("workers_120x40", sharing((120, 40)));
    snapshot!("workers_200x60", sharing((200, 60)));
}

#[test]
fn a_killed_workers_leases_count_down_until_others_may_take_them() {
    snapshot!("workers_killed_80x24", killed((80, 24)));
    snapshot!("workers_killed_120x40", killed((120, 40)));
    snapshot!("workers_killed_200x60", killed((200, 60)));
}

#[test]
fn what_comes_again_says_so_in_its_line_and_is_counted() {
    let lab = taken_over((80, 24));
    assert_eq!(lab.model.consumer.repeats(), 1);
    snapshot!("workers_again_80x24", lab);
    snapshot!("workers_again_120x40", taken_over((120, 40)));
    snapshot!("workers_again_200x60", taken_over((200, 60)));
}

#[test]
fn what_waits_for_a_slow_worker_stands_in_its_line_and_who_has_no_shard_is_idle() {
    snapshot!("workers_slow_80x24", slow_and_idle((80, 24)));
    snapshot!("workers_slow_120x40", slow_and_idle((120, 40)));
}

#[test]
fn how_the_workers_read_is_set_in_a_dialog_that_says_what_it_costs() {
    let mut lab = slow_and_idle((80, 24));
    lab.key('i');
    snapshot!("reading_80x24", lab);
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
