//! `solve this step`: the lab does what the step asks for, by real calls, one after the other, and marks it as shown.
//!
//! Its puts go out as the lab's own, its reading is marked as the lab's; none of it counts as the learner's act. What
//! fails is said, and what was made by then stays.

mod deeds;

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::{marks, predictions};
use crate::app::message::{Answer, Request};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::overlay::{Confirm, Detail, Overlay};
use crate::app::streams::Presence;
use crate::app::{consumer, guard, producer, reshard, steps_pane};
use crate::kinesis::StartPosition;
use crate::lesson::step_settings::{Act, Put};
use crate::progress::Passed;

use deeds::{Deed, deeds};

/// How long the lab waits for one deed before it gives up: creating a stream on AWS takes up to a minute.
const PATIENCE: TimeDelta = TimeDelta::seconds(90);

/// A step that is being shown.
#[derive(Debug, Clone)]
pub(super) struct Solving {
    /// Its page.
    page: usize,
    /// The acts that are shown, as the step asks for them.
    shown: Vec<Act>,
    /// The acts that are still to be done.
    acts: VecDeque<Act>,
    /// What is done for the act at hand.
    deeds: VecDeque<Deed>,
    /// What the last deed waits for.
    waits: Option<Waits>,
    /// Until when it may wait.
    until: DateTime<Utc>,
    /// What cannot be done by the lab, and why.
    left: Vec<String>,
    /// The keys of the checks that will be marked as shown.
    keys: Vec<String>,
    /// How many records were put.
    put: u32,
    /// Whether the learner has asked for it in this very message: only then may it ask back.
    pressed: bool,
    /// How it ended, once it has.
    end: Option<End>,
}

/// How the showing of a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// All of it is done.
    Done,
    /// Something was refused, and that has been said.
    Refused,
    /// It cannot go on, and why.
    Lost(String),
    /// The learner said no.
    Unwanted,
}

/// What a deed waits for.
#[derive(Debug, Clone, PartialEq)]
enum Waits {
    /// The stream is ACTIVE and its shards are known.
    Stream(String),
    /// This put is answered.
    Put(u64),
    /// Every reader of this run is at the tip, and so many records came in all.
    Read { run: u64, least: u64 },
    /// The stream is gone.
    Gone(String),
    /// Every worker that can have a shard has one.
    Share,
    /// No killed worker stands in the lease table any more.
    TookOver,
    /// The stream was described anew.
    Look,
    /// The change that was asked for has come about.
    Change,
    /// No dialog and no field has the keys: what comes next lies over the panes.
    Keys,
}

/// When the lab gives up waiting.
pub(in crate::app) fn gives_up_at(model: &Model) -> Option<DateTime<Utc>> {
    model.guide.solving.as_ref().map(|solving| solving.until)
}

