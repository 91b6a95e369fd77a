//! The shards as lanes: a lane a shard, records as tokens by their keys, the trim horizon, every reader as a named caret.
//!
//! ```text
//! hash 0 ━━━━━━━ shard 0 ━━━━━━━│━━━━━━━ shard 1 ━━━━━━━ max      the strip's own line, where there is no strip
//!
//! ■ 0  ┆alice alice alice│                        3 records      what is left of ┆ is trimmed, the next comes at │
//!                   ▴ py#2 stopped here, 1 behind                a reader stands behind what it was given
//! ■ 1  ┆bob carol│                               ! throttled
//!                ▴ worker 1 at the tip
//! each place is a record: order holds within a lane, not between lanes
//! ```
//!
//! With more shards than rows for both, a lane is one row and its readers are words at its end; with more shards than
//! rows, the rows move with the lane that is pointed at, and what the others have to say stands below.

mod lineage;
mod order;
mod readers;
mod track;
mod window;
mod words;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{Row, cells, cut};
use super::frames::AROUND;
use super::{Ink, frames, keys, shard, strip};
use crate::app::Pane;
use crate::app::lanes::{Axis, Caret, Lane, carets};
use crate::kinesis::ShardId;
use readers::Said;
use track::Track;
use window::Window;

/// From this height on the pane has room for more than the lanes.
const ROOMY: usize = 7;

/// What the lanes are drawn from.
struct Board<'a> {
    lanes: &'a [Lane],
    carets: Vec<Caret>,
    /// The lane that is pointed at, while the pane has the keys.
    at: Option<usize>,
    /// What stands before each lane's mark: what it was made of.
    branches: Vec<String>,
    /// The time that is shown, where the lanes have time in common.
    window: Option<Window>,
    /// Cells of the labels at the left and of the facts at the right.
    label: usize,
    facts: usize,
}

/// Draws the pane.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer, rect: Rect) -> Option<Position> {
    let model = ink.model;
    let focused = model.focus == Pane::Shards && !model.program.focused;
    let room = usize::from(rect.width).saturating_sub(AROUND);
    let name = model.streams.selected.as_ref().map(|it| it.name.as_str());
    let title = cells(Pane::Shards.title()) + 7 + name.map_or(0, |name| cells(name).min(24));
    let is_strip = model.layout.strip.height == 0;
    let state = match &model.streams.selected {
        // The strip below says the rest.
        Some(_) if !is_strip => Row::new().text(axis_name(ink), ink.styles.dim),
        Some(selected) => strip::state(ink, selected, room.saturating_sub(title)),
        None => Row::new().text("no stream yet", ink.styles.dim),
    };
    let foot = foot(ink, room);
    let name = name.unwrap_or_default();
    let mut canvas = frames::pane(ink, buffer, rect, Pane::Shards, name, state, foot);
    let lanes = model.lanes.shown();
    if lanes.is_empty() || model.streams.not_ready().is_some() || canvas.height() < 3 {
        match is_strip || lanes.is_empty() {
            true => strip::content(ink, &mut canvas),
            false => strip::keys(ink, &mut canvas),
        }
        return None;
    }
    let (mut top, mut end) = (0, canvas.height());
    if canvas.height() >= ROOMY {
        if is_strip {
            strip::bottom(ink, &mut canvas);
            strip::keys(ink, &mut canvas.rows(0..1));
            (top, end) = (1, end - 1);
        }
        end -= 1;
    }
    let board = Board::of(ink, focused, canvas.width());
    if canvas.height() >= ROOMY {
        let mut row = canvas.rows(end..end + 1);
        let track = board.label..row.width().saturating_sub(board.facts);
        match (board.pointed(ink), &board.window) {
            (Some((lane, place)), _) => words::pointed(ink, &board, lane, place, &mut row),
            (None, Some(window)) => {
                let ahead = model.server.state.ahead_seconds > 0;
                window.draw(ink, &mut row.columns(track), ahead);
            }
            (None, None) => words::axis(ink, &mut row),
        }
    }
    // The two orders stand where the lanes leave room for them and for air.
    let free = (end - top).saturating_sub(board.rows() + order::ROWS + 2);
    let orders = match free {
        0 => None,
        _ => order::fitting(ink, canvas.width()),
    };
    if let Some(orders) = orders {
        end -= order::ROWS + 1;
        order::draw(ink, &orders, &mut canvas.rows(end..end + order::ROWS));
    }
    lanes_in(ink, &board, &mut canvas.rows(top..end));
    None
}

