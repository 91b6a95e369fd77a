//! Pictures of the reshard dialog: before a call, while a key is typed, and when a split is over.

use crossterm::event::KeyCode;

use super::lab::Lab;
use super::pictures::{picture, snapshot};

/// The family after a split of the first of two shards.
fn after() -> [(u32, bool, Vec<u32>); 4] {
    [
        (0, false, vec![]),
        (1, true, vec![]),
        (2, true, vec![0]),
        (3, true, vec![0]),
    ]
}

#[test]
fn the_dialog_says_what_a_split_will_do_before_it_is_done() {
    let mut lab = Lab::live(80, 24);
    lab.key('R');
    snapshot!("reshard_80x24", lab);
    lab.key('k').keys("alice");
    snapshot!("reshard_key_80x24", lab);
    let mut lab = Lab::live(200, 60);
    lab.key('R').press(KeyCode::Right);
    snapshot!("reshard_200x60", lab);
}

#[test]
fn what_becomes_of_a_split_stands_in_the_dialog() {
    let mut lab = Lab::live(120, 40);
    lab.key('R').press(KeyCode::Enter);
    lab.describe("UPDATING", &[(0, true, vec![]), (1, true, vec![])]);
    lab.wait(0.5).describe("ACTIVE", &after());
    snapshot!("resharded_dialog_120x40", lab);
    lab.key('m');
    snapshot!("reshard_merge_120x40", lab);
}

#[test]
fn the_order_per_key_is_proven_in_the_consumer_panel_and_in_the_dialog() {
    let mut lab = Lab::live(120, 40);
    lab.describe("ACTIVE", &after());
    lab.ends(0);
    lab.program_puts_into(3, "alice").wait(2.0);
    lab.key('3');
    snapshot!("order_held_120x40", lab);
    lab.key('R').describe("ACTIVE", &after());
    snapshot!("order_held_dialog_120x40", lab);
}
