//! Habits of example code that teach something false about streams.

use super::super::document::{CodeBlock, code_blocks};
use super::{Findings, Subject};

pub fn check(subject: &Subject<'_>, found: &mut Findings) {
    for page in &subject.lesson.pages {
        for code in code_blocks(&page.blocks) {
            if ["python", "python3", "py"].contains(&code.language) {
                python(&code, found);
            }
        }
    }
}

fn python(code: &CodeBlock<'_>, found: &mut Findings) {
    let lines: Vec<&str> = code.source.lines().collect();
    let reads = code.source.contains("get_records");
    let many_shards = code.source.contains("for shard");
    for (index, line) in lines.iter().enumerate() {
        let at = code.line + index + 1;
        let text = line.trim();
        if text.starts_with('#') {
            continue;
        }
        let lower = text.to_lowercase();
        if reads
            && let Some(limit) = whole_number_after(&lower, "limit=")
            && text.starts_with("def ")
        {
            found.note(at, format!("this consumer stops after {limit} records, and the newest ones are never shown: say so, or read on"));
        }
        if lower.contains("seq") && cuts_the_start(text) {
            found.note(at, "the first digits of sequence numbers are the same for every record: show the whole number, or what follows the part they share");
        }
        if reads && !many_shards && lower.contains("shards") && lower.contains("[0]") {
            found.note(
                at,
                "only the first shard is read: with two or more, records seem lost",
            );
        }
        let empty = lower.starts_with("if not ") && lower.contains("records");
        let next = lines[index + 1..]
            .iter()
            .find(|line| !line.trim().is_empty());
        if reads && empty && next.is_some_and(|line| line.trim() == "break") {
            found.note(at, "this stops at the first empty page, which is normal on Kinesis: only a missing NextShardIterator is the end");
        }
        let client = lower.contains("boto3.client(") || lower.contains("boto3.resource(");
        // A script that looks at the variable says itself what it does without.
        let guarded = ["endpoint_url", "AWS_ENDPOINT_URL"]
            .iter()
            .any(|name| code.source.contains(name));
        if client && lower.contains("kinesis") && !guarded {
            found.note(at, "this client takes its endpoint from the environment: started outside of the lab it reaches real AWS");
        }
    }
}

/// The digits right after a word.
fn whole_number_after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(word)?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

/// `[:8]`
fn cuts_the_start(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("[:") {
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 && after[digits..].starts_with(']') {
            return true;
        }
        rest = after;
    }
    false
}
