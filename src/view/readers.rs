//! The table of readers: each shard's worker, where it began, how far behind it is; readers of other programs by name.

use std::collections::{BTreeSet, VecDeque};

use super::Ink;
use super::canvas::Canvas;
use super::count::grouped;
use super::fit::Row;
use super::{shard, when};
use crate::app::consumer::{Consumer, Reader, ReaderState};
use crate::app::lab_server::fault_word;
use crate::app::readers::ForeignReader;
use crate::kinesis::ShardId;

/// The heights of a sparkline's columns.
const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// A sparkline's full height is at least so many milliseconds behind: a poll's pause is no alarm.
const FULL: u64 = 2_000;

/// A line of the table.
struct Line<'a> {
    name: String,
    shards: Row<'a>,
    from: &'static str,
    read: Option<u64>,
    state: Row<'a>,
    spark: Row<'a>,
}

/// Draws the table and gives its height: none where nobody reads. It takes at most half of the panel.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>) -> usize {
    let styles = &ink.styles;
    let consumer = &ink.model.consumer;
    let most = canvas.height() / 2;
    let width = canvas.width();
    let with_spark = width >= 54;
    let from = if width >= 64 { 21 } else { 12 };
    // What is left beside the columns for the lag's line or a word in its place.
    let beside = width.saturating_sub(10 + 7 + from + 7 + 9 + 2);
    let own = if consumer.readers.len() + consumer.foreign.len().min(2) < most {
        by_shard(ink, consumer, beside)
    } else {
        by_worker(ink, consumer, beside)
    };
    let mut lines = own;
    lines.extend(
        consumer
            .foreign
            .iter()
            .rev()
            .map(|reader| foreign(ink, reader, with_spark.then_some(beside))),
    );
    if lines.is_empty() || most < 2 {
        return 0;
    }
    let hidden = (lines.len() + 1).saturating_sub(most);
    let shown = lines.len() - if hidden > 0 { hidden + 1 } else { 0 };
    let shards = lines
        .iter()
        .map(|line| line.shards.width())
        .max()
        .unwrap_or(0)
        .max(5)
        + 2;
    let head = Row::new()
        .left("reader", 10, styles.dim)
        .left("shard", shards, styles.dim)
        .left("from", from, styles.dim)
        .right("read", 7, styles.dim)
        .right("behind", 9, styles.dim);
    let head = match lines.iter().any(|line| !line.spark.is_empty()) {
        true => head.gap(2).text("lag", styles.dim),
        false => head,
    };
    canvas.draw(0, head);
    let rest = lines.len() - shown;
    for (row, line) in lines.into_iter().take(shown).enumerate() {
        let built = Row::new()
            .left(&line.name, 10, styles.strong)
            .join(line.shards)
            .to(10 + shards)
            .left(line.from, from, styles.dim)
            .right(&line.read.map_or(String::new(), grouped), 7, styles.base)
            .gap(9usize.saturating_sub(line.state.width()))
            .join(line.state);
        let built = if with_spark {
            built.gap(2).join(line.spark)
        } else {
            built
        };
        canvas.draw(row + 1, built);
    }
    if rest > 0 {
        let words = format!("and {rest} more");
        canvas.draw(shown + 1, Row::new().text(words, styles.dim));
    }
    shown + 1 + usize::from(rest > 0)
}

/// The shards of a line: one with its square, several by their numbers.
fn shards<'a>(ink: &Ink<'_>, shards: &[&ShardId]) -> Row<'a> {
    if let [one] = shards {
        return shard::mark(ink, one)
            .gap(1)
            .text(one.short(), shard::words(ink, one));
    }
    shards.iter().fold(Row::new(), |row, id| {
        let gap = usize::from(!row.is_empty());
        row.gap(gap).text(id.short(), shard::words(ink, id))
    })
}

