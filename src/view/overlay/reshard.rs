//! The reshard dialog: the ring as a line of its open shards, what is to be done to them, and what that will do.
//!
//! ```text
//!  0 ━━━━━━━ 0 ━━━━━━━━━━│━━━━━━━━ 1 ━━━━━━━━ 2^128     the ring, cut where the shards meet
//!            ▲                                          where the split cuts
//!  shard      of the ring   recent records
//!  ▸ ■ 0          50.0 %        132
//!  split  merge  number of shards  hours kept           what can be done
//!  at 0x2000…  12.5 %                                   with what
//!  lower   0x0000… to 0x1fff…   25.0 %   dave           what there will be
//!  what it means; the call; what happened
//! ```
//!
//! Where rows are few the call and the meaning go first, then the list of shards is a window around the chosen one.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::super::canvas::Canvas;
use super::super::count::grouped;
use super::super::fit::{CUT, Row, cells, cut};
use super::super::shard::{self, hue};
use super::super::when::time_of_day;
use super::super::{Ink, field, keys, order, prose};
use super::{dialog, room};
use crate::app::reshard::{Act, Counted, Part, Plan, ReshardDialog, Side, Told, percents};
use crate::kinesis::hash_ranges::{HashKey, HashRange};

const WIDEST: usize = 84;

/// The columns of the shards' list.
const NAME: usize = 10;
const SHARE: usize = 12;
const RECORDS: usize = 17;

/// The column of what stands behind a label.
const LABEL: usize = 11;

/// How many shards are listed at least and at most.
const FEWEST: usize = 1;
const MOST: usize = 12;

/// How many lines of what happened are shown at most, and on a low screen.
const HAPPENED: usize = 5;
const HAPPENED_LOW: usize = 3;

/// What the frame takes of a foot's width.
const FRAME: usize = 4;

/// Draws it.
pub(super) fn draw(
    ink: &Ink<'_>,
    dialog_: &ReshardDialog,
    buffer: &mut Buffer,
) -> Option<Position> {
    let styles = &ink.styles;
    let (most_width, most_height) = room(ink);
    let width = WIDEST.min(most_width);
    let plan = dialog_.plan();
    let below = below(ink, dialog_, &plan, width);
    let parts = plan.as_ref().map_or(&[][..], |plan| &plan.parts);
    let listed = dialog_.open.len().clamp(FEWEST, MOST);
    // Ring, mark, head; acts, value.
    let fixed = 3 + 2 + parts.len();
    let wanted = 1 + fixed + listed + 2 + below.iter().map(|block| block.len() + 1).sum::<usize>();
    let height = wanted.min(most_height);
    let name = Row::new()
        .text("Reshard ", styles.accent)
        .text(dialog_.stream.clone(), styles.accent);
    let mut canvas = dialog(
        ink,
        buffer,
        name,
        foot(ink, dialog_, width),
        (width, height),
    );
    let width = canvas.width();
    let mut spare = canvas.height().saturating_sub(fixed + FEWEST);
    let listed = listed.min(FEWEST + spare);
    spare -= listed - FEWEST;
    // Air above, then what stands below as far as whole blocks fit, then air between.
    let mut shown = Vec::new();
    for block in below {
        let rows = block.len() + usize::from(spare > block.len());
        if block.len() <= spare {
            spare -= rows.min(spare);
            shown.push(block);
        }
    }
    let mut row = 0;
    let mut air = |row: &mut usize| {
        if spare > 0 {
            spare -= 1;
            *row += 1;
        }
    };
    air(&mut row);
    ring(ink, &mut canvas.rows(row..row + 2), dialog_);
    row += 2;
    list(ink, &mut canvas.rows(row..row + 1 + listed), dialog_);
    row += 1 + listed;
    air(&mut row);
    canvas.draw(row, acts(ink, dialog_, width));
    row += 1;
    let cursor = value(ink, &mut canvas, row, dialog_);
    row += 1;
    for part in parts {
        canvas.draw(row, part_line(ink, part, dialog_, width));
        row += 1;
    }
    for block in shown {
        let left = canvas.height().saturating_sub(row);
        if left > block.len() {
            row += 1;
        }
        for line in block {
            canvas.draw(row, line);
            row += 1;
        }
    }
    cursor
}

/// Keys, and what each does.
type Keys = &'static [(&'static str, &'static str)];

