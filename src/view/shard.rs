//! A shard on the screen: a square in its hue and its number, which alone would do.

use ratatui::style::Style;

use super::Ink;
use super::fit::{Row, cut};
use crate::kinesis::ShardId;

/// How wide a column of shards is, the space behind it included; its head is the word `shard`.
pub(super) const COLUMN: usize = 7;

/// The shard in a column of its own.
pub(super) fn column<'a>(ink: &Ink<'_>, id: &ShardId) -> Row<'a> {
    let short = id.short();
    let name = cut(&short, COLUMN - 3).into_owned();
    mark(ink, id).gap(1).left(&name, COLUMN - 2, words(ink, id))
}

/// The square of a shard.
pub(super) fn mark<'a>(ink: &Ink<'_>, id: &ShardId) -> Row<'a> {
    Row::new().text("■", hue(ink, id))
}

/// The style of squares and lines that stand for a shard.
pub(super) fn hue(ink: &Ink<'_>, id: &ShardId) -> Style {
    ink.styles.shard_mark(index(id))
}

/// The style of words that belong to a shard.
pub(super) fn words(ink: &Ink<'_>, id: &ShardId) -> Style {
    ink.styles.shard_words(index(id))
}

fn index(id: &ShardId) -> u32 {
    id.index().unwrap_or(0)
}
