//! Looking at the lanes: which record is pointed at, the axis they have in common, and the view that stands still.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Lanes;
use super::carets::{Caret, carets};
use super::lane::{Lane, Token};
use crate::app::model::{Model, Tone};
use crate::app::overlay::{Detail, Overlay};
use crate::app::screen::Pane;
use crate::app::start::WORDS;
use crate::kinesis::{SequenceNumber, ShardId};

/// What the lanes have in common from left to right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Axis {
    /// Each record is a place: order holds within a lane, not between lanes.
    #[default]
    Sequence,
    /// When the records arrived: lanes can be compared.
    Time,
}

/// What the view shows while it stands still.
#[derive(Debug, Clone)]
pub struct Frozen {
    /// The lanes.
    pub lanes: Vec<Lane>,
    /// The readers.
    pub carets: Vec<Caret>,
    /// When it was frozen.
    pub at: DateTime<Utc>,
    /// Where the consumer's log ended then.
    pub read_to: u64,
}

impl Lanes {
    /// The lanes that are shown.
    pub fn shown(&self) -> &[Lane] {
        match &self.frozen {
            Some(frozen) => &frozen.lanes,
            None => &self.lanes,
        }
    }

    /// The place of the lane that is pointed at among those shown.
    pub fn at(&self) -> usize {
        let at = |at: &ShardId| self.shown().iter().position(|lane| lane.shard == *at);
        self.at.as_ref().and_then(at).unwrap_or(0)
    }

    /// The record that is pointed at, in the lane shown at this place.
    pub fn pointed_in(&self, place: usize) -> Option<(usize, &Arc<Token>)> {
        let (shard, number) = self.pointed.as_ref()?;
        let lane = self.shown().get(place)?;
        (lane.shard == *shard).then(|| lane.find(number)).flatten()
    }

    /// Records that were seen since the view was frozen.
    pub fn unseen(&self) -> u64 {
        let seen = |lanes: &[Lane]| lanes.iter().map(Lane::seen).sum::<u64>();
        let frozen = self.frozen.as_ref();
        frozen.map_or(0, |frozen| {
            seen(&self.lanes).saturating_sub(seen(&frozen.lanes))
        })
    }

    /// Points at the record of this place in the pointed-at lane.
    fn point_at(&mut self, place: usize) {
        let lane = self.shown().get(self.at());
        let found = lane.and_then(|lane| {
            let token = lane.tokens().get(place)?;
            Some((lane.shard.clone(), token.sequence.clone()))
        });
        if found.is_some() {
            self.pointed = found;
        }
    }
}

/// The record that is pointed at, and its lane.
pub fn pointed(model: &Model) -> Option<(&Lane, &Arc<Token>)> {
    let lanes = &model.lanes;
    let at = lanes.at();
    let (_, token) = lanes.pointed_in(at)?;
    Some((&lanes.shown()[at], token))
}

/// What a reader is to be told that begins at the record pointed at, while the lanes have the keys: its time, its number, and
/// which of the two (a place in [`WORDS`]): a number is one of a single shard, a time holds for all.
pub(in crate::app) fn start_here(model: &Model) -> Option<(DateTime<Utc>, SequenceNumber, usize)> {
    if model.focus != Pane::Shards {
        return None;
    }
    let (_, token) = pointed(model)?;
    let word = match model.lanes.shown().len() {
        1 => "AT_SEQUENCE_NUMBER",
        _ => "AT_TIMESTAMP",
    };
    let choice = WORDS.iter().position(|known| *known == word)?;
    Some((token.arrived, token.sequence.clone(), choice))
}

/// Points at a record that many places on; past the newest the newest are followed again.
pub(in crate::app) fn move_along(lanes: &mut Lanes, by: isize) {
    let at = lanes.at();
    let Some(lane) = lanes.shown().get(at) else {
        return;
    };
    let end = lane.tokens().len();
    let from = lanes.pointed_in(at).map_or(end, |(place, _)| place);
    let to = from.saturating_add_signed(by);
    if to >= end {
        lanes.pointed = None;
    } else {
        lanes.point_at(to);
    }
}

