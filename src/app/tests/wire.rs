//! Scripts about the wire log: what stands in it, how it is narrowed, and a call in full.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::ConnectionKind;
use crate::app::message::*;
use crate::app::overlay::Overlay;
use crate::app::wire::{Form, Line, Records, WireCall, WireDialog};
use crate::kinesis::ShardId;
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent};

/// What is shown, oldest first: who and what; `!` and how many for calls that nobody saw.
fn shown(lab: &Lab) -> Vec<String> {
    let wire = &lab.model.wire;
    let lines = wire.shown().iter();
    let end = wire.gaze.end(wire.shown());
    lines
        .take_while(|(number, _)| *number < end)
        .map(|(_, line)| match line.as_ref() {
            Line::Call(call) => format!("{} {}", call.who, call.call.operation),
            Line::Unseen { calls, .. } => format!("! {calls}"),
        })
        .collect()
}

fn newest(lab: &Lab) -> WireCall {
    let newest = lab.model.wire.shown().iter().next_back();
    match newest.map(|(_, line)| line.as_ref().clone()) {
        Some(Line::Call(call)) => *call,
        other => panic!("{other:?}"),
    }
}

fn dialog(lab: &Lab) -> Option<&WireDialog> {
    match &lab.model.overlay {
        Some(Overlay::Wire(dialog)) => Some(dialog),
        _ => None,
    }
}

fn detail(lab: &Lab) -> Option<String> {
    let detail = dialog(lab)?.detail.as_ref()?;
    detail.text().map(str::to_owned)
}

/// A lab with the log open, and three calls in it.
fn three_calls() -> Lab {
    let mut lab = Lab::with_stream();
    lab.fed(1, "PutRecord", "my-first-stream", put_entry("alice"));
    lab.fed_by(
        "x app/kinesis-lab-auto",
        OWN_KEY,
        9,
        "PutRecord",
        "my-first-stream",
        put_entry("bob"),
    );
    lab.fed(2, "ListShards", "my-first-stream", Detail::None);
    lab.key('l');
    lab
}

#[test]
fn every_call_stands_in_the_log_under_its_client_s_name() {
    let mut lab = Lab::with_stream();
    for (app, operation) in [
        ("panel", "PutRecord"),
        ("worker", "GetRecords"),
        ("look", "GetRecords"),
    ] {
        let agent = format!("aws-sdk-rust/1 app/kinesis-lab-{app}");
        lab.fed_by(&agent, OWN_KEY, 9, operation, "orders", Detail::None);
    }
    lab.fed(1, "PutRecord", "my-first-stream", put_entry("alice"));
    assert_eq!(
        shown(&lab),
        [
            "you PutRecord",
            "worker GetRecords",
            "lab GetRecords",
            "py#1 PutRecord"
        ]
    );
    let call = newest(&lab);
    assert_eq!(call.records, Records::Put { stored: 1, of: 1 });
    assert_eq!(call.shards, [ShardId::from_index(0)]);
}

#[test]
fn what_the_lab_shows_is_not_said_to_be_the_learner_s() {
    let mut lab = Lab::with_stream();
    lab.model.steps.showing = true;
    for (app, operation) in [
        ("panel", "CreateStream"),
        ("auto", "PutRecord"),
        ("panel", "PutRecord"),
    ] {
        let agent = format!("aws-sdk-rust/1 app/kinesis-lab-{app}");
        lab.fed_by(&agent, OWN_KEY, 9, operation, "orders", Detail::None);
    }
    assert_eq!(
        shown(&lab),
        ["lab CreateStream", "lab PutRecord", "you PutRecord"]
    );
}

#[test]
fn a_call_of_another_region_or_without_a_stream_stands_in_it_too() {
    let mut lab = Lab::with_stream();
    for region in ["", "eu-west-1"] {
        let call = Call {
            at: lab.now,
            caller: Caller {
                user_agent: "curl/8".into(),
                access_key: String::new(),
                connection: 3,
                http2: false,
            },
            region: region.into(),
            operation: "ListStreams".into(),
            stream: None,
            error: Some(("AccessDeniedException".into(), String::new())),
            detail: Detail::None,
            fault: None,
            latency: Duration::ZERO,
        };
        lab.tell(Message::Fed(FeedEvent::Called(Arc::new(call))));
    }
    assert_eq!(shown(&lab), ["curl#1 ListStreams", "curl#1 ListStreams"]);
}

