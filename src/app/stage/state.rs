//! How a scene stands, and what the instructor does with it.

use serde::{Deserialize, Serialize};

use crate::lesson::scenes::ScenePrediction;

/// How a step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepState {
    /// No step has begun yet.
    Ready,
    /// Its deed is being done, or the stage is being made.
    Running,
    /// It is done, and what was expected was seen.
    Done,
    /// It was not done, or what was expected was not seen, in a sentence. The next one can begin all the same.
    Failed(String),
    /// It cannot be done on this endpoint, in a sentence.
    Skipped(String),
}

/// What the instructor does with a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cue {
    /// The next step, or the scene of the open page.
    Next,
    /// One step back.
    Back,
    /// The scene from its beginning.
    Reset,
    /// The scene at this place among the lesson's.
    Choose(usize),
    /// No scene any more.
    Leave,
}

/// A question to the room, while it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Predicted<'a> {
    /// The question with its options, and its answer, which is not to be shown before it is revealed.
    pub prediction: &'a ScenePrediction,
    /// Whether its answer is revealed.
    pub revealed: bool,
}
