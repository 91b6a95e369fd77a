//! Who reads what: dealing a stream's shards among the workers of one consumer.

use super::ShardId;

/// The most workers a consumer of the lab has.
pub const MAX_WORKERS: u8 = 4;

/// Deals shards round and round among workers 1 to `workers`; the answer names the worker of each shard, in order.
///
/// No worker has more than one shard more than another. Workers beyond the number of shards get none: a shard is
/// read by one worker at a time, so they idle.
pub fn deal(shards: &[ShardId], workers: u8) -> Vec<u8> {
    let workers = workers.clamp(1, MAX_WORKERS);
    (1..=workers).cycle().take(shards.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shards: u32, workers: u8, dealt: &[u8]) {
        let shards: Vec<_> = (0..shards).map(ShardId::from_index).collect();
        assert_eq!(deal(&shards, workers), dealt);
    }

    #[test]
    fn shards_are_dealt_evenly() {
        check(0, 2, &[]);
        check(1, 1, &[1]);
        check(4, 1, &[1, 1, 1, 1]);
        check(4, 2, &[1, 2, 1, 2]);
        check(5, 3, &[1, 2, 3, 1, 2]);
    }

    #[test]
    fn workers_without_a_shard_idle() {
        check(2, 4, &[1, 2]);
    }

    #[test]
    fn the_number_of_workers_is_kept_in_bounds() {
        check(2, 0, &[1, 1]);
        check(6, 200, &[1, 2, 3, 4, 1, 2]);
    }
}
