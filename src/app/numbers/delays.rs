//! The delays of the newest records, and what half of them and nearly all of them stayed within.

use std::collections::VecDeque;

/// Of how many records the delays are kept: the newest.
pub const KEPT: usize = 1_000;

/// Delays in milliseconds. One below zero is told as it is: the clocks at its two ends differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delays {
    newest: VecDeque<i64>,
    sorted: Vec<i64>,
}

impl Delays {
    /// A record had this delay.
    pub fn push(&mut self, millis: i64) {
        if self.newest.len() == KEPT
            && let Some(oldest) = self.newest.pop_front()
            && let Ok(place) = self.sorted.binary_search(&oldest)
        {
            self.sorted.remove(place);
        }
        self.newest.push_back(millis);
        let place = self.sorted.partition_point(|other| *other < millis);
        self.sorted.insert(place, millis);
    }

    /// Of how many records they are.
    pub fn len(&self) -> usize {
        self.newest.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.newest.is_empty()
    }

    /// The smallest delay that so many of a hundred records stayed within, by the nearest rank.
    pub fn percentile(&self, of_hundred: usize) -> Option<i64> {
        let rank = (self.sorted.len() * of_hundred.min(100)).div_ceil(100);
        self.sorted.get(rank.max(1) - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let check = |millis: &[i64], of_hundred, expected| {
            let mut delays = Delays::default();
            millis.iter().for_each(|millis| delays.push(*millis));
            assert_eq!(
                delays.percentile(of_hundred),
                expected,
                "{millis:?} {of_hundred}"
            );
        };
        check(&[], 50, None);
        check(&[7], 50, Some(7));
        check(&[7], 99, Some(7));
        check(&[30, 10, 20], 50, Some(20));
        check(&[40, 30, 10, 20], 50, Some(20));
        check(&[40, -30, 10, 20], 99, Some(40));
        let hundred: Vec<i64> = (1..=100).rev().collect();
        check(&hundred, 50, Some(50));
        check(&hundred, 99, Some(99));
        check(&hundred, 100, Some(100));
        check(&hundred, 0, Some(1));
    }

    proptest! {
        #[test]
        fn they_are_always_those_of_the_newest(
            millis in proptest::collection::vec(-50i64..200, 1..3 * KEPT),
            of_hundred in 1usize..=100,
        ) {
            let mut delays = Delays::default();
            millis.iter().for_each(|millis| delays.push(*millis));
            let mut newest = millis[millis.len().saturating_sub(KEPT)..].to_vec();
            newest.sort_unstable();
            let within = |least: i64| newest.iter().filter(|millis| **millis <= least).count();
            let answer = delays.percentile(of_hundred).expect("there are some");
            prop_assert_eq!(delays.len(), newest.len());
            prop_assert!(newest.contains(&answer));
            prop_assert!(within(answer) * 100 >= newest.len() * of_hundred, "enough stayed within");
            prop_assert!(
                within(answer - 1) * 100 < newest.len() * of_hundred,
                "and no smaller delay would do"
            );
        }
    }
}
