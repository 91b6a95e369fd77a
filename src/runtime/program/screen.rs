//! The screen of a program: what it writes goes through an emulator of a terminal, which also answers what it asks.

use std::num::NonZeroU16;
use std::panic::{AssertUnwindSafe, catch_unwind};

use vt100::{Callbacks, Parser};

use crate::app::program_pane::{Colour, Ink, Modes, Picture, Piece};

/// How many lines above the screen are kept: at 80 columns some 5 MB, at 200 some 13.
pub const SCROLLBACK: usize = 2_000;

/// A program's screen.
pub struct Screen {
    parser: Parser<Answers>,
    pictures: u64,
}

/// What is to be answered to the program.
#[derive(Default)]
struct Answers {
    bytes: Vec<u8>,
}

impl Callbacks for Answers {
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        letter: char,
    ) {
        let parameter = parameters.first().and_then(|p| p.first()).copied();
        match (first, letter, parameter) {
            // "Are you well?" and "where is the cursor?"
            (None, 'n', Some(5)) => self.bytes.extend(b"\x1b[0n"),
            (None, 'n', Some(6)) => {
                let (row, column) = screen.cursor_position();
                let answer = format!("\x1b[{};{}R", row + 1, column + 1);
                self.bytes.extend(answer.as_bytes());
            }
            // "What are you?": a VT100 with an advanced video option, version 0.
            (None, 'c', None | Some(0)) => self.bytes.extend(b"\x1b[?1;2c"),
            (Some(b'>'), 'c', None | Some(0)) => self.bytes.extend(b"\x1b[>0;0;0c"),
            _ => {}
        }
    }
}

impl Screen {
    /// An empty one of this many columns and rows.
    pub fn new(size: (u16, u16)) -> Self {
        let (columns, rows) = size;
        Self {
            parser: Parser::new_with_callbacks(
                some(rows),
                some(columns),
                SCROLLBACK,
                Answers::default(),
            ),
            pictures: 0,
        }
    }

    /// Takes in what the program wrote; gives what is to be answered.
    pub fn wrote(&mut self, bytes: &[u8]) -> Vec<u8> {
        let parser = &mut self.parser;
        if catch_unwind(AssertUnwindSafe(|| parser.process(bytes))).is_err() {
            // Whatever the emulator cannot take, the program goes on, on a fresh screen.
            let (rows, columns) = self.parser.screen().size();
            *self = Self {
                pictures: self.pictures,
                ..Self::new((columns.get(), rows.get()))
            };
        }
        std::mem::take(&mut self.parser.callbacks_mut().bytes)
    }

    /// Gives it another size.
    pub fn resize(&mut self, (columns, rows): (u16, u16)) {
        self.parser.screen_mut().set_size(some(rows), some(columns));
    }

    /// Shows it so many lines back.
    pub fn scroll(&mut self, back: usize) {
        self.parser.screen_mut().set_scrollback(back);
    }

    /// A picture of it.
    pub fn picture(&mut self) -> Picture {
        self.pictures += 1;
        let screen = self.parser.screen();
        let (rows, columns) = screen.size();
        let (rows, columns) = (rows.get(), columns.get());
        let lines = (0..rows).map(|row| line(screen, row, columns)).collect();
        let (row, column) = screen.cursor_position();
        let back = screen.scrollback();
        Picture {
            serial: self.pictures,
            size: (columns, rows),
            lines,
            cursor: (!screen.hide_cursor() && back == 0).then_some((column, row)),
            back,
            above: screen.scrollback_len(),
            modes: Modes {
                application_cursor: screen.application_cursor(),
                bracketed_paste: screen.bracketed_paste(),
                own_screen: screen.alternate_screen(),
            },
        }
    }
}

