//! How much a second allows: of each shard, and of the calls that manage streams. Pure; lab time is an argument.
//!
//! Each limit is a bucket that holds one second's worth and fills at its rate to the millisecond. What AWS documents of
//! reading decides the rest: an answer that the bucket does not cover empties it by all that it gave, and by one
//! second's worth at least, so that after 10 MiB the next five seconds throttle.

use std::collections::HashMap;

/// Which limits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rates {
    /// None: for load.
    Off,
    /// Those of each shard.
    #[default]
    Shards,
    /// Those of each shard, and those of the calls that manage streams.
    All,
}

/// Records a second into a shard.
const RECORDS: Rate = Rate(1_000);
/// Data and key bytes a second into a shard.
const BYTES_WRITTEN: Rate = Rate(1_048_576);
/// GetRecords calls a second to a shard, all readers together.
const READS: Rate = Rate(5);
/// Data and key bytes a second out of a shard.
const BYTES_READ: Rate = Rate(2 * 1_048_576);
/// GetShardIterator calls a second to a shard.
const ITERATORS: Rate = Rate(5);

/// How much of something a second allows. So much a second is so many thousandths a millisecond.
#[derive(Debug, Clone, Copy)]
struct Rate(u32);

impl Rate {
    /// What a full bucket holds, in thousandths.
    fn full(self) -> i64 {
        thousandths(self.0 as usize)
    }
}

fn thousandths(amount: usize) -> i64 {
    i64::try_from(amount)
        .unwrap_or(i64::MAX)
        .saturating_mul(1000)
}

/// What is left of a limit. A new one is full.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// How much was spent of a full bucket, in thousandths.
    spent: i64,
    /// When that was so, in milliseconds of lab time.
    at_ms: i64,
}

impl Bucket {
    const FULL: Self = Self {
        spent: 0,
        at_ms: i64::MIN,
    };

    /// Fills it up to now. Where the clock went back, filling goes on from there.
    fn fill(&mut self, rate: Rate, now_ms: i64) {
        let passed = now_ms.saturating_sub(self.at_ms).max(0);
        let filled = passed.saturating_mul(i64::from(rate.0));
        self.spent = self.spent.saturating_sub(filled).max(0);
        self.at_ms = now_ms;
    }

    /// What is left, in thousandths.
    fn left(&self, rate: Rate) -> i64 {
        rate.full().saturating_sub(self.spent)
    }

    /// Whether so much is left. More than a bucket ever holds is given by a full one, which then owes the rest.
    fn has(&self, rate: Rate, amount: usize) -> bool {
        self.left(rate) >= thousandths(amount).min(rate.full())
    }

    fn take(&mut self, amount: usize) {
        self.spent = self.spent.saturating_add(thousandths(amount));
    }

    /// Fills it, and takes one if there is one.
    fn take_one(&mut self, rate: Rate, now_ms: i64) -> bool {
        self.fill(rate, now_ms);
        let has = self.has(rate, 1);
        if has {
            self.take(1);
        }
        has
    }
}

/// What a shard may still take and give. A new shard has rested. What is refused costs nothing.
#[derive(Debug, Clone)]
pub struct ShardRates {
    records: Bucket,
    bytes_written: Bucket,
    reads: Bucket,
    bytes_read: Bucket,
    iterators: Bucket,
}

impl Default for ShardRates {
    fn default() -> Self {
        Self {
            records: Bucket::FULL,
            bytes_written: Bucket::FULL,
            reads: Bucket::FULL,
            bytes_read: Bucket::FULL,
            iterators: Bucket::FULL,
        }
    }
}

impl ShardRates {
    /// Takes a record of so many bytes of data and key, if it fits.
    pub fn write(&mut self, bytes: usize, now_ms: i64) -> bool {
        self.records.fill(RECORDS, now_ms);
        self.bytes_written.fill(BYTES_WRITTEN, now_ms);
        let fits = self.records.has(RECORDS, 1) && self.bytes_written.has(BYTES_WRITTEN, bytes);
        if fits {
            self.records.take(1);
            self.bytes_written.take(bytes);
        }
        fits
    }

    /// Allows a GetRecords call, if there is one left and earlier answers are paid for.
    pub fn read(&mut self, now_ms: i64) -> bool {
        self.bytes_read.fill(BYTES_READ, now_ms);
        self.bytes_read.left(BYTES_READ) > 0 && self.reads.take_one(READS, now_ms)
    }

    /// Pays for the answer to a call that [`ShardRates::read`] allowed.
    pub fn answered(&mut self, bytes: usize) {
        let left = self.bytes_read.left(BYTES_READ);
        let price = thousandths(bytes);
        self.bytes_read.spent = match price <= left {
            true => self.bytes_read.spent + price,
            false => BYTES_READ
                .full()
                .saturating_add(price.max(BYTES_READ.full())),
        };
    }

    /// Allows a GetShardIterator call, if there is one left.
    pub fn iterator(&mut self, now_ms: i64) -> bool {
        self.iterators.take_one(ITERATORS, now_ms)
    }
}

/// Whether calls are counted for the whole account in its region, or for each stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Account,
    Stream,
}

/// The calls that AWS documents a rate for, beside those to a shard.
const CALLS: &[(&str, Of, Rate)] = &[
    ("AddTagsToStream", Of::Account, Rate(5)),
    ("CreateStream", Of::Account, Rate(5)),
    ("DecreaseStreamRetentionPeriod", Of::Account, Rate(5)),
    ("DeleteStream", Of::Account, Rate(5)),
    ("DescribeLimits", Of::Account, Rate(1)),
    ("DescribeStream", Of::Account, Rate(10)),
    ("DescribeStreamSummary", Of::Account, Rate(20)),
    ("IncreaseStreamRetentionPeriod", Of::Account, Rate(5)),
    ("ListShards", Of::Stream, Rate(1_000)),
    ("ListStreams", Of::Account, Rate(5)),
    ("ListTagsForStream", Of::Account, Rate(5)),
    ("MergeShards", Of::Account, Rate(5)),
    ("RemoveTagsFromStream", Of::Account, Rate(5)),
    ("SplitShard", Of::Account, Rate(5)),
    ("UpdateShardCount", Of::Account, Rate(10)),
];

/// How many buckets of calls there are before those that have filled up again are forgotten: the names in requests are
/// anyone's.
const MOST_CALLS: usize = 1_024;

/// What is left of the rates of the calls that manage streams.
#[derive(Debug, Default)]
pub struct CallRates {
    buckets: HashMap<(&'static str, String), (Rate, Bucket)>,
}

impl CallRates {
    /// Allows a call, if one of its kind is left in this region, or for this stream in it. Where there are too many to
    /// tell apart it is refused.
    pub fn call(&mut self, operation: &str, region: &str, stream: &str, now_ms: i64) -> bool {
        let Some((operation, of, rate)) = CALLS.iter().find(|(name, ..)| *name == operation) else {
            return true;
        };
        let whose = match of {
            Of::Account => region.to_owned(),
            Of::Stream => format!("{region}/{stream}"),
        };
        let whose = (*operation, whose);
        if self.buckets.len() >= MOST_CALLS && !self.buckets.contains_key(&whose) {
            self.buckets.retain(|_, (rate, bucket)| {
                bucket.fill(*rate, now_ms);
                bucket.spent > 0
            });
            if self.buckets.len() >= MOST_CALLS {
                return false;
            }
        }
        let (rate, bucket) = self.buckets.entry(whose).or_insert((*rate, Bucket::FULL));
        bucket.take_one(*rate, now_ms)
    }
}

#[cfg(test)]
mod tests;
