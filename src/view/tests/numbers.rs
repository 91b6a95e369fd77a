//! Pictures of the numbers: quiet, at work, throttled, with more shards than there is room for.

use crossterm::event::KeyCode;

use super::lab::{Lab, setup};
use super::pictures::{SIZES, kept};
use super::sizes::sweep;
use crate::app::{ConnectionKind, Pane, Theme};
use crate::kinesis::feed::{Detail, GetDetail, PutEntry};
use crate::kinesis::{ShardId, StartPosition};

const PYTHON: &str = "Boto3/1.44";

fn snapshot(name: &str, lab: &Lab) {
    kept(&format!("numbers_{name}"), lab);
}

/// A program puts so many records of so many bytes into a shard, or is throttled there.
fn writes(lab: &mut Lab, shard: u32, records: usize, size: usize, throttled: usize) {
    let id = ShardId::from_index(shard);
    let words = format!("Rate exceeded for shard {id} in stream my-first-stream under account 1.");
    let refused = ("ProvisionedThroughputExceededException".to_owned(), words);
    let entry = |result| PutEntry {
        key: "k".into(),
        explicit_hash_key: None,
        size,
        head: Vec::new(),
        result,
    };
    let mut entries = vec![entry(Ok((id, "49".into()))); records];
    entries.extend(vec![entry(Err(refused)); throttled]);
    let call = lab.call(PYTHON, "k", "PutRecords", Detail::Put(entries));
    lab.fed(call);
}

/// A reader is given a page so far behind the tip.
fn reads(lab: &mut Lab, own: bool, shard: u32, bytes: usize, behind: u64) {
    let detail = GetDetail {
        chain: 40 + u64::from(shard),
        shard: ShardId::from_index(shard),
        start: StartPosition::TrimHorizon,
        limit: None,
        returned: 3,
        bytes,
        range: None,
        millis_behind_latest: Some(behind),
        ahead: behind / 10,
        ended: false,
    };
    let (agent, key) = match own {
        true => ("app/kinesis-lab-worker", "own"),
        false => (PYTHON, "k"),
    };
    let call = lab.call(agent, key, "GetRecords", Detail::Get(Box::new(detail)));
    lab.fed(call);
}

/// Ten seconds in which a program fills the first shard beyond its limit and reads the second one too slowly, and the
/// panel reads both.
fn busy(width: u16, height: u16) -> Lab {
    let mut lab = Lab::live(width, height);
    for second in 0..10 {
        writes(&mut lab, 0, 990, 120, usize::from(second > 7) * 6);
        writes(&mut lab, 1, 40 + 30 * usize::from(second == 6) * 30, 600, 0);
        reads(&mut lab, true, 0, 120_000, 400);
        reads(&mut lab, true, 1, 24_000, 0);
        reads(&mut lab, false, 1, 1_400_000, 1_500 * (second + 1));
        let at = lab.model.now - chrono::TimeDelta::milliseconds(350);
        let data = format!(r#"{{"userId":"erin","time":"{}"}}"#, at.to_rfc3339());
        lab.program_puts("erin", &data).wait(1.0);
    }
    lab
}

#[test]
fn rates_stand_beside_their_limits_lags_beside_their_words_and_delays_in_two_parts() {
    for (width, height) in SIZES {
        let mut lab = busy(width, height);
        lab.key('N');
        snapshot("busy", &lab);
    }
}

#[test]
fn where_nothing_happens_it_says_what_will_stand_there() {
    for (width, height) in SIZES {
        let mut lab = Lab::local(width, height);
        lab.key('N');
        snapshot("no_stream", &lab);
        lab.press(KeyCode::Esc).key('D').press(KeyCode::Enter);
        lab.wait(20.0).key('N');
        snapshot("quiet", &lab);
    }
}

#[test]
fn of_many_shards_the_busiest_are_shown_and_the_rest_is_counted() {
    for (width, height) in SIZES {
        let mut lab = Lab::live(width, height);
        let family: Vec<(u32, bool, Vec<u32>)> = (0..6).map(|it| (it, true, vec![])).collect();
        lab.describe("ACTIVE", &family);
        for second in 0..6 {
            for shard in 0..64 {
                writes(&mut lab, shard, 10 * shard as usize + second, 100, 0);
            }
            for shard in 0..16 {
                reads(&mut lab, false, shard, 100, 100 * u64::from(shard));
            }
            lab.wait(1.0);
        }
        lab.key('N');
        snapshot("many", &lab);
    }
}

#[test]
fn elsewhere_it_says_whose_numbers_these_are() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint, (80, 24)));
    lab.key('D').press(KeyCode::Enter);
    lab.key('c').key('s').wait(2.0);
    lab.key('N');
    snapshot("endpoint", &lab);
}

#[test]
fn numbers_without_colour_and_in_ascii_say_the_same() {
    let mut lab = busy(80, 24);
    lab.model.theme = Theme::Mono;
    lab.key('N');
    lab.look.colour = false;
    snapshot("mono", &lab);
    lab.look.ascii = true;
    snapshot("ascii", &lab);
}

#[test]
fn numbers_are_drawn_at_every_size() {
    let mut lab = busy(120, 40);
    lab.key('N');
    sweep(&mut lab, &[Pane::Lesson]);
}
