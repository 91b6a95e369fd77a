//! A change of a stream's shards or of its retention: which call makes it, and how it is said.

use serde::{Deserialize, Serialize};

use crate::kinesis::ShardId;
use crate::kinesis::feed::Detail;
use crate::kinesis::hash_ranges::HashKey;

/// A change of a stream; each is one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StreamChange {
    /// SplitShard: the shard closes, and two open in its place.
    Split {
        /// The shard.
        shard: ShardId,
        /// The first hash key of the higher child.
        at: HashKey,
    },
    /// MergeShards: two neighbours close, and one opens in their place.
    Merge {
        /// The lower one.
        shard: ShardId,
        /// The one right above it.
        next: ShardId,
    },
    /// UpdateShardCount with UNIFORM_SCALING: as many splits and merges as it takes.
    Scale {
        /// How many shards are open now, as far as the lab knows.
        from: u32,
        /// How many are to be.
        to: u32,
    },
    /// IncreaseStreamRetentionPeriod or DecreaseStreamRetentionPeriod.
    Retain {
        /// For how many hours records are kept now, as far as the lab knows.
        from: u32,
        /// For how many they are to be.
        to: u32,
    },
}

impl StreamChange {
    /// The call's name.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Split { .. } => "SplitShard",
            Self::Merge { .. } => "MergeShards",
            Self::Scale { .. } => "UpdateShardCount",
            Self::Retain { from, to } if to < from => "DecreaseStreamRetentionPeriod",
            Self::Retain { .. } => "IncreaseStreamRetentionPeriod",
        }
    }

    /// What was asked for, as the feed tells it of a call.
    pub fn detail(&self) -> Detail {
        match self {
            Self::Split { shard, at } => Detail::Split {
                shard: shard.clone(),
                at: at.value().to_string(),
            },
            Self::Merge { shard, next } => Detail::Merge {
                shard: shard.clone(),
                next: next.clone(),
            },
            Self::Scale { to, .. } => Detail::Scale { to: *to },
            Self::Retain { to, .. } => Detail::Retain { hours: *to },
        }
    }

    /// Whether the stream's shards are others afterwards.
    pub fn moves_shards(&self) -> bool {
        !matches!(self, Self::Retain { .. })
    }

    /// How many shards are open afterwards, if so many are open now.
    pub fn open_after(&self, open: usize) -> usize {
        match self {
            Self::Split { .. } => open + 1,
            Self::Merge { .. } => open.saturating_sub(1),
            Self::Scale { to, .. } => *to as usize,
            Self::Retain { .. } => open,
        }
    }

    /// The options of the call as the AWS CLI takes them, the stream's name first.
    pub fn options(&self, stream: &str) -> Vec<String> {
        let mut options = vec![format!("--stream-name {stream}")];
        options.extend(match self {
            Self::Split { shard, at } => vec![
                format!("--shard-to-split {shard}"),
                format!("--new-starting-hash-key {}", at.value()),
            ],
            Self::Merge { shard, next } => vec![
                format!("--shard-to-merge {shard}"),
                format!("--adjacent-shard-to-merge {next}"),
            ],
            Self::Scale { to, .. } => vec![
                format!("--target-shard-count {to}"),
                "--scaling-type UNIFORM_SCALING".to_owned(),
            ],
            Self::Retain { to, .. } => vec![format!("--retention-period-hours {to}")],
        });
        options
    }

    /// The call's name as the AWS CLI writes it.
    pub fn command(&self) -> &'static str {
        match self.operation() {
            "SplitShard" => "split-shard",
            "MergeShards" => "merge-shards",
            "UpdateShardCount" => "update-shard-count",
            "DecreaseStreamRetentionPeriod" => "decrease-stream-retention-period",
            _ => "increase-stream-retention-period",
        }
    }

    /// What is being done, as `shard 0 is split`.
    pub fn in_words(&self) -> String {
        match self {
            Self::Split { shard, .. } => format!("shard {} is split", shard.short()),
            Self::Merge { shard, next } => {
                format!("shards {} and {} are merged", shard.short(), next.short())
            }
            Self::Scale { from, to } => format!("{from} shards become {to}"),
            Self::Retain { from, to } => format!("records are kept {to} h instead of {from} h"),
        }
    }
}
