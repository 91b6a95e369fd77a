//! Looks: where nobody tells of calls, or some were missed, what lies in the shards shows what was put.
//!
//! It remembers what was told, so that each record counts once: of each shard the numbers that were told of, and up to
//! which number nothing is left to be found. What to do next is a plain function of that and of the time. A look goes
//! through its streams one request after the other and reads one page of a shard at most; records are compared with what
//! was told only when whoever put them has had the time to tell.
//!
//! Bounds: [`STREAMS`] streams are remembered (the one that was silent longest makes room), [`REMEMBERED`] shards of each;
//! [`SHARDS`] of a stream are read in a look, those first that waited longest; [`TOLD`] numbers of a shard, fewer where there
//! are many (the oldest makes room, and what lies before it is not looked for any more).

mod numbers;
mod streams;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};

use self::streams::{Chain, Looked, Shard, Streams};
use crate::kinesis::feed::PutEntry;
use crate::kinesis::{SequenceNumber, ShardId, StartPosition};
use crate::lesson::step_settings::Act;

/// How many streams are remembered.
pub const STREAMS: usize = 16;
/// How many shards of a stream are remembered.
pub const REMEMBERED: usize = 64;
/// How many shards of a stream are read in one look.
pub const SHARDS: usize = 16;
/// How many records are asked for at once.
pub const LIMIT: u32 = 1_000;
/// How many numbers of a shard are remembered while a look is to come.
pub const TOLD: usize = 4_096;
/// The same of all shards together, about; each has its share.
const ALL_TOLD: usize = 65_536;
/// How many are remembered of a shard at least: calls are told in nearly the order of their numbers.
const RECENT: usize = 32;

/// From what may have changed something to the look at it.
pub const SOON: TimeDelta = TimeDelta::seconds(1);
/// Between two looks where the first left something unread. A shard gives five pages a second to all its readers.
pub const BEHIND: TimeDelta = TimeDelta::seconds(2);
/// Between two looks after something was found; it doubles while nothing is.
pub const SHORTEST: TimeDelta = TimeDelta::seconds(5);
/// Between two looks at most.
pub const LONGEST: TimeDelta = TimeDelta::seconds(30);
/// How long whoever put a record has to tell of it.
pub const GRACE: TimeDelta = TimeDelta::seconds(1);
/// How long the feed may be behind a look before it is not waited for any more.
const PATIENCE: TimeDelta = TimeDelta::seconds(5);
/// How long an iterator is used; on the service it lives for five minutes.
const ITERATOR: TimeDelta = TimeDelta::minutes(4);

/// Whether a look can show that this was done.
pub fn can_show(act: &Act) -> bool {
    match act {
        Act::Create(_)
        | Act::Put(_)
        | Act::Split(_)
        | Act::Merge(_)
        | Act::Delete(_)
        | Act::Shards(_) => true,
        Act::Any(acts) => acts.iter().any(can_show),
        Act::Read(_)
        | Act::Reread(_)
        | Act::ReadNew(_)
        | Act::Latest(_)
        | Act::Call(_)
        | Act::File(_)
        | Act::Open(_)
        | Act::Workers(_)
        | Act::Throttle(_)
        | Act::Retry(_)
        | Act::Lag(_)
        | Act::Retention(_)
        | Act::Refused(_)
        | Act::Trimmed(_)
        | Act::Repeats(_)
        | Act::Batch(_)
        | Act::Readers(_)
        | Act::Takeover(_)
        | Act::Drained(_) => false,
    }
}

/// A stream that is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub stream: String,
    /// Whether it is to be described too; else somebody else does that.
    pub describe: bool,
    /// Whether its shards may be read.
    pub read: bool,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Nothing, until something happens.
    Rest,
    /// Nothing before this moment.
    At(DateTime<Utc>),
    /// A look begins.
    Begin,
    /// The stream is to be described.
    Describe(String),
    /// An iterator of a shard is wanted.
    Open(String, ShardId, StartPosition),
    /// The next page of a shard is wanted: its iterator, and where that one's chain began.
    Read(String, ShardId, String, StartPosition),
    /// What was read is to be compared with what was told.
    Settle,
}

/// A record that a look has read.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its number.
    pub number: SequenceNumber,
    /// Its partition key.
    pub key: String,
    /// When it arrived, if the endpoint says.
    pub arrived: Option<DateTime<Utc>>,
    /// How its data begins.
    pub head: Vec<u8>,
}

