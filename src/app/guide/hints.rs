//! Hints in up to three levels: the author's, or made of the checks that are open. The next one takes its time.

use chrono::{DateTime, TimeDelta, Utc};

use super::advice;
use super::rows::{Meant, Part, Row, piece, wrapped};
use super::sheet::{Sheet, SheetKind};
use crate::app::model::{Model, Tone};
use crate::app::overlay::Overlay;
use crate::app::steps_pane;

/// How many levels there are at most.
const LEVELS: usize = 3;

/// How long a hint stands before the next one comes: so the third comes 20 seconds after the first at the earliest.
const APART: TimeDelta = TimeDelta::seconds(10);

/// The hints of the open page, whether taken or not.
pub(super) fn all(model: &Model) -> Vec<String> {
    let page = model.lesson.page;
    let written = super::settings(model, page).map_or(&[][..], |step| step.hints.as_slice());
    if !written.is_empty() {
        return written.iter().take(LEVELS).cloned().collect();
    }
    let mut open = super::open_checks(model, page);
    open.next().map_or(Vec::new(), |(check, _)| {
        advice::hints(&check.says, &check.when).into()
    })
}

/// How many of them were taken.
pub(super) fn taken(model: &Model) -> usize {
    let pane = &model.lesson;
    let steps = model.progress.lessons.get(&pane.key).map(|it| &it.steps);
    let record = steps
        .zip(pane.page())
        .and_then(|(steps, page)| steps.get(&page.key));
    record.map_or(0, |record| record.hints)
}

/// When the next hint of the open page comes, if one is still to come and was not long enough waited for.
pub(in crate::app) fn next_at(model: &Model) -> Option<DateTime<Utc>> {
    let (key, at) = model.guide.hinted.as_ref()?;
    let here = model.lesson.page().is_some_and(|page| page.key == *key);
    let due = *at + APART;
    (here && taken(model) < all(model).len() && due > model.now).then_some(due)
}

/// `h`: shows the hints taken so far, and one more if it is time.
pub(in crate::app) fn hint(model: &mut Model) {
    let count = all(model).len();
    if count == 0 {
        let words = match !steps_pane::is_step(model, model.lesson.page) {
            true => "Hints come with the steps of the hands-on part; here n goes on.",
            false => "All of this step is settled: n goes on.",
        };
        return model.say(Tone::Plain, words.into());
    }
    if taken(model) < count && next_at(model).is_none() {
        let now = model.now;
        if let Some(key) = model.lesson.page().map(|page| page.key.clone()) {
            model.guide.hinted = Some((key.clone(), now));
            model.lesson_progress().steps.entry(key).or_default().hints += 1;
        }
    } else if let Some(due) = next_at(model) {
        let left = (due - model.now).num_milliseconds().max(0) as u64;
        let words = format!("The next hint comes in {} s.", left.div_ceil(1_000));
        model.say(Tone::Plain, words);
    }
    model.overlay = Some(Overlay::Sheet(Sheet::new(SheetKind::Hints)));
}

/// The hints taken so far as rows, the newest last and plainest.
pub(super) fn rows(model: &Model, width: usize) -> Vec<Row> {
    let all = all(model);
    let taken = taken(model).min(all.len());
    let mut rows = Vec::new();
    for (index, hint) in all.iter().take(taken).enumerate() {
        let title = format!("Hint {} of {}", index + 1, all.len());
        let last = index + 1 == taken;
        rows.push(Row::new(
            Part::Hint(index, 0),
            vec![piece(title, Meant::Dim)],
        ));
        let meant = if last { Meant::Plain } else { Meant::Dim };
        let lines = wrapped(hint, width).into_iter().enumerate();
        rows.extend(
            lines.map(|(row, line)| Row::new(Part::Hint(index, row + 1), vec![piece(line, meant)])),
        );
    }
    let open = super::open_checks(model, model.lesson.page)
        .next()
        .is_some();
    if taken > 0 && taken == all.len() && open {
        let left = vec![
            piece("Still stuck?  ", Meant::Dim),
            piece(":", Meant::Key),
            piece(" solve this step", Meant::Strong),
            piece(" does it for you, marked [s]", Meant::Dim),
        ];
        rows.push(Row::new(Part::Hint(taken, 0), left));
    }
    rows
}

/// What stands at the foot of the hints: the key of the next one, or that it takes its time.
pub(super) fn foot(model: &Model) -> Option<&'static str> {
    let more = taken(model) < all(model).len();
    match next_at(model) {
        Some(_) => Some("next hint, 10 s after this one"),
        None => more.then_some("next hint"),
    }
}
