//! A discussion page as lines: what stands around the prompts, and each of them with its note and its points.

use std::ops::Range;

use super::{Discussion, Talk, prompts_of, words};
use crate::lesson::{
    self, Block, Highlights, Inline, Lesson, Prompt, Role, TextLine, TextSpan, discussion,
};

/// How many cells stand before a prompt's text: its number.
const INDENT: usize = 3;

/// How many lines of a note are shown below its prompt.
const MOST_NOTE_LINES: usize = 4;

/// The lines of a page, and those of each prompt; nothing if the page has no prompts.
pub(in crate::app) fn lay_out(
    it: &Discussion,
    lesson: &Lesson,
    page: usize,
    width: usize,
    highlights: &Highlights,
) -> Option<(Vec<TextLine>, Vec<Range<usize>>)> {
    let prompts = prompts_of(lesson, page);
    let (before, after) = discussion::around(&lesson.pages.get(page)?.blocks);
    if prompts.is_empty() {
        return None;
    }
    let mut sheet = Sheet {
        width,
        highlights,
        lines: Vec::new(),
        code_blocks: 0,
    };
    let heading = |text: &str| Block::Heading {
        line: 0,
        level: 2,
        text: vec![Inline::Text(text.to_owned())],
    };
    let title = &lesson.pages[page].title;
    if page == 0 && *title != lesson.title {
        sheet.blocks(&[heading(&lesson.title)], 0);
        sheet.gap();
    }
    sheet.blocks(&[heading(title)], 0);
    sheet.gap();
    sheet.blocks(&before, 0);
    let mut rows = Vec::new();
    for (index, prompt) in prompts.iter().enumerate() {
        sheet.gap();
        let first = sheet.lines.len();
        sheet.prompt(it, index, prompt);
        rows.push(first..sheet.lines.len());
    }
    sheet.gap();
    sheet.blocks(&after, 0);
    if sheet.lines.last().is_some_and(|line| line.spans.is_empty()) {
        sheet.lines.pop();
    }
    Some((sheet.lines, rows))
}

struct Sheet<'a> {
    width: usize,
    highlights: &'a Highlights,
    lines: Vec<TextLine>,
    /// How many code blocks stand above, hidden ones too: lines name theirs by its place on the page.
    code_blocks: usize,
}

