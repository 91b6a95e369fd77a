//! The laws of the leases, over random lives of workers and shards.

mod scenarios;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use proptest::prelude::*;

use super::*;
use crate::kinesis::{SequenceNumber, ShardId, StartPosition};

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_372_800_000 + millis).expect("a time")
}

fn id(index: usize) -> ShardId {
    ShardId::from_index(u32::try_from(index).expect("few shards"))
}

/// A worker under test: its own clock may be wrong by a constant, and it may be paused as a process can be.
struct Process {
    worker: Worker,
    clock: TimeDelta,
    paused: bool,
}

/// A stream and its consumer's workers.
struct World {
    now: DateTime<Utc>,
    table: Table,
    shards: Vec<Shard>,
    processes: Vec<Process>,
    rng: Rng,
    changes: Vec<Change>,
    /// What each shard's checkpoint was when it was looked at last.
    seen: Vec<Option<Checkpoint>>,
}

impl World {
    fn new(shards: usize, workers: u8, seed: u64) -> Self {
        let mut world = Self {
            now: at(0),
            table: Table::new(StartPosition::TrimHorizon),
            shards: Vec::new(),
            processes: Vec::new(),
            rng: Rng::with_seed(seed),
            changes: Vec::new(),
            seen: Vec::new(),
        };
        for _ in 0..shards {
            world.open(Vec::new());
        }
        world.table.sync(&world.shards);
        for _ in 0..workers {
            world.join(TimeDelta::zero());
        }
        world
    }

    fn open(&mut self, parents: Vec<ShardId>) {
        let shard = Shard {
            id: id(self.shards.len()),
            parents,
            open: true,
        };
        self.shards.push(shard);
        self.seen.push(None);
    }

    /// Splits an open shard, or merges it with another.
    fn reshard(&mut self, place: usize, other: Option<usize>) {
        let open: Vec<usize> = (0..self.shards.len())
            .filter(|place| self.shards[*place].open)
            .collect();
        let first = open[place % open.len()];
        let second = other.map(|place| open[place % open.len()]);
        self.shards[first].open = false;
        match second.filter(|second| *second != first) {
            Some(second) => {
                self.shards[second].open = false;
                self.open(vec![id(first), id(second)]);
            }
            None => {
                self.open(vec![id(first)]);
                self.open(vec![id(first)]);
            }
        }
        self.table.sync(&self.shards);
    }

    fn join(&mut self, clock: TimeDelta) {
        let taken = |number: u8| {
            let owner = |lease: &Lease| lease.owner == Some(number);
            self.table.members().any(|(member, _)| member == number)
                || self.table.leases().any(|(_, lease)| owner(lease))
                || self.processes.iter().any(|it| it.worker.number() == number)
        };
        let number = (1..=u8::MAX).find(|number| !taken(*number)).expect("few");
        let worker = Worker::new(number, &mut self.table, self.now + clock);
        self.processes.push(Process {
            worker,
            clock,
            paused: false,
        });
    }

    /// Time goes on in small steps; in each every worker that is due acts, in random order.
    fn pass(&mut self, millis: i64) {
        let until = self.now + TimeDelta::milliseconds(millis);
        while self.now < until {
            self.now = (self.now + TimeDelta::milliseconds(97)).min(until);
            self.step();
        }
    }

    fn step(&mut self) {
        self.rng.shuffle(&mut self.processes);
        for place in 0..self.processes.len() {
            let process = &mut self.processes[place];
            let now = self.now + process.clock;
            if !process.paused && process.worker.next_at() <= now {
                let worker = &mut process.worker;
                worker.step(&mut self.table, now, &mut self.rng, &mut self.changes);
            }
            self.hold_the_laws();
        }
    }

    /// Every worker does a record's work on what it holds, or comes to the end of a closed shard.
    fn work(&mut self, number: u64, end: bool) {
        for process in &mut self.processes {
            let now = self.now + process.clock;
            for shard in &self.shards {
                if process.paused || !process.worker.holds(&shard.id, now) {
                    continue;
                }
                let done = match end && !shard.open {
                    true => Checkpoint::ShardEnd,
                    false => Checkpoint::After(SequenceNumber::from(number.to_string())),
                };
                process.worker.worked(&mut self.table, &shard.id, done, now);
            }
        }
        self.hold_the_laws();
    }

    fn owners(&self, shard: &ShardId) -> usize {
        let processes = self.processes.iter();
        processes
            .filter(|it| it.worker.holds(shard, self.now + it.clock))
            .count()
    }

