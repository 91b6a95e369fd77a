//! The course: its list, going from one module to another, and what stays.

use std::sync::Arc;

use super::script::{Lab, lesson, setup};
use crate::app::class;
use crate::app::course::{Module, State};
use crate::app::message::{Effect, Reread};
use crate::app::overlay::Overlay;
use crate::app::{ConnectionKind, Message, Setup};
use crate::lesson::{self, Settings};

const SECOND: &str = "\
# Module 2: Two

**Duration**: 20 minutes
**Prerequisites**: Module 1

## Core Concepts (10 min)

### Locks

Water rises.

## Hands-On: Canals (10 min)

### Step 1: Open the lock

Open it.
";

fn module(key: &str, lesson: crate::lesson::Lesson) -> Module {
    Module {
        key: key.into(),
        lesson: Arc::new(lesson),
        fault: None,
        work: format!("/home/me/kinesis-lab/{key}").into(),
    }
}

/// A lab with a course of two modules, the first of them open. The second is about a stream of its own.
fn lab() -> Lab {
    let settings = Settings {
        stream: Some("canals".into()),
        ..Settings::default()
    };
    let mut lab = Lab::start(Setup {
        course: vec![
            module("streams", lesson()),
            module("canals", lesson::parse(SECOND, &settings)),
        ],
        ..setup(ConnectionKind::Local)
    });
    lab.listed(&["rivers"]);
    lab
}

