//! A program that runs in the lab, in lines: what it prints as it comes, and what is typed for it.

use super::Talk;
use super::text::count;
use crate::app::Model;
use crate::app::program_pane::{Launch, Picture, Run};

/// How many lines of output are told as they come; of more that come at once some are told when it is asked for.
const AT_ONCE: usize = 20;

/// How many lines are told at a time.
const MOST: usize = 60;

/// What was told of a program's output.
#[derive(Debug, Default)]
pub(super) struct OutputTold {
    run: Option<u64>,
    /// How many rows of its output were told, from its beginning.
    rows: usize,
    /// The last of them, as it was told: it may not have been whole.
    last: String,
    own_screen: bool,
}

impl Talk {
    /// What the program printed since. A line that is not whole yet, and more than a few lines, only where `all` is asked
    /// for.
    pub(super) fn tell_output(&mut self, model: &Model, all: bool) {
        let Some(run) = &model.program.run else {
            return;
        };
        if self.output.run != Some(run.number) {
            self.output = OutputTold {
                run: Some(run.number),
                ..OutputTold::default()
            };
            self.say(&format!("Running: {}", run.title));
        }
        if run.picture.modes.own_screen {
            if !std::mem::replace(&mut self.output.own_screen, true) {
                self.say("It draws on a whole screen, which lines cannot show. ^C interrupts it, “.” comes back to the lab.");
            }
            return;
        }
        let (from, rows) = new_rows(run, &self.output, all);
        if rows.is_empty() || (!all && run.goes_on() && rows.len() > AT_ONCE) {
            return;
        }
        self.output.rows = from + rows.len();
        if let Some(last) = rows.last() {
            self.output.last.clone_from(last);
        }
        let shown = rows.len().min(MOST);
        for row in &rows[..shown] {
            self.say(&format!("| {row}"));
        }
        if rows.len() > shown {
            let more = count(rows.len() - shown, "line");
            self.say(&format!("| And {more} more."));
        }
    }
}

/// The rows of a program's output that were not told, and how many are before them.
fn new_rows(run: &Run, told: &OutputTold, all: bool) -> (usize, Vec<String>) {
    let picture = &run.picture;
    let above = picture.above.saturating_sub(picture.back);
    let end = end_of(picture, run.goes_on() && !all);
    // The last row that was told is told anew where it went on: a prompt that was answered.
    let again = told.rows.checked_sub(1).filter(|row| {
        let now = row.checked_sub(above).map(|row| picture.text(row));
        now.is_some_and(|now| now.trim_end() != told.last)
    });
    let from = again.unwrap_or(told.rows).max(above);
    let rows = (from - above..end).map(|row| picture.text(row).trim_end().to_owned());
    (from, rows.collect())
}

/// One past the last row with text; the one that is being written does not count while more of it may come.
fn end_of(picture: &Picture, whole_only: bool) -> usize {
    let rows = picture.lines.len();
    let last = (0..rows)
        .rev()
        .find(|row| !picture.text(*row).trim().is_empty());
    let end = last.map_or(0, |last| last + 1);
    match picture.cursor {
        Some((_, row)) if whole_only => end.min(usize::from(row)),
        _ => end,
    }
}

/// What is said where typed lines go to the program.
pub(super) fn turn_words(model: &Model) -> String {
    let what = match model.program.run.as_ref().map(|run| &run.launch) {
        Some(Launch::Shell) => "the shell",
        _ => "the program",
    };
    format!(
        "What you type goes to {what} now. ^C interrupts it, ^D ends its input, and a dot alone comes back to the lab."
    )
}
