//! The streams dialog: a line that creates, then every stream the lab knows.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::super::count::grouped;
use super::super::fit::{Row, cut};
use super::super::{Ink, field, keys, prose};
use super::{dialog, room};
use crate::app::streams::{MOST_SHARDS, Presence, StreamsDialog};

const WIDEST: usize = 68;

/// Draws it.
pub(super) fn draw(
    ink: &Ink<'_>,
    dialog_: &StreamsDialog,
    buffer: &mut Buffer,
) -> Option<Position> {
    let styles = &ink.styles;
    let names: Vec<&str> = ink.model.streams.names().collect();
    let (most_width, _) = room(ink);
    let creating = dialog_.cursor == 0;
    let problem = dialog_.problem.as_deref().map_or(Vec::new(), |problem| {
        prose::wrapped(&format!("✗ {problem}"), WIDEST.min(most_width))
    });
    let fixed = 5 + problem.len();
    let listed = names.len().max(1);
    let name = Row::new().text("Streams", styles.accent);
    let listed_keys = [
        ("Enter", "selects"),
        ("e", "empties"),
        ("x", "deletes"),
        ("↑", "create"),
        ("Esc", "closes"),
    ];
    let foot = if creating {
        keys(
            ink,
            &[
                ("Enter", "creates it"),
                ("← →", "shards"),
                ("↓", "the list"),
                ("Esc", "closes"),
            ],
        )
    } else {
        let offered: Vec<_> = listed_keys
            .into_iter()
            .filter(|(key, _)| *key != "e" || ink.model.feeds())
            .collect();
        keys(ink, &offered)
    };
    let mut inside = dialog(ink, buffer, name, foot, (WIDEST, fixed + listed));
    let height = inside.height();
    let mut canvas = inside.rows(1..height);
    let width = canvas.width();
    let head = Row::new().left(
        "create",
        9,
        if creating { styles.accent } else { styles.dim },
    );
    canvas.draw(0, head);
    let shards = shards(ink, dialog_.shards, creating);
    let field_width = width.saturating_sub(9 + shards.width() + 3);
    let cursor = field::draw(
        ink,
        &mut canvas,
        (9, 0),
        field_width,
        &dialog_.name,
        creating,
    );
    canvas.draw_right(0, shards);
    for (row, line) in problem.iter().enumerate() {
        canvas.draw(row + 1, Row::new().text(line.clone(), styles.wrong));
    }
    let top = 3 + problem.len();
    let words = match names.len() {
        0 => "No stream exists.".into(),
        1 => "1 stream".into(),
        n => format!("{n} streams"),
    };
    canvas.draw(top - 1, Row::new().text(words, styles.dim));
    let rows = canvas.height().saturating_sub(top);
    let first = dialog_.cursor.saturating_sub(rows.max(1));
    for (row, (place, name)) in names.iter().enumerate().skip(first).take(rows).enumerate() {
        let selected = ink.model.streams.name() == Some(*name);
        let mark = if selected { "▸ " } else { "  " };
        let about = about(ink, name, selected);
        let room = width.saturating_sub(about.width() + 5);
        let line = Row::new()
            .text(mark, styles.accent)
            .text(cut(name, room).into_owned(), styles.strong);
        canvas.draw_at(1, top + row, line);
        canvas
            .columns(0..width.saturating_sub(1))
            .draw_right(top + row, about);
        if dialog_.cursor == place + 1 {
            canvas.lay(top + row, 0..width, styles.selection);
        }
    }
    cursor
}

fn shards<'a>(ink: &Ink<'_>, shards: u32, creating: bool) -> Row<'a> {
    let styles = &ink.styles;
    let arrow = |glyph: &'static str, works: bool| {
        Row::new().text(
            glyph,
            if works && creating {
                styles.key
            } else {
                styles.faint
            },
        )
    };
    let word = if shards == 1 { "shard " } else { "shards" };
    arrow("◂", shards > 1)
        .text(format!(" {shards} "), styles.strong)
        .join(arrow("▸", shards < MOST_SHARDS))
        .text(format!(" {word}"), styles.dim)
}

/// What the lab knows of a stream.
fn about<'a>(ink: &Ink<'_>, name: &str, selected: bool) -> Row<'a> {
    let styles = &ink.styles;
    let count = ink.model.streams.count(name);
    let records = match (ink.model.feeds(), count.held()) {
        (true, 1) => "1 record".into(),
        (true, n) => format!("{} records", grouped(n)),
        (false, n) => format!("{} sent from here", grouped(n)),
    };
    let presence = ink.model.streams.selected.as_ref().map(|it| &it.presence);
    match presence {
        Some(Presence::Described(description)) if selected => {
            let status = &description.status;
            Row::new().text(format!("{status} · {records}"), styles.dim)
        }
        _ => Row::new().text(records, styles.dim),
    }
}
