//! Scripts of the reshard dialog: what it says before a call, the call, what becomes of it, and who gets in its way.

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::overlay::{Confirm, Overlay};
use crate::app::reshard::{Act, ReshardDialog, Side, StreamChange};
use crate::app::*;
use crate::kinesis::hash_ranges::{HashKey, HashRange};
use crate::kinesis::{CallError, ShardId};

const STREAM: &str = "my-first-stream";

/// The number of each shard, its range, whether it is open, and its parents.
type Family = Vec<(u32, HashRange, bool, Vec<u32>)>;

fn halves() -> Family {
    let ranges = HashRange::split_evenly(2).into_iter();
    ranges
        .zip(0..)
        .map(|(range, index)| (index, range, true, Vec::new()))
        .collect()
}

/// The halves, of which the lower one was split in the middle.
fn split() -> Family {
    let quarters = HashRange::split_evenly(4);
    let mut family = halves();
    family[0].2 = false;
    family.push((2, quarters[0], true, vec![0]));
    family.push((3, quarters[1], true, vec![0]));
    family
}

fn describe(lab: &mut Lab, status: &str, family: &Family, hours: u32) {
    let shard =
        |(index, range, open, parents): &(u32, HashRange, bool, Vec<u32>)| ShardDescription {
            id: ShardId::from_index(*index),
            hash_range: (
                range.start.value().to_string(),
                range.end.value().to_string(),
            ),
            open: *open,
            parents: parents.iter().copied().map(ShardId::from_index).collect(),
        };
    let created_at = lab.model.streams.selected.as_ref();
    let description = Description {
        status: status.into(),
        created_at: created_at.and_then(|selected| selected.created_at),
        retention_hours: hours,
        shards: family.iter().map(shard).collect(),
    };
    lab.answer(Answer::Described {
        stream: STREAM.into(),
        result: Ok(description),
    });
}

/// A lab of this kind with a stream of two halves, and the dialog open.
fn open_on(kind: ConnectionKind) -> Lab {
    let mut lab = Lab::start(setup(kind));
    lab.answer(Answer::Account(Ok("123456789012".into())));
    lab.listed(&[STREAM]);
    if lab.model.streams.name().is_none() {
        lab.key('D').press(KeyCode::Down).enter();
    }
    describe(&mut lab, "ACTIVE", &halves(), 24);
    lab.key('R');
    lab.effects.clear();
    lab
}

fn open() -> Lab {
    open_on(ConnectionKind::Local)
}

fn dialog(lab: &Lab) -> &ReshardDialog {
    match &lab.model.overlay {
        Some(Overlay::Reshard(dialog)) => dialog,
        other => panic!("no dialog: {other:?}"),
    }
}

fn problem(lab: &Lab) -> &str {
    dialog(lab).problem.as_deref().unwrap_or_default()
}

/// The change that is asked for.
fn change(lab: &mut Lab) -> StreamChange {
    let asked = std::iter::from_fn(|| lab.request());
    let mut asked = asked.filter_map(|request| match request {
        Request::ChangeStream { change, .. } => Some(change),
        _ => None,
    });
    asked.next().expect("a change")
}

fn changes_nothing(lab: &mut Lab) -> bool {
    let mut asked = std::iter::from_fn(|| lab.request());
    !asked.any(|request| matches!(request, Request::ChangeStream { .. }))
}

fn answered(lab: &mut Lab, change: StreamChange, result: Result<(), CallError>) {
    lab.answer(Answer::StreamChanged {
        stream: STREAM.into(),
        change,
        result,
    });
}

fn split_of_0() -> StreamChange {
    StreamChange::Split {
        shard: ShardId::from_index(0),
        at: HashRange::split_evenly(4)[1].start,
    }
}

fn told(lab: &Lab) -> Vec<&str> {
    let told = lab.model.reshard.told.iter();
    told.map(|told| told.words.as_str()).collect()
}

