//! Scripts about dialogs: what is typed into them, what was said for them, and that they survive what is none of theirs.

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::overlay::Overlay;
use crate::kinesis::ShardId;

#[test]
fn letters_typed_into_the_streams_dialog_are_a_name_and_do_nothing_to_a_stream() {
    let mut lab = Lab::with_stream();
    lab.key('D').keys("fresh-box");
    let Some(Overlay::Streams(dialog)) = &lab.model.overlay else {
        panic!("the dialog is open: {:?}", lab.model.overlay);
    };
    assert_eq!((dialog.cursor, dialog.name.value()), (0, "fresh-box"));
    lab.enter();
    assert!(lab.asks(&Request::CreateStream {
        stream: "fresh-box".into(),
        shards: 2
    }));
}

#[test]
fn a_sentence_that_names_a_dialog_s_key_ends_with_the_dialog() {
    for (key, last) in [
        ('R', KeyCode::Esc),
        ('s', KeyCode::Esc),
        ('c', KeyCode::Esc),
    ] {
        let mut lab = Lab::local();
        lab.key(key);
        assert!(lab.status().contains("Enter creates this one"), "{key}");
        lab.key('x');
        assert!(
            lab.status().contains("Enter creates this one"),
            "while it is open"
        );
        lab.press(last);
        assert_eq!(lab.status(), "", "{key}");
    }
}

#[test]
fn every_dialog_survives_a_change_of_the_terminal_s_size() {
    for key in ["R", "D", "F", "N", "B", "l", "i", "I", "t", "?", ":"] {
        let mut lab = Lab::with_stream();
        if key == "i" || key == "t" {
            lab.key('3');
        }
        let key = if key == "I" { "2i" } else { key };
        lab.keys(key);
        let open = lab.model.overlay.as_ref().map(std::mem::discriminant);
        assert!(open.is_some(), "{key}");
        lab.tell(Message::Resized(80, 24))
            .tell(Message::Resized(200, 60));
        let now = lab.model.overlay.as_ref().map(std::mem::discriminant);
        assert_eq!(now, open, "{key}");
    }
}

#[test]
fn what_the_proof_of_the_order_has_not_seen_read_is_in_every_form_of_it() {
    use crate::app::order::{Order, Spot, words};
    let mut order = Order::default();
    let spot = |number: u32| Spot {
        shard: ShardId::from_index(0),
        number: number.to_string().as_str().into(),
    };
    for number in 0..1_200 {
        order.put(spot(number));
    }
    for number in 0..900 {
        order.read(&format!("key {}", number % 11), spot(number));
    }
    let forms = words(&order).expect("a proof");
    assert!(forms.iter().all(|form| form.contains("300")), "{forms:?}");
    assert!(forms[2].len() <= 70, "{}", forms[2]);
}
