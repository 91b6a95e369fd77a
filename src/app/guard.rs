//! What stands between a key press and a bill: on AWS the first write asks, what the lab creates is written down before
//! it is created, and only that can be deleted.
//!
//! On the embedded server and on other endpoints everything passes.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::connection::ConnectionKind;
use super::message::{Description, Effect, Request};
use super::model::{Model, Outcome, Tone};
use super::overlay::{Confirm, Overlay, Pending};
use super::streams::SHARD_HOUR_DOLLARS;
use crate::kinesis::CallError;
use crate::progress::{Ledger, LedgerEntry};

/// How much earlier than the lab's clock AWS's clock may say that a stream was created.
const CLOCK_SKEW: TimeDelta = TimeDelta::seconds(60);

/// What the lab may do on AWS.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// The account, once STS has told it, or why it did not.
    pub account: Option<Result<String, CallError>>,
    /// What the lab created and has not seen deleted, in all accounts and regions.
    pub ledger: Ledger,
    consent: bool,
    allowed: BTreeSet<String>,
    waiting: Option<Request>,
    deleting: BTreeSet<String>,
    leaving: bool,
}

impl Guard {
    /// Nothing is agreed to; the ledger says what earlier runs created.
    pub(super) fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            ..Self::default()
        }
    }
}

/// Lets a write pass, or asks first.
pub(super) fn write(model: &mut Model, request: Request, now: DateTime<Utc>, out: &mut Outcome) {
    if !may_pass(
        model,
        Pending::Call(request.clone()),
        stream_written(&request),
    ) {
        return;
    }
    if model.connection.kind != ConnectionKind::Aws {
        return out.call(request);
    }
    if let Request::CreateStream { stream, shards } = &request {
        let Some((account, region)) = place(model) else {
            return model.say(
                Tone::Wrong,
                "The account is not known yet; nothing was created.".into(),
            );
        };
        if model.guard.waiting.is_some() {
            return model.say(
                Tone::Nearly,
                "A stream is being created already; wait for it.".into(),
            );
        }
        model.guard.ledger.streams.push(LedgerEntry {
            account,
            region,
            stream: stream.clone(),
            shards: *shards,
            asked_at: now,
            created: false,
        });
        model.guard.waiting = Some(request);
        out.effects
            .push(Effect::SaveLedger(model.guard.ledger.clone()));
    } else {
        out.call(request);
    }
}

/// Whether automatic sending may begin; if not, the learner is asked and it begins after the yes.
pub(super) fn allows_automatic(model: &mut Model, _now: DateTime<Utc>, _out: &mut Outcome) -> bool {
    let stream = model.streams.name().map(str::to_owned);
    may_pass(model, Pending::Auto, stream.as_deref())
}

/// The stream whose contents a request changes; creating and deleting have rules of their own.
fn stream_written(request: &Request) -> Option<&str> {
    match request {
        Request::PutRecord(put) => Some(&put.stream),
        _ => None,
    }
}

fn may_pass(model: &mut Model, pending: Pending, stream: Option<&str>) -> bool {
    if model.connection.kind != ConnectionKind::Aws {
        return true;
    }
    if !model.guard.consent {
        model.overlay = Some(Overlay::Confirm(Confirm::FirstWrite(vec![pending])));
        return false;
    }
    match stream {
        Some(stream) if entry(model, stream).is_none() && !model.guard.allowed.contains(stream) => {
            model.overlay = Some(Overlay::Confirm(Confirm::ForeignStream {
                stream: stream.to_owned(),
                pending: vec![pending],
            }));
            false
        }
        _ => true,
    }
}

/// The learner said yes to writing on AWS, or to writing to this stream.
pub(super) fn agreed(
    model: &mut Model,
    stream: Option<String>,
    pending: Vec<Pending>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    model.guard.consent = true;
    model.guard.allowed.extend(stream);
    for pending in pending {
        match pending {
            Pending::Call(request) => write(model, request, now, out),
            Pending::Auto => super::producer::toggle_auto(model, now, out),
        }
    }
}

/// The list of what the lab created is written: what waited for it goes on.
pub(super) fn ledger_saved(model: &mut Model, result: Result<(), String>, out: &mut Outcome) {
    let waiting = model.guard.waiting.take();
    match (result, waiting) {
        (Ok(()), Some(request)) => out.call(request),
        (Err(why), Some(_)) => {
            model.guard.ledger.streams.pop();
            let words = format!(
                "Nothing was created, since the list of created streams cannot be written: {why}"
            );
            model.say(Tone::Wrong, words);
        }
        (Err(why), None) => model.say(
            Tone::Wrong,
            format!("The list of created streams cannot be written: {why}"),
        ),
        (Ok(()), None) => {}
    }
}

/// CreateStream was answered: what was refused is not the lab's.
pub(super) fn create_answered(
    model: &mut Model,
    stream: &str,
    result: &Result<(), CallError>,
    out: &mut Outcome,
) {
    let Some(place) = entry(model, stream) else {
        return;
    };
    match result {
        Ok(()) => model.guard.ledger.streams[place].created = true,
        Err(CallError::Refused { .. } | CallError::KeptBack { .. }) => {
            model.guard.ledger.streams.remove(place);
        }
        // Without an answer it may or may not exist: the entry stays, its creation time will tell.
        Err(_) => return,
    }
    out.effects
        .push(Effect::SaveLedger(model.guard.ledger.clone()));
}

/// Why a stream may not be deleted by the lab, if so.
pub(super) fn forbids_deleting(model: &Model, stream: &str) -> Option<String> {
    (model.connection.kind == ConnectionKind::Aws && entry(model, stream).is_none()).then(|| {
        format!("{stream} was not created by this lab, so the lab does not delete it; use the AWS console.")
    })
}

