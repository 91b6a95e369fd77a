//! The proof against random streams: whoever keeps the rule of parents is proven, whoever does not is caught.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::kinesis::hash_ranges::{HashKey, HashRange};

fn shard(index: u32) -> ShardId {
    ShardId::from_index(index)
}

fn spot(index: u32, number: u64) -> Spot {
    Spot {
        shard: shard(index),
        number: number.to_string().into(),
    }
}

/// Shard 0 was split into 1 and 2, which were merged into 3.
fn family() -> Order {
    let mut order = Order::default();
    order.learn(&shard(1), &[shard(0)]);
    order.learn(&shard(2), &[shard(0)]);
    order.learn(&shard(3), &[shard(1), shard(2)]);
    order
}

#[test]
fn records_of_a_shard_and_then_of_its_children_are_in_order() {
    let mut order = family();
    for (index, number) in [(0, 10), (0, 12), (1, 5), (3, 1)] {
        order.read("alice", spot(index, number));
    }
    order.read("bob", spot(0, 11));
    order.read("bob", spot(3, 2));
    assert_eq!((order.checked, order.violated, order.keys()), (6, 0, 2));
    assert_eq!(order.splits, BTreeSet::from([shard(0)]));
    assert_eq!(order.merges, BTreeSet::from([shard(3)]));
}

#[test]
fn what_lies_earlier_and_is_read_later_is_a_violation_with_both_numbers() {
    let mut order = family();
    order.read("alice", spot(1, 5));
    order.read("alice", spot(0, 12));
    let expected = Violation {
        key: "alice".into(),
        earlier: spot(0, 12),
        later: spot(1, 5),
    };
    assert_eq!(order.violations, [expected]);
    let mut order = family();
    order.read("alice", spot(0, 12));
    order.read("alice", spot(0, 10));
    assert_eq!(order.violated, 1);
    order.read("bob", spot(0, 10_000));
    assert_eq!(order.violated, 1, "another key's order is its own");
}

#[test]
fn records_that_come_again_are_repeats_and_break_nothing() {
    let mut order = family();
    for number in [10, 11, 12] {
        order.read("alice", spot(0, number));
    }
    for number in [11, 12, 13] {
        order.read("alice", spot(0, number));
    }
    assert_eq!((order.checked, order.repeats, order.violated), (4, 2, 0));
}

#[test]
fn a_key_that_explicit_hash_keys_send_to_two_shards_has_no_order_between_them() {
    let mut order = family();
    for (index, number) in [(1, 5), (2, 4), (1, 6), (2, 5)] {
        order.read("alice", spot(index, number));
    }
    assert_eq!(order.violated, 0);
    order.read("alice", spot(2, 3));
    assert_eq!(order.violated, 1);
    order.read("alice", spot(3, 1));
    order.read("alice", spot(1, 7));
    assert_eq!(order.violated, 2, "both lie before their child");
}

#[test]
fn what_was_put_and_not_read_is_known_until_it_is_read_or_trimmed() {
    let mut order = family();
    order.read("alice", spot(0, 1));
    for number in 1..=3u64 {
        order.put(spot(0, number));
    }
    assert_eq!(order.unread(), 2);
    order.read("alice", spot(0, 2));
    assert_eq!(order.unread(), 1);
    order.trimmed();
    assert_eq!(order.unread(), 0);
}

#[test]
fn it_stays_bounded_and_what_it_forgot_is_not_called_held() {
    let mut order = Order::default();
    let most = MOST_NUMBERS as u64;
    for number in 0..most + 100 {
        order.read(&format!("key{}", number % 3), spot(0, number));
        order.put(spot(0, 1_000_000 + number));
    }
    assert_eq!(
        (order.read.len(), order.queue.len()),
        (MOST_NUMBERS, MOST_NUMBERS)
    );
    assert_eq!(
        (order.unread(), order.put_queue.len()),
        (MOST_NUMBERS, MOST_NUMBERS)
    );
    order.read("key0", spot(0, 50));
    assert_eq!((order.unchecked, order.violated), (1, 0), "too old to tell");
    order.read("key0", spot(0, 150));
    assert_eq!((order.repeats, order.violated), (1, 0));
    let mut order = Order::default();
    for key in 0..MOST_KEYS as u64 + 7 {
        order.read(&key.to_string(), spot(0, key));
    }
    assert_eq!((order.keys(), order.unchecked), (MOST_KEYS, 7));
}

