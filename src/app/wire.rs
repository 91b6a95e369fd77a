//! The wire log: every call that the embedded server answered, whoever made it; elsewhere the lab's own calls.
//!
//! ```text
//! feed, answers -> heard -> Wire (bounded; the filter says what is shown) -> dialog -> json, command
//! ```
//!
//! It knows nothing of the screen. Taking a call over costs the same however many there are: the filter looks at the new
//! one alone, and at all of them only when its words change.

mod answers;
mod command;
mod detail;
mod dialog;
mod filter;
mod heard;
mod json;
mod quoting;

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tui_input::Input;

use super::log::{Gaze, Log, Look};
use crate::kinesis::feed::PutEntry;
use filter::Words;

pub(super) use answers::{answered, asked, batch_told};
pub use detail::{DetailLine, Form, Part, WireDetail, room};
pub use dialog::{HEAD, WireDialog, body};
pub(super) use dialog::{filter_changed, open, pressed, resized, scrolled};
pub(super) use heard::told;
pub use heard::{Records, WireCall};

/// How many calls are kept: the newest.
pub const MOST_CALLS: usize = 5_000;

/// Of how many put records the keys, numbers and first bytes are kept: those of the newest calls. A call puts up to 500,
/// so a bound of calls alone would be none. They are copies, since the server counts the calls that are held.
pub const MOST_RECORDS: usize = 10_000;

/// A line of the log.
#[derive(Debug, Clone)]
pub enum Line {
    /// A call.
    Call(Box<WireCall>),
    /// Here calls came faster than the lab could take them over.
    Unseen {
        /// How many.
        calls: u64,
        /// The number of the call that came next.
        before: u64,
    },
}

impl Line {
    fn number(&self) -> u64 {
        match self {
            Self::Call(call) => call.number,
            Self::Unseen { before, .. } => *before,
        }
    }
}

/// The calls, and how they are looked at.
#[derive(Debug, Clone)]
pub struct Wire {
    /// What was typed to narrow the log.
    pub filter: Input,
    /// How what is shown is looked at.
    pub gaze: Gaze,
    /// The lines that the filter lets through.
    shown: Log<Arc<Line>>,
    lines: Log<Arc<Line>>,
    /// Holds all lines while the view is frozen, so that a filter can still be set.
    holding: Gaze,
    words: Words,
    /// The records of puts by the number of their call, oldest first.
    records: VecDeque<(u64, Box<[PutEntry]>)>,
    records_kept: usize,
    calls: u64,
    /// Calls not seen since the last one that was.
    unseen: u64,
    asked: answers::Asked,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            filter: Input::default(),
            gaze: Gaze::default(),
            shown: Log::new(MOST_CALLS),
            lines: Log::new(MOST_CALLS),
            holding: Gaze::default(),
            words: Words::default(),
            records: VecDeque::new(),
            records_kept: 0,
            calls: 0,
            unseen: 0,
            asked: answers::Asked::default(),
        }
    }
}

impl Wire {
    /// The lines that the filter lets through.
    pub fn shown(&self) -> &Log<Arc<Line>> {
        &self.shown
    }

    /// How many calls came; the newest [`MOST_CALLS`] are kept.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Whether a filter narrows the log.
    pub fn is_filtered(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether a put of the lab's that was asked for before this moment is not answered; not known where the feed tells.
    pub(super) fn has_a_put_before(&self, at: DateTime<Utc>) -> bool {
        self.asked.has_a_put_before(at)
    }

    /// A call came, with its records if it put some. Says whether it is shown.
    fn push(&mut self, call: WireCall, entries: Option<Box<[PutEntry]>>) -> bool {
        let number = call.number;
        self.calls = number + 1;
        if let Some(entries) = entries {
            self.records_kept += entries.len();
            self.records.push_back((number, entries));
        }
        while self.records_kept > MOST_RECORDS
            && let Some((_, gone)) = self.records.pop_front()
        {
            self.records_kept -= gone.len();
        }
        let calls = std::mem::take(&mut self.unseen);
        let unseen = Line::Unseen {
            calls,
            before: number,
        };
        let lost_some = calls > 0 && self.append(unseen);
        self.append(Line::Call(Box::new(call))) || lost_some
    }

    fn append(&mut self, line: Line) -> bool {
        let line = Arc::new(line);
        let shows = self.words.let_through(&line);
        if shows {
            self.shown.push(Arc::clone(&line));
        }
        self.lines.push(line);
        shows
    }

    /// So many calls were told of that nobody took over.
    pub(super) fn lost(&mut self, calls: u64) {
        self.unseen += calls;
    }

    /// What is kept of the records that this call put.
    fn records_of(&self, number: u64) -> Option<&[PutEntry]> {
        let place = self
            .records
            .binary_search_by_key(&number, |(number, _)| *number)
            .ok()?;
        Some(&self.records[place].1)
    }

    /// The words of the filter changed: all lines are looked at once. The selection goes to the next line that is shown,
    /// and what is frozen stays frozen.
    fn refilter(&mut self) {
        let selected = self.gaze.selected(&self.shown);
        let selected = selected.and_then(|number| Some(self.shown.get(number)?.number()));
        self.words = Words::of(self.filter.value());
        let frozen = self.holding.frozen;
        (self.shown, self.gaze) = (Log::new(MOST_CALLS), Gaze::default());
        for (number, line) in self.lines.iter() {
            if self.gaze.frozen.is_none() && frozen.is_some_and(|frozen| number >= frozen) {
                self.gaze.toggle_freeze(&mut self.shown);
            }
            if self.words.let_through(line) {
                self.shown.push(Arc::clone(line));
            }
        }
        if frozen.is_some() && self.gaze.frozen.is_none() {
            self.gaze.toggle_freeze(&mut self.shown);
        }
        if let Some(selected) = selected {
            let next = self
                .shown
                .iter()
                .find(|(_, line)| line.number() >= selected);
            self.gaze.look = next.map_or(Look::Follow, |(number, _)| Look::At(number));
        }
    }

    fn toggle_freeze(&mut self) {
        self.holding.toggle_freeze(&mut self.lines);
        self.gaze.toggle_freeze(&mut self.shown);
    }

    fn follow(&mut self) {
        self.holding.follow(&mut self.lines);
        self.gaze.follow(&mut self.shown);
    }
}

#[cfg(test)]
mod tests {
    use super::heard::tests::{get, put};
    use super::*;