/// What a look found in a shard that nobody had told of.
#[derive(Debug, Clone, PartialEq)]
pub struct Untold {
    /// The stream.
    pub stream: String,
    /// The shard.
    pub shard: ShardId,
    /// The records.
    pub records: Vec<Found>,
}

/// A page of a shard.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its records.
    pub records: Vec<Found>,
    /// Where to go on; none at the end of a closed shard.
    pub next: Option<String>,
    /// Whether nothing lies behind it.
    pub at_tip: bool,
}

/// Why a request of a look brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Too many calls: the same can be asked later.
    Throttled,
    /// What was asked for is not valid.
    Invalid,
    /// All else.
    Other,
}

/// What is remembered of streams for looks, and the look that is under way.
#[derive(Debug, Clone, Default)]
pub struct Looks {
    /// Whether every call is told.
    told: bool,
    /// Whether calls were missed that no look has made up for.
    hole: bool,
    streams: Streams,
    /// Counts the looks.
    round: u64,
    under_way: Option<Round>,
    /// When the next one begins.
    due: DateTime<Utc>,
    /// When the last one was over.
    over: DateTime<Utc>,
    pause: TimeDelta,
}

/// A look.
#[derive(Debug, Clone, Default)]
struct Round {
    asked: Option<Asked>,
    pages: Vec<(String, ShardId, Page)>,
    last_page: DateTime<Utc>,
    /// Pages that were asked for, and those of them that the feed has told of.
    reads: u32,
    reads_told: u32,
    behind: bool,
    failed: bool,
    /// Whether something happened meanwhile that the next look may show.
    stirred: bool,
}

/// What was asked for and is not answered.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    Described(String),
    Iterator(String, ShardId, StartPosition),
    Page(String, ShardId, StartPosition),
}

impl Looks {
    /// Nothing was seen yet; whether every call is told.
    pub fn new(told: bool) -> Self {
        Self {
            told,
            pause: SHORTEST / 2,
            ..Self::default()
        }
    }

    /// Whether looks are wanted at all: nobody tells of calls, or some were missed.
    pub fn are_wanted(&self) -> bool {
        !self.told || self.hole || self.under_way.is_some()
    }

    /// What to do next. `began`: records from then on count, in the endpoint's time. `pending`: a put of the lab that was
    /// asked for before this moment is not answered.
    pub fn next(
        &self,
        targets: &[Target],
        began: DateTime<Utc>,
        pending: &dyn Fn(DateTime<Utc>) -> bool,
        now: DateTime<Utc>,
    ) -> Next {
        let Some(round) = &self.under_way else {
            let wanted = self.are_wanted() && !targets.is_empty();
            return match wanted {
                false => Next::Rest,
                true if now < self.due => Next::At(self.due),
                true => Next::Begin,
            };
        };
        if round.asked.is_some() {
            return Next::Rest;
        }
        for target in targets {
            let known = self.streams.known(&target.stream);
            if target.describe && known.is_none_or(|it| it.described_in < self.round) {
                return Next::Describe(target.stream.clone());
            }
            let shard = known.filter(|_| target.read).and_then(|stream| {
                let shard = stream.due(self.round)?;
                Some(self.ask(stream, shard, began, now))
            });
            if let Some(next) = shard {
                return next;
            }
        }
        let graced = round.last_page + GRACE;
        let told = round.last_page + PATIENCE;
        match () {
            () if round.pages.is_empty() => Next::Settle,
            () if now < graced => Next::At(graced),
            () if self.told && round.reads_told < round.reads && now < told => Next::At(told),
            () if !self.told && pending(round.last_page) => Next::Rest,
            () => Next::Settle,
        }
    }

    fn ask(&self, of: &Looked, shard: &Shard, began: DateTime<Utc>, now: DateTime<Utc>) -> Next {
        if let Some(iterator) = &shard.iterator
            && now - iterator.since < ITERATOR
        {
            let (token, start) = (iterator.token.clone(), iterator.start.clone());
            return Next::Read(of.name.clone(), shard.id.clone(), token, start);
        }
        let younger = of.created_at.is_some_and(|at| at >= began);
        let start = match shard.numbers.settled() {
            Some(number) => StartPosition::AfterSequenceNumber(number.clone()),
            None if younger || shard.no_time || (self.told && !of.kept) => {
                StartPosition::TrimHorizon
            }
            None => StartPosition::AtTimestamp(began),
        };
        Next::Open(of.name.clone(), shard.id.clone(), start)
    }

