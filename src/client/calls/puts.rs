//! Putting records: one by one, or many with one call.

use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{PutRecordsRequestEntry, PutRecordsResultEntry};

use super::Client;
use crate::app::Answer;
use crate::app::message::{Put, PutBatch, PutSummary, Sender, Stored};
use crate::kinesis::CallError;
use crate::kinesis::hash_ranges::HashKey;

/// The API writes a hash key in decimal.
fn digits(hash_key: Option<HashKey>) -> Option<String> {
    hash_key.map(|key| key.value().to_string())
}

impl Client {
    /// The client that goes by the name of whose put it is.
    fn sending(&self, by: Sender) -> &aws_sdk_kinesis::Client {
        match by {
            Sender::You => &self.panel,
            Sender::Auto | Sender::Lab => &self.auto,
        }
    }

    pub(super) async fn put_record(&self, put: Put) -> Answer {
        let summary = PutSummary {
            id: put.id,
            by: put.by,
            stream: put.stream.clone(),
            key: put.key.clone(),
            size: put.data.len(),
            hash_key: put.hash_key,
        };
        let result = self
            .sending(put.by)
            .put_record()
            .stream_name(put.stream)
            .partition_key(put.key)
            .set_explicit_hash_key(digits(put.hash_key))
            .data(Blob::new(put.data))
            .send()
            .await
            .map_err(|error| self.road.failure(&error))
            .and_then(|stored| {
                if stored.shard_id.is_empty() || stored.sequence_number.is_empty() {
                    return Err(self.road.lacks("a shard and a sequence number"));
                }
                Ok((stored.shard_id.into(), stored.sequence_number.into()))
            });
        Answer::Sent {
            put: summary,
            result,
        }
    }

    pub(super) async fn put_records(&self, batch: &PutBatch) -> Result<Vec<Stored>, CallError> {
        let entry = |entry: &crate::app::message::Entry| {
            PutRecordsRequestEntry::builder()
                .partition_key(&entry.key)
                .set_explicit_hash_key(digits(entry.hash_key))
                .data(Blob::new(entry.data.as_bytes()))
                .build()
        };
        let entries: Result<Vec<_>, _> = batch.entries.iter().map(|it| entry(it)).collect();
        let entries = entries.map_err(|error| CallError::KeptBack {
            why: error.to_string(),
        })?;
        let results = self
            .sending(batch.by)
            .put_records()
            .stream_name(&batch.stream)
            .set_records(Some(entries))
            .send()
            .await
            .map_err(|error| self.road.failure(&error))?
            .records;
        if results.len() != batch.entries.len() {
            return Err(self.road.lacks("a result for each record"));
        }
        let results = results.into_iter().map(|result| self.stored(result));
        Ok(results.collect())
    }

    /// What came back for one record of a batch.
    fn stored(&self, result: PutRecordsResultEntry) -> Stored {
        if let Some(code) = result.error_code {
            let message = result.error_message.unwrap_or_default();
            return Err(CallError::Refused { code, message });
        }
        match (result.shard_id, result.sequence_number) {
            (Some(shard), Some(number)) if !shard.is_empty() && !number.is_empty() => {
                Ok((shard.into(), number.into()))
            }
            _ => Err(self.road.lacks("a shard and a sequence number")),
        }
    }
}
