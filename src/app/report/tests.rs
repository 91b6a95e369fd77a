//! Reports of a lesson that was partly done.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

use super::*;
use crate::lesson::{self, Settings};
use crate::progress::{
    AnswerRecord, CheckRecord, LessonProgress, Passed, PredictionRecord, StepRecord,
};

const LESSON: &str = "# Module 9: Rivers

## Learning Goals

1. Tell a river from a lake
2. Put a leaf on the water
3. Say why

## Discussion (5 min)

1. **Flow**: What flows?

## Hands-on (10 min)

### Step 1: Put a leaf

Go.

### Step 2: Follow it

Go.

## Checkpoint (5 min)

### Question 1: Flowing

Which?

- [ ] lake
- [ ] river

<details>
**Correct answers**: B
</details>

### Question 2: Still

Which one?

A) lake
B) river

<details>
**A) lake**
</details>

### Question 3: Open

Why?

<details>
Because.
</details>

## Summary

**Next modules**:

- Seas
- Clouds
";

const SETTINGS: &str = r#"
[[goal]]
number = 1
questions = ["Flowing"]

[[goal]]
number = 2
steps = ["Put a leaf", "Follow it"]

[[step]]
title = "Put a leaf"
[[step.check]]
says = "a leaf"
when.put = {}
[[step.predict]]
ask = "Where will it go?"
options = ["up", "down"]
answer = "B"
why = "Water runs down."
when.put = {}

[[step]]
title = "Follow it"
[[step.check]]
says = "seen"
when.read = {}
[[step.check]]
says = "seen again"
when.reread = {}

[[misconception]]
id = "big"
says = "What is big flows."
truth = "A lake is big."
see = "Summary"
"#;

fn lesson() -> lesson::Lesson {
    let settings: Settings = lesson::settings(SETTINGS).expect("well formed");
    lesson::parse(LESSON, &settings)
}

fn progress(lesson: &lesson::Lesson) -> LessonProgress {
    let question = |at: usize| lesson.questions[at].key.clone();
    let passed = |says: &str, how| {
        let record = CheckRecord {
            how,
            by: "you".into(),
            at: DateTime::UNIX_EPOCH,
        };
        (says.to_owned(), record)
    };
    let step = |checks: Vec<(String, CheckRecord)>| StepRecord {
        checks: checks.into_iter().collect(),
        hints: 2,
    };
    LessonProgress {
        last_stream: None,
        class: None,
        done: BTreeSet::from([lesson.pages[0].key.clone()]),
        answers: BTreeMap::from([
            (
                question(0),
                AnswerRecord {
                    first_try_right: Some(false),
                    tries: vec![BTreeSet::from([0]), BTreeSet::from([1])],
                    confidence: Some(Confidence::Certain),
                    review: true,
                },
            ),
            (
                question(2),
                AnswerRecord {
                    tries: vec![BTreeSet::new()],
                    ..AnswerRecord::default()
                },
            ),
        ]),
        steps: BTreeMap::from([
            (
                "hands-on/put-a-leaf".into(),
                step(vec![passed("a leaf", Passed::Done)]),
            ),
            (
                "hands-on/follow-it".into(),
                step(vec![
                    passed("seen", Passed::Shown),
                    passed("a check of an older lesson", Passed::Done),
                ]),
            ),
        ]),
        predictions: BTreeMap::from([(
            "Where will it go?".into(),
            PredictionRecord {
                chosen: Some(1),
                seen_at: Some(DateTime::UNIX_EPOCH),
            },
        )]),
        notes: BTreeMap::from([
            ("flow".into(), "The Nile.\nAnd time.".into()),
            ("older".into(), "kept".into()),
        ]),
        misconceptions: BTreeSet::from(["big".into()]),
        seconds: BTreeMap::from([("hands-on/put-a-leaf".into(), 730)]),
        page: None,
    }
}

fn report() -> Report {
    let lesson = lesson();
    of(&lesson, "/lessons/rivers.md", &progress(&lesson))
}

fn text(report: &Report, width: usize) -> String {
    let lines = lines(report, width).into_iter();
    lines
        .map(|line| {
            let text: String = line.into_iter().map(|(text, _)| text).collect();
            text.trim_end().to_owned() + "\n"
        })
        .collect()
}

#[test]
fn a_goal_is_met_where_all_that_shows_it_is_done_by_the_learner() {
    let report = report();
    let met: Vec<_> = report.goals.iter().map(|goal| goal.met).collect();
    assert_eq!(met, [Some(Met::Met), Some(Met::Partly), None]);
    assert_eq!(report.steps_done(), (1, 2));
    assert_eq!(report.steps[1].state, StepState::Partly);
    assert_eq!((report.steps[1].passed, report.steps[1].checks), (1, 2));
}

