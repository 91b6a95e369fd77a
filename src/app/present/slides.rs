//! Text as slides: a page, a discussion's prompts, or a question, in lines that are read from the last row.
//!
//! What gives something away is left out until it is asked for: what is folded on a page, what there is to compare with at
//! a prompt, which options are right and why.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::MadeOf;
use crate::app::discussion::prompts_of;
use crate::app::model::Model;
use crate::app::quiz::option_letter;
use crate::app::screen::Pane;
use crate::lesson::{
    self, Block, CodeRole, Highlights, Inline, Page, Prompt, Question, QuestionKind, Role,
    TextLine, TextSpan, discussion,
};

/// What is shown at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Slide {
    /// What it is a part of.
    pub title: String,
    /// Which part, and of how many.
    pub part: (usize, usize),
    /// Its lines; without spans: a gap.
    pub lines: Vec<TextLine>,
    /// Whether there is room for air between the lines.
    pub airy: bool,
    /// The prompt that it shows, of those of the page.
    pub prompt: Option<usize>,
}

/// From so many rows on there is air between all lines: more slides rather than narrow ones.
const AIRY: usize = 30;

/// The air below a title.
const BELOW_TITLE: usize = 1;

/// What stands before lines of code, and before what goes on from the line above.
const CODE: &str = "  ";
const GOES_ON: &str = "  › ";

/// The slides of what is shown in the focused pane, with the answer of this key.
pub(super) fn of(model: &Model, revealed: Option<&str>, size: &MadeOf) -> Vec<Slide> {
    let make = Maker {
        highlights: model.lesson.highlights(),
        rows: size.rows.saturating_sub(size.line + BELOW_TITLE).max(1),
        width: size.columns.max(1),
        // Large letters bring their own air.
        spacing: match (size.line, size.rows) {
            (1, AIRY..) => Spacing::Airy,
            (1, _) => Spacing::Tight,
            (rows, _) => Spacing::Large(rows),
        },
    };
    match model.focus {
        Pane::Lesson => make.of_page(model, revealed),
        Pane::Quiz => match model.quiz.open(model) {
            Some(question) => make.of_question(model, question, revealed),
            None => Vec::new(),
        },
        Pane::Producer | Pane::Consumer | Pane::Shards => Vec::new(),
    }
}

/// Whether something is folded on a page, however deep.
pub(super) fn has_details(page: &Page) -> bool {
    folds(&page.blocks)
}

fn folds(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Details { .. } => true,
        Block::Quote(blocks) => folds(blocks),
        Block::List { items, .. } => items.iter().any(|item| folds(&item.blocks)),
        _ => false,
    })
}

struct Maker<'a> {
    highlights: &'a Highlights,
    rows: usize,
    width: usize,
    spacing: Spacing,
}

/// How far apart lines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spacing {
    /// One below the other.
    Tight,
    /// With a row of air below each, but for code, which stays together.
    Airy,
    /// Each of so many rows.
    Large(usize),
}

impl Spacing {
    /// How many rows lines take.
    fn height(self, lines: &[TextLine]) -> usize {
        let rows = |line: &TextLine| match self {
            Self::Airy if line.code.is_none() => 2,
            Self::Tight | Self::Airy => 1,
            Self::Large(rows) if is_gap(line) => rows / 2,
            Self::Large(rows) => rows,
        };
        let all: usize = lines.iter().map(rows).sum();
        // Below the last there need be no air.
        match (self, lines.last()) {
            (Self::Airy, Some(last)) => all + 1 - rows(last),
            _ => all,
        }
    }
}

