//! The lease table: a row a shard, changed only by whoever knows what stands there.
//!
//! The Kinesis Client Library keeps it in DynamoDB and writes with conditions; here each change says which counter it
//! expects, and is refused where another worker was quicker.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinesis::{SequenceNumber, ShardId, StartPosition};

/// How far a shard is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checkpoint {
    /// Nothing yet: reading begins here.
    Start(StartPosition),
    /// Up to this record, which is done.
    After(SequenceNumber),
    /// Nothing is to be read of this shard: the consumer begins in others.
    Elsewhere,
    /// To its end; it is closed. KCL writes `SHARD_END`.
    ShardEnd,
}

impl Checkpoint {
    /// Whether nothing more is to be read.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Elsewhere | Self::ShardEnd)
    }

    /// Whether it lies further on than this one.
    pub fn is_after(&self, earlier: &Self) -> bool {
        match (earlier, self) {
            (_, Self::Start(_)) => false,
            (Self::After(earlier), Self::After(later)) => later > earlier,
            (Self::Start(_), _) => true,
            (Self::After(_), _) => self.is_final(),
            (Self::Elsewhere | Self::ShardEnd, _) => false,
        }
    }

    /// Where a worker goes on, unless there is nothing more to read.
    pub fn position(&self) -> Option<StartPosition> {
        match self {
            Self::Start(start) => Some(start.clone()),
            Self::After(number) => Some(StartPosition::AfterSequenceNumber(number.clone())),
            Self::Elsewhere | Self::ShardEnd => None,
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The worker that reads the shard.
    pub owner: Option<u8>,
    /// A worker that has fewer shards and asked for this one.
    pub wanted_by: Option<u8>,
    /// Moves with each renewal and each change of the owner: the owner's heartbeat.
    pub counter: u64,
    /// How far it is read.
    pub checkpoint: Checkpoint,
    /// How often it changed hands since its checkpoint was written.
    pub switches: u32,
    /// The shards that its own was made of.
    pub parents: Vec<ShardId>,
    /// Whether the endpoint's last list left its shard out.
    missed: bool,
}

/// A shard that has no lease before its parents are read to their end, so that no key's records change their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The shards that it was made of.
    pub parents: Vec<ShardId>,
    /// Where it will begin.
    start: StartPosition,
    missed: bool,
}

/// A shard as the endpoint lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Its id.
    pub id: ShardId,
    /// The shards it was made of.
    pub parents: Vec<ShardId>,
    /// Whether it takes writes.
    pub open: bool,
}

/// What a sync with the endpoint's list of shards changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// Shards that have a lease now.
    pub leased: Vec<ShardId>,
    /// Shards that are gone, and their leases with them.
    pub vanished: Vec<ShardId>,
}

/// The table.
#[derive(Debug, Clone)]
pub struct Table {
    leases: BTreeMap<ShardId, Lease>,
    waiting: BTreeMap<ShardId, Waiting>,
    /// A heartbeat a worker, so that one without a lease counts too (KCL 3: the worker metrics table).
    members: BTreeMap<u8, u64>,
    start: StartPosition,
    /// Checkpoints of an earlier run, for the shards that the first sync finds.
    kept: BTreeMap<ShardId, Checkpoint>,
    synced: bool,
    written: u64,
    renewed: u64,
}

impl Table {
    /// An empty table, of a consumer that begins here.
    pub fn new(start: StartPosition) -> Self {
        Self {
            leases: BTreeMap::new(),
            waiting: BTreeMap::new(),
            members: BTreeMap::new(),
            start,
            kept: BTreeMap::new(),
            synced: false,
            written: 0,
            renewed: 0,
        }
    }

    /// The table of a consumer that goes on from these checkpoints; where there is none it begins at the oldest record.
    pub fn resume(kept: BTreeMap<ShardId, Checkpoint>) -> Self {
        Self {
            kept,
            ..Self::new(StartPosition::TrimHorizon)
        }
    }

    /// The rows, in the order of the shards.
    pub fn leases(&self) -> impl Iterator<Item = (&ShardId, &Lease)> {
        self.leases.iter()
    }

    /// The row of a shard.
    pub fn lease(&self, shard: &ShardId) -> Option<&Lease> {
        self.leases.get(shard)
    }

