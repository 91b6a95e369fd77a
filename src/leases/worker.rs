//! One worker: what it believes to hold, what it has seen of the others, and what it does about it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use fastrand::Rng;

use super::group::{Change, How};
use super::table::{Checkpoint, Lease, Table};
use super::{CHECKPOINTING, EXPIRY, KEPT_FOR, RENEWAL, ROUND};
use crate::kinesis::ShardId;

/// A lease that a worker believes to hold.
#[derive(Debug, Clone)]
struct Held {
    counter: u64,
    renewed_at: DateTime<Utc>,
    /// How far it has worked, where that is not written down yet.
    done: Option<Checkpoint>,
    /// When it writes that down: so long after the first of what is not written yet.
    checkpoint_at: DateTime<Utc>,
}

impl Held {
    fn is_alive(&self, now: DateTime<Utc>) -> bool {
        now < self.renewed_at + EXPIRY
    }
}

/// A counter, and since when it stands still.
#[derive(Debug, Clone, Copy)]
struct Sight {
    counter: u64,
    since: DateTime<Utc>,
}

/// A worker.
#[derive(Debug, Clone)]
pub struct Worker {
    number: u8,
    held: BTreeMap<ShardId, Held>,
    leases: BTreeMap<ShardId, Sight>,
    members: BTreeMap<u8, Sight>,
    renew_at: DateTime<Utc>,
    round_at: DateTime<Utc>,
}

impl Worker {
    /// A worker that joins now.
    pub fn new(number: u8, table: &mut Table, now: DateTime<Utc>) -> Self {
        table.beat(number);
        Self {
            number,
            held: BTreeMap::new(),
            leases: BTreeMap::new(),
            members: BTreeMap::new(),
            renew_at: now + RENEWAL,
            round_at: now,
        }
    }

    /// Its number, counted from 1.
    pub fn number(&self) -> u8 {
        self.number
    }

    /// Whether it believes now to hold this shard's lease.
    pub fn holds(&self, shard: &ShardId, now: DateTime<Utc>) -> bool {
        self.held.get(shard).is_some_and(|held| held.is_alive(now))
    }

    /// How many leases it believes to hold.
    pub fn load(&self, now: DateTime<Utc>) -> usize {
        self.held.values().filter(|held| held.is_alive(now)).count()
    }

    /// When it renewed the lease of this shard last.
    pub fn renewed_at(&self, shard: &ShardId) -> Option<DateTime<Utc>> {
        self.held.get(shard).map(|held| held.renewed_at)
    }

    /// When it may take this shard's lease, unless its owner shows that it lives.
    pub fn may_take_at(&self, shard: &ShardId) -> Option<DateTime<Utc>> {
        self.leases.get(shard).map(|sight| sight.since + EXPIRY)
    }

    /// Lets it look at the table at its next step.
    pub(super) fn look_now(&mut self, now: DateTime<Utc>) {
        self.round_at = self.round_at.min(now);
    }

    /// When it wants to act next.
    pub fn next_at(&self) -> DateTime<Utc> {
        let checkpoints = self.held.values().filter(|held| held.done.is_some());
        let checkpoint_at = checkpoints.map(|held| held.checkpoint_at).min();
        let next = self.renew_at.min(self.round_at);
        checkpoint_at.map_or(next, |at| at.min(next))
    }

    /// It has worked so far on this shard; that is written down in a while, the end of a shard at once.
    pub fn worked(
        &mut self,
        table: &mut Table,
        shard: &ShardId,
        done: Checkpoint,
        now: DateTime<Utc>,
    ) {
        let Some(held) = self.held.get_mut(shard).filter(|held| held.is_alive(now)) else {
            return;
        };
        let ends = done.is_final();
        if held.done.replace(done).is_none() {
            held.checkpoint_at = now + CHECKPOINTING;
        }
        if ends {
            self.write_checkpoint(table, shard);
            self.held.remove(shard);
            table.lease_waiting();
        }
    }