impl Maker<'_> {
    fn of_page(&self, model: &Model, revealed: Option<&str>) -> Vec<Slide> {
        let lesson = &model.lesson.lesson;
        let Some(page) = lesson.pages.get(model.lesson.page) else {
            return Vec::new();
        };
        let title = match (model.lesson.page, page.step) {
            (0, _) => lesson.title.clone(),
            (_, Some(step)) => format!("Step {step} · {}", page.title),
            (_, None) => page.title.clone(),
        };
        let prompts = prompts_of(lesson, model.lesson.page);
        if prompts.is_empty() {
            let shown = revealed == Some(page.key.as_str());
            return self.slides(&title, self.lines(&unfolded(&page.blocks, shown)), None);
        }
        let (before, after) = discussion::around(&page.blocks);
        let mut slides = self.some(&title, &before, None);
        for (place, prompt) in prompts.iter().enumerate() {
            let shown = revealed == Some(prompt.key.as_str());
            slides.extend(self.of_prompt(&title, place, prompts.len(), prompt, shown));
        }
        slides.extend(self.some(&title, &after, None));
        slides
    }

    /// Slides of these blocks, none if there are none.
    fn some(&self, title: &str, blocks: &[Block], prompt: Option<usize>) -> Vec<Slide> {
        let lines = self.lines(&unfolded(blocks, false));
        match lines.is_empty() {
            true => Vec::new(),
            false => self.slides(title, lines, prompt),
        }
    }

    fn of_prompt(
        &self,
        title: &str,
        place: usize,
        count: usize,
        prompt: &Prompt,
        shown: bool,
    ) -> Vec<Slide> {
        let title = format!("{title} · {} of {count}", place + 1);
        let mut blocks = Vec::new();
        if !prompt.title.is_empty() {
            blocks.push(strong(&prompt.title));
        }
        blocks.extend(prompt.blocks.iter().cloned());
        if shown {
            blocks.push(strong("Compare with"));
            blocks.extend(prompt.points.iter().cloned());
        }
        self.slides(&title, self.lines(&blocks), Some(place))
    }

    fn of_question(
        &self,
        model: &Model,
        question: &Question,
        revealed: Option<&str>,
    ) -> Vec<Slide> {
        let shown = revealed == Some(question.key.as_str());
        let count = model.lesson.lesson.questions.len();
        let title = format!("Question {} of {count}", model.quiz.question + 1);
        let mut lines = self.lines(&question.prompt);
        if question.kind == QuestionKind::Multiple {
            lines.push(TextLine::default());
            lines.extend(self.lines(&[strong("More than one may be right.")]));
        }
        for (place, option) in question.options.iter().enumerate() {
            let right = question.correct.contains(&place);
            lines.push(TextLine::default());
            lines.extend(self.option(place, &option.blocks, shown && right));
            if let Some(reason) = option.reason.as_ref().filter(|_| shown) {
                let text = [Block::Paragraph(vec![Inline::Text(reason.clone())])];
                lines.extend(self.hanging("     ", Role::Body, &text));
            }
        }
        if shown && !question.explanation.is_empty() {
            lines.push(TextLine::default());
            lines.extend(self.lines(&[strong("Why")]));
            lines.extend(self.lines(&question.explanation));
        }
        self.slides(&title, lines, None)
    }

    /// An option behind its letter; the right one, once it may be known, by a mark and a word too.
    fn option(&self, place: usize, blocks: &[Block], right: bool) -> Vec<TextLine> {
        let letter = option_letter(place).to_ascii_uppercase();
        let marker = match right {
            true => format!("✓ {letter}  "),
            false => format!("  {letter}  "),
        };
        let mut lines = self.hanging(&marker, Role::Strong, blocks);
        if right {
            lines.extend(self.hanging("     ", Role::Body, &[strong("right")]));
        }
        lines
    }

    /// Blocks to the right of a marker.
    fn hanging(&self, marker: &str, role: Role, blocks: &[Block]) -> Vec<TextLine> {
        let indent = marker.width();
        let inner = Maker {
            width: self.width.saturating_sub(indent).max(1),
            ..*self
        };
        let mut lines = inner.lines(blocks);
        if lines.is_empty() {
            lines.push(TextLine::default());
        }
        for (number, line) in lines.iter_mut().enumerate() {
            if number == 0 {
                line.spans.insert(0, span(marker, role));
            } else if !line.spans.is_empty() {
                line.spans.insert(0, span(&" ".repeat(indent), Role::Body));
            }
        }
        lines
    }

    /// Blocks as lines of which none is wider than asked for: code goes on in the next line, drawn bars and rules are left
    /// out.
    fn lines(&self, blocks: &[Block]) -> Vec<TextLine> {
        let room = self.width.saturating_sub(CODE.len());
        let mut lines: Vec<TextLine> = Vec::new();
        for line in lesson::layout(blocks, self.width, self.highlights) {
            match line.code {
                Some(block) => lines.extend(code(&line, block, room)),
                None if line.spans.iter().any(|span| span.role == Role::Rule) => {}
                None => lines.push(undrawn(line)),
            }
        }
        while lines.last().is_some_and(is_gap) {
            lines.pop();
        }
        lines.dedup_by(|next, line| is_gap(next) && is_gap(line));
        lines
    }

    /// Divides lines into slides, between blocks where that can be.
    fn slides(&self, title: &str, lines: Vec<TextLine>, prompt: Option<usize>) -> Vec<Slide> {
        let mut parts: Vec<Vec<TextLine>> = vec![Vec::new()];
        for block in self.blocks(&lines) {
            for piece in block.chunks(self.most_lines(&block)) {
                let mut longer = parts.last().cloned().unwrap_or_default();
                if !longer.is_empty() {
                    longer.push(TextLine::default());
                }
                longer.extend_from_slice(piece);
                match parts.last_mut() {
                    Some(part) if self.spacing.height(&longer) <= self.rows => *part = longer,
                    _ => parts.push(piece.to_vec()),
                }
            }
        }
        let count = parts.len();
        let parts = parts.into_iter().enumerate();
        let slide = |(place, lines): (usize, Vec<TextLine>)| Slide {
            title: title.to_owned(),
            part: (place + 1, count),
            airy: self.spacing == Spacing::Airy && self.spacing.height(&lines) <= self.rows,
            lines,
            prompt,
        };
        parts.map(slide).collect()
    }

    /// Lines that stay together: those of a block, with the line that announces it.
    fn blocks(&self, lines: &[TextLine]) -> Vec<Vec<TextLine>> {
        let mut blocks: Vec<Vec<TextLine>> = Vec::new();
        for block in lines.split(is_gap).filter(|block| !block.is_empty()) {
            let announces = |before: &&mut Vec<TextLine>| {
                let last = before.last().map(TextLine::text).unwrap_or_default();
                last.trim_end().ends_with(':')
                    && before.len() + 1 + block.len() <= self.most_lines(block) / 2
            };
            match blocks.last_mut().filter(announces) {
                Some(before) => {
                    before.push(TextLine::default());
                    before.extend_from_slice(block);
                }
                None => blocks.push(block.to_vec()),
            }
        }
        blocks
    }

    /// How many lines of a block that is too long for a slide stand on one.
    fn most_lines(&self, block: &[TextLine]) -> usize {
        let all = match self.spacing {
            Spacing::Airy if block.iter().any(|line| line.code.is_none()) => self.rows.div_ceil(2),
            Spacing::Tight | Spacing::Airy => self.rows,
            Spacing::Large(rows) => self.rows / rows,
        };
        all.max(1)
    }
}

