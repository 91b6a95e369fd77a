//! A record in full: every digit of its number, its times, its payload.

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;

use super::super::count::grouped;
use super::super::fit::Row;
use super::super::{Ink, keys, prose, shard, when};
use super::dialog;
use crate::app::consumer::Shown;
use crate::app::detail::{FACTS, payload, room};
use crate::app::lab_server::fault_word;
use crate::app::overlay::Detail;
use crate::app::producer::{SentLine, Twice};
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::sequence_numbers::{gap, shared_prefix_len};
use crate::kinesis::{SequenceNumber, ShardId};

/// Where the facts stand behind their names.
const FACT: usize = 11;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, detail: Detail, buffer: &mut Buffer) {
    let model = ink.model;
    let (title, facts) = if detail.sent {
        let line = model.producer.log.get(detail.number);
        ("Sent", line.map(|line| sent(ink, detail.number, line)))
    } else {
        let shown = model.consumer.log.get(detail.number);
        ("Record", shown.map(|shown| read(ink, detail.number, shown)))
    };
    let mut rows = facts.unwrap_or_default();
    let payload = payload(model, detail);
    rows.extend(
        payload
            .into_iter()
            .map(|line| Row::new().text(line, ink.styles.base)),
    );
    let (width, most) = room(model);
    let shown = rows.len().min(most);
    let top = usize::from(detail.scroll).min(rows.len() - shown);
    let name = Row::new().text(title, ink.styles.accent);
    let foot = match rows.len() > shown {
        true => keys(
            ink,
            &[("← →", "another"), ("↑ ↓", "scroll"), ("Esc", "closes")],
        ),
        false => keys(ink, &[("← →", "another"), ("Esc", "closes")]),
    };
    let mut canvas = dialog(ink, buffer, name, foot, (width, shown + 2));
    for (row, line) in rows.into_iter().skip(top).take(shown).enumerate() {
        canvas.draw(row + 1, line);
    }
}

fn fact<'a>(ink: &Ink<'_>, name: &'static str) -> Row<'a> {
    Row::new().left(name, FACT, ink.styles.dim)
}

fn plain<'a>(ink: &Ink<'_>, name: &'static str, words: impl Into<String>) -> Row<'a> {
    fact(ink, name).text(words.into(), ink.styles.base)
}

fn shard_row<'a>(ink: &Ink<'_>, id: &ShardId) -> Row<'a> {
    fact(ink, "shard")
        .join(shard::column(ink, id))
        .text(id.as_str().to_owned(), ink.styles.dim)
}

fn key_rows<'a>(ink: &Ink<'_>, key: &str) -> [Row<'a>; 2] {
    [
        plain(ink, "key", key),
        fact(ink, "md5").text(HashKey::of_partition_key(key).hex(), ink.styles.dim),
    ]
}

/// The number in full, unbroken so that it can be copied; and how far it is from the one before in its shard.
fn number_rows<'a>(
    ink: &Ink<'_>,
    number: &SequenceNumber,
    before: Option<&SequenceNumber>,
) -> [Row<'a>; 2] {
    let styles = &ink.styles;
    let digits = number.as_str();
    let shared = before.map_or(0, |before| shared_prefix_len(&[before, number]));
    let (same, moving) = digits.split_at_checked(shared).unwrap_or(("", digits));
    let words = match before {
        Some(before) => {
            let gap = gap(before, number);
            format!("{gap} above the one before: it grows, it does not count")
        }
        None => "the first of its shard in this list".into(),
    };
    [
        fact(ink, "sequence")
            .text(same.to_owned(), styles.faint)
            .text(moving.to_owned(), styles.strong),
        fact(ink, "").text(words, styles.dim),
    ]
}

