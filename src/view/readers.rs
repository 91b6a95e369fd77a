//! The lease table: who holds which shard, how far that is written down and how far behind it is; readers of other programs
//! by name.

use super::Ink;
use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{CUT, Row};
use super::lag::{self, beside};
use super::sequence::Digits;
use super::shard;
use crate::app::consumer::{Consumer, Reader, ReaderState};
use crate::app::lab_server::fault_word;
use crate::app::readers::ForeignReader;
use crate::kinesis::ShardId;
use crate::leases::Checkpoint;

/// The most cells that a worker's shards take.
const MOST_SHARDS: usize = 12;

/// The columns of the table at a width; what is left beside them is for the lag's line or a word in its place.
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    lease: usize,
    checkpoint: usize,
    behind: usize,
    beside: usize,
}

impl Columns {
    fn at(width: usize) -> Self {
        let (lease, checkpoint) = match width {
            ..54 => (13, 5),
            54..64 => (13, 13),
            64..74 => (17, 16),
            74..90 => (17, 20),
            _ => (18, 25),
        };
        let (name, behind) = (10, 8);
        // The shards take seven cells, and two lie before what stands beside.
        let used = name + 7 + lease + checkpoint + behind + 2;
        Self {
            name,
            lease,
            checkpoint,
            behind,
            beside: width.saturating_sub(used),
        }
    }
}

/// A line of the table.
struct Line<'a> {
    name: String,
    shards: Row<'a>,
    lease: Row<'a>,
    checkpoint: Row<'a>,
    behind: Row<'a>,
    beside: Row<'a>,
}

/// Draws the table and gives its height: none where nobody reads. It takes at most half of the panel.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>) -> usize {
    let consumer = &ink.model.consumer;
    let most = canvas.height() / 2;
    let columns = Columns::at(canvas.width());
    let (mut lines, done, folded) = own(ink, consumer, columns, most);
    let any_own = !lines.is_empty();
    let programs = consumer.foreign.iter().rev();
    lines.extend(programs.map(|reader| foreign(ink, reader, columns)));
    if lines.is_empty() || most < 2 {
        return 0;
    }
    let extra = usize::from(done > 0 || folded);
    let hidden = (lines.len() + extra + 1).saturating_sub(most);
    let shown = lines.len()
        - if hidden > 0 {
            (hidden + 1).min(lines.len())
        } else {
            0
        };
    let widths = lines.iter().map(|line| line.shards.width());
    let shards = widths.max().unwrap_or(0).max(5) + 2;
    let any_foreign = !consumer.foreign.is_empty();
    canvas.draw(0, head(ink, columns, shards, (any_own, any_foreign)));
    let rest = lines.len() - shown;
    for (row, line) in lines.into_iter().take(shown).enumerate() {
        canvas.draw(row + 1, built(ink, line, columns, shards));
    }
    let Some(words) = left_out(ink, rest, done, folded) else {
        return shown + 1;
    };
    canvas.draw(shown + 1, Row::new().text(words, ink.styles.dim));
    shown + 2
}

/// The head of the table; what stands in it depends on whose readers there are.
fn head<'a>(ink: &Ink<'_>, columns: Columns, shards: usize, whose: (bool, bool)) -> Row<'a> {
    let dim = ink.styles.dim;
    let (lease, checkpoint) = match whose {
        (true, true) => ("lease, start", "checkpoint"),
        (true, false) => ("lease", "checkpoint"),
        _ => ("from", ""),
    };
    let checkpoint = if columns.checkpoint < 10 {
        ""
    } else {
        checkpoint
    };
    Row::new()
        .left("worker", columns.name, dim)
        .left("shard", shards, dim)
        .left(lease, columns.lease, dim)
        .left(checkpoint, columns.checkpoint, dim)
        .right("behind", columns.behind, dim)
}

