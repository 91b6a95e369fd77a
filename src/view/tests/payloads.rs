//! Pictures of records that are no text: what the KPL packed, what it packed and somebody damaged, other bytes.

use crossterm::event::KeyCode;

use super::lab::Lab;
use super::pictures::{SIZES, kept};
use crate::kinesis::aggregated::aggregate;

/// A lab whose newest records are one of the KPL, one of it that is damaged, and other bytes, in this order.
fn lab(width: u16, height: u16) -> Lab {
    let mut lab = Lab::live(width, height);
    let users = ["alice", "bob", "carol"];
    let events: Vec<(&str, String)> = (0..12)
        .map(|n| {
            (
                users[n % 3],
                format!(r#"{{"userId":"{}","visit":{n}}}"#, users[n % 3]),
            )
        })
        .collect();
    let records: Vec<(&str, &[u8])> = events
        .iter()
        .map(|(key, data)| (*key, data.as_bytes()))
        .collect();
    let packed = aggregate(&records);
    let mut damaged = packed.clone();
    damaged[20] ^= 1;
    let bytes: Vec<u8> = (0..=255).collect();
    for data in [packed, damaged, bytes] {
        lab.program_puts("alice", &data).wait(1.1);
    }
    lab.key('3');
    lab
}

fn snapshot(name: &str, lab: &Lab) {
    kept(&format!("payload_{name}"), lab);
}

#[test]
fn what_is_no_text_is_told_as_such_and_shown_safely() {
    for (width, height) in SIZES {
        let mut lab = lab(width, height);
        snapshot("bytes_in_list", &lab);
        lab.press(KeyCode::Enter);
        snapshot("bytes", &lab);
        lab.press(KeyCode::Left);
        snapshot("damaged", &lab);
        lab.press(KeyCode::Left);
        snapshot("aggregated", &lab);
        lab.press(KeyCode::Esc);
        snapshot("aggregated_in_list", &lab);
    }
}
