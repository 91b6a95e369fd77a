//! Running text while it is read: a stack of styles, and what the ends of source lines mean.

use std::collections::VecDeque;

use super::document::{Inline, plain};
use super::marks::{begins_with_tick, option_label, option_letter};

/// Styles inside styles deeper than this are left out: no lesson means them, and they nest on the stack.
const DEEPEST: usize = 24;

/// A style of running text.
#[derive(Debug, Clone)]
pub enum Style {
    /// `*emphasis*`
    Emphasis,
    /// `**strong**`
    Strong,
    /// `~~struck~~`
    Struck,
    /// A link to this address.
    Link(String),
}

/// Running text while it is read. The end of a source line stands in it as `\n`.
#[derive(Debug, Default)]
pub struct RunningText {
    inlines: Vec<Inline>,
    /// Styles that are open, each with the text that stood before it.
    open: Vec<(Style, Vec<Inline>)>,
    /// Styles that were too deep to be begun.
    left_out: usize,
}

impl RunningText {
    /// Adds an inline.
    pub fn push(&mut self, inline: Inline) {
        self.inlines.push(inline);
    }

    /// Adds text.
    pub fn push_text(&mut self, text: &str) {
        match self.inlines.last_mut() {
            Some(Inline::Text(before)) => before.push_str(text),
            _ => self.push(Inline::Text(text.to_owned())),
        }
    }

    /// Begins a style.
    pub fn begin(&mut self, style: Style) {
        if self.left_out > 0 || self.open.len() >= DEEPEST {
            self.left_out += 1;
        } else {
            self.open.push((style, std::mem::take(&mut self.inlines)));
        }
    }

    /// Ends the style that was begun last.
    pub fn end(&mut self) {
        if self.left_out > 0 {
            self.left_out -= 1;
        } else {
            self.end_last();
        }
    }

    fn end_last(&mut self) -> Option<Style> {
        let (style, before) = self.open.pop()?;
        let inside = std::mem::replace(&mut self.inlines, before);
        match style.clone() {
            Style::Link(address) => self.push(Inline::Link {
                text: inside,
                address,
            }),
            _ if inside.is_empty() => {}
            Style::Emphasis => self.push(Inline::Emphasis(inside)),
            Style::Strong => self.push(Inline::Strong(inside)),
            Style::Struck => self.push(Inline::Struck(inside)),
        }
        Some(style)
    }

    /// Ends all styles and gives them back, the last begun first.
    pub fn end_all(&mut self) -> Vec<Style> {
        std::iter::from_fn(|| self.end_last()).collect()
    }

    /// Begins again what [`end_all`](Self::end_all) ended.
    pub fn begin_all(&mut self, styles: Vec<Style>) {
        for style in styles.into_iter().rev() {
            self.open.push((style, std::mem::take(&mut self.inlines)));
        }
    }

    /// The text so far, its line ends settled.
    pub fn take(&mut self) -> Vec<Inline> {
        settle_breaks(std::mem::take(&mut self.inlines))
    }
}

/// Decides what the ends of source lines (`\n` in a text) mean: a line's end where the next line begins with an
/// option, a tick or a bold label, else a space.
fn settle_breaks(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut settled: Vec<Inline> = Vec::with_capacity(inlines.len());
    let mut rest = VecDeque::from(inlines);
    while let Some(inline) = rest.pop_front() {
        let Inline::Text(text) = inline else {
            settled.push(joined(inline));
            continue;
        };
        let mut lines = text.split('\n').peekable();
        let mut current = lines.next().unwrap_or_default().to_owned();
        while let Some(line) = lines.next() {
            let begins = match (lines.peek(), line.trim()) {
                (None, "") => is_label(&mut rest.iter()),
                _ => option_letter(line).is_some() || begins_with_tick(line),
            };
            if begins {
                settled.push(Inline::Text(std::mem::take(&mut current)));
                settled.push(Inline::LineBreak);
            } else {
                current.push(' ');
            }
            current.push_str(line);
        }
        settled.push(Inline::Text(current));
    }
    while let Some(Inline::LineBreak) = settled.last() {
        settled.pop();
    }
    settled.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
    settled
}

/// Whether a bold label comes next: `**Duration**:`, `**Note:**`, `**A)**`, `**A**)`, `**Option A**`.
fn is_label<'a>(inlines: &mut impl Iterator<Item = &'a Inline>) -> bool {
    let Some(Inline::Strong(label)) = inlines.next() else {
        return false;
    };
    let mut label = plain(label);
    // What is joined to the label decides as if it stood in it.
    if let Some(Inline::Text(text)) = inlines.next() {
        label.extend(text.chars().next());
    }
    let label = label.trim_end();
    label.ends_with(':') || option_letter(label).is_some() || option_label(label).is_some()
}

/// Source line ends inside styled text are spaces.
fn joined(inline: Inline) -> Inline {
    let all = |inlines: Vec<Inline>| inlines.into_iter().map(joined).collect();
    match inline {
        Inline::Text(text) => Inline::Text(text.replace('\n', " ")),
        Inline::Emphasis(inlines) => Inline::Emphasis(all(inlines)),
        Inline::Strong(inlines) => Inline::Strong(all(inlines)),
        Inline::Struck(inlines) => Inline::Struck(all(inlines)),
        Inline::Link { text, address } => Inline::Link {
            text: all(text),
            address,
        },
        Inline::Code(_) | Inline::LineBreak => inline,
    }
}