fn built<'a>(ink: &Ink<'_>, line: Line<'a>, columns: Columns, shards: usize) -> Row<'a> {
    let row = Row::new()
        .left(&line.name, columns.name, ink.styles.strong)
        .join(line.shards)
        .to(columns.name + shards)
        .join(line.lease);
    // A word that says why nothing is read may take the columns behind it too.
    if line.checkpoint.is_empty() && line.behind.is_empty() {
        return row;
    }
    let row = row
        .to(columns.name + shards + columns.lease)
        .join(line.checkpoint)
        .to(columns.name + shards + columns.lease + columns.checkpoint);
    let row = row
        .gap(columns.behind.saturating_sub(line.behind.width()))
        .join(line.behind);
    match line.beside.is_empty() {
        true => row,
        false => row.gap(2).join(line.beside),
    }
}

/// What the table has no room for, in words.
fn left_out(ink: &Ink<'_>, rest: usize, done: usize, folded: bool) -> Option<String> {
    let done = match done {
        0 if folded && rest == 0 && !ink.model.zoom => return Some("z shows each shard".into()),
        0 => None,
        1 => Some("1 shard is read to its end".to_owned()),
        n => Some(format!("{n} shards are read to their end")),
    };
    let how = if ink.model.zoom {
        ""
    } else {
        " · z shows more"
    };
    match (rest, done) {
        (0, done) => done,
        (rest, None) => Some(format!("and {rest} more{how}")),
        (rest, Some(done)) => Some(format!("and {rest} more · {done}{how}")),
    }
}

/// The lines of the lab's own workers, parents before their children, and how many shards that are done were left out:
/// a line a shard if that fits, else without those that are done, else folded to a line a worker.
fn own<'a>(
    ink: &Ink<'a>,
    consumer: &'a Consumer,
    columns: Columns,
    most: usize,
) -> (Vec<Line<'a>>, usize, bool) {
    let digits = digits(consumer);
    let idle: Vec<u8> = idle_workers(consumer).collect();
    let room = most.saturating_sub(1 + idle.len() + consumer.foreign.len().min(2));
    let idle = idle.into_iter().map(|worker| idle_line(ink, worker));
    let open = || consumer.readers.iter().filter(|reader| reader.is_open());
    let line = |reader: &'a Reader| by_shard(ink, reader, columns, &digits);
    if consumer.readers.len() <= room || open().count() == 0 {
        let lines = consumer.readers.iter().map(line).chain(idle);
        return (lines.collect(), 0, false);
    }
    let done = consumer.readers.len() - open().count();
    if open().count() < room {
        return (open().map(line).chain(idle).collect(), done, false);
    }
    let mut workers: Vec<u8> = open().map(|reader| reader.worker).collect();
    workers.sort_unstable();
    workers.dedup();
    let lines = workers
        .into_iter()
        .filter_map(|worker| by_worker(ink, consumer, worker, columns));
    (lines.chain(idle).collect(), done, true)
}

/// The digits that move from checkpoint to checkpoint and in the newest records.
fn digits(consumer: &Consumer) -> Digits {
    let written = consumer
        .readers
        .iter()
        .filter_map(|reader| match &reader.checkpoint {
            Some(Checkpoint::After(number)) => Some((&reader.shard, number)),
            _ => None,
        });
    let newest = consumer.log.iter().rev().take(64);
    let newest = newest.map(|(_, shown)| (&shown.shard, &shown.record.sequence));
    Digits::of(written.chain(newest))
}

/// The shards of a line: one with its square, several by their numbers.
fn shards<'a>(ink: &Ink<'_>, shards: &[&ShardId]) -> Row<'a> {
    if let [one] = shards {
        return shard::mark(ink, one)
            .gap(1)
            .text(one.short(), shard::words(ink, one));
    }
    let mut row = Row::new();
    for id in shards {
        let short = id.short();
        // How many there are stands beside them.
        if row.width() + short.len() + 2 > MOST_SHARDS {
            return row.text(CUT, ink.styles.dim);
        }
        let comma = if row.is_empty() { "" } else { "," };
        row = row
            .text(comma, ink.styles.dim)
            .text(short, shard::words(ink, id));
    }
    row
}

