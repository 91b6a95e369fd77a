//! Readers on a lane: a caret where each stands, with its name and what it leaves behind it, in words.

use ratatui::style::Style;

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::count::grouped;
use super::super::fit::{Row, cells};
use super::super::when;
use super::track::{Spot, Track};
use crate::app::lanes::{Caret, Doing, Lane};
use crate::kinesis::ShardId;

/// How many readers that stopped are named on a lane; the newest.
const STOPPED: usize = 2;

/// What is said of readers, from long to short.
pub(super) struct Said {
    forms: Vec<String>,
    style: Style,
}

impl Said {
    /// The longest form that has room.
    pub fn row<'a>(&self, _: &Ink<'_>, room: usize) -> Row<'a> {
        let fitting = self.forms.iter().find(|form| cells(form) <= room);
        Row::new().text(fitting.cloned().unwrap_or_default(), self.style)
    }
}

/// What is said of one reader.
fn said(ink: &Ink<'_>, lane: &Lane, caret: &Caret) -> Said {
    let styles = &ink.styles;
    let name = &caret.name;
    let ahead = caret.ahead(lane);
    let count = match ahead.at_least {
        true if ahead.records == 0 => "some".to_owned(),
        true => format!("{}+", grouped(ahead.records)),
        false => grouped(ahead.records),
    };
    let none = ahead.records == 0 && !ahead.at_least;
    // What is closed has no tip any more.
    let tip = if lane.open {
        "at the tip"
    } else {
        "at its end"
    };
    let (forms, style) = match caret.doing {
        Doing::Ended => (
            vec![
                format!("{name} has read it to its end"),
                format!("{name} at end"),
            ],
            styles.dim,
        ),
        Doing::Waits => {
            let parents: Vec<String> = lane.parents.iter().map(ShardId::short).collect();
            let forms = vec![
                format!("waits for shard {}", parents.join(" and ")),
                "waits".to_owned(),
            ];
            (forms, styles.dim)
        }
        Doing::Free => (
            vec![
                format!("{name} held it last: free, {count} ahead"),
                format!("free, {count} ahead"),
                "free".into(),
            ],
            styles.nearly,
        ),
        Doing::Fails => (
            vec![
                format!("{name} tries again, {count} behind"),
                format!("{name} tries again"),
            ],
            styles.nearly,
        ),
        Doing::Refused => (vec![format!("{name} was refused")], styles.wrong),
        Doing::Stopped if none => (
            vec![format!("{name} stopped {tip}"), format!("{name} stopped")],
            styles.dim,
        ),
        Doing::Stopped => (
            vec![
                format!("{name} stopped here, {count} behind"),
                format!("{name} stopped, {count} behind"),
                format!("{name} {count} behind"),
            ],
            styles.nearly,
        ),
        Doing::EmptyPage if none => (vec![format!("{name}: empty page")], styles.nearly),
        Doing::EmptyPage => (
            vec![
                format!("{name}: empty page, {count} ahead"),
                format!("{name} {count} behind"),
            ],
            styles.nearly,
        ),
        Doing::Reads if none && caret.at_latest => (
            vec![
                format!("{name} at LATEST: waits for the next"),
                format!("{name} at LATEST"),
            ],
            styles.done,
        ),
        Doing::Reads if none && caret.waiting > 0 => {
            let waiting = grouped(caret.waiting as u64);
            let forms = vec![
                format!("{name} was given all, {waiting} to work on"),
                format!("{name}, {waiting} to work on"),
            ];
            (forms, styles.nearly)
        }
        Doing::Reads if none => (vec![format!("{name} {tip}")], styles.done),
        // It was at the tip when it called last: what came since waits for its next call, and that is no trouble.
        Doing::Reads if caret.rests => (
            vec![
                format!("{name}, {count} since its last call"),
                format!("{name}, {count} since"),
                format!("{name} +{count}"),
            ],
            styles.done,
        ),
        Doing::Reads => {
            let mut forms = Vec::new();
            if let Some(millis) = caret.millis.filter(|millis| *millis > 0) {
                let time = when::duration(millis);
                forms.push(format!("{name}, {count} behind, {time}"));
            }
            forms.push(format!("{name}, {count} behind"));
            forms.push(format!("{name} {count} behind"));
            (forms, styles.nearly)
        }
    };
    let mut forms = forms;
    forms.push(name.clone());
    Said { forms, style }
}

fn at_work(caret: &Caret) -> bool {
    !matches!(caret.doing, Doing::Stopped | Doing::Ended)
}

