//! A lane's records from left to right, and which column stands for which place between them.

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::count::grouped;
use super::super::fit::{Row, cells, cut};
use super::super::shard;
use crate::app::lanes::Lane;

/// How much of a key stands in a lane, in cells.
const KEY: usize = 8;

/// A record on the track.
struct Stop {
    /// Its place among the lane's tokens.
    place: usize,
    column: usize,
    text: String,
    pointed: bool,
}

/// Where the records of a lane stand.
pub(super) struct Track {
    /// What stands before the first record shown.
    head: String,
    stops: Vec<Stop>,
    /// Where the next record would come.
    end: usize,
    /// The column before the first record.
    start: usize,
    width: usize,
}

impl Track {
    /// Each record a place, the newest ones as far as there is room; the pointed-at one among them.
    pub fn by_sequence(lane: &Lane, width: usize, pointed: Option<usize>) -> Self {
        let tokens = lane.tokens();
        let text = |place: usize| cut(&tokens[place].key, KEY).into_owned();
        let taken = |place: usize| cells(&text(place)).max(1) + 1;
        let mut end = tokens.len();
        let mut first;
        loop {
            let hidden = |first: usize| lane.skipped() + first as u64;
            let room = |first: usize| {
                let head = head(lane, hidden(first));
                width.saturating_sub(cells(&head) + 1)
            };
            first = end;
            let mut used = 0;
            while first > 0 && used + taken(first - 1) <= room(first - 1) {
                used += taken(first - 1);
                first -= 1;
            }
            match pointed {
                // Some records behind the pointed-at one stay in sight.
                Some(pointed) if pointed < first && end > pointed + 1 => {
                    end = (pointed + (end - first) / 2).max(pointed + 1).min(end - 1);
                }
                _ => break,
            }
        }
        let head = head(lane, lane.skipped() + first as u64);
        let start = cells(&head);
        let mut column = start;
        let mut stops = Vec::with_capacity(end - first);
        for place in first..end {
            let text = text(place);
            let next = column + cells(&text).max(1) + 1;
            stops.push(Stop {
                place,
                column,
                text,
                pointed: pointed == Some(place),
            });
            column = next;
        }
        Self {
            head,
            end: column.saturating_sub(usize::from(!stops.is_empty())),
            start: start.saturating_sub(1),
            stops,
            width,
        }
    }

    /// The column that stands for the place before this token: behind the one before it.
    pub fn column(&self, place: usize) -> usize {
        let shown = self.stops.partition_point(|stop| stop.place < place);
        match shown.checked_sub(1) {
            Some(last) => self.stops[last].column + cells(&self.stops[last].text).max(1),
            None => self.start,
        }
    }

    /// The same so many columns further right.
    pub fn shifted(mut self, by: usize) -> Self {
        self.stops.iter_mut().for_each(|stop| stop.column += by);
        self.end += by;
        self.start += by;
        self.width += by;
        self
    }

    /// Draws it.
    pub fn draw(&self, ink: &Ink<'_>, lane: &Lane, canvas: &mut Canvas<'_>) {
        let styles = &ink.styles;
        canvas.draw(0, Row::new().text(self.head.clone(), styles.dim));
        for stop in &self.stops {
            let style = shard::words(ink, &lane.shard);
            let row = Row::new().text(stop.text.clone(), style);
            let width = row.width();
            canvas.draw_at(stop.column, 0, row);
            if stop.pointed {
                canvas.lay(0, stop.column..stop.column + width, styles.selection);
            }
        }
        let newer = self
            .stops
            .last()
            .map_or(0, |stop| lane.tokens().len() - stop.place - 1);
        let tail = match (newer, lane.open) {
            (0, true) => Row::new().text("│", styles.strong),
            (0, false) => Row::new().text("┤", styles.strong),
            (n, _) => Row::new().text(format!(" {} newer", grouped(n as u64)), styles.nearly),
        };
        let column = self.end.min(self.width.saturating_sub(tail.width()));
        canvas.draw_at(column, 0, tail);
    }
}

/// What stands before the first record shown: what was trimmed, the trim horizon, what has no room.
fn head(lane: &Lane, hidden: u64) -> String {
    let trimmed = match lane.trimmed() {
        0 => String::new(),
        n => format!("{} gone ", grouped(n)),
    };
    let hidden = match hidden {
        0 => String::new(),
        n => format!("…{} ", grouped(n)),
    };
    format!("{trimmed}┆{hidden}")
}
