//! What stands beside the lesson's code: which block is at hand and its keys, where the wire touched it, and below a
//! command what it is run by and what came of it.
//!
//! Nothing of it covers code: what has no room says less, and then nothing.

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::fit::{CUT, Row, cells, cut};
use super::{WIDEST, margin_of};
use crate::app::action::Action;
use crate::app::guide::Part;
use crate::app::lesson_blocks::PageBlock;
use crate::app::program_pane;
use crate::app::wire_marks::{self, Mark, Tally};
use crate::app::{Pane, keymap};
use crate::lesson::{Role, TextLine};

/// The least space between code and what stands beside it.
const GAP: usize = 2;

/// Draws all of it over lines that are drawn already; `rows` of them are on the screen.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>, rows: usize) {
    let pane = &ink.model.lesson;
    let at_hand = pane.block_at_hand();
    for (index, block) in pane.blocks.iter().enumerate() {
        let tally = ink
            .model
            .program
            .tally(block.file.as_deref(), &block.language);
        for line in block.row..block.row + block.rows {
            let Some(row) = line.checked_sub(pane.scroll).filter(|row| *row < rows) else {
                continue;
            };
            if pane.block == Some(index) {
                choose(ink, canvas, row, &pane.lines[line]);
            }
            let free = free(canvas, &pane.lines[line], pane.shift);
            let first = line == block.row;
            let keys =
                (first && at_hand == Some(index)).then(|| keys(ink, block, pane.block.is_some()));
            if let Some(keys) = keys.filter(|keys| !keys.is_empty() && keys.width() <= free.len()) {
                canvas.draw_at(free.end - keys.width(), row, keys);
                continue;
            }
            let code_line = (line - block.row).checked_sub(block.above);
            let mark = code_line
                .zip(tally)
                .and_then(|(line, tally)| wire_marks::mark(&block.calls, line, tally));
            if let Some(mark) = mark {
                beside(ink, canvas, row, free, &mark);
            }
        }
        below(ink, canvas, rows, block);
    }
}

/// Marks a line of the block that was chosen.
fn choose(ink: &Ink<'_>, canvas: &mut Canvas<'_>, row: usize, line: &TextLine) {
    let bar = cells(&margin_of(line)).saturating_sub(2);
    canvas.draw_at(bar, row, Row::new().text("▌", ink.styles.key));
}

/// The columns beside a line of code that nothing stands in.
fn free(canvas: &Canvas<'_>, line: &TextLine, shift: usize) -> std::ops::Range<usize> {
    let ground = canvas.width().min(WIDEST);
    let margin = cells(&margin_of(line));
    let name = line.spans.iter().find(|span| span.role == Role::FileName);
    let end = match name {
        Some(name) => ground.saturating_sub(cells(&name.text) + GAP + 1),
        None => ground,
    };
    let code: String = line
        .spans
        .iter()
        .filter(|span| span.role != Role::FileName)
        .map(|span| span.text.as_str())
        .collect();
    let used = cells(code.trim_end()).max(margin);
    let start = margin + (used - margin).saturating_sub(shift) + GAP;
    start.min(end)..end
}

/// What can be done with the block at hand.
fn keys<'a>(ink: &Ink<'_>, block: &PageBlock, chosen: bool) -> Row<'a> {
    let acts: &[(Action, &str)] = match (&block.command, &block.file) {
        (Some(_), _) => &[(Action::RunHere, "run here"), (Action::CopyBlock, "copy")],
        (None, Some(_)) => &[
            (Action::WriteBlock, "write"),
            (Action::EditBlock, "edit"),
            (Action::CopyBlock, "copy"),
        ],
        (None, None) if chosen => &[(Action::CopyBlock, "copy")],
        (None, None) => &[],
    };
    acts.iter().fold(Row::new(), |row, (action, word)| {
        let gap = if row.is_empty() { 0 } else { 3 };
        row.gap(gap)
            .text(keymap::key_of(*action, Pane::Lesson), ink.styles.key)
            .text(format!(" {word}"), ink.styles.dim)
    })
}

