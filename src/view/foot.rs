//! The bottom lines: what just happened, in as many rows as it needs, and the keys that are valid now.

use ratatui::buffer::Buffer;

use super::Ink;
use super::canvas::Canvas;
use super::count::grouped;
use super::fit::{self, Row, cells, cut};
use super::prose;
use crate::app::overlay::Overlay;
use crate::app::wire::WireDialog;
use crate::app::{Model, Tone, keymap, question};

/// How many rows a sentence may have. More than one borrow from what stands above, as long as the sentence stands.
const MOST_ROWS: usize = 3;

/// Draws both lines, and above them what a long sentence needs beside: its useful part may come last.
pub(super) fn draw(ink: &Ink<'_>, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let layout = &ink.model.layout;
    let lines = sentence(ink, usize::from(layout.status.width));
    let above = lines.len().saturating_sub(1);
    let lent = fit::short(above).min(layout.status.y);
    let mut foot = layout.status.union(layout.hints);
    foot.y -= lent;
    foot.height += lent;
    let mut canvas = Canvas::new(buffer, foot);
    for row in 0..above {
        let nothing = " ".repeat(canvas.width());
        canvas.draw(row, Row::new().text(nothing, styles.base));
        canvas.lay(row, 0..canvas.width(), styles.base);
    }
    draw_sentence(ink, &mut canvas, &lines);
    let bottom = canvas.height().saturating_sub(1);
    canvas.lay(bottom, 0..canvas.width(), styles.bar);
    let (keys, help) = match elsewhere(ink) {
        Some(row) => (Row::new(), row),
        None => self::keys(ink, canvas.width().saturating_sub(2)),
    };
    canvas.draw_at(1, bottom, keys.join(help));
}

pub(super) fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Done => "✓ ",
        Tone::Nearly => "! ",
        Tone::Wrong => "✗ ",
    }
}

/// What just happened in as many rows as it needs; what has no room even there is cut.
fn sentence(ink: &Ink<'_>, width: usize) -> Vec<String> {
    let status = &ink.model.status;
    let room = width.saturating_sub(2 + cells(mark(status.tone)));
    let mut lines = prose::wrapped(&status.words, room);
    if lines.len() > MOST_ROWS {
        let rest = lines.split_off(MOST_ROWS - 1).join(" ");
        lines.push(cut(&rest, room).into_owned());
    }
    lines
}

/// What just happened; at its end what is not saved or was not seen, where that cuts nothing of the sentence.
fn draw_sentence(ink: &Ink<'_>, canvas: &mut Canvas<'_>, lines: &[String]) {
    let styles = &ink.styles;
    let status = &ink.model.status;
    let end = canvas.width().saturating_sub(1);
    let mark = mark(status.tone);
    let first = Row::new().text(mark, styles.tone(status.tone));
    canvas.draw_at(1, 0, first);
    for (row, line) in lines.iter().enumerate() {
        let line = Row::new().text(line.clone(), styles.base);
        canvas.draw_at(1 + cells(mark), row, line);
    }
    let lacks = lacks(ink);
    let last = lines.last().map_or(0, |line| cells(line));
    if last + lacks.width() + 2 <= end.saturating_sub(1 + cells(mark)) {
        let row = lines.len().saturating_sub(1);
        canvas.columns(0..end).draw_right(row, lacks);
    }
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
        Some(overlay) => return Some(super::keys(ink, &in_dialog(ink.model, overlay))),
        None => {}
    }
    let search = model.lesson.search.as_ref();
    let typing = model.producer.edit.is_some()
        || model.lesson.discussion.note.is_some()
        || search.is_some_and(|search| search.typing);
    let keeps = match model.lesson.discussion.note.is_some() {
        true => " leaves the field; the note is kept",
        false => " leaves the field",
    };
    typing.then(|| {
        Row::new()
            .text("typing", styles.nearly)
            .text(" · ", styles.dim)
            .join(esc(keeps))
    })
}

/// The keys that close a dialog or do what it is about; it names all its own in its frame.
fn in_dialog(model: &Model, overlay: &Overlay) -> Vec<(&'static str, &'static str)> {
    let enter = match overlay {
        Overlay::Palette(_) | Overlay::Server(_) => "does it",
        Overlay::Start(_) => "applies it",
        Overlay::Streams(dialog) if dialog.cursor == 0 => "creates it",
        Overlay::Streams(_) => "selects",
        Overlay::Confirm(confirm) => return question::question(model, confirm).keys,
        _ => return vec![("Esc", "closes")],
    };
    vec![("Enter", enter), ("Esc", "closes")]
}
