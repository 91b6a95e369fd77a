//! Closed shards: what readers and lists see of them, and how they go.

use serde_json::json;

use super::resharding::{LAST, filtered, id, index, merge, shards, split};
use super::{Bench, Limits, START_MS, text};

fn iterator(bench: &Bench, shard: u64, kind: &str) -> String {
    let body = json!({"StreamName": "s", "ShardId": id(shard), "ShardIteratorType": kind});
    text(&bench.ok("GetShardIterator", body)["ShardIterator"])
}

#[test]
fn a_closed_shard_is_read_to_its_end_and_names_its_children() {
    let bench = Bench::with_stream(1);
    bench.put("a");
    let before = bench.put("b");
    let early = bench.iterator("TRIM_HORIZON");
    let tip = bench.iterator("LATEST");
    bench.ok("SplitShard", split("0", 1 << 127));
    let after = bench.put("alice");
    assert!(after > before);

    let (keys, next) = bench.keys(&early);
    assert_eq!(keys, ["a", "b"]);
    let closed_tip = iterator(&bench, 0, "LATEST");
    let at_end = bench.iterator_with(json!({
        "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
        "StartingSequenceNumber": shards(&bench)[0]["SequenceNumberRange"]["EndingSequenceNumber"],
    }));
    for ended in [next, tip, closed_tip, at_end] {
        let answer = bench.get(&ended);
        assert_eq!(answer.get("NextShardIterator"), None);
        assert_eq!(answer["Records"], json!([]));
        assert_eq!(answer["MillisBehindLatest"], 0);
        assert_eq!(
            answer["ChildShards"],
            json!([
                {
                    "ShardId": id(1),
                    "ParentShards": [id(0)],
                    "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": ((1_u128 << 127) - 1).to_string()}
                },
                {
                    "ShardId": id(2),
                    "ParentShards": [id(0)],
                    "HashKeyRange": {"StartingHashKey": (1_u128 << 127).to_string(), "EndingHashKey": LAST.to_string()}
                }
            ])
        );
    }
    // An iterator stays good, and a parent can be read again.
    assert_eq!(bench.keys(&early).0, ["a", "b"]);
    let child = bench.get(&iterator(&bench, 1, "TRIM_HORIZON"));
    assert_eq!(child["Records"][0]["PartitionKey"], "alice");
    assert_eq!(child["Records"][0]["SequenceNumber"], after);
    assert_eq!(child.get("ChildShards"), None);
    assert!(child["NextShardIterator"].is_string());
}

#[test]
fn a_number_of_a_new_child_can_be_exceeded_at_once() {
    let bench = Bench::with_stream(1);
    bench.ok("SplitShard", split("0", 1 << 127));
    let first = bench.put("alice");
    let second = bench.ok(
        "PutRecord",
        json!({
            "StreamName": "s", "PartitionKey": "alice", "Data": "", "SequenceNumberForOrdering": first
        }),
    );
    assert!(text(&second["SequenceNumber"]) > first);
}

#[test]
fn closed_shards_are_kept_up_to_a_bound_and_go_with_their_retention() {
    let bench = Bench::with(&Limits {
        shards: 2,
        ..Limits::without_rates()
    });
    bench.ok("CreateStream", json!({"StreamName": "s", "ShardCount": 1}));
    let mut open = 0;
    let mut told = None;
    for _ in 0..20 {
        if let Err(refused) = bench.answer("SplitShard", &split(&id(open), 1 << 64).to_string()) {
            told = Some(refused);
            break;
        }
        bench.ok("MergeShards", merge(&id(open + 1), &id(open + 2)));
        open += 3;
    }
    let told = told.expect("a bound");
    assert_eq!(told.0, "LimitExceededException");
    assert!(told.1.contains("keeps at most 20 shards"), "{}", told.1);
    assert!(shards(&bench).len() <= 20);
    bench.pass(24 * 3_600_000 + 1);
    assert_eq!(shards(&bench).len(), 1);
    bench.ok("SplitShard", split(&id(open), 1 << 64));
}

