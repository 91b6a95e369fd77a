//! Logs of real programs, replayed into the lab: what the steps of the course's lesson say after each. The logs and their
//! form stand in `tests/fixtures/logs`.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use super::script::*;
use crate::app::message::*;
use crate::app::{ConnectionKind, lesson_pane, steps_pane};
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail, PutEntry};
use crate::kinesis::{SequenceNumber, ShardId, StartPosition};
use crate::lesson::{parse, settings};
use crate::steps::{CheckState, Mark};

/// A lab with the course's lesson, and with this `lab.toml`.
pub fn course(toml: &str) -> Lab {
    let markdown = include_str!("../../../tests/fixtures/steps/course.md");
    let mut setup = setup(ConnectionKind::Local);
    setup.lesson = parse(markdown, &settings(toml).expect("well formed"));
    Lab::start(setup)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or_default()
}

fn error(value: &Value) -> Option<(String, String)> {
    serde_json::from_value(value["error"].clone()).expect("a name and a message, or null")
}

fn start_position(word: &str) -> StartPosition {
    match word {
        "LATEST" => StartPosition::Latest,
        "TRIM_HORIZON" => StartPosition::TrimHorizon,
        other => panic!("no log starts at {other}"),
    }
}

fn detail(call: &Value) -> Detail {
    let shard = |value: &Value| ShardId::from(text(value, "shard"));
    let sequence = |value: &Value, name: &str| Some(SequenceNumber::from(value[name].as_str()?));
    if let Some(shards) = call["create"].as_u64() {
        return Detail::Create {
            shards: shards as u32,
        };
    }
    if let Some(hours) = call["retain"].as_u64() {
        return Detail::Retain {
            hours: hours as u32,
        };
    }
    if let Some(entries) = call["put"].as_array() {
        let entry = |it: &Value| PutEntry {
            key: text(it, "key").into(),
            explicit_hash_key: None,
            size: number(it, "size") as usize,
            head: text(it, "head").into(),
            result: match error(it) {
                Some(error) => Err(error),
                None => Ok((shard(it), text(it, "number").into())),
            },
        };
        return Detail::Put(entries.iter().map(entry).collect());
    }
    if let Some(it) = call.get("iterator") {
        return Detail::Iterator {
            shard: shard(it),
            start: start_position(text(it, "start")),
            chain: it["chain"].as_u64(),
        };
    }
    let Some(it) = call.get("get") else {
        return Detail::None;
    };
    Detail::Get(Box::new(GetDetail {
        chain: number(it, "chain"),
        shard: shard(it),
        start: start_position(text(it, "start")),
        limit: it["limit"].as_u64().map(|limit| limit as u32),
        returned: number(it, "returned") as usize,
        bytes: 0,
        range: sequence(it, "first").zip(sequence(it, "last")),
        millis_behind_latest: it["behind"].as_u64(),
        ahead: number(it, "ahead"),
        ended: it["ended"] == true,
    }))
}

/// Replays a log; without `runs` as if its programs ran in a terminal of their own.
fn replay(lab: &mut Lab, log: &str, runs: bool) {
    let begin = lab.now;
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let at = begin + TimeDelta::milliseconds(number(&line, "ms") as i64);
        lab.wait((at - lab.now).num_milliseconds() as f64 / 1000.0);
        if let Some(call) = line.get("call") {
            let call = Call {
                at: lab.now,
                caller: Caller {
                    user_agent: text(call, "agent").into(),
                    access_key: "k".into(),
                    connection: number(call, "connection"),
                    http2: call["http2"] == true,
                },
                region: text(call, "region").into(),
                operation: text(call, "operation").into(),
                stream: call["stream"].as_str().map(str::to_owned),
                error: error(call),
                detail: detail(call),
                fault: None,
                latency: Duration::from_millis(1),
            };
            lab.tell(Message::Fed(FeedEvent::Called(Arc::new(call))));
        } else if let Some(connection) = line["disconnected"].as_u64() {
            lab.tell(Message::Fed(FeedEvent::Disconnected { connection }));
            lab.tell(Message::DeadlinePassed);
        } else if runs && line["began"] == true {
            steps_pane::run_began(&mut lab.model, lab.now);
            lab.tell(Message::DeadlinePassed);
        } else if runs && line.get("exit").is_some() {
            let code = line["exit"].as_i64().map(|code| code as i32);
            steps_pane::run_ended(&mut lab.model, code, lab.now);
            lab.tell(Message::DeadlinePassed);
        }
    }
    lab.wait(1.1);
}

/// Opens the page of a step.
pub fn open(lab: &mut Lab, title: &str) -> usize {
    let pages = &lab.model.lesson.lesson.pages;
    let page = pages.iter().position(|page| page.title == title);
    let page = page.expect("the step is there");
    let mut out = crate::app::Outcome::default();
    lesson_pane::open(&mut lab.model, page, lab.now, &mut out);
    page
}

