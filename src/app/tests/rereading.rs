//! A lesson that is saved while it is open.

use std::sync::Arc;

use super::script::{Lab, lesson};
use crate::app::message::{Effect, Message, Reread};
use crate::app::{Pane, Tone};
use crate::lesson::{Fault, Lesson};

fn saved(lab: &mut Lab, change: impl FnOnce(&mut Lesson)) {
    let mut lesson = (*lab.model.lesson.lesson).clone();
    change(&mut lesson);
    lab.tell(Message::LessonChanged(Reread {
        key: "streams".into(),
        lesson: Some(Arc::new(lesson)),
        fault: None,
    }));
}

fn fault() -> Fault {
    Fault::of_settings("lab.toml", "# mine\nstreem = 1").expect("misspelt")
}

/// A lab whose third page is open, far down in it.
fn far_down() -> Lab {
    let mut lab = Lab::local();
    saved(&mut lab, |lesson| {
        lesson.pages[2].blocks = super::script::text(&"water ".repeat(2_000));
    });
    lab.keys("nn").key('G').key('k');
    assert!(lab.model.lesson.scroll > 10);
    lab
}

#[test]
fn the_same_page_stays_open_and_as_far_scrolled() {
    let mut lab = far_down();
    let scroll = lab.model.lesson.scroll;
    let progress = lab.model.progress.clone();
    saved(&mut lab, |lesson| {
        let mut page = lesson.pages[0].clone();
        page.key = "new".into();
        lesson.pages.insert(0, page);
    });
    let pane = &lab.model.lesson;
    assert_eq!(pane.page().map(|page| page.key.as_str()), Some("step-2"));
    assert_eq!((pane.page, pane.scroll), (3, scroll));
    assert_eq!(lab.model.progress, progress);
    assert_eq!(lab.model.status.tone, Tone::Done);
    let colours = |effect: &Effect| matches!(effect, Effect::Highlight(lesson) if Arc::ptr_eq(lesson, &lab.model.lesson.lesson));
    assert!(lab.effects.iter().any(colours));
}

#[test]
fn a_page_with_another_heading_is_followed_and_one_that_is_gone_gives_way_to_the_one_before() {
    let mut lab = far_down();
    saved(&mut lab, |lesson| lesson.pages[2].key = "step-two".into());
    assert_eq!(lab.model.lesson.page, 2);
    saved(&mut lab, |lesson| {
        lesson.pages.remove(2);
    });
    let pane = &lab.model.lesson;
    assert_eq!(pane.page().map(|page| page.key.as_str()), Some("step-1"));
    saved(&mut lab, |lesson| lesson.pages.clear());
    assert!(lab.model.lesson.page().is_none());
}

#[test]
fn a_shorter_page_is_scrolled_no_further_than_it_goes() {
    let mut lab = far_down();
    saved(&mut lab, |lesson| {
        lesson.pages[2].blocks = super::script::text("short");
    });
    assert_eq!((lab.model.lesson.page, lab.model.lesson.scroll), (2, 0));
}

#[test]
fn the_same_question_stays_open_with_what_was_chosen() {
    let mut lab = Lab::local();
    lab.key('4').key('n').key('b');
    saved(&mut lab, |lesson| lesson.questions.swap(0, 1));
    assert_eq!(lab.model.quiz.question, 0);
    assert!(lab.model.quiz.chosen.contains(&1));
    assert_eq!(lab.model.focus, Pane::Quiz);
    saved(&mut lab, |lesson| {
        lesson.questions[0].key = "prompt changed".into();
        lesson.questions[0].options.remove(0);
    });
    assert_eq!(lab.model.quiz.question, 0);
    assert!(lab.model.quiz.chosen.is_empty(), "other options");
    saved(&mut lab, |lesson| lesson.questions.clear());
    assert!(lab.model.quiz.rows.is_empty());
    lab.key('b').enter();
}

#[test]
fn an_answer_survives_the_question_s_new_place() {
    let mut lab = Lab::local();
    lab.key('4').keys("ac").enter();
    let answers = lab.model.progress.lessons["streams"].answers.clone();
    saved(&mut lab, |lesson| lesson.questions.reverse());
    assert_eq!(lab.model.progress.lessons["streams"].answers, answers);
    assert_eq!(crate::app::quiz::answered(&lab.model), 1);
}

#[test]
fn what_is_wrong_stands_above_the_text_until_it_is_mended() {
    let mut lab = far_down();
    let rows = lab.model.lesson.rows();
    lab.tell(Message::LessonChanged(Reread {
        key: "streams".into(),
        lesson: None,
        fault: Some(fault()),
    }));
    let pane = &lab.model.lesson;
    assert_eq!(*pane.lesson.pages[1].key, *lesson().pages[1].key);
    let card: Vec<String> = pane.card.iter().map(|line| line.text()).collect();
    assert_eq!(card[..3], ["✗ lab.toml, line 2", "┃ streem = 1", "┃ ^"]);
    assert_eq!(pane.rows() + pane.card_rows(), rows);
    assert!(
        lab.model
            .status
            .words
            .starts_with("lab.toml, line 2: `streem` is not known")
    );
    lab.tell(Message::LessonChanged(Reread {
        key: "streams".into(),
        lesson: None,
        fault: None,
    }));
    assert_eq!(
        (lab.model.lesson.rows(), lab.model.status.tone),
        (rows, Tone::Done)
    );
}

#[test]
fn a_search_goes_on_in_the_new_text() {
    let mut lab = Lab::local();
    lab.keys("/streams").enter();
    assert_eq!(
        lab.model.lesson.search.as_ref().map(|it| it.hits.len()),
        Some(5)
    );
    saved(&mut lab, |lesson| {
        lesson.pages.truncate(2);
    });
    assert_eq!(
        lab.model.lesson.search.as_ref().map(|it| it.hits.len()),
        Some(3)
    );
    lab.enter().enter().enter();
}
