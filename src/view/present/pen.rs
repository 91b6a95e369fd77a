//! How words are written: as the terminal writes them, or in letters of four rows where the screen is large.
//!
//! A terminal has one size of letters. On a screen of 60 rows that is too small for the last row of a room, so there each
//! letter is drawn with blocks, two points in a cell. Where ASCII alone may be used the terminal's letters stand as far apart.

use ratatui::style::{Modifier, Style};

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::fit::{Row, cells, cut};
use super::glyphs::{HIGH, glyph};
use crate::app::present::Parts;

/// The least cells between two words, and those that are meant; a line that is too long is written narrower.
const GAPS: std::ops::RangeInclusive<usize> = 1..=3;

/// The cells that a character of a column takes, and from how many spaces on an indent is one.
const COLUMN: usize = 4;
const INDENT: usize = 4;

/// How words are written at a size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen {
    rows: usize,
    columns: usize,
    letters: bool,
}

impl Pen {
    /// The pen for a screen.
    pub fn new(ink: &Ink<'_>, parts: &Parts) -> Self {
        Self {
            rows: parts.rows(),
            columns: parts.columns(),
            letters: parts.large && !ink.ascii,
        }
    }

    /// How many rows a line takes.
    pub fn rows(self) -> usize {
        self.rows
    }

    /// How many characters a line has.
    pub fn columns(self) -> usize {
        self.columns
    }

    /// How many cells a line has.
    pub fn line_cells(self, canvas: &Canvas<'_>) -> usize {
        match self.rows {
            1 => canvas.width().min(self.columns),
            _ => canvas.width(),
        }
    }

    /// The cells between columns.
    pub fn gap(self) -> usize {
        2 + self.rows
    }

    /// A name as it is written so that it stands out: in capitals, which stand apart where letters are small.
    pub fn name(self, name: &str) -> String {
        let capitals = name.to_uppercase();
        if self.rows > 1 {
            return capitals;
        }
        let apart: Vec<String> = capitals.chars().map(String::from).collect();
        apart.join(" ").replace("   ", "  ")
    }

    /// The pen for what stands beside, where there is not room for letters.
    pub fn small(self) -> Self {
        Self {
            rows: 1,
            letters: false,
            ..self
        }
    }

    /// Words in at most so many cells, cut where they take more.
    pub fn cut(self, words: &str, room: usize) -> String {
        let whole = words.chars().count();
        let kept = (0..=whole).rev().map(|most| cut(words, most).into_owned());
        let mut fitting = kept.skip_while(|words| self.cells(words) > room);
        fitting.next().unwrap_or_default()
    }

    /// How many cells words take.
    pub fn cells(self, words: &str) -> usize {
        match self.letters {
            true => written(&[(words, Style::new())], *GAPS.end()).1,
            false => cells(words),
        }
    }

    /// Writes a line. In letters it is narrower where it would not fit, and the terminal's where even that is too wide.
    pub fn draw(self, canvas: &mut Canvas<'_>, (column, row): (usize, usize), line: Row<'_>) {
        let middle = row + (self.rows - 1) / 2;
        if !self.letters {
            return canvas.draw_at(column, middle, line);
        }
        let line = line.line();
        let spans = line.spans.iter();
        // A line below each of its rows would strike a letter through.
        let drawn = |style: Style| style.remove_modifier(Modifier::UNDERLINED);
        let spans: Vec<(&str, Style)> = spans
            .map(|it| (it.content.as_ref(), drawn(it.style)))
            .collect();
        let room = canvas.width().saturating_sub(column);
        let mut gaps = GAPS.rev();
        let fitting = gaps.find_map(|gap| {
            let (points, width) = written(&spans, gap);
            (width <= room).then_some(points)
        });
        let Some(points) = fitting else {
            let row = spans.iter().fold(Row::new(), |row, (text, style)| {
                row.text((*text).to_owned(), *style)
            });
            return canvas.draw_at(column, middle, row);
        };
        for (at, place, style) in points {
            match place {
                Place::Whole(text) => {
                    canvas.draw_at(column + at, middle, Row::new().text(text, style));
                }
                Place::Points(width, rows) => {
                    for y in 0..HIGH / 2 {
                        let cells: String =
                            (0..width).rev().map(|bit| block(&rows, y, bit)).collect();
                        canvas.draw_at(column + at, row + y, Row::new().text(cells, style));
                    }
                }
            }
        }
    }
}

/// Two points, one above the other, as a cell.
fn block(rows: &[u8; HIGH], y: usize, bit: usize) -> char {
    let is_set = |row: u8| row >> bit & 1 == 1;
    match (is_set(rows[2 * y]), is_set(rows[2 * y + 1])) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

/// A character of a line.
enum Place {
    /// By its points.
    Points(usize, [u8; HIGH]),
    /// What has none, as the terminal writes it.
    Whole(String),
}

/// Where each character of a line stands, and how wide all of them are. Behind two spaces and more a column begins, so that
/// tables stand in columns.
fn written(spans: &[(&str, Style)], gap: usize) -> (Vec<(usize, Place, Style)>, usize) {
    let mut places = Vec::new();
    let (mut at, mut end) = (0, 0);
    let (mut column, mut spaces) = (0, 0);
    for (text, style) in spans {
        for c in text.chars() {
            if c == ' ' {
                (at, column, spaces) = (at + gap, column + 1, spaces + 1);
                continue;
            }
            if (spaces > 1 && spaces < column) || spaces >= INDENT {
                at = at.max(column * COLUMN);
            }
            spaces = 0;
            column += 1;
            let (wide, place) = match glyph(c) {
                Some((width, rows)) => (width, Place::Points(width, rows)),
                None => {
                    let text = c.to_string();
                    (cells(&text), Place::Whole(text))
                }
            };
            if wide > 0 {
                places.push((at, place, *style));
                end = at + wide;
                at = end + 1;
            }
        }
    }
    (places, end)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_printable_character_of_ascii_has_a_glyph_of_its_own() {
        let mut known: BTreeMap<(usize, [u8; HIGH]), char> = BTreeMap::new();
        for c in ' '..='~' {
            let glyph = glyph(c).unwrap_or_else(|| panic!("{c:?}"));
            let (width, rows) = glyph;
            assert!(
                rows.iter().all(|row| usize::from(*row) < 1 << width),
                "{c:?}"
            );
            let other = known.insert(glyph, c);
            assert_eq!(other, None, "{c:?}");
        }
    }

    #[test]
    fn a_line_is_as_wide_as_it_is_measured_and_what_has_no_glyph_stands_as_it_is() {
        let style = Style::new();
        let (places, width) = written(&[("a 東b", style)], 3);
        let columns: Vec<usize> = places.iter().map(|(at, ..)| *at).collect();
        assert_eq!((columns, width), (vec![0, 7, 10], 13));
        assert!(matches!(&places[1].1, Place::Whole(text) if text == "東"));
        let (places, _) = written(&[("ab   c", style)], 3);
        assert_eq!(places[2].0, 20, "a column");
        let (places, _) = written(&[("   c", style)], 3);
        assert_eq!(places[0].0, 9, "an indent is no column");
    }
}
