//! The `aws kinesis` command that makes the same call as one in the log.
//!
//! What the lab does not know of the call stands in angle brackets, in quotes: pasted as it is, the command changes nothing,
//! since the service refuses such a name, and the AWS CLI such a number or such a file.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::heard::{Records, WireCall};
use super::quoting::quoted;
use crate::kinesis::feed::{Detail, PutEntry};
use crate::kinesis::{ShardId, StartPosition};

/// Where the command is to go.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The address, where it is not AWS's own.
    pub endpoint: Option<&'a str>,
    /// The region, where the call names none.
    pub region: &'a str,
    /// The profile, where one is used.
    pub profile: Option<&'a str>,
    /// The account, if it is known.
    pub account: Option<&'a str>,
}

/// An argument of the command.
struct Argument {
    option: &'static str,
    /// As the API calls it.
    member: &'static str,
    value: Worth,
}

/// What stands behind an option.
enum Worth {
    /// Text from the call.
    Text(String),
    /// A number from the call.
    Number(u64),
    /// Something structured from the call.
    Json(Value),
    /// What is not known, in words.
    Gap(Cow<'static, str>),
}

/// What the AWS CLI loads from elsewhere instead of taking it as text.
const LOADED: [&str; 4] = ["file://", "fileb://", "http://", "https://"];

/// The command, an option a line; `entries`: what is kept of the records that it put. None for a call that the AWS CLI
/// does not make.
pub fn of(call: &WireCall, entries: Option<&[PutEntry]>, place: &Place<'_>) -> Option<String> {
    let mut arguments = arguments(call, entries, place)?;
    let (service, name) = match call.call.operation.as_str() {
        "GetCallerIdentity" => ("sts", "get-caller-identity".to_owned()),
        operation => ("kinesis", kebab(operation)),
    };
    let mut lines = vec![format!("aws {service} {name}")];
    let region = match call.call.region.as_str() {
        "" => place.region,
        region => region,
    };
    if let Some(endpoint) = place.endpoint {
        lines.push(format!("--endpoint-url {}", quoted(endpoint)));
    }
    if let Some(profile) = place.profile {
        lines.push(option("--profile", profile));
    }
    lines.push(option("--region", region));
    lines.extend(binary_format(call, entries).map(str::to_owned));
    let is_loaded = |argument: &Argument| match &argument.value {
        Worth::Text(text) => LOADED.iter().any(|start| text.starts_with(start)),
        _ => false,
    };
    let is_gap = |argument: &Argument| matches!(argument.value, Worth::Gap(_));
    if arguments.iter().any(is_gap) {
        // As JSON a gap for data would be taken for data.
        for argument in arguments.iter_mut().filter(|argument| is_loaded(argument)) {
            argument.value = Worth::Gap("text that the AWS CLI takes for a file".into());
        }
    }
    if arguments.iter().any(is_loaded) {
        let input: serde_json::Map<String, Value> = arguments
            .into_iter()
            .map(|argument| (argument.member.to_owned(), argument.value.json()))
            .collect();
        let input = Value::Object(input).to_string();
        lines.push(option("--cli-input-json", &input));
    } else {
        let line = |argument: Argument| {
            let text = argument.value.text();
            let from = match (&argument.value, argument.member) {
                (Worth::Gap(_), "Data") => "fileb://",
                (Worth::Gap(_), "Records") => "file://",
                _ => "",
            };
            option(argument.option, &format!("{from}{text}"))
        };
        lines.extend(arguments.into_iter().map(line));
    }
    Some(lines.join(" \\\n    "))
}

/// What must be said beside a command.
pub fn note(call: &WireCall) -> Option<&'static str> {
    match call.call.operation.as_str() {
        "PutRecord" | "PutRecords" => {
            Some("For AWS CLI 2; version 1 takes data as it is, without --cli-binary-format.")
        }
        "CreateStream" => {
            Some("The log does not tell the capacity mode: this makes it provisioned.")
        }
        "DescribeStreamSummary" if !call.by_feed => {
            Some("The lab calls ListShards for the same stream in the same step.")
        }
        _ => None,
    }
}

impl Worth {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Json(value) => value.to_string(),
            Self::Gap(words) => format!("<{words}>"),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Number(number) => json!(number),
            Self::Json(value) => value.clone(),
            other => json!(other.text()),
        }
    }
}

/// An option with its value as a shell takes it. A value that begins with a dash would be taken for an option.
fn option(name: &str, value: &str) -> String {
    let between = if value.starts_with('-') { '=' } else { ' ' };
    format!("{name}{between}{}", quoted(value))
}

