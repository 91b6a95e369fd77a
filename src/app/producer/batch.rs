//! One batch on purpose: a call of PutRecords with as many records as automatic sending is set to put into one. What is
//! refused of it goes again by the same rules.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::auto::{pump, records};
use super::queue::Written;
use super::{not_ready, timestamp};
use crate::app::guard;
use crate::app::message::{Entry, Sender};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::overlay::Pending;
use crate::kinesis::ShardId;

/// Over so many shards it is told how many records each of them got.
const MOST_TOLD: usize = 4;

/// Sends one batch.
pub(in crate::app) fn send_batch(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stream) = model.streams.name().map(str::to_owned) else {
        return model.lack_a_stream(out);
    };
    if let Some(words) = not_ready(model, &stream) {
        return model.say(Tone::Nearly, words);
    }
    if !guard::allows(model, Pending::Batch, out) {
        return;
    }
    let settings = model.producer.auto.settings;
    let count = settings.per_call();
    let bytes = count * settings.event_bytes();
    let queue = &model.producer.auto.queue;
    if !queue.has_room(count, bytes, settings.limits()) {
        let words =
            "Too many records are on their way: wait for their answers, then press b again.";
        return model.say(Tone::Nearly, words.into());
    }
    let entries = entries(model, count, now);
    let queue = &mut model.producer.auto.queue;
    queue.admit(Sender::You, entries, now);
    let words = match count {
        1 => "A batch of 1 record goes out; i says how many it carries, and their keys.".to_owned(),
        n => format!("A batch of {n} records goes out with one PutRecords."),
    };
    model.say(Tone::Plain, words);
    pump(model, &stream, now, out);
}

/// The next events as automatic sending would make them.
fn entries(model: &mut Model, count: usize, now: DateTime<Utc>) -> Vec<Entry> {
    let template = model.producer.template();
    let settings = model.producer.auto.settings;
    let time = timestamp(now);
    let producer = &mut model.producer;
    let event = |_| {
        producer.rendered += 1;
        settings.event(template, &mut model.rng, producer.rendered, &time)
    };
    (0..count).map(event).collect()
}

/// What is said of a batch that is stored whole.
pub(super) fn success_in_words(written: &[Written]) -> String {
    let mut shards: BTreeMap<&ShardId, usize> = BTreeMap::new();
    for it in written {
        *shards.entry(&it.place.0).or_default() += 1;
    }
    let told: Vec<String> = shards
        .iter()
        .take(MOST_TOLD)
        .map(|(shard, count)| format!("{count} in shard {}", shard.short()))
        .collect();
    let more = match shards.len() > MOST_TOLD {
        true => ", …",
        false => "",
    };
    format!(
        "One PutRecords: {} put, 0 failed; {}{more}.",
        records(written.len()),
        told.join(", ")
    )
}
