//! A call as JSON: all that the lab knows of it, in the API's own words where it has some.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::heard::{Records, WireCall};
use crate::app::lab_server::fault_word;
use crate::kinesis::StartPosition;
use crate::kinesis::errors::explained;
use crate::kinesis::feed::{Detail, GetDetail, PutEntry};
use crate::kinesis::hash_ranges::HashKey;
use crate::printable::printable;

/// Members in the order in which they stand.
type Members = Map<String, Value>;

/// The JSON, a member a line. `entries`: what is kept of the records that it put. What would steer a terminal is spelt out
/// with `\u`, so the text is harmless and loses nothing.
pub fn of(call: &WireCall, entries: Option<&[PutEntry]>) -> String {
    let members = members(call, entries);
    escaped(&serde_json::to_string_pretty(&members).unwrap_or_default())
}

fn members(wire: &WireCall, entries: Option<&[PutEntry]>) -> Members {
    let call = &wire.call;
    let mut all = Members::new();
    let mut add = |name: &str, value: Value| {
        all.insert(name.to_owned(), value);
    };
    add("time", time(call.at));
    add("client", json!(wire.who));
    add("operation", json!(call.operation));
    if let Some(stream) = &call.stream {
        add("StreamName", json!(stream));
    }
    if !call.region.is_empty() {
        add("region", json!(call.region));
    }
    match &call.error {
        None => add("status", json!(200)),
        Some((code, message)) => {
            add("error", json!(code));
            if !message.is_empty() {
                add("message", json!(message));
            }
            if explained(code, message) != message.trim_end_matches('.') {
                add("meaning", json!(explained(code, message)));
            }
        }
    }
    if let Some(fault) = call.fault {
        add("fault", json!(fault_word(fault)));
    }
    if wire.by_feed || !call.latency.is_zero() {
        let micros = call.latency.as_micros();
        add("milliseconds", json!(micros as f64 / 1_000.0));
    }
    match &call.detail {
        Detail::None => {}
        Detail::Create { shards } => add("ShardCount", json!(shards)),
        Detail::Split { shard, at } => {
            add("ShardToSplit", json!(shard.as_str()));
            add("NewStartingHashKey", json!(at));
        }
        Detail::Merge { shard, next } => {
            add("ShardToMerge", json!(shard.as_str()));
            add("AdjacentShardToMerge", json!(next.as_str()));
        }
        Detail::Scale { to } => add("TargetShardCount", json!(to)),
        Detail::Retain { hours } => add("RetentionPeriodHours", json!(hours)),
        Detail::Iterator {
            shard,
            start,
            chain,
        } => {
            add("ShardId", json!(shard.as_str()));
            for (name, value) in start_of(start) {
                add(&name, value);
            }
            if let Some(chain) = chain {
                add("iterator_chain", json!(chain));
            }
        }
        Detail::Get(get) => {
            for (name, value) in read(get, wire) {
                add(&name, value);
            }
        }
        Detail::Put(_) => {}
    }
    if let Records::Put { stored, of } = wire.records {
        add("stored", json!(stored));
        add("refused", json!(of - stored));
    }
    match entries {
        Some(entries) => {
            let of = |entry: &PutEntry| record(entry, wire.by_feed);
            add("Records", entries.iter().map(of).collect());
        }
        None if matches!(wire.records, Records::Put { .. }) => {
            let words = "not kept any more: newer calls took their place";
            add("Records", json!(words));
        }
        None => {}
    }
    if wire.by_feed {
        let caller = &call.caller;
        let version = if caller.http2 { "HTTP/2" } else { "HTTP/1.1" };
        add(
            "caller",
            json!({
                "User-Agent": caller.user_agent,
                "access_key_id": caller.access_key,
                "connection": caller.connection,
                "protocol": version,
            }),
        );
    }
    all
}

