//! The discussion in a class: each thinks alone, they talk, the talking points are shown. The instructor goes on.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Time, open_section, record, record_mut};
use crate::app::discussion::{self, Talk};
use crate::app::model::{Model, Tone};
use crate::lesson::Prompt;
use crate::progress::class::{ClassRecord, Phase, PromptPhase};

/// How long each thinks alone, in seconds.
pub const THINK: i64 = 45;

/// How the time of a phase stands, when so much of the section's time is used.
pub(super) fn time(open: &PromptPhase, used: TimeDelta) -> Time {
    let began = TimeDelta::try_seconds(i64::try_from(open.at_seconds).unwrap_or(0));
    let taken = used - began.unwrap_or_default();
    let budget = (open.phase == Phase::Think).then_some(THINK);
    Time::of(taken.max(TimeDelta::zero()), budget)
}

/// The discussion shows what the class may see: the points of prompts that were talked over, and no note.
pub(super) fn settle(model: &mut Model) {
    discussion::attend_class(model);
    model.lesson.lay_out();
    model.lay_out();
}

/// The phase that comes then; `None` after the last one.
fn phase_after(class: &ClassRecord, prompt: &Prompt) -> Option<Phase> {
    let open = class.prompt.as_ref().filter(|it| it.prompt == prompt.key);
    match open.map(|it| it.phase) {
        None if !class.revealed.contains(&prompt.key) => Some(Phase::Think),
        Some(Phase::Think) => Some(Phase::Talk),
        Some(Phase::Talk) if !prompt.points.is_empty() => Some(Phase::Reveal),
        _ => None,
    }
}

/// What going on does to the prompt under the cursor, in a word or two and in a few; `None` where the page asks nothing, or
/// all is talked over.
pub fn does(model: &Model) -> Option<(&'static str, &'static str)> {
    let class = record(model)?;
    let prompt = discussion::prompt(&model.lesson)?;
    match phase_after(class, prompt) {
        Some(Phase::Think) => Some(("think", "think: 45 seconds, each alone")),
        Some(Phase::Talk) => Some(("talk", "talk about it")),
        Some(Phase::Reveal) => Some(("points", "reveal the talking points")),
        None => discussion::untold(&model.lesson).map(|_| ("next prompt", "the next prompt")),
    }
}

/// Goes on to the next phase of the prompt under the cursor, and after its last one to the next prompt. `false`: no class
/// goes on, or the page asks nothing.
pub fn next_phase(model: &mut Model, now: DateTime<Utc>) -> bool {
    let Some(prompt) = discussion::prompt(&model.lesson).cloned() else {
        return false;
    };
    let used = open_section(model, now).map_or(TimeDelta::zero(), |(used, _)| used);
    let at_seconds = u64::try_from(used.num_seconds()).unwrap_or(0);
    let Some(class) = record_mut(model) else {
        return false;
    };
    let next = phase_after(class, &prompt);
    // A prompt without points is over with the talk.
    if !matches!(next, Some(Phase::Think | Phase::Talk)) {
        class.revealed.insert(prompt.key.clone());
    }
    class.prompt = next.map(|phase| PromptPhase {
        prompt: prompt.key,
        phase,
        at_seconds,
    });
    settle(model);
    let words = match next {
        Some(Phase::Think) => "Think, each alone: 45 seconds.",
        Some(Phase::Talk) => "Talk about it.",
        Some(Phase::Reveal) => "Compare with these points.",
        None if discussion::next_untold(&mut model.lesson) => "The next prompt.",
        None => "All prompts of this page are talked over.",
    };
    discussion::show(&mut model.lesson);
    model.say(Tone::Plain, words.into());
    true
}

impl Talk {
    /// What the class that goes on may see.
    pub(in crate::app) fn of(model: &Model) -> Option<Self> {
        record(model).map(|class| Self {
            open: class
                .prompt
                .as_ref()
                .map(|it| (it.prompt.clone(), it.phase)),
            revealed: class.revealed.clone(),
        })
    }
}
