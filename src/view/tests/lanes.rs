//! Pictures of the shards' lanes, in each state.

use crossterm::event::KeyCode;

use super::lab::{Lab, setup};
use super::pictures::{at_sizes, picture, snapshot};
use crate::app::{ConnectionKind, Message, Pane, Theme};
use crate::kinesis::ShardId;
use crate::kinesis::feed::{Detail, FeedEvent, PutEntry};

/// With a stream of two shards, some records, and a program that read two of them; the lanes have the keys.
fn busy(width: u16, height: u16) -> Lab {
    let mut lab = Lab::live(width, height);
    for key in ["dave", "carol", "erin", "alice", "a-longer-key", "bob"] {
        lab.program_puts(key, "{}").wait(0.3);
    }
    lab.key('5');
    lab
}

#[test]
fn lanes_without_a_stream_and_without_records_say_what_to_do() {
    let none = |width, height| {
        let mut lab = Lab::local(width, height);
        lab.key('5');
        lab
    };
    at_sizes("lanes_none", none);
    at_sizes("lanes_empty", |width, height| {
        let mut lab = none(width, height);
        lab.key('D').press(KeyCode::Enter);
        lab
    });
}

#[test]
fn records_stand_in_their_lanes_and_readers_where_they_were_given_them() {
    at_sizes("lanes", busy);
    let mut lab = busy(80, 24);
    lab.model.theme = Theme::Mono;
    lab.look.ascii = true;
    snapshot!("lanes_mono_ascii_80x24", lab);
}

#[test]
fn by_time_what_arrived_together_stands_in_one_column() {
    at_sizes("lanes_time", |width, height| {
        let mut lab = busy(width, height);
        for _ in 0..7 {
            lab.program_puts("alice", "{}");
        }
        lab.key('a');
        lab
    });
}

#[test]
fn a_program_that_stopped_stands_where_it_stopped_with_what_it_left() {
    at_sizes("lanes_stopped", |width, height| {
        let mut lab = busy(width, height);
        lab.tell(Message::Fed(FeedEvent::Disconnected { connection: 2 }));
        lab
    });
}

#[test]
fn the_record_pointed_at_stands_out_and_stays_in_sight_among_many() {
    let pointed = |width, height| {
        let mut lab = busy(width, height);
        for n in 0..60 {
            lab.program_puts("alice", "{}");
            lab.wait(0.1 + f64::from(n % 3) * 0.1);
        }
        lab.wait(8.0);
        for _ in 0..64 {
            lab.press(KeyCode::Left);
        }
        lab
    };
    at_sizes("lanes_pointed", pointed);
    let mut lab = pointed(80, 24);
    lab.key('t');
    snapshot!("lanes_start_80x24", lab);
}

#[test]
fn children_hang_below_the_shards_that_they_were_made_of() {
    let split = |width, height| {
        let mut lab = busy(width, height);
        let family = [
            (0, false, vec![]),
            (1, true, vec![]),
            (2, true, vec![0]),
            (3, true, vec![0]),
        ];
        lab.describe("ACTIVE", &family).wait(1.0);
        lab
    };
    at_sizes("lanes_split", split);
    at_sizes("lanes_split_time", |width, height| {
        let mut lab = split(width, height);
        lab.key('a');
        lab
    });
    at_sizes("lanes_merged", |width, height| {
        let mut lab = split(width, height);
        lab.ends(0).wait(1.0);
        let family = [
            (0, false, vec![]),
            (1, false, vec![]),
            (2, true, vec![0]),
            (3, false, vec![0]),
            (4, true, vec![3, 1]),
        ];
        lab.describe("ACTIVE", &family);
        lab
    });
}

#[test]
fn elsewhere_it_is_said_that_the_lanes_know_only_what_the_lab_saw() {
    at_sizes("lanes_elsewhere", |width, height| {
        let mut lab = Lab::start(setup(ConnectionKind::Endpoint, (width, height)));
        lab.key('D').press(KeyCode::Enter);
        lab.keys("sss").wait(0.4);
        lab.key('c').wait(1.5);
        lab.keys("s5");
        lab
    });
}

#[test]
fn what_the_stream_let_go_of_is_counted_before_the_trim_horizon() {
    at_sizes("lanes_trimmed", |width, height| {
        let mut lab = busy(width, height);
        lab.tell(Message::Fed(FeedEvent::TrimmedEarly {
            region: "us-east-1".into(),
            stream: "my-first-stream".into(),
            shard: ShardId::from_index(0),
            records: 5,
        }));
        lab
    });
}

#[test]
fn a_throttled_shard_is_hot_in_words_and_cools_down() {
    let throttled = |width, height| {
        let mut lab = busy(width, height);
        let refused = (
            "ProvisionedThroughputExceededException".to_owned(),
            "Rate exceeded for shard shardId-000000000001 in stream my-first-stream under account 000000000000.".to_owned(),
        );
        let entry = PutEntry {
            key: "bob".into(),
            explicit_hash_key: None,
            size: 2,
            head: Vec::new(),
            result: Err(refused),
        };
        let entries = Detail::Put(vec![entry; 12]);
        let call = lab.call("Boto3/1.44", "k", "PutRecords", entries);
        lab.fed(call);
        lab
    };
    at_sizes("lanes_throttled", throttled);
    let mut lab = throttled(120, 40);
    lab.wait(6.0);
    assert!(!picture(&lab).contains("throttled"));
    assert_eq!(lab.model.focus, Pane::Shards);
}

#[test]
fn too_many_records_for_the_eye_are_bars_and_numbers() {
    at_sizes("lanes_lively", |width, height| {
        let mut lab = busy(width, height);
        for second in 0..6 {
            for _ in 0..(40 + second * 160) {
                lab.program_puts("alice", "{}");
            }
            lab.wait(1.0);
        }
        lab
    });
}

#[test]
fn more_shards_than_rows_are_rows_of_words_and_the_rest_says_what_is_amiss() {
    let lab = |width, height| {
        let mut lab = Lab::wide(width, height, 64);
        for n in 0..400 {
            lab.program_puts(&format!("user-{n}"), "{}");
        }
        lab.wait(1.1);
        for shard in (0..64).step_by(5) {
            lab.program_reads(shard, 1);
        }
        lab.key('5');
        for _ in 0..20 {
            lab.press(KeyCode::Down);
        }
        lab
    };
    at_sizes("lanes_many", lab);
}