fn by_shard<'a>(ink: &Ink<'a>, consumer: &'a Consumer, beside: usize) -> Vec<Line<'a>> {
    let line = |reader: &'a Reader| Line {
        name: name(reader.worker),
        shards: shards(ink, &[&reader.shard]),
        from: reader.start.word(),
        read: Some(reader.read),
        state: state(ink, reader),
        spark: beside_lag(ink, reader, beside),
    };
    let idle = idle_workers(consumer).map(|worker| idle(ink, worker));
    consumer.readers.iter().map(line).chain(idle).collect()
}

/// Workers that live and hold no shard, since there are more of them than shards, or they have just joined.
fn idle_workers(consumer: &Consumer) -> impl Iterator<Item = u8> {
    let busy = |worker: &u8| {
        let mut readers = consumer.readers.iter();
        readers.any(|reader| reader.held && reader.worker == *worker)
    };
    let running = consumer.running && !consumer.readers.is_empty();
    let alive = consumer.group.alive().filter(move |_| running);
    alive.filter(move |worker| !busy(worker))
}

/// A worker's name; nobody has had the shard where it has number 0.
fn name(worker: u8) -> String {
    match worker {
        0 => "nobody".into(),
        worker => format!("worker {worker}"),
    }
}

fn idle<'a>(ink: &Ink<'_>, worker: u8) -> Line<'a> {
    Line {
        name: format!("worker {worker}"),
        shards: Row::new(),
        from: "",
        read: None,
        state: Row::new().text("idle", ink.styles.dim),
        spark: Row::new(),
    }
}

/// One line a worker, with the shard of its that is furthest behind.
fn by_worker<'a>(ink: &Ink<'a>, consumer: &'a Consumer, beside: usize) -> Vec<Line<'a>> {
    // Closed shards that are read to their end say nothing more, unless there is nothing else.
    let all_done = consumer.readers.iter().all(Reader::is_done);
    let line = |worker: u8| {
        let ever = || {
            let readers = consumer.readers.iter();
            readers.filter(move |reader| reader.worker == worker)
        };
        let own = || ever().filter(move |reader| all_done || !reader.is_done());
        let last = own().max_by_key(|reader| (urgency(reader), reader.behind))?;
        Some(Line {
            name: name(worker),
            shards: shards(ink, &own().map(|reader| &reader.shard).collect::<Vec<_>>()),
            from: last.start.word(),
            read: Some(ever().map(|reader| reader.read).sum()),
            state: state(ink, last),
            spark: beside_lag(ink, last, beside),
        })
    };
    let idle = idle_workers(consumer).map(|worker| idle(ink, worker));
    let workers: BTreeSet<u8> = consumer.readers.iter().map(|it| it.worker).collect();
    workers.into_iter().filter_map(line).chain(idle).collect()
}

fn urgency(reader: &Reader) -> u8 {
    match &reader.state {
        _ if reader.retries() => 2,
        ReaderState::Ended
        | ReaderState::Queued
        | ReaderState::Refused(_)
        | ReaderState::Vanished => 0,
        ReaderState::Free => 2,
        _ => 1,
    }
}

/// A program's reader; what is left for it to read stands beside its lag, or in its place where there is no room.
fn foreign<'a>(ink: &Ink<'a>, reader: &'a ForeignReader, beside: Option<usize>) -> Line<'a> {
    let styles = &ink.styles;
    let state = match (&reader.error, reader.stopped, reader.behind) {
        (Some(_), ..) => Row::new().text("refused", styles.wrong),
        (None, true, _) => Row::new().text("gone", styles.dim),
        (None, false, _) if reader.ended => Row::new().text("at end", styles.dim),
        (None, false, behind) => lag(ink, behind),
    };
    let words = match (reader.fault, reader.ahead) {
        (Some(fault), _) => Some(fault_word(fault).to_owned()),
        (None, 0) => None,
        (None, ahead) => {
            let left = format!("{} left", grouped(ahead));
            let longer = match reader.empty {
                true => [format!("{left}, {EMPTY}"), format!("{left}, empty page")],
                false => [left.clone(), left.clone()],
            };
            let fitting = longer
                .into_iter()
                .find(|words| beside.is_some_and(|beside| words.len() <= beside));
            Some(fitting.unwrap_or(left))
        }
    };
    let (state, spark) = match words.map(|words| Row::new().text(words, styles.nearly)) {
        Some(words) if beside.is_some() => (state, words),
        Some(words) => (words, Row::new()),
        None => (state, Row::new()),
    };
    Line {
        name: reader.program.clone(),
        shards: shards(ink, &[&reader.shard]),
        from: reader.start,
        read: Some(reader.read),
        state,
        spark,
    }
}

