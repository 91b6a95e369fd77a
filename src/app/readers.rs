//! Readers of other programs: each chain of iterators, as the feed shows it.

use chrono::{DateTime, Utc};

use super::lanes::Stand;
use crate::kinesis::control::FaultKind;
use crate::kinesis::feed::{Call, Detail};
use crate::kinesis::{SequenceNumber, ShardId, StartPosition};

/// How many chains are remembered; the one that was silent longest makes room.
const REMEMBERED: usize = 32;

/// A program's reader of one shard: GetShardIterator began it, each NextShardIterator goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignReader {
    /// The chain's number on the server.
    pub chain: u64,
    /// The program's name, e.g. `py#2`.
    pub program: String,
    /// The shard.
    pub shard: ShardId,
    /// Where it began, as the API says it.
    pub start: &'static str,
    /// Where it stands, by what it was given.
    pub stand: Stand,
    /// How many records it was given.
    pub read: u64,
    /// The last of them.
    pub last: Option<SequenceNumber>,
    /// How far behind the tip it was, in milliseconds.
    pub behind: Option<u64>,
    /// Records ahead of it at its last call.
    pub ahead: u64,
    /// Records that its shard had taken by then, since the lab looks at it.
    pub entered: u64,
    /// When it called last.
    pub last_call: DateTime<Utc>,
    /// Whether an answer told of what lies ahead.
    pub called: bool,
    /// Whether its last page was empty although records lay ahead.
    pub empty: bool,
    /// The fault on request that its last call met.
    pub fault: Option<FaultKind>,
    /// The error of its last call, by name.
    pub error: Option<String>,
    /// Whether its shard is closed and read to its end.
    pub ended: bool,
    /// Whether the program has gone.
    pub stopped: bool,
}

/// The readers of other programs, in the order they came.
#[derive(Debug, Clone, Default)]
pub struct ForeignReaders(Vec<ForeignReader>);

impl ForeignReaders {
    /// All that are remembered.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &ForeignReader> {
        self.0.iter()
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a call of a program over; `newest` is the newest record of its shard at this time, and `entered` how
    /// many it has taken. Whether more changed than the time of its last call.
    pub(super) fn saw(
        &mut self,
        program: &str,
        call: &Call,
        newest: Option<&SequenceNumber>,
        entered: u64,
    ) -> bool {
        let (chain, shard, start) = match &call.detail {
            Detail::Iterator {
                shard,
                start,
                chain: Some(chain),
            } => (*chain, shard, start),
            Detail::Get(get) => (get.chain, &get.shard, &get.start),
            _ => return false,
        };
        let before = self.0.iter().find(|reader| reader.chain == chain).cloned();
        let reader = self.reader(chain, program, shard, start, newest, call.at);
        reader.last_call = call.at;
        reader.stopped = false;
        reader.fault = call.fault;
        reader.error = call.error.as_ref().map(|(code, _)| code.clone());
        if let Detail::Get(get) = &call.detail {
            reader.read += get.returned as u64;
            if call.error.is_none() {
                reader.called = true;
                reader.ahead = get.ahead;
            }
            reader.entered = entered;
            reader.empty = get.returned == 0 && get.ahead > 0 && call.error.is_none();
            reader.behind = get.millis_behind_latest.or(reader.behind);
            if let Some((_, last)) = &get.range {
                reader.last = Some(last.clone());
                reader.stand = Stand::After(last.clone());
            }
            reader.ended = get.ended;
        }
        before.is_none_or(|before| {
            let (last_call, entered) = (reader.last_call, reader.entered);
            *reader
                != ForeignReader {
                    last_call,
                    entered,
                    ..before
                }
        })
    }

    /// A program has gone, and its readers with it.
    pub(super) fn stopped(&mut self, program: &str) {
        for reader in self.0.iter_mut().filter(|r| r.program == program) {
            reader.stopped = true;
        }
    }

    /// The reader of this chain; a new one takes its place in the order of the chains.
    fn reader(
        &mut self,
        chain: u64,
        program: &str,
        shard: &ShardId,
        start: &StartPosition,
        newest: Option<&SequenceNumber>,
        at: DateTime<Utc>,
    ) -> &mut ForeignReader {
        let known = self.0.iter().position(|reader| reader.chain == chain);
        let place = known.unwrap_or_else(|| {
            if self.0.len() == REMEMBERED
                && let Some(silent) = (0..self.0.len()).min_by_key(|i| self.0[*i].last_call)
            {
                self.0.remove(silent);
            }
            let place = self.0.partition_point(|other| other.chain < chain);
            let reader = ForeignReader {
                chain,
                program: program.to_owned(),
                shard: shard.clone(),
                start: start.word(),
                stand: Stand::at(start, newest),
                read: 0,
                last: None,
                behind: None,
                ahead: 0,
                entered: 0,
                called: false,
                empty: false,
                fault: None,
                last_call: at,
                error: None,
                ended: false,
                stopped: false,
            };
            self.0.insert(place, reader);
            place
        });
        &mut self.0[place]
    }
}