/// The mark beside a line; with less room it says less.
fn beside(
    ink: &Ink<'_>,
    canvas: &mut Canvas<'_>,
    row: usize,
    free: std::ops::Range<usize>,
    mark: &Mark,
) {
    let styles = &ink.styles;
    let arrow = || Row::new().text("◂", styles.accent);
    for words in words(mark) {
        let row_of = arrow().text(format!(" {words}"), styles.dim);
        if row_of.width() <= free.len() {
            return canvas.draw_at(free.end - row_of.width(), row, row_of);
        }
    }
    if free.is_empty() {
        // There only the sign stands that the code goes on.
        let last = canvas.width().min(WIDEST).saturating_sub(1);
        let here = canvas.position(last, row);
        if here.is_some_and(|here| canvas.symbol(here) == CUT) {
            canvas.draw_at(last, row, arrow());
        }
    } else {
        canvas.draw_at(free.end - 1, row, arrow());
    }
}

/// What a mark says, from the longest to the shortest.
fn words(mark: &Mark) -> Vec<String> {
    let seen = mark.seen;
    // Where other lines name the same operation nobody knows which of them called.
    let of = if mark.shared { " in all" } else { "" };
    let came = match (mark.reads, seen.returned) {
        (true, 1) => " → 1 record".to_owned(),
        (true, n) => format!(" → {n} records"),
        (false, _) => String::new(),
    };
    let refused = match seen.refused {
        0 => String::new(),
        n if n == seen.calls => ", refused".to_owned(),
        n => format!(", {n} refused"),
    };
    let program = &mark.program;
    let calls = seen.calls;
    vec![
        format!("{program} {calls}×{of}{came}{refused}"),
        format!("{calls}×{of}{came}{refused}"),
        format!("{calls}×{came}"),
        format!("{calls}×"),
    ]
}

/// The line below a command: what its run was seen to call, where its code is on another page; else what runs it.
fn below(ink: &Ink<'_>, canvas: &mut Canvas<'_>, rows: usize, block: &PageBlock) {
    let model = ink.model;
    let Some(script) = &block.command else {
        return;
    };
    let line = block.row + block.rows;
    let pane = &model.lesson;
    let blank = match pane.lines.get(line) {
        Some(line) => line.spans.is_empty(),
        None => pane
            .below
            .get(line - pane.lines.len())
            .is_none_or(|row| row.part == Part::Blank),
    };
    let Some(row) = line
        .checked_sub(model.lesson.scroll)
        .filter(|row| *row < rows && blank)
    else {
        return;
    };
    let room = canvas.width().min(WIDEST).saturating_sub(2);
    let tally = model.program.tally_of_command(script);
    let words = match tally.filter(|_| !code_is_here(ink)) {
        Some(tally) => summary(tally),
        None => match program_pane::interpreter(model, script) {
            Some(words) => words,
            None => return,
        },
    };
    let sign = if tally.is_some() { "◂ " } else { "  " };
    let told = Row::new()
        .text(sign, ink.styles.accent)
        .text(cut(&words, room).into_owned(), ink.styles.dim);
    canvas.draw(row, told);
}

/// Whether the code that the run was started with stands on the open page.
fn code_is_here(ink: &Ink<'_>) -> bool {
    let Some(run) = &ink.model.program.run else {
        return false;
    };
    let files: Vec<&str> = run.files.iter().map(String::as_str).collect();
    let blocks = &ink.model.lesson.blocks;
    blocks.iter().any(|block| {
        block
            .file
            .as_deref()
            .is_some_and(|file| files.contains(&file))
    })
}

/// What one program called, in a line.
fn summary(tally: &Tally) -> String {
    let calls = tally.operations.iter().map(|(operation, seen)| {
        let came = match (*operation == "GetRecords", seen.returned) {
            (true, 1) => " → 1 record".to_owned(),
            (true, n) => format!(" → {n} records"),
            (false, _) => String::new(),
        };
        format!("{operation} {}×{came}", seen.calls)
    });
    let calls: Vec<String> = calls.collect();
    format!("{}: {}", tally.program, calls.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::wire_marks::Seen;

    #[test]
    fn a_mark_says_less_where_there_is_less_room() {
        let mark = Mark {
            program: "py#1".into(),
            seen: Seen {
                calls: 2,
                refused: 0,
                returned: 10,
            },
            reads: true,
            shared: false,
        };
        assert_eq!(
            words(&mark),
            [
                "py#1 2× → 10 records",
                "2× → 10 records",
                "2× → 10 records",
                "2×"
            ]
        );
        let shared = Mark {
            reads: false,
            shared: true,
            seen: Seen {
                calls: 3,
                refused: 1,
                returned: 0,
            },
            ..mark
        };
        assert_eq!(words(&shared)[0], "py#1 3× in all, 1 refused");
    }
}
