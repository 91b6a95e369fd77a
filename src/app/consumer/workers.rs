//! The workers of the panel: they join, leave and are killed; and the readers follow what leases they hold.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use fastrand::Rng;

use super::kept::{identity, kept, kept_reading, resumed};
use super::polling::{open, resume_position};
use super::{Consumer, Reader, ReaderState};
use crate::app::message::Description;
use crate::app::model::{Model, Outcome, Tone};
use crate::app::steps_pane;
use crate::kinesis::{ShardId, StartPosition};
use crate::leases::{Change, Group, How, Lease, MAX_WORKERS, Shard, Table};

impl Consumer {
    /// A run begins: a fresh lease table, as of a new application in the terms of KCL, or one that goes on; and workers that have not looked at it yet.
    pub(super) fn begin(&mut self, now: DateTime<Utc>, table: Option<Table>) {
        self.rng = Rng::with_seed(self.run);
        self.busy.clear();
        self.group = Group::new(table.unwrap_or_else(|| Table::new(self.start.clone())));
        self.workers = self.workers.clamp(1, MAX_WORKERS);
        for _ in 0..self.workers {
            self.group.join(now);
        }
    }

    /// Every worker looks at the table, and the readers follow.
    fn look(&mut self, now: DateTime<Utc>) -> Vec<Change> {
        self.group.look(now, &mut self.rng)
    }
}

fn listed(description: &Description) -> Vec<Shard> {
    let shard = |shard: &crate::app::message::ShardDescription| Shard {
        id: shard.id.clone(),
        parents: shard.parents.clone(),
        open: shard.open,
    };
    description.shards.iter().map(shard).collect()
}

/// The stream's shards are known (anew): the lease table is brought up to them.
pub(in crate::app) fn shards_known(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if !model.consumer.running || model.streams.not_ready().is_some() {
        return;
    }
    let Some(shards) = model.streams.description().map(listed) else {
        return;
    };
    let lab_time = model.server.clock.lab(now);
    let first = model.consumer.readers.is_empty();
    // What an earlier run had worked on beyond its checkpoints comes again in one that goes on from them.
    let mut worked = BTreeMap::new();
    if first && model.consumer.kept.of.is_none() {
        model.consumer.kept.of = identity(model);
        if let Some(kept) = kept(model).filter(|_| model.consumer.resume) {
            worked.clone_from(&kept.worked);
        }
        let kept = kept_reading(model).filter(|_| model.consumer.resume);
        if let Some(table) = kept.map(resumed) {
            model.consumer.begin(now, Some(table));
        }
    }
    let consumer = &mut model.consumer;
    let synced = consumer.group.sync(&shards);
    for shard in shards {
        let known = consumer
            .readers
            .iter_mut()
            .find(|reader| reader.shard == shard.id);
        match known {
            Some(reader) if reader.state == ReaderState::Vanished => {
                reader.state = ReaderState::Queued;
            }
            Some(_) => {}
            None => {
                // A shard that appears during a run is read from its beginning.
                let start = match first {
                    true => consumer.start.clone(),
                    false => StartPosition::TrimHorizon,
                };
                let mut reader = Reader::new(shard.id, shard.parents, start, lab_time);
                let mut lately = consumer.asked_lately.iter();
                if let Some((_, until)) = lately.find(|(of, _)| *of == reader.shard) {
                    reader.not_before = *until;
                }
                reader.worked = worked.remove(reader.shard.as_str()).map(Into::into);
                consumer.readers.push(reader);
                out.changed = true;
            }
        }
    }
    let vanished = synced.vanished;
    for reader in &mut consumer.readers {
        if vanished.contains(&reader.shard) {
            reader.lose();
            reader.state = ReaderState::Vanished;
        }
    }
    let words = (!vanished.is_empty()).then(|| {
        format!(
            "The stream has no {} any more; nothing is left to read there.",
            in_words(&vanished)
        )
    });
    let opened = lease_anew(model, now, out);
    if let Some(words) = words {
        out.changed = true;
        model.say(Tone::Nearly, words);
    } else if !first && !opened.is_empty() {
        let words = format!("New: {}, read from the beginning.", in_words(&opened));
        model.say(Tone::Plain, words);
    }
}

/// There are leases that had been waited for: the workers look at once. Gives the shards that are opened.
pub(super) fn lease_anew(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) -> Vec<ShardId> {
    let changes = model.consumer.look(now);
    follow(model, now, out);
    changes.into_iter().map(|change| change.shard).collect()
}

