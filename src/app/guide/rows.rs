//! What stands below the text of a step, as rows at a width: made in `update`, drawn as they are.

use crate::lesson::{self, Block, Highlights, Inline};

/// A row below the text of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it belongs to.
    pub part: Part,
    /// From the left.
    pub left: Vec<Piece>,
    /// At the right edge.
    pub right: Vec<Piece>,
}

/// What a row belongs to. Each row of a part has its number there, so that a row is found again when others have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// An empty row.
    Blank,
    /// A row of the card of a prediction; `true` where an option stands.
    Card(bool, usize),
    /// The words above the checks.
    Checks,
    /// A row of a check: which one, and its row there.
    Check(usize, usize),
    /// A row of a hint: which one, and its row there.
    Hint(usize, usize),
}

/// Words and how they are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// How they are meant.
    pub meant: Meant,
}

/// How words are meant. The screen gives each its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// Just read.
    Plain,
    /// Context.
    Dim,
    /// Worth more than the rest.
    Strong,
    /// What opens a part, and the bar at its left.
    Accent,
    /// A key to press.
    Key,
    /// Done, right.
    Done,
    /// Nearly.
    Nearly,
    /// Wrong.
    Wrong,
}

impl Row {
    /// A row of a part with words at its left.
    pub(super) fn new(part: Part, left: Vec<Piece>) -> Self {
        Self {
            part,
            left,
            right: Vec::new(),
        }
    }

    /// The row with words at its right edge as well.
    pub(super) fn beside(self, right: Vec<Piece>) -> Self {
        Self { right, ..self }
    }

    /// An empty row.
    pub(super) fn blank() -> Self {
        Self::new(Part::Blank, Vec::new())
    }

    /// Its words without their meaning.
    pub fn text(&self) -> String {
        let pieces = self.left.iter().chain(&self.right);
        pieces.map(|piece| piece.text.as_str()).collect()
    }
}

/// Words and how they are meant.
pub(super) fn piece(text: impl Into<String>, meant: Meant) -> Piece {
    Piece {
        text: text.into(),
        meant,
    }
}

/// How many cells these words take.
pub(super) fn cells(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Words in lines of at most so many cells. Even nothing is one line.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let paragraph = [Block::Paragraph(vec![Inline::Text(text.to_owned())])];
    let lines = lesson::layout(&paragraph, width, &Highlights::default());
    match lines.is_empty() {
        true => vec![String::new()],
        false => lines.iter().map(lesson::TextLine::text).collect(),
    }
}
