//! Counts what clients have not yet taken of their answers, so that one that never reads holds little memory.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::presence::UnderWay;

/// How much memory answers share until their clients take them. What is left of it says how large the next one may be.
pub const SHARED_BYTES: usize = 64 * 1024 * 1024;

/// How much of its answers a connection may leave untaken before its next request has to wait.
pub const OWN_BYTES: usize = 256 * 1024;

/// How long a request waits for its connection's earlier answers to be taken.
const TIME: Duration = Duration::from_secs(10);

/// What is left of the room for answers: of one connection's, and of everyone's.
#[derive(Clone)]
pub struct Room {
    pub own: Arc<Semaphore>,
    pub shared: Arc<Semaphore>,
}

impl Room {
    /// How large the next answer may be: a quarter of what is left, so that there is always some left for others. None
    /// where the connection does not take its earlier answers.
    pub async fn next(&self) -> Option<usize> {
        let turn = timeout(TIME, self.own.acquire()).await.ok()?;
        turn.ok().map(|_| self.shared.available_permits() / 4)
    }

    /// Room for an answer that comes late on purpose: it counts for everyone, but its connection does not wait for it.
    pub fn apart(&self) -> Self {
        Self {
            own: Arc::new(Semaphore::new(OWN_BYTES)),
            shared: Arc::clone(&self.shared),
        }
    }

    /// Counts an answer until it is taken or given up.
    pub fn hold(&self, bytes: Bytes, under_way: UnderWay) -> Bytes {
        // Smaller answers than the next one may be were made meanwhile, if at all: what is missing is not counted.
        let take = |room: &Semaphore| room.forget_permits(bytes.len());
        Bytes::from_owner(Held {
            own: take(&self.own),
            shared: take(&self.shared),
            bytes,
            room: self.clone(),
            _under_way: under_way,
        })
    }
}

/// An answer on its way.
struct Held {
    bytes: Bytes,
    room: Room,
    own: usize,
    shared: usize,
    _under_way: UnderWay,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.own.add_permits(self.own);
        self.room.shared.add_permits(self.shared);
    }
}
