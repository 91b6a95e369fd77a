//! Scripts about the shards' lanes: what fills them, who stands where, and how a reader is rewound by pointing.

use crossterm::event::KeyCode;
use proptest::prelude::*;

use super::script::*;
use crate::app::lanes::{Axis, Caret, Doing, Lane, carets};
use crate::app::message::*;
use crate::app::overlay::Overlay;
use crate::app::*;
use crate::kinesis::feed::{Detail, FeedEvent, GetDetail, PutEntry};
use crate::kinesis::{ShardId, StartPosition};

const STREAM: &str = "my-first-stream";

fn shard(index: u32) -> ShardId {
    ShardId::from_index(index)
}

fn entry(key: &str, index: u32, number: u64) -> PutEntry {
    PutEntry {
        key: key.into(),
        explicit_hash_key: None,
        size: 2,
        head: b"{}".to_vec(),
        result: Ok((shard(index), number.to_string().as_str().into())),
    }
}

fn puts(lab: &mut Lab, index: u32, numbers: std::ops::Range<u64>) {
    let entries = numbers
        .map(|number| entry("alice", index, number))
        .collect();
    lab.fed(1, "PutRecords", STREAM, Detail::Put(entries));
}

fn get(index: u32, start: StartPosition, range: Option<(u64, u64)>, ahead: u64) -> Detail {
    let number = |number: u64| number.to_string().as_str().into();
    Detail::Get(Box::new(GetDetail {
        chain: 1,
        shard: shard(index),
        start,
        limit: None,
        bytes: 0,
        returned: range.map_or(0, |(first, last)| (last - first + 1) as usize),
        range: range.map(|(first, last)| (number(first), number(last))),
        millis_behind_latest: Some(ahead),
        ahead,
        ended: false,
    }))
}

fn lane(lab: &Lab, index: u32) -> &Lane {
    lab.model.lanes.of(&shard(index)).expect("a lane")
}

fn caret(lab: &Lab, name: &str, index: u32) -> Caret {
    let all = carets(&lab.model);
    let found = all
        .into_iter()
        .find(|caret| caret.name == name && caret.shard == shard(index));
    found.expect("a caret")
}

fn numbers(lane: &Lane) -> Vec<&str> {
    lane.tokens()
        .iter()
        .map(|token| token.sequence.as_str())
        .collect()
}

#[test]
fn a_program_s_reader_stands_behind_what_it_was_given_and_stays_there_when_it_stops() {
    let mut lab = Lab::with_stream();
    puts(&mut lab, 0, 1..8);
    let page = get(0, StartPosition::TrimHorizon, Some((1, 2)), 5);
    lab.fed(2, "GetRecords", STREAM, page);
    let stands = |lab: &Lab| {
        let caret = caret(lab, "py#2", 0);
        let ahead = caret.ahead(lane(lab, 0));
        (
            caret.doing,
            caret.place(lane(lab, 0)),
            ahead.records,
            ahead.at_least,
        )
    };
    assert_eq!(stands(&lab), (Doing::Reads, 2, 5, false));
    puts(&mut lab, 0, 8..10);
    assert_eq!(stands(&lab), (Doing::Reads, 2, 7, false));
    lab.tell(Message::Fed(FeedEvent::Disconnected { connection: 2 }));
    assert_eq!(stands(&lab), (Doing::Stopped, 2, 7, false));
    puts(&mut lab, 0, 10..1_000);
    assert_eq!(
        stands(&lab),
        (Doing::Stopped, 0, 997, false),
        "counted, though not remembered"
    );
}

#[test]
fn at_latest_a_reader_stands_behind_what_was_there_when_it_began() {
    let mut lab = Lab::with_stream();
    puts(&mut lab, 0, 1..4);
    let iterator = |chain| Detail::Iterator {
        shard: shard(0),
        start: StartPosition::Latest,
        chain: Some(chain),
    };
    lab.fed(2, "GetShardIterator", STREAM, iterator(1));
    lab.fed_by(
        "app/kinesis-lab-worker",
        OWN_KEY,
        3,
        "GetShardIterator",
        STREAM,
        iterator(2),
    );
    lab.model.consumer.start = StartPosition::Latest;
    lab.key('c').open_readers();
    puts(&mut lab, 0, 4..6);
    for name in ["py#2", "worker 1"] {
        let caret = caret(&lab, name, 0);
        assert!(caret.at_latest, "{name}");
        assert_eq!(caret.place(lane(&lab, 0)), 3, "{name}");
        assert_eq!(caret.ahead(lane(&lab, 0)).records, 2, "{name}");
    }
}

