//! Readings: what somebody reads of a stream in one go, over all its shards. Each shard is read by a chain of iterators;
//! a reading begins anew where somebody begins at the start again. The panel's lasts until it is stopped: a worker that
//! takes a killed one's shard goes on in it, wherever the checkpoint sends it back to.

use chrono::{DateTime, Utc};

use super::streams::ReadTo;
use super::{Deed, Facts, READINGS, SHARDS, cut};
use crate::kinesis::feed::{Call, Detail, GetDetail};
use crate::kinesis::{SequenceNumber, ShardId, StartPosition};

/// A reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Counts them all.
    pub number: u64,
    /// Whose it is.
    pub by: String,
    /// The stream.
    pub stream: String,
    /// When it began.
    pub began: DateTime<Utc>,
    /// When it was answered last.
    pub last: DateTime<Utc>,
    /// Records that were in the stream when it began.
    pub there: u64,
    /// The shards it asked for.
    pub shards: Vec<ShardReading>,
    /// When it is known to have stopped.
    pub stopped: Option<DateTime<Utc>>,
}

/// A shard in a reading.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardReading {
    /// The shard.
    pub shard: ShardId,
    /// The chain of iterators that goes on.
    pub chain: u64,
    /// Where it began, as the API says it.
    pub start: &'static str,
    /// Records that lay in the shard when its iterator was issued.
    pub older: u64,
    /// Records that lay ahead of it at its first answer, those that it gave included.
    pub there: Option<u64>,
    /// Records it was given, each of them once where a checkpoint sent it back.
    pub read: u64,
    /// Whether a checkpoint has just sent it back.
    went_back: bool,
    /// Records of its last answer.
    pub last_page: u64,
    /// The limit of its last request.
    pub limit: Option<u32>,
    /// Records ahead at its last answer.
    pub ahead: u64,
    /// Whether everything was read that was there at its beginning.
    pub complete: bool,
    /// Whether it ever came back empty.
    pub was_empty: bool,
    /// The last record it was given.
    pub last: Option<SequenceNumber>,
    /// The error of its last call.
    pub error: Option<String>,
    /// When it was answered first, by the count of all answers.
    pub first: Option<u64>,
    /// When it was read to the end of its closed shard, by the same count.
    pub ended: Option<u64>,
}

impl Reading {
    /// Records it was given.
    pub fn read(&self) -> u64 {
        self.shards.iter().map(|shard| shard.read).sum()
    }

    fn takes(&self, by: &str, stream: &str, shard: &ShardId, start: &StartPosition) -> bool {
        if self.by != by || self.stream != stream || self.stopped.is_some() {
            return false;
        }
        let known = self.shards.iter().find(|it| it.shard == *shard);
        match (known, start) {
            (Some(_), _) if by == "you" => true,
            // Who gets a new iterator for each page goes on where the last page ended.
            (Some(known), StartPosition::AfterSequenceNumber(after)) => {
                known.last.as_ref() == Some(after)
            }
            (Some(_), _) => false,
            (None, start) => {
                let same = |it: &ShardReading| it.start == start.word();
                self.shards.len() < SHARDS && self.shards.iter().any(same)
            }
        }
    }
}

impl ShardReading {
    fn begun(chain: u64, shard: &ShardId, start: &StartPosition, older: u64) -> Self {
        Self {
            shard: shard.clone(),
            chain,
            start: start.word(),
            older,
            there: None,
            read: 0,
            went_back: false,
            last_page: 0,
            limit: None,
            ahead: 0,
            complete: false,
            was_empty: false,
            last: None,
            error: None,
            first: None,
            ended: None,
        }
    }

    /// Another chain goes on with it: behind what it was given, or back where a checkpoint says.
    fn goes_on(&mut self, chain: u64, start: &StartPosition) {
        self.chain = chain;
        self.went_back = match start {
            StartPosition::AfterSequenceNumber(after) => self.last.as_ref() != Some(after),
            _ => true,
        };
    }

    /// An answer came. `exact`: the number of records ahead is one, not just whether there are any.
    fn took(&mut self, get: &GetDetail, exact: bool, answer: u64) {
        let returned = get.returned as u64;
        self.error = None;
        self.first.get_or_insert(answer);
        if get.ended {
            self.ended.get_or_insert(answer);
        }
        self.limit = get.limit;
        self.last_page = returned;
        if std::mem::take(&mut self.went_back) {
            // What lies ahead once more is not read any more: it counts when it comes again.
            self.read = (self.read + self.ahead).saturating_sub(returned + get.ahead);
        }
        self.read += returned;
        self.ahead = get.ahead;
        self.was_empty |= returned == 0;
        let there = *self.there.get_or_insert(returned + get.ahead);
        self.complete |= get.ahead == 0 || (exact && self.read >= there);
        if let Some((_, last)) = &get.range {
            self.last = Some(last.clone());
        }
    }
}

