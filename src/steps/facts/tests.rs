//! What is remembered stays within its bounds, whatever comes.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;

use super::*;
use crate::kinesis::StartPosition;
use crate::kinesis::feed::{Caller, GetDetail, PutEntry};
use crate::steps::{Plan, Watch};

fn begin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_372_800, 0).expect("a time")
}

/// A call of a kind, with names out of many.
fn call(rng: &mut fastrand::Rng, names: u32) -> Call {
    let shard = ShardId::from_index(rng.u32(..names));
    let number = || Some(("1".into(), "2".into()));
    let start = match rng.bool() {
        true => StartPosition::TrimHorizon,
        false => StartPosition::Latest,
    };
    let (operation, detail) = match rng.u32(..6) {
        0 => ("CreateStream".to_owned(), Detail::Create { shards: 2 }),
        1 => ("DeleteStream".to_owned(), Detail::None),
        2 => (
            "GetShardIterator".to_owned(),
            Detail::Iterator {
                shard,
                start,
                chain: Some(rng.u64(..u64::from(names))),
            },
        ),
        3 => (
            "GetRecords".to_owned(),
            Detail::Get(Box::new(GetDetail {
                chain: rng.u64(..u64::from(names)),
                shard,
                start,
                limit: None,
                returned: rng.usize(..3),
                bytes: 0,
                range: number(),
                millis_behind_latest: Some(0),
                ahead: rng.u64(..3),
                ended: false,
            })),
        ),
        4 => (format!("Strange{}", rng.u32(..names)), Detail::None),
        _ => (
            "PutRecord".to_owned(),
            Detail::Put(vec![PutEntry {
                key: format!("{}{}", "k".repeat(200), rng.u32(..names)),
                explicit_hash_key: None,
                size: 2,
                head: b"{}".to_vec(),
                result: Ok((shard, "1".into())),
            }]),
        ),
    };
    let refused = rng.u32(..10) == 0;
    Call {
        at: begin(),
        caller: Caller {
            user_agent: String::new(),
            access_key: String::new(),
            connection: 1,
            http2: false,
        },
        region: "us-east-1".into(),
        operation,
        stream: Some(format!("s{}", rng.u32(..names))),
        error: refused.then(|| ("X".repeat(500), "y".repeat(5_000))),
        detail,
        fault: None,
        latency: Duration::ZERO,
    }
}

fn place() -> Place {
    Place {
        address: "127.0.0.1:4567".into(),
        region: "us-east-1".into(),
        told: true,
    }
}

#[test]
fn facts_stay_within_their_bounds_under_a_hundred_thousand_calls() {
    for names in [2, 40, 100_000] {
        let mut rng = fastrand::Rng::with_seed(7);
        let mut facts = Facts::new(place(), &["carol".into()], begin());
        for index in 0..100_000 {
            let who = match rng.u32(..4) {
                0 => Who::You,
                1 => Who::Lab,
                _ => Who::Program(format!("py#{}", rng.u32(..names))),
            };
            let now = begin() + TimeDelta::milliseconds(index);
            facts.observe(&Seen::Call(&who, &call(&mut rng, names)), now);
            facts.observe(&Seen::Written(&format!("f{}", rng.u32(..names))), now);
        }
        assert!(facts.streams.len() <= STREAMS);
        assert!(facts.actors.len() <= ACTORS);
        assert!(facts.readings.len() <= READINGS);
        assert!(facts.calls.len() <= OPERATIONS);
        assert!(facts.files.len() <= FILES);
        for stream in &facts.streams {
            assert!(stream.shards.len() <= SHARDS && stream.keys.len() <= KEYS);
            assert!(
                stream.keys.contains_key("carol"),
                "a key named has its place"
            );
            assert!(stream.keys.keys().all(|key| key.len() <= NAME));
        }
        assert!(facts.readings.iter().all(|it| it.shards.len() <= SHARDS));
        let troubles = facts.actors.iter().filter_map(|it| it.trouble.as_ref());
        assert!(
            troubles
                .into_iter()
                .all(|it| it.code.len() <= NAME && it.message.len() <= 300)
        );
    }
}

#[test]
#[ignore = "it prints figures; nothing is asserted of a machine's speed"]
fn how_long_a_call_takes_to_be_folded_in_and_judged() {
    let markdown = include_str!("../../../tests/fixtures/steps/course.md");
    let plan = Plan::of(&crate::lesson::parse(markdown, &Default::default()));
    let mut watch = Watch::new(plan, place(), begin());
    let mut rng = fastrand::Rng::with_seed(7);
    let who = Who::Program("py#1".into());
    let calls: Vec<Arc<Call>> = (0..20_000).map(|_| Arc::new(call(&mut rng, 40))).collect();
    let (mut observing, mut judging) = (Duration::ZERO, Duration::ZERO);
    for (index, call) in calls.iter().enumerate() {
        let now = begin() + TimeDelta::milliseconds(index as i64);
        let began = Instant::now();
        watch.observe(&Seen::Call(&who, call), now);
        observing += began.elapsed();
        if index % 20 == 0 {
            let began = Instant::now();
            for step in &watch.plan().pages {
                std::hint::black_box(watch.judge(step.page, &|_| None, now));
            }
            judging += began.elapsed();
        }
    }
    let figures = format!(
        "observe {:?} a call, judging all steps {:?}\n",
        observing / 20_000,
        judging / 1_000
    );
    std::io::stdout()
        .write_all(figures.as_bytes())
        .expect("written");
}