fn time(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn start_of(start: &StartPosition) -> Members {
    let mut members = Members::new();
    members.insert("ShardIteratorType".to_owned(), json!(start.word()));
    let more = match start {
        StartPosition::TrimHorizon | StartPosition::Latest => None,
        StartPosition::AtTimestamp(at) => Some(("Timestamp", time(*at))),
        StartPosition::AtSequenceNumber(number) | StartPosition::AfterSequenceNumber(number) => {
            Some(("StartingSequenceNumber", json!(number.as_str())))
        }
    };
    members.extend(more.map(|(name, value)| (name.to_owned(), value)));
    members
}

fn read(get: &GetDetail, wire: &WireCall) -> Members {
    let mut members = Members::new();
    let mut add = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    add("ShardId", json!(get.shard.as_str()));
    if let Some(limit) = get.limit {
        add("Limit", json!(limit));
    }
    add("iterator_began_at", Value::Object(start_of(&get.start)));
    if wire.by_feed {
        add("iterator_chain", json!(get.chain));
    }
    if wire.call.error.is_some() {
        return members;
    }
    add("returned", json!(get.returned));
    add("returned_bytes", json!(get.bytes));
    if let Some((first, last)) = &get.range {
        add("first_SequenceNumber", json!(first.as_str()));
        add("last_SequenceNumber", json!(last.as_str()));
    }
    if let Some(behind) = get.millis_behind_latest {
        add("MillisBehindLatest", json!(behind));
    }
    if wire.by_feed {
        add("records_ahead", json!(get.ahead));
    }
    add("end_of_closed_shard", json!(get.ended));
    members
}

fn record(entry: &PutEntry, by_feed: bool) -> Value {
    let mut members = Members::new();
    let mut add = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    add("PartitionKey", json!(entry.key));
    match &entry.explicit_hash_key {
        Some(hash) => add("ExplicitHashKey", json!(hash)),
        None => add("md5", json!(HashKey::of_partition_key(&entry.key).hex())),
    }
    match &entry.result {
        Ok((shard, number)) => {
            add("ShardId", json!(shard.as_str()));
            add("SequenceNumber", json!(number.as_str()));
        }
        Err((code, message)) => {
            add("ErrorCode", json!(code));
            add("ErrorMessage", json!(message));
        }
    }
    add("data_bytes", json!(entry.size));
    if by_feed {
        let whole = entry.head.len() >= entry.size;
        let (name, value) = match (text_of(&entry.head, whole), whole) {
            (Some(text), true) => ("data", json!(text)),
            (Some(text), false) => ("data_begins", json!(text)),
            (None, true) => ("data_hex", json!(hexadecimal(&entry.head))),
            (None, false) => ("data_begins_hex", json!(hexadecimal(&entry.head))),
        };
        add(name, value);
    }
    Value::Object(members)
}

/// The bytes as text, if they are some; a character that was cut in half at the end is left out.
fn text_of(head: &[u8], whole: bool) -> Option<&str> {
    match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let each: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    each.join(" ")
}

/// JSON in which what has no picture of its own is spelt out. Outside of strings there is none but line breaks.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let (mut as_text, mut units) = ([0; 4], [0; 2]);
    for c in json.chars() {
        let plain = c == '\n'
            || matches!(
                printable(c.encode_utf8(&mut as_text)),
                std::borrow::Cow::Borrowed(_)
            );
        if plain {
            text.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut units) {
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::heard::tests::{bare, entry, get_detail, of as heard, refused};
    use super::*;
    use crate::kinesis::ShardId;
    use crate::kinesis::control::FaultKind;
    use crate::kinesis::feed::Call;

    fn json_of(call: &Call) -> String {
        let (call, entries) = heard(0, "py#1", call);
        super::of(&call, entries.as_deref())
    }

    #[test]
    fn a_put_says_all_that_the_feed_knows() {
        let elsewhere = PutEntry {
            explicit_hash_key: Some("7".into()),
            result: Err(("InternalFailure".into(), "words".into())),
            ..entry("bob", &[b'x'; 100])
        };
        let call = Call {
            detail: Detail::Put(vec![
                entry("alice", b"{\"a\":1}"),
                elsewhere,
                entry("c", b"\xff\x00"),
            ]),
            fault: Some(FaultKind::LoseReply),
            ..bare("PutRecords")
        };
        insta::assert_snapshot!(json_of(&call));
    }

    #[test]
    fn a_read_says_where_it_read_and_how_far_behind_it_is() {
        let mut get = get_detail(2);
        get.range = Some(("49".repeat(28).as_str().into(), "4968".into()));
        get.start = StartPosition::AfterSequenceNumber("17".into());
        let call = Call {
            detail: Detail::Get(Box::new(get)),
            ..bare("GetRecords")
        };
        insta::assert_snapshot!(json_of(&call));
    }

    #[test]
    fn a_refused_call_has_its_error_and_what_that_means() {
        let call = refused(0, "py#1", "GetRecords", "ExpiredIteratorException");
        let json = super::of(&call, None);
        assert!(
            json.contains(r#""error": "ExpiredIteratorException""#),
            "{json}"
        );
        assert!(json.contains("an iterator lives five minutes"), "{json}");
        assert!(!json.contains("status"), "{json}");
    }

    #[test]
    fn an_own_call_elsewhere_says_only_what_its_answer_said() {
        let call = Call {
            detail: Detail::Get(Box::new(get_detail(0))),
            ..bare("GetRecords")
        };
        let (mut call, _) = heard(0, "worker", &call);
        call.by_feed = false;
        let json = super::of(&call, None);
        for unknown in ["caller", "chain", "ahead"] {
            assert!(!json.contains(unknown), "{json}");
        }
    }

    #[test]
    fn the_json_is_exact_and_harmless_whatever_was_sent() {
        let key = "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{200b}\u{e0041}\"\\東京\u{7f}";
        let call = Call {
            detail: Detail::Put(vec![entry(key, key.as_bytes())]),
            operation: key.into(),
            stream: Some(key.into()),
            error: Some((key.into(), key.into())),
            ..bare("PutRecord")
        };
        let json = json_of(&call);
        let harmless = |line: &str| matches!(printable(line), std::borrow::Cow::Borrowed(_));
        assert!(json.lines().all(harmless), "{json}");
        let read: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(read["Records"][0]["PartitionKey"], key);
        assert_eq!(read["StreamName"], key);
    }

    #[test]
    fn the_first_bytes_are_text_where_they_are_some() {
        let check = |bytes: &[u8], whole, text: Option<&str>| {
            assert_eq!(text_of(bytes, whole), text);
        };
        check(b"abc", true, Some("abc"));
        check("a東".as_bytes(), true, Some("a東"));
        check(&"a東".as_bytes()[..3], false, Some("a"));
        check(&"a東".as_bytes()[..3], true, None);
        check(b"\xff\x00", false, None);
        check(b"", true, Some(""));
    }

    #[test]
    fn what_is_not_kept_any_more_is_said() {
        let call = Call {
            detail: Detail::Put(vec![entry("a", b"x")]),
            ..bare("PutRecord")
        };
        let (call, _) = heard(0, "py#1", &call);
        assert!(super::of(&call, None).contains("not kept any more"));
        assert_eq!(call.shards, [ShardId::from_index(0)]);
    }
}
