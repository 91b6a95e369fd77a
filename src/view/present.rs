//! Present mode: the head with the time left, one thing large, and the keys valid now.
//!
//! It draws with the theme's loud styles: nothing in it is dim. Whatever a colour says here a word, a letter or a place says
//! as well, and no line of text is longer than [`WIDEST`].

mod facts;
mod figures;
mod glyphs;
mod lanes;
mod live;
mod pen;
mod scene;
mod text;

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::bar;
use super::canvas::Canvas;
use super::fit::{self, Row, cut};
use super::{Ink, foot, prose};
use crate::app::class;
use crate::app::present::{Parts, WIDEST, parts, time_left};
use crate::app::{Pane, keymap};
use pen::Pen;

/// How many rows what just happened may have, above the keys.
const MOST_ROWS: usize = 2;

/// Draws the whole screen.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer) {
    let ink = &Ink {
        model: ink.model,
        styles: ink.styles.loud(),
        ascii: ink.ascii,
    };
    let parts = parts(ink.model.layout.area);
    let pen = Pen::new(ink, &parts);
    head(ink, &mut Canvas::new(buffer, parts.head), &parts, pen);
    let happened = happened(ink, &parts);
    let scene = ink.model.shown_scene().is_some();
    // What comes next in a scene stands at its bottom: what happened goes below it.
    let lent = if scene {
        happened.len().saturating_sub(1)
    } else {
        0
    };
    let mut body = Canvas::new(buffer, parts.body);
    let height = body.height().saturating_sub(lent);
    let mut body = body.rows(0..height);
    match ink.model.focus {
        _ if scene => scene::draw(ink, &mut body, pen),
        Pane::Lesson | Pane::Quiz => text::slide(ink, &mut body, pen),
        Pane::Producer => live::producer(ink, &mut body, pen),
        Pane::Consumer => live::consumer(ink, &mut body, pen),
        Pane::Shards => lanes::draw(ink, &mut body, pen),
    }
    bottom(ink, buffer, &parts, happened);
}

/// The lesson, the section, and the time it has left.
fn head(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts, pen: Pen) {
    let styles = &ink.styles;
    let title = bar::title(ink).to_uppercase();
    let section = &section(ink);
    let time = time_left(ink.model);
    if !parts.figures {
        let time = time.map_or(Row::new(), |time| {
            Row::new()
                .text(time.figures, styles.strong)
                .gap(1)
                .text(time.words, styles.base)
        });
        let room = canvas.width().saturating_sub(time.width() + 4);
        let taken = fit::cells(section).min(room);
        let title = cut(&title, room.saturating_sub(taken + 2)).into_owned();
        let row = Row::new().text(title, styles.strong).gap(2);
        canvas.draw(0, row.text(section.as_str(), styles.base));
        canvas.draw_right(0, time);
        return;
    }
    let mut used = 0;
    if let Some(time) = time {
        let size = figures::size(parts.large);
        let wide = figures::width(&time.figures, size);
        let apart = 1 + pen.rows();
        used = wide + apart + pen.cells(time.words);
        let column = canvas.width().saturating_sub(used);
        figures::draw(canvas, (column, 0), &time.figures, styles.strong, size);
        // Both stand on the same line.
        let words = Row::new().text(time.words, styles.strong);
        pen.draw(canvas, (column + wide + apart, 2), words);
    }
    let room = canvas.width().saturating_sub(used + 2);
    let title = cut(&title, room.min(WIDEST)).into_owned();
    canvas.draw(0, Row::new().text(title, styles.accent));
    let section = pen.cut(section, room);
    let row = pen.rows().div_ceil(2);
    pen.draw(canvas, (0, row), Row::new().text(section, styles.strong));
}

/// The section; where it is talked over, the phase and its time as well: `Discuss · think 0:31`.
fn section(ink: &Ink<'_>) -> String {
    let section = ink.model.lesson.section().map_or("", bar::word);
    match class::phase(ink.model, ink.model.now) {
        Some((phase, time)) => format!("{section} · {} {time}", phase.word()),
        None => section.to_owned(),
    }
}

/// What just happened, in lines.
fn happened(ink: &Ink<'_>, parts: &Parts) -> Vec<String> {
    let status = &ink.model.status;
    let width = usize::from(parts.foot.width).min(WIDEST);
    let room = width.saturating_sub(fit::cells(foot::mark(status.tone)));
    let mut lines = match status.words.is_empty() {
        true => Vec::new(),
        false => prose::wrapped(&status.words, room),
    };
    if lines.len() > MOST_ROWS {
        let rest = lines.split_off(MOST_ROWS - 1).join(" ");
        lines.push(cut(&rest, room).into_owned());
    }
    lines
}

/// What just happened, and the keys valid now.
fn bottom(ink: &Ink<'_>, buffer: &mut Buffer, parts: &Parts, lines: Vec<String>) {
    let styles = &ink.styles;
    let tone = ink.model.status.tone;
    let mark = foot::mark(tone);
    let width = usize::from(parts.foot.width).min(WIDEST);
    let mut area = parts.foot;
    let lent = fit::short(lines.len() + usize::from(parts.large)).min(area.y);
    area.y -= lent;
    area.height += lent;
    let mut canvas = Canvas::new(buffer, area);
    for (row, line) in lines.into_iter().enumerate() {
        let nothing = " ".repeat(canvas.width());
        canvas.draw(row, Row::new().text(nothing, styles.base));
        if row == 0 {
            canvas.draw(0, Row::new().text(mark, styles.tone(tone)));
        }
        canvas.draw_at(fit::cells(mark), row, Row::new().text(line, styles.strong));
    }
    let last = canvas.height().saturating_sub(1);
    canvas.draw(last, keys(ink, width));
}

/// The keys valid now, the most useful first, and help; those without room are left out, help never.
fn keys<'a>(ink: &Ink<'_>, width: usize) -> Row<'a> {
    let styles = &ink.styles;
    let hint = |(key, word): &(String, &'static str)| {
        Row::new()
            .text(key.clone(), styles.key)
            .gap(1)
            .text(*word, styles.base)
    };
    let hints = keymap::presenting_hints(ink.model);
    let Some((help, others)) = hints.split_last() else {
        return Row::new();
    };
    let help = hint(help);
    let room = width.saturating_sub(help.width());
    let row = others.iter().fold(Row::new(), |row, other| {
        let other = hint(other).gap(3);
        match row.width() + other.width() <= room {
            true => row.join(other),
            false => row,
        }
    });
    row.join(help)
}

/// A line of text, cut to so many characters.
fn line(words: &str, style: Style, columns: usize) -> Row<'static> {
    Row::new().text(cut(words, columns).into_owned(), style)
}

/// A title at the top, and at the end of its line which part of it this is. Gives the row below, and one of air.
fn title(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen, words: &str, part: &str) -> usize {
    let styles = &ink.styles;
    let beside = pen.cells(part);
    let column = pen.line_cells(canvas).saturating_sub(beside);
    let room = match part.is_empty() {
        true => column,
        false => column.saturating_sub(pen.gap()),
    };
    let words = pen.cut(words, room);
    pen.draw(canvas, (0, 0), Row::new().text(words, styles.accent));
    let part = Row::new().text(part.to_owned(), styles.strong);
    pen.draw(canvas, (column, 0), part);
    pen.rows() + 1
}