#[test]
fn elsewhere_the_lanes_know_what_the_lab_itself_put_and_read() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.effects.clear();
    lab.listed(&["s"]).described("s", 1).effects.clear();
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Ok("7"));
    assert_eq!(numbers(lane(&lab, 0)), ["7"]);
    lab.key('c');
    let (reader, _) = lab.opening();
    lab.opened(reader, Ok("i"));
    let reader = lab.poll();
    lab.read(reader, &["6", "7"]);
    assert_eq!(
        numbers(lane(&lab, 0)),
        ["6", "7"],
        "the one that came twice stands once"
    );
    let token = &lane(&lab, 0).tokens()[1];
    assert!(token.told, "its arrival is the endpoint's word now");
    assert_eq!(caret(&lab, "worker 1", 0).place(lane(&lab, 0)), 2);
    // A day later the endpoint lets go of them by itself, and nobody tells.
    lab.now += chrono::TimeDelta::hours(25);
    let known = lab.model.streams.description().expect("a stream").clone();
    lab.answer(Answer::Described {
        stream: "s".into(),
        result: Ok(known),
    });
    assert_eq!(lane(&lab, 0).trimmed(), 2);
}

#[test]
fn what_the_embedded_server_let_go_of_leaves_the_lanes() {
    let mut lab = Lab::with_stream();
    puts(&mut lab, 0, 1..11);
    let (region, stream) = ("us-east-1".to_owned(), STREAM.to_owned());
    lab.tell(Message::Fed(FeedEvent::TrimmedEarly {
        region: region.clone(),
        stream: stream.clone(),
        shard: shard(0),
        records: 4,
    }));
    assert_eq!((lane(&lab, 0).trimmed(), lane(&lab, 0).held()), (4, 6));
    lab.tell(Message::Fed(FeedEvent::Emptied {
        region,
        stream,
        records: 6,
    }));
    assert_eq!((lane(&lab, 0).trimmed(), lane(&lab, 0).held()), (10, 0));
    assert_eq!(lane(&lab, 1).trimmed(), 0);
}

/// The stream's shards: number, whether open, parents.
fn reshard(lab: &mut Lab, shards: &[(u32, bool, &[u32])]) {
    let mut description = lab.description(0);
    let known = lab.model.streams.description().expect("a stream");
    description.created_at = known.created_at;
    let describe = |(index, open, parents): &(u32, bool, &[u32])| ShardDescription {
        id: shard(*index),
        hash_range: ("0".into(), "9".into()),
        open: *open,
        parents: parents.iter().copied().map(shard).collect(),
    };
    description.shards = shards.iter().map(describe).collect();
    lab.answer(Answer::Described {
        stream: STREAM.into(),
        result: Ok(description),
    });
}

#[test]
fn children_stand_below_the_shard_that_was_split_and_begin_when_it_closed() {
    let mut lab = Lab::with_stream();
    puts(&mut lab, 0, 1..3);
    lab.wait(3.0);
    reshard(
        &mut lab,
        &[
            (0, false, &[]),
            (1, true, &[]),
            (2, true, &[0]),
            (3, true, &[0]),
        ],
    );
    let order = |lab: &Lab| -> Vec<String> {
        lab.model
            .lanes
            .iter()
            .map(|lane| lane.shard.short())
            .collect()
    };
    assert_eq!(order(&lab), ["0", "2", "3", "1"]);
    assert_eq!(lane(&lab, 0).closed, Some(lab.now));
    assert_eq!(lane(&lab, 2).began, Some(lab.now));
    assert_eq!((lane(&lab, 1).began, lane(&lab, 1).closed), (None, None));
    assert_eq!(lane(&lab, 0).held(), 2, "its records stay");
    reshard(
        &mut lab,
        &[
            (0, false, &[]),
            (1, false, &[]),
            (2, true, &[0]),
            (3, false, &[0]),
            (4, true, &[3, 1]),
        ],
    );
    assert_eq!(
        order(&lab),
        ["0", "2", "3", "1", "4"],
        "behind both of its parents"
    );
}

