//! What stands between a key press and a bill: on AWS the first write asks, what the lab creates is written down before
//! it is created, and only that can be deleted.
//!
//! On the embedded server and on other endpoints everything passes. A name proves nothing, since somebody may have
//! deleted the lab's stream and created another: what is the lab's is told by the time of its creation.

mod changing;
mod deleting;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::connection::ConnectionKind;
use super::message::{Description, Effect, Request};
use super::model::{Model, Outcome, Tone};
use super::overlay::{Confirm, Overlay, Pending};
use super::producer::{cost_in_words, rate};
use super::streams::SHARD_HOUR_DOLLARS;
use crate::kinesis::CallError;
use crate::progress::{Ledger, LedgerEntry};

use deleting::Deleting;

pub use changing::change_words;
pub(super) use changing::{agreed_to_change, change};
pub use deleting::own_streams;
pub(super) use deleting::{clean_up, delete, delete_answered, forbids_deleting, offer_clean_up};

/// How far AWS's time of a stream's creation may lie from the lab's time of asking for it: AWS refuses requests whose
/// clock is more than five minutes off, and a retry takes its time.
const SAME_ACT: TimeDelta = TimeDelta::minutes(6);

/// What the lab may do on AWS.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// The account, once STS has told it, or why it did not.
    pub account: Option<Result<String, CallError>>,
    /// What the lab created and has not seen deleted, in all accounts and regions.
    pub ledger: Ledger,
    /// Whether the learner agreed to write on AWS at all.
    consent: bool,
    /// Streams that may be written to although the ledger does not show them to be the lab's: by name and creation.
    allowed: BTreeSet<(String, Option<DateTime<Utc>>)>,
    creating: Option<Creating>,
    /// Ledgers that are being written.
    saves: usize,
    deleting: BTreeMap<String, Deleting>,
    /// Whether the lab leaves once everything is deleted.
    leaving: bool,
    /// Whether what earlier runs created was offered for clean-up, or there was nothing.
    offered: bool,
}

/// A stream that is on its way to be created; one at a time.
#[derive(Debug, Clone)]
struct Creating {
    request: Request,
    /// Saves to wait for; the last of them holds this stream. Then the call goes out.
    saves: usize,
}

impl Guard {
    /// Nothing is agreed to; the ledger says what earlier runs created.
    pub(super) fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            ..Self::default()
        }
    }

    fn save(&mut self, out: &mut Outcome) {
        self.saves += 1;
        out.effects.push(Effect::SaveLedger(self.ledger.clone()));
    }
}

/// Lets a write pass, or asks first.
pub(super) fn write(model: &mut Model, request: Request, now: DateTime<Utc>, out: &mut Outcome) {
    let stream = match &request {
        Request::PutRecord(put) => Some(put.stream.clone()),
        Request::PutRecords(batch) => Some(batch.stream.clone()),
        _ => None,
    };
    if !may_pass(model, Pending::Call(request.clone()), stream, out) {
        return;
    }
    let (Some((account, region)), Request::CreateStream { stream, shards }) =
        (place(model), &request)
    else {
        return out.call(request);
    };
    let guard = &mut model.guard;
    if guard.creating.is_some() || guard.deleting.contains_key(stream) {
        let what = if guard.creating.is_some() {
            "A stream is being created"
        } else {
            "That stream is being deleted"
        };
        return model.say(
            Tone::Nearly,
            format!("{what}: wait for it, then try again."),
        );
    }
    guard.ledger.streams.push(LedgerEntry {
        account,
        region,
        stream: stream.clone(),
        shards: *shards,
        asked_at: now,
        created: false,
    });
    guard.save(out);
    guard.creating = Some(Creating {
        request,
        saves: guard.saves,
    });
}

/// Whether a write to this stream, or the creation of one, would ask the learner first.
pub(super) fn would_ask(model: &Model, stream: Option<&str>) -> bool {
    let foreign = stream.is_some_and(|stream| !passes(model, stream));
    model.connection.kind == ConnectionKind::Aws && (!model.guard.consent || foreign)
}

