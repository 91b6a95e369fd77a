//! The shards of the selected stream as lanes: their records in order, what was trimmed, who reads where.
//!
//! ```text
//! the feed's puts, reads and throttles (embedded server) ─┐
//! the panels' own puts and what the consumer read ────────┴─> Lane, a shard each ─> the pane Shards
//! ```
//!
//! Everything is bounded: [`MOST`] lanes, [`REMEMBERED`] records each; what is left out is counted. Where there is no feed
//! the lanes know what the lab itself put and read, and nothing of other people's readers.

mod carets;
mod heat;
mod lane;
mod order;
mod pointing;

use chrono::{DateTime, TimeDelta, Utc};

pub use carets::{Ahead, Caret, Doing, Stand, carets};
pub use heat::{BYTES_A_SECOND, Heat, RECORDS_A_SECOND, SECONDS};
pub use lane::{LONGEST_KEY, Lane, REMEMBERED, Token, Told};
pub use order::{Entry, Orders, orders};
pub use pointing::{Axis, Frozen, pointed};
pub(super) use pointing::{
    follow, go_to_end, move_along, move_between, open, start_here, toggle_axis, toggle_freeze,
};

use super::consumer::Shown;
use super::message::{PutBatch, PutSummary, Received, Sender, ShardDescription, Stored};
use super::model::{Model, Outcome};
use super::producer::Who;
use crate::kinesis::feed::{Call, Detail};
use crate::kinesis::{CallError, SequenceNumber, ShardId, StartPosition};

/// How many lanes there are at most; of more shards those that closed first have none.
pub const MOST: usize = 64;

/// What a shard that has its fill refuses with.
const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// The lanes, and how they are looked at.
#[derive(Debug, Clone, Default)]
pub struct Lanes {
    lanes: Vec<Lane>,
    /// Shards without a lane, since there are too many.
    pub left_out: usize,
    /// Whether the stream's shards are known.
    described: bool,
    /// The newest record of a shard when the lab's own reader began at LATEST there, and the run of the consumer.
    tips: Vec<(ShardId, Option<SequenceNumber>)>,
    tips_run: u64,
    /// Where the consumer's log ended when it was looked at last.
    read_to: u64,
    /// The moment for which it is said how warm the shards are, and when that changes by itself.
    as_of: DateTime<Utc>,
    changes_at: Option<DateTime<Utc>>,
    /// Which axis the lanes have in common.
    pub axis: Axis,
    /// The record that is pointed at; none while the newest are followed.
    pointed: Option<(ShardId, SequenceNumber)>,
    /// The lane that is pointed at; the first one where it is not there.
    at: Option<ShardId>,
    /// What the view shows while it stands still.
    pub frozen: Option<Box<Frozen>>,
}

