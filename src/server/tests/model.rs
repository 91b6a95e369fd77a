//! The tables of the operations held against the API's model (botocore 1.44.5), in its own short notation:
//!
//! ```text
//! X*  required      X^  required unless there is a StreamARN      str a..b /PATTERN/      int a..b
//! [..] list         map(key -> value)                             {..} structure          one of A|B
//! ```
//!
//! The order of the members is that of AWS's messages where it was seen, else the model's. Some members are as AWS was
//! seen to check them and not as the model has them: a retention is 1 at least, and a record needs its partition key.
//! UpdateMaxRecordSize needs its ARN, having no other way to name the stream.

use crate::server::operations::OPERATIONS;
use crate::server::shapes::{Member, Need, Shape};

const NAME: &str = "str 1..128 /[a-zA-Z0-9_.-]+/";
const ARN: &str = r"str 1..2048 /arn:aws.*:kinesis:.*:\d{12}:stream/\S+/";
const RESOURCE: &str = r"str 1..2048 /arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+/";
const HASH_KEY: &str = r"str /0|([1-9]\d{0,38})/";
const SEQUENCE_NUMBER: &str = r"str /0|([1-9]\d{0,128})/";
const TAGS: &str = "map(str 1..128 -> str 0..256) size 1..200";
const TAG_KEYS: &str = "[str 1..128] size 1..50";
const MODE: &str = "{StreamMode*: one of PROVISIONED|ON_DEMAND}";

/// The members of each operation's request.
const MODEL: &[(&str, &str)] = &[
    (
        "AddTagsToStream",
        "Tags*: TAGS; StreamName^: NAME; StreamARN: ARN",
    ),
    (
        "CreateStream",
        "ShardCount: int 1..; StreamName*: NAME; StreamModeDetails: MODE; Tags: TAGS; \
         WarmThroughputMiBps: int 0..; MaxRecordSizeInKiB: int 1024..10240; \
         RecordDistributionStrategy: one of AUTO|USER_PARTITION_KEY",
    ),
    (
        "DecreaseStreamRetentionPeriod",
        "RetentionPeriodHours*: int 1..; StreamName^: NAME; StreamARN: ARN",
    ),
    (
        "DeleteStream",
        "StreamName^: NAME; EnforceConsumerDeletion: bool; StreamARN: ARN",
    ),
    ("DescribeLimits", ""),
    (
        "DescribeStream",
        "Limit: int 1..10000; ExclusiveStartShardId: NAME; StreamName^: NAME; StreamARN: ARN",
    ),
    ("DescribeStreamSummary", "StreamName^: NAME; StreamARN: ARN"),
    (
        "GetRecords",
        "Limit: int 1..10000; ShardIterator*: str 1..512; StreamARN: ARN; DryRun: bool",
    ),
    (
        "GetShardIterator",
        "ShardId*: NAME; \
         ShardIteratorType*: one of AFTER_SEQUENCE_NUMBER|LATEST|AT_TIMESTAMP|AT_SEQUENCE_NUMBER|TRIM_HORIZON; \
         StartingSequenceNumber: SEQUENCE_NUMBER; Timestamp: timestamp; StreamName^: NAME; StreamARN: ARN; \
         DryRun: bool",
    ),
    (
        "IncreaseStreamRetentionPeriod",
        "RetentionPeriodHours*: int 1..; StreamName^: NAME; StreamARN: ARN",
    ),
    (
        "ListShards",
        "ExclusiveStartShardId: NAME; MaxResults: int 1..10000; NextToken: str 1..1048576; \
         ShardFilter: {Type*: one of AFTER_SHARD_ID|AT_TRIM_HORIZON|FROM_TRIM_HORIZON|AT_LATEST|AT_TIMESTAMP|\
         FROM_TIMESTAMP; ShardId: NAME; Timestamp: timestamp}; \
         StreamCreationTimestamp: timestamp; StreamName: NAME; StreamARN: ARN",
    ),
    (
        "ListStreams",
        "Limit: int 1..10000; ExclusiveStartStreamName: NAME; NextToken: str 1..1048576",
    ),
    ("ListTagsForResource", "ResourceARN*: RESOURCE"),
    (
        "ListTagsForStream",
        "Limit: int 1..50; ExclusiveStartTagKey: str 1..128; StreamName^: NAME; StreamARN: ARN",
    ),
    (
        "MergeShards",
        "ShardToMerge*: NAME; AdjacentShardToMerge*: NAME; StreamName^: NAME; StreamARN: ARN",
    ),
    (
        "PutRecord",
        "SequenceNumberForOrdering: SEQUENCE_NUMBER; PartitionKey*: str 1..256; ExplicitHashKey: HASH_KEY; \
         Data*: blob 0..10485760; StreamName^: NAME; StreamARN: ARN; DryRun: bool",
    ),
    (
        "PutRecords",
        "Records*: [{PartitionKey*: str 1..256; ExplicitHashKey: HASH_KEY; Data*: blob 0..10485760}] size 1..500; \
         StreamName^: NAME; StreamARN: ARN; DryRun: bool",
    ),
    (
        "RemoveTagsFromStream",
        "TagKeys*: TAG_KEYS; StreamName^: NAME; StreamARN: ARN",
    ),
    (
        "SplitShard",
        "NewStartingHashKey*: HASH_KEY; StreamName^: NAME; ShardToSplit*: NAME; StreamARN: ARN",
    ),
    ("TagResource", "Tags*: TAGS; ResourceARN*: RESOURCE"),
    (
        "UntagResource",
        "TagKeys*: TAG_KEYS; ResourceARN*: RESOURCE",
    ),
    (
        "UpdateMaxRecordSize",
        "StreamARN*: ARN; MaxRecordSizeInKiB*: int 1024..10240",
    ),
    (
        "UpdateShardCount",
        "ScalingType*: one of UNIFORM_SCALING; StreamName^: NAME; TargetShardCount*: int 1..100000; StreamARN: ARN",
    ),
    (
        "UpdateStreamMode",
        "StreamARN*: ARN; StreamModeDetails*: MODE; WarmThroughputMiBps: int 0..",
    ),
];

