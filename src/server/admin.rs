//! The control path: what the server can be told beside the API, as JSON over HTTP, for people's tests and scripts.
//!
//! ```text
//! GET  /kinesis-lab/control                            -> the state
//! POST /kinesis-lab/control  {"advance_seconds": 300}  -> the state after it, or 400 {"error": "..."}
//! ```

use bytes::Bytes;
use chrono::SecondsFormat;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::refusals::shortened;
use super::service::Service;
use crate::kinesis::ShardId;
use crate::kinesis::control::{Control, Fault, FaultKind, LONGEST_DELAY_MS, Often, Timing};

/// Where it is.
pub const CONTROL_PATH: &str = "/kinesis-lab/control";

/// What can be said, as refusals list it.
const FORMS: &str = r#"{"advance_seconds": 300}, {"timing": "instant" or "aws"}, {"empty_pages": true or false}, {"empty_stream": {"stream": NAME, "region": NAME, "us-east-1" unless given}}, {"fault": {"kind": "throttle", "delay", "lose_reply" or "fail", and if you like "operation", "stream", "shard", "delay_ms", "times" or "rate"}}, {"clear_faults": true}"#;

/// What a POST says: one of these.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    AdvanceSeconds(u64),
    Timing(TimingWord),
    EmptyPages(bool),
    EmptyStream(StreamAsked),
    Fault(FaultWords),
    ClearFaults(bool),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamAsked {
    stream: String,
    #[serde(default = "usual_region")]
    region: String,
}

