//! Scripts about lesson, quiz, progress and leaving.

use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::script::*;
use crate::app::message::*;
use crate::app::section_clock::Spent;
use crate::app::*;

#[test]
fn a_first_wrong_try_only_nudges_and_the_second_explains() {
    let mut lab = Lab::local();
    lab.key('4').key('b').enter();
    let question = lab.model.lesson.lesson.questions[0].clone();
    let shown = |lab: &Lab| format!("{:?}", lab.model.quiz.rows);
    assert_eq!(quiz::state(&lab.model, &question), quiz::State::OneMore);
    assert!(!shown(&lab).contains("secret") && !shown(&lab).contains("why"));
    lab.key('b').keys("ac").enter();
    assert!(matches!(
        quiz::state(&lab.model, &question),
        quiz::State::Answered(_)
    ));
    assert!(shown(&lab).contains("secret") && lab.model.quiz.reasons_at.is_some());
    assert_eq!(quiz::score(&lab.model), (0, 2), "the first try counts");
    lab.key('r').keys("ac").enter();
    assert_eq!(quiz::score(&lab.model), (0, 2));
}

#[test]
fn a_single_choice_keeps_one_option_and_right_at_once_scores() {
    let mut lab = Lab::local();
    lab.key('4').key('n').keys("ab");
    assert_eq!(
        lab.model.quiz.chosen.iter().copied().collect::<Vec<_>>(),
        [1]
    );
    lab.enter();
    assert_eq!(quiz::score(&lab.model), (1, 2));
    lab.enter();
    assert_eq!(lab.model.quiz.question, 2);
}

#[test]
fn a_question_without_a_certain_key_is_compared_not_graded() {
    let mut lab = Lab::local();
    lab.key('4').keys("nna").enter();
    let question = lab.model.lesson.lesson.questions[2].clone();
    assert_eq!(
        quiz::state(&lab.model, &question),
        quiz::State::Answered(crate::lesson::quiz::Grade::Compare)
    );
    assert_eq!(quiz::score(&lab.model), (0, 2));
}

#[test]
fn letters_answer_only_while_the_quiz_has_the_keys() {
    let mut lab = Lab::with_stream();
    lab.key('4').key('c');
    assert!(!lab.model.consumer.running);
    lab.key('1').key('c');
    assert!(lab.model.consumer.running);
}

#[test]
fn what_was_done_is_saved_at_once_and_taken_up_again() {
    let mut lab = Lab::local();
    lab.keys("nn");
    let saved = lab.effects.iter().rev().find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(progress.clone()),
        _ => None,
    });
    let progress = *saved.expect("it was saved");
    let again = Lab::start(Setup {
        progress,
        ..setup(ConnectionKind::Local)
    });
    assert_eq!(again.model.lesson.page, 2);
    assert!(again.status().contains("step-2"));
    assert!(
        again.model.progress.lessons["streams"]
            .done
            .contains("goals")
    );
}

#[test]
fn a_section_s_budget_needs_no_tick_but_one_a_minute() {
    let mut lab = Lab::local();
    let first = lab.model.next_deadline().expect("the minute");
    assert_eq!(first - lab.now, TimeDelta::minutes(1));
    lab.now = first;
    let out = update(&mut lab.model, Message::DeadlinePassed, first);
    assert!(out.changed && out.effects.is_empty());
}

#[test]
fn a_section_without_minutes_counts_quietly_and_rests_when_told_to() {
    let mut setup = setup(ConnectionKind::Local);
    setup.lesson.sections[0].minutes = None;
    let mut lab = Lab::start(setup);
    lab.wait(125.0);
    let spent = |lab: &Lab| section_clock::spent(&lab.model.lesson, lab.now);
    assert_eq!(spent(&lab), Spent::Within(2, None));
    lab.key(':').keys("pause section").enter();
    assert_eq!(lab.model.next_deadline(), None, "no tick at all");
    lab.wait(600.0);
    assert_eq!(spent(&lab), Spent::Within(2, None));
    lab.key(':').keys("pause section").enter().wait(60.0);
    assert_eq!(spent(&lab), Spent::Within(3, None));
}

