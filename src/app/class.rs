//! Class time: each section's minutes count down for the whole room. It never blocks, flashes or beeps.
//!
//! What is kept of a class stands in the lesson's progress, as instants; a restart of the lab changes nothing of it. The
//! clock of one who learns alone is [`super::section_clock`]'s.

mod summary;
mod talk;

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::action::Action;
use super::model::{Model, Outcome, Tone};
use super::{discussion, section_clock};
use crate::lesson::{Section, SectionKind};
use crate::progress::class::{ClassRecord, Phase};

pub use summary::markdown;
pub use talk::{THINK, does, next_phase};

/// How long after its begin a class is taken up again by a lab that is started anew; later it is over.
const LONGEST: TimeDelta = TimeDelta::hours(6);

/// A class that began with present mode and was left with it so soon was none.
const A_LOOK: TimeDelta = TimeDelta::minutes(1);

/// What is offered in the end.
const SAVES: &str = "“: class summary” saves what this class did";

/// What `two more minutes` adds.
const MORE_MINUTES: u32 = 2;

/// How many scenes are remembered.
const MOST_SCENES: usize = 200;

/// The most that can be added to a section, in minutes.
const MOST_MORE: u32 = 600;

/// What an instructor can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClassAct {
    /// Begin a class, or end it.
    Time,
    /// Let the section's clock rest, or go on; also that of one who learns alone.
    Pause,
    /// Give the open section two more minutes.
    More,
    /// Go on to the next phase of the discussion: think, talk, reveal.
    Phase,
    /// Write what the class did as markdown into the work folder.
    Summary,
}

impl ClassAct {
    /// All of them, by the names under which the palette has them.
    pub const NAMED: [(&str, Self); 5] = [
        (
            "class time: count the sections down, or end the class",
            Self::Time,
        ),
        ("pause the section's clock, or let it go on", Self::Pause),
        ("class: two more minutes for this section", Self::More),
        (
            "class: go on with the discussion (think, talk, reveal)",
            Self::Phase,
        ),
        ("class summary: save it as markdown", Self::Summary),
    ];
}

/// How a time stands against its budget, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// So much is left.
    Left(i64),
    /// So much beyond the budget.
    Over(i64),
    /// So much was used; there is no budget.
    Used(i64),
}

impl Time {
    /// What was used, against a budget in seconds.
    pub fn of(used: TimeDelta, budget: Option<i64>) -> Self {
        let used = used.num_seconds();
        match budget.map(|budget| budget.saturating_sub(used)) {
            None => Self::Used(used),
            Some(left @ 0..) => Self::Left(left),
            Some(left) => Self::Over(left.saturating_neg()),
        }
    }
}

impl fmt::Display for Time {
    /// `11:42`, and beyond the budget `+2:10`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, seconds) = match self {
            Self::Left(seconds) | Self::Used(seconds) => ("", seconds),
            Self::Over(seconds) => ("+", seconds),
        };
        write!(f, "{sign}{}:{:02}", seconds / 60, seconds % 60)
    }
}

/// The class of the open lesson that goes on.
pub fn record(model: &Model) -> Option<&ClassRecord> {
    last(model).filter(|class| class.ended_at.is_none())
}

/// Whether a class goes on.
pub fn is_on(model: &Model) -> bool {
    record(model).is_some()
}

/// The class that goes on, or the last one of this lesson.
fn last(model: &Model) -> Option<&ClassRecord> {
    let lesson = model.progress.lessons.get(&model.lesson.key)?;
    lesson.class.as_ref()
}

/// The same to be changed, while it goes on.
fn record_mut(model: &mut Model) -> Option<&mut ClassRecord> {
    let lesson = model.progress.lessons.get_mut(&model.lesson.key)?;
    let class = lesson.class.as_mut()?;
    class.ended_at.is_none().then_some(class)
}

/// Whether the clock of the class was told to rest.
pub fn rests(model: &Model) -> bool {
    record(model).is_some_and(|class| class.since.is_none())
}

