//! Automatic sending: when which events go out, and what is said of what became of them.

use chrono::{DateTime, TimeDelta, Utc};

use super::queue::{Call, Failed, Fate, Queue, Written};
use super::settings::Settings;
use super::{SentLine, Twice, Who, batch, not_ready, timestamp};
use crate::app::connection::ConnectionKind;
use crate::app::message::{Put, PutBatch, Request, Sender, Stored};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::overlay::Pending;
use crate::app::{guard, streams};
use crate::kinesis::CallError;
use crate::kinesis::control::FaultKind;
use crate::kinesis::feed::{Call as FeedCall, Detail};

/// The rates of automatic sending, in records a second; what the stream takes bounds them.
pub const RATES: [u32; 13] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000,
];

/// The highest rate on AWS, where every record costs.
const MOST_ON_AWS: u32 = 1_000;

/// How many turns of automatic sending a second has at most: a high rate of single records goes out in small heaps.
const MOST_TURNS: u32 = 100;

/// Automatic sending.
#[derive(Debug, Clone)]
pub struct Auto {
    /// When the next records are due; `None` while off.
    pub next_at: Option<DateTime<Utc>>,
    /// An index into [`RATES`].
    pub rate: usize,
    /// The template in use, an index into [`crate::app::templates::templates`].
    pub template: usize,
    /// How it sends.
    pub settings: Settings,
    /// The records on their way.
    pub queue: Queue,
    /// Records whose turn was skipped since the endpoint answers slower than the rate.
    pub skipped: u64,
}

impl Default for Auto {
    fn default() -> Self {
        Self {
            next_at: None,
            rate: 1,
            template: 0,
            settings: Settings::default(),
            queue: Queue::default(),
            skipped: 0,
        }
    }
}

impl Auto {
    /// When it wants to hear from the clock.
    pub fn next_deadline(&self) -> Option<DateTime<Utc>> {
        let retry = self.queue.next_due(self.settings.limits());
        [self.next_at, retry].into_iter().flatten().min()
    }
}

/// The most records a second that the stream takes: what its open shards take together, spread evenly.
pub fn most(model: &Model) -> u32 {
    let open = model.streams.description().map_or(1, |description| {
        description.shards.iter().filter(|shard| shard.open).count()
    });
    let shards = u32::try_from(open).unwrap_or(u32::MAX).max(1);
    let takes = shards.saturating_mul(model.producer.auto.settings.a_shard_takes());
    let highest = match model.connection.kind {
        ConnectionKind::Aws => MOST_ON_AWS,
        ConnectionKind::Local | ConnectionKind::Endpoint => RATES[RATES.len() - 1],
    };
    takes.clamp(1, highest)
}

/// The rate of automatic sending, in records a second.
pub fn rate(model: &Model) -> u32 {
    RATES[model.producer.auto.rate.min(RATES.len() - 1)].min(most(model))
}

/// Turns automatic sending on or off.
pub(in crate::app) fn toggle_auto(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if model.producer.auto.next_at.take().is_some() {
        let words = match model.producer.auto.queue.held() {
            0 => "Automatic sending stopped.".to_owned(),
            held => format!(
                "Automatic sending stopped; {} on the way {} seen to the end.",
                records(held),
                if held == 1 { "is" } else { "are" }
            ),
        };
        return model.say(Tone::Plain, words);
    }
    if model.streams.name().is_none() {
        return model.lack_a_stream(out);
    }
    if !guard::allows(model, Pending::Auto, out) {
        return;
    }
    start_auto(model, now);
}

/// Starts automatic sending; the stream and the learner's consent are there.
fn start_auto(model: &mut Model, now: DateTime<Utc>) {
    model.producer.auto.next_at = Some(now);
    let (rate, name) = (rate(model), &model.producer.template().name);
    let words = match model.streams.not_ready() {
        Some(_) => format!("{name} events go out once the stream is ACTIVE. S stops."),
        None => {
            let cost =
                super::cost_in_words(model).map_or(String::new(), |cost| format!(", {cost}"));
            format!(
                "Sending {name} events, {rate} a second{cost}. S stops, + and - change the rate."
            )
        }
    };
    model.say(Tone::Plain, words);
}