fn read<'a>(ink: &Ink<'_>, number: u64, shown: &Shown) -> Vec<Row<'a>> {
    let record = &shown.record;
    let log = &ink.model.consumer.log;
    let before = (log.first()..number)
        .rev()
        .filter_map(|number| log.get(number))
        .find(|other| other.shard == shown.shard)
        .map(|other| &other.record.sequence);
    let mut rows = vec![shard_row(ink, &shown.shard)];
    rows.extend(number_rows(ink, &record.sequence, before));
    rows.extend(key_rows(ink, &record.key));
    let arrived = match record.arrived_at {
        Some(at) => lab_time(ink, at),
        None => "the endpoint does not tell".into(),
    };
    rows.push(plain(ink, "arrived", arrived));
    let delay = match shown.waited {
        Some(millis) => format!("{} later, ", when::duration(millis)),
        None if record.arrived_at.is_some() => "kept from an earlier run, ".into(),
        None => String::new(),
    };
    rows.push(plain(
        ink,
        "shown",
        format!("{delay}read by worker {}", shown.worker),
    ));
    rows.push(plain(ink, "size", size(record.size)));
    rows.resize(FACTS, Row::new());
    rows
}

fn sent<'a>(ink: &Ink<'_>, number: u64, line: &SentLine) -> Vec<Row<'a>> {
    let styles = &ink.styles;
    let log = &ink.model.producer.log;
    let mut rows = vec![plain(ink, "by", line.who.name())];
    match &line.result {
        Ok((id, sequence)) => {
            let before = (log.first()..number)
                .rev()
                .filter_map(|number| log.get(number)?.result.as_ref().ok())
                .find(|(other, _)| other == id)
                .map(|(_, number)| number);
            rows.push(shard_row(ink, id));
            rows.extend(number_rows(ink, sequence, before));
        }
        Err((name, meaning)) => {
            rows.push(fact(ink, "refused").text(name.clone(), styles.wrong));
            // Three lines are left for why, since a record that is nowhere needs no MD5 sum.
            let (width, _) = room(ink.model);
            let why = prose::wrapped(meaning, width.saturating_sub(FACT));
            rows.extend(why.into_iter().take(3).map(|line| plain(ink, "", line)));
        }
    }
    match &line.key {
        Some(key) if line.records > 1 => rows.push(plain(
            ink,
            "records",
            format!(
                "{} of a call; one of them has the key {key}",
                grouped(line.records as u64)
            ),
        )),
        Some(key) if line.result.is_err() => rows.push(plain(ink, "key", key)),
        Some(key) if line.hash.is_empty() => rows.extend([
            plain(ink, "key", key),
            fact(ink, "md5").text("had no say: a hash key was given", styles.dim),
        ]),
        Some(key) => rows.extend(key_rows(ink, key)),
        None => rows.push(plain(
            ink,
            "key",
            "not read: the request was refused before",
        )),
    }
    rows.push(plain(
        ink,
        "answered",
        lab_time(ink, ink.model.server.clock.lab(line.at)),
    ));
    rows.push(match (&line.twice, line.fault) {
        (Some(Twice::Surely((id, first))), _) => fact(ink, "twice")
            .text(format!("first in shard {} as ", id.short()), styles.nearly)
            .text(first.as_str().to_owned(), styles.strong),
        (Some(Twice::Perhaps), _) => fact(ink, "twice?").text(
            "sent before without an answer: it may be there twice",
            styles.nearly,
        ),
        (None, Some(fault)) => fact(ink, "fault").text(fault_word(fault), styles.nearly),
        (None, None) => plain(ink, "size", size(line.size)),
    });
    rows.resize(FACTS, Row::new());
    rows
}

/// A moment in full, and that it is one of lab time where that is another time.
fn lab_time(ink: &Ink<'_>, at: DateTime<Utc>) -> String {
    let time = when::in_full(at, ink.model.zone);
    match ink.model.server.clock.wall(at) == at {
        true => time,
        false => format!("{time}, lab time"),
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".into(),
        n => format!("{} bytes", grouped(n as u64)),
    }
}