/// The minutes of a section in this class: those of its heading and those that were added.
pub fn minutes(class: &ClassRecord, key: &str, section: &Section) -> Option<u32> {
    let extra = class.sections.get(key).map_or(0, |time| time.extra_minutes);
    Some(section.minutes?.saturating_add(extra.min(MOST_MORE)))
}

/// What was used of the open section, and its budget in seconds; `None` where no class goes on.
pub fn open_section(model: &Model, now: DateTime<Utc>) -> Option<(TimeDelta, Option<i64>)> {
    let class = record(model)?;
    let key = class.open.as_ref()?;
    let minutes = minutes(class, key, model.lesson.section()?);
    let budget = minutes.map(|minutes| i64::from(minutes) * 60);
    Some((class.used(key, now), budget))
}

/// How the time of the open section stands; `None` where no class goes on.
pub fn time(model: &Model, now: DateTime<Utc>) -> Option<Time> {
    let (used, budget) = open_section(model, now)?;
    Some(Time::of(used, budget))
}

/// The phase of the prompt that is shown, with its time: what is left to think; what the others have taken. None while the
/// room sees a scene.
pub fn phase(model: &Model, now: DateTime<Utc>) -> Option<(Phase, Time)> {
    let (used, _) = open_section(model, now)?;
    let open = record(model)?.prompt.as_ref()?;
    let here = discussion::prompt(&model.lesson).filter(|_| model.shown_scene().is_none())?;
    (here.key == open.prompt).then(|| (open.phase, talk::time(open, used)))
}

/// What the instructor does next, where a class does something else than one who learns alone.
pub(super) fn next_act(model: &Model) -> Option<(Action, String)> {
    if let Some((_, words)) = does(model) {
        return Some((Action::Open, words.into()));
    }
    ends(model).then(|| (Action::Palette, SAVES.into()))
}

/// Whether a class has come to the lesson's summary.
pub(super) fn ends(model: &Model) -> bool {
    let section = model.lesson.section();
    is_on(model) && section.is_some_and(|section| section.kind == SectionKind::Summary)
}

/// When what is shown of the class's time changes after a drawing: each second; never while its clock rests.
pub(super) fn next_change(model: &Model, drawn: DateTime<Utc>) -> Option<DateTime<Utc>> {
    record(model)?.since?;
    if model.layout.too_small() {
        return None;
    }
    let (used, _) = open_section(model, drawn)?;
    Some(drawn + TimeDelta::seconds(used.num_seconds() + 1) - used)
}

/// A lab was started: a class that began not long ago goes on; one from another day is over.
pub(super) fn resume(model: &mut Model) {
    let now = model.now;
    if let Some(class) = record_mut(model)
        && now - class.began_at > LONGEST
    {
        class.since = None;
        class.ended_at = Some(class.began_at + LONGEST);
    }
    talk::settle(model);
}

/// A class begins, unless one goes on.
pub(super) fn begin(model: &mut Model, now: DateTime<Utc>) {
    if is_on(model) {
        return;
    }
    model.lesson_progress().class = Some(ClassRecord::new(now));
    turn(model, now);
    talk::settle(model);
    let words = match (time(model, now), model.lesson.section()) {
        (Some(Time::Left(seconds)), Some(section)) => {
            format!(
                "Class time: {} minutes for “{}”.",
                seconds / 60,
                section.title
            )
        }
        _ => "Class time: this section has no minutes, so it counts up.".into(),
    };
    model.say(Tone::Plain, words);
}

/// Present mode is on: a class begins with it, unless the instructor ended one not long ago, which is still to be saved.
/// Whether it began.
pub(super) fn begin_with_present(model: &mut Model, now: DateTime<Utc>) -> bool {
    let ended = last(model).filter(|class| class.ended_at.is_some());
    if ended.is_some_and(|class| now - class.began_at <= LONGEST) {
        let words = "The class is over: “: class time” begins another.";
        model.say(Tone::Nearly, words.into());
        return false;
    }
    let begins = !is_on(model);
    begin(model, now);
    begins
}

