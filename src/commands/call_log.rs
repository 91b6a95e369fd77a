//! The lines of `serve --log`: what the server answered, as text for people or as JSON for programs.
//!
//! They are written by a thread of their own from the server's feed. A terminal that does not take them makes nobody
//! wait: the feed is bounded, and what it lost meanwhile is said.

use std::io::{self, Write};
use std::thread;

use anyhow::Result;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use kinesis_lab::cli::LogFormat;
use kinesis_lab::kinesis::ShardId;
use kinesis_lab::kinesis::control::{FaultKind, ServerState, Timing};
use kinesis_lab::kinesis::feed::{Call, Detail, FeedEvent};
use kinesis_lab::printable::printable;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, oneshot};

/// How many of a call's shards a line names.
const MOST_SHARDS: usize = 8;

/// Writes until the feed ends; the receiver hears when all is written.
pub fn start(
    feed: broadcast::Receiver<FeedEvent>,
    format: LogFormat,
    now: fn() -> DateTime<Utc>,
) -> Result<oneshot::Receiver<()>> {
    let (done, written) = oneshot::channel();
    thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || {
            // A closed pipe ends the log, not the server.
            let _ = write(feed, format, now, &mut io::stderr());
            let _ = done.send(());
        })?;
    Ok(written)
}

fn write(
    mut feed: broadcast::Receiver<FeedEvent>,
    format: LogFormat,
    now: fn() -> DateTime<Utc>,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut log = Log { ahead_seconds: 0 };
    loop {
        let heard = match feed.blocking_recv() {
            Ok(FeedEvent::Untold) => Heard::Lost(1),
            Err(RecvError::Lagged(events)) => Heard::Lost(events),
            Ok(event) => Heard::Event(event),
            Err(RecvError::Closed) => return Ok(()),
        };
        if let Some(line) = log.line(&heard, format, now()) {
            to.write_all(line.as_bytes())?;
        }
    }
}

/// What came from the feed.
enum Heard {
    Event(FeedEvent),
    /// So many events found no room.
    Lost(u64),
}

/// What a line needs to know from lines before.
struct Log {
    ahead_seconds: u64,
}

impl Log {
    /// The line of an event, if it has one. `now` is the time on the wall.
    fn line(&mut self, heard: &Heard, format: LogFormat, now: DateTime<Utc>) -> Option<String> {
        let fields = match heard {
            Heard::Event(FeedEvent::Called(call)) => call_fields(call),
            Heard::Event(FeedEvent::Disconnected { .. } | FeedEvent::Untold) => return None,
            Heard::Event(FeedEvent::Changed(state)) => {
                self.ahead_seconds = state.ahead_seconds;
                self.event("changed", now, state_fields(state))
            }
            Heard::Event(FeedEvent::Kept {
                region,
                stream,
                records,
                ..
            }) => self.event("kept", now, records_fields(region, stream, *records)),
            Heard::Event(FeedEvent::Expired {
                region,
                stream,
                records,
                ..
            }) => self.event("expired", now, records_fields(region, stream, *records)),
            Heard::Event(FeedEvent::Emptied {
                region,
                stream,
                records,
            }) => self.event("emptied", now, records_fields(region, stream, *records)),
            Heard::Event(FeedEvent::TrimmedEarly {
                region,
                stream,
                records,
                ..
            }) => self.event(
                "trimmed_early",
                now,
                records_fields(region, stream, *records),
            ),
            Heard::Lost(events) => {
                self.event("not_logged", now, fields([("events", json!(events))]))
            }
        };
        Some(match format {
            LogFormat::Json => format!("{}\n", Value::Object(fields)),
            LogFormat::Text => text(&fields),
        })
    }

    fn event(
        &self,
        name: &str,
        now: DateTime<Utc>,
        more: Map<String, Value>,
    ) -> Map<String, Value> {
        let ahead = TimeDelta::seconds(self.ahead_seconds as i64);
        let at = now.checked_add_signed(ahead).unwrap_or(now);
        let mut fields = fields([("time", time(at)), ("event", json!(name))]);
        fields.extend(more);
        fields
    }
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let named = fields.map(|(name, value)| (name.to_owned(), value));
    named.into_iter().collect()
}

