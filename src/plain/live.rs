//! What happens on the stream, in lines: the stream itself, programs, records. What comes without end is counted.

use std::collections::{BTreeMap, BTreeSet};

use super::text::count;
use super::{Talk, record};
use crate::app::streams::Presence;
use crate::app::{Model, Pane, consumer};

/// How many records are told of one by one at a time.
const ONE_BY_ONE: usize = 8;

/// What was told of the stream.
#[derive(Debug, Default)]
pub(super) struct Live {
    stream: String,
    sent: u64,
    read: u64,
    programs: BTreeSet<String>,
    /// How many records each reader of a program's was said to have read, by its chain.
    readers: BTreeMap<u64, u64>,
    lost: u64,
    why_empty: Option<String>,
}

impl Talk {
    /// What is new on the stream; records of it only where `all` is asked for.
    pub(super) fn tell_live(&mut self, model: &Model, all: bool) {
        let stream = stream(model);
        if stream != self.live.stream {
            self.live.stream.clone_from(&stream);
            if !stream.is_empty() {
                self.say(&stream);
            }
        }
        self.tell_programs(model);
        if model.feed_lost > self.live.lost {
            let lost = model.feed_lost - self.live.lost;
            self.live.lost = model.feed_lost;
            self.say(&format!(
                "Note: {lost} calls were not seen; there were too many at once."
            ));
        }
        if all {
            self.tell_readers(model);
            self.tell_sent(model);
            self.tell_read(model);
        }
    }

    fn tell_programs(&mut self, model: &Model) {
        if !model.feeds() {
            return;
        }
        let there: BTreeSet<String> = model
            .programs
            .connected(model.now)
            .map(|program| program.name.clone())
            .collect();
        let come: Vec<String> = there.difference(&self.live.programs).cloned().collect();
        let gone: Vec<String> = self.live.programs.difference(&there).cloned().collect();
        self.live.programs = there;
        for name in come {
            self.say(&format!("The program {name} is connected."));
        }
        for name in gone {
            self.say(&format!("The program {name} has gone."));
        }
    }

    fn tell_readers(&mut self, model: &Model) {
        let mut told = BTreeMap::new();
        let mut news = Vec::new();
        for reader in model.consumer.foreign.iter() {
            let before = self.live.readers.get(&reader.chain).copied().unwrap_or(0);
            told.insert(reader.chain, reader.read);
            if reader.read != before {
                news.push(format!(
                    "{} has read {} of shard {}, from {}.",
                    reader.program,
                    count(usize::try_from(reader.read).unwrap_or(usize::MAX), "record"),
                    reader.shard.short(),
                    reader.start
                ));
            }
        }
        self.live.readers = told;
        for line in news.iter().take(ONE_BY_ONE) {
            self.say(line);
        }
    }

    fn tell_sent(&mut self, model: &Model) {
        let log = &model.producer.log;
        let (from, end) = (self.live.sent, log.end());
        self.live.sent = end;
        let new = (from.max(log.first())..end).filter_map(|number| record::sent(log.get(number)?));
        self.tell_some(new, "put or refused");
    }

    fn tell_read(&mut self, model: &Model) {
        let log = &model.consumer.log;
        // While the view is frozen what comes is not shown: thawed, it is told.
        let (from, end) = (self.live.read, model.consumer.gaze.end(log));
        if end <= from {
            self.live.read = self.live.read.min(log.end());
            return self.tell_why_empty(model);
        }
        self.live.read = end;
        let new = (from.max(log.first())..end).filter_map(|n| log.get(n).map(record::read));
        self.tell_some(new, "read");
    }

    /// Tells the first of some lines; how many more there are, in a line.
    fn tell_some(&mut self, mut lines: impl Iterator<Item = String>, done: &str) {
        for line in lines.by_ref().take(ONE_BY_ONE) {
            self.say(&line);
        }
        match lines.count() {
            0 => {}
            more => self.say(&format!("And {} more, {done}.", count(more, "record"))),
        }
    }

    /// Why a consumer that runs shows nothing, once it is known.
    fn tell_why_empty(&mut self, model: &Model) {
        let why = match model.consumer.running {
            true => consumer::why_empty(model),
            false => None,
        };
        if why != self.live.why_empty {
            self.live.why_empty.clone_from(&why);
            if let Some(why) = why {
                self.say_wrapped(&why);
            }
        }
    }

    /// What the pane is about that was just turned to.
    pub(super) fn tell_pane(&mut self, model: &Model) {
        if self.focus == model.focus {
            return;
        }
        self.focus = model.focus;
        match model.focus {
            Pane::Lesson => {
                if let Some(page) = model.lesson.page() {
                    let pages = model.lesson.lesson.pages.len();
                    let at = model.lesson.page + 1;
                    self.say(&format!("Lesson: {}, page {at} of {pages}.", page.title));
                }
            }
            Pane::Producer => {
                let producer = &model.producer;
                let (key, data) = producer.preview();
                let [you, auto, programs] = producer.written;
                self.say(&format!(
                    "Producer. The event at hand: key {key}, data {data}"
                ));
                self.say(&format!(
                    "Written: {you} by you, {auto} automatically, {programs} by programs; refused: {}, not sent: {}, unknown: {}.",
                    producer.refused + producer.auto.queue.counts.given_up,
                    producer.unsent,
                    producer.unknown
                ));
            }
            Pane::Consumer => {
                let consumer = &model.consumer;
                let runs = if consumer.running { "running" } else { "off" };
                self.say(&format!(
                    "Consumer: {runs}, start {}, {}.",
                    consumer.start_word(),
                    count(usize::from(consumer.workers), "worker")
                ));
                let readers: Vec<String> = consumer
                    .readers
                    .iter()
                    .map(|reader| {
                        let behind = match reader.behind {
                            Some(0) => ", at the tip".to_owned(),
                            Some(millis) => format!(", {millis} ms behind"),
                            None => String::new(),
                        };
                        format!(
                            "Shard {}, worker {}: {} read{behind}.",
                            reader.shard.short(),
                            reader.worker,
                            count(usize::try_from(reader.read).unwrap_or(usize::MAX), "record"),
                        )
                    })
                    .collect();
                for line in readers {
                    self.say(&line);
                }
                if let Some(why) = consumer::why_empty(model) {
                    self.live.why_empty = Some(why.clone());
                    self.say_wrapped(&why);
                }
            }
            // The question itself is told.
            Pane::Quiz => {}
            Pane::Shards => self.tell_lanes(model),
        }
    }
}

/// The selected stream in a line.
fn stream(model: &Model) -> String {
    let Some(selected) = &model.streams.selected else {
        let lesson = model.lesson_stream();
        return lesson.map_or(String::new(), |name| {
            format!("Stream {name}: not there yet.")
        });
    };
    let name = &selected.name;
    match &selected.presence {
        Presence::Asked => String::new(),
        Presence::Gone => format!("Stream {name}: gone."),
        Presence::Unknown(error) => format!("Stream {name}: not known ({}).", error.name()),
        Presence::Described(described) => {
            let open = described.shards.iter().filter(|shard| shard.open).count();
            format!(
                "Stream {name}: {}, {}, keeps records {} hours.",
                described.status,
                count(open, "shard"),
                described.retention_hours
            )
        }
    }
}
