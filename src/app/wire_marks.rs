//! Which lines of a lesson's code call what, and what came of these calls on the wire.
//!
//! A line is known by the operation it names: `.put_record(` in Python, `new PutRecordCommand(` in JavaScript,
//! `aws kinesis put-record` in a shell. The feed tells calls, not lines: where several lines name the same operation,
//! each is marked and none of them is said to have made the call.

use std::collections::BTreeMap;

use crate::kinesis::feed::{Call, Detail};

/// The operations that lessons call.
const OPERATIONS: [&str; 33] = [
    "AddTagsToStream",
    "CreateStream",
    "DecreaseStreamRetentionPeriod",
    "DeleteStream",
    "DeregisterStreamConsumer",
    "DescribeLimits",
    "DescribeStream",
    "DescribeStreamConsumer",
    "DescribeStreamSummary",
    "DisableEnhancedMonitoring",
    "EnableEnhancedMonitoring",
    "GetRecords",
    "GetShardIterator",
    "IncreaseStreamRetentionPeriod",
    "ListShards",
    "ListStreamConsumers",
    "ListStreams",
    "ListTagsForResource",
    "ListTagsForStream",
    "MergeShards",
    "PutRecord",
    "PutRecords",
    "RegisterStreamConsumer",
    "RemoveTagsFromStream",
    "SplitShard",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "SubscribeToShard",
    "TagResource",
    "UntagResource",
    "UpdateShardCount",
    "UpdateStreamMode",
    "UpdateStreamWarmThroughput",
];

/// What waiters wait by.
const WAITERS: [(&str, &str); 2] = [
    ("stream_exists", "DescribeStream"),
    ("stream_not_exists", "DescribeStream"),
];

/// For each line of a source, the operations that it calls.
pub fn calls(language: &str, source: &str) -> Vec<Vec<&'static str>> {
    let mut lines: Vec<Vec<&'static str>> =
        source.lines().map(|line| of_line(language, line)).collect();
    if lines.is_empty() {
        lines.push(Vec::new());
    }
    lines
}

fn of_line(language: &str, line: &str) -> Vec<&'static str> {
    let code = line.trim_start();
    if code.starts_with('#') || code.starts_with("//") {
        return Vec::new();
    }
    let mut found: Vec<&'static str> = Vec::new();
    let mut note = |operation| {
        if !found.contains(&operation) {
            found.push(operation);
        }
    };
    for (waiter, operation) in WAITERS {
        let waits = code.contains("get_waiter(") || code.contains(" wait ");
        let named = words(code).any(|word| word.replace('-', "_") == waiter);
        if waits && named {
            note(operation);
        }
    }
    let shell = words(code).any(|word| word == "aws") && words(code).any(|word| word == "kinesis");
    for word in words(code) {
        let Some(operation) = operation(word) else {
            continue;
        };
        let called = code.match_indices(word).any(|(at, _)| {
            let before = code[..at].trim_end();
            let after = code[at + word.len()..].trim_start();
            let after_a_dot = before.ends_with('.') && after.starts_with('(');
            let command = word.ends_with("Command") && before.ends_with("new");
            after_a_dot || command
        });
        let paged = code.contains("get_paginator(");
        if called || paged || (shell && word.contains('-')) {
            note(operation);
        }
    }
    if language.is_empty() && !shell {
        found.clear();
    }
    found
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-');
    code.split(part).filter(|word| !word.is_empty())
}

/// The operation that a word names, however its language writes it: `put_record`, `put-record`, `putRecord`,
/// `PutRecordCommand`.
fn operation(word: &str) -> Option<&'static str> {
    let word = word.strip_suffix("Command").unwrap_or(word);
    let plain: String = word.chars().filter(|c| *c != '_' && *c != '-').collect();
    OPERATIONS
        .into_iter()
        .find(|operation| operation.eq_ignore_ascii_case(&plain))
}

/// What was seen of one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// How often it was called.
    pub calls: u64,
    /// How many of the calls were refused.
    pub refused: u64,
    /// How many records it returned.
    pub returned: u64,
}

/// What one program was seen to call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Its name in the feed, e.g. `py#1`.
    pub program: String,
    /// By operation; only those that lessons call.
    pub operations: BTreeMap<&'static str, Seen>,
}

