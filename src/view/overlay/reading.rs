//! The dialog of the consumer's workers: how often they poll and how fast they work, and what delay that makes.

use ratatui::buffer::Buffer;

use super::super::count::grouped;
use super::super::fit::Row;
use super::super::{Ink, keys, prose};
use super::{dialog, room};
use crate::app::consumer::{SettingsDialog, pause_in_words};

const WIDEST: usize = 74;

/// The columns: what it is, and how it stands.
const NAME: usize = 15;
const VALUE: usize = 14;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, at: SettingsDialog, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let (most_width, _) = room(ink);
    let width = WIDEST.min(most_width);
    let settings = &ink.model.consumer.settings;
    let notes = notes(ink);
    let notes: Vec<String> = notes
        .iter()
        .flat_map(|note| prose::wrapped(note, width.saturating_sub(6)))
        .collect();
    let name = Row::new().text("How the workers read", styles.accent);
    let foot = keys(
        ink,
        &[("↑ ↓", "choose"), ("← →", "change"), ("Esc", "closes")],
    );
    let height = 5 + notes.len();
    let mut canvas = dialog(ink, buffer, name, foot, (width, height));
    let poll = format!("every {}", pause_in_words(settings.poll));
    let speed = match settings.speed {
        None => "all that comes".to_owned(),
        Some(speed) => format!("{speed} a second"),
    };
    let lines = [
        ("a shard", poll, "is polled; 0.2 s is what AWS allows"),
        ("a worker", speed, "works on records, then checkpoints"),
    ];
    for (place, (name, value, meaning)) in lines.into_iter().enumerate() {
        let chosen = place == at.cursor;
        let (mark, style) = match chosen {
            true => ("▸ ", styles.strong),
            false => ("  ", styles.base),
        };
        let row = Row::new()
            .gap(1)
            .text(mark, styles.accent)
            .left(name, NAME - 4, style)
            .left(&value, VALUE + 2, styles.strong)
            .text(meaning, styles.dim);
        canvas.draw(place + 1, row);
        if chosen {
            canvas.lay(place + 1, 0..width, styles.selection);
        }
    }
    for (row, line) in notes.into_iter().enumerate() {
        canvas.draw(4 + row, Row::new().gap(3).text(line, styles.dim));
    }
}

/// What the settings cost: how long a record waits, and what waits now.
fn notes(ink: &Ink<'_>) -> Vec<String> {
    let consumer = &ink.model.consumer;
    let settings = &consumer.settings;
    let pause = pause_in_words(settings.poll);
    let mut notes = vec![format!(
        "Each record waits up to {pause} for the next poll, half of that on average."
    )];
    if let Some(speed) = settings.speed {
        let waiting = match consumer.waiting() {
            0 => String::new(),
            1 => " 1 record waits to be worked on now.".into(),
            n => format!(" {} records wait to be worked on now.", grouped(n as u64)),
        };
        notes.push(format!(
            "More than {speed} a second for a worker's shards is left in the stream: its lag grows.{waiting}"
        ));
    }
    notes
}
