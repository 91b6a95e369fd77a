//! Facts under each other: a name in wide lettering, and what is to be said of it.

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::fit::{Row, cells};
use super::figures::{self, Size};
use super::wide;
use crate::app::present::Parts;

/// A name and what is said of it.
pub(super) struct Fact<'a> {
    pub name: String,
    pub value: Row<'a>,
    /// A number that stands before it, in figures where there is room.
    pub number: Option<String>,
}

impl<'a> Fact<'a> {
    /// A name and words.
    pub fn new(name: &str, value: Row<'a>) -> Self {
        Self {
            name: wide(name),
            value,
            number: None,
        }
    }

    /// A name, a number and words.
    pub fn counted(name: &str, number: String, value: Row<'a>) -> Self {
        Self {
            number: Some(number),
            ..Self::new(name, value)
        }
    }
}

/// Draws them as far apart as there is room.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>, facts: &[Fact<'_>], parts: &Parts) {
    let styles = &ink.styles;
    let names = facts.iter().map(|fact| cells(&fact.name)).max();
    let at = names.unwrap_or(0) + 3;
    let digits = |fact: &Fact<'_>| fact.number.as_ref().is_some_and(|it| is_drawn(it));
    let figures = facts.iter().filter(|fact| digits(fact)).count();
    let tall = figures::rows(Size::Small);
    let free = canvas.height().saturating_sub(facts.len());
    let in_figures = parts.large && free >= figures * (tall - 1) + facts.len() * 2;
    let apart = match free / facts.len().max(1) {
        0 => 1,
        1..4 => 2,
        _ if in_figures || !parts.large => 2,
        _ => 3,
    };
    let mut row = 0;
    for fact in facts {
        let high = in_figures && digits(fact);
        let base = row + if high { tall / 2 } else { 0 };
        canvas.draw_at(0, base, Row::new().text(fact.name.clone(), styles.strong));
        let mut column = at;
        match &fact.number {
            Some(number) if high => {
                figures::draw(canvas, (at, row), number, styles.accent, Size::Small);
                column += figures::width(number, Size::Small) + 2;
            }
            Some(number) => {
                canvas.draw_at(at, base, Row::new().text(number.clone(), styles.accent));
                column += cells(number) + 1;
            }
            None => {}
        }
        canvas.draw_at(column, base, fact.value.clone());
        row += apart + if high { tall - 1 } else { 0 };
    }
}

fn is_drawn(number: &str) -> bool {
    number.chars().all(|c| c.is_ascii_digit())
}
