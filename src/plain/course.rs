//! The modules of the course as lines and choices.

use crossterm::event::KeyCode;

use super::choices::Choice;
use super::dialogs::close;
use super::hear::Act;
use crate::app::course::{CourseDialog, Line, State};

/// How far a module is.
pub(super) fn words(line: &Line) -> String {
    let mut parts = vec![line.title.clone()];
    parts.extend(line.minutes.map(|minutes| format!("{minutes} minutes")));
    parts.push(match &line.state {
        State::New => "not begun".into(),
        State::Begun { steps, questions } => format!(
            "{} of {} steps done, {} of {} questions answered",
            steps.0, steps.1, questions.0, questions.1
        ),
        State::Done => "done".into(),
    });
    parts.extend(line.needs.as_ref().map(|needs| format!("after {needs}")));
    if !line.due.is_empty() {
        parts.push(format!("for another look: {}", line.due.join(", ")));
    }
    if line.open {
        parts.push("open now".into());
    }
    format!("  {}.", parts.join("; "))
}

/// One choice a module.
pub(super) fn choices(dialog: &CourseDialog) -> Vec<Choice> {
    let modules = dialog.lines.iter().enumerate().map(|(place, line)| {
        let mut acts = vec![Act::Key(KeyCode::Home)];
        acts.extend(vec![Act::Key(KeyCode::Down); place]);
        acts.push(Act::Key(KeyCode::Enter));
        Choice::new(&format!("open {}", line.title), acts)
    });
    modules.chain([close()]).collect()
}
