//! Puts of the lab's own, by which it shows something: one record, or a batch with one call.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Producer, SentLine, Who, timestamp};
use crate::app::message::{Entry, Put, PutBatch, Sender, Stored};
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

/// A batch of a scene.
pub(in crate::app) fn put_batch(
    producer: &mut Producer,
    stream: String,
    entries: Vec<Arc<Entry>>,
) -> Arc<PutBatch> {
    producer.puts += 1;
    Arc::new(PutBatch {
        id: producer.puts,
        stream,
        entries,
    })
}

/// Such a batch was answered: a line for each record.
pub(in crate::app) fn batch_answered(
    producer: &mut Producer,
    batch: &PutBatch,
    result: &Result<Vec<Stored>, CallError>,
    now: DateTime<Utc>,
) {
    for (place, entry) in batch.entries.iter().enumerate() {
        let stored = match result {
            Ok(stored) => stored.get(place).cloned(),
            Err(error) => Some(Err(error.clone())),
        };
        let Some(stored) = stored else {
            continue;
        };
        let told = |error: CallError| (error.name().to_owned(), error.explained().to_owned());
        producer.push(SentLine::new(
            now,
            Who::Lab,
            &entry.key,
            entry.hash_key,
            entry.data.len(),
            stored.map_err(told),
        ));
    }
}