/// Lets the workers do what is due, and says what came of it.
pub(super) fn step(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let consumer = &mut model.consumer;
    if consumer.group.next_at().is_none_or(|at| at > now) {
        return;
    }
    let counts_down = !consumer.group.dead().is_empty();
    let renewed = consumer.group.table.renewed();
    let changes = consumer.group.step(now, &mut consumer.rng);
    // The counters stand on the screen.
    out.changed |= renewed != consumer.group.table.renewed();
    out.changed |= counts_down || !changes.is_empty();
    follow(model, now, out);
    let expired = |change: &Change| matches!(change.how, How::Expired(_));
    if changes.iter().any(expired) {
        steps_pane::taken_over(model, now);
    }
    if let Some(words) = told(&changes) {
        model.say(Tone::Plain, words);
    }
}

/// The readers follow the leases: who lost one stops, who took one goes on from its checkpoint.
fn follow(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stream) = model.streams.name().map(str::to_owned) else {
        return;
    };
    let lab_time = model.server.clock.lab(now);
    let consumer = &mut model.consumer;
    let run = consumer.run;
    for (index, reader) in consumer.readers.iter_mut().enumerate() {
        let holder = consumer.group.holder(&reader.shard, now);
        if reader.held && holder != Some(reader.worker) {
            reader.lose();
            out.changed = true;
        }
        let lease = consumer.group.table.lease(&reader.shard);
        out.changed |= reader.note(lease);
        if let Some(worker) = holder.filter(|_| !reader.held)
            && let Some(position) = lease.and_then(|lease| lease.checkpoint.position())
        {
            reader.take(worker, position, lab_time);
            let start = resume_position(reader);
            open(reader, run, index, &stream, start, out);
            out.changed = true;
        } else if reader.state == ReaderState::Queued
            && let Some(lease) = lease
        {
            reader.state = match lease.checkpoint.is_final() {
                true => ReaderState::Ended,
                false => ReaderState::Free,
            };
            out.changed = true;
        }
    }
}

/// What is written down in the table stands at the readers too.
pub(super) fn note_checkpoints(consumer: &mut Consumer) {
    for reader in &mut consumer.readers {
        let lease = consumer.group.table.lease(&reader.shard);
        reader.note(lease);
    }
}

impl Reader {
    /// Notes what is written down of it: always all that was done by then. Whether that is news.
    fn note(&mut self, lease: Option<&Lease>) -> bool {
        let written = lease.map(|lease| &lease.checkpoint);
        let news = written != self.checkpoint.as_ref();
        if news {
            self.since = 0;
            self.checkpoint = written.cloned();
        }
        news
    }

    fn new(
        shard: ShardId,
        parents: Vec<ShardId>,
        start: StartPosition,
        asked_at: DateTime<Utc>,
    ) -> Self {
        Self {
            shard,
            parents,
            worker: 0,
            held: false,
            state: ReaderState::Queued,
            start,
            began: None,
            last: None,
            read: 0,
            repeats: 0,
            since: 0,
            checkpoint: None,
            waiting: VecDeque::new(),
            worked: None,
            behind: None,
            empty: false,
            lags: VecDeque::new(),
            turn: 0,
            asked_at,
            not_before: DateTime::<Utc>::MIN_UTC,
            opened: false,
            failures: 0,
            failure: None,
        }
    }

    /// Its worker has lost the lease: what it was given and has not worked on is dropped, and its answers are ignored.
    fn lose(&mut self) {
        self.held = false;
        self.turn += 1;
        self.waiting.clear();
        self.failures = 0;
        self.failure = None;
        self.empty = false;
        if !matches!(self.state, ReaderState::Ended | ReaderState::Refused(_)) {
            self.state = ReaderState::Free;
        }
    }

    /// A worker has its lease, and goes on from the checkpoint.
    fn take(&mut self, worker: u8, position: StartPosition, lab_time: DateTime<Utc>) {
        self.worker = worker;
        self.held = true;
        self.since = 0;
        match position {
            StartPosition::AfterSequenceNumber(number)
                if self.start != StartPosition::AfterSequenceNumber(number.clone()) =>
            {
                self.last = Some(number);
            }
            // Where nothing was written down it begins where the run did.
            start => {
                self.last = None;
                self.start = start;
            }
        }
        if !self.opened {
            self.asked_at = lab_time;
        }
    }
}

/// One worker more, or one less, which leaves politely.
pub(in crate::app) fn change_workers(
    model: &mut Model,
    by: i8,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let consumer = &mut model.consumer;
    let wanted = consumer.workers.saturating_add_signed(by);
    let wanted = wanted.clamp(consumer.workers.min(1), MAX_WORKERS);
    if !consumer.running {
        consumer.workers = wanted;
        let words = match wanted {
            1 => "One worker will hold all shards; c starts it.".into(),
            n => format!("{n} workers will share the shards; c starts them."),
        };
        return model.say(Tone::Plain, words);
    }
    let words = match wanted.cmp(&consumer.workers) {
        std::cmp::Ordering::Greater => join(consumer, wanted, now),
        std::cmp::Ordering::Less => leave(consumer, wanted),
        std::cmp::Ordering::Equal if by > 0 => {
            format!("The panel has {MAX_WORKERS} workers at most.")
        }
        std::cmp::Ordering::Equal => "One worker has to stay; c stops the consumer.".into(),
    };
    follow(model, now, out);
    model.say(Tone::Plain, words);
}