/// The keys, as many as there is room for.
fn foot<'a>(ink: &Ink<'_>, dialog: &ReshardDialog, width: usize) -> Row<'a> {
    if let Some(typing) = &dialog.typing {
        let mut all = vec![("Enter", "takes it")];
        if typing.key.is_some() {
            all.push(("Tab", "the other child"));
        }
        all.push(("Esc", "leaves it"));
        return keys(ink, &all);
    }
    let (choose, set): (Keys, Keys) = match dialog.act {
        Act::Split => (&[("↑ ↓", "shard")], &[("← →", "point"), ("k", "at a key")]),
        Act::Merge => (&[("↑ ↓", "shard")], &[]),
        Act::Scale | Act::Retain => (&[], &[("← →", "number"), ("p", "types it")]),
    };
    let row = |parts: &[Keys]| keys(ink, &parts.concat());
    let tab: Keys = &[("Tab", "what")];
    let end: Keys = &[("Enter", "does it"), ("Esc", "closes")];
    let typed: Keys = match dialog.act {
        Act::Split => &[("[ ]", "far"), ("p", "types it")],
        _ => &[],
    };
    // How to come to the other changes, and out, is never left out.
    let forms = [
        row(&[tab, choose, set, typed, end]),
        row(&[tab, choose, set, end]),
        row(&[tab, set, end]),
        row(&[tab, end]),
        row(&[end]),
    ];
    let fits = |row: &Row<'_>| row.width() + FRAME <= width;
    forms.into_iter().find(fits).unwrap_or_default()
}

/// The share of the ring that a range is.
fn share(range: HashRange) -> f64 {
    (range.end.value() - range.start.value()) as f64 / u128::MAX as f64 * 100.0
}

fn percent(range: HashRange) -> String {
    match share(range) {
        share if share > 0.0 && share < 0.1 => "under 0.1 %".into(),
        share => format!("{share:.1} %"),
    }
}

/// The ring, and below it where a split cuts.
fn ring(ink: &Ink<'_>, canvas: &mut Canvas<'_>, dialog: &ReshardDialog) {
    let styles = &ink.styles;
    let head = Row::new().text("0 ", styles.dim);
    let tail = Row::new().text(" 2^128", styles.dim);
    let start = head.width();
    let width = canvas.width().saturating_sub(start + tail.width());
    let column = |point: HashKey| {
        // The upper 64 bits tell the cell; width is far below 2^64.
        (((point.value() >> 64) * width as u128) >> 64) as usize
    };
    canvas.draw(0, head);
    for (place, shard) in dialog.open.iter().enumerate() {
        let left = column(shard.range.start);
        let next = dialog.open.get(place + 1);
        let right = next.map_or(width, |next| column(next.range.start));
        let chosen = dialog.act.is_for_a_shard()
            && (place == dialog.cursor || dialog.act == Act::Merge && place == dialog.cursor + 1);
        let room = (right - left).saturating_sub(usize::from(next.is_some() && right - left > 1));
        let name = shard.id.short();
        let label = [format!(" {name} "), name]
            .into_iter()
            .find(|label| cells(label) < room)
            .unwrap_or_default();
        let before = (room - cells(&label)) / 2;
        let after = room - cells(&label) - before;
        let line = if chosen { "━" } else { "─" };
        let piece = Row::new()
            .text(line.repeat(before), hue(ink, &shard.id))
            .text(label, shard::words(ink, &shard.id))
            .text(line.repeat(after), hue(ink, &shard.id));
        canvas.draw_at(start + left, 0, piece);
        if next.is_some() && right > left + 1 {
            canvas.draw_at(start + right - 1, 0, Row::new().text("│", styles.base));
        }
    }
    canvas.draw_right(0, tail);
    if dialog.act == Act::Split && !dialog.open.is_empty() {
        let at = column(dialog.at).min(width.saturating_sub(1));
        canvas.draw_at(start + at, 1, Row::new().text("▲", styles.key));
    }
}

/// The open shards, a line each, around the chosen one.
fn list(ink: &Ink<'_>, canvas: &mut Canvas<'_>, dialog: &ReshardDialog) {
    let styles = &ink.styles;
    let source = match dialog.known.counted {
        Counted::Held => "records held",
        Counted::Read => "recent, read",
        Counted::Put => "recent, put",
    };
    let head = Row::new()
        .gap(3)
        .left("shard", NAME - 3, styles.dim)
        .right("of the ring", SHARE, styles.dim)
        .right(source, RECORDS, styles.dim);
    canvas.draw(0, head);
    if dialog.open.is_empty() {
        let words = "No open shard is known yet; the endpoint is asked.";
        canvas.draw(1, Row::new().gap(3).text(words, styles.dim));
        return;
    }
    let rows = canvas.height().saturating_sub(1).max(1);
    let last = dialog.open.len().saturating_sub(rows);
    let first = dialog.cursor.saturating_sub(rows / 2).min(last);
    let width = canvas.width();
    let counts: Vec<u64> = dialog.open.iter().map(|shard| shard.records).collect();
    let shares = percents(&counts);
    for (line, (place, shard)) in dialog
        .open
        .iter()
        .enumerate()
        .skip(first)
        .take(rows)
        .enumerate()
    {
        let chosen = dialog.act.is_for_a_shard() && place == dialog.cursor;
        let joined = dialog.act == Act::Merge && place == dialog.cursor + 1;
        let mark = match (chosen, joined) {
            (true, _) => "▸ ",
            (_, true) => "+ ",
            _ => "  ",
        };
        let records = match counts.iter().any(|count| *count > 0) {
            false => String::new(),
            true => format!("{}  {:>3} %", grouped(shard.records), shares[place]),
        };
        let row = Row::new()
            .gap(1)
            .text(mark, styles.accent)
            .join(shard::mark(ink, &shard.id))
            .gap(1)
            .left(&shard.id.short(), NAME - 5, shard::words(ink, &shard.id))
            .right(&percent(shard.range), SHARE, styles.base)
            .right(&records, RECORDS, styles.base);
        canvas.draw(line + 1, row);
        if chosen {
            canvas.lay(line + 1, 0..width, styles.selection);
        }
    }
    let (above, under) = (first, dialog.open.len().saturating_sub(first + rows));
    if above + under > 0 {
        let words = format!("{above} above, {under} below");
        canvas.draw_right(0, Row::new().text(words, styles.dim).gap(1));
    }
}

