//! What a lesson's steps ask for: the checks of its `lab.toml` or, where that says nothing of a step, what its text
//! asks for in as many words.

use super::generic;
use super::scripts::{self, Script};
use crate::lesson::step_settings::{Act, Since};
use crate::lesson::{Lesson, SectionKind};

/// A lesson's steps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The stream that the lesson is about, if it names one.
    pub stream: Option<String>,
    /// Whether its author names it: then only what is done with it counts.
    pub names_stream: bool,
    /// The steps in reading order, cleanup included; a page that asks for nothing is none.
    pub pages: Vec<PagePlan>,
    pub(super) scripts: Vec<Script>,
    keys_named: Vec<String>,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct PagePlan {
    /// Its page, an index into [`Lesson::pages`].
    pub page: usize,
    /// The page's key.
    pub key: String,
    /// As it is called in a sentence: `Step 2`, `Cleanup (optional)`.
    pub name: String,
    /// Whether it runs something outside the panels.
    pub runs: bool,
    /// What must be seen.
    pub checks: Vec<Check>,
}

/// Something that must be seen for a step to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The name under which a pass is kept: its words, made unique within the step.
    pub key: String,
    /// The words beside its mark.
    pub says: String,
    /// What must be seen.
    pub when: Act,
    /// From when on it counts.
    pub since: Since,
}

impl Plan {
    /// The steps of a lesson.
    pub fn of(lesson: &Lesson) -> Self {
        let scripts = scripts::of(lesson);
        let mut pages = Vec::new();
        for (index, page) in lesson.pages.iter().enumerate() {
            let section = lesson.sections.get(page.section);
            if section.is_none_or(|section| section.kind != SectionKind::HandsOn) {
                continue;
            }
            let found = generic::step(page, &scripts);
            let mut checks = match lesson.settings.step(&page.title) {
                Some(settings) if !settings.checks.is_empty() => settings
                    .checks
                    .iter()
                    .map(|check| Check {
                        key: check.says.clone(),
                        says: check.says.clone(),
                        when: check.when.clone(),
                        since: check.since,
                    })
                    .collect(),
                _ => found.checks,
            };
            make_unique(&mut checks);
            if checks.is_empty() {
                continue;
            }
            pages.push(PagePlan {
                page: index,
                key: page.key.clone(),
                name: match page.step {
                    Some(step) => format!("Step {step}"),
                    None => page.title.clone(),
                },
                runs: found.runs,
                checks,
            });
        }
        let mut keys_named = Vec::new();
        for step in &lesson.settings.steps {
            let checks = step.checks.iter().map(|check| &check.when);
            let predictions = step.predictions.iter().map(|it| &it.when);
            for act in checks.chain(predictions) {
                note_keys(act, &mut keys_named);
            }
        }
        keys_named.sort();
        keys_named.dedup();
        Self {
            stream: lesson
                .settings
                .stream
                .clone()
                .or_else(|| scripts::stream_named(lesson)),
            names_stream: lesson.settings.stream.is_some(),
            pages,
            scripts,
            keys_named,
        }
    }

    /// The step on this page.
    pub fn page(&self, page: usize) -> Option<&PagePlan> {
        self.pages.iter().find(|plan| plan.page == page)
    }

    /// The stream with which alone things count, if there is one.
    pub(super) fn own_stream(&self) -> Option<&str> {
        self.stream.as_deref().filter(|_| self.names_stream)
    }

    /// The operations by which a program shows that it is this file: those that no other file of the lesson calls.
    pub(super) fn shows(&self, file: &str, operation: &str) -> bool {
        let calls = |script: &&Script| script.operations.contains(&operation);
        let mut callers = self.scripts.iter().filter(calls);
        callers.next().is_some_and(|script| script.file == file) && callers.next().is_none()
    }

    /// The file of the lesson that calls this operation, if there is just one.
    pub(super) fn script_calling(&self, operation: &str) -> Option<&Script> {
        let calls = |script: &&Script| script.operations.contains(&operation);
        let mut callers = self.scripts.iter().filter(calls);
        callers.next().filter(|_| callers.next().is_none())
    }

    /// The partition keys that some check or prediction asks for by name.
    pub(super) fn keys_named(&self) -> &[String] {
        &self.keys_named
    }
}

/// The partition keys that an act asks for by name.
fn note_keys(act: &Act, keys: &mut Vec<String>) {
    match act {
        Act::Put(put) => keys.extend(put.key.clone()),
        Act::Any(acts) => acts.iter().for_each(|act| note_keys(act, keys)),
        _ => {}
    }
}

/// Two checks of a step with the same words are kept apart by their number.
fn make_unique(checks: &mut [Check]) {
    for index in 1..checks.len() {
        let (before, rest) = checks.split_at_mut(index);
        let same = before.iter().filter(|it| it.says == rest[0].says).count();
        if same > 0 {
            rest[0].key = format!("{} ({})", rest[0].says, same + 1);
        }
    }
}
