//! Figures of several rows: three by five points each.

use ratatui::style::Style;

use super::super::canvas::Canvas;
use super::super::fit::Row;

/// How large they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// Two points in a cell, one above the other: three rows.
    Small,
    /// Two cells a point: five rows.
    Large,
}

/// Points from left to right, rows from the top.
const ROWS: usize = 5;

/// The size for a screen.
pub(super) fn size(large: bool) -> Size {
    match large {
        true => Size::Large,
        false => Size::Small,
    }
}

/// How many cells a text takes.
pub(super) fn width(text: &str, size: Size) -> usize {
    let points: usize = text.chars().map(|c| glyph(c).0 + 1).sum();
    points.saturating_sub(1) * cells(size)
}

fn cells(size: Size) -> usize {
    match size {
        Size::Small => 1,
        Size::Large => 2,
    }
}

/// Draws a text; what has no figure is a gap.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    (column, row): (usize, usize),
    text: &str,
    style: Style,
    size: Size,
) {
    let mut at = column;
    let rows = match size {
        Size::Small => ROWS.div_ceil(2),
        Size::Large => ROWS,
    };
    for c in text.chars() {
        let (wide, points) = glyph(c);
        let is_set = |x: usize, y: usize| {
            let row = points.get(y).copied().unwrap_or(0);
            row >> (wide - 1 - x) & 1 == 1
        };
        for line in 0..rows {
            let drawn: String = (0..wide)
                .map(|x| match size {
                    Size::Large if is_set(x, line) => "██",
                    Size::Large => "  ",
                    Size::Small => match (is_set(x, 2 * line), is_set(x, 2 * line + 1)) {
                        (true, true) => "█",
                        (true, false) => "▀",
                        (false, true) => "▄",
                        (false, false) => " ",
                    },
                })
                .collect();
            canvas.draw_at(at, row + line, Row::new().text(drawn, style));
        }
        at += (wide + 1) * cells(size);
    }
}

/// How many points wide a character is, and its points: a row each, the leftmost the highest bit.
fn glyph(c: char) -> (usize, [u8; ROWS]) {
    let points = match c {
        '0' => [0b111, 0b101, 0b101, 0b101, 0b111],
        '1' => [0b010, 0b110, 0b010, 0b010, 0b111],
        '2' => [0b111, 0b001, 0b111, 0b100, 0b111],
        '3' => [0b111, 0b001, 0b111, 0b001, 0b111],
        '4' => [0b101, 0b101, 0b111, 0b001, 0b001],
        '5' => [0b111, 0b100, 0b111, 0b001, 0b111],
        '6' => [0b111, 0b100, 0b111, 0b101, 0b111],
        '7' => [0b111, 0b001, 0b010, 0b010, 0b010],
        '8' => [0b111, 0b101, 0b111, 0b101, 0b111],
        '9' => [0b111, 0b101, 0b111, 0b001, 0b111],
        '+' => [0b000, 0b010, 0b111, 0b010, 0b000],
        ':' => return (1, [0, 1, 0, 1, 0]),
        _ => [0; ROWS],
    };
    (3, points)
}
