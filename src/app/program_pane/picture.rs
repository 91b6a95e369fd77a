//! What a program's terminal shows, as it was at one moment: text in places, with inks, and the modes it asked for.

use serde::{Deserialize, Serialize};

/// A picture of a program's screen. Its text comes from outside: whoever draws it makes it harmless.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Picture {
    /// Grows with every picture of a run, so that a late one is told from a new one.
    pub serial: u64,
    /// Columns and rows.
    pub size: (u16, u16),
    /// What stands in each row, from left to right; blank ends are left out.
    pub lines: Vec<Vec<Piece>>,
    /// The column and row of the cursor, unless it is hidden or scrolled away.
    pub cursor: Option<(u16, u16)>,
    /// How many lines the picture is scrolled back.
    pub back: usize,
    /// How many lines are kept above the screen.
    pub above: usize,
    /// What the program asked its terminal for.
    pub modes: Modes,
}

impl Picture {
    /// The text of a row.
    pub fn text(&self, row: usize) -> String {
        let mut text = String::new();
        let mut column = 0;
        for piece in self.lines.get(row).into_iter().flatten() {
            let gap = piece.column.saturating_sub(column);
            text.extend(std::iter::repeat_n(' ', usize::from(gap)));
            text.push_str(&piece.text);
            column = piece.column.saturating_add(piece.width);
        }
        text
    }

    /// Every row's text.
    pub fn all_text(&self) -> String {
        let rows: Vec<String> = (0..self.lines.len()).map(|row| self.text(row)).collect();
        rows.join("\n")
    }
}

/// Text of one ink, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Where it begins.
    pub column: u16,
    /// How many cells it takes.
    pub width: u16,
    /// What it says.
    pub text: String,
    /// How.
    pub ink: Ink,
}

/// How text is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ink {
    /// The colour of the text.
    pub text: Colour,
    /// The colour behind it.
    pub ground: Colour,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underlined: bool,
    /// Text and ground change places.
    pub inverse: bool,
}

/// A colour as a program asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Colour {
    /// The terminal's own.
    #[default]
    Own,
    /// One of 256; the first 16 are the theme's to choose.
    Numbered(u8),
    /// Red, green, blue.
    Mixed(u8, u8, u8),
}

/// What a program asked its terminal for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Modes {
    /// Cursor keys are sent as applications want them.
    pub application_cursor: bool,
    /// What is pasted is to be marked as such.
    pub bracketed_paste: bool,
    /// It draws on a screen of its own, as an editor does: there is nothing to scroll back to.
    pub own_screen: bool,
}
