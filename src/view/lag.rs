//! How far behind a reader of the panel is: a word, and the line of its last polls.

use std::collections::VecDeque;

use ratatui::style::Modifier;

use super::Ink;
use super::count::grouped;
use super::fit::Row;
use super::readers::EMPTY;
use super::spark::column;
use super::when;
use crate::app::consumer::{Reader, ReaderState};

/// A sparkline's full height is at least so many milliseconds behind: a poll's pause is no alarm.
const FULL: u64 = 2_000;

/// Which of a worker's shards speaks for it: the one with trouble first, then those that are read.
pub(super) fn urgency(reader: &Reader) -> u8 {
    match &reader.state {
        _ if reader.retries() => 2,
        ReaderState::Free => 2,
        ReaderState::Ended
        | ReaderState::Queued
        | ReaderState::Refused(_)
        | ReaderState::Vanished => 0,
        _ => 1,
    }
}

/// How far behind it is, or why that cannot be said.
pub(super) fn state<'a>(ink: &Ink<'_>, reader: &Reader) -> Row<'a> {
    let styles = &ink.styles;
    match &reader.state {
        ReaderState::Ended => Row::new().text("at end", styles.dim),
        _ if !ink.model.consumer.running => Row::new().text("stopped", styles.dim),
        _ if reader.retries() => Row::new().text("retrying", styles.nearly),
        ReaderState::Refused(_) => Row::new().text("refused", styles.nearly),
        ReaderState::Queued => Row::new(),
        ReaderState::Free if reader.worker == 0 => Row::new().text("nobody", styles.dim),
        ReaderState::Free => {
            let dead = !ink
                .model
                .consumer
                .group
                .alive()
                .any(|it| it == reader.worker);
            let table = &ink.model.consumer.group.table;
            let owned = table
                .lease(&reader.shard)
                .is_some_and(|it| it.owner.is_some());
            match dead && owned {
                true => Row::new().text("killed", styles.wrong),
                false => Row::new().text("not read", styles.dim),
            }
        }
        ReaderState::Vanished => Row::new().text("gone", styles.dim),
        ReaderState::Opening if reader.behind.is_none() => Row::new().text("opening", styles.dim),
        ReaderState::Opening
        | ReaderState::Waiting { .. }
        | ReaderState::Polling { .. }
        | ReaderState::Failed { .. }
        | ReaderState::Finishing => lag(ink, reader.behind),
    }
}

/// A lag in words.
pub(super) fn lag<'a>(ink: &Ink<'_>, behind: Option<u64>) -> Row<'a> {
    match behind {
        None => Row::new().text("not told", ink.styles.dim),
        Some(0) => Row::new().text(when::duration(0), ink.styles.done),
        Some(millis) => Row::new().text(when::duration(millis), ink.styles.nearly),
    }
}

/// What stands beside a reader's lag: what waits for its worker, why it does not go on, or the lag of its last polls.
pub(super) fn beside<'a>(ink: &Ink<'_>, reader: &Reader, room: usize) -> Row<'a> {
    let styles = &ink.styles;
    if !ink.model.consumer.running || !reader.held {
        return Row::new();
    }
    if !reader.waiting.is_empty() {
        let waiting = grouped(reader.waiting.len() as u64);
        let words = [
            format!("{waiting} wait for the worker"),
            format!("{waiting} wait"),
        ];
        let fitting = words.into_iter().find(|words| words.len() <= room);
        return fitting.map_or(Row::new(), |words| Row::new().text(words, styles.nearly));
    }
    if reader.empty {
        let words = [EMPTY, "empty: not the end", "empty page", "empty"];
        let fitting = words.into_iter().find(|words| words.len() <= room);
        return Row::new().text(fitting.unwrap_or_default(), styles.nearly);
    }
    spark(ink, &reader.lags, room)
}

/// The lag of the last polls, as many as there is room for; nothing while there is none.
fn spark<'a>(ink: &Ink<'_>, lags: &VecDeque<u64>, room: usize) -> Row<'a> {
    let newest = lags.iter().skip(lags.len().saturating_sub(room));
    if newest.clone().all(|lag| *lag == 0) {
        return Row::new();
    }
    let full = newest.clone().copied().max().unwrap_or(0).max(FULL);
    let line: String = newest.map(|lag| column(*lag, full)).collect();
    Row::new().text(line, ink.styles.accent.remove_modifier(Modifier::BOLD))
}
