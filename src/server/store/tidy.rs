//! Letting go of what nobody can read any more, in slices that nobody waits for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::changes::{Changes, Failure, Freed};
use super::log::Front;
use super::stream::Stream;

/// How many records a slice lets go, and how many shards it looks at: some tens of microseconds.
const SLICE: usize = 64;

/// A slice of work.
pub struct Slice {
    budget: usize,
    pub changes: Changes,
    /// How many of the records are past their retention, by stream and shard. Others were told of when they were dropped.
    pub expired: Vec<(u64, u32, u64)>,
}

impl Slice {
    pub fn new() -> Self {
        Self {
            budget: SLICE,
            changes: Changes::default(),
            expired: Vec::new(),
        }
    }

    /// Takes what a deleted stream still holds.
    pub fn take_deleted(&mut self, stream: &Stream) -> Result<(), Failure> {
        let incarnation = stream.head().incarnation;
        for shard in stream.shards_from(0) {
            let index = shard.about().index;
            if let Some(front) = shard.past(i64::MAX, self.budget)? {
                self.budget -= front.records as usize;
                self.changes.freed.push(Freed {
                    stream: incarnation,
                    shard: index,
                    below: front.below,
                });
            }
            // Budget that is left says that the shard is empty.
            self.budget = self.budget.saturating_sub(1);
            if self.budget == 0 {
                return Ok(());
            }
            self.changes.forgotten.push((incarnation, index));
        }
        Ok(())
    }

    /// Takes records past their retention, and shards that were closed before it, from this place on, which is (stream,
    /// shard). Says where to go on, or nothing at the end of all streams.
    pub fn take_past(
        &mut self,
        streams: &BTreeMap<u64, Stream>,
        from: (u64, u32),
        now: DateTime<Utc>,
    ) -> Result<Option<(u64, u32)>, Failure> {
        for (incarnation, stream) in streams.range(from.0..) {
            let horizon_ms = stream.head().horizon_ms(now);
            let first = if *incarnation == from.0 { from.1 } else { 0 };
            for shard in stream.shards_from(first) {
                if self.budget == 0 {
                    return Ok(Some((*incarnation, shard.about().index)));
                }
                let about = shard.about();
                let front = shard.past(horizon_ms, self.budget)?;
                if let Some(front) = front {
                    let dropped = shard.past(i64::MIN, self.budget)?;
                    let told = dropped.map_or(0, |front| front.records);
                    if front.records > told {
                        let gone = front.records - told;
                        self.expired.push((*incarnation, about.index, gone));
                    }
                }
                self.budget -= front.map_or(0, |front| front.records as usize);
                // Budget that is left says that all of the past is taken.
                let goes = self.budget > 0 && !about.reaches(horizon_ms);
                match front {
                    Some(Front { below, .. }) if goes => self.changes.freed.push(Freed {
                        stream: *incarnation,
                        shard: about.index,
                        below,
                    }),
                    Some(front) => self.changes.free(*incarnation, about, front.below),
                    None => {}
                }
                if self.budget == 0 {
                    return Ok(Some((*incarnation, about.index)));
                }
                if goes {
                    self.changes.forgotten.push((*incarnation, about.index));
                }
                self.budget -= 1;
            }
        }
        Ok(None)
    }
}
