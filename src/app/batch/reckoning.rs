//! The same events reckoned twice: by a stream as each arrives, and by a batch that answers when its interval closes.
//!
//! Times are milliseconds of lab time, as they stand in the records' arrivals; intervals close at whole multiples of
//! their length in the learner's own day. Nothing is made up: what a batch of an hour would have answered follows from
//! the arrivals alone. It keeps sums a key and no events, so its size does not grow with them.

use std::collections::{BTreeMap, VecDeque};

/// The intervals, in milliseconds, and what they are called.
pub const INTERVALS: [(i64, &str); 5] = [
    (10_000, "10 s"),
    (60_000, "1 min"),
    (900_000, "15 min"),
    (3_600_000, "1 h"),
    (86_400_000, "24 h"),
];

/// Something an interval.
pub type EachInterval = [u64; INTERVALS.len()];

/// How many keys are told apart; what comes of further ones is counted together.
pub const MOST_KEYS: usize = 500;

/// The rule: more events of one key than this ...
pub const ALLOWED: usize = 3;
/// ... within so many milliseconds.
pub const WITHIN: i64 = 10_000;

/// How many alarms are remembered; the oldest make room.
pub const MOST_ALARMS: usize = 100;

/// The events of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// All that came: the stream's result.
    pub all: u64,
    /// Of these, what a batch has not answered yet, since its interval goes on.
    pub waiting: EachInterval,
}

impl Tally {
    /// The batch's result.
    pub fn answered(&self, interval: usize) -> u64 {
        self.all - self.waiting[interval]
    }
}

/// What is kept of a key.
#[derive(Debug, Clone, Default)]
struct Key {
    tally: Tally,
    /// The newest arrivals, as many as are allowed.
    recent: VecDeque<i64>,
    /// The alarm that its present burst raised, by its number.
    alarm: Option<u64>,
}

/// A key had more events within a short time than the rule allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The key.
    pub key: String,
    /// When the event arrived that was one too many.
    pub at: i64,
    /// How long before it the first of them arrived.
    pub burst: i64,
    /// When the lab had that event: the stream's answer.
    pub found: i64,
    /// How many more of the key arrived behind it until a batch would have found it, or until now.
    pub passed: EachInterval,
}

/// The reckoning.
#[derive(Debug, Clone, Default)]
pub struct Reckoning {
    /// How far the learner's day is ahead of UTC, in milliseconds.
    zone: i64,
    /// All events together.
    pub total: Tally,
    /// What came of keys beyond [`MOST_KEYS`].
    pub others: Tally,
    keys: BTreeMap<String, Key>,
    /// When the interval closes that goes on now.
    closes: [i64; INTERVALS.len()],
    alarms: VecDeque<Alarm>,
    /// How many alarms there were.
    raised: u64,
    /// The moment up to which it is reckoned.
    now: i64,
    /// How long the events waited for their answers, all together: the stream's, and each batch's.
    waited: (i128, [i128; INTERVALS.len()]),
}

/// When the interval closes in which this moment lies.
pub fn close_of(interval: usize, at: i64, zone: i64) -> i64 {
    let (length, _) = INTERVALS[interval];
    let passed = (at + zone).rem_euclid(length);
    at - passed + length
}

impl Reckoning {
    /// Nothing has arrived yet, in a zone so many milliseconds ahead of UTC.
    pub fn new(zone: i64) -> Self {
        Self {
            zone,
            ..Self::default()
        }
    }

    /// Time goes on to this moment: intervals that it leaves behind are answered. It never goes back.
    pub fn go_on(&mut self, now: i64) {
        self.now = self.now.max(now);
        for interval in 0..INTERVALS.len() {
            if self.now < self.closes[interval] {
                continue;
            }
            self.closes[interval] = close_of(interval, self.now, self.zone);
            self.total.waiting[interval] = 0;
            self.others.waiting[interval] = 0;
            for key in self.keys.values_mut() {
                key.tally.waiting[interval] = 0;
            }
        }
    }

