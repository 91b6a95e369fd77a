//! Frames of a stream that holds records from before the lab was started: they are counted, and readers of them are behind.

use crossterm::event::KeyCode;

use super::lab::Lab;
use super::pictures::text;
use crate::app::message::Message;
use crate::kinesis::ShardId;
use crate::kinesis::feed::{Detail, FeedEvent, GetDetail};

/// A stream of two shards, with so many records in each that were kept from an earlier run; the lanes have the keys.
fn kept(size: (u16, u16), records: [u64; 2]) -> Lab {
    let mut lab = Lab::local(size.0, size.1);
    lab.key('D').press(KeyCode::Enter).key('5');
    let shards = [0, 1].map(|index| (ShardId::from_index(index), records[index as usize]));
    lab.tell(Message::Fed(FeedEvent::Kept {
        region: "us-east-1".into(),
        stream: "my-first-stream".into(),
        records: records.iter().sum(),
        shards: shards.to_vec(),
    }));
    lab
}

/// A page of a program that reads shard 0 from its beginning: ten records up to this number, so many ahead.
fn reads(lab: &mut Lab, last: u64, ahead: u64) {
    let number = |number: u64| number.to_string().as_str().into();
    let detail = GetDetail {
        chain: 1,
        shard: ShardId::from_index(0),
        start: crate::kinesis::StartPosition::TrimHorizon,
        limit: Some(10),
        returned: 10,
        bytes: 100,
        range: Some((number(last - 9), number(last))),
        millis_behind_latest: Some(60_000),
        ahead,
        ended: false,
    };
    let call = lab.call(
        "Boto3/1.44",
        "k",
        "GetRecords",
        Detail::Get(Box::new(detail)),
    );
    lab.fed(call);
}

#[test]
fn a_lane_says_what_it_holds_from_before_and_a_program_in_it_is_behind() {
    for size in [(80, 24), (120, 40)] {
        let mut lab = kept(size, [60, 40]);
        let frame = text(&lab);
        assert!(!frame.contains(" 0 records"), "{frame}");
        assert!(frame.contains("60 from before"), "{frame}");
        reads(&mut lab, 20, 40);
        let frame = text(&lab);
        assert!(frame.contains("py#1, 40 behind"), "{frame}");
        assert!(!frame.contains("at the tip"), "{frame}");
        // What comes now lies ahead of it as well.
        lab.program_puts_into(0, "alice");
        let frame = text(&lab);
        assert!(frame.contains("py#1, 41 behind"), "{frame}");
        lab.tell(Message::Fed(FeedEvent::Disconnected { connection: 2 }));
        let frame = text(&lab);
        assert!(frame.contains("py#1 stopped here, 41 behind"), "{frame}");
    }
}

#[test]
fn what_was_kept_goes_by_its_age_and_by_emptying() {
    let mut lab = kept((120, 40), [60, 40]);
    let (region, stream) = ("us-east-1".to_owned(), "my-first-stream".to_owned());
    lab.tell(Message::Fed(FeedEvent::Expired {
        region: region.clone(),
        stream: stream.clone(),
        records: 50,
        shards: vec![(ShardId::from_index(0), 50)],
    }));
    let frame = text(&lab);
    assert!(
        frame.contains("10 from before") && frame.contains("40 from before"),
        "{frame}"
    );
    lab.tell(Message::Fed(FeedEvent::Emptied {
        region,
        stream,
        records: 50,
    }));
    let frame = text(&lab);
    assert!(
        frame.contains(" 0 records") && !frame.contains("before"),
        "{frame}"
    );
}

#[test]
fn a_reader_that_was_at_the_tip_is_not_alarmed_by_what_came_since() {
    let mut lab = Lab::local(120, 40);
    lab.key('D').press(KeyCode::Enter).keys("5c").wait(2.0);
    let calm = |lab: &Lab| {
        let frame = text(lab);
        assert!(!frame.contains("1 behind"), "{frame}");
        frame
    };
    assert!(calm(&lab).contains("worker 1 at the tip"));
    lab.program_puts("alice", "{}");
    assert!(calm(&lab).contains("worker 1, 1 since its last call"));
    lab.wait(2.0);
    assert!(calm(&lab).contains("worker 1 at the tip"));
}

#[test]
fn batch_against_stream_says_which_records_it_does_not_count() {
    let mut lab = kept((120, 40), [60, 40]);
    lab.program_puts("alice", "{}").key('B');
    let frame = text(&lab);
    assert!(frame.contains("100 from before are not in it"), "{frame}");
    let mut lab = Lab::live(120, 40);
    lab.key('B');
    assert!(!text(&lab).contains("from before"), "{}", text(&lab));
}

#[test]
fn the_reshard_dialog_counts_records_where_they_are() {
    let mut lab = kept((120, 40), [60, 40]);
    let after = [
        (0, false, vec![]),
        (1, true, vec![]),
        (2, true, vec![0]),
        (3, true, vec![0]),
    ];
    lab.key('R').describe("ACTIVE", &after);
    let frame = text(&lab);
    assert!(frame.contains("records held"), "{frame}");
    assert!(frame.contains("40  100 %"), "{frame}");
    assert!(
        frame.contains(" 0    0 %"),
        "what was made of shard 0 is empty: {frame}"
    );
}

#[test]
fn the_reshard_dialog_names_the_ways_to_its_other_changes_and_out() {
    for (width, height) in [(60, 15), (80, 24), (120, 40)] {
        let mut lab = kept((width, height), [1, 1]);
        lab.key('R');
        for act in ["s", "m", "n", "h"] {
            let frame = text(lab.keys(act));
            assert!(frame.contains("Tab what"), "{frame}");
            assert!(frame.contains("Esc closes"), "{frame}");
        }
    }
}

#[test]
fn where_nobody_is_left_to_read_it_says_what_is_to_be_done() {
    let mut lab = Lab::live(120, 40);
    lab.keys("3x").wait(1.0);
    let frame = text(&lab);
    assert!(frame.contains("nobody reads · W adds a worker"), "{frame}");
    assert!(frame.contains("needs W"), "{frame}");
    assert!(!frame.contains("0 workers"), "{frame}");
}

#[test]
fn the_shard_that_is_throttled_is_where_the_event_at_hand_goes() {
    let mut lab = Lab::live(80, 24);
    for (key, shard) in [("alice", "shard 0"), ("bob", "shard 1")] {
        lab.model.producer.event = crate::app::producer::Event::Own {
            key: key.into(),
            data: "{}".into(),
            hash_key: None,
        };
        let frame = text(lab.key('F'));
        let line = frame
            .lines()
            .find(|line| line.contains("your next event goes here"));
        assert!(line.is_some_and(|line| line.contains(shard)), "{frame}");
        lab.press(KeyCode::Esc);
    }
}
