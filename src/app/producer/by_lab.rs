//! Puts of the lab's own, by which it shows something: one record, or a batch with one call.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Producer, SentLine, Who, timestamp};
use crate::app::message::{Entry, Put, PutBatch, Sender, Stored};
use crate::app::model::{Model, Outcome};
use crate::kinesis::CallError;

/// A record that the lab puts to show a step: like the learner's own event, with this key.
pub(in crate::app) fn put_by_lab(
    producer: &mut Producer,
    stream: String,
    key: String,
    now: DateTime<Utc>,
) -> Put {
    let data = event_by_lab(&key, now);
    producer.put(Sender::Lab, stream, key, data)
}

/// The event of such a record.
pub(in crate::app) fn event_by_lab(key: &str, now: DateTime<Utc>) -> String {
    let (time, user) = (timestamp(now), serde_json::Value::from(key));
    format!(r#"{{"type":"view_page","userId":{user},"time":"{time}"}}"#)
}

/// A record of a scene.
pub(in crate::app) fn put_entry(producer: &mut Producer, stream: String, entry: &Entry) -> Put {
    let (key, data) = (entry.key.clone(), entry.data.clone());
    producer.put(Sender::Lab, stream, key, data)
}

/// A batch of these records.
pub(in crate::app) fn put_batch(
    producer: &mut Producer,
    stream: String,
    entries: Vec<Arc<Entry>>,
) -> Arc<PutBatch> {
    producer.puts += 1;
    Arc::new(PutBatch {
        id: producer.puts,
        by: Sender::Lab,
        stream,
        entries,
    })
}

/// A batch that the lab puts to show a step: so many records, these keys in turn.
pub(in crate::app) fn batch_by_lab(
    model: &mut Model,
    stream: String,
    count: usize,
    keys: &[String],
    now: DateTime<Utc>,
) -> Arc<PutBatch> {
    let time = timestamp(now);
    let template = model.producer.template();
    let producer = &mut model.producer;
    let entry = |key: &String| {
        producer.rendered += 1;
        let data = template.render_for(key, &mut model.rng, producer.rendered, &time);
        Arc::new(Entry {
            key: key.clone(),
            data,
            hash_key: None,
        })
    };
    let entries = keys.iter().cycle().take(count).map(entry).collect();
    put_batch(producer, stream, entries)
}

/// A batch of the lab was answered: a line for each record.
pub(in crate::app) fn shown(
    model: &mut Model,
    batch: &PutBatch,
    result: &Result<Vec<Stored>, CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    out.changed = true;
    let stored = result.iter().flatten().filter(|it| it.is_ok()).count();
    if !model.feeds() {
        model.streams.count_written(&batch.stream, stored as u64);
    }
    if model.streams.name() != Some(batch.stream.as_str()) {
        return;
    }
    model.line_came();
    for (place, entry) in batch.entries.iter().enumerate() {
        let stored = match result {
            Ok(results) => results.get(place).cloned(),
            Err(error) => Some(Err(error.clone())),
        };
        let told = |error: CallError| (error.name().to_owned(), error.explained().to_owned());
        let Some(stored) = stored.map(|it| it.map_err(told)) else {
            continue;
        };
        let (key, size) = (&entry.key, entry.data.len());
        let line = SentLine::new(now, Who::Lab, key, entry.hash_key, size, stored);
        model.producer.push(line);
    }
}
