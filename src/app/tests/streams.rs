//! Scripts about streams and other people's programs.

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::overlay::{Confirm, Overlay};
use crate::app::streams::Presence;
use crate::app::*;
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail};
use crate::kinesis::{ShardId, StartPosition};
use crate::steps::Mark;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn sending_without_a_stream_offers_the_prefilled_dialog_and_enter_creates_it() {
    let mut lab = Lab::local();
    lab.key('s');
    let Some(Overlay::Streams(dialog)) = &lab.model.overlay else {
        panic!("the dialog is open");
    };
    assert_eq!((dialog.name.value(), dialog.shards), ("my-first-stream", 2));
    lab.effects.clear();
    lab.press(KeyCode::Right).enter();
    assert_eq!(
        lab.request(),
        Some(Request::CreateStream {
            stream: "my-first-stream".into(),
            shards: 3
        })
    );
}

#[test]
fn a_name_that_kinesis_refuses_is_refused_in_the_dialog() {
    let mut lab = Lab::local();
    lab.key('D').keys(" x");
    lab.effects.clear();
    lab.enter();
    let Some(Overlay::Streams(dialog)) = &lab.model.overlay else {
        panic!("the dialog stays open");
    };
    assert!(
        dialog
            .problem
            .as_deref()
            .is_some_and(|why| why.contains("a space"))
    );
    assert_eq!(lab.request(), None);
}

#[test]
fn the_number_of_shards_stays_between_one_and_eight() {
    let mut lab = Lab::local();
    lab.key('D');
    for (key, shards) in [(KeyCode::Left, 1), (KeyCode::Right, 8)] {
        for _ in 0..20 {
            lab.press(key);
        }
        let Some(Overlay::Streams(dialog)) = &lab.model.overlay else {
            panic!("the dialog is open");
        };
        assert_eq!(dialog.shards, shards);
    }
}

#[test]
fn a_program_s_first_stream_is_selected_and_its_records_and_readers_are_shown_by_name() {
    let mut lab = Lab::local();
    lab.effects.clear();
    lab.fed(7, "CreateStream", "orders", Detail::Create { shards: 1 });
    assert_eq!(lab.model.streams.name(), Some("orders"));
    lab.fed(7, "PutRecord", "orders", put_entry("bob"));
    let (_, line) = lab.model.producer.log.iter().next().expect("a line");
    assert_eq!(line.who.name(), "py#1");
    assert_eq!(lab.model.streams.count("orders").written, 1);
    let get = GetDetail {
        chain: 3,
        shard: ShardId::from_index(0),
        start: StartPosition::TrimHorizon,
        limit: Some(10),
        returned: 1,
        bytes: 0,
        range: Some(("49".into(), "49".into())),
        millis_behind_latest: Some(0),
        ahead: 0,
        ended: false,
    };
    lab.fed(8, "GetRecords", "orders", Detail::Get(Box::new(get)));
    let reader = lab.model.consumer.foreign.iter().next().expect("a reader");
    assert_eq!((reader.program.as_str(), reader.read), ("py#2", 1));
    lab.tell(Message::Fed(FeedEvent::Disconnected { connection: 8 }));
    assert!(
        lab.model
            .consumer
            .foreign
            .iter()
            .all(|reader| reader.stopped)
    );
    lab.fed(7, "CreateStream", "other", Detail::Create { shards: 1 });
    assert_eq!(
        lab.model.streams.name(),
        Some("orders"),
        "later ones are announced"
    );
    assert!(lab.status().contains("other"));
}

#[test]
fn the_lab_s_own_calls_are_counted_but_never_shown_as_a_program_s() {
    let mut lab = Lab::with_stream();
    lab.fed_by(
        "x app/kinesis-lab-panel",
        OWN_KEY,
        1,
        "PutRecord",
        "my-first-stream",
        put_entry("alice"),
    );
    assert_eq!(lab.model.streams.count("my-first-stream").written, 1);
    assert!(lab.model.producer.log.is_empty());
    assert_eq!(lab.model.programs.iter().count(), 0);
}

#[test]
fn a_stream_that_vanishes_stops_what_depends_on_it_and_says_so() {
    let mut lab = Lab::with_stream();
    lab.key('c')
        .key('S')
        .fed(1, "DeleteStream", "my-first-stream", Detail::None);
    let selected = lab
        .model
        .streams
        .selected
        .as_ref()
        .expect("it is still named");
    assert_eq!(selected.presence, Presence::Gone);
    assert!(!lab.model.consumer.running);
    assert_eq!(lab.model.producer.auto.next_at, None);
    assert!(lab.status().contains("gone"));
}

