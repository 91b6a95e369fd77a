//! How far the panel's consumer came in a stream: the checkpoints of its lease table, for the next run of the lab.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Progress;

/// How many streams' checkpoints are kept; the ones written longest ago make room.
pub const MOST_READINGS: usize = 16;

/// How many shards' checkpoints are kept of a stream; the oldest shards make room, which are at their end first.
pub const MOST_CHECKPOINTS: usize = 1_024;

/// What stands in the place of a number where a shard is read to its end.
pub const SHARD_END: &str = "SHARD_END";

/// Which stream it is: one that was created anew under the same name is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamIdentity {
    /// Where it is, e.g. `local` or `aws eu-west-1`.
    pub endpoint: String,
    /// Its name.
    pub stream: String,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// How far a stream is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Which stream.
    #[serde(flatten)]
    pub of: StreamIdentity,
    /// When this was written.
    pub written_at: DateTime<Utc>,
    /// By shard: the number of the last record that is done, or [`SHARD_END`].
    #[serde(default)]
    pub checkpoints: BTreeMap<String, String>,
    /// By shard: the number of the last record that was worked on, where that is beyond its checkpoint. Who goes on from
    /// there is given records again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub worked: BTreeMap<String, String>,
}

impl Progress {
    /// How far this stream is read.
    pub fn reading(&self, of: &StreamIdentity) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.of == *of)
    }

    /// Keeps how far a stream is read, in the place of what was kept of it before.
    pub fn keep_reading(&mut self, mut reading: Reading) {
        for of_shards in [&mut reading.checkpoints, &mut reading.worked] {
            while of_shards.len() > MOST_CHECKPOINTS {
                of_shards.pop_first();
            }
        }
        self.readings.retain(|kept| kept.of != reading.of);
        self.readings.push(reading);
        let excess = self.readings.len().saturating_sub(MOST_READINGS);
        self.readings.drain(..excess);
    }

    /// Drops what is kept of earlier streams of this name at this place. Whether there was any.
    pub fn drop_earlier_readings(&mut self, of: &StreamIdentity) -> bool {
        let before = self.readings.len();
        self.readings.retain(|kept| {
            kept.of == *of || kept.of.endpoint != of.endpoint || kept.of.stream != of.stream
        });
        self.readings.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(stream: &str, created: i64) -> StreamIdentity {
        StreamIdentity {
            endpoint: "local".into(),
            stream: stream.into(),
            created_at: DateTime::from_timestamp(created, 0).expect("a time"),
        }
    }

    fn reading(of: StreamIdentity, shards: usize) -> Reading {
        let checkpoints = (0..shards).map(|shard| (format!("shardId-{shard:012}"), "49".into()));
        Reading {
            written_at: of.created_at,
            of,
            checkpoints: checkpoints.collect(),
            worked: [("shardId-000000000000".to_owned(), "50".to_owned())].into(),
        }
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_newest_wins() {
        let mut progress = Progress::default();
        for created in 0..40 {
            progress.keep_reading(reading(of("s", created), 1));
        }
        assert_eq!(progress.readings.len(), MOST_READINGS);
        assert_eq!(progress.reading(&of("s", 23)), None);
        progress.keep_reading(reading(of("s", 39), 2_000));
        assert_eq!(progress.readings.len(), MOST_READINGS);
        let kept = progress.reading(&of("s", 39)).expect("kept");
        assert_eq!(kept.checkpoints.len(), MOST_CHECKPOINTS);
        assert!(kept.checkpoints.contains_key("shardId-000000001999"));
    }

    #[test]
    fn a_stream_created_anew_takes_nothing_over() {
        let mut progress = Progress::default();
        progress.keep_reading(reading(of("s", 1), 1));
        progress.keep_reading(reading(of("other", 1), 1));
        assert_eq!(progress.reading(&of("s", 2)), None);
        assert!(!progress.drop_earlier_readings(&of("s", 1)));
        assert!(progress.drop_earlier_readings(&of("s", 2)));
        assert_eq!(progress.reading(&of("s", 1)), None);
        assert!(progress.reading(&of("other", 1)).is_some());
    }

    #[test]
    fn a_reading_is_saved_as_it_is_loaded() {
        let kept = reading(of("s", 1), 3);
        let text = serde_json::to_string(&kept).expect("it is plain data");
        assert_eq!(serde_json::from_str::<Reading>(&text).ok(), Some(kept));
    }
}