#[test]
fn of_more_shards_than_lanes_those_without_one_are_counted() {
    let mut lab = Lab::with_stream();
    let shards: Vec<(u32, bool, &[u32])> =
        (0..70).map(|index| (index, index >= 10, &[][..])).collect();
    reshard(&mut lab, &shards);
    assert_eq!(
        (lab.model.lanes.iter().len(), lab.model.lanes.left_out),
        (64, 6)
    );
    assert!(
        lab.model.lanes.of(&shard(5)).is_none(),
        "the oldest closed ones first"
    );
    assert!(lab.model.lanes.of(&shard(6)).is_some());
}

#[test]
fn lanes_and_readers_stay_within_their_bounds_whatever_comes() {
    let mut lab = Lab::with_stream();
    for index in 0..200 {
        puts(&mut lab, index, 1..700);
        let mut page = get(index, StartPosition::TrimHorizon, Some((1, 5)), 694);
        if let Detail::Get(page) = &mut page {
            page.chain = u64::from(index);
        }
        lab.fed(u64::from(index) + 2, "GetRecords", STREAM, page);
    }
    assert_eq!(lab.model.lanes.iter().len(), lanes::MOST);
    let full = |lane: &Lane| (lane.tokens().len(), lane.skipped());
    assert!(
        lab.model
            .lanes
            .iter()
            .all(|lane| full(lane) == (lanes::REMEMBERED, 187))
    );
    assert!(
        carets(&lab.model).len() <= 32,
        "the readers that are remembered"
    );
    lab.keys("5 ");
    puts(&mut lab, 0, 700..2_000);
    let frozen = lab.model.lanes.shown().iter();
    assert!(
        frozen
            .map(full)
            .all(|kept| kept == (lanes::REMEMBERED, 187))
    );
}

#[test]
fn a_reader_is_rewound_by_pointing_at_a_record() {
    let mut lab = Lab::with_stream();
    puts(&mut lab, 0, 1..4);
    lab.wait(2.0);
    let later = lab.now;
    puts(&mut lab, 0, 4..6);
    puts(&mut lab, 1, 9..10);
    lab.key('5').press(KeyCode::Left).press(KeyCode::Left);
    let (_, token) = lanes::pointed(&lab.model).expect("a record");
    assert_eq!(token.sequence.as_str(), "4");
    lab.press(KeyCode::Down);
    let (at, token) = lanes::pointed(&lab.model).expect("a record");
    assert_eq!(
        (at.shard.short(), token.sequence.as_str()),
        ("1".into(), "9")
    );
    lab.press(KeyCode::Up).press(KeyCode::Home);
    let (_, token) = lanes::pointed(&lab.model).expect("a record");
    assert_eq!(token.sequence.as_str(), "1");
    lab.press(KeyCode::Right)
        .press(KeyCode::Right)
        .press(KeyCode::Right)
        .key('t');
    let Some(Overlay::Start(dialog)) = &lab.model.overlay else {
        panic!("{:?}", lab.model.overlay);
    };
    assert_eq!(dialog.number.value(), "4");
    assert_eq!(
        dialog.choice, 2,
        "of two shards a number is good for one only"
    );
    lab.enter();
    let StartPosition::AtTimestamp(time) = &lab.model.consumer.start else {
        panic!("{:?}", lab.model.consumer.start);
    };
    assert!(*time <= later, "{time} is not after the record's arrival");
    lab.key('c');
    assert!(matches!(lab.opening().1, StartPosition::AtTimestamp(_)));
}

#[test]
fn a_frozen_view_stands_still_while_records_come_and_f_follows_again() {
    let mut lab = Lab::with_stream();
    puts(&mut lab, 0, 1..4);
    lab.keys("5 ");
    puts(&mut lab, 0, 4..9);
    assert_eq!(lab.model.lanes.shown()[0].held(), 3);
    assert_eq!(lab.model.lanes.unseen(), 5);
    lab.key('f');
    assert_eq!(lab.model.lanes.shown()[0].held(), 8);
    lab.key('a');
    assert_eq!(lab.model.lanes.axis, Axis::Time);
}

