//! The command of every operation, and what is left open in it.

use super::*;
use crate::app::wire::heard::tests::{bare, entry, get_detail, of as heard, refused};
use crate::kinesis::ShardId;
use crate::kinesis::feed::Call;

const LAB: Place<'static> = Place {
    endpoint: Some("http://127.0.0.1:4567"),
    region: "us-east-1",
    profile: None,
    account: Some("000000000000"),
};

/// The command on one line, without what all of them have.
fn command(call: &Call) -> String {
    let (call, entries) = heard(0, "py#1", call);
    let command = super::of(&call, entries.as_deref(), &LAB).expect("a command");
    let line = command.replace(" \\\n    ", " ");
    line.replace(
        " --endpoint-url http://127.0.0.1:4567 --region us-east-1",
        "",
    )
}

fn check(operation: &str, detail: Detail, expected: &str) {
    let call = Call {
        detail,
        ..bare(operation)
    };
    assert_eq!(command(&call), format!("aws kinesis {expected}"));
}

fn iterator(start: StartPosition) -> Detail {
    Detail::Iterator {
        shard: ShardId::from_index(1),
        start,
        chain: Some(1),
    }
}

#[test]
fn every_operation_that_the_server_has_has_its_command() {
    let none = || Detail::None;
    let arn = "arn:aws:kinesis:us-east-1:000000000000:stream/orders";
    check(
        "CreateStream",
        Detail::Create { shards: 2 },
        "create-stream --stream-name orders --shard-count 2",
    );
    check("DeleteStream", none(), "delete-stream --stream-name orders");
    check(
        "DescribeStream",
        none(),
        "describe-stream --stream-name orders",
    );
    check(
        "DescribeStreamSummary",
        none(),
        "describe-stream-summary --stream-name orders",
    );
    check("ListStreams", none(), "list-streams");
    check("ListShards", none(), "list-shards --stream-name orders");
    check(
        "UpdateStreamMode",
        none(),
        &format!(
            "update-stream-mode --stream-arn {arn} \
             --stream-mode-details '<StreamMode=PROVISIONED or StreamMode=ON_DEMAND>'"
        ),
    );
    check("DescribeLimits", none(), "describe-limits");
    check(
        "UpdateMaxRecordSize",
        none(),
        &format!("update-max-record-size --stream-arn {arn} --max-record-size-in-ki-b '<KiB>'"),
    );
    for (operation, name) in [
        (
            "IncreaseStreamRetentionPeriod",
            "increase-stream-retention-period",
        ),
        (
            "DecreaseStreamRetentionPeriod",
            "decrease-stream-retention-period",
        ),
    ] {
        let expected = format!("{name} --stream-name orders --retention-period-hours '<hours>'");
        check(operation, none(), &expected);
    }
    check(
        "AddTagsToStream",
        none(),
        "add-tags-to-stream --stream-name orders --tags '<name and value>'",
    );
    check(
        "RemoveTagsFromStream",
        none(),
        "remove-tags-from-stream --stream-name orders --tag-keys '<names of tags>'",
    );
    check(
        "ListTagsForStream",
        none(),
        "list-tags-for-stream --stream-name orders",
    );
    check(
        "TagResource",
        none(),
        &format!("tag-resource --resource-arn {arn} --tags '<name and value>'"),
    );
    check(
        "UntagResource",
        none(),
        &format!("untag-resource --resource-arn {arn} --tag-keys '<names of tags>'"),
    );
    check(
        "ListTagsForResource",
        none(),
        &format!("list-tags-for-resource --resource-arn {arn}"),
    );
    check(
        "PutRecord",
        Detail::Put(vec![entry("alice", b"{\"a\":1}")]),
        "put-record --cli-binary-format raw-in-base64-out --stream-name orders \
         --partition-key alice --data '{\"a\":1}'",
    );
    check(
        "PutRecords",
        Detail::Put(vec![entry("alice", b"x"), entry("it's", b"y")]),
        "put-records --cli-binary-format raw-in-base64-out --stream-name orders --records \
         '[{\"PartitionKey\":\"alice\",\"Data\":\"x\"},{\"PartitionKey\":\"it'\\''s\",\"Data\":\"y\"}]'",
    );
    check(
        "GetShardIterator",
        iterator(StartPosition::TrimHorizon),
        "get-shard-iterator --stream-name orders --shard-id shardId-000000000001 \
         --shard-iterator-type TRIM_HORIZON",
    );
    check(
        "GetRecords",
        Detail::Get(Box::new(get_detail(1))),
        "get-records --shard-iterator '<iterator: aws kinesis get-shard-iterator gives one>' \
         --limit 10",
    );
    check(
        "SplitShard",
        none(),
        "split-shard --stream-name orders --shard-to-split '<shard id>' \
         --new-starting-hash-key '<first hash key of the second child>'",
    );
    check(
        "MergeShards",
        none(),
        "merge-shards --stream-name orders --shard-to-merge '<shard id>' \
         --adjacent-shard-to-merge '<id of its neighbour>'",
    );
    check(
        "UpdateShardCount",
        none(),
        "update-shard-count --stream-name orders --target-shard-count '<number of shards>' \
         --scaling-type UNIFORM_SCALING",
    );
}