fn lines(lab: &Lab) -> Vec<crate::app::course::Line> {
    match &lab.model.overlay {
        Some(Overlay::Course(dialog)) => dialog.lines.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_list_says_of_each_module_how_far_it_is_and_what_comes_before() {
    let mut lab = lab();
    lab.key('M');
    let lines = lines(&lab);
    assert_eq!(lines.len(), 2);
    assert!(lines[0].open && !lines[1].open);
    assert_eq!(lines[1].title, "Module 2: Two");
    assert_eq!(lines[1].minutes, Some(20));
    assert_eq!(lines[1].needs.as_deref(), Some("Module 1"));
    assert_eq!(lines[1].state, State::New);
    lab.key('M');
    assert!(lab.model.overlay.is_none(), "the same key closes it");
}

#[test]
fn another_module_opens_in_place_and_is_where_it_was_left_when_one_comes_back() {
    let mut lab = lab();
    lab.key('n');
    let page = lab.model.lesson.page;
    lab.key('M');
    lab.key('2');
    assert_eq!(lab.model.lesson.key, "canals");
    assert_eq!(lab.model.lesson.page, 0);
    assert_eq!(
        lab.model.places.work.to_string_lossy(),
        "/home/me/kinesis-lab/canals"
    );
    assert_eq!(lab.model.progress.last_lesson.as_deref(), Some("canals"));
    let saves = |effect: &Effect| matches!(effect, Effect::SaveProgress(it) if it.last_lesson.as_deref() == Some("canals"));
    assert!(lab.effects.iter().any(saves), "{:?}", lab.effects);
    assert!(!lab.model.lesson.lines.is_empty(), "it is laid out");
    lab.key('M');
    lab.key('1');
    assert_eq!(lab.model.lesson.key, "streams");
    assert_eq!(lab.model.lesson.page, page);
}

#[test]
fn nothing_of_one_module_goes_to_the_stream_of_another() {
    let mut lab = lab();
    assert_eq!(lab.model.streams.name(), Some("rivers"));
    lab.key('M');
    lab.key('2');
    assert_eq!(lab.model.streams.name(), None);
    assert!(lab.status().contains("canals"), "{}", lab.status());
    lab.listed(&["canals", "rivers"]);
    lab.key('M');
    lab.key('1');
    lab.key('M');
    lab.key('2');
    assert_eq!(lab.model.streams.name(), Some("canals"));
}

#[test]
fn the_end_of_a_module_leads_to_the_next_one_and_that_of_the_last_does_not() {
    let mut lab = lab();
    let pages = lab.model.lesson.lesson.pages.len();
    for _ in 1..pages {
        lab.key('n');
    }
    assert!(lab.model.overlay.is_none());
    lab.key('n');
    match &lab.model.overlay {
        Some(Overlay::Course(dialog)) => assert_eq!(dialog.cursor, 1),
        other => panic!("{other:?}"),
    }
    lab.enter();
    assert_eq!(lab.model.lesson.key, "canals");
    for _ in 0..5 {
        lab.key('n');
    }
    assert!(lab.model.overlay.is_none());
    assert!(lab.status().contains("last page"), "{}", lab.status());
}

#[test]
fn a_file_that_is_saved_while_another_module_is_open_is_new_when_one_comes_back() {
    let mut lab = lab();
    lab.key('M');
    lab.key('2');
    let saved = lesson::parse("# Saved meanwhile\n\nText.\n", &Settings::default());
    lab.tell(Message::LessonChanged(Reread {
        key: "streams".into(),
        lesson: Some(Arc::new(saved)),
        fault: None,
    }));
    assert_eq!(lab.model.lesson.lesson.title, "Module 2: Two");
    lab.key('M');
    lab.key('1');
    assert_eq!(lab.model.lesson.lesson.title, "Saved meanwhile");
}

const REFERENCE: &str = "\
# Terms

## The Stream

### Shard

A shard is a log with an order.

### Partition key, key

It decides the shard.

## Time

### Lag

How far behind a reader is, in milliseconds.
";

fn with_reference(page: &str) -> Lab {
    let reference = lesson::parse(REFERENCE, &Settings::default());
    Lab::start(Setup {
        lesson: lesson::parse(page, &Settings::default()),
        reference: Some(Arc::new(reference)),
        ..setup(ConnectionKind::Local)
    })
}

fn terms(lab: &Lab) -> (Vec<String>, usize, String) {
    let Some(Overlay::Terms(dialog)) = &lab.model.overlay else {
        panic!("{:?}", lab.model.overlay);
    };
    let pages = &lab.model.reference.as_ref().expect("a reference").pages;
    let found = dialog.found.iter().map(|at| pages[*at].title.clone());
    let text: Vec<String> = dialog.lines.iter().map(|line| line.text()).collect();
    (found.collect(), dialog.here, text.join(" "))
}

#[test]
fn the_terms_of_the_open_page_come_first_and_typing_finds_the_others() {
    let mut lab =
        with_reference("# L\n\n## Core Concepts\n\n### One\n\nA partition key per shard.\n");
    lab.key('K');
    let (found, here, text) = terms(&lab);
    assert_eq!(found, ["Shard", "Partition key, key", "Lag"]);
    assert_eq!(here, 2);
    assert_eq!(text, "Shard A shard is a log with an order.");
    lab.keys("lag");
    let (found, _, text) = terms(&lab);
    assert_eq!(found, ["Lag"]);
    assert!(text.contains("milliseconds"), "{text}");
    lab.escape();
    assert!(lab.model.overlay.is_none());
}

#[test]
fn without_a_reference_the_key_says_so() {
    let mut lab = Lab::start(setup(ConnectionKind::Local));
    lab.key('K');
    assert!(lab.model.overlay.is_none());
    assert!(lab.status().contains("no reference"), "{}", lab.status());
}

#[test]
fn a_class_goes_on_in_the_next_module_while_the_clock_of_the_one_before_waits() {
    let mut lab = lab();
    let time = |lab: &Lab| class::time(&lab.model, lab.now).map(|time| time.to_string());
    lab.key(':').keys("class time").enter().wait(60.0);
    lab.key('M').key('2').wait(100.0);
    // Its first page has no minutes, so it counts up.
    assert_eq!(time(&lab).as_deref(), Some("1:40"));
    lab.key('M').key('1');
    assert_eq!(time(&lab).as_deref(), Some("9:00"));
    lab.wait(5.0);
    assert_eq!(time(&lab).as_deref(), Some("8:55"));
}

#[test]
fn what_the_consumer_reads_for_one_module_counts_in_no_other() {
    let mut lab = lab();
    lab.described("rivers", 2);
    lab.key('c').key('3').key('W');
    assert!(lab.model.consumer.running);
    lab.key('M').key('2');
    assert!(!lab.model.consumer.running);
}

#[test]
fn on_aws_a_module_asks_nothing_of_a_stream_that_the_learner_did_not_turn_to() {
    let settings = Settings {
        stream: Some("canals".into()),
        ..Settings::default()
    };
    let mut lab = Lab::start(Setup {
        course: vec![
            module("streams", lesson()),
            module("canals", lesson::parse(SECOND, &settings)),
        ],
        ..setup(ConnectionKind::Aws)
    });
    lab.listed(&["canals", "rivers"]);
    lab.effects.clear();
    lab.key('M').key('2');
    assert_eq!(lab.model.lesson.key, "canals");
    let calls = |effect: &Effect| matches!(effect, Effect::Call(_));
    assert!(!lab.effects.iter().any(calls), "{:?}", lab.effects);
    assert!(lab.status().contains("canals"), "{}", lab.status());
}
