//! Scripts about keys: who has them, and that none is lost or does two things.

use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::script::*;
use crate::app::message::*;
use crate::app::overlay::Overlay;
use crate::app::*;
use crate::kinesis::StartPosition;

#[test]
fn a_search_takes_enter_in_the_lesson_only() {
    let mut lab = Lab::local();
    lab.key('/').keys("words").enter().key('4').key('a').enter();
    let question = lab.model.lesson.lesson.questions[0].clone();
    assert_eq!(quiz::state(&lab.model, &question), quiz::State::OneMore);
    lab.key('1').enter();
    let search = lab.model.lesson.search.as_ref().expect("it goes on");
    assert_eq!(search.at, 1);
}

#[test]
fn a_click_does_not_take_the_keys_from_a_field() {
    let mut lab = Lab::with_stream();
    lab.key('p').key('x');
    let lesson = lab.model.layout.panes[Pane::Lesson.index()].expect("it is on the screen");
    lab.tell(Message::Moused(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: lesson.x + 1,
        row: lesson.y + 1,
        modifiers: KeyModifiers::NONE,
    }));
    assert_eq!(lab.model.focus, Pane::Producer);
}

#[test]
fn the_palette_goes_to_the_pane_of_a_command() {
    let mut lab = Lab::local();
    lab.key(':').keys("option under the cursor").enter();
    assert_eq!(lab.model.focus, Pane::Quiz);
    assert!(lab.model.quiz.chosen.contains(&0));
    lab.key('1').key(':').keys("submit the answer").enter();
    assert!(matches!(
        quiz::state(&lab.model, &lab.model.lesson.lesson.questions[0]),
        quiz::State::OneMore
    ));
    lab.key('1').key(':').keys("freeze the view").enter();
    assert_eq!(lab.model.focus, Pane::Consumer);
    lab.key('2').key(':').keys("freeze the view").enter();
    assert_eq!(lab.model.focus, Pane::Producer);
}

#[test]
fn what_is_pasted_into_the_palette_is_searched_from_its_best_match() {
    let mut lab = Lab::local();
    lab.key(':');
    for _ in 0..30 {
        lab.press(KeyCode::Down);
    }
    lab.tell(Message::Pasted("theme mono".into())).enter();
    assert_eq!(lab.model.theme, Theme::Mono);
}

#[test]
fn esc_keeps_the_event_as_it_was_whatever_was_tried() {
    let mut lab = Lab::with_stream();
    let before = lab.model.producer.event_at(lab.now);
    lab.key('p')
        .key('x')
        .press(KeyCode::BackTab)
        .press(KeyCode::Right)
        .press(KeyCode::Right)
        .escape();
    assert_eq!(lab.model.producer.event_at(lab.now), before);
    assert_eq!(lab.model.producer.auto.template, 0);
}

#[test]
fn the_start_dialog_opens_with_what_was_chosen_before() {
    let mut lab = Lab::with_stream();
    lab.key('t');
    for _ in 0..3 {
        lab.press(KeyCode::Down);
    }
    lab.keys("4968").enter();
    let chosen = StartPosition::AtSequenceNumber("4968".into());
    assert_eq!(lab.model.consumer.start, chosen);
    lab.key('t').enter();
    assert!(lab.model.overlay.is_none());
    assert_eq!(lab.model.consumer.start, chosen);
    let at = StartPosition::AtTimestamp(lab.now - chrono::TimeDelta::hours(3));
    lab.model.consumer.start = at.clone();
    lab.wait(7.0).key('t').enter();
    assert!(lab.model.overlay.is_none());
    assert_eq!(lab.model.consumer.start, at);
}

#[test]
fn a_time_that_cannot_be_is_refused_in_the_dialog() {
    let mut lab = Lab::with_stream();
    for text in ["4294967295h", "2999-01-01T00:00:00Z"] {
        lab.key('t').press(KeyCode::Down).press(KeyCode::Down);
        for _ in 0..30 {
            lab.press(KeyCode::Backspace);
        }
        lab.keys(text).enter();
        let Some(Overlay::Start(dialog)) = &lab.model.overlay else {
            panic!("{text} was taken");
        };
        assert!(dialog.problem.is_some());
        lab.escape();
    }
}

#[test]
fn the_next_record_of_a_frozen_view_is_the_next_one_shown() {
    let mut lab = Lab::with_stream();
    lab.key('c').open_readers().wait(1.0);
    let reader = lab.poll();
    lab.read(reader, &["10"]).key('3').key(' ').wait(1.0);
    lab.effects.clear();
    lab.read(reader, &["11"]).enter().press(KeyCode::Right);
    let Some(Overlay::Detail(detail)) = &lab.model.overlay else {
        panic!("it is open");
    };
    let shown = lab.model.consumer.log.get(detail.number).expect("held");
    assert_eq!(shown.record.sequence, "10".into());
}

#[test]
fn moving_the_cursor_in_a_template_s_event_makes_it_nobody_s_own() {
    let mut lab = Lab::with_stream();
    lab.key(':').keys("template pay").enter();
    let before = lab.model.producer.event.clone();
    lab.key('p').press(KeyCode::Left).enter();
    assert_eq!(lab.model.producer.event, before);
}

#[test]
fn a_long_list_of_streams_is_paged() {
    let mut lab = Lab::start(setup(ConnectionKind::Aws));
    let names: Vec<String> = (0..30).map(|n| format!("s{n:02}")).collect();
    lab.answer(Answer::Streams(Ok(names)));
    lab.key('D')
        .press(KeyCode::PageDown)
        .press(KeyCode::PageDown)
        .press(KeyCode::PageUp)
        .enter();
    assert_eq!(lab.model.streams.name(), Some("s09"));
}

#[test]
fn the_palette_begins_with_what_can_be_done_here() {
    let mut lab = super::step_logs::course("");
    super::step_logs::open(&mut lab, "Run the Producer");
    let names: Vec<String> = keymap::commands(&lab.model)
        .into_iter()
        .map(|command| command.name)
        .collect();
    let place = |name: &str| names.iter().position(|it| it.starts_with(name));
    let solve = place("solve this step").expect("it is there");
    for elsewhere in ["choose the option under the cursor", "skip the prediction"] {
        let there = names.iter().position(|it| it.contains(elsewhere));
        assert!(
            there.expect("it is there") > solve,
            "{elsewhere}: {names:?}"
        );
    }
    assert!(solve < place("page: ").expect("it is there"));
}
