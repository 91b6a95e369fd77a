//! The columns of the wire log at a width.

use std::borrow::Cow;
use std::time::Duration;

use super::super::super::count::grouped;
use super::super::super::fit::{Row, cells, cut};
use super::super::super::{Ink, shard, when};
use crate::app::lab_server::fault_word;
use crate::app::wire::{Records, WireCall};
use crate::kinesis::errors::explained;
use crate::kinesis::feed::Detail;

/// `put 497 of 500`.
const RECORDS: usize = 14;

/// From this much room behind the other columns on, what a call was about has a column.
const WITH_ABOUT: usize = 62;

/// What status and records take where they do not have all the room: `ProvisionedThroughputExceededException` fits both.
const STATUS: usize = 26;

/// How wide each column is; one of no width is left out.
pub(super) struct Columns {
    with_hour: bool,
    who: usize,
    operation: usize,
    stream: usize,
    shard: usize,
    took: usize,
    status: usize,
    about: usize,
}

/// `840 ms`, and the space between columns.
const TOOK: usize = 7;
const GAP: usize = 2;

impl Columns {
    pub fn at(width: usize) -> Self {
        let with_hour = width >= 90;
        let time = if with_hour { 12 } else { 9 };
        let (who, operation, stream, shard, took) = match width {
            0..73 => (6, 16, 0, 0, 0),
            73..104 => (7, 17, 0, 6, TOOK),
            104..140 => (8, 21, 16, 6, TOOK),
            _ => (9, 29, 28, 8, TOOK),
        };
        let all = [time, who, operation, stream, shard, took];
        let taken: usize = all
            .iter()
            .filter(|width| **width > 0)
            .map(|width| width + GAP)
            .sum();
        let left = width.saturating_sub(taken);
        let (status, about) = match left {
            WITH_ABOUT.. => (STATUS, left - STATUS - RECORDS - GAP),
            _ => (left.saturating_sub(RECORDS), 0),
        };
        Self {
            with_hour,
            who,
            operation,
            stream,
            shard,
            took,
            status,
            about,
        }
    }

    fn time(&self) -> usize {
        if self.with_hour { 12 } else { 9 }
    }

    pub fn head<'a>(&self, ink: &Ink<'_>) -> Row<'a> {
        let dim = ink.styles.dim;
        let column = |row: Row<'a>, words: &str, width: usize| match width {
            0 => row,
            _ => row.left(words, width, dim).gap(GAP),
        };
        let mut row = column(Row::new(), "answered", self.time());
        row = column(row, "client", self.who);
        row = column(row, "operation", self.operation);
        row = column(row, "stream", self.stream);
        row = column(row, "shard", self.shard);
        if self.took > 0 {
            row = row.right("took", self.took, dim).gap(GAP);
        }
        let row = row
            .left("status", self.status, dim)
            .right("records", RECORDS, dim);
        match self.about {
            0 => row,
            _ => row.gap(GAP).text("about", dim),
        }
    }

    pub fn call<'a>(&self, ink: &Ink<'_>, wire: &WireCall) -> Row<'a> {
        let styles = &ink.styles;
        let call = &wire.call;
        let idle = wire.is_idle();
        let base = if idle { styles.dim } else { styles.base };
        let who = match () {
            () if idle => styles.dim,
            () if wire.who.contains('#') => styles.strong,
            () => styles.base,
        };
        let time = when::time_of_day(call.at, ink.model.zone, self.with_hour);
        let mut row = Row::new()
            .left(&time, self.time() + GAP, styles.dim)
            .left(&wire.who, self.who, who)
            .gap(GAP)
            .left(&call.operation, self.operation, base)
            .gap(GAP);
        if self.stream > 0 {
            let stream = call.stream.as_deref().unwrap_or("");
            row = row.left(stream, self.stream, styles.dim).gap(GAP);
        }
        if self.shard > 0 {
            let end = row.width() + self.shard + GAP;
            row = row.join(self.shards(ink, wire)).to(end);
        }
        let slow = call.latency >= Duration::from_secs(1);
        let took = if slow { styles.nearly } else { styles.dim };
        if self.took > 0 {
            row = row.right(&took_of(wire), self.took, took).gap(GAP);
        }
        let end = row.width() + self.status + RECORDS;
        row = row.join(self.outcome(ink, wire)).to(end);
        if self.about > 0 {
            let about = cut(&about(wire), self.about).into_owned();
            row = row.gap(GAP).text(about, styles.dim);
        }
        row
    }

    /// The first shard, and how many more there are.
    fn shards<'a>(&self, ink: &Ink<'_>, wire: &WireCall) -> Row<'a> {
        let Some(first) = wire.shards.first() else {
            return Row::new();
        };
        let others = wire.shards.len() - 1 + wire.more_shards;
        let more = match others {
            0 => String::new(),
            n => format!(" +{n}"),
        };
        let room = self.shard.saturating_sub(2 + more.len());
        let name = cut(&first.short(), room).into_owned();
        shard::mark(ink, first)
            .gap(1)
            .text(name, shard::words(ink, first))
            .text(more, ink.styles.dim)
    }

    /// Status and records; a refused call has none, so its error has their room as well.
    fn outcome<'a>(&self, ink: &Ink<'_>, wire: &WireCall) -> Row<'a> {
        let styles = &ink.styles;
        let call = &wire.call;
        let fault = call.fault.map(fault_word);
        if let Some((code, _)) = &call.error {
            let room = self.status + RECORDS;
            let after = fault.map_or(String::new(), |fault| format!(" · {fault}"));
            let code = short(code, room.saturating_sub(2 + after.chars().count()));
            return Row::new()
                .text("✗ ", styles.wrong)
                .text(code.into_owned(), styles.wrong)
                .text(after, styles.nearly);
        }
        let (records, style) = match wire.records {
            Records::None => (String::new(), styles.base),
            Records::Put { stored, of: 1 } => (format!("put {stored}"), styles.base),
            Records::Put { stored, of } if stored == of => {
                (format!("put {}", grouped(of as u64)), styles.base)
            }
            Records::Put { stored, of } => (format!("put {stored} of {of}"), styles.nearly),
            Records::Got(0) => ("got 0".to_owned(), styles.dim),
            Records::Got(n) => (format!("got {}", grouped(n as u64)), styles.base),
        };
        let room = self.status + RECORDS;
        let beside = |words: &str| cells(words) + GAP + cells(&records) <= room;
        let amiss = match (fault, wire.some_refused_with.is_some()) {
            (Some(fault), _) => Some((format!("200 · {fault}"), fault)),
            (None, true) => Some(("200, partly".to_owned(), "200")),
            (None, false) => None,
        };
        let status = match amiss {
            Some((long, _)) if beside(&long) => Row::new().text(long, styles.nearly),
            Some((_, short)) => Row::new().text(short, styles.nearly),
            None if wire.is_idle() => Row::new().text("200", styles.dim),
            None => Row::new().text("200", styles.done),
        };
        let rest = room.saturating_sub(status.width());
        status.right(&records, rest, style)
    }
}

