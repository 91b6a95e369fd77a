//! Batches: what one call of PutRecords carried, and how much of it was stored.

use std::collections::BTreeSet;

use super::{BATCHES, Deed, Facts, cut};
use crate::kinesis::feed::PutEntry;

/// A batch.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchFacts {
    /// Whose it was, and when.
    pub deed: Deed,
    /// The stream.
    pub stream: String,
    /// Records that it carried.
    pub records: usize,
    /// Different partition keys among them.
    pub keys: usize,
    /// Shards that stored some of them.
    pub shards: usize,
    /// Records that were refused.
    pub failed: usize,
}

impl Facts {
    /// A batch was put on purpose.
    pub(super) fn batch(&mut self, stream: &str, entries: &[PutEntry], deed: &Deed) {
        let keys: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        let stored = entries
            .iter()
            .filter_map(|entry| entry.result.as_ref().ok());
        let shards: BTreeSet<_> = stored.clone().map(|(shard, _)| shard).collect();
        if self.batches.len() == BATCHES {
            self.batches.pop_front();
        }
        self.batches.push_back(BatchFacts {
            deed: deed.clone(),
            stream: cut(stream),
            records: entries.len(),
            keys: keys.len(),
            shards: shards.len(),
            failed: entries.len() - stored.count(),
        });
    }
}
