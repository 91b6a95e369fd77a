//! Text cut to cells, and lines built column by column.
//!
//! Any of it may come from outside: what would steer the terminal is made harmless here, before it is measured.

use std::borrow::Cow;

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::printable::printable;

/// Stands for what was cut off.
pub(super) const CUT: &str = "…";

/// How many cells a text takes once it is made harmless.
pub(super) fn cells(text: &str) -> usize {
    // Each of its controls becomes one symbol.
    if text.is_ascii() {
        return text.len();
    }
    printable(text)
        .graphemes(true)
        .map(UnicodeWidthStr::width)
        .sum()
}

/// The text, made harmless, in at most `width` cells; where it is cut, [`CUT`] stands at its end.
pub(super) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    match printable(text) {
        Cow::Borrowed(text) => cut_harmless(text, width),
        Cow::Owned(text) => Cow::Owned(cut_harmless(&text, width).into_owned()),
    }
}

fn cut_harmless(text: &str, width: usize) -> Cow<'_, str> {
    let mut used = 0;
    let mut keep = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let wide = UnicodeWidthStr::width(grapheme);
        if used + wide > width {
            let mark = if width == 0 { "" } else { CUT };
            return Cow::Owned(format!("{}{mark}", &text[..keep]));
        }
        used += wide;
        if used < width {
            keep = at + grapheme.len();
        }
    }
    Cow::Borrowed(text)
}

/// A number of cells as the frame counts them.
pub(super) fn short(cells: usize) -> u16 {
    u16::try_from(cells).unwrap_or(u16::MAX)
}

/// A line built from left to right.
#[derive(Debug, Clone, Default)]
pub(super) struct Row<'a> {
    spans: Vec<Span<'a>>,
    width: usize,
}

impl<'a> Row<'a> {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text, made harmless.
    pub fn text(mut self, text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        let text = match text.into() {
            Cow::Borrowed(text) => printable(text),
            Cow::Owned(text) => match printable(&text) {
                Cow::Borrowed(_) => Cow::Owned(text),
                Cow::Owned(harmless) => Cow::Owned(harmless),
            },
        };
        self.width += cells(&text);
        self.spans.push(Span::styled(text, style));
        self
    }

    /// Empty cells.
    pub fn gap(mut self, width: usize) -> Self {
        if width > 0 {
            self.width += width;
            self.spans.push(Span::raw(" ".repeat(width)));
        }
        self
    }

    /// A column of this width, its text at the left, cut where it is too long.
    pub fn left(self, text: &str, width: usize, style: Style) -> Self {
        let text = cut(text, width).into_owned();
        let rest = width.saturating_sub(cells(&text));
        self.text(text, style).gap(rest)
    }

    /// A column of this width, its text at the right, cut where it is too long.
    pub fn right(self, text: &str, width: usize, style: Style) -> Self {
        let text = cut(text, width).into_owned();
        let rest = width.saturating_sub(cells(&text));
        self.gap(rest).text(text, style)
    }

    /// Another line behind this one.
    pub fn join(mut self, other: Row<'a>) -> Self {
        self.width += other.width;
        self.spans.extend(other.spans);
        self
    }

    /// Empty cells up to this column.
    pub fn to(self, column: usize) -> Self {
        let rest = column.saturating_sub(self.width);
        self.gap(rest)
    }

    /// How many cells it takes.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The finished line.
    pub fn line(self) -> Line<'a> {
        Line::from(self.spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_to_cells_with_a_visible_mark() {
        let check = |text: &str, width: usize, expected: &str| {
            assert_eq!(cut(text, width), expected);
            assert!(cells(&cut(text, width)) <= width, "{text} {width}");
        };
        check("stream", 6, "stream");
        check("stream", 5, "stre…");
        check("stream", 1, "…");
        check("stream", 0, "");
        check("", 0, "");
        check("a\u{1b}[31mb\u{200b}c", 8, "a␛[31mb…");
        check("a\u{1b}[31mb\u{200b}c", 9, "a␛[31mb�c");
        check("東京都", 6, "東京都");
        check("東京都", 5, "東京…");
        check("東京都", 4, "東…");
        check("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…");
    }

    #[test]
    fn text_from_outside_is_harmless_and_as_wide_as_it_is_measured() {
        let outside = "my\u{1b}[2J\u{202e}stream\u{200b}";
        let rows = [
            Row::new().text(outside, Style::new()),
            Row::new().text(outside.to_owned(), Style::new()),
            Row::new().left(outside, cells(outside), Style::new()),
        ];
        for row in rows {
            assert_eq!(row.width(), cells(outside));
            assert_eq!(row.line().to_string(), "my␛[2J�stream�");
        }
    }

    #[test]
    fn columns_keep_their_widths() {
        let style = Style::new();
        let row = Row::new()
            .left("alice", 8, style)
            .right("7", 3, style)
            .left("a long key", 5, style);
        assert_eq!(row.width(), 16);
        assert_eq!(row.line().to_string(), "alice     7a lo…");
    }
}