impl Lanes {
    /// The lanes as they are, in lineage: closed shards before those that were made of them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Lane> + ExactSizeIterator {
        self.lanes.iter()
    }

    /// The lane of a shard.
    pub fn of(&self, shard: &ShardId) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.shard == *shard)
    }

    /// Records that were seen and are still in the stream.
    pub fn held(&self) -> u64 {
        self.lanes.iter().map(Lane::held).sum()
    }

    /// The newest record of a shard when the lab's own reader began at LATEST there.
    pub fn newest_at_latest(&self, shard: &ShardId) -> Option<&SequenceNumber> {
        let tip = self.tips.iter().find(|(of, _)| of == shard);
        match tip {
            Some((_, newest)) => newest.as_ref(),
            None => self.of(shard)?.newest(),
        }
    }

    /// The moment for which it is said how warm the shards are.
    pub fn as_of(&self) -> DateTime<Utc> {
        self.frozen.as_ref().map_or(self.as_of, |frozen| frozen.at)
    }

    /// When what is said of the shards changes by itself.
    pub(super) fn next_change(&self) -> Option<DateTime<Utc>> {
        self.changes_at
    }

    fn is_as_of(&mut self, now: DateTime<Utc>) {
        self.as_of = self.as_of.max(now);
        let changes = |lane: &Lane| lane.heat.next_change(self.as_of);
        self.changes_at = self.lanes.iter().filter_map(changes).min();
    }

    /// Forgets what belongs to the stream that was selected before.
    pub(super) fn turn_to_another_stream(&mut self, read_to: u64) {
        *self = Self {
            axis: self.axis,
            tips_run: self.tips_run,
            read_to,
            ..Self::default()
        };
    }

    /// The lane of a shard; a new one where there is none and room for one.
    fn lane(&mut self, shard: &ShardId) -> Option<&mut Lane> {
        let place = self.lanes.iter().position(|lane| lane.shard == *shard);
        if place.is_none() && self.lanes.len() < MOST {
            let place = self.lanes.partition_point(|lane| lane.shard < *shard);
            self.lanes.insert(place, Lane::new(shard.clone()));
            return self.lanes.get_mut(place);
        }
        self.lanes.get_mut(place?)
    }

    /// The endpoint told of these shards.
    fn shards_known(&mut self, shards: &[ShardDescription], lab_time: DateTime<Utc>) {
        let first = !std::mem::replace(&mut self.described, true);
        // Where there are too many, those that take no records any more are left out first, the oldest of them before.
        let excess = shards.len().saturating_sub(MOST);
        let closed = shards.iter().filter(|shard| !shard.open);
        let mut left_out: Vec<&ShardId> = closed.map(|shard| &shard.id).take(excess).collect();
        let open = shards
            .iter()
            .filter(|shard| shard.open)
            .map(|shard| &shard.id);
        left_out.extend(open.rev().take(excess - left_out.len()));
        let kept = |shard: &&ShardDescription| !left_out.contains(&&shard.id);
        let before = std::mem::take(&mut self.lanes);
        for shard in shards.iter().filter(kept) {
            let known = before.iter().find(|lane| lane.shard == shard.id);
            let mut lane = known.cloned().unwrap_or_else(|| {
                let mut new = Lane::new(shard.id.clone());
                new.began = (!first).then_some(lab_time);
                new
            });
            if lane.open && !shard.open && known.is_some() && !first {
                lane.closed = Some(lab_time);
            }
            lane.open = shard.open;
            lane.parents.clone_from(&shard.parents);
            self.lanes.push(lane);
        }
        self.left_out = excess;
        self.lanes = in_lineage(std::mem::take(&mut self.lanes));
    }
}

/// Lanes in the order of their shards, but what was made of a closed shard directly behind it.
fn in_lineage(mut lanes: Vec<Lane>) -> Vec<Lane> {
    lanes.sort_by(|a, b| a.shard.cmp(&b.shard));
    let mut ordered = Vec::with_capacity(lanes.len());
    let mut left: Vec<Option<Lane>> = lanes.into_iter().map(Some).collect();
    for root in 0..left.len() {
        let is_child = |lane: &Lane| {
            let waits =
                |parent: &ShardId| left.iter().flatten().any(|other| other.shard == *parent);
            lane.parents.iter().any(waits)
        };
        if left[root].as_ref().is_some_and(|lane| !is_child(lane)) {
            take_with_children(root, &mut left, &mut ordered);
        }
    }
    // Parents that go round in a circle: a foreign endpoint may say anything.
    ordered.extend(left.into_iter().flatten());
    ordered
}

fn take_with_children(place: usize, left: &mut Vec<Option<Lane>>, ordered: &mut Vec<Lane>) {
    let Some(lane) = left[place].take() else {
        return;
    };
    let shard = lane.shard.clone();
    ordered.push(lane);
    for child in 0..left.len() {
        let ready = left[child].as_ref().is_some_and(|lane| {
            // What was made of two stands behind the later one.
            let taken = |parent: &ShardId| !left.iter().flatten().any(|l| l.shard == *parent);
            lane.parents.contains(&shard) && lane.parents.iter().all(taken)
        });
        if ready {
            take_with_children(child, left, ordered);
        }
    }
}

/// The endpoint told of the selected stream's shards.
pub(super) fn shards_known(model: &mut Model, now: DateTime<Utc>) {
    let lab_time = model.server.clock.lab(now);
    if let Some(description) = model.streams.description() {
        model.lanes.shards_known(&description.shards, lab_time);
    }
    counted(model);
    trim(model, now);
}

/// What the shards of the selected stream hold was told: lanes know how much of it they have not seen.
pub(super) fn counted(model: &mut Model) {
    if !model.feeds() {
        return;
    }
    for lane in &mut model.lanes.lanes {
        lane.stored = Some(model.streams.held_in(&lane.shard));
    }
}

