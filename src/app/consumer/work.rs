//! The work on records: at once, or as fast as a worker can; and how far it has come, for the lease table.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Consumer, ReaderState, Settings, Shown};
use crate::app::model::Model;
use crate::kinesis::ShardId;
use crate::leases::Checkpoint;

/// Work is looked at no more often than this, however fast it is.
const SLICE: TimeDelta = TimeDelta::milliseconds(50);

impl Consumer {
    /// When the next record is due to be worked on.
    pub(super) fn next_work(&self) -> Option<DateTime<Utc>> {
        self.settings.speed?;
        let readers = self.readers.iter();
        let busy = readers.filter(|reader| reader.held && !reader.waiting.is_empty());
        let free_at = busy.filter_map(|reader| self.busy.get(&reader.worker));
        let next = free_at.min()?;
        Some((*next).max(self.worked_at + SLICE))
    }

    /// Records that were given to workers and wait to be worked on.
    pub fn waiting(&self) -> usize {
        self.readers.iter().map(|reader| reader.waiting.len()).sum()
    }
}

/// Lets every worker work on what it was given, as far as it has come by now. Whether it worked on any.
pub(super) fn work(model: &mut Model, now: DateTime<Utc>) -> bool {
    let before = model.consumer.log.end();
    let workers: Vec<u8> = model.consumer.group.alive().collect();
    for worker in workers {
        match model.consumer.settings.speed {
            None => {
                model.consumer.busy.remove(&worker);
                while work_on_one(model, worker, now) {}
            }
            Some(speed) => {
                let idle = *model.consumer.busy.get(&worker).unwrap_or(&now);
                let mut free_at = idle;
                while free_at <= now && work_on_one(model, worker, now) {
                    free_at += Settings::time_of_one(speed);
                }
                // Who had nothing to do begins with what comes next when it comes.
                let rests = !model.consumer.has_work(worker);
                let free_at = if rests { free_at.max(now) } else { free_at };
                model.consumer.busy.insert(worker, free_at);
            }
        }
    }
    model.consumer.worked_at = now;
    model.consumer.log.end() > before
}

impl Consumer {
    fn has_work(&self, worker: u8) -> bool {
        let mut readers = self.readers.iter();
        readers.any(|reader| reader.worker == worker && reader.held && !reader.waiting.is_empty())
    }
}

/// Works on a record of the shard of which most waits.
fn work_on_one(model: &mut Model, worker: u8, now: DateTime<Utc>) -> bool {
    let consumer = &mut model.consumer;
    let readers = consumer.readers.iter_mut();
    let own = readers.filter(|reader| reader.worker == worker && reader.held);
    let Some(reader) = own.max_by_key(|reader| reader.waiting.len()) else {
        return false;
    };
    let Some(record) = reader.waiting.pop_front() else {
        return false;
    };
    let number = record.sequence.clone();
    let repeat = reader
        .worked
        .as_ref()
        .is_some_and(|worked| number <= *worked);
    reader.read += 1;
    reader.since += 1;
    reader.repeats += u64::from(repeat);
    if !repeat {
        reader.worked = Some(number.clone());
    }
    let shard = reader.shard.clone();
    let arrived = record.arrived_at;
    let waited = arrived.and_then(|at| model.server.clock.waited(at, now));
    let done = Checkpoint::After(number);
    consumer.group.worked(worker, &shard, done, now);
    consumer.remember(Shown {
        shard,
        worker,
        record,
        shown_at: now,
        waited,
        repeat,
    });
    true
}

/// Shards whose last record is worked on: they are done, and their workers free of them. Gives them.
pub(super) fn finish(consumer: &mut Consumer, now: DateTime<Utc>) -> Vec<ShardId> {
    let mut done = Vec::new();
    for reader in &mut consumer.readers {
        if reader.held && reader.state == ReaderState::Finishing && reader.waiting.is_empty() {
            let worker = reader.worker;
            consumer
                .group
                .worked(worker, &reader.shard, Checkpoint::ShardEnd, now);
            reader.state = ReaderState::Ended;
            reader.held = false;
            done.push(reader.shard.clone());
        }
    }
    done
}