/// A worker's name; nobody has had the shard where it has number 0.
fn name(worker: u8) -> String {
    match worker {
        0 => "nobody".into(),
        worker => format!("worker {worker}"),
    }
}

fn by_shard<'a>(ink: &Ink<'a>, reader: &'a Reader, columns: Columns, digits: &Digits) -> Line<'a> {
    Line {
        name: name(reader.worker),
        shards: shards(ink, &[&reader.shard]),
        lease: lease(ink, reader, columns.lease - 1),
        checkpoint: checkpoint(ink, reader, columns.checkpoint - 1, digits),
        behind: lag::state(ink, reader),
        beside: beside(ink, reader, columns.beside),
    }
}

/// How the lease stands: its counter, which is its owner's heartbeat, or why nobody reads the shard.
fn lease<'a>(ink: &Ink<'_>, reader: &Reader, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let consumer = &ink.model.consumer;
    let parents: Vec<String> = reader.parents.iter().map(ShardId::short).collect();
    match &reader.state {
        ReaderState::Ended => return Row::new().text("done", styles.dim),
        ReaderState::Vanished => return Row::new().text("shard is gone", styles.nearly),
        ReaderState::Refused(_) => return Row::new().text("not its number", styles.dim),
        ReaderState::Queued => {
            return Row::new().text(format!("waits for {}", parents.join(", ")), styles.dim);
        }
        _ => {}
    }
    let Some(lease) = consumer.group.table.lease(&reader.shard) else {
        return Row::new();
    };
    if reader.held && consumer.running {
        return match lease.wanted_by {
            Some(other) => Row::new().text(format!("{other} asks for it"), styles.nearly),
            None => Row::new()
                .text("counter ", styles.dim)
                .text(lease.counter.to_string(), styles.base),
        };
    }
    if lease.owner.is_none() || !consumer.running {
        return Row::new().text("free", styles.dim);
    }
    // Its owner is dead, and the table does not know.
    let left = consumer.group.expires_at(&reader.shard).map(|at| {
        let millis = (at - ink.model.now)
            .num_milliseconds()
            .max(0)
            .unsigned_abs();
        millis.div_ceil(1_000)
    });
    let words = match left {
        Some(seconds) if width >= 15 => format!("expires in {seconds} s"),
        Some(seconds) => format!("ends in {seconds} s"),
        // Nobody is left who would see that it has expired.
        None if width >= 17 => "needs a worker: W".into(),
        None if width >= 14 => "needs a worker".into(),
        None => "needs W".into(),
    };
    Row::new().text(words, styles.nearly)
}

/// How far it is written down, and how many records came since: those would come again.
fn checkpoint<'a>(ink: &Ink<'_>, reader: &Reader, width: usize, digits: &Digits) -> Row<'a> {
    let styles = &ink.styles;
    let since = match reader.since {
        0 => Row::new(),
        n => Row::new().text(format!("+{}", grouped(n)), styles.accent),
    };
    let room = width.saturating_sub(since.width() + usize::from(!since.is_empty()));
    let row = match &reader.checkpoint {
        Some(Checkpoint::After(number)) if room >= 9 => digits.row(ink, number, room),
        Some(Checkpoint::ShardEnd) if room >= 9 => Row::new().text("SHARD_END", styles.dim),
        Some(Checkpoint::Start(start)) if room >= 9 => {
            let word = super::fit::cut(start.word(), room).into_owned();
            Row::new().text(word, styles.dim)
        }
        _ => Row::new(),
    };
    match since.is_empty() || row.is_empty() {
        true => row.join(since),
        false => row.gap(1).join(since),
    }
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

