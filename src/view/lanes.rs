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

mod readers;
mod track;

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

/// From this height on the pane has room for more than the lanes.
const ROOMY: usize = 7;

/// What the lanes are drawn from.
struct Board<'a> {
    lanes: &'a [Lane],
    carets: Vec<Caret>,
    /// The lane that is pointed at, while the pane has the keys.
    at: Option<usize>,
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
    let title = cells(Pane::Shards.title()) + 7 + name.map_or(0, |name| cells(name).min(10));
    let state = match &model.streams.selected {
        Some(selected) => strip::state(ink, selected, room.saturating_sub(title)),
        None => Row::new().text("no stream yet", ink.styles.dim),
    };
    let foot = foot(ink, room);
    let name = name.unwrap_or_default();
    let mut canvas = frames::pane(ink, buffer, rect, Pane::Shards, name, state, foot);
    let with_strip = model.layout.strip.height == 0;
    let lanes = model.lanes.shown();
    if lanes.is_empty() || model.streams.not_ready().is_some() || canvas.height() < 3 {
        match with_strip || lanes.is_empty() {
            true => strip::content(ink, &mut canvas),
            false => strip::keys(ink, &mut canvas),
        }
        return None;
    }
    let (mut top, mut end) = (0, canvas.height());
    if canvas.height() >= ROOMY {
        if with_strip {
            strip::bottom(ink, &mut canvas);
            strip::keys(ink, &mut canvas.rows(0..1));
            (top, end) = (1, end - 1);
        }
        end -= 1;
        axis_line(ink, &mut canvas.rows(end..end + 1));
    }
    let board = Board::of(ink, focused, canvas.width());
    lanes_in(ink, &board, &mut canvas.rows(top..end));
    None
}

impl<'a> Board<'a> {
    fn of(ink: &Ink<'a>, focused: bool, width: usize) -> Self {
        let model = ink.model;
        let lanes = model.lanes.shown();
        let label = lanes
            .iter()
            .map(|lane| 2 + cells(&lane.shard.short()))
            .max();
        Self {
            lanes,
            carets: match &model.lanes.frozen {
                Some(frozen) => frozen.carets.clone(),
                None => carets(model),
            },
            at: focused.then(|| model.lanes.at()),
            label: label.unwrap_or(0).min(14) + 2,
            facts: match width {
                ..44 => 0,
                44..90 => 13,
                _ => 20,
            },
        }
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
    strip::notes(ink, room)
}

/// What the lanes have in common, and what follows from it.
fn axis_line(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let width = canvas.width();
    let lanes = &ink.model.lanes;
    let unread = unread(ink);
    let words = match lanes.axis {
        Axis::Sequence => [
            "each place is a record: order holds within a lane, not between lanes",
            "order holds within a lane, not between lanes",
            "order holds within a lane only",
        ],
        Axis::Time => [
            "by time of arrival: what stands in one column arrived together",
            "by time: one column arrived together",
            "by time of arrival",
        ],
    };
    let room = width.saturating_sub(if unread.is_empty() {
        0
    } else {
        unread.width() + 2
    });
    let fitting = words.iter().find(|words| words.len() <= room);
    let words = fitting.unwrap_or(&words[2]);
    canvas.draw(0, Row::new().text(*words, ink.styles.dim));
    canvas.draw_right(0, unread);
}

/// Records of an earlier run that nobody has read in this one: the lanes cannot show them.
fn unread<'a>(ink: &Ink<'_>) -> Row<'a> {
    let model = ink.model;
    let name = model.streams.name().unwrap_or_default();
    let stored = model.streams.count(name).held();
    match stored.saturating_sub(model.lanes.held()) {
        0 => Row::new(),
        n if model.feeds() && model.feed_lost == 0 => {
            let words = format!("{} from before are not read yet", grouped(n));
            Row::new().text(words, ink.styles.nearly)
        }
        n => {
            let words = format!("{} more were not seen", grouped(n));
            Row::new().text(words, ink.styles.nearly)
        }
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
                let used = readers::below(ink, lane, &carets, &track, canvas, row, 1 + more);
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
        canvas.draw(shown, others_line(ink, board, others, canvas.width()));
    }
}

