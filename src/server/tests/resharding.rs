//! Splitting and merging shards, and counting them anew.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Bench, Limits, text};

pub const LAST: u128 = u128::MAX;

pub fn split(shard: &str, at: u128) -> Value {
    json!({"StreamName": "s", "ShardToSplit": shard, "NewStartingHashKey": at.to_string()})
}

pub fn merge(lower: &str, higher: &str) -> Value {
    json!({"StreamName": "s", "ShardToMerge": lower, "AdjacentShardToMerge": higher})
}

pub fn count(target: u32) -> Value {
    json!({"StreamName": "s", "ScalingType": "UNIFORM_SCALING", "TargetShardCount": target})
}

/// The shards that a request to ListShards gives.
pub fn listed(bench: &Bench, request: Value) -> Vec<Value> {
    let answer = bench.ok("ListShards", request);
    answer["Shards"].as_array().expect("a list").clone()
}

pub fn shards(bench: &Bench) -> Vec<Value> {
    listed(bench, json!({"StreamName": "s"}))
}

/// The indexes of the shards that pass a filter.
pub fn filtered(bench: &Bench, filter: Value) -> Vec<u64> {
    let request = json!({"StreamName": "s", "ShardFilter": filter});
    listed(bench, request).iter().map(index).collect()
}

pub fn index(shard: &Value) -> u64 {
    let id = text(&shard["ShardId"]);
    id["shardId-".len()..].parse().expect("a number")
}

pub fn id(index: u64) -> String {
    format!("shardId-{index:012}")
}

pub fn range(shard: &Value) -> (u128, u128) {
    let point = |name: &str| text(&shard["HashKeyRange"][name]).parse().expect("a point");
    (point("StartingHashKey"), point("EndingHashKey"))
}

pub fn is_open(shard: &Value) -> bool {
    shard["SequenceNumberRange"]["EndingSequenceNumber"].is_null()
}

#[test]
fn a_split_closes_the_parent_and_opens_two_children() {
    let bench = Bench::with_stream(2);
    bench.pass(60_000);
    bench.ok("SplitShard", split("shardId-0", 1 << 64));
    let half = (1 << 127) - 1;
    let shards = shards(&bench);
    assert_eq!(
        shards.iter().map(range).collect::<Vec<_>>(),
        [
            (0, half),
            (half + 1, LAST),
            (0, (1 << 64) - 1),
            (1 << 64, half)
        ]
    );
    // The closing number of appendix D: the highest index, a minute after the creation.
    assert_eq!(
        shards[0]["SequenceNumberRange"],
        json!({
            "StartingSequenceNumber": "49680467729295203159552925329852707634575199691427807234",
            "EndingSequenceNumber": "49680467729306353532152190641422266567891913366174695426",
        })
    );
    assert_eq!(
        shards.iter().map(is_open).collect::<Vec<_>>(),
        [false, true, true, true]
    );
    for child in &shards[2..] {
        assert_eq!(child["ParentShardId"], id(0));
        assert_eq!(child["AdjacentParentShardId"], Value::Null);
        let start = text(&child["SequenceNumberRange"]["StartingSequenceNumber"]);
        assert!(start > text(&shards[0]["SequenceNumberRange"]["EndingSequenceNumber"]));
    }
    assert_eq!(shards[1].get("ParentShardId"), None, "no null members");
    let summary = bench.ok("DescribeStreamSummary", json!({"StreamName": "s"}));
    assert_eq!(summary["StreamDescriptionSummary"]["OpenShardCount"], 3);
    let described = bench.ok("DescribeStream", json!({"StreamName": "s", "Limit": 3}));
    assert_eq!(described["StreamDescription"]["Shards"], json!(shards[..3]));
    assert_eq!(described["StreamDescription"]["HasMoreShards"], true);
}

#[test]
fn a_merge_closes_two_neighbours_and_opens_one_shard() {
    let bench = Bench::with_stream(3);
    bench.ok("MergeShards", merge("shardId-1", "shardId-2"));
    let shards = shards(&bench);
    assert_eq!(
        shards.iter().map(is_open).collect::<Vec<_>>(),
        [true, false, false, true]
    );
    let merged = &shards[3];
    assert_eq!(
        (&merged["ParentShardId"], &merged["AdjacentParentShardId"]),
        (&json!(id(1)), &json!(id(2)))
    );
    assert_eq!(range(merged), (range(&shards[1]).0, LAST));
}