impl Tally {
    /// Takes a call in. Gives its operation, if it is one that a lesson's line may have called.
    pub(super) fn count(&mut self, program: &str, call: &Call) -> Option<&'static str> {
        let operation = operation(&call.operation)?;
        if self.program != program {
            program.clone_into(&mut self.program);
        }
        let seen = self.operations.entry(operation).or_default();
        seen.calls += 1;
        seen.refused += u64::from(call.error.is_some());
        if let Detail::Get(get) = &call.detail {
            seen.returned += get.returned as u64;
        }
        Some(operation)
    }
}

/// What stands beside a line: what was seen of the operations it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Who called.
    pub program: String,
    /// What was seen.
    pub seen: Seen,
    /// Whether it is an operation that returns records.
    pub reads: bool,
    /// Whether other lines name the same operation, so that nobody knows which of them called.
    pub shared: bool,
}

/// The mark of a line of these, if any of its operations was called.
pub fn mark(lines: &[Vec<&'static str>], line: usize, tally: &Tally) -> Option<Mark> {
    let names = lines.get(line)?;
    let (name, seen) = names
        .iter()
        .find_map(|name| Some((*name, *tally.operations.get(name)?)))?;
    let elsewhere = lines
        .iter()
        .enumerate()
        .any(|(other, names)| other != line && names.contains(&name));
    Some(Mark {
        program: tally.program.clone(),
        seen,
        reads: name == "GetRecords",
        shared: elsewhere,
    })
}

/// The family of a program with this name, `py` of `py#1`, where lessons have code of it.
pub fn known_family(program: &str) -> Option<&'static str> {
    let (family, _) = program.split_once('#')?;
    ["py", "js", "java", "rust", "go", "net"]
        .into_iter()
        .find(|known| *known == family)
}

/// The family that programs in this language show in the feed.
pub fn family(language: &str) -> Option<&'static str> {
    match language {
        "python" | "python3" | "py" => Some("py"),
        "javascript" | "js" | "node" | "typescript" | "ts" => Some("js"),
        "java" | "kotlin" | "scala" => Some("java"),
        "rust" | "rs" => Some("rust"),
        "go" | "golang" => Some("go"),
        "csharp" | "cs" | "c#" => Some("net"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_known_by_the_operation_it_calls() {
        let check = |language, line, expected: &[&str]| {
            assert_eq!(calls(language, line), [expected.to_vec()], "{line}");
        };
        check(
            "python",
            "    response = kinesis.put_record(",
            &["PutRecord"],
        );
        check(
            "python",
            "kinesis.put_records(Records=batch)",
            &["PutRecords"],
        );
        check(
            "python",
            "waiter = kinesis.get_waiter('stream_exists')",
            &["DescribeStream"],
        );
        check(
            "python",
            "p = kinesis.get_paginator(\"list_shards\")",
            &["ListShards"],
        );
        check("python", "# kinesis.put_record(", &[]);
        check("python", "def put_record(stream):", &[]);
        check("python", "print('put_record')", &[]);
        check(
            "javascript",
            "await client.send(new PutRecordCommand({",
            &["PutRecord"],
        );
        check(
            "javascript",
            "const { PutRecordCommand } = require('x')",
            &[],
        );
        check(
            "java",
            "client.getShardIterator(request);",
            &["GetShardIterator"],
        );
        check(
            "bash",
            "aws kinesis delete-stream --stream-name a",
            &["DeleteStream"],
        );
        check(
            "bash",
            "aws --region us-east-1 kinesis list-streams",
            &["ListStreams"],
        );
        check(
            "bash",
            "aws kinesis wait stream-exists --stream-name a",
            &["DescribeStream"],
        );
        check("json", "{\"put_record\": 1}", &[]);
    }

    #[test]
    fn lines_that_name_the_same_operation_share_its_mark() {
        let lines = calls(
            "python",
            "k.put_record(a)\nk.put_record(b)\nk.get_records(c)\n",
        );
        let mut tally = Tally {
            program: "py#1".into(),
            ..Tally::default()
        };
        assert_eq!(mark(&lines, 0, &tally), None);
        let seen = Seen {
            calls: 3,
            ..Seen::default()
        };
        tally.operations.insert("PutRecord", seen);
        tally.operations.insert("GetRecords", seen);
        assert!(mark(&lines, 0, &tally).is_some_and(|mark| mark.shared && !mark.reads));
        assert!(mark(&lines, 2, &tally).is_some_and(|mark| !mark.shared && mark.reads));
        assert_eq!(mark(&lines, 9, &tally), None);
    }
}
