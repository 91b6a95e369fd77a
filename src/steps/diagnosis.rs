//! Why a check is not passed although something was done for it, in words with what to do next.
//!
//! Rules are asked in turn, the most specific first: what was refused last; what was written or read, and why that was
//! not all; what a run came to; that no request came at all. A reader is only said to have stopped once its program has
//! gone, its run has ended, or it has been silent for [`SILENCE`].

mod batches;
mod pressure;
mod reaching;
mod reading;
mod shards;
mod trouble;
mod writing;

use chrono::{DateTime, TimeDelta, Utc};

use super::evidence::{self, Evidence};
use super::facts::Facts;
use super::looks;
use super::plan::{PagePlan, Plan};
use crate::lesson::step_settings::Act;

/// How long a program is silent before it is taken to have stopped, although its connection is open.
pub const SILENCE: TimeDelta = TimeDelta::seconds(10);

/// How long no request comes before that is said.
pub const QUIET: TimeDelta = TimeDelta::seconds(30);

/// How long the feed may be behind the end of a run.
pub const FEED_LAG: TimeDelta = TimeDelta::seconds(1);

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    pub plan: &'a Plan,
    pub page: &'a PagePlan,
    pub act: &'a Act,
    pub evidence: &'a Evidence,
    pub facts: &'a Facts,
    pub now: DateTime<Utc>,
}

/// What is amiss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In words.
    pub words: String,
    /// Whether something nearly worked; else nothing was seen at all.
    pub nearly: bool,
}

impl Finding {
    fn nearly(words: String) -> Option<Self> {
        Some(Self {
            words,
            nearly: true,
        })
    }

    fn nothing(words: String) -> Option<Self> {
        Some(Self {
            words,
            nearly: false,
        })
    }
}

/// What is amiss with a check, most specific first.
pub fn of(case: &Case<'_>) -> Option<Finding> {
    if let Act::Any(acts) = case.act {
        let mut findings = acts.iter().filter_map(|act| {
            let evidence = evidence::of(act, case.facts, case.plan);
            of(&Case {
                act,
                evidence: &evidence,
                ..*case
            })
        });
        return findings.next();
    }
    let mut finding = batches::failed_in_part(case)
        .or_else(|| trouble::refused(case))
        .or_else(|| writing::amiss(case))
        .or_else(|| batches::amiss(case))
        .or_else(|| reading::amiss(case))
        .or_else(|| pressure::amiss(case))
        .or_else(|| shards::amiss(case))
        .or_else(|| reaching::amiss(case))?;
    finding.words += &missed(case);
    Some(finding)
}

/// What is to be said of calls that were missed, in brackets.
fn missed(case: &Case<'_>) -> String {
    let facts = case.facts;
    let missed = match facts.lost {
        0 => return String::new(),
        1 => "1 call".to_owned(),
        n => format!("{n} calls"),
    };
    match case.act {
        _ if facts.looked_up < facts.lost => {
            format!(" (The lab missed {missed}: this may not be the whole story.)")
        }
        // What lies in the streams is known again.
        act if looks::can_show(act) => String::new(),
        _ => format!(
            " (The lab missed {missed}. A look has shown what was put by then; what was read shows nowhere: what was \
             done meanwhile is to be done again.)"
        ),
    }
}

/// When time alone may bring a finding for this step, if nothing happens before.
pub fn next_look(page: &PagePlan, facts: &Facts, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let reached = facts
        .reached
        .filter(|(at, _)| page.runs && *at == page.page);
    let run = facts.run.as_ref().map(|run| match run.ended {
        Some((at, _)) => at + FEED_LAG,
        None => run.began + QUIET,
    });
    let readings = facts.readings.iter();
    let silent = readings
        .filter(|reading| reading.stopped.is_none() && reading.by != "you")
        .map(|reading| reading.last + SILENCE);
    let writers = facts.actors.iter();
    let idle = writers
        .filter(|actor| actor.left.is_none() && actor.stored > 0 && actor.name != "you")
        .map(|actor| actor.last + SILENCE);
    let killed = facts.killed.as_ref();
    let all = reached
        .map(|(_, at)| at + QUIET)
        .into_iter()
        .chain(killed.map(|deed| deed.at + shards::EXPIRES))
        .chain(run)
        .chain(silent)
        .chain(idle);
    all.filter(|at| *at > now).min()
}

/// Who it was, at the beginning of a sentence.
fn subject(by: &str) -> &str {
    match by {
        "you" => "The panel",
        "" => "Somebody",
        by => by,
    }
}
