//! The embedded Kinesis: a real HTTP server that speaks the Kinesis API, and a feed of what it answered.
//!
//! ```text
//! sockets        one port, HTTP/1.1 and h2c -> a whole request        knows nothing of Kinesis
//!   pages          web pages, where they are let in
//! admin          the path on which people's tests tell the service what no client of the API can say
//! service        checks in AWS's order, calls the operation, feeds    knows nothing of sockets
//!   wire           which operation a request asks for, and how an answer is sent
//!   authorization  who calls, in which region (signatures are not verified)
//!   shapes         what a request may hold, as data
//!   json           a body read into a shape; an answer written
//!   controls       what the server was told beside the API: lab time, pace, faults
//!   faults         which call meets which fault
//!   constraints    a request held against its shape's limits, in AWS's words
//! operations     one room for each subject; each takes a checked request to an answer
//! tokens         iterators and paging tokens: sealed, opaque to clients
//! store          streams, shards and records, in memory or on disk, and bounded
//! rates          how much a second allows of a shard
//! feed           tells what was answered, and never waits
//! ```
//!
//! [`Service`] is a value: sockets are one way to reach it, a connector inside an SDK client is another.
//! A change is complete before its call answers, so a new stream is ACTIVE at once.

mod admin;
mod authorization;
mod constraints;
mod controls;
mod faults;
mod feed;
mod json;
mod limits;
mod operations;
mod rates;
mod refusals;
mod service;
mod shapes;
mod sockets;
mod store;
mod tokens;
mod wire;

#[cfg(test)]
mod tests;

pub use admin::CONTROL_PATH;
pub use feed::{FEED_CAPACITY, FEED_RECORDS};
pub use limits::Limits;
pub use rates::Rates;
pub use service::{Connection, Delivery, Reply, Service};
pub use sockets::{BindError, Doors, MAX_BODY_BYTES, MAX_CONNECTIONS, PREFERRED_PORT, bind, run};
pub use store::{DiskOptions, OpenError, empty_store};

/// The one account of the lab.
pub const ACCOUNT: &str = "000000000000";
