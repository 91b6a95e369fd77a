//! A clock that never goes back: while the wall clock is behind what was read already, it goes on by itself.
//!
//! Deadlines are times of day. If somebody sets the wall clock back by an hour, none of them may stand still for an hour.

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// The clock.
#[derive(Debug)]
pub struct SteadyClock {
    wall: fn() -> DateTime<Utc>,
    read: Cell<(DateTime<Utc>, Instant)>,
}

impl SteadyClock {
    /// A clock over the wall clock.
    pub fn new(wall: fn() -> DateTime<Utc>) -> Self {
        Self {
            wall,
            read: Cell::new((wall(), Instant::now())),
        }
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        let (last, at) = self.read.get();
        let instant = Instant::now();
        let passed = TimeDelta::from_std(instant - at).unwrap_or_default();
        let now = next(last, passed, (self.wall)());
        self.read.set((now, instant));
        now
    }
}

/// The time that is read so long after the last one, with the wall clock at this one.
fn next(last: DateTime<Utc>, passed: TimeDelta, wall: DateTime<Utc>) -> DateTime<Utc> {
    if wall >= last {
        return wall;
    }
    last.checked_add_signed(passed).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_372_800 + seconds, 0).expect("a time")
    }

    fn check(last: i64, passed: i64, wall: i64, now: i64) {
        assert_eq!(
            next(at(last), TimeDelta::seconds(passed), at(wall)),
            at(now)
        );
    }

    #[test]
    fn it_is_the_wall_clock_while_that_goes_on() {
        check(10, 1, 11, 11);
        check(10, 1, 10, 10);
        check(10, 1, 7_210, 7_210);
    }

    #[test]
    fn it_goes_on_while_the_wall_clock_is_set_back_and_until_that_has_come_up() {
        check(7_200, 1, 3_601, 7_201);
        check(7_201, 3_600, 7_201, 7_201);
        check(7_201, 3_599, 7_200, 10_800);
    }
}
