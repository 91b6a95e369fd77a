//! The proof that each key's records are read in the order in which they lie in the stream.
//!
//! In the stream the records of a key lie one behind the other: by sequence number within a shard, and the parents' records
//! before those of their children. That is the order which is proven, and no other: two puts on their way at the same time
//! have no order to keep, and an entry of a batch that is tried again lies behind those that were stored before it.
//!
//! What it looks at is what the consumer panel processed, in that order, and the puts that were seen: those tell what is not
//! read yet. It is bounded; what it cannot tell it counts as not checked, and does not call it held.

mod lineage;
mod panel;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::kinesis::{SequenceNumber, ShardId};

pub use lineage::Lineage;
pub(super) use panel::follow;
pub use panel::{Proof, words};

/// How many keys are followed; records of others are not checked.
const MOST_KEYS: usize = 10_000;

/// How many of the newest places are remembered, read ones and such as were put and are not read.
const MOST_NUMBERS: usize = 10_000;

/// How many of a key's shards are followed at once. Only explicit hash keys take a key to several that are not parent and
/// child.
const MOST_BRANCHES: usize = 8;

/// How many violations are kept; of more the count is.
const MOST_VIOLATIONS: usize = 8;

/// A record's place in the stream. Not every endpoint's numbers tell shards apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Its shard.
    pub shard: ShardId,
    /// Its sequence number.
    pub number: SequenceNumber,
}

/// Two records of a key that were read in the other order than they lie in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The key.
    pub key: String,
    /// The one that lies earlier in the stream, and was read later.
    pub earlier: Spot,
    /// The one that lies later in the stream, and was read before.
    pub later: Spot,
}

/// The proof over the records of one run.
#[derive(Debug, Clone, Default)]
pub struct Order {
    lineage: Lineage,
    /// How far each key is read, in each branch of its shards.
    keys: BTreeMap<String, Vec<Spot>>,
    /// Places read, the oldest of them first in `queue`.
    read: BTreeSet<Spot>,
    queue: VecDeque<Spot>,
    /// The highest number of each shard that is forgotten in [`Self::read`].
    forgotten: BTreeMap<ShardId, SequenceNumber>,
    /// Places put and not read, the oldest first in `put_queue`, where those that are read by now stand too.
    unread: BTreeSet<Spot>,
    put_queue: VecDeque<Spot>,
    /// Records whose order was checked, first readings only.
    pub checked: u64,
    /// Records that came again.
    pub repeats: u64,
    /// Records that could not be checked: too many keys, or too old to tell whether they came before.
    pub unchecked: u64,
    /// Parents that a key left for a child by a split, and children that a key reached by a merge.
    pub splits: BTreeSet<ShardId>,
    /// See [`Self::splits`].
    pub merges: BTreeSet<ShardId>,
    /// The first violations.
    pub violations: Vec<Violation>,
    /// How many there were.
    pub violated: u64,
}

/// How a record's place is related to one that was read before.
enum Relation {
    /// It lies behind it.
    Behind,
    /// It lies before it.
    Before,
    /// Neither: no order is promised.
    None,
}

impl Order {
    /// Whose children the shards are, as far as the endpoint tells.
    pub fn learn(&mut self, shard: &ShardId, parents: &[ShardId]) {
        self.lineage.learn(shard, parents);
    }

    /// How many keys are followed.
    pub fn keys(&self) -> usize {
        self.keys.len()
    }

    /// How many records that were seen going in are not read yet.
    pub fn unread(&self) -> usize {
        self.unread.len()
    }

    /// A record was stored.
    pub fn put(&mut self, spot: Spot) {
        if self.read.contains(&spot) || !self.unread.insert(spot.clone()) {
            return;
        }
        self.put_queue.push_back(spot);
        if self.put_queue.len() > MOST_NUMBERS
            && let Some(oldest) = self.put_queue.pop_front()
        {
            self.unread.remove(&oldest);
        }
    }

    /// Records went unread: what of them is gone is not told.
    pub fn trimmed(&mut self) {
        self.unread.clear();
        self.put_queue.clear();
    }

    /// A record was processed that came before, as the consumer knows.
    pub fn read_again(&mut self, spot: &Spot) {
        self.unread.remove(spot);
        self.repeats += 1;
    }

    /// A record was processed.
    pub fn read(&mut self, key: &str, spot: Spot) {
        self.unread.remove(&spot);
        if self.read.contains(&spot) {
            self.repeats += 1;
            return;
        }
        let forgotten = self.forgotten.get(&spot.shard);
        if forgotten.is_some_and(|highest| spot.number <= *highest) {
            self.unchecked += 1;
            return;
        }
        self.remember(spot.clone());
        if !self.keys.contains_key(key) && self.keys.len() == MOST_KEYS {
            self.unchecked += 1;
            return;
        }
        self.check(key, spot);
    }

    /// So many records were processed that nobody looked at.
    pub fn missed(&mut self, records: u64) {
        self.unchecked += records;
    }

    fn remember(&mut self, spot: Spot) {
        self.read.insert(spot.clone());
        self.queue.push_back(spot);
        if self.queue.len() > MOST_NUMBERS
            && let Some(oldest) = self.queue.pop_front()
        {
            self.read.remove(&oldest);
            let highest = self
                .forgotten
                .entry(oldest.shard)
                .or_insert_with(|| oldest.number.clone());
            if *highest < oldest.number {
                *highest = oldest.number;
            }
        }
    }

    fn check(&mut self, key: &str, spot: Spot) {
        self.checked += 1;
        let branches = self.keys.get(key).map_or(&[][..], Vec::as_slice);
        let relations: Vec<Relation> = branches
            .iter()
            .map(|last| self.lineage.relation(&spot, last))
            .collect();
        let broken = relations.iter().zip(branches).find_map(|(relation, last)| {
            matches!(relation, Relation::Before).then(|| last.clone())
        });
        let crossed: Vec<ShardId> = relations
            .iter()
            .zip(branches)
            .filter(|(relation, last)| {
                matches!(relation, Relation::Behind) && last.shard != spot.shard
            })
            .map(|(_, last)| last.shard.clone())
            .collect();
        for from in crossed {
            let (splits, merges) = self.lineage.steps(&from, &spot.shard);
            self.splits.extend(splits);
            self.merges.extend(merges);
        }
        if let Some(later) = broken {
            self.violated += 1;
            if self.violations.len() < MOST_VIOLATIONS {
                self.violations.push(Violation {
                    key: key.to_owned(),
                    earlier: spot,
                    later,
                });
            }
            return;
        }
        let branches = self.keys.entry(key.to_owned()).or_default();
        // What it lies behind has no more to say.
        let mut relations = relations.into_iter();
        branches.retain(|_| !matches!(relations.next(), Some(Relation::Behind)));
        if branches.len() == MOST_BRANCHES {
            branches.remove(0);
        }
        branches.push(spot);
    }
}

impl Lineage {
    /// Where a record lies, seen from one that was read before it.
    fn relation(&self, spot: &Spot, last: &Spot) -> Relation {
        if spot.shard == last.shard {
            return match spot.number > last.number {
                true => Relation::Behind,
                false => Relation::Before,
            };
        }
        if self.is_ancestor(&last.shard, &spot.shard) {
            Relation::Behind
        } else if self.is_ancestor(&spot.shard, &last.shard) {
            Relation::Before
        } else {
            Relation::None
        }
    }
}

#[cfg(test)]
mod tests;
