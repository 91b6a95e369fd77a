//! Pictures of the reshard dialog: before a call, while a key is typed, and when a split is over.

use crossterm::event::KeyCode;

use super::lab::Lab;
use super::pictures::{at_sizes, picture, snapshot};

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
fn the_dialog_says_what_a_change_will_do_before_it_is_done() {
    let open = |width, height| {
        let mut lab = Lab::live(width, height);
        lab.key('R').press(KeyCode::Right);
        lab
    };
    at_sizes("reshard", open);
    for (name, keys) in [("key", "kalice"), ("scale", "n"), ("retain", "h")] {
        at_sizes(&format!("reshard_{name}"), |width, height| {
            let mut lab = open(width, height);
            lab.keys(keys);
            lab
        });
    }
}

#[test]
fn what_becomes_of_a_split_stands_in_the_dialog() {
    let split = |width, height| {
        let mut lab = Lab::live(width, height);
        lab.key('R').press(KeyCode::Enter);
        lab.describe("UPDATING", &[(0, true, vec![]), (1, true, vec![])]);
        lab.wait(0.5).describe("ACTIVE", &after());
        lab
    };
    at_sizes("resharded_dialog", split);
    at_sizes("reshard_merge", |width, height| {
        let mut lab = split(width, height);
        lab.key('m');
        lab
    });
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
