//! Looks at what nobody tells of: on another endpoint and on AWS while a step is open that they can show something of, and
//! on the embedded server after its feed has lost entries. What they find counts as a program's act, since the lab knows
//! its own. They read as `kinesis-lab-look`, and pass nothing by that.

use chrono::{DateTime, Utc};

use super::{observe, progress};
use crate::app::connection::ConnectionKind;
use crate::app::guard;
use crate::app::message::{Answer, Batch, Description, Request};
use crate::app::model::{Model, Outcome};
use crate::kinesis::feed::{Call, HEAD_BYTES};
use crate::kinesis::{CallError, ShardId};
use crate::steps::Seen;
use crate::steps::looks::{Failure, Found, LIMIT, Next, Page, Target, can_show};

/// Goes on with the looks, as far as it can be without another answer.
pub(super) fn go_on(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    model.steps.looks_at = None;
    if !model.steps.watch.looks().are_wanted() {
        return;
    }
    let targets = targets(model);
    if targets.is_empty() {
        model.steps.watch.looks_mut().give_up();
    }
    let began = model.server.clock.lab(model.steps.watch.began());
    // A look begins, ends and is followed by a wait: no more than that happens without an answer.
    loop {
        let pending = |at| model.wire.has_a_put_before(at);
        let looks = model.steps.watch.looks();
        let next = looks.next(&targets, began, &pending, now);
        model.steps.watch.looks_mut().asked(&next);
        match next {
            Next::Rest => return,
            Next::At(at) => {
                model.steps.looks_at = Some(at);
                return;
            }
            Next::Begin => model.steps.watch.looks_mut().begin(),
            Next::Describe(stream) => return out.call(Request::DescribeStream(stream)),
            Next::Open(stream, shard, start) => {
                return out.call(Request::LookInto {
                    stream,
                    shard,
                    start,
                });
            }
            Next::Read(stream, shard, iterator, start) => {
                return out.call(Request::LookAt {
                    stream,
                    shard,
                    start,
                    iterator,
                    limit: LIMIT,
                });
            }
            Next::Settle => settle(model, now),
        }
    }
}

fn settle(model: &mut Model, now: DateTime<Utc>) {
    let (found, whole) = model.steps.watch.looks_mut().settle(now);
    for untold in found {
        let seen = Seen::Found(&untold.stream, &untold.shard, &untold.records);
        observe(model, &seen, now);
        if model.feeds() {
            // Elsewhere the counts are of what the lab itself has seen.
            let records = untold.records.len() as u64;
            model.streams.count_written(&untold.stream, records);
        }
    }
    if whole {
        observe(model, &Seen::LookedUp, now);
    }
}

/// The streams to look at: what the panels follow, and what the lesson is about if it is another one that is there.
fn targets(model: &mut Model) -> Vec<Target> {
    if !is_open(model) {
        return Vec::new();
    }
    let kind = model.connection.kind;
    let selected = model.streams.name().map(str::to_owned);
    let lesson = model.steps.watch.plan().stream.clone();
    let is_known = |name: &String| model.streams.names().any(|known| known == name);
    // On AWS nothing is asked of a stream that the learner has not turned to.
    let other = lesson
        .filter(|name| kind != ConnectionKind::Aws && Some(name) != selected.as_ref())
        .filter(is_known);
    let target = |stream: String, describe: bool| Target {
        read: guard::may_look(model, &stream),
        stream,
        describe,
    };
    // Elsewhere the selected stream is described every few seconds anyhow.
    let targets: Vec<Target> = [
        selected.map(|name| target(name, model.feeds())),
        other.map(|name| target(name, true)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let looking = targets.iter().any(|target| target.read);
    if looking != model.steps.watch.facts().is_looking() {
        observe(model, &Seen::Looking(looking), model.now);
    }
    targets
}

/// Whether the open page is a step with something open that a look can show; after a loss whatever is open may hang on it.
fn is_open(model: &Model) -> bool {
    let Some(step) = model.steps.watch.plan().page(model.lesson.page) else {
        return false;
    };
    let record = progress(model).and_then(|lesson| lesson.steps.get(&step.key));
    let settled = |key: &String| record.is_some_and(|record| record.checks.contains_key(key));
    let mut open = step.checks.iter().filter(|check| !settled(&check.key));
    open.any(|check| model.feeds() || can_show(&check.when))
}

/// The learner pressed a key.
pub(in crate::app) fn attended(model: &mut Model, now: DateTime<Utc>) {
    model.steps.watch.looks_mut().attend(now);
}

/// The feed told of a call of the lab's own.
pub(in crate::app) fn told(model: &mut Model, call: &Call) {
    if call.operation == "GetRecords" && call.caller.user_agent.contains("app/kinesis-lab-look") {
        model.steps.watch.looks_mut().read_told();
    }
}

/// What an answer shows of streams and of what lies in them.
pub(super) fn answered(model: &mut Model, answer: &Answer, now: DateTime<Utc>) {
    match answer {
        Answer::Described { stream, result } => described(model, stream, result, now),
        Answer::LookedInto {
            stream,
            shard,
            result,
        } => {
            let result = result.clone().map_err(|error| failure(&error));
            let looks = model.steps.watch.looks_mut();
            looks.opened(stream, shard, result, now);
        }
        Answer::LookedAt {
            stream,
            shard,
            result,
        } => {
            let page = result.as_ref().map(|batch| page(model, batch));
            let page = page.map_err(failure);
            model.steps.watch.looks_mut().page(stream, shard, page, now);
        }
        _ => {}
    }
}

fn described(
    model: &mut Model,
    stream: &str,
    result: &Result<Description, CallError>,
    now: DateTime<Utc>,
) {
    let wanted = model.steps.watch.looks().are_wanted();
    match result {
        Ok(description) => {
            let shards: Vec<(ShardId, bool)> = description
                .shards
                .iter()
                .map(|shard| (shard.id.clone(), shard.open))
                .collect();
            let looks = model.steps.watch.looks_mut();
            let anew = looks.described(stream, description.created_at, &shards, now);
            if anew && wanted {
                observe(model, &Seen::Gone(stream), now);
            }
            let seen = Seen::Described(stream, &description.status, &shards);
            observe(model, &seen, now);
            for shard in description
                .shards
                .iter()
                .filter(|it| !it.parents.is_empty())
            {
                let seen = Seen::MadeOf(stream, &shard.id, &shard.parents);
                observe(model, &seen, now);
            }
        }
        Err(error) if error.is("ResourceNotFoundException") => {
            model.steps.watch.looks_mut().gone(stream);
            if wanted {
                observe(model, &Seen::Gone(stream), now);
            }
        }
        Err(_) => model.steps.watch.looks_mut().undescribed(stream, now),
    }
}

fn page(model: &Model, batch: &Batch) -> Page {
    let found = |record: &crate::app::message::Received| Found {
        number: record.sequence.clone(),
        key: record.key.clone(),
        arrived: record.arrived_at.map(|at| model.server.clock.wall(at)),
        head: record.data[..record.data.len().min(HEAD_BYTES)].to_vec(),
    };
    Page {
        records: batch.records.iter().map(found).collect(),
        next: batch.next.clone(),
        at_tip: batch.millis_behind_latest.unwrap_or(0) == 0,
    }
}

fn failure(error: &CallError) -> Failure {
    match () {
        () if error.is("ProvisionedThroughputExceededException") => Failure::Throttled,
        () if error.is("InvalidArgumentException") => Failure::Invalid,
        () => Failure::Other,
    }
}
