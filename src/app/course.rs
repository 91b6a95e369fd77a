//! The course: the modules that can be opened from here, how far each is, and going from one to another in place.
//!
//! The server, its streams, the panels and other programs stay as they are; what is made of a lesson is made anew.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use crossterm::event::{KeyCode, KeyEvent};
use serde::{Deserialize, Serialize};

use super::class;
use super::lesson_pane::LessonPane;
use super::message::Effect;
use super::model::{Model, Outcome, Tone};
use super::overlay::Overlay;
use super::quiz::Quiz;
use super::report;
use super::screen::Pane;
use super::section_clock;
use super::stage;
use super::steps_pane::Steps;
use super::streams;
use super::{guide, program_pane, steps_pane};
use crate::lesson::{Fault, Lesson};

/// A module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Module {
    /// The name under which its progress is kept.
    pub key: String,
    /// The lesson as it was read last.
    pub lesson: Arc<Lesson>,
    /// What is wrong with its files, for its author.
    pub fault: Option<Fault>,
    /// The folder that its files are written into.
    pub work: PathBuf,
}

/// A line of the list of modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The module's title.
    pub title: String,
    /// Its minutes, if it says them.
    pub minutes: Option<u32>,
    /// What should be known before, in the lesson's own words; `None` where it is nothing.
    pub needs: Option<String>,
    /// How far it is.
    pub state: State,
    /// Titles of the questions that come back.
    pub due: Vec<String>,
    /// Whether it is the one that is open.
    pub open: bool,
}

/// How far a module is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing of it was done.
    New,
    /// Some of it was.
    Begun {
        /// Steps done, and all.
        steps: (usize, usize),
        /// Questions answered, and all.
        questions: (usize, usize),
    },
    /// Nothing of it is open.
    Done,
}

/// The list of modules over the panes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseDialog {
    /// A line each, in the course's order.
    pub lines: Vec<Line>,
    /// The selected one.
    pub cursor: usize,
}

/// Opens the list, at the open module.
pub(super) fn open(model: &mut Model, now: DateTime<Utc>) {
    section_clock::bank(model, now);
    let lines: Vec<Line> = model.course.iter().map(|it| line(model, it)).collect();
    let here = lines.iter().position(|line| line.open).unwrap_or(0);
    model.overlay = Some(Overlay::Course(CourseDialog {
        lines,
        cursor: here,
    }));
}

/// At the end of a module: opens the list at the next one. Whether there is one.
pub(super) fn lead_on(model: &mut Model, now: DateTime<Utc>) -> bool {
    let Some(place) = next(model).map(|(place, _)| place) else {
        return false;
    };
    open(model, now);
    if let Some(Overlay::Course(dialog)) = &mut model.overlay {
        dialog.cursor = place;
    }
    true
}

/// A key while the list is open.
pub(super) fn pressed(
    model: &mut Model,
    mut dialog: CourseDialog,
    key: KeyEvent,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let last = dialog.lines.len().saturating_sub(1);
    match key.code {
        KeyCode::Esc => return,
        KeyCode::Char('M') => return,
        KeyCode::Enter => return enter(model, dialog.cursor, now, out),
        KeyCode::Up | KeyCode::Char('k') => dialog.cursor = dialog.cursor.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => dialog.cursor = (dialog.cursor + 1).min(last),
        KeyCode::Home | KeyCode::Char('g') => dialog.cursor = 0,
        KeyCode::End | KeyCode::Char('G') => dialog.cursor = last,
        KeyCode::Char(digit @ '1'..='9') => {
            let place = usize::from(digit as u8 - b'1');
            if place <= last {
                return enter(model, place, now, out);
            }
        }
        _ => {}
    }
    model.overlay = Some(Overlay::Course(dialog));
}

/// The module after the open one, with its place in the course.
pub fn next(model: &Model) -> Option<(usize, &Module)> {
    let here = here(model)?;
    model.course.get(here + 1).map(|module| (here + 1, module))
}

fn here(model: &Model) -> Option<usize> {
    let key = &model.lesson.key;
    model.course.iter().position(|module| module.key == *key)
}

fn line(model: &Model, module: &Module) -> Line {
    let open = module.key == model.lesson.key;
    let lesson = match open {
        true => &model.lesson.lesson,
        false => &module.lesson,
    };
    let progress = model.progress.lessons.get(&module.key);
    let found = report::of(lesson, &module.key, &progress.cloned().unwrap_or_default());
    let needs = lesson.head.iter().find(|(label, _)| {
        let label = label.to_lowercase();
        label.starts_with("prerequisite")
    });
    let needs = needs.map(|(_, needs)| needs.clone());
    let state = match &found.next_page {
        None => State::Done,
        Some(_)
            if progress.is_none_or(|it| {
                it.done.is_empty() && it.answers.is_empty() && it.steps.is_empty()
            }) =>
        {
            State::New
        }
        Some(_) => State::Begun {
            steps: found.steps_done(),
            questions: (found.score.answered, found.score.questions),
        },
    };
    Line {
        title: lesson.title.clone(),
        minutes: lesson.minutes,
        needs: needs.filter(|needs| !needs.eq_ignore_ascii_case("none")),
        state,
        due: found.due,
        open,
    }
}

/// Opens a module in the place of the open one, where the learner left it.
fn enter(model: &mut Model, place: usize, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(module) = model.course.get(place).cloned() else {
        return;
    };
    model.overlay = None;
    model.focus(Pane::Lesson);
    if module.key == model.lesson.key {
        return model.say(Tone::Plain, "That is the module that is open.".into());
    }
    if model.program.goes_on() {
        let words =
            "A program of this module still runs: end it (Ctrl-] leads there), then M again.";
        return model.say(Tone::Nearly, words.into());
    }
    section_clock::bank(model, now);
    let in_class = class::leave(model, now);
    stage::leave(model, out);
    leave(model);
    program_pane::leave_module(model);
    streams::lesson_left(model, module.lesson.settings.stream.as_deref());
    model.lesson = LessonPane::new(Arc::clone(&module.lesson), module.key, now);
    model.lesson.fault = module.fault;
    model.quiz = Quiz::default();
    model.steps = Steps::new(&model.lesson.lesson, &model.connection, now);
    model.guide = guide::Guide::default();
    model.places.work = module.work;
    model.resume(None);
    let progress = Box::new(model.progress.clone());
    out.effects.push(Effect::SaveProgress(progress));
    steps_pane::resume(model);
    guide::opened(model);
    model.lay_out();
    guide::follow(model, now, out);
    out.effects
        .push(Effect::Highlight(Arc::clone(&model.lesson.lesson)));
    streams::lesson_entered(model, out);
    if model.status.words.is_empty() {
        let words = format!(
            "{}. The streams stay as they are.",
            model.lesson.lesson.title
        );
        model.say(Tone::Done, words);
    }
    if in_class {
        class::begin(model, now);
    }
}

/// Keeps what is known of the open module: its files may have been read again.
fn leave(model: &mut Model) {
    let Some(here) = here(model) else {
        return;
    };
    let module = &mut model.course[here];
    module.lesson = Arc::clone(&model.lesson.lesson);
    module.fault.clone_from(&model.lesson.fault);
}

/// The files of a module that is not open were saved.
pub(super) fn reread(
    model: &mut Model,
    key: &str,
    lesson: Option<Arc<Lesson>>,
    fault: Option<Fault>,
) {
    let known = model.course.iter_mut().find(|module| module.key == key);
    if let Some(module) = known {
        if let Some(lesson) = lesson {
            module.lesson = lesson;
        }
        module.fault = fault;
    }
}