/// What the lanes have to say that have no row.
fn others_line<'a>(
    ink: &Ink<'_>,
    board: &Board<'_>,
    others: impl Iterator<Item = usize> + Clone,
    width: usize,
) -> Row<'a> {
    let styles = &ink.styles;
    let now = ink.model.lanes.as_of();
    let names = |pick: &dyn Fn(&Lane) -> bool| -> Vec<String> {
        let lanes = others.clone().map(|place| &board.lanes[place]);
        let picked = lanes.filter(|lane| pick(lane));
        picked.map(|lane| lane.shard.short()).collect()
    };
    let hot = names(&|lane| lane.heat.is_hot(now));
    let behind = names(&|lane| {
        let carets = board.carets_on(&lane.shard);
        carets.iter().any(|caret| caret.ahead(lane).records > 0)
    });
    let mut row = Row::new().text(format!("↑ ↓ {} more", others.clone().count()), styles.dim);
    if ink.model.lanes.left_out > 0 {
        let words = format!(" · {} have no lane", ink.model.lanes.left_out);
        row = row.text(words, styles.dim);
    }
    for (word, names, style) in [
        ("hot", hot, styles.wrong),
        ("behind", behind, styles.nearly),
    ] {
        if names.is_empty() {
            continue;
        }
        let some = match names.len() {
            ..=6 => names.join(" "),
            n => format!("{} and {} more", names[..5].join(" "), n - 5),
        };
        let part = Row::new()
            .text(" · ", styles.dim)
            .text(format!("{word} {some}"), style);
        if row.width() + part.width() <= width {
            row = row.join(part);
        }
    }
    row
}

/// Draws a lane's own row; its readers in words at its end, where they have no rows of their own.
fn lane_row(
    ink: &Ink<'_>,
    board: &Board<'_>,
    place: usize,
    canvas: &mut Canvas<'_>,
    said: Option<Said>,
) -> Track {
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
    let name = cut(&short, board.label.saturating_sub(3)).into_owned();
    let label = Row::new()
        .text(mark, mark_style)
        .gap(1)
        .text(name, shard::words(ink, &lane.shard));
    canvas.draw(0, label);
    let fact = fact(ink, lane, board.facts.saturating_sub(1));
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
    let track = Track::by_sequence(lane, room, pointed);
    track.draw(
        ink,
        lane,
        &mut canvas.columns(board.label..board.label + room),
    );
    if taken > 0 {
        canvas.draw_right(0, right);
    }
    track.shifted(board.label)
}

/// What is to be known of a shard, in a few words.
fn fact<'a>(ink: &Ink<'_>, lane: &Lane, room: usize) -> Row<'a> {
    let styles = &ink.styles;
    let now = ink.model.lanes.as_of();
    let rate = lane.heat.rate(now);
    let throttled = lane.heat.recently_throttled(now);
    let refused = lane.heat.reads_recently_refused(now);
    let (forms, style) = if throttled > 0 {
        let forms = [
            format!("! hot, {throttled} throttled"),
            "! throttled".to_owned(),
        ];
        (forms, styles.wrong)
    } else if lane.heat.is_hot(now) {
        ([format!("! hot, {rate}/s"), "! hot".into()], styles.wrong)
    } else if refused > 0 {
        let forms = [format!("! {refused} reads throttled"), "! reads".into()];
        (forms, styles.nearly)
    } else if lane.heat.is_lively(now) {
        ([format!("{rate}/s"), String::new()], styles.dim)
    } else if !lane.open {
        (["closed".into(), String::new()], styles.dim)
    } else {
        let words = match lane.held() {
            1 => "1 record".to_owned(),
            n => format!("{} records", grouped(n)),
        };
        ([words, grouped(lane.held())], styles.dim)
    };
    let fitting = forms.into_iter().find(|words| words.len() <= room);
    Row::new().text(fitting.unwrap_or_default(), style)
}
