//! What the server was told beside the API: the one place where it is kept, and from where every change is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

use super::faults::{self, Struck};
use super::feed::Feed;
use crate::kinesis::control::{Fault, MOST_AHEAD_SECONDS, ServerState, Timing};
use crate::kinesis::feed::FeedEvent;

/// The state of the controls.
pub struct Controls {
    /// A std lock, since it is held for a few lines and never over an await.
    held: Mutex<Held>,
    feed: Arc<Feed>,
}

struct Held {
    state: ServerState,
    /// Decides which calls meet a fault that has a rate.
    random: Rng,
}

impl Controls {
    /// Nothing was told yet, but that the clock may be ahead since an earlier run.
    pub fn new(feed: Arc<Feed>, random: Rng, ahead_seconds: u64) -> Self {
        let state = ServerState {
            ahead_seconds,
            ..ServerState::default()
        };
        Self {
            held: Mutex::new(Held { state, random }),
            feed,
        }
    }

    pub fn state(&self) -> ServerState {
        self.held().state.clone()
    }

    /// How long streams take to change.
    pub fn timing(&self) -> Timing {
        self.held().state.timing
    }

    /// What time it is in the lab when it is this time outside.
    pub fn lab_time(&self, wall: DateTime<Utc>) -> DateTime<Utc> {
        let ahead = TimeDelta::seconds(self.held().state.ahead_seconds as i64);
        wall.checked_add_signed(ahead).unwrap_or(wall)
    }

    /// How far ahead the clock is after this; it has a limit.
    pub fn further(&self, seconds: u64) -> Result<u64, String> {
        let ahead = self.held().state.ahead_seconds;
        ahead
            .checked_add(seconds)
            .filter(|sum| *sum <= MOST_AHEAD_SECONDS)
            .ok_or_else(|| {
                format!(
                    "lab time can be at most {MOST_AHEAD_SECONDS} seconds (ten years) ahead of the clock on the wall, \
                     and it is {ahead} seconds ahead now"
                )
            })
    }

    pub fn set_ahead(&self, seconds: u64) {
        self.change(|state| state.ahead_seconds = seconds);
    }

    pub fn set_timing(&self, timing: Timing) {
        self.change(|state| state.timing = timing);
    }

    /// Whether some reads come back empty.
    pub fn empty_pages(&self) -> bool {
        self.held().state.empty_pages
    }

    pub fn set_empty_pages(&self, on: bool) {
        self.change(|state| state.empty_pages = on);
    }

    /// Why puts are refused for want of room, if they are; told when that changes.
    pub fn set_full(&self, full: Option<&str>) {
        let mut held = self.held();
        if held.state.full.as_deref() != full {
            held.state.full = full.map(str::to_owned);
            self.tell(&held.state);
        }
    }

    pub fn add_fault(&self, fault: Fault) -> Result<(), String> {
        let mut held = self.held();
        let fault = faults::checked(fault, held.state.faults.len())?;
        held.state.faults.push(fault);
        self.tell(&held.state);
        Ok(())
    }

    pub fn clear_faults(&self) {
        self.change(|state| state.faults.clear());
    }

    /// The fault that this call meets, if there is one for it.
    pub fn meet(&self, operation: &str, stream: Option<&str>, shards: &[u32]) -> Option<Struck> {
        let mut held = self.held();
        let Held { state, random } = &mut *held;
        if state.faults.is_empty() {
            return None;
        }
        let before = state.faults.clone();
        let struck = faults::meet(&mut state.faults, random, operation, stream, shards);
        if state.faults != before {
            self.tell(state);
        }
        struck
    }

    /// Tells what holds now.
    fn tell(&self, state: &ServerState) {
        self.feed.tell(FeedEvent::Changed(Arc::new(state.clone())));
    }

    /// Changes the state and tells of it, in the order of the changes.
    fn change(&self, change: impl FnOnce(&mut ServerState)) {
        let mut held = self.held();
        change(&mut held.state);
        self.tell(&held.state);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