#[test]
fn beyond_its_minutes_a_section_says_by_how_much_each_second() {
    let mut lab = Lab::local();
    lab.wait(600.0 + 130.0);
    let spent = section_clock::spent(&lab.model.lesson, lab.now);
    assert_eq!(spent, Spent::Over(10, 130));
    let next = lab.model.next_deadline().expect("the second");
    assert!(next - lab.now <= TimeDelta::seconds(1));
}

#[test]
fn the_time_of_each_section_goes_on_after_a_restart_and_is_not_written_for_its_own_sake() {
    let mut lab = Lab::local();
    lab.effects.clear();
    lab.wait(200.0);
    assert!(lab.effects.is_empty(), "nothing else changed");
    lab.key('n').wait(70.0).key('q');
    let saved = lab.effects.iter().rev().find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(progress.clone()),
        _ => None,
    });
    let progress = *saved.expect("leaving saves");
    let seconds = &progress.lessons["streams"].seconds;
    assert_eq!((seconds["goals"], seconds["step-1"]), (200, 70));
    let mut again = Lab::start(Setup {
        progress,
        ..setup(ConnectionKind::Local)
    });
    again.wait(60.0);
    let spent = |lab: &Lab| section_clock::spent(&lab.model.lesson, lab.now);
    assert_eq!(spent(&again), Spent::Within(2, Some(10)));
    again.press(KeyCode::Backspace);
    assert_eq!(spent(&again), Spent::Within(3, Some(10)));
}

#[test]
fn quitting_asks_only_while_a_program_is_connected_and_twice_leaves() {
    let mut lab = Lab::with_stream();
    lab.key('q');
    assert!(lab.asks_to_quit());
    let mut lab = Lab::with_stream();
    lab.fed(1, "PutRecord", "my-first-stream", put_entry("bob"))
        .key('q');
    assert!(!lab.asks_to_quit());
    lab.escape();
    let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    lab.tell(Message::Pressed(interrupt));
    assert!(!lab.asks_to_quit());
    lab.tell(Message::Pressed(interrupt));
    assert!(lab.asks_to_quit());
}

#[test]
fn pasting_outside_a_field_does_nothing_but_say_so() {
    let mut lab = Lab::with_stream();
    lab.tell(Message::Pasted("qqq".into()));
    assert!(!lab.asks_to_quit());
    assert!(lab.status().contains("text field"));
    lab.key('p').tell(Message::Pasted("x\ny".into()));
    let edit = lab.model.producer.edit.as_ref().expect("editing");
    assert_eq!(edit.key.value(), "x y", "it replaces what stood there");
}

#[test]
fn the_palette_reaches_every_action() {
    let mut lab = Lab::local();
    lab.key(':').keys("template pay").enter();
    assert_eq!(lab.model.producer.template().name, "Payments");
    lab.key(':').keys("step 2").enter();
    assert_eq!(lab.model.lesson.page, 2);
    lab.key(':').keys("theme mono").enter();
    assert_eq!(lab.model.theme, Theme::Mono);
}

#[test]
fn what_is_folded_opens_and_closes_and_is_not_found_while_closed() {
    let mut lab = Lab::start(Setup {
        lesson: crate::lesson::parse(
            "# T\n\n## Discussion\n\nThink.\n\n<details>\n<summary>Points</summary>\n\nthe hidden point\n\n</details>\n",
            &crate::lesson::Settings::default(),
        ),
        ..setup(ConnectionKind::Local)
    });
    let shown = |lab: &Lab| {
        let lines = lab.model.lesson.lines.iter();
        lines.map(|line| line.text() + "\n").collect::<String>()
    };
    assert!(shown(&lab).contains("Points · Enter opens it"));
    assert!(!shown(&lab).contains("hidden point"));
    lab.key('/').keys("hidden point").enter();
    assert!(lab.status().contains("does not stand"));
    lab.escape().enter();
    assert!(shown(&lab).contains("hidden point"));
    lab.enter();
    assert!(!shown(&lab).contains("hidden point"));
}

