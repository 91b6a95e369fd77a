//! The lesson pane: the open page, the search in it, and the one thing to do next.

mod blocks;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::Ink;
use super::canvas::Canvas;
use super::fit::{CUT, Row, cells};
use super::{field, frames, guide};
use crate::app::guide as app_guide;
use crate::app::lesson_pane::{self, Search};
use crate::app::{Pane, keymap, steps_pane};
use crate::lesson::{Role, TextLine};

/// The widest that text is laid out, and so the widest ground of a block of code.
const WIDEST: usize = 76;

/// Draws the pane.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer, rect: Rect) -> Option<Position> {
    let pane = &ink.model.lesson;
    let foot = match pane.percent() {
        Some(percent) => Row::new().text(format!("{percent}%"), ink.styles.dim),
        None => Row::new(),
    };
    frames::pane(ink, buffer, rect, Pane::Lesson, "", place(ink), foot);
    let inside = ink.model.layout.inside(Pane::Lesson)?;
    let mut canvas = Canvas::new(buffer, inside);
    let below = card(ink, &mut canvas)..canvas.height();
    let mut canvas = canvas.rows(below);
    let rows = pane.rows().min(canvas.height());
    let prompt = pane.discussion.rows.get(pane.discussion.cursor);
    let selected = prompt
        .filter(|_| ink.model.focus == Pane::Lesson)
        .map(|prompt| prompt.start);
    for (row, line) in pane.lines.iter().skip(pane.scroll).take(rows).enumerate() {
        text_line(ink, &mut canvas, row, line, pane.shift);
        if selected == Some(pane.scroll + row) {
            canvas.lay_wide(row, ink.styles.selection);
        }
        mark_hits(ink, &mut canvas, row, pane.scroll + row, line);
    }
    let first = pane.lines.len().saturating_sub(pane.scroll).min(rows);
    let below = pane
        .below
        .iter()
        .skip(pane.scroll.saturating_sub(pane.lines.len()));
    for (row, it) in (first..rows).zip(below) {
        guide::draw(ink, &mut canvas, row, it);
    }
    blocks::draw(ink, &mut canvas, rows);
    next(ink, &mut canvas);
    let search = pane.search.as_ref()?;
    let bottom = canvas.height().checked_sub(2)?;
    let mut line = canvas.rows(bottom..bottom + 1);
    search_line(ink, &mut line, search)
}

/// What is wrong with the lesson's files, above its text. Gives its rows.
fn card(ink: &Ink<'_>, canvas: &mut Canvas<'_>) -> usize {
    let pane = &ink.model.lesson;
    let rows = pane.card_rows();
    for (row, line) in pane.card.iter().take(rows).enumerate() {
        text_line(ink, canvas, row, line, 0);
    }
    if rows > 0 {
        canvas.lay(0, 0..canvas.width(), ink.styles.wrong);
    }
    rows
}

/// Which step or page is open.
fn place<'a>(ink: &Ink<'_>) -> Row<'a> {
    let pane = &ink.model.lesson;
    let Some(page) = pane.page() else {
        return Row::new();
    };
    let pages = &pane.lesson.pages;
    let steps = pages
        .iter()
        .filter(|other| other.section == page.section && other.step.is_some());
    let words = match page.step {
        Some(step) => format!("step {step} of {}", steps.count()),
        None => format!("page {} of {}", pane.page + 1, pages.len()),
    };
    let states = steps_pane::states(ink.model, pane.page);
    let row = match states.is_empty() {
        true => Row::new(),
        false => {
            let (mark, meant) = app_guide::mark(steps_pane::step_mark(ink.model, pane.page));
            let settled = states
                .iter()
                .filter(|state| state.mark.is_settled())
                .count();
            Row::new()
                .text(mark, guide::style_of(ink, meant))
                .text(format!(" {settled} of {} · ", states.len()), ink.styles.dim)
        }
    };
    row.text(words, ink.styles.dim)
}

/// The one thing to do next, at the bottom.
fn next(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let Some(bottom) = canvas.height().checked_sub(1) else {
        return;
    };
    let (action, words) = lesson_pane::next_act(ink.model);
    let row = Row::new()
        .text("Next", styles.dim)
        .gap(2)
        .text(keymap::key_now(ink.model, action), styles.key)
        .gap(2)
        .text(words, styles.strong);
    canvas.draw(bottom, row);
}

fn search_line(ink: &Ink<'_>, canvas: &mut Canvas<'_>, search: &Search) -> Option<Position> {
    let styles = &ink.styles;
    let keys = if search.typing {
        Row::new()
            .text("Enter", styles.key)
            .text(" finds", styles.dim)
    } else {
        Row::new()
            .text(
                format!("{} of {}", search.at + 1, search.hits.len()),
                styles.strong,
            )
            .gap(2)
            .text("Enter", styles.key)
            .text(" next", styles.dim)
    };
    let keys = keys
        .gap(2)
        .text("Esc", styles.key)
        .text(" ends", styles.dim);
    let width = canvas.width().min(WIDEST).saturating_sub(keys.width() + 4);
    canvas.draw(0, Row::new().text("/", styles.key));
    let at = field::draw(ink, canvas, (2, 0), width, &search.query, search.typing);
    canvas.draw_at(width + 4, 0, keys);
    at
}

