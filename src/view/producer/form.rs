//! The form that edits the event: its fields, what is wrong with them, and where it will fall.

use ratatui::layout::Position;

use super::super::canvas::Canvas;
use super::super::fit::Row;
use super::super::{Ink, field, keys, prose};
use super::{ring, target};
use crate::app::producer::{Edit, Event, Field, hash_key_of};
use crate::kinesis::hash_ranges::HashKey;

/// The event as a form. Gives the rows used and the cursor.
pub(super) fn draw(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    edit: &Edit,
) -> (usize, Option<Position>) {
    let styles = &ink.styles;
    let label = |field: Field, word: &'static str| {
        let style = if edit.field == field {
            styles.accent
        } else {
            styles.dim
        };
        Row::new().left(word, 9, style)
    };
    let width = canvas.width().saturating_sub(9);
    let hash_key = hash_key_of(edit.hash_key.value()).ok().flatten();
    let given = hash_key.is_some();
    let target = match (hash_key, edit.key.value()) {
        (Some(point), _) => target(ink, point, given, Some("")),
        (None, "") => Row::new(),
        (None, key) => target(ink, HashKey::of_partition_key(key), given, Some("")),
    };
    let key_width = width.saturating_sub(target.width() + 2).max(12);
    canvas.draw(0, label(Field::Key, "key"));
    canvas.draw_right(0, target);
    let key = field::draw(
        ink,
        canvas,
        (9, 0),
        key_width,
        &edit.key,
        edit.field == Field::Key,
    );
    canvas.draw(1, label(Field::Data, "data"));
    let data = field::draw(
        ink,
        canvas,
        (9, 1),
        width,
        &edit.data,
        edit.field == Field::Data,
    );
    if edit.replacing {
        match edit.field {
            Field::Key => field::mark(ink, canvas, (9, 0), key_width, &edit.key),
            Field::Data => field::mark(ink, canvas, (9, 1), width, &edit.data),
            Field::HashKey => field::mark(ink, canvas, (9, 3), width, &edit.hash_key),
            Field::Template => {}
        }
    }
    let template = match (&ink.model.producer.event, edit.typed) {
        (Event::OfTemplate { .. }, false) => ink.model.producer.template().name.as_str(),
        _ => "your own",
    };
    let arrows = if edit.field == Field::Template {
        styles.key
    } else {
        styles.faint
    };
    let row = label(Field::Template, "template")
        .text("◂", arrows)
        .text(format!(" {template} "), styles.base)
        .text("▸", arrows);
    canvas.draw(2, row);
    canvas.draw(3, label(Field::HashKey, "hash key"));
    let hash = field::draw(
        ink,
        canvas,
        (9, 3),
        width,
        &edit.hash_key,
        edit.field == Field::HashKey,
    );
    let named = [("Tab", "field"), ("Enter", "take"), ("Esc", "keep old")];
    // In a low panel the place of the event goes before what is to be known of a field.
    let low = canvas.height() < ring::WITH_A_FORM;
    let notes: Vec<Row<'_>> = match &edit.problem {
        Some(problem) => prose::wrapped(&format!("✗ {problem}"), canvas.width())
            .into_iter()
            .map(|line| Row::new().text(line, styles.wrong))
            .collect(),
        None if low => Vec::new(),
        None => vec![Row::new().text(note(edit.field), styles.dim)],
    };
    let keys_row = 4 + notes.len();
    for (row, note) in notes.into_iter().enumerate() {
        canvas.draw(4 + row, note);
    }
    canvas.draw(keys_row, keys(ink, &named));
    let below = keys_row + if low { 1 } else { 2 };
    let ring = match edit.key.value() {
        "" if !given => 0,
        key => ring::draw(ink, canvas, below, (key, hash_key)),
    };
    (below + ring, key.or(data).or(hash))
}

/// What is to be known of a field.
fn note(field: Field) -> &'static str {
    match field {
        Field::Key => "the key's MD5 sum, a point of the line below, tells the shard",
        Field::Data => "{now} in the data becomes the time of sending",
        Field::Template => "each event of a template is another one, with an id of its own",
        Field::HashKey => "empty, or a point: then it tells the shard, not the key",
    }
}