    /// The shards that wait for their parents.
    pub fn waiting(&self) -> impl Iterator<Item = (&ShardId, &Waiting)> {
        self.waiting.iter()
    }

    /// How many checkpoints were written in it.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// How many renewals there were.
    pub fn renewed(&self) -> u64 {
        self.renewed
    }

    /// Workers with a heartbeat, dead ones included until somebody notices.
    pub fn members(&self) -> impl Iterator<Item = (u8, u64)> {
        self.members.iter().map(|(worker, beat)| (*worker, *beat))
    }

    /// Takes up what the endpoint lists: new shards get a lease once their parents are done, and the leases of shards that
    /// are gone go too. A shard must be left out twice in a row, since an answer may be older than a split.
    pub fn sync(&mut self, shards: &[Shard]) -> Synced {
        let mut synced = Synced::default();
        let first = !std::mem::replace(&mut self.synced, true);
        let listed = |id: &ShardId| shards.iter().any(|shard| shard.id == *id);
        self.leases.retain(|id, lease| {
            let missed = !listed(id);
            let gone = missed && lease.missed;
            lease.missed = missed;
            if gone {
                synced.vanished.push(id.clone());
            }
            !gone
        });
        self.waiting.retain(|id, waiting| {
            let missed = !listed(id);
            let gone = missed && waiting.missed;
            waiting.missed = missed;
            !gone
        });
        // What was gone on from was read after its parents, wherever that was written down.
        let passed = match first {
            true => ancestors(shards, self.kept.keys()),
            false => BTreeSet::new(),
        };
        for shard in shards {
            if self.leases.contains_key(&shard.id) || self.waiting.contains_key(&shard.id) {
                continue;
            }
            if let Some(checkpoint) = self.kept.remove(&shard.id) {
                self.begin(shard.id.clone(), shard.parents.clone(), checkpoint);
                synced.leased.push(shard.id.clone());
                continue;
            }
            if passed.contains(&shard.id) {
                let parents = shard.parents.clone();
                self.begin(shard.id.clone(), parents, Checkpoint::Elsewhere);
                continue;
            }
            // LATEST skips all that is older, so a closed shard has nothing to give.
            if first && self.start == StartPosition::Latest && !shard.open {
                let parents = shard.parents.clone();
                self.begin(shard.id.clone(), parents, Checkpoint::Elsewhere);
                continue;
            }
            let waiting = Waiting {
                parents: shard.parents.clone(),
                // A shard that appears later is read from its beginning: nothing of it can have been read before.
                start: match first {
                    true => self.start.clone(),
                    false => StartPosition::TrimHorizon,
                },
                missed: false,
            };
            self.waiting.insert(shard.id.clone(), waiting);
        }
        synced.leased.extend(self.lease_waiting());
        synced
    }

    /// Gives a lease to the shards whose parents are done.
    pub(super) fn lease_waiting(&mut self) -> Vec<ShardId> {
        let mut leased = Vec::new();
        while let Some(id) = self.next_ready() {
            let Some(waiting) = self.waiting.remove(&id) else {
                break;
            };
            let number = matches!(
                waiting.start,
                StartPosition::AtSequenceNumber(_) | StartPosition::AfterSequenceNumber(_)
            );
            let ended = |parent| {
                let lease = self.leases.get(parent);
                lease.is_some_and(|lease| lease.checkpoint == Checkpoint::ShardEnd)
            };
            // A number is one of a single shard: what was made of that shard is read from its beginning.
            let start = match number && waiting.parents.iter().any(ended) {
                true => StartPosition::TrimHorizon,
                false => waiting.start,
            };
            self.begin(id.clone(), waiting.parents, Checkpoint::Start(start));
            leased.push(id);
        }
        leased
    }

    fn next_ready(&self) -> Option<ShardId> {
        let open = |parent: &ShardId| {
            self.waiting.contains_key(parent)
                || self
                    .leases
                    .get(parent)
                    .is_some_and(|lease| !lease.checkpoint.is_final())
        };
        self.waiting
            .iter()
            .find(|(id, waiting)| {
                !waiting
                    .parents
                    .iter()
                    .any(|parent| parent != *id && open(parent))
            })
            .map(|(id, _)| id.clone())
    }

