//! The keys that present mode has beside the lab's: they hold whatever is shown there.

use crossterm::event::KeyCode;

use super::binding::Scope::Present;
use super::binding::{Binding, bind, named};
use crate::app::action::Action;

/// Present mode's keys; there they go before those that hold anywhere.
pub const PRESENTING: &[Binding] = &[bind(
    Present,
    &[named(KeyCode::Enter)],
    Action::Reveal,
    "answer",
    "the answer to the question that is shown, and away",
)];