#[test]
fn what_cannot_be_split_is_refused_in_the_words_of_aws() {
    let bench = Bench::with_stream(2);
    let half = (1_u128 << 127) - 1;
    let stream = "in stream s under account 000000000000";
    for (at, allowed) in [
        (0, false),
        (1, false),
        (half, false),
        (half + 1, false),
        (LAST, false),
        (2, true),
    ] {
        if allowed {
            bench.ok("SplitShard", split("0", at));
            continue;
        }
        bench.refuses(
            "SplitShard",
            split("0", at),
            "InvalidArgumentException",
            &format!(
                "NewStartingHashKey {at} used in SplitShard() on shard shardId-000000000000 {stream} is not both \
                 greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey {half}."
            ),
        );
    }
    for operation in [
        ("SplitShard", split("shardId-0", 1 << 64)),
        ("MergeShards", merge("0", "1")),
    ] {
        bench.refuses(
            operation.0,
            operation.1,
            "InvalidArgumentException",
            &format!(
                "Shard shardId-000000000000 {stream} has already been merged or split, \
                 and thus is not eligible for merging or splitting."
            ),
        );
    }
    for (shard, told) in [
        ("shardId-7", "shardId-000000000007"),
        ("nonsense", "nonsense"),
    ] {
        let words = format!("Could not find shard {told} {stream}.");
        bench.refuses(
            "SplitShard",
            split(shard, 9),
            "ResourceNotFoundException",
            &words,
        );
        bench.refuses(
            "MergeShards",
            merge("1", shard),
            "ResourceNotFoundException",
            &words,
        );
    }
}

#[test]
fn only_neighbours_merge_and_the_lower_one_comes_first() {
    let bench = Bench::with_stream(3);
    for (lower, higher) in [(0, 2), (1, 0), (1, 1)] {
        bench.refuses(
            "MergeShards",
            merge(&id(lower), &id(higher)),
            "InvalidArgumentException",
            &format!(
                "Shards {} and {} in stream s under account 000000000000 are not an adjacent pair of shards \
                 eligible for merging",
                id(lower),
                id(higher)
            ),
        );
    }
}

#[test]
fn an_on_demand_stream_counts_its_shards_by_itself() {
    let bench = Bench::new();
    bench.ok("CreateStream", json!({"StreamName": "s"}));
    for (operation, body) in [
        ("SplitShard", split("0", 9)),
        ("MergeShards", merge("0", "1")),
        ("UpdateShardCount", count(8)),
    ] {
        let words = "Request is invalid. Stream s under account 000000000000 is in On-Demand mode.";
        bench.refuses(operation, body, "ValidationException", words);
    }
}

#[test]
fn a_shard_count_is_reached_by_splits_and_merges_of_real_shards() {
    let bench = Bench::with_stream(2);
    let answer = bench.ok("UpdateShardCount", count(3));
    assert_eq!(
        answer,
        json!({
            "StreamName": "s",
            "StreamARN": "arn:aws:kinesis:us-east-1:000000000000:stream/s",
            "CurrentShardCount": 2,
            "TargetShardCount": 3
        })
    );
    let third = LAST / 3;
    let all = shards(&bench);
    let open: Vec<_> = all
        .iter()
        .filter(|shard| is_open(shard))
        .map(range)
        .collect();
    assert_eq!(open.len(), 3);
    assert!(open.contains(&(0, third - 1)), "{open:?}");
    // Two splits and a merge: the shard of the middle came from both halves.
    assert_eq!(all.len(), 2 + 2 + 2 + 1);
    let merged = all
        .iter()
        .find(|shard| shard["AdjacentParentShardId"].is_string());
    let merged = merged.expect("a merge");
    assert_eq!(
        (&merged["ParentShardId"], &merged["AdjacentParentShardId"]),
        (&json!(id(3)), &json!(id(4)))
    );
}

