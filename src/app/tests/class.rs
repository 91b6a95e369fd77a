//! Scripts about a class: sections that count down, the discussion's phases, and the summary in the end.

use chrono::TimeDelta;

use super::script::*;
use crate::app::class::{self, Time};
use crate::app::message::*;
use crate::app::program_pane::{OtherVersion, Written};
use crate::app::*;
use crate::lesson;
use crate::progress::Progress;
use crate::progress::class::Phase;

const LESSON: &str = "# Module 1: Streams

## Concepts (10 min)

A stream has no end.

## Discussion (10 min)

### Question 1: Rivers

What has no end?

<details>
<summary>Talking points</summary>

- the hidden point

</details>

### Question 2: Lakes

And what has one?

## Checkpoint (5 min)

### Question 1: Water

Which one ends?

A) a river
B) a lake

<details>
<summary>Answer</summary>

The correct answer is B.

</details>

## Summary

The end.
";

const SETTINGS: &str = r#"
[[question]]
title = "Water"
reasons = ["Rain goes on.", "It has a shore all round."]

[[misconception]]
id = "big"
says = "Unbounded means big"
truth = "It means without an end."
see = "Concepts"
"#;

fn started(progress: Progress) -> Setup {
    let settings = lesson::settings(SETTINGS).expect("well formed");
    Setup {
        lesson: lesson::parse(LESSON, &settings),
        progress,
        ..setup(ConnectionKind::Local)
    }
}

/// A lab in which a class has begun.
fn class() -> Lab {
    let mut lab = Lab::start(started(Progress::default()));
    palette(&mut lab, "class time");
    lab
}

fn palette(lab: &mut Lab, command: &str) {
    lab.key(':').keys(command).enter();
}

fn time(lab: &Lab) -> String {
    let time = class::time(&lab.model, lab.now);
    time.map_or("none".into(), |time| time.to_string())
}

fn phase(lab: &Lab) -> Option<(Phase, String)> {
    let (phase, time) = class::phase(&lab.model, lab.now)?;
    Some((phase, time.to_string()))
}

fn page(lab: &Lab) -> String {
    let lines = lab.model.lesson.lines.iter();
    lines.map(|line| line.text() + "\n").collect()
}

fn saved(lab: &Lab) -> Progress {
    let saved = lab.effects.iter().rev().find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(progress.clone()),
        _ => None,
    });
    *saved.expect("it was saved")
}

#[test]
fn a_budget_counts_down_to_nothing_and_then_beyond() {
    let check = |milliseconds, budget, shown: &str| {
        let time = Time::of(TimeDelta::milliseconds(milliseconds), budget);
        assert_eq!(time.to_string(), shown, "{milliseconds} {budget:?}");
    };
    check(0, Some(600), "10:00");
    check(999, Some(600), "10:00");
    check(1_000, Some(600), "9:59");
    check(599_999, Some(600), "0:01");
    check(600_000, Some(600), "0:00");
    check(601_000, Some(600), "+0:01");
    check(730_000, Some(600), "+2:10");
    check(7_200_000, Some(600), "+110:00");
    check(65_000, None, "1:05");
}

#[test]
fn alone_a_section_counts_up_and_a_class_counts_it_down_from_its_minutes() {
    let mut lab = Lab::start(started(Progress::default()));
    lab.wait(90.0);
    assert_eq!(time(&lab), "none");
    palette(&mut lab, "class time");
    assert_eq!(time(&lab), "10:00", "what was spent alone does not count");
    assert!(lab.status().contains("10 minutes for “Concepts”"));
    lab.wait(61.0);
    assert_eq!(time(&lab), "8:59");
    lab.wait(669.0);
    assert_eq!(time(&lab), "+2:10");
    palette(&mut lab, "class time");
    assert_eq!(time(&lab), "none");
}

