//! How warm a shard is: what it takes a second against what it may take, and what it refuses.
//!
//! Counted by the second on the wall. The clock is an argument.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

/// How many seconds are remembered, the present one included.
pub const SECONDS: usize = 60;

/// What a shard takes a second: records, and bytes.
pub const RECORDS_A_SECOND: u32 = 1_000;
/// See [`RECORDS_A_SECOND`].
pub const BYTES_A_SECOND: u64 = 1024 * 1024;

/// A shard is hot that takes so much of either, in percent.
const HOT_PERCENT: u64 = 80;

/// For so many seconds a full second or a refusal counts.
const RECENT: i64 = 5;

/// From so many records a second on single records cannot be followed by the eye.
const LIVELY: u32 = 25;

/// A second of a shard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Second {
    /// Records stored.
    pub records: u32,
    /// Their bytes, keys included.
    pub bytes: u64,
    /// Records refused since the shard had its fill.
    pub throttled: u32,
    /// Reads refused since it gave its fill.
    pub reads_refused: u32,
}

/// The last seconds of a shard.
#[derive(Debug, Clone, Default)]
pub struct Heat(VecDeque<(i64, Second)>);

impl Heat {
    fn second(&mut self, at: DateTime<Utc>) -> &mut Second {
        let stamp = at.timestamp();
        let place = match self.0.back() {
            Some((newest, _)) if *newest < stamp => self.0.len(),
            _ => self.0.partition_point(|(second, _)| *second < stamp),
        };
        if self.0.get(place).is_none_or(|(second, _)| *second != stamp) {
            self.0.insert(place, (stamp, Second::default()));
        }
        let excess = self.0.len().saturating_sub(SECONDS);
        self.0.drain(..excess);
        &mut self.0[place.saturating_sub(excess)].1
    }

    /// A record of so many bytes was stored.
    pub fn stored(&mut self, at: DateTime<Utc>, bytes: u64) {
        let second = self.second(at);
        second.records = second.records.saturating_add(1);
        second.bytes = second.bytes.saturating_add(bytes);
    }

    /// A record was refused since the shard had its fill.
    pub fn throttled(&mut self, at: DateTime<Utc>) {
        let second = self.second(at);
        second.throttled = second.throttled.saturating_add(1);
    }

    /// A read was refused since the shard gave its fill.
    pub fn read_refused(&mut self, at: DateTime<Utc>) {
        let second = self.second(at);
        second.reads_refused = second.reads_refused.saturating_add(1);
    }

    /// The second that lies so far back; 0 is the present one.
    pub fn back(&self, seconds: i64, now: DateTime<Utc>) -> Second {
        let stamp = now.timestamp() - seconds;
        let place = self.0.binary_search_by_key(&stamp, |(second, _)| *second);
        place.map_or_else(|_| Second::default(), |place| self.0[place].1)
    }

    fn recent(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Second> {
        let from = now.timestamp() - RECENT;
        let newest_first = self.0.iter().rev();
        newest_first
            .take_while(move |(second, _)| *second > from)
            .map(|(_, second)| second)
    }

    /// Records a second: the fuller one of the present second and the one before.
    pub fn rate(&self, now: DateTime<Utc>) -> u32 {
        self.back(0, now).records.max(self.back(1, now).records)
    }

    /// Bytes a second, the fullest of the last ones, where they are nearer to their limit than the records are to theirs.
    pub fn pressing_bytes(&self, now: DateTime<Utc>) -> Option<u64> {
        let bytes = self.recent(now).map(|second| second.bytes).max()?;
        let records = self.recent(now).map(|second| second.records).max()?;
        let nearer = bytes * u64::from(RECORDS_A_SECOND) > u64::from(records) * BYTES_A_SECOND;
        nearer.then_some(bytes)
    }

    /// Records refused in the last seconds.
    pub fn recently_throttled(&self, now: DateTime<Utc>) -> u32 {
        let refused = self.recent(now).map(|second| second.throttled);
        refused.fold(0, u32::saturating_add)
    }

    /// Reads refused in the last seconds.
    pub fn reads_recently_refused(&self, now: DateTime<Utc>) -> u32 {
        let refused = self.recent(now).map(|second| second.reads_refused);
        refused.fold(0, u32::saturating_add)
    }

    /// Whether the shard took nearly what it may in one of the last seconds, or refused a record.
    pub fn is_hot(&self, now: DateTime<Utc>) -> bool {
        self.recent(now).any(|second| {
            second.throttled > 0
                || u64::from(second.records) * 100 >= u64::from(RECORDS_A_SECOND) * HOT_PERCENT
                || second.bytes * 100 >= BYTES_A_SECOND * HOT_PERCENT
        })
    }

    /// Whether so much comes that single records cannot be followed by the eye.
    pub fn is_lively(&self, now: DateTime<Utc>) -> bool {
        self.recent(now).any(|second| second.records >= LIVELY)
    }

    /// When what is said of it changes by itself, if nothing more happens.
    pub fn next_change(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let refused = self.recently_throttled(now) + self.reads_recently_refused(now) > 0;
        let moves = self.is_hot(now) || self.is_lively(now) || refused;
        let next = DateTime::from_timestamp(now.timestamp(), 0)? + TimeDelta::seconds(1);
        moves.then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap_or_default()
    }

    #[test]
    fn a_shard_is_hot_near_its_records_or_its_bytes_and_for_seconds_after_a_refusal() {
        let check = |fill: &dyn Fn(&mut Heat), hot_until: i64| {
            let mut heat = Heat::default();
            fill(&mut heat);
            let is_hot: Vec<i64> = (0..20).filter(|s| heat.is_hot(at(100 + s))).collect();
            assert_eq!(is_hot, (0..hot_until).collect::<Vec<_>>());
        };
        check(&|heat| (0..799).for_each(|_| heat.stored(at(100), 1)), 0);
        check(&|heat| (0..800).for_each(|_| heat.stored(at(100), 1)), 5);
        check(&|heat| heat.stored(at(100), 838_860), 0);
        check(&|heat| heat.stored(at(100), 838_861), 5);
        let mut heat = Heat::default();
        heat.stored(at(100), 838_861);
        assert_eq!(heat.pressing_bytes(at(101)), Some(838_861));
        (0..900).for_each(|_| heat.stored(at(101), 1));
        assert_eq!(
            heat.pressing_bytes(at(101)),
            None,
            "the records are nearer to their limit"
        );
        check(&|heat| heat.throttled(at(100)), 5);
        check(&|heat| heat.read_refused(at(100)), 0);
    }

    #[test]
    fn at_rest_nothing_asks_for_a_deadline() {
        let mut heat = Heat::default();
        assert_eq!(heat.next_change(at(100)), None);
        heat.stored(at(100), 9);
        assert_eq!(
            heat.next_change(at(100)),
            None,
            "one record is shown as such"
        );
        heat.throttled(at(100));
        assert_eq!(heat.next_change(at(100)), Some(at(101)));
        assert_eq!(heat.next_change(at(105)), None);
    }

    #[test]
    fn seconds_come_in_any_order_and_only_the_last_are_remembered() {
        let mut heat = Heat::default();
        for second in [3, 1, 2, 3, 200, 1] {
            heat.stored(at(second), 1);
        }
        for second in 201..400 {
            heat.stored(at(second), 1);
        }
        heat.stored(at(1), 1);
        assert_eq!(heat.0.len(), SECONDS);
        assert_eq!(heat.rate(at(399)), 1);
        assert_eq!(heat.rate(at(500)), 0);
    }
}
