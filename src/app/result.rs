//! The result screen: the lesson's report over the panes, scrolled where it is longer than the screen.

use chrono::{DateTime, Utc};

use super::model::Model;
use super::overlay::Overlay;
use super::report::{self, Line};
use super::section_clock;

/// The widest that the screen gets inside.
const WIDEST: u16 = 76;

/// What frame and air take of the screen's width and height: the status below it stays in sight.
const AROUND: (u16, u16) = (8, 7);

/// The result as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultScreen {
    /// Its lines at the screen's width.
    pub lines: Vec<Line>,
    /// Lines scrolled down.
    pub scroll: usize,
}

/// The inside of the result screen, in cells.
pub fn room(model: &Model) -> (usize, usize) {
    let area = model.layout.area;
    let width = area.width.saturating_sub(AROUND.0).min(WIDEST);
    let height = area.height.saturating_sub(AROUND.1);
    (usize::from(width), usize::from(height))
}

/// Opens it.
pub(super) fn open(model: &mut Model, now: DateTime<Utc>) {
    section_clock::bank(model, now);
    model.overlay = Some(Overlay::Result(ResultScreen {
        lines: Vec::new(),
        scroll: 0,
    }));
    lay_out(model);
}

/// Lays it out anew if it is open: the screen may be another size, or more is known.
pub(super) fn lay_out(model: &mut Model) {
    if !matches!(model.overlay, Some(Overlay::Result(_))) {
        return;
    }
    let (width, height) = room(model);
    let lesson = std::sync::Arc::clone(&model.lesson.lesson);
    let key = model.lesson.key.clone();
    let report = report::of(&lesson, &key, model.lesson_progress());
    let lines = report::lines(&report, width);
    if let Some(Overlay::Result(screen)) = &mut model.overlay {
        screen.scroll = screen.scroll.min(lines.len().saturating_sub(height));
        screen.lines = lines;
    }
}

/// Scrolls it.
pub(super) fn scroll(model: &Model, screen: &mut ResultScreen, by: isize) {
    let (_, height) = room(model);
    let most = screen.lines.len().saturating_sub(height);
    screen.scroll = screen.scroll.saturating_add_signed(by).min(most);
}
