//! The records of one shard on disk: what is asked of them is found by seeking, and little of them is in memory.

use std::sync::Arc;

use super::keys::{self, Mark, behind, from_index};
use super::{Disk, folder};
use crate::server::store::changes::Failure;
use crate::server::store::log::{Found, From, Front, Record};

/// The records of a shard on disk. They get there, and go, through [`Changes`](crate::server::store::Changes).
pub struct DiskLog {
    disk: Arc<Disk>,
    stream: u64,
    shard: u32,
    /// The first and the last record that are held.
    ends: Option<(Mark, Mark)>,
}

impl std::fmt::Debug for DiskLog {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("DiskLog").field(&self.ends).finish()
    }
}

impl DiskLog {
    pub fn new(disk: Arc<Disk>, stream: u64, shard: u32, ends: Option<(Mark, Mark)>) -> Self {
        Self {
            disk,
            stream,
            shard,
            ends,
        }
    }

    /// The last record that is held.
    pub fn last(&self) -> Option<Mark> {
        self.ends.map(|(_, last)| last)
    }

    /// What the records take of the store's room.
    pub fn size(&self) -> usize {
        self.ends
            .map_or(0, |(first, last)| (last.end() - first.start) as usize)
    }

    /// Takes note of a record that is on disk now.
    pub fn push(&mut self, record: &Record) {
        let mark = Mark::of(record);
        let first = self.ends.map_or(mark, |(first, _)| first);
        self.ends = Some((first, mark));
    }

    /// The first record at or after this place.
    pub fn first(&self, from: From) -> Result<Option<Mark>, Failure> {
        let Some((first, last)) = self.ends else {
            return Ok(None);
        };
        if is_before(&last, from) {
            return Ok(None);
        }
        if !is_before(&first, from) {
            return Ok(Some(first));
        }
        let found = self.at(from.index)?;
        match found.filter(|mark| mark.arrived_ms < from.time_ms) {
            Some(early) => self.seek(&early, |mark| mark.arrived_ms >= from.time_ms),
            None => Ok(found),
        }
    }

    /// Up to `limit` records from a place on, and no more than `bytes` of them but one at least.
    pub fn read(&self, from: From, limit: usize, bytes: usize) -> Result<Found, Failure> {
        let mut found = Found {
            records: Vec::new(),
            ahead: 0,
            first_ahead_ms: None,
        };
        let (Some(start), Some(last)) = (self.first(from)?, self.last()) else {
            return Ok(found);
        };
        let mut size = 0;
        for entry in self.disk.engine()?.all.range(self.range(start.index)) {
            let (count, sum) = (found.records.len(), size);
            let has_room =
                |mark: &Mark| count < limit && (count == 0 || sum + mark.size as usize <= bytes);
            let (key, content) = entry
                .into_inner_if(|key| keys::mark(key).is_some_and(|(_, _, mark)| has_room(&mark)))
                .map_err(|error| self.unreadable(&error))?;
            let Some((_, _, mark)) = keys::mark(&key) else {
                continue;
            };
            let Some(content) = content else {
                found.ahead = last.ordinal - mark.ordinal + 1;
                found.first_ahead_ms = Some(mark.arrived_ms);
                break;
            };
            let Some(payload) = keys::payload(&content) else {
                tracing::warn!(?mark, "a record cannot be understood and is left out");
                continue;
            };
            size += payload.size();
            found.records.push(Record {
                index: mark.index,
                ordinal: mark.ordinal,
                start: mark.start,
                arrived_ms: mark.arrived_ms,
                payload,
            });
        }
        Ok(found)
    }

    /// The records before this place, but no more of them than `most`; nothing if there are none.
    pub fn before(&self, from: From, most: usize) -> Result<Option<Front>, Failure> {
        let Some(first) = self.ends.map(|(first, _)| first) else {
            return Ok(None);
        };
        if !is_before(&first, from) {
            return Ok(None);
        }
        let mut front = Front {
            below: first.index,
            records: 0,
        };
        for entry in self
            .disk
            .engine()?
            .all
            .range(self.range(first.index))
            .take(most)
        {
            let mark = self.mark(entry)?;
            if !is_before(&mark, from) {
                break;
            }
            front.below = mark.index + 1;
            front.records += 1;
        }
        Ok(Some(front).filter(|front| front.records > 0))
    }

    /// The oldest records that take at least so much together; nothing if there are no records.
    pub fn oldest(&self, size: usize) -> Result<Option<Front>, Failure> {
        let Some((first, last)) = self.ends else {
            return Ok(None);
        };
        let enough = first.start + (size as u64).max(1);
        let next = self.seek(&first, |mark| mark.start >= enough)?;
        Ok(Some(match next {
            Some(next) => Front {
                below: next.index,
                records: next.ordinal - first.ordinal,
            },
            None => Front {
                below: last.index + 1,
                records: last.ordinal - first.ordinal + 1,
            },
        }))
    }

    /// Takes note that all records below this index are gone; says what they took.
    pub fn free(&mut self, below: u64) -> usize {
        let before = self.size();
        if let Some((first, last)) = self.ends
            && first.index < below
        {
            // Where that cannot be read the next round frees them again.
            let first = self.at(below).unwrap_or(Some(first));
            self.ends = first.map(|first| (first, last));
        }
        before - self.size()
    }

    /// The first record at or after an index.
    fn at(&self, index: u64) -> Result<Option<Mark>, Failure> {
        let mut range = self.disk.engine()?.all.range(self.range(index));
        range.next().map(|entry| self.mark(entry)).transpose()
    }

    /// The first record after this one for which this holds, as it does for all behind that.
    fn seek(&self, early: &Mark, holds: impl Fn(&Mark) -> bool) -> Result<Option<Mark>, Failure> {
        let Some(mut found) = self.last().filter(|last| holds(last)) else {
            return Ok(None);
        };
        // The record at `low` is too early, the first at or after `high` is not.
        let (mut low, mut high) = (early.index, found.index);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let Some(mark) = self.at(middle)? else { break };
            if holds(&mark) {
                found = mark;
                high = middle;
            } else {
                low = mark.index;
            }
        }
        Ok(Some(found))
    }

    fn range(&self, index: u64) -> std::ops::Range<Vec<u8>> {
        from_index(self.stream, self.shard, index)..behind(self.stream, self.shard)
    }

    fn mark(&self, entry: fjall::Guard) -> Result<Mark, Failure> {
        let key = entry.key().map_err(|error| self.unreadable(&error))?;
        let (_, _, mark) = keys::mark(&key).ok_or_else(|| self.failure("a key is damaged"))?;
        Ok(mark)
    }

    fn unreadable(&self, error: &fjall::Error) -> Failure {
        self.failure(&folder::words(error))
    }

    fn failure(&self, what: &str) -> Failure {
        Failure(format!(
            "Some records of shard {} cannot be read from {}: {what}.",
            self.shard,
            self.disk.folder.path().display()
        ))
    }
}

fn is_before(mark: &Mark, from: From) -> bool {
    mark.index < from.index || mark.arrived_ms < from.time_ms
}
