//! A bounded log of what happened, and how a pane looks at it: follow, freeze, select.
//!
//! Entries have numbers that never change, so a selection survives new arrivals and the loss of the oldest.

use std::collections::VecDeque;

/// The newest entries of something, in order. At its capacity the oldest make room and are counted.
#[derive(Debug, Clone)]
pub struct Log<T> {
    items: VecDeque<T>,
    first: u64,
    capacity: usize,
}

impl<T> Log<T> {
    /// An empty log that holds at most `capacity` entries.
    pub fn new(capacity: usize) -> Self {
        Self {
            items: VecDeque::new(),
            first: 0,
            capacity,
        }
    }

    /// Appends an entry; gives its number and the entry that made room for it.
    pub fn push(&mut self, item: T) -> (u64, Option<T>) {
        let mut gone = None;
        if self.items.len() == self.capacity {
            gone = self.drop_oldest();
        }
        self.items.push_back(item);
        (self.end() - 1, gone)
    }

    /// Drops the oldest entry.
    pub fn drop_oldest(&mut self) -> Option<T> {
        let gone = self.items.pop_front()?;
        self.first += 1;
        Some(gone)
    }

    /// Forgets all entries; numbers go on.
    pub fn clear(&mut self) {
        self.first = self.end();
        self.items.clear();
    }

    /// The entry with this number, if it is still held.
    pub fn get(&self, number: u64) -> Option<&T> {
        let place = number.checked_sub(self.first)?;
        self.items.get(usize::try_from(place).ok()?)
    }

    /// The number of the oldest entry held; also how many are gone or cleared.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// One past the number of the newest entry.
    pub fn end(&self) -> u64 {
        self.first + self.items.len() as u64
    }

    /// How many are held.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many it can hold.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// All entries held, oldest first, with their numbers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &T)> {
        self.items
            .iter()
            .enumerate()
            .map(|(i, item)| (self.first + i as u64, item))
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
    pub fn follow(&mut self) {
        *self = Self::default();
    }

    /// Selects the oldest entry held.
    pub fn to_oldest<T>(&mut self, log: &Log<T>) {
        if !log.is_empty() {
            self.look = Look::At(log.first());
        }
    }

    /// Freezes the view where it is, or thaws it.
    pub fn toggle_freeze<T>(&mut self, log: &Log<T>) {
        self.frozen = match self.frozen {
            Some(_) => None,
            None => Some(log.end()),
        };
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
        gaze.toggle_freeze(&log);
        log.push(4);
        log.push(5);
        assert_eq!((gaze.end(&log), gaze.unseen(&log)), (4, 2));
        gaze.toggle_freeze(&log);
        assert_eq!((gaze.end(&log), gaze.unseen(&log)), (6, 0));
    }

    #[test]
    fn a_selection_survives_the_loss_of_its_entry() {
        let mut log = log(3, 3);
        let mut gaze = Gaze::default();
        gaze.to_oldest(&log);
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