#[test]
fn creating_anew_begins_with_empty_panels() {
    let mut lab = Lab::with_stream();
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Ok("49"))
        .fed(1, "PutRecord", "my-first-stream", put_entry("bob"));
    lab.fed(1, "DeleteStream", "my-first-stream", Detail::None);
    lab.key('D').enter().created();
    assert!(lab.model.producer.log.is_empty());
    assert_eq!(lab.model.streams.count("my-first-stream").written, 0);
}

#[test]
fn deleting_asks_first() {
    let mut lab = Lab::with_stream();
    lab.key('D').press(KeyCode::Down).key('x');
    assert_eq!(
        lab.model
            .overlay
            .as_ref()
            .map(|o| matches!(o, Overlay::Confirm(Confirm::Delete(_)))),
        Some(true)
    );
    lab.effects.clear();
    lab.escape();
    assert_eq!(lab.request(), None);
    lab.key('D').press(KeyCode::Down).key('x').effects.clear();
    lab.key('y');
    assert_eq!(
        lab.request(),
        Some(Request::DeleteStream("my-first-stream".into()))
    );
}

#[test]
fn an_existing_stream_is_said_to_exist_and_followed() {
    let mut lab = Lab::local();
    lab.answer(Answer::Created {
        stream: "s".into(),
        shards: 2,
        result: Err(refusal("ResourceInUseException")),
    });
    assert!(lab.status().contains("already exists"));
    assert_eq!(lab.model.streams.name(), Some("s"));
}

#[test]
fn the_stream_of_last_time_is_offered_again() {
    let mut lab = Lab::with_stream();
    let progress = lab.model.progress.clone();
    lab = Lab::start(Setup {
        progress,
        ..setup(ConnectionKind::Local)
    });
    lab.listed(&[]);
    assert!(
        lab.status()
            .contains("my-first-stream (2 shards) is not here")
    );
    lab.effects.clear();
    lab.key('D').effects.clear();
    lab.enter();
    assert_eq!(
        lab.request(),
        Some(Request::CreateStream {
            stream: "my-first-stream".into(),
            shards: 2
        })
    );
}

#[test]
fn a_region_that_is_not_the_lab_s_is_named() {
    let mut lab = Lab::local();
    let call = Call {
        at: lab.now,
        caller: Caller {
            user_agent: "Boto3".into(),
            access_key: "k".into(),
            connection: 1,
            http2: false,
        },
        region: "eu-west-1".into(),
        operation: "CreateStream".into(),
        stream: Some("s".into()),
        error: None,
        detail: Detail::Create { shards: 1 },
        fault: None,
        latency: Duration::ZERO,
    };
    lab.tell(Message::Fed(FeedEvent::Called(Arc::new(call))));
    assert!(lab.status().contains("eu-west-1") && lab.status().contains("us-east-1"));
    assert_eq!(lab.model.streams.name(), None);
}

#[test]
fn a_late_answer_about_an_earlier_stream_of_the_name_does_not_hide_the_present_one() {
    let mut lab = Lab::with_stream();
    lab.undescribed("my-first-stream", refusal("ResourceNotFoundException"))
        .wait(2.0);
    assert!(lab.asks(&Request::DescribeStream("my-first-stream".into())));
    lab.described("my-first-stream", 2);
    assert_eq!(lab.model.streams.name(), Some("my-first-stream"));
    lab.undescribed("my-first-stream", refusal("ResourceNotFoundException"))
        .wait(2.0)
        .undescribed("my-first-stream", refusal("ResourceNotFoundException"))
        .effects
        .clear();
    lab.wait(60.0);
    assert_eq!(
        lab.request(),
        None,
        "the feed tells when it is created anew"
    );
}

#[test]
fn a_list_that_is_older_than_the_feed_makes_nothing_forgotten() {
    let mut lab = Lab::local();
    lab.fed(1, "CreateStream", "orders", Detail::Create { shards: 1 })
        .fed(1, "PutRecord", "orders", put_entry("bob"))
        .listed(&[]);
    assert_eq!(lab.model.streams.count("orders").written, 1);
    assert_eq!(lab.model.streams.names().collect::<Vec<_>>(), ["orders"]);
}