    /// An event arrived, and is known now. Says whether it raised an alarm.
    pub fn came(&mut self, key: &str, arrived: i64, now: i64) -> bool {
        // Two clocks that differ by a little shall not put an event into an interval of the future.
        self.go_on(now.max(arrived));
        let mut one = Tally {
            all: 1,
            waiting: [0; INTERVALS.len()],
        };
        for (interval, waits) in one.waiting.iter_mut().enumerate() {
            *waits = u64::from(close_of(interval, arrived, self.zone) >= self.closes[interval]);
        }
        add(&mut self.total, &one);
        self.waited.0 += i128::from((now - arrived).max(0));
        for (interval, waited) in self.waited.1.iter_mut().enumerate() {
            *waited += i128::from(close_of(interval, arrived, self.zone) - arrived);
        }
        if !self.keys.contains_key(key) && self.keys.len() == MOST_KEYS {
            add(&mut self.others, &one);
            return false;
        }
        let kept = self.keys.entry(key.to_owned()).or_default();
        add(&mut kept.tally, &one);
        self.judge(key, arrived, now)
    }

    /// What the rule says of an event.
    fn judge(&mut self, key: &str, arrived: i64, now: i64) -> bool {
        let Some(kept) = self.keys.get_mut(key) else {
            return false;
        };
        let quiet = kept
            .recent
            .back()
            .is_none_or(|last| arrived - last > WITHIN);
        if quiet {
            kept.alarm = None;
        }
        let first = kept.recent.front().copied();
        let burst = first.map_or(i64::MAX, |first| arrived - first);
        let too_many = kept.recent.len() == ALLOWED && (0..=WITHIN).contains(&burst);
        if kept.recent.len() == ALLOWED {
            kept.recent.pop_front();
        }
        kept.recent.push_back(arrived);
        if let Some(number) = kept.alarm {
            let gone = self.raised - self.alarms.len() as u64;
            let place = number.checked_sub(gone).map(|place| place as usize);
            if let Some(alarm) = place.and_then(|place| self.alarms.get_mut(place)) {
                for (interval, passed) in alarm.passed.iter_mut().enumerate() {
                    let close = close_of(interval, alarm.at, self.zone);
                    *passed += u64::from(arrived < close);
                }
            }
            return false;
        }
        if !too_many {
            return false;
        }
        kept.alarm = Some(self.raised);
        self.raised += 1;
        if self.alarms.len() == MOST_ALARMS {
            self.alarms.pop_front();
        }
        self.alarms.push_back(Alarm {
            key: key.to_owned(),
            at: arrived,
            burst,
            found: now.max(arrived),
            passed: [0; INTERVALS.len()],
        });
        true
    }

    /// How long an event waits for the stream's answer on average, and how long for the batch's.
    pub fn mean_waits(&self, interval: usize) -> Option<(i64, i64)> {
        let events = i128::from(self.total.all);
        let mean = |sum: i128| i64::try_from(sum.checked_div(events)?).ok();
        Some((mean(self.waited.0)?, mean(self.waited.1[interval])?))
    }

    /// The keys with the most events first.
    pub fn keys(&self) -> Vec<(&str, &Tally)> {
        let keys = self.keys.iter();
        let mut keys: Vec<_> = keys
            .map(|(key, kept)| (key.as_str(), &kept.tally))
            .collect();
        keys.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.all));
        keys
    }

    /// The alarms, newest first.
    pub fn alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.iter().rev()
    }

    /// How many alarms there were.
    pub fn raised(&self) -> u64 {
        self.raised
    }

    /// The moment up to which it is reckoned.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// When the interval closes that goes on.
    pub fn closes(&self, interval: usize) -> i64 {
        self.closes[interval]
    }

    /// When a batch finds what this alarm found.
    pub fn found_by_batch(&self, alarm: &Alarm, interval: usize) -> i64 {
        close_of(interval, alarm.at, self.zone)
    }
}

