//! What the embedded server's feed means for the model: other people's programs, their records and readers.

use chrono::{DateTime, Utc};

use super::model::{Model, Outcome, Tone};
use super::{batch, lab_server, lanes, numbers, steps_pane, wire};
use crate::kinesis::control::FaultKind;
use crate::kinesis::errors::explained;
use crate::kinesis::feed::{Call, Detail, FeedEvent};
use crate::steps::{Seen, Who};

/// The feed said something.
pub(super) fn fed(model: &mut Model, event: FeedEvent, now: DateTime<Utc>, out: &mut Outcome) {
    match event {
        FeedEvent::Called(call) => called(model, &call, now, out),
        FeedEvent::Untold => lost(model, 1, now, out),
        FeedEvent::Disconnected { connection } => {
            model.programs.disconnected(connection);
            left(model, now, out);
        }
        FeedEvent::Changed(state) => lab_server::changed(model, &state, now, out),
        FeedEvent::Kept {
            region,
            stream,
            records,
            shards,
        } => {
            if region == model.connection.region {
                out.changed = true;
                model.streams.count_written(&stream, records);
                for (shard, held) in &shards {
                    model.streams.stored_in(&stream, shard, *held);
                }
                lanes::counted(model);
                steps_pane::observe(model, &Seen::Kept(&stream, records), now);
            }
        }
        FeedEvent::Expired {
            region,
            stream,
            records,
            shards,
        } => {
            if region == model.connection.region {
                out.changed = true;
                model.streams.dropped(&stream, records);
                for (shard, gone) in &shards {
                    model.streams.gone_from(&stream, shard, *gone);
                }
                if model.streams.name() == Some(stream.as_str()) {
                    lanes::expired(model, &shards, now);
                }
                steps_pane::observe(model, &Seen::Expired(&stream, records), now);
                let words = format!("Records of {stream} are gone: older than it keeps them.");
                model.say(Tone::Plain, words);
            }
        }
        FeedEvent::Emptied {
            region,
            stream,
            records,
        } => {
            if region == model.connection.region {
                out.changed = true;
                model.streams.dropped(&stream, records);
                model.streams.emptied(&stream);
                if model.streams.name() == Some(stream.as_str()) {
                    lanes::emptied(model);
                    lanes::counted(model);
                }
                steps_pane::observe(model, &Seen::Dropped(&stream, records), now);
                let words = format!(
                    "{stream} is empty: {} gone; its shards and iterators stay.",
                    counted(records)
                );
                model.say(Tone::Done, words);
            }
        }
        FeedEvent::TrimmedEarly {
            region,
            stream,
            shard,
            records,
        } => {
            if region == model.connection.region {
                out.changed = true;
                if model.streams.count(&stream).trimmed_early == 0 {
                    let words = format!(
                        "The store is full: the oldest records of {stream} make room for new ones."
                    );
                    model.say(Tone::Nearly, words);
                }
                model.streams.trimmed(&stream, records);
                model.streams.gone_from(&stream, &shard, records);
                if model.streams.name() == Some(stream.as_str()) {
                    lanes::trimmed_early(model, &shard, records);
                    lanes::counted(model);
                }
                steps_pane::observe(model, &Seen::Dropped(&stream, records), now);
            }
        }
    }
}

/// A call met a fault on request.
fn met(call: &str, fault: FaultKind) -> String {
    format!("{call} met a fault: {}.", lab_server::fault_word(fault))
}

fn counted(records: u64) -> String {
    match records {
        1 => "1 record".into(),
        n => format!("{n} records"),
    }
}

/// Programs that are not there any more have left, and their readers with them.
pub(super) fn left(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    for program in model.programs.leave(now) {
        model.consumer.foreign.stopped(&program);
        steps_pane::observe(model, &Seen::Left(&program), now);
        out.changed = true;
    }
}

/// The feed was faster than the lab: what it would have told is looked for.
pub(super) fn lost(model: &mut Model, events: u64, now: DateTime<Utc>, out: &mut Outcome) {
    out.changed = true;
    if model.feed_lost == 0 {
        let words = "Calls came faster than the lab could show; its counts are short by some. The stream has all.";
        model.say(Tone::Nearly, words.into());
    }
    model.feed_lost += events;
    steps_pane::observe(model, &Seen::Lost(events), now);
    model.wire.lost(events);
    super::streams::look_at_all(model, now);
}

fn called(model: &mut Model, call: &Call, now: DateTime<Utc>, out: &mut Outcome) {
    let here = call.region == model.connection.region;
    out.changed |= here && batch::stored(model, call, now);
    let stored = call.stored();
    if here
        && stored > 0
        && let Some(stream) = &call.stream
    {
        model.streams.count_written(stream, stored);
        for (shard, _) in call.places() {
            model.streams.stored_in(stream, shard, 1);
        }
        out.changed = true;
    }
    if call.caller.access_key == model.connection.own_access_key {
        if here && model.streams.name() == call.stream.as_deref() {
            lanes::called(model, call, None, now);
        }
        let who = steps_pane::whose(model, call);
        steps_pane::told(model, call);
        steps_pane::observe(model, &Seen::Call(&who, call), now);
        out.changed |= wire::told(model, call, None);
        let looks = call.caller.user_agent.contains("app/kinesis-lab-look");
        let reader = looks.then_some("lab");
        out.changed |= here && numbers::called(model, reader, call, now);
        if let Some(fault) = call.fault {
            out.changed = true;
            super::producer::reply_lost(model, call);
            model.say(
                Tone::Nearly,
                met(&format!("The lab's {}", call.operation), fault),
            );
        }
        if call.operation == "CreateStream"
            && call.error.is_none()
            && let Some(stream) = &call.stream
        {
            model.streams.begin(stream);
        }
        return;
    }
    let (name, changed) = model.programs.took(call, now);
    let who = Who::Program(name.clone());
    steps_pane::observe(model, &Seen::Call(&who, call), now);
    out.changed |= changed;
    super::program_pane::called(model, &name, call, out);
    out.changed |= wire::told(model, call, Some(&name));
    out.changed |= here && numbers::called(model, Some(&name), call, now);
    // A request without a signature names no region.
    if !here && !call.region.is_empty() {
        out.changed = true;
        let words = format!(
            "{name} asks region {}, the lab lives in {}: set AWS_REGION={} there.",
            call.region, model.connection.region, model.connection.region
        );
        return model.say(Tone::Nearly, words);
    }
    if let Some(fault) = call.fault {
        out.changed = true;
        model.say(
            Tone::Nearly,
            met(&format!("{name}: {}", call.operation), fault),
        );
    } else if let Some((code, message)) = &call.error {
        out.changed = true;
        let words = format!(
            "{name}: {} is refused, {code}: {}.",
            call.operation,
            explained(code, message)
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
        if matches!(call.operation.as_str(), "PutRecord" | "PutRecords") {
            super::producer::program_put(model, &name, call, now);
            model.line_came();
            out.changed = true;
        }
        lanes::called(model, call, Some(&name), now);
        let lane = match &call.detail {
            Detail::Iterator { shard, .. } => model.lanes.of(shard),
            Detail::Get(get) => model.lanes.of(&get.shard),
            _ => None,
        };
        let newest = lane.and_then(lanes::Lane::newest).cloned();
        let entered = lane.map_or(0, |lane| lane.entered);
        let foreign = &mut model.consumer.foreign;
        out.changed |= foreign.saw(&name, call, newest.as_ref(), entered);
    }
}
