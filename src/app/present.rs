//! Present mode: one thing of the lab at a time, large, for a room.
//!
//! ```text
//!  WHAT ARE STREAMS?                           ▄█ █▀█      head: lesson, section, the time left
//!  Hands-on                                     █ █▄█ min left
//!
//!  the one thing: slides of a page or of a question,       body
//!  or what the producer, the consumer, the shards do
//!
//!  n next   1-5 panes   P the full lab   ? help            foot: the keys valid now
//! ```
//!
//! What is under it goes on as ever: it is the same model, looked at otherwise. It shows no answer before it is asked for,
//! and never a note, a hint or a mark of the learner's. While a field or a program has the keys the full lab is on the
//! screen. Knows no colours and no figures; where its parts stand is [`parts`]'s to say.

mod parts;
mod scene;
mod slides;
mod time_left;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use parts::{Parts, WIDEST, parts};
pub use slides::Slide;
pub use time_left::{TimeLeft, time_left};

use super::action::Action;
use super::class;
use super::discussion;
use super::lesson_pane;
use super::model::{Model, Outcome, Status, Tone};
use super::quiz;
use super::screen::Pane;
use super::stage;
use crate::lesson::Lesson;

/// Present mode, while it is on.
#[derive(Debug, Clone, Default)]
pub struct Present {
    /// The open page, or the open question, in slides; none of the panes that draw what goes on.
    pub slides: Vec<Slide>,
    /// The slide on the screen.
    pub slide: usize,
    /// The lane at the top, where not all have room.
    pub first_lane: usize,
    /// Whether the scene that is on is shown, and no pane of the lab.
    scene: bool,
    /// What the room was shown the answer of, by its key; no more once something else is shown.
    revealed: Option<String>,
    /// The lesson of that: pages of two lessons may have one key.
    of_lesson: String,
    /// Whether a class began with it.
    began_class: bool,
    /// What the slides were made of.
    made_of: Option<MadeOf>,
    /// Whether the lesson's code has other colours since the slides were made.
    recoloured: bool,
    /// Whether the next page is to be shown from its end, since one came from behind.
    from_end: bool,
}

/// What slides are made of: they are made anew once it is another.
#[derive(Debug, Clone)]
struct MadeOf {
    lesson: Arc<Lesson>,
    pane: Pane,
    place: usize,
    revealed: bool,
    rows: usize,
    columns: usize,
    /// How many rows a line takes.
    line: usize,
}

impl MadeOf {
    fn is_the_same_text(&self, other: &Self) -> bool {
        let (here, there) = ((self.pane, self.place), (other.pane, other.place));
        Arc::ptr_eq(&self.lesson, &other.lesson) && here == there
    }

    fn is_the_same(&self, other: &Self) -> bool {
        let drawn = |it: &Self| (it.revealed, it.rows, it.columns, it.line);
        self.is_the_same_text(other) && drawn(self) == drawn(other)
    }
}

impl Present {
    /// The slide on the screen, if the pane has any.
    pub fn slide(&self) -> Option<&Slide> {
        self.slides.get(self.slide)
    }
}

impl Model {
    /// Whether the screen is present mode's now: while a field or a program has the keys it is the full lab's.
    pub fn presents(&self) -> bool {
        let typing = self.producer.edit.is_some()
            || self.lesson.discussion.note.is_some()
            || self.lesson.search.is_some();
        self.present.is_some() && !typing && !self.program.focused
    }
}

/// Goes into present mode, or back to the full lab: to the pane that is shown.
pub(super) fn toggle(model: &mut Model) {
    model.present = match model.present.take() {
        Some(present) => {
            if present.began_class {
                class::left_present(model, model.now);
            }
            None
        }
        None => Some(Present {
            scene: model.stage.is_some(),
            began_class: class::begin_with_present(model, model.now),
            ..Present::default()
        }),
    };
    // What was said was said to the learner.
    if matches!(model.status.tone, Tone::Plain | Tone::Done) {
        model.status = Status::default();
    }
}