fn is_gap(line: &TextLine) -> bool {
    line.spans.is_empty() && line.code.is_none()
}

/// Blocks with what is folded in them, however deep, left out, or all of it.
fn unfolded(blocks: &[Block], shown: bool) -> Vec<Block> {
    let mut out = Vec::new();
    for block in blocks {
        match block {
            Block::Details {
                summary, blocks, ..
            } => {
                out.push(Block::Paragraph(vec![Inline::Strong(summary.clone())]));
                if shown {
                    out.extend(unfolded(blocks, true));
                }
            }
            Block::Quote(blocks) => out.push(Block::Quote(unfolded(blocks, shown))),
            Block::List { .. } => {
                let mut list = block.clone();
                if let Block::List { items, .. } = &mut list {
                    for item in items {
                        item.blocks = unfolded(&item.blocks, shown);
                    }
                }
                out.push(list);
            }
            block => out.push(block.clone()),
        }
    }
    out
}

fn strong(words: &str) -> Block {
    Block::Paragraph(vec![Inline::Strong(vec![Inline::Text(words.to_owned())])])
}

fn span(text: &str, role: Role) -> TextSpan {
    TextSpan {
        text: text.to_owned(),
        role,
    }
}

/// A line with its drawn bars as air.
fn undrawn(mut line: TextLine) -> TextLine {
    for span in &mut line.spans {
        if span.role == Role::Quote {
            span.text = " ".repeat(span.text.width());
        }
    }
    line
}

/// A line of code in as many lines as it needs, without its drawn bar and its file's name.
fn code(line: &TextLine, block: usize, room: usize) -> Vec<TextLine> {
    let bar = line
        .spans
        .iter()
        .position(|span| span.role == Role::CodeBar);
    let spans = &line.spans[bar.map_or(0, |bar| bar + 1)..];
    let mut lines = vec![vec![span(CODE, Role::Code(CodeRole::Plain))]];
    let mut used = 0;
    for it in spans.iter().filter(|span| span.role != Role::FileName) {
        for grapheme in it.text.graphemes(true) {
            let wide = grapheme.width();
            if used + wide > room {
                lines.push(vec![span(GOES_ON, Role::Code(CodeRole::Plain))]);
                used = GOES_ON.width() - CODE.len();
            }
            used += wide;
            let Some(spans) = lines.last_mut() else {
                continue;
            };
            match spans.last_mut().filter(|last| last.role == it.role) {
                Some(last) => last.text.push_str(grapheme),
                None => spans.push(span(grapheme, it.role)),
            }
        }
    }
    let line = |spans| TextLine {
        spans,
        code: Some(block),
    };
    lines.into_iter().map(line).collect()
}
