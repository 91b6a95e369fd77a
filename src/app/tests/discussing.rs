//! Scripts about the discussion: prompts, private notes, and points that come after one has thought.

use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::script::*;
use crate::app::discussion::MOST_CHARS;
use crate::app::message::*;
use crate::app::*;
use crate::lesson;
use crate::progress::Progress;

const LESSON: &str = "# T

## Goals

1. Think

## Discussion (10 min)

### Question 1: Rivers

What has no end?

<details>
<summary>Talking points</summary>

the hidden point

</details>

### Question 2: Lakes

And what has one?

## Summary

The end.
";

fn launch(progress: Progress) -> Lab {
    let mut lab = Lab::start(Setup {
        lesson: lesson::parse(LESSON, &lesson::Settings::default()),
        progress,
        ..setup(ConnectionKind::Local)
    });
    if lab.model.lesson.page == 0 {
        lab.key('n');
    }
    lab
}

fn page(lab: &Lab) -> String {
    let lines = lab.model.lesson.lines.iter();
    lines.map(|line| line.text() + "\n").collect()
}

fn note(lab: &Lab, key: &str) -> Option<String> {
    lab.model.progress.lessons["streams"]
        .notes
        .get(key)
        .cloned()
}

fn control(lab: &mut Lab, c: char) {
    let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
    lab.tell(Message::Pressed(key));
}

#[test]
fn a_note_is_saved_with_each_change_and_is_there_at_the_next_launch() {
    let mut lab = launch(Progress::default());
    lab.enter().keys("time q").enter().key('?');
    assert_eq!(note(&lab, "rivers").as_deref(), Some("time q\n?"));
    let saved = lab.effects.iter().rev().find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(progress.clone()),
        _ => None,
    });
    let progress = *saved.expect("it was saved");
    let mut lab = launch(progress);
    assert!(page(&lab).contains("▎ time q"), "{}", page(&lab));
    lab.press(KeyCode::Up).enter().keys("!").escape();
    assert_eq!(note(&lab, "rivers").as_deref(), Some("time q\n?!"));
    lab.key('n');
    assert_eq!(lab.model.lesson.page, 2, "keys are the lab's again");
}

#[test]
fn points_come_after_any_note_and_not_before_it_is_left() {
    let mut lab = launch(Progress::default());
    assert!(!page(&lab).contains("hidden"));
    lab.key('/').keys("hidden").enter();
    assert!(lab.status().contains("does not stand"), "nor found");
    lab.escape().enter().keys("  ").escape();
    assert!(!page(&lab).contains("hidden"));
    lab.enter().keys("a word").wait(5.0);
    assert!(!page(&lab).contains("hidden"), "while it is written");
    lab.escape();
    assert!(page(&lab).contains("hidden") && page(&lab).contains("Compare with"));
}

#[test]
fn points_come_by_themselves_after_45_seconds_at_the_prompt() {
    let mut lab = launch(Progress::default());
    lab.wait(30.0).press(KeyCode::Down).wait(100.0);
    assert!(!page(&lab).contains("hidden"), "that was another prompt");
    lab.press(KeyCode::Up).wait(14.0);
    assert!(!page(&lab).contains("hidden"));
    let next = lab.model.next_deadline().expect("the point's");
    assert_eq!(next - lab.now, TimeDelta::seconds(1));
    lab.wait(1.0);
    assert!(page(&lab).contains("hidden") && lab.changed);
}

#[test]
fn a_prompt_without_points_asks_the_clock_for_nothing() {
    let mut lab = launch(Progress::default());
    lab.press(KeyCode::Down);
    assert_eq!(lab.model.lesson.discussion.next_deadline(), None);
}

#[test]
fn pasted_text_goes_into_the_note_harmless_and_bounded() {
    let mut lab = launch(Progress::default());
    lab.enter()
        .tell(Message::Pasted("one\r\ntwo\u{1b}[31m\tx".into()));
    assert_eq!(note(&lab, "rivers").as_deref(), Some("one\ntwo␛[31m    x"));
    lab.tell(Message::Pasted("y".repeat(MOST_CHARS)));
    assert!(lab.status().contains("full") && lab.status().contains("17 bytes"));
    let length = |lab: &Lab| note(lab, "rivers").map(|note| note.chars().count());
    assert_eq!(length(&lab), Some(MOST_CHARS));
    lab.key('z');
    assert_eq!(length(&lab), Some(MOST_CHARS));
    assert!(lab.status().contains("full"));
    control(&mut lab, 'z');
    assert_eq!(note(&lab, "rivers").as_deref(), Some("one\ntwo␛[31m    x"));
}

#[test]
fn an_emptied_note_is_no_note() {
    let mut lab = launch(Progress::default());
    lab.enter().key('a').press(KeyCode::Backspace).escape();
    assert_eq!(note(&lab, "rivers"), None);
}

#[test]
fn the_next_act_is_to_write_and_then_to_go_on() {
    use action::Action;
    let mut lab = launch(Progress::default());
    let next = |lab: &Lab| lesson_pane::next_act(&lab.model).0;
    assert_eq!(next(&lab), Action::Open);
    lab.enter().key('a').escape();
    assert_eq!(next(&lab), Action::NextPage);
}

#[test]
fn what_tabs_push_out_of_a_full_note_is_said_too() {
    let mut lab = launch(Progress::default());
    let text = format!("{}\tend", "y".repeat(MOST_CHARS - 5));
    lab.enter().tell(Message::Pasted(text));
    let kept = note(&lab, "rivers").expect("a note");
    assert_eq!(kept.chars().count(), MOST_CHARS);
    assert!(kept.ends_with("y    e"));
    assert!(lab.status().contains("last 2 bytes"), "{}", lab.status());
}
