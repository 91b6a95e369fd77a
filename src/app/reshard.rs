//! Resharding: the dialog that splits, merges and scales a stream and sets its retention, and what is told of the change.
//!
//! ```text
//!   R     the dialog looks at the stream's open shards      Enter    guard: on AWS it is asked first
//!         and says what a call would do                              one call, one answer
//!                                                                    the stream is looked at until it is ACTIVE again
//! ```
//!
//! The shards in it are those that the endpoint listed last; nothing of a change is taken for done before the endpoint
//! shows it.

mod change;
mod follow;
mod keys;
mod known;
mod plan;
mod point;

use chrono::{DateTime, Utc};

use super::guard;
use super::message::{Description, ShardDescription};
use super::model::{Model, Outcome, Tone};
use super::overlay::Overlay;
use crate::kinesis::ShardId;
use crate::kinesis::hash_ranges::{HashKey, HashRange};

pub use change::StreamChange;
pub use follow::{Reshard, Told};
pub(super) use follow::{answered, called, described};
pub use keys::{Side, Typing};
pub(super) use keys::{pasted, pressed};
pub use known::{Counted, Known, KnownKey, percents};
pub use plan::{Part, Plan};
pub(super) use point::middle;
pub use point::possible;

/// The shortest and the longest retention, in hours: a day and a year.
pub const SHORTEST_HOURS: u32 = 24;
/// See [`SHORTEST_HOURS`].
pub const LONGEST_HOURS: u32 = 8_760;

/// What the dialog can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Split a shard at a point.
    Split,
    /// Merge a shard with the neighbour above it.
    Merge,
    /// Change the number of shards.
    Scale,
    /// Keep records for longer, or less long.
    Retain,
}

impl Act {
    /// All of them, in the order of the dialog.
    pub const ALL: [Self; 4] = [Self::Split, Self::Merge, Self::Scale, Self::Retain];

    /// Its word, and the key that chooses it: the word's first letter.
    pub fn word(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Merge => "merge",
            Self::Scale => "number of shards",
            Self::Retain => "hours kept",
        }
    }

    fn of_key(key: char) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|act| act.word().starts_with(key))
    }

    /// Whether it is done to the shard under the cursor.
    pub fn is_for_a_shard(self) -> bool {
        matches!(self, Self::Split | Self::Merge)
    }
}

/// An open shard in the dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenShard {
    /// Its id.
    pub id: ShardId,
    /// The hash keys that it owns.
    pub range: HashRange,
    /// How many of the records that are known of are in it.
    pub records: u64,
}

/// The dialog that `R` opens.
#[derive(Debug, Clone)]
pub struct ReshardDialog {
    /// The stream.
    pub stream: String,
    /// When it was created, if that is known: tells it from another of the same name.
    created_at: Option<DateTime<Utc>>,
    /// What is to be done.
    pub act: Act,
    /// Its open shards in the order of their ranges.
    pub open: Vec<OpenShard>,
    /// The chosen one's place in them.
    pub cursor: usize,
    /// Where it is to be split.
    pub at: HashKey,
    /// How many shards there are to be.
    pub count: u32,
    /// For how many hours records are to be kept, and are kept now.
    pub hours: u32,
    /// See [`Self::hours`].
    pub hours_now: u32,
    /// What is being typed, if something is.
    pub typing: Option<Typing>,
    /// What is known of the records.
    pub known: Known,
    /// What is wrong, and what to do.
    pub problem: Option<String>,
}

impl ReshardDialog {
    /// The chosen shard.
    pub fn shard(&self) -> Option<&OpenShard> {
        self.open.get(self.cursor)
    }

    /// The neighbour right above it, if it has one.
    pub fn neighbour(&self) -> Option<&OpenShard> {
        let next = self.open.get(self.cursor + 1)?;
        self.shard()?.range.merged_with(next.range).map(|_| next)
    }

    /// How many shards UpdateShardCount takes at least and at most: half as many as are open, and twice as many.
    pub fn counts(&self) -> (u32, u32) {
        let open = u32::try_from(self.open.len()).unwrap_or(u32::MAX).max(1);
        (open.div_ceil(2), open.saturating_mul(2))
    }