/// Changes the rate by a step of [`RATES`], up to what the stream takes.
pub(in crate::app) fn change_rate(model: &mut Model, steps: isize) {
    let (before, most) = (rate(model), most(model));
    let place = match steps {
        1.. => RATES.iter().position(|rate| *rate > before),
        _ => RATES.iter().rposition(|rate| *rate < before),
    };
    if let Some(place) = place
        && (steps < 0 || before < most)
    {
        model.producer.auto.rate = place;
    }
    let rate = rate(model);
    let words = match (rate == before && steps > 0, model.connection.kind) {
        (true, ConnectionKind::Aws) => {
            format!("{rate} a second is the most that the lab sends on AWS.")
        }
        (true, _) => {
            let each = model.producer.auto.settings.a_shard_takes();
            format!("{rate} a second is the most: a shard takes {each} such events a second.")
        }
        _ => {
            let cost =
                super::cost_in_words(model).map_or(String::new(), |cost| format!(", {cost}"));
            format!("Automatic sending: {rate} a second{cost}, or as many as are answered.")
        }
    };
    model.say(Tone::Plain, words);
}

/// Sends what is due: records whose turn it is, and those that go again.
pub(in crate::app) fn on_deadline(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stream) = model.streams.name().map(str::to_owned) else {
        let was_on = model.producer.auto.next_at.take().is_some();
        out.changed |= model.producer.auto.queue.give_up() > 0 || was_on;
        return;
    };
    let auto = &model.producer.auto;
    if auto.next_deadline().is_none_or(|at| at > now) {
        return;
    }
    if !guard::passes(model, &stream) {
        model.producer.auto.next_at = None;
        model.producer.auto.queue.give_up();
        out.changed = true;
        let words = "Automatic sending stopped; S asks anew.";
        return model.say(Tone::Nearly, words.into());
    }
    if not_ready(model, &stream).is_some() {
        let later = now + TimeDelta::seconds(1);
        let auto = &mut model.producer.auto;
        auto.next_at = auto.next_at.map(|_| later);
        out.changed |= auto.queue.next_retry().is_some();
        return auto.queue.postpone(later);
    }
    pump(model, &stream, now, out);
    let Some(first) = model.producer.auto.next_at.filter(|at| *at <= now) else {
        return;
    };
    let rate = rate(model);
    let per_call = model.producer.auto.settings.per_call();
    let a_turn = u32::try_from(per_call)
        .unwrap_or(1)
        .min(rate)
        .max(rate / MOST_TURNS)
        .max(1);
    let pause = TimeDelta::nanoseconds(1_000_000_000 * i64::from(a_turn) / i64::from(rate));
    // After a long halt (a suspended machine) one second's worth is made good, not everything.
    let mut next = first.max(now - TimeDelta::seconds(1));
    while next <= now {
        next += pause;
        let mut left = a_turn as usize;
        while left > 0 {
            let records = left.min(per_call);
            left -= records;
            take_turn(model, &stream, records, now, out);
        }
    }
    model.producer.auto.next_at = Some(next);
}

/// Makes so many events and sends them, or skips them where too much is under way.
fn take_turn(
    model: &mut Model,
    stream: &str,
    records: usize,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let template = model.producer.template();
    let producer = &mut model.producer;
    let auto = &mut producer.auto;
    let settings = auto.settings;
    let bytes = records * settings.event_bytes();
    if !auto.queue.has_room(records, bytes, settings.limits()) {
        auto.skipped += records as u64;
        out.changed = true;
        return;
    }
    let time = timestamp(now);
    let events = (0..records).map(|_| {
        producer.rendered += 1;
        settings.event(template, &mut model.rng, producer.rendered, &time)
    });
    auto.queue.admit(Sender::Auto, events.collect(), now);
    pump(model, stream, now, out);
}

