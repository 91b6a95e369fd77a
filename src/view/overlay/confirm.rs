//! Questions before something that cannot be undone: what will happen, and which key does what.

use ratatui::buffer::Buffer;

use super::super::fit::{Row, cells};
use super::super::{Ink, keys, prose};
use super::{dialog, room};
use crate::app::guard::first_write_words;
use crate::app::overlay::Confirm;

const WIDEST: usize = 72;

/// Where the words of a fact begin behind its name.
const NAME: usize = 10;

/// A question in parts.
struct Question {
    title: &'static str,
    /// Sentences, wrapped.
    words: Vec<String>,
    /// Lines that keep their columns.
    facts: Vec<String>,
    keys: Vec<(&'static str, &'static str)>,
    alarming: bool,
}

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, confirm: &Confirm, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let question = question(ink, confirm);
    let (most_width, _) = room(ink);
    let width = WIDEST.min(most_width);
    let mut lines: Vec<Row<'_>> = vec![Row::new()];
    for sentence in &question.words {
        let wrapped = prose::wrapped(sentence, width);
        lines.extend(
            wrapped
                .into_iter()
                .map(|line| Row::new().text(line, styles.base)),
        );
    }
    if !question.facts.is_empty() {
        lines.push(Row::new());
        let facts = question.facts.iter().flat_map(|fact| hanging(fact, width));
        lines.extend(facts.map(|fact| Row::new().text(fact, styles.strong)));
    }
    lines.push(Row::new());
    lines.push(keys(ink, &question.keys));
    let style = if question.alarming {
        styles.alarm
    } else {
        styles.accent
    };
    let name = Row::new().text(question.title, style);
    let mut canvas = dialog(ink, buffer, name, Row::new(), (width, lines.len() + 1));
    for (row, line) in lines.into_iter().enumerate() {
        canvas.draw(row, line);
    }
}

/// A fact wrapped to a width, its further lines below its words and not below its name.
fn hanging(fact: &str, width: usize) -> Vec<String> {
    let (name, words) = fact.split_at_checked(NAME).unwrap_or(("", fact));
    let lines = prose::wrapped(words, width.saturating_sub(cells(name)));
    let start = |row: usize| {
        if row == 0 {
            name.to_owned()
        } else {
            " ".repeat(cells(name))
        }
    };
    lines
        .into_iter()
        .enumerate()
        .map(|(row, line)| start(row) + &line)
        .collect()
}

/// Which records go when the clock goes a day forward.
fn kept(ink: &Ink<'_>) -> String {
    let model = ink.model;
    match (model.streams.name(), model.streams.description()) {
        (Some(name), Some(described)) => format!(
            "Records older than their stream's retention go; {name} keeps its own for {} h.",
            described.retention_hours
        ),
        _ => "Records older than their stream's retention go.".into(),
    }
}

fn question(ink: &Ink<'_>, confirm: &Confirm) -> Question {
    match confirm {
        Confirm::Delete(stream) => Question {
            title: "Delete a stream",
            words: vec![format!(
                "{stream} and all its records will be gone. That cannot be undone."
            )],
            facts: Vec::new(),
            keys: vec![("Enter", "deletes it"), ("Esc", "keeps it")],
            alarming: false,
        },
        Confirm::Empty(stream) => Question {
            title: "Empty a stream",
            words: vec![format!(
                "All records of {stream} will be gone; the stream, its shards and its iterators stay. That cannot be undone."
            )],
            facts: Vec::new(),
            keys: vec![("Enter", "empties it"), ("Esc", "keeps them")],
            alarming: false,
        },
        Confirm::OneDay => Question {
            title: "24 hours forward",
            words: vec![format!(
                "{} The clock does not go back, and they do not come back.",
                kept(ink)
            )],
            facts: Vec::new(),
            keys: vec![("Enter", "moves the clock"), ("Esc", "leaves it")],
            alarming: false,
        },
        Confirm::FirstWrite(pending) => Question {
            title: " REAL AWS: the first write ",
            words: vec!["This goes to your account and costs money. The lab asks once.".into()],
            facts: first_write_words(ink.model, pending),
            keys: vec![("Enter", "goes on"), ("Esc", "sends nothing")],
            alarming: true,
        },
        Confirm::ForeignStream { stream, .. } => Question {
            title: " REAL AWS: not the lab's stream ",
            words: vec![format!(
                "{stream} was there before the lab. Records written to it reach whoever reads it, and cannot be taken back."
            )],
            facts: Vec::new(),
            keys: vec![("Enter", "writes to it"), ("Esc", "sends nothing")],
            alarming: true,
        },
        Confirm::Leave => {
            let names: Vec<&str> = ink
                .model
                .programs
                .connected(ink.model.now)
                .map(|program| program.name.as_str())
                .collect();
            Question {
                title: "Leave the lab",
                words: vec![
                    format!("Connected to its server: {}.", names.join(", ")),
                    match ink.model.server.keeps_streams {
                        true => "The server ends with the lab. Its streams and your progress are kept.",
                        false => "The server ends with the lab, and the streams in its memory are gone. Your progress is kept.",
                    }
                    .into(),
                ],
                facts: Vec::new(),
                keys: vec![("q", "leaves"), ("Esc", "stays")],
                alarming: false,
            }
        }
        Confirm::CleanUp { streams, leaving } => {
            let mut keys = vec![("Enter", "deletes them"), ("k", "keeps them")];
            if *leaving {
                keys.push(("Esc", "stays"));
            }
            Question {
                title: " REAL AWS: streams that the lab created ",
                words: vec!["They cost money for every hour until they are deleted.".into()],
                facts: streams.clone(),
                keys,
                alarming: true,
            }
        }
    }
}