#[test]
fn its_seconds_tick_while_they_are_shown_and_rest_with_the_clock() {
    let mut lab = class();
    lab.wait(0.4);
    let next = lab.model.next_deadline().expect("the second");
    assert_eq!(next - lab.now, TimeDelta::milliseconds(600));
    lab.now = next;
    lab.tell(Message::DeadlinePassed);
    assert!(lab.changed);
    lab.tell(Message::Resized(40, 10));
    assert_eq!(lab.model.next_deadline(), None, "nothing is shown");
    lab.tell(Message::Resized(120, 40));
    palette(&mut lab, "pause");
    assert_eq!(lab.model.next_deadline(), None, "it rests");
    lab.wait(100.0);
    assert_eq!(time(&lab), "9:59");
    palette(&mut lab, "pause");
    lab.wait(59.0);
    assert_eq!(time(&lab), "9:00");
}

#[test]
fn two_more_minutes_are_for_this_section_alone_and_said() {
    let mut lab = class();
    palette(&mut lab, "two more");
    assert_eq!(time(&lab), "12:00");
    assert!(lab.status().contains("12 for “Concepts”"));
    lab.wait(30.0).key('n');
    assert_eq!(time(&lab), "10:00");
    lab.press(crossterm::event::KeyCode::Backspace);
    assert_eq!(time(&lab), "11:30", "what was used stays used");
}

#[test]
fn a_section_without_minutes_counts_up_and_takes_no_more() {
    let mut lab = class();
    lab.keys("nnn").wait(5.0);
    assert_eq!(time(&lab), "0:05");
    palette(&mut lab, "two more");
    assert!(lab.status().contains("counts up"));
    assert_eq!(time(&lab), "0:05");
}

#[test]
fn a_restart_takes_nothing_from_the_room_s_clock_and_another_day_is_another_class() {
    let mut lab = class();
    lab.wait(20.0);
    palette(&mut lab, "two more");
    let progress = saved(&lab);
    // Killed here: nothing more is saved. The next lab starts 40 seconds later.
    let mut setup = started(progress.clone());
    setup.progress = progress.clone();
    let later = lab.now + TimeDelta::seconds(40);
    let (again, _) = Model::new(setup, later);
    let left = class::time(&again, later);
    assert_eq!(left, Some(Time::Left(12 * 60 - 60)));
    let tomorrow = lab.now + TimeDelta::days(1);
    let (again, _) = Model::new(started(progress), tomorrow);
    assert!(!class::is_on(&again));
}

#[test]
fn a_prompt_goes_from_thinking_to_talking_to_its_points_when_the_instructor_says_so() {
    let mut lab = class();
    lab.key('n');
    assert_eq!(phase(&lab), None);
    assert!(!page(&lab).contains("45 seconds here"), "{}", page(&lab));
    lab.enter().wait(14.0);
    assert_eq!(phase(&lab), Some((Phase::Think, "0:31".into())));
    lab.wait(60.0);
    assert_eq!(phase(&lab), Some((Phase::Think, "+0:29".into())));
    assert!(
        !page(&lab).contains("hidden point"),
        "nothing comes by itself"
    );
    lab.enter().wait(5.0);
    assert_eq!(phase(&lab), Some((Phase::Talk, "0:05".into())));
    assert!(!page(&lab).contains("hidden point"));
    lab.enter();
    assert_eq!(phase(&lab).map(|it| it.0), Some(Phase::Reveal));
    assert!(page(&lab).contains("hidden point"));
    lab.enter();
    assert_eq!((phase(&lab), lab.model.lesson.discussion.cursor), (None, 1));
    lab.enter().enter();
    assert_eq!(phase(&lab).map(|it| it.0), Some(Phase::Talk));
    // The second prompt has no points: after the talk nothing is left.
    lab.enter();
    assert!(lab.status().contains("All prompts"), "{}", lab.status());
    assert_eq!(
        lesson_pane::next_act(&lab.model).0,
        action::Action::NextPage
    );
}

#[test]
fn a_phase_rests_with_the_clock_and_goes_on_after_a_restart() {
    let mut lab = class();
    lab.key('n').enter().wait(5.0);
    palette(&mut lab, "pause");
    lab.wait(300.0);
    assert_eq!(phase(&lab), Some((Phase::Think, "0:40".into())));
    let (again, _) = Model::new(started(saved(&lab)), lab.now);
    let open = class::phase(&again, lab.now);
    assert_eq!(open, Some((Phase::Think, Time::Left(40))));
}