    fn begin(&mut self, shard: ShardId, parents: Vec<ShardId>, checkpoint: Checkpoint) {
        let lease = Lease {
            owner: None,
            wanted_by: None,
            counter: 0,
            checkpoint,
            switches: 0,
            parents,
            missed: false,
        };
        self.leases.insert(shard, lease);
    }

    /// Takes a lease, if its counter is still this one. Gives the new counter.
    pub(super) fn take(&mut self, shard: &ShardId, counter: u64, worker: u8) -> Option<u64> {
        let lease = self.leases.get_mut(shard)?;
        if lease.counter != counter || lease.checkpoint.is_final() {
            return None;
        }
        lease.switches += u32::from(lease.owner != Some(worker));
        lease.owner = Some(worker);
        lease.wanted_by = None;
        lease.counter += 1;
        Some(lease.counter)
    }

    /// Renews a lease, if owner and counter are still these. Gives the new counter.
    pub(super) fn renew(&mut self, shard: &ShardId, worker: u8, counter: u64) -> Option<u64> {
        let lease = self.owned(shard, worker, counter)?;
        lease.counter += 1;
        let counter = lease.counter;
        self.renewed += 1;
        Some(counter)
    }

    /// Asks the owner for a lease. The counter does not move: it is the owner's heartbeat, and the owner may be dead.
    pub(super) fn want(&mut self, shard: &ShardId, counter: u64, worker: u8) -> bool {
        let lease = self.leases.get_mut(shard);
        let Some(lease) = lease.filter(|it| it.counter == counter && it.wanted_by.is_none()) else {
            return false;
        };
        lease.wanted_by = Some(worker);
        true
    }

    /// Takes the wish for a lease back.
    pub(super) fn forget_want(&mut self, shard: &ShardId) {
        if let Some(lease) = self.leases.get_mut(shard) {
            lease.wanted_by = None;
        }
    }

    /// Gives a lease up, if owner and counter are still these; for the worker that asked for it, if one did.
    pub(super) fn give_up(&mut self, shard: &ShardId, worker: u8, counter: u64) {
        if let Some(lease) = self.owned(shard, worker, counter) {
            lease.owner = None;
            lease.counter += 1;
        }
    }

    /// Writes down how far a shard is read, if owner and counter are still these and it is further than before. At the
    /// shard's end the lease is done, and has no owner any more.
    pub(super) fn checkpoint(
        &mut self,
        shard: &ShardId,
        worker: u8,
        counter: u64,
        checkpoint: Checkpoint,
    ) -> bool {
        let Some(lease) = self.owned(shard, worker, counter) else {
            return false;
        };
        if !checkpoint.is_after(&lease.checkpoint) {
            return false;
        }
        let done = checkpoint.is_final();
        lease.checkpoint = checkpoint;
        lease.switches = 0;
        if done {
            lease.owner = None;
            lease.wanted_by = None;
            lease.counter += 1;
        }
        self.written += 1;
        true
    }

    fn owned(&mut self, shard: &ShardId, worker: u8, counter: u64) -> Option<&mut Lease> {
        let lease = self.leases.get_mut(shard)?;
        (lease.owner == Some(worker) && lease.counter == counter).then_some(lease)
    }

    /// A worker's heartbeat.
    pub(super) fn beat(&mut self, worker: u8) {
        *self.members.entry(worker).or_default() += 1;
    }

    /// A worker has left, or is held for dead.
    pub(super) fn remove_member(&mut self, worker: u8) {
        self.members.remove(&worker);
    }
}

/// The shards that these were made of, and those that these were made of in turn.
fn ancestors<'a>(shards: &[Shard], of: impl Iterator<Item = &'a ShardId>) -> BTreeSet<ShardId> {
    let mut found = BTreeSet::new();
    let mut left: Vec<ShardId> = of.cloned().collect();
    while let Some(id) = left.pop() {
        let parents = shards.iter().filter(|shard| shard.id == id);
        for parent in parents.flat_map(|shard| &shard.parents) {
            if found.insert(parent.clone()) {
                left.push(parent.clone());
            }
        }
    }
    found
}
