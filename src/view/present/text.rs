//! A slide: its title, and its lines with air between them where there is room.

use ratatui::style::Style;

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::fit::{Row, cells};
use super::super::lesson::style_of;
use super::{line, wide};
use crate::app::action::Action;
use crate::app::present::{Parts, Slide, WIDEST};
use crate::app::stage::{self, Cue};
use crate::app::{Pane, keymap};

/// Draws the slide that is shown.
pub(super) fn slide(ink: &Ink<'_>, canvas: &mut Canvas<'_>, parts: &Parts) {
    let styles = &ink.styles;
    let present = ink.model.present.as_ref();
    let Some(slide) = present.and_then(|present| present.slide()) else {
        let words = match ink.model.focus {
            Pane::Quiz => "This lesson asks no questions.",
            _ => "This lesson has no pages.",
        };
        return canvas.draw(0, line(words, styles.strong, canvas.width()));
    };
    let part = match slide.part {
        (_, 1) => Row::new(),
        (part, of) => Row::new().text(format!("{part} of {of}"), styles.strong),
    };
    let width = canvas.width().min(WIDEST);
    let room = width.saturating_sub(part.width() + 2);
    let title = match parts.large {
        true => Some(wide(&slide.title)).filter(|title| cells(title) <= room),
        false => None,
    };
    let title = title.as_deref().unwrap_or(&slide.title);
    canvas.draw(0, line(title, styles.accent, room));
    canvas.columns(0..width).draw_right(0, part);
    let height = canvas.height();
    lines(ink, &mut canvas.rows(2..height), slide);
    offer(ink, canvas);
}

/// The lines of the slide that is shown, without its title.
pub(super) fn slide_alone(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let present = ink.model.present.as_ref();
    if let Some(slide) = present.and_then(|present| present.slide()) {
        lines(ink, canvas, slide);
    }
}

/// Which scene Space puts on, where the page has one.
fn offer(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let scene = stage::scene_of_page(ink.model).filter(|_| ink.model.focus == Pane::Lesson);
    let scenes = &ink.model.lesson.lesson.settings.scenes;
    let Some(scene) = scene.and_then(|scene| scenes.get(scene)) else {
        return;
    };
    let bottom = canvas.height().saturating_sub(1);
    let key = keymap::key_of(Action::Scene(Cue::Next), Pane::Lesson);
    let room = WIDEST.saturating_sub(cells(&key) + 2);
    let row = Row::new()
        .text(key, styles.key)
        .gap(2)
        .join(line(&scene.title, styles.strong, room));
    canvas.draw(bottom, row);
}

/// Draws a slide's lines.
fn lines(ink: &Ink<'_>, canvas: &mut Canvas<'_>, slide: &Slide) {
    let mut row = 0;
    for line in &slide.lines {
        let mut built = Row::new();
        for span in &line.spans {
            built = built.text(span.text.as_str(), style_of(ink, span.role));
        }
        canvas.draw(row, built);
        if line.code.is_some() {
            let ground: Style = ink.styles.lifted;
            canvas.lay(row, 0..WIDEST, ground);
        }
        row += if slide.airy && line.code.is_none() {
            2
        } else {
            1
        };
    }
}
