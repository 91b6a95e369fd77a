//! Who reads which shard: the workers of one consumer share a stream's shards by leases, as those of the Kinesis Client
//! Library do.
//!
//! ```text
//! shard 0   owner worker 1   counter 41   checkpoint ..5577      a row a shard, in a table that all workers see
//!
//! worker 1  renews: counter 41 -> 42, if owner and counter are what it wrote last; believes in its lease for EXPIRY
//! worker 2  has seen counter 41 for EXPIRY without a move: worker 1 is dead, the lease is free to take
//! worker 3  holds two shards fewer than worker 1: it asks for one, and worker 1 checkpoints and hands it over
//! ```
//!
//! A worker is a process of its own: it knows the table, its own clock and nothing else. So that two never own one shard
//! at the same time, an owner gives up its belief before anybody else may take the lease.
//!
//! Knows nothing of streams' endpoints, of records or of the screen. The time and all randomness are arguments.

mod group;
mod table;
mod worker;

use chrono::TimeDelta;

pub use group::{Change, Group, How};
pub use table::{Checkpoint, Lease, Shard, Synced, Table, Waiting};
pub use worker::Worker;

/// The most workers that a consumer of the lab has.
pub const MAX_WORKERS: u8 = 4;

/// How long a lease lives without being renewed (KCL: `failoverTimeMillis`, 10,000).
pub const EXPIRY: TimeDelta = TimeDelta::seconds(10);

/// How often a worker renews its leases (KCL: a third of `failoverTimeMillis`, less a little).
pub const RENEWAL: TimeDelta = TimeDelta::seconds(3);

/// How often a worker looks at the table to take, steal and hand over (KCL: twice `failoverTimeMillis`; quicker here, so
/// that it can be watched).
pub const ROUND: TimeDelta = TimeDelta::seconds(1);

/// How long work may go on before a worker writes down how far it has come (KCL leaves it to the application; its samples
/// do it once a minute).
pub const CHECKPOINTING: TimeDelta = TimeDelta::seconds(5);

/// How long a lease that was handed over is kept for the worker that asked for it.
const KEPT_FOR: TimeDelta = TimeDelta::seconds(2);

#[cfg(test)]
mod tests;