#[test]
fn it_opens_from_any_pane_and_closes_again() {
    let mut lab = Lab::with_stream();
    for pane in ['1', '2', '3', '4'] {
        lab.key(pane).key('l');
        assert!(dialog(&lab).is_some(), "{pane}");
        lab.key('l');
        assert!(dialog(&lab).is_none(), "{pane}");
    }
    lab.key('l').escape();
    assert!(dialog(&lab).is_none());
}

#[test]
fn a_call_changes_the_screen_while_the_log_is_open() {
    let mut lab = Lab::with_stream();
    let own = |lab: &mut Lab| {
        let agent = "x app/kinesis-lab-worker";
        lab.fed_by(agent, OWN_KEY, 9, "GetRecords", "s", Detail::None);
        lab.changed
    };
    assert!(!own(&mut lab));
    lab.key('l');
    assert!(own(&mut lab));
}

#[test]
fn typing_behind_a_slash_narrows_the_log_and_escape_widens_it() {
    let mut lab = three_calls();
    lab.keys("/put");
    assert_eq!(shown(&lab), ["py#1 PutRecord", "auto PutRecord"]);
    lab.keys(" l");
    assert!(
        dialog(&lab).is_some_and(|dialog| dialog.typing),
        "l is text"
    );
    lab.press(KeyCode::Backspace).enter();
    assert_eq!(shown(&lab).len(), 2, "the filter stays");
    lab.escape();
    assert!(dialog(&lab).is_none());
    lab.key('l');
    assert_eq!(shown(&lab).len(), 2);
    lab.key('/').escape();
    assert!(dialog(&lab).is_some());
    assert_eq!(shown(&lab).len(), 3);
}

#[test]
fn what_is_pasted_goes_into_the_filter_while_its_field_has_the_keys() {
    let mut lab = three_calls();
    lab.tell(Message::Pasted("py#1".into()));
    assert_eq!(shown(&lab).len(), 3);
    lab.key('/').tell(Message::Pasted("py#1\n".into()));
    assert_eq!(shown(&lab), ["py#1 PutRecord"]);
}

#[test]
fn a_frozen_log_stands_still_and_f_follows_again() {
    let mut lab = three_calls();
    lab.key(' ')
        .fed(1, "PutRecord", "my-first-stream", put_entry("carol"));
    assert_eq!(shown(&lab).len(), 3);
    lab.keys("/py").enter();
    assert_eq!(shown(&lab), ["py#1 PutRecord", "py#2 ListShards"]);
    lab.key('f');
    assert_eq!(shown(&lab).len(), 3);
}

#[test]
fn calls_that_nobody_saw_are_counted_where_they_are_missing() {
    let mut lab = three_calls();
    lab.tell(Message::FeedLost(7))
        .tell(Message::Fed(FeedEvent::Untold))
        .fed(2, "ListShards", "my-first-stream", Detail::None);
    assert_eq!(shown(&lab)[3..], ["! 8", "py#2 ListShards"]);
    assert_eq!(lab.model.feed_lost, 8);
}

#[test]
fn enter_opens_a_call_as_json_and_tab_turns_to_the_aws_cli() {
    let mut lab = three_calls();
    lab.press(KeyCode::Up).press(KeyCode::Up).enter();
    let json = detail(&lab).expect("a detail");
    for known in ["auto", "PutRecord", "\"PartitionKey\": \"bob\"", "md5"] {
        assert!(json.contains(known), "{json}");
    }
    lab.press(KeyCode::Tab);
    let command = detail(&lab).expect("a command");
    assert!(command.starts_with("aws kinesis put-record "), "{command}");
    assert!(
        command.contains("--endpoint-url http://127.0.0.1:4567"),
        "{command}"
    );
    lab.press(KeyCode::Left);
    let before = detail(&lab).expect("a detail");
    assert!(before.contains("--partition-key alice"), "{before}");
    lab.press(KeyCode::Left);
    assert_eq!(detail(&lab).as_ref(), Some(&before), "there is none before");
    lab.press(KeyCode::Right).press(KeyCode::Right);
    assert!(detail(&lab).is_some_and(|command| command.contains("list-shards")));
    let form = dialog(&lab).and_then(|dialog| Some(dialog.detail.as_ref()?.form));
    assert_eq!(form, Some(Form::Command));
    lab.escape();
    assert!(dialog(&lab).is_some_and(|dialog| dialog.detail.is_none()));
}

