//! The modules of the course and its terms as lines and choices.

use crossterm::event::KeyCode;

use super::choices::Choice;
use super::dialogs::close;
use super::hear::Act;
use crate::app::Model;
use crate::app::course::{CourseDialog, Line, State};
use crate::app::terms::TermsDialog;
use crate::lesson::{self, Highlights, Page};

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

/// The terms of the open page, each with what it means; all of them where the page has none.
pub(super) fn terms(model: &Model, dialog: &TermsDialog) -> Vec<String> {
    let here = match dialog.here {
        0 => dialog.found.len(),
        here => here,
    };
    let mut lines = vec!["Terms of this page.".to_owned()];
    let pages = model.reference.iter().flat_map(|it| &it.pages);
    let pages: Vec<&Page> = pages.collect();
    for page in dialog
        .found
        .iter()
        .take(here)
        .filter_map(|at| pages.get(*at))
    {
        lines.push(format!("{}:", page.title));
        let text = lesson::layout(&page.blocks, lesson::WIDEST, &Highlights::default());
        lines.extend(text.iter().map(|line| format!("  {}", line.text())));
    }
    lines
}
