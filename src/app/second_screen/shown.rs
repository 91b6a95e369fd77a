//! What a lab tells its second screen: the instructor's note, this step and the next, its clocks, and what the room sees.

mod scene;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::FORMAT;
use crate::app::class::{self, THINK, Time};
use crate::app::discussion;
use crate::app::model::Model;
use crate::app::present::Present;
use crate::app::screen::Pane;
use crate::lesson::{Page, all_text};
use crate::progress::class as kept;

/// How many lines of the room's are told, and how much of each.
const MOST_LINES: usize = 60;
const MOST_CHARS: usize = 200;

/// What a lab tells its second screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The version of this form.
    pub format: u32,
    /// The lesson's title.
    pub lesson: String,
    /// The open section's title.
    pub section: String,
    /// The open page's place, counted from 1, and how many there are.
    pub page: (usize, usize),
    /// What the instructor wants to remember here; empty without a note.
    pub note: String,
    /// What stands on the page: this step.
    pub this: String,
    /// What comes then; empty at the end.
    pub next: String,
    /// The clock of the section.
    pub clock: Clock,
    /// How far the talk about a prompt is.
    pub phase: Option<Phase>,
    /// What everybody sees.
    pub room: Room,
}

/// A section's clock, as instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Whether a class counts it down; else it counts up.
    pub class: bool,
    /// What was used before it was last set going, in milliseconds.
    pub before: i64,
    /// Since when it goes; `None` while it rests.
    pub since: Option<DateTime<Utc>>,
    /// The section's budget in seconds.
    pub budget: Option<i64>,
}

/// A phase of the talk about a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Its name.
    pub word: String,
    /// The whole seconds of the section's time at which it began.
    pub at: i64,
    /// How long it is meant to be, in seconds.
    pub budget: Option<i64>,
}

/// What everybody sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Whether it is present mode's screen; else the full lab's.
    pub present: bool,
    /// What is shown.
    pub title: String,
    /// The lines of text as they stand there.
    pub lines: Vec<String>,
}

impl Room {
    fn new(present: bool, title: String, lines: impl Iterator<Item = String>) -> Self {
        let cut = |line: String| line.chars().take(MOST_CHARS).collect();
        Self {
            present,
            title,
            lines: lines.take(MOST_LINES).map(cut).collect(),
        }
    }
}

impl Clock {
    /// What was used by then.
    fn used(&self, now: DateTime<Utc>) -> TimeDelta {
        let before = TimeDelta::try_milliseconds(self.before).unwrap_or_default();
        let going = self.since.map_or(TimeDelta::zero(), |since| now - since);
        let used = before.checked_add(&going.max(TimeDelta::zero()));
        used.unwrap_or_default().clamp(TimeDelta::zero(), MOST)
    }

    /// How it stands then.
    pub fn time(&self, now: DateTime<Utc>) -> Time {
        Time::of(self.used(now), self.budget.filter(|_| self.class))
    }

    /// How the phase stands then.
    pub fn phase(&self, phase: &Phase, now: DateTime<Utc>) -> Time {
        let began = TimeDelta::try_seconds(phase.at).unwrap_or_default();
        let taken = self.used(now).checked_sub(&began).unwrap_or_default();
        Time::of(taken.max(TimeDelta::zero()), phase.budget)
    }

    /// When its seconds change next; never while it rests.
    pub fn next_second(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.since?;
        let used = self.used(now);
        Some(now + TimeDelta::seconds(used.num_seconds() + 1) - used)
    }
}

/// More than a year: whatever a file says, times stay within what can be reckoned with.
const MOST: TimeDelta = TimeDelta::days(400);