impl<'a> Board<'a> {
    fn of(ink: &Ink<'a>, focused: bool, width: usize) -> Self {
        let model = ink.model;
        let lanes = model.lanes.shown();
        let branches = lineage::branches(lanes);
        let wide =
            |(lane, branch): (&Lane, &String)| cells(branch) + 2 + cells(&lane.shard.short());
        let label = lanes.iter().zip(&branches).map(wide).max();
        let label = label.unwrap_or(0).min(14) + 2;
        let facts = match width {
            ..44 => 0,
            44..90 if lanes.iter().any(|lane| lane.unseen() > 0) => 17,
            44..90 => 13,
            _ => 20,
        };
        let now = model.server.clock.lab(model.lanes.as_of());
        let pointed = model.lanes.pointed_in(model.lanes.at());
        let pointed = pointed.map(|(_, token)| token.arrived);
        let seen = lanes.iter().any(|lane| !lane.tokens().is_empty());
        let window = || Window::of(lanes, width.saturating_sub(label + facts), now, pointed);
        Self {
            window: (model.lanes.axis == Axis::Time && seen).then(window),
            branches,
            lanes,
            carets: match &model.lanes.frozen {
                Some(frozen) => frozen.carets.clone(),
                None => carets(model),
            },
            at: focused.then(|| model.lanes.at()),
            label,
            facts,
        }
    }

    /// The record that is pointed at, while the pane has the keys.
    fn pointed(&self, ink: &Ink<'_>) -> Option<(&'a Lane, usize)> {
        let at = self.at?;
        let (place, _) = ink.model.lanes.pointed_in(at)?;
        Some((self.lanes.get(at)?, place))
    }

    /// How many rows the lanes and their readers take, a row each.
    fn rows(&self) -> usize {
        let read = |lane: &&Lane| self.carets.iter().any(|caret| caret.shard == lane.shard);
        self.lanes.len() + self.lanes.iter().filter(read).count()
    }

    fn carets_on(&self, shard: &ShardId) -> Vec<&Caret> {
        self.carets.iter().filter(|it| it.shard == *shard).collect()
    }
}

/// How the view is looked at, or what is out of the ordinary at the server.
fn foot<'a>(ink: &Ink<'_>, room: usize) -> Row<'a> {
    let styles = &ink.styles;
    let lanes = &ink.model.lanes;
    if lanes.frozen.is_some() {
        let row = Row::new().text("frozen", styles.nearly);
        return match lanes.unseen() {
            0 => row.text(" · Space thaws", styles.dim),
            n => row.text(format!(" · {} new", grouped(n)), styles.dim),
        };
    }
    if lanes.pointed_in(lanes.at()).is_some() {
        return keys(ink, &[("t", "reads from here"), ("f", "follows")]);
    }
    if !ink.model.feeds() && !lanes.shown().is_empty() {
        let words = "only what was put and read here is known";
        return Row::new().text(words, styles.dim);
    }
    strip::notes(ink, room)
}

