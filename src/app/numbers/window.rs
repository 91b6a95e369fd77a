//! The last seconds of a shard: what was written to it and read from it in each of them, and how that lies to its limits.
//!
//! Seconds are those of the clock on the wall, counted from 1970; the second that goes on counts once it is over, since a
//! part of it says nothing of a whole one.

/// Over how many seconds a rate is averaged.
pub const OVER: i64 = 5;

/// How many seconds are remembered, beside the one that goes on.
pub const REMEMBERED: i64 = 10;

const PLACES: usize = REMEMBERED as usize + 1;

/// From which share of a limit on a rate is near it.
const NEAR: f64 = 0.8;

/// What is measured of a shard, each with a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Records written.
    Records,
    /// Bytes written: data and keys.
    BytesWritten,
    /// GetRecords calls answered, of all readers together.
    Calls,
    /// Bytes read: data and keys.
    BytesRead,
}

impl Measure {
    /// What is written, then what is read; the counted ones first.
    pub const ALL: [Self; 4] = [
        Self::Records,
        Self::BytesWritten,
        Self::Calls,
        Self::BytesRead,
    ];

    /// What a shard allows in a second.
    pub fn limit(self) -> u64 {
        match self {
            Self::Records => 1_000,
            Self::BytesWritten => 1024 * 1024,
            Self::Calls => 5,
            Self::BytesRead => 2 * 1024 * 1024,
        }
    }
}

/// What happened to a shard in a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Of each measure, in the order of [`Measure::ALL`].
    pub amounts: [u64; 4],
    /// Records refused since more came than the shard takes.
    pub throttled_writes: u64,
    /// Reads refused since more came than the shard gives.
    pub throttled_reads: u64,
}

/// The last seconds of a shard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    seconds: [Tally; PLACES],
    newest: i64,
}

impl Window {
    /// The second in which something happens now. One that the clock has left behind counts as the newest.
    pub fn at(&mut self, second: i64) -> &mut Tally {
        if second > self.newest {
            let from = second.saturating_sub(REMEMBERED).max(self.newest + 1);
            for passed in from..=second {
                self.seconds[place(passed)] = Tally::default();
            }
            self.newest = second;
        }
        &mut self.seconds[place(self.newest)]
    }

    fn of(&self, second: i64) -> Tally {
        let kept = self.newest.saturating_sub(REMEMBERED)..=self.newest;
        match kept.contains(&second) {
            true => self.seconds[place(second)],
            false => Tally::default(),
        }
    }

    /// How a measure stood when this second began.
    pub fn usage(&self, measure: Measure, second: i64) -> Usage {
        let amount = |second| self.of(second).amounts[measure as usize];
        let sum: u64 = (second - OVER..second).map(amount).sum();
        let peak = (second - REMEMBERED..second).map(amount).max();
        Usage {
            measure,
            a_second: sum as f64 / OVER as f64,
            peak: peak.unwrap_or(0),
        }
    }

    /// How many records and reads were refused in the last ten seconds, the one that goes on included.
    pub fn throttled(&self, second: i64) -> (u64, u64) {
        (second - REMEMBERED + 1..=second).fold((0, 0), |(writes, reads), second| {
            let tally = self.of(second);
            (
                writes + tally.throttled_writes,
                reads + tally.throttled_reads,
            )
        })
    }

    /// Whether nothing is left of it that is shown, or will be.
    pub fn is_quiet(&self, second: i64) -> bool {
        (second - REMEMBERED..=second).all(|second| self.of(second) == Tally::default())
    }

    /// What is to be said of it when this second began.
    pub fn pressure(&self, second: i64) -> Pressure {
        let (writes, reads) = self.throttled(second);
        if writes + reads > 0 {
            return Pressure::Throttled { writes, reads };
        }
        let usages = Measure::ALL.map(|measure| self.usage(measure, second));
        let most = |share: fn(&Usage) -> f64| {
            let all = usages.into_iter();
            all.max_by(|a, b| share(a).total_cmp(&share(b)))
        };
        if let Some(usage) = most(Usage::share).filter(|usage| usage.share() >= NEAR) {
            return Pressure::Near(usage);
        }
        if let Some(usage) = most(Usage::peak_share).filter(|usage| usage.peak_share() >= NEAR) {
            return Pressure::Bursts(usage);
        }
        match usages.iter().all(|usage| usage.peak == 0) {
            true => Pressure::Quiet,
            false => Pressure::Room,
        }
    }
}

fn place(second: i64) -> usize {
    usize::try_from(second.rem_euclid(PLACES as i64)).unwrap_or(0)
}

