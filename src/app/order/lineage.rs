//! Which shard was made of which: parents by their children.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinesis::ShardId;

/// How many shards are remembered; of more the lineage is not known.
const MOST_SHARDS: usize = 4_096;

/// The shards that were made of others.
#[derive(Debug, Clone, Default)]
pub struct Lineage {
    parents: BTreeMap<ShardId, Vec<ShardId>>,
}

impl Lineage {
    /// A shard was made of these.
    pub fn learn(&mut self, shard: &ShardId, parents: &[ShardId]) {
        if parents.is_empty() || self.parents.contains_key(shard) {
            return;
        }
        if self.parents.len() < MOST_SHARDS {
            self.parents.insert(shard.clone(), parents.to_vec());
        }
    }

    fn parents(&self, shard: &ShardId) -> &[ShardId] {
        self.parents.get(shard).map_or(&[], Vec::as_slice)
    }

    /// Whether a shard was made of another, be it over others between.
    pub fn is_ancestor(&self, ancestor: &ShardId, of: &ShardId) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![of];
        while let Some(shard) = open.pop() {
            for parent in self.parents(shard) {
                if parent == ancestor {
                    return true;
                }
                // An endpoint that tells of a circle is not followed around it.
                if seen.insert(parent) {
                    open.push(parent);
                }
            }
        }
        false
    }

    /// The steps from an ancestor down to a shard: the parents that were split, and the children that were merged.
    pub fn steps(
        &self,
        ancestor: &ShardId,
        to: &ShardId,
    ) -> (BTreeSet<ShardId>, BTreeSet<ShardId>) {
        let (mut splits, mut merges) = (BTreeSet::new(), BTreeSet::new());
        let mut seen = BTreeSet::new();
        let mut open = vec![to];
        while let Some(shard) = open.pop() {
            let parents = self.parents(shard);
            for parent in parents {
                if parent != ancestor && !self.is_ancestor(ancestor, parent) {
                    continue;
                }
                match parents.len() {
                    1 => splits.insert(parent.clone()),
                    _ => merges.insert(shard.clone()),
                };
                if parent != ancestor && seen.insert(parent) {
                    open.push(parent);
                }
            }
        }
        (splits, merges)
    }
}
