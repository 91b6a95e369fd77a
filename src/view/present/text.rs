//! A slide: its title, and its lines with air between them where there is room.

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::fit::Row;
use super::super::lesson::style_of;
use super::pen::Pen;
use super::{line, title};
use crate::app::action::Action;
use crate::app::present::Slide;
use crate::app::stage::{self, Cue};
use crate::app::{Pane, keymap};

/// Draws the slide that is shown.
pub(super) fn slide(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let styles = &ink.styles;
    let present = ink.model.present.as_ref();
    let Some(slide) = present.and_then(|present| present.slide()) else {
        let words = match ink.model.focus {
            Pane::Quiz => "This lesson asks no questions.",
            _ => "This lesson has no pages.",
        };
        return pen.draw(canvas, (0, 0), line(words, styles.strong, pen.columns()));
    };
    let part = match slide.part {
        (_, 1) => String::new(),
        (part, of) => format!("{part} of {of}"),
    };
    let top = title(ink, canvas, pen, &slide.title, &part);
    let height = canvas.height();
    lines(ink, &mut canvas.rows(top..height), pen, slide);
    offer(ink, canvas, pen);
}

/// The lines of the slide that is shown, without its title.
pub(super) fn slide_alone(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let present = ink.model.present.as_ref();
    if let Some(slide) = present.and_then(|present| present.slide()) {
        lines(ink, canvas, pen, slide);
    }
}

/// Which scene Space puts on, where the page has one.
fn offer(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let styles = &ink.styles;
    let scene = stage::scene_of_page(ink.model).filter(|_| ink.model.focus == Pane::Lesson);
    let scenes = &ink.model.lesson.lesson.settings.scenes;
    let Some(scene) = scene.and_then(|scene| scenes.get(scene)) else {
        return;
    };
    let key = keymap::key_of(Action::Scene(Cue::Next), Pane::Lesson);
    let bottom = canvas.height().saturating_sub(pen.rows());
    let column = pen.cells(&key) + pen.gap() - 1;
    let words = format!("the scene “{}”", scene.title);
    let room = pen.line_cells(canvas).saturating_sub(column);
    // Rather its name whole than what it is.
    let words = match pen.cells(&words) <= room {
        true => words,
        false => pen.cut(&format!("“{}”", scene.title), room),
    };
    pen.draw(canvas, (0, bottom), Row::new().text(key, styles.key));
    let words = Row::new().text(words, styles.strong);
    pen.draw(canvas, (column, bottom), words);
}

/// Draws a slide's lines.
fn lines(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen, slide: &Slide) {
    let width = pen.line_cells(canvas);
    let mut row = 0;
    for line in &slide.lines {
        let mut built = Row::new();
        for span in &line.spans {
            built = built.text(span.text.as_str(), style_of(ink, span.role));
        }
        let is_gap = line.spans.is_empty() && line.code.is_none();
        pen.draw(canvas, (0, row), built);
        if line.code.is_some() {
            for row in row..row + pen.rows() {
                canvas.lay(row, 0..width, ink.styles.lifted);
            }
        }
        row += match pen.rows() {
            1 if slide.airy && line.code.is_none() => 2,
            1 => 1,
            rows if is_gap => rows / 2,
            rows => rows,
        };
    }
}
