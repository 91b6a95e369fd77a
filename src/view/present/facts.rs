//! Facts under each other: a name in wide lettering, and what is to be said of it.

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::fit::Row;
use super::pen::Pen;

/// A name and what is said of it.
pub(super) struct Fact<'a> {
    name: String,
    value: Row<'a>,
}

impl<'a> Fact<'a> {
    /// A name and words.
    pub fn new(name: &str, value: Row<'a>) -> Self {
        let name = name.to_owned();
        Self { name, value }
    }

    /// A name, a number and words.
    pub fn counted(ink: &Ink<'_>, name: &str, number: String, words: Row<'a>) -> Self {
        let number = Row::new().text(number, ink.styles.accent).gap(1);
        Self::new(name, number.join(words))
    }
}

/// Draws them as far apart as there is room. Gives the rows that they take.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>, facts: &[Fact<'_>], pen: Pen) -> usize {
    let names: Vec<String> = facts.iter().map(|fact| pen.name(&fact.name)).collect();
    let widest = names.iter().map(|name| pen.cells(name)).max();
    let at = widest.unwrap_or(0) + pen.gap();
    let free = canvas.height().saturating_sub(facts.len() * pen.rows());
    let air = (free / facts.len().max(1)).min(1);
    for (place, (fact, name)) in facts.iter().zip(names).enumerate() {
        let row = place * (pen.rows() + air);
        pen.draw(canvas, (0, row), Row::new().text(name, ink.styles.strong));
        pen.draw(canvas, (at, row), fact.value.clone());
    }
    facts.len() * (pen.rows() + air)
}
