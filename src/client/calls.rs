//! One request, one call of the SDK, one answer in the lab's own words.

mod puts;

use aws_sdk_kinesis::primitives::DateTime;
use aws_sdk_kinesis::types::{Record, Shard, ShardIteratorType};
use chrono::Utc;

use super::failure::Road;
use crate::app::message::{Batch, Description, MAX_SHOWN_BYTES, Received, ShardDescription};
use crate::app::{Answer, Request};
use crate::kinesis::{CallError, SequenceNumber, ShardId, StartPosition};

/// How many streams and how many shards of a stream the lab lists. Its panels are for a handful; an account may hold
/// thousands.
const MOST_LISTED: usize = 1_000;

/// The SDK's clients for one endpoint. Cloning is cheap; clones share connections and credentials.
#[derive(Debug, Clone)]
pub struct Client {
    /// The learner's deliberate acts.
    pub(super) panel: aws_sdk_kinesis::Client,
    /// Automatic sending.
    pub(super) auto: aws_sdk_kinesis::Client,
    /// The consumer panel's readers.
    pub(super) worker: aws_sdk_kinesis::Client,
    /// The lab's own looks at what nobody tells of.
    pub(super) look: aws_sdk_kinesis::Client,
    /// Who owns the credentials; on AWS only.
    pub(super) identity: Option<aws_sdk_sts::Client>,
    /// What to say of a call that fails on the way.
    pub(super) road: Road,
}

impl Client {
    /// Makes the call and brings its answer. It never fails otherwise: an error stands in the answer.
    pub async fn perform(&self, request: Request) -> Answer {
        match request {
            Request::ListStreams => Answer::Streams(self.list_streams().await),
            Request::DescribeStream(stream) => Answer::Described {
                result: self.describe_stream(&stream).await,
                stream,
            },
            Request::CreateStream { stream, shards } => Answer::Created {
                result: self.create_stream(&stream, shards).await,
                stream,
                shards,
            },
            Request::DeleteStream(stream) => Answer::Deleted {
                result: self.delete_stream(&stream).await,
                stream,
            },
            Request::ChangeStream { stream, change } => Answer::StreamChanged {
                result: self.change_stream(&stream, &change).await,
                stream,
                change,
            },
            Request::PutRecord(put) => self.put_record(put).await,
            Request::PutRecords(batch) => Answer::SentBatch {
                result: self.put_records(&batch).await,
                batch,
            },
            Request::OpenIterator {
                reader,
                stream,
                shard,
                start,
            } => Answer::Opened {
                reader,
                result: self
                    .open_iterator(&self.worker, &stream, &shard, &start)
                    .await,
            },
            Request::GetRecords {
                reader,
                iterator,
                limit,
            } => Answer::Read {
                reader,
                result: self.get_records(&self.worker, iterator, limit).await,
            },
            Request::LookInto {
                stream,
                shard,
                start,
            } => Answer::LookedInto {
                result: self
                    .open_iterator(&self.look, &stream, &shard, &start)
                    .await,
                stream,
                shard,
            },
            Request::LookAt {
                stream,
                shard,
                iterator,
                limit,
                ..
            } => Answer::LookedAt {
                result: self.get_records(&self.look, iterator, limit).await,
                stream,
                shard,
            },
            Request::IdentifyAccount => Answer::Account(self.identify_account().await),
        }
    }

    async fn list_streams(&self) -> Result<Vec<String>, CallError> {
        let mut names: Vec<String> = Vec::new();
        loop {
            let page = self
                .panel
                .list_streams()
                .set_exclusive_start_stream_name(names.last().cloned())
                .limit(MOST_LISTED as i32)
                .send()
                .await
                .map_err(|error| self.road.failure(&error))?;
            let more = page.has_more_streams && !page.stream_names.is_empty();
            names.extend(page.stream_names);
            if !more || names.len() >= MOST_LISTED {
                names.truncate(MOST_LISTED);
                return Ok(names);
            }
        }
    }

    async fn describe_stream(&self, stream: &str) -> Result<Description, CallError> {
        let summary = self
            .panel
            .describe_stream_summary()
            .stream_name(stream)
            .send()
            .await
            .map_err(|error| self.road.failure(&error))?
            .stream_description_summary
            .filter(|summary| !summary.stream_name.is_empty())
            .ok_or_else(|| self.road.lacks("a stream's description"))?;
        let shards = match self.list_shards(stream).await {
            // While a stream is being made or deleted AWS may refuse to list its shards; the state says why.
            Err(error) if error.is("ResourceInUseException") => Vec::new(),
            listed => listed?,
        };
        Ok(Description {
            status: summary.stream_status.as_str().to_owned(),
            created_at: to_the_millisecond(&summary.stream_creation_timestamp),
            retention_hours: u32::try_from(summary.retention_period_hours).unwrap_or(0),
            shards,
        })
    }

