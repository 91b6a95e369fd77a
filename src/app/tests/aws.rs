//! Scripts about AWS: what is asked, what is written down, what may be deleted.

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::overlay::{Confirm, Overlay};
use crate::app::*;
use crate::progress::{Ledger, LedgerEntry};

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
    assert!(lab.status().contains("Nothing is created"));
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

/// A lab whose ledger knows `left`, asked for by an earlier run at this time.
fn aws_with_left(asked_at: DateTime<Utc>) -> Lab {
    let entry = LedgerEntry {
        account: "123456789012".into(),
        region: "us-east-1".into(),
        stream: "left".into(),
        shards: 1,
        asked_at,
        created: true,
    };
    let ledger = Ledger {
        streams: vec![entry],
        ..Ledger::default()
    };
    Lab::start(Setup {
        ledger,
        ..setup(ConnectionKind::Aws)
    })
}

fn earlier() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_372_000, 0).expect("a time")
}

fn account(lab: &mut Lab) -> &mut Lab {
    lab.answer(Answer::Account(Ok("123456789012".into())))
}

fn found(lab: &mut Lab, stream: &str, created_at: DateTime<Utc>, status: &str) {
    let mut description = lab.description(1);
    description.created_at = Some(created_at);
    description.status = status.into();
    lab.answer(Answer::Described {
        stream: stream.into(),
        result: Ok(description),
    });
}

fn asks_second_time(lab: &Lab) -> bool {
    matches!(
        lab.model.overlay,
        Some(Overlay::Confirm(Confirm::ForeignStream { .. }))
    )
}

#[test]
fn no_write_passes_before_the_account_is_known_and_it_is_asked_for_again() {
    let mut lab = Lab::start(setup(ConnectionKind::Aws));
    lab.effects.clear();
    lab.key('D').effects.clear();
    lab.enter();
    assert!(lab.model.overlay.is_none() && lab.effects.is_empty());
    assert!(lab.status().contains("account"), "{}", lab.status());
    lab.answer(Answer::Account(Err(silence())));
    lab.key('D').effects.clear();
    lab.enter();
    assert_eq!(lab.effects, [Effect::Call(Request::IdentifyAccount)]);
    account(&mut lab).key('D').enter();
    assert!(matches!(
        lab.model.overlay,
        Some(Overlay::Confirm(Confirm::FirstWrite(_)))
    ));
}

#[test]
fn a_creation_waits_for_the_very_save_that_holds_it() {
    for (last, created) in [(Ok(()), true), (Err("the disk is full".to_owned()), false)] {
        let mut lab = aws_with_own_stream();
        // The answer to that creation is still being written down.
        lab.key('D')
            .press(KeyCode::Up)
            .keys("second")
            .effects
            .clear();
        lab.enter();
        assert_eq!(lab.model.guard.ledger.streams.len(), 2);
        lab.tell(Message::LedgerSaved(Ok(())));
        assert_eq!(lab.request(), None, "that was the save before");
        lab.tell(Message::LedgerSaved(last));
        let second = Request::CreateStream {
            stream: "second".into(),
            shards: 2,
        };
        assert_eq!(lab.asks(&second), created);
        assert_eq!(
            lab.model.guard.ledger.streams.len(),
            1 + usize::from(created)
        );
    }
}

#[test]
fn one_stream_is_created_at_a_time() {
    let mut lab = aws();
    lab.key('D')
        .enter()
        .enter()
        .tell(Message::LedgerSaved(Ok(())))
        .effects
        .clear();
    lab.key('D').effects.clear();
    lab.enter();
    assert!(
        lab.effects.is_empty() && lab.status().contains("wait"),
        "{}",
        lab.status()
    );
    lab.answer(Answer::Created {
        stream: "my-first-stream".into(),
        shards: 2,
        result: Err(refusal("LimitExceededException")),
    });
    assert!(lab.model.guard.ledger.streams.is_empty());
}

#[test]
fn a_refused_creation_leaves_what_an_earlier_run_created() {
    let mut lab = aws_with_left(earlier());
    account(&mut lab).escape();
    lab.key('D');
    for _ in 0.."my-first-stream".len() {
        lab.press(KeyCode::Backspace);
    }
    lab.keys("left")
        .enter()
        .enter()
        .tell(Message::LedgerSaved(Ok(())));
    lab.answer(Answer::Created {
        stream: "left".into(),
        shards: 2,
        result: Err(refusal("ResourceInUseException")),
    });
    let [entry] = lab.model.guard.ledger.streams.as_slice() else {
        panic!("one entry: {:?}", lab.model.guard.ledger);
    };
    assert_eq!(entry.asked_at, earlier());
}

#[test]
fn a_name_in_the_ledger_does_not_make_somebody_else_s_stream_the_lab_s() {
    for (later, own) in [
        (TimeDelta::minutes(-2), true),
        (TimeDelta::minutes(2), true),
        (TimeDelta::days(1), false),
    ] {
        let mut lab = aws_with_left(earlier());
        account(&mut lab).escape().listed(&["left"]);
        lab.key('D').press(KeyCode::Down).enter();
        found(&mut lab, "left", earlier() + later, "ACTIVE");
        lab.effects.clear();
        lab.key('s').key('y');
        assert_eq!(asks_second_time(&lab), !own, "{later}");
        lab.escape().effects.clear();
        lab.key('D')
            .press(KeyCode::Down)
            .key('x')
            .key('y')
            .effects
            .clear();
        found(&mut lab, "left", earlier() + later, "ACTIVE");
        assert_eq!(
            lab.asks(&Request::DeleteStream("left".into())),
            own,
            "{later}"
        );
    }
}