/// Carries out what means something else in present mode, or nothing. Whether that was so.
pub(super) fn did(
    model: &mut Model,
    action: Action,
    now: DateTime<Utc>,
    out: &mut Outcome,
) -> bool {
    if action == Action::Present {
        toggle(model);
        return true;
    }
    if !model.presents() {
        return false;
    }
    if scene::did(model, action, now, out) {
        return true;
    }
    match action {
        Action::Reveal => reveal(model),
        Action::NextPage | Action::PageDown if model.focus == Pane::Lesson => {
            if !turn(model, 1) {
                lesson_pane::next(model, now, out);
            }
        }
        Action::PreviousPage | Action::PageUp if model.focus == Pane::Lesson => {
            if !turn(model, -1) {
                from_behind(model, |model| lesson_pane::previous(model, now, out));
            }
        }
        Action::NextPage | Action::PreviousPage => {
            model.focus(Pane::Lesson);
            return false;
        }
        Action::NextQuestion | Action::PageDown if model.focus == Pane::Quiz => {
            if !turn(model, 1) {
                quiz::step(model, 1);
            }
        }
        Action::PreviousQuestion | Action::PageUp if model.focus == Pane::Quiz => {
            if !turn(model, -1) {
                from_behind(model, |model| quiz::step(model, -1));
            }
        }
        Action::Down | Action::PageDown => {
            turn(model, 1);
        }
        Action::Up | Action::PageUp => {
            turn(model, -1);
        }
        Action::Top => {
            turn(model, isize::MIN / 2);
        }
        Action::Bottom => {
            turn(model, isize::MAX / 2);
        }
        _ if is_private(action, model.focus) => {
            let words = "That is not for the room: P leads to the full lab.";
            model.say(Tone::Plain, words.into());
        }
        _ => return false,
    }
    true
}

/// Whether an action shows or writes what is the learner's own, or gives something away.
fn is_private(action: Action, pane: Pane) -> bool {
    use Action::*;
    match action {
        Open => matches!(pane, Pane::Lesson | Pane::Quiz),
        Hint | Differ | Result | Choose(_) | ChooseHere | Retry | LessSure | Surer | Predict(_)
        | SkipPrediction => true,
        _ => false,
    }
}

/// Goes to a page or question before; of that, the end is shown first.
fn from_behind(model: &mut Model, go: impl FnOnce(&mut Model)) {
    let place = |model: &Model| (model.lesson.page, model.quiz.question);
    let before = place(model);
    go(model);
    let gone = place(model) != before;
    if let Some(present) = &mut model.present {
        present.from_end = gone;
    }
}

/// Turns slides, or lanes. Whether there was one that way.
fn turn(model: &mut Model, by: isize) -> bool {
    let scene = model.shown_scene().is_some();
    let lanes = lanes(model);
    let Some(present) = &mut model.present else {
        return false;
    };
    let (at, count) = match model.focus {
        pane if scene || pane == Pane::Shards => (&mut present.first_lane, lanes),
        _ => (&mut present.slide, present.slides.len()),
    };
    let to = at.saturating_add_signed(by).min(count.saturating_sub(1));
    let turned = to != *at;
    *at = to;
    if turned {
        point(model);
    }
    turned
}

/// How many lanes there are: of the scene's lab or of the lab.
fn lanes(model: &Model) -> usize {
    let lab = model.shown_scene().map_or(model, |scene| scene.lab());
    lab.lanes.iter().len()
}

/// The discussion's cursor stands at the prompt that is shown.
fn point(model: &mut Model) {
    let slide = model.present.as_ref().and_then(Present::slide);
    let prompt = slide.and_then(|slide| slide.prompt);
    if let Some(prompt) = prompt.filter(|prompt| *prompt != model.lesson.discussion.cursor) {
        model.lesson.discussion.cursor = prompt;
        model.lesson.lay_out();
    }
}

/// Shows the answer of what is on the screen, or takes it away. A discussion goes on: think, talk, then the answer.
fn reveal(model: &mut Model) {
    if model.focus == Pane::Lesson && class::next_phase(model, model.now) {
        return talked(model);
    }
    let key = key_of_shown(model);
    if let Some(present) = &mut model.present {
        present.revealed = match present.revealed {
            Some(_) => None,
            None => key,
        };
    }
}

