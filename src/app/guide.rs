//! The guide through a hands-on step: what must be seen of it and what was, what is predicted, hints, and showing it.
//!
//! It reads the states of the checks and never decides them; `steps` does. Nothing here blocks or advances, and it scrolls
//! once for a prediction: to its card before the act that would settle it.

mod advice;
mod asking;
mod card;
mod check_list;
mod hints;
mod marks;
mod predictions;
mod rows;
mod sheet;
mod solve;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::action::Action;
use super::model::{Model, Outcome};
use super::screen::Pane;
use super::steps_pane;
use crate::lesson::SectionKind;
use crate::lesson::step_settings::StepSettings;
use crate::steps::{Check, CheckState};

pub use asking::waits;
pub(super) use asking::{asks_first, forget, goes_on};
pub use check_list::mark;
pub(super) use hints::{hint, next_at as next_hint_at};
pub(super) use marks::{ask_to_reset, reset, skip_step};
pub use predictions::{Evidence, options};
pub(super) use predictions::{next as next_prediction, predict, skip as skip_prediction};
pub use rows::{Meant, Part, Piece, Row};
pub(super) use sheet::differ;
pub use sheet::{Sheet, SheetKind};
pub(super) use solve::{gives_up_at, go_on, heard, refuse, solve};

/// What the guide remembers beside the learner's progress.
#[derive(Debug, Clone, Default)]
pub struct Guide {
    /// The prediction whose card stands on the open page, among those of the page.
    card: usize,
    /// What the stream showed of predictions, by their questions; of this run of the lab only.
    evidence: BTreeMap<String, Evidence>,
    /// The predictions whose acts are watched, by their questions, with their pages.
    watched: BTreeMap<String, usize>,
    /// When the last hint was taken, and on which page.
    hinted: Option<(String, DateTime<Utc>)>,
    /// Predictions that were put before an act, by their questions: each of them once.
    asked: BTreeSet<String>,
    /// The act that waits for an answer to the prediction shown, and the pane it was asked for in.
    waiting: Option<(Action, Pane)>,
    /// A step that the lab is showing.
    solving: Option<solve::Solving>,
}

/// What the lesson's settings say of the step on this page.
fn settings(model: &Model, page: usize) -> Option<&StepSettings> {
    let lesson = &model.lesson.lesson;
    let it = lesson.pages.get(page)?;
    let section = lesson.sections.get(it.section)?;
    (section.kind == SectionKind::HandsOn)
        .then(|| lesson.settings.step(&it.title))
        .flatten()
}

/// A page was opened: its first prediction that is not settled stands there, and what is done from now on settles them.
pub(super) fn opened(model: &mut Model) {
    model.guide.waiting = None;
    model.guide.card = predictions::first(model);
    predictions::watch_all(model);
}

/// After every message: settles what was predicted, ends what was shown, and lays out anew what stands below the text of
/// the open page where it is different now.
pub(super) fn follow(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if solve::finish(model, out) {
        steps_pane::follow(model, now, out);
    }
    predictions::settle_all(model, out);
    if model.guide.card >= predictions::of_page(model, model.lesson.page).len() {
        opened(model);
    }
    out.changed |= lay_out_below(model);
}

/// Lays out what stands below the text of the open page. Whether it is different now.
fn lay_out_below(model: &mut Model) -> bool {
    let page = model.lesson.page;
    let width = model.lesson.text_width();
    let parts = [
        predictions::rows(model, width),
        check_list::rows(&steps_pane::states(model, page), model.zone, width),
        hints::rows(model, width),
    ];
    let mut below = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        below.push(Row::blank());
        below.extend(part);
    }
    model.lesson.set_below(below)
}

/// What is open of a page's checks, with how it stands.
fn open_checks(model: &Model, page: usize) -> impl Iterator<Item = (&Check, CheckState)> {
    let checks = steps_pane::checks(model, page).iter();
    let all = checks.zip(steps_pane::states(model, page));
    all.filter(|(_, state)| !state.mark.is_settled())
}

/// What the open step wants next: a key's action and a few words; `None` where it wants nothing.
pub(super) fn next_act(model: &Model) -> Option<(Action, String)> {
    if predictions::options(model) > 0 {
        return Some((Action::Predict(0), "say what you expect".into()));
    }
    let mut open = open_checks(model, model.lesson.page);
    open.find_map(|(check, _)| advice::next_key(model, &check.when))
}
