//! The feed's sending side. It never waits: it is bounded in events and in the records that they tell of, and what has
//! no room is counted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::broadcast;

use crate::kinesis::feed::{Call, Detail, FeedEvent};

/// How many events wait for a receiver of the feed. One that falls further behind loses the oldest, and its next
/// `recv` says how many.
pub const FEED_CAPACITY: usize = 1024;

/// How many records the calls may tell of that somebody still holds, in the feed or beyond it. A call tells of up to
/// 500, of 350 bytes each where keys are short: so much that a bound of events alone would be none.
pub const FEED_RECORDS: usize = 32 * 1024;

/// Tells whoever listens.
pub struct Feed {
    events: broadcast::Sender<FeedEvent>,
    /// A std lock, since it is held for a few lines and never over an await.
    held: Mutex<Held>,
}

impl Feed {
    pub fn new() -> Self {
        Self {
            events: broadcast::Sender::new(FEED_CAPACITY),
            held: Mutex::default(),
        }
    }

    /// What is told from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<FeedEvent> {
        self.events.subscribe()
    }

    /// Whether anybody listens: where nobody does, nothing needs to be prepared for the feed.
    pub fn is_heard(&self) -> bool {
        self.events.receiver_count() > 0
    }

    pub fn tell(&self, event: FeedEvent) {
        // An error means that nobody listens.
        let _ = self.events.send(event);
    }

    /// Tells of a call, or that there is no room to tell of it.
    pub fn tell_call(&self, call: Call) {
        let call = Arc::new(call);
        let has_room = self
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(&call);
        self.tell(match has_room {
            true => FeedEvent::Called(call),
            false => FeedEvent::Untold,
        });
    }
}

/// The calls that tell of records, the oldest first.
#[derive(Default)]
struct Held {
    calls: VecDeque<(Weak<Call>, usize)>,
    records: usize,
}

impl Held {
    /// Forgets the calls that nobody holds any more, and takes this one if there is room.
    fn take(&mut self, call: &Arc<Call>) -> bool {
        while let Some((_, records)) = self
            .calls
            .pop_front_if(|(call, _)| call.strong_count() == 0)
        {
            self.records -= records;
        }
        let Detail::Put(entries) = &call.detail else {
            return true;
        };
        let has_room = self.records + entries.len() <= FEED_RECORDS;
        if has_room {
            self.calls.push_back((Arc::downgrade(call), entries.len()));
            self.records += entries.len();
        }
        has_room
    }
}
