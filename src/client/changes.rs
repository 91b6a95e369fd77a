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
        let client = &self.panel;
        match change {
            StreamChange::Split { shard, at } => self.road.accepted(
                client
                    .split_shard()
                    .stream_name(stream)
                    .shard_to_split(shard.as_str())
                    .new_starting_hash_key(at.value().to_string())
                    .send()
                    .await,
            ),
            StreamChange::Merge { shard, next } => self.road.accepted(
                client
                    .merge_shards()
                    .stream_name(stream)
                    .shard_to_merge(shard.as_str())
                    .adjacent_shard_to_merge(next.as_str())
                    .send()
                    .await,
            ),
            StreamChange::Scale { to, .. } => self.road.accepted(
                client
                    .update_shard_count()
                    .stream_name(stream)
                    .target_shard_count(integer(*to))
                    .scaling_type(ScalingType::UniformScaling)
                    .send()
                    .await,
            ),
            StreamChange::Retain { from, to } if to < from => self.road.accepted(
                client
                    .decrease_stream_retention_period()
                    .stream_name(stream)
                    .retention_period_hours(integer(*to))
                    .send()
                    .await,
            ),
            StreamChange::Retain { to, .. } => self.road.accepted(
                client
                    .increase_stream_retention_period()
                    .stream_name(stream)
                    .retention_period_hours(integer(*to))
                    .send()
                    .await,
            ),
        }
    }
}
