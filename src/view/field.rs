//! A text field: a window on its text around the cursor, in brackets.

use ratatui::layout::Position;
use tui_input::Input;
use unicode_width::UnicodeWidthChar;

use super::Ink;
use super::canvas::Canvas;
use super::fit::{Row, cells};
use crate::printable::printable;

/// Draws a field of this width, brackets included; gives the cursor's place if the field has the keys.
pub(super) fn draw(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    (column, row): (usize, usize),
    width: usize,
    input: &Input,
    focused: bool,
) -> Option<Position> {
    let styles = &ink.styles;
    let room = width.saturating_sub(2);
    let (before, after) = window(input, room);
    let bracket = if focused { styles.accent } else { styles.faint };
    let at = column + 1 + cells(&before);
    let line = Row::new()
        .text("[", bracket)
        .left(&format!("{before}{after}"), room, styles.base)
        .text("]", bracket);
    canvas.draw_at(column, row, line);
    canvas.lay(row, column + 1..column + 1 + room, styles.lifted);
    if focused {
        canvas.position(at, row)
    } else {
        None
    }
}

/// Marks the text of a field drawn so, which typing replaces.
pub(super) fn mark(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    (column, row): (usize, usize),
    width: usize,
    input: &Input,
) {
    let (before, after) = window(input, width.saturating_sub(2));
    let start = column + 1;
    let end = start + cells(&before) + cells(&after);
    canvas.lay(row, start..end, ink.styles.hit);
}

/// The text before and behind the cursor that fits `room` cells together. Only this window is looked at, however long
/// the text is.
fn window(input: &Input, room: usize) -> (String, String) {
    let text = input.value();
    let split = text
        .char_indices()
        .nth(input.cursor())
        .map_or(text.len(), |(at, _)| at);
    let (head, tail) = text.split_at(split);
    // A cell is kept for the cursor behind the last character.
    let mut left = room.saturating_sub(1);
    let mut take = |c: &char| {
        let wide = c.width().unwrap_or(1).max(1);
        let fits = wide <= left;
        left = left.saturating_sub(if fits { wide } else { left });
        fits
    };
    let before: Vec<char> = head.chars().rev().take_while(&mut take).collect();
    let before: String = before.into_iter().rev().collect();
    let after: String = tail.chars().take_while(&mut take).collect();
    (
        printable(&before).into_owned(),
        printable(&after).into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_the_cursor_and_never_more_than_its_room() {
        let check = |text: &str, cursor: usize, room: usize, before: &str, after: &str| {
            let input = Input::new(text.into()).with_cursor(cursor);
            assert_eq!(
                window(&input, room),
                (before.into(), after.into()),
                "{text:?}"
            );
        };
        check("alice", 5, 10, "alice", "");
        check("alice", 0, 10, "", "alice");
        check("abcdefgh", 8, 5, "efgh", "");
        check("abcdefgh", 2, 5, "ab", "cd");
        check("東京都", 3, 5, "京都", "");
        check("a\u{1b}b", 3, 10, "a␛b", "");
        check("abc", 3, 0, "", "");
    }
}