/// Lays the style of a hit over what the search found in a line.
fn mark_hits(ink: &Ink<'_>, canvas: &mut Canvas<'_>, row: usize, number: usize, line: &TextLine) {
    let pane = &ink.model.lesson;
    let Some(search) = &pane.search else {
        return;
    };
    let here = (pane.page, number);
    let first = search
        .hits
        .partition_point(|hit| (hit.page, hit.line) < here);
    let hits = search.hits.iter().enumerate().skip(first);
    let text = line.text();
    let (margin, shift) = match line.code {
        Some(_) => (cells(&margin_of(line)), pane.shift),
        None => (0, 0),
    };
    for (place, hit) in hits.take_while(|(_, hit)| (hit.page, hit.line) == here) {
        let column = |byte: usize| {
            let at = cells(text.get(..byte).unwrap_or(&text));
            if at <= margin {
                at
            } else {
                margin.max(at.saturating_sub(shift))
            }
        };
        let style = if place == search.at {
            ink.styles.hit
        } else {
            ink.styles.selection
        };
        canvas.lay(row, column(hit.range.start)..column(hit.range.end), style);
    }
}

/// Draws a line of text; code may be scrolled sideways and is clipped with a mark.
pub(super) fn text_line(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    row: usize,
    line: &TextLine,
    shift: usize,
) {
    let styled = |role, text: &str| (text.to_owned(), style_of(ink, role));
    if line.code.is_none() {
        let mut built = Row::new();
        for span in &line.spans {
            let (text, style) = styled(span.role, &span.text);
            built = built.text(text, style);
        }
        return canvas.draw(row, built);
    }
    let ground = canvas.width().min(WIDEST);
    canvas.lay(row, 0..ground, ink.styles.lifted);
    let bar = line
        .spans
        .iter()
        .position(|span| span.role == Role::CodeBar);
    let (margin, code) = line.spans.split_at(bar.map_or(0, |bar| bar + 1));
    let mut built = Row::new();
    for span in margin {
        let (text, style) = styled(span.role, &span.text);
        built = built.text(text, style);
    }
    let start = built.width();
    let mut block = canvas.columns(0..ground);
    block.draw(row, built);
    let room = ground.saturating_sub(start);
    let mut skipped = 0;
    let mut built = Row::new();
    let mut clipped = false;
    for span in code.iter().filter(|span| span.role != Role::FileName) {
        let (text, style) = styled(span.role, &span.text);
        let text = without_start(&text, shift.saturating_sub(skipped));
        skipped += cells(&span.text);
        built = built.text(text.to_owned(), style);
        clipped |= built.width() > room && !text.trim_end().is_empty();
    }
    block.draw_at(start, row, built);
    if shift > 0 && start > 0 {
        block.draw_at(start - 1, row, Row::new().text("‹", ink.styles.dim));
    }
    if clipped && ground > 0 {
        block.draw_at(ground - 1, row, Row::new().text(CUT, ink.styles.dim));
    }
    if let Some(file) = code.iter().find(|span| span.role == Role::FileName) {
        let (text, style) = styled(file.role, &file.text);
        block.draw_right(row, Row::new().text(text, style));
    }
}

fn margin_of(line: &TextLine) -> String {
    let bar = line
        .spans
        .iter()
        .position(|span| span.role == Role::CodeBar);
    let spans = &line.spans[..bar.map_or(0, |bar| bar + 1)];
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// What is left of a text when so many cells are cut from its start.
fn without_start(text: &str, shift: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        if used >= shift {
            return &text[at..];
        }
        used += cells(c.encode_utf8(&mut [0; 4]));
    }
    ""
}

pub(super) fn style_of(ink: &Ink<'_>, role: Role) -> Style {
    let styles = &ink.styles;
    match role {
        Role::Body => Style::new(),
        Role::Dim | Role::FileName => styles.dim,
        Role::Heading => styles.accent,
        Role::Strong | Role::TableHead => styles.strong,
        Role::Emphasis => styles.emphasis,
        Role::Struck => styles
            .dim
            .add_modifier(ratatui::style::Modifier::CROSSED_OUT),
        Role::InlineCode => styles.inline_code,
        Role::Link => styles.link,
        Role::Rule => styles.faint,
        Role::Quote | Role::CodeBar | Role::Bullet => styles.accent,
        Role::Task(true) => styles.done,
        Role::Task(false) => styles.dim,
        Role::Code(code) => styles.code(code),
    }
}
