//! The checks of a step as rows: the mark, the words, who did it and when, and what is amiss beneath.

use chrono::FixedOffset;

use super::rows::{Meant, Part, Row, cells, piece, wrapped};
use crate::steps::{CheckState, Mark};

/// The cells of a mark and of the space behind it.
const MARK: usize = 4;

/// The cells kept at the right for who did it and when, so that words do not move when it is known.
const BESIDE: usize = 16;

/// The space before them.
const APART: usize = 2;

/// Where there is less room than this for the words, what stands beside them stands below.
const NARROWEST: usize = 28;

/// A mark as it is written.
pub fn mark(mark: Mark) -> (&'static str, Meant) {
    match mark {
        Mark::Open => ("[ ]", Meant::Dim),
        Mark::Running => ("[~]", Meant::Accent),
        Mark::Done => ("[x]", Meant::Done),
        Mark::Nearly => ("[!]", Meant::Nearly),
        Mark::Shown => ("[s]", Meant::Strong),
        Mark::Skipped => ("[-]", Meant::Dim),
    }
}

/// The rows of these checks at a width, under their heading; none for none.
pub(super) fn rows(states: &[CheckState], zone: FixedOffset, width: usize) -> Vec<Row> {
    if states.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![Row::new(
        Part::Checks,
        vec![piece("What the stream saw", Meant::Dim)],
    )];
    let room = width.saturating_sub(MARK + APART + BESIDE);
    let together = room >= NARROWEST;
    let words = match together {
        true => room,
        false => width.saturating_sub(MARK),
    };
    for (index, state) in states.iter().enumerate() {
        let mut own = check(index, state, zone, words.max(1), together);
        if let Some(diagnosis) = &state.diagnosis {
            let first = own.len();
            let lines = wrapped(diagnosis, width.saturating_sub(MARK + 2).max(1));
            own.extend(lines.into_iter().enumerate().map(|(row, line)| {
                let left = vec![
                    piece("    ", Meant::Plain),
                    piece("▎ ", Meant::Nearly),
                    piece(line, Meant::Plain),
                ];
                Row::new(Part::Check(index, first + row), left)
            }));
        }
        rows.extend(own);
    }
    rows
}

fn check(
    index: usize,
    state: &CheckState,
    zone: FixedOffset,
    words: usize,
    together: bool,
) -> Vec<Row> {
    let (text, meant) = mark(state.mark);
    let says = match state.mark {
        Mark::Open | Mark::Skipped => Meant::Plain,
        _ => Meant::Strong,
    };
    let indent = || piece(" ".repeat(MARK), Meant::Plain);
    let mut rows: Vec<Row> = wrapped(&state.says, words)
        .into_iter()
        .enumerate()
        .map(|(row, line)| {
            let mut left = match row {
                0 => vec![piece(text, meant), piece(" ", Meant::Plain)],
                _ => vec![indent()],
            };
            left.push(piece(line, says));
            Row::new(Part::Check(index, row), left)
        })
        .collect();
    let (beside, below) = about(state, zone);
    let mut below: Vec<String> = [below].into_iter().filter(|it| !it.is_empty()).collect();
    if together && cells(&beside) <= BESIDE {
        rows[0].right = vec![piece(beside, Meant::Dim)];
    } else if !beside.is_empty() {
        below.insert(0, beside);
    }
    if !below.is_empty() {
        let room = words + if together { APART + BESIDE } else { 0 };
        for line in wrapped(&below.join(", "), room) {
            let left = vec![indent(), piece(line, Meant::Dim)];
            rows.push(Row::new(Part::Check(index, rows.len()), left));
        }
    }
    rows
}

/// Who did it and when, or what was seen of it so far; and what else is worth a word.
fn about(state: &CheckState, zone: FixedOffset) -> (String, String) {
    let by = match state.mark {
        // The first of several is what is missing most; `d` tells all.
        Mark::Open | Mark::Running | Mark::Nearly => {
            let first = state.seen.split(", ").next().unwrap_or_default();
            return (first.to_owned(), String::new());
        }
        Mark::Shown => "shown",
        Mark::Skipped => "skipped",
        Mark::Done => state.by.as_str(),
    };
    let time = state
        .at
        .map(|at| at.with_timezone(&zone).format("%H:%M:%S").to_string());
    let mut parts = vec![by.to_owned()];
    parts.extend(time);
    parts.retain(|part| !part.is_empty());
    (parts.join("  "), state.seen.clone())
}