/// An operation's name as the AWS CLI writes it.
fn kebab(operation: &str) -> String {
    let mut name = String::new();
    for c in operation.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn arguments(
    call: &WireCall,
    entries: Option<&[PutEntry]>,
    place: &Place<'_>,
) -> Option<Vec<Argument>> {
    use Worth::{Gap, Number, Text};
    let of = |option, member, value| Argument {
        option,
        member,
        value,
    };
    let stream = || match &call.call.stream {
        Some(name) => of("--stream-name", "StreamName", Text(name.clone())),
        None => of("--stream-name", "StreamName", Gap("stream name".into())),
    };
    let arn = |option, member| match arn(call, place) {
        Some(arn) => of(option, member, Text(arn)),
        None => of(option, member, Gap("ARN of the stream".into())),
    };
    let gap = |option, member, words: &'static str| of(option, member, Gap(words.into()));
    Some(match call.call.operation.as_str() {
        "CreateStream" => {
            let shards = match call.call.detail {
                Detail::Create { shards } => Number(shards.into()),
                _ => Gap("number of shards".into()),
            };
            vec![stream(), of("--shard-count", "ShardCount", shards)]
        }
        "DeleteStream" | "DescribeStream" | "DescribeStreamSummary" | "ListTagsForStream" => {
            vec![stream()]
        }
        "ListShards" if call.call.stream.is_none() => {
            vec![gap("--next-token", "NextToken", "token of the next page")]
        }
        "ListShards" => vec![stream()],
        "ListStreams" | "DescribeLimits" | "GetCallerIdentity" => Vec::new(),
        "UpdateStreamMode" => vec![
            arn("--stream-arn", "StreamARN"),
            gap(
                "--stream-mode-details",
                "StreamModeDetails",
                "StreamMode=PROVISIONED or StreamMode=ON_DEMAND",
            ),
        ],
        "UpdateMaxRecordSize" => vec![
            arn("--stream-arn", "StreamARN"),
            gap("--max-record-size-in-ki-b", "MaxRecordSizeInKiB", "KiB"),
        ],
        "IncreaseStreamRetentionPeriod" | "DecreaseStreamRetentionPeriod" => {
            let hours = match call.call.detail {
                Detail::Retain { hours } => Number(hours.into()),
                _ => Gap("hours".into()),
            };
            let option = "--retention-period-hours";
            vec![stream(), of(option, "RetentionPeriodHours", hours)]
        }
        "AddTagsToStream" => vec![stream(), gap("--tags", "Tags", "name and value")],
        "RemoveTagsFromStream" => vec![stream(), gap("--tag-keys", "TagKeys", "names of tags")],
        "TagResource" => vec![
            arn("--resource-arn", "ResourceARN"),
            gap("--tags", "Tags", "name and value"),
        ],
        "UntagResource" => vec![
            arn("--resource-arn", "ResourceARN"),
            gap("--tag-keys", "TagKeys", "names of tags"),
        ],
        "ListTagsForResource" => vec![arn("--resource-arn", "ResourceARN")],
        "PutRecord" => {
            let mut all = vec![stream()];
            match entries {
                Some([entry]) => all.extend(one_record(entry)),
                _ => all.extend([
                    gap("--partition-key", "PartitionKey", "partition key"),
                    gap("--data", "Data", "data"),
                ]),
            }
            all
        }
        "PutRecords" => vec![stream(), of("--records", "Records", records(call, entries))],
        "GetShardIterator" => {
            let mut all = vec![stream()];
            match &call.call.detail {
                Detail::Iterator { shard, start, .. } => {
                    all.push(of("--shard-id", "ShardId", shard_id(shard)));
                    all.extend(start_at(start));
                }
                _ => all.extend([
                    gap("--shard-id", "ShardId", "shard id"),
                    gap("--shard-iterator-type", "ShardIteratorType", "type"),
                ]),
            }
            all
        }
        "GetRecords" => {
            let mut all = vec![gap(
                "--shard-iterator",
                "ShardIterator",
                "iterator: aws kinesis get-shard-iterator gives one",
            )];
            if let Detail::Get(get) = &call.call.detail
                && let Some(limit) = get.limit
            {
                all.push(of("--limit", "Limit", Number(limit.into())));
            }
            all
        }
        "SplitShard" => {
            let (shard, at) = match &call.call.detail {
                Detail::Split { shard, at } => (shard_id(shard), Text(at.clone())),
                _ => {
                    let first = "first hash key of the second child";
                    (Gap("shard id".into()), Gap(first.into()))
                }
            };
            vec![
                stream(),
                of("--shard-to-split", "ShardToSplit", shard),
                of("--new-starting-hash-key", "NewStartingHashKey", at),
            ]
        }
        "MergeShards" => {
            let (shard, next) = match &call.call.detail {
                Detail::Merge { shard, next } => (shard_id(shard), shard_id(next)),
                _ => (Gap("shard id".into()), Gap("id of its neighbour".into())),
            };
            vec![
                stream(),
                of("--shard-to-merge", "ShardToMerge", shard),
                of("--adjacent-shard-to-merge", "AdjacentShardToMerge", next),
            ]
        }
        "UpdateShardCount" => {
            let count = match call.call.detail {
                Detail::Scale { to } => Number(to.into()),
                _ => Gap("number of shards".into()),
            };
            vec![
                stream(),
                of("--target-shard-count", "TargetShardCount", count),
                of(
                    "--scaling-type",
                    "ScalingType",
                    Text("UNIFORM_SCALING".to_owned()),
                ),
            ]
        }
        _ => return None,
    })
}

fn shard_id(shard: &ShardId) -> Worth {
    Worth::Text(shard.as_str().to_owned())
}

/// The stream's ARN, which an accepted call must have given.
fn arn(call: &WireCall, place: &Place<'_>) -> Option<String> {
    let (account, stream) = (place.account?, call.call.stream.as_ref()?);
    let region = &call.call.region;
    let partition = match region.as_str() {
        "" => return None,
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let accepted = call.call.error.is_none();
    accepted.then(|| format!("arn:{partition}:kinesis:{region}:{account}:stream/{stream}"))
}

fn start_at(start: &StartPosition) -> Vec<Argument> {
    let of = |option, member, text: &str| Argument {
        option,
        member,
        value: Worth::Text(text.to_owned()),
    };
    let kind = of("--shard-iterator-type", "ShardIteratorType", start.word());
    let more = match start {
        StartPosition::TrimHorizon | StartPosition::Latest => None,
        StartPosition::AtTimestamp(at) => {
            let at = at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            Some(of("--timestamp", "Timestamp", &at))
        }
        StartPosition::AtSequenceNumber(number) | StartPosition::AfterSequenceNumber(number) => {
            Some(of(
                "--starting-sequence-number",
                "StartingSequenceNumber",
                number.as_str(),
            ))
        }
    };
    [Some(kind), more].into_iter().flatten().collect()
}

fn one_record(entry: &PutEntry) -> Vec<Argument> {
    let of = |option, member, value| Argument {
        option,
        member,
        value,
    };
    let key = Worth::Text(entry.key.clone());
    let data = match (whole_text(entry), is_whole(entry)) {
        (Some(text), _) => Worth::Text(text.to_owned()),
        (None, true) => Worth::Text(STANDARD.encode(&entry.head)),
        (None, false) => Worth::Gap(missing(entry).into()),
    };
    let hash = entry.explicit_hash_key.as_ref().map(|hash| {
        of(
            "--explicit-hash-key",
            "ExplicitHashKey",
            Worth::Text(hash.clone()),
        )
    });
    [
        Some(of("--partition-key", "PartitionKey", key)),
        hash,
        Some(of("--data", "Data", data)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A batch with data that is not whole is left out whole: within it a gap would be taken for data.
fn records(call: &WireCall, entries: Option<&[PutEntry]>) -> Worth {
    let entries = entries.unwrap_or_default();
    let gaps = entries.iter().filter(|entry| !is_whole(entry)).count();
    if entries.is_empty() || gaps > 0 {
        let words = match (call.records, gaps) {
            (Records::Put { of, .. }, 0) => format!("{of} records as JSON"),
            (_, 0) => "records as JSON".to_owned(),
            (_, gaps) => {
                let of = entries.len();
                format!("{of} records as JSON, {gaps} of them not whole here")
            }
        };
        return Worth::Gap(words.into());
    }
    let raw = all_text(entries);
    let record = |entry: &PutEntry| {
        let data = match whole_text(entry) {
            Some(text) if raw => text.to_owned(),
            _ => STANDARD.encode(&entry.head),
        };
        let mut record = json!({ "PartitionKey": entry.key, "Data": data });
        if let Some(hash) = &entry.explicit_hash_key {
            record["ExplicitHashKey"] = json!(hash);
        }
        record
    };
    Worth::Json(entries.iter().map(record).collect())
}

/// How data stands in the command, if it does. Version 1 of the AWS CLI does not know the option, and refuses what it
/// would take for other data.
fn binary_format(call: &WireCall, entries: Option<&[PutEntry]>) -> Option<&'static str> {
    let entries = entries.filter(|entries| !entries.is_empty())?;
    let puts = matches!(call.call.operation.as_str(), "PutRecord" | "PutRecords");
    if !puts || !entries.iter().all(is_whole) {
        return None;
    }
    Some(match all_text(entries) {
        true => "--cli-binary-format raw-in-base64-out",
        false => "--cli-binary-format base64",
    })
}

fn all_text(entries: &[PutEntry]) -> bool {
    entries.iter().all(|entry| whole_text(entry).is_some())
}

fn is_whole(entry: &PutEntry) -> bool {
    entry.head.len() == entry.size
}

/// The data as text, if all of it is known and no byte in it ends an argument.
fn whole_text(entry: &PutEntry) -> Option<&str> {
    let text = std::str::from_utf8(&entry.head).ok()?;
    (is_whole(entry) && !text.contains('\0')).then_some(text)
}

/// What is missing of data.
fn missing(entry: &PutEntry) -> String {
    match entry.head.len() {
        0 => format!("data, {} bytes", entry.size),
        held => format!("data, {} bytes: the log holds the first {held}", entry.size),
    }
}

#[cfg(test)]
mod tests;