impl Sheet<'_> {
    fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.spans.is_empty()) {
            self.lines.push(TextLine::default());
        }
    }

    /// Adds blocks, and gives the number of lines.
    fn blocks(&mut self, blocks: &[Block], indent: usize) -> usize {
        let width = self.width.saturating_sub(indent).max(1);
        let lines = lesson::layout(blocks, width, self.highlights);
        let count = lines.len();
        for mut line in lines {
            line.code = line.code.map(|code| code + self.code_blocks);
            if indent > 0 && !line.spans.is_empty() {
                line.spans.insert(0, span(" ".repeat(indent), Role::Body));
            }
            self.lines.push(line);
        }
        self.code_blocks += lesson::code_blocks(blocks).len();
        count
    }

    fn prompt(&mut self, it: &Discussion, index: usize, prompt: &Prompt) {
        let number = span(
            format!("{:<INDENT$}", format!("{}.", index + 1)),
            Role::Bullet,
        );
        let writing = it.note.as_ref().is_some_and(|n| n.key == prompt.key);
        let note = it.note_of(prompt).filter(|_| !writing);
        let state = match (it.talk(), writing) {
            (Some(talk), _) => state_in_class(talk, &prompt.key),
            (None, true) => vec![span("writing".into(), Role::Dim)],
            (None, false) => state(note, it.cursor == index),
        };
        let first = self.lines.len();
        if !prompt.title.is_empty() {
            let title = vec![Inline::Strong(vec![Inline::Text(prompt.title.clone())])];
            self.blocks(&[Block::Paragraph(title)], INDENT);
        }
        let titled = self.lines.len();
        self.blocks(&prompt.blocks, INDENT);
        if let Some(span) = self
            .lines
            .get_mut(first)
            .and_then(|line| line.spans.first_mut())
        {
            *span = number;
        }
        // Beside the title where there is one and room, else below all.
        let beside = (titled == first + 1).then(|| &mut self.lines[first]);
        match beside {
            Some(line) if cells(line) + 3 + state_width(&state) <= self.width => {
                if !state.is_empty() {
                    line.spans.push(span("   ".into(), Role::Body));
                }
                line.spans.extend(state);
            }
            _ if state.is_empty() => {}
            _ => {
                let mut spans = vec![span(" ".repeat(INDENT), Role::Body)];
                spans.extend(state);
                self.lines.push(TextLine { spans, code: None });
            }
        }
        if let Some(note) = note {
            self.note(note);
        }
        self.points(it, index, prompt);
    }

    /// The beginning of a note.
    fn note(&mut self, note: &str) {
        let text: Vec<Block> = note
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(MOST_NOTE_LINES)
            .map(|line| Block::Paragraph(vec![Inline::Text(line.to_owned())]))
            .collect();
        let inside = self.width.saturating_sub(INDENT + 2).max(1);
        let lines: Vec<TextLine> = text
            .iter()
            .flat_map(|block| lesson::layout(std::slice::from_ref(block), inside, self.highlights))
            .collect();
        let written = note.lines().filter(|line| !line.trim().is_empty());
        let cut = lines.len() > MOST_NOTE_LINES || written.count() > text.len();
        let shown = lines.len().min(MOST_NOTE_LINES);
        for (number, line) in lines.into_iter().take(shown).enumerate() {
            let mut spans = vec![
                span(" ".repeat(INDENT), Role::Body),
                span("▎ ".into(), Role::Quote),
            ];
            spans.extend(line.spans);
            if cut && number + 1 == shown {
                spans.push(span(" …".into(), Role::Dim));
            }
            self.lines.push(TextLine { spans, code: None });
        }
    }

    fn points(&mut self, it: &Discussion, index: usize, prompt: &Prompt) {
        if it.shows_points(prompt) {
            self.gap();
            self.words("Compare with", Role::Heading);
            self.blocks(&prompt.points, INDENT);
            return;
        }
        self.code_blocks += lesson::code_blocks(&prompt.points).len();
        if !prompt.points.is_empty() && it.cursor == index && it.talk().is_none() {
            let words = "Points to compare with come after your note, or 45 seconds here.";
            self.words(words, Role::Dim);
        }
    }

    /// Adds a sentence of the lab's own.
    fn words(&mut self, words: &str, role: Role) {
        let first = self.lines.len();
        let text = [Block::Paragraph(vec![Inline::Text(words.into())])];
        self.blocks(&text, INDENT);
        for line in &mut self.lines[first..] {
            line.spans.iter_mut().for_each(|span| span.role = role);
        }
    }
}

/// Whether there is a note; at the cursor, the key that opens it.
fn state(note: Option<&str>, here: bool) -> Vec<TextSpan> {
    let mut spans = Vec::new();
    if let Some(note) = note {
        let words = match words(note) {
            1 => "1 word".to_owned(),
            words => format!("{words} words"),
        };
        spans.push(span("✓ ".into(), Role::Task(true)));
        spans.push(span(format!("your note, {words}"), Role::Dim));
    }
    if here {
        if note.is_some() {
            spans.push(span(" · ".into(), Role::Dim));
        }
        let does = match note {
            Some(_) => " opens it",
            None => " writes a note",
        };
        spans.push(span("Enter".into(), Role::InlineCode));
        spans.push(span(does.into(), Role::Dim));
    }
    spans
}

/// How far a class is with a prompt.
fn state_in_class(talk: &Talk, key: &str) -> Vec<TextSpan> {
    let open = talk.open.as_ref().filter(|(open, _)| open == key);
    match open {
        Some((_, phase)) => vec![span(phase.word().into(), Role::Strong)],
        None if talk.revealed.contains(key) => vec![span("✓".into(), Role::Task(true))],
        None => Vec::new(),
    }
}

fn state_width(spans: &[TextSpan]) -> usize {
    spans
        .iter()
        .map(|span| unicode_width::UnicodeWidthStr::width(span.text.as_str()))
        .sum()
}

fn cells(line: &TextLine) -> usize {
    state_width(&line.spans)
}

fn span(text: String, role: Role) -> TextSpan {
    TextSpan { text, role }
}
