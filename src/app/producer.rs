//! The producer panel: the event at hand, automatic sending, and the log of what went into the stream.

mod auto;
mod batch;
mod by_lab;
mod edit;
mod form;
pub mod queue;
pub mod ring;
pub mod settings;

use chrono::{DateTime, SecondsFormat, Utc};

use super::log::{Gaze, Log};
use super::message::{Place, Put, PutSummary, Request, Sender, Stored};
use super::model::{Model, Outcome, Tone};
use super::templates::{self, Template};
use crate::kinesis::CallError;
use crate::kinesis::control::FaultKind;
use crate::kinesis::errors::explained;
use crate::kinesis::feed::{Call, Detail};
use crate::kinesis::hash_ranges::HashKey;

use queue::Queue;

pub use auto::{Auto, RATES, most, rate};
pub(super) use auto::{answered, change_rate, on_deadline, reply_lost, toggle_auto};
pub(super) use batch::send_batch;
pub(super) use by_lab::{batch_by_lab, event_by_lab, put_batch, put_by_lab, put_entry, shown};
pub use edit::{Edit, Field, hash_key_of, problem_with};
pub(super) use edit::{edit, finish_edit, leave_edit, step_template, use_template};
pub use form::{Line, SendingForm, cost_in_words};
pub(super) use form::{form_pressed, open_form};

/// How many lines the panel remembers.
const REMEMBERED: usize = 2_000;

/// What stands in an event's data where the time of sending will.
const NOW: &str = "{now}";

/// Who put a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The learner, in this panel.
    You,
    /// Automatic sending.
    Auto,
    /// The lab, which shows a step.
    Lab,
    /// A program of somebody's, by its name.
    Program(String),
}

impl Who {
    /// As it stands in the panel.
    pub fn name(&self) -> &str {
        match self {
            Self::You => "you",
            Self::Auto => "auto",
            Self::Lab => "lab",
            Self::Program(name) => name,
        }
    }
}

/// A line of the panel: one record that somebody put, or several that a call of automatic sending did not write.
#[derive(Debug, Clone, PartialEq)]
pub struct SentLine {
    /// When its answer was seen.
    pub at: DateTime<Utc>,
    /// Whose it is.
    pub who: Who,
    /// The partition key, of several records one; none where the request was refused before its records were read.
    pub key: Option<String>,
    /// The first digits of the key's MD5, in hexadecimal; empty where an explicit hash key placed the record.
    pub hash: String,
    /// The size of the data in bytes.
    pub size: usize,
    /// How many records it is about: one, or those of a call that were not written for this reason.
    pub records: usize,
    /// Where it was stored, or the error's name and what it means.
    pub result: Result<Place, (String, String)>,
    /// Whether it is stored for the second time.
    pub twice: Option<Twice>,
    /// The fault on request that the call met.
    pub fault: Option<FaultKind>,
}

/// What is known of a record that was sent again since nobody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Twice {
    /// It may be stored twice.
    Perhaps,
    /// It is, and this is the first of the two.
    Surely(Place),
}

impl SentLine {
    /// A line of the lab's own for one record.
    fn new(
        at: DateTime<Utc>,
        who: Who,
        key: &str,
        hash_key: Option<HashKey>,
        size: usize,
        result: Result<Place, (String, String)>,
    ) -> Self {
        Self {
            at,
            who,
            hash: digits_of(key, hash_key.is_some()),
            key: Some(key.to_owned()),
            size,
            records: 1,
            result,
            twice: None,
            fault: None,
        }
    }
}

/// The first digits of a key's MD5 sum; none where something else places the record.
fn digits_of(key: &str, placed_otherwise: bool) -> String {
    match placed_otherwise {
        true => String::new(),
        false => HashKey::of_partition_key(key).hex()[..8].to_owned(),
    }
}

/// The event that `s` sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// What the learner typed; `{now}` in the data becomes the time of sending.
    Own {
        /// The partition key.
        key: String,
        /// The data, JSON.
        data: String,
        /// Places the record in the key's stead, where it is given.
        hash_key: Option<HashKey>,
    },
    /// The template's next event; the seed settles its chances beforehand, so that it can be shown.
    OfTemplate {
        /// The seed.
        seed: u64,
    },
}

