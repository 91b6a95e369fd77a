//! One lane: the records of a shard that the lab knows of, in the order of their sequence numbers. At its bound the oldest
//! make room and are counted; what the stream itself let go is counted apart.
//!
//! A record may be told twice, by the feed and by a reader: its number says that it is the same. Knows no readers.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::heat::Heat;
use crate::app::producer::Who;
use crate::kinesis::{SequenceNumber, ShardId};

/// How many records a lane remembers.
pub const REMEMBERED: usize = 512;

/// How much of a partition key is remembered, in characters; a key may have 256 of them.
pub const LONGEST_KEY: usize = 64;

/// A record as it stands in its lane.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Its sequence number.
    pub sequence: SequenceNumber,
    /// Its partition key, or the beginning of a long one.
    pub key: String,
    /// When it arrived, in lab time.
    pub arrived: DateTime<Utc>,
    /// Whether the endpoint told that time; else it is when the lab learnt of the record.
    pub told: bool,
    /// The size of its data in bytes.
    pub size: usize,
    /// Who put it, where that was seen.
    pub by: Option<Who>,
}

impl Token {
    /// What is remembered of a record with this key.
    pub fn new(
        sequence: SequenceNumber,
        key: &str,
        size: usize,
        arrived: DateTime<Utc>,
        told: bool,
        by: Option<Who>,
    ) -> Self {
        let key = match key.char_indices().nth(LONGEST_KEY) {
            Some((end, _)) => format!("{}…", &key[..end]),
            None => key.to_owned(),
        };
        Self {
            sequence,
            key,
            arrived,
            told,
            size,
            by,
        }
    }
}

/// What an answer told a reader of the records that lie ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Behind which record, where any was given.
    pub after: Option<SequenceNumber>,
    /// How many lay ahead of that.
    pub ahead: u64,
    /// How many records the lane had taken by then.
    pub entered: u64,
}

/// A shard's lane.
#[derive(Debug, Clone)]
pub struct Lane {
    /// The shard.
    pub shard: ShardId,
    /// The shards that it was made of.
    pub parents: Vec<ShardId>,
    /// Whether it takes records.
    pub open: bool,
    /// When it was first seen, if the lab was there before it: it was made by a split or a merge.
    pub began: Option<DateTime<Utc>>,
    /// When it was first seen closed, if it was seen open before.
    pub closed: Option<DateTime<Utc>>,
    /// What it takes, and what it refuses.
    pub heat: Heat,
    /// Records that it has taken since it is looked at, by the feed.
    pub entered: u64,
    /// Records that it holds, where the feed tells of all of them.
    pub stored: Option<u64>,
    /// What the last answer told that the lab's own reader of it had.
    pub told: Option<Told>,
    tokens: VecDeque<Arc<Token>>,
    skipped: u64,
    trimmed: u64,
    /// Of these, what went by its age and was not told of yet.
    untold: u64,
    /// The newest number that is not remembered any more: what is not above it was counted.
    floor: Option<SequenceNumber>,
}

impl Lane {
    /// An empty lane of an open shard.
    pub fn new(shard: ShardId) -> Self {
        Self {
            shard,
            parents: Vec::new(),
            open: true,
            began: None,
            closed: None,
            heat: Heat::default(),
            entered: 0,
            stored: None,
            told: None,
            tokens: VecDeque::new(),
            skipped: 0,
            trimmed: 0,
            untold: 0,
            floor: None,
        }
    }

    /// The records that are remembered, oldest first.
    pub fn tokens(&self) -> &VecDeque<Arc<Token>> {
        &self.tokens
    }

    /// Older records that made room here; the stream has them.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Records that were seen in the stream and are not there any more.
    pub fn trimmed(&self) -> u64 {
        self.trimmed
    }

    /// Records that were seen here at any time.
    pub fn seen(&self) -> u64 {
        self.held() + self.trimmed
    }

    /// Records that were seen here and are still in the stream.
    pub fn held(&self) -> u64 {
        self.tokens.len() as u64 + self.skipped
    }

    /// Records that the shard holds and that were not seen here: of before the lab looked at it.
    pub fn unseen(&self) -> u64 {
        let there = self.held() + self.untold;
        self.stored.unwrap_or(0).saturating_sub(there)
    }

    /// Records that the shard holds, as far as is known.
    pub fn all(&self) -> u64 {
        self.held() + self.unseen()
    }

    /// The newest record's number, of those remembered or let go.
    pub fn newest(&self) -> Option<&SequenceNumber> {
        match self.tokens.back() {
            Some(token) => Some(&token.sequence),
            None => self.floor.as_ref(),
        }
    }

    /// The token of this number and its place.
    pub fn find(&self, sequence: &SequenceNumber) -> Option<(usize, &Arc<Token>)> {
        let place = self.place(sequence).ok()?;
        Some((place, &self.tokens[place]))
    }

    fn place(&self, sequence: &SequenceNumber) -> Result<usize, usize> {
        match self.tokens.back() {
            Some(newest) if newest.sequence < *sequence => Err(self.tokens.len()),
            _ => self
                .tokens
                .binary_search_by(|token| token.sequence.cmp(sequence)),
        }
    }