/// `solve this step`: begins.
pub(in crate::app) fn solve(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let page = model.lesson.page;
    if model.guide.solving.is_some() {
        return model.say(Tone::Nearly, "The lab is at it already.".into());
    }
    if !steps_pane::is_step(model, page) {
        let words = "There is no step on this page; : finds the pages of the steps.";
        return model.say(Tone::Plain, words.into());
    }
    let (mut acts, mut keys, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for (check, _) in super::open_checks(model, page) {
        match deeds::doable(&check.when) {
            Ok(act) => {
                acts.push(act);
                keys.push(check.key.clone());
            }
            Err(why) => left.push(why),
        }
    }
    if acts.is_empty() {
        let words = match left.first() {
            Some(why) => format!("The lab cannot show this one: {why}."),
            None => "All of this step is settled: n goes on.".into(),
        };
        return model.say(Tone::Plain, words);
    }
    let shown = acts.clone();
    merge_puts(&mut acts);
    let deletes = |act: &Act| matches!(act, Act::Delete(_));
    if acts.len() > 1 && acts.iter().any(deletes) {
        // Its question must not come by itself, into whatever key is pressed just then.
        left.push("deleting the stream (D, ↓, then x)".into());
        keys = super::open_checks(model, page)
            .filter(|(check, _)| keys.contains(&check.key) && !deletes(&check.when))
            .map(|(check, _)| check.key.clone())
            .collect();
        acts.retain(|act| !deletes(act));
    }
    // A record is looked at last: it lies over the panes.
    acts.sort_by_key(|act| matches!(act, Act::Open(_)));
    model.guide.solving = Some(Solving {
        page,
        shown,
        acts: acts.into(),
        deeds: VecDeque::new(),
        waits: None,
        until: now + PATIENCE,
        left,
        keys,
        put: 0,
        pressed: true,
        end: None,
    });
    model.steps.showing = true;
    model.say(Tone::Plain, "The lab shows this step.".into());
    go_on(model, now, out);
    if let Some(solving) = &mut model.guide.solving {
        solving.pressed = false;
    }
}

/// Puts that any keys will do for are one act: the records of one are those of the other.
fn merge_puts(acts: &mut Vec<Act>) {
    let mut merged: Option<Put> = None;
    let mut first = None;
    let mut place = 0;
    acts.retain(|act| {
        place += 1;
        let Act::Put(put) = act else {
            return true;
        };
        if put.key.is_some() {
            return true;
        }
        let most = merged.get_or_insert_with(|| put.clone());
        most.records = most.records.max(put.records);
        most.keys = most.keys.max(put.keys);
        most.shards = most.shards.max(put.shards);
        first.get_or_insert(place - 1) == &(place - 1)
    });
    if let (Some(merged), Some(first)) = (merged, first) {
        acts[first] = Act::Put(merged);
    }
}

/// An answer came: a deed of the lab may have failed by it, or be done.
pub(in crate::app) fn heard(model: &mut Model, answer: &Answer) {
    let Some(solving) = &mut model.guide.solving else {
        return;
    };
    let failure = match (answer, &solving.waits) {
        (Answer::Sent { put, result }, Some(Waits::Put(id))) if put.id == *id => {
            solving.waits = None;
            solving.put += u32::from(result.is_ok());
            result.as_ref().err()
        }
        (Answer::SentBatch { batch, result }, Some(Waits::Put(id))) if batch.id == *id => {
            solving.waits = None;
            let stored = result.iter().flatten().filter(|it| it.is_ok()).count();
            solving.put += u32::try_from(stored).unwrap_or(u32::MAX);
            result.as_ref().err()
        }
        (Answer::Created { stream, result, .. }, Some(Waits::Stream(name))) if stream == name => {
            let refused = result.as_ref().err();
            refused.filter(|error| !error.is("ResourceInUseException"))
        }
        (Answer::Deleted { stream, result }, Some(Waits::Gone(name))) if stream == name => {
            result.as_ref().err()
        }
        (Answer::StreamChanged { result, .. }, Some(Waits::Change)) => result.as_ref().err(),
        (Answer::Described { .. }, Some(Waits::Look)) => {
            solving.waits = None;
            None
        }
        _ => None,
    };
    if failure.is_some() {
        // What was refused, and why, is said where the answer is taken up.
        solving.end = Some(End::Refused);
    }
}

/// Goes on with what is being shown, as far as it can be without another answer.
pub(in crate::app) fn go_on(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    // Every round ends a deed, waits, or ends the whole: a step has a few dozen of them at most.
    while let Some(solving) = &model.guide.solving {
        if solving.end.is_some() {
            return;
        }
        let standing = solving.waits.as_ref().map(|waits| stands(model, waits));
        let end = match standing {
            None => match next(model, now, out) {
                Ok(()) => continue,
                Err(end) => end,
            },
            Some(Standing::Done) => {
                if let Some(solving) = &mut model.guide.solving {
                    solving.waits = None;
                }
                continue;
            }
            Some(Standing::Lost(why)) => End::Lost(why.into()),
            Some(Standing::Waits) if solving.until <= now => {
                End::Lost("no answer came in time".into())
            }
            Some(Standing::Waits) => return,
        };
        if let Some(solving) = &mut model.guide.solving {
            solving.end = Some(end);
        }
    }
}

/// Begins the next deed, or finds out what is to be done for the next act; an error ends the whole.
fn next(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) -> Result<(), End> {
    let Some(solving) = &mut model.guide.solving else {
        return Err(End::Done);
    };
    solving.until = now + PATIENCE;
    if let Some(deed) = solving.deeds.pop_front() {
        out.changed = true;
        let waits = begin(model, deed, now, out)?;
        if let Some(solving) = &mut model.guide.solving {
            solving.waits = waits;
        }
        return Ok(());
    }
    let act = solving.acts.pop_front().ok_or(End::Done)?;
    let deeds = deeds(model, &act).map_err(End::Lost)?;
    if let Some(solving) = &mut model.guide.solving {
        // A stream has to be there before it is known what else is to be done.
        let creates = matches!(deeds.as_slice(), [Deed::Create { .. }]);
        if creates && !matches!(act, Act::Create(_)) {
            solving.acts.push_front(act);
        }
        solving.deeds = deeds.into();
    }
    Ok(())
}

/// The learner said no to a question that the showing asked.
pub(in crate::app) fn refuse(model: &mut Model) {
    if let Some(solving) = &mut model.guide.solving {
        solving.end = Some(End::Unwanted);
    }
}

/// A showing that has come to its end is over: what was shown is marked, and it is said. Comes after the steps were
/// judged, so that they have seen all of it as the lab's; says whether one is over.
pub(super) fn finish(model: &mut Model, out: &mut Outcome) -> bool {
    let ended = |solving: &mut Solving| solving.end.is_some();
    let Some(solving) = model.guide.solving.take_if(ended) else {
        return false;
    };
    out.changed = true;
    model.steps.showing = false;
    let unfinished = "The step is not shown to its end";
    match solving.end {
        Some(End::Refused) => {
            let words = format!("{unfinished}; what was made stays.");
            model.say_also(Tone::Wrong, &words);
        }
        Some(End::Lost(why)) => {
            let words = format!("{unfinished}: {why}. What was made stays.");
            model.say(Tone::Nearly, words);
        }
        Some(End::Unwanted) => {}
        Some(End::Done) | None => done(model, &solving),
    }
    true
}

fn done(model: &mut Model, solving: &Solving) {
    predictions::shown_by_lab(model, solving.page, &solving.shown);
    marks::settle(model, solving.page, &solving.keys, Passed::Shown);
    let made = match solving.put {
        0 => String::new(),
        1 => " 1 record was sent for it.".into(),
        n => format!(" {n} records were sent for it."),
    };
    let left = match solving.left.first() {
        Some(why) => format!(" Left to you: {why}."),
        None => String::new(),
    };
    // What the lab opened would take the learner's next keys.
    let opened = model.overlay.take_if(|it| matches!(it, Overlay::Detail(_)));
    let left = match opened {
        Some(_) => format!("{left} A record was opened in full, and closed again."),
        None => left,
    };
    let words = format!("Shown by the lab, and marked [s].{made}{left}");
    model.say(Tone::Done, words);
}

/// How far a deed is.
enum Standing {
    Done,
    Waits,
    Lost(&'static str),
}

fn stands(model: &Model, waits: &Waits) -> Standing {
    let done = |done: bool| match done {
        true => Standing::Done,
        false => Standing::Waits,
    };
    let streams = &model.streams;
    match waits {
        Waits::Stream(name) => {
            let here = streams.name() == Some(name);
            let active = streams
                .description()
                .is_some_and(|it| it.status == "ACTIVE");
            done(here && active && !streams.shards().is_empty())
        }
        Waits::Put(_) | Waits::Look => Standing::Waits,
        Waits::Change => done(model.reshard.under_way().is_none()),
        Waits::Share => {
            let consumer = &model.consumer;
            let open = consumer.readers.iter().filter(|it| it.is_open()).count();
            let holds = |worker: &u8| {
                let mut readers = consumer.readers.iter();
                readers.any(|it| it.held && it.worker == *worker)
            };
            let holding = consumer.group.alive().filter(holds).count();
            done(open > 0 && holding >= open.min(usize::from(consumer.workers)))
        }
        Waits::TookOver => done(model.consumer.group.dead().is_empty()),
        Waits::Keys => done(!model.keys_are_taken()),
        Waits::Read { run, least } => {
            let consumer = &model.consumer;
            if consumer.run != *run {
                return Standing::Lost("the consumer was stopped or started anew");
            }
            let readers = &consumer.readers;
            let read: u64 = readers.iter().map(|reader| reader.read).sum();
            let at_tip = readers
                .iter()
                .all(|it| it.is_done() || (!it.lags.is_empty() && it.behind.unwrap_or(0) == 0));
            done(!readers.is_empty() && at_tip && read >= *least)
        }
        Waits::Gone(name) => {
            let selected = streams.selected.as_ref();
            let gone = selected.is_none_or(|it| it.name != *name || it.presence == Presence::Gone);
            done(gone)
        }
    }
}

/// Begins a deed: what it waits for, if it is not done at once. An error has been said already.
fn begin(
    model: &mut Model,
    deed: Deed,
    now: DateTime<Utc>,
    out: &mut Outcome,
) -> Result<Option<Waits>, End> {
    match deed {
        Deed::Create { stream, shards } => {
            let request = Request::CreateStream {
                stream: stream.clone(),
                shards,
            };
            write(model, request, now, out)?;
            Ok(Some(Waits::Stream(stream)))
        }
        Deed::Put { key } => {
            let stream = model.streams.name().map(str::to_owned);
            let stream = stream.ok_or_else(|| End::Lost("the stream is gone".into()))?;
            let put = producer::put_by_lab(&mut model.producer, stream, key, now);
            let id = put.id;
            write(model, Request::PutRecord(put), now, out)?;
            Ok(Some(Waits::Put(id)))
        }
        Deed::Read { from, least } => {
            model.consumer.start = from;
            model.consumer.resume = false;
            consumer::start(model, now, out);
            model.consumer.by_lab = true;
            let run = model.consumer.run;
            Ok(Some(Waits::Read { run, least }))
        }
        Deed::ReadOn { more } => {
            let read: u64 = model.consumer.readers.iter().map(|it| it.read).sum();
            let run = model.consumer.run;
            Ok(Some(Waits::Read {
                run,
                least: read + more,
            }))
        }
        Deed::Workers(count) => {
            let by = count.saturating_sub(model.consumer.workers);
            consumer::change_workers(model, i8::try_from(by).unwrap_or(0), now, out);
            Ok(None)
        }
        Deed::Batch { records, keys } => {
            let stream = model.streams.name().map(str::to_owned);
            let stream = stream.ok_or_else(|| End::Lost("the stream is gone".into()))?;
            let batch = producer::batch_by_lab(model, stream, records, &keys, now);
            let id = batch.id;
            write(model, Request::PutRecords(batch), now, out)?;
            Ok(Some(Waits::Put(id)))
        }
        Deed::Share => Ok(Some(Waits::Share)),
        Deed::Kill => {
            consumer::kill_worker(model, now, out);
            Ok(Some(Waits::TookOver))
        }
        Deed::Open if model.keys_are_taken() => {
            if let Some(solving) = &mut model.guide.solving {
                solving.deeds.push_front(Deed::Open);
            }
            Ok(Some(Waits::Keys))
        }
        Deed::Open => {
            let number = model.consumer.gaze.current(&model.consumer.log);
            if let Some(number) = number {
                model.overlay = Some(Overlay::Detail(Detail {
                    number,
                    sent: false,
                    scroll: 0,
                }));
            }
            Ok(None)
        }
        Deed::Look => {
            let stream = model.streams.name().unwrap_or_default().to_owned();
            out.call(Request::DescribeStream(stream));
            Ok(Some(Waits::Look))
        }
        Deed::Change(change) => {
            let stream = model.streams.name().map(str::to_owned);
            let stream = stream.ok_or_else(|| End::Lost("the stream is gone".into()))?;
            reshard::called(model, stream, change, out);
            Ok(Some(Waits::Change))
        }
        Deed::Delete(stream) => {
            if let Some(why) = guard::forbids_deleting(model, &stream) {
                return Err(End::Lost(why.trim_end_matches('.').to_owned()));
            }
            model.overlay = Some(Overlay::Confirm(Confirm::Delete(stream.clone())));
            Ok(Some(Waits::Gone(stream)))
        }
    }
}

/// Lets a write of the lab pass, as one of the learner's would: on AWS it may ask, and its answer is waited for.
fn write(
    model: &mut Model,
    request: Request,
    now: DateTime<Utc>,
    out: &mut Outcome,
) -> Result<(), End> {
    let stream = match &request {
        Request::PutRecord(put) => Some(put.stream.as_str()),
        Request::PutRecords(batch) => Some(batch.stream.as_str()),
        _ => None,
    };
    let pressed = model.guide.solving.as_ref().is_some_and(|it| it.pressed);
    if !pressed && guard::would_ask(model, stream) {
        // A question that comes by itself would be answered by whatever key is pressed just then.
        let why = "the lab may not write there yet; send one event with s, then solve it again";
        return Err(End::Lost(why.into()));
    }
    let calls = out.effects.len();
    guard::write(model, request, now, out);
    let asks = matches!(model.overlay, Some(Overlay::Confirm(_)));
    let goes = out.effects.len() > calls || guard::under_way(model).is_some();
    // Where it neither goes out nor asks, the guard has said why.
    (asks || goes).then_some(()).ok_or(End::Refused)
}

/// Where to start for a type of iterator; the lab's own choice where the lesson leaves it open.
fn position(from: Option<&str>, now: DateTime<Utc>) -> StartPosition {
    match from {
        Some("LATEST") => StartPosition::Latest,
        Some("AT_TIMESTAMP") => StartPosition::AtTimestamp(now - TimeDelta::hours(1)),
        _ => StartPosition::TrimHorizon,
    }
}
