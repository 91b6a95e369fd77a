//! What became of what automatic sending and `b` sent: written, throttled, retried, given up; and what waits, for how long.

use super::super::canvas::Canvas;
use super::super::count::grouped;
use super::super::fit::Row;
use super::super::{Ink, when};
use crate::app::producer::queue::{Counts, NextRetry};

/// Draws it from this row on, where anything was sent by itself. Gives the rows used.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>, row: usize) -> usize {
    let queue = &ink.model.producer.auto.queue;
    let Counts {
        written,
        throttled,
        given_up,
        ..
    } = queue.counts;
    if written + throttled + given_up == 0 && queue.next_retry().is_none() {
        return 0;
    }
    // In a low panel the log goes before the numbers.
    if canvas.height() < row + 4 {
        return 0;
    }
    let width = canvas.width();
    let lead = match queue.by_hand {
        true => "auto and b ",
        false => "auto ",
    };
    let [whole, short, shortest] = [
        counts(ink, &queue.counts, lead, true),
        counts(ink, &queue.counts, lead, false),
        counts(ink, &queue.counts, "", false),
    ];
    let line = [whole, short].into_iter().find(|it| it.width() <= width);
    canvas.draw(row, line.unwrap_or(shortest));
    let Some(next) = queue.next_retry() else {
        return 1;
    };
    canvas.draw(row + 1, waits(ink, &next, width));
    2
}

/// The counts; those that are nothing are left out where there is less room.
fn counts<'a>(ink: &Ink<'_>, counts: &Counts, lead: &'static str, whole: bool) -> Row<'a> {
    let styles = &ink.styles;
    let mut row = Row::new().text(lead, styles.dim);
    let mut add = |word: &str, count: u64, style| {
        if count == 0 && !whole && word != "written" {
            return;
        }
        let gap = if word == "written" { "" } else { " · " };
        let style = if count == 0 { styles.dim } else { style };
        let next = std::mem::take(&mut row)
            .text(gap, styles.dim)
            .text(format!("{word} "), styles.dim)
            .text(grouped(count), style);
        row = next;
    };
    add("written", counts.written, styles.done);
    add("throttled", counts.throttled, styles.nearly);
    add("retried", counts.retried, styles.nearly);
    add("given up", counts.given_up, styles.wrong);
    // Rare enough to stand only where there are some.
    for (word, count) in [
        ("unknown", counts.unknown),
        ("twice", counts.twice),
        ("twice?", counts.perhaps_twice),
    ] {
        if count > 0 {
            add(word, count, styles.nearly);
        }
    }
    row
}

/// The retry that comes next.
fn waits<'a>(ink: &Ink<'_>, next: &NextRetry, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let retries = ink.model.producer.auto.settings.limits().retries;
    let wait = (next.due - next.since).num_milliseconds();
    let wait = u64::try_from(wait).unwrap_or(0);
    let records = match next.records {
        1 => "1 record".to_owned(),
        n => format!("{} records", grouped(n as u64)),
    };
    let row = Row::new()
        .text("waits ", styles.dim)
        .text(when::duration(wait), styles.nearly)
        .text(
            format!(", retry {} of {retries}: {records}", next.retry),
            styles.base,
        );
    let more = format!(" · {} more wait", grouped(next.later as u64));
    match next.later {
        n if n > 0 && row.width() + more.len() <= width => row.text(more, styles.dim),
        _ => row,
    }
}
