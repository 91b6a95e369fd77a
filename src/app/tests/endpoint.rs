//! Scripts about endpoints without a feed: what changes there is found by looking, and may be answered late or not.

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::overlay::Overlay;
use crate::app::streams::Presence;
use crate::app::*;

/// A lab on an endpoint that has one stream, `s`, which it follows.
fn endpoint() -> Lab {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.effects.clear();
    lab.listed(&["s"]).described("s", 1).effects.clear();
    lab
}

fn created_at(lab: &mut Lab, stream: &str, at: DateTime<Utc>) {
    let mut description = lab.description(1);
    description.created_at = Some(at);
    lab.answer(Answer::Described {
        stream: stream.into(),
        result: Ok(description),
    });
}

fn presence(lab: &Lab) -> &Presence {
    &lab.model
        .streams
        .selected
        .as_ref()
        .expect("a stream")
        .presence
}

#[test]
fn an_idle_endpoint_is_looked_at_and_nothing_is_drawn() {
    let mut lab = endpoint();
    lab.wait(5.0);
    let began = lab
        .model
        .streams
        .description()
        .and_then(|d| d.created_at)
        .expect("described");
    lab.listed(&["s"]);
    assert!(!lab.changed);
    created_at(&mut lab, "s", began);
    assert!(!lab.changed);
}

#[test]
fn an_endpoint_that_does_not_answer_is_asked_one_question_at_a_time() {
    let mut lab = endpoint();
    lab.wait(60.0);
    let mut asked = Vec::new();
    while let Some(request) = lab.request() {
        asked.push(request);
    }
    assert_eq!(
        asked,
        [Request::DescribeStream("s".into()), Request::ListStreams]
    );
}

#[test]
fn an_endpoint_that_does_not_answer_is_said_so_once_and_so_is_its_return() {
    let mut lab = endpoint();
    lab.answer(Answer::Streams(Err(silence())));
    assert!(
        lab.changed && lab.status().contains("no answer"),
        "{}",
        lab.status()
    );
    lab.key('T');
    let other = lab.status().to_owned();
    lab.answer(Answer::Streams(Err(silence())));
    assert!(!lab.changed);
    assert_eq!(lab.status(), other);
    lab.undescribed("s", silence());
    assert_eq!(*presence(&lab), Presence::Unknown(silence()));
    lab.listed(&["s"]);
    assert!(
        lab.changed && lab.status().contains("answers again"),
        "{}",
        lab.status()
    );
    lab.described("s", 1);
    assert!(matches!(presence(&lab), Presence::Described(_)));
}

#[test]
fn a_stream_that_somebody_created_anew_is_not_mixed_with_the_one_before() {
    let mut lab = endpoint();
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Ok("49")).key('c').key('S');
    assert_eq!(lab.model.streams.count("s").written, 1);
    let later = lab.now + TimeDelta::seconds(30);
    created_at(&mut lab, "s", later);
    assert!(lab.model.producer.log.is_empty());
    assert_eq!(lab.model.streams.count("s").written, 0);
    assert_eq!(lab.model.producer.auto.next_at, None);
    assert!(!lab.model.consumer.running);
    assert!(lab.status().contains("anew"), "{}", lab.status());
}

#[test]
fn a_stream_that_is_gone_and_comes_back_begins_with_empty_panels() {
    let mut lab = endpoint();
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Ok("49"))
        .undescribed("s", refusal("ResourceNotFoundException"));
    assert_eq!(*presence(&lab), Presence::Gone);
    lab.effects.clear();
    lab.wait(6.0);
    assert!(lab.asks(&Request::DescribeStream("s".into())));
    lab.described("s", 1);
    assert!(matches!(presence(&lab), Presence::Described(_)));
    assert!(lab.model.producer.log.is_empty());
}

#[test]
fn a_gone_stream_that_is_selected_again_begins_with_empty_panels() {
    let mut lab = endpoint();
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Ok("49"))
        .undescribed("s", refusal("ResourceNotFoundException"))
        .key('D')
        .listed(&["s", "t"])
        .press(KeyCode::Down)
        .enter();
    assert_eq!(lab.model.streams.name(), Some("s"));
    assert!(lab.model.producer.log.is_empty());
}

