//! What is true of Kinesis itself, whoever serves it: ids, hash ranges, sequence numbers, the request feed;
//! and what the embedded server can be told beside the API.
//!
//! Pure, and knows nothing of HTTP, of the SDK, of the screen or of the clock.

pub mod aggregated;
pub mod control;
pub mod errors;
pub mod feed;
pub mod hash_ranges;
pub mod ids;
pub mod readable;
pub mod resharding;
pub mod sequence_numbers;

pub use errors::CallError;
pub use ids::{SequenceNumber, ShardId, StartPosition};