    async fn list_shards(&self, stream: &str) -> Result<Vec<ShardDescription>, CallError> {
        let mut shards = Vec::new();
        let mut token = None;
        loop {
            // The API takes either the name or the token of the next page, not both.
            let name = token.is_none().then(|| stream.to_owned());
            let page = self
                .panel
                .list_shards()
                .set_stream_name(name)
                .set_next_token(token)
                .max_results(MOST_LISTED as i32)
                .send()
                .await
                .map_err(|error| self.road.failure(&error))?;
            let listed = page.shards.unwrap_or_default();
            // Who promises more and brings nothing would be asked for ever.
            token = page.next_token.filter(|_| !listed.is_empty());
            shards.extend(listed.into_iter().map(shard));
            if token.is_none() || shards.len() >= MOST_LISTED {
                shards.truncate(MOST_LISTED);
                shards.sort_by(|a: &ShardDescription, b| a.id.cmp(&b.id));
                return Ok(shards);
            }
        }
    }

    /// Without a stream mode the API makes a provisioned stream, and endpoints that are older than modes understand it.
    async fn create_stream(&self, stream: &str, shards: u32) -> Result<(), CallError> {
        let made = self.panel.create_stream().stream_name(stream);
        let shards = i32::try_from(shards).unwrap_or(i32::MAX);
        self.road.accepted(made.shard_count(shards).send().await)
    }

    async fn delete_stream(&self, stream: &str) -> Result<(), CallError> {
        let deleted = self.panel.delete_stream().stream_name(stream);
        self.road.accepted(deleted.send().await)
    }

    async fn open_iterator(
        &self,
        client: &aws_sdk_kinesis::Client,
        stream: &str,
        shard: &ShardId,
        start: &StartPosition,
    ) -> Result<String, CallError> {
        let (kind, sequence, timestamp) = iterator_start(start);
        client
            .get_shard_iterator()
            .stream_name(stream)
            .shard_id(shard.as_str())
            .shard_iterator_type(kind)
            .set_starting_sequence_number(sequence)
            .set_timestamp(timestamp)
            .send()
            .await
            .map_err(|error| self.road.failure(&error))?
            .shard_iterator
            .ok_or_else(|| self.road.lacks("an iterator"))
    }

    async fn get_records(
        &self,
        client: &aws_sdk_kinesis::Client,
        iterator: String,
        limit: u32,
    ) -> Result<Batch, CallError> {
        let page = client
            .get_records()
            .shard_iterator(iterator)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| self.road.failure(&error))?;
        Ok(Batch {
            records: page.records.into_iter().map(received).collect(),
            next: page.next_shard_iterator,
            millis_behind_latest: page
                .millis_behind_latest
                .and_then(|millis| u64::try_from(millis).ok()),
        })
    }

    async fn identify_account(&self) -> Result<String, CallError> {
        let Some(identity) = &self.identity else {
            return Err(CallError::KeptBack {
                why: "only AWS is asked whose account it is".to_owned(),
            });
        };
        let road = Road {
            address: "AWS STS".to_owned(),
            ..self.road.clone()
        };
        identity
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| road.failure(&error))?
            .account
            .ok_or_else(|| road.lacks("an account"))
    }
}

fn shard(shard: Shard) -> ShardDescription {
    let (first, last) = shard
        .hash_key_range
        .map(|range| (range.starting_hash_key, range.ending_hash_key))
        .unwrap_or_default();
    let parents = [shard.parent_shard_id, shard.adjacent_parent_shard_id];
    ShardDescription {
        parents: parents.into_iter().flatten().map(ShardId::from).collect(),
        id: shard.shard_id.into(),
        hash_range: (first, last),
        open: shard
            .sequence_number_range
            .is_none_or(|range| range.ending_sequence_number.is_none()),
    }
}

fn received(record: Record) -> Received {
    let whole = record.data.into_inner();
    let size = whole.len();
    // Copied and not cut short in its place, where small pieces of large records would scatter the free memory.
    let data = whole[..size.min(MAX_SHOWN_BYTES)].to_vec();
    Received {
        sequence: record.sequence_number.into(),
        key: record.partition_key.unwrap_or_default(),
        arrived_at: record
            .approximate_arrival_timestamp
            .as_ref()
            .and_then(to_the_millisecond),
        data,
        size,
    }
}

/// The wire has seconds as a floating point number, which loses a microsecond here and there: so rounded, not cut.
fn to_the_millisecond(time: &DateTime) -> Option<chrono::DateTime<Utc>> {
    let millis = (time.as_nanos() + 500_000).div_euclid(1_000_000);
    chrono::DateTime::from_timestamp_millis(i64::try_from(millis).ok()?)
}

fn iterator_start(start: &StartPosition) -> (ShardIteratorType, Option<String>, Option<DateTime>) {
    let digits = |sequence: &SequenceNumber| Some(sequence.as_str().to_owned());
    match start {
        StartPosition::TrimHorizon => (ShardIteratorType::TrimHorizon, None, None),
        StartPosition::Latest => (ShardIteratorType::Latest, None, None),
        StartPosition::AtTimestamp(time) => (
            ShardIteratorType::AtTimestamp,
            None,
            Some(DateTime::from_millis(time.timestamp_millis())),
        ),
        StartPosition::AtSequenceNumber(sequence) => {
            (ShardIteratorType::AtSequenceNumber, digits(sequence), None)
        }
        StartPosition::AfterSequenceNumber(sequence) => (
            ShardIteratorType::AfterSequenceNumber,
            digits(sequence),
            None,
        ),
    }
}