    /// A look begins.
    pub fn begin(&mut self) {
        self.round += 1;
        self.under_way = Some(Round::default());
    }

    /// Nobody wants to know any more: the look under way ends with what it has, if there is one.
    pub fn give_up(&mut self) {
        self.failed();
    }

    /// What was next is asked for.
    pub fn asked(&mut self, next: &Next) {
        let asked = match next.clone() {
            Next::Describe(stream) => Asked::Described(stream),
            Next::Open(stream, shard, start) => Asked::Iterator(stream, shard, start),
            Next::Read(stream, shard, _, start) => Asked::Page(stream, shard, start),
            Next::Rest | Next::At(_) | Next::Begin | Next::Settle => return,
        };
        if let Some(round) = &mut self.under_way {
            round.reads += u32::from(matches!(asked, Asked::Page(..)));
            round.asked = Some(asked);
        }
    }

    /// The feed has told of a look's own read: it has told of all that was put before.
    pub fn read_told(&mut self) {
        if let Some(round) = &mut self.under_way {
            round.reads_told += 1;
        }
    }

    /// A stream was described. Whether it is another one than before, of the same name.
    pub fn described(
        &mut self,
        name: &str,
        created_at: Option<DateTime<Utc>>,
        shards: &[(ShardId, bool)],
        now: DateTime<Utc>,
    ) -> bool {
        self.is_described(name);
        let round = self.round;
        let stream = self.streams.entry(name, now);
        let times = stream.created_at.zip(created_at);
        let anew = times.is_some_and(|(before, after)| before != after);
        if anew {
            stream.shards.clear();
            stream.kept = false;
        }
        stream.created_at = created_at.or(stream.created_at);
        stream.described_in = round;
        for (id, _) in shards {
            stream.shard(id);
        }
        anew
    }

    /// A stream is not there.
    pub fn gone(&mut self, name: &str) {
        self.is_described(name);
        self.streams.forget(name);
        if let Some(round) = &mut self.under_way {
            round.pages.retain(|(stream, _, _)| stream != name);
        }
    }

    /// A stream could not be described.
    pub fn undescribed(&mut self, name: &str, now: DateTime<Utc>) {
        if self.is_described(name) {
            let round = self.round;
            self.streams.entry(name, now).described_in = round;
            self.failed();
        }
    }

    /// An iterator came.
    pub fn opened(
        &mut self,
        stream: &str,
        shard: &ShardId,
        result: Result<String, Failure>,
        now: DateTime<Utc>,
    ) {
        let Some(start) = self.start_of(stream, shard) else {
            return;
        };
        let round = self.round;
        let shard = self.streams.entry(stream, now).shard(shard);
        match (result, shard) {
            (Ok(token), Some(shard)) => {
                shard.iterator = Some(Chain {
                    token,
                    since: now,
                    start,
                });
            }
            (Err(Failure::Invalid), Some(shard))
                if matches!(start, StartPosition::AtTimestamp(_)) =>
            {
                shard.no_time = true;
            }
            (_, shard) => {
                if let Some(shard) = shard {
                    shard.looked_in = round;
                }
                self.failed();
            }
        }
    }

    /// A page came.
    pub fn page(
        &mut self,
        stream: &str,
        id: &ShardId,
        result: Result<Page, Failure>,
        now: DateTime<Utc>,
    ) {
        let Some(start) = self.start_of(stream, id) else {
            return;
        };
        let number = self.round;
        let Some(shard) = self.streams.shard(stream, id) else {
            return;
        };
        shard.looked_in = number;
        let Some(round) = &mut self.under_way else {
            return;
        };
        match result {
            Ok(page) => {
                shard.ended = page.next.is_none();
                shard.iterator = page.next.clone().map(|token| Chain {
                    token,
                    since: now,
                    start,
                });
                round.behind |= !page.at_tip && !shard.ended;
                round.last_page = now;
                round.pages.push((stream.to_owned(), id.clone(), page));
            }
            Err(failure) => {
                shard.iterator.take_if(|_| failure != Failure::Throttled);
                round.failed = true;
            }
        }
    }