#[test]
fn the_first_stream_to_appear_is_selected_and_later_ones_are_announced() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.listed(&["old", "older"]);
    assert_eq!(lab.model.streams.name(), None, "nobody said which");
    lab.listed(&["new", "old", "older"]);
    assert_eq!(lab.model.streams.name(), Some("new"));
    lab.listed(&["new", "old", "older", "other"]);
    assert_eq!(lab.model.streams.name(), Some("new"));
    assert!(lab.status().contains("other"), "{}", lab.status());
}

#[test]
fn a_stream_is_what_the_endpoint_says_it_is() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.key('D').enter().created();
    assert!(
        !lab.status().contains("s sends the first event"),
        "{}",
        lab.status()
    );
    let mut description = lab.description(0);
    description.status = "CREATING".into();
    lab.answer(Answer::Described {
        stream: "my-first-stream".into(),
        result: Ok(description),
    });
    assert!(consumer::why_empty(&lab.model).is_some_and(|why| why.contains("CREATING")));
    lab.described("my-first-stream", 2);
    assert!(lab.status().contains("ACTIVE"), "{}", lab.status());
    lab.deleted("my-first-stream", Ok(()));
    assert!(lab.status().contains("being deleted"), "{}", lab.status());
}

#[test]
fn what_was_not_answered_is_not_said_to_have_failed() {
    let mut lab = endpoint();
    lab.answer(Answer::Created {
        stream: "t".into(),
        shards: 1,
        result: Err(silence()),
    });
    assert!(
        lab.status().starts_with("Not known whether"),
        "{}",
        lab.status()
    );
    assert!(lab.asks(&Request::ListStreams));
    lab.deleted("s", Err(silence()));
    assert!(
        lab.status().starts_with("Not known whether"),
        "{}",
        lab.status()
    );
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Err(silence()));
    assert!(
        lab.status().starts_with("Not known whether"),
        "{}",
        lab.status()
    );
}

#[test]
fn deleting_what_does_not_exist_finds_it_gone() {
    let mut lab = endpoint();
    lab.deleted("s", Err(refusal("ResourceNotFoundException")));
    assert_eq!(*presence(&lab), Presence::Gone);
}

#[test]
fn a_gone_stream_is_offered_anew_under_its_name() {
    let mut lab = endpoint();
    lab.described("s", 3)
        .undescribed("s", refusal("ResourceNotFoundException"))
        .key('D');
    let Some(Overlay::Streams(dialog)) = &lab.model.overlay else {
        panic!("the dialog is open");
    };
    assert_eq!((dialog.name.value(), dialog.shards), ("s", 3));
}

#[test]
fn the_dialog_s_cursor_stays_on_its_stream_while_others_come() {
    let mut lab = endpoint();
    lab.key('D').listed(&["a", "s"]).enter();
    assert_eq!(lab.model.streams.name(), Some("s"));
}

#[test]
fn records_are_counted_for_their_stream_even_after_another_is_selected() {
    let mut lab = endpoint();
    lab.key('s');
    let put = lab.put();
    lab.listed(&["s", "t"])
        .key('D')
        .press(KeyCode::Down)
        .press(KeyCode::Down)
        .enter();
    assert_eq!(lab.model.streams.name(), Some("t"));
    lab.stored(&put, 0, Ok("49"));
    assert_eq!(lab.model.streams.count("s").written, 1);
    assert!(lab.model.producer.log.is_empty());
}

#[test]
fn an_endpoint_that_does_not_answer_is_said_and_taken_back() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.wait(2.0);
    assert!(!lab.status().contains("No answer"), "{}", lab.status());
    lab.wait(2.0);
    assert_eq!(
        lab.status(),
        "No answer from 127.0.0.1:4567 for 3 s; 1 call waits."
    );
    lab.wait(60.0);
    lab.listed(&[]);
    assert!(!lab.status().contains("No answer"), "{}", lab.status());
    // Nobody waits: silence is nothing to be said.
    lab.wait(4.0);
    assert!(!lab.status().contains("No answer"), "{}", lab.status());

    // The embedded server is this very process.
    let mut lab = Lab::local();
    lab.wait(60.0);
    assert!(!lab.status().contains("No answer"), "{}", lab.status());
}
