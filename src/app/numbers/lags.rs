//! How far readers are behind the tip, and where that goes: the last lags of each, and a word for them.

use std::collections::VecDeque;

use crate::kinesis::ShardId;

/// How many of a reader's lags are kept, one a call.
pub const KEPT: usize = 24;

/// How many readers are remembered; the one that was silent longest makes room.
const READERS: usize = 128;

/// After how many seconds without a call a reader is silent.
pub const SILENT: i64 = 15;

/// A lag of a poll's pause is none: what arrives right after a poll waits for the next.
const A_POLL: u64 = 1_000;

/// Of how many calls before the newest lag is judged.
const BEFORE: usize = 4;

/// A reader of one shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lag {
    /// Its name: `worker`, `py#1`.
    pub who: String,
    /// Its shard.
    pub shard: ShardId,
    /// MillisBehindLatest of its last calls, oldest first.
    pub millis: VecDeque<u64>,
    /// The second of its last call.
    pub last: i64,
}

impl Lag {
    /// Where it goes, when this second began.
    pub fn trend(&self, second: i64) -> Trend {
        if self.is_silent(second) {
            return Trend::Silent;
        }
        let Some(newest) = self.millis.back().copied() else {
            return Trend::NotTold;
        };
        if newest <= A_POLL {
            return Trend::KeepsUp;
        }
        let before = self.millis.len().saturating_sub(1 + BEFORE);
        let earlier = self.millis[before];
        // A tenth, and what a call's own time makes, is no direction.
        let apart = |more: u64, less: u64| more > less + less / 10 + 200;
        match self.millis.len() {
            1 => Trend::Behind,
            _ if apart(newest, earlier) => Trend::FallsBehind,
            _ if apart(earlier, newest) => Trend::CatchesUp,
            _ => Trend::Behind,
        }
    }

    /// Whether it has not called for long.
    pub fn is_silent(&self, second: i64) -> bool {
        second - self.last > SILENT
    }
}

/// Where a reader's lag goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// It has what there is, or nearly.
    KeepsUp,
    /// It is behind, and less than before.
    CatchesUp,
    /// It is behind, and stays so.
    Behind,
    /// It is behind, and more than before.
    FallsBehind,
    /// It does not call any more.
    Silent,
    /// The endpoint says nothing of its lag.
    NotTold,
}

impl Trend {
    /// It in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::KeepsUp => "keeping up",
            Self::CatchesUp => "catching up",
            Self::Behind => "behind",
            Self::FallsBehind => "falling behind",
            Self::Silent => "silent",
            Self::NotTold => "not told",
        }
    }
}

/// The readers, in the order of their names and shards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lags(Vec<Lag>);

impl Lags {
    /// All that are remembered.
    pub fn iter(&self) -> impl Iterator<Item = &Lag> {
        self.0.iter()
    }

    /// A reader called; the endpoint may say how far behind it is. Says whether it looks different now.
    pub fn called(&mut self, who: &str, shard: &ShardId, behind: Option<u64>, second: i64) -> bool {
        let key = |lag: &Lag| (lag.who.as_str(), &lag.shard).cmp(&(who, shard));
        let place = match self.0.binary_search_by(key) {
            Ok(place) => place,
            Err(_) => {
                if self.0.len() == READERS
                    && let Some(silent) = (0..self.0.len()).min_by_key(|place| self.0[*place].last)
                {
                    self.0.remove(silent);
                }
                let place = self.0.partition_point(|lag| key(lag).is_lt());
                let lag = Lag {
                    who: who.to_owned(),
                    shard: shard.clone(),
                    millis: VecDeque::new(),
                    last: second,
                };
                self.0.insert(place, lag);
                place
            }
        };
        let lag = &mut self.0[place];
        let silent = lag.is_silent(second) || lag.millis.is_empty();
        lag.last = second;
        let Some(behind) = behind else {
            return silent;
        };
        let same = lag.millis.len() == KEPT && lag.millis.iter().all(|other| *other == behind);
        if lag.millis.len() == KEPT {
            lag.millis.pop_front();
        }
        lag.millis.push_back(behind);
        silent || !same
    }

    /// When the next reader will be silent, if none of them calls before.
    pub fn next_silence(&self, second: i64) -> Option<i64> {
        let heard = self.0.iter().filter(|lag| !lag.is_silent(second));
        heard.map(|lag| lag.last + SILENT + 1).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lags(millis: &[Option<u64>]) -> Lags {
        let mut lags = Lags::default();
        for (second, behind) in millis.iter().enumerate() {
            lags.called("py#1", &ShardId::from_index(0), *behind, second as i64);
        }
        lags
    }

    #[test]
    fn a_word_says_where_a_lag_goes() {
        let check = |millis: &[u64], expected: Trend| {
            let told: Vec<Option<u64>> = millis.iter().copied().map(Some).collect();
            let trend = lags(&told).0[0].trend(millis.len() as i64);
            assert_eq!(trend, expected, "{millis:?}");
        };
        check(&[0], Trend::KeepsUp);
        check(&[9_000, 0], Trend::KeepsUp);
        check(&[900, 1_000], Trend::KeepsUp);
        check(&[5_000], Trend::Behind);
        check(&[1_000, 2_000, 3_000, 4_000, 5_000], Trend::FallsBehind);
        check(&[5_000, 4_000, 3_000, 2_000, 1_500], Trend::CatchesUp);
        check(&[5_000, 5_100, 4_900, 5_000, 5_050], Trend::Behind);
        check(
            &[60_000, 0, 0, 0, 1_200, 1_900, 2_600, 3_300],
            Trend::FallsBehind,
        );
    }

    #[test]
    fn who_does_not_call_is_silent_and_who_is_told_nothing_says_so() {
        let lag = &lags(&[Some(9_000)]).0[0];
        assert_eq!(lag.trend(SILENT), Trend::Behind);
        assert_eq!(lag.trend(SILENT + 1), Trend::Silent);
        assert_eq!(lags(&[None]).0[0].trend(0), Trend::NotTold);
        assert_eq!(lags(&[Some(1)]).next_silence(3), Some(SILENT + 1));
        assert_eq!(lags(&[Some(1)]).next_silence(SILENT + 1), None);
    }

    #[test]
    fn lags_and_readers_are_bounded_and_who_is_silent_longest_goes_first() {
        let told: Vec<Option<u64>> = (0..100).map(Some).collect();
        let kept = &lags(&told).0[0].millis;
        assert_eq!((kept.len(), kept[0]), (KEPT, 100 - KEPT as u64));
        let mut many = Lags::default();
        for index in 0..READERS as u32 {
            let last = 1_000 - i64::from(index == 77);
            many.called("worker", &ShardId::from_index(index), Some(0), last);
        }
        many.called("a", &ShardId::from_index(0), Some(0), 1_000);
        assert_eq!(many.0.len(), READERS);
        assert_eq!(many.0[0].who, "a");
        assert!(
            many.iter()
                .all(|lag| lag.shard != ShardId::from_index(77) || lag.who == "a")
        );
        assert!(
            many.0
                .is_sorted_by_key(|lag| (lag.who.clone(), lag.shard.clone()))
        );
    }
}
