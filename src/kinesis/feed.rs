//! The request feed: who called what, with which result, as the embedded server answered it.
//!
//! Every call is one [`Call`]. No payload beyond the first [`HEAD_BYTES`] of a record leaves the server this way.
//! Consumers of the feed may lose events when they are slow; the transport counts what was lost.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::control::{FaultKind, ServerState};
use super::{SequenceNumber, ShardId, StartPosition, readable};

/// How much of a record's data the feed carries, in bytes.
pub const HEAD_BYTES: usize = 64;

/// One thing that happened at the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum FeedEvent {
    /// A call was answered.
    Called(Arc<Call>),
    /// A call was answered, but there was no room to tell of it: its listeners are too slow.
    Untold,
    /// A client's connection ended.
    Disconnected {
        /// Which one, as in [`Caller::connection`].
        connection: u64,
    },
    /// What holds at the server changed: its clock, its pace, its faults or its room.
    Changed(Arc<ServerState>),
    /// A stream that was kept from an earlier run is there; told once for each at the start, before any call.
    Kept {
        /// Its region.
        region: String,
        /// Its name.
        stream: String,
        /// How many records it holds.
        records: u64,
        /// In which shards.
        shards: Vec<(ShardId, u64)>,
    },
    /// Records of a stream went since they were older than its retention.
    Expired {
        /// The region of the stream.
        region: String,
        /// The stream.
        stream: String,
        /// How many records went.
        records: u64,
        /// From which shards.
        shards: Vec<(ShardId, u64)>,
    },
    /// A stream was emptied on request.
    Emptied {
        /// The region of the stream.
        region: String,
        /// The stream.
        stream: String,
        /// How many records went.
        records: u64,
    },
    /// The store reached its limit and dropped the oldest records of a shard before their retention ended.
    TrimmedEarly {
        /// The region of the stream.
        region: String,
        /// The stream.
        stream: String,
        /// The shard.
        shard: ShardId,
        /// How many records went.
        records: u64,
    },
}

/// Who called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The User-Agent header (empty if none).
    pub user_agent: String,
    /// The access key id of the request's credential scope (empty if none).
    pub access_key: String,
    /// The server's number for the TCP connection, counting up from 1.
    pub connection: u64,
    /// Whether the connection speaks HTTP/2, where SDKs open a new connection for each request.
    pub http2: bool,
}

/// One call and its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call {
    /// When it was answered, on the server's clock.
    pub at: DateTime<Utc>,
    /// Who called.
    pub caller: Caller,
    /// The region of the credential scope.
    pub region: String,
    /// The operation's name, e.g. `PutRecord`; as the client wrote it, at most 64 characters.
    pub operation: String,
    /// The stream it named, if it named one.
    pub stream: Option<String>,
    /// The error's name and message, if it was refused.
    pub error: Option<(String, String)>,
    /// What the call did, where the operation has more to say.
    pub detail: Detail,
    /// The fault on request that it met.
    pub fault: Option<FaultKind>,
    /// From the complete request to the complete answer.
    pub latency: Duration,
}

impl Call {
    /// Where it stored its records.
    pub fn places(&self) -> impl Iterator<Item = &(ShardId, SequenceNumber)> {
        let entries = match (&self.error, &self.detail) {
            (None, Detail::Put(entries)) => entries.as_slice(),
            _ => &[],
        };
        entries
            .iter()
            .filter_map(|entry| entry.result.as_ref().ok())
    }

    /// How many records it stored.
    pub fn stored(&self) -> u64 {
        self.places().count() as u64
    }
}

/// What the feed says of particular operations.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub enum Detail {
    /// Nothing more.
    #[default]
    None,
    /// CreateStream: how many shards were asked for.
    Create {
        /// The shard count of the request.
        shards: u32,
    },
    /// SplitShard: what was asked for.
    Split {
        /// The shard.
        shard: ShardId,
        /// The first hash key of the higher child, as the client wrote it.
        at: String,
    },
    /// MergeShards: what was asked for.
    Merge {
        /// The shard.
        shard: ShardId,
        /// Its neighbour.
        next: ShardId,
    },
    /// UpdateShardCount: how many shards were asked for.
    Scale {
        /// The target of the request.
        to: u32,
    },
    /// IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod: what was asked for.
    Retain {
        /// The hours of the request.
        hours: u32,
    },
    /// PutRecord (one entry) and PutRecords (up to 500), in request order.
    Put(Vec<PutEntry>),
    /// GetShardIterator.
    Iterator {
        /// The shard.
        shard: ShardId,
        /// Where it starts.
        start: StartPosition,
        /// The chain that this call began (absent when refused).
        chain: Option<u64>,
    },
    /// GetRecords.
    Get(Box<GetDetail>),
}

/// One record of a put.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutEntry {
    /// The partition key.
    pub key: String,
    /// The explicit hash key, if one was given.
    pub explicit_hash_key: Option<String>,
    /// The size of the data in bytes, without the key.
    pub size: usize,
    /// The first [`HEAD_BYTES`] of the data.
    #[serde(with = "readable")]
    pub head: Vec<u8>,
    /// Where it was stored, or the error's name and message.
    pub result: Result<(ShardId, SequenceNumber), (String, String)>,
}

/// What a GetRecords call asked and got.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetDetail {
    /// The chain of iterators it belongs to: GetShardIterator began it, each NextShardIterator goes on.
    pub chain: u64,
    /// The shard.
    pub shard: ShardId,
    /// Where the chain began.
    pub start: StartPosition,
    /// The limit of the request, if given.
    pub limit: Option<u32>,
    /// How many records came back.
    pub returned: usize,
    /// Their data and keys, in bytes: what counts against the shard's 2 MiB a second.
    pub bytes: usize,
    /// The first and last of them.
    pub range: Option<(SequenceNumber, SequenceNumber)>,
    /// How far behind the tip the position is, in milliseconds (absent when refused).
    pub millis_behind_latest: Option<u64>,
    /// Records of the shard still ahead of the position; 0 when caught up.
    pub ahead: u64,
    /// Whether the shard is closed and this call read its end.
    pub ended: bool,
}
