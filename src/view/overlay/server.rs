//! The dialog of the lab's server: its clock, its pace, empty pages.

use ratatui::buffer::Buffer;

use super::super::fit::Row;
use super::super::{Ink, keys, prose};
use super::{dialog, room};
use crate::app::lab_clock::in_words;
use crate::app::lab_server::{Lever, ServerDialog};
use crate::kinesis::control::Timing;

const WIDEST: usize = 72;

/// The columns: what it is, and how it stands.
const NAME: usize = 14;
const VALUE: usize = 9;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, at: ServerDialog, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let (most_width, _) = room(ink);
    let width = WIDEST.min(most_width);
    let note = "The clock never goes back; kinesis-lab reset --streams begins anew.";
    let note = prose::wrapped(note, width.saturating_sub(3));
    let name = Row::new().text("The lab's server", styles.accent);
    let foot = keys(
        ink,
        &[("↑ ↓", "choose"), ("Enter", "does it"), ("Esc", "closes")],
    );
    let height = 4 + Lever::ALL.len() + note.len();
    let mut canvas = dialog(ink, buffer, name, foot, (width, height));
    let ahead = match ink.model.server.state.ahead_seconds {
        0 => "the same as the clock on the wall".into(),
        seconds => format!("{} ahead of the clock on the wall", in_words(seconds)),
    };
    let head = Row::new()
        .gap(3)
        .left("lab time", NAME, styles.dim)
        .text(ahead, styles.strong);
    canvas.draw(1, head);
    for (place, lever) in Lever::ALL.into_iter().enumerate() {
        let chosen = place == at.cursor;
        let (mark, style) = if chosen {
            ("▸ ", styles.strong)
        } else {
            ("  ", styles.base)
        };
        let (name, value, meaning) = line(ink, lever);
        let row = Row::new()
            .gap(1)
            .text(mark, styles.accent)
            .left(name, NAME, style)
            .left(value, VALUE, styles.strong)
            .text(meaning, styles.dim);
        canvas.draw(place + 3, row);
        if chosen {
            canvas.lay(place + 3, 0..width, styles.selection);
        }
    }
    for (row, line) in note.into_iter().enumerate() {
        let line = Row::new().gap(3).text(line, styles.dim);
        canvas.draw(4 + Lever::ALL.len() + row, line);
    }
}

/// A line: what it is, how it stands, what that means.
fn line(ink: &Ink<'_>, lever: Lever) -> (&'static str, &'static str, &'static str) {
    let state = &ink.model.server.state;
    match lever {
        Lever::FiveMinutes => (
            "clock",
            "+5 min",
            "iterators expire: they live five minutes",
        ),
        Lever::OneDay => ("clock", "+24 h", "records past their retention (24 h) go"),
        Lever::Pace => match state.timing {
            Timing::Instant => (
                "pace",
                "at once",
                "a stream is ACTIVE when its call answers",
            ),
            Timing::Aws => ("pace", "AWS", "CREATING 15 s, UPDATING 30 s, DELETING 10 s"),
        },
        Lever::EmptyPages => match state.empty_pages {
            false => ("empty pages", "off", "a page has what there is"),
            true => (
                "empty pages",
                "on",
                "some bring nothing although records lie ahead",
            ),
        },
    }
}
