//! What takes time on AWS: a stream that is created, updated or deleted is on its way until its time has come.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::Store;
use super::changes::{Changes, Failure};
use super::log::seconds;
use super::shard::{About, Closed, Shard};
use super::stream::{Head, Stream};
use crate::kinesis::control::Timing;
use crate::kinesis::hash_ranges::{HashKey, HashRange};
use crate::kinesis::resharding::Step;

/// What a stream is on its way to, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    pub until_ms: i64,
    pub change: Change,
}

/// What becomes of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    Create,
    /// These steps are taken at the end; a change of settings takes none.
    Update(Vec<Step>),
    Delete,
}

/// What the API calls a stream's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Creating,
    Active,
    Updating,
    Deleting,
}

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Active => "ACTIVE",
            Self::Updating => "UPDATING",
            Self::Deleting => "DELETING",
        }
    }
}

impl Transition {
    /// The way to this change; none where changes are complete at once.
    pub fn to(change: Change, timing: Timing, now: DateTime<Utc>) -> Option<Self> {
        // AWS publishes none of these.
        let seconds = match (timing, &change) {
            (Timing::Instant, _) => return None,
            (Timing::Aws, Change::Create) => 15,
            (Timing::Aws, Change::Update(_)) => 30,
            (Timing::Aws, Change::Delete) => 10,
        };
        let until = now + Duration::seconds(seconds);
        Some(Self {
            until_ms: until.timestamp_millis(),
            change,
        })
    }
}

impl Head {
    pub fn status(&self) -> Status {
        match self.transition.as_ref().map(|it| &it.change) {
            None => Status::Active,
            Some(Change::Create) => Status::Creating,
            Some(Change::Update(_)) => Status::Updating,
            Some(Change::Delete) => Status::Deleting,
        }
    }
}

impl Store {
    /// Completes every change whose time has come.
    pub fn settle(&mut self, now: DateTime<Utc>) -> Result<(), Failure> {
        let now_ms = now.timestamp_millis();
        while let Some((until_ms, incarnation)) = self.due.first().copied()
            && until_ms <= now_ms
        {
            let stream = self.streams.get(&incarnation);
            let transition =
                stream.and_then(|stream| Some((stream, stream.head().transition.as_ref()?)));
            let Some((stream, transition)) = transition else {
                self.due.pop_first();
                continue;
            };
            let changes = completed(stream, &transition.change, until_ms);
            self.commit(changes)?;
        }
        Ok(())
    }

    /// Begins to update or delete a stream; at once, there is no way to it and it is complete.
    pub fn begin(
        &mut self,
        incarnation: u64,
        change: Change,
        timing: Timing,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let Some(stream) = self.streams.get(&incarnation) else {
            return Ok(());
        };
        let changes = match Transition::to(change.clone(), timing, now) {
            None => completed(stream, &change, now.timestamp_millis()),
            transition => Changes {
                heads: vec![Head {
                    transition,
                    ..stream.head().clone()
                }],
                ..Changes::default()
            },
        };
        self.commit(changes)
    }
}

/// A stream after a change that is complete at this time.
fn completed(stream: &Stream, change: &Change, at_ms: i64) -> Changes {
    let head = stream.head();
    let incarnation = head.incarnation;
    let steps = match change {
        Change::Delete => {
            return Changes {
                deleted: vec![incarnation],
                ..Changes::default()
            };
        }
        Change::Create => &[],
        Change::Update(steps) => steps.as_slice(),
    };
    let mut lineage = Lineage::new(stream, at_ms);
    for step in steps {
        lineage.take(*step);
    }
    Changes {
        heads: vec![Head {
            transition: None,
            next_shard: lineage.next_shard,
            ..head.clone()
        }],
        shards: lineage
            .changed
            .into_values()
            .map(|about| (incarnation, about))
            .collect(),
        ..Changes::default()
    }
}

/// Shards as they close and as their children open.
struct Lineage<'s> {
    stream: &'s Stream,
    at_ms: i64,
    next_shard: u32,
    /// The shards that are new or closed, by index.
    changed: BTreeMap<u32, About>,
    /// The new ones that are open, by the first point of their ranges.
    open: BTreeMap<HashKey, u32>,
}

impl<'s> Lineage<'s> {
    fn new(stream: &'s Stream, at_ms: i64) -> Self {
        Self {
            stream,
            at_ms,
            next_shard: stream.head().next_shard,
            changed: BTreeMap::new(),
            open: BTreeMap::new(),
        }
    }

    /// Takes a step; one that does not fit the open shards changes nothing.
    fn take(&mut self, step: Step) {
        match step {
            Step::Split { start, at } => {
                if let Some(parent) = self.open_at(start)
                    && let Some((lower, higher)) = parent.range.split_at(at)
                {
                    self.replace(&[&parent], &[lower, higher]);
                }
            }
            Step::Merge { start, next } => {
                if let Some(lower) = self.open_at(start)
                    && let Some(higher) = self.open_at(next)
                    && let Some(merged) = lower.range.merged_with(higher.range)
                {
                    self.replace(&[&lower, &higher], &[merged]);
                }
            }
        }
    }

    fn open_at(&self, start: HashKey) -> Option<About> {
        if let Some(index) = self.open.get(&start) {
            return self.changed.get(index).cloned();
        }
        let shard = self.stream.open_at(start)?;
        Some(shard.about().clone())
    }

    /// Closes shards, and opens their children.
    fn replace(&mut self, parents: &[&About], ranges: &[HashRange]) {
        let shards = parents
            .iter()
            .filter_map(|parent| self.stream.shard(parent.index));
        // No record of a parent is younger than its end.
        let at_ms = shards.map(Shard::newest_ms).fold(self.at_ms, i64::max);
        // The numbers of children were seen to begin about a second later.
        let newest = parents.iter().map(|parent| parent.numbered_from).max();
        let numbered_from = seconds(at_ms).max(newest.unwrap_or(0)) + 1;
        let children: Vec<u32> = (self.next_shard..).take(ranges.len()).collect();
        for parent in parents {
            self.open.remove(&parent.range.start);
            let about = About {
                closed: Some(Closed {
                    at_ms,
                    children: children.clone(),
                }),
                ..(*parent).clone()
            };
            self.changed.insert(parent.index, about);
        }
        for (index, range) in children.iter().zip(ranges) {
            let about = About {
                index: *index,
                range: *range,
                created_ms: at_ms,
                numbered_from,
                parents: parents.iter().map(|parent| parent.index).collect(),
                closed: None,
                trimmed: 0,
            };
            self.open.insert(range.start, *index);
            self.changed.insert(*index, about);
        }
        self.next_shard += ranges.len() as u32;
    }
}
