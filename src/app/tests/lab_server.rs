//! Scripts about the lab's own server: its clock, its pace, what it keeps, and that other endpoints have none of it.

use std::sync::Arc;

use chrono::TimeDelta;
use crossterm::event::KeyCode;

use super::script::*;
use crate::app::lab_server::{Lever, ONE_DAY};
use crate::app::message::*;
use crate::app::overlay::{Confirm, Overlay};
use crate::app::*;
use crate::kinesis::control::{Control, Fault, FaultKind, Often, ServerState, Timing};
use crate::kinesis::feed::FeedEvent;
use crate::kinesis::{ShardId, StartPosition};

const REGION: &str = "us-east-1";

fn told(lab: &mut Lab, state: ServerState) -> &mut Lab {
    lab.tell(Message::Fed(FeedEvent::Changed(Arc::new(state))))
}

fn ahead(seconds: u64) -> ServerState {
    ServerState {
        ahead_seconds: seconds,
        ..ServerState::default()
    }
}

/// What the server is told, oldest first; all else that is asked for is dropped.
fn controls(lab: &mut Lab) -> Vec<Control> {
    let effects = std::mem::take(&mut lab.effects);
    let controls = effects.into_iter().filter_map(|effect| match effect {
        Effect::Control(control) => Some(control),
        _ => None,
    });
    controls.collect()
}

#[test]
fn the_dialog_moves_the_clock_sets_pace_and_makes_faults_happen() {
    for (place, lever) in Lever::ALL.into_iter().enumerate() {
        let mut lab = Lab::local();
        lab.key('F');
        for _ in 0..place {
            lab.press(KeyCode::Down);
        }
        lab.enter();
        let expected = match lever {
            Lever::FiveMinutes => Control::Advance { seconds: 300 },
            Lever::OneDay => Control::Advance { seconds: 86_400 },
            Lever::Pace => Control::Pace(Timing::Aws),
            Lever::EmptyPages => Control::EmptyPages(true),
            Lever::LoseReply => fault(FaultKind::LoseReply, None, Often::Times(1)),
            Lever::ThrottleNext => fault(FaultKind::Throttle, None, Often::Times(5)),
            Lever::ThrottleSome => fault(FaultKind::Throttle, None, Often::Rate(0.3)),
            Lever::DelayReply => fault(FaultKind::Delay { millis: 2_000 }, None, Often::Times(1)),
            Lever::ClearFaults => Control::ClearFaults,
        };
        assert_eq!(controls(&mut lab), [expected]);
        assert!(lab.model.overlay.is_none());
    }
}

fn fault(kind: FaultKind, shard: Option<u32>, often: Often) -> Control {
    Control::Fault(Fault {
        kind,
        operation: Some("PutRecord*".into()),
        stream: None,
        shard: shard.map(ShardId::from_index),
        often,
    })
}

#[test]
fn of_several_shards_one_is_throttled_so_that_a_batch_fails_in_part() {
    let mut lab = Lab::with_stream();
    lab.key(':').keys("throttle the next 5").enter();
    let expected = fault(FaultKind::Throttle, Some(0), Often::Times(5));
    assert_eq!(controls(&mut lab), [expected]);
}

#[test]
fn a_fault_that_was_added_is_said_in_words() {
    let mut lab = Lab::local();
    told(&mut lab, ServerState::default());
    let Control::Fault(waiting) = fault(FaultKind::LoseReply, None, Often::Times(1)) else {
        panic!("a fault");
    };
    let state = ServerState {
        faults: vec![waiting],
        ..ServerState::default()
    };
    told(&mut lab, state);
    assert!(
        lab.status().contains("PutRecord*, next: reply lost"),
        "{}",
        lab.status()
    );
    told(&mut lab, ServerState::default());
    assert!(lab.status().contains("No fault waits"), "{}", lab.status());
}

#[test]
fn what_is_on_is_turned_off() {
    let mut lab = Lab::local();
    let on = ServerState {
        timing: Timing::Aws,
        empty_pages: true,
        ..ServerState::default()
    };
    told(&mut lab, on).key('F').press(KeyCode::Down);
    lab.press(KeyCode::Down).enter();
    lab.key('F').press(KeyCode::Tab).press(KeyCode::Tab);
    lab.press(KeyCode::Tab).enter();
    assert_eq!(
        controls(&mut lab),
        [Control::Pace(Timing::Instant), Control::EmptyPages(false)]
    );
}

