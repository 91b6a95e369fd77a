//! The two bottom lines: what just happened, and the keys that are valid now.

use super::Ink;
use super::canvas::Canvas;
use super::fit::{Row, cut};
use crate::app::overlay::Overlay;
use crate::app::{Tone, keymap};

/// What just happened, in one sentence; at the right what is not saved or was not seen.
pub(super) fn status(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let status = &ink.model.status;
    let lacks = lacks(ink);
    let lacks_end = canvas.width().saturating_sub(1);
    let room = lacks_end.saturating_sub(1 + lacks.width());
    let mark = match status.tone {
        Tone::Plain => "",
        Tone::Done => "✓ ",
        Tone::Nearly => "! ",
        Tone::Wrong => "✗ ",
    };
    let words = crate::printable::printable(&status.words);
    let words = cut(&words, room.saturating_sub(3)).into_owned();
    let row = Row::new()
        .text(mark, styles.tone(status.tone))
        .text(words, styles.base);
    canvas.draw_at(1, 0, row);
    canvas.columns(0..lacks_end).draw_right(0, lacks);
}

fn lacks<'a>(ink: &Ink<'_>) -> Row<'a> {
    let styles = &ink.styles;
    let mut row = Row::new();
    if ink.model.feed_lost > 0 {
        let lost = format!("! {} calls not seen", ink.model.feed_lost);
        row = row.text(lost, styles.nearly);
    }
    if ink.model.unsaved.is_some() {
        let gap = if row.is_empty() { 0 } else { 2 };
        row = row.gap(gap).text("! progress is not saved", styles.nearly);
    }
    row
}

/// The keys valid now, the most useful first; those without room are left out, help never.
pub(super) fn hints(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    canvas.lay(0, 0..canvas.width(), styles.bar);
    if let Some(row) = elsewhere(ink) {
        return canvas.draw_at(1, 0, row);
    }
    let hint = |(key, word): &(String, &'static str)| {
        Row::new()
            .text(key.clone(), styles.key)
            .gap(1)
            .text(*word, styles.dim)
    };
    let hints = keymap::hints(ink.model);
    let Some((help, others)) = hints.split_last() else {
        return;
    };
    let help = hint(help);
    let room = canvas.width().saturating_sub(2 + help.width());
    let mut row = Row::new();
    for other in others {
        let other = hint(other).gap(3);
        if row.width() + other.width() <= room {
            row = row.join(other);
        }
    }
    canvas.draw_at(1, 0, row.join(help));
}

/// What stands in place of the keys while a field or a dialog has them; a dialog names its own.
fn elsewhere<'a>(ink: &Ink<'_>) -> Option<Row<'a>> {
    let model = ink.model;
    let typing = match &model.overlay {
        Some(Overlay::Help(_) | Overlay::Palette(_)) => true,
        Some(Overlay::Streams(dialog)) => dialog.cursor == 0,
        Some(Overlay::Start(dialog)) => dialog.choice >= 2,
        Some(Overlay::Detail(_) | Overlay::Confirm(_)) => false,
        None => {
            let search = model.lesson.search.as_ref();
            let typing = model.producer.edit.is_some() || search.is_some_and(|s| s.typing);
            if !typing {
                return None;
            }
            true
        }
    };
    let row = Row::new();
    Some(match typing {
        true => row
            .text("typing", ink.styles.nearly)
            .text(" · ", ink.styles.dim)
            .text("Esc", ink.styles.key)
            .text(" leaves the field", ink.styles.dim),
        false => row,
    })
}