    /// The change that Enter makes, or why there is none, with what to do.
    pub fn change(&self) -> Result<StreamChange, String> {
        let shard = || {
            self.shard()
                .ok_or_else(|| "no open shard is known yet: it is asked for by itself".to_owned())
        };
        Ok(match self.act {
            Act::Split => {
                let shard = shard()?;
                if let Some(why) = point::problem(shard.range, self.at) {
                    return Err(why);
                }
                StreamChange::Split {
                    shard: shard.id.clone(),
                    at: self.at,
                }
            }
            Act::Merge => {
                let shard = shard()?;
                let Some(next) = self.neighbour() else {
                    return Err(match self.open.len() {
                        1 => "there is one open shard only: nothing to merge it with".into(),
                        _ => format!(
                            "no open shard lies above shard {}: choose the lower one of two neighbours",
                            shard.id.short()
                        ),
                    });
                };
                StreamChange::Merge {
                    shard: shard.id.clone(),
                    next: next.id.clone(),
                }
            }
            Act::Scale => {
                shard()?;
                let from = self.open.len() as u32;
                if self.count == from {
                    return Err(format!(
                        "{from} shards are open already: choose another number"
                    ));
                }
                StreamChange::Scale {
                    from,
                    to: self.count,
                }
            }
            Act::Retain => {
                if self.hours == self.hours_now {
                    let now = self.hours_now;
                    return Err(format!(
                        "records are kept {now} h already: choose more or less"
                    ));
                }
                StreamChange::Retain {
                    from: self.hours_now,
                    to: self.hours,
                }
            }
        })
    }

    /// Takes over what is known of the stream now. The cursor stays on its shard; where that has closed, it goes to the
    /// one that owns its first hash key.
    fn refresh(&mut self, description: Option<&Description>, known: Known) {
        let before = self.shard().cloned();
        self.known = known;
        self.open = description.map_or(Vec::new(), open_shards);
        for shard in &mut self.open {
            shard.records = self.known.records_in(&shard.id);
        }
        if let Some(description) = description {
            if self.hours == self.hours_now {
                self.hours = description.retention_hours;
            }
            self.hours_now = description.retention_hours;
        }
        let (least, most) = self.counts();
        self.count = self.count.clamp(least, most);
        let Some(before) = before else {
            self.choose(self.cursor);
            return;
        };
        match self.open.iter().position(|shard| shard.id == before.id) {
            Some(place) => {
                self.cursor = place;
                // A shard's range never changes, so far as its stream is the same.
                if !self.open[place].range.contains(self.at) {
                    self.take_the_middle();
                }
            }
            None => {
                let owner = |shard: &OpenShard| shard.range.contains(before.range.start);
                self.choose(self.open.iter().position(owner).unwrap_or(0));
            }
        }
    }

    /// Chooses the shard at this place, and the middle of it for a split.
    fn choose(&mut self, place: usize) {
        self.cursor = place.min(self.open.len().saturating_sub(1));
        self.take_the_middle();
    }

    fn take_the_middle(&mut self) {
        if let Some(shard) = self.open.get(self.cursor) {
            self.at = point::middle(shard.range);
        }
    }
}

/// The open shards whose ranges the endpoint gave as numbers, in the order of their ranges.
fn open_shards(description: &Description) -> Vec<OpenShard> {
    let open = description.shards.iter().filter(|shard| shard.open);
    let mut open: Vec<OpenShard> = open
        .filter_map(|shard| {
            Some(OpenShard {
                id: shard.id.clone(),
                range: range_of(shard)?,
                records: 0,
            })
        })
        .collect();
    open.sort_by_key(|shard| shard.range.start);
    open
}

/// The middle of a shard's range, where it can be split.
pub(super) fn middle_of(shard: &ShardDescription) -> Option<HashKey> {
    let range = range_of(shard)?;
    possible(range).map(|_| point::middle(range))
}