    /// A record of the shard was seen. Whether it is new here.
    pub fn learn(&mut self, token: Token) -> bool {
        let counted = |floor: &SequenceNumber| token.sequence <= *floor;
        if self.floor.as_ref().is_some_and(counted) {
            return false;
        }
        match self.place(&token.sequence) {
            Ok(place) => {
                // Only a reader is told when a record arrived.
                if token.told && !self.tokens[place].told {
                    let known = Arc::make_mut(&mut self.tokens[place]);
                    (known.arrived, known.told) = (token.arrived, true);
                }
                return false;
            }
            Err(place) => self.tokens.insert(place, Arc::new(token)),
        }
        if self.tokens.len() > REMEMBERED {
            self.skipped += self.drop_oldest();
        }
        true
    }

    fn drop_oldest(&mut self) -> u64 {
        match self.tokens.pop_front() {
            Some(gone) => {
                self.floor = Some(gone.sequence.clone());
                1
            }
            None => 0,
        }
    }

    /// What arrived before this time is not in the stream any more. Gives how many of the records seen went.
    pub fn trim_before(&mut self, time: DateTime<Utc>) -> u64 {
        let before = self.trimmed;
        while self
            .tokens
            .front()
            .is_some_and(|oldest| oldest.arrived < time)
        {
            // What made room here was older still.
            self.trimmed += self.drop_oldest() + std::mem::take(&mut self.skipped);
        }
        self.untold += self.trimmed - before;
        self.trimmed - before
    }

    /// It is told that so many of the shard's records went by their age.
    pub fn expired(&mut self, records: u64) {
        self.untold = self.untold.saturating_sub(records);
    }

    /// The stream let go of so many of the shard's oldest records.
    pub fn trim_oldest(&mut self, records: u64) {
        let skipped = records.min(self.skipped);
        self.skipped -= skipped;
        self.trimmed += skipped;
        for _ in skipped..records {
            self.trimmed += self.drop_oldest();
        }
    }

    /// All records that were seen are gone; the shard stays.
    pub fn empty(&mut self) {
        self.trim_oldest(self.held());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap_or_default()
    }

    fn token(number: u64) -> Token {
        let sequence = SequenceNumber::from(number.to_string());
        Token::new(sequence, "alice", 1, at(number as i64), false, None)
    }

    fn numbers(lane: &Lane) -> Vec<u64> {
        let number = |token: &Arc<Token>| token.sequence.as_str().parse().expect("a number");
        lane.tokens().iter().map(number).collect()
    }

    #[test]
    fn a_record_that_is_told_twice_stands_once_and_takes_the_time_that_a_reader_was_told() {
        let mut lane = Lane::new(ShardId::from_index(0));
        assert!(lane.learn(token(9)));
        assert!(lane.learn(token(10)));
        let told = Token {
            told: true,
            arrived: at(3),
            ..token(9)
        };
        assert!(!lane.learn(told));
        assert_eq!(numbers(&lane), [9, 10], "by value, not by spelling");
        assert_eq!(lane.tokens()[0].arrived, at(3));
    }

    #[test]
    fn what_is_older_than_the_retention_goes_and_what_made_room_before_went_with_it() {
        let mut lane = Lane::new(ShardId::from_index(0));
        for number in 1..=600 {
            lane.learn(token(number));
        }
        assert_eq!((lane.skipped(), lane.tokens().len()), (88, REMEMBERED));
        assert_eq!(lane.trim_before(at(89)), 0);
        assert_eq!(lane.trim_before(at(100)), 99);
        assert_eq!((lane.skipped(), lane.trimmed(), lane.held()), (0, 99, 501));
        lane.empty();
        assert_eq!((lane.held(), lane.trimmed()), (0, 600));
        assert!(!lane.learn(token(600)), "an old answer brings nothing back");
        assert!(lane.learn(token(601)));
    }

    #[test]
    fn a_long_key_is_remembered_by_its_beginning() {
        let key = "東".repeat(256);
        let token = Token::new("1".into(), &key, 1, at(0), false, None);
        assert_eq!(token.key.chars().count(), LONGEST_KEY + 1);
    }

    #[derive(Debug, Clone)]
    enum Deed {
        Learn(u64),
        TrimBefore(i64),
        TrimOldest(u64),
        Empty,
    }

    fn deed() -> impl Strategy<Value = Deed> {
        prop_oneof![
            12 => (0..3_000_u64).prop_map(Deed::Learn),
            1 => (0..3_000_i64).prop_map(Deed::TrimBefore),
            1 => (0..40_u64).prop_map(Deed::TrimOldest),
            1 => Just(Deed::Empty),
        ]
    }

    proptest! {
        #[test]
        fn tokens_are_in_order_within_the_bound_and_every_record_is_counted_once(
            start in 0..1_200_u64,
            deeds in prop::collection::vec(deed(), 0..200),
        ) {
            let mut lane = Lane::new(ShardId::from_index(0));
            let mut new: HashSet<u64> = (0..start).filter(|n| lane.learn(token(*n))).collect();
            for deed in deeds {
                match deed {
                    Deed::Learn(number) => {
                        let is_new = lane.learn(token(number));
                        prop_assert!(!is_new || new.insert(number), "{number} twice");
                    }
                    Deed::TrimBefore(second) => {
                        lane.trim_before(at(second));
                    }
                    Deed::TrimOldest(records) => lane.trim_oldest(records),
                    Deed::Empty => lane.empty(),
                }
                let numbers = numbers(&lane);
                prop_assert!(numbers.is_sorted_by(|a, b| a < b));
                prop_assert!(numbers.len() <= REMEMBERED);
                let shown = numbers.len() as u64;
                prop_assert_eq!(shown + lane.skipped() + lane.trimmed(), new.len() as u64);
                prop_assert_eq!(lane.seen(), new.len() as u64);
            }
        }
    }
}
