//! The steps in lines: the checks of the open page with their marks, and what is amiss where it nearly worked.

use super::Talk;
use crate::app::guide::{Part, Piece, Row};
use crate::app::{Model, steps_pane};
use crate::steps::{CheckState, Mark};

/// What was told of the checks of which page.
#[derive(Debug, Default)]
pub(super) struct ChecksTold {
    page: Option<usize>,
    states: Vec<CheckState>,
}

impl Talk {
    /// The prediction of the open page, as its card stands now.
    pub(super) fn tell_prediction(&mut self, model: &Model) {
        let cards = model.lesson.below.iter();
        let card: Vec<String> = cards
            .filter(|row| matches!(row.part, Part::Card(..)))
            .map(words)
            .filter(|line| !line.is_empty())
            .collect();
        if card != self.prediction {
            self.prediction.clone_from(&card);
            if !card.is_empty() {
                self.say("");
            }
            for line in &card {
                self.say(line);
            }
        }
    }

    /// All checks of a page that was just told, else those that stand otherwise now.
    pub(super) fn tell_checks(&mut self, model: &Model) {
        let page = model.lesson.page;
        let states = steps_pane::states(model, page);
        let before = std::mem::take(&mut self.checks);
        let same_page = before.page == Some(page) && before.states.len() == states.len();
        if !same_page && !states.is_empty() {
            self.say("");
            self.say("What is seen of this step:");
        }
        for (place, state) in states.iter().enumerate() {
            let known = before.states.get(place).filter(|_| same_page);
            if known.is_none_or(|known| differs(known, state)) {
                let line = line(state);
                self.say_wrapped(&line);
            }
        }
        self.checks = ChecksTold {
            page: Some(page),
            states,
        };
    }
}

/// A row of the guide's in words: what stands at its right edge comes last, and nothing of what is drawn.
pub(super) fn words(row: &Row) -> String {
    let text =
        |pieces: &[Piece]| -> String { pieces.iter().map(|piece| piece.text.as_str()).collect() };
    let left = text(&row.left);
    let right = text(&row.right).replace('◂', "");
    let left = left.trim_start_matches(['▎', ' ']).trim_end();
    match right.trim() {
        "" => left.to_owned(),
        right => format!("{left} ({right})"),
    }
}

/// Whether a check is to be told again: what it counts on the way is not.
fn differs(known: &CheckState, state: &CheckState) -> bool {
    (&known.says, known.mark, &known.diagnosis) != (&state.says, state.mark, &state.diagnosis)
}

fn line(state: &CheckState) -> String {
    let mark = match state.mark {
        Mark::Open => "[ ]",
        Mark::Running => "[~]",
        Mark::Done => "[x]",
        Mark::Nearly => "[!]",
        Mark::Shown => "[s]",
        Mark::Skipped => "[-]",
    };
    let mut line = format!("{mark} {}", state.says);
    match state.mark {
        Mark::Done if !state.by.is_empty() => line += &format!(" ({})", state.by),
        Mark::Shown => line += " (shown by the lab)",
        Mark::Skipped => line += " (skipped)",
        Mark::Running | Mark::Nearly if !state.seen.is_empty() => {
            line += &format!(": {}", state.seen);
        }
        _ => {}
    }
    if let Some(diagnosis) = &state.diagnosis {
        line += &format!(". {diagnosis}");
    }
    line
}
