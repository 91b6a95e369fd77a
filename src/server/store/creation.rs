//! Creating streams, and the quotas of streams and shards.

use chrono::{DateTime, Utc};

use super::{About, Changes, Failure, Head, Mode, Status, Store};
use crate::kinesis::hash_ranges::HashRange;

/// The most on-demand streams of a region: AWS's quota for new accounts.
pub const MOST_ON_DEMAND: usize = 50;
/// How many shards are kept for each that may be open: closed ones stay for as long as their records may.
const KEPT_SHARDS: u32 = 10;

/// How many streams of a region may be in state CREATING at once; documented by AWS.
pub const MOST_CREATING: usize = 5;

/// Why a stream was not created.
#[derive(Debug)]
pub enum NotCreated {
    Exists,
    TooManyOnDemand,
    /// As many streams of the region as may be are in state CREATING.
    TooManyCreating,
    NoRoom(NoRoom),
    Failed(Failure),
}

/// Why there can be no more shards.
#[derive(Debug)]
pub enum NoRoom {
    /// Beyond the limit of open shards.
    Open(ShardLimit),
    /// Beyond what the server keeps of closed ones.
    Kept {
        most: u32,
    },
    Failed(Failure),
}

/// The shard limit and what would have gone beyond it.
#[derive(Debug)]
pub struct ShardLimit {
    pub current: u32,
    pub limit: u32,
    pub requested: u32,
}

impl Store {
    /// How many on-demand streams a region has.
    pub fn on_demand_streams(&self, region: &str) -> usize {
        let all = (region.to_owned(), 0)..=(region.to_owned(), u64::MAX);
        self.on_demand.range(all).count()
    }

    /// The open shards of all streams, which have a limit.
    pub fn open_shards(&self) -> u32 {
        self.shards
    }

    /// Creates a stream of which this is known, with so many shards.
    pub fn create(&mut self, mut head: Head, shards: u32) -> Result<(), NotCreated> {
        if self.stream(&head.region, &head.name).is_some() {
            return Err(NotCreated::Exists);
        }
        if head.mode == Mode::OnDemand && self.on_demand_streams(&head.region) >= MOST_ON_DEMAND {
            return Err(NotCreated::TooManyOnDemand);
        }
        self.room_for_shards(shards, shards, head.created())
            .map_err(NotCreated::NoRoom)?;
        if head.status() == Status::Creating && self.creating(&head.region) >= MOST_CREATING {
            return Err(NotCreated::TooManyCreating);
        }
        // By the time, so that a number is not used twice even where the deleted stream is forgotten.
        let by_time = u64::try_from(head.created_ms).unwrap_or(0);
        let incarnation = by_time.max(self.incarnation + 1);
        let created = head.created();
        head.incarnation = incarnation;
        head.next_shard = shards;
        let ranges = (0..).zip(HashRange::split_evenly(shards));
        let changes = Changes {
            heads: vec![head],
            shards: ranges
                .map(|(index, range)| (incarnation, About::new(index, range, created)))
                .collect(),
            ..Changes::default()
        };
        self.commit(changes).map_err(NotCreated::Failed)
    }

    /// How many shards of all streams may be open.
    pub fn shard_limit(&self) -> u32 {
        self.shard_limit
    }

    /// Whether there may be so many more open shards, and so many more that are kept.
    pub fn room_for_shards(
        &mut self,
        open: u32,
        kept: u32,
        now: DateTime<Utc>,
    ) -> Result<(), NoRoom> {
        if open > self.shard_limit.saturating_sub(self.shards) {
            return Err(NoRoom::Open(ShardLimit {
                current: self.shards,
                limit: self.shard_limit,
                requested: open,
            }));
        }
        let most = self.shard_limit.saturating_mul(KEPT_SHARDS);
        while kept > most.saturating_sub(self.kept_shards) {
            let more = self.tidy(now).map_err(NoRoom::Failed)?;
            if !more && kept > most.saturating_sub(self.kept_shards) {
                return Err(NoRoom::Kept { most });
            }
        }
        Ok(())
    }

    /// How many streams of a region are in state CREATING.
    fn creating(&self, region: &str) -> usize {
        let on_their_way = self.due.iter();
        on_their_way
            .filter_map(|(_, incarnation)| self.streams.get(incarnation))
            .filter(|stream| {
                let head = stream.head();
                head.region == region && head.status() == Status::Creating
            })
            .count()
    }
}