    /// Does what is due: lets go of what it failed to renew, renews, writes checkpoints, and looks after the balance.
    pub fn step(
        &mut self,
        table: &mut Table,
        now: DateTime<Utc>,
        rng: &mut Rng,
        changes: &mut Vec<Change>,
    ) {
        self.held.retain(|_, held| held.is_alive(now));
        if self.renew_at <= now {
            self.renew(table, now);
        }
        let due = |held: &Held| held.done.is_some() && held.checkpoint_at <= now;
        let held = self.held.iter().filter(|(_, held)| due(held));
        let held: Vec<ShardId> = held.map(|(shard, _)| shard.clone()).collect();
        for shard in held {
            self.write_checkpoint(table, &shard);
        }
        if self.round_at <= now {
            self.round(table, now, rng, changes);
        }
    }

    /// Leaves politely: what it has done is written down, and its leases are free at once.
    pub fn leave(mut self, table: &mut Table) {
        let held: Vec<ShardId> = self.held.keys().cloned().collect();
        for shard in held {
            self.give_up(table, &shard);
        }
        table.remove_member(self.number);
    }

    fn renew(&mut self, table: &mut Table, now: DateTime<Utc>) {
        let number = self.number;
        self.held.retain(|shard, held| {
            let Some(counter) = table.renew(shard, number, held.counter) else {
                return false;
            };
            held.counter = counter;
            held.renewed_at = now;
            true
        });
        table.beat(number);
        self.renew_at = now + RENEWAL;
    }

    fn write_checkpoint(&mut self, table: &mut Table, shard: &ShardId) {
        if let Some(held) = self.held.get_mut(shard)
            && let Some(done) = held.done.take()
        {
            table.checkpoint(shard, self.number, held.counter, done);
        }
    }

    fn give_up(&mut self, table: &mut Table, shard: &ShardId) {
        self.write_checkpoint(table, shard);
        if let Some(held) = self.held.remove(shard) {
            table.give_up(shard, self.number, held.counter);
        }
    }

    fn hold(&mut self, shard: ShardId, counter: u64, now: DateTime<Utc>) {
        let held = Held {
            counter,
            renewed_at: now,
            done: None,
            checkpoint_at: now + CHECKPOINTING,
        };
        self.held.insert(shard, held);
    }

    /// Looks at the table: takes its fair share of what is free, else asks the most loaded worker for one lease.
    fn round(
        &mut self,
        table: &mut Table,
        now: DateTime<Utc>,
        rng: &mut Rng,
        changes: &mut Vec<Change>,
    ) {
        self.observe(table, now);
        self.hand_over(table);
        let taken = self.take(table, now, changes);
        if !taken {
            self.ask_for_one(table, now, rng);
        }
        self.observe(table, now);
        // A lease that expires before the next round is looked at when it does.
        let others = table
            .leases()
            .filter(|(_, lease)| lease.owner.is_some_and(|owner| owner != self.number));
        let expire_at = others.filter_map(|(shard, _)| self.may_take_at(shard));
        let expires_at = expire_at.filter(|at| *at > now).min();
        let next = now + ROUND;
        self.round_at = expires_at.map_or(next, |at| at.min(next));
    }

    /// Notes since when each counter stands still; the heartbeats of the dead are removed.
    fn observe(&mut self, table: &mut Table, now: DateTime<Utc>) {
        fn note<K: Ord>(seen: &mut BTreeMap<K, Sight>, key: K, counter: u64, now: DateTime<Utc>) {
            let fresh = Sight {
                counter,
                since: now,
            };
            let sight = seen.entry(key).or_insert(fresh);
            if sight.counter != counter {
                *sight = fresh;
            }
        }
        self.leases.retain(|shard, _| table.lease(shard).is_some());
        for (shard, lease) in table.leases() {
            note(&mut self.leases, shard.clone(), lease.counter, now);
        }
        let members: BTreeMap<u8, u64> = table.members().collect();
        self.members
            .retain(|member, _| members.contains_key(member));
        for (member, beat) in members {
            note(&mut self.members, member, beat, now);
        }
        let number = self.number;
        self.members.retain(|member, sight| {
            let dead = *member != number && sight.since + EXPIRY <= now;
            if dead {
                table.remove_member(*member);
            }
            !dead
        });
        // Whoever held this worker for dead was wrong.
        if !table.members().any(|(member, _)| member == number) {
            table.beat(number);
        }
    }