/// The panel.
#[derive(Debug, Clone)]
pub struct Producer {
    /// The event that `s` sends.
    pub event: Event,
    /// Editing, while it goes on.
    pub edit: Option<Edit>,
    /// Automatic sending.
    pub auto: Auto,
    /// What was put into the selected stream, oldest first.
    pub log: Log<SentLine>,
    /// How the panel looks at it.
    pub gaze: Gaze,
    /// Records stored in the selected stream: by the learner, by the lab itself, by programs.
    pub written: [u64; 3],
    /// Puts that were refused.
    pub refused: u64,
    /// Puts of the panel's own without an answer: they may be stored.
    pub unknown: u64,
    /// Puts of the panel's own that never reached the endpoint.
    pub unsent: u64,
    puts: u64,
    rendered: u64,
}

impl Default for Producer {
    fn default() -> Self {
        Self {
            event: Event::Own {
                key: "alice".into(),
                data: r#"{"type":"login","userId":"alice","time":"{now}"}"#.into(),
                hash_key: None,
            },
            edit: None,
            auto: Auto::default(),
            log: Log::new(REMEMBERED),
            gaze: Gaze::default(),
            written: [0; 3],
            refused: 0,
            unknown: 0,
            unsent: 0,
            puts: 0,
            rendered: 0,
        }
    }
}

impl Producer {
    /// The template of automatic sending.
    pub fn template(&self) -> &'static Template {
        let all = templates::templates();
        &all[self.auto.template % all.len()]
    }

    /// The event at hand as it would be sent at this moment: partition key and data.
    pub fn event_at(&self, now: DateTime<Utc>) -> (String, String) {
        self.event_with(&timestamp(now))
    }

    /// The event at hand as it is shown before it is sent: `{now}` stands where the time will.
    pub fn preview(&self) -> (String, String) {
        self.event_with(NOW)
    }

    /// What places the event at hand in its key's stead, if something does.
    pub fn hash_key(&self) -> Option<HashKey> {
        match &self.event {
            Event::Own { hash_key, .. } => *hash_key,
            Event::OfTemplate { .. } => None,
        }
    }

    fn event_with(&self, now: &str) -> (String, String) {
        match &self.event {
            Event::Own { key, data, .. } => (key.clone(), data.replace(NOW, now)),
            Event::OfTemplate { seed } => {
                let mut rng = fastrand::Rng::with_seed(*seed);
                self.template().render(&mut rng, self.rendered + 1, now)
            }
        }
    }

    /// Forgets what belongs to the stream that was selected before.
    pub(super) fn turn_to_another_stream(&mut self) {
        self.log.clear();
        self.gaze.follow(&mut self.log);
        self.written = [0; 3];
        (self.refused, self.unknown, self.unsent) = (0, 0, 0);
        self.auto.next_at = None;
        // What is under way is answered to nobody.
        self.auto.queue = Queue::default();
        self.auto.skipped = 0;
    }

    fn put(&mut self, by: Sender, stream: String, key: String, data: String) -> Put {
        self.puts += 1;
        Put {
            id: self.puts,
            by,
            stream,
            key,
            data,
            hash_key: None,
        }
    }

    fn push(&mut self, line: SentLine) {
        if line.result.is_err() {
            self.refused += 1;
        } else {
            let place = match line.who {
                Who::You => 0,
                Who::Auto | Who::Lab => 1,
                Who::Program(_) => 2,
            };
            self.written[place] += 1;
        }
        self.log.push(line);
    }
}

fn timestamp(now: DateTime<Utc>) -> String {
    now.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Sends the event at hand once.
pub(super) fn send(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stream) = model.streams.name().map(str::to_owned) else {
        return model.lack_a_stream(out);
    };
    if let Some(words) = not_ready(model, &stream) {
        return model.say(Tone::Nearly, words);
    }
    let producer = &mut model.producer;
    let (key, data) = producer.event_at(now);
    producer.rendered += 1;
    if let Event::OfTemplate { seed } = &mut producer.event {
        *seed = model.rng.u64(..);
    }
    let put = Put {
        hash_key: producer.hash_key(),
        ..producer.put(Sender::You, stream, key, data)
    };
    super::guard::write(model, Request::PutRecord(put), now, out);
}

