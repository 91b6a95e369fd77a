//! A lane's records from left to right, and which column stands for which place between them.
//!
//! By sequence each record is a place, side by side. By time its column is its arrival; what falls on one cell is a pile with
//! its count. Where too many come for the eye, a column is a second and a bar says how many came.

use chrono::{DateTime, Utc};

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::count::grouped;
use super::super::fit::{Row, cells, cut};
use super::super::shard;
use super::super::spark::column as bar;
use super::window::Window;
use crate::app::lanes::{Lane, SECONDS};

/// How much of a key stands in a lane, in cells.
const KEY: usize = 8;

/// Records on one place of the track.
struct Stop {
    /// Their places among the lane's tokens.
    first: usize,
    end: usize,
    column: usize,
    text: String,
    pointed: bool,
}

impl Stop {
    fn right(&self) -> usize {
        self.column + cells(&self.text).max(1)
    }
}

/// Where a reader stands on a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// At this column.
    At(usize),
    /// Among records further left than those shown; the column of their count.
    Left(usize),
    /// Among records further right than those shown.
    Right(usize),
}

/// A column a second, up to the present one.
struct Seconds<'l> {
    lane: &'l Lane,
    window: Window,
    /// The column of the oldest second.
    left: usize,
    count: usize,
    /// Bars by column, of the seconds in which something came.
    bars: Vec<(usize, &'static str)>,
}

impl Seconds<'_> {
    /// Where a reader stands that stands before this token. The bars say more than the records that are remembered, so
    /// these are places for readers alone, and looked for only where there is one.
    fn spot(&self, place: usize) -> Option<usize> {
        let tokens = self.lane.tokens();
        let column = |place: usize| {
            let arrived = tokens.get(place)?.arrived;
            let second = self.window.column(arrived, self.count.saturating_sub(1));
            Some(self.left + second)
        };
        match place.min(tokens.len()).checked_sub(1) {
            Some(last) => column(last),
            None => column(0).map(|first| first.saturating_sub(1)),
        }
    }
}

/// Where the records of a lane stand.
pub(super) struct Track<'l> {
    /// How many tokens are older than those shown.
    first: usize,
    /// What stands before the first record shown, and its column.
    head: String,
    begins: usize,
    stops: Vec<Stop>,
    /// Where too many come for the eye.
    seconds: Option<Seconds<'l>>,
    /// What stands behind the last one, and where.
    tail: Tail,
    /// Whether a reader stands below the record that it was given last, else behind it.
    below: bool,
    /// The cells of the lane's line, where it has one.
    line: std::ops::Range<usize>,
}

struct Tail {
    column: usize,
    end: &'static str,
    words: String,
    newer: u64,
}

impl<'l> Track<'l> {
    /// Each record a place, the newest ones as far as there is room; the pointed-at one among them.
    pub fn by_sequence(lane: &Lane, width: usize, pointed: Option<usize>, children: &str) -> Self {
        let tokens = lane.tokens();
        let text = |place: usize| cut(&tokens[place].key, KEY).into_owned();
        let taken = |place: usize| cells(&text(place)).max(1) + 1;
        let closed = match lane.open {
            true => 0,
            // Half of the lane is for records all the same.
            false => cells(&closed_words(children)).min(width / 2),
        };
        let tail_width = |end: usize| match tokens.len() - end {
            0 => 1 + closed,
            newer => cells(&newer_words(newer as u64)),
        };
        let mut end = tokens.len();
        let mut first;
        loop {
            let room = |first: usize| {
                let head = head(lane, lane.skipped() + first as u64);
                width.saturating_sub(cells(&head) + tail_width(end))
            };
            first = end;
            let mut used = 0;
            while first > 0 && used + taken(first - 1) <= room(first - 1) + 1 {
                used += taken(first - 1);
                first -= 1;
            }
            match pointed {
                // Some records behind the pointed-at one stay in sight.
                Some(pointed) if pointed < first && end > pointed + 1 => {
                    end = (pointed + (end - first) / 2).clamp(pointed + 1, end - 1);
                }
                _ => break,
            }
        }
        let head = head(lane, lane.skipped() + first as u64);
        let mut column = cells(&head);
        let mut stops = Vec::with_capacity(end - first);
        for place in first..end {
            let stop = Stop {
                first: place,
                end: place + 1,
                column,
                text: text(place),
                pointed: pointed == Some(place),
            };
            column = stop.right() + 1;
            stops.push(stop);
        }
        let column = column.saturating_sub(usize::from(!stops.is_empty()));
        let newer = (tokens.len() - end) as u64;
        Self {
            tail: Tail::new(lane, column, newer, children, width),
            first,
            begins: 0,
            line: 0..0,
            head,
            stops,
            seconds: None,
            below: false,
        }
    }

