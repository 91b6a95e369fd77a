//! The lesson pane: pages, the lines of the open one at the pane's width, scrolling and search.

mod reread;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tui_input::Input;

use super::class;
use super::course;
use super::discussion::{self, Discussion};
use super::guide::{self, Part, Row};
use super::lesson_blocks::{self, PageBlock};
use super::model::{Model, Outcome, Tone};
use super::program_pane;
use super::section_clock::{self, SectionClock};
use crate::lesson::{
    self, Block, Fault, Highlights, Inline, Lesson, Page, Section, SectionKind, TextLine,
};

pub(super) use reread::lesson_changed;

/// The lesson pane.
#[derive(Debug, Clone)]
pub struct LessonPane {
    /// The lesson.
    pub lesson: Arc<Lesson>,
    /// The name under which its progress is kept.
    pub key: String,
    /// The open page, an index into [`Lesson::pages`].
    pub page: usize,
    /// The open page at the pane's width.
    pub lines: Vec<TextLine>,
    /// What stands below them: what is predicted and seen of a step.
    pub below: Vec<Row>,
    /// Lines scrolled down.
    pub scroll: usize,
    /// Cells that code is scrolled sideways.
    pub shift: usize,
    /// The code blocks of the open page.
    pub blocks: Vec<PageBlock>,
    /// The one of them that was chosen.
    pub block: Option<usize>,
    /// Search, while it goes on.
    pub search: Option<Search>,
    /// The pages on which the learner opened what is folded.
    pub unfolded: BTreeSet<usize>,
    /// The clock of the open page's section.
    pub clock: SectionClock,
    /// The discussion: its prompts' cursor and notes.
    pub discussion: Discussion,
    /// What is wrong with the lesson's files as they are now; what is shown was read before.
    pub fault: Option<Fault>,
    /// That in lines at the pane's width; it stands above the text and does not scroll.
    pub card: Vec<TextLine>,
    highlights: Highlights,
    width: u16,
    height: u16,
}

/// A search through the whole lesson.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// What is looked for.
    pub query: Input,
    /// Whether the query is still being typed.
    pub typing: bool,
    /// Where it was found, in reading order.
    pub hits: Vec<Hit>,
    /// The hit on the screen, an index into `hits`.
    pub at: usize,
}

/// A place where the searched text stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The page.
    pub page: usize,
    /// The line of it, at the width of the search.
    pub line: usize,
    /// The bytes of the line's text.
    pub range: std::ops::Range<usize>,
}

impl LessonPane {
    /// The pane with a lesson, at its first page; it has no lines before it has a size.
    pub fn new(lesson: Arc<Lesson>, key: String, now: DateTime<Utc>) -> Self {
        Self {
            lesson,
            key,
            page: 0,
            lines: Vec::new(),
            below: Vec::new(),
            scroll: 0,
            shift: 0,
            blocks: Vec::new(),
            block: None,
            search: None,
            unfolded: BTreeSet::new(),
            clock: SectionClock::new(now),
            discussion: Discussion::default(),
            fault: None,
            card: Vec::new(),
            highlights: Highlights::default(),
            width: 0,
            height: 0,
        }
    }

    /// The open page.
    pub fn page(&self) -> Option<&Page> {
        self.lesson.pages.get(self.page)
    }

    /// The section of the open page.
    pub fn section(&self) -> Option<&Section> {
        self.lesson.sections.get(self.page()?.section)
    }

    /// The lesson's code in colour.
    pub(super) fn highlights(&self) -> &Highlights {
        &self.highlights
    }

    /// The page after the open one.
    pub fn next_page(&self) -> Option<&Page> {
        self.lesson.pages.get(self.page + 1)
    }

    /// How far the page is scrolled, in percent of what can be scrolled; `None` where it fits.
    pub fn percent(&self) -> Option<usize> {
        let most = self.most_scroll();
        (most > 0).then(|| self.scroll * 100 / most)
    }

    /// Rows of the pane that hold the page's lines; the last two are kept for the next act.
    pub fn rows(&self) -> usize {
        usize::from(self.height.saturating_sub(2)).saturating_sub(self.card_rows())
    }

    fn most_scroll(&self) -> usize {
        let length = self.lines.len() + self.below.len();
        length.saturating_sub(self.rows())
    }

    /// The width at which text is laid out.
    pub(super) fn text_width(&self) -> usize {
        usize::from(self.width).clamp(1, lesson::WIDEST)
    }