#[test]
fn a_split_is_told_from_the_call_to_the_stream_that_is_active_again() {
    let mut lab = open();
    let before = dialog(&lab).plan().expect("a plan");
    assert_eq!(before.parts.len(), 2);
    assert_eq!(before.parts[1].range, HashRange::split_evenly(4)[1]);
    lab.enter();
    let change = change(&mut lab);
    assert_eq!(change, split_of_0());
    assert_eq!(
        change.options(STREAM)[2],
        "--new-starting-hash-key 85070591730234615865843651857942052864"
    );
    lab.enter();
    assert!(problem(&lab).contains("one at a time"), "{}", problem(&lab));
    answered(&mut lab, change, Ok(()));
    describe(&mut lab, "UPDATING", &halves(), 24);
    lab.effects.clear();
    lab.wait(1.0);
    assert!(
        lab.asks(&Request::DescribeStream(STREAM.into())),
        "it is looked at again"
    );
    describe(&mut lab, "ACTIVE", &split(), 24);
    assert_eq!(
        told(&lab),
        [
            "SplitShard: shard 0 is split…",
            "SplitShard is accepted.",
            "my-first-stream is UPDATING.",
            "Shard 0 is closed; shards 2 and 3 are open.",
            "my-first-stream is ACTIVE again.",
            "Split: 3 shards are open. Readers finish the parent first.",
        ]
    );
    assert!(
        lab.status().starts_with("Split: 3 shards"),
        "{}",
        lab.status()
    );
    let ids: Vec<String> = dialog(&lab)
        .open
        .iter()
        .map(|shard| shard.id.short())
        .collect();
    assert_eq!(ids, ["2", "3", "1"], "in the order of the ring");
    assert_eq!(problem(&lab), "");
}

#[test]
fn known_keys_are_told_where_they_will_go_before_anything_is_done() {
    let mut lab = open();
    lab.escape();
    for key in ["alice", "dave", "bob"] {
        lab.key('p').press(KeyCode::Char('x'));
        lab.escape();
        let put = Put {
            id: 0,
            by: Sender::You,
            stream: STREAM.into(),
            key: key.into(),
            hash_key: None,
            data: "{}".into(),
        };
        lab.stored(&put, 0, Ok("49"));
    }
    lab.key('R');
    let names = |lab: &Lab| -> Vec<Vec<String>> {
        let plan = dialog(lab).plan().expect("a plan");
        let names = |part: &reshard::Part<'_>| part.keys.iter().map(|k| k.key.clone()).collect();
        plan.parts.iter().map(names).collect()
    };
    // The answers told of keys; how much a shard holds is what the feed tells.
    assert_eq!(dialog(&lab).open[0].records, 0);
    assert_eq!(names(&lab), [vec!["dave"], vec!["alice"]]);
    lab.key('k').keys("alice").enter();
    assert_eq!(names(&lab), [vec!["dave", "alice"], vec![]]);
    let hash = HashKey::of_partition_key("alice");
    assert_eq!(dialog(&lab).at.value(), hash.value() + 1);
    lab.key('k').keys("alice").press(KeyCode::Tab);
    let side = dialog(&lab).typing.as_ref().and_then(|typing| typing.key);
    assert_eq!(side, Some(Side::Higher));
    lab.enter();
    assert_eq!(dialog(&lab).at, hash);
    lab.key('k').keys("bob").enter();
    assert_eq!(
        dialog(&lab).cursor,
        1,
        "a key of another shard chooses that one"
    );
}

#[test]
fn a_point_is_moved_and_typed_and_its_edges_are_refused_in_words() {
    let mut lab = open();
    let middle = dialog(&lab).at;
    lab.press(KeyCode::Right).key(']');
    assert!(dialog(&lab).at > middle);
    lab.press(KeyCode::Home);
    assert_eq!(dialog(&lab).at, middle);
    for _ in 0..100 {
        lab.key('[');
    }
    assert_eq!(dialog(&lab).at.value(), 2, "as far as Kinesis splits");
    lab.key('p').keys("0x1").enter();
    assert!(problem(&lab).contains("edge"), "{}", problem(&lab));
    assert!(dialog(&lab).typing.is_some(), "it can be mended");
    lab.escape();
    assert_eq!(dialog(&lab).at.value(), 2, "nothing of it is taken");
    lab.keys("1000").enter();
    assert_eq!(
        dialog(&lab).at.value(),
        1000,
        "digits begin a point by themselves"
    );
    lab.key('p');
    lab.tell(Message::Pasted("0xc0000000000000000000000000000000".into()));
    lab.enter();
    assert_eq!(dialog(&lab).cursor, 1, "a point names its shard");
    lab.key('p').keys("words").enter();
    assert!(problem(&lab).contains("0x"), "{}", problem(&lab));
    lab.escape().escape();
    assert!(lab.model.overlay.is_none());
}