    /// Each record at its arrival.
    pub fn by_time(
        lane: &Lane,
        width: usize,
        pointed: Option<usize>,
        children: &str,
        window: &Window,
    ) -> Self {
        let tokens = lane.tokens();
        let column_of = |at: DateTime<Utc>| window.column(at, width.saturating_sub(2));
        let first = tokens.partition_point(|token| token.arrived < window.from);
        let older = lane.skipped() + first as u64;
        let began = lane.began.filter(|at| *at > window.from);
        let begins = began.map_or(0, column_of);
        let head = match began {
            Some(_) => "├".to_owned(),
            None => head(lane, older),
        };
        let least = begins + cells(&head);
        let mut stops: Vec<Stop> = Vec::new();
        let mut newer = 0;
        for (place, token) in tokens.iter().enumerate().skip(first) {
            if token.arrived > window.to {
                newer += 1;
                continue;
            }
            // Clocks may step back by a little; order within the lane holds all the same.
            let behind = stops.last().map_or(least, |stop| stop.column);
            let column = column_of(token.arrived).max(behind).max(least);
            let is_pointed = pointed == Some(place);
            match stops.last_mut() {
                Some(stop) if stop.column == column => {
                    stop.end = place + 1;
                    stop.pointed |= is_pointed;
                }
                _ => stops.push(Stop {
                    first: place,
                    end: place + 1,
                    column,
                    text: String::new(),
                    pointed: is_pointed,
                }),
            }
        }
        let ends = match lane.closed.filter(|at| *at < window.to) {
            Some(at) => column_of(at).max(stops.last().map_or(least, |stop| stop.column + 1)),
            None => width.saturating_sub(1),
        };
        let most = stops.iter().map(|stop| stop.end - stop.first).max();
        let columns: Vec<usize> = stops.iter().map(|stop| stop.column).collect();
        let rooms = (0..stops.len()).map(|at| {
            let next = columns
                .get(at + 1)
                .copied()
                .unwrap_or(ends.max(columns[at] + 1));
            (next - columns[at]).saturating_sub(1).max(1)
        });
        let rooms: Vec<usize> = rooms.collect();
        let uncountable = |(stop, room): (&Stop, &usize)| stop.end - stop.first > 9 && *room < 2;
        let bars = stops.iter().zip(&rooms).any(uncountable);
        for (stop, room) in stops.iter_mut().zip(rooms) {
            let count = stop.end - stop.first;
            stop.text = match count {
                _ if bars => bar(count as u64, most.unwrap_or(1) as u64).to_owned(),
                1 => short_key(&tokens[stop.first].key, room),
                n => pile(n, room),
            };
        }
        Self {
            tail: Tail::new(lane, ends, newer, children, width),
            first,
            begins,
            line: least.min(ends)..ends,
            head,
            stops,
            seconds: None,
            below: true,
        }
    }

    /// A bar a second, the present one at the right.
    pub fn by_second(lane: &'l Lane, width: usize, now: DateTime<Utc>, lab: DateTime<Utc>) -> Self {
        let count = width.saturating_sub(2).min(SECONDS);
        let counts: Vec<u64> = (0..count)
            .map(|back| u64::from(lane.heat.back(back as i64, now).records))
            .collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let right = width.saturating_sub(2);
        let bars = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let bars = bars.map(|(back, count)| (right - back, bar(*count, most)));
        Self {
            tail: Tail::new(lane, right + 1, 0, "", width),
            first: 0,
            begins: 0,
            line: 0..0,
            head: "┆".to_owned(),
            stops: Vec::new(),
            seconds: Some(Seconds {
                lane,
                window: Window::up_to(lab, count as i64),
                left: (right + 1).saturating_sub(count),
                count,
                bars: bars.collect(),
            }),
            below: true,
        }
    }