impl Shown {
    /// What the lab shows now.
    pub(super) fn of(model: &Model) -> Self {
        let pane = &model.lesson;
        let pages = &pane.lesson.pages;
        let page = pane.page();
        let scene = model.shown_scene();
        let (this, next) = match scene {
            Some(stage) => scene::steps(stage),
            None => steps(model),
        };
        let of_page = || pane.lesson.settings.note(&page?.title).map(str::to_owned);
        Self {
            format: FORMAT,
            lesson: pane.lesson.title.clone(),
            section: pane
                .section()
                .map(|it| it.title.clone())
                .unwrap_or_default(),
            page: (pane.page + 1, pages.len()),
            note: scene
                .and_then(scene::note)
                .or_else(of_page)
                .unwrap_or_default(),
            this,
            next,
            clock: clock(model),
            phase: phase(model),
            room: scene.map_or_else(|| room(model), scene::room),
        }
    }
}

/// This step and the next: prompts one by one, else pages.
fn steps(model: &Model) -> (String, String) {
    let pane = &model.lesson;
    let next_page = pane.next_page().map(title).unwrap_or_default();
    let prompts = discussion::prompts_of(&pane.lesson, pane.page);
    let prompt = |place: usize| {
        let prompt = prompts.get(place)?;
        let name = match prompt.title.as_str() {
            "" => all_text(&prompt.blocks),
            title => title.to_owned(),
        };
        Some(format!("Prompt {} of {}: {name}", place + 1, prompts.len()))
    };
    match prompt(pane.discussion.cursor) {
        Some(this) => {
            let next = prompt(pane.discussion.cursor + 1);
            (this, next.unwrap_or(next_page))
        }
        None => (pane.page().map(title).unwrap_or_default(), next_page),
    }
}

fn title(page: &Page) -> String {
    match page.step {
        Some(step) => format!("Step {step} · {}", page.title),
        None => page.title.clone(),
    }
}

fn clock(model: &Model) -> Clock {
    let milliseconds = |delta: TimeDelta| delta.num_milliseconds();
    if let Some(class) = class::record(model) {
        let before = |key: &String| class.sections.get(key).map_or(0, |it| it.milliseconds);
        let budget = class::open_section(model, model.now).and_then(|(_, budget)| budget);
        return Clock {
            class: true,
            before: i64::try_from(class.open.as_ref().map_or(0, before)).unwrap_or(0),
            since: class.since,
            budget,
        };
    }
    let clock = &model.lesson.clock;
    let minutes = model.lesson.section().and_then(|section| section.minutes);
    Clock {
        class: false,
        before: milliseconds(clock.before()),
        since: clock.since(),
        budget: minutes.map(|minutes| i64::from(minutes) * 60),
    }
}

fn phase(model: &Model) -> Option<Phase> {
    class::phase(model, model.now)?;
    let open = class::record(model)?.prompt.as_ref()?;
    Some(Phase {
        word: open.phase.word().to_owned(),
        at: i64::try_from(open.at_seconds).unwrap_or(0),
        budget: (open.phase == kept::Phase::Think).then_some(THINK),
    })
}

/// What everybody sees: present mode's slide, or the lines of the lesson that stand on the full lab's screen.
fn room(model: &Model) -> Room {
    let present = model.presents();
    let pane = &model.lesson;
    let slide = model.present.as_ref().and_then(Present::slide);
    let (name, lines) = match slide.filter(|_| present) {
        Some(slide) => (slide.title.clone(), slide.lines.as_slice()),
        None if model.layout.program.is_some() => ("a program's terminal".to_owned(), &[][..]),
        None if present || model.layout.panes[Pane::Lesson.index()].is_none() => (
            format!("the {} pane", model.focus.title().to_lowercase()),
            &[][..],
        ),
        None => {
            // Below the prompts stand the learner's notes; only in a class none does.
            let private = discussion::prompt(pane).is_some() && pane.discussion.talk().is_none();
            let end = pane.lines.len().min(pane.scroll + pane.rows());
            let seen = pane.lines.get(pane.scroll..end).unwrap_or_default();
            let seen = if private { &[][..] } else { seen };
            (pane.page().map(title).unwrap_or_default(), seen)
        }
    };
    Room::new(present, name, lines.iter().map(|line| line.text()))
}
