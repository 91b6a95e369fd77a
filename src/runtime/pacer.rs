//! When to draw: at once after a key or a quiet time, at most every [`FRAME_BUDGET`] while things move.

use std::time::Duration;

use tokio::time::Instant;

/// The least time from the end of one frame to the next: 30 frames a second, but for keys.
pub const FRAME_BUDGET: Duration = Duration::from_millis(33);

/// How soon a change wants to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody pressed a key and waits for it.
    AtOnce,
    /// It happened by itself.
    Paced,
}

/// Knows when the last frame was drawn and when the next is due. Nothing changed: none is due.
#[derive(Debug, Default)]
pub struct Pacer {
    last: Option<Instant>,
    due: Option<Instant>,
}

impl Pacer {
    /// Something changed.
    pub fn changed(&mut self, now: Instant, urgency: Urgency) {
        let due = match (urgency, self.last) {
            (Urgency::Paced, Some(last)) => now.max(last + FRAME_BUDGET),
            _ => now,
        };
        self.due = Some(self.due.map_or(due, |earlier| earlier.min(due)));
    }

    /// Whether to draw now.
    pub fn is_due(&self, now: Instant) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// When to draw, if anything changed.
    pub fn alarm(&self) -> Option<Instant> {
        self.due
    }

    /// A frame was drawn.
    pub fn drew(&mut self, now: Instant) {
        self.last = Some(now);
        self.due = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Urgency::{AtOnce, Paced};

    /// A frame ends at 0 ms; changes come at these milliseconds; the next frame is due then.
    fn check(changes: &[(u64, Urgency)], expected: Option<u64>) {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut pacer = Pacer::default();
        pacer.drew(start);
        for (millis, urgency) in changes {
            pacer.changed(at(*millis), *urgency);
        }
        assert_eq!(pacer.alarm(), expected.map(at), "{changes:?}");
        if let Some(due) = expected {
            assert!(!pacer.is_due(at(due) - Duration::from_nanos(1)));
            assert!(pacer.is_due(at(due)));
        }
    }

    #[test]
    fn a_frame_is_due_when_its_change_wants_it() {
        check(&[], None);
        check(&[(5, Paced)], Some(33));
        check(&[(5, Paced), (20, Paced)], Some(33));
        check(&[(33, Paced)], Some(33));
        check(&[(5_000, Paced)], Some(5_000));
        check(&[(5, AtOnce)], Some(5));
        check(&[(5, Paced), (9, AtOnce)], Some(9));
        check(&[(9, AtOnce), (10, Paced)], Some(9));
    }

    #[test]
    fn the_first_change_of_all_is_drawn_at_once() {
        let mut pacer = Pacer::default();
        let now = Instant::now();
        pacer.changed(now, Paced);
        assert!(pacer.is_due(now));
    }

    #[test]
    fn after_a_frame_nothing_is_due() {
        let mut pacer = Pacer::default();
        let now = Instant::now();
        pacer.changed(now, AtOnce);
        pacer.drew(now);
        assert!(!pacer.is_due(now + Duration::from_secs(3_600)));
        assert_eq!(pacer.alarm(), None);
    }
}