    fn wire(calls: u64) -> Wire {
        let mut wire = Wire::default();
        for number in 0..calls {
            wire.push(get(number, "worker", 0), None);
        }
        wire
    }

    fn typed(wire: &mut Wire, words: &str) {
        wire.filter = Input::new(words.into());
        wire.refilter();
    }

    /// The numbers of the calls that a view of any height shows.
    fn shown(wire: &Wire) -> Vec<u64> {
        let lines = wire.shown.iter();
        let end = wire.gaze.end(&wire.shown);
        lines
            .take_while(|(number, _)| *number < end)
            .map(|(_, line)| line.number())
            .collect()
    }

    #[test]
    fn the_newest_calls_are_kept_and_all_are_counted() {
        let wire = wire(MOST_CALLS as u64 + 10);
        assert_eq!(wire.calls(), MOST_CALLS as u64 + 10);
        assert_eq!(wire.lines.len(), MOST_CALLS);
        assert_eq!(shown(&wire)[0], 10);
    }

    #[test]
    fn records_are_kept_of_the_newest_puts_only() {
        let mut wire = Wire::default();
        for number in 0..100 {
            let (call, entries) = put(number, "py#1", 500);
            wire.push(call, Some(entries));
        }
        assert_eq!(wire.records_kept, MOST_RECORDS);
        assert!(wire.records_of(79).is_none());
        assert_eq!(wire.records_of(80).map(<[_]>::len), Some(500));
        assert_eq!(wire.records_of(99).map(<[_]>::len), Some(500));
    }

    #[test]
    fn a_filter_looks_at_what_is_kept_and_at_what_comes() {
        let mut wire = wire(3);
        let (call, entries) = put(3, "py#1", 1);
        wire.push(call, Some(entries));
        typed(&mut wire, "py#1 put");
        assert_eq!(shown(&wire), [3]);
        assert!(!wire.push(get(4, "worker", 0), None), "it is not shown");
        let (call, entries) = put(5, "py#1", 1);
        assert!(wire.push(call, Some(entries)));
        assert_eq!(shown(&wire), [3, 5]);
        typed(&mut wire, "");
        assert_eq!(shown(&wire), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn calls_that_were_not_seen_stand_where_they_are_missing() {
        let mut wire = wire(1);
        wire.lost(2);
        wire.lost(5);
        wire.push(get(1, "worker", 0), None);
        let lines: Vec<&Line> = wire.shown.iter().map(|(_, line)| line.as_ref()).collect();
        assert!(matches!(
            lines[..],
            [
                Line::Call(_),
                Line::Unseen {
                    calls: 7,
                    before: 1
                },
                Line::Call(_)
            ]
        ));
        typed(&mut wire, "worker");
        assert_eq!(shown(&wire), [0, 1]);
    }

    #[test]
    fn a_frozen_view_can_be_filtered_and_stays_frozen() {
        let mut wire = wire(4);
        let (call, entries) = put(4, "py#1", 1);
        wire.push(call, Some(entries));
        wire.toggle_freeze();
        for number in 5..MOST_CALLS as u64 + 20 {
            wire.push(get(number, "py#1", 0), None);
        }
        typed(&mut wire, "py#1");
        assert_eq!(shown(&wire), [4]);
        assert_eq!(wire.gaze.unseen(&wire.shown), MOST_CALLS as u64);
        typed(&mut wire, "");
        assert_eq!(shown(&wire), [0, 1, 2, 3, 4]);
        wire.follow();
        assert_eq!(shown(&wire).len(), MOST_CALLS);
        assert_eq!(wire.lines.len(), MOST_CALLS);
    }

    #[test]
    fn a_selection_stays_with_its_call_when_the_filter_changes() {
        let mut wire = wire(4);
        let (call, entries) = put(4, "py#1", 1);
        wire.push(call, Some(entries));
        wire.push(get(5, "py#1", 0), None);
        wire.gaze.look = Look::At(3);
        typed(&mut wire, "py#1");
        assert_eq!(wire.gaze.look, Look::At(0), "the next one that is shown");
        typed(&mut wire, "");
        assert_eq!(wire.gaze.look, Look::At(4));
        typed(&mut wire, "nobody");
        assert_eq!(wire.gaze.look, Look::Follow);
    }
}