/// How a measure lies to its limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// What is measured.
    pub measure: Measure,
    /// How much a second, over the last [`OVER`] whole seconds.
    pub a_second: f64,
    /// How much in the fullest of the last [`REMEMBERED`] whole seconds.
    pub peak: u64,
}

impl Usage {
    /// The rate as a share of the limit.
    pub fn share(&self) -> f64 {
        self.a_second / self.measure.limit() as f64
    }

    fn peak_share(&self) -> f64 {
        self.peak as f64 / self.measure.limit() as f64
    }
}

/// What is to be said of a shard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pressure {
    /// Nothing happens there.
    Quiet,
    /// It could take and give more.
    Room,
    /// The rate is well below the limit, but a single second was near it.
    Bursts(Usage),
    /// The rate is near the limit.
    Near(Usage),
    /// More came than the limit allows.
    Throttled {
        /// Records refused in the last ten seconds.
        writes: u64,
        /// Reads refused in the last ten seconds.
        reads: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_795_372_800;

    /// A window into which so many records were written in the seconds from [`START`] on.
    fn written(seconds: &[u64]) -> Window {
        let mut window = Window::default();
        for (second, records) in seconds.iter().enumerate() {
            window.at(START + second as i64).amounts[Measure::Records as usize] += records;
        }
        window
    }

    fn records(window: &Window, second: i64) -> (f64, u64) {
        let usage = window.usage(Measure::Records, START + second);
        (usage.a_second, usage.peak)
    }

    #[test]
    fn a_rate_is_the_mean_of_the_last_whole_seconds() {
        let window = written(&[10, 20, 30, 40, 50, 60]);
        assert_eq!(records(&window, 5), (30.0, 50), "the sixth goes on");
        assert_eq!(records(&window, 6), (40.0, 60));
        assert_eq!(records(&window, 9), (22.0, 60));
        assert_eq!(records(&window, 11), (0.0, 60));
        assert_eq!(records(&window, 16), (0.0, 0));
    }

    #[test]
    fn seconds_in_which_nothing_happens_are_empty_ones() {
        let mut window = written(&[10, 20]);
        window.at(START + 4).amounts[0] += 5;
        assert_eq!(records(&window, 5), (7.0, 20));
        window.at(START + 1_000_000).amounts[0] += 5;
        assert_eq!(records(&window, 1_000_001), (1.0, 5));
        assert_eq!(records(&window, 5), (0.0, 0), "it is forgotten");
    }

    #[test]
    fn a_clock_that_goes_back_loses_nothing() {
        let mut window = written(&[0, 0, 7]);
        window.at(START).amounts[0] += 3;
        assert_eq!(records(&window, 3), (2.0, 10));
    }

    #[test]
    fn it_is_quiet_once_everything_has_slid_out() {
        let window = written(&[1]);
        assert!(!window.is_quiet(START));
        assert!(!window.is_quiet(START + REMEMBERED));
        assert!(window.is_quiet(START + REMEMBERED + 1));
        assert!(Window::default().is_quiet(START));
    }

    #[test]
    fn what_is_said_of_a_shard() {
        let check = |seconds: &[u64], expected: fn(&Pressure) -> bool| {
            let window = written(seconds);
            let pressure = window.pressure(START + seconds.len() as i64);
            assert!(expected(&pressure), "{seconds:?}: {pressure:?}");
        };
        check(&[], |it| *it == Pressure::Quiet);
        check(&[1], |it| *it == Pressure::Room);
        check(&[799; 5], |it| *it == Pressure::Room);
        check(
            &[800; 5],
            |it| matches!(it, Pressure::Near(usage) if usage.peak == 800),
        );
        check(
            &[0, 0, 940, 0, 0],
            |it| matches!(it, Pressure::Bursts(usage) if usage.peak == 940),
        );
        let mut window = written(&[5]);
        window.at(START).throttled_writes += 12;
        window.at(START).throttled_reads += 1;
        let throttled = Pressure::Throttled {
            writes: 12,
            reads: 1,
        };
        assert_eq!(window.pressure(START), throttled, "at once");
        assert_eq!(window.pressure(START + 9), throttled);
        assert_eq!(window.pressure(START + 10), Pressure::Room);
    }

    #[test]
    fn the_measure_nearest_to_its_limit_is_the_one_that_is_named() {
        let mut window = written(&[100; 5]);
        for second in 0..5 {
            let tally = window.at(START + 4 + second);
            tally.amounts[Measure::Calls as usize] += 5;
        }
        let pressure = window.pressure(START + 9);
        assert!(
            matches!(pressure, Pressure::Near(usage) if usage.measure == Measure::Calls),
            "{pressure:?}"
        );
    }
}