#[test]
fn the_score_counts_first_tries_and_what_is_due_is_said() {
    let report = report();
    let expected = Score {
        right: 0,
        graded: 2,
        answered: 2,
        questions: 3,
    };
    assert_eq!(report.score, expected);
    assert!(report.questions[0].right_by_now);
    assert_eq!(report.questions[2].first_try, FirstTry::Compared);
    assert_eq!(report.due, ["Flowing"]);
    assert_eq!(report.predicted(), (1, 1));
    assert_eq!(report.next_modules, ["Seas", "Clouds"]);
}

#[test]
fn what_is_graded_no_more_does_not_count() {
    let before = lesson();
    let mut progress = progress(&before);
    let record = AnswerRecord {
        first_try_right: Some(true),
        tries: vec![BTreeSet::from([0])],
        ..AnswerRecord::default()
    };
    let still = before.questions[1].key.clone();
    progress.answers.insert(still, record);
    assert_eq!(of(&before, "k", &progress).score.right, 1);
    let unclear = LESSON.replace("**A) lake**", "It depends.");
    let after = lesson::parse(&unclear, &Settings::default());
    let report = of(&after, "k", &progress);
    assert_eq!((report.score.right, report.score.graded), (0, 1));
    assert_eq!(report.questions[1].first_try, FirstTry::Compared);
}

#[test]
fn next_names_the_first_thing_that_is_still_open() {
    let lesson = lesson();
    let mut progress = progress(&lesson);
    let next = |progress: &LessonProgress| of(&lesson, "k", progress).next_page;
    progress.done = lesson.pages.iter().map(|page| page.key.clone()).collect();
    assert_eq!(next(&progress).as_deref(), Some("Step 2 · Follow it"));
    let step = progress.steps.get_mut("hands-on/follow-it").expect("kept");
    let check = step.checks["seen"].clone();
    step.checks.insert("seen again".into(), check);
    assert_eq!(
        next(&progress).as_deref(),
        Some("Checkpoint, question 2: Still")
    );
    let record = progress.answers.values().next().expect("one").clone();
    progress
        .answers
        .insert(lesson.questions[1].key.clone(), record);
    assert_eq!(next(&progress), None);
    let report = of(&lesson, "k", &progress);
    assert!(text(&report, 76).contains("All of this lesson is done."));
    progress.done.remove(&lesson.pages[0].key);
    assert_eq!(next(&progress).as_deref(), Some("Learning Goals"));
}

#[test]
fn who_saw_it_before_saying_anything_has_not_skipped_it() {
    let lesson = lesson();
    let mut progress = progress(&lesson);
    let record = progress.predictions.values_mut().next().expect("one");
    record.chosen = None;
    let told = text(&of(&lesson, "k", &progress), 76);
    assert!(told.contains("seen without a prediction"), "{told}");
    assert!(!told.contains("skipped"), "{told}");
}

#[test]
fn notes_of_prompts_that_are_gone_are_kept_and_come_last() {
    let notes = report().notes.expect("asked for");
    let prompts: Vec<&str> = notes.iter().map(|note| note.prompt.as_str()).collect();
    assert_eq!(prompts, ["Flow", "older"]);
}

#[test]
fn of_a_lesson_that_is_gone_what_was_kept_is_said() {
    let lesson = lesson();
    let report = gone("/lessons/rivers.md", &progress(&lesson));
    assert_eq!(
        (report.title.as_str(), report.available),
        ("rivers.md", false)
    );
    assert_eq!(report.due.len(), 1);
    assert_eq!(report.notes.as_ref().map(Vec::len), Some(2));
    assert!(text(&report, 76).contains("file is gone"));
}

#[test]
fn no_line_is_wider_than_asked_for() {
    for report in [report(), gone("k", &progress(&lesson()))] {
        for width in [40, 52, 60, 72, 76] {
            for line in text(&report, width).lines() {
                let wide = unicode_width::UnicodeWidthStr::width(line);
                assert!(wide <= width, "{wide} > {width}: {line}");
            }
        }
    }
}

#[test]
fn it_is_written_for_people_for_programs_and_to_hand_in() {
    let report = report();
    insta::assert_snapshot!("people", text(&report, 76));
    insta::assert_snapshot!("markdown", markdown(&report));
    let reports = Reports {
        format: FORMAT,
        lessons: vec![report],
    };
    let json = serde_json::to_string_pretty(&reports).expect("plain data");
    insta::assert_snapshot!("json", json);
}