fn idle_line<'a>(ink: &Ink<'_>, worker: u8) -> Line<'a> {
    let consumer = &ink.model.consumer;
    let mut leases = consumer.group.table.leases();
    let asks = leases.any(|(_, lease)| lease.wanted_by == Some(worker));
    let open = consumer.readers.iter().filter(|it| it.is_open()).count();
    let dead = consumer.group.dead();
    let words = match dead.first() {
        _ if asks => "asked for a shard".to_owned(),
        Some(dead) => format!("waits for worker {dead}'s leases to expire"),
        None if open >= usize::from(consumer.workers) => "has just joined".to_owned(),
        None => "idle: more workers than shards".to_owned(),
    };
    Line {
        name: name(worker),
        shards: Row::new(),
        lease: Row::new().text(words, ink.styles.dim),
        checkpoint: Row::new(),
        behind: Row::new(),
        beside: Row::new(),
    }
}

/// One line a worker, with the shard of its that is furthest behind.
fn by_worker<'a>(
    ink: &Ink<'a>,
    consumer: &'a Consumer,
    worker: u8,
    columns: Columns,
) -> Option<Line<'a>> {
    let own = || {
        let readers = consumer.readers.iter();
        readers.filter(move |reader| reader.worker == worker && reader.is_open())
    };
    let last = own().max_by_key(|reader| (lag::urgency(reader), reader.behind))?;
    let count = own().count();
    let words = match count {
        1 => "1 lease".to_owned(),
        n => format!("{n} leases"),
    };
    let lease = match last.held || worker == 0 {
        true => Row::new().text(words, ink.styles.dim),
        false => lease(ink, last, columns.lease - 1),
    };
    let since: u64 = own().map(|reader| reader.since).sum();
    let since = match since {
        0 => Row::new(),
        n if columns.checkpoint < 10 => {
            Row::new().text(format!("+{}", grouped(n)), ink.styles.accent)
        }
        n => Row::new().text(format!("+{} since", grouped(n)), ink.styles.accent),
    };
    Some(Line {
        name: name(worker),
        shards: shards(ink, &own().map(|reader| &reader.shard).collect::<Vec<_>>()),
        lease,
        checkpoint: since,
        behind: lag::state(ink, last),
        beside: beside(ink, last, columns.beside),
    })
}

/// An empty page is not the end of a shard: the misconception that it is has a name in every forum.
pub(super) const EMPTY: &str = "empty page: not the end";

/// A program's reader; what is left for it to read stands beside its lag, or in its place where there is no room.
fn foreign<'a>(ink: &Ink<'a>, reader: &'a ForeignReader, columns: Columns) -> Line<'a> {
    let styles = &ink.styles;
    let state = match (&reader.error, reader.stopped, reader.behind) {
        (Some(_), ..) => Row::new().text("refused", styles.wrong),
        (None, true, _) => Row::new().text("gone", styles.dim),
        (None, false, _) if reader.ended => Row::new().text("at end", styles.dim),
        (None, false, behind) => lag::lag(ink, behind),
    };
    let words = match (reader.fault, reader.ahead) {
        (Some(fault), _) => Some(fault_word(fault).to_owned()),
        (None, 0) => None,
        (None, ahead) => {
            let left = format!("{} left", grouped(ahead));
            let longer = match reader.empty {
                true => vec![format!("{left}, {EMPTY}"), format!("{left}, empty page")],
                false => Vec::new(),
            };
            let mut longer = longer.into_iter();
            let fitting = longer.find(|words| words.len() <= columns.beside);
            Some(fitting.unwrap_or(left))
        }
    };
    let (behind, beside) = match words {
        Some(words) if words.len() <= columns.beside => {
            (state, Row::new().text(words, styles.nearly))
        }
        Some(words) => (Row::new().text(words, styles.nearly), Row::new()),
        None => (state, Row::new()),
    };
    let read = format!("{} read", grouped(reader.read));
    let start = Row::new().left(reader.start, columns.lease - 1, styles.dim);
    Line {
        name: reader.program.clone(),
        shards: shards(ink, &[&reader.shard]),
        lease: start,
        checkpoint: Row::new().left(&read, columns.checkpoint.max(2) - 1, styles.base),
        behind,
        beside,
    }
}
