//! What was seen of limits, lag, retention and crashes, as far as a check asks for it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::lagging::Lagging;
use super::retries::Retries;
use super::{Deed, OPERATIONS, cut};
use crate::kinesis::StartPosition;
use crate::kinesis::control::FaultKind;
use crate::kinesis::feed::{Call, Detail};

/// The error of a shard that takes, or gives, no more in this second.
const TOO_MUCH: &str = "ProvisionedThroughputExceededException";

/// The feed tells a moved clock and what went by it in either order, so far apart at most.
const TOGETHER: TimeDelta = TimeDelta::seconds(5);

/// How many retentions are remembered.
const RETENTIONS: usize = 32;

/// Limits, lag, retention and crashes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pressure {
    /// Records that shards refused for want of throughput, and whose they were last.
    pub throttled: Option<(u64, Deed)>,
    /// The same by a fault on request, which is no limit.
    pub by_fault: u64,
    /// What was made of what was refused.
    pub retries: Retries,
    /// How far readers fell behind.
    pub lagging: Lagging,
    /// Who changed the shards last.
    pub resharded: Option<Deed>,
    /// The retentions that were set, in hours.
    pub retentions: BTreeMap<u32, Deed>,
    /// The last of them.
    pub hours: Option<u32>,
    /// Calls that were refused, by operation and error.
    pub refused: BTreeMap<(String, String), Deed>,
    /// When the lab's clock was moved last.
    pub advanced: Option<DateTime<Utc>>,
    /// Records that went since they were too old, and when the last of them did.
    pub expired: Option<(u64, DateTime<Utc>)>,
    /// Who worked on records again, going on from a checkpoint.
    pub repeated: Option<Deed>,
}

impl Pressure {
    /// Takes over a call that was made on purpose to a stream that counts.
    pub(super) fn saw(&mut self, call: &Call, stream: &str, deed: &Deed) {
        self.lagging.saw(call, stream, deed);
        if let Some((code, _)) = &call.error {
            let refusal = (cut(&call.operation), cut(code));
            if self.refused.len() < OPERATIONS || self.refused.contains_key(&refusal) {
                self.refused.insert(refusal, deed.clone());
            }
        }
        match call.operation.as_str() {
            "PutRecord" | "PutRecords" => {
                self.throttled_by(call, deed);
                self.retries.saw(call, stream, deed);
            }
            "SplitShard" | "MergeShards" | "UpdateShardCount" if call.error.is_none() => {
                self.resharded = Some(deed.clone());
            }
            _ => {}
        }
        if let (Detail::Retain { hours }, None) = (&call.detail, &call.error) {
            self.hours = Some(*hours);
            if self.retentions.len() < RETENTIONS {
                self.retentions.insert(*hours, deed.clone());
            }
        }
    }

    fn throttled_by(&mut self, call: &Call, deed: &Deed) {
        let is_too_much = |(code, _): &&(String, String)| code == TOO_MUCH;
        let records = match (&call.detail, &call.error) {
            // Where nobody tells of its records, the call is one of one record.
            (Detail::None, error) => u64::from(error.as_ref().is_some_and(|it| it.0 == TOO_MUCH)),
            (Detail::Put(entries), _) => {
                let refused = entries
                    .iter()
                    .filter_map(|entry| entry.result.as_ref().err());
                refused.filter(is_too_much).count() as u64
            }
            _ => 0,
        };
        if call.fault == Some(FaultKind::Throttle) {
            self.by_fault += records;
        } else if records > 0 {
            let before = self.throttled.as_ref().map_or(0, |(records, _)| *records);
            self.throttled = Some((before + records, deed.clone()));
        }
    }

    /// A program that goes on from a checkpoint was given records that had been read.
    pub(super) fn given_again(&mut self, start: &StartPosition, deed: &Deed) {
        let from_checkpoint = matches!(start, StartPosition::AfterSequenceNumber(_));
        if from_checkpoint && deed.by != "you" {
            self.repeated = Some(deed.clone());
        }
    }

    /// Records went since they were too old.
    pub(super) fn expired(&mut self, records: u64, now: DateTime<Utc>) {
        let before = self.expired.map_or(0, |(records, _)| records);
        self.expired = Some((before + records, now));
    }

    /// How many records went since the lab's clock was moved, and when.
    pub fn trimmed(&self) -> Option<(u64, DateTime<Utc>)> {
        let advanced = self.advanced?;
        self.expired.filter(|(_, at)| *at + TOGETHER >= advanced)
    }
}
