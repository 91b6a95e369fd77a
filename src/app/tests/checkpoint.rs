//! Scripts about the checkpoint as teaching: how sure one is, what a miss shows, what comes back.

use super::script::*;
use crate::app::*;
use crate::lesson::{self, Lesson, Settings};
use crate::progress::{AnswerRecord, Confidence, Progress};

const SETTINGS: &str = r#"
[[question]]
title = "many"
misconceptions = ["", "pushed", "deletes"]

[[question]]
title = "one"
misconceptions = ["deletes", "", ""]
see = "Step-1"

[[misconception]]
id = "deletes"
says = "Reading deletes."
truth = "It stays."
see = "goals"

[[misconception]]
id = "pushed"
says = "Records are pushed."
truth = "Consumers ask."
see = "step-2"
"#;

fn settings() -> Settings {
    lesson::settings(SETTINGS).expect("well formed")
}

fn taught() -> Lesson {
    Lesson {
        settings: settings(),
        ..lesson()
    }
}

fn launch(progress: Progress) -> Lab {
    Lab::start(Setup {
        lesson: taught(),
        progress,
        ..setup(ConnectionKind::Local)
    })
}

fn record<'l>(lab: &'l Lab, key: &str) -> &'l AnswerRecord {
    &lab.model.progress.lessons["streams"].answers[key]
}

#[test]
fn how_sure_one_is_counts_for_the_first_try_and_is_never_required() {
    let mut lab = launch(Progress::default());
    lab.key('4').key('b').keys("..").enter();
    assert_eq!(record(&lab, "many").confidence, Some(Confidence::Certain));
    lab.key(',');
    assert!(lab.status().contains("first try only"));
    lab.key('b').keys("ac").enter();
    assert_eq!(record(&lab, "many").confidence, Some(Confidence::Certain));
    lab.key('n').key('b').enter();
    assert_eq!(record(&lab, "one").confidence, None);
}

#[test]
fn commas_go_down_and_dots_go_up() {
    use Confidence::{Certain, Fairly, Guess};
    let check = |keys: &str, expected| {
        let mut lab = launch(Progress::default());
        lab.key('4').keys(keys);
        assert_eq!(lab.model.quiz.confidence, expected, "{keys}");
    };
    check("", None);
    check(",", Some(Guess));
    check(".", Some(Fairly));
    check("..", Some(Certain));
    check("...", Some(Certain));
    check("..,", Some(Fairly));
    check(",,.", Some(Fairly));
    check(".,,", Some(Guess));
}

#[test]
fn two_confident_misses_come_back_at_the_next_launch_and_a_guess_does_not() {
    let mut lab = launch(Progress::default());
    lab.key('4').key('b').key('.').enter();
    lab.key('b').keys("ac").enter();
    assert!(
        format!("{:?}", lab.model.quiz.rows).contains("Back"),
        "the screen says so"
    );
    lab.key('n').key('a').keys("..").enter();
    lab.key('b').enter();

    let mut lab = launch(lab.model.progress.clone());
    assert!(
        lab.status().contains("2 questions come back") && lab.status().contains('4'),
        "{}",
        lab.status()
    );
    assert_eq!(lab.model.quiz.question, 0);
    lab.key('4').keys("ac").enter();
    assert!(!record(&lab, "many").review);
    assert_eq!(record(&lab, "many").first_try_right, Some(false));
    lab.key('n').key('a').enter().key('c').enter();
    assert!(
        record(&lab, "one").review,
        "answered wrong again: still due"
    );
    lab.key('r').key('b').enter();
    assert!(
        record(&lab, "one").review,
        "at once it is only remembered: it comes back all the same"
    );

    let mut lab = launch(lab.model.progress.clone());
    assert!(
        lab.status()
            .contains("1 question comes back: you were certain")
    );
    assert_eq!(lab.model.quiz.question, 1, "the due one is open");
    lab.key('4').key('b').enter();
    let lab = launch(lab.model.progress.clone());
    assert_eq!(quiz::what_is_due(&lab.model), None);
    assert_eq!(
        quiz::score(&lab.model),
        (0, 2),
        "the score keeps the first try"
    );

    let mut lab = launch(Progress::default());
    lab.key('4').key('b').key(',').enter();
    assert!(!record(&lab, "many").review);
}

#[test]
fn a_due_question_that_is_left_alone_is_due_again() {
    let mut lab = launch(Progress::default());
    lab.key('4').key('b').key('.').enter();
    let lab = launch(lab.model.progress.clone());
    let lab = launch(lab.model.progress.clone());
    assert!(quiz::what_is_due(&lab.model).is_some());
}

#[test]
fn a_wrongly_chosen_option_shows_its_misconception_and_a_missed_one_does_not() {
    let mut lab = launch(Progress::default());
    lab.key('4').keys("ab").enter();
    let ids = |lab: &Lab| -> Vec<String> {
        let lesson = &lab.model.progress.lessons["streams"];
        lesson.misconceptions.iter().cloned().collect()
    };
    assert_eq!(ids(&lab), ["pushed"]);
    lab.key('4').key('n').key('a').enter();
    assert_eq!(ids(&lab), ["deletes", "pushed"]);
}

#[test]
fn o_goes_to_the_page_to_look_at_again() {
    let mut lab = launch(Progress::default());
    lab.key('4').keys("ab").enter().enter();
    assert_eq!(quiz::see_again(&lab.model), Some(2), "of the misconception");
    lab.key('o');
    assert_eq!((lab.model.lesson.page, lab.model.focus), (2, Pane::Lesson));
    assert!(lab.status().starts_with('4'));
    lab.key('4').key('n').key('o');
    assert_eq!(lab.model.lesson.page, 1, "of the question");
    lab.key('4').key('n').key('o');
    assert_eq!(lab.model.focus, Pane::Consumer, "nothing named: live");
}
