//! The wire log in lines: its newest calls.

use crate::app::Model;
use crate::app::wire::{Line, Records, WireCall};

/// How many calls are told.
const TOLD: usize = 20;

/// The newest calls, oldest first.
pub(super) fn newest(model: &Model) -> Vec<String> {
    let log = model.wire.shown();
    let newest: Vec<String> = log
        .iter()
        .rev()
        .take(TOLD)
        .map(|(_, it)| line(it))
        .collect();
    let head = match model.wire.calls() {
        0 => "No call yet.".to_owned(),
        1 => "The one call so far:".to_owned(),
        calls => format!("The newest of {calls} calls:"),
    };
    let calls = newest.into_iter().rev();
    std::iter::once(head).chain(calls).collect()
}

fn line(line: &Line) -> String {
    match line {
        Line::Unseen { calls, .. } => format!("{calls} calls were not seen."),
        Line::Call(call) => told(call),
    }
}

/// `py#1 PutRecord my-first-stream: 200, put 1 of 1.`
fn told(wire: &WireCall) -> String {
    let call = &wire.call;
    let stream = call.stream.as_deref().map(|name| format!(" {name}"));
    let status = call.error.as_ref().map_or("200", |(code, _)| code);
    let records = match wire.records {
        Records::None => String::new(),
        Records::Put { stored, of } => format!(", put {stored} of {of}"),
        Records::Got(count) => format!(", got {count}"),
    };
    format!(
        "{} {}{}: {status}{records}.",
        wire.who,
        call.operation,
        stream.unwrap_or_default()
    )
}