fn join(consumer: &mut Consumer, wanted: u8, now: DateTime<Utc>) -> String {
    let mut joined = 0;
    while consumer.workers < wanted {
        joined = consumer.group.join(now);
        consumer.busy.remove(&joined);
        consumer.workers += 1;
    }
    let shards = consumer.readers.iter().filter(|it| it.is_open()).count();
    let idle = usize::from(consumer.workers).saturating_sub(shards);
    match (idle, shards) {
        (_, 0) => format!("Worker {joined} joins; there is no shard to read yet."),
        (0, _) => format!("Worker {joined} joins; it asks for a shard at its next round."),
        (1, _) => format!("Worker {joined} joins: more workers than shards, so 1 is idle."),
        (idle, _) => {
            format!("Worker {joined} joins: more workers than shards, so {idle} are idle.")
        }
    }
}

fn leave(consumer: &mut Consumer, wanted: u8) -> String {
    let mut left = 0;
    while consumer.workers > wanted {
        left = consumer.group.alive().last().unwrap_or(0);
        consumer.group.leave(left);
        consumer.workers -= 1;
    }
    format!(
        "Worker {left} leaves: it writes its checkpoints and gives its leases up; nothing comes twice."
    )
}

/// Kills the worker of the selected record, else the last one that has something to lose: it says no goodbye.
pub(in crate::app) fn kill_worker(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let consumer = &mut model.consumer;
    if !consumer.running {
        return model.say(Tone::Plain, "No worker runs; c starts the consumer.".into());
    }
    let selected = consumer.gaze.selected(&consumer.log);
    let selected = selected.and_then(|number| consumer.log.get(number));
    let alive: Vec<u8> = consumer.group.alive().collect();
    let of_record = selected.map(|shown| shown.worker);
    let victim = of_record.filter(|worker| alive.contains(worker));
    let table = &consumer.group.table;
    let holds = |worker: &&u8| {
        table
            .leases()
            .any(|(_, lease)| lease.owner == Some(**worker))
    };
    let busy = alive.iter().rev().find(holds).or(alive.last());
    let Some(victim) = victim.or(busy.copied()) else {
        return model.say(Tone::Nearly, "No worker is left. W adds one.".into());
    };
    kill(model, victim, now, out);
}

/// Kills this worker, which is alive.
pub(in crate::app) fn kill(model: &mut Model, victim: u8, now: DateTime<Utc>, out: &mut Outcome) {
    let consumer = &mut model.consumer;
    consumer.group.kill(victim);
    consumer.workers = consumer.workers.saturating_sub(1);
    let held: Vec<ShardId> = consumer
        .group
        .table
        .leases()
        .filter(|(_, lease)| lease.owner == Some(victim))
        .map(|(shard, _)| shard.clone())
        .collect();
    let words = match (held.is_empty(), consumer.workers) {
        (true, _) => format!("Worker {victim} is killed. It held no lease."),
        (false, 0) => {
            format!("Worker {victim} is killed, and nobody is left. In 3, W adds a worker.")
        }
        (false, _) => format!(
            "Worker {victim} is killed. Its lease of {} stands until it expires.",
            in_words(&held)
        ),
    };
    follow(model, now, out);
    steps_pane::worker_killed(model, now);
    model.say(Tone::Nearly, words);
}

/// What the changes mean, in one sentence.
fn told(changes: &[Change]) -> Option<String> {
    let mut taken: BTreeMap<u8, Vec<ShardId>> = BTreeMap::new();
    for change in changes {
        taken
            .entry(change.worker)
            .or_default()
            .push(change.shard.clone());
    }
    let by: Vec<String> = taken
        .iter()
        .map(|(worker, shards)| format!("worker {worker} takes {}", in_words(shards)))
        .collect();
    let by = by.join(", ");
    let expired = changes.iter().find_map(|change| match change.how {
        How::Expired(dead) => Some(dead),
        _ => None,
    });
    let handed_over = changes.iter().any(|it| it.how == How::HandedOver);
    Some(match (expired, handed_over) {
        _ if changes.is_empty() => return None,
        (Some(dead), _) => {
            format!("Worker {dead}'s lease expired: {by}, from the checkpoint.")
        }
        (None, true) => format!("Handed over: {by}, where the other stopped."),
        (None, false) => format!("Free: {by}, from the checkpoint."),
    })
}

/// `shard 2 and shard 3`.
pub(super) fn in_words(shards: &[ShardId]) -> String {
    let names: Vec<String> = shards
        .iter()
        .map(|shard| format!("shard {}", shard.short()))
        .collect();
    names.join(" and ")
}