#[test]
fn a_shard_count_changes_by_half_or_double_at_most() {
    let bench = Bench::with_stream(4);
    for (target, words) in [
        (
            9,
            "UpdateShardCount cannot scale up over double your current open shard count. \
             Current open shard count: 4, Target shard count: 9",
        ),
        (
            1,
            "UpdateShardCount cannot scale down below half your current open shard count. \
             Current open shard count: 4, Target shard count: 1",
        ),
        (
            1_001,
            "Target shard count or number of open shards cannot be greater than 1000. \
             Current open shard count: 4, Target shard count: 1001",
        ),
    ] {
        bench.refuses(
            "UpdateShardCount",
            count(target),
            "LimitExceededException",
            words,
        );
    }
    for target in [8, 4, 2, 2] {
        bench.ok("UpdateShardCount", count(target));
        let open = filtered(&bench, json!({"Type": "AT_LATEST"}));
        assert_eq!(open.len(), target as usize);
    }
}

#[test]
fn splits_are_held_to_the_shard_limit_and_closed_shards_do_not_count() {
    let bench = Bench::with(&Limits {
        shards: 3,
        ..Limits::without_rates()
    });
    bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 2}));
    bench.ok("SplitShard", split("0", 1 << 64));
    let told = bench.refused("SplitShard", split("1", LAST / 3 * 2));
    assert_eq!(told.0, "LimitExceededException");
    assert!(
        told.1.starts_with(
            "This request would exceed the shard limit for the account 000000000000 in us-east-1. \
             Current shard count for the account: 3. Limit: 3. \
             Number of additional shards that would have resulted from this request: 1."
        ),
        "{}",
        told.1
    );
    bench.ok("MergeShards", merge("2", "3"));
    bench.ok("SplitShard", split("1", LAST / 3 * 2));
}

/// What a random walk does next.
#[derive(Debug, Clone)]
enum Act {
    Split { pick: usize, at: u128 },
    Merge { pick: usize },
    Count { target: u32 },
    Put { key: String },
    Pass { minutes: i64 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (any::<usize>(), any::<u128>()).prop_map(|(pick, at)| Act::Split { pick, at }),
        any::<usize>().prop_map(|pick| Act::Merge { pick }),
        (1_u32..12).prop_map(|target| Act::Count { target }),
        "[a-z]{1,3}".prop_map(|key| Act::Put { key }),
        (1_i64..900).prop_map(|minutes| Act::Pass { minutes }),
    ];
    prop::collection::vec(act, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn open_shards_own_every_key_once_and_children_own_what_their_parents_did(acts in acts()) {
        let bench = Bench::with_stream(2);
        for act in acts {
            let open: Vec<_> = shards(&bench).into_iter().filter(is_open).collect();
            let pick = |pick: usize| &open[pick % open.len()];
            let _ = match act {
                Act::Split { pick: it, at } => {
                    let (start, end) = range(pick(it));
                    let at = start + at % (end - start).max(1);
                    bench.answer("SplitShard", &split(&text(&pick(it)["ShardId"]), at).to_string())
                }
                Act::Merge { pick: it } => {
                    let end = range(pick(it)).1;
                    let next = open.iter().find(|shard| Some(range(shard).0) == end.checked_add(1));
                    let body = merge(
                        &text(&pick(it)["ShardId"]),
                        &next.map_or("0".to_owned(), |next| text(&next["ShardId"])),
                    );
                    bench.answer("MergeShards", &body.to_string())
                }
                Act::Count { target } => bench.answer("UpdateShardCount", &count(target).to_string()),
                Act::Put { key } => {
                    let number = bench.put(&key);
                    prop_assert!(!number.is_empty());
                    Ok(Value::Null)
                }
                Act::Pass { minutes } => {
                    bench.pass(minutes * 60_000);
                    while bench.service.tidy() {}
                    Ok(Value::Null)
                }
            };
            let all = shards(&bench);
            let mut open: Vec<_> = all.iter().filter(|shard| is_open(shard)).map(range).collect();
            open.sort_unstable();
            prop_assert_eq!(open[0].0, 0);
            prop_assert_eq!(open[open.len() - 1].1, LAST);
            for pair in open.windows(2) {
                prop_assert_eq!(pair[0].1 + 1, pair[1].0);
            }
            for shard in &all {
                for parent in ["ParentShardId", "AdjacentParentShardId"] {
                    let Some(parent) = all.iter().find(|it| it["ShardId"] == shard[parent]) else {
                        continue;
                    };
                    prop_assert!(!is_open(parent));
                    let (parent, child) = (range(parent), range(shard));
                    prop_assert!(parent.0 <= child.1 && child.0 <= parent.1);
                }
            }
        }
    }
}