/// A shard's range, where the endpoint gave it as numbers.
fn range_of(shard: &ShardDescription) -> Option<HashRange> {
    let point = |digits: &str| HashKey::parse_explicit(digits).ok();
    let (start, end) = (point(&shard.hash_range.0)?, point(&shard.hash_range.1)?);
    (start <= end).then_some(HashRange { start, end })
}

/// Opens the dialog.
pub(super) fn open(model: &mut Model, out: &mut Outcome) {
    let Some(stream) = model.streams.name().map(str::to_owned) else {
        return model.lack_a_stream(out);
    };
    let selected = model.streams.selected.as_ref();
    let mut dialog = ReshardDialog {
        stream: stream.clone(),
        created_at: selected.and_then(|selected| selected.created_at),
        act: Act::Split,
        open: Vec::new(),
        cursor: 0,
        at: HashKey::MIN,
        count: 0,
        hours: 0,
        hours_now: 0,
        typing: None,
        known: Known::default(),
        problem: None,
    };
    dialog.refresh(model.streams.description(), Known::of(model));
    // Twice as many is what a stream that has grown too small needs.
    dialog.count = dialog.counts().1;
    // The shard with most of the records is the one that a split helps.
    let busiest = dialog.open.iter().enumerate();
    let busiest = busiest.max_by_key(|(place, shard)| (shard.records, usize::MAX - place));
    dialog.choose(busiest.map_or(0, |(place, _)| place));
    model.overlay = Some(Overlay::Reshard(Box::new(dialog)));
    // Somebody else may have changed it since it was looked at.
    out.call(super::Request::DescribeStream(stream));
}

/// What is known of the stream may be different now, whether by the change under way or not: the dialog takes it over, or
/// goes with its stream.
fn look_again(model: &mut Model, by_own_change: bool) {
    let Some(Overlay::Reshard(dialog)) = &model.overlay else {
        return;
    };
    let selected = model.streams.selected.as_ref();
    let created_at = selected.and_then(|selected| selected.created_at);
    let another = dialog.created_at.is_some() && created_at != dialog.created_at;
    if model.streams.name() != Some(dialog.stream.as_str()) || another {
        model.overlay = None;
        let words = "What it was about is gone, so the reshard dialog is closed.";
        return model.say_also(Tone::Nearly, words);
    }
    let known = Known::of(model);
    let Some(Overlay::Reshard(dialog)) = &mut model.overlay else {
        return;
    };
    let was = dialog.shard().map(|shard| shard.id.clone());
    dialog.created_at = created_at;
    dialog.refresh(model.streams.description(), known);
    let is = dialog.shard().map(|shard| shard.id.clone());
    // Whoever closed the shard: what was chosen for it is not for the next one.
    if let Some(was) = was.filter(|was| is.as_ref() != Some(was)) {
        dialog.typing = None;
        let now = is.as_ref().map_or(String::new(), |is| {
            format!("; now shard {} is chosen", is.short())
        });
        dialog.problem = (!by_own_change).then(|| {
            let was = was.short();
            format!("shard {was} is not open any more: it was split or merged{now}")
        });
    }
}

/// Enter in the dialog: makes the call, or says why not.
fn apply(model: &mut Model, out: &mut Outcome) {
    let Some(Overlay::Reshard(dialog)) = &model.overlay else {
        return;
    };
    let stream = dialog.stream.clone();
    let status = model
        .streams
        .description()
        .map(|described| described.status.clone());
    let change = match status.as_deref() {
        None => {
            Err("the endpoint has not told of the stream yet: it is asked by itself".to_owned())
        }
        _ if model.reshard.under_way().is_some() => {
            Err("the last change is not over: a stream takes one at a time".to_owned())
        }
        Some("ACTIVE") => dialog.change(),
        Some(status) => Err(format!(
            "{stream} is {status}: it takes one change at a time, once it is ACTIVE"
        )),
    };
    match change {
        Ok(change) => guard::change(model, stream, change, out),
        Err(why) => {
            if let Some(Overlay::Reshard(dialog)) = &mut model.overlay {
                dialog.problem = Some(why);
            }
        }
    }
}
