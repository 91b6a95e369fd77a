//! Scripts about what the instructor's second screen is told, and what it makes of it.

use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::script::*;
use crate::app::class::Time;
use crate::app::message::*;
use crate::app::second_screen::{self, Notes, Shown, Sight, Unread};
use crate::app::*;
use crate::lesson::Settings;

/// What the second screen was told since the last look, the newest at the end.
fn told(lab: &mut Lab) -> Vec<Shown> {
    std::mem::take(&mut lab.told)
}

fn with_notes() -> Lab {
    let mut setup = setup(ConnectionKind::Local);
    setup.lesson.settings = lesson_settings("[[note]]\npage = \"step-1\"\nsays = \"Ask first.\"\n");
    Lab::start(setup)
}

fn lesson_settings(toml: &str) -> Settings {
    crate::lesson::settings(toml).expect("well formed")
}

fn sees(shown: &Shown) -> Message {
    Message::SightChanged(Box::new(Sight::Lab {
        pid: 7,
        others: 0,
        shown: Ok(Box::new(shown.clone())),
    }))
}

#[test]
fn a_page_turn_is_told_once_with_its_note_and_nothing_is_told_for_the_time_alone() {
    let mut lab = with_notes();
    let first = told(&mut lab);
    assert_eq!(first.len(), 1, "at the start");
    assert_eq!((first[0].note.as_str(), first[0].page), ("", (1, 4)));
    lab.key('n');
    let turned = told(&mut lab).pop().expect("told");
    assert_eq!(turned.note, "Ask first.");
    assert_eq!(turned.this, "Step 1 · step-1");
    assert_eq!(turned.next, "Step 2 · step-2");
    assert_eq!(turned.section, "Hands-on");
    let line = "some words about streams".to_owned();
    assert!(turned.room.lines.contains(&line), "{:?}", turned.room);
    lab.key(':').keys("class time").enter();
    assert!(told(&mut lab).pop().is_some_and(|it| it.clock.class));
    lab.wait(600.0);
    assert_eq!(told(&mut lab), []);
}

#[test]
fn the_time_is_reckoned_from_instants_as_the_lab_shows_it() {
    let mut lab = with_notes();
    lab.key('n').wait(3.5);
    lab.key(':').keys("class time").enter();
    lab.wait(61.0).key(':').keys("pause").enter();
    lab.wait(100.0).key(':').keys("pause").enter();
    lab.key(':').keys("two more").enter();
    let shown = told(&mut lab).pop().expect("told");
    for seconds in [0.0, 0.4, 70.0, 2_000.0] {
        lab.wait(seconds);
        let on_the_lab = class::time(&lab.model, lab.now);
        assert_eq!(Some(shown.clock.time(lab.now)), on_the_lab, "{seconds}");
    }
}

#[test]
fn a_phase_of_the_discussion_is_told_with_its_own_time() {
    let mut setup = setup(ConnectionKind::Local);
    let text = "# T\n\n## Discussion (10 min)\n\n1. **A**: a?\n2. **B**: b?\n";
    setup.lesson = crate::lesson::parse(text, &Settings::default());
    let mut lab = Lab::start(setup);
    lab.key(':').keys("class time").enter().wait(7.3).enter();
    let shown = told(&mut lab).pop().expect("told");
    assert_eq!(shown.this, "Prompt 1 of 2: A");
    assert_eq!(shown.next, "Prompt 2 of 2: B");
    let phase = shown.phase.as_ref().expect("think");
    assert_eq!(phase.word, "think");
    lab.wait(14.0);
    let left = shown.clock.phase(phase, lab.now);
    assert_eq!(left, Time::Left(31));
    assert_eq!(class::phase(&lab.model, lab.now).map(|it| it.1), Some(left));
}

#[test]
fn a_private_note_and_an_answer_are_never_told() {
    let mut setup = setup(ConnectionKind::Local);
    let text = "# T\n\n## Discussion (10 min)\n\n1. **A**: a?\n";
    setup.lesson = crate::lesson::parse(text, &Settings::default());
    let mut lab = Lab::start(setup);
    lab.enter().keys("my secret").escape();
    lab.key(':').keys("class time").enter();
    let shown = told(&mut lab).pop().expect("told");
    let written = serde_json::to_string(&shown).expect("plain data");
    assert!(!written.contains("secret"), "{written}");
}

