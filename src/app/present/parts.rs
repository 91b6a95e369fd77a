//! Where present mode's three parts stand at a size. Used by `update` to make slides, and by the view to draw.

use ratatui::layout::Rect;

/// The longest line of text, in characters: longer ones are not read from the last row.
pub const WIDEST: usize = 60;

/// How wide all of it is at most, in cells: what is large stands in the middle.
const LARGEST: u16 = 180;

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The lesson, the section, the time left.
    pub head: Rect,
    /// The one thing that is shown.
    pub body: Rect,
    /// The keys valid now.
    pub foot: Rect,
    /// Whether there is room for figures of several rows in the head.
    pub figures: bool,
    /// Whether there is room for letters of several rows in the body.
    pub large: bool,
}

impl Parts {
    /// How many rows a line of the body takes.
    pub fn rows(&self) -> usize {
        if self.large { 4 } else { 1 }
    }

    /// How many characters a line of the body has. A large letter takes a little more than four cells, with the
    /// air behind it; most take less.
    pub fn columns(&self) -> usize {
        let width = usize::from(self.body.width);
        let columns = if self.large { width * 6 / 25 } else { width };
        columns.min(WIDEST)
    }
}

/// Divides a screen.
pub fn parts(area: Rect) -> Parts {
    let large = area.width >= 150 && area.height >= 44;
    let figures = area.width >= 70 && area.height >= 20;
    // Air at the sides, since projectors cut off a little.
    let margin = match area.width {
        ..70 => 0,
        width if large => (width / 20).max(width.saturating_sub(LARGEST) / 2),
        width => (width / 10).max(width.saturating_sub(LARGEST) / 2),
    };
    let (above, head, below) = match (large, figures) {
        (true, _) => (1, 6, 2),
        (false, true) => (0, 3, 1),
        (false, false) => (0, 1, 1),
    };
    let foot = if large { 2 } else { 1 };
    let row = |from: u16, height: u16| {
        let whole = Rect {
            x: area.x + margin,
            y: area.y + from,
            width: area.width.saturating_sub(2 * margin),
            height,
        };
        whole.intersection(area)
    };
    let body = above + head + below;
    let bottom = area.height.saturating_sub(foot);
    Parts {
        head: row(above, head),
        body: row(body, bottom.saturating_sub(body + 1)),
        foot: row(bottom, 1),
        figures,
        large,
    }
}
