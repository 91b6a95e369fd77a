//! Where present mode's three parts stand at a size. Used by `update` to make slides, and by the view to draw.

use ratatui::layout::Rect;

/// The longest line of text, in cells: longer ones are not read from the last row.
pub const WIDEST: usize = 60;

/// How wide all of it is at most: that of two lines.
const LARGEST: u16 = 120;

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
    /// Whether there is room for large ones, and for names in figures.
    pub large: bool,
}

/// Divides a screen.
pub fn parts(area: Rect) -> Parts {
    let large = area.width >= 140 && area.height >= 40;
    let figures = area.width >= 70 && area.height >= 20;
    // Air at the sides, since projectors cut off a little; what is large stands in the middle.
    let margin = match area.width {
        ..70 => 0,
        width => (width / 10).max(width.saturating_sub(LARGEST) / 2),
    };
    let (above, head, below) = match (large, figures) {
        (true, _) => (2, 5, 3),
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
