//! The streams that looks remember, with their shards.

use chrono::{DateTime, Utc};

use super::numbers::Numbers;
use super::{REMEMBERED, SHARDS, STREAMS};
use crate::kinesis::{ShardId, StartPosition};

/// The streams.
#[derive(Debug, Clone, Default)]
pub struct Streams(Vec<Looked>);

/// A stream.
#[derive(Debug, Clone)]
pub struct Looked {
    pub name: String,
    pub created_at: Option<DateTime<Utc>>,
    /// Whether it holds records of an earlier run.
    pub kept: bool,
    /// The look in which it was described.
    pub described_in: u64,
    pub shards: Vec<Shard>,
    touched: DateTime<Utc>,
}

/// A shard.
#[derive(Debug, Clone)]
pub struct Shard {
    pub id: ShardId,
    pub numbers: Numbers,
    pub iterator: Option<Chain>,
    /// The look in which it was read.
    pub looked_in: u64,
    /// Whether it is closed and was read to its end.
    pub ended: bool,
    /// Whether the endpoint takes no time to start from: its clock may be behind.
    pub no_time: bool,
}

/// An iterator of a shard.
#[derive(Debug, Clone)]
pub struct Chain {
    pub token: String,
    pub since: DateTime<Utc>,
    /// Where its chain began.
    pub start: StartPosition,
}

impl Streams {
    /// What is remembered of a stream.
    pub fn known(&self, name: &str) -> Option<&Looked> {
        self.0.iter().find(|it| it.name == name)
    }

    /// What is remembered of a shard.
    pub fn shard(&mut self, stream: &str, id: &ShardId) -> Option<&mut Shard> {
        let stream = self.0.iter_mut().find(|it| it.name == stream)?;
        stream.shards.iter_mut().find(|it| it.id == *id)
    }

    /// What is remembered of a stream, made room for if it is new.
    pub fn entry(&mut self, name: &str, now: DateTime<Utc>) -> &mut Looked {
        let known = self.0.iter().position(|it| it.name == name);
        let place = known.unwrap_or_else(|| {
            if self.0.len() == STREAMS
                && let Some(silent) = (0..STREAMS).min_by_key(|i| self.0[*i].touched)
            {
                self.0.swap_remove(silent);
            }
            self.0.push(Looked {
                name: name.to_owned(),
                created_at: None,
                kept: false,
                described_in: 0,
                shards: Vec::new(),
                touched: now,
            });
            self.0.len() - 1
        });
        let stream = &mut self.0[place];
        stream.touched = now;
        stream
    }

    /// How many shards are remembered in all.
    pub fn shards(&self) -> usize {
        self.0.iter().map(|stream| stream.shards.len()).sum()
    }

    /// Forgets a stream.
    pub fn forget(&mut self, name: &str) {
        self.0.retain(|it| it.name != name);
    }

    /// Whether a look had no room for some shards of what it read.
    pub fn are_behind(&self, round: u64) -> bool {
        self.0.iter().any(|it| it.is_behind(round))
    }
}

impl Looked {
    /// The shard whose turn it is in a look: the one that waited longest.
    pub fn due(&self, round: u64) -> Option<&Shard> {
        let read = |it: &&Shard| it.looked_in == round;
        if self.shards.iter().filter(read).count() >= SHARDS {
            return None;
        }
        let waiting = self.shards.iter().filter(|it| it.is_left(round));
        waiting.min_by_key(|it| it.looked_in)
    }

    fn is_behind(&self, round: u64) -> bool {
        let mut shards = self.shards.iter();
        let read = |it: &Shard| it.looked_in == round;
        self.shards.iter().any(read) && shards.any(|it| it.is_left(round))
    }

    /// What is remembered of a shard, made room for if it is new; `None` beyond the bound.
    pub fn shard(&mut self, id: &ShardId) -> Option<&mut Shard> {
        let known = self.shards.iter().position(|it| it.id == *id);
        let place = match known {
            Some(place) => place,
            None if self.shards.len() == REMEMBERED => return None,
            None => {
                self.shards.push(Shard::new(id));
                self.shards.len() - 1
            }
        };
        self.shards.get_mut(place)
    }
}

impl Shard {
    fn new(id: &ShardId) -> Self {
        Self {
            id: id.clone(),
            numbers: Numbers::default(),
            iterator: None,
            looked_in: 0,
            ended: false,
            no_time: false,
        }
    }

    fn is_left(&self, round: u64) -> bool {
        self.looked_in < round && !self.ended
    }
}
