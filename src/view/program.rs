//! A program's terminal: what it shows, in the theme's colours, with everything made harmless; how it stands in the frame.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use super::Ink;
use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{Row, cut};
use super::frames::{AROUND, Titles, framed};
use crate::app::program_pane::{Colour, Ink as ProgramInk, Piece, Run, State};

/// Draws the pane; gives the program's cursor.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer, rect: Rect) -> Option<Position> {
    let run = ink.model.program.run.as_ref()?;
    let focused = ink.model.program.focused;
    let titles = titles(ink, run, usize::from(rect.width));
    let mut canvas = framed(ink, buffer, rect, focused, titles);
    if let State::Failed(why) = &run.state {
        for (row, line) in super::prose::wrapped(why, canvas.width())
            .iter()
            .enumerate()
        {
            canvas.draw(row, Row::new().text(line.clone(), ink.styles.base));
        }
        return None;
    }
    for (row, pieces) in run.picture.lines.iter().enumerate() {
        for piece in pieces {
            draw_piece(ink, &mut canvas, row, piece);
        }
    }
    let (column, row) = run.picture.cursor.filter(|_| focused && run.goes_on())?;
    canvas.position(usize::from(column), usize::from(row))
}

fn titles<'a>(ink: &Ink<'_>, run: &Run, width: usize) -> Titles<'a> {
    let styles = &ink.styles;
    let focused = ink.model.program.focused;
    let state = match &run.state {
        State::Starting => Row::new().text("starting", styles.dim),
        State::Running if focused => Row::new()
            .text("Ctrl-]", styles.key)
            .text(" back to the lab", styles.dim),
        State::Running => Row::new()
            .text("running", styles.accent)
            .text(" · ", styles.dim)
            .text("!", styles.key)
            .text(" goes to it", styles.dim),
        State::Failed(_) => Row::new().text("✗ not started", styles.wrong),
        State::Ended(ending) if ending.is_well() => {
            Row::new().text(format!("✓ {}", ending.words()), styles.done)
        }
        State::Ended(ending) => Row::new().text(format!("! {}", ending.words()), styles.nearly),
    };
    let style = if focused {
        styles.accent
    } else {
        styles.strong
    };
    let mark = if focused { "▸ " } else { "" };
    let room = width.saturating_sub(state.width() + AROUND + 2);
    let name = Row::new()
        .text(mark, style)
        .text(cut(&run.title, room).into_owned(), style);
    let picture = &run.picture;
    let foot = match picture.back {
        0 if picture.above > 0 && !run.goes_on() => {
            let above = format!("{} lines above", grouped(picture.above as u64));
            Row::new().text(above, styles.dim)
        }
        0 => Row::new(),
        back => {
            let back = format!(
                "{} lines back of {}",
                grouped(back as u64),
                grouped(picture.above as u64)
            );
            Row::new().text(back, styles.nearly)
        }
    };
    Titles { name, state, foot }
}

fn draw_piece(ink: &Ink<'_>, canvas: &mut Canvas<'_>, row: usize, piece: &Piece) {
    let style = style(ink, piece.ink);
    let (start, width) = (usize::from(piece.column), usize::from(piece.width));
    // The screen's idea of a width may differ from the emulator's: nothing is pushed aside.
    let mut place = canvas.columns(start..start + width);
    place.lay(row, 0..width, style);
    place.draw(
        row,
        Row::new().text(cut(&piece.text, width).into_owned(), style),
    );
}

fn style(ink: &Ink<'_>, of: ProgramInk) -> Style {
    let mut style = Style::new();
    if let Some(colour) = colour(ink, of.text) {
        style = style.fg(colour);
    }
    if let Some(colour) = colour(ink, of.ground) {
        style = style.bg(colour);
    }
    let modifiers = [
        (of.bold, Modifier::BOLD),
        (of.dim, Modifier::DIM),
        (of.italic, Modifier::ITALIC),
        (of.underlined, Modifier::UNDERLINED),
        (of.inverse, Modifier::REVERSED),
    ];
    for (on, modifier) in modifiers {
        if on {
            style = style.add_modifier(modifier);
        }
    }
    style
}

fn colour(ink: &Ink<'_>, colour: Colour) -> Option<Color> {
    match colour {
        Colour::Own => None,
        Colour::Numbered(number) => ink.styles.numbered(number),
        Colour::Mixed(red, green, blue) => ink.styles.mixed(red, green, blue),
    }
}