#[test]
fn what_was_asked_of_a_stream_stands_in_its_command() {
    let (shard, next) = (ShardId::from_index(2), ShardId::from_index(3));
    check(
        "SplitShard",
        Detail::Split {
            shard: shard.clone(),
            at: "85070591730234615865843651857942052864".into(),
        },
        "split-shard --stream-name orders --shard-to-split shardId-000000000002 \
         --new-starting-hash-key 85070591730234615865843651857942052864",
    );
    check(
        "MergeShards",
        Detail::Merge { shard, next },
        "merge-shards --stream-name orders --shard-to-merge shardId-000000000002 \
         --adjacent-shard-to-merge shardId-000000000003",
    );
    check(
        "UpdateShardCount",
        Detail::Scale { to: 4 },
        "update-shard-count --stream-name orders --target-shard-count 4 --scaling-type UNIFORM_SCALING",
    );
    check(
        "IncreaseStreamRetentionPeriod",
        Detail::Retain { hours: 48 },
        "increase-stream-retention-period --stream-name orders --retention-period-hours 48",
    );
}

#[test]
fn an_iterator_starts_where_it_did() {
    let check = |start, expected: &str| {
        let call = Call {
            detail: iterator(start),
            ..bare("GetShardIterator")
        };
        let command = command(&call);
        let (_, kind) = command
            .split_once("--shard-iterator-type ")
            .expect("a type");
        assert_eq!(kind, expected);
    };
    check(StartPosition::Latest, "LATEST");
    check(
        StartPosition::AtTimestamp(bare("x").at),
        "AT_TIMESTAMP --timestamp 2026-11-22T18:40:00.045Z",
    );
    check(
        StartPosition::AtSequenceNumber("496".into()),
        "AT_SEQUENCE_NUMBER --starting-sequence-number 496",
    );
    check(
        StartPosition::AfterSequenceNumber("496".into()),
        "AFTER_SEQUENCE_NUMBER --starting-sequence-number 496",
    );
}

#[test]
fn data_that_is_not_whole_is_never_made_up() {
    let data = |entry: PutEntry| {
        let call = Call {
            detail: Detail::Put(vec![entry]),
            ..bare("PutRecord")
        };
        let command = command(&call);
        let format = command.split_once("--cli-binary-format ");
        let format = format.and_then(|(_, rest)| rest.split(' ').next());
        let (_, data) = command.rsplit_once("--data").expect("data");
        (data.to_owned(), format.unwrap_or_default().to_owned())
    };
    let check = |entry, expected: &str, format: &str| {
        assert_eq!(data(entry), (expected.to_owned(), format.to_owned()));
    };
    let (raw, base64) = ("raw-in-base64-out", "base64");
    check(
        entry("k", &[b'x'; 100]),
        " 'fileb://<data, 100 bytes: the log holds the first 64>'",
        "",
    );
    check(entry("k", b"\xff\x00"), " /wA=", base64);
    check(entry("k", b"a\0"), " YQA=", base64);
    check(entry("k", b""), " ''", raw);
    check(entry("k", b"-x"), "=-x", raw);
    let unknown = PutEntry {
        head: Vec::new(),
        ..entry("k", b"12345")
    };
    check(unknown, " 'fileb://<data, 5 bytes>'", "");
}

