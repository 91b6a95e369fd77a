//! A lesson that its author saved while it is open: the new one takes the old one's place, and the learner keeps theirs.

use std::collections::BTreeSet;
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use super::{LessonPane, find_again};
use crate::app::message::{Effect, Reread};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::{course, discussion, quiz, section_clock, steps_pane};
use crate::lesson::{self, Block, Fault, Highlights, Inline, Lesson, Role, TextLine, TextSpan};

/// The most rows that an author's card takes: the text below it is to be read as well.
const MOST_ROWS: usize = 7;

/// The lesson's files were read again.
pub(in crate::app) fn lesson_changed(model: &mut Model, reread: Reread, out: &mut Outcome) {
    let Reread { key, lesson, fault } = reread;
    if key != model.lesson.key {
        return course::reread(model, &key, lesson, fault);
    }
    let healed = model.lesson.fault.is_some() && fault.is_none();
    let changed = lesson.is_some();
    if let Some(lesson) = lesson {
        model.replace_lesson(lesson, out);
    }
    match &fault {
        Some(fault) => model.say(Tone::Wrong, fault.sentence()),
        None if healed => model.say(Tone::Done, "The lesson's files are well again.".into()),
        None if changed => model.say(Tone::Done, "The lesson was saved and read again.".into()),
        None => {}
    }
    model.lesson.fault = fault;
    model.lesson.lay_out();
    find_again(&mut model.lesson);
    out.changed = true;
}

impl Model {
    /// Puts a lesson in the place of the present one: the same page, scrolled as far, the same question. What was done is
    /// kept by name and not touched. Whatever is made of a lesson is made anew here, and nowhere else.
    pub(in crate::app) fn replace_lesson(&mut self, lesson: Arc<Lesson>, out: &mut Outcome) {
        let old = std::mem::replace(&mut self.lesson.lesson, lesson);
        let new = Arc::clone(&self.lesson.lesson);
        let pane = &mut self.lesson;
        pane.page = page_in(&new, &old, pane.page);
        pane.unfolded = pane
            .unfolded
            .iter()
            .filter_map(|page| same_page(&new, &old, *page))
            .collect();
        section_clock::turn(self, self.now);
        discussion::take_notes(self);
        quiz::lesson_replaced(self, &old);
        steps_pane::lesson_replaced(self);
        // Code that stayed the same keeps its colours until all of it is coloured anew.
        out.effects.push(Effect::Highlight(new));
        self.lesson.lay_out();
        self.lay_out();
    }
}

/// The place of the same page in another version of the lesson.
fn same_page(new: &Lesson, old: &Lesson, page: usize) -> Option<usize> {
    let key = &old.pages.get(page)?.key;
    new.pages.iter().position(|page| page.key == *key)
}

/// The same page, else the nearest one before it that is still there, else the same number.
fn page_in(new: &Lesson, old: &Lesson, page: usize) -> usize {
    if let Some(same) = same_page(new, old, page) {
        return same;
    }
    let kept: BTreeSet<&str> = old.pages.iter().map(|page| page.key.as_str()).collect();
    let before = (0..page).rev().find_map(|page| same_page(new, old, page));
    let last = new.pages.len().saturating_sub(1);
    match before {
        // Its heading was changed: what follows the page before it, and was not there, is most likely it.
        Some(before) => match new.pages.get(before + 1) {
            Some(next) if !kept.contains(next.key.as_str()) => before + 1,
            _ => before,
        },
        None => page.min(last),
    }
}

/// What is wrong with the lesson's files, above its text; no lines where nothing is.
pub(super) fn card(fault: Option<&Fault>, width: usize) -> Vec<TextLine> {
    let Some(fault) = fault else {
        return Vec::new();
    };
    let place = match fault.line {
        Some(line) => format!("✗ {}, line {line}", fault.file),
        None => format!("✗ {}", fault.file),
    };
    let lines = |blocks: &[Block]| lesson::layout(blocks, width.max(1), &Highlights::default());
    let paragraph = |words: String| lines(&[Block::Paragraph(vec![Inline::Text(words)])]);
    let mut card = paragraph(place);
    if !fault.source.is_empty() {
        let bar = || span("┃ ", Role::Quote);
        let code = span(fault.source.clone(), Role::Code(lesson::CodeRole::Plain));
        card.push(TextLine {
            spans: vec![bar(), code],
            code: None,
        });
        let room = width.saturating_sub(bar().text.width() + 1);
        let caret = format!("{}^", " ".repeat(fault.caret.min(room)));
        card.push(TextLine {
            spans: vec![bar(), span(caret, Role::Strong)],
            code: None,
        });
    }
    let says = format!("{}.", fault.says.trim_end_matches('.'));
    card.extend(paragraph(says));
    let room = MOST_ROWS - 2;
    if card.len() > room {
        card.truncate(room);
        if let Some(last) = card.last_mut() {
            last.spans.push(span(" …", Role::Dim));
        }
    }
    card.push(TextLine {
        spans: vec![span("Below is the last good version.", Role::Dim)],
        code: None,
    });
    card.extend(lines(&[Block::Rule]));
    card
}

fn span(text: impl Into<String>, role: Role) -> TextSpan {
    TextSpan {
        text: text.into(),
        role,
    }
}

impl LessonPane {
    /// Rows that what is wrong with the lesson's files takes above its text: none where nothing is, and never all.
    pub fn card_rows(&self) -> usize {
        self.card.len().min(usize::from(self.height) / 2)
    }
}
