//! What the endpoint's answers say of streams: which there are, what the selected one is like, created, deleted, gone.

use chrono::{DateTime, Utc};

use super::{
    FIRST_SHARDS, LOOK_LATER, LOOK_SOON, Presence, deselect, look_again, select, turn_over,
};
use crate::app::connection::ConnectionKind;
use crate::app::message::{Description, Request};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::{consumer, guard, lanes};
use crate::kinesis::CallError;
use crate::progress::LastStream;

/// ListStreams was answered.
pub(in crate::app) fn listed(
    model: &mut Model,
    result: Result<Vec<String>, CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let endpoint = model.connection.kind == ConnectionKind::Endpoint;
    if endpoint {
        model.streams.list_at = Some(now + LOOK_LATER);
    }
    let names = match result {
        Ok(names) => names,
        Err(error) => {
            if model.streams.failure.as_ref() != Some(&error) {
                out.changed = true;
                let (name, why) = (error.name(), error.explained());
                model.say(
                    Tone::Wrong,
                    format!("The streams cannot be listed: {name}, {why}."),
                );
                model.streams.failure = Some(error);
            }
            return;
        }
    };
    if model.streams.failure.take().is_some() {
        out.changed = true;
        model.say(Tone::Done, "The endpoint answers again.".into());
    }
    let first = !std::mem::replace(&mut model.streams.listed, true);
    let known = std::mem::take(&mut model.streams.known);
    let new: Vec<String> = names
        .iter()
        .filter(|name| !known.contains_key(*name))
        .cloned()
        .collect();
    for name in names {
        if model.streams.entry(&name).is_some() {
            let before = known.get(&name).cloned().unwrap_or_default();
            model.streams.known.insert(name, before);
        }
    }
    for (name, before) in &known {
        // The feed knows better than a list that may be older; and the selected stream has an answer of its own.
        if (model.feeds() || model.streams.name() == Some(name))
            && model.streams.entry(name).is_some()
        {
            model.streams.known.insert(name.clone(), before.clone());
        }
    }
    out.changed |= !model.streams.known.keys().eq(known.keys());
    if first && model.connection.kind == ConnectionKind::Local {
        go_on(model, out);
    }
    let lesson = model.lesson_stream().map(str::to_owned);
    let is_meant = |name: &String| lesson.as_ref().is_none_or(|lesson| lesson == name);
    let first_meant = match (&lesson, new.as_slice()) {
        (None, [one]) => Some(one),
        (None, _) => None,
        (Some(_), names) => names.iter().find(|name| is_meant(name)),
    };
    match (first_meant, new.as_slice()) {
        (Some(one), _) if endpoint && model.streams.name().is_none() => {
            select(model, one, out);
            model.say(
                Tone::Plain,
                format!("The panels follow {one}. D selects another."),
            );
        }
        (_, [one, ..]) if endpoint && !first => {
            model.say(
                Tone::Plain,
                format!("D selects {one}, which is new on the endpoint."),
            );
        }
        _ => {}
    }
}

/// The stream to go on with: the lesson's own where it names one, else the one that was selected in it last.
pub(in crate::app) fn of_last_time(model: &Model) -> Option<LastStream> {
    let lesson = model.progress.lessons.get(&model.lesson.key);
    let here = lesson.and_then(|lesson| lesson.last_stream.as_ref());
    let anywhere = model.progress.last_stream.as_ref();
    let is_meant = |last: &&LastStream| model.lesson_stream().is_none_or(|name| last.name == name);
    here.into_iter().chain(anywhere).find(is_meant).cloned()
}

/// A lesson is left for one about this stream. What the consumer reads is not the other's; where that is about another
/// stream the panels turn away from the present one, so that nothing goes to it by mistake.
pub(in crate::app) fn lesson_left(model: &mut Model, stream: Option<&str>) {
    consumer::stop(model);
    if stream.is_some() && model.streams.name() != stream {
        turn_over(model);
        model.streams.selected = None;
    }
}

