//! Laws: what the lab does by itself passes nothing, in any order and any number; a pass is never undone.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::plans::course;
use crate::kinesis::feed::{Call, Caller, Detail, GetDetail, PutEntry};
use crate::kinesis::{ShardId, StartPosition};
use crate::steps::{Mark, Pass, Place, Seen, Watch, Who};

fn begin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_372_800, 0).expect("a time")
}

fn watch() -> Watch {
    let place = Place {
        address: "127.0.0.1:4567".into(),
        region: "us-east-1".into(),
        told: true,
    };
    Watch::new(course(), place, begin())
}

/// One of the calls that programs make, on one of two streams, in one of two shards.
fn a_call() -> impl Strategy<Value = Call> {
    let kinds = (
        0..6_usize,
        0..2_u32,
        0..2_u32,
        0..4_usize,
        0..3_u64,
        0..100_u32,
    );
    kinds.prop_map(|(kind, stream, shard, returned, ahead, number)| {
        let shard = ShardId::from_index(shard);
        let numbers = |first: u32| {
            (
                first.to_string().as_str().into(),
                (first + 3).to_string().as_str().into(),
            )
        };
        let (operation, detail) = match kind {
            0 => ("CreateStream", Detail::Create { shards: 2 }),
            1 => ("DeleteStream", Detail::None),
            2 => {
                let (start, chain) = (StartPosition::TrimHorizon, Some(u64::from(number)));
                (
                    "GetShardIterator",
                    Detail::Iterator {
                        shard,
                        start,
                        chain,
                    },
                )
            }
            3 => {
                let get = GetDetail {
                    chain: u64::from(number % 5),
                    shard,
                    start: StartPosition::TrimHorizon,
                    limit: Some(10),
                    returned,
                    bytes: 0,
                    range: (returned > 0).then(|| numbers(number)),
                    millis_behind_latest: Some(ahead),
                    ahead,
                    ended: false,
                };
                ("GetRecords", Detail::Get(Box::new(get)))
            }
            4 => ("DescribeStream", Detail::None),
            _ => {
                let entry = PutEntry {
                    key: format!("user{}", number % 5),
                    explicit_hash_key: None,
                    size: 2,
                    head: b"{}".to_vec(),
                    result: Ok((shard, number.to_string().into())),
                };
                ("PutRecord", Detail::Put(vec![entry]))
            }
        };
        Call {
            at: begin(),
            caller: Caller {
                user_agent: String::new(),
                access_key: String::new(),
                connection: 1,
                http2: false,
            },
            region: "us-east-1".into(),
            operation: operation.into(),
            stream: Some(format!("stream{stream}")),
            error: None,
            detail,
            fault: None,
            latency: Duration::ZERO,
        }
    })
}

proptest! {
    #[test]
    fn what_the_lab_does_by_itself_passes_nothing(calls in prop::collection::vec(a_call(), 0..200)) {
        let mut watch = watch();
        for (index, call) in calls.iter().enumerate() {
            let now = begin() + TimeDelta::milliseconds(index as i64);
            watch.observe(&Seen::Call(&Who::Lab, call), now);
        }
        let pages: Vec<usize> = watch.plan().pages.iter().map(|step| step.page).collect();
        for page in pages {
            prop_assert_eq!(watch.passed(page, &|_| false).len(), 0);
            let states = watch.judge(page, &|_| None, begin());
            prop_assert!(states.iter().all(|state| !state.mark.is_settled()));
        }
    }

    #[test]
    fn a_pass_is_never_undone(calls in prop::collection::vec((a_call(), 0..4_u8), 0..200)) {
        let mut watch = watch();
        let pages: Vec<usize> = watch.plan().pages.iter().map(|step| step.page).collect();
        let mut kept: BTreeMap<(usize, String), Pass> = BTreeMap::new();
        for (index, (call, who)) in calls.iter().enumerate() {
            let now = begin() + TimeDelta::seconds(index as i64);
            let who = match who {
                0 => Who::Lab,
                1 => Who::You,
                n => Who::Program(format!("py#{n}")),
            };
            watch.observe(&Seen::Call(&who, call), now);
            for page in &pages {
                watch.reach(*page, begin());
                let passed: Vec<(String, Pass)> = watch
                    .passed(*page, &|_| false)
                    .into_iter()
                    .map(|(check, deed)| (check.key.clone(), Pass { mark: Mark::Done, by: deed.by, at: deed.at }))
                    .collect();
                for (check, pass) in passed {
                    kept.entry((*page, check)).or_insert(pass);
                }
                let known = |check: &str| kept.get(&(*page, check.to_owned())).cloned();
                let states = watch.judge(*page, &known, now);
                let step = watch.plan().page(*page).expect("it is a step");
                for (check, state) in step.checks.iter().zip(&states) {
                    let pass = known(&check.key);
                    prop_assert_eq!(state.mark == Mark::Done, pass.is_some());
                    prop_assert_eq!(&state.by, &pass.map(|pass| pass.by).unwrap_or_default());
                }
            }
        }
    }
}