#[test]
fn a_batch_with_bytes_in_it_is_in_base64() {
    let call = Call {
        detail: Detail::Put(vec![entry("a", b"x"), entry("b", b"\xff")]),
        ..bare("PutRecords")
    };
    let command = command(&call);
    assert!(command.contains(r#""Data":"eA=="},"#), "{command}");
    assert!(command.contains(r#""Data":"/w=="}"#), "{command}");
    assert!(command.contains("--cli-binary-format base64 "), "{command}");
}

#[test]
fn a_batch_of_which_some_data_is_not_whole_is_left_to_a_file() {
    let call = Call {
        detail: Detail::Put(vec![entry("a", b"x"), entry("b", &[b'y'; 65])]),
        ..bare("PutRecords")
    };
    assert_eq!(
        command(&call),
        "aws kinesis put-records --stream-name orders --records \
         'file://<2 records as JSON, 1 of them not whole here>'"
    );
}

#[test]
fn what_the_aws_cli_would_load_from_a_file_is_given_to_it_as_json() {
    let call = Call {
        detail: Detail::Put(vec![entry("file:///etc/passwd", b"x")]),
        ..bare("PutRecord")
    };
    assert_eq!(
        command(&call),
        "aws kinesis put-record --cli-binary-format raw-in-base64-out --cli-input-json \
         '{\"StreamName\":\"orders\",\"PartitionKey\":\"file:///etc/passwd\",\"Data\":\"x\"}'"
    );
}

#[test]
fn a_key_that_looks_like_a_file_beside_data_that_is_not_whole_is_left_out() {
    let call = Call {
        detail: Detail::Put(vec![entry("file:///etc/passwd", &[b'x'; 65])]),
        ..bare("PutRecord")
    };
    let command = command(&call);
    assert!(!command.contains("/etc/passwd"), "{command}");
    assert!(command.contains("--partition-key '<text that"), "{command}");
}

#[test]
fn hostile_names_stay_in_their_quotes() {
    let call = Call {
        stream: Some("a'; rm -rf ~ #\u{1b}[2J".into()),
        ..bare("DescribeStream")
    };
    assert_eq!(
        command(&call),
        r"aws kinesis describe-stream --stream-name $'a\'; rm -rf ~ #\033[2J'"
    );
    let dash = Call {
        stream: Some("--debug".into()),
        ..bare("DescribeStream")
    };
    assert_eq!(
        command(&dash),
        "aws kinesis describe-stream --stream-name=--debug"
    );
}

#[test]
fn what_the_aws_cli_does_not_know_has_no_command() {
    for operation in ["$(id)", "SubscribeToShard", ""] {
        let (call, _) = heard(0, "py#1", &bare(operation));
        assert_eq!(super::of(&call, None, &LAB), None);
    }
}

#[test]
fn a_refused_call_may_have_given_another_arn() {
    let call = refused(0, "py#1", "UpdateStreamMode", "ResourceNotFoundException");
    let command = super::of(&call, None, &LAB).expect("a command");
    assert!(command.contains("'<ARN of the stream>'"), "{command}");
}

#[test]
fn on_aws_the_command_names_profile_and_region_and_no_endpoint() {
    let place = Place {
        endpoint: None,
        region: "eu-west-1",
        profile: Some("my course"),
        account: None,
    };
    let call = Call {
        region: String::new(),
        ..bare("ListStreams")
    };
    let (call, _) = heard(0, "you", &call);
    let command = super::of(&call, None, &place).expect("a command");
    let expected =
        "aws kinesis list-streams \\\n    --profile 'my course' \\\n    --region eu-west-1";
    assert_eq!(command, expected);
}