fn usual_region() -> String {
    "us-east-1".to_owned()
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum TimingWord {
    Instant,
    Aws,
}

/// A fault, as it is asked for and as it is told.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultWords {
    kind: KindWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<f64>,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum KindWord {
    Throttle,
    Delay,
    LoseReply,
    Fail,
}

#[derive(Serialize)]
struct StateTold {
    now: String,
    ahead_seconds: u64,
    timing: TimingWord,
    empty_pages: bool,
    faults: Vec<FaultWords>,
    full: Option<String>,
}

#[derive(Serialize)]
struct ErrorTold {
    error: String,
}

/// Answers a request for the control path.
pub fn answer(service: &Service, method: &Method, body: &[u8]) -> Response<Bytes> {
    match *method {
        Method::GET => json(StatusCode::OK, &state(service)),
        Method::POST => match asked(body).and_then(|control| service.control(control)) {
            Ok(_) => json(StatusCode::OK, &state(service)),
            Err(error) => json(StatusCode::BAD_REQUEST, &ErrorTold { error }),
        },
        _ => {
            let error = format!("{CONTROL_PATH} takes GET and POST");
            let mut response = json(StatusCode::METHOD_NOT_ALLOWED, &ErrorTold { error });
            let allowed = HeaderValue::from_static("GET, POST");
            response.headers_mut().insert(ALLOW, allowed);
            response
        }
    }
}

/// Reads what a POST says.
fn asked(body: &[u8]) -> Result<Control, String> {
    let asked = serde_json::from_slice(body).map_err(|error| {
        let why = error.to_string();
        format!("{}; one of these can be said: {FORMS}", shortened(&why))
    })?;
    Ok(match asked {
        Asked::AdvanceSeconds(seconds) => Control::Advance { seconds },
        Asked::Timing(TimingWord::Instant) => Control::Pace(Timing::Instant),
        Asked::Timing(TimingWord::Aws) => Control::Pace(Timing::Aws),
        Asked::EmptyPages(on) => Control::EmptyPages(on),
        Asked::EmptyStream(StreamAsked { stream, region }) => {
            Control::EmptyStream { region, stream }
        }
        Asked::Fault(words) => Control::Fault(words.fault()?),
        Asked::ClearFaults(true) => Control::ClearFaults,
        Asked::ClearFaults(false) => return Err("clear_faults takes true only".to_owned()),
    })
}

impl FaultWords {
    fn fault(self) -> Result<Fault, String> {
        let often = match (self.times, self.rate) {
            (None, None) => Often::Times(1),
            (Some(times), None) => Often::Times(times),
            (None, Some(rate)) => Often::Rate(rate),
            (Some(_), Some(_)) => return Err("a fault has times or a rate, not both".to_owned()),
        };
        let kind = match (self.kind, self.delay_ms) {
            (KindWord::Delay, Some(millis)) => FaultKind::Delay { millis },
            (KindWord::Delay, None) => {
                return Err(format!(
                    "a delay says delay_ms, from 1 to {LONGEST_DELAY_MS}"
                ));
            }
            (_, Some(_)) => return Err("delay_ms is for a delay only".to_owned()),
            (KindWord::Throttle, None) => FaultKind::Throttle,
            (KindWord::LoseReply, None) => FaultKind::LoseReply,
            (KindWord::Fail, None) => FaultKind::Fail,
        };
        Ok(Fault {
            kind,
            operation: self.operation,
            stream: self.stream,
            shard: self.shard.map(ShardId::from),
            often,
        })
    }

    fn of(fault: Fault) -> Self {
        let (kind, delay_ms) = match fault.kind {
            FaultKind::Throttle => (KindWord::Throttle, None),
            FaultKind::Delay { millis } => (KindWord::Delay, Some(millis)),
            FaultKind::LoseReply => (KindWord::LoseReply, None),
            FaultKind::Fail => (KindWord::Fail, None),
        };
        let (times, rate) = match fault.often {
            Often::Times(times) => (Some(times), None),
            Often::Rate(rate) => (None, Some(rate)),
        };
        Self {
            kind,
            operation: fault.operation,
            stream: fault.stream,
            shard: fault.shard.map(|shard| shard.as_str().to_owned()),
            delay_ms,
            times,
            rate,
        }
    }
}

fn state(service: &Service) -> StateTold {
    let state = service.state();
    StateTold {
        now: service.now().to_rfc3339_opts(SecondsFormat::Millis, true),
        ahead_seconds: state.ahead_seconds,
        timing: match state.timing {
            Timing::Instant => TimingWord::Instant,
            Timing::Aws => TimingWord::Aws,
        },
        empty_pages: state.empty_pages,
        faults: state.faults.into_iter().map(FaultWords::of).collect(),
        full: state.full,
    }
}

/// An answer that people read in a terminal as well as programs.
fn json(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    // Plain structures of ours always serialize.
    let mut text = serde_json::to_vec_pretty(body).unwrap_or_default();
    text.push(b'\n');
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Limits;
    use chrono::DateTime;
    use serde_json::{Value, json};

    fn service() -> Service {
        let clock = || DateTime::from_timestamp(1_795_372_800, 0).expect("a time");
        Service::new(clock, &Limits::default())
    }

    fn post(service: &Service, body: &str) -> (u16, Value) {
        let response = answer(service, &Method::POST, body.as_bytes());
        let told = serde_json::from_slice(response.body()).expect("JSON");
        (response.status().as_u16(), told)
    }

    #[test]
    fn what_is_said_is_done_and_answered_with_the_state() {
        let service = service();
        for (said, changed) in [
            (
                json!({"advance_seconds": 300}),
                json!({"ahead_seconds": 300, "now": "2026-11-22T18:45:00.000Z"}),
            ),
            (json!({"timing": "aws"}), json!({"timing": "aws"})),
            (json!({"timing": "instant"}), json!({"timing": "instant"})),
            (json!({"empty_pages": true}), json!({"empty_pages": true})),
            (
                json!({"fault": {"kind": "throttle", "shard": "shardId-000000000000", "times": 2}}),
                json!({"faults": [{"kind": "throttle", "shard": "shardId-000000000000", "times": 2}]}),
            ),
            (json!({"clear_faults": true}), json!({"faults": []})),
            (
                json!({"fault": {"kind": "delay", "delay_ms": 50, "rate": 0.5, "operation": "PutRecord", "stream": "s"}}),
                json!({"faults": [
                    {"kind": "delay", "operation": "PutRecord", "stream": "s", "delay_ms": 50, "rate": 0.5}
                ]}),
            ),
        ] {
            let (status, told) = post(&service, &said.to_string());
            assert_eq!(status, 200, "{said}: {told}");
            for (name, value) in changed.as_object().expect("an object") {
                assert_eq!(&told[name], value, "{said}");
            }
        }
        let response = answer(&service, &Method::GET, b"");
        let told: Value = serde_json::from_slice(response.body()).expect("JSON");
        assert_eq!(told["ahead_seconds"], 300);
        assert_eq!(told["full"], Value::Null);
    }

    #[test]
    fn the_examples_of_the_manual_work() {
        let service = service();
        let made = service.provide_stream("us-east-1", "orders", 4);
        made.expect("room");
        let manual = include_str!("../../docs/server.md");
        let said = manual.split("curl -d '").skip(1);
        let said: Vec<_> = said
            .filter_map(|rest| Some(rest.split_once('\'')?.0))
            .collect();
        assert!(said.len() >= 10, "{said:?}");
        for said in said {
            let (status, told) = post(&service, said);
            assert_eq!(status, 200, "{said}: {told}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused_with_what_can() {
        let service = service();
        let before = service.state();
        for (said, words) in [
            ("", "one of these can be said"),
            ("{", "one of these can be said"),
            ("{}", "one of these can be said"),
            ("[]", "one of these can be said"),
            ("true", "one of these can be said"),
            (r#"{"advance": 3}"#, "expected one of `advance_seconds`"),
            (r#"{"advance_seconds": -1}"#, "expected u64"),
            (r#"{"advance_seconds": 1.5}"#, "expected u64"),
            (r#"{"advance_seconds": "1"}"#, "expected u64"),
            (r#"{"advance_seconds": 1e30}"#, "one of these can be said"),
            (r#"{"advance_seconds": 18446744073709551615}"#, "ten years"),
            (
                r#"{"advance_seconds": 1, "timing": "aws"}"#,
                "one of these can be said",
            ),
            (r#"{"timing": "slow"}"#, "expected `instant` or `aws`"),
            (r#"{"clear_faults": false}"#, "true only"),
            (
                r#"{"empty_stream": {"stream": "s"}}"#,
                "no stream s in us-east-1",
            ),
            (
                r#"{"empty_stream": {"stream": "s", "shard": 1}}"#,
                "unknown field `shard`",
            ),
            (
                r#"{"fault": {"kind": "explode"}}"#,
                "expected one of `throttle`",
            ),
            (
                r#"{"fault": {"kind": "fail", "often": 1}}"#,
                "unknown field `often`",
            ),
            (r#"{"fault": {"kind": "fail", "times": 0}}"#, "1 or more"),
            (
                r#"{"fault": {"kind": "fail", "times": 1, "rate": 1}}"#,
                "not both",
            ),
            (
                r#"{"fault": {"kind": "fail", "rate": 2}}"#,
                "above 0 and at most 1",
            ),
            (
                r#"{"fault": {"kind": "delay"}}"#,
                "delay_ms, from 1 to 90000",
            ),
            (
                r#"{"fault": {"kind": "fail", "delay_ms": 1}}"#,
                "for a delay only",
            ),
        ] {
            let (status, told) = post(&service, said);
            let error = told["error"].as_str().expect("a sentence");
            assert_eq!(status, 400, "{said}");
            assert!(error.contains(words), "{said}: {error}");
        }
        assert_eq!(service.state(), before);
        let long = format!(r#"{{"{}": 1}}"#, "x".repeat(100_000));
        let (_, told) = post(&service, &long);
        assert!(told["error"].as_str().expect("a sentence").len() < 3_000);
        let response = answer(&service, &Method::DELETE, b"");
        assert_eq!(response.status(), 405);
    }
}
