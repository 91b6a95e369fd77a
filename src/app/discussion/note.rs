//! A private note: a text editor for one prompt, saved with every change, and shown nowhere else.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

use super::prompt;
use crate::app::class;
use crate::app::model::{Model, Tone};
use crate::app::screen::{self, Layout, Pane};
use crate::lesson::{self, Highlights, TextLine};
use crate::printable::printable;

/// The longest note, in characters.
pub const MOST_CHARS: usize = 20_000;

/// What stands for a tab.
const TAB: &str = "    ";

/// Prose is never wider.
const WIDEST: u16 = 76;

/// The note that is being written.
#[derive(Debug, Clone)]
pub struct Note {
    /// The prompt it is about.
    pub key: String,
    /// The text.
    pub text: TextArea<'static>,
    /// What is asked, in lines, where the lesson is not beside it.
    pub asked: Vec<TextLine>,
}

impl Note {
    fn new(key: String, text: &str) -> Self {
        let mut area = TextArea::new(lines(text));
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.set_cursor_line_style(Style::default());
        area.set_cursor_style(Style::default());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self {
            key,
            text: area,
            asked: Vec::new(),
        }
    }

    /// Where what is asked stands, and where the text.
    pub fn places(&self, layout: &Layout) -> (Rect, Rect) {
        let inside = screen::inside(layout.note());
        let width = inside.width.min(WIDEST);
        let asked = u16::try_from(self.asked.len()).unwrap_or(u16::MAX);
        let apart = u16::from(asked > 0);
        let asked = Rect {
            width,
            height: asked.min(inside.height),
            ..inside
        };
        let text = Rect {
            y: asked.bottom() + apart,
            width,
            height: inside.height.saturating_sub(asked.height + apart),
            ..inside
        };
        (asked, text)
    }

    /// How many characters it has.
    pub fn chars(&self) -> usize {
        let lines = self.text.lines();
        let ends = lines.len().saturating_sub(1);
        lines.iter().map(|line| line.chars().count()).sum::<usize>() + ends
    }

    /// Wraps the text and scrolls to the cursor, as drawing it does; so drawing finds it done.
    fn lay_out(&mut self, layout: &Layout) {
        let (_, text) = self.places(layout);
        let area = Rect { x: 0, y: 0, ..text };
        (&self.text).render(area, &mut Buffer::empty(area));
    }
}

/// The screen is laid out anew.
pub(in crate::app) fn lay_out(model: &mut Model) {
    let layout = model.layout;
    let beside = layout.panes[Pane::Lesson.index()].is_some_and(|pane| pane != layout.note());
    let inside = screen::inside(layout.note());
    let asked = prompt(&model.lesson)
        .filter(|_| !beside)
        .map(|prompt| {
            let width = usize::from(inside.width.min(WIDEST)).max(1);
            lesson::layout(&prompt.blocks, width, &Highlights::default())
        })
        .unwrap_or_default();
    if let Some(note) = &mut model.lesson.discussion.note {
        let most = usize::from(inside.height / 3);
        note.asked = asked.into_iter().take(most).collect();
        note.lay_out(&layout);
    }
}

/// A text in lines; what would steer the terminal is made harmless, and a tab becomes spaces.
fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n')
        .map(|line| printable(&line.replace('\t', TAB)).into_owned())
        .collect()
}

/// Opens the note of the prompt under the cursor.
pub(in crate::app) fn open_note(model: &mut Model) {
    // A class is never shown a note: there the same key goes on with the talk.
    if class::next_phase(model, model.now) {
        return;
    }
    let Some(prompt) = prompt(&model.lesson) else {
        return;
    };
    let discussion = &model.lesson.discussion;
    let text = discussion.note_of(prompt).unwrap_or_default();
    let note = Note::new(prompt.key.clone(), text);
    model.lesson.discussion.note = Some(note);
    model.lesson.lay_out();
    model.lay_out();
}

/// Esc: the note stays as it is, and its prompt is shown with it.
fn leave(model: &mut Model) {
    model.lesson.discussion.note = None;
    model.lesson.lay_out();
    super::show(&mut model.lesson);
    model.lay_out();
}

/// A key while the note has them all.
pub(in crate::app) fn pressed(model: &mut Model, key: KeyEvent) {
    let Some(note) = &mut model.lesson.discussion.note else {
        return;
    };
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let adds = matches!(key.code, KeyCode::Char(_) | KeyCode::Enter | KeyCode::Tab) && !control;
    match key.code {
        KeyCode::Esc => return leave(model),
        _ if adds && note.chars() >= MOST_CHARS => return full(model, 0),
        KeyCode::Char('z') if control => {
            note.text.undo();
        }
        _ => {
            let before = note.text.clone();
            note.text.input(key);
            // What was cut out, or undone, may come back in a full note.
            if note.chars() > MOST_CHARS {
                note.text = before;
                return full(model, 0);
            }
        }
    }
    keep(model);
}

/// Text is pasted: as much of it as there is room for.
pub(in crate::app) fn pasted(model: &mut Model, text: &str) {
    let Some(note) = &mut model.lesson.discussion.note else {
        return;
    };
    let room = MOST_CHARS.saturating_sub(note.chars());
    let mut taken: String = text.chars().take(room).collect();
    let mut harmless = lines(&taken).join("\n");
    // Tabs take more room than they say.
    while harmless.chars().count() > room {
        let over = harmless.chars().count() - room;
        let keep = taken
            .chars()
            .count()
            .saturating_sub(over.div_ceil(TAB.len()).max(1));
        taken = taken.chars().take(keep).collect();
        harmless = lines(&taken).join("\n");
    }
    let left = text.len() - taken.len();
    note.text.insert_str(harmless);
    keep(model);
    if left > 0 {
        full(model, left);
    }
}

fn full(model: &mut Model, left: usize) {
    let words = match left {
        0 => "The note is full: 20,000 characters.".to_owned(),
        left => {
            format!("The note is full at 20,000 characters: the last {left} bytes were not pasted.")
        }
    };
    model.say(Tone::Nearly, words);
}

/// Keeps what is written; it is saved with this change. An empty note is none.
fn keep(model: &mut Model) {
    let Some(note) = &model.lesson.discussion.note else {
        return;
    };
    let key = note.key.clone();
    let text = note.text.lines().join("\n");
    let notes = &mut model.lesson_progress().notes;
    if text.trim().is_empty() {
        notes.remove(&key);
    } else {
        notes.insert(key, text);
    }
    super::take_notes(model);
    model.lesson.lay_out();
    model.lay_out();
}
