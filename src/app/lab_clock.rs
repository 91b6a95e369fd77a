//! Lab time: the embedded server's clock, which is ahead of the wall clock by what it was moved forward.
//!
//! Arrival times, retention and iterators are in lab time; the lab's own deadlines and delays are in wall time. Elsewhere
//! than on the embedded server both are the same.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

/// How many moves of the clock are remembered; of earlier ones only their sum.
const REMEMBERED: usize = 64;

/// The two clocks side by side.
#[derive(Debug, Clone)]
pub struct LabClock {
    /// How far lab time was ahead when it was told first, and when in wall time that was; how it came to that is not
    /// known.
    first: TimeDelta,
    since: DateTime<Utc>,
    /// When it was moved, in wall time, and how far it was ahead from then on; oldest first.
    moves: VecDeque<(DateTime<Utc>, TimeDelta)>,
}

impl Default for LabClock {
    fn default() -> Self {
        Self {
            first: TimeDelta::zero(),
            since: DateTime::<Utc>::MIN_UTC,
            moves: VecDeque::new(),
        }
    }
}

impl LabClock {
    /// A clock that is ahead by so many seconds since before this run, which begins now.
    pub(super) fn ahead_by(seconds: u64, now: DateTime<Utc>) -> Self {
        Self {
            first: delta(seconds),
            since: match seconds {
                0 => DateTime::<Utc>::MIN_UTC,
                _ => now,
            },
            moves: VecDeque::new(),
        }
    }

    /// At this moment of wall time lab time was seen to be so many seconds ahead.
    pub(super) fn seen(&mut self, now: DateTime<Utc>, seconds: u64) {
        let ahead = delta(seconds);
        if ahead == self.moves.back().map_or(self.first, |(_, ahead)| *ahead) {
            return;
        }
        if self.moves.len() == REMEMBERED
            && let Some((_, ahead)) = self.moves.pop_front()
        {
            self.first = ahead;
        }
        self.moves.push_back((now, ahead));
    }

    /// Lab time at this moment of wall time.
    pub fn lab(&self, wall: DateTime<Utc>) -> DateTime<Utc> {
        let moved = self.moves.iter().rev().find(|(at, _)| *at <= wall);
        let ahead = moved.map_or(self.first, |(_, ahead)| *ahead);
        wall.checked_add_signed(ahead).unwrap_or(wall)
    }

    /// How many milliseconds lie on the wall between an arrival in lab time and now. Not known of what arrived before this
    /// run, if the clock had been moved.
    pub fn waited(&self, arrived: DateTime<Utc>, now: DateTime<Utc>) -> Option<u64> {
        let arrived = self.wall(arrived);
        let waited = (now - arrived).num_milliseconds().max(0).unsigned_abs();
        (arrived >= self.since).then_some(waited)
    }

    /// Wall time at this moment of lab time; what was skipped is the moment of the move.
    pub fn wall(&self, lab: DateTime<Utc>) -> DateTime<Utc> {
        let back = |ahead| lab.checked_sub_signed(ahead).unwrap_or(lab);
        let mut next = DateTime::<Utc>::MAX_UTC;
        for (at, ahead) in self.moves.iter().rev() {
            let wall = back(*ahead);
            if wall >= *at {
                return wall.min(next);
            }
            next = *at;
        }
        back(self.first).min(next)
    }
}

fn delta(seconds: u64) -> TimeDelta {
    let seconds = i64::try_from(seconds).ok();
    seconds
        .and_then(TimeDelta::try_seconds)
        .unwrap_or(TimeDelta::MAX)
}

/// So many seconds in words: `24 h 5 min`, `12 d 1 h`, `30 s`.
pub fn in_words(seconds: u64) -> String {
    // Hours say "retention" better than days do, up to a few.
    let days = if seconds >= 4 * 86_400 {
        seconds / 86_400
    } else {
        0
    };
    let rest = seconds - days * 86_400;
    let parts = [
        (days, "d"),
        (rest / 3_600, "h"),
        (rest / 60 % 60, "min"),
        (rest % 60, "s"),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    match words.is_empty() {
        true => "0 s".into(),
        false => words.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_372_800 + seconds, 0).expect("a time")
    }

    /// A day ahead since before this run; an hour more after 100 s, five minutes more after 200 s.
    fn clock() -> LabClock {
        let mut clock = LabClock::ahead_by(86_400, at(50));
        clock.seen(at(100), 90_000);
        clock.seen(at(150), 90_000);
        clock.seen(at(200), 90_300);
        clock
    }

    #[test]
    fn both_clocks_tell_the_same_moment_before_between_and_after_the_moves() {
        let check = |wall: i64, lab: i64| {
            assert_eq!(clock().lab(at(wall)), at(lab), "lab time at {wall}");
            assert_eq!(clock().wall(at(lab)), at(wall), "wall time at {lab}");
        };
        check(0, 24 * HOUR);
        check(99, 24 * HOUR + 99);
        check(100, 25 * HOUR + 100);
        check(199, 25 * HOUR + 199);
        check(200, 25 * HOUR + 500);
        check(9_000, 25 * HOUR + 9_300);
    }

    #[test]
    fn time_that_was_skipped_is_the_moment_of_the_move() {
        assert_eq!(clock().wall(at(24 * HOUR + 1_000)), at(100));
        assert_eq!(clock().wall(at(25 * HOUR + 300)), at(200));
    }

    #[test]
    fn how_long_a_record_waited_is_not_told_if_it_came_before_an_unknown_move() {
        let check = |clock: &LabClock, arrived: i64, waited| {
            assert_eq!(clock.waited(at(arrived), at(300)), waited, "{arrived}");
        };
        check(&clock(), 24 * HOUR + 99, Some(201_000));
        check(&clock(), 25 * HOUR + 600, Some(0));
        check(&clock(), 24 * HOUR + 49, None);
        check(&clock(), 49, None);
        let mut never_moved = LabClock::ahead_by(0, at(50));
        check(&never_moved, 49, Some(251_000));
        never_moved.seen(at(100), 86_400);
        check(&never_moved, 49, Some(251_000));
    }

    #[test]
    fn of_many_moves_the_earliest_are_remembered_as_their_sum() {
        let mut clock = LabClock::default();
        for move_ in 1..=1_000 {
            clock.seen(at(move_), move_.unsigned_abs() * 300);
        }
        assert_eq!(clock.moves.len(), REMEMBERED);
        assert_eq!(clock.lab(at(2_000)), at(2_000 + 300_000));
        assert_eq!(clock.wall(clock.lab(at(990))), at(990));
    }

    #[test]
    fn a_clock_further_ahead_than_time_goes_stands_for_itself() {
        let mut clock = LabClock::default();
        clock.seen(at(0), u64::MAX);
        assert_eq!(clock.lab(at(5)), at(5));
        assert_eq!(clock.wall(at(5)), at(5));
    }

    #[test]
    fn how_far_ahead_is_told_in_words() {
        for (seconds, words) in [
            (0, "0 s"),
            (300, "5 min"),
            (86_400, "24 h"),
            (86_700, "24 h 5 min"),
            (3_661, "1 h 1 min 1 s"),
            (4 * 86_400 + 60, "4 d 1 min"),
        ] {
            assert_eq!(in_words(seconds), words);
        }
    }
}