fn time(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// Text that may come from anywhere.
fn outside(text: &str) -> Value {
    json!(printable(text))
}

/// What a call's line says, in its order.
fn call_fields(call: &Call) -> Map<String, Value> {
    let (shards, records, refused) = done(&call.detail);
    let status = match &call.error {
        None => 200,
        Some((name, _)) if name == "InternalFailure" => 500,
        Some(_) => 400,
    };
    let mut line = fields([
        ("time", time(call.at)),
        ("status", json!(status)),
        ("operation", outside(&call.operation)),
    ]);
    let mut add = |name: &str, value: Option<Value>| {
        line.extend(value.map(|value| (name.to_owned(), value)));
    };
    let region = (!call.region.is_empty()).then(|| outside(&call.region));
    add("region", region);
    add("stream", call.stream.as_deref().map(outside));
    let ids: Vec<_> = shards
        .iter()
        .take(MOST_SHARDS)
        .map(|shard| shard.as_str())
        .collect();
    add("shards", (!ids.is_empty()).then(|| json!(ids)));
    let more = shards.len().saturating_sub(MOST_SHARDS);
    add("more_shards", (more > 0).then(|| json!(more)));
    add("records", records.map(|records| json!(records)));
    let some_refused = refused > 0 && call.error.is_none();
    add("refused", some_refused.then(|| json!(refused)));
    let refused_with = first_refusal(&call.detail).filter(|_| some_refused);
    add("refused_with", refused_with.map(outside));
    add("error", call.error.as_ref().map(|(name, _)| outside(name)));
    let message = call.error.as_ref().map(|(_, message)| message.as_str());
    add(
        "message",
        message.filter(|words| !words.is_empty()).map(outside),
    );
    add("fault", call.fault.map(fault));
    let micros = call.latency.as_micros();
    add("ms", Some(json!(micros as f64 / 1000.0)));
    add("connection", Some(json!(call.caller.connection)));
    add("client", Some(outside(&call.caller.user_agent)));
    line
}

/// The shards a call was about, how many records it stored or read, and how many of a batch were refused.
fn done(detail: &Detail) -> (Vec<&ShardId>, Option<usize>, usize) {
    match detail {
        Detail::None
        | Detail::Create { .. }
        | Detail::Split { .. }
        | Detail::Merge { .. }
        | Detail::Scale { .. }
        | Detail::Retain { .. } => (Vec::new(), None, 0),
        Detail::Iterator { shard, .. } => (vec![shard], None, 0),
        Detail::Get(get) => (vec![&get.shard], Some(get.returned), 0),
        Detail::Put(entries) => {
            let places = entries
                .iter()
                .filter_map(|entry| entry.result.as_ref().ok());
            let mut shards: Vec<_> = places.map(|(shard, _)| shard).collect();
            let stored = shards.len();
            shards.sort_unstable();
            shards.dedup();
            (shards, Some(stored), entries.len() - stored)
        }
    }
}

/// The name of the error that the first refused record of a batch got.
fn first_refusal(detail: &Detail) -> Option<&str> {
    let Detail::Put(entries) = detail else {
        return None;
    };
    let refusals = entries
        .iter()
        .filter_map(|entry| entry.result.as_ref().err());
    refusals.map(|(name, _)| name.as_str()).next()
}

fn fault(kind: FaultKind) -> Value {
    match kind {
        FaultKind::Throttle => json!("throttle"),
        FaultKind::Delay { millis } => json!(format!("delay {millis} ms")),
        FaultKind::LoseReply => json!("lose_reply"),
        FaultKind::Fail => json!("fail"),
    }
}

fn state_fields(state: &ServerState) -> Map<String, Value> {
    let timing = match state.timing {
        Timing::Instant => "instant",
        Timing::Aws => "aws",
    };
    let mut line = fields([
        ("ahead_seconds", json!(state.ahead_seconds)),
        ("timing", json!(timing)),
        ("empty_pages", json!(state.empty_pages)),
        ("faults", json!(state.faults.len())),
    ]);
    line.extend(
        state
            .full
            .as_ref()
            .map(|why| ("full".to_owned(), outside(why))),
    );
    line
}

fn records_fields(region: &str, stream: &str, records: u64) -> Map<String, Value> {
    fields([
        ("region", outside(region)),
        ("stream", outside(stream)),
        ("records", json!(records)),
    ])
}

/// The fields in words: bare where what it is can be seen, after its name where it cannot.
fn text(fields: &Map<String, Value>) -> String {
    let words: Vec<String> = fields
        .iter()
        .map(|(name, value)| match (name.as_str(), value) {
            (
                "time" | "operation" | "stream" | "event" | "error" | "region",
                Value::String(text),
            ) => text.clone(),
            ("message" | "full" | "client", Value::String(text)) => format!("{text:?}"),
            ("shards", Value::Array(shards)) => {
                let ids = shards.iter().filter_map(Value::as_str);
                ids.collect::<Vec<_>>().join(",")
            }
            ("status", status) => status.to_string(),
            ("ms" | "records" | "refused", number) => format!("{number} {name}"),
            ("more_shards", number) => format!("and {number} more"),
            (_, Value::String(text)) => format!("{name} {text}"),
            (_, value) => format!("{name} {value}"),
        })
        .collect();
    words.join(" ") + "\n"
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use kinesis_lab::kinesis::feed::{Caller, GetDetail, PutEntry};
    use kinesis_lab::kinesis::{SequenceNumber, StartPosition};

    use super::*;

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_795_372_800_500).expect("a time")
    }

    fn call() -> Call {
        Call {
            at: at(),
            caller: Caller {
                user_agent: "boto3/1 \u{1b}[2J".to_owned(),
                access_key: "AKID".to_owned(),
                connection: 3,
                http2: false,
            },
            region: "us-east-1".to_owned(),
            operation: "ListShards".to_owned(),
            stream: Some("s".to_owned()),
            error: None,
            detail: Detail::None,
            fault: None,
            latency: Duration::from_micros(420),
        }
    }

    fn entry(shard: Option<u32>) -> PutEntry {
        let place = shard.map(|shard| (ShardId::from_index(shard), SequenceNumber::from("1")));
        PutEntry {
            key: "k".to_owned(),
            explicit_hash_key: None,
            size: 1,
            head: vec![],
            result: place.ok_or_else(|| ("InternalFailure".to_owned(), String::new())),
        }
    }

    fn told(event: FeedEvent, format: LogFormat) -> String {
        let mut log = Log { ahead_seconds: 0 };
        log.line(&Heard::Event(event), format, at())
            .expect("a line")
    }

    fn of(call: Call, format: LogFormat) -> String {
        told(FeedEvent::Called(Arc::new(call)), format)
    }

    #[test]
    fn a_line_says_what_was_asked_and_what_came_of_it() {
        let put = Call {
            operation: "PutRecords".to_owned(),
            detail: Detail::Put(vec![
                entry(Some(2)),
                entry(None),
                entry(Some(0)),
                entry(Some(2)),
            ]),
            fault: Some(FaultKind::Throttle),
            ..call()
        };
        assert_eq!(
            of(put, LogFormat::Text),
            "2026-11-22T18:40:00.500Z 200 PutRecords us-east-1 s shardId-000000000000,shardId-000000000002 \
             3 records 1 refused refused_with InternalFailure fault throttle 0.42 ms connection 3 \"boto3/1 ␛[2J\"\n"
        );
        let get = GetDetail {
            chain: 1,
            shard: ShardId::from_index(1),
            start: StartPosition::Latest,
            limit: None,
            returned: 7,
            bytes: 0,
            range: None,
            millis_behind_latest: None,
            ahead: 0,
            ended: false,
        };
        let error = ("InternalFailure".to_owned(), "no \"room\"".to_owned());
        let get = Call {
            operation: "GetRecords".to_owned(),
            detail: Detail::Get(Box::new(get)),
            error: Some(error),
            ..call()
        };
        let line: Value = serde_json::from_str(&of(get, LogFormat::Json)).expect("JSON");
        assert_eq!(
            line,
            json!({
                "time": "2026-11-22T18:40:00.500Z", "status": 500, "operation": "GetRecords",
                "region": "us-east-1", "stream": "s", "shards": ["shardId-000000000001"], "records": 7,
                "error": "InternalFailure", "message": "no \"room\"", "ms": 0.42, "connection": 3,
                "client": "boto3/1 ␛[2J"
            })
        );
    }

    #[test]
    fn a_line_is_one_line_whatever_a_client_calls_itself() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let mut odd = call();
            odd.operation = "a\nb\u{202e}".to_owned();
            odd.stream = Some("\u{9b}31m".to_owned());
            odd.error = Some(("X".to_owned(), "a\r\nb".to_owned()));
            let line = of(odd, format);
            assert_eq!(
                line.chars().filter(|c| c.is_control()).collect::<String>(),
                "\n",
                "{line}"
            );
            assert!(!line.contains('\u{202e}'), "{line}");
        }
    }

    #[test]
    fn changes_are_told_in_lab_time() {
        let state = ServerState {
            ahead_seconds: 86_400,
            ..ServerState::default()
        };
        assert_eq!(
            told(FeedEvent::Changed(Arc::new(state)), LogFormat::Text),
            "2026-11-23T18:40:00.500Z changed ahead_seconds 86400 timing instant empty_pages false faults 0\n"
        );
        let emptied = FeedEvent::Emptied {
            region: "us-east-1".to_owned(),
            stream: "s".to_owned(),
            records: 2,
        };
        let line = told(emptied, LogFormat::Text);
        assert_eq!(
            line,
            "2026-11-22T18:40:00.500Z emptied us-east-1 s 2 records\n"
        );
    }

    #[test]
    fn what_found_no_room_is_counted_and_said() {
        let (sender, feed) = broadcast::channel(1);
        for _ in 0..3 {
            let event = FeedEvent::Called(Arc::new(call()));
            sender.send(event).expect("somebody listens");
        }
        drop(sender);
        let mut lines = Vec::new();
        write(feed, LogFormat::Text, at, &mut lines).expect("written");
        let lines = String::from_utf8(lines).expect("text");
        let first = lines.lines().next().expect("a line");
        assert_eq!(first, "2026-11-22T18:40:00.500Z not_logged events 2");
        assert_eq!(lines.lines().count(), 2, "{lines}");
    }
}