impl Facts {
    /// Takes over what a call has to do with reading.
    pub(super) fn read(&mut self, call: &Call, deed: &Deed) {
        let Some(stream) = &call.stream else {
            return;
        };
        match &call.detail {
            Detail::Iterator {
                shard,
                start,
                chain: Some(chain),
            } if call.error.is_none() => {
                self.begun(*chain, stream, shard, start, deed);
            }
            Detail::Get(get) => {
                let (reading, place) = self.begun(get.chain, stream, &get.shard, &get.start, deed);
                let exact = self.place.told;
                self.answers += 1;
                let answer = self.answers;
                let counts = self.counts(stream);
                let reading = &mut self.readings[reading];
                reading.last = deed.at;
                // A program's silence may be taken for its end; the panel's stop is one, whatever is still on its way.
                if deed.by != "you" {
                    reading.stopped = None;
                }
                let number = reading.number;
                let Some(shard) = reading.shards.get_mut(place) else {
                    return;
                };
                if let Some((code, _)) = &call.error {
                    shard.error = Some(cut(code));
                    return;
                }
                if counts && shard.start == "LATEST" && get.returned > 0 && shard.was_empty {
                    self.latest = Some(deed.clone());
                }
                shard.took(get, exact, answer);
                self.gave(stream, get, number, deed);
            }
            _ => {}
        }
    }

    /// The reading and the place in it of a chain; it begins if it is not known.
    fn begun(
        &mut self,
        chain: u64,
        stream: &str,
        shard: &ShardId,
        start: &StartPosition,
        deed: &Deed,
    ) -> (usize, usize) {
        for (index, reading) in self.readings.iter().enumerate().rev() {
            // An answered chain is known by its number alone; only the panel's numbers may be another's on other endpoints.
            let same = |it: &ShardReading| it.chain == chain && it.shard == *shard;
            if reading.by == deed.by
                && let Some(place) = reading.shards.iter().position(same)
            {
                return (index, place);
            }
        }
        let facts = self.stream(stream, deed.at);
        let there = facts.held;
        let older = match facts.placed {
            true => facts.shard(shard).map_or(0, |shard| shard.records),
            false => facts.held,
        };
        let takes = |it: &Reading| it.takes(&deed.by, stream, shard, start);
        if let Some(index) = self.readings.iter().rposition(takes) {
            let reading = &mut self.readings[index];
            let known = reading.shards.iter().position(|it| it.shard == *shard);
            let place = known.unwrap_or(reading.shards.len());
            match reading.shards.get_mut(place) {
                Some(known) => known.goes_on(chain, start),
                None => reading
                    .shards
                    .push(ShardReading::begun(chain, shard, start, older)),
            }
            return (index, place);
        }
        if self.readings.len() == READINGS {
            self.readings.remove(0);
        }
        self.readings_begun += 1;
        self.readings.push(Reading {
            number: self.readings_begun,
            by: deed.by.clone(),
            stream: cut(stream),
            began: deed.at,
            last: deed.at,
            there,
            shards: vec![ShardReading::begun(chain, shard, start, older)],
            stopped: None,
        });
        (self.readings.len() - 1, 0)
    }

    /// Records were given out: whether they were read before, or are newer than all that was.
    fn gave(&mut self, stream: &str, get: &GetDetail, number: u64, deed: &Deed) {
        let (mut again, mut newer) = (false, false);
        let facts = self.stream(stream, deed.at);
        let read_before = facts
            .shards
            .iter()
            .any(|shard| shard.read.as_ref().is_some_and(|read| read.last.is_some()));
        if let Some(shard) = facts.shard_mut(&get.shard) {
            let range = get.range.as_ref().filter(|_| get.returned > 0);
            if let (Some((first, last)), Some(before)) = (range, &shard.read) {
                again = before.reading != number
                    && before.last.as_ref().is_some_and(|before| first <= before);
                let beyond = before.last.as_ref().is_none_or(|before| last > before);
                newer = read_before && beyond && (before.reading != number || before.caught_up);
            }
            let last = match (range, shard.read.take().and_then(|before| before.last)) {
                (Some((_, last)), Some(before)) => Some(before.max(last.clone())),
                (Some((_, last)), None) => Some(last.clone()),
                (None, before) => before,
            };
            shard.read = Some(ReadTo {
                last,
                reading: number,
                caught_up: get.ahead == 0,
            });
        }
        let counts = self.counts(stream);
        if again && counts {
            self.reread = Some(deed.clone());
            self.pressure.given_again(&get.start, deed);
        }
        if newer && counts {
            self.read_new = Some(deed.clone());
        }
    }
}
