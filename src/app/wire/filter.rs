//! The words that narrow the wire log: a call is shown if it has all of them, and none that stands behind a dash.

use super::{Line, WireCall};
use crate::kinesis::ShardId;

/// What was typed, word by word, in small letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    pub fn of(typed: &str) -> Self {
        let words = typed.split_whitespace().map(str::to_lowercase);
        Self(words.collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a line is shown. That calls are missing is said where nothing narrows the log.
    pub fn let_through(&self, line: &Line) -> bool {
        match line {
            Line::Call(call) => self.0.iter().all(|word| match word.strip_prefix('-') {
                None => has(&call.haystack, word),
                // A dash alone is the beginning of a word.
                Some(not) => not.is_empty() || !has(&call.haystack, not),
            }),
            Line::Unseen { .. } => self.is_empty(),
        }
    }
}

/// Whether a call has this word. `py#1` is not `py#12`, and `shard-1` not `shard-12`.
fn has(haystack: &str, word: &str) -> bool {
    let counts = word.ends_with(|c: char| c.is_ascii_digit()) && word.contains(['#', '-']);
    haystack.match_indices(word).any(|(at, _)| {
        let behind = haystack[at + word.len()..].chars().next();
        !counts || behind.is_none_or(|c| !c.is_ascii_digit())
    })
}

/// All that a word is looked for in, in small letters: client, operation, stream, shards, status.
pub fn haystack(call: &WireCall) -> Box<str> {
    let mut words = vec![
        call.who.as_ref(),
        call.call.operation.as_str(),
        call.call.stream.as_deref().unwrap_or(""),
    ];
    let short: Vec<String> = call
        .shards
        .iter()
        .filter_map(|shard| Some(format!("shard-{}", shard.index()?)))
        .collect();
    words.extend(call.shards.iter().map(ShardId::as_str));
    words.extend(short.iter().map(String::as_str));
    let refused = call.call.error.as_ref().map(|(code, _)| code);
    match refused {
        Some(code) => words.extend(["error", code]),
        None => words.push("200"),
    }
    if let Some(code) = &call.some_refused_with {
        words.extend(["error", code]);
    }
    if call.call.fault.is_some() {
        words.push("fault");
    }
    words.join(" ").to_lowercase().into_boxed_str()
}

#[cfg(test)]
mod tests {
    use super::super::heard::tests::{get, put, refused};
    use super::*;

    #[test]
    fn a_call_is_shown_if_it_has_all_words() {
        let (put, _) = put(0, "py#1", 2);
        let calls = [
            put,
            get(1, "py#12", 0),
            refused(2, "py#1", "GetRecords", "ExpiredIteratorException"),
        ];
        let check = |typed: &str, expected: [bool; 3]| {
            let words = Words::of(typed);
            let shown = calls
                .clone()
                .map(|call| words.let_through(&Line::Call(Box::new(call))));
            assert_eq!(shown, expected, "{typed}");
        };
        check("", [true, true, true]);
        check("  ", [true, true, true]);
        check("py", [true, true, true]);
        check("py#1", [true, false, true]);
        check("PY#12", [false, true, false]);
        check("py#1 get error", [false, false, true]);
        check("error get py#1", [false, false, true]);
        check("expirediterator", [false, false, true]);
        check("200", [true, true, false]);
        check("put 200 orders", [true, false, false]);
        check("shard-0", [true, true, false]);
        check("shardid-000000000000", [true, true, false]);
        check("shard-1", [false, false, false]);
        check("py#3", [false, false, false]);
        check("-py#12", [true, false, true]);
        check("py -error -", [true, true, false]);
    }

    #[test]
    fn a_batch_of_which_some_was_refused_has_an_error() {
        let (mut put, _) = put(0, "py#1", 2);
        put.some_refused_with = Some("ProvisionedThroughputExceededException".into());
        put.haystack = haystack(&put);
        assert!(Words::of("error provisioned 200").let_through(&Line::Call(Box::new(put))));
    }
}