#[test]
fn a_day_forward_asks_while_a_stream_holds_records() {
    let mut lab = Lab::with_stream();
    lab.fed(1, "PutRecord", "my-first-stream", put_entry("bob"));
    lab.key('F').press(KeyCode::Down).enter();
    let asked = matches!(lab.model.overlay, Some(Overlay::Confirm(Confirm::OneDay)));
    assert!(asked);
    assert_eq!(controls(&mut lab), []);
    lab.escape();
    assert_eq!(controls(&mut lab), []);
    lab.key('F').press(KeyCode::Down).enter().enter();
    assert_eq!(controls(&mut lab), [Control::Advance { seconds: ONE_DAY }]);
}

#[test]
fn every_line_of_the_dialog_is_found_by_name() {
    for (words, expected) in [
        ("clock 5 min", Control::Advance { seconds: 300 }),
        ("clock 24", Control::Advance { seconds: 86_400 }),
        ("pace of", Control::Pace(Timing::Aws)),
        ("empty pages: on", Control::EmptyPages(true)),
        (
            "lose the reply",
            fault(FaultKind::LoseReply, None, Often::Times(1)),
        ),
        ("clear them", Control::ClearFaults),
    ] {
        let mut lab = Lab::local();
        lab.key(':').keys(words).enter();
        assert_eq!(controls(&mut lab), [expected], "{words}");
    }
}

#[test]
fn elsewhere_the_clock_and_emptying_say_that_they_need_the_embedded_server() {
    for kind in [ConnectionKind::Endpoint, ConnectionKind::Aws] {
        let mut lab = Lab::start(setup(kind));
        lab.listed(&["orders"]).key('F');
        assert!(lab.model.overlay.is_none());
        assert!(lab.status().contains("embedded server"), "{}", lab.status());
        lab.key(':').keys("lab clock 5");
        let Some(Overlay::Palette(listing)) = &lab.model.overlay else {
            panic!("the palette is open");
        };
        let found = listing::commands(&lab.model, listing);
        assert!(found[0].name.ends_with("(embedded server only)"));
        lab.enter();
        assert!(lab.status().contains("embedded server"));
        lab.key('D').press(KeyCode::Down).key('e');
        assert!(!matches!(lab.model.overlay, Some(Overlay::Confirm(_))));
        assert_eq!(controls(&mut lab), []);
    }
}

#[test]
fn delays_do_not_grow_when_the_clock_is_moved() {
    let mut lab = Lab::with_stream();
    told(&mut lab, ahead(0)).key('c').open_readers();
    let arrived = lab.now;
    lab.wait(1.0);
    told(&mut lab, ahead(ONE_DAY));
    assert!(lab.status().contains("24 h forward"), "{}", lab.status());
    lab.wait(1.0);
    let reader = lab.poll();
    let record = |at| Received {
        sequence: "49".into(),
        key: "alice".into(),
        arrived_at: Some(at),
        data: b"{}".to_vec(),
        size: 2,
    };
    let later = lab.now + TimeDelta::seconds(86_400) - TimeDelta::milliseconds(300);
    lab.answer(Answer::Read {
        reader,
        result: Ok(Batch {
            records: vec![record(arrived), record(later)],
            next: Some("next".into()),
            millis_behind_latest: Some(0),
        }),
    });
    let waited: Vec<_> = lab
        .model
        .consumer
        .log
        .iter()
        .map(|(_, s)| s.waited)
        .collect();
    assert_eq!(waited, [Some(2_000), Some(300)]);
}

#[test]
fn typed_times_are_lab_time() {
    let mut lab = Lab::with_stream();
    told(&mut lab, ahead(0));
    told(&mut lab, ahead(3_600)).key('t');
    lab.press(KeyCode::Down).press(KeyCode::Down).enter();
    let StartPosition::AtTimestamp(at) = lab.model.consumer.start else {
        panic!("a time was chosen");
    };
    assert_eq!((at - lab.now).num_seconds(), 3_600 - 300);
}

#[test]
fn a_reader_of_latest_whose_iterator_expired_goes_on_at_the_lab_time_of_its_start() {
    let mut lab = Lab::with_stream();
    told(&mut lab, ahead(0));
    told(&mut lab, ahead(300));
    lab.model.consumer.start = StartPosition::Latest;
    lab.key('c').open_readers();
    let began = lab.now;
    lab.wait(1.0);
    let reader = lab.poll();
    lab.unread(reader, refusal("ExpiredIteratorException"))
        .wait(1.0);
    let (_, start) = lab.opening();
    assert_eq!(
        start,
        StartPosition::AtTimestamp(began + TimeDelta::seconds(300))
    );
}

