//! Running text broken into lines. Words keep the style of each of their parts.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::super::document::{Inline, plain};
use super::super::lines::{Role, TextLine, TextSpan};
use super::span;

/// How many columns a text takes, counted as terminals do it: character by visible character.
pub fn width_of(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The text in lines of at most `width` columns.
pub fn wrap(text: &[Inline], role: Role, width: usize) -> Vec<TextLine> {
    let mut lines = Lines::new(width);
    for word in words(text, role, width) {
        lines.add(word);
    }
    lines.finish()
}

/// What the text needs to be whole: its widest line and its widest word.
pub fn widths(text: &[Inline], role: Role) -> (usize, usize) {
    let (mut line, mut widest_line, mut widest_word) = (0, 0, 0);
    for word in words(text, role, usize::MAX) {
        line = match word.before {
            Before::Break => word.width,
            Before::Space(_) => line + usize::from(line > 0) + word.width,
            Before::Nothing => line + word.width,
        };
        widest_line = widest_line.max(line);
        widest_word = widest_word.max(word.width);
    }
    (widest_line, widest_word)
}

/// What stays on one line if it fits there.
struct Word {
    before: Before,
    spans: Vec<TextSpan>,
    width: usize,
}

/// What parts a word from the one before it.
#[derive(Clone, Copy)]
enum Before {
    /// Nothing, but a line may end here: wide scripts have no spaces.
    Nothing,
    /// A space with this role.
    Space(Role),
    /// The line's end is meant.
    Break,
}

fn words(text: &[Inline], role: Role, width: usize) -> Vec<Word> {
    let mut words = Words {
        done: Vec::new(),
        before: Before::Nothing,
        current: Vec::new(),
        width,
    };
    words.inlines(text, role);
    words.end(Before::Nothing);
    words.done
}

struct Words {
    done: Vec<Word>,
    /// What parts the current word from the last.
    before: Before,
    current: Vec<TextSpan>,
    /// The width that inline code must not exceed to stay whole.
    width: usize,
}

impl Words {
    fn inlines(&mut self, inlines: &[Inline], role: Role) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => self.text(text, role),
                Inline::Emphasis(inlines) => self.inlines(inlines, within(role, Role::Emphasis)),
                Inline::Strong(inlines) => self.inlines(inlines, within(role, Role::Strong)),
                Inline::Struck(inlines) => self.inlines(inlines, within(role, Role::Struck)),
                Inline::Code(code) if width_of(code) <= self.width => {
                    self.part(code, Role::InlineCode);
                }
                Inline::Code(code) => self.text(code, Role::InlineCode),
                Inline::Link { text, address } => self.link(text, address, role),
                Inline::LineBreak => self.end(Before::Break),
            }
        }
    }

    fn link(&mut self, text: &[Inline], address: &str, role: Role) {
        let said = plain(text);
        if said.trim().is_empty() {
            return self.text(address, within(role, Role::Link));
        }
        self.inlines(text, within(role, Role::Link));
        // A place in the same text leads nowhere on paper.
        let follows = !address.is_empty() && !address.starts_with('#');
        if follows && address != said && address.strip_prefix("mailto:") != Some(&said) {
            self.end(Before::Space(role));
            self.text(&format!("({address})"), Role::Dim);
        }
    }

    fn text(&mut self, text: &str, role: Role) {
        for (index, word) in text.split(is_space).enumerate() {
            if index > 0 {
                self.end(Before::Space(role));
            }
            if word.is_ascii() {
                self.part(word, role);
                continue;
            }
            for character in word.graphemes(true) {
                let wide = character.width() > 1;
                if wide {
                    self.end(Before::Nothing);
                }
                self.part(character, role);
                if wide {
                    self.end(Before::Nothing);
                }
            }
        }
    }

    /// Adds to the current word.
    fn part(&mut self, text: &str, role: Role) {
        match self.current.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.role == role => last.text.push_str(text),
            _ => self.current.push(span(text, role)),
        }
    }

    /// Ends the current word. Of all that then parts it from the next one, the strongest counts.
    fn end(&mut self, next: Before) {
        if self.current.is_empty() {
            self.before = match (self.before, next) {
                (Before::Break, _) | (_, Before::Nothing) => self.before,
                (_, next) => next,
            };
            return;
        }
        let spans = std::mem::take(&mut self.current);
        self.done.push(Word {
            before: std::mem::replace(&mut self.before, next),
            width: spans.iter().map(|span| width_of(&span.text)).sum(),
            spans,
        });
    }
}

/// White space where a line may end.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// The role of styled text within a text of another role: the one that says more.
fn within(outer: Role, inner: Role) -> Role {
    match outer {
        Role::Body | Role::Emphasis | Role::Struck => inner,
        Role::Strong if inner == Role::Link => inner,
        _ => outer,
    }
}

struct Lines {
    width: usize,
    done: Vec<TextLine>,
    current: Vec<TextSpan>,
    used: usize,
}

impl Lines {
    fn new(width: usize) -> Self {
        Self {
            width,
            done: Vec::new(),
            current: Vec::new(),
            used: 0,
        }
    }

    fn add(&mut self, word: Word) {
        let space = match word.before {
            Before::Space(role) if self.used > 0 => Some(role),
            _ => None,
        };
        let needed = self.used + usize::from(space.is_some()) + word.width;
        if self.used > 0 && (needed > self.width || matches!(word.before, Before::Break)) {
            self.end_line();
        } else if let Some(role) = space {
            self.put(" ", 1, role);
        }
        if word.width <= self.width {
            for TextSpan { text, role } in word.spans {
                let width = width_of(&text);
                self.put(&text, width, role);
            }
            return;
        }
        // A word that no line can hold ends where the line does.
        for TextSpan { text, role } in word.spans {
            for character in text.graphemes(true) {
                let width = width_of(character);
                if self.used > 0 && self.used + width > self.width {
                    self.end_line();
                }
                self.put(character, width, role);
            }
        }
    }

    fn put(&mut self, text: &str, width: usize, role: Role) {
        self.used += width;
        match self.current.last_mut() {
            Some(last) if last.role == role => last.text.push_str(text),
            _ => self.current.push(span(text, role)),
        }
    }

    fn end_line(&mut self) {
        self.used = 0;
        self.done.push(TextLine {
            spans: std::mem::take(&mut self.current),
            code: None,
        });
    }

    fn finish(mut self) -> Vec<TextLine> {
        if !self.current.is_empty() {
            self.end_line();
        }
        self.done
    }
}
