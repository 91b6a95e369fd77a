//! The frames of panes: thin and faint, heavy and in the accent where the keys go.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Block, BorderType, Widget};

use super::Ink;
use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{Row, cut};
use crate::app::Pane;
use crate::app::log::{Gaze, Log, Look};
use crate::app::screen::inside;

/// What corners and gaps take of a frame's width beside a name and a state.
pub(super) const AROUND: usize = 9;

/// What stands in the frame.
#[derive(Default)]
pub(super) struct Titles<'a> {
    /// At the left: what it is.
    pub name: Row<'a>,
    /// At the right: its state.
    pub state: Row<'a>,
    /// At the bottom right: how it is looked at.
    pub foot: Row<'a>,
}

/// Draws the frame of a pane and gives its inside.
pub(super) fn pane<'b>(
    ink: &Ink<'_>,
    buffer: &'b mut Buffer,
    rect: Rect,
    pane: Pane,
    about: &str,
    state: Row<'_>,
    foot: Row<'_>,
) -> Canvas<'b> {
    let styles = &ink.styles;
    let elsewhere = ink.model.program.focused || ink.model.lesson.discussion.note.is_some();
    let focused = ink.model.focus == pane && !elsewhere;
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let style = if focused { styles.accent } else { bold };
    let mut name = Row::new();
    if focused {
        name = name.text("▸ ", style);
    }
    name = name.text(format!("{} {}", pane.index() + 1, pane.title()), style);
    if !about.is_empty() {
        let room = usize::from(rect.width).saturating_sub(name.width() + state.width() + 14);
        name = name
            .text(" · ", styles.dim)
            .text(cut(about, room).into_owned(), bold);
    }
    framed(ink, buffer, rect, focused, Titles { name, state, foot })
}

/// Draws a frame and gives its inside. A title that has no room is left out, the state first.
pub(super) fn framed<'b>(
    ink: &Ink<'_>,
    buffer: &'b mut Buffer,
    rect: Rect,
    heavy: bool,
    titles: Titles<'_>,
) -> Canvas<'b> {
    let (kind, style) = if heavy {
        (BorderType::Thick, ink.styles.accent)
    } else {
        (BorderType::Rounded, ink.styles.frame)
    };
    Block::bordered()
        .border_type(kind)
        .border_style(style)
        .render(rect, buffer);
    let mut canvas = Canvas::new(buffer, rect);
    let (width, height) = (canvas.width(), canvas.height());
    let taken = AROUND + titles.name.width();
    if titles.name.width() + 4 < width {
        draw_title(ink, &mut canvas, 2, 0, titles.name);
    }
    if !titles.state.is_empty() && taken + titles.state.width() <= width {
        let column = width - titles.state.width() - 4;
        draw_title(ink, &mut canvas, column, 0, titles.state);
    }
    if !titles.foot.is_empty() && titles.foot.width() + 8 <= width && height > 1 {
        let column = width - titles.foot.width() - 4;
        draw_title(ink, &mut canvas, column, height - 1, titles.foot);
    }
    Canvas::new(buffer, inside(rect))
}

fn draw_title(ink: &Ink<'_>, canvas: &mut Canvas<'_>, column: usize, row: usize, title: Row<'_>) {
    if !title.is_empty() {
        let cells = column..column + title.width() + 2;
        canvas.lay(row, cells.clone(), Style::reset());
        canvas.lay(row, cells, ink.styles.base);
        canvas.draw_at(column, row, Row::new().gap(1).join(title).gap(1));
    }
}

/// How a pane looks at its log: `follow`, `frozen · 7 new`, `+7 new, f follows`.
pub(super) fn gaze<'a, T>(ink: &Ink<'_>, gaze: &Gaze, log: &Log<T>) -> Row<'a> {
    let styles = &ink.styles;
    let unseen = gaze.unseen(log);
    let row = Row::new();
    match (gaze.frozen, gaze.look) {
        (Some(_), _) => {
            let row = row.text("frozen", styles.nearly);
            match unseen {
                0 => row.text(" · Space thaws", styles.dim),
                n => row.text(format!(" · {} new", grouped(n)), styles.dim),
            }
        }
        (None, Look::At(_)) => {
            let below = gaze
                .selected(log)
                .map_or(0, |selected| gaze.end(log).saturating_sub(selected + 1));
            let row = match below {
                0 => row,
                n => row
                    .text(format!("{} newer", grouped(n)), styles.nearly)
                    .text(" · ", styles.dim),
            };
            row.text("f", styles.key).text(" follows", styles.dim)
        }
        (None, Look::Follow) if log.is_empty() => row,
        (None, Look::Follow) => row.text("follow", styles.dim),
    }
}
