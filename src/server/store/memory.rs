//! The records of one shard in memory: a queue.

use std::collections::VecDeque;

use super::log::{Found, From, Front, Record};

/// The records of a shard in memory.
#[derive(Debug, Default)]
pub struct MemoryLog {
    records: VecDeque<Record>,
    memory: usize,
}

impl MemoryLog {
    /// What the records take of the store's memory.
    pub fn memory(&self) -> usize {
        self.memory
    }

    pub fn push(&mut self, record: Record) {
        self.memory += record.payload.memory();
        self.records.push_back(record);
    }

    /// The first record at or after this place.
    pub fn first(&self, from: From) -> Option<&Record> {
        self.records.get(self.seek(from))
    }

    /// Up to `limit` records from a place on, and no more than `bytes` of them but one at least.
    pub fn read(&self, from: From, limit: usize, bytes: usize) -> Found {
        let start = self.seek(from);
        let mut size = 0;
        let records: Vec<Record> = self
            .records
            .range(start..)
            .take(limit)
            .take_while(|record| {
                let first = size == 0;
                size += record.payload.size();
                first || size <= bytes
            })
            .cloned()
            .collect();
        let next = self.records.get(start + records.len());
        Found {
            ahead: next
                .zip(self.records.back())
                .map_or(0, |(next, last)| last.ordinal - next.ordinal + 1),
            first_ahead_ms: next.map(|record| record.arrived_ms),
            records,
        }
    }

    fn seek(&self, from: From) -> usize {
        self.records
            .partition_point(|record| record.index < from.index || record.arrived_ms < from.time_ms)
    }

    /// The records before this place, but no more of them than `most`; nothing if there are none.
    pub fn before(&self, from: From, most: usize) -> Option<Front> {
        self.front(self.seek(from).min(most))
    }

    /// The oldest records that take at least so much memory together; nothing if there are no records.
    pub fn oldest(&self, memory: usize) -> Option<Front> {
        let mut sum = 0;
        let count = self
            .records
            .iter()
            .take_while(|record| {
                let short = sum < memory;
                sum += record.payload.memory();
                short
            })
            .count();
        self.front(count)
    }

    fn front(&self, count: usize) -> Option<Front> {
        let last = self.records.get(count.checked_sub(1)?)?;
        Some(Front {
            below: last.index + 1,
            records: count as u64,
        })
    }

    /// Lets go of all records below this index; says how much memory that freed.
    pub fn free(&mut self, below: u64) -> usize {
        let before = self.memory;
        while let Some(record) = self.records.pop_front_if(|record| record.index < below) {
            self.memory -= record.payload.memory();
        }
        // A queue keeps its room when it empties: give it back before it outweighs what RECORD_OVERHEAD says.
        if self.memory < before && self.records.capacity() > 64 + 2 * self.records.len() {
            self.records.shrink_to(self.records.len());
        }
        before - self.memory
    }
}
