//! Scripts about AWS: what is asked, what is written down, what may be deleted.

use chrono::TimeDelta;
use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::overlay::{Confirm, Overlay};
use crate::app::*;
use crate::progress::{Ledger, LedgerEntry};
use chrono::DateTime;

fn aws() -> Lab {
    let mut lab = Lab::start(setup(ConnectionKind::Aws));
    assert!(
        lab.effects
            .contains(&Effect::Call(Request::IdentifyAccount))
    );
    lab.answer(Answer::Account(Ok("123456789012".into())))
        .effects
        .clear();
    lab
}

fn aws_with_own_stream() -> Lab {
    let mut lab = aws();
    lab.key('D').enter().enter();
    lab.tell(Message::LedgerSaved(Ok(())))
        .created()
        .described("my-first-stream", 2);
    lab.effects.clear();
    lab
}

#[test]
fn the_first_write_on_aws_asks_once_and_creating_is_written_down_before_it_happens() {
    let mut lab = aws();
    lab.key('D').effects.clear();
    lab.enter();
    let Some(Overlay::Confirm(Confirm::FirstWrite(pending))) = &lab.model.overlay else {
        panic!("it asks");
    };
    let words = guard::first_write_words(&lab.model, pending).join("\n");
    for part in ["123456789012", "us-east-1", "default", "$0.030 an hour"] {
        assert!(words.contains(part), "{part} in {words}");
    }
    assert_eq!(lab.request(), None, "nothing was sent");
    lab.key('y');
    assert_eq!(lab.request(), None, "not before it is written down");
    assert!(
        lab.effects
            .iter()
            .any(|e| matches!(e, Effect::SaveLedger(ledger) if ledger.streams.len() == 1))
    );
    lab.tell(Message::LedgerSaved(Ok(())));
    assert!(matches!(lab.request(), Some(Request::CreateStream { .. })));
    lab.effects.push(Effect::Call(Request::CreateStream {
        stream: "my-first-stream".into(),
        shards: 2,
    }));
    lab.created()
        .described("my-first-stream", 2)
        .effects
        .clear();
    lab.key('s');
    assert_eq!(lab.put().key, "alice", "the second write does not ask");
}

#[test]
fn nothing_is_created_on_aws_when_it_cannot_be_written_down() {
    let mut lab = aws();
    lab.key('D').enter().key('y').effects.clear();
    lab.tell(Message::LedgerSaved(Err("the folder is read-only".into())));
    assert_eq!(lab.request(), None);
    assert!(lab.status().contains("Nothing was created"));
    assert!(lab.model.guard.ledger.streams.is_empty());
}

#[test]
fn a_stream_that_was_there_before_is_not_written_to_without_a_second_ask() {
    let mut lab = aws();
    lab.answer(Answer::Streams(Ok(vec!["production".into()])));
    lab.key('D')
        .press(KeyCode::Down)
        .enter()
        .described("production", 1)
        .effects
        .clear();
    lab.key('s').key('y');
    assert!(matches!(
        &lab.model.overlay,
        Some(Overlay::Confirm(Confirm::ForeignStream { stream, .. })) if stream == "production"
    ));
    assert_eq!(lab.request(), None);
    lab.key('y');
    assert_eq!(lab.put().stream, "production");
    lab.key('S').wait(0.1);
    assert_eq!(lab.put().stream, "production");
}

#[test]
fn only_what_the_lab_created_on_aws_can_be_deleted() {
    let mut lab = aws();
    lab.answer(Answer::Streams(Ok(vec!["production".into()])));
    lab.key('D').press(KeyCode::Down).effects.clear();
    lab.key('x');
    assert!(lab.status().contains("not created by this lab"));
    assert_eq!(lab.request(), None);
}

#[test]
fn leaving_aws_offers_the_clean_up_and_leaves_when_it_is_done() {
    let mut lab = aws_with_own_stream();
    lab.key('q');
    assert!(!lab.asks_to_quit());
    lab.key('y');
    assert_eq!(
        lab.request(),
        Some(Request::DescribeStream("my-first-stream".into()))
    );
    lab.described("my-first-stream", 2);
    assert_eq!(
        lab.request(),
        Some(Request::DeleteStream("my-first-stream".into()))
    );
    lab.answer(Answer::Deleted {
        stream: "my-first-stream".into(),
        result: Ok(()),
    });
    assert!(lab.asks_to_quit());
    assert!(
        lab.effects
            .iter()
            .any(|e| matches!(e, Effect::SaveLedger(ledger) if ledger.streams.is_empty()))
    );
}

#[test]
fn the_next_start_after_a_kill_offers_the_clean_up_but_leaves_an_older_stream_alone() {
    let asked_at = DateTime::from_timestamp(1_795_372_000, 0).expect("a time");
    let entry = LedgerEntry {
        account: "123456789012".into(),
        region: "us-east-1".into(),
        stream: "left".into(),
        shards: 1,
        asked_at,
        created: false,
    };
    let ledger = Ledger {
        streams: vec![entry],
        ..Ledger::default()
    };
    let mut lab = Lab::start(Setup {
        ledger,
        ..setup(ConnectionKind::Aws)
    });
    lab.answer(Answer::Account(Ok("123456789012".into())))
        .effects
        .clear();
    assert!(matches!(
        &lab.model.overlay,
        Some(Overlay::Confirm(Confirm::CleanUp { leaving: false, .. }))
    ));
    lab.key('y').effects.clear();
    let mut description = lab.description(1);
    description.created_at = Some(asked_at - TimeDelta::days(30));
    lab.answer(Answer::Described {
        stream: "left".into(),
        result: Ok(description),
    });
    assert_eq!(lab.request(), None, "it is older than the lab's own");
    assert!(lab.model.guard.ledger.streams.is_empty());
}
