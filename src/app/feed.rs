//! What the embedded server's feed means for the model: other people's programs, their records and readers.

use chrono::{DateTime, Utc};

use super::model::{Model, Outcome, Tone};
use crate::kinesis::errors::meaning_of;
use crate::kinesis::feed::{Call, Detail, FeedEvent};

/// The feed said something.
pub(super) fn fed(model: &mut Model, event: FeedEvent, now: DateTime<Utc>, out: &mut Outcome) {
    match event {
        FeedEvent::Called(call) => called(model, &call, now, out),
        FeedEvent::Disconnected { connection } => {
            if let Some(name) = model.programs.disconnected(connection) {
                let name = name.to_owned();
                model.consumer.foreign.stopped(&name);
                out.changed = true;
            }
        }
        FeedEvent::TrimmedEarly {
            region,
            stream,
            records,
        } => {
            if region == model.connection.region {
                out.changed = true;
                model.streams.trimmed(&stream, records);
                let words = format!(
                    "{stream} has reached the lab's memory limit: its oldest records make room."
                );
                model.say(Tone::Nearly, words);
            }
        }
    }
}

fn called(model: &mut Model, call: &Call, now: DateTime<Utc>, out: &mut Outcome) {
    let here = call.region == model.connection.region;
    if here && let (Some(stream), Detail::Put(entries)) = (&call.stream, &call.detail) {
        let stored = match call.error {
            None => entries.iter().filter(|entry| entry.result.is_ok()).count(),
            Some(_) => 0,
        };
        model.streams.count_written(stream, stored as u64);
        out.changed = true;
    }
    if call.caller.access_key == model.connection.own_access_key {
        return;
    }
    out.changed = true;
    let program = model.programs.of(call);
    let name = program.name.clone();
    match &call.detail {
        Detail::Put(entries) if call.error.is_none() => program.written += entries.len() as u64,
        Detail::Get(get) => program.read += get.returned as u64,
        _ => {}
    }
    if !here {
        let words = format!(
            "{name} asks region {}, the lab lives in {}: set AWS_REGION={} there.",
            call.region, model.connection.region, model.connection.region
        );
        return model.say(Tone::Nearly, words);
    }
    if let Some((code, _)) = &call.error {
        let words = format!(
            "{name}: {} was refused, {code}: {}.",
            call.operation,
            meaning_of(code)
        );
        model.say(Tone::Nearly, words);
    }
    let Some(stream) = &call.stream else {
        return;
    };
    if call.error.is_none() {
        super::streams::program_touched(model, &name, stream, &call.operation, now, out);
    }
    if model.streams.name() == Some(stream.as_str()) {
        if matches!(call.detail, Detail::Put(_)) {
            super::producer::program_put(model, &name, call, now);
            model.line_came();
        }
        model.consumer.foreign.saw(&name, call);
    }
}