/// Whether automatic sending, or a batch, may begin; if not, the learner is asked and it begins after the yes.
pub(super) fn allows(model: &mut Model, pending: Pending, out: &mut Outcome) -> bool {
    let stream = model.streams.name().map(str::to_owned);
    may_pass(model, pending, stream, out)
}

/// Whether a record may go into this stream without a question.
pub(super) fn passes(model: &Model, stream: &str) -> bool {
    if model.connection.kind != ConnectionKind::Aws {
        return true;
    }
    let created_at = created_at(model, stream);
    model.guard.consent
        && (created_at.is_some_and(|at| is_own(model, stream, at))
            || model
                .guard
                .allowed
                .contains(&(stream.to_owned(), created_at)))
}

/// Whether the lab may read a stream by itself, to see what was put there: on AWS only one that the learner agreed to
/// write to, or reads in the panel anyhow.
pub(super) fn may_look(model: &Model, stream: &str) -> bool {
    let reads = model.consumer.running && model.streams.name() == Some(stream);
    reads || passes(model, stream)
}

fn may_pass(
    model: &mut Model,
    pending: Pending,
    stream: Option<String>,
    out: &mut Outcome,
) -> bool {
    if model.connection.kind != ConnectionKind::Aws {
        return true;
    }
    if place(model).is_none() {
        ask_for_account(model, out);
        return false;
    }
    let question = match stream {
        _ if !model.guard.consent => Confirm::FirstWrite(vec![pending]),
        Some(stream) if !passes(model, &stream) => Confirm::ForeignStream {
            stream,
            pending: vec![pending],
        },
        _ => return true,
    };
    model.overlay = Some(Overlay::Confirm(question));
    false
}

fn ask_for_account(model: &mut Model, out: &mut Outcome) {
    if model.guard.account.take().is_some() {
        out.call(Request::IdentifyAccount);
    }
    let words = "Nothing is written before AWS says whose account it is. It is asked; try again.";
    model.say(Tone::Nearly, words.into());
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
    if let Some(stream) = stream {
        let created_at = created_at(model, &stream);
        model.guard.allowed.insert((stream, created_at));
    }
    for pending in pending {
        match pending {
            Pending::Call(request) => write(model, request, now, out),
            Pending::Auto => super::producer::toggle_auto(model, now, out),
            Pending::Batch => super::producer::send_batch(model, now, out),
        }
    }
}

/// The list of what the lab created is written: what waited for it goes on.
pub(super) fn ledger_saved(model: &mut Model, result: Result<(), String>, out: &mut Outcome) {
    let guard = &mut model.guard;
    guard.saves = guard.saves.saturating_sub(1);
    let waiting = guard
        .creating
        .as_mut()
        .filter(|creating| creating.saves > 0);
    let due = waiting.is_some_and(|creating| {
        creating.saves -= 1;
        creating.saves == 0
    });
    match result {
        Ok(()) if due => {
            if let Some(creating) = &guard.creating {
                out.call(creating.request.clone());
            }
        }
        Ok(()) => {}
        Err(why) if due => {
            guard.creating = None;
            // Entries are only ever added for the stream that waits.
            guard.ledger.streams.pop();
            let words = format!("Nothing is created, since it cannot be written down: {why}");
            model.say(Tone::Wrong, words);
        }
        Err(why) => {
            let words = format!("The list of created streams cannot be written: {why}");
            model.say(Tone::Wrong, words);
        }
    }
}

/// CreateStream was answered: what was refused is not the lab's.
pub(super) fn create_answered(
    model: &mut Model,
    stream: &str,
    result: &Result<(), CallError>,
    out: &mut Outcome,
) {
    model.guard.creating = None;
    let mut entries = entries(model, stream);
    let Some(newest) = entries.pop() else {
        return;
    };
    match result {
        Ok(()) => {
            model.guard.ledger.streams[newest].created = true;
            // What earlier runs created under this name does not exist any more.
            for older in entries.into_iter().rev() {
                model.guard.ledger.streams.remove(older);
            }
            model.guard.allowed.insert((stream.to_owned(), None));
        }
        // Without an answer it may or may not exist: the entry stays, its creation time will tell.
        Err(error) if error.leaves_open() => return,
        Err(_) => {
            model.guard.ledger.streams.remove(newest);
        }
    }
    model.guard.save(out);
}