fn axis_name(ink: &Ink<'_>) -> &'static str {
    match ink.model.lanes.axis {
        Axis::Sequence => "by sequence",
        Axis::Time => "by time",
    }
}

/// Draws the lanes: with their readers below them where there is room, else a row each, else some of them.
fn lanes_in(ink: &Ink<'_>, board: &Board<'_>, canvas: &mut Canvas<'_>) {
    let (count, rows) = (board.lanes.len(), canvas.height());
    let with_readers = |lane: &&Lane| !board.carets_on(&lane.shard).is_empty();
    let read = board.lanes.iter().filter(with_readers).count();
    if count + read <= rows {
        // Rows that are left go to lanes with several readers, and to the air between lanes.
        let mut left = rows - count - read;
        let airy = left + 1 >= 2 * count;
        if airy {
            left -= count - 1;
        }
        // Below the line of hash keys begins another thought.
        let mut row = usize::from(ink.model.layout.strip.height == 0 && left > 0);
        left -= row;
        for (place, lane) in board.lanes.iter().enumerate() {
            let track = lane_row(ink, board, place, &mut canvas.rows(row..row + 1), None);
            row += 1;
            let carets = board.carets_on(&lane.shard);
            if !carets.is_empty() {
                let more = left.min(3);
                let track = (&track, board.label);
                let used = readers::below(ink, lane, &carets, track, canvas, row, 1 + more);
                left -= used.saturating_sub(1);
                row += used;
            }
            row += usize::from(airy);
        }
        return;
    }
    let shown = if count <= rows {
        count
    } else {
        rows.saturating_sub(1)
    };
    let at = board.at.unwrap_or(0);
    let first = at.saturating_sub(shown / 2).min(count - shown);
    for (row, place) in (first..first + shown).enumerate() {
        let lane = &board.lanes[place];
        let said = readers::in_words(ink, lane, &board.carets_on(&lane.shard));
        lane_row(
            ink,
            board,
            place,
            &mut canvas.rows(row..row + 1),
            Some(said),
        );
    }
    if shown < count {
        let others = (0..count).filter(|place| !(first..first + shown).contains(place));
        canvas.draw(shown, words::others(ink, board, others, canvas.width()));
    }
}

/// Draws a lane's own row; its readers in words at its end, where they have no rows of their own.
fn lane_row<'l>(
    ink: &Ink<'_>,
    board: &Board<'l>,
    place: usize,
    canvas: &mut Canvas<'_>,
    said: Option<Said>,
) -> Track<'l> {
    let styles = &ink.styles;
    let lane = &board.lanes[place];
    let width = canvas.width();
    let pointed_lane = board.at == Some(place);
    let mark = if pointed_lane { "▸" } else { "■" };
    let mark_style = if pointed_lane {
        styles.accent
    } else {
        shard::hue(ink, &lane.shard)
    };
    let short = lane.shard.short();
    let taken = cells(&board.branches[place]) + 3;
    let name = cut(&short, board.label.saturating_sub(taken)).into_owned();
    let label = Row::new()
        .text(board.branches[place].clone(), styles.dim)
        .text(mark, mark_style)
        .gap(1)
        .text(name, shard::words(ink, &lane.shard));
    canvas.draw(0, label);
    let fact = words::fact(ink, lane, board.facts.saturating_sub(1));
    let right = match &said {
        None => fact,
        // One row for all: what is amiss with the shard goes before what its readers do.
        Some(said) => match lane.heat.is_hot(ink.model.lanes.as_of()) {
            true => fact,
            false => said.row(ink, (width / 3).max(12)),
        },
    };
    let taken = match said {
        None => board.facts,
        Some(_) => (width / 3).max(13),
    };
    let room = width.saturating_sub(board.label + taken);
    let pointed = ink.model.lanes.pointed_in(place).map(|(place, _)| place);
    let pointed = pointed.filter(|_| pointed_lane);
    let now = ink.model.lanes.as_of();
    let children = lineage::children(board.lanes, &lane.shard);
    let track = match &board.window {
        _ if lane.heat.is_lively(now) && pointed.is_none() => {
            Track::by_second(lane, room, now, ink.model.server.clock.lab(now))
        }
        Some(window) => Track::by_time(lane, room, pointed, &children, window),
        None => Track::by_sequence(lane, room, pointed, &children),
    };
    track.draw(
        ink,
        lane,
        &mut canvas.columns(board.label..board.label + room),
    );
    if taken > 0 {
        canvas.draw_right(0, right);
    }
    track
}
