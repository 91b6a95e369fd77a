//! Records in words: a line for each as they come, and one in full.

use chrono::{DateTime, FixedOffset, Utc};

use crate::app::Model;
use crate::app::consumer::Shown;
use crate::app::detail::{one_line, payload};
use crate::app::overlay::Detail;
use crate::app::producer::{SentLine, Twice, Who};
use crate::kinesis::SequenceNumber;
use crate::kinesis::ShardId;
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::sequence_numbers::gap;
use crate::printable::printable;

/// How much of a record's data stands in its line, in characters.
const SHOWN: usize = 100;

/// A record that somebody put. What the learner put and was stored is said by a sentence already.
pub(super) fn sent(line: &SentLine) -> Option<String> {
    let who = match &line.who {
        Who::You if line.result.is_ok() => return None,
        who => who.name(),
    };
    let key = line.key.as_deref().unwrap_or("not read");
    let twice = match line.twice {
        Some(Twice::Surely(_)) => " It is stored twice: the first answer was lost.",
        Some(Twice::Perhaps) => " It may be stored twice: the first answer did not come.",
        None => "",
    };
    Some(match &line.result {
        Err((name, why)) if line.records > 1 => {
            format!(
                "Not written, {} records from {who}: {name}. {why}",
                line.records
            )
        }
        Ok((shard, _)) => format!(
            "Put by {who}: key {key}, shard {}, {} bytes.{twice}",
            shard.short(),
            line.size
        ),
        Err((name, why)) => format!("Refused, from {who}: key {key}: {name}. {why}"),
    })
}

/// A record that the panel's consumer was given.
pub(super) fn read(shown: &Shown) -> String {
    let line = one_line(&shown.record);
    let mut data: String = printable(&line).chars().take(SHOWN).collect();
    if line.chars().nth(SHOWN).is_some() {
        data.push('…');
    }
    let again = if shown.repeat { " again" } else { "" };
    format!(
        "Read{again} by worker {}: key {}, shard {}, data {data}",
        shown.worker,
        shown.record.key,
        shown.shard.short()
    )
}

/// A record in full.
pub(super) fn in_full(model: &Model, open: Detail) -> Vec<String> {
    let mut lines = match open.sent {
        true => model
            .producer
            .log
            .get(open.number)
            .map(|it| put_facts(model, open.number, it)),
        false => model
            .consumer
            .log
            .get(open.number)
            .map(|it| read_facts(model, open.number, it)),
    }
    .unwrap_or_default();
    lines.push("data:".into());
    lines.extend(payload(model, open));
    lines
}

fn put_facts(model: &Model, number: u64, line: &SentLine) -> Vec<String> {
    let log = &model.producer.log;
    let mut facts = vec![format!("A record that was put, by {}", line.who.name())];
    match &line.result {
        Ok((shard, sequence)) => {
            let before = (log.first()..number)
                .rev()
                .filter_map(|number| log.get(number)?.result.as_ref().ok())
                .find(|(other, _)| other == shard)
                .map(|(_, number)| number);
            facts.extend(place(shard, sequence, before));
        }
        Err((name, why)) => facts.push(format!("refused: {name}. {why}")),
    }
    if let Some(key) = &line.key {
        facts.push(keyed(key));
    }
    let at = model.server.clock.lab(line.at);
    facts.push(format!("answered: {}", time(at, model.zone)));
    facts.push(format!("size: {} bytes", line.size));
    facts
}

fn read_facts(model: &Model, number: u64, shown: &Shown) -> Vec<String> {
    let record = &shown.record;
    let log = &model.consumer.log;
    let before = (log.first()..number)
        .rev()
        .filter_map(|number| log.get(number))
        .find(|other| other.shard == shown.shard)
        .map(|other| &other.record.sequence);
    let mut facts = vec![format!("A record, read by worker {}", shown.worker)];
    facts.extend(place(&shown.shard, &record.sequence, before));
    facts.push(keyed(&record.key));
    facts.push(match record.arrived_at {
        Some(at) => format!("arrived: {}", time(at, model.zone)),
        None => "arrived: the endpoint does not tell".into(),
    });
    if let Some(millis) = shown.waited {
        facts.push(format!(
            "read {}.{:03} seconds later",
            millis / 1_000,
            millis % 1_000
        ));
    }
    facts.push(format!("size: {} bytes", record.size));
    facts
}

/// Shard and number in full, and how far it is from the one before.
fn place(shard: &ShardId, number: &SequenceNumber, before: Option<&SequenceNumber>) -> [String; 3] {
    let gap = match before {
        Some(before) => format!(
            "that is {} above the one before: it grows, it does not count",
            gap(before, number)
        ),
        None => "the first of its shard in this list".into(),
    };
    [
        format!("shard: {}", shard.as_str()),
        format!("sequence number: {}", number.as_str()),
        gap,
    ]
}

fn keyed(key: &str) -> String {
    format!("key: {key}, MD5 {}", HashKey::of_partition_key(key).hex())
}

fn time(at: DateTime<Utc>, zone: FixedOffset) -> String {
    at.with_timezone(&zone)
        .format("%Y-%m-%d %H:%M:%S%.3f %:z")
        .to_string()
}