/// A stream was described: from now on its creation tells whose it is.
pub(super) fn described(
    model: &mut Model,
    stream: &str,
    result: &Result<Description, CallError>,
    out: &mut Outcome,
) {
    if let Ok(Description {
        created_at: Some(_),
        ..
    }) = result
    {
        model.guard.allowed.remove(&(stream.to_owned(), None));
    }
    deleting::described(model, stream, result, out);
}

/// What is to be waited for before the lab leaves, if something is.
pub(super) fn under_way(model: &Model) -> Option<&'static str> {
    if model.guard.creating.is_some() {
        Some("A stream is being created: wait for it. q again leaves; the next start offers it.")
    } else if model.guard.leaving {
        Some("The lab leaves when all is deleted. q again leaves; the next start offers the rest.")
    } else {
        None
    }
}

/// The account is known, or could not be told.
pub(super) fn account_known(model: &mut Model, account: Result<String, CallError>) {
    if let Err(error) = &account {
        let (name, why) = (error.name(), error.explained());
        let words =
            format!("AWS does not say whose account it is: {name}, {why}. A write asks again.");
        model.say(Tone::Wrong, words);
    }
    model.guard.account = Some(account);
}

/// Account and region, on AWS, once the account is known.
fn place(model: &Model) -> Option<(String, String)> {
    if model.connection.kind != ConnectionKind::Aws {
        return None;
    }
    let account = model.guard.account.as_ref()?.as_ref().ok()?;
    Some((account.clone(), model.connection.region.clone()))
}

fn is_here(entry: &LedgerEntry, (account, region): &(String, String)) -> bool {
    entry.account == *account && entry.region == *region
}

/// The places of this stream's entries in the ledger, the oldest first.
fn entries(model: &Model, stream: &str) -> Vec<usize> {
    let Some(place) = place(model) else {
        return Vec::new();
    };
    let all = model.guard.ledger.streams.iter().enumerate();
    all.filter(|(_, entry)| entry.stream == stream && is_here(entry, &place))
        .map(|(number, _)| number)
        .collect()
}

/// Whether a stream of this name that was created then is one that the lab asked for.
fn is_own(model: &Model, stream: &str, created_at: DateTime<Utc>) -> bool {
    entries(model, stream).into_iter().any(|entry| {
        let asked_at = model.guard.ledger.streams[entry].asked_at;
        (created_at - asked_at).abs() <= SAME_ACT
    })
}

/// When the selected stream was created, if it is this one and that is known.
fn created_at(model: &Model, stream: &str) -> Option<DateTime<Utc>> {
    let selected = model.streams.selected.as_ref()?;
    selected.created_at.filter(|_| selected.name == stream)
}

/// What the question before the first write on AWS says, a line each.
pub fn first_write_words(model: &Model, pending: &[Pending]) -> Vec<String> {
    let (account, region) = place(model).unwrap_or_default();
    let profile = model.connection.profile.as_deref().unwrap_or("default");
    let mut lines = vec![
        format!("account   {account}"),
        format!("profile   {profile}"),
        format!("region    {region}"),
    ];
    for pending in pending {
        match pending {
            Pending::Call(Request::CreateStream { stream, shards }) => lines.push(format!(
                "cost      {stream} with {shards} shard{}: about ${:.3} an hour until it is deleted",
                if *shards == 1 { "" } else { "s" },
                f64::from(*shards) * SHARD_HOUR_DOLLARS
            )),
            Pending::Auto => lines.extend(cost_in_words(model).map(|cost| {
                format!("cost      {} records a second: {cost}", rate(model))
            })),
            _ => lines.push(format!(
                "cost      a shard: about ${SHARD_HOUR_DOLLARS:.3} an hour; a million records: about $0.014"
            )),
        }
    }
    lines.push("          (us-east-1, 2026; other regions differ a little)".into());
    lines
}
