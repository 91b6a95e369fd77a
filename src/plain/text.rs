//! Text in lines of a width, harmless to a terminal.

use crate::lesson::{self, Block, Highlights, Inline};
use crate::printable::printable;

/// A line as it may be printed: one line, and nothing in it that steers a terminal.
pub(super) fn harmless(line: &str) -> String {
    printable(line.trim_end()).into_owned()
}

/// A sentence in lines of at most `width` cells.
pub(super) fn wrapped(sentence: &str, width: usize) -> Vec<String> {
    let inline = Inline::Text(printable(sentence).into_owned());
    inlines(&[inline], width)
}

/// Running text in lines of at most `width` cells.
pub(super) fn inlines(inlines: &[Inline], width: usize) -> Vec<String> {
    let paragraph = [Block::Paragraph(inlines.to_vec())];
    lesson::layout(&paragraph, width, &Highlights::default())
        .into_iter()
        .map(|line| line.text())
        .collect()
}

/// A count with its noun: `1 record`, `2 records`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}