#[test]
fn what_is_told_is_read_as_it_was_written_and_all_else_is_named() {
    let mut lab = with_notes();
    let shown = told(&mut lab).pop().expect("told");
    let text = serde_json::to_vec(&shown).expect("plain data");
    assert_eq!(second_screen::read(&text).as_deref(), Ok(&shown));
    let check = |text: &[u8], why| assert_eq!(second_screen::read(text), Err(why));
    check(&text[..text.len() / 2], Unread::Damaged);
    check(b"", Unread::Damaged);
    check(b"{\"format\":1}", Unread::Damaged);
    check(b"{\"format\":2,\"anything\":[]}", Unread::Version(2));
    check(b"\xff\xfe", Unread::Damaged);
}

#[test]
fn the_second_screen_ticks_by_the_clock_of_the_lab_and_rests_with_it() {
    let mut lab = with_notes();
    lab.key(':').keys("class time").enter();
    let shown = told(&mut lab).pop().expect("told");
    let mut notes = Notes::new("there".into(), Theme::Terminal, (80, 24), lab.now);
    assert_eq!(notes.next_deadline(), None, "nothing is seen yet");
    let now = lab.now + TimeDelta::milliseconds(400);
    assert!(notes.update(sees(&shown), now).changed);
    let next = notes.next_deadline().expect("the second");
    assert_eq!(next - lab.now, TimeDelta::seconds(1));
    assert!(notes.update(Message::DeadlinePassed, next).changed);
    assert_eq!(notes.next_deadline(), Some(next + TimeDelta::seconds(1)));
    lab.key(':').keys("pause").enter();
    let rests = told(&mut lab).pop().expect("told");
    assert!(notes.update(sees(&rests), next).changed);
    assert_eq!(notes.next_deadline(), None);
}

#[test]
fn the_second_screen_is_left_by_q_by_control_c_and_by_a_signal() {
    let lab = with_notes();
    let leaves = |message| {
        let mut notes = Notes::new("there".into(), Theme::Terminal, (80, 24), lab.now);
        let out = notes.update(message, lab.now);
        out.effects.contains(&Effect::Quit)
    };
    let press = |code, modifiers| Message::Pressed(KeyEvent::new(code, modifiers));
    assert!(leaves(press(KeyCode::Char('q'), KeyModifiers::NONE)));
    assert!(leaves(press(KeyCode::Char('c'), KeyModifiers::CONTROL)));
    assert!(leaves(Message::StopAsked));
    assert!(!leaves(press(KeyCode::Esc, KeyModifiers::NONE)));
}

#[test]
fn a_scene_s_step_brings_its_own_note_what_comes_next_and_what_the_room_reads() {
    let mut setup = setup(ConnectionKind::Local);
    setup.present = true;
    setup.lesson.settings = lesson_settings(
        r#"
[[scene]]
title = "Same key"
[[scene.step]]
say = "Three events\nare coming."
note = "Wait for silence."
[[scene.step]]
predict = { ask = "Which shard?", options = ["zero", "one"], answer = "B", why = "By its hash." }
[[scene.step]]
reveal = {}
"#,
    );
    let mut lab = Lab::start(setup);
    lab.key(' ');
    let opened = Message::StageOpened {
        run: 1,
        result: Ok(lab.model.connection.clone()),
    };
    lab.tell(opened).key(' ');
    let shown = told(&mut lab).pop().expect("told");
    assert_eq!(shown.note, "Wait for silence.");
    assert_eq!(shown.this, "Scene “Same key”, step 1 of 3");
    assert!(!shown.next.is_empty());
    assert_eq!(shown.room.lines, ["Three events", "are coming."]);
    lab.key(' ');
    let asked = told(&mut lab).pop().expect("told");
    // The note was the first step's; the instructor knows the answer before the room does.
    assert_eq!(asked.note, "Answer: B, one. By its hash.");
    assert_eq!(asked.room.lines, ["Which shard?", "  A  zero", "  B  one"]);
    lab.key(' ');
    let revealed = told(&mut lab).pop().expect("told");
    let right = "  B  one: right".to_owned();
    assert!(revealed.room.lines.contains(&right), "{:?}", revealed.room);
    assert_eq!(revealed.note, "");
    let summary = class::markdown(&lab.model, lab.now).expect("a class");
    assert!(summary.contains("## Scenes\n\n- Same key\n"), "{summary}");
}

#[test]
fn one_who_learns_alone_tells_no_note_of_theirs() {
    let mut setup = setup(ConnectionKind::Local);
    setup.lesson = crate::lesson::parse(
        "# A\n\n## Discussion\n\n### Question 1: Rivers\n\nWhat has no end?\n",
        &Settings::default(),
    );
    let mut lab = Lab::start(setup);
    lab.enter().keys("my secret").escape();
    lab.key('z');
    let written = format!("{:?}", lab.model.told);
    assert!(written.contains("Rivers"), "{written}");
    assert!(!written.contains("secret"), "{written}");
}
