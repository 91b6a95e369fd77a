//! What stands below the text of a step: the card of a prediction, the checks, hints.

use ratatui::style::Style;

use super::Ink;
use super::canvas::Canvas;
use super::fit::Row;
use crate::app::guide::{self, Meant, Part, Piece};
use crate::lesson::WIDEST;

/// Draws a row.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>, row: usize, it: &guide::Row) {
    let width = canvas.width().min(WIDEST);
    let mut canvas = canvas.columns(0..width);
    canvas.draw(row, pieces(ink, &it.left));
    let right = pieces(ink, &it.right);
    let is_card = matches!(it.part, Part::Card(..));
    let air = if is_card { 2 } else { 0 };
    canvas
        .columns(0..width.saturating_sub(air))
        .draw_right(row, right);
    if is_card {
        canvas.lay(row, 0..width, ink.styles.card);
    }
}

fn pieces<'a>(ink: &Ink<'_>, pieces: &'a [Piece]) -> Row<'a> {
    pieces.iter().fold(Row::new(), |row, piece| {
        row.text(piece.text.as_str(), style_of(ink, piece.meant))
    })
}

/// How words are drawn that are meant so.
pub(super) fn style_of(ink: &Ink<'_>, meant: Meant) -> Style {
    let styles = &ink.styles;
    match meant {
        Meant::Plain => styles.base,
        Meant::Dim => styles.dim,
        Meant::Strong => styles.strong,
        Meant::Accent => styles.accent,
        Meant::Key => styles.key,
        Meant::Done => styles.done,
        Meant::Nearly => styles.nearly,
        Meant::Wrong => styles.wrong,
    }
}
