//! Pictures of the wire log, and what may never reach the terminal from it.

use std::time::Duration;

use crossterm::event::KeyCode;

use super::lab::{Lab, setup};
use super::pictures::{SIZES, kept, line};
use crate::app::{ConnectionKind, Message};
use crate::kinesis::control::FaultKind;
use crate::kinesis::feed::{Call, Detail, PutEntry};
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::{ShardId, StartPosition};

const PYTHON: &str = "Boto3/1.44 md/Botocore#1.44";

/// A lab at work, in which programs made calls of all kinds.
fn busy(width: u16, height: u16) -> Lab {
    let mut lab = Lab::live(width, height);
    for (operation, error) in [
        ("GetShardIterator", None),
        ("GetRecords", Some("ExpiredIteratorException")),
        ("PutRecord", Some("ProvisionedThroughputExceededException")),
        ("DescribeStreamSummary", None),
    ] {
        let detail = match operation {
            "GetShardIterator" => Detail::Iterator {
                shard: ShardId::from_index(1),
                start: StartPosition::TrimHorizon,
                chain: Some(7),
            },
            _ => Detail::None,
        };
        let mut call = lab.call(PYTHON, "k", operation, detail);
        call.error = error.map(|code| (code.to_owned(), "The API's words.".to_owned()));
        call.latency = Duration::from_micros(12_340);
        lab.fed(call);
    }
    lab.program_meets(FaultKind::LoseReply, None);
    lab.tell(Message::FeedLost(12));
    let batch = batch(&lab);
    lab.fed(batch);
    lab
}

/// A batch of which some is refused.
fn batch(lab: &Lab) -> Call {
    let entry = |key: &str, shard: Option<u32>| PutEntry {
        key: key.into(),
        explicit_hash_key: None,
        size: 83,
        head: br#"{"userId":"alice","action":"view_page","page":"/products/1","at":"20"#[..64]
            .to_vec(),
        result: match shard {
            Some(index) => Ok((
                ShardId::from_index(index),
                "49680468775467761913021518145578741098949879498294889482".into(),
            )),
            None => Err((
                "ProvisionedThroughputExceededException".into(),
                "Rate exceeded for shard shardId-000000000000.".into(),
            )),
        },
    };
    let entries = vec![
        entry("alice", Some(0)),
        entry("bob", Some(1)),
        entry("erin", None),
    ];
    Call {
        latency: Duration::from_millis(1_240),
        ..lab.call(PYTHON, "k", "PutRecords", Detail::Put(entries))
    }
}

fn snapshot(name: &str, lab: &Lab) {
    kept(&format!("wire_{name}"), lab);
}

#[test]
fn the_log_shows_who_called_what_and_what_came_of_it() {
    for (width, height) in SIZES {
        let mut lab = busy(width, height);
        lab.key('l');
        snapshot("list", &lab);
        lab.press(KeyCode::Up).press(KeyCode::Up);
        lab.keys("/py get").press(KeyCode::Enter);
        snapshot("filtered", &lab);
    }
}

#[test]
fn a_call_in_full_lies_over_the_log() {
    for (width, height) in SIZES {
        let mut lab = busy(width, height);
        lab.key('l').press(KeyCode::Enter);
        snapshot("json", &lab);
        lab.press(KeyCode::Tab);
        snapshot("command", &lab);
    }
}

#[test]
fn an_empty_log_says_what_will_stand_there() {
    for (width, height) in SIZES {
        let mut lab = Lab::local(width, height);
        lab.key('l');
        snapshot("empty", &lab);
    }
    let mut lab = busy(80, 24);
    lab.keys("l/nobody");
    snapshot("none_match", &lab);
}

#[test]
fn elsewhere_the_log_says_whom_it_cannot_see() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint, (80, 24)));
    lab.key('D').press(KeyCode::Enter);
    lab.key('s').wait(0.2);
    lab.key('l');
    snapshot("elsewhere", &lab);
}

#[test]
fn no_text_of_a_call_steers_the_terminal() {
    let hostile = "\u{1b}[31mx\u{202e}\u{7}\u{9b}2J'$(id)";
    let mut lab = Lab::live(200, 60);
    let entry = PutEntry {
        key: hostile.into(),
        explicit_hash_key: Some(hostile.into()),
        size: 9,
        head: hostile.as_bytes().to_vec(),
        result: Err((hostile.into(), hostile.into())),
    };
    let mut call = lab.call(hostile, hostile, hostile, Detail::Put(vec![entry]));
    call.stream = Some(hostile.into());
    call.error = Some((hostile.into(), hostile.into()));
    lab.fed(call);
    let mut put = lab.call(PYTHON, "k", "PutRecord", Detail::None);
    put.stream = Some(hostile.into());
    lab.fed(put);
    lab.keys("l/x").press(KeyCode::Enter);
    for _ in 0..4 {
        let terminal = lab.draw();
        for cell in terminal.backend().buffer().content() {
            let steers = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!cell.symbol().chars().any(steers), "{:?}", cell.symbol());
        }
        lab.press(match lab.model.overlay {
            Some(_) if shows(&lab, "JSON") => KeyCode::Tab,
            _ => KeyCode::Enter,
        });
    }
}

fn shows(lab: &Lab, words: &str) -> bool {
    let terminal = lab.draw();
    let buffer = terminal.backend().buffer();
    (0..buffer.area.height).any(|y| line(buffer, y).contains(words))
}

#[test]
fn a_record_in_full_has_all_digits_of_its_number_and_the_md5_sum_of_its_key() {
    let mut lab = busy(120, 40);
    lab.key('l').press(KeyCode::Enter);
    assert!(shows(
        &lab,
        "49680468775467761913021518145578741098949879498294889482"
    ));
    assert!(shows(&lab, &HashKey::of_partition_key("alice").hex()));
}

#[test]
fn the_newest_bound_of_calls_is_said() {
    let mut lab = Lab::live(80, 24);
    let call = lab.call(PYTHON, "k", "ListStreams", Detail::None);
    for _ in 0..crate::app::wire::MOST_CALLS + 1 {
        lab.fed(call.clone());
    }
    lab.key('l');
    assert!(shows(&lab, "the newest 5,000 of 5,0"));
}
