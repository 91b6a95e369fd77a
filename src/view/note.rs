//! A private note while it is written: what is asked, where the lesson is not beside it, and the text.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

use super::Ink;
use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{Row, cut};
use super::frames::{AROUND, Titles, framed};
use super::lesson::text_line;
use crate::app::discussion::{self, MOST_CHARS, Note};

/// From so many characters on the foot says how many there may be.
const NEARLY_FULL: usize = MOST_CHARS * 9 / 10;

/// Draws it over what stands in its place, and gives the cursor.
pub(super) fn draw(ink: &Ink<'_>, note: &Note, buffer: &mut Buffer) -> Option<Position> {
    let styles = &ink.styles;
    let rect = ink.model.layout.note();
    Clear.render(rect, buffer);
    buffer.set_style(rect, styles.base);
    framed(ink, buffer, rect, true, titles(ink, note, rect));
    let (asked, text) = note.places(&ink.model.layout);
    let mut canvas = Canvas::new(buffer, asked);
    for (row, line) in note.asked.iter().enumerate() {
        text_line(ink, &mut canvas, row, line, 0);
        canvas.lay(row, 0..usize::from(asked.width), styles.dim);
    }
    (&note.text).render(text, buffer);
    if note.text.is_empty() {
        let words = "Write as you think. Nobody else reads it.";
        Canvas::new(buffer, text).draw(0, Row::new().text(words, styles.dim));
    }
    let cursor = note.text.screen_cursor();
    let (top, left) = note.text.scroll_offset();
    let row = cursor.row.checked_sub(usize::from(top))?;
    let column = cursor.col.checked_sub(usize::from(left))?;
    Canvas::new(buffer, text).position(column, row)
}

fn titles<'a>(ink: &Ink<'_>, note: &Note, rect: Rect) -> Titles<'a> {
    let styles = &ink.styles;
    let state = Row::new().text("only on this machine", styles.dim);
    let name = Row::new().text("▸ Your note", styles.accent);
    let title = discussion::prompt(&ink.model.lesson).map(|prompt| prompt.title.as_str());
    let name = match title {
        None | Some("") => name,
        Some(title) => {
            let taken = name.width() + 3 + state.width() + AROUND;
            let room = usize::from(rect.width).saturating_sub(taken);
            name.text(" · ", styles.dim)
                .text(cut(title, room).into_owned(), styles.strong)
        }
    };
    let chars = note.chars();
    let foot = match chars {
        NEARLY_FULL.. => Row::new().text(
            format!(
                "{} of {} characters",
                grouped(chars as u64),
                grouped(MOST_CHARS as u64)
            ),
            styles.nearly,
        ),
        _ => Row::new()
            .text("Ctrl-Z", styles.key)
            .text(" undoes", styles.dim),
    };
    Titles { name, state, foot }
}
