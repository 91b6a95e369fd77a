//! Pictures of the shards' lanes, in each state.

use crossterm::event::KeyCode;

use super::lab::Lab;
use super::pictures::{picture, snapshot};
use crate::app::{Message, Pane, Theme};
use crate::kinesis::feed::{Detail, FeedEvent, PutEntry};

/// With a stream of two shards, many records, and a program that read two of them.
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
    let mut lab = Lab::local(80, 24);
    lab.key('5');
    snapshot!("lanes_none_80x24", lab);
    lab.key('D').press(KeyCode::Enter);
    snapshot!("lanes_empty_80x24", lab);
}

#[test]
fn records_stand_in_their_lanes_and_readers_where_they_were_given_them() {
    snapshot!("lanes_80x24", busy(80, 24));
    snapshot!("lanes_120x40", busy(120, 40));
    snapshot!("lanes_200x60", busy(200, 60));
    let mut lab = busy(80, 24);
    lab.model.theme = Theme::Mono;
    lab.look.ascii = true;
    snapshot!("lanes_mono_ascii_80x24", lab);
}

/// The program that read leaves: its caret stays where it stopped.
#[test]
fn a_program_that_stopped_stands_where_it_stopped_with_what_it_left() {
    let mut lab = busy(80, 24);
    lab.tell(Message::Fed(FeedEvent::Disconnected { connection: 2 }));
    snapshot!("lanes_stopped_80x24", lab);
}

#[test]
fn a_throttled_shard_is_hot_in_words_and_cools_down() {
    let mut lab = busy(120, 40);
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
    let call = lab.call(
        "Boto3/1.44",
        "k",
        "PutRecords",
        Detail::Put(vec![entry; 12]),
    );
    lab.fed(call);
    snapshot!("lanes_throttled_120x40", lab);
    lab.wait(6.0);
    assert!(!picture(&lab).contains("throttled"));
    assert_eq!(lab.model.focus, Pane::Shards);
}