#[test]
fn a_circle_of_parents_is_walked_once() {
    let mut lineage = Lineage::default();
    lineage.learn(&shard(1), &[shard(2)]);
    lineage.learn(&shard(2), &[shard(1)]);
    assert!(!lineage.is_ancestor(&shard(9), &shard(1)));
    assert!(lineage.is_ancestor(&shard(2), &shard(1)));
}

/// A stream in small: open shards by their first hash key, and each shard's records.
#[derive(Debug, Default)]
struct Stream {
    open: BTreeMap<HashKey, (HashRange, u32)>,
    parents: Vec<Vec<u32>>,
    records: Vec<Vec<(String, u64)>>,
    next: u64,
}

/// What happens to it.
#[derive(Debug, Clone)]
enum Event {
    Put(u8),
    Split(u8, u128),
    Merge(u8),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (0u8..12).prop_map(Event::Put),
        1 => (any::<u8>(), any::<u128>()).prop_map(|(place, at)| Event::Split(place, at)),
        1 => any::<u8>().prop_map(Event::Merge),
    ]
}

impl Stream {
    fn of(events: &[Event]) -> Self {
        let mut stream = Self::default();
        stream.begin(HashRange::split_evenly(1)[0], Vec::new());
        for event in events {
            stream.happen(event);
        }
        stream
    }

    fn begin(&mut self, range: HashRange, parents: Vec<u32>) {
        let index = self.parents.len() as u32;
        self.parents.push(parents);
        self.records.push(Vec::new());
        self.open.insert(range.start, (range, index));
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::Put(key) => {
                let key = format!("key{key}");
                let hash = HashKey::of_partition_key(&key);
                let owner = self.open.range(..=hash).next_back().expect("an owner").1.1;
                self.next += 7;
                self.records[owner as usize].push((key, self.next));
            }
            Event::Split(place, at) => {
                let place = usize::from(*place) % self.open.len();
                let (range, index) = *self.open.values().nth(place).expect("a shard");
                if let Some((lower, higher)) = range.split_at((*at).into()) {
                    self.open.remove(&range.start);
                    self.begin(lower, vec![index]);
                    self.begin(higher, vec![index]);
                }
            }
            Event::Merge(place) => {
                let place = usize::from(*place) % self.open.len();
                let mut pair = self.open.values().skip(place).copied();
                if let (Some((range, index)), Some((next, other))) = (pair.next(), pair.next()) {
                    let merged = range.merged_with(next).expect("neighbours");
                    self.open.remove(&range.start);
                    self.open.remove(&next.start);
                    self.begin(merged, vec![index, other]);
                }
            }
        }
    }

    fn proof(&self) -> Order {
        let mut order = Order::default();
        for (index, parents) in (0..).zip(&self.parents) {
            let parents: Vec<ShardId> = parents.iter().map(|parent| shard(*parent)).collect();
            order.learn(&shard(index), &parents);
        }
        order
    }

    /// Reads all of it a record at a time, each time in one of the shards that may be read: with the rule those whose
    /// parents are read to their end, without it any. `again`: how many records a reader goes back, now and then.
    fn read(&self, choices: &[u16], keeps_the_rule: bool, again: usize) -> Order {
        let mut order = self.proof();
        let mut done = vec![0usize; self.records.len()];
        let mut choices = choices.iter().cycle();
        loop {
            let is_read = |index: u32| done[index as usize] == self.records[index as usize].len();
            let may: Vec<usize> = (0..self.records.len())
                .filter(|index| done[*index] < self.records[*index].len())
                .filter(|index| !keeps_the_rule || self.ancestors(*index).into_iter().all(is_read))
                .collect();
            let Some(choice) = choices.next().filter(|_| !may.is_empty()) else {
                return order;
            };
            let index = may[usize::from(*choice) % may.len()];
            let back = if choice % 5 == 0 {
                again.min(done[index])
            } else {
                0
            };
            for place in done[index] - back..=done[index] {
                let (key, number) = &self.records[index][place];
                order.read(key, spot(index as u32, *number));
            }
            done[index] += 1;
        }
    }

    fn ancestors(&self, index: usize) -> Vec<u32> {
        let mut all = Vec::new();
        let mut open = self.parents[index].clone();
        while let Some(parent) = open.pop() {
            if !all.contains(&parent) {
                all.push(parent);
                open.extend(&self.parents[parent as usize]);
            }
        }
        all
    }

    /// Whether reading children first must break some key's order: one has records in a shard and in one made of it.
    fn has_a_key_across(&self) -> bool {
        (0..self.records.len()).any(|index| {
            let keys: Vec<&String> = self.records[index].iter().map(|(key, _)| key).collect();
            let ancestors = self.ancestors(index);
            let mut before = ancestors.iter().flat_map(|it| &self.records[*it as usize]);
            before.any(|(key, _)| keys.contains(&key))
        })
    }

    /// Reads the newest shards first.
    fn read_children_first(&self) -> Order {
        let mut order = self.proof();
        for (index, records) in self.records.iter().enumerate().rev() {
            for (key, number) in records {
                order.read(key, spot(index as u32, *number));
            }
        }
        order
    }
}

