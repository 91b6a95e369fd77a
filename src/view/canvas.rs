//! A rectangle of the frame: whatever is drawn into it stays in it.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::fit::{Row, short};

/// A rectangle of the frame.
pub(super) struct Canvas<'b> {
    buffer: &'b mut Buffer,
    area: Rect,
}

impl<'b> Canvas<'b> {
    /// The part of the buffer in this rectangle.
    pub fn new(buffer: &'b mut Buffer, area: Rect) -> Self {
        let area = area.intersection(*buffer.area());
        Self { buffer, area }
    }

    /// Its width in cells.
    pub fn width(&self) -> usize {
        usize::from(self.area.width)
    }

    /// Its height in cells.
    pub fn height(&self) -> usize {
        usize::from(self.area.height)
    }

    /// Draws a line from the left edge.
    pub fn draw(&mut self, row: usize, line: Row<'_>) {
        self.draw_at(0, row, line);
    }

    /// Draws a line from a column on.
    pub fn draw_at(&mut self, column: usize, row: usize, line: Row<'_>) {
        if row >= self.height() || column >= self.width() {
            return;
        }
        let (x, y) = (self.area.x + short(column), self.area.y + short(row));
        let room = self.area.width - short(column);
        self.buffer.set_line(x, y, &line.line(), room);
    }

    /// Draws a line that ends at the right edge.
    pub fn draw_right(&mut self, row: usize, line: Row<'_>) {
        self.draw_at(self.width().saturating_sub(line.width()), row, line);
    }

    /// Lays a style over cells of a row.
    pub fn lay(&mut self, row: usize, columns: Range<usize>, style: Style) {
        let end = columns.end.min(self.width());
        if row < self.height() && columns.start < end {
            let (x, y) = (self.area.x + short(columns.start), self.area.y + short(row));
            let width = short(end - columns.start);
            self.buffer.set_style(Rect::new(x, y, width, 1), style);
        }
    }

    /// Lays a style over a row and the column of air at each of its sides.
    pub fn lay_wide(&mut self, row: usize, style: Style) {
        if row < self.height() {
            let area = Rect {
                x: self.area.x.saturating_sub(1),
                y: self.area.y + short(row),
                width: self.area.width + 2,
                height: 1,
            };
            let area = area.intersection(*self.buffer.area());
            self.buffer.set_style(area, style);
        }
    }

    /// Some of its rows as a canvas of their own.
    pub fn rows(&mut self, rows: Range<usize>) -> Canvas<'_> {
        let start = rows.start.min(self.height());
        let end = rows.end.clamp(start, self.height());
        let area = Rect {
            y: self.area.y + short(start),
            height: short(end - start),
            ..self.area
        };
        Canvas::new(self.buffer, area)
    }

    /// Some of its columns as a canvas of their own.
    pub fn columns(&mut self, columns: Range<usize>) -> Canvas<'_> {
        let start = columns.start.min(self.width());
        let end = columns.end.clamp(start, self.width());
        let area = Rect {
            x: self.area.x + short(start),
            width: short(end - start),
            ..self.area
        };
        Canvas::new(self.buffer, area)
    }

    /// What stands at a place on the screen.
    pub fn symbol(&self, at: Position) -> &str {
        self.buffer.cell(at).map_or("", |cell| cell.symbol())
    }

    /// A cell of it as a place on the screen, if it lies inside.
    pub fn position(&self, column: usize, row: usize) -> Option<Position> {
        (row < self.height() && column < self.width())
            .then(|| Position::new(self.area.x + short(column), self.area.y + short(row)))
    }
}