fn told(state: &CheckState) -> String {
    let mark = match state.mark {
        Mark::Open => ' ',
        Mark::Running => '~',
        Mark::Done => 'x',
        Mark::Nearly => '!',
        Mark::Shown => 's',
        Mark::Skipped => '-',
    };
    let mut told = format!("[{mark}] {}", state.says);
    for more in [&state.by, &state.seen] {
        if !more.is_empty() {
            told += &format!(" | {more}");
        }
    }
    if let Some(words) = &state.diagnosis {
        told += &format!("\n    {words}");
    }
    told
}

pub fn all_told(lab: &Lab, page: usize) -> String {
    let states = steps_pane::states(&lab.model, page);
    states.iter().map(|it| told(it) + "\n").collect()
}

macro_rules! log {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/logs/", $name, ".jsonl"))
    };
}

/// How a step stands after a log, as the lab ran it and as a second terminal did.
fn after(log: &str, title: &str, toml: &str) -> (Lab, String) {
    let mut both = Vec::new();
    for runs in [true, false] {
        let mut lab = course(toml);
        let page = open(&mut lab, title);
        replay(&mut lab, log, runs);
        let told = all_told(&lab, page);
        both.push((lab, told));
    }
    let told = format!("{}--- in a terminal of its own\n{}", both[0].1, both[1].1);
    (both.swap_remove(0).0, told)
}

const PRODUCER: &str = "Run the Producer";
const CONSUMER: &str = "Run the Consumer";

#[test]
fn the_whole_lesson_is_passed_by_its_own_programs() {
    let mut lab = course("");
    replay(&mut lab, log!("the_whole_lesson"), true);
    let pages = lab.model.lesson.lesson.pages.len();
    let all: String = (0..pages).map(|page| all_told(&lab, page)).collect();
    insta::assert_snapshot!(all);
    assert!(
        lab.status().contains("Cleanup (optional) is done"),
        "{}",
        lab.status()
    );
}

#[test]
fn each_diagnosis_has_a_log_that_leads_to_it() {
    let logs = [
        ("another region", log!("another_region"), PRODUCER),
        ("no signature", log!("no_signature"), PRODUCER),
        ("put while creating", log!("put_while_creating"), PRODUCER),
        ("throttled", log!("throttled"), PRODUCER),
        ("two of three puts", log!("two_of_three_puts"), PRODUCER),
        (
            "it fails before any request",
            log!("it_fails_before_any_request"),
            PRODUCER,
        ),
        (
            "it ends well without a request",
            log!("it_ends_well_without_a_request"),
            PRODUCER,
        ),
        ("a slip in the name", log!("a_slip_in_the_name"), CONSUMER),
        (
            "a slip in the producer",
            log!("a_slip_in_the_producer"),
            CONSUMER,
        ),
        (
            "another stream is read",
            log!("another_stream_is_read"),
            CONSUMER,
        ),
        (
            "an empty stream is read",
            log!("an_empty_stream_is_read"),
            CONSUMER,
        ),
        (
            "latest after the fact",
            log!("latest_after_the_fact"),
            CONSUMER,
        ),
        ("stopped at a limit", log!("stopped_at_a_limit"), CONSUMER),
        (
            "one of two shards read",
            log!("one_of_two_shards_read"),
            CONSUMER,
        ),
        (
            "stopped at an empty page",
            log!("stopped_at_an_empty_page"),
            CONSUMER,
        ),
        ("an iterator expired", log!("an_iterator_expired"), CONSUMER),
        (
            "a record is not JSON",
            log!("a_record_is_not_json"),
            CONSUMER,
        ),
        (
            "the same limit again",
            log!("stopped_at_a_limit"),
            "Experiment",
        ),
        (
            "read again without more",
            log!("read_again_without_more"),
            "Experiment",
        ),
    ];
    let mut all = String::new();
    for (name, log, title) in logs {
        let (_, told) = after(log, title, "");
        all += &format!("## {name}\n{told}\n");
    }
    insta::assert_snapshot!(all);
}

const KEYS: &str = r#"
[[step]]
title = "Experiment"
[[step.check]]
says = "both shards have some"
when.put = { records = 3, shards = 2 }
[[step.check]]
says = "LATEST"
when.latest = {}
[[step.check]]
says = "all read"
when.read = { from = "TRIM_HORIZON" }
[[step.check]]
says = "carol is there"
when.put = { key = "carol" }
[[step.check]]
says = "with two shards"
when.create = { shards = 2 }
[[step.check]]
says = "in one way or the other"
when.any = [{ delete = {} }, { put = { records = 4 } }]
"#;

#[test]
fn what_lab_toml_asks_for_is_passed_and_diagnosed_by_logs_too() {
    let logs = [
        ("keys share a shard", log!("keys_share_a_shard")),
        ("one shard for all keys", log!("one_shard_for_all_keys")),
        ("latest then put", log!("latest_then_put")),
        ("both shards read", log!("both_shards_read")),
        ("one of two shards read", log!("one_of_two_shards_read")),
    ];
    let mut all = String::new();
    for (name, log) in logs {
        let mut lab = course(KEYS);
        let page = open(&mut lab, "Experiment");
        replay(&mut lab, log, false);
        all += &format!("## {name}\n{}\n", all_told(&lab, page));
    }
    insta::assert_snapshot!(all);
}