/// The talk has gone on: the prompt under the cursor is shown, with its points where their time has come.
fn talked(model: &mut Model) {
    let pane = &model.lesson;
    let cursor = pane.discussion.cursor;
    let open = discussion::prompt(pane).filter(|it| pane.discussion.shows_points(it));
    let revealed = open.map(|prompt| prompt.key.clone());
    if let Some(present) = &mut model.present {
        present.revealed = revealed;
        let at = |slide: &Slide| slide.prompt == Some(cursor);
        if !present.slide().is_some_and(at) {
            present.slide = present.slides.iter().position(at).unwrap_or(0);
        }
    }
}

/// The key of the question, of the prompt or of the page that is shown, where it has an answer.
fn key_of_shown(model: &Model) -> Option<String> {
    match model.focus {
        Pane::Quiz => model.quiz.open(model).map(|question| question.key.clone()),
        Pane::Lesson => match discussion::prompt(&model.lesson) {
            Some(prompt) => (!prompt.points.is_empty()).then(|| prompt.key.clone()),
            None => {
                let page = model.lesson.page()?;
                slides::has_details(page).then(|| page.key.clone())
            }
        },
        _ => None,
    }
}

/// Whether there is an answer to what is shown, and whether it is shown.
pub fn answer(model: &Model) -> Option<bool> {
    let key = key_of_shown(model)?;
    let revealed = model.present.as_ref()?.revealed.as_ref();
    Some(revealed == Some(&key))
}

/// The lesson's code is coloured.
pub(super) fn coloured(model: &mut Model) {
    if let Some(present) = &mut model.present {
        present.recoloured = true;
    }
}

/// After every message: the slides are those of what is shown, at the size of the screen.
pub(super) fn follow(model: &mut Model) {
    let lanes = lanes(model);
    let Some(mut present) = model.present.take() else {
        return;
    };
    let here = key_of_shown(model);
    if present.revealed != here || present.of_lesson != model.lesson.key {
        present.revealed = None;
        present.of_lesson.clone_from(&model.lesson.key);
    }
    let parts = parts(model.layout.area);
    let offers = model.focus == Pane::Lesson && stage::scene_of_page(model).is_some();
    let offer = if offers { parts.rows() + 1 } else { 0 };
    let place = match model.focus {
        Pane::Lesson => model.lesson.page,
        Pane::Quiz => model.quiz.question,
        Pane::Producer | Pane::Consumer | Pane::Shards => 0,
    };
    let made_of = MadeOf {
        lesson: Arc::clone(&model.lesson.lesson),
        pane: model.focus,
        place,
        revealed: present.revealed.is_some(),
        rows: usize::from(parts.body.height).saturating_sub(offer),
        columns: parts.columns(),
        line: parts.rows(),
    };
    let before = present.made_of.as_ref();
    if std::mem::take(&mut present.recoloured)
        || !before.is_some_and(|before| before.is_the_same(&made_of))
    {
        let same = before.is_some_and(|before| before.is_the_same_text(&made_of));
        let were = std::mem::take(&mut present.slides);
        present.slides = slides::of(model, present.revealed.as_deref(), &made_of);
        let last = present.slides.len().saturating_sub(1);
        // What was folded may stand on another slide: the one that is another now.
        if same && made_of.revealed && !before.is_some_and(|before| before.revealed) {
            let is_new = |place: &usize| {
                let lines = |slides: &[Slide]| slides.get(*place).map(|it| it.lines.clone());
                lines(&were) != lines(&present.slides)
            };
            let new = (0..=last).find(is_new).filter(|_| !is_new(&present.slide));
            present.slide = new.unwrap_or(present.slide);
        }
        present.slide = match (same, present.from_end) {
            (true, _) => present.slide.min(last),
            (false, true) => last,
            (false, false) => 0,
        };
        present.from_end = false;
        present.made_of = Some(made_of);
    }
    present.first_lane = present.first_lane.min(lanes.saturating_sub(1));
    model.present = Some(present);
    point(model);
}