/// Why an event would be refused now: the stream is on its way to be, or to be no more.
fn not_ready(model: &Model, stream: &str) -> Option<String> {
    match model.streams.not_ready() {
        Some("DELETING") => Some(format!(
            "{stream} is DELETING and takes no events any more."
        )),
        Some(status) => Some(format!(
            "{stream} is {status}: it takes events once it is ACTIVE."
        )),
        None if model.streams.is_asked_for() && !model.server.is_instant() => Some(format!(
            "{stream} takes events once it is ACTIVE; its state is asked for."
        )),
        None => None,
    }
}

/// A put of the lab was answered.
pub(super) fn sent(
    model: &mut Model,
    put: PutSummary,
    result: Stored,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let who = match put.by {
        Sender::You => Who::You,
        Sender::Lab => Who::Lab,
        Sender::Auto => {
            let result = result.map(|place| vec![Ok(place)]);
            return answered(model, put.id, &put.stream, result, now, out);
        }
    };
    // The embedded server's feed counts what is stored, whoever stored it.
    if result.is_ok() && !model.feeds() {
        model.streams.count_written(&put.stream, 1);
        out.changed = true;
    }
    if model.streams.name() != Some(put.stream.as_str()) {
        return;
    }
    out.changed = true;
    model.line_came();
    match (&result, put.by) {
        (Ok((shard, _)), Sender::You) => {
            let by = match put.hash_key {
                Some(_) => ", placed by its hash key,",
                None => "",
            };
            let words = format!("Sent: key {}{by} is in shard {}.", put.key, shard.short());
            match ring::unexpected(model, &put, shard) {
                Some(surprise) => {
                    model.say(Tone::Nearly, format!("{words} {surprise}"));
                    super::streams::look_again(model, now);
                }
                None => model.say(Tone::Done, words),
            }
        }
        (Ok(_), _) => {}
        (Err(error), _) => {
            let event = format!("{}'s event", put.key);
            let mut words = error.not_done(&event, "stored");
            if error.leaves_open() && put.by == Sender::You {
                words += " s again may make a duplicate.";
            }
            model.say(Tone::Wrong, words);
            if error.is("ResourceNotFoundException") {
                model.producer.auto.next_at = None;
                super::streams::look_again(model, now);
            }
        }
    }
    let producer = &mut model.producer;
    let fate = match &result {
        Err(error) if error.leaves_open() => Some(&mut producer.unknown),
        Err(CallError::Refused { .. }) => Some(&mut producer.refused),
        Err(_) => Some(&mut producer.unsent),
        Ok(_) => None,
    };
    let failed = fate.map(|count| *count += 1).is_some();
    let result = result.map_err(|error| (error.name().to_owned(), error.explained().to_owned()));
    let line = SentLine::new(now, who, &put.key, put.hash_key, put.size, result);
    if failed {
        producer.log.push(line);
    } else {
        producer.push(line);
    }
}

/// A program put records into the selected stream, or tried to.
pub(super) fn program_put(model: &mut Model, name: &str, call: &Call, now: DateTime<Utc>) {
    let line = SentLine {
        at: now,
        who: Who::Program(name.to_owned()),
        key: None,
        hash: String::new(),
        size: 0,
        records: 1,
        result: Err(Default::default()),
        twice: None,
        fault: call.fault,
    };
    let told = |(code, message): (String, String)| {
        let meaning = explained(&code, &message).to_owned();
        (code, meaning)
    };
    let Detail::Put(entries) = &call.detail else {
        if let Some(error) = &call.error {
            let result = Err(told(error.clone()));
            model.producer.push(SentLine { result, ..line });
        }
        return;
    };
    for entry in entries {
        let hash = digits_of(&entry.key, entry.explicit_hash_key.is_some());
        let result = match &call.error {
            Some(error) => Err(told(error.clone())),
            None => entry.result.clone().map_err(told),
        };
        model.producer.push(SentLine {
            key: Some(entry.key.clone()),
            hash,
            size: entry.size,
            result,
            ..line.clone()
        });
    }
}