#[test]
fn a_minute_that_passes_while_other_things_happen_is_drawn() {
    let mut lab = Lab::local();
    lab.now += TimeDelta::seconds(61);
    lab.tell(Message::ProgressSaved(Ok(())));
    assert!(lab.model.next_deadline().is_some_and(|at| at <= lab.now));
    lab.tell(Message::DeadlinePassed);
    assert!(lab.changed);
}

#[test]
fn going_past_the_last_question_tells_what_is_still_open() {
    let mut lab = Lab::local();
    lab.key('4').keys("nb").enter().keys("nn");
    assert_eq!(lab.model.focus, Pane::Lesson);
    assert!(lab.status().contains("1 of 3"), "{}", lab.status());
    lab.key('4').keys("ac").enter().keys("nna").enter().key('n');
    assert!(lab.status().contains("2 of 2 right"), "{}", lab.status());
}

#[test]
fn a_lesson_without_questions_says_so() {
    let mut setup = setup(ConnectionKind::Local);
    setup.lesson.questions.clear();
    let mut lab = Lab::start(setup);
    for key in ['n', '\r'] {
        lab.key('4').tell(Message::ProgressSaved(Ok(())));
        match key {
            'n' => lab.key('n'),
            _ => lab.enter(),
        };
        assert!(lab.status().contains("no questions"), "{}", lab.status());
    }
}

#[test]
fn retry_takes_nothing_from_a_question_that_is_open() {
    let mut lab = Lab::local();
    lab.key('4').key('a').key('r');
    assert!(lab.model.quiz.chosen.contains(&0));
    lab.enter().key('r').key('b').enter();
    let question = lab.model.lesson.lesson.questions[0].clone();
    assert!(matches!(
        quiz::state(&lab.model, &question),
        quiz::State::Answered(_)
    ));
}

#[test]
fn a_return_tells_everything_that_is_to_be_known() {
    let mut lab = Lab::with_stream();
    lab.keys("nn");
    let mut again = Lab::start(Setup {
        progress: lab.model.progress.clone(),
        notice: Some("A saved file was damaged.".into()),
        ..setup(ConnectionKind::Local)
    });
    again.listed(&[]);
    for part in ["damaged", "step-2", "my-first-stream"] {
        assert!(again.status().contains(part), "{}", again.status());
    }
}

#[test]
fn progress_of_another_edition_of_the_lesson_spoils_and_breaks_nothing() {
    use crate::progress::{AnswerRecord, LessonProgress, Progress};
    use std::collections::BTreeSet;
    let tries = |tries: &[&[usize]]| AnswerRecord {
        first_try_right: None,
        tries: tries
            .iter()
            .map(|t| t.iter().copied().collect::<BTreeSet<_>>())
            .collect(),
        ..AnswerRecord::default()
    };
    let answers = [
        ("many", tries(&[&[99], &[usize::MAX], &[0]])),
        ("one", tries(&[&[7]])),
        ("gone", tries(&[&[0]])),
    ];
    let lesson = LessonProgress {
        page: Some("a page that is gone".into()),
        done: BTreeSet::from(["another".to_owned()]),
        answers: answers.map(|(key, record)| (key.to_owned(), record)).into(),
        ..LessonProgress::default()
    };
    let mut progress = Progress {
        theme: Some("a theme of tomorrow".into()),
        ..Progress::default()
    };
    progress.lessons.insert("streams".into(), lesson);
    let mut lab = Lab::start(Setup {
        progress,
        ..setup(ConnectionKind::Local)
    });
    assert_eq!(
        (lab.model.lesson.page, lab.model.theme),
        (0, Theme::Terminal)
    );
    lab.key('4');
    let shown = |lab: &Lab| format!("{:?}", lab.model.quiz.rows);
    assert_eq!(lab.model.quiz.question, 1, "the first one that is open");
    assert!(!shown(&lab).contains("secret"));
    lab.press(KeyCode::Backspace);
    assert!(shown(&lab).contains("secret"), "two tries were used up");
    assert_eq!(quiz::score(&lab.model), (0, 2));
}
