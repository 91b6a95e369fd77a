//! The proof in the panels: it follows what the consumer processed and what the producer's log saw, and says how it stands.

use super::{Order, Spot};
use crate::app::model::Model;
use crate::kinesis::{SequenceNumber, ShardId};

/// How many digits of a sequence number stand in a sentence.
const DIGITS: usize = 12;

/// The proof over the consumer's present run, or its last one.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// How it stands.
    pub order: Order,
    run: u64,
    /// The numbers of the next entries to look at in the consumer's log and in the producer's.
    next_read: u64,
    next_put: u64,
    /// The stream's records that were trimmed, when that was looked at last.
    trimmed: u64,
    /// When the shards were learnt last: how many there were, and the newest of them.
    shards: Option<(usize, ShardId)>,
}

/// Looks at what is new in the panels.
pub(in crate::app) fn follow(model: &mut Model) {
    let (consumer, producer) = (&model.consumer, &model.producer);
    let proof = &mut model.proof;
    if consumer.running && proof.run != consumer.run {
        *proof = Proof {
            run: consumer.run,
            next_read: consumer.log.first(),
            next_put: producer.log.first(),
            ..Proof::default()
        };
    }
    if proof.run == 0 {
        return;
    }
    if let Some(description) = model.streams.description()
        && let Some(newest) = description.shards.last()
    {
        let known = (description.shards.len(), newest.id.clone());
        if proof.shards.as_ref() != Some(&known) {
            for shard in &description.shards {
                proof.order.learn(&shard.id, &shard.parents);
            }
            proof.shards = Some(known);
        }
    }
    let name = model.streams.name();
    let count = name
        .map(|name| model.streams.count(name))
        .unwrap_or_default();
    let trimmed = count.gone + count.trimmed_early;
    if trimmed != std::mem::replace(&mut proof.trimmed, trimmed) {
        proof.order.trimmed();
    }
    // A run that is over reads nothing more.
    if consumer.running {
        for number in proof.next_put.max(producer.log.first())..producer.log.end() {
            if let Some(Ok((shard, number))) = producer.log.get(number).map(|line| &line.result) {
                proof.order.put(Spot {
                    shard: shard.clone(),
                    number: number.clone(),
                });
            }
        }
        proof.next_put = producer.log.end();
    }
    let first = consumer.log.first();
    proof.order.missed(first.saturating_sub(proof.next_read));
    for number in proof.next_read.max(first)..consumer.log.end() {
        if let Some(shown) = consumer.log.get(number) {
            let spot = Spot {
                shard: shown.shard.clone(),
                number: shown.record.sequence.clone(),
            };
            match shown.repeat {
                true => proof.order.read_again(&spot),
                false => proof.order.read(&shown.record.key, spot),
            }
        }
    }
    proof.next_read = consumer.log.end();
}

/// How the proof stands, in a sentence without a full stop: with all that is known, with less, and in the fewest words.
/// That records are not read yet, and so not proven, is in all of them. None before the first record.
pub fn words(order: &Order) -> Option<[String; 3]> {
    if let Some(violation) = order.violations.first() {
        let (earlier, later) = (&violation.earlier, &violation.later);
        let short = format!("order of {} is BROKEN", violation.key);
        let numbers = format!(
            "{short}: {} of shard {} was read after {} of shard {}",
            tail(&earlier.number, &later.number),
            earlier.shard.short(),
            tail(&later.number, &earlier.number),
            later.shard.short()
        );
        let whole = match order.violated {
            1 => numbers.clone(),
            n => format!("{numbers}, and {} more", n - 1),
        };
        return Some([whole, numbers, short]);
    }
    if order.checked == 0 {
        return None;
    }
    let records = counted(order.checked, "record");
    let keys = counted(order.keys() as u64, "key");
    let (splits, merges) = (order.splits.len() as u64, order.merges.len() as u64);
    let crossed = [(splits, "split"), (merges, "merge")];
    let crossed = crossed.into_iter().filter(|(count, _)| *count > 0);
    let crossed: Vec<String> = crossed.map(|(count, one)| counted(count, one)).collect();
    let across = match crossed.is_empty() {
        true => String::new(),
        false => format!(", across {}", crossed.join(" and ")),
    };
    let held = format!("order per key held: {records} of {keys}{across}");
    let mut more = vec![held.clone()];
    if order.repeats > 0 {
        more.push(format!("{} came again", counted(order.repeats, "record")));
    }
    if order.unchecked > 0 {
        more.push(format!(
            "{} not checked",
            counted(order.unchecked, "record")
        ));
    }
    more.push(match order.unread() {
        0 => "all seen going in are read".to_owned(),
        n => format!("{} not read yet", counted(n as u64, "record")),
    });
    let fewest = [vec![records], vec![keys], crossed].concat().join(", ");
    let unread = match order.unread() {
        0 => String::new(),
        n => format!("; {} unread", grouped(n as u64)),
    };
    Some([
        more.join("; "),
        format!("{held}{unread}"),
        format!("order held: {fewest}{unread}"),
    ])
}

fn counted(count: u64, one: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {one}{s}", grouped(count))
}

fn grouped(count: u64) -> String {
    let mut digits = count.to_string();
    let mut at = digits.len();
    while at > 3 {
        at -= 3;
        digits.insert(at, ',');
    }
    digits
}

/// The digits of a number right behind those that it shares with another: the last ones alone say nothing.
fn tail(number: &SequenceNumber, other: &SequenceNumber) -> String {
    let (digits, other) = (number.as_str(), other.as_str());
    let shared = digits.bytes().zip(other.bytes());
    let shared = shared.take_while(|(a, b)| a == b).count();
    let from = shared.min(digits.len().saturating_sub(1)).saturating_sub(2);
    let from = if digits.is_char_boundary(from) {
        from
    } else {
        0
    };
    let rest: String = digits[from..].chars().take(DIGITS).collect();
    let dots = |cut: bool| if cut { "…" } else { "" };
    format!(
        "{}{rest}{}",
        dots(from > 0),
        dots(from + rest.len() < digits.len())
    )
}