#[test]
fn what_was_agreed_to_for_a_stream_ends_with_it() {
    let mut lab = aws_with_own_stream();
    lab.key('S').wait(0.1).effects.clear();
    let later = lab.now + TimeDelta::days(1);
    found(&mut lab, "my-first-stream", later, "ACTIVE");
    lab.wait(5.0);
    assert!(
        !lab.effects
            .iter()
            .any(|e| matches!(e, Effect::Call(Request::PutRecord(_))))
    );
    lab.key('s');
    assert!(asks_second_time(&lab));
    lab.key('y').effects.clear();
    lab.key('s');
    assert_eq!(lab.put().stream, "my-first-stream");
    found(
        &mut lab,
        "my-first-stream",
        later + TimeDelta::days(1),
        "ACTIVE",
    );
    lab.key('s');
    assert!(asks_second_time(&lab), "it is another one again");
}

#[test]
fn automatic_sending_never_goes_where_a_press_would_ask() {
    let mut lab = aws_with_own_stream();
    lab.key('S').effects.clear();
    lab.model.guard.ledger.streams.clear();
    lab.wait(5.0);
    assert!(
        !lab.effects
            .iter()
            .any(|e| matches!(e, Effect::Call(Request::PutRecord(_))))
    );
    assert_eq!(lab.model.producer.auto.next_at, None);
}

#[test]
fn a_stream_is_deleted_once_however_often_it_is_looked_at() {
    let mut lab = aws_with_own_stream();
    lab.key('D')
        .press(KeyCode::Down)
        .key('x')
        .key('y')
        .described("my-first-stream", 2);
    assert!(lab.asks(&Request::DeleteStream("my-first-stream".into())));
    lab.described("my-first-stream", 2);
    assert!(!lab.asks(&Request::DeleteStream("my-first-stream".into())));
}

#[test]
fn a_stream_that_is_gone_or_going_is_cleaned_up() {
    type Way = fn(&mut Lab);
    let ways: [Way; 3] = [
        |lab| found(lab, "left", earlier(), "DELETING"),
        |lab| {
            lab.undescribed("left", refusal("ResourceNotFoundException"));
        },
        |lab| {
            found(lab, "left", earlier(), "ACTIVE");
            lab.deleted("left", Err(refusal("ResourceNotFoundException")));
        },
    ];
    for way in ways {
        let mut lab = aws_with_left(earlier());
        account(&mut lab).escape().key('q').key('y');
        way(&mut lab);
        assert!(lab.model.guard.ledger.streams.is_empty());
        assert!(lab.asks_to_quit());
    }
}

#[test]
fn a_delete_that_fails_keeps_the_lab_open_and_the_stream_in_the_ledger() {
    let mut lab = aws_with_own_stream();
    lab.key('q').key('y').described("my-first-stream", 2);
    lab.deleted("my-first-stream", Err(refusal("LimitExceededException")));
    assert!(!lab.asks_to_quit());
    assert_eq!(lab.model.guard.ledger.streams.len(), 1);
    lab.key('q');
    assert!(matches!(
        lab.model.overlay,
        Some(Overlay::Confirm(Confirm::CleanUp { leaving: true, .. }))
    ));
}

#[test]
fn leaving_while_streams_are_being_deleted_is_said_first_and_done_when_asked_twice() {
    let mut lab = aws_with_own_stream();
    lab.key('q').key('y').key('q');
    assert!(!lab.asks_to_quit());
    assert!(lab.model.overlay.is_none());
    assert!(lab.status().contains("next start"), "{}", lab.status());
    lab.key('n').key('q');
    assert!(!lab.asks_to_quit(), "another key lay between");
    lab.key('q');
    assert!(lab.asks_to_quit());
}

#[test]
fn the_clean_up_of_the_last_run_is_not_offered_into_a_field() {
    let mut lab = aws_with_left(earlier());
    lab.key('p');
    account(&mut lab);
    assert!(lab.model.overlay.is_none(), "a y would delete");
    lab.escape();
    assert!(matches!(
        lab.model.overlay,
        Some(Overlay::Confirm(Confirm::CleanUp { leaving: false, .. }))
    ));
    lab.escape().key('T');
    assert!(lab.model.overlay.is_none(), "it is offered once");
}

#[test]
fn nothing_is_forgotten_of_a_stream_whose_creation_is_under_way() {
    let mut lab = aws();
    lab.key('D')
        .enter()
        .enter()
        .tell(Message::LedgerSaved(Ok(())))
        .effects
        .clear();
    lab.key('q');
    assert!(!lab.asks_to_quit() && lab.model.overlay.is_none());
    assert!(lab.status().contains("being created"), "{}", lab.status());
    lab.key('q');
    assert!(lab.asks_to_quit());
    assert_eq!(
        lab.model.guard.ledger.streams.len(),
        1,
        "the next start offers it"
    );
}

#[test]
fn a_name_is_not_created_again_while_its_stream_is_being_deleted() {
    let mut lab = aws_with_own_stream();
    lab.key('D')
        .press(KeyCode::Down)
        .key('x')
        .key('y')
        .effects
        .clear();
    lab.key('D')
        .press(KeyCode::Up)
        .keys("my-first-stream")
        .effects
        .clear();
    lab.enter();
    assert!(lab.effects.is_empty());
    assert!(lab.status().contains("being deleted"), "{}", lab.status());
}