    /// Gives up the leases that others asked for.
    fn hand_over(&mut self, table: &mut Table) {
        let wanted: Vec<(ShardId, u8)> = self
            .held
            .keys()
            .filter_map(|shard| Some((shard.clone(), table.lease(shard)?.wanted_by?)))
            .collect();
        for (shard, wanted_by) in wanted {
            if self.members.contains_key(&wanted_by) {
                self.give_up(table, &shard);
            } else {
                table.forget_want(&shard);
            }
        }
    }

    /// Whether this lease is free to take, and how it came to that.
    fn free(&self, shard: &ShardId, lease: &Lease, now: DateTime<Utc>) -> Option<How> {
        let since = self.leases.get(shard)?.since;
        if lease.checkpoint.is_final() || self.held.contains_key(shard) {
            return None;
        }
        match (lease.owner, lease.wanted_by) {
            (Some(owner), _) if owner == self.number => Some(How::Again),
            (Some(owner), _) => (since + EXPIRY <= now).then_some(How::Expired(owner)),
            (None, Some(wanted_by)) if wanted_by == self.number => Some(How::HandedOver),
            (None, Some(_)) => (since + KEPT_FOR <= now).then_some(How::Free),
            (None, None) => Some(How::Free),
        }
    }

    /// Takes what is free, up to the fair share. Whether there was anything.
    fn take(&mut self, table: &mut Table, now: DateTime<Utc>, changes: &mut Vec<Change>) -> bool {
        let free: Vec<(ShardId, u64, How)> = table
            .leases()
            .filter_map(|(shard, lease)| {
                Some((shard.clone(), lease.counter, self.free(shard, lease, now)?))
            })
            .collect();
        let dead: BTreeSet<u8> = free
            .iter()
            .filter_map(|(_, _, how)| match how {
                How::Expired(owner) => Some(*owner),
                _ => None,
            })
            .collect();
        let living = self.members.keys().filter(|member| !dead.contains(member));
        let share = unfinished(table).div_ceil(living.count().max(1));
        let none = free.is_empty();
        for (shard, counter, how) in free {
            if self.held.len() >= share && how != How::HandedOver {
                continue;
            }
            if let Some(counter) = table.take(&shard, counter, self.number) {
                self.hold(shard.clone(), counter, now);
                changes.push(Change {
                    shard,
                    worker: self.number,
                    how,
                });
            }
        }
        !none
    }

    /// Asks the most loaded worker for one lease, if that brings the two nearer to each other.
    fn ask_for_one(&mut self, table: &mut Table, now: DateTime<Utc>, rng: &mut Rng) {
        let mut loads: BTreeMap<u8, usize> = self.members.keys().map(|it| (*it, 0)).collect();
        for (_, lease) in table.leases() {
            if lease.checkpoint.is_final() {
                continue;
            }
            if lease.wanted_by == Some(self.number) {
                // One at a time.
                return;
            }
            if let Some(will_own) = lease.wanted_by.or(lease.owner) {
                *loads.entry(will_own).or_default() += 1;
            }
        }
        let own = loads.get(&self.number).copied().unwrap_or(0);
        let most = loads.iter().max_by_key(|(_, load)| **load);
        let Some((victim, load)) = most.map(|(victim, load)| (*victim, *load)) else {
            return;
        };
        if load < own + 2 {
            return;
        }
        let candidates: Vec<(ShardId, u64)> = table
            .leases()
            .filter(|(_, lease)| lease.owner == Some(victim) && lease.wanted_by.is_none())
            .map(|(shard, lease)| (shard.clone(), lease.counter))
            .collect();
        if let Some((shard, counter)) = rng.choice(candidates) {
            table.want(&shard, counter, self.number);
            self.observe(table, now);
        }
    }
}

/// How many leases there are that want an owner.
fn unfinished(table: &Table) -> usize {
    table
        .leases()
        .filter(|(_, lease)| !lease.checkpoint.is_final())
        .count()
}
