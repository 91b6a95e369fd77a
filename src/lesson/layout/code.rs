//! A code block as lines: a bar at its left, its text whole, its file name at the right of its first line.

use super::super::highlight::{CodeLine, lines_of};
use super::super::lines::{CodeRole, Role, TextLine, TextSpan};
use super::span;
use super::wrap::width_of;
use crate::printable::printable;

/// Where the next tab stop is at most.
const TAB: usize = 4;
/// The least space between code and the file name beside it.
const GAP: usize = 2;

/// The lines of the code block with this index.
pub fn layout(
    source: &str,
    file: Option<&str>,
    highlighted: Option<&[CodeLine]>,
    index: usize,
    width: usize,
) -> Vec<TextLine> {
    let mut lines: Vec<Vec<TextSpan>> = match highlighted {
        Some(lines) => lines.iter().map(|line| code_line(line)).collect(),
        None => lines_of(source)
            .map(|line| code_line(&[(line.to_owned(), CodeRole::Plain)]))
            .collect(),
    };
    if let Some(file) = file {
        let room = width.saturating_sub(width_of(file));
        let used = |line: &[TextSpan]| line.iter().map(|span| width_of(&span.text)).sum::<usize>();
        if lines.first().is_none_or(|first| used(first) + GAP > room) {
            lines.insert(0, code_line(&[]));
        }
        if let Some(first) = lines.first_mut() {
            first.push(span(
                " ".repeat(room.saturating_sub(used(first))),
                Role::Body,
            ));
            first.push(span(file, Role::FileName));
        }
    }
    lines
        .into_iter()
        .map(|spans| TextLine {
            spans,
            code: Some(index),
        })
        .collect()
}

/// The bar and the code: tabs as spaces, control characters visible.
fn code_line(line: &[(String, CodeRole)]) -> Vec<TextSpan> {
    let mut spans = vec![span("▎ ", Role::CodeBar)];
    let mut column = 0;
    for (text, role) in line {
        let mut shown = String::with_capacity(text.len());
        for (index, part) in text.split('\t').enumerate() {
            if index > 0 {
                let spaces = TAB - column % TAB;
                shown.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            let part = printable(part);
            column += width_of(&part);
            shown.push_str(&part);
        }
        if !shown.is_empty() {
            spans.push(span(shown, Role::Code(*role)));
        }
    }
    spans
}
