//! The discussion: prompts with a cursor among them, private notes, and points to compare with once one has thought.
//!
//! Nothing here is graded, and a note is shown on this machine only. Talking points stay hidden until a note has been
//! written, or until one has been at the prompt for a while.

mod note;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};

pub use note::{MOST_CHARS, Note};
pub(super) use note::{lay_out as lay_out_note, open_note, pasted, pressed};
pub(super) use page::lay_out;

use super::lesson_pane::LessonPane;
use super::model::Model;
use super::screen::Pane;
use crate::lesson::{Lesson, Prompt};
use crate::progress::class::Phase;

/// How long one thinks about a prompt before its talking points come by themselves.
const LONG_ENOUGH: TimeDelta = TimeDelta::seconds(45);

/// The discussion as it stands.
#[derive(Debug, Clone, Default)]
pub struct Discussion {
    /// The prompt under the cursor, counted on the open page.
    pub cursor: usize,
    /// The note that is being written.
    pub note: Option<Note>,
    /// The lines of each prompt of the open page.
    pub rows: Vec<Range<usize>>,
    /// The learner's notes, by prompt; a copy of what progress keeps.
    notes: BTreeMap<String, String>,
    /// Prompts whose time is up.
    revealed: BTreeSet<String>,
    /// The prompt that is before the learner, and since when.
    before: Option<(String, DateTime<Utc>)>,
    /// How long each was before the learner, until then.
    spent: BTreeMap<String, TimeDelta>,
    /// What a class may see of it, while one goes on.
    talk: Option<Talk>,
}

/// What a class may see of the discussion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// The prompt that is talked over, and how far.
    pub open: Option<(String, Phase)>,
    /// The prompts whose talking points were shown.
    pub revealed: BTreeSet<String>,
}

impl Discussion {
    /// What was written about a prompt; nothing in a class, which is never shown it.
    pub fn note_of(&self, prompt: &Prompt) -> Option<&str> {
        let note = self.notes.get(&prompt.key).map(String::as_str);
        note.filter(|_| self.talk.is_none())
    }

    /// What a class may see, while one goes on.
    pub fn talk(&self) -> Option<&Talk> {
        self.talk.as_ref()
    }

    /// Whether a prompt's talking points are to be seen.
    pub fn shows_points(&self, prompt: &Prompt) -> bool {
        if let Some(talk) = &self.talk {
            return !prompt.points.is_empty() && talk.revealed.contains(&prompt.key);
        }
        let written = self
            .note_of(prompt)
            .is_some_and(|note| !note.trim().is_empty());
        let writing = self
            .note
            .as_ref()
            .is_some_and(|note| note.key == prompt.key);
        !prompt.points.is_empty() && ((written && !writing) || self.revealed.contains(&prompt.key))
    }

    /// When the talking points of the prompt before the learner come by themselves.
    pub(super) fn next_deadline(&self) -> Option<DateTime<Utc>> {
        let (key, since) = self.before.as_ref()?;
        let spent = self.spent.get(key).copied().unwrap_or_default();
        Some(*since + (LONG_ENOUGH - spent).max(TimeDelta::zero()))
    }
}

/// How many words a text has.
pub fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The prompts of a page.
pub fn prompts_of(lesson: &Lesson, page: usize) -> &[Prompt] {
    let first = lesson.prompts.partition_point(|prompt| prompt.page < page);
    let end = lesson.prompts.partition_point(|prompt| prompt.page <= page);
    &lesson.prompts[first..end]
}

/// The prompt under the cursor, if the open page has any.
pub fn prompt(pane: &LessonPane) -> Option<&Prompt> {
    prompts_of(&pane.lesson, pane.page).get(pane.discussion.cursor)
}

/// At a launch, and when the lesson is another: the notes that were written.
pub(super) fn take_notes(model: &mut Model) {
    let lesson = model.progress.lessons.get(&model.lesson.key);
    model.lesson.discussion.notes = lesson.map(|l| l.notes.clone()).unwrap_or_default();
}