fn described(members: &[Member]) -> String {
    let member = |member: &Member| {
        let need = match member.need {
            Need::Optional => "",
            Need::Required => "*",
            Need::Unless(other) => {
                assert_eq!(other, "StreamARN");
                "^"
            }
        };
        format!("{}{need}: {}", member.name, shape(&member.shape))
    };
    members.iter().map(member).collect::<Vec<_>>().join("; ")
}

fn shape(it: &Shape) -> String {
    match it {
        Shape::Text { min, max, pattern } => {
            let length = match (min, max) {
                (0, &usize::MAX) => String::new(),
                _ => format!(" {min}..{max}"),
            };
            let pattern = pattern.map(|pattern| format!(" /{}/", pattern.expression()));
            format!("str{length}{}", pattern.unwrap_or_default())
        }
        Shape::OneOf(words) => format!("one of {}", words.join("|")),
        Shape::Integer { min, max } => match *max {
            i64::MAX => format!("int {min}.."),
            max => format!("int {min}..{max}"),
        },
        Shape::Boolean => "bool".into(),
        Shape::Timestamp => "timestamp".into(),
        Shape::Blob { max } => format!("blob 0..{max}"),
        Shape::List { item, min, max } => format!("[{}] size {min}..{max}", shape(item)),
        Shape::Map { key, value, max } => {
            format!(
                "map(str {}..{} -> str {}..{}) size 1..{max}",
                key.0, key.1, value.0, value.1
            )
        }
        Shape::Structure(members) => format!("{{{}}}", described(members)),
    }
}

/// A line of the model with its short words spelt out.
fn spelt_out(line: &str) -> String {
    let words = [
        (": NAME", NAME),
        (": ARN", ARN),
        (": RESOURCE", RESOURCE),
        (": HASH_KEY", HASH_KEY),
        (": SEQUENCE_NUMBER", SEQUENCE_NUMBER),
        (": TAGS", TAGS),
        (": TAG_KEYS", TAG_KEYS),
        (": MODE", MODE),
    ];
    words.iter().fold(line.to_owned(), |line, (word, meaning)| {
        line.replace(word, &format!(": {meaning}"))
    })
}

#[test]
fn every_operation_takes_what_the_model_says() {
    for operation in OPERATIONS {
        let line = MODEL.iter().find(|(name, _)| *name == operation.name);
        let (name, line) = line.unwrap_or_else(|| panic!("{} has no line", operation.name));
        assert_eq!(described(operation.request), spelt_out(line), "{name}");
    }
}

#[test]
fn the_readme_names_what_is_served() {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once("It serves ").expect("the sentence");
    let (sentence, _) = rest.split_once(". ").expect("its end");
    let mut named: Vec<_> = sentence
        .split([',', ' ', '\n'])
        .filter(|word| !["", "and"].contains(word))
        .collect();
    let mut served: Vec<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
    named.sort_unstable();
    served.sort_unstable();
    assert_eq!(named, served);
}
