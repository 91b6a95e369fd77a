//! How far readers fell behind the newest record, from answer to answer, and whether they caught up.

use super::{Deed, READINGS, cut};
use crate::kinesis::ShardId;
use crate::kinesis::feed::{Call, Detail};

/// How many times that somebody caught up are remembered; of more, those that were furthest behind.
pub const EPISODES: usize = 8;

/// Readers and how far behind they are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lagging {
    /// A reader a shard; the one that was silent longest makes room.
    pub readers: Vec<Behind>,
    /// Who had fallen behind and caught up.
    pub over: Vec<(Deed, Episode)>,
}

/// A reader of a shard.
#[derive(Debug, Clone, PartialEq)]
pub struct Behind {
    by: String,
    stream: String,
    shard: ShardId,
    /// How far behind it was at its last answer, in milliseconds.
    pub millis: u64,
    /// What is going on since it was at the tip.
    pub episode: Episode,
}

/// A time in which a reader was behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Episode {
    /// The most, in milliseconds.
    pub most: u64,
    /// Answers that were further behind than the one before.
    pub rises: u32,
}

impl Lagging {
    /// Takes over an answer to somebody's reading.
    pub(super) fn saw(&mut self, call: &Call, stream: &str, deed: &Deed) {
        let Detail::Get(get) = &call.detail else {
            return;
        };
        let (Some(millis), None) = (get.millis_behind_latest, &call.error) else {
            return;
        };
        let own = |it: &Behind| it.by == deed.by && it.stream == stream && it.shard == get.shard;
        let known = self.readers.iter().position(own);
        // The one that was heard of last stands last.
        let mut reader = match known {
            Some(place) => self.readers.remove(place),
            None => Behind {
                by: cut(&deed.by),
                stream: cut(stream),
                shard: get.shard.clone(),
                millis,
                episode: Episode::default(),
            },
        };
        if known.is_none() && self.readers.len() == READINGS {
            self.readers.remove(0);
        }
        let episode = &mut reader.episode;
        episode.rises += u32::from(millis > reader.millis);
        episode.most = episode.most.max(millis);
        reader.millis = millis;
        if millis == 0 {
            let over = std::mem::take(episode);
            if over.rises > 0 {
                self.caught_up(deed, over);
            }
        }
        self.readers.push(reader);
    }

    fn caught_up(&mut self, deed: &Deed, episode: Episode) {
        self.over.push((deed.clone(), episode));
        if self.over.len() > EPISODES
            && let Some(least) = (0..self.over.len()).min_by_key(|i| self.over[*i].1.most)
        {
            self.over.remove(least);
        }
    }

    /// Of the readers that fall behind the one that was furthest behind; who only began far behind does not.
    pub fn furthest(&self) -> Option<&Behind> {
        let falling = self.readers.iter().filter(|it| it.episode.rises > 0);
        falling.max_by_key(|reader| reader.episode.most)
    }
}