#[test]
fn neighbours_are_merged_and_the_highest_shard_has_none_above() {
    let mut lab = open();
    lab.key('m').press(KeyCode::Down).enter();
    assert!(
        problem(&lab).contains("lower one of two"),
        "{}",
        problem(&lab)
    );
    lab.press(KeyCode::Up).enter();
    let change = change(&mut lab);
    let expected = StreamChange::Merge {
        shard: ShardId::from_index(0),
        next: ShardId::from_index(1),
    };
    assert_eq!(change, expected);
    answered(&mut lab, change, Ok(()));
    let whole = HashRange::split_evenly(1)[0];
    let mut merged = halves();
    merged.iter_mut().for_each(|shard| shard.2 = false);
    merged.push((2, whole, true, vec![0, 1]));
    describe(&mut lab, "ACTIVE", &merged, 24);
    assert!(
        told(&lab).contains(&"Shards 0 and 1 are closed; shard 2 is open."),
        "{:?}",
        told(&lab)
    );
    lab.enter();
    assert!(
        problem(&lab).contains("one open shard only"),
        "{}",
        problem(&lab)
    );
}

#[test]
fn shards_are_scaled_between_half_and_double() {
    let mut lab = open();
    lab.key('n');
    assert_eq!((dialog(&lab).count, dialog(&lab).counts()), (4, (1, 4)));
    let words = dialog(&lab).plan().expect("a plan").words.join(" ");
    assert!(words.contains("4 even ranges, here by 2 splits"), "{words}");
    lab.press(KeyCode::Right);
    assert_eq!(dialog(&lab).count, 4, "no further");
    lab.key('p').keys("5").enter();
    assert!(
        problem(&lab).contains("half, or double"),
        "{}",
        problem(&lab)
    );
    lab.press(KeyCode::Backspace).keys("3").enter().enter();
    let change = change(&mut lab);
    assert_eq!(change, StreamChange::Scale { from: 2, to: 3 });
}

#[test]
fn retention_is_raised_and_lowered_and_each_says_what_it_costs_the_records() {
    let mut lab = open();
    lab.key('h').enter();
    assert!(problem(&lab).contains("already"), "{}", problem(&lab));
    lab.press(KeyCode::Right);
    let words = dialog(&lab).plan().expect("a plan").words.join(" ");
    assert!(words.contains("does not come back"), "{words}");
    lab.enter();
    let raise = change(&mut lab);
    assert_eq!(raise.operation(), "IncreaseStreamRetentionPeriod");
    answered(&mut lab, raise, Ok(()));
    describe(&mut lab, "ACTIVE", &halves(), 48);
    assert!(lab.status().contains("kept 48 h now"), "{}", lab.status());
    lab.key('p').keys("9000").enter();
    assert!(problem(&lab).contains("8760"), "{}", problem(&lab));
    lab.escape().press(KeyCode::Left).enter();
    let lower = change(&mut lab);
    assert_eq!(lower, StreamChange::Retain { from: 48, to: 24 });
    assert_eq!(lower.operation(), "DecreaseStreamRetentionPeriod");
}

#[test]
fn refusals_are_said_in_words_and_the_stream_is_looked_at() {
    let refusals = [
        ("ResourceInUseException", "", "another change goes on"),
        (
            "LimitExceededException",
            "more than 10 calls in 24 hours.",
            "more than 10 calls in 24 hours.",
        ),
        (
            "ValidationException",
            "Request is invalid. Stream s under account 0 is in On-Demand mode.",
            "only a provisioned stream",
        ),
        (
            "UnknownOperationException",
            "",
            "does not know the operation",
        ),
        ("ResourceNotFoundException", "", "no such stream or shard"),
    ];
    for (code, message, words) in refusals {
        let mut lab = open();
        lab.enter();
        let change = change(&mut lab);
        let error = CallError::Refused {
            code: code.into(),
            message: message.into(),
        };
        answered(&mut lab, change, Err(error));
        assert!(
            problem(&lab).contains(words.trim_end_matches('.')),
            "{}",
            problem(&lab)
        );
        lab.wait(0.0);
        assert!(lab.asks(&Request::DescribeStream(STREAM.into())), "{code}");
        lab.enter();
        assert!(!changes_nothing(&mut lab), "it can be tried again");
    }
}