/// What can be done, the chosen one marked; the letter before each chooses it.
fn acts<'a>(ink: &Ink<'_>, dialog: &ReshardDialog, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let gap = if width < 60 { 2 } else { 4 };
    Act::ALL.into_iter().fold(Row::new().gap(1), |row, act| {
        let row = if row.width() > 1 { row.gap(gap) } else { row };
        let word = act.word();
        let (letter, rest) = word.split_at(1);
        let style = if act == dialog.act {
            styles.strong
        } else {
            styles.dim
        };
        let mark = if act == dialog.act { "▸ " } else { "  " };
        row.text(mark, styles.accent)
            .text(letter, styles.key)
            .text(rest, style)
    })
}

/// With what it is done; gives the cursor of the field, if one is open.
fn value(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    row: usize,
    dialog: &ReshardDialog,
) -> Option<Position> {
    let styles = &ink.styles;
    let label = |text: &str| Row::new().gap(3).left(text, LABEL - 3, styles.dim);
    let width = canvas.width();
    if let Some(typing) = &dialog.typing {
        let (word, note) = match (typing.key, dialog.act) {
            (Some(Side::Lower), _) => ("key", "goes to the lower child"),
            (Some(Side::Higher), _) => ("key", "goes to the higher child"),
            (None, Act::Split) => ("at", "digits, or 0x…"),
            (None, Act::Retain) => ("hours", "24 to 8760"),
            (None, _) => ("shards", ""),
        };
        canvas.draw(row, label(word));
        let room = width.saturating_sub(LABEL + 2 + note.len()).min(44);
        let cursor = field::draw(ink, canvas, (LABEL, row), room, &typing.text, true);
        let note = Row::new().text(note, styles.dim);
        canvas.draw_at(LABEL + room + 2, row, note);
        return cursor;
    }
    let line = match dialog.act {
        Act::Split => {
            let share = dialog.at.value() as f64 / u128::MAX as f64 * 100.0;
            let row = label("at")
                .text(short_point(dialog.at), styles.strong)
                .text(format!("   {share:.1} % of the ring"), styles.dim);
            let lower = dialog
                .shard()
                .filter(|shard| shard.range.contains(dialog.at));
            let of = lower.map(|shard| {
                let whole = (shard.range.end.value() - shard.range.start.value()) as f64;
                let below = (dialog.at.value() - shard.range.start.value()) as f64;
                format!(
                    ", {:.0} % of shard {}",
                    below / whole * 100.0,
                    shard.id.short()
                )
            });
            row.text(of.unwrap_or_default(), styles.dim)
        }
        Act::Merge => match (dialog.shard(), dialog.neighbour()) {
            (Some(shard), Some(next)) => label("of")
                .join(shard::mark(ink, &shard.id))
                .text(
                    format!(" {}", shard.id.short()),
                    shard::words(ink, &shard.id),
                )
                .text(" and ", styles.dim)
                .join(shard::mark(ink, &next.id))
                .text(format!(" {}", next.id.short()), shard::words(ink, &next.id))
                .text(", which lies right above it", styles.dim),
            _ => Row::new(),
        },
        Act::Scale => {
            let (least, most) = dialog.counts();
            label("to")
                .text(dialog.count.to_string(), styles.strong)
                .text(
                    format!(
                        "   open now: {}; {least} to {most} in one call (half to double)",
                        dialog.open.len()
                    ),
                    styles.dim,
                )
        }
        Act::Retain => label("to")
            .text(format!("{} h", dialog.hours), styles.strong)
            .text(
                format!(
                    "   kept now: {} h; 24 h to 8,760 h (a year)",
                    dialog.hours_now
                ),
                styles.dim,
            ),
    };
    canvas.draw(row, line);
    None
}

