//! What came of the calls: counts, and latencies in buckets that are 3 % wide.

use std::collections::BTreeMap;
use std::time::Duration;

/// A power of two is cut into so many buckets.
const STEPS: u64 = 32;

/// What came of some calls.
#[derive(Default, Clone)]
pub struct Tally {
    pub calls: u64,
    /// Records that were accepted, or read.
    pub records: u64,
    /// Records, or reads, that were refused because a limit was reached.
    pub throttled: u64,
    /// Other records or calls that failed, by what was said.
    pub errors: BTreeMap<String, u64>,
    pub latencies: Latencies,
}

/// How many different errors are told apart; the rest count as the last one's kin.
const MOST_ERRORS: usize = 20;

impl Tally {
    pub fn called(&mut self, latency: Duration) {
        self.calls += 1;
        self.latencies.add(latency);
    }

    pub fn failed(&mut self, why: &str, count: u64) {
        let known = self.errors.contains_key(why) || self.errors.len() < MOST_ERRORS;
        let why = if known { why } else { "others" };
        *self.errors.entry(why.to_owned()).or_default() += count;
    }

    pub fn error_count(&self) -> u64 {
        self.errors.values().sum()
    }
}

/// How long calls took.
#[derive(Default, Clone)]
pub struct Latencies {
    /// At most 60 powers of two; grows to the highest bucket that was needed.
    buckets: Vec<u64>,
    count: u64,
    pub longest: Duration,
}

impl Latencies {
    fn add(&mut self, latency: Duration) {
        let bucket = bucket(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.count += 1;
        self.longest = self.longest.max(latency);
    }

    /// The latency that this share of the calls did not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let rank = (self.count as f64 * share).ceil() as u64;
        let mut seen = 0;
        let at = self.buckets.iter().position(|count| {
            seen += count;
            seen >= rank.max(1)
        });
        at.map_or(Duration::ZERO, |bucket| {
            Duration::from_nanos(upper_end(bucket)).min(self.longest)
        })
    }
}

/// The bucket of a number: exact below [`STEPS`], then `STEPS` buckets for each power of two.
fn bucket(nanos: u64) -> usize {
    if nanos < STEPS {
        return nanos as usize;
    }
    let power = nanos.ilog2() - STEPS.ilog2();
    (u64::from(power) * STEPS + (nanos >> power)) as usize
}

/// The largest number of a bucket.
fn upper_end(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * STEPS {
        return bucket;
    }
    let power = bucket / STEPS - 1;
    ((STEPS + bucket % STEPS + 1) << power) - 1
}
