//! Deleting on AWS: only what the lab created, told by the time of its creation, and each stream once.

use std::collections::BTreeSet;

use super::{entries, is_here, is_own, place};
use crate::app::connection::ConnectionKind;
use crate::app::message::{Description, Effect, Request};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::overlay::{Confirm, Overlay};
use crate::kinesis::CallError;

/// How far the deletion of a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deleting {
    /// It is looked at, whether it is the lab's.
    Looking,
    /// DeleteStream is called.
    Asked,
}

/// Why a stream may not be deleted by the lab, if so.
pub(in crate::app) fn forbids_deleting(model: &Model, stream: &str) -> Option<String> {
    let foreign = model.connection.kind == ConnectionKind::Aws && entries(model, stream).is_empty();
    foreign.then(|| format!("{stream} was not created by this lab; the AWS console can delete it."))
}

/// Deletes a stream. On AWS its creation time is looked at first.
pub(in crate::app) fn delete(model: &mut Model, stream: String, out: &mut Outcome) {
    if model.connection.kind != ConnectionKind::Aws {
        return out.call(Request::DeleteStream(stream));
    }
    if !model.guard.deleting.contains_key(&stream) {
        model
            .guard
            .deleting
            .insert(stream.clone(), Deleting::Looking);
        out.call(Request::DescribeStream(stream));
    }
}

/// A stream was described: if it is to be deleted, now is known whether it is the lab's.
pub(super) fn described(
    model: &mut Model,
    stream: &str,
    result: &Result<Description, CallError>,
    out: &mut Outcome,
) {
    if model.guard.deleting.get(stream) != Some(&Deleting::Looking) {
        return;
    }
    out.changed = true;
    let words = match result {
        Ok(Description {
            created_at: Some(at),
            status,
            ..
        }) if is_own(model, stream, *at) => {
            if status != "DELETING" {
                model
                    .guard
                    .deleting
                    .insert(stream.to_owned(), Deleting::Asked);
                return out.call(Request::DeleteStream(stream.to_owned()));
            }
            format!("{stream} is being deleted already.")
        }
        Ok(Description {
            created_at: Some(_),
            ..
        }) => {
            format!("{stream} is not the one that the lab created; it is left alone.")
        }
        Err(error) if error.is("ResourceNotFoundException") => {
            format!("{stream} does not exist any more.")
        }
        Ok(_) => {
            not_deleted(model, stream);
            let words = format!("{stream} is left alone: AWS does not tell when it was created.");
            return model.say(Tone::Wrong, words);
        }
        Err(error) => {
            not_deleted(model, stream);
            let (name, why) = (error.name(), error.explained());
            return model.say(
                Tone::Wrong,
                format!("{stream} is not deleted: {name}, {why}."),
            );
        }
    };
    model.say(Tone::Done, words);
    settled(model, stream, out);
}

/// DeleteStream was answered.
pub(in crate::app) fn delete_answered(
    model: &mut Model,
    stream: &str,
    result: &Result<(), CallError>,
    out: &mut Outcome,
) {
    match result {
        _ if model.connection.kind != ConnectionKind::Aws => {}
        Err(error) if !error.is("ResourceNotFoundException") => not_deleted(model, stream),
        _ => settled(model, stream, out),
    }
}

fn not_deleted(model: &mut Model, stream: &str) {
    model.guard.deleting.remove(stream);
    model.guard.leaving = false;
}

/// The lab's stream of this name is no more.
fn settled(model: &mut Model, stream: &str, out: &mut Outcome) {
    model.guard.deleting.remove(stream);
    for entry in entries(model, stream).into_iter().rev() {
        model.guard.ledger.streams.remove(entry);
    }
    model.guard.save(out);
    if model.guard.leaving && model.guard.deleting.is_empty() {
        out.effects.push(Effect::Quit);
    }
}

/// Offers to clean up what earlier runs left behind: once, as soon as the account is known and nothing else has the
/// keys, so that nobody agrees to it by typing.
pub(in crate::app) fn offer_clean_up(model: &mut Model) {
    if model.guard.offered || place(model).is_none() || model.keys_are_taken() {
        return;
    }
    model.guard.offered = true;
    let streams = own_streams(model);
    if !streams.is_empty() {
        model.overlay = Some(Overlay::Confirm(Confirm::CleanUp {
            streams,
            leaving: false,
        }));
    }
}

/// The streams that the lab created in this account and region and that are not known to be deleted.
pub fn own_streams(model: &Model) -> Vec<String> {
    let Some(place) = place(model) else {
        return Vec::new();
    };
    let here = model
        .guard
        .ledger
        .streams
        .iter()
        .filter(|entry| is_here(entry, &place));
    let names: BTreeSet<String> = here.map(|entry| entry.stream.clone()).collect();
    names.into_iter().collect()
}

/// Deletes what the lab created, and leaves afterwards if asked.
pub(in crate::app) fn clean_up(
    model: &mut Model,
    streams: Vec<String>,
    leaving: bool,
    out: &mut Outcome,
) {
    model.guard.leaving = leaving;
    model.say(Tone::Plain, "Deleting what the lab created…".into());
    for stream in streams {
        delete(model, stream, out);
    }
}
