//! A scene in present mode: its keys, and whether the room sees it or looks at something of the lab meanwhile.

use chrono::{DateTime, Utc};

use crate::app::action::Action;
use crate::app::keymap;
use crate::app::message::Message;
use crate::app::model::{Model, Outcome, Tone};
use crate::app::screen::Pane;
use crate::app::stage::{self, Cue, Stage, StepState};

impl Stage {
    /// Whether its last step was begun and runs no more.
    pub fn is_over(&self) -> bool {
        self.begun() >= self.scene().steps.len() && self.state() != StepState::Running
    }
}

impl Model {
    /// The scene that the room sees now.
    pub fn shown_scene(&self) -> Option<&Stage> {
        let shown = self.present.as_ref().is_some_and(|present| present.scene);
        self.stage.as_ref().filter(|_| shown && self.presents())
    }
}

/// Carries out what concerns scenes. Whether that was so.
pub(super) fn did(
    model: &mut Model,
    action: Action,
    now: DateTime<Utc>,
    out: &mut Outcome,
) -> bool {
    let shown = model.shown_scene().is_some();
    let cue = match action {
        Action::Scene(cue) => cue,
        Action::NextScene => Cue::Choose(neighbour(model, 1)),
        Action::PreviousScene => Cue::Choose(neighbour(model, -1)),
        // What turns slides in a presenter's hand turns steps.
        Action::PageDown if shown => Cue::Next,
        Action::PageUp if shown => Cue::Back,
        Action::Back if shown => {
            stage::told(model, Message::Cued(Cue::Leave), now, out);
            model.say(Tone::Plain, "The scene is put away.".into());
            return true;
        }
        _ => {
            if shown && !stays(action) {
                look(model, false);
                let over = model.stage.as_ref().is_some_and(Stage::is_over);
                // The lesson goes on after it: what was shown is not to be led back to.
                if over && action == Action::NextPage {
                    stage::told(model, Message::Cued(Cue::Leave), now, out);
                }
            }
            return false;
        }
    };
    // A scene that nobody sees does nothing: it is shown first.
    let cue = match (&model.stage, cue) {
        (Some(stage), Cue::Next | Cue::Back | Cue::Reset) if !shown => {
            let here = stage::scene_of_page(model).filter(|_| model.focus == Pane::Lesson);
            here.filter(|here| *here != stage.index()).map(Cue::Choose)
        }
        _ => Some(cue),
    };
    // Without scenes because of a fault in their file, that is what has to be known.
    let scenes = &model.lesson.lesson.settings.scenes;
    let fault = model.lesson.fault.as_ref().filter(|_| scenes.is_empty());
    if let (Some(fault), None) = (fault, &model.stage) {
        model.say(Tone::Wrong, fault.sentence());
        return true;
    }
    if let Some(cue) = cue {
        stage::told(model, Message::Cued(cue), now, out);
    }
    look(model, model.stage.is_some());
    // What stands at the scene's bottom is not said once more below it.
    if (model.shown_scene()).is_some_and(|stage| stage.about() == model.status.words) {
        let next = keymap::key_of(Action::NextPage, Pane::Lesson);
        model.say(Tone::Plain, format!("{next} goes on with the lesson."));
    }
    true
}

/// Whether the scene stays in sight: everything else shows something of the lab.
fn stays(action: Action) -> bool {
    use Action::*;
    !matches!(
        action,
        Focus(_) | NextPane | PreviousPane | NextPage | PreviousPage | GoToPage(_)
    )
}

fn look(model: &mut Model, at_scene: bool) {
    if let Some(present) = &mut model.present {
        present.scene = at_scene;
    }
}

/// The scene beside the one that is on; without one, that of the page or the first. There may be none at that place.
fn neighbour(model: &Model, by: isize) -> usize {
    match &model.stage {
        Some(stage) => stage.index().checked_add_signed(by).unwrap_or(usize::MAX),
        None => stage::scene_of_page(model).unwrap_or(0),
    }
}
