//! The form that says how automatic sending sends.

use ratatui::buffer::Buffer;

use super::super::fit::{Row, cut};
use super::super::{Ink, keys, prose};
use super::{dialog, room};
use crate::app::producer::{Line, SendingForm};

const WIDEST: usize = 72;

/// The columns: what it is, and how it stands.
const NAME: usize = 9;
const VALUE: usize = 20;

/// Where words begin: below the names of the lines.
const WORDS: usize = 3;

/// How many lines what is taught has at most.
const LESSON: usize = 3;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, form: SendingForm, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let (most_width, _) = room(ink);
    let width = WIDEST.min(most_width);
    let name = Row::new().text("How S and b send", styles.accent);
    let foot = keys(
        ink,
        &[("↑ ↓", "choose"), ("← →", "change"), ("Esc", "closes")],
    );
    let height = Line::ALL.len() + 3 + LESSON;
    let mut canvas = dialog(ink, buffer, name, foot, (width, height));
    let cursor = form.cursor.min(Line::ALL.len() - 1);
    for (place, line) in Line::ALL.into_iter().enumerate() {
        let chosen = place == cursor;
        let (mark, style, arrows) = match chosen {
            true => ("▸ ", styles.strong, styles.key),
            false => ("  ", styles.base, styles.faint),
        };
        let value = Row::new()
            .text("◂", arrows)
            .text(format!(" {} ", line.value(ink.model)), styles.strong)
            .text("▸", arrows);
        let room = width.saturating_sub(3 + NAME + VALUE);
        let means = cut(&line.means(ink.model), room).into_owned();
        let gap = VALUE.saturating_sub(value.width()).max(1);
        let row = Row::new()
            .gap(1)
            .text(mark, styles.accent)
            .left(line.name(), NAME, style)
            .join(value)
            .gap(gap)
            .text(means, styles.dim);
        canvas.draw(place + 1, row);
        if chosen {
            canvas.lay(place + 1, 0..width, styles.selection);
        }
    }
    let teaches = Line::ALL[cursor].teaches(ink.model);
    let teaches = prose::wrapped(&teaches, width.saturating_sub(WORDS));
    for (row, line) in teaches.into_iter().enumerate() {
        let line = Row::new().gap(WORDS).text(line, styles.base);
        canvas.draw(Line::ALL.len() + 2 + row, line);
    }
}
