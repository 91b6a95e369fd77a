//! Running text while it is read: a stack of styles, and what the ends of source lines mean.

use std::collections::VecDeque;

use super::answers;
use super::document::{Inline, plain};
use super::head::is_label as is_head_label;
use super::marks::{
    begins_with_box, begins_with_tick, letter_index, loose_letter, option_label, option_letter,
};
use super::titles;

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
    /// The open styles that a tag of HTML has begun.
    tags: Vec<OpenTag>,
}

/// A style that `<b>` or its like has begun. Without its other half the tag is text.
#[derive(Debug)]
struct OpenTag {
    name: String,
    as_written: String,
    /// How many styles were open with it.
    depth: usize,
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
            self.open_tags_are_text();
            self.end_last();
        }
    }

    /// A tag that may begin a style: whether it does.
    pub fn begin_tag(&mut self, name: &str, as_written: &str) -> bool {
        let style = match name.to_ascii_lowercase().as_str() {
            "b" | "strong" => Style::Strong,
            "i" | "em" => Style::Emphasis,
            _ => return false,
        };
        let fits = self.left_out == 0 && self.open.len() < DEEPEST;
        if fits {
            self.begin(style);
            self.tags.push(OpenTag {
                name: name.to_owned(),
                as_written: as_written.to_owned(),
                depth: self.open.len(),
            });
        }
        fits
    }

    /// A tag that may end the style that the last one has begun: whether it does.
    pub fn end_tag(&mut self, name: &str) -> bool {
        let ends = self.left_out == 0
            && self.tags.last().is_some_and(|tag| {
                tag.depth == self.open.len() && tag.name.eq_ignore_ascii_case(name)
            });
        if ends {
            self.tags.pop();
            self.end_last();
        }
        ends
    }

    /// What surrounds them, or their text, ends: tags whose other half did not come begin no style.
    fn open_tags_are_text(&mut self) {
        while let Some(tag) = self.tags.pop_if(|tag| tag.depth == self.open.len())
            && let Some((_, before)) = self.open.pop()
        {
            let inside = std::mem::replace(&mut self.inlines, before);
            self.push_text(&tag.as_written);
            for inline in inside {
                match inline {
                    Inline::Text(text) => self.push_text(&text),
                    inline => self.push(inline),
                }
            }
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
        self.open_tags_are_text();
        settle_breaks(std::mem::take(&mut self.inlines))
    }
}

/// Decides what the ends of source lines (`\n` in a text) mean: a line's end where the next line begins with an
/// option, a tick, a label of the head, an answer or a bold label, else a space.
fn settle_breaks(inlines: Vec<Inline>) -> Vec<Inline> {
    let loose = has_loose_letters(&inlines);
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
                (None, "") => is_label(&mut rest.iter(), loose),
                (None, mark) if begins_with_tick(mark) => true,
                _ => begins_a_line(line) || (loose && loose_letter(line).is_some()),
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

/// What begins a line wherever it stands.
fn begins_a_line(line: &str) -> bool {
    let label = || {
        line.split_once(':')
            .is_some_and(|(label, _)| is_head_label(label))
    };
    let option = || option_label(line).is_some_and(|(_, rest)| rest.starts_with([':', ')']));
    option_letter(line).is_some()
        || begins_with_tick(line)
        || begins_with_box(line)
        || option()
        || label()
        || answers::opens(line)
        || (titles::is_named_question(line) && line.contains([':', '.', ')']))
}

/// Whether lines of a paragraph begin with `a. `, `b. ` and so on: then they are options, and not running text.
fn has_loose_letters(inlines: &[Inline]) -> bool {
    let mut next = 0;
    let mut at_start = true;
    for inline in inlines {
        if let Inline::Text(text) = inline {
            for (index, line) in text.split('\n').enumerate() {
                let begins = index > 0 || at_start;
                if begins && loose_letter(line).is_some_and(|(option, _)| option == next) {
                    next += 1;
                }
            }
            at_start = text.ends_with('\n');
        } else {
            // `**A** text`
            if let (true, Inline::Strong(label)) = (at_start, inline)
                && let Some(index) = lone_letter(&plain(label))
                && index == next
            {
                next += 1;
            }
            at_start = *inline == Inline::LineBreak;
        }
    }
    next > 1
}

fn lone_letter(text: &str) -> Option<usize> {
    let mut characters = text.trim().chars();
    letter_index(characters.next()?).filter(|_| characters.next().is_none())
}

/// Whether a bold label comes next: `**Duration**:`, `**Note:**`, `**A)**`, `**A**)`, `**Option A**`.
fn is_label<'a>(inlines: &mut impl Iterator<Item = &'a Inline>, loose: bool) -> bool {
    let Some(Inline::Strong(label) | Inline::Emphasis(label)) = inlines.next() else {
        return false;
    };
    let mut label = plain(label);
    if loose && lone_letter(&label).is_some() {
        return true;
    }
    let named = titles::is_named_question(&label) || answers::opens(&label);
    // What is joined to the label decides as if it stood in it.
    if let Some(Inline::Text(text)) = inlines.next() {
        label.extend(text.chars().next());
    }
    let label = label.trim_end();
    named || label.ends_with(':') || option_letter(label).is_some() || option_label(label).is_some()
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
