//! The two bottom lines: what just happened, and the keys that are valid now.

use super::Ink;
use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{Row, cells, cut};
use super::prose;
use crate::app::overlay::Overlay;
use crate::app::wire::WireDialog;
use crate::app::{Tone, keymap};

/// Draws both lines. A sentence about something amiss says what to do next, so where it is too long for its line it takes
/// the place of the keys as well, all but help.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let styles = &ink.styles;
    let rest = sentence(ink, canvas);
    canvas.lay(1, 0..canvas.width(), styles.bar);
    let (keys, help) = match elsewhere(ink) {
        Some(row) => (Row::new(), row),
        None => self::keys(ink, canvas.width().saturating_sub(2)),
    };
    let Some(rest) = rest else {
        return canvas.draw_at(1, 1, keys.join(help));
    };
    let end = canvas.width().saturating_sub(1);
    let room = end.saturating_sub(help.width() + 3);
    let rest = cut(&rest, room).into_owned();
    canvas.draw_at(1, 1, Row::new().text(rest, styles.base));
    canvas.columns(0..end).draw_right(1, help);
}

/// What just happened; at the right what is not saved or was not seen, where that cuts nothing of the sentence. Gives
/// what had no room.
fn sentence(ink: &Ink<'_>, canvas: &mut Canvas<'_>) -> Option<String> {
    let styles = &ink.styles;
    let status = &ink.model.status;
    let end = canvas.width().saturating_sub(1);
    let mark = match status.tone {
        Tone::Plain => "",
        Tone::Done => "✓ ",
        Tone::Nearly => "! ",
        Tone::Wrong => "✗ ",
    };
    let words = &status.words;
    let room = end.saturating_sub(1 + cells(mark));
    let lacks = lacks(ink);
    let beside = lacks.width() + 2 + cells(words) <= room;
    let amiss = matches!(status.tone, Tone::Nearly | Tone::Wrong);
    let lines = match amiss {
        true => prose::wrapped(words, room),
        false => vec![cut(words, room).into_owned()],
    };
    let (first, rest) = lines.split_first()?;
    let row = Row::new()
        .text(mark, styles.tone(status.tone))
        .text(first.clone(), styles.base);
    canvas.draw_at(1, 0, row);
    if beside {
        canvas.columns(0..end).draw_right(0, lacks);
    }
    (!rest.is_empty()).then(|| rest.join(" "))
}

fn lacks<'a>(ink: &Ink<'_>) -> Row<'a> {
    let styles = &ink.styles;
    let mut row = Row::new();
    if ink.model.feed_lost > 0 {
        let lost = format!("! {} calls not seen", grouped(ink.model.feed_lost));
        row = row.text(lost, styles.nearly);
    }
    let status = &ink.model.status.words;
    let unsaved = ink.model.unsaved.as_ref();
    if unsaved.is_some_and(|why| !status.contains(why)) {
        let gap = if row.is_empty() { 0 } else { 2 };
        row = row.gap(gap).text("! progress is not saved", styles.nearly);
    }
    row
}

/// The keys valid now, the most useful first, and help; those without room are left out, help never.
fn keys<'a>(ink: &Ink<'_>, width: usize) -> (Row<'a>, Row<'a>) {
    let styles = &ink.styles;
    let hint = |(key, word): &(String, &'static str)| {
        Row::new()
            .text(key.clone(), styles.key)
            .gap(1)
            .text(*word, styles.dim)
    };
    let hints = keymap::hints(ink.model);
    let Some((help, others)) = hints.split_last() else {
        return (Row::new(), Row::new());
    };
    let help = hint(help);
    let room = width.saturating_sub(help.width());
    let row = others.iter().fold(Row::new(), |row, other| {
        let other = hint(other).gap(3);
        if row.width() + other.width() <= room {
            row.join(other)
        } else {
            row
        }
    });
    (row, help)
}

/// What stands in place of the keys while a dialog or a field has them; a dialog names its own in its frame.
fn elsewhere<'a>(ink: &Ink<'_>) -> Option<Row<'a>> {
    let styles = &ink.styles;
    let model = ink.model;
    let esc = |word| Row::new().text("Esc", styles.key).text(word, styles.dim);
    match &model.overlay {
        Some(Overlay::Wire(WireDialog {
            typing: true,
            detail: None,
        })) => {
            let named = [("Enter", "keeps the filter"), ("Esc", "shows all calls")];
            return Some(super::keys(ink, &named));
        }
        Some(Overlay::Wire(WireDialog { detail: None, .. })) => {
            let freeze = match model.wire.gaze.frozen {
                Some(_) => "thaw",
                None => "freeze",
            };
            let named = [
                ("Enter", "open"),
                ("/", "filter"),
                ("Space", freeze),
                ("f", "follow"),
                ("Esc", "closes"),
            ];
            return Some(super::keys(ink, &named));
        }
        Some(_) => return Some(esc(" closes")),
        None => {}
    }
    let search = model.lesson.search.as_ref();
    let typing = model.producer.edit.is_some()
        || model.lesson.discussion.note.is_some()
        || search.is_some_and(|search| search.typing);
    typing.then(|| {
        Row::new()
            .text("typing", styles.nearly)
            .text(" · ", styles.dim)
            .join(esc(" leaves the field"))
    })
}
