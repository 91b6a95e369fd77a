//! Why a batch is not what a step asks for, and why readers are not independent yet.

use super::{Case, Finding, subject};
use crate::lesson::step_settings::{Act, Batch};
use crate::steps::evidence::records;
use crate::steps::facts::{BatchFacts, Reading, StreamFacts};

/// What is amiss with what was put in batches.
pub fn amiss(case: &Case<'_>) -> Option<Finding> {
    match case.act {
        Act::Batch(batch) => not_enough(case, batch).or_else(|| one_by_one(case, batch)),
        Act::Readers(_) => all_from_the_beginning(case),
        _ => None,
    }
}

/// Some records of the last batch were refused, and the call succeeded all the same.
pub fn failed_in_part(case: &Case<'_>) -> Option<Finding> {
    let Act::Batch(wanted) = case.act else {
        return None;
    };
    let last = last(case)?;
    let most = wanted.failed? as usize;
    (last.failed > most).then_some(())?;
    Finding::nearly(format!(
        "{} put a batch of {}, and {} of them failed although the call succeeded. Only those are to go again; a later \
         batch without failures counts.",
        subject(&last.deed.by),
        records(last.records as u64),
        last.failed
    ))
}

/// The last batch into the lesson's stream.
fn last<'f>(case: &Case<'f>) -> Option<&'f BatchFacts> {
    let facts = case.facts;
    let mut batches = facts.batches.iter().rev();
    batches.find(|it| facts.counts(&it.stream))
}

/// The last batch was too small, or its keys were too few.
fn not_enough(case: &Case<'_>, wanted: &Batch) -> Option<Finding> {
    let last = last(case)?;
    // What was put before the step's page was opened was put for another step.
    let earlier = |(page, at)| page == case.page.page && last.deed.at < at;
    if case.facts.reached.is_some_and(earlier) {
        return None;
    }
    let who = subject(&last.deed.by);
    let all = records(last.records as u64);
    let few = last.records < wanted.records as usize;
    let narrow = last.keys < wanted.keys as usize || last.shards < wanted.shards as usize;
    if !few && !narrow {
        return None;
    }
    let keys = match last.keys {
        1 => "1 key".to_owned(),
        n => format!("{n} keys"),
    };
    let next = match last.deed.by.as_str() {
        "you" => {
            "In the producer (2) i says how many records a batch carries and how keys are spread; then b".to_owned()
        }
        _ => format!("The step asks for {} in one call", records(u64::from(wanted.records))),
    };
    Finding::nearly(format!("{who} put a batch of {all} with {keys}. {next}."))
}

/// Enough was put, but with a call for each record.
fn one_by_one(case: &Case<'_>, wanted: &Batch) -> Option<Finding> {
    let counting = |it: &&StreamFacts| case.facts.counts(&it.name);
    let most = case
        .facts
        .streams
        .iter()
        .filter(counting)
        .map(|it| it.put)
        .max()?;
    if last(case).is_some() || most < u64::from(wanted.records) {
        return None;
    }
    Finding::nearly(
        "Those records went one by one, each with a PutRecord of its own. A batch is one call of PutRecords: b in the \
         producer (2) sends one."
            .into(),
    )
}

/// Two readers, and both began at the same place.
fn all_from_the_beginning(case: &Case<'_>) -> Option<Finding> {
    let at = |start: &'static str| {
        move |it: &&Reading| {
            it.read() > 0 && !it.shards.is_empty() && it.shards.iter().all(|s| s.start == start)
        }
    };
    let counting = |it: &&Reading| case.facts.counts(&it.stream);
    let readings = || case.facts.readings.iter().filter(counting);
    if readings().filter(at("TRIM_HORIZON")).count() >= 2 {
        return Finding::nearly(
            "Both readers began at TRIM_HORIZON, so both were given the same. Let one of them begin at LATEST, then put one."
                .into(),
        );
    }
    if readings().filter(at("LATEST")).count() >= 2 {
        return Finding::nearly(
            "Both readers began at LATEST, so neither has the older records. Let one of them begin at TRIM_HORIZON.".into(),
        );
    }
    None
}
