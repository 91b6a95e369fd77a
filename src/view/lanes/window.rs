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
        let window = Self::up_to(to, span);
        match shows {
            Some(at) if at < window.from => {
                Self::up_to(later(at, TimeDelta::seconds(span) / 2), span)
            }
            _ => window,
        }
    }

    /// So many seconds up to this time.
    pub fn up_to(to: DateTime<Utc>, seconds: i64) -> Self {
        let from = to.checked_sub_signed(TimeDelta::seconds(seconds));
        Self {
            from: from.unwrap_or(to),
            to,
        }
    }

    /// The cell of this moment, of so many cells and one.
    pub fn column(&self, at: DateTime<Utc>, last: usize) -> usize {
        let from = self.from.timestamp_millis();
        let span = (self.to.timestamp_millis() - from).max(1);
        let passed = (at.timestamp_millis() - from).clamp(0, span);
        // A window of a year in a thousand cells stays far below what a number can hold.
        usize::try_from(passed.saturating_mul(last as i64) / span).unwrap_or(0)
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

    #[test]
    fn whatever_time_an_endpoint_tells_there_is_a_window_that_has_a_column_for_it() {
        let extremes = [
            DateTime::<Utc>::MIN_UTC,
            at(0),
            at(1_795_372_800_000),
            DateTime::<Utc>::MAX_UTC,
        ];
        for arrived in extremes {
            let mut lane = lane(&[1_000]);
            let told = Token::new("7".into(), "k", 1, arrived, true, None);
            lane.learn(told);
            for now in extremes {
                for shows in extremes.map(Some).into_iter().chain([None]) {
                    let window = Window::of(std::slice::from_ref(&lane), 80, now, shows);
                    assert!(window.from <= window.to, "{arrived} {now} {shows:?}");
                    for at in extremes {
                        assert!(window.column(at, 79) <= 79);
                    }
                }
            }
        }
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