/// A class begins, goes on or is over: what it may see. A note that is being written is put away before it.
pub(super) fn attend_class(model: &mut Model) {
    let talk = Talk::of(model);
    let begins = talk.is_some() && model.lesson.discussion.talk.is_none();
    model.lesson.discussion.talk = talk;
    if begins {
        model.lesson.discussion.note = None;
        page_opened(&mut model.lesson);
    }
}

/// Another page is open: the cursor stands at its first prompt that has no note; in a class at the one that is talked
/// over, else at the first that was not.
pub(super) fn page_opened(pane: &mut LessonPane) {
    let prompts = prompts_of(&pane.lesson, pane.page);
    let place = |key: &String| prompts.iter().position(|prompt| prompt.key == *key);
    let open = match &pane.discussion.talk {
        Some(talk) => talk.open.as_ref().and_then(|(key, _)| place(key)),
        None => prompts
            .iter()
            .position(|prompt| pane.discussion.note_of(prompt).is_none()),
    };
    pane.discussion.cursor = open.or_else(|| untold(pane)).unwrap_or(0);
}

/// The next prompt of the page that a class has not talked over, after the one under the cursor and round.
pub(super) fn untold(pane: &LessonPane) -> Option<usize> {
    let talk = pane.discussion.talk.as_ref()?;
    let prompts = prompts_of(&pane.lesson, pane.page);
    let open = |place: &usize| !talk.revealed.contains(&prompts[*place].key);
    let cursor = pane.discussion.cursor.min(prompts.len());
    (cursor..prompts.len()).chain(0..cursor).find(open)
}

/// Puts the cursor at that prompt. Whether there is one.
pub(super) fn next_untold(pane: &mut LessonPane) -> bool {
    let Some(next) = untold(pane) else {
        return false;
    };
    pane.discussion.cursor = next;
    pane.lay_out();
    true
}

/// One prompt up or down. `false`: the page has none that way, or there is more to read before; scrolling is meant.
pub(super) fn move_by(pane: &mut LessonPane, by: isize) -> bool {
    let count = prompts_of(&pane.lesson, pane.page).len();
    let (first, end) = (pane.scroll, pane.scroll + pane.rows());
    let discussion = &mut pane.discussion;
    let here = discussion.rows.get(discussion.cursor);
    let unread = here.is_some_and(|rows| match by {
        1 => rows.end > end,
        _ => rows.start < first,
    });
    let to = discussion
        .cursor
        .checked_add_signed(by)
        .filter(|to| *to < count);
    let (Some(to), 1 | -1, false) = (to, by, unread) else {
        return false;
    };
    discussion.cursor = to;
    pane.lay_out();
    show(pane);
    true
}

/// Scrolls so far that the prompt under the cursor is to be seen.
pub(super) fn show(pane: &mut LessonPane) {
    if let Some(rows) = pane.discussion.rows.get(pane.discussion.cursor).cloned() {
        let height = pane.rows();
        let to = pane.scroll.max((rows.end + 1).saturating_sub(height));
        pane.scroll_to(to.min(rows.start));
    }
}

/// Keeps account of which prompt is before the learner, and for how long.
pub(super) fn attend(model: &mut Model, now: DateTime<Utc>) {
    let seen = model.layout.panes[Pane::Lesson.index()].is_some()
        || model.lesson.discussion.note.is_some();
    let key = prompt(&model.lesson)
        .filter(|prompt| seen && !prompt.points.is_empty())
        .filter(|_| model.lesson.discussion.talk.is_none())
        .filter(|prompt| !model.lesson.discussion.shows_points(prompt))
        .map(|prompt| prompt.key.clone());
    let discussion = &mut model.lesson.discussion;
    if discussion.before.as_ref().map(|(key, _)| key) == key.as_ref() {
        return;
    }
    if let Some((key, since)) = discussion.before.take() {
        *discussion.spent.entry(key).or_default() += now - since;
    }
    discussion.before = key.map(|key| (key, now));
}

/// The time is up: the talking points come.
pub(super) fn on_deadline(model: &mut Model, now: DateTime<Utc>) -> bool {
    let discussion = &mut model.lesson.discussion;
    if discussion.next_deadline().is_none_or(|at| at > now) {
        return false;
    }
    if let Some((key, _)) = discussion.before.take() {
        discussion.revealed.insert(key);
    }
    model.lesson.lay_out();
    true
}