#[test]
fn what_is_shown_of_a_call_is_copied_and_the_command_from_either_form() {
    let mut lab = three_calls();
    lab.enter().effects.clear();
    let copied = |lab: &mut Lab| match &lab.effects[..] {
        [Effect::Copy(text)] => {
            let text = text.clone();
            lab.effects.clear();
            text
        }
        other => panic!("{other:?}"),
    };
    lab.key('y');
    assert_eq!(Some(copied(&mut lab)), detail(&lab));
    assert!(lab.status().contains("JSON is sent"), "{}", lab.status());
    lab.key('c');
    assert!(copied(&mut lab).starts_with("aws kinesis list-shards"));
    assert!(detail(&lab).is_some_and(|shown| shown.starts_with("aws")));
    lab.key('y');
    assert!(copied(&mut lab).starts_with("aws kinesis list-shards"));
}

#[test]
fn what_cannot_be_copied_is_said() {
    let mut lab = Lab::with_stream();
    lab.fed(1, "Strange", "my-first-stream", Detail::None);
    lab.key('l').enter().effects.clear();
    lab.key('c');
    assert!(lab.effects.is_empty());
    assert!(lab.status().contains("no command"), "{}", lab.status());
    let entry = match put_entry("k") {
        Detail::Put(entries) => entries[0].clone(),
        other => panic!("{other:?}"),
    };
    let batch = Detail::Put(vec![entry; 500]);
    lab.escape().fed(1, "PutRecords", "my-first-stream", batch);
    lab.enter().key('y');
    assert!(lab.effects.is_empty());
    assert!(lab.status().contains("too long"), "{}", lab.status());
}

#[test]
fn a_detail_that_is_open_stays_what_it_is_whatever_comes() {
    let mut lab = three_calls();
    lab.enter();
    let before = detail(&lab);
    for _ in 0..crate::app::wire::MOST_CALLS + 1 {
        lab.fed(1, "GetRecords", "my-first-stream", Detail::None);
    }
    assert_eq!(detail(&lab), before);
    lab.press(KeyCode::Left);
    let next = detail(&lab).expect("a detail");
    assert!(next.contains("GetRecords"), "{next}");
}

#[test]
fn a_detail_scrolls_to_its_end_and_no_further_at_any_size() {
    let mut lab = three_calls();
    lab.tell(Message::Resized(60, 15))
        .press(KeyCode::Up)
        .press(KeyCode::Up)
        .enter();
    let scroll = |lab: &Lab| {
        let detail = dialog(lab).and_then(|dialog| dialog.detail.as_ref());
        detail.map_or(0, |detail| detail.scroll)
    };
    lab.key('G');
    let end = scroll(&lab);
    assert!(end > 0);
    lab.press(KeyCode::Down);
    assert_eq!(scroll(&lab), end);
    lab.tell(Message::Resized(200, 60));
    assert_eq!(scroll(&lab), 0, "all of it is on the screen");
}

#[test]
fn elsewhere_the_lab_s_own_calls_are_known_by_their_answers() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.listed(&["orders"]).described("orders", 2);
    lab.effects.clear();
    lab.key('s');
    let put = lab.put();
    lab.wait(0.25);
    lab.stored(&put, 1, Ok("4968"));
    assert_eq!(
        shown(&lab),
        [
            "lab ListStreams",
            "lab DescribeStreamSummary",
            "you PutRecord"
        ]
    );
    let call = newest(&lab);
    assert_eq!(call.call.latency, Duration::from_millis(250));
    assert_eq!(call.records, Records::Put { stored: 1, of: 1 });
    lab.key('c');
    let (reader, _) = lab.opening();
    lab.opened(reader, Ok("iterator"));
    assert_eq!(lab.poll(), reader);
    lab.read(reader, &["1", "2"]);
    assert_eq!(newest(&lab).records, Records::Got(2));
    assert_eq!(newest(&lab).call.stream.as_deref(), Some("orders"));
    // What an earlier run of the consumer asked is answered, and was a call.
    lab.wait(2.0);
    let late = lab.poll();
    lab.key('c')
        .unread(late, refusal("ExpiredIteratorException"));
    let late = newest(&lab);
    assert_eq!(late.call.operation, "GetRecords");
    assert!(late.call.error.is_some());
    assert_eq!(late.shards.len(), 1);
}

#[test]
fn on_the_embedded_server_no_call_stands_twice() {
    let mut lab = Lab::with_stream();
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Ok("4968"));
    assert!(shown(&lab).is_empty(), "the feed tells of it");
}
