//! A bounded log of what happened, and how a pane looks at it: follow, freeze, select.
//!
//! Entries have numbers that never change, so a selection survives new arrivals and the loss of the oldest.

use std::collections::VecDeque;

/// The newest entries of something, in order. At its capacity the oldest make room and are counted.
///
/// What a frozen view shows can be held apart meanwhile; then as many again can be kept of what comes.
#[derive(Debug, Clone)]
pub struct Log<T> {
    held: Run<T>,
    newest: Run<T>,
    capacity: usize,
}

/// Entries with numbers that follow each other.
#[derive(Debug, Clone)]
struct Run<T> {
    first: u64,
    items: VecDeque<T>,
}

impl<T> Run<T> {
    fn from(first: u64) -> Self {
        Self {
            first,
            items: VecDeque::new(),
        }
    }

    fn end(&self) -> u64 {
        self.first + self.items.len() as u64
    }

    fn get(&self, number: u64) -> Option<&T> {
        let place = number.checked_sub(self.first)?;
        self.items.get(usize::try_from(place).ok()?)
    }

    fn drop_oldest(&mut self) -> Option<T> {
        let gone = self.items.pop_front()?;
        self.first += 1;
        Some(gone)
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &T)> {
        let number = |(place, item)| (self.first + place as u64, item);
        self.items.iter().enumerate().map(number)
    }
}

impl<T> Log<T> {
    /// An empty log that holds at most `capacity` entries.
    pub fn new(capacity: usize) -> Self {
        Self {
            held: Run::from(0),
            newest: Run::from(0),
            capacity,
        }
    }

    /// Appends an entry; gives the one that made room for it.
    pub fn push(&mut self, item: T) -> Option<T> {
        let full = self.newest.items.len() == self.capacity;
        let gone = if full { self.drop_oldest() } else { None };
        self.newest.items.push_back(item);
        gone
    }

    /// Drops the oldest entry that is not held.
    pub fn drop_oldest(&mut self) -> Option<T> {
        self.newest.drop_oldest()
    }

    /// Forgets all entries; numbers go on.
    pub fn clear(&mut self) {
        let end = self.end();
        (self.held, self.newest) = (Run::from(end), Run::from(end));
    }

    /// Holds all entries: none of them makes room for what comes.
    fn hold(&mut self) {
        self.release();
        let end = self.end();
        self.held = std::mem::replace(&mut self.newest, Run::from(end));
    }

    /// Lets what was held go on as if it never was: as much of it stays as follows without a gap and has room.
    fn release(&mut self) {
        let end = self.end();
        let held = std::mem::replace(&mut self.held, Run::from(end));
        if held.end() != self.newest.first {
            return;
        }
        let newest = std::mem::replace(&mut self.newest, held);
        self.newest.items.extend(newest.items);
        while self.newest.items.len() > self.capacity {
            self.newest.drop_oldest();
        }
    }

    /// The entry with this number, if it is still there.
    pub fn get(&self, number: u64) -> Option<&T> {
        self.held.get(number).or_else(|| self.newest.get(number))
    }

    /// The number of the oldest entry; also how many are gone or cleared.
    pub fn first(&self) -> u64 {
        if self.held.items.is_empty() {
            self.newest.first
        } else {
            self.held.first
        }
    }

    /// One past the number of the newest entry.
    pub fn end(&self) -> u64 {
        self.newest.end()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.held.items.len() + self.newest.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All entries, oldest first, with their numbers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &T)> {
        self.held.iter().chain(self.newest.iter())
    }
}

/// How a pane looks at a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The newest entries, as they come.
    Follow,
    /// A selected entry stays selected while others come.
    At(u64),
}

/// How a pane looks at a log, and whether the view stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gaze {
    /// What is looked at.
    pub look: Look,
    /// While frozen: entries from this number on are not shown yet. The stream itself never stops.
    pub frozen: Option<u64>,
}

impl Default for Gaze {
    fn default() -> Self {
        Self {
            look: Look::Follow,
            frozen: None,
        }
    }
}

impl Gaze {
    /// One past the last entry to show.
    pub fn end<T>(&self, log: &Log<T>) -> u64 {
        self.frozen
            .unwrap_or(log.end())
            .clamp(log.first(), log.end())
    }

    /// The selected entry: the one chosen, else none while following.
    pub fn selected<T>(&self, log: &Log<T>) -> Option<u64> {
        match self.look {
            Look::Follow => None,
            Look::At(_) if self.end(log) == log.first() => None,
            Look::At(number) => Some(number.clamp(log.first(), self.end(log) - 1)),
        }
    }

    /// The selected entry, or the newest one while following: what Enter opens.
    pub fn current<T>(&self, log: &Log<T>) -> Option<u64> {
        self.selected(log).or_else(|| {
            self.end(log)
                .checked_sub(1)
                .filter(|last| *last >= log.first())
        })
    }

    /// Moves the selection by `by` entries. Going past the newest one follows again.
    pub fn move_by<T>(&mut self, log: &Log<T>, by: i64) {
        let end = self.end(log);
        if end == log.first() {
            return;
        }
        let from = self.selected(log).unwrap_or(end);
        let to = from.saturating_add_signed(by).max(log.first());
        self.look = if to >= end {
            Look::Follow
        } else {
            Look::At(to)
        };
    }