fn line(screen: &vt100::Screen, row: u16, columns: u16) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column) else {
            break;
        };
        if cell.is_wide_continuation() {
            continue;
        }
        let ink = ink(cell);
        let text = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        // Where the emulator and the screen could disagree on a width, a piece stands for itself.
        let plain = text.len() == 1;
        match pieces.last_mut() {
            Some(last)
                if plain
                    && last.ink == ink
                    && last.text.is_ascii()
                    && last.column + last.width == column =>
            {
                last.text.push_str(text);
                last.width += 1;
            }
            _ => pieces.push(Piece {
                column,
                width: if cell.is_wide() { 2 } else { 1 },
                text: text.to_owned(),
                ink,
            }),
        }
    }
    // A blank end says nothing.
    while let Some(last) = pieces.last_mut() {
        let visible = last.ink.inverse || last.ink.underlined || last.ink.ground != Colour::Own;
        if visible {
            break;
        }
        let kept = last.text.trim_end_matches(' ').len();
        if kept > 0 {
            let blank = last.text.len() - kept;
            last.text.truncate(kept);
            last.width -= u16::try_from(blank).unwrap_or(0);
            break;
        }
        pieces.pop();
    }
    pieces
}

fn ink(cell: &vt100::Cell) -> Ink {
    Ink {
        text: colour(cell.fgcolor()),
        ground: colour(cell.bgcolor()),
        bold: cell.bold(),
        dim: cell.dim(),
        italic: cell.italic(),
        underlined: cell.underline(),
        inverse: cell.inverse(),
    }
}

fn colour(colour: vt100::Color) -> Colour {
    match colour {
        vt100::Color::Default => Colour::Own,
        vt100::Color::Idx(number) => Colour::Numbered(number),
        vt100::Color::Rgb(red, green, blue) => Colour::Mixed(red, green, blue),
    }
}

fn some(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_holds_the_text_its_inks_and_the_cursor() {
        let mut screen = Screen::new((20, 3));
        assert_eq!(
            screen.wrote(b"plain \x1b[1;31mred\x1b[0m end\r\n\xe6\x9d\xb1\xe4\xba\xac x"),
            b""
        );
        let picture = screen.picture();
        assert_eq!(picture.text(0), "plain red end");
        assert_eq!(picture.text(1), "東京 x");
        assert_eq!(picture.lines[0].len(), 3);
        assert_eq!(picture.lines[0][1].ink.text, Colour::Numbered(1));
        assert!(picture.lines[0][1].ink.bold);
        let columns: Vec<u16> = picture.lines[1].iter().map(|piece| piece.column).collect();
        assert_eq!(columns, [0, 2, 4]);
        assert_eq!(picture.cursor, Some((6, 1)));
        assert!(picture.lines[2].is_empty());
    }

    #[test]
    fn what_programs_ask_a_terminal_is_answered() {
        let mut screen = Screen::new((20, 3));
        screen.wrote(b"\r\nabc");
        assert_eq!(screen.wrote(b"\x1b[6n"), b"\x1b[2;4R");
        assert_eq!(screen.wrote(b"\x1b[5n"), b"\x1b[0n");
        assert_eq!(screen.wrote(b"\x1b[c"), b"\x1b[?1;2c");
        assert_eq!(screen.wrote(b"\x1b[>c"), b"\x1b[>0;0;0c");
        assert_eq!(screen.wrote(b"\x1b[?25l"), b"");
    }

    #[test]
    fn no_more_than_the_bound_is_kept_above_the_screen() {
        let mut screen = Screen::new((10, 4));
        for number in 0..3 * SCROLLBACK {
            screen.wrote(format!("{number}\r\n").as_bytes());
        }
        // One line without an end.
        screen.wrote(&vec![b'x'; 1024 * 1024]);
        assert_eq!(screen.picture().above, SCROLLBACK);
        screen.scroll(usize::MAX);
        let picture = screen.picture();
        assert_eq!(picture.back, SCROLLBACK);
        assert_eq!(picture.cursor, None);
    }

    #[test]
    fn any_bytes_and_any_size_are_taken() {
        let mut rng = fastrand::Rng::with_seed(7);
        let mut screen = Screen::new((1, 1));
        for _ in 0..500 {
            let bytes: Vec<u8> = (0..rng.usize(0..200))
                .map(|_| match rng.u8(0..4) {
                    0 => 0x1b,
                    1 => *rng
                        .choice(b"[;?0123456789hlmHJKABCDrX@PLM")
                        .unwrap_or(&b'['),
                    _ => rng.u8(..),
                })
                .collect();
            screen.wrote(&bytes);
            screen.resize((rng.u16(0..200), rng.u16(0..60)));
            screen.scroll(rng.usize(0..3_000));
            let picture = screen.picture();
            assert_eq!(picture.lines.len(), usize::from(picture.size.1));
        }
    }
}