/// Deletes a stream. On AWS its creation time is looked at first.
pub(super) fn delete(model: &mut Model, stream: String, out: &mut Outcome) {
    if model.connection.kind == ConnectionKind::Aws {
        model.guard.deleting.insert(stream.clone());
        out.call(Request::DescribeStream(stream));
    } else {
        out.call(Request::DeleteStream(stream));
    }
}

/// A stream was described: if it is to be deleted, now is known whether it is the lab's.
pub(super) fn described(
    model: &mut Model,
    stream: &str,
    result: &Result<Description, CallError>,
    out: &mut Outcome,
) {
    if !model.guard.deleting.contains(stream) {
        return;
    }
    let Some(place) = entry(model, stream) else {
        model.guard.deleting.remove(stream);
        return;
    };
    let asked_at = model.guard.ledger.streams[place].asked_at;
    match result {
        Ok(description)
            if description
                .created_at
                .is_some_and(|at| at >= asked_at - CLOCK_SKEW) =>
        {
            return out.call(Request::DeleteStream(stream.to_owned()));
        }
        Ok(_) => {
            model.say(
                Tone::Nearly,
                format!("{stream} is older than the lab's own; it is left alone."),
            );
        }
        Err(error) if error.is("ResourceNotFoundException") => {
            model.say(Tone::Done, format!("{stream} does not exist any more."));
        }
        Err(error) => {
            let words = format!(
                "{stream} was not deleted: {}, {}.",
                error.name(),
                error.explained()
            );
            model.say(Tone::Wrong, words);
            model.guard.deleting.remove(stream);
            model.guard.leaving = false;
            return;
        }
    }
    model.guard.ledger.streams.remove(place);
    forget(model, stream, out);
}

/// DeleteStream was answered.
pub(super) fn delete_answered(
    model: &mut Model,
    stream: &str,
    result: &Result<(), CallError>,
    out: &mut Outcome,
) {
    if model.connection.kind != ConnectionKind::Aws {
        return;
    }
    match result {
        Ok(()) => {
            if let Some(place) = entry(model, stream) {
                model.guard.ledger.streams.remove(place);
            }
            forget(model, stream, out);
        }
        Err(_) => {
            model.guard.deleting.remove(stream);
            model.guard.leaving = false;
        }
    }
}

fn forget(model: &mut Model, stream: &str, out: &mut Outcome) {
    model.guard.deleting.remove(stream);
    out.effects
        .push(Effect::SaveLedger(model.guard.ledger.clone()));
    if model.guard.leaving && model.guard.deleting.is_empty() {
        out.effects.push(Effect::Quit);
    }
}

/// The account is known: what an earlier run left behind is offered for clean-up.
pub(super) fn account_known(model: &mut Model, account: Result<String, CallError>) {
    if let Err(error) = &account {
        let words = format!(
            "The account could not be asked for: {}. {}",
            error.name(),
            error.words()
        );
        model.say(Tone::Wrong, words);
    }
    model.guard.account = Some(account);
    let streams = own_streams(model);
    if !streams.is_empty() && model.overlay.is_none() {
        model.overlay = Some(Overlay::Confirm(Confirm::CleanUp {
            streams,
            leaving: false,
        }));
    }
}

/// The streams that the lab created in this account and region and that are not known to be deleted.
pub fn own_streams(model: &Model) -> Vec<String> {
    let Some((account, region)) = place(model) else {
        return Vec::new();
    };
    let here = |entry: &&LedgerEntry| entry.account == account && entry.region == region;
    let streams = model.guard.ledger.streams.iter().filter(here);
    streams.map(|entry| entry.stream.clone()).collect()
}

/// Deletes what the lab created, and leaves afterwards if asked.
pub(super) fn clean_up(model: &mut Model, streams: Vec<String>, leaving: bool, out: &mut Outcome) {
    model.guard.leaving = leaving;
    model.say(Tone::Plain, "Deleting what the lab created…".into());
    for stream in streams {
        delete(model, stream, out);
    }
}

fn place(model: &Model) -> Option<(String, String)> {
    if model.connection.kind != ConnectionKind::Aws {
        return None;
    }
    let account = model.guard.account.as_ref()?.as_ref().ok()?;
    Some((account.clone(), model.connection.region.clone()))
}

fn entry(model: &Model, stream: &str) -> Option<usize> {
    let (account, region) = place(model)?;
    model.guard.ledger.streams.iter().position(|entry| {
        entry.account == account && entry.region == region && entry.stream == stream
    })
}

/// What the question before the first write on AWS says, a line each.
pub fn first_write_words(model: &Model, pending: &[Pending]) -> Vec<String> {
    let account = match &model.guard.account {
        Some(Ok(account)) => account.clone(),
        Some(Err(error)) => format!("unknown ({})", error.name()),
        None => "not told yet".into(),
    };
    let profile = model.connection.profile.as_deref().unwrap_or("default");
    let mut lines = vec![
        format!("account   {account}"),
        format!("profile   {profile}"),
        format!("region    {}", model.connection.region),
    ];
    for pending in pending {
        match pending {
            Pending::Call(Request::CreateStream { stream, shards }) => lines.push(format!(
                "cost      {stream} with {shards} shards: about ${:.3} an hour until it is deleted",
                f64::from(*shards) * SHARD_HOUR_DOLLARS
            )),
            _ => lines.push(format!(
                "cost      a shard: about ${SHARD_HOUR_DOLLARS:.3} an hour; a million records: about $0.014"
            )),
        }
    }
    lines.push("          (us-east-1, 2026; other regions differ a little)".into());
    lines
}
