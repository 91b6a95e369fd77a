//! How far a batch is what a step asks for.

use super::{Evidence, counted, elsewhere, misspelt, records};
use crate::lesson::step_settings::Batch;
use crate::steps::facts::{BatchFacts, Facts};
use crate::steps::plan::Plan;

/// The newest batch that is what is asked for, else what the newest of all lacks.
pub fn of(wanted: &Batch, facts: &Facts, plan: &Plan) -> Evidence {
    let mut best = Evidence::nothing();
    for batch in facts.batches.iter().rev() {
        if !facts.counts(&batch.stream) {
            if !best.part {
                best = elsewhere(&batch.stream, plan);
            }
            continue;
        }
        let lacks = lacks(wanted, batch);
        if lacks.is_empty() {
            let note = misspelt(&batch.stream, plan).unwrap_or_else(|| {
                let put = (batch.records - batch.failed) as u64;
                format!("{} put, {} failed", records(put), batch.failed)
            });
            return Evidence::done(&batch.deed, note);
        }
        if !best.part {
            best = Evidence::part(format!("a batch of {}", lacks.join(", ")));
        }
    }
    best
}

/// What a batch lacks of what is asked for: `10 of 100 records`, `3 failed`.
fn lacks(wanted: &Batch, batch: &BatchFacts) -> Vec<String> {
    let mut lacks = Vec::new();
    let mut of = |has: usize, wants: u32, word: &str| {
        if has < wants as usize {
            lacks.push(format!("{has} of {}", counted(wants, word)));
        }
    };
    of(batch.records, wanted.records, "record");
    of(batch.keys, wanted.keys, "key");
    of(batch.shards, wanted.shards, "shard");
    if wanted
        .failed
        .is_some_and(|most| batch.failed > most as usize)
    {
        let all = records(batch.records as u64);
        lacks.push(format!("{all}, {} failed", batch.failed));
    }
    lacks
}