/// An error's name; where it has no room, without the word that most of them end in.
fn short(code: &str, room: usize) -> Cow<'_, str> {
    if code.chars().count() <= room {
        return Cow::Borrowed(code);
    }
    cut(code.trim_end_matches("Exception"), room)
}

fn took_of(wire: &WireCall) -> String {
    let latency = wire.call.latency;
    match latency.as_micros() {
        0 if !wire.by_feed => "-".to_owned(),
        micros @ 0..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        _ => when::duration(u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)),
    }
}

/// What a call was about, in a few words: of a refused one what its error means.
fn about(wire: &WireCall) -> String {
    let call = &wire.call;
    if let Some((code, message)) = &call.error {
        return explained(code, message).to_owned();
    }
    if let Some(code) = &wire.some_refused_with {
        return format!("some refused: {code}");
    }
    match &call.detail {
        Detail::Create { shards: 1 } => "1 shard".to_owned(),
        Detail::Create { shards } => format!("{shards} shards"),
        Detail::Retain { hours } => format!("{hours} h"),
        Detail::Iterator { start, .. } => start.word().to_owned(),
        Detail::Get(get) if get.ended => "the end of a closed shard".to_owned(),
        Detail::Get(get) if !wire.by_feed => match get.millis_behind_latest {
            Some(0) => "caught up".to_owned(),
            Some(millis) => format!("{} behind", when::duration(millis)),
            None => String::new(),
        },
        Detail::Get(get) => match get.ahead {
            0 => "caught up".to_owned(),
            1 => "1 record ahead".to_owned(),
            n => format!("{} records ahead", grouped(n)),
        },
        _ => match &wire.key {
            Some(key) => format!("key {key}"),
            None => String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_take_the_width_and_no_more() {
        for width in 56..250 {
            let it = Columns::at(width);
            let all = [
                it.time(),
                it.who,
                it.operation,
                it.stream,
                it.shard,
                it.took,
            ];
            let columns = all.iter().filter(|width| **width > 0);
            let mut taken: usize = columns.map(|width| width + GAP).sum();
            taken += it.status + RECORDS;
            if it.about > 0 {
                taken += GAP + it.about;
            }
            assert_eq!(taken, width);
            assert!(it.status >= "200".len(), "{width}: {}", it.status);
        }
    }

    #[test]
    fn an_error_s_name_is_whole_where_it_fits() {
        let check = |room, expected: &str| {
            assert_eq!(short("ExpiredIteratorException", room), expected);
        };
        check(24, "ExpiredIteratorException");
        check(23, "ExpiredIterator");
        check(15, "ExpiredIterator");
        check(10, "ExpiredIt…");
        check(0, "");
    }
}
