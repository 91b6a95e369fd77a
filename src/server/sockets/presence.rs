//! How long each connection has been quiet, so that one that does nothing makes place for one that wants something.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// How long a connection may ask nothing. SDKs let go of an idle one after 60 to 90 seconds, so that mostly they end it.
pub const IDLE_TIME: Duration = Duration::from_secs(120);

/// After how much quiet a connection makes place for another one: where nothing is under way, and where something is
/// that its client neither sends nor takes.
const IDLE_UNDER_PRESSURE: Duration = Duration::from_secs(1);
const STUCK_UNDER_PRESSURE: Duration = Duration::from_secs(10);

/// One connection, as long as it is served.
pub struct Presence {
    /// A std lock, since it is held for a line and never over an await.
    quiet: Mutex<Quiet>,
    dismissed: CancellationToken,
}

#[derive(Clone, Copy)]
struct Quiet {
    /// When a request last came, or its answer was taken.
    since: Instant,
    under_way: usize,
}

impl Presence {
    fn quiet(&self) -> MutexGuard<'_, Quiet> {
        self.quiet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request came; it is under way until what this returns is dropped.
    pub fn asked(self: &Arc<Self>) -> UnderWay {
        let mut quiet = self.quiet();
        quiet.since = Instant::now();
        quiet.under_way += 1;
        UnderWay(Arc::clone(self))
    }

    /// Ends when the connection is to be let go: after [`IDLE_TIME`], or to make place.
    pub async fn ended(&self) {
        tokio::select! {
            () = self.dismissed.cancelled() => {}
            () = async {
                loop {
                    let over = self.quiet().since + IDLE_TIME;
                    if over <= Instant::now() {
                        break;
                    }
                    sleep_until(over).await;
                }
            } => {}
        }
    }

    /// When it may be asked to make place.
    fn may_go(&self) -> Instant {
        let quiet = *self.quiet();
        quiet.since
            + match quiet.under_way {
                0 => IDLE_UNDER_PRESSURE,
                _ => STUCK_UNDER_PRESSURE,
            }
    }
}

/// A request, until its answer is taken or given up.
pub struct UnderWay(Arc<Presence>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut quiet = self.0.quiet();
        quiet.since = Instant::now();
        quiet.under_way -= 1;
    }
}

/// Everyone who is there.
#[derive(Default)]
pub struct Guests(Vec<Weak<Presence>>);

impl Guests {
    /// Takes in a new connection.
    pub fn welcome(&mut self) -> Arc<Presence> {
        self.0.retain(|guest| guest.strong_count() > 0);
        let guest = Arc::new(Presence {
            quiet: Mutex::new(Quiet {
                since: Instant::now(),
                under_way: 0,
            }),
            dismissed: CancellationToken::new(),
        });
        self.0.push(Arc::downgrade(&guest));
        guest
    }

    /// Waits until somebody may go, and lets go of the quietest. Waits for ever where nobody is.
    pub async fn make_place(&mut self) {
        loop {
            let guests = self.0.iter().enumerate();
            let first = guests
                .filter_map(|(index, guest)| Some((guest.upgrade()?.may_go(), index)))
                .min();
            let Some((when, index)) = first else {
                return std::future::pending().await;
            };
            if when <= Instant::now() {
                if let Some(guest) = self.0.swap_remove(index).upgrade() {
                    guest.dismissed.cancel();
                }
                return;
            }
            // Who was stuck may be idle sooner than that.
            sleep_until(when.min(Instant::now() + IDLE_UNDER_PRESSURE)).await;
        }
    }
}