proptest! {
    #[test]
    fn who_finishes_parents_before_children_keeps_every_key_s_order(
        events in prop::collection::vec(event(), 0..200),
        choices in prop::collection::vec(any::<u16>(), 1..50),
        again in 0usize..4,
    ) {
        let stream = Stream::of(&events);
        let order = stream.read(&choices, true, again);
        let records: usize = stream.records.iter().map(Vec::len).sum();
        prop_assert_eq!(order.violated, 0, "{:?}", order.violations);
        prop_assert_eq!(order.checked, records as u64);
        prop_assert_eq!(order.unchecked, 0);
    }

    #[test]
    fn who_reads_children_before_parents_is_caught(
        events in prop::collection::vec(event(), 0..200),
    ) {
        let stream = Stream::of(&events);
        let order = stream.read_children_first();
        prop_assert_eq!(order.violated > 0, stream.has_a_key_across());
        for violation in &order.violations {
            let index = violation.later.shard.index().expect("an index") as usize;
            let parent = violation.earlier.shard.index().expect("an index");
            prop_assert!(stream.ancestors(index).contains(&parent));
        }
    }

    #[test]
    fn whatever_a_reader_without_the_rule_does_a_violation_is_real(
        events in prop::collection::vec(event(), 0..200),
        choices in prop::collection::vec(any::<u16>(), 1..50),
    ) {
        let stream = Stream::of(&events);
        let order = stream.read(&choices, false, 0);
        // Numbers of a stream grow with every put, so they tell the order of the puts themselves.
        for violation in &order.violations {
            prop_assert!(violation.earlier.number < violation.later.number);
        }
    }
}

#[test]
fn the_sentence_names_what_was_crossed_or_the_key_and_both_numbers() {
    assert_eq!(words(&family()), None);
    let mut order = family();
    for number in 0..1_240 {
        order.read("alice", spot(0, number));
    }
    order.put(spot(0, 5_000));
    order.read("bob", spot(3, 7));
    order.read("alice", spot(3, 8));
    order.read("alice", spot(3, 8));
    let [whole, held, fewest] = words(&order).expect("words");
    assert_eq!(
        held,
        "order per key held: 1,242 records of 2 keys, across 1 split and 1 merge; 1 unread"
    );
    let held = held.trim_end_matches("; 1 unread");
    assert_eq!(
        whole,
        format!("{held}; 1 record came again; 1 record not read yet")
    );
    assert_eq!(
        fewest,
        "order held: 1,242 records, 2 keys, 1 split, 1 merge; 1 unread"
    );
    let mut order = family();
    let number = |digits: &str| {
        format!("49{}{digits}{}", "0".repeat(25), "1".repeat(20))
            .as_str()
            .into()
    };
    order.read(
        "alice",
        Spot {
            shard: shard(1),
            number: number("577"),
        },
    );
    order.read(
        "alice",
        Spot {
            shard: shard(0),
            number: number("576"),
        },
    );
    let [_, numbers, fewest] = words(&order).expect("words");
    assert_eq!(
        numbers,
        "order of alice is BROKEN: …576111111111… of shard 0 was read after …577111111111… of shard 1"
    );
    assert_eq!(fewest, "order of alice is BROKEN");
}
