//! Frames of the list of modules and of the terms.

use std::sync::Arc;

use crossterm::event::KeyCode;

use super::lab::{Lab, setup};
use super::pictures::{SIZES, kept, text};
use crate::app::course::Module;
use crate::app::{ConnectionKind, Setup};
use crate::lesson::{self, Settings};

const SECOND: &str = "\
# Module 2: Canals & Locks

**Duration**: 45 minutes
**Prerequisites**: Module 1

## Core Concepts (45 min)

Water rises in a lock.
";

const REFERENCE: &str = "\
# Terms

## Water

### River, stream

It flows, and is never complete.

Example: the Rhine.

### Lake

It is complete.
";

fn module(key: &str, lesson: lesson::Lesson) -> Module {
    Module {
        key: key.into(),
        lesson: Arc::new(lesson),
        fault: None,
        work: "/home/me".into(),
    }
}

/// A lab with two modules and a reference.
fn with_modules(size: (u16, u16)) -> Lab {
    let start = setup(ConnectionKind::Local, size);
    let course = vec![
        module(&start.lesson_key, start.lesson.clone()),
        module("canals", lesson::parse(SECOND, &Settings::default())),
    ];
    let reference = lesson::parse(REFERENCE, &Settings::default());
    Lab::start(Setup {
        course,
        reference: Some(Arc::new(reference)),
        ..start
    })
}

#[test]
fn a_room_sees_of_modules_no_mark_of_the_learner_s() {
    let mut lab = with_modules((80, 24));
    lab.key('M');
    assert!(text(&lab).contains("not begun"), "{}", text(&lab));
    lab.press(KeyCode::Esc).key('P').key('M');
    let screen = text(&lab);
    assert!(
        screen.contains("Canals") && !screen.contains("not begun"),
        "{screen}"
    );
}

/// A page of another module has the same key, and an answer as well.
#[test]
fn an_answer_that_was_shown_is_hidden_again_in_another_module() {
    let folded = |answer: &str| {
        let answer = format!("<details>\n<summary>Answer</summary>\n\n{answer}\n\n</details>\n");
        lesson::parse(&format!("# A\n\n{answer}"), &Settings::default())
    };
    let mut start = setup(ConnectionKind::Local, (80, 24));
    start.lesson = folded("the first one");
    start.course = vec![
        module(&start.lesson_key, start.lesson.clone()),
        module("other", folded("the second one")),
    ];
    let mut lab = Lab::start(start);
    lab.key('P').key('1').press(KeyCode::Enter);
    assert!(text(&lab).contains("the first one"), "{}", text(&lab));
    lab.key('M').key('2');
    assert!(!text(&lab).contains("the second one"), "{}", text(&lab));
    lab.press(KeyCode::Enter);
    assert!(text(&lab).contains("the second one"), "{}", text(&lab));
}

#[test]
fn modules_and_terms_lie_over_the_panes() {
    for size in SIZES {
        let mut lab = with_modules(size);
        lab.key('n').key('M').key('j');
        kept("modules", &lab);
        lab.key('M').key('K');
        kept("terms", &lab);
    }
}