fn state<'a>(ink: &Ink<'_>, reader: &Reader) -> Row<'a> {
    let styles = &ink.styles;
    match &reader.state {
        _ if !ink.model.consumer.running => Row::new().text("stopped", styles.dim),
        _ if reader.retries() => Row::new().text("retrying", styles.nearly),
        ReaderState::Refused(_) => Row::new().text("refused", styles.nearly),
        ReaderState::Queued => Row::new().text("waits", styles.dim),
        ReaderState::Free => Row::new().text("no worker", styles.nearly),
        ReaderState::Vanished => Row::new().text("gone", styles.dim),
        ReaderState::Opening => Row::new().text("opening", styles.dim),
        ReaderState::Ended => Row::new().text("at end", styles.dim),
        ReaderState::Waiting { .. }
        | ReaderState::Polling { .. }
        | ReaderState::Failed { .. }
        | ReaderState::Finishing => lag(ink, reader.behind),
    }
}

fn lag<'a>(ink: &Ink<'_>, behind: Option<u64>) -> Row<'a> {
    match behind {
        None => Row::new().text("not told", ink.styles.dim),
        Some(0) => Row::new().text(when::duration(0), ink.styles.done),
        Some(millis) => Row::new().text(when::duration(millis), ink.styles.nearly),
    }
}

/// An empty page is not the end of a shard: the misconception that it is has a name in every forum.
const EMPTY: &str = "empty page: not the end";

/// What stands beside a reader's lag: why it does not go on, or the lag of its last polls.
fn beside_lag<'a>(ink: &Ink<'_>, reader: &Reader, room: usize) -> Row<'a> {
    let styles = &ink.styles;
    let parents: Vec<String> = reader.parents.iter().map(ShardId::short).collect();
    match &reader.state {
        ReaderState::Ended => Row::new().text("closed", styles.dim),
        ReaderState::Queued => Row::new().text(format!("for {}", parents.join(", ")), styles.dim),
        _ if reader.empty && ink.model.consumer.running => {
            let words = [EMPTY, "empty: not the end", "empty page", "empty"];
            let fitting = words.into_iter().find(|words| words.len() <= room);
            Row::new().text(fitting.unwrap_or_default(), styles.nearly)
        }
        _ => spark(ink, &reader.lags),
    }
}

/// The lag of the last polls; nothing while there is none.
fn spark<'a>(ink: &Ink<'_>, lags: &VecDeque<u64>) -> Row<'a> {
    if lags.iter().all(|lag| *lag == 0) {
        return Row::new();
    }
    let full = lags.iter().copied().max().unwrap_or(0).max(FULL);
    let line: String = lags.iter().map(|lag| bar(*lag, full)).collect();
    Row::new().text(
        line,
        ink.styles
            .accent
            .remove_modifier(ratatui::style::Modifier::BOLD),
    )
}

fn bar(lag: u64, full: u64) -> &'static str {
    let top = BARS.len() as u64 - 1;
    let height = lag.saturating_mul(top).div_ceil(full.max(1)).min(top);
    BARS[height as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_is_flat_without_lag_and_never_higher_than_full() {
        assert_eq!(bar(0, 2_000), "▁");
        assert_eq!(bar(1, 2_000), "▂");
        assert_eq!(bar(2_000, 2_000), "█");
        assert_eq!(bar(u64::MAX, 2_000), "█");
        assert_eq!(bar(0, 0), "▁");
    }
}