#[test]
fn a_private_note_is_never_shown_in_a_class_and_is_there_after_it() {
    let mut lab = Lab::start(started(Progress::default()));
    lab.key('n').enter().keys("my secret thought");
    assert!(lab.model.lesson.discussion.note.is_some());
    lab.escape();
    assert!(page(&lab).contains("secret"));
    palette(&mut lab, "class time");
    assert!(!page(&lab).contains("secret"), "{}", page(&lab));
    lab.enter();
    assert!(lab.model.lesson.discussion.note.is_none());
    assert_eq!(phase(&lab).map(|it| it.0), Some(Phase::Think));
    palette(&mut lab, "class time");
    assert!(page(&lab).contains("secret"));
}

#[test]
fn the_summary_says_what_the_class_did_and_nothing_private() {
    let mut lab = Lab::start(started(Progress::default()));
    lab.key('n').enter().keys("my secret thought").escape();
    lab.press(crossterm::event::KeyCode::Backspace);
    palette(&mut lab, "class time");
    lab.wait(130.0).key('n').wait(700.0);
    lab.enter().enter().enter().enter();
    let text = class::markdown(&lab.model, lab.now).expect("a class");
    insta::assert_snapshot!("class_summary", text);
    assert!(!text.contains("secret"));
}

#[test]
fn the_summary_is_written_into_the_work_folder_and_replaces_nothing_unasked() {
    let mut lab = Lab::start(started(Progress::default()));
    palette(&mut lab, "class summary");
    assert!(lab.status().contains("no class yet"));
    palette(&mut lab, "class time");
    lab.keys("nnn");
    assert!(lab.status().contains("class summary"), "it is offered");
    let (next, words) = lesson_pane::next_act(&lab.model);
    assert_eq!(next, action::Action::Palette);
    assert!(words.contains("class summary"));
    lab.effects.clear();
    palette(&mut lab, "class summary");
    let writing = lab.effects.iter().find_map(|effect| match effect {
        Effect::WriteFile(writing) => Some(writing.clone()),
        _ => None,
    });
    let writing = writing.expect("it is written");
    assert_eq!(writing.file.name, "class-2026-11-22.md");
    assert!(!writing.replace);
    lab.tell(Message::FileWritten {
        writing: writing.clone(),
        result: Ok(Written::New),
    });
    let named = format!("Written: {}, in ", writing.file.name);
    assert!(lab.status().starts_with(&named), "{}", lab.status());
    let result = Ok(Written::Differs(OtherVersion {
        bytes: 3,
        seconds_old: None,
    }));
    lab.tell(Message::FileWritten { writing, result });
    assert!(matches!(
        lab.model.overlay,
        Some(overlay::Overlay::Confirm(_))
    ));
}

#[test]
fn what_is_for_a_class_says_so_without_one() {
    let mut lab = Lab::start(started(Progress::default()));
    for command in ["two more minutes", "go on with the discussion"] {
        palette(&mut lab, command);
        assert!(lab.status().contains("for a class"), "{}", lab.status());
    }
    palette(&mut lab, "class time");
    palette(&mut lab, "go on with the discussion");
    assert!(lab.status().contains("no discussion on this page"));
}

#[test]
fn present_mode_begins_a_class_and_its_keys_add_time_rest_and_go_on_with_the_talk() {
    let mut lab = Lab::start(started(Progress::default()));
    lab.key('n').enter().keys("my secret").escape().key('P');
    assert_eq!(time(&lab), "10:00");
    lab.key('+');
    assert_eq!(time(&lab), "12:00");
    lab.key('.').wait(30.0).key('.');
    assert_eq!(time(&lab), "12:00");
    let slide = |lab: &Lab| {
        let slide = lab.model.present.as_ref().and_then(present::Present::slide);
        let lines = slide.map(|slide| slide.lines.clone()).unwrap_or_default();
        let prompt = slide.and_then(|slide| slide.prompt);
        let text: Vec<String> = lines.iter().map(|line| line.text()).collect();
        (prompt, text.join("\n"))
    };
    lab.enter();
    assert_eq!(phase(&lab), Some((Phase::Think, "0:45".into())));
    lab.enter();
    assert!(!slide(&lab).1.contains("hidden point"));
    lab.enter();
    let (prompt, text) = slide(&lab);
    assert_eq!(prompt, Some(0));
    assert!(text.contains("hidden point"), "{text}");
    lab.enter();
    let (prompt, text) = slide(&lab);
    assert_eq!(prompt, Some(1), "{text}");
    assert!(!text.contains("secret") && !text.contains("hidden point"));
    lab.key('P');
    assert_eq!(time(&lab), "12:00", "the class goes on in the full lab");
}