    /// Other rows stand below the lines now, or the same: says whether they differ. What is on the screen of them stays
    /// where it is, whatever came above it.
    pub(super) fn set_below(&mut self, below: Vec<Row>) -> bool {
        if self.below == below {
            return false;
        }
        let lines = self.lines.len();
        if let Some(hidden) = self.scroll.checked_sub(lines)
            && let Some(place) = self.below.get(hidden).and_then(|first| {
                let same = |row: &Row| row.part == first.part && first.part != Part::Blank;
                below.iter().position(same)
            })
        {
            self.scroll = lines + place;
        }
        self.below = below;
        self.scroll = self.scroll.min(self.most_scroll());
        true
    }

    /// Whether the last option of the prediction's card is on the screen.
    pub(super) fn shows_last_option(&self) -> bool {
        let option = |row: &Row| matches!(row.part, Part::Card(true, _));
        let Some(place) = self.below.iter().rposition(option) else {
            return false;
        };
        let place = self.lines.len() + place;
        (self.scroll..self.scroll + self.rows()).contains(&place)
    }

    /// A page's lines as the learner has it: folded or not.
    fn lines_of(&self, page: usize) -> Vec<TextLine> {
        if let Some((lines, _)) = self.discussion_of(page) {
            return lines;
        }
        let folded = !self.unfolded.contains(&page);
        page_lines(&self.lesson, page, folded, self.width, &self.highlights)
    }

    fn discussion_of(&self, page: usize) -> Option<(Vec<TextLine>, Vec<std::ops::Range<usize>>)> {
        let width = usize::from(self.width);
        let highlights = &self.highlights;
        discussion::lay_out(&self.discussion, &self.lesson, page, width, highlights)
    }

    pub(super) fn lay_out(&mut self) {
        self.card = reread::card(self.fault.as_ref(), usize::from(self.width));
        match self.discussion_of(self.page) {
            Some((lines, rows)) => (self.lines, self.discussion.rows) = (lines, rows),
            None => {
                self.discussion.rows.clear();
                self.lines = self.lines_of(self.page);
            }
        }
        let folded = !self.unfolded.contains(&self.page);
        let blocks = self.page().map_or(&[][..], |page| &page.blocks);
        self.blocks = lesson_blocks::of(blocks, folded, &self.lines);
        self.scroll = self.scroll.min(self.most_scroll());
    }

    /// Puts this line at the top, as far as there is text below it.
    pub(super) fn scroll_to(&mut self, line: usize) {
        self.scroll = line.min(self.most_scroll());
    }
}

/// A page's lines at a width, under its heading; none if there is no such page. The first page opens with the lesson's
/// title and head, and ends with what lies ahead.
fn page_lines(
    lesson: &Lesson,
    page: usize,
    folded: bool,
    width: u16,
    highlights: &Highlights,
) -> Vec<TextLine> {
    let Some(open) = lesson.pages.get(page) else {
        return Vec::new();
    };
    let blocks: Vec<Block> = open
        .blocks
        .iter()
        .map(|block| match block {
            Block::Details { summary, .. } if folded => fold(summary),
            block => block.clone(),
        })
        .collect();
    let heading = |text: String| Block::Heading {
        line: 0,
        level: 2,
        text: vec![Inline::Text(text)],
    };
    let title = match open.step {
        Some(step) => format!("Step {step} · {}", open.title),
        None => open.title.clone(),
    };
    let parts = if page == 0 {
        let (head, content) = blocks.split_at(head_blocks(&blocks));
        let mut content = content.to_vec();
        if title != lesson.title {
            content.insert(0, heading(title));
        }
        vec![
            vec![heading(lesson.title.clone())],
            head.to_vec(),
            content,
            agenda(lesson),
        ]
    } else {
        vec![vec![heading(title)], blocks]
    };
    let mut lines = Vec::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !lines.is_empty() {
            lines.push(TextLine::default());
        }
        lines.extend(lesson::layout(part, usize::from(width), highlights));
    }
    lines
}

/// What is hidden behind a summary, closed: one thinks first, then looks.
fn fold(summary: &[Inline]) -> Block {
    let mut summary = summary.to_vec();
    summary.push(Inline::Text(" · ".into()));
    summary.push(Inline::Code("Enter".into()));
    summary.push(Inline::Text(" opens it".into()));
    Block::Details {
        line: 0,
        summary,
        blocks: Vec::new(),
    }
}