/// The other lesson is open: the panels follow the stream that it names, if it is there. On AWS nothing is asked of a stream
/// that the learner has not turned to.
pub(in crate::app) fn lesson_entered(model: &mut Model, out: &mut Outcome) {
    if model.streams.selected.is_some() {
        model.streams.last_time = None;
    } else if model.connection.kind == ConnectionKind::Aws {
        if let Some(stream) = model.lesson_stream() {
            let words = format!("This lesson is about {stream}; D selects or creates it.");
            model.say_also(Tone::Plain, &words);
        }
    } else {
        go_on(model, out);
    }
}

/// Keeps what is to be gone on with, in this lesson and in one that was never opened.
fn keep_as_last(model: &mut Model, last: Option<LastStream>) {
    model.lesson_progress().last_stream.clone_from(&last);
    model.progress.last_stream = last;
}

/// The embedded server's streams are known: the panels follow the lesson's own where it names one; else the one of last
/// time, or the only one that was kept.
fn go_on(model: &mut Model, out: &mut Outcome) {
    if model.streams.selected.is_some() {
        return;
    }
    let last = model.streams.last_time.clone();
    let names: Vec<String> = model.streams.names().map(str::to_owned).collect();
    let lesson = model.lesson_stream().map(str::to_owned);
    let found = match (&last, &lesson, names.as_slice()) {
        (Some(last), ..) => names.iter().find(|name| **name == last.name),
        (None, Some(lesson), _) => names.iter().find(|name| *name == lesson),
        (None, None, [one]) => Some(one),
        (None, None, _) => None,
    };
    if let Some(name) = found {
        select(model, name, out);
        if last.is_none() && lesson.is_some() {
            let words = format!("The panels follow {name}, this lesson's stream.");
            return model.say_also(Tone::Plain, &words);
        }
        return model.say_also(Tone::Plain, &format!("{name} is here as you left it."));
    }
    if let Some(last) = last {
        keep_as_last(model, None);
        let words = format!(
            "Last time's {} ({}) is not here; D, then Enter makes it again.",
            last.name,
            shards_in_words(last.shards)
        );
        return model.say_also(Tone::Nearly, &words);
    }
    // On the endpoint are other lessons' streams only: what is done to them is not this lesson's.
    if let Some(lesson) = lesson.filter(|_| !names.is_empty()) {
        let words = format!("{lesson}, this lesson's stream, is not there yet; D creates it.");
        model.say_also(Tone::Plain, &words);
    }
}

fn shards_in_words(shards: u32) -> String {
    match shards {
        1 => "1 shard".into(),
        n => format!("{n} shards"),
    }
}

/// DescribeStream was answered.
pub(in crate::app) fn described(
    model: &mut Model,
    stream: &str,
    result: Result<Description, CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let feeds = model.feeds();
    let Some(selected) = model.streams.selected.as_mut().filter(|s| s.name == stream) else {
        return;
    };
    let description = match result {
        Ok(description) => description,
        Err(error) if error.is("ResourceNotFoundException") => {
            return gone(model, stream, now, out);
        }
        Err(error) => {
            selected.look_at = Some(now + LOOK_LATER);
            let presence = Presence::Unknown(error);
            out.changed |= selected.presence != presence;
            selected.presence = presence;
            return;
        }
    };
    let active = description.status == "ACTIVE";
    selected.look_at = match (active, feeds) {
        (false, _) => Some(now + LOOK_SOON),
        (true, false) => Some(now + LOOK_LATER),
        (true, true) => None,
    };
    let created = selected.created_at.zip(description.created_at);
    let anew = selected.presence == Presence::Gone || created.is_some_and(|(was, is)| was != is);
    let was =
        |status: &str| matches!(&selected.presence, Presence::Described(d) if d.status == status);
    let (was_creating, was_deleting) = (was("CREATING"), was("DELETING"));
    let deleting = description.status == "DELETING";
    selected.created_at = description.created_at.or(selected.created_at);
    let presence = Presence::Described(description);
    out.changed |= selected.presence != presence;
    selected.presence = presence;
    if anew {
        let stopped = model.consumer.running || model.producer.auto.next_at.is_some();
        turn_over(model);
        model.streams.known.remove(stream);
        model.streams.entry(stream);
        let goes_on = match stopped {
            true => " What sent and read is stopped: S and c start it again.",
            false => "",
        };
        let words =
            format!("Somebody created {stream} anew; the panels begin anew with it.{goes_on}");
        model.say(Tone::Nearly, words);
    } else if active && was_creating {
        model.say(Tone::Done, format!("{stream} is ACTIVE. s sends an event."));
    } else if deleting && !was_deleting {
        consumer::stop(model);
        model.producer.auto.next_at = None;
        let words = format!("{stream} is being deleted, with all its records.");
        model.say(Tone::Nearly, words);
    }
    if model.connection.kind == ConnectionKind::Local {
        let last = model.streams.as_last(stream);
        keep_as_last(model, last);
    }
    lanes::shards_known(model, now);
    if consumer::drop_earlier(model) {
        out.changed = true;
        let words = "The checkpoints of the earlier one are dropped.";
        model.say_also(Tone::Nearly, words);
    }
    consumer::shards_known(model, now, out);
}

