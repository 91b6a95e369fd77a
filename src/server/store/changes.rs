//! What a call changes, complete before any of it is done, so that it can be kept first.

use super::log::{Log, Record};
use super::memory::MemoryLog;
use super::shard::About;
use super::stream::Head;

/// Why the store could not do what it was told. Nothing of it has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

/// Everything that one call changes: all of it happens, or nothing. Streams go by their incarnation.
#[derive(Debug, Default)]
pub struct Changes {
    /// Streams that are new, or known otherwise than before.
    pub heads: Vec<Head>,
    /// Shards that are new, or known otherwise than before; after the heads.
    pub shards: Vec<(u64, About)>,
    /// Records for the ends of their shards, in order.
    pub records: Vec<NewRecord>,
    /// Records that nobody can read any more are let go. The shard's [`About::trimmed`] says so before.
    pub freed: Vec<Freed>,
    /// Shards that are gone: (stream, index). They hold no records any more.
    pub forgotten: Vec<(u64, u32)>,
    /// Streams that are gone. What they held is let go later, shard by shard.
    pub deleted: Vec<u64>,
    /// How far the lab's clock is ahead now, in seconds.
    pub ahead_seconds: Option<u64>,
}

impl Changes {
    /// Lets go of the records of a shard below an index.
    pub fn free(&mut self, stream: u64, about: &About, below: u64) {
        let trimmed = below.max(about.trimmed);
        self.shards.push((
            stream,
            About {
                trimmed,
                ..about.clone()
            },
        ));
        self.freed.push(Freed {
            stream,
            shard: about.index,
            below,
        });
    }
}

/// A record, and the shard it belongs to.
#[derive(Debug)]
pub struct NewRecord {
    pub stream: u64,
    pub shard: u32,
    pub record: Record,
}

/// All records of a shard below an index.
#[derive(Debug, Clone, Copy)]
pub struct Freed {
    pub stream: u64,
    pub shard: u32,
    pub below: u64,
}

/// What keeps changes beyond the life of the process.
pub trait Keep: Send {
    /// Has all of these on disk when it returns, or none.
    fn keep(&mut self, changes: &Changes) -> Result<(), Failure>;

    /// Where the records of a new shard are held.
    fn log(&self, _stream: u64, _shard: u32) -> Log {
        Log::Memory(MemoryLog::default())
    }
}
