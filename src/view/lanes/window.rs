//! The time that the lanes show: all of them the same, so that they can be compared.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::fit::Row;
use super::super::when;
use crate::app::lanes::Lane;

/// How long a window may be, in seconds.
const SPANS: [i64; 12] = [
    10, 30, 60, 120, 300, 900, 1_800, 3_600, 21_600, 86_400, 604_800, 31_536_000,
];

/// How many cells there are from the newest record on.
const NEWEST: i64 = 8;

/// From when to when the lanes are shown, in lab time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

impl Window {
    /// The time up to the newest record, in which as many of the newest lie as can be told apart in so many cells; moved so
    /// far back that this moment lies in it.
    pub fn of(
        lanes: &[Lane],
        cells: usize,
        now: DateTime<Utc>,
        shows: Option<DateTime<Utc>>,
    ) -> Self {
        let wanted = (cells / 3).max(8);
        let mut arrivals: Vec<DateTime<Utc>> = lanes
            .iter()
            .flat_map(|lane| lane.tokens().iter().rev().take(wanted))
            .map(|token| token.arrived)
            .collect();
        let to = arrivals.iter().max().copied().unwrap_or(now);
        let place = arrivals.len().saturating_sub(wanted);
        let oldest = match arrivals.is_empty() {
            true => to,
            false => *arrivals.select_nth_unstable(place).1,
        };
        // The newest record's key has room before the right edge.
        let margin = |span: i64| span * 1_000 * NEWEST / cells.max(1) as i64;
        let millis = (to - oldest).num_milliseconds();
        let fits = |span: &i64| span * 1_000 >= millis + margin(*span);
        let span = SPANS.into_iter().find(fits);
        let span = span.unwrap_or(SPANS[SPANS.len() - 1]);
        // Whatever time an endpoint tells, there is none beyond the last.
        let later = |at: DateTime<Utc>, by| at.checked_add_signed(by).unwrap_or(at);
        let to = later(to, TimeDelta::milliseconds(margin(span)));
        let span = TimeDelta::seconds(span);
        let earlier = |at: DateTime<Utc>| at.checked_sub_signed(span).unwrap_or(at);
        let to = match shows {
            Some(at) if at < earlier(to) => later(at, span / 2),
            _ => to,
        };
        Self {
            from: earlier(to),
            to,
        }
    }

    /// The cell of this moment, of so many cells and one.
    pub fn column(&self, at: DateTime<Utc>, last: usize) -> usize {
        let span = (self.to - self.from).num_milliseconds().max(1);
        let passed = (at - self.from).num_milliseconds().clamp(0, span);
        usize::try_from(i128::from(passed) * last as i128 / i128::from(span)).unwrap_or(0)
    }

    /// Draws the times of both ends, and how long it is between them.
    pub fn draw(&self, ink: &Ink<'_>, canvas: &mut Canvas<'_>, ahead: bool) {
        let styles = &ink.styles;
        let time = |at| when::time_of_day(at, ink.model.zone, true)[..8].to_owned();
        let span = (self.to - self.from)
            .num_milliseconds()
            .max(0)
            .unsigned_abs();
        let words = match ahead {
            true => format!(" {} of lab time ", when::duration(span)),
            false => format!(" {} ", when::duration(span)),
        };
        let (left, right) = (time(self.from), time(self.to));
        let width = canvas.width();
        let room = width.saturating_sub(left.len() + right.len());
        if room < words.len() + 2 {
            return canvas.draw(0, Row::new().text(words, styles.dim));
        }
        let dashes = room - words.len();
        let line = |cells: usize| "─".repeat(cells);
        let row = Row::new()
            .text(left, styles.dim)
            .text(line(dashes / 2), styles.faint)
            .text(words, styles.dim)
            .text(line(dashes - dashes / 2), styles.faint)
            .text(right, styles.dim);
        canvas.draw(0, row);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::app::lanes::Token;
    use crate::kinesis::ShardId;

    fn at(milli: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(milli).unwrap_or_default()
    }

    fn lane(arrivals: &[i64]) -> Lane {
        let mut lane = Lane::new(ShardId::from_index(0));
        for (number, milli) in arrivals.iter().enumerate() {
            let number = (number + 1).to_string();
            lane.learn(Token::new(
                number.as_str().into(),
                "k",
                1,
                at(*milli),
                true,
                None,
            ));
        }
        lane
    }

    #[test]
    fn a_window_ends_with_the_newest_record_and_is_as_long_as_the_newest_need() {
        let lanes = [lane(&[1_000, 2_000]), lane(&[21_500])];
        let window = Window::of(&lanes, 80, at(0), None);
        assert_eq!((window.from, window.to), (at(-5_500), at(24_500)));
        let empty = Window::of(&[lane(&[])], 80, at(5_000), None);
        assert_eq!((empty.from, empty.to), (at(-4_000), at(6_000)));
        let back = Window::of(&lanes, 80, at(0), Some(at(-60_000)));
        assert!(back.from <= at(-60_000) && at(-60_000) <= back.to);
    }

    proptest! {
        #[test]
        fn later_never_stands_further_left_nor_outside(
            arrivals in prop::collection::vec(0..100_000_000_i64, 0..40),
            last in 0..300_usize,
        ) {
            let lanes = [lane(&arrivals)];
            let window = Window::of(&lanes, last, at(7), None);
            let mut sorted = arrivals;
            sorted.sort_unstable();
            let columns: Vec<usize> = sorted.iter().map(|it| window.column(at(*it), last)).collect();
            prop_assert!(columns.is_sorted());
            prop_assert!(columns.iter().all(|column| *column <= last));
        }
    }
}