/// The readers worth naming: all that are at work, the newest of those that are not; and how many are left.
fn named<'c>(carets: &[&'c Caret]) -> (Vec<&'c Caret>, usize) {
    let resting = carets.iter().filter(|caret| !caret.own && !at_work(caret));
    let excess = resting.count().saturating_sub(STOPPED);
    let mut skipped = 0;
    let mut named = Vec::new();
    for caret in carets {
        if !caret.own && !at_work(caret) && skipped < excess {
            skipped += 1;
        } else {
            named.push(*caret);
        }
    }
    (named, excess)
}

/// The readers of a lane in words: those at work first, of them the one that is furthest behind.
pub(super) fn in_words(ink: &Ink<'_>, lane: &Lane, carets: &[&Caret]) -> Said {
    let mut order: Vec<&&Caret> = carets.iter().collect();
    order.sort_by_key(|caret| {
        (
            !at_work(caret),
            std::cmp::Reverse(caret.ahead(lane).records),
        )
    });
    let Some(first) = order.first() else {
        return Said {
            forms: vec!["nobody reads it".into(), String::new()],
            style: ink.styles.dim,
        };
    };
    let mut said = said(ink, lane, first);
    if let more @ 1.. = order.len() - 1 {
        said.forms
            .iter_mut()
            .for_each(|form| *form += &format!(" · +{more}"));
    }
    said
}

/// Draws a lane's readers below it in at most so many rows, and gives how many were used.
pub(super) fn below(
    ink: &Ink<'_>,
    lane: &Lane,
    carets: &[&Caret],
    (track, left): (&Track<'_>, usize),
    canvas: &mut Canvas<'_>,
    row: usize,
    most: usize,
) -> usize {
    let width = canvas.width();
    let (mut named, mut more) = named(carets);
    named.sort_by_key(|caret| caret.place(lane));
    // From the right: a label stands at the right of its caret, where the next one leaves room.
    let mut taken: Vec<usize> = vec![width; most.max(1)];
    let mut used = 1;
    for caret in named.iter().rev() {
        let (mark, column) = match track.spot(caret.place(lane)) {
            Spot::At(column) => ("▴", column),
            Spot::Left(column) => ("◂", column),
            Spot::Right(column) => ("▸", column),
        };
        let column = (left + column).min(width.saturating_sub(1));
        let said = said(ink, lane, caret);
        let fits = |form: &&String, end: usize| column + 2 + cells(form) <= end;
        let mut drawn = false;
        // A row in which all is said goes before one in which only little has room.
        let full = said.forms.len().saturating_sub(2).max(1);
        let says_all = |end: usize| {
            let limit = if end == width {
                width
            } else {
                end.saturating_sub(2)
            };
            column < end && said.forms[..full].iter().any(|form| fits(&form, limit))
        };
        let best = taken.iter().position(|end| says_all(*end)).unwrap_or(0);
        for (line, end) in taken.iter_mut().enumerate().skip(best) {
            let limit = if *end == width {
                width
            } else {
                end.saturating_sub(2)
            };
            let longest = said.forms.iter().find(|form| fits(form, limit));
            let text = match longest {
                Some(form) if column < *end => Row::new()
                    .text(mark, said.style)
                    .gap(1)
                    .text(form.clone(), said.style),
                // At the right edge it stands at the left of its caret.
                _ if *end == width && column < width => {
                    let form = said.forms.iter().find(|form| cells(form) < column);
                    let Some(form) = form else { continue };
                    let text = Row::new()
                        .text(form.clone(), said.style)
                        .gap(1)
                        .text(mark, said.style);
                    let start = (column + 1).saturating_sub(text.width());
                    canvas.draw_at(start, row + line, text);
                    *end = start;
                    used = used.max(line + 1);
                    drawn = true;
                    break;
                }
                _ => continue,
            };
            canvas.draw_at(column, row + line, text);
            *end = column;
            used = used.max(line + 1);
            drawn = true;
            break;
        }
        more += usize::from(!drawn);
    }
    if more > 0 {
        let words = match more {
            1 => "1 reader more".to_owned(),
            n => format!("{n} readers more"),
        };
        let words = Row::new().text(words, ink.styles.dim);
        let start = taken.iter().position(|end| words.width() + 2 <= *end);
        if let Some(line) = start.filter(|line| *line < used) {
            canvas.draw_at(0, row + line, words);
        }
    }
    used
}