/// CreateStream was answered.
pub(in crate::app) fn created(
    model: &mut Model,
    stream: &str,
    shards: u32,
    result: Result<(), CallError>,
    out: &mut Outcome,
) {
    out.changed = true;
    guard::create_answered(model, stream, &result, out);
    match result {
        Ok(()) => {
            if !model.feeds() {
                model.streams.begin(stream);
            }
            deselect(model, stream);
            select(model, stream, out);
            let shards = shards_in_words(shards);
            let words = match model.connection.kind {
                ConnectionKind::Local if model.server.is_instant() => {
                    format!("{stream} is created with {shards}. s sends the first event.")
                }
                _ => format!(
                    "{stream} is accepted with {shards}; it takes events once it is ACTIVE."
                ),
            };
            model.say(Tone::Done, words);
        }
        Err(error) if error.is("ResourceInUseException") => {
            select(model, stream, out);
            model.say(
                Tone::Nearly,
                format!("{stream} already exists; the panels follow it now."),
            );
        }
        Err(error) => {
            if error.leaves_open() {
                out.call(Request::ListStreams);
            }
            model.say(Tone::Wrong, error.not_done(stream, "created"));
        }
    }
}

/// DeleteStream was answered.
pub(in crate::app) fn deleted(
    model: &mut Model,
    stream: &str,
    result: Result<(), CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    out.changed = true;
    guard::delete_answered(model, stream, &result, out);
    match result {
        Ok(()) => {
            let words = match model.connection.kind {
                ConnectionKind::Local if model.server.is_instant() => {
                    format!("{stream} is deleted, with all its records.")
                }
                _ => format!("{stream} is being deleted, with all its records."),
            };
            model.say(Tone::Done, words);
            if model.feeds() && model.server.is_instant() {
                model.streams.known.remove(stream);
            }
        }
        Err(error) if error.is("ResourceNotFoundException") => {
            return gone(model, stream, now, out);
        }
        Err(error) => model.say(Tone::Wrong, error.not_done(stream, "deleted")),
    }
    if model.streams.name() == Some(stream) {
        look_again(model, now);
    }
}

/// A stream turned out not to exist.
pub(in crate::app) fn gone(model: &mut Model, stream: &str, now: DateTime<Utc>, out: &mut Outcome) {
    out.changed |= model.streams.known.remove(stream).is_some();
    let last = model.streams.as_last(stream);
    let feeds = model.feeds();
    let Some(selected) = model.streams.selected.as_mut().filter(|s| s.name == stream) else {
        return;
    };
    let known = selected.presence == Presence::Gone;
    selected.presence = Presence::Gone;
    selected.created_at = None;
    // It may be created anew. The feed tells that; but an answer may be late and mean an earlier stream of this name,
    // so it is looked at once more.
    selected.look_at = match (feeds, known) {
        (false, _) => Some(now + LOOK_LATER),
        (true, false) => Some(now + LOOK_SOON),
        (true, true) => None,
    };
    if known {
        return;
    }
    out.changed = true;
    model.streams.last_time = Some(last.unwrap_or_else(|| LastStream {
        name: stream.to_owned(),
        shards: FIRST_SHARDS,
    }));
    consumer::stop(model);
    model.producer.auto.next_at = None;
    let is_it = |last: &mut LastStream| last.name == stream;
    model.progress.last_stream.take_if(is_it);
    model.lesson_progress().last_stream.take_if(is_it);
    model.say(
        Tone::Nearly,
        format!("{stream} is gone. D creates it anew or selects another."),
    );
}