#[test]
fn a_closed_shard_goes_when_none_of_its_records_can_be_read() {
    let bench = Bench::with_stream(1);
    bench.put("a");
    bench.pass(3_600_000);
    bench.ok("SplitShard", split("0", 1 << 127));
    bench.pass(24 * 3_600_000);
    assert_eq!(shards(&bench).len(), 3);
    bench.pass(1);
    let left = shards(&bench);
    assert_eq!(left.iter().map(index).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        left[0]["ParentShardId"],
        id(0),
        "it keeps its parent's name"
    );
    bench.refuses(
        "GetShardIterator",
        json!({"StreamName": "s", "ShardId": "0", "ShardIteratorType": "TRIM_HORIZON"}),
        "ResourceNotFoundException",
        "Shard shardId-000000000000 in stream s under account 000000000000 does not exist",
    );
    while bench.service.tidy() {}
    assert_eq!(shards(&bench), left);
    bench.ok("SplitShard", split("1", 1 << 64));
    assert_eq!(
        shards(&bench).iter().map(index).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
}

#[test]
fn each_filter_passes_the_shards_of_its_time() {
    let bench = Bench::with_stream(2);
    let hour = 3_600_000;
    bench.pass(hour);
    bench.ok("SplitShard", split("0", 1 << 64)); // 0 -> 2, 3
    bench.pass(hour);
    bench.ok("MergeShards", merge("2", "3")); // 2, 3 -> 4
    bench.pass(hour);
    let at = |kind: &str, hours: f64| {
        let time = START_MS as f64 / 1_000.0 + hours * 3_600.0;
        filtered(&bench, json!({"Type": kind, "Timestamp": time}))
    };
    let plain = |kind: &str| filtered(&bench, json!({"Type": kind}));
    assert_eq!(plain("AT_LATEST"), [1, 4]);
    assert_eq!(plain("AT_TRIM_HORIZON"), [0, 1]);
    assert_eq!(plain("FROM_TRIM_HORIZON"), [0, 1, 2, 3, 4]);
    assert_eq!(at("AT_TIMESTAMP", 0.5), [0, 1]);
    assert_eq!(at("AT_TIMESTAMP", 1.5), [1, 2, 3]);
    assert_eq!(at("AT_TIMESTAMP", 2.5), [1, 4]);
    assert_eq!(at("AT_TIMESTAMP", -5.0), [0, 1], "as at the horizon");
    assert_eq!(at("FROM_TIMESTAMP", 0.5), [0, 1, 2, 3, 4]);
    assert_eq!(at("FROM_TIMESTAMP", 1.5), [1, 2, 3, 4]);
    assert_eq!(at("FROM_TIMESTAMP", 2.5), [1, 4]);
    let after = json!({"Type": "AFTER_SHARD_ID", "ShardId": id(2)});
    assert_eq!(filtered(&bench, after), [3, 4]);

    // The horizon moves: 25.5 h after the start it lies between the split and the merge.
    bench.pass(22 * hour + hour / 2);
    assert_eq!(plain("AT_TRIM_HORIZON"), [1, 2, 3]);
    assert_eq!(plain("FROM_TRIM_HORIZON"), [1, 2, 3, 4]);
    assert_eq!(at("FROM_TIMESTAMP", 0.5), [1, 2, 3, 4]);
}

#[test]
fn a_filter_holds_for_all_pages() {
    let bench = Bench::with_stream(6);
    bench.ok("MergeShards", merge("1", "2"));
    let first = json!({"StreamName": "s", "MaxResults": 2, "ShardFilter": {"Type": "AT_LATEST"}});
    let mut answer = bench.ok("ListShards", first);
    let mut seen = Vec::new();
    loop {
        seen.extend(
            answer["Shards"]
                .as_array()
                .expect("a list")
                .iter()
                .map(index),
        );
        let Some(token) = answer.get("NextToken") else {
            break;
        };
        answer = bench.ok("ListShards", json!({"NextToken": token, "MaxResults": 2}));
    }
    assert_eq!(seen, [0, 3, 4, 5, 6]);
}