    /// What holds at every moment.
    fn hold_the_laws(&mut self) {
        for place in 0..self.shards.len() {
            let shard = id(place);
            assert!(self.owners(&shard) <= 1, "two own shard {place}");
            let lease = self.table.lease(&shard);
            if let Some(lease) = lease {
                for parent in &lease.parents {
                    let parent = self.table.lease(parent).expect("it stays listed");
                    let ended = parent.checkpoint == Checkpoint::ShardEnd;
                    assert!(
                        ended,
                        "shard {place} has a lease before its parents are done"
                    );
                }
            }
            let checkpoint = lease.map(|lease| lease.checkpoint.clone());
            if let (Some(was), Some(is)) = (&self.seen[place], &checkpoint) {
                assert!(was == is || is.is_after(was), "{was:?} went back to {is:?}");
            }
            self.seen[place] = checkpoint;
        }
    }

    fn living(&self) -> usize {
        self.processes.iter().filter(|it| !it.paused).count()
    }

    fn loads(&self) -> Vec<usize> {
        let processes = self.processes.iter().filter(|it| !it.paused);
        processes
            .map(|it| it.worker.load(self.now + it.clock))
            .collect()
    }

    fn is_balanced(&self) -> bool {
        let loads = self.loads();
        let (least, most) = (loads.iter().min(), loads.iter().max());
        most.zip(least)
            .is_none_or(|(most, least)| most - least <= 1)
            && self.unowned() == Vec::<ShardId>::new()
    }

    fn unowned(&self) -> Vec<ShardId> {
        let leases = self.table.leases();
        leases
            .filter(|(shard, lease)| !lease.checkpoint.is_final() && self.owners(shard) == 0)
            .map(|(shard, _)| shard.clone())
            .collect()
    }
}

/// What happens to a world.
#[derive(Debug, Clone)]
enum Event {
    Pass(i64),
    Join(i64),
    Leave(usize),
    Kill(usize),
    Pause(usize),
    Resume(usize),
    /// Records so far back, or the ends of closed shards.
    Work(u64, bool),
    Split(usize),
    Merge(usize, usize),
}

fn event() -> impl Strategy<Value = Event> {
    let place = 0..64_usize;
    prop_oneof![
        6 => (1..15_000_i64).prop_map(Event::Pass),
        2 => (-90_000_000..90_000_000_i64).prop_map(Event::Join),
        1 => place.clone().prop_map(Event::Leave),
        2 => place.clone().prop_map(Event::Kill),
        1 => place.clone().prop_map(Event::Pause),
        1 => place.clone().prop_map(Event::Resume),
        4 => (0..5_u64, any::<bool>()).prop_map(|(back, end)| Event::Work(back, end)),
        1 => place.clone().prop_map(Event::Split),
        1 => (place.clone(), place).prop_map(|(one, other)| Event::Merge(one, other)),
    ]
}

fn live(world: &mut World, events: &[Event]) {
    let mut number = 1_000;
    for event in events {
        let count = world.processes.len();
        match *event {
            Event::Pass(millis) => world.pass(millis),
            Event::Join(clock) if count < 6 => world.join(TimeDelta::milliseconds(clock)),
            Event::Leave(place) if count > 0 => {
                let process = world.processes.swap_remove(place % count);
                process.worker.leave(&mut world.table);
            }
            Event::Kill(place) if count > 0 => {
                world.processes.swap_remove(place % count);
            }
            Event::Pause(place) if count > 0 => world.processes[place % count].paused = true,
            Event::Resume(place) if count > 0 => world.processes[place % count].paused = false,
            Event::Work(back, end) => {
                number += 2;
                // Who goes on from an older checkpoint works on what was done before.
                world.work(number - back, end);
            }
            Event::Split(place) if world.shards.len() < 24 => world.reshard(place, None),
            Event::Merge(one, other) if world.shards.len() < 24 => {
                world.reshard(one, Some(other));
            }
            _ => {}
        }
        world.hold_the_laws();
    }
}

