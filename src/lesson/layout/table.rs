//! A table as lines: columns as wide as they need, cells wrapped where that is too wide.

use super::super::document::{Inline, plain};
use super::super::lines::{Role, TextLine, TextSpan};
use super::wrap::{width_of, widths, wrap};
use super::{line, span};

/// Between two columns.
const GAP: usize = 2;
/// A column narrower than this breaks ordinary words.
const NARROWEST: usize = 8;

/// The lines of a table.
pub fn layout(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], width: usize) -> Vec<TextLine> {
    match columns(head, rows, width) {
        Some(columns) => side_by_side(head, rows, &columns),
        None => one_by_one(head, rows, width),
    }
}

/// The columns' widths; `None` where words would have to be broken to fit them.
fn columns(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], width: usize) -> Option<Vec<usize>> {
    let count = rows.iter().map(Vec::len).chain([head.len()]).max()?;
    let mut needs = vec![(0, 0); count];
    for row in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)) {
        for (need, cell) in needs.iter_mut().zip(row) {
            let (whole, word) = widths(cell, Role::Body);
            *need = (need.0.max(whole), need.1.max(word));
        }
    }
    let room = width.checked_sub(GAP * (count - 1))?;
    let columns = shares(&needs, room);
    let broken = columns
        .iter()
        .zip(&needs)
        .any(|(column, (_, word))| *column < (*word).clamp(1, NARROWEST));
    (!broken).then_some(columns)
}

/// What each column gets: what it needs if that is no more than its share, else an equal share of the rest.
fn shares(needs: &[(usize, usize)], room: usize) -> Vec<usize> {
    let mut by_need: Vec<usize> = (0..needs.len()).collect();
    by_need.sort_by_key(|&column| needs[column].0);
    let mut shares = vec![0; needs.len()];
    let mut rest = room;
    for (done, column) in by_need.iter().enumerate() {
        let share = rest / (needs.len() - done);
        shares[*column] = needs[*column].0.min(share);
        rest -= shares[*column];
    }
    shares
}

fn side_by_side(
    head: &[Vec<Inline>],
    rows: &[Vec<Vec<Inline>>],
    columns: &[usize],
) -> Vec<TextLine> {
    let mut lines = row(head, Role::TableHead, columns);
    let width = columns.iter().sum::<usize>() + GAP * (columns.len() - 1);
    lines.push(line(vec![span("─".repeat(width), Role::Rule)]));
    let rows: Vec<Vec<TextLine>> = rows
        .iter()
        .map(|cells| row(cells, Role::Body, columns))
        .collect();
    // Where a row takes several lines, a blank one shows where it ends.
    let spaced = rows.iter().any(|row| row.len() > 1);
    for (index, row) in rows.into_iter().enumerate() {
        if spaced && index > 0 {
            lines.push(TextLine::default());
        }
        lines.extend(row);
    }
    lines
}

fn row(cells: &[Vec<Inline>], role: Role, columns: &[usize]) -> Vec<TextLine> {
    let cells: Vec<Vec<TextLine>> = cells
        .iter()
        .zip(columns)
        .map(|(cell, width)| wrap(cell, role, (*width).max(1)))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    (0..height)
        .map(|index| {
            let mut spans: Vec<TextSpan> = Vec::new();
            // Spaces are put before a cell and not after it, so that no line trails.
            let mut missing = 0;
            for (cell, width) in cells.iter().zip(columns) {
                if let Some(line) = cell.get(index) {
                    if missing > 0 {
                        spans.push(span(" ".repeat(missing), Role::Body));
                        missing = 0;
                    }
                    spans.extend(line.spans.iter().cloned());
                    missing += width.saturating_sub(width_of(&line.text()));
                } else {
                    missing += width;
                }
                missing += GAP;
            }
            line(spans)
        })
        .collect()
}

/// Every cell on lines of its own, behind its column's head.
fn one_by_one(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], width: usize) -> Vec<TextLine> {
    let mut lines = Vec::new();
    if rows.is_empty() {
        for cell in head {
            lines.extend(wrap(cell, Role::TableHead, width));
        }
    }
    for (index, cells) in rows.iter().enumerate() {
        if index > 0 {
            lines.push(TextLine::default());
        }
        for (column, cell) in cells.iter().enumerate() {
            let label = head.get(column).map(Vec::as_slice).unwrap_or_default();
            let mut text = Vec::new();
            if !plain(label).trim().is_empty() {
                text.push(Inline::Strong(label.to_vec()));
                text.push(Inline::Text(": ".into()));
            }
            text.extend(cell.iter().cloned());
            lines.extend(wrap(&text, Role::Body, width));
        }
    }
    lines
}
