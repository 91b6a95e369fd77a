//! A scene as the second screen is told of it: its step's note, what Space will do, and the words that the room reads.

use super::Room;
use crate::app::quiz::option_letter;
use crate::app::stage::{Stage, StepState};
use crate::lesson::scenes::SceneStep;

/// The steps that were begun, the last one first.
fn begun(stage: &Stage) -> impl Iterator<Item = &SceneStep> {
    stage.told().iter().rev()
}

/// The note of the step that was begun last; while a question is open also its answer and why.
pub(super) fn note(stage: &Stage) -> Option<String> {
    let note = begun(stage).next().and_then(|step| step.note.clone());
    let open = stage.predicted().filter(|it| !it.revealed);
    let answer = open.and_then(|predicted| {
        let prediction = predicted.prediction;
        let place = prediction.answer()?;
        let letter = option_letter(place).to_ascii_uppercase();
        let option = prediction.options.get(place)?;
        Some(format!("Answer: {letter}, {option}. {}", prediction.why))
    });
    match (answer, note) {
        (Some(answer), Some(note)) => Some(format!("{answer}\n{note}")),
        (answer, note) => answer.or(note),
    }
}

/// This step and what the next one will do.
pub(super) fn steps(stage: &Stage) -> (String, String) {
    let (title, steps) = (&stage.scene().title, stage.scene().steps.len());
    let this = match stage.begun() {
        0 => format!("Scene “{title}”, not begun"),
        step => format!("Scene “{title}”, step {step} of {steps}"),
    };
    let this = match stage.state() {
        StepState::Failed(why) => format!("{this}: {why}"),
        StepState::Skipped(why) => format!("{this}: skipped. {why}"),
        StepState::Running => format!("{this}, running"),
        StepState::Ready | StepState::Done => this,
    };
    (this, stage.about())
}

/// What it says and asks; the answer once it is revealed.
pub(super) fn room(stage: &Stage) -> Room {
    let speaks = |step: &&SceneStep| step.say.is_some() || step.predict.is_some();
    let says = begun(stage)
        .find(speaks)
        .and_then(|step| step.say.as_deref());
    let mut lines: Vec<String> = says
        .into_iter()
        .flat_map(str::lines)
        .map(str::to_owned)
        .collect();
    if let Some(predicted) = stage.predicted() {
        let prediction = predicted.prediction;
        lines.push(prediction.ask.clone());
        let right = prediction.answer().filter(|_| predicted.revealed);
        for (place, option) in prediction.options.iter().enumerate() {
            let letter = option_letter(place).to_ascii_uppercase();
            let right = if right == Some(place) { ": right" } else { "" };
            lines.push(format!("  {letter}  {option}{right}"));
        }
        if predicted.revealed {
            lines.push(prediction.why.clone());
        }
    }
    Room::new(true, stage.scene().title.clone(), lines.into_iter())
}