#[test]
fn a_class_that_ended_is_kept_when_the_last_page_is_shown_once_more() {
    let mut lab = class();
    lab.wait(120.0);
    palette(&mut lab, "class time");
    let ended = saved(&lab);
    lab.key('P');
    assert_eq!(time(&lab), "none");
    assert!(lab.status().contains("begins another"), "{}", lab.status());
    assert_eq!(saved(&lab).lessons, ended.lessons);
    palette(&mut lab, "class time");
    assert_eq!(time(&lab), "10:00", "asked for, another one begins");
}

#[test]
fn a_look_at_present_mode_is_no_class() {
    let mut lab = Lab::start(started(Progress::default()));
    lab.key('P').wait(30.0).key('P');
    assert_eq!(time(&lab), "none");
    lab.key('P').wait(90.0).key('P');
    assert_eq!(time(&lab), "8:30", "this one was meant");
    let mut lab = class();
    lab.key('P').wait(1.0).key('P');
    assert_eq!(time(&lab), "9:59", "what was begun before goes on");
}

#[test]
fn the_phase_of_a_prompt_is_told_with_this_prompt_only() {
    let mut lab = Lab::start(started(Progress::default()));
    lab.key('n').key('P').enter();
    assert!(phase(&lab).is_some());
    lab.key('n');
    assert_eq!(phase(&lab), None);
    lab.press(crossterm::event::KeyCode::Backspace);
    assert!(phase(&lab).is_some());
}

#[test]
fn times_that_no_class_has_overflow_nothing() {
    assert_eq!(
        Time::of(TimeDelta::days(400), Some(i64::MIN)),
        Time::Over(i64::MAX)
    );
    let mut lab = class();
    palette(&mut lab, "two more minutes");
    let mut progress = saved(&lab);
    for lesson in progress.lessons.values_mut() {
        let class = lesson.class.as_mut().expect("a class");
        for time in class.sections.values_mut() {
            time.extra_minutes = u32::MAX;
        }
    }
    let mut lab = Lab::start(started(progress));
    palette(&mut lab, "two more minutes");
    assert!(lab.status().contains("610 for"), "{}", lab.status());
}

#[test]
fn control_characters_of_a_lesson_do_not_reach_the_summary() {
    let mut setup = started(Progress::default());
    setup.lesson.title = "A\u{1b}[31m title".into();
    let mut lab = Lab::start(setup);
    palette(&mut lab, "class time");
    let text = class::markdown(&lab.model, lab.now).expect("a class");
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn in_present_mode_its_keys_come_first_in_help_and_a_class_s_are_found_by_that_word() {
    let first = |presents| keymap::help_of(presents)[0].heading;
    assert_eq!((first(false), first(true)), ("Anywhere", "Present mode"));
    let mut lab = Lab::start(started(Progress::default()));
    lab.key('P').key('?').keys("class");
    let found = match &lab.model.overlay {
        Some(overlay::Overlay::Help(list)) => listing::help(&lab.model, list),
        other => panic!("{other:?}"),
    };
    let keys: Vec<&str> = found.iter().map(|line| line.keys.as_str()).collect();
    assert_eq!(keys, ["+", "."]);
    let commands = keymap::commands(&lab.model);
    let pauses = commands
        .iter()
        .filter(|it| it.name.contains("pause the section"));
    assert_eq!(pauses.count(), 1);
}
