//! A record of a lane that nobody here has read: what is known of it all the same.

use ratatui::buffer::Buffer;

use super::super::fit::Row;
use super::super::{Ink, keys, prose, shard, when};
use super::dialog;
use crate::app::lanes::Token;
use crate::kinesis::ShardId;
use crate::kinesis::hash_ranges::HashKey;

/// How wide the box is inside: a fact's name and a number of 56 digits.
const WIDTH: usize = 68;

/// Where the facts stand behind their names.
const FACT: usize = 11;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, id: &ShardId, token: &Token, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let fact = |name: &'static str| Row::new().left(name, FACT, styles.dim);
    let plain = |name, words: String| fact(name).text(words, styles.base);
    let time = when::in_full(token.arrived, ink.model.zone);
    let arrived = match token.told {
        true => time,
        false => format!("{time}, as it was seen here"),
    };
    let mut rows = vec![
        fact("shard")
            .join(shard::column(ink, id))
            .text(id.as_str().to_owned(), styles.dim),
        fact("sequence").text(token.sequence.as_str().to_owned(), styles.strong),
        plain("key", token.key.clone()),
        fact("md5").text(HashKey::of_partition_key(&token.key).hex(), styles.dim),
        plain("arrived", arrived),
        plain("size", format!("{} bytes", token.size)),
    ];
    if let Some(who) = &token.by {
        rows.push(plain("put by", who.name().to_owned()));
    }
    rows.push(Row::new());
    let words =
        "Its data is not known here: a reader gets it. t starts the consumer at this record.";
    let words = prose::wrapped(words, WIDTH).into_iter();
    rows.extend(words.map(|line| Row::new().text(line, styles.dim)));
    let name = Row::new().text("Record", styles.accent);
    let foot = keys(ink, &[("t", "reads from here"), ("Esc", "closes")]);
    let mut canvas = dialog(ink, buffer, name, foot, (WIDTH, rows.len() + 2));
    for (row, line) in rows.into_iter().enumerate() {
        canvas.draw(row + 1, line);
    }
}