#[test]
fn a_change_without_an_answer_is_not_known_and_seen_if_it_was_made() {
    let mut lab = open();
    lab.enter();
    let change = change(&mut lab);
    answered(&mut lab, change, Err(silence()));
    assert!(
        lab.status().starts_with("Not known whether"),
        "{}",
        lab.status()
    );
    describe(&mut lab, "ACTIVE", &split(), 24);
    assert!(told(&lab).contains(&"Shard 0 is closed; shards 2 and 3 are open."));
}

#[test]
fn a_shard_that_somebody_else_split_is_not_split_again_by_surprise() {
    let mut lab = open();
    describe(&mut lab, "UPDATING", &halves(), 24);
    lab.enter();
    assert!(problem(&lab).contains("UPDATING"), "{}", problem(&lab));
    assert!(changes_nothing(&mut lab));
    describe(&mut lab, "ACTIVE", &split(), 24);
    assert!(
        problem(&lab).contains("shard 0 is not open any more"),
        "{}",
        problem(&lab)
    );
    assert_eq!(
        dialog(&lab)
            .shard()
            .map(|shard| shard.id.short())
            .as_deref(),
        Some("2")
    );
    let at = dialog(&lab).at;
    assert!(
        dialog(&lab)
            .shard()
            .is_some_and(|shard| shard.range.contains(at))
    );
}

#[test]
fn a_stream_that_goes_or_is_another_one_takes_the_dialog_with_it() {
    let mut lab = open();
    lab.undescribed(STREAM, refusal("ResourceNotFoundException"));
    assert!(lab.model.overlay.is_none());
    assert!(lab.status().contains("is closed"), "{}", lab.status());

    let mut lab = open();
    lab.now += chrono::TimeDelta::minutes(5);
    lab.described(STREAM, 2);
    describe(&mut lab, "ACTIVE", &halves(), 24);
    lab.key('R').enter();
    lab.now += chrono::TimeDelta::minutes(5);
    lab.described(STREAM, 2);
    assert!(lab.model.overlay.is_none(), "created anew under the dialog");
    assert!(lab.model.reshard.under_way().is_none());
}

#[test]
fn on_aws_every_change_is_asked_first_with_its_price() {
    let mut lab = open_on(ConnectionKind::Aws);
    lab.enter();
    let Some(Overlay::Confirm(confirm @ Confirm::ChangeStream { .. })) = &lab.model.overlay else {
        panic!("no question: {:?}", lab.model.overlay);
    };
    let facts = question::question(&lab.model, confirm).facts.join("\n");
    assert!(
        facts.contains("3 shards: about $0.045 an hour; now 2 shards: $0.030"),
        "{facts}"
    );
    assert!(
        facts.contains("123456789012") && facts.contains("not yours"),
        "{facts}"
    );
    assert!(changes_nothing(&mut lab));
    lab.escape();
    assert!(changes_nothing(&mut lab));
    lab.key('R').enter().enter();
    assert_eq!(change(&mut lab), split_of_0());
    assert_eq!(
        dialog(&lab).act,
        Act::Split,
        "what becomes of it is told there"
    );
}

#[test]
fn sixty_four_shards_have_their_places_in_the_list() {
    let mut lab = open();
    let family: Family = HashRange::split_evenly(64)
        .into_iter()
        .zip(0..)
        .map(|(range, index)| (index, range, true, Vec::new()))
        .collect();
    describe(&mut lab, "ACTIVE", &family, 24);
    for _ in 0..10 {
        lab.press(KeyCode::PageDown);
    }
    assert_eq!(dialog(&lab).cursor, 63);
    lab.press(KeyCode::Down).press(KeyCode::PageUp);
    assert_eq!(dialog(&lab).cursor, 53);
}

#[test]
fn without_a_stream_the_streams_dialog_opens_instead() {
    let mut lab = Lab::local();
    lab.key('R');
    assert!(matches!(lab.model.overlay, Some(Overlay::Streams(_))));
}