    /// Where a reader stands that stands before this token.
    pub fn spot(&self, place: usize) -> Spot {
        let second = self.seconds.as_ref().and_then(|it| it.spot(place));
        if let Some(column) = second {
            return Spot::At(column);
        }
        let shown = self.stops.partition_point(|stop| stop.first < place);
        let Some(first) = self.stops.first() else {
            return match place {
                0 if self.first == 0 => Spot::At(self.begins + cells(&self.head).saturating_sub(1)),
                place if place < self.first => Spot::Left(self.begins),
                _ => Spot::At(self.tail.column),
            };
        };
        match shown.checked_sub(1) {
            None if place < first.first => Spot::Left(self.begins),
            None => Spot::At(first.column.saturating_sub(1)),
            Some(last) if shown == self.stops.len() && place > self.stops[last].end => {
                Spot::Right(self.tail.column)
            }
            Some(last) if self.below => Spot::At(self.stops[last].column),
            Some(last) => Spot::At(self.stops[last].right()),
        }
    }

    /// Draws it.
    pub fn draw(&self, ink: &Ink<'_>, lane: &Lane, canvas: &mut Canvas<'_>) {
        let styles = &ink.styles;
        let line = "·".repeat(self.line.len());
        canvas.draw_at(self.line.start, 0, Row::new().text(line, styles.faint));
        canvas.draw_at(
            self.begins,
            0,
            Row::new().text(self.head.clone(), styles.dim),
        );
        let words = shard::words(ink, &lane.shard);
        for (column, bar) in self.seconds.iter().flat_map(|seconds| &seconds.bars) {
            canvas.draw_at(
                *column,
                0,
                Row::new().text(*bar, shard::hue(ink, &lane.shard)),
            );
        }
        for stop in &self.stops {
            if stop.text.is_empty() {
                continue;
            }
            canvas.draw_at(stop.column, 0, Row::new().text(stop.text.clone(), words));
            if stop.pointed {
                canvas.lay(0, stop.column..stop.right(), styles.selection);
            }
        }
        let tail = match self.tail.newer {
            0 => Row::new()
                .text(self.tail.end, styles.strong)
                .text(self.tail.words.clone(), styles.dim),
            n => Row::new().text(newer_words(n), styles.nearly),
        };
        canvas.draw_at(self.tail.column, 0, tail);
    }
}

impl Tail {
    /// What stands at a lane's end: where the next record comes, or that none comes any more and where they go now.
    fn new(lane: &Lane, column: usize, newer: u64, children: &str, width: usize) -> Self {
        let wide = match newer {
            0 => 1,
            n => cells(&newer_words(n)),
        };
        let column = column.min(width.saturating_sub(wide));
        let words = closed_words(children);
        let fits = !lane.open && column + 1 + cells(&words) <= width;
        Self {
            column,
            end: if lane.open { "│" } else { "┤" },
            words: if fits { words } else { String::new() },
            newer,
        }
    }
}

fn closed_words(children: &str) -> String {
    format!(" closed{children}")
}

fn newer_words(newer: u64) -> String {
    format!(" {} newer", grouped(newer))
}

/// A key in at least one cell.
fn short_key(key: &str, room: usize) -> String {
    match cut(key, room.min(KEY)).into_owned() {
        text if text == "…" => {
            let first = key.chars().next().map(String::from).unwrap_or_default();
            match cells(&first) {
                1 => first,
                _ => "•".into(),
            }
        }
        text if text.is_empty() => "•".into(),
        text => text,
    }
}

/// How many records fell on one cell.
fn pile(count: usize, room: usize) -> String {
    let forms = [format!("×{count}"), count.to_string()];
    let fitting = forms.into_iter().find(|form| cells(form) <= room);
    fitting.unwrap_or_else(|| "+".into())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn piles_and_keys_take_no_more_cells_than_they_have() {
        for room in 1..6 {
            for count in [2, 9, 10, 99, 100, 512] {
                assert!(cells(&pile(count, room)) <= room, "{count} {room}");
            }
            for key in ["alice", "", "東京", "a"] {
                assert!(
                    (1..=room).contains(&cells(&short_key(key, room))),
                    "{key} {room}"
                );
            }
        }
        assert_eq!((pile(12, 3).as_str(), pile(12, 2).as_str()), ("×12", "12"));
        assert_eq!(short_key("alice", 1), "a");
    }
}