/// The longest that a shard may be without an owner: one sync to see the last heartbeat, and then one expiry. The world's
/// own steps take a little more.
fn longest_gap() -> i64 {
    (EXPIRY + ROUND).num_milliseconds() + 200
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// In `hold_the_laws`: never two owners at `now`, parents before children, checkpoints never go back.
    #[test]
    fn whatever_happens_a_shard_has_one_owner_at_most_and_its_checkpoint_never_goes_back(
        shards in 1..6_usize,
        workers in 0..4_u8,
        seed: u64,
        events in proptest::collection::vec(event(), 1..60),
    ) {
        live(&mut World::new(shards, workers, seed), &events);
    }

    #[test]
    fn a_shard_is_owned_again_within_one_expiry_and_one_sync_while_a_worker_lives(
        shards in 1..8_usize,
        workers in 2..5_u8,
        seed: u64,
        before in 0..12_000_i64,
        killed in 1..4_usize,
    ) {
        let mut world = World::new(shards, workers, seed);
        world.pass(before);
        for _ in 0..killed.min(usize::from(workers) - 1) {
            world.processes.pop();
        }
        let mut orphans = world.unowned();
        for _ in 0..longest_gap() / 100 {
            world.pass(100);
            let unowned = world.unowned();
            // What is handed over from one living worker to another is nobody's for a moment.
            orphans.retain(|shard| unowned.contains(shard));
        }
        prop_assert_eq!(orphans, []);
    }

    #[test]
    fn after_anything_that_happened_every_shard_is_owned_and_the_load_is_balanced(
        shards in 1..6_usize,
        workers in 1..4_u8,
        seed: u64,
        events in proptest::collection::vec(event(), 1..40),
    ) {
        let mut world = World::new(shards, workers, seed);
        live(&mut world, &events);
        for process in &mut world.processes {
            process.paused = false;
        }
        if world.processes.is_empty() {
            world.join(TimeDelta::zero());
        }
        world.pass(2 * longest_gap());
        let rounds = world.table.leases().count() * world.living();
        for _ in 0..rounds {
            world.pass(ROUND.num_milliseconds());
        }
        prop_assert!(world.is_balanced(), "{:?}", world.loads());
    }

    #[test]
    fn balance_within_one_is_reached_in_at_most_shards_times_workers_rounds(
        shards in 1..16_usize,
        first in 1..3_u8,
        joining in 1..4_u8,
        seed: u64,
    ) {
        let mut world = World::new(shards, first, seed);
        world.pass(1_500);
        for _ in 0..joining {
            world.join(TimeDelta::zero());
        }
        let most = shards * usize::from(first + joining);
        let mut rounds = 0;
        let mut nobodys = Vec::new();
        while !world.is_balanced() {
            prop_assert!(rounds < most, "{:?} after {} rounds", world.loads(), rounds);
            world.pass(ROUND.num_milliseconds());
            rounds += 1;
            let unowned = world.unowned();
            nobodys.retain(|shard| unowned.contains(shard));
            prop_assert_eq!(&nobodys, &[], "handed over within a round");
            nobodys = unowned;
        }
        world.changes.clear();
        world.pass(60_000);
        prop_assert!(world.is_balanced());
        prop_assert_eq!(&world.changes, &[], "what is balanced is left alone");
    }
}

/// A consumer with so many workers and shards, at work.
fn group(shards: usize, workers: u8) -> (Group, Rng) {
    let mut rng = Rng::with_seed(7);
    let mut group = Group::new(Table::new(StartPosition::TrimHorizon));
    let shards: Vec<Shard> = (0..shards)
        .map(|index| Shard {
            id: id(index),
            parents: Vec::new(),
            open: true,
        })
        .collect();
    group.sync(&shards);
    for _ in 0..workers {
        group.join(at(0));
    }
    group.look(at(0), &mut rng);
    (group, rng)
}

fn run(group: &mut Group, rng: &mut Rng, from: i64, until: i64) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut now = from;
    while now < until {
        now += 100;
        changes.extend(group.step(at(now), rng));
    }
    changes
}

#[test]
fn workers_that_begin_together_share_at_once() {
    let (group, _) = group(4, 3);
    let holders: Vec<_> = (0..4).map(|it| group.holder(&id(it), at(0))).collect();
    assert_eq!(
        holders,
        [Some(1), Some(1), Some(2), Some(2)],
        "ceil(4 / 3) each"
    );
}

#[test]
fn an_expired_lease_is_taken_by_another_worker_from_its_checkpoint() {
    let (mut group, mut rng) = group(2, 2);
    let checkpoint = |digits: &str| Checkpoint::After(digits.into());
    group.worked(2, &id(1), checkpoint("10"), at(100));
    run(&mut group, &mut rng, 100, 6_000);
    group.worked(2, &id(1), checkpoint("11"), at(6_000));
    assert!(group.kill(2));
    assert_eq!(group.dead().into_iter().collect::<Vec<_>>(), [2]);
    assert_eq!(group.holder(&id(1), at(6_000)), None);
    let changes = run(&mut group, &mut rng, 6_000, 17_000);
    let how = How::Expired(2);
    let taken = Change {
        shard: id(1),
        worker: 1,
        how,
    };
    assert_eq!(changes, [taken]);
    let lease = group.table.lease(&id(1)).expect("a lease");
    assert_eq!(
        lease.checkpoint,
        checkpoint("10"),
        "11 was not written down"
    );
    assert_eq!(lease.switches, 1);
    assert!(group.dead().is_empty());
}