    /// Follows the newest entry again, and thaws.
    pub fn follow<T>(&mut self, log: &mut Log<T>) {
        log.release();
        *self = Self::default();
    }

    /// Freezes the view where it is, or thaws it.
    pub fn toggle_freeze<T>(&mut self, log: &mut Log<T>) {
        if self.frozen.take().is_some() {
            log.release();
        } else {
            self.frozen = Some(log.end());
            log.hold();
        }
    }

    /// How many entries came that are not shown: behind the freeze.
    pub fn unseen<T>(&self, log: &Log<T>) -> u64 {
        log.end() - self.end(log)
    }

    /// The first of `rows` entries to show so that the selection stands on the screen.
    pub fn top<T>(&self, log: &Log<T>, rows: usize) -> u64 {
        let end = self.end(log);
        let bottom_top = end.saturating_sub(rows as u64).max(log.first());
        match self.selected(log) {
            None => bottom_top,
            Some(selected) => selected
                .saturating_sub(rows as u64 / 2)
                .max(log.first())
                .min(bottom_top),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(count: u64, capacity: usize) -> Log<u64> {
        let mut log = Log::new(capacity);
        for i in 0..count {
            log.push(i);
        }
        log
    }

    #[test]
    fn a_full_log_drops_the_oldest_and_counts_it() {
        let log = log(5, 3);
        assert_eq!((log.first(), log.end(), log.len()), (2, 5, 3));
        assert_eq!(log.get(1), None);
        assert_eq!(log.get(4), Some(&4));
        assert_eq!(log.iter().map(|(n, _)| n).collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn scrolling_up_stops_following_and_going_past_the_end_follows_again() {
        let log = log(10, 100);
        let mut gaze = Gaze::default();
        gaze.move_by(&log, -1);
        assert_eq!(gaze.look, Look::At(9));
        gaze.move_by(&log, -20);
        assert_eq!(gaze.look, Look::At(0));
        gaze.move_by(&log, 30);
        assert_eq!(gaze.look, Look::Follow);
    }

    #[test]
    fn a_frozen_view_shows_what_it_showed_and_counts_what_came() {
        let mut log = log(4, 100);
        let mut gaze = Gaze::default();
        gaze.toggle_freeze(&mut log);
        log.push(4);
        log.push(5);
        assert_eq!((gaze.end(&log), gaze.unseen(&log)), (4, 2));
        gaze.toggle_freeze(&mut log);
        assert_eq!((gaze.end(&log), gaze.unseen(&log)), (6, 0));
        assert_eq!(
            log.iter().map(|(_, i)| *i).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5]
        );
    }

    #[test]
    fn a_frozen_view_keeps_what_it_shows_however_much_comes() {
        let shown = |log: &Log<u64>, gaze: &Gaze| -> Vec<u64> {
            (gaze.top(log, 3)..gaze.end(log))
                .filter_map(|n| log.get(n).copied())
                .collect()
        };
        let mut log = log(5, 3);
        let mut gaze = Gaze::default();
        gaze.toggle_freeze(&mut log);
        for i in 5..100 {
            log.push(i);
        }
        assert_eq!(shown(&log, &gaze), [2, 3, 4]);
        assert_eq!((gaze.unseen(&log), log.len()), (95, 6));
        gaze.move_by(&log, -1);
        assert_eq!(gaze.selected(&log), Some(4));
        gaze.follow(&mut log);
        assert_eq!(shown(&log, &gaze), [97, 98, 99]);
        assert_eq!((log.first(), log.len()), (97, 3), "there was a gap");
    }

    #[test]
    fn a_thawed_log_has_no_more_than_its_capacity() {
        let mut log = log(3, 3);
        let mut gaze = Gaze::default();
        gaze.toggle_freeze(&mut log);
        log.push(3);
        gaze.toggle_freeze(&mut log);
        assert_eq!(log.iter().map(|(_, i)| *i).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!((log.first(), log.end()), (1, 4));
    }

    #[test]
    fn a_view_frozen_before_the_first_entry_shows_none() {
        let mut log = log(0, 3);
        let mut gaze = Gaze::default();
        gaze.toggle_freeze(&mut log);
        for i in 0..10 {
            log.push(i);
        }
        assert_eq!((gaze.current(&log), gaze.end(&log)), (None, log.first()));
        log.clear();
        gaze.follow(&mut log);
        assert_eq!((log.first(), log.end()), (10, 10));
    }

    #[test]
    fn a_selection_survives_the_loss_of_its_entry() {
        let mut log = log(3, 3);
        let gaze = Gaze {
            look: Look::At(log.first()),
            frozen: None,
        };
        log.push(3);
        log.push(4);
        assert_eq!(gaze.selected(&log), Some(2));
        log.clear();
        assert_eq!((gaze.selected(&log), gaze.current(&log)), (None, None));
    }

    #[test]
    fn the_selection_stands_on_the_screen() {
        let log = log(100, 100);
        let mut gaze = Gaze::default();
        assert_eq!(gaze.top(&log, 10), 90);
        gaze.look = Look::At(50);
        assert_eq!(gaze.top(&log, 10), 45);
        gaze.look = Look::At(2);
        assert_eq!(gaze.top(&log, 10), 0);
    }
}
