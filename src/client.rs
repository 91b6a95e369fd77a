//! The road to an endpoint: one request, one call through the AWS SDK, one answer.
//!
//! ```text
//! options, environment -> settings -> connect -> Client -> perform(Request) -> Answer
//! ```
//!
//! It never retries, paces or polls: the model decides what is asked next, so that the learner sees every refusal.
//! It does not know what is at the other end; the embedded server is an address like any other.

mod calls;
mod changes;
mod connect;
mod failure;
mod loopback;
pub mod settings;

pub use calls::Client;
pub use connect::{ConnectError, Transport, connect, connect_embedded};

#[cfg(test)]
mod tests;