/// Points at the oldest record of the lane that is remembered, or follows the newest.
pub(in crate::app) fn go_to_end(lanes: &mut Lanes, oldest: bool) {
    if oldest {
        lanes.point_at(0);
    } else {
        lanes.pointed = None;
    }
}

/// Points into a lane that many places below: at the record that arrived next to the one pointed at before.
pub(in crate::app) fn move_between(lanes: &mut Lanes, by: isize) {
    let count = lanes.shown().len();
    if count == 0 {
        return;
    }
    let at = lanes.at();
    let time = lanes.pointed_in(at).map(|(_, token)| token.arrived);
    let to = at.saturating_add_signed(by).min(count - 1);
    lanes.at = Some(lanes.shown()[to].shard.clone());
    lanes.pointed = None;
    if let Some(time) = time {
        let tokens = lanes.shown()[to].tokens();
        let nearest = (0..tokens.len()).min_by_key(|place| (tokens[*place].arrived - time).abs());
        if let Some(nearest) = nearest {
            lanes.point_at(nearest);
        }
    }
}

/// Follows the newest records again, and thaws.
pub(in crate::app) fn follow(lanes: &mut Lanes) {
    lanes.frozen = None;
    lanes.pointed = None;
}

/// Freezes the view where it is, or thaws it.
pub(in crate::app) fn toggle_freeze(model: &mut Model) {
    if model.lanes.frozen.take().is_none() {
        model.lanes.frozen = Some(Box::new(Frozen {
            lanes: model.lanes.lanes.clone(),
            carets: carets(model),
            at: model.lanes.as_of,
            read_to: model.consumer.log.end(),
        }));
    }
}

/// Takes the other axis.
pub(in crate::app) fn toggle_axis(model: &mut Model) {
    let (axis, words) = match model.lanes.axis {
        Axis::Sequence => (
            Axis::Time,
            "The lanes run by time: what stands in one column arrived together.",
        ),
        Axis::Time => (
            Axis::Sequence,
            "The lanes run by sequence: order holds within a lane, not between lanes.",
        ),
    };
    model.lanes.axis = axis;
    model.say(Tone::Plain, words.into());
}

/// Opens the record that is pointed at, or the newest of the lane: as it was read, where the consumer has it; else as it was
/// put, where the producer has it; else what is known of it.
pub(in crate::app) fn open(model: &mut Model) {
    let lanes = &model.lanes;
    let at = lanes.at();
    let newest = |lane: &'_ Lane| lane.tokens().back().cloned();
    let Some(lane) = lanes.shown().get(at) else {
        return;
    };
    let token = lanes.pointed_in(at).map(|(_, token)| Arc::clone(token));
    let Some(token) = token.or_else(|| newest(lane)) else {
        return;
    };
    let shard = lane.shard.clone();
    let is_this = |of: &ShardId, number: &SequenceNumber| *of == shard && *number == token.sequence;
    let mut read = model.consumer.log.iter().rev();
    let read = read.find(|(_, shown)| is_this(&shown.shard, &shown.record.sequence));
    let mut sent = model.producer.log.iter().rev();
    let sent = sent.find(|(_, line)| {
        let stored = line.result.as_ref().ok();
        stored.is_some_and(|(of, number)| is_this(of, number))
    });
    let known = match (read, sent) {
        (Some((number, _)), _) => Some((number, false)),
        (None, Some((number, _))) => Some((number, true)),
        (None, None) => None,
    };
    model.overlay = Some(match known {
        Some((number, sent)) => Overlay::Detail(Detail {
            number,
            sent,
            scroll: 0,
        }),
        None => Overlay::Token(shard, token),
    });
}
