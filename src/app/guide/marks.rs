//! The marks of a step as the learner changes them: reset, after a question, or skipped.

use crate::app::model::{Model, Tone};
use crate::app::overlay::{Confirm, Overlay};
use crate::app::steps_pane;
use crate::progress::Passed;

/// `x`: asks before the marks of the open step are taken back.
pub(in crate::app) fn ask_to_reset(model: &mut Model) {
    let page = model.lesson.page;
    if !steps_pane::is_step(model, page) {
        let words = "This page has no marks; steps of the hands-on part have.";
        return model.say(Tone::Plain, words.into());
    }
    model.overlay = Some(Overlay::Confirm(Confirm::ResetStep(page)));
}

/// Takes the marks of a step back, and its hints. The stream stays as it is.
pub(in crate::app) fn reset(model: &mut Model, page: usize) {
    steps_pane::reset(model, page);
    model.guide.hinted = None;
    model.say(
        Tone::Done,
        "The marks of this step are open again; the stream is as it was.".into(),
    );
}

/// Marks what is open of the step as skipped.
pub(in crate::app) fn skip_step(model: &mut Model) {
    let page = model.lesson.page;
    let words = match super::open_checks(model, page).next().is_none() {
        true => "Nothing is open on this page.",
        false => "Skipped, and marked so. n goes on; x opens the marks again.",
    };
    let checks = steps_pane::checks(model, page).iter();
    let keys: Vec<String> = checks.map(|check| check.key.clone()).collect();
    settle(model, page, &keys, Passed::Skipped);
    model.say(Tone::Plain, words.into());
}

/// Settles those of these checks of a step that are open.
pub(super) fn settle(model: &mut Model, page: usize, keys: &[String], how: Passed) {
    let now = model.now;
    steps_pane::settle(model, page, keys, how, now);
}