/// What is older than the stream keeps it is not there any more.
pub(super) fn trim(model: &mut Model, now: DateTime<Utc>) {
    let Some(description) = model.streams.description() else {
        return;
    };
    let kept = TimeDelta::hours(i64::from(description.retention_hours));
    if let Some(since) = model.server.clock.lab(now).checked_sub_signed(kept) {
        for lane in &mut model.lanes.lanes {
            lane.trim_before(since);
        }
    }
}

/// Records of the selected stream went by their age, so many of each shard.
pub(super) fn expired(model: &mut Model, gone: &[(ShardId, u64)], now: DateTime<Utc>) {
    trim(model, now);
    for (shard, records) in gone {
        if let Some(lane) = model.lanes.lane(shard) {
            lane.expired(*records);
        }
    }
    counted(model);
}

/// What was said of the shards for a while is over.
pub(super) fn on_deadline(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let lanes = &mut model.lanes;
    if lanes.changes_at.is_some_and(|at| at <= now) {
        lanes.is_as_of(now);
        out.changed = true;
    }
}

/// The stream was emptied.
pub(super) fn emptied(model: &mut Model) {
    model.lanes.lanes.iter_mut().for_each(Lane::empty);
}

/// The store was full and let go of a shard's oldest records.
pub(super) fn trimmed_early(model: &mut Model, shard: &ShardId, records: u64) {
    if let Some(lane) = model.lanes.lane(shard) {
        lane.trim_oldest(records);
    }
}

/// The embedded server answered a call on the selected stream.
pub(super) fn called(model: &mut Model, call: &Call, program: Option<&str>, now: DateTime<Utc>) {
    let wall = model.server.clock.wall(call.at);
    let arrived = arrived(call);
    match &call.detail {
        Detail::Put(entries) => {
            let who = match program {
                Some(name) => Who::Program(name.to_owned()),
                None if call.caller.user_agent.contains("app/kinesis-lab-panel") => Who::You,
                None => Who::Auto,
            };
            for entry in entries {
                let refused = call.error.as_ref().or(entry.result.as_ref().err());
                match (&entry.result, refused) {
                    (Ok((shard, number)), None) => {
                        let Some(lane) = model.lanes.lane(shard) else {
                            continue;
                        };
                        let token = Token::new(
                            number.clone(),
                            &entry.key,
                            entry.size,
                            arrived,
                            false,
                            Some(who.clone()),
                        );
                        lane.learn(token);
                        lane.entered += 1;
                        lane.stored = Some(model.streams.held_in(shard));
                        lane.heat
                            .stored(wall, (entry.size + entry.key.len()) as u64);
                    }
                    (_, Some((code, message))) if code == THROTTLED => {
                        refused_put(&mut model.lanes, message, wall);
                    }
                    _ => {}
                }
            }
        }
        Detail::Iterator {
            shard,
            start: StartPosition::Latest,
            ..
        } if program.is_none() && call.error.is_none() => began_at_latest(&mut model.lanes, shard),
        Detail::Get(get)
            if call
                .error
                .as_ref()
                .is_some_and(|(code, _)| code == THROTTLED) =>
        {
            if let Some(lane) = model.lanes.lane(&get.shard) {
                lane.heat.read_refused(wall);
            }
        }
        // A look of the lab's is no reader.
        Detail::Get(get)
            if program.is_none()
                && call.error.is_none()
                && !call.caller.user_agent.contains("app/kinesis-lab-look") =>
        {
            if let Some(lane) = model.lanes.lane(&get.shard) {
                let before = lane.told.take().and_then(|told| told.after);
                lane.told = Some(Told {
                    after: get.range.as_ref().map(|(_, last)| last.clone()).or(before),
                    ahead: get.ahead,
                    entered: lane.entered,
                });
            }
        }
        _ => {
            if let Some((code, message)) = &call.error
                && code == THROTTLED
                && call.operation.starts_with("PutRecord")
            {
                refused_put(&mut model.lanes, message, wall);
            }
        }
    }
    model.lanes.is_as_of(now);
}

/// When the records of a put arrived at the latest: never after the time that their readers are told, so that a reader that
/// begins at this time gets them.
fn arrived(call: &Call) -> DateTime<Utc> {
    let latency = TimeDelta::from_std(call.latency).unwrap_or_default();
    let at = call.at.checked_sub_signed(latency).unwrap_or(call.at);
    DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at)
}

/// A put was refused since its shard had its fill; the message names the shard.
fn refused_put(lanes: &mut Lanes, message: &str, at: DateTime<Utc>) {
    let named = |word: &str| word.starts_with("shardId-");
    let shard = message.split_whitespace().find(|word| named(word));
    if let Some(lane) = shard.and_then(|shard| lanes.lane(&ShardId::from(shard))) {
        lane.heat.throttled(at);
    }
}