/// Makes the calls that are due.
pub(super) fn pump(model: &mut Model, stream: &str, now: DateTime<Utc>, out: &mut Outcome) {
    let producer = &mut model.producer;
    let limits = producer.auto.settings.limits();
    let calls = producer.auto.queue.pump(now, limits, &mut producer.puts);
    for call in calls {
        if call.retry {
            out.changed = true;
        }
        out.call(request(call, stream, limits.per_call));
    }
}

/// One record of automatic sending goes with PutRecord where that was chosen, else with PutRecords even alone.
fn request(call: Call, stream: &str, per_call: usize) -> Request {
    match call.entries.as_slice() {
        [entry] if per_call == 1 && call.by == Sender::Auto => Request::PutRecord(Put {
            id: call.id,
            by: Sender::Auto,
            stream: stream.to_owned(),
            key: entry.key.clone(),
            data: entry.data.clone(),
            hash_key: entry.hash_key,
        }),
        _ => Request::PutRecords(std::sync::Arc::new(PutBatch {
            id: call.id,
            by: call.by,
            stream: stream.to_owned(),
            entries: call.entries,
        })),
    }
}

/// A call that carried records of the queue was answered.
pub(in crate::app) fn answered(
    model: &mut Model,
    call: u64,
    stream: &str,
    result: Result<Vec<Stored>, CallError>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let stored = match &result {
        Ok(results) => results.iter().filter(|result| result.is_ok()).count(),
        Err(_) => 0,
    };
    // The embedded server's feed counts what is stored, whoever stored it.
    if stored > 0 && !model.feeds() {
        model.streams.count_written(stream, stored as u64);
        out.changed = true;
    }
    let auto = &mut model.producer.auto;
    let limits = auto.settings.limits();
    // An answer to what was sent into another stream before is none of this queue's.
    let Some(told) = auto
        .queue
        .answered(call, result, limits, now, &mut model.rng)
    else {
        return;
    };
    out.changed = true;
    model.line_came();
    if told.failed.is_empty() {
        match (told.retry, told.by) {
            (0, Sender::You) => model.say(Tone::Done, batch::success_in_words(&told.written)),
            (0, _) => {}
            (retry, _) => model.say(Tone::Done, success_in_words(&told.written, retry)),
        }
    }
    let who = match told.by {
        Sender::You => Who::You,
        Sender::Auto | Sender::Lab => Who::Auto,
    };
    let put = told.written.len();
    for written in told.written {
        model.producer.push(line_of(written, &who, now));
    }
    let mut gone = false;
    for failed in told.failed {
        gone |= failed.error.is("ResourceNotFoundException");
        let tone = match failed.fate {
            Fate::Again { .. } => Tone::Nearly,
            Fate::GivenUp => Tone::Wrong,
        };
        let put = (told.by == Sender::You).then_some(put);
        let words = model.producer.failure_in_words(&failed, put);
        model.say(tone, words);
        let line = model.producer.line_of_failure(&failed, &who, now);
        model.producer.log.push(line);
    }
    if gone {
        let given_up = model.producer.auto.queue.give_up();
        model.producer.auto.next_at = None;
        let more = match given_up {
            0 => String::new(),
            n => format!(
                " {} more that waited {} given up.",
                n,
                if n == 1 { "is" } else { "are" }
            ),
        };
        let words = format!("Automatic sending stopped: {stream} is not there any more.{more}");
        model.say(Tone::Wrong, words);
        streams::look_again(model, now);
        return;
    }
    // A call is free again for what waited for one.
    if model.streams.name() == Some(stream) && not_ready(model, stream).is_none() {
        pump(model, stream, now, out);
    }
}

/// The feed told that a call of automatic sending was carried out, and that its reply was lost: what is sent again is there
/// already.
pub(in crate::app) fn reply_lost(model: &mut Model, call: &FeedCall) {
    let Detail::Put(entries) = &call.detail else {
        return;
    };
    if call.fault != Some(FaultKind::LoseReply) || call.error.is_some() {
        return;
    }
    let entries: Vec<_> = entries
        .iter()
        .map(|entry| {
            let place = entry.result.clone().ok();
            (entry.key.as_str(), entry.head.as_slice(), place)
        })
        .collect();
    model.producer.auto.queue.was_stored(&entries);
}

