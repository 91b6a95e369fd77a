//! Changing a stream's shards and its retention: one call each.

use aws_sdk_kinesis::types::ScalingType;

use super::calls::Client;
use crate::app::reshard::StreamChange;
use crate::kinesis::CallError;

/// A count as the SDK takes it.
fn integer(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl Client {
    /// Asks for a change. That it is accepted does not mean that it is over.
    pub(super) async fn change_stream(
        &self,
        stream: &str,
        change: &StreamChange,
    ) -> Result<(), CallError> {
        match change {
            StreamChange::Split { shard, at } => self
                .panel
                .split_shard()
                .stream_name(stream)
                .shard_to_split(shard.as_str())
                .new_starting_hash_key(at.value().to_string())
                .send()
                .await
                .map(drop)
                .map_err(|error| self.road.failure(&error)),
            StreamChange::Merge { shard, next } => self
                .panel
                .merge_shards()
                .stream_name(stream)
                .shard_to_merge(shard.as_str())
                .adjacent_shard_to_merge(next.as_str())
                .send()
                .await
                .map(drop)
                .map_err(|error| self.road.failure(&error)),
            StreamChange::Scale { to, .. } => self
                .panel
                .update_shard_count()
                .stream_name(stream)
                .target_shard_count(integer(*to))
                .scaling_type(ScalingType::UniformScaling)
                .send()
                .await
                .map(drop)
                .map_err(|error| self.road.failure(&error)),
            StreamChange::Retain { from, to } if to < from => self
                .panel
                .decrease_stream_retention_period()
                .stream_name(stream)
                .retention_period_hours(integer(*to))
                .send()
                .await
                .map(drop)
                .map_err(|error| self.road.failure(&error)),
            StreamChange::Retain { to, .. } => self
                .panel
                .increase_stream_retention_period()
                .stream_name(stream)
                .retention_period_hours(integer(*to))
                .send()
                .await
                .map(drop)
                .map_err(|error| self.road.failure(&error)),
        }
    }
}