#[test]
fn who_leaves_politely_writes_down_what_is_done_and_its_leases_are_free_at_once() {
    let (mut group, mut rng) = group(2, 2);
    group.worked(2, &id(1), Checkpoint::After("11".into()), at(100));
    group.leave(2);
    let changes = run(&mut group, &mut rng, 100, 1_200);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].how, How::Free);
    let lease = group.table.lease(&id(1)).expect("a lease");
    assert_eq!(lease.checkpoint, Checkpoint::After("11".into()));
}

#[test]
fn who_hands_a_lease_over_writes_down_what_is_done() {
    let (mut group, mut rng) = group(2, 1);
    for shard in 0..2 {
        group.worked(1, &id(shard), Checkpoint::After("11".into()), at(100));
    }
    assert_eq!(group.join(at(200)), 2);
    let changes = run(&mut group, &mut rng, 200, 2_400);
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].worker, changes[0].how), (2, How::HandedOver));
    let lease = group.table.lease(&changes[0].shard).expect("a lease");
    assert_eq!(lease.checkpoint, Checkpoint::After("11".into()));
}

#[test]
fn the_number_of_a_dead_worker_is_not_given_away_while_the_table_names_it() {
    let (mut group, mut rng) = group(2, 2);
    group.kill(1);
    assert_eq!(group.join(at(100)), 3);
    run(&mut group, &mut rng, 100, 30_000);
    assert_eq!(group.join(at(30_000)), 1);
}

#[test]
fn a_list_older_than_a_split_takes_no_lease_away_and_a_shard_left_out_twice_is_gone() {
    let (mut group, _) = group(2, 1);
    let both: Vec<Shard> = (0..2)
        .map(|index| Shard {
            id: id(index),
            parents: Vec::new(),
            open: true,
        })
        .collect();
    assert_eq!(group.sync(&both[..1]), Synced::default());
    assert_eq!(group.sync(&both), Synced::default());
    assert_eq!(group.sync(&both[..1]), Synced::default());
    assert_eq!(group.sync(&both[..1]).vanished, [id(1)]);
    assert_eq!(group.sync(&both).leased, [id(1)], "it is there again");
}

#[test]
fn a_table_that_is_resumed_begins_at_its_checkpoints_and_else_at_the_oldest_record() {
    let kept = [
        (id(0), Checkpoint::ShardEnd),
        (id(1), Checkpoint::After("77".into())),
    ];
    let mut table = Table::resume(kept.into());
    let shard = |index, parents: &[usize], open| Shard {
        id: id(index),
        parents: parents.iter().map(|it| id(*it)).collect(),
        open,
    };
    let shards = [
        shard(0, &[], false),
        shard(1, &[0], true),
        shard(2, &[0], true),
    ];
    table.sync(&shards);
    let positions: Vec<_> = table
        .leases()
        .map(|(_, it)| it.checkpoint.position())
        .collect();
    let after = StartPosition::AfterSequenceNumber("77".into());
    let oldest = StartPosition::TrimHorizon;
    assert_eq!(positions, [None, Some(after), Some(oldest)]);
}

#[test]
fn a_table_that_is_resumed_reads_no_parent_after_its_child() {
    // A run from LATEST began in shard 2, and left what came before alone.
    let mut table = Table::resume([(id(2), Checkpoint::After("77".into()))].into());
    let shard = |index, parents: &[usize], open| Shard {
        id: id(index),
        parents: parents.iter().map(|it| id(*it)).collect(),
        open,
    };
    table.sync(&[
        shard(0, &[], false),
        shard(1, &[0], false),
        shard(2, &[1], true),
        shard(3, &[1], true),
    ]);
    let positions: Vec<_> = table
        .leases()
        .map(|(_, it)| it.checkpoint.position())
        .collect();
    let after = StartPosition::AfterSequenceNumber("77".into());
    let oldest = StartPosition::TrimHorizon;
    assert_eq!(positions, [None, None, Some(after), Some(oldest)]);
}

#[test]
fn latest_leaves_closed_shards_alone() {
    let mut table = Table::new(StartPosition::Latest);
    let shard = |index, parents: &[usize], open| Shard {
        id: id(index),
        parents: parents.iter().map(|it| id(*it)).collect(),
        open,
    };
    table.sync(&[shard(0, &[], false), shard(1, &[0], true)]);
    let positions: Vec<_> = table
        .leases()
        .map(|(_, it)| it.checkpoint.position())
        .collect();
    assert_eq!(positions, [None, Some(StartPosition::Latest)]);
    table.sync(&[
        shard(0, &[], false),
        shard(1, &[0], false),
        shard(2, &[1], true),
    ]);
    assert_eq!(table.waiting().count(), 1, "it waits for its parent");
}