#[test]
fn what_the_server_started_with_is_no_news_but_a_full_store_is() {
    let mut lab = Lab::local();
    let said = lab.status().to_owned();
    told(&mut lab, ahead(ONE_DAY));
    assert_eq!(lab.status(), said);
    assert!(lab.changed, "the clock stands on the screen");
    let full = ServerState {
        full: Some("the store holds 256 MiB.".into()),
        ..ahead(ONE_DAY)
    };
    told(&mut lab, full);
    assert_eq!(
        lab.status(),
        "Puts are refused now: the store holds 256 MiB."
    );
    told(&mut lab, ahead(ONE_DAY));
    assert!(lab.status().contains("room again"));
}

#[test]
fn a_state_that_is_told_again_changes_nothing() {
    let mut lab = Lab::local();
    told(&mut lab, ahead(300));
    told(&mut lab, ahead(300));
    assert!(!lab.changed);
}

#[test]
fn records_that_were_kept_expired_or_emptied_are_counted() {
    let mut lab = Lab::with_stream();
    let held = |lab: &Lab| lab.model.streams.count("my-first-stream").held();
    let event = |make: fn(String, String, u64) -> FeedEvent, records| {
        Message::Fed(make(REGION.into(), "my-first-stream".into(), records))
    };
    lab.tell(event(
        |region, stream, records| FeedEvent::Kept {
            region,
            stream,
            records,
            shards: Vec::new(),
        },
        5,
    ));
    lab.fed(1, "PutRecord", "my-first-stream", put_entry("bob"));
    assert_eq!(held(&lab), 6);
    lab.tell(event(
        |region, stream, records| FeedEvent::Expired {
            region,
            stream,
            records,
            shards: Vec::new(),
        },
        4,
    ));
    assert_eq!(held(&lab), 2);
    lab.tell(event(
        |region, stream, records| FeedEvent::Emptied {
            region,
            stream,
            records,
        },
        2,
    ));
    assert_eq!(held(&lab), 0);
    assert!(lab.status().contains("is empty"), "{}", lab.status());
}

#[test]
fn emptying_asks_first() {
    let mut lab = Lab::with_stream();
    lab.key('D').press(KeyCode::Down).key('e');
    let asked = matches!(&lab.model.overlay, Some(Overlay::Confirm(Confirm::Empty(stream))) if stream == "my-first-stream");
    assert!(asked);
    lab.escape();
    assert_eq!(controls(&mut lab), []);
    lab.key('D').press(KeyCode::Down).key('e').enter();
    assert_eq!(
        controls(&mut lab),
        [Control::EmptyStream {
            region: REGION.into(),
            stream: "my-first-stream".into()
        }]
    );
}

#[test]
fn what_the_server_refuses_is_said_with_its_reason() {
    let mut lab = Lab::local();
    lab.tell(Message::ControlRefused("the disk is full.".into()));
    assert_eq!(lab.status(), "Not done: the disk is full.");
}

#[test]
fn the_kept_stream_of_last_time_is_gone_on_with() {
    let mut lab = Lab::with_stream();
    let progress = lab.model.progress.clone();
    lab = Lab::start(Setup {
        progress,
        ..setup(ConnectionKind::Local)
    });
    lab.listed(&["my-first-stream", "orders"]);
    assert_eq!(lab.model.streams.name(), Some("my-first-stream"));
    assert!(lab.asks(&Request::DescribeStream("my-first-stream".into())));
    assert!(lab.status().contains("as you left it"), "{}", lab.status());
    assert!(lab.model.progress.last_stream.is_some());
    lab.described("my-first-stream", 2).key('s');
    assert_eq!(lab.put().stream, "my-first-stream");
}

#[test]
fn the_only_kept_stream_is_gone_on_with_and_of_several_none_is_chosen() {
    for (names, selected) in [
        (&["orders"][..], Some("orders")),
        (&["clicks", "orders"], None),
        (&[], None),
    ] {
        let mut lab = Lab::local();
        lab.listed(names);
        assert_eq!(lab.model.streams.name(), selected);
    }
}

#[test]
fn a_note_of_the_start_is_kept_beside_what_became_of_the_stream() {
    let mut lab = Lab::with_stream();
    let progress = lab.model.progress.clone();
    lab = Lab::start(Setup {
        progress,
        notice: Some("A saved file was damaged.".into()),
        ..setup(ConnectionKind::Local)
    });
    lab.listed(&[]);
    assert!(lab.status().starts_with("A saved file was damaged. "));
    assert!(lab.status().contains("is not here"));
    assert_eq!(lab.model.progress.last_stream, None);
}