/// Present mode, with which this class began, is left: within a minute, and with nothing done, it was a look at it and no
/// class.
pub(super) fn left_present(model: &mut Model, now: DateTime<Utc>) {
    let is_look = |class: &ClassRecord| {
        let extra = class.sections.values().any(|time| time.extra_minutes > 0);
        let idle = class.prompt.is_none() && class.revealed.is_empty() && class.scenes.is_empty();
        now - class.began_at < A_LOOK && idle && !extra
    };
    if record(model).is_some_and(is_look) {
        model.lesson_progress().class = None;
        talk::settle(model);
    }
}

fn end(model: &mut Model, now: DateTime<Utc>) {
    if let Some(class) = record_mut(model) {
        class.bank(now, false);
        class.ended_at = Some(now);
        let minutes = (now - class.began_at).num_minutes();
        let words =
            format!("The class is over, after {minutes} min. : class summary saves what was done.");
        model.say(Tone::Plain, words);
    }
    talk::settle(model);
}

/// The open page may be of another section now.
pub(super) fn turn(model: &mut Model, now: DateTime<Utc>) {
    let page = model.lesson.page();
    let section = page.and_then(|page| section_clock::key(&model.lesson.lesson, page.section));
    if let Some(class) = record_mut(model)
        && class.open != section
    {
        class.bank(now, class.since.is_some());
        class.open = section;
        if ends(model) {
            model.say(Tone::Plain, format!("{SAVES}."));
        }
    }
}

/// After every message: a scene that was begun was played.
pub(super) fn attend(model: &mut Model) {
    let stage = model.stage.as_ref().filter(|stage| stage.begun() > 0);
    let Some(title) = stage.map(|stage| stage.scene().title.clone()) else {
        return;
    };
    if let Some(class) = record_mut(model)
        && class.scenes.last() != Some(&title)
        && class.scenes.len() < MOST_SCENES
    {
        class.scenes.push(title);
    }
}

/// Another lesson is about to take this one's place: its clock waits until it is opened again. Whether a class goes on.
pub(super) fn leave(model: &mut Model, now: DateTime<Utc>) -> bool {
    let Some(class) = record_mut(model) else {
        return false;
    };
    class.bank(now, class.since.is_some());
    class.open = None;
    true
}

/// Carries out what the instructor asked for.
pub(super) fn act(model: &mut Model, act: ClassAct, now: DateTime<Utc>, out: &mut Outcome) {
    match act {
        ClassAct::Time if is_on(model) => end(model, now),
        ClassAct::Time => begin(model, now),
        ClassAct::Pause if is_on(model) => pause(model, now),
        ClassAct::Pause => section_clock::toggle(model, now),
        ClassAct::Summary => summary::save(model, now, out),
        ClassAct::More | ClassAct::Phase if !is_on(model) => {
            let words = "That is for a class: “: class time” begins one.";
            model.say(Tone::Plain, words.into());
        }
        ClassAct::More => more(model),
        ClassAct::Phase => {
            if !next_phase(model, now) {
                let words = "There is no discussion on this page.";
                model.say(Tone::Plain, words.into());
            }
        }
    }
}

fn pause(model: &mut Model, now: DateTime<Utc>) {
    let presents = model.presents();
    let Some(class) = record_mut(model) else {
        return;
    };
    let rests = class.since.is_none();
    class.bank(now, rests);
    let words = match (rests, presents) {
        (true, _) => "The class's clock goes on.",
        (false, true) => "The class's clock rests; “.” lets it go on.",
        (false, false) => "The class's clock rests; “: pause” lets it go on.",
    };
    model.say(Tone::Plain, words.into());
}

/// Two more minutes for the open section, in this class.
fn more(model: &mut Model) {
    let Some(section) = model.lesson.section().cloned() else {
        return;
    };
    let Some(class) = record_mut(model) else {
        return;
    };
    let Some(key) = class.open.clone() else {
        return;
    };
    let time = class.sections.entry(key.clone()).or_default();
    time.extra_minutes = time
        .extra_minutes
        .saturating_add(MORE_MINUTES)
        .min(MOST_MORE);
    let words = match minutes(class, &key, &section) {
        Some(minutes) => format!("Two more minutes: {minutes} for “{}”.", section.title),
        None => "This section has no minutes to add to: it counts up.".into(),
    };
    model.say(Tone::Plain, words);
}