/// What is said when all that went again is written.
fn success_in_words(written: &[Written], retry: u32) -> String {
    let twice = written.iter().filter(|it| !it.record.before.is_empty());
    let unsure = written.iter().any(|it| it.unsure);
    match (written, twice.count()) {
        ([only], 1) => format!(
            "{}'s event is stored twice: the first answer was lost. Two sequence numbers, one event id.",
            only.record.entry.key
        ),
        (all, 0) if unsure => format!(
            "{} written on retry {retry}, perhaps for the second time: the first answer did not come.",
            records(all.len())
        ),
        (all, 0) => format!(
            "{} written on retry {retry}: nothing is lost.",
            records(all.len())
        ),
        (_, twice) => format!(
            "{} stored twice: the first answer was lost. Two sequence numbers each, one event id.",
            records(twice)
        ),
    }
}

pub(super) fn records(count: usize) -> String {
    match count {
        1 => "1 record".into(),
        n => format!("{n} records"),
    }
}

fn line_of(written: Written, who: &Who, now: DateTime<Utc>) -> SentLine {
    let Written {
        record,
        place,
        unsure,
    } = written;
    let twice = match record.before.into_iter().next_back() {
        Some(before) => Some(Twice::Surely(before)),
        None => unsure.then_some(Twice::Perhaps),
    };
    SentLine {
        twice,
        ..SentLine::new(
            now,
            who.clone(),
            &record.entry.key,
            record.entry.hash_key,
            record.entry.data.len(),
            Ok(place),
        )
    }
}

impl super::Producer {
    /// What became of records that were not written, in a sentence; of the learner's batch also how many were.
    fn failure_in_words(&self, failed: &Failed, put: Option<usize>) -> String {
        let Failed {
            error,
            records: n,
            of,
            ..
        } = failed;
        let which = match (n, of) {
            (1, 1) => format!("{}'s event", failed.example.key),
            (n, of) if n == of => format!("All {of} records of a call"),
            (n, of) => format!("{n} of {of} records"),
        };
        let (one, name) = (*n == 1 || *of == 1, error.name());
        let is = if one { "is" } else { "are" };
        let what = match (error, put) {
            (error, _) if error.leaves_open() => format!("{which} got no answer and may be stored"),
            (CallError::NotReached { .. }, _) => format!("{which} {is} not sent: no connection"),
            (_, Some(put)) => format!("{put} put, {n} failed, {name}"),
            (_, None) => format!("{which} {is} refused, {name}"),
        };
        match failed.fate {
            Fate::Again { retry, wait } => format!(
                "{what}: {} in {}, retry {retry} of {}.",
                if one {
                    "it goes again"
                } else {
                    "only these go again"
                },
                millis(wait),
                self.auto.settings.limits().retries
            ),
            Fate::GivenUp => format!("{what}: {}. Given up.", error.explained()),
        }
    }

    /// The line of the log for records that were not written.
    fn line_of_failure(&self, failed: &Failed, who: &Who, now: DateTime<Utc>) -> SentLine {
        let fate = match failed.fate {
            Fate::Again { retry, wait } => format!(
                "retry {retry} of {} in {}",
                self.auto.settings.limits().retries,
                millis(wait)
            ),
            Fate::GivenUp => "given up".to_owned(),
        };
        let doubt = if failed.error.leaves_open() {
            ", may be stored"
        } else {
            ""
        };
        let meaning = format!("{fate}{doubt}; {}", failed.error.explained());
        let entry = &failed.example;
        SentLine {
            records: failed.records,
            ..SentLine::new(
                now,
                who.clone(),
                &entry.key,
                entry.hash_key,
                entry.data.len(),
                Err((failed.error.name().to_owned(), meaning)),
            )
        }
    }
}

/// A wait in milliseconds.
fn millis(wait: TimeDelta) -> String {
    format!("{} ms", wait.num_milliseconds())
}