/// Opens what is folded on the page, or closes it.
pub(super) fn toggle_fold(pane: &mut LessonPane) {
    if !pane.unfolded.remove(&pane.page) {
        pane.unfolded.insert(pane.page);
    }
    pane.lay_out();
    find_again(pane);
}

/// How many blocks at the beginning are the lesson's head: `**Duration**: 45 minutes` and its like.
fn head_blocks(blocks: &[Block]) -> usize {
    let is_head = |block: &&Block| matches!(block, Block::Paragraph(text) if matches!(text.first(), Some(Inline::Strong(_))));
    blocks.iter().take_while(is_head).count()
}

/// The sections after the first one, with their minutes; nothing where there is only one.
fn agenda(lesson: &Lesson) -> Vec<Block> {
    let mut words = Vec::new();
    for section in lesson.sections.iter().skip(1) {
        if !words.is_empty() {
            words.push(Inline::Text(", ".into()));
        }
        words.push(Inline::Strong(vec![Inline::Text(section.title.clone())]));
        if let Some(minutes) = section.minutes {
            words.push(Inline::Text(format!(" {minutes} min")));
        }
    }
    if words.is_empty() {
        return Vec::new();
    }
    let heading = Block::Heading {
        line: 0,
        level: 2,
        text: vec![Inline::Text("On the way".into())],
    };
    vec![heading, Block::Paragraph(words)]
}

/// Whether a section lies behind the learner: its pages are read, its questions answered.
pub fn section_done(model: &Model, section: usize) -> bool {
    let pane = &model.lesson;
    let Some(progress) = model.progress.lessons.get(&pane.key) else {
        return false;
    };
    let mut pages = pane
        .lesson
        .pages
        .iter()
        .filter(|page| page.section == section);
    let read = pages.all(|page| progress.done.contains(&page.key));
    let asks = pane
        .lesson
        .sections
        .get(section)
        .is_some_and(|s| s.kind == SectionKind::Checkpoint);
    read && !(asks && model.quiz.first_unanswered(model).is_some())
}

/// The lesson's code is coloured.
pub(super) fn highlighted(model: &mut Model, highlights: &Highlights) {
    model.lesson.highlights = highlights.clone();
    model.lesson.lay_out();
    super::present::coloured(model);
    super::quiz::highlighted(model, highlights);
}

/// The pane has this size inside now.
pub(super) fn resized(pane: &mut LessonPane, width: u16, height: u16) {
    if (pane.width, pane.height) != (width, height) {
        (pane.width, pane.height) = (width, height);
        pane.lay_out();
        find_again(pane);
    }
}

/// The lines are others now: what was found stands elsewhere.
fn find_again(pane: &mut LessonPane) {
    if let Some(search) = pane.search.as_ref().filter(|search| !search.typing) {
        let query = search.query.value().to_owned();
        find(pane, &query);
    }
}

/// Opens a page; progress remembers it.
pub(super) fn open(model: &mut Model, page: usize, now: DateTime<Utc>, out: &mut Outcome) {
    let pane = &mut model.lesson;
    pane.page = page.min(pane.lesson.pages.len().saturating_sub(1));
    pane.scroll = 0;
    pane.shift = 0;
    discussion::page_opened(pane);
    pane.block = None;
    pane.lay_out();
    let key = pane.page().map(|page| page.key.clone());
    program_pane::page_turned(&mut model.program);
    model.lesson_progress().page = key;
    section_clock::turn(model, now);
    out.changed = true;
    guide::opened(model);
    model.lay_out();
}

/// The next page; the one left counts as done.
pub(super) fn next(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if let Some(key) = model.lesson.page().map(|page| page.key.clone()) {
        model.lesson_progress().done.insert(key);
    }
    if model.lesson.next_page().is_some() {
        open(model, model.lesson.page + 1, now, out);
    } else if !course::lead_on(model, now) {
        model.say(
            Tone::Done,
            "That was the last page. Backspace goes back, : reaches every page.".into(),
        );
    }
}

/// The page before.
pub(super) fn previous(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if let Some(page) = model.lesson.page.checked_sub(1) {
        open(model, page, now, out);
    }
}

/// Scrolls by some lines.
pub(super) fn scroll(pane: &mut LessonPane, by: isize) {
    pane.scroll = pane
        .scroll
        .saturating_add_signed(by)
        .min(pane.most_scroll());
}

