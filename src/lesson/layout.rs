//! Blocks at a width to lines of spans with roles. Knows no colours and no screen.

mod code;
mod table;
mod wrap;

use super::document::{Block, Inline, Item, plain};
use super::highlight::Highlights;
use super::lines::{Role, TextLine, TextSpan};
use wrap::{width_of, wrap};

/// Longer lines of prose are hard to read, however wide the screen.
pub const WIDEST: usize = 76;
/// Text narrower than this is not indented further.
const NARROWEST: usize = 8;

/// The lines of these blocks at a width. All but code fit it, as long as it holds the widest character;
/// code has its colours where `highlights` knows it.
pub fn layout(blocks: &[Block], width: usize, highlights: &Highlights) -> Vec<TextLine> {
    let mut layout = Layout {
        highlights,
        code_blocks: 0,
    };
    layout.blocks(blocks, width.clamp(1, WIDEST), true)
}

struct Layout<'a> {
    highlights: &'a Highlights,
    /// How many code blocks are laid out already.
    code_blocks: usize,
}

impl Layout<'_> {
    /// The blocks one under the other; apart by a blank line if they are `spaced`.
    fn blocks(&mut self, blocks: &[Block], width: usize, spaced: bool) -> Vec<TextLine> {
        let mut lines: Vec<TextLine> = Vec::new();
        let mut before: Option<&Block> = None;
        for block in blocks {
            if spaced && before.is_some_and(|before| !belong_together(before, block)) {
                lines.push(TextLine::default());
            }
            lines.extend(self.block(block, width));
            before = Some(block);
        }
        lines
    }

    fn block(&mut self, block: &Block, width: usize) -> Vec<TextLine> {
        match block {
            Block::Heading { text, .. } => wrap(text, Role::Heading, width),
            Block::Paragraph(text) => wrap(text, Role::Body, width),
            Block::List {
                start,
                loose,
                items,
            } => self.list(*start, *loose, items, width),
            Block::Code { file, source, .. } => {
                let index = self.code_blocks;
                self.code_blocks += 1;
                let highlighted = self.highlights.get(source);
                code::layout(source, file.as_deref(), highlighted, index, width)
            }
            Block::Table { head, rows } => table::layout(head, rows, width),
            Block::Quote(blocks) => {
                let bar = span("▎ ", Role::Quote);
                let Some(inner) = inside(&bar, width) else {
                    return self.blocks(blocks, width, true);
                };
                let lines = self.blocks(blocks, inner, true);
                lines
                    .into_iter()
                    .map(|line| indented(line, bar.clone()))
                    .collect()
            }
            Block::Details {
                summary, blocks, ..
            } => self.details(summary, blocks, width),
            Block::Rule => vec![line(vec![span("─".repeat(width), Role::Rule)])],
        }
    }

    fn list(
        &mut self,
        start: Option<u64>,
        loose: bool,
        items: &[Item],
        width: usize,
    ) -> Vec<TextLine> {
        let last = start.map_or(0, |start| {
            start.saturating_add(items.len() as u64).saturating_sub(1)
        });
        let digits = last.to_string().len();
        let mut lines = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if loose && index > 0 {
                lines.push(TextLine::default());
            }
            let marker = match (item.task, start) {
                (Some(true), _) => span("[x] ", Role::Task(true)),
                (Some(false), _) => span("[ ] ", Role::Task(false)),
                (None, Some(start)) => {
                    let number = start.saturating_add(index as u64);
                    span(format!("{number:>digits$}. "), Role::Bullet)
                }
                (None, None) => span("• ", Role::Bullet),
            };
            lines.extend(self.hanging(marker, &item.blocks, width, loose));
        }
        lines
    }

    /// Blocks to the right of a marker; below it where there is no room.
    fn hanging(
        &mut self,
        marker: TextSpan,
        blocks: &[Block],
        width: usize,
        spaced: bool,
    ) -> Vec<TextLine> {
        let Some(inner) = inside(&marker, width) else {
            let text = [Inline::Text(marker.text.trim().to_owned())];
            let mut lines = wrap(&text, marker.role, width);
            lines.extend(self.blocks(blocks, width, spaced));
            return lines;
        };
        let mut lines = self.blocks(blocks, inner, spaced);
        if lines.is_empty() {
            lines.push(TextLine::default());
        }
        let indent = span(" ".repeat(width_of(&marker.text)), Role::Body);
        let mut margin = Some(marker);
        lines
            .into_iter()
            .map(|line| indented(line, margin.take().unwrap_or_else(|| indent.clone())))
            .collect()
    }

    fn details(&mut self, summary: &[Inline], blocks: &[Block], width: usize) -> Vec<TextLine> {
        let title = [Block::Paragraph(vec![Inline::Strong(summary.to_vec())])];
        let mark = if blocks.is_empty() { "▸ " } else { "▾ " };
        let mut lines = self.hanging(span(mark, Role::Bullet), &title, width, false);
        let indent = span("  ", Role::Body);
        let inner = inside(&indent, width);
        for line in self.blocks(blocks, inner.unwrap_or(width), true) {
            lines.push(match inner {
                Some(_) => indented(line, indent.clone()),
                None => line,
            });
        }
        lines
    }
}

/// A heading stands right above its text, a list right below the line that announces it.
fn belong_together(before: &Block, block: &Block) -> bool {
    match (before, block) {
        (Block::Heading { .. }, Block::Heading { .. }) => false,
        (Block::Heading { .. }, _) => true,
        (Block::Paragraph(text), Block::List { loose: false, .. }) => {
            plain(text).trim_end().ends_with(':')
        }
        _ => false,
    }
}

/// The width that is left beside a margin, if text can still stand there.
fn inside(margin: &TextSpan, width: usize) -> Option<usize> {
    width
        .checked_sub(width_of(&margin.text))
        .filter(|inner| *inner >= NARROWEST)
}

/// A blank line stays blank: no margin trails on it, except one that is drawn.
fn indented(mut line: TextLine, margin: TextSpan) -> TextLine {
    if !line.spans.is_empty() || margin.role != Role::Body {
        line.spans.insert(0, margin);
    }
    line
}

fn span(text: impl Into<String>, role: Role) -> TextSpan {
    TextSpan {
        text: text.into(),
        role,
    }
}

fn line(spans: Vec<TextSpan>) -> TextLine {
    TextLine { spans, code: None }
}

#[cfg(test)]
mod tests;