/// A point as its first eight hexadecimal digits.
fn short_point(at: HashKey) -> String {
    let hex = at.hex();
    format!("0x{}{CUT}", &hex[..8])
}

/// A shard that there will be: its range, its share, and the known keys that go there.
fn part_line<'a>(ink: &Ink<'_>, part: &Part<'_>, dialog: &ReshardDialog, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let mut row = Row::new()
        .gap(3)
        .left(part.name, LABEL - 3, styles.accent)
        .text(
            format!(
                "{} to {}",
                short_point(part.range.start),
                short_point(part.range.end)
            ),
            styles.base,
        )
        .right(&percent(part.range), 9, styles.strong);
    let room = width.saturating_sub(row.width() + 2);
    row = row.gap(2);
    if dialog.known.keys.is_empty() {
        return row.text(cut("no key seen yet", room).into_owned(), styles.dim);
    }
    row.text(names(part, room), styles.base)
}

/// As many of the keys as fit, then how many more there are.
fn names(part: &Part<'_>, room: usize) -> String {
    let mut text = String::new();
    for (place, known) in part.keys.iter().enumerate() {
        let left = part.keys.len() - place;
        let rest = match left {
            1 => String::new(),
            left => format!(" +{}", left - 1),
        };
        let gap = if text.is_empty() { "" } else { " " };
        let longer = format!("{text}{gap}{}", known.key);
        if cells(&longer) + cells(&rest) > room {
            return match text.is_empty() {
                true if left == 1 => cut(&known.key, room).into_owned(),
                true => format!("{left} keys"),
                false => format!("{text} +{left}"),
            };
        }
        text = longer;
    }
    match text.is_empty() {
        true => "none of the known keys".into(),
        false => text,
    }
}

/// What stands below, in whole blocks, the most important first: what is wrong, what happened, what it means, the call.
fn below<'a>(
    ink: &Ink<'_>,
    dialog: &ReshardDialog,
    plan: &Result<Plan<'_>, String>,
    width: usize,
) -> Vec<Vec<Row<'a>>> {
    let styles = &ink.styles;
    let lines = |words: &str, style| -> Vec<Row<'a>> {
        let wrapped = prose::wrapped(words, width.saturating_sub(3));
        let line = |line| Row::new().gap(3).text(line, style);
        wrapped.into_iter().map(line).collect()
    };
    let mut blocks = Vec::new();
    if let Some(problem) = &dialog.problem {
        blocks.push(lines(&format!("✗ {problem}"), styles.wrong));
    }
    let told = &ink.model.reshard.told;
    if !told.is_empty() {
        let most = if room(ink).1 < 24 {
            HAPPENED_LOW
        } else {
            HAPPENED
        };
        let newest = told.iter().skip(told.len().saturating_sub(most));
        blocks.push(newest.map(|told| happened(ink, told, width)).collect());
    }
    if let Some(proof) = order::row(ink, width.saturating_sub(3)) {
        let mut block = vec![Row::new().gap(3).join(proof)];
        if order::is_news(ink) && room(ink).1 >= 30 {
            block.extend(lines(order::MEANING, styles.dim));
        }
        blocks.push(block);
    }
    match plan {
        Ok(plan) => {
            for words in &plan.words {
                blocks.push(lines(words, styles.dim));
            }
            blocks.push(command(ink, plan, &dialog.stream, width));
        }
        // What is wrong stands there already, or says no more than it.
        Err(_) if dialog.problem.is_some() => {}
        Err(why) => blocks.push(lines(why, styles.nearly)),
    }
    blocks
}

fn happened<'a>(ink: &Ink<'_>, told: &Told, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let time = time_of_day(told.at, ink.model.zone, true);
    let style = if told.refused {
        styles.wrong
    } else {
        styles.base
    };
    let room = width.saturating_sub(3 + time.len() + 2);
    Row::new()
        .gap(3)
        .text(time, styles.dim)
        .gap(2)
        .text(cut(&told.words, room).into_owned(), style)
}

/// The call, as a command: options that fit stand in one line.
fn command<'a>(ink: &Ink<'_>, plan: &Plan<'_>, stream: &str, width: usize) -> Vec<Row<'a>> {
    let style = ink.styles.dim;
    let mut lines = vec![format!("aws kinesis {}", plan.change.command())];
    for option in plan.change.options(stream) {
        match lines.last_mut() {
            Some(line) if cells(line) + 1 + cells(&option) <= width.saturating_sub(3) => {
                line.push(' ');
                line.push_str(&option);
            }
            _ => lines.push(format!("  {option}")),
        }
    }
    let line = |line: String| Row::new().gap(3).text(line, style);
    lines.into_iter().map(line).collect()
}
