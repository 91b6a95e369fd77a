//! What is said of the lanes in words: of a shard, of the record pointed at, of the lanes that have no row.

use super::super::canvas::Canvas;
use super::super::count::grouped;
use super::super::fit::{Row, cells, cut};
use super::super::{Ink, shard, when};
use super::Board;
use crate::app::lanes::Lane;

/// What is to be known of a shard, in a few words.
pub(super) fn fact<'a>(ink: &Ink<'_>, lane: &Lane, room: usize) -> Row<'a> {
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
        let words = match lane.heat.pressing_bytes(now) {
            Some(bytes) => format!("! hot, {:.1} MiB/s", bytes as f64 / f64::from(1 << 20)),
            None => format!("! hot, {rate}/s"),
        };
        let short = words.replace("hot, ", "");
        let short = if short.len() < room {
            short
        } else {
            "! hot".into()
        };
        ([words, short], styles.wrong)
    } else if refused > 0 {
        let forms = [format!("! {refused} reads throttled"), "! reads".into()];
        (forms, styles.nearly)
    } else if lane.heat.is_lively(now) {
        ([format!("{rate}/s"), String::new()], styles.dim)
    } else {
        let forms = held(lane, ink.model.feeds());
        let fitting = forms.into_iter().find(|words| words.len() <= room);
        return Row::new().text(fitting.unwrap_or_default(), styles.dim);
    };
    let fitting = forms.into_iter().find(|words| words.len() <= room);
    Row::new().text(fitting.unwrap_or_default(), style)
}

/// How many records a shard holds, from long to short; what it has from before the lab looked at it stands apart.
fn held(lane: &Lane, all_told: bool) -> Vec<String> {
    let (here, before, all) = (lane.held(), lane.unseen(), grouped(lane.all()));
    let records = match lane.all() {
        1 => "1 record".to_owned(),
        _ => format!("{all} records"),
    };
    let before = match (here, before) {
        (_, 0) => None,
        (0, n) => Some((
            format!("{} from before", grouped(n)),
            format!("{} before", grouped(n)),
        )),
        (here, n) => Some((
            format!("{} + {} from before", grouped(here), grouped(n)),
            format!("{}, {} before", records, grouped(n)),
        )),
    };
    let forms = match (lane.open, before) {
        (true, Some((long, short))) => vec![long, short, records],
        (true, None) if !all_told => vec![format!("{all} seen")],
        (true, None) => vec![records],
        (false, Some((long, _))) => vec![format!("closed, {long}"), format!("closed, {all}")],
        (false, None) if lane.all() == 1 => vec!["closed, 1 record".into()],
        (false, None) => vec![format!("closed, {all}")],
    };
    let least = if lane.open { all } else { "closed".into() };
    forms.into_iter().chain([least]).collect()
}

/// The record that is pointed at: when it arrived, who put it, and which readers of its lane were given it.
pub(super) fn pointed(
    ink: &Ink<'_>,
    board: &Board<'_>,
    lane: &Lane,
    place: usize,
    canvas: &mut Canvas<'_>,
) {
    let styles = &ink.styles;
    let token = &lane.tokens()[place];
    let key = cut(&token.key, 16).into_owned();
    let mut row = Row::new().text(key, shard::words(ink, &lane.shard));
    let mut facts = vec![format!(
        "  arrived {}",
        when::time_of_day(token.arrived, ink.model.zone, true)
    )];
    if let Some(who) = &token.by {
        facts.push(format!(" · put by {}", who.name()));
    }
    let carets = board.carets_on(&lane.shard);
    let named = |given: bool| -> Vec<&str> {
        let carets = carets.iter().filter(|it| (it.place(lane) > place) == given);
        carets.map(|caret| caret.name.as_str()).collect()
    };
    let (given, not) = (named(true), named(false));
    if !given.is_empty() {
        facts.push(format!(" · given to {}", given.join(", ")));
    }
    if !not.is_empty() {
        facts.push(format!(" · not to {}", not.join(", ")));
    }
    for fact in facts {
        if row.width() + cells(&fact) <= canvas.width() {
            row = row.text(fact, styles.dim);
        }
    }
    canvas.draw(0, row);
}

/// What the lanes have in common, and what follows from it.
pub(super) fn axis(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let width = canvas.width();
    let unread = unread(ink);
    let words = [
        "each place is a record: order holds within a lane, not between lanes",
        "order holds within a lane, not between lanes",
        "order holds within a lane only",
    ];
    let room = width.saturating_sub(if unread.is_empty() {
        0
    } else {
        unread.width() + 2
    });
    let fitting = words.into_iter().find(|words| words.len() <= room);
    let words = fitting.unwrap_or_default();
    canvas.draw(0, Row::new().text(words, ink.styles.dim));
    canvas.draw_right(0, unread);
}

/// Records that no lane shows, nor counts: shards without a lane, and calls that were not told of.
fn unread<'a>(ink: &Ink<'_>) -> Row<'a> {
    let model = ink.model;
    let name = model.streams.name().unwrap_or_default();
    let stored = model.streams.count(name).held();
    let known: u64 = model.lanes.iter().map(Lane::all).sum();
    if model.lanes.left_out > 0 {
        let words = format!("{} shards have no lane", model.lanes.left_out);
        return Row::new().text(words, ink.styles.nearly);
    }
    match stored.saturating_sub(known) {
        0 => Row::new(),
        n => {
            let words = format!("{} more were not seen", grouped(n));
            Row::new().text(words, ink.styles.nearly)
        }
    }
}

/// What the lanes have to say that have no row.
pub(super) fn others<'a>(
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
        carets.iter().any(|caret| caret.is_behind(lane))
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
