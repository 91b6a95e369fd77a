//! The clock of the open section for one who learns alone: it counts up, over restarts too, and rests when it is told to.
//! It never blocks. In a class [`super::class`] counts down.

use chrono::{DateTime, TimeDelta, Utc};

use super::class;
use super::lesson_pane::LessonPane;
use super::model::{Model, Tone};
use crate::lesson::{Lesson, Section};

/// More than a year: whatever a damaged file says, times stay within what can be reckoned with.
const MOST_SECONDS: u64 = 400 * 24 * 3_600;

/// The clock of one section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionClock {
    /// The name of the section's time; `None` before a page was opened.
    section: Option<String>,
    /// What was spent before it was last set going.
    spent: TimeDelta,
    /// Since when it goes; `None` while it rests.
    since: Option<DateTime<Utc>>,
}

impl SectionClock {
    /// A clock that is about to count.
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        Self {
            section: None,
            spent: TimeDelta::zero(),
            since: Some(now),
        }
    }

    /// Whether it was told to rest.
    pub fn rests(&self) -> bool {
        self.since.is_none()
    }

    /// What was spent before it was last set going.
    pub(super) fn before(&self) -> TimeDelta {
        self.spent
    }

    /// Since when it goes; `None` while it rests.
    pub(super) fn since(&self) -> Option<DateTime<Utc>> {
        self.since
    }

    /// What was spent in the section.
    pub fn spent(&self, now: DateTime<Utc>) -> TimeDelta {
        let going = self.since.map_or(TimeDelta::zero(), |since| now - since);
        self.spent + going.max(TimeDelta::zero())
    }
}

/// How the section's time stands against what its heading gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// Whole minutes, and the budget if there is one.
    Within(i64, Option<u32>),
    /// The budget, and the seconds beyond it.
    Over(u32, i64),
}

/// How the time of the open section stands.
pub fn spent(pane: &LessonPane, now: DateTime<Utc>) -> Spent {
    let spent = pane.clock.spent(now);
    let budget = pane.section().and_then(|section| section.minutes);
    match budget {
        Some(budget) if spent >= TimeDelta::minutes(i64::from(budget)) => {
            let over = spent - TimeDelta::minutes(i64::from(budget));
            Spent::Over(budget, over.num_seconds())
        }
        _ => Spent::Within(spent.num_minutes(), budget),
    }
}

/// When what the bar says of the section's time changes after a drawing: once a minute, beyond the budget once a second;
/// never while the clock rests.
pub(super) fn next_change(model: &Model, drawn: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if class::is_on(model) {
        return class::next_change(model, drawn);
    }
    let pane = &model.lesson;
    pane.section()?;
    let since = pane.clock.since?;
    let begin = since - pane.clock.spent;
    let shown = (drawn - begin).max(TimeDelta::zero());
    let step = match spent(pane, drawn) {
        Spent::Within(..) => TimeDelta::minutes(shown.num_minutes() + 1),
        Spent::Over(..) => TimeDelta::seconds(shown.num_seconds() + 1),
    };
    Some(begin + step)
}

/// Lets the clock rest, or go on.
pub(super) fn toggle(model: &mut Model, now: DateTime<Utc>) {
    let clock = &mut model.lesson.clock;
    let words = match clock.since {
        Some(_) => {
            clock.spent = clock.spent(now);
            clock.since = None;
            "The section's clock rests. The same command in : lets it go on."
        }
        None => {
            clock.since = Some(now);
            "The section's clock goes on."
        }
    };
    model.say(Tone::Plain, words.into());
}

/// Keeps what was spent in the section that the clock is for.
pub(super) fn bank(model: &mut Model, now: DateTime<Utc>) {
    let clock = &model.lesson.clock;
    let seconds = u64::try_from(clock.spent(now).num_seconds());
    if let (Some(key), Ok(seconds @ 1..)) = (clock.section.clone(), seconds) {
        model.lesson_progress().seconds.insert(key, seconds);
    }
}

/// The open page may be of another section now: its clock goes on from what was spent there before.
pub(super) fn turn(model: &mut Model, now: DateTime<Utc>) {
    class::turn(model, now);
    let page = model.lesson.page();
    let section = page.and_then(|page| key(&model.lesson.lesson, page.section));
    if model.lesson.clock.section == section {
        return;
    }
    bank(model, now);
    let before = section.as_ref().and_then(|key| {
        let lesson = model.progress.lessons.get(&model.lesson.key)?;
        lesson.seconds.get(key).copied()
    });
    let clock = &mut model.lesson.clock;
    clock.section = section;
    clock.spent = TimeDelta::seconds(before.unwrap_or(0).min(MOST_SECONDS) as i64);
    clock.since = clock.since.map(|_| now);
}

/// The name under which a section's time is kept: that of its first page.
pub fn key(lesson: &Lesson, section: usize) -> Option<String> {
    let first = |section: &Section| lesson.pages.get(section.first_page);
    Some(first(lesson.sections.get(section)?)?.key.clone())
}