#[test]
fn a_record_opens_as_it_was_read_or_as_it_was_put_or_as_it_is_known() {
    let mut lab = Lab::with_stream();
    lab.fed(
        1,
        "PutRecord",
        STREAM,
        Detail::Put(vec![entry("alice", 0, 7)]),
    );
    lab.key('5').enter();
    let opened = |lab: &Lab| match &lab.model.overlay {
        Some(Overlay::Detail(detail)) => Some(detail.sent),
        Some(Overlay::Token(..)) => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(opened(&lab), Some(true), "as it was put");
    lab.escape().key('c');
    let (reader, _) = lab.opening();
    lab.opened(reader, Ok("i"));
    lab.read(reader, &["7"]);
    lab.enter();
    assert_eq!(opened(&lab), Some(false), "as it was read");
    lab.escape();
    for number in 10..3_000 {
        lab.fed(
            1,
            "PutRecord",
            STREAM,
            Detail::Put(vec![entry("bob", 1, number)]),
        );
    }
    puts(&mut lab, 0, 8..9);
    lab.model.producer.log.clear();
    lab.enter();
    assert_eq!(opened(&lab), None);
    assert!(lab.key('t').model.overlay.is_some(), "t begins there");
}

#[test]
fn another_stream_has_lanes_of_its_own() {
    let mut lab = Lab::with_stream();
    puts(&mut lab, 0, 1..4);
    lab.fed(
        1,
        "PutRecords",
        "other",
        Detail::Put(vec![entry("alice", 0, 9)]),
    );
    assert_eq!(numbers(lane(&lab, 0)), ["1", "2", "3"]);
    lab.deleted(STREAM, Ok(()));
    lab.undescribed(STREAM, refusal("ResourceNotFoundException"));
    lab.key('D').enter().created().described(STREAM, 2);
    assert_eq!(numbers(lane(&lab, 0)), [""; 0]);
}

/// What programs do to one shard.
#[derive(Debug, Clone)]
enum Deed {
    Put(u64),
    Read(u64),
    Latest,
    Trim(u64),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (1..400_u64).prop_map(Deed::Put),
        4 => (0..300_u64).prop_map(Deed::Read),
        1 => Just(Deed::Latest),
        1 => (0..50_u64).prop_map(Deed::Trim),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_caret_is_never_past_what_its_reader_was_given_and_what_lies_ahead_is_counted(
        deeds in prop::collection::vec(deed(), 1..30),
    ) {
        let mut lab = Lab::with_stream();
        // Numbers of the shard: the oldest that is kept, the next to come, the next to be read.
        let (mut oldest, mut next, mut position, mut start) = (1, 1, 1, StartPosition::TrimHorizon);
        let mut chain = 0;
        for deed in deeds {
            match deed {
                Deed::Put(count) => {
                    puts(&mut lab, 0, next..next + count);
                    next += count;
                }
                Deed::Latest => {
                    chain += 1;
                    (position, start) = (next, StartPosition::Latest);
                    let iterator = Detail::Iterator {
                        shard: shard(0),
                        start: start.clone(),
                        chain: Some(chain),
                    };
                    lab.fed(2, "GetShardIterator", STREAM, iterator);
                }
                Deed::Read(count) => {
                    position = position.max(oldest);
                    let end = (position + count).min(next);
                    let range = (position < end).then(|| (position, end - 1));
                    position = end;
                    let mut page = get(0, start.clone(), range, next - end);
                    if let Detail::Get(page) = &mut page {
                        page.chain = chain;
                    }
                    lab.fed(2, "GetRecords", STREAM, page);
                }
                Deed::Trim(count) => {
                    let count = count.min(next - oldest);
                    oldest += count;
                    lab.tell(Message::Fed(FeedEvent::TrimmedEarly {
                        region: "us-east-1".into(),
                        stream: STREAM.into(),
                        shard: shard(0),
                        records: count,
                    }));
                }
            }
            let all = carets(&lab.model);
            let Some(caret) = all.into_iter().rfind(|caret| caret.name.starts_with("py#2")) else {
                continue;
            };
            let lane = lane(&lab, 0);
            let number = |place: usize| -> u64 {
                lane.tokens()[place].sequence.as_str().parse().expect("a number")
            };
            let place = caret.place(lane);
            if let Some(before) = place.checked_sub(1) {
                prop_assert!(number(before) < position, "{} {position}", number(before));
            }
            if place < lane.tokens().len() {
                prop_assert!(number(place) >= position, "{} {position}", number(place));
            }
            let ahead = caret.ahead(lane);
            let kept = next - position.max(oldest);
            if !ahead.at_least && position >= oldest {
                prop_assert_eq!(ahead.records, kept);
            }
        }
    }
}