#[test]
fn selecting_what_is_selected_keeps_what_is_known_of_it() {
    let mut lab = Lab::with_stream();
    lab.key('c').key('D').enter();
    assert_eq!(lab.model.streams.shards().len(), 2);
    assert!(lab.model.consumer.running);
}

/// A lab whose lesson is about `temperatures`, after another one that left `my-first-stream` behind.
fn lesson_with_a_stream() -> Lab {
    let before = Lab::with_stream().model.progress.clone();
    let toml = "stream = \"temperatures\"\n[[step]]\ntitle = \"Bye\"\n\
        [[step.check]]\nsays = \"some are sent\"\nwhen.put = { records = 1 }\n\
        [[step.check]]\nsays = \"it is deleted\"\nwhen.delete = {}\n";
    let settings = crate::lesson::settings(toml).expect("well formed");
    let markdown = "# T\n\n## Hands-On\n\n### Bye\n\nDelete it.\n";
    let mut lab = Lab::start(Setup {
        lesson: crate::lesson::parse(markdown, &settings),
        lesson_key: "temperatures".into(),
        progress: before,
        ..setup(ConnectionKind::Local)
    });
    lab.effects.clear();
    lab.listed(&["my-first-stream"]);
    lab
}

#[test]
fn a_lesson_that_names_its_stream_does_not_take_over_another_lesson_s() {
    let mut lab = lesson_with_a_stream();
    assert_eq!(lab.model.streams.name(), None);
    assert!(
        lab.status().contains("temperatures, this lesson's stream"),
        "{}",
        lab.status()
    );
    lab.key('s');
    let Some(Overlay::Streams(dialog)) = &lab.model.overlay else {
        panic!("there is no stream to send to");
    };
    assert_eq!((dialog.cursor, dialog.name.value()), (0, "temperatures"));
    lab.effects.clear();
    lab.enter().created().described("temperatures", 2);
    assert_eq!(lab.model.streams.name(), Some("temperatures"));

    // The one before goes on with its own, and this one too.
    let progress = lab.model.progress.clone();
    for (key, stream) in [
        ("streams", "my-first-stream"),
        ("temperatures", "temperatures"),
    ] {
        let mut lab = Lab::start(Setup {
            lesson_key: key.into(),
            progress: progress.clone(),
            ..setup(ConnectionKind::Local)
        });
        lab.listed(&["my-first-stream", "temperatures"]);
        assert_eq!(lab.model.streams.name(), Some(stream), "{key}");
    }
}

#[test]
fn only_what_is_done_with_the_lesson_s_own_stream_counts() {
    let mut lab = lesson_with_a_stream();
    let marks = |lab: &Lab| {
        let states = steps_pane::states(&lab.model, 0);
        let marks: Vec<_> = states.iter().map(|it| (it.mark, it.seen.clone())).collect();
        marks
    };
    lab.fed(7, "PutRecord", "my-first-stream", put_entry("bob"));
    lab.fed(7, "DeleteStream", "my-first-stream", Detail::None);
    let elsewhere = "in my-first-stream; the lesson is about temperatures";
    assert_eq!(marks(&lab)[0].1, "");
    assert!(marks(&lab).iter().all(|(mark, _)| *mark != Mark::Done));
    lab.fed(7, "PutRecord", "my-first-stream", put_entry("bob"));
    assert_eq!(marks(&lab)[0], (Mark::Running, elsewhere.into()));
    lab.fed(
        7,
        "CreateStream",
        "temperatures",
        Detail::Create { shards: 1 },
    );
    assert_eq!(
        lab.model.streams.name(),
        Some("temperatures"),
        "the panels turn to it"
    );
    lab.fed(7, "PutRecord", "temperatures", put_entry("bob"));
    lab.fed(7, "DeleteStream", "temperatures", Detail::None);
    assert!(marks(&lab).iter().all(|(mark, _)| *mark == Mark::Done));
}

#[test]
fn on_another_endpoint_the_panels_wait_for_the_lesson_s_stream() {
    let mut lab = lesson_with_a_stream();
    let lesson = lab.model.lesson.lesson.as_ref().clone();
    lab = Lab::start(Setup {
        lesson,
        ..setup(ConnectionKind::Endpoint)
    });
    lab.listed(&["orders"]);
    assert_eq!(lab.model.streams.name(), None);
    lab.listed(&["orders", "temperatures"]);
    assert_eq!(lab.model.streams.name(), Some("temperatures"));
}