    /// The look is over: what it has read that nobody had told of, and whether it has made up for what was missed.
    pub fn settle(&mut self, now: DateTime<Utc>) -> (Vec<Untold>, bool) {
        let Some(round) = self.under_way.take() else {
            return (Vec::new(), false);
        };
        let mut all = Vec::new();
        for (stream, id, page) in round.pages {
            let Some(shard) = self.streams.shard(&stream, &id) else {
                continue;
            };
            let last = page.records.last().map(|record| record.number.clone());
            let mut records = page.records;
            records.retain(|record| shard.numbers.is_news(&record.number));
            if let Some(last) = last {
                shard.numbers.settle(last);
            }
            if !records.is_empty() {
                all.push(Untold {
                    stream,
                    shard: id,
                    records,
                });
            }
        }
        let behind = round.behind || self.streams.are_behind(self.round);
        self.pause = pause_after(self.pause, !all.is_empty(), behind, round.failed);
        self.over = now;
        self.due = now + self.pause;
        let whole = self.hole && !behind && !round.failed;
        self.hole &= !whole;
        if round.stirred {
            self.stir(now);
        }
        (all, whole)
    }

    /// Something happened that a look may show the end of.
    pub fn stir(&mut self, now: DateTime<Utc>) {
        if let Some(round) = &mut self.under_way {
            round.stirred = true;
        }
        self.pause = SHORTEST / 2;
        self.due = self.due.min(now + SOON).max(self.over + BEHIND);
    }

    /// The learner is there: what was done in another window is looked for sooner, but not with every key.
    pub fn attend(&mut self, now: DateTime<Utc>) {
        self.pause = self.pause.min(SHORTEST);
        self.due = self.due.min(now.max(self.over + SHORTEST));
    }

    /// Calls were missed.
    pub fn lost(&mut self, now: DateTime<Utc>) {
        self.hole = true;
        self.stir(now);
        self.due = self.due.max(now + SOON);
    }

    /// A stream holds records of an earlier run.
    pub fn kept(&mut self, stream: &str, now: DateTime<Utc>) {
        self.streams.entry(stream, now).kept = true;
    }

    /// A stream begins.
    pub fn created(&mut self, stream: &str, now: DateTime<Utc>) {
        self.streams.forget(stream);
        self.streams.entry(stream, now);
    }

    /// Somebody told of records that were put.
    pub fn put(&mut self, stream: &str, entries: &[PutEntry], now: DateTime<Utc>) {
        let most = match self.are_wanted() {
            true => (ALL_TOLD / self.streams.shards().max(1)).clamp(RECENT, TOLD),
            false => RECENT,
        };
        let stream = self.streams.entry(stream, now);
        for entry in entries {
            let Ok((id, number)) = &entry.result else {
                continue;
            };
            if let Some(shard) = stream.shard(id)
                && shard.numbers.told(number, most)
            {
                // Behind the iterator lies what is not looked for any more.
                shard.iterator = None;
            }
        }
    }

    fn failed(&mut self) {
        if let Some(round) = &mut self.under_way {
            round.failed = true;
        }
    }

    /// Whether this stream's description was asked for; now it is answered.
    fn is_described(&mut self, name: &str) -> bool {
        let round = self.under_way.as_mut();
        round.is_some_and(|round| {
            let this = |asked: &mut Asked| matches!(asked, Asked::Described(it) if it == name);
            round.asked.take_if(this).is_some()
        })
    }

    /// Where a shard that was asked for is read from; now it is answered.
    fn start_of(&mut self, name: &str, id: &ShardId) -> Option<StartPosition> {
        let round = self.under_way.as_mut()?;
        let this = |asked: &mut Asked| match asked {
            Asked::Described(_) => false,
            Asked::Iterator(stream, shard, _) | Asked::Page(stream, shard, _) => {
                stream == name && shard == id
            }
        };
        match round.asked.take_if(this)? {
            Asked::Described(_) => None,
            Asked::Iterator(_, _, start) | Asked::Page(_, _, start) => Some(start),
        }
    }
}

/// How long to wait for the next look after one that followed such a wait.
fn pause_after(pause: TimeDelta, found: bool, behind: bool, failed: bool) -> TimeDelta {
    match (failed, behind, found) {
        (false, true, _) => BEHIND,
        (false, false, true) => SHORTEST,
        _ => (pause * 2).clamp(SHORTEST, LONGEST),
    }
}