fn add(to: &mut Tally, one: &Tally) {
    to.all += one.all;
    for (sum, more) in to.waiting.iter_mut().zip(one.waiting) {
        *sum += more;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 18:40:00 UTC.
    const START: i64 = 1_795_372_800_000;

    /// Events of keys at so many milliseconds after [`START`], each known as it arrives.
    fn reckoned(events: &[(&str, i64)]) -> Reckoning {
        let mut reckoning = Reckoning::new(0);
        for (key, at) in events {
            reckoning.came(key, START + at, START + at);
        }
        reckoning
    }

    fn answered(reckoning: &Reckoning) -> [u64; 5] {
        [0, 1, 2, 3, 4].map(|interval| reckoning.total.answered(interval))
    }

    #[test]
    fn the_stream_counts_at_once_and_a_batch_when_its_interval_closes() {
        let mut reckoning = reckoned(&[("a", 0), ("b", 9_999), ("a", 10_000), ("a", 61_000)]);
        assert_eq!(reckoning.total.all, 4);
        assert_eq!(answered(&reckoning), [3, 3, 0, 0, 0]);
        let check = |reckoning: &mut Reckoning, after: i64, expected| {
            reckoning.go_on(START + after);
            assert_eq!(answered(reckoning), expected, "after {after} ms");
        };
        check(&mut reckoning, 69_999, [3, 3, 0, 0, 0]);
        check(&mut reckoning, 70_000, [4, 3, 0, 0, 0]);
        check(&mut reckoning, 120_000, [4, 4, 0, 0, 0]);
        check(&mut reckoning, 300_000, [4, 4, 4, 0, 0]);
        check(&mut reckoning, 1_200_000, [4, 4, 4, 4, 0]);
        check(&mut reckoning, 19_200_000, [4, 4, 4, 4, 4]);
        let keys: Vec<(&str, u64)> = reckoning
            .keys()
            .into_iter()
            .map(|(key, tally)| (key, tally.all))
            .collect();
        assert_eq!(keys, [("a", 3), ("b", 1)]);
    }

    #[test]
    fn an_event_waits_for_the_stream_to_be_read_and_for_the_batch_to_close() {
        assert_eq!(Reckoning::new(0).mean_waits(0), None);
        let mut reckoning = reckoned(&[("a", 1_000)]);
        reckoning.came("a", START + 3_000, START + 3_200);
        assert_eq!(reckoning.mean_waits(0), Some((100, 8_000)));
        assert_eq!(reckoning.mean_waits(1), Some((100, 58_000)));
    }

    #[test]
    fn a_day_closes_at_midnight_where_the_learner_is() {
        let check = |interval, zone_hours: i64, hours: i64| {
            let zone = zone_hours * 3_600_000;
            let close = close_of(interval, START, zone);
            assert_eq!(
                (close - START) as f64 / 3_600_000.0,
                hours as f64 + 1.0 / 3.0
            );
        };
        check(4, 0, 5);
        check(4, 1, 4);
        check(4, -5, 10);
        check(3, 0, 0);
        assert_eq!(
            close_of(0, START, 0),
            START + 10_000,
            "a close begins the next"
        );
        assert_eq!(close_of(0, -1, 0), 0);
    }

    #[test]
    fn what_is_known_late_belongs_to_the_interval_of_its_arrival() {
        let mut reckoning = reckoned(&[("a", 65_000)]);
        reckoning.came("a", START + 9_000, START + 66_000);
        assert_eq!(answered(&reckoning), [1, 1, 0, 0, 0]);
        // The server's clock may be a little ahead of the lab's.
        reckoning.came("a", START + 70_003, START + 69_999);
        assert_eq!(answered(&reckoning), [2, 1, 0, 0, 0]);
        reckoning.go_on(START);
        assert_eq!(reckoning.now(), START + 70_003, "time never goes back");
    }

    #[test]
    fn one_event_too_many_of_a_key_raises_one_alarm_until_the_key_is_quiet() {
        let mut reckoning = reckoned(&[
            ("a", 0),
            ("a", 1_000),
            ("b", 1_500),
            ("a", 2_000),
            ("a", 2_100),
            ("a", 3_000),
        ]);
        let alarm = reckoning.alarms().next().expect("an alarm").clone();
        assert_eq!(
            (alarm.key.as_str(), alarm.at - START, alarm.burst),
            ("a", 2_100, 2_100)
        );
        assert_eq!(alarm.passed, [1; 5]);
        assert_eq!(reckoning.found_by_batch(&alarm, 0) - START, 10_000);
        for at in [9_999, 10_000, 19_000] {
            reckoning.came("a", START + at, START + at);
        }
        let alarm = reckoning.alarms().next().expect("an alarm");
        assert_eq!(
            alarm.passed,
            [2, 4, 4, 4, 4],
            "a batch of 10 s found it at 10 s"
        );
        assert_eq!(reckoning.raised(), 1);
        for at in [40_000, 41_000, 42_000, 43_000] {
            reckoning.came("a", START + at, START + at);
        }
        assert_eq!(reckoning.raised(), 2);
    }

    #[test]
    fn what_keeps_the_rule_raises_none() {
        let slow: Vec<(&str, i64)> = (0..50).map(|n| ("a", n * 4_000)).collect();
        assert_eq!(reckoned(&slow).raised(), 0);
        let others = ["a", "b", "c", "d"].map(|key| (key, 5));
        assert_eq!(reckoned(&others).raised(), 0);
    }

    #[test]
    fn keys_and_alarms_are_bounded_and_nothing_is_lost_of_the_sum() {
        let mut reckoning = Reckoning::new(0);
        for n in 0..(MOST_KEYS as i64 + 100) * 5 {
            let key = format!("key {}", n / 5);
            reckoning.came(&key, START + n, START + n);
        }
        assert_eq!(reckoning.keys().len(), MOST_KEYS);
        assert_eq!(reckoning.others.all, 500);
        assert_eq!(reckoning.total.all, (MOST_KEYS as u64 + 100) * 5);
        assert_eq!(reckoning.alarms().count(), MOST_ALARMS);
        assert_eq!(reckoning.raised(), MOST_KEYS as u64);
    }

    proptest! {
        #[test]
        fn once_its_interval_is_closed_a_batch_agrees_with_the_stream(
            events in proptest::collection::vec((0usize..4, 0i64..200_000, 0i64..30_000), 0..200),
            zone in -12i64..=12,
            ends in 0i64..100_000_000,
        ) {
            let zone = zone * 3_600_000;
            let mut reckoning = Reckoning::new(zone);
            let mut told: Vec<(usize, i64, i64)> = events
                .into_iter()
                .map(|(key, at, late)| (key, START + at, START + at + late))
                .collect();
            told.sort_by_key(|(_, _, known)| *known);
            for (key, at, known) in &told {
                reckoning.came(["a", "b", "c", "d"][*key], *at, *known);
            }
            let end = START + 230_000 + ends;
            reckoning.go_on(end);
            for interval in 0..INTERVALS.len() {
                let closed = |at: &i64| close_of(interval, *at, zone) <= end;
                let expected = told.iter().filter(|(_, at, _)| closed(at)).count() as u64;
                prop_assert_eq!(reckoning.total.answered(interval), expected);
                let mut sum = 0;
                for (name, tally) in reckoning.keys() {
                    let of_key = |key: usize| ["a", "b", "c", "d"][key] == name;
                    let of_key = told.iter().filter(|(key, at, _)| of_key(*key) && closed(at));
                    prop_assert_eq!(tally.answered(interval), of_key.count() as u64);
                    sum += tally.answered(interval);
                }
                prop_assert_eq!(sum, expected);
            }
            reckoning.go_on(end + 2 * 86_400_000);
            for interval in 0..INTERVALS.len() {
                prop_assert_eq!(reckoning.total.answered(interval), reckoning.total.all);
            }
        }
    }
}
