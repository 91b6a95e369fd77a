//! What must hold after a step of a scene, in the author's words. All of it is seen in what came back through the SDK.

use serde::Deserialize;

/// What must hold; what is absent is not asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// So many records were acknowledged since the scene's stream was created.
    #[serde(default)]
    pub records: Option<u64>,
    /// All records of these keys lie in one shard.
    #[serde(default)]
    pub same_shard: Vec<String>,
    /// The records of each of these keys lie in another shard.
    #[serde(default)]
    pub different_shards: Vec<String>,
    /// So many shards are open.
    #[serde(default)]
    pub open_shards: Option<usize>,
    /// So many shards are closed.
    #[serde(default)]
    pub closed_shards: Option<usize>,
    /// So many records were read since the reading began, repeats included.
    #[serde(default)]
    pub read: Option<u64>,
    /// So many of these had been worked on before, at least.
    #[serde(default)]
    pub repeats: Option<u64>,
    /// Each key's records were read in the order in which they were put.
    #[serde(default)]
    pub key_order: Option<bool>,
    /// All records were read in the order in which they were put, over all shards.
    #[serde(default)]
    pub put_order: Option<bool>,
    /// So many workers hold shards.
    #[serde(default)]
    pub workers: Option<usize>,
    /// A reader is behind the newest record, or none is.
    #[serde(default)]
    pub behind: Option<bool>,
    /// A call of this step was refused with this error.
    #[serde(default)]
    pub error: Option<String>,
    /// So many records of this step were refused as too many, at least.
    #[serde(default)]
    pub throttled: Option<u64>,
    /// So many records are gone by age since the scene's stream was created, at least.
    #[serde(default)]
    pub trimmed: Option<u64>,
    /// So many events wait for the answer of the batch.
    #[serde(default)]
    pub waiting: Option<u64>,
    /// So many bursts were found by the stream, as the batch panel has it.
    #[serde(default)]
    pub alarms: Option<u64>,
}

impl Expectations {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether calls of the step may be refused: what is expected says so.
    pub fn allows_refusals(&self) -> bool {
        self.error.is_some() || self.throttled.is_some()
    }
}
