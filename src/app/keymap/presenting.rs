//! The keys that present mode has beside the lab's: they hold whatever is shown there.

use crossterm::event::KeyCode;

use super::binding::Scope::Present;
use super::binding::{Binding, bind, key, named};
use crate::app::action::Action;
use crate::app::class::ClassAct;
use crate::app::stage::Cue;

/// Present mode's keys; there they go before those that hold anywhere.
pub const PRESENTING: &[Binding] = &[
    bind(
        Present,
        &[key(' ')],
        Action::Scene(Cue::Next),
        "next step",
        "the scene of the page; its next step",
    ),
    bind(
        Present,
        &[key('u')],
        Action::Scene(Cue::Back),
        "undo",
        "undo a step of the scene",
    ),
    bind(
        Present,
        &[key('R')],
        Action::Scene(Cue::Reset),
        "reset",
        "reset the scene",
    ),
    bind(
        Present,
        &[key(']')],
        Action::NextScene,
        "scene",
        "next scene of the lesson",
    ),
    bind(
        Present,
        &[key('[')],
        Action::PreviousScene,
        "",
        "scene before",
    ),
    bind(
        Present,
        &[named(KeyCode::Enter)],
        Action::Reveal,
        "answer",
        "the answer to the question that is shown, and away",
    ),
    bind(
        Present,
        &[key('+')],
        Action::Class(ClassAct::More),
        "2 min more",
        "class: two more minutes for this section",
    ),
    bind(
        Present,
        &[key('.')],
        Action::Class(ClassAct::Pause),
        "pause",
        "class: pause the section's clock, or let it go on",
    ),
];
