//! A consumer: its lease table and the workers that live.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use fastrand::Rng;

use super::table::{Checkpoint, Shard, Synced, Table};
use super::worker::Worker;
use crate::kinesis::ShardId;

/// A lease that a worker has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The shard.
    pub shard: ShardId,
    /// The worker.
    pub worker: u8,
    /// How it came to be free.
    pub how: How,
}

/// How a lease came to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Nobody had it.
    Free,
    /// This worker had not renewed it in time.
    Expired(u8),
    /// Another worker, which had more, gave it up.
    HandedOver,
    /// The worker had lost it, and nobody else has taken it since.
    Again,
}

/// The consumer.
#[derive(Debug, Clone)]
pub struct Group {
    /// The lease table.
    pub table: Table,
    workers: Vec<Worker>,
}

impl Group {
    /// A consumer without workers.
    pub fn new(table: Table) -> Self {
        Self {
            table,
            workers: Vec::new(),
        }
    }

    /// The numbers of the workers that live, in order.
    pub fn alive(&self) -> impl Iterator<Item = u8> {
        self.workers.iter().map(Worker::number)
    }

    /// Workers that live no more and still stand in the table: their leases have not expired yet.
    pub fn dead(&self) -> BTreeSet<u8> {
        let owners = self.table.leases().filter_map(|(_, lease)| lease.owner);
        let alive: BTreeSet<u8> = self.alive().collect();
        owners.filter(|owner| !alive.contains(owner)).collect()
    }

    /// A worker joins. Its number is the lowest that nobody has, dead workers included that the table still names.
    pub fn join(&mut self, now: DateTime<Utc>) -> u8 {
        let dead = self.dead();
        let taken = |number: u8| {
            dead.contains(&number)
                || self.table.members().any(|(member, _)| member == number)
                || self.alive().any(|alive| alive == number)
        };
        let number = (1..u8::MAX).find(|number| !taken(*number));
        let number = number.unwrap_or(u8::MAX);
        let worker = Worker::new(number, &mut self.table, now);
        let place = self.workers.partition_point(|it| it.number() < number);
        self.workers.insert(place, worker);
        number
    }

    /// A worker leaves politely: it writes down what it has done, and its leases are free at once.
    pub fn leave(&mut self, number: u8) {
        if let Some(worker) = self.remove(number) {
            worker.leave(&mut self.table);
        }
    }

    /// A worker is gone without a word: its leases stand until they expire.
    pub fn kill(&mut self, number: u8) -> bool {
        self.remove(number).is_some()
    }

    /// All workers leave politely.
    pub fn close(&mut self) {
        for worker in std::mem::take(&mut self.workers) {
            worker.leave(&mut self.table);
        }
    }

    fn remove(&mut self, number: u8) -> Option<Worker> {
        let place = self.workers.iter().position(|it| it.number() == number)?;
        Some(self.workers.remove(place))
    }

    /// Takes up the endpoint's list of shards.
    pub fn sync(&mut self, shards: &[Shard]) -> Synced {
        self.table.sync(shards)
    }

    /// Lets every worker do what is due, in random order. Gives the leases that were taken.
    pub fn step(&mut self, now: DateTime<Utc>, rng: &mut Rng) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut order: Vec<usize> = (0..self.workers.len()).collect();
        rng.shuffle(&mut order);
        for place in order {
            if let Some(worker) = self.workers.get_mut(place) {
                worker.step(&mut self.table, now, rng, &mut changes);
            }
        }
        changes
    }

    /// Lets every worker look at the table once, in the order of their numbers: it is new, or there are new leases.
    pub fn look(&mut self, now: DateTime<Utc>, rng: &mut Rng) -> Vec<Change> {
        let mut changes = Vec::new();
        for worker in &mut self.workers {
            worker.look_now(now);
            worker.step(&mut self.table, now, rng, &mut changes);
        }
        changes
    }

    /// When a worker wants to act next.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.workers.iter().map(Worker::next_at).min()
    }

    /// The worker that believes now to hold this shard's lease: never more than one.
    pub fn holder(&self, shard: &ShardId, now: DateTime<Utc>) -> Option<u8> {
        let mut workers = self.workers.iter();
        workers
            .find(|worker| worker.holds(shard, now))
            .map(Worker::number)
    }

    /// When the holder of this shard's lease renewed it last.
    pub fn renewed_at(&self, shard: &ShardId) -> Option<DateTime<Utc>> {
        self.workers.iter().find_map(|it| it.renewed_at(shard))
    }

    /// When somebody may take this shard's lease, if nobody renews it.
    pub fn expires_at(&self, shard: &ShardId) -> Option<DateTime<Utc>> {
        let workers = self.workers.iter();
        workers.filter_map(|worker| worker.may_take_at(shard)).min()
    }

    /// A worker has worked so far on a shard.
    pub fn worked(&mut self, worker: u8, shard: &ShardId, done: Checkpoint, now: DateTime<Utc>) {
        let worker = self.workers.iter_mut().find(|it| it.number() == worker);
        if let Some(worker) = worker {
            worker.worked(&mut self.table, shard, done, now);
        }
    }
}