/// Brings the prediction's card on the screen, where it is not there whole.
pub(super) fn show_card(pane: &mut LessonPane) {
    let is_card = |row: &Row| matches!(row.part, Part::Card(..));
    let first = pane.below.iter().position(is_card);
    let last = pane.below.iter().rposition(is_card);
    if let (Some(first), Some(last)) = (first, last) {
        let (first, last) = (pane.lines.len() + first, pane.lines.len() + last);
        let seen = pane.scroll..pane.scroll + pane.rows();
        if !seen.contains(&first) || !seen.contains(&last) {
            pane.scroll_to(first);
        }
    }
}

/// Scrolls code sideways.
pub(super) fn shift(pane: &mut LessonPane, by: isize) {
    let widest = pane
        .lines
        .iter()
        .filter(|line| line.code.is_some())
        .map(|line| unicode_width::UnicodeWidthStr::width(line.text().as_str()))
        .max()
        .unwrap_or(0);
    let most = widest.saturating_sub(usize::from(pane.width));
    pane.shift = pane.shift.saturating_add_signed(by).min(most);
}

/// Begins to search.
pub(super) fn begin_search(pane: &mut LessonPane) {
    pane.search = Some(Search {
        typing: true,
        ..Search::default()
    });
}

/// Enter in a search: finds what was typed, or goes on to the next hit.
pub(super) fn search_on(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let pane = &mut model.lesson;
    let Some(search) = &mut pane.search else {
        return;
    };
    if search.typing {
        let query = search.query.value().to_owned();
        if query.is_empty() {
            pane.search = None;
            return;
        }
        search.typing = false;
        find(pane, &query);
        let from = pane.page;
        let Some(search) = &mut pane.search else {
            return;
        };
        let ahead = search.hits.iter().position(|hit| hit.page >= from);
        search.at = ahead.unwrap_or(0);
        if search.hits.is_empty() {
            search.typing = true;
            return model.say(
                Tone::Nearly,
                format!("“{query}” does not stand in this lesson."),
            );
        }
    } else {
        search.at = (search.at + 1) % search.hits.len().max(1);
    }
    let Some(hit) = pane
        .search
        .as_ref()
        .and_then(|search| search.hits.get(search.at))
        .cloned()
    else {
        return;
    };
    if pane.page != hit.page {
        open(model, hit.page, now, out);
    }
    let pane = &mut model.lesson;
    pane.scroll = hit
        .line
        .saturating_sub(pane.rows() / 2)
        .min(pane.most_scroll());
}

fn find(pane: &mut LessonPane, query: &str) {
    let mut hits = Vec::new();
    for number in 0..pane.lesson.pages.len() {
        let lines = pane.lines_of(number);
        for (line, range) in lesson::find(&lines, query) {
            hits.push(Hit {
                page: number,
                line,
                range,
            });
        }
    }
    if let Some(search) = &mut pane.search {
        search.at = search.at.min(hits.len().saturating_sub(1));
        search.hits = hits;
    }
}

/// What the learner does next in the lesson: a key's action and a few words. There is exactly one.
pub fn next_act(model: &Model) -> (super::action::Action, String) {
    use super::action::Action;
    let pane = &model.lesson;
    if let Some(act) = class::next_act(model) {
        return act;
    }
    if let Some(prompt) = discussion::prompt(pane)
        && pane.discussion.talk().is_none()
        && pane.discussion.note_of(prompt).is_none()
    {
        let words = match prompt.title.as_str() {
            "" => "write what you think, for yourself".to_owned(),
            title => format!("write what you think: {title}"),
        };
        return (Action::Open, words);
    }
    if pane.scroll < pane.most_scroll() {
        return (Action::PageDown, "read on".into());
    }
    let in_checkpoint = pane
        .section()
        .is_some_and(|section| section.kind == SectionKind::Checkpoint);
    if in_checkpoint && model.quiz.first_unanswered(model).is_some() {
        return (
            Action::Focus(super::screen::Pane::Quiz),
            "answer the questions".into(),
        );
    }
    if let Some(act) = guide::next_act(model) {
        return act;
    }
    match pane.next_page() {
        None => match course::next(model) {
            Some((_, module)) => (Action::NextPage, module.lesson.title.clone()),
            None => (Action::Palette, "any page, any command".into()),
        },
        Some(next) => {
            let words = match next.step {
                Some(step) => format!("Step {step} · {}", next.title),
                None => next.title.clone(),
            };
            (Action::NextPage, words)
        }
    }
}
