//! Frames of the list of modules and of the terms.

use std::sync::Arc;

use super::lab::{Lab, setup};
use super::pictures::{SIZES, kept};
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

#[test]
fn modules_and_terms_lie_over_the_panes() {
    for size in SIZES {
        let start = setup(ConnectionKind::Local, size);
        let module = |key: &str, lesson| Module {
            key: key.into(),
            lesson: Arc::new(lesson),
            fault: None,
            work: "/home/me".into(),
        };
        let course = vec![
            module(&start.lesson_key, start.lesson.clone()),
            module("canals", lesson::parse(SECOND, &Settings::default())),
        ];
        let reference = lesson::parse(REFERENCE, &Settings::default());
        let mut lab = Lab::start(Setup {
            course,
            reference: Some(Arc::new(reference)),
            ..start
        });
        lab.key('n').key('M').key('j');
        kept("modules", &lab);
        lab.key('M').key('K');
        kept("terms", &lab);
    }
}
