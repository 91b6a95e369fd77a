//! The wire log in lines: its newest calls.

use crate::app::Model;
use crate::app::wire::{Line, Records, WireCall};

/// How many calls are told.
const TOLD: usize = 20;

/// Says what follows; the same however many calls come.
const HEAD: &str = "The wire log's newest calls, as they were when it was opened:";

/// The newest calls, oldest first, behind a line that says so.
pub(super) fn newest(model: &Model) -> Vec<String> {
    let log = model.wire.shown();
    let newest: Vec<String> = log
        .iter()
        .rev()
        .take(TOLD)
        .map(|(_, it)| line(it))
        .collect();
    let mut lines = vec![HEAD.to_owned()];
    if newest.is_empty() {
        lines.push("No call yet.".into());
    }
    lines.extend(newest.into_iter().rev());
    lines
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
