//! How much the service keeps, and how much it allows in a second.

use super::rates::Rates;

/// The bounds of a service.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The memory of all records together, in bytes: data, keys and a fixed overhead for each.
    pub memory_bytes: usize,
    /// What all records together take on disk, where they are kept there, in bytes counted likewise.
    pub disk_bytes: usize,
    /// What happens at the one that holds: puts are refused, or the oldest records go before their retention ends.
    pub trim_early: bool,
    /// The shards of all streams together.
    pub shards: u32,
    /// Which rates hold.
    pub rates: Rates,
}

impl Limits {
    /// For load, and for whoever does not want to wait a second: no rates hold.
    pub fn without_rates() -> Self {
        Self {
            rates: Rates::Off,
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 256 * 1024 * 1024,
            disk_bytes: 2 * 1024 * 1024 * 1024,
            trim_early: false,
            // The shard quota of most regions.
            shards: 1000,
            rates: Rates::default(),
        }
    }
}
