//! The page of a step in its states: what is predicted, what was seen of it, hints, and what lies over it.

use super::lab::{Lab, setup};
use super::pictures::{SIZES, kept};
use crate::app::{ConnectionKind, Message, Theme};
use crate::lesson;
use crossterm::event::KeyCode;

const LESSON: &str = "# Module 1: What is a river?\n\n## Goals\n\nTo see one.\n\n## Hands-On: boats (20 min)\n\n\
    ### Step 1: Launch\n\nPut three boats on the water: two of alice's, one of bob's.\n\n\
    ```bash\npython boats.py\n```\n\n### Step 2: Watch\n\nLook at them.\n";

const LAB: &str = r#"
[[step]]
title = "Launch"
hints = [
  "Three boats are wanted, from two people.",
  "s sends what the producer panel shows, p edits it.",
  "Press s; then p, type bob, Enter, s.",
]
[[step.predict]]
ask = "You send an event for carol, who is new here. Which shard gets it?"
options = ["shard 0", "shard 1", "the emptier one", "whichever answers first"]
answer = "b"
why = "Her hash begins with a9, which lies in the upper half."
when.put = { key = "carol" }
[[step.predict]]
ask = "Does reading remove a record?"
options = ["yes, it is used up", "no, it stays until its retention ends"]
answer = "b"
why = "A reader moves its own position and nothing else."
when.reread = {}
[[step.check]]
says = "the stream is there, with two shards"
when.create = { shards = 2 }
[[step.check]]
says = "three boats of two people are on the water"
when.put = { records = 3, keys = 2 }
[[step.check]]
says = "every boat came back, from both shards"
when.read = { from = "TRIM_HORIZON" }
"#;

/// At the step, with everything that is below its text on the screen.
fn at_the_step(width: u16, height: u16) -> Lab {
    let settings = lesson::settings(LAB).expect("well formed");
    let mut lab = Lab::start(crate::app::Setup {
        lesson: lesson::parse(LESSON, &settings),
        ..setup(ConnectionKind::Local, (width, height))
    });
    lab.key('n').key('G');
    lab
}

/// A picture at each size, of the lab brought there.
fn pictures(name: &str, bring: impl Fn(&mut Lab)) {
    for (width, height) in SIZES {
        let mut lab = at_the_step(width, height);
        bring(&mut lab);
        kept(name, &lab);
    }
}

#[test]
fn a_prediction_waits_on_its_card() {
    pictures("step_predict", |_| {});
}

#[test]
fn a_prediction_that_was_made_waits_for_its_outcome() {
    pictures("step_predicted", |lab| {
        lab.key('a');
    });
}

#[test]
fn the_outcome_stands_beside_the_prediction_and_marks_beside_the_checks() {
    pictures("step_seen", |lab| {
        lab.key('a').key('D').press(KeyCode::Enter).wait(1.2);
        for key in ["alice", "carol"] {
            lab.program_puts(key, "{}").wait(0.5);
        }
        lab.key('G');
    });
}

#[test]
fn a_step_that_the_lab_showed_says_so() {
    pictures("step_shown", |lab| {
        lab.press(KeyCode::Esc).press(KeyCode::Esc);
        lab.key(':')
            .keys("solve this step")
            .press(KeyCode::Enter)
            .wait(3.0);
        lab.key('G');
    });
}

#[test]
fn hints_lie_over_the_panes_and_stay_on_the_page() {
    pictures("step_hints", |lab| {
        lab.key('h').wait(10.0).key('h').wait(3.0).key('h');
    });
    pictures("step_hinted", |lab| {
        lab.key('h').wait(10.0).key('h').wait(10.0).key('h');
        lab.press(KeyCode::Esc).key('G');
    });
}

#[test]
fn what_is_expected_lies_beside_what_was_seen() {
    pictures("step_differs", |lab| {
        lab.key('a').key('D').press(KeyCode::Enter).wait(1.2);
        lab.program_puts("alice", "{}").wait(0.5).key('d');
    });
}

#[test]
fn marks_are_opened_again_only_after_a_question() {
    let mut lab = at_the_step(80, 24);
    lab.key('a').key('x');
    kept("step_reset", &lab);
}

#[test]
fn marks_and_words_say_the_same_without_colour_and_in_ascii() {
    for (name, theme, ascii) in [
        ("step_mono", Theme::Mono, false),
        ("step_terminal", Theme::Terminal, false),
        ("step_ascii", Theme::Dark, true),
    ] {
        let mut lab = at_the_step(80, 24);
        lab.model.theme = theme;
        lab.look.ascii = ascii;
        lab.key('a').key('D').press(KeyCode::Enter).wait(1.2);
        lab.program_puts("carol", "{}").wait(0.5).key('G');
        kept(name, &lab);
    }
}

#[test]
fn the_page_of_a_step_fits_any_size() {
    let mut lab = at_the_step(80, 24);
    lab.key('h').press(KeyCode::Esc);
    for width in (0..=130).step_by(9) {
        for height in (0..=45).step_by(4) {
            lab.tell(Message::Resized(width, height));
            for keys in ["", "d", "h"] {
                lab.keys(keys);
                lab.draw();
                lab.press(KeyCode::Esc);
            }
        }
    }
}