/// The lab's own reader has an iterator at LATEST: it stands behind what is there now.
fn began_at_latest(lanes: &mut Lanes, shard: &ShardId) {
    let newest = lanes.of(shard).and_then(Lane::newest).cloned();
    lanes.tips.retain(|(of, _)| of != shard);
    if lanes.tips.len() < MOST {
        lanes.tips.push((shard.clone(), newest));
    }
}

/// A put of the panels' own was answered, where no feed tells of it.
pub(super) fn sent(
    model: &mut Model,
    put: &PutSummary,
    result: &Result<(ShardId, SequenceNumber), CallError>,
    now: DateTime<Utc>,
) {
    if model.feeds() || model.streams.name() != Some(put.stream.as_str()) {
        return;
    }
    match result {
        Ok((shard, number)) => {
            let Some(lane) = model.lanes.lane(shard) else {
                return;
            };
            let who = match put.by {
                Sender::You => Who::You,
                Sender::Auto => Who::Auto,
                Sender::Lab => Who::Lab,
            };
            let token = Token::new(number.clone(), &put.key, put.size, now, false, Some(who));
            lane.learn(token);
            lane.heat.stored(now, (put.size + put.key.len()) as u64);
        }
        Err(CallError::Refused { code, message }) if code == THROTTLED => {
            refused_put(&mut model.lanes, message, now);
        }
        Err(_) => {}
    }
    model.lanes.is_as_of(now);
}

/// A batch was answered, where no feed tells of it.
pub(super) fn sent_batch(
    model: &mut Model,
    batch: &PutBatch,
    result: &Result<Vec<Stored>, CallError>,
    now: DateTime<Utc>,
) {
    let Ok(results) = result else {
        return;
    };
    for (entry, result) in batch.entries.iter().zip(results) {
        let put = PutSummary {
            id: batch.id,
            by: batch.by,
            stream: batch.stream.clone(),
            key: entry.key.clone(),
            size: entry.data.len(),
            hash_key: None,
        };
        sent(model, &put, result, now);
    }
}

fn learn(lanes: &mut Lanes, shard: &ShardId, record: &Received, lab_time: DateTime<Utc>) {
    if let Some(lane) = lanes.lane(shard) {
        lane.learn(Token::new(
            record.sequence.clone(),
            &record.key,
            record.size,
            record.arrived_at.unwrap_or(lab_time),
            record.arrived_at.is_some(),
            None,
        ));
    }
}

/// What the lab's own readers were given since stands in its lanes: what their workers worked on, and what waits for them.
pub(super) fn read(model: &mut Model, now: DateTime<Utc>) {
    let lab_time = model.server.clock.lab(now);
    let (lanes, consumer) = (&mut model.lanes, &model.consumer);
    let log = &consumer.log;
    let worked = std::mem::replace(&mut lanes.read_to, log.end());
    for number in worked.max(log.first())..log.end() {
        if let Some(Shown { shard, record, .. }) = log.get(number) {
            learn(lanes, shard, record, lab_time);
        }
    }
    for reader in &consumer.readers {
        // Those that waited before stand there already.
        let known = |record: &&Received| {
            let lane = lanes.of(&reader.shard);
            lane.and_then(Lane::newest)
                .is_some_and(|newest| record.sequence <= *newest)
        };
        let new = reader
            .waiting
            .iter()
            .rev()
            .take_while(|record| !known(record));
        let new: Vec<Received> = new.cloned().collect();
        for record in new.into_iter().rev() {
            learn(lanes, &reader.shard, &record, lab_time);
        }
    }
    if !model.feeds() {
        let run = model.consumer.run;
        if std::mem::replace(&mut model.lanes.tips_run, run) != run {
            model.lanes.tips.clear();
        }
        let waits = |reader: &&super::consumer::Reader| {
            reader.last.is_none() && reader.start == StartPosition::Latest
        };
        let readers = model.consumer.readers.iter().filter(waits);
        let shards: Vec<ShardId> = readers.map(|reader| reader.shard.clone()).collect();
        for shard in shards {
            if !model.lanes.tips.iter().any(|(of, _)| *of == shard) {
                began_at_latest(&mut model.lanes, &shard);
            }
        }
        trim(model, now);
    }
}
