//! Pictures of what teaches: the checkpoint with its reasons, the result, and the discussion with a private note.

use crossterm::event::KeyCode;

use super::lab::{Lab, setup};
use super::pictures::{picture, snapshot};
use crate::app::{ConnectionKind, Message, Setup};
use crate::lesson;

const LESSON: &str = "# Module 9: Rivers

## Learning Goals

1. Tell a river from a lake
2. Put a leaf on the water

## Discussion Questions (10 min)

Think about these before you go on.

### Question 1: What flows

Can you think of two examples from your own experience that flow? What makes them flow?

<details>
<summary>Talking points</summary>

- A spring never stops, so nobody can say \"that was the last drop\".
- A lake of ten miles is a lake all the same: `size` is not the point.

</details>

### Question 2: Why not a bucket?

When would you carry water in buckets even if there is a pipe?

## Checkpoint (5 min)

### Question 1: Flowing or not

Which of these flow? (Select all that apply)

- [ ] A bucket of water
- [ ] The Nile
- [ ] A puddle after rain
- [ ] The tide

<details>
<summary>Answer</summary>

**Correct answers**: B, D

What flows has no last drop: there is no moment when all of it is here. A bucket is a finished snapshot, however big.

</details>

### Question 2: One of them

Where does a leaf go?

A) Up
B) Down
C) It stays

<details>
<summary>Answer</summary>

**B) Down**

Water runs down.

</details>

## Summary

Done.
";

const SETTINGS: &str = r#"
[[goal]]
number = 1
questions = ["Flowing or not", "One of them"]

[[question]]
title = "Flowing or not"
reasons = ["it has an end", "flows", "it dries up", "it comes back"]
misconceptions = ["big", "", "big", ""]
see = "Learning Goals"

[[question]]
title = "One of them"
reasons = ["Water never runs up by itself, so a leaf that lies on it cannot go up either.", "Down is where the water runs, and the leaf goes with it.", "Only on a lake, and this is a river."]
misconceptions = ["", "", "still"]

[[misconception]]
id = "big"
says = "What is big enough flows."
truth = "A lake of ten miles is a lake."
see = "Discussion Questions"

[[misconception]]
id = "still"
says = "Leaves stay where they are put."
truth = "They go where the water goes."
"#;

fn lab(width: u16, height: u16) -> Lab {
    Lab::start(with_lesson((width, height)))
}

fn with_lesson(size: (u16, u16)) -> Setup {
    let settings = lesson::settings(SETTINGS).expect("well formed");
    Setup {
        lesson: lesson::parse(LESSON, &settings),
        ..setup(ConnectionKind::Local, size)
    }
}

#[test]
fn a_question_asks_how_sure_one_is_and_says_what_each_option_was_worth() {
    let lab = |width, height| {
        let mut lab = lab(width, height);
        lab.keys("4ab..");
        lab
    };
    snapshot!("sure_80x24", lab(80, 24));
    let answered = |width, height| {
        let mut lab = lab(width, height);
        lab.press(KeyCode::Enter).press(KeyCode::Enter);
        lab
    };
    snapshot!("reasons_80x24", answered(80, 24));
    snapshot!("reasons_120x40", answered(120, 40));
    snapshot!("reasons_200x60", answered(200, 60));
    let again = |width, height| {
        let mut first = answered(width, height);
        first
            .keys("nc.")
            .press(KeyCode::Enter)
            .press(KeyCode::Enter);
        let mut lab = Lab::start(Setup {
            progress: first.model.progress.clone(),
            ..with_lesson((width, height))
        });
        lab.key('4');
        lab
    };
    snapshot!("back_again_80x24", again(80, 24));
    let mut lab = answered(80, 24);
    lab.keys("na").press(KeyCode::Enter).press(KeyCode::Enter);
    snapshot!("reasons_below_80x24", lab);
}

#[test]
fn a_discussion_has_a_private_note_and_then_points_to_compare_with() {
    let page = |width, height| {
        let mut lab = lab(width, height);
        lab.key('n');
        lab
    };
    snapshot!("discussion_80x24", page(80, 24));
    let writing = |width, height| {
        let mut lab = page(width, height);
        lab.press(KeyCode::Enter);
        let text = "The clicks of a shop, day and night, all over the world, for as long as it is open.\n\nMy pulse.";
        lab.tell(Message::Pasted(text.into()));
        lab
    };
    snapshot!("note_80x24", writing(80, 24));
    snapshot!("note_120x40", writing(120, 40));
    snapshot!("note_200x60", writing(200, 60));
    let compare = |width, height| {
        let mut lab = writing(width, height);
        lab.press(KeyCode::Esc);
        lab
    };
    snapshot!("compare_80x24", compare(80, 24));
    snapshot!("compare_120x40", compare(120, 40));
}

#[test]
fn a_section_over_its_minutes_says_by_how_much_and_one_that_rests_says_so() {
    let mut lab = lab(120, 40);
    lab.key('n').wait(730.0);
    snapshot!("over_time_120x40", lab);
    lab.key(':').keys("pause section").press(KeyCode::Enter);
    snapshot!("paused_120x40", lab);
}

#[test]
fn the_result_says_what_was_known_what_comes_back_and_what_to_look_at_again() {
    let result = |width, height| {
        let mut lab = lab(width, height);
        lab.keys("nn").wait(400.0);
        lab.keys("4ab..")
            .press(KeyCode::Enter)
            .press(KeyCode::Enter);
        lab.keys("nb,").press(KeyCode::Enter).press(KeyCode::Enter);
        lab
    };
    snapshot!("result_80x24", result(80, 24));
    let mut lab = result(80, 24);
    lab.press(KeyCode::End);
    snapshot!("result_end_80x24", lab);
    snapshot!("result_120x40", result(120, 40));
    snapshot!("result_200x60", result(200, 60));
    snapshot!("result_60x15", result(60, 15));
}
