//! A replay: the lab as it was, and in place of its keys, which do not hold, one line that says where the replay is and which
//! keys do.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::fit::{self, Row, cells};
use super::{Ink, Look, Styles, ascii, draw, prose};
use crate::app::{Model, Theme};

/// How many rows what is lacking may take.
const MOST_ROWS: usize = 3;

/// What the line says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayLine {
    /// Where it is and how fast it goes.
    pub place: String,
    /// What the recording lacks here, in a sentence; empty where it is whole. It stands above the line.
    pub lacks: String,
    /// Keys and what each does, the most useful first; the last one is never left out.
    pub keys: Vec<(&'static str, &'static str)>,
}

/// Draws a replay.
pub fn draw_replay(model: &Model, look: &Look, line: &ReplayLine, frame: &mut Frame<'_>) {
    draw(model, look, frame);
    let theme = if look.colour {
        model.theme
    } else {
        Theme::Mono
    };
    let ink = Ink {
        model,
        styles: Styles::of(theme),
        ascii: look.ascii,
    };
    let area = frame.area();
    let lacks = match line.lacks.is_empty() {
        true => Vec::new(),
        false => prose::wrapped(&line.lacks, usize::from(area.width.saturating_sub(4))),
    };
    let lacks = &lacks[..lacks.len().min(MOST_ROWS)];
    let height = fit::short(lacks.len() + 1).min(area.height);
    let foot = Rect {
        y: area.bottom() - height,
        height,
        ..area
    };
    let mut canvas = Canvas::new(frame.buffer_mut(), foot);
    let bottom = canvas.height().saturating_sub(1);
    let blank = " ".repeat(canvas.width());
    for (row, words) in lacks.iter().take(bottom).enumerate() {
        let mark = if row == 0 { "! " } else { "  " };
        canvas.draw(row, Row::new().text(blank.clone(), ink.styles.base));
        canvas.lay(row, 0..canvas.width(), ink.styles.base);
        let mark = Row::new().text(mark, ink.styles.nearly);
        canvas.draw_at(1, row, mark.text(words.clone(), ink.styles.base));
    }
    canvas.draw(bottom, Row::new().text(blank, ink.styles.base));
    canvas.lay(bottom, 0..canvas.width(), ink.styles.bar);
    canvas.draw_at(1, bottom, row(&ink, line, canvas.width().saturating_sub(2)));
    if look.ascii {
        ascii::fold(frame.buffer_mut());
    }
}

/// Where it is, and as many keys as there is room for.
fn row<'l>(ink: &Ink<'_>, line: &'l ReplayLine, width: usize) -> Row<'l> {
    let Some((last, others)) = line.keys.split_last() else {
        return Row::new();
    };
    let room = width.saturating_sub(cells(&line.place) + 3);
    let mut keys = super::keys(ink, std::slice::from_ref(last));
    for count in (0..=others.len()).rev() {
        let some: Vec<_> = others[..count].iter().chain([last]).copied().collect();
        keys = super::keys(ink, &some);
        if keys.width() <= room {
            break;
        }
    }
    let place = Row::new().text(line.place.as_str(), ink.styles.strong);
    place.gap(3).join(keys)
}
