//! Lets go of records: of what nobody can read any more in slices, and at the limit of what is oldest, if that is wanted.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::tidy::Slice;
use super::{Changes, Expired, Failure, Store, Stream, TrimmedEarly};
use crate::kinesis::ShardId;

/// How much of the limit is freed at once, as a fraction of it, so that the fullest shard is sought seldom.
const TRIM_FRACTION: usize = 128;

/// The most that is freed at once: a put waits for it, and on disk each record is erased by itself.
const TRIM_BYTES: usize = 1024 * 1024;

impl Store {
    /// Lets go of a slice of what nobody can read any more: deleted streams, and records past their retention.
    /// Says whether there may be more; if not, all has been looked through once.
    pub fn tidy(&mut self, now: DateTime<Utc>) -> Result<bool, Failure> {
        let mut slice = Slice::new();
        let more = match self.leaving.last_key_value() {
            Some((_, stream)) => {
                slice.take_deleted(stream)?;
                true
            }
            None => {
                let next = slice.take_past(&self.streams, self.tidied, now)?;
                self.tidied = next.unwrap_or_default();
                next.is_some()
            }
        };
        self.commit(slice.changes)?;
        for (incarnation, shard, records) in slice.expired {
            let Some(head) = self.streams.get(&incarnation).map(Stream::head) else {
                continue;
            };
            let expired = self.expired.entry(incarnation).or_insert_with(|| Expired {
                region: head.region.clone(),
                stream: head.name.clone(),
                records: BTreeMap::new(),
            });
            *expired.records.entry(shard).or_default() += records;
        }
        Ok(more)
    }

    /// Which records went since this was last asked, as their retention had ended.
    pub fn take_expired(&mut self) -> impl Iterator<Item = Expired> + use<> {
        std::mem::take(&mut self.expired).into_values()
    }

    /// Frees memory until there is room for so much more: what nobody can read any more, and then, if that is wanted,
    /// what is oldest.
    pub(super) fn make_room(
        &mut self,
        size: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<TrimmedEarly>, Failure> {
        let mut trimmed = Vec::new();
        let fits = |store: &Self| store.memory + size <= store.limit;
        if fits(self) {
            return Ok(trimmed);
        }
        // A whole round says that there is nothing left to let go.
        self.tidied = (0, 0);
        while self.tidy(now)? && !fits(self) {}
        // Nothing goes for what would not fit even then.
        let may_trim = self.trim_early && size <= self.limit;
        while !fits(self) {
            match may_trim.then(|| self.trim_fullest()).transpose()?.flatten() {
                Some(early) => trimmed.push(early),
                None => return Err(self.no_room()),
            }
        }
        Ok(trimmed)
    }

    fn no_room(&self) -> Failure {
        let most = match self.limit {
            bytes if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
            bytes => format!("{bytes} bytes"),
        };
        let (place, option) = match self.keep {
            None => ("of memory", "--memory-limit"),
            Some(_) => ("on disk", "--disk-limit"),
        };
        Failure(format!(
            "There is no room for more records: together they may take {most} {place}. Delete or empty a stream, or \
             start with a larger {option}, or with --trim-early, which lets the oldest records go."
        ))
    }

    fn trim_fullest(&mut self) -> Result<Option<TrimmedEarly>, Failure> {
        let amount = (self.limit / TRIM_FRACTION).clamp(1, TRIM_BYTES);
        let shards = self.streams.values().flat_map(|stream| {
            let shards = stream.shards_from(0);
            shards.map(move |shard| (stream.head(), shard))
        });
        let Some((head, shard)) = shards.max_by_key(|(_, shard)| shard.memory()) else {
            return Ok(None);
        };
        let Some(front) = shard.oldest(amount)? else {
            return Ok(None);
        };
        let event = TrimmedEarly {
            region: head.region.clone(),
            stream: head.name.clone(),
            shard: ShardId::from_index(shard.about().index),
            records: front.records,
        };
        let mut changes = Changes::default();
        changes.free(head.incarnation, shard.about(), front.below);
        self.commit(changes)?;
        Ok(Some(event))
    }
}
