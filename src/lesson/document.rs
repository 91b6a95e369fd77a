//! What a lesson is, once parsed. Built by the outline; read by layout, quiz and screen.

use std::sync::Arc;

use super::discussion::Prompt;
use super::settings::Settings;

/// A whole lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// The `#` heading, e.g. `Module 1: What Are Streams?`.
    pub title: String,
    /// What the front matter says, by its keys; shown nowhere.
    pub metadata: Vec<(String, String)>,
    /// The head's duration in minutes, else the sum of the sections' minutes, else `None`.
    pub minutes: Option<u32>,
    /// The minutes that its head gives, if it gives any.
    pub stated_minutes: Option<u32>,
    /// The head lines in order, e.g. `("Prerequisites", "None")`.
    pub head: Vec<(String, String)>,
    /// The learning goals, one each.
    pub goals: Vec<Vec<Inline>>,
    /// The `##` sections in order.
    pub sections: Vec<Section>,
    /// What is shown at a time, in reading order: a section is one page, but each hands-on step, and each `###` part of
    /// what is just read, is a page of its own.
    pub pages: Vec<Page>,
    /// The checkpoint's questions in order.
    pub questions: Vec<Question>,
    /// The prompts of its discussions in order.
    pub prompts: Vec<Prompt>,
    /// What its `lab.toml` says.
    pub settings: Settings,
    /// The text that it was read from.
    pub text: Arc<str>,
}

/// A `##` section.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its heading without the minutes.
    pub title: String,
    /// Where its heading stands in the file, counted from 1.
    pub line: usize,
    /// `(10 min)` at the end of the heading.
    pub minutes: Option<u32>,
    /// What it is for.
    pub kind: SectionKind,
    /// The index of its first page in [`Lesson::pages`].
    pub first_page: usize,
}

/// What a section is for. The section decides what its contents are, not their shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionKind {
    /// Learning goals (with the lesson's head).
    Goals,
    /// Concepts and everything that is just read.
    Reading,
    /// Prompts without a right answer.
    Discussion,
    /// Steps.
    HandsOn,
    /// Questions.
    Checkpoint,
    /// The end.
    Summary,
}

/// What the lesson pane shows at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its section, an index into [`Lesson::sections`].
    pub section: usize,
    /// A name that survives edits elsewhere in the lesson: slug of section and title. Progress is kept by it.
    pub key: String,
    /// The heading, e.g. `Run the producer`.
    pub title: String,
    /// Where that heading stands in the file, counted from 1.
    pub line: usize,
    /// `Some(2)` for `### Step 2: ...`; `None` for other pages, cleanup included.
    pub step: Option<u32>,
    /// The content, without the heading and without anything from a checkpoint's answers.
    pub blocks: Vec<Block>,
}

/// A block of markdown.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading inside a page; `level` is 3 and up.
    Heading {
        /// Where it stands in the file, counted from 1; 0 for one that the lab adds.
        line: usize,
        /// 1 to 6.
        level: u8,
        /// Its text.
        text: Vec<Inline>,
    },
    /// A paragraph. [`Inline::LineBreak`] stands where the dialect means a line's end.
    Paragraph(Vec<Inline>),
    /// A list.
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        /// Whether blank lines part the items.
        loose: bool,
        /// Its items.
        items: Vec<Item>,
    },
    /// A fenced or indented code block; the source is kept byte for byte.
    Code {
        /// Where it begins in the file, counted from 1: the line of the fence.
        line: usize,
        /// The first word of the info string, lower case (empty if none).
        language: String,
        /// `title=` / `filename=` of the info string, else the nearest inline code before it that looks like a file.
        file: Option<String>,
        /// The text inside the fence.
        source: String,
    },
    /// A table.
    Table {
        /// The head row's cells.
        head: Vec<Vec<Inline>>,
        /// The body rows' cells.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A block quote.
    Quote(Vec<Block>),
    /// `<details>` outside a checkpoint.
    Details {
        /// Where it is opened in the file, counted from 1; 0 for one that the lab adds.
        line: usize,
        /// The text of `<summary>`.
        summary: Vec<Inline>,
        /// The content.
        blocks: Vec<Block>,
    },
    /// A horizontal rule.
    Rule,
}

/// A list item.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// `- [x]` or `- [ ]`.
    pub task: Option<bool>,
    /// Its content.
    pub blocks: Vec<Block>,
}

/// A run of text.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// `*emphasis*`.
    Emphasis(Vec<Inline>),
    /// `**strong**`.
    Strong(Vec<Inline>),
    /// `~~struck~~`.
    Struck(Vec<Inline>),
    /// `` `code` ``.
    Code(String),
    /// A link; also printed as text.
    Link {
        /// What it says.
        text: Vec<Inline>,
        /// Where it leads.
        address: String,
    },
    /// A line's end that is meant.
    LineBreak,
}

/// A checkpoint question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// A name that survives reordering: slug of the title and a short hash of the prompt. Answers are kept by it.
    pub key: String,
    /// The heading without `Question N:`.
    pub title: String,
    /// Where that heading stands in the file, counted from 1.
    pub line: usize,
    /// What is asked.
    pub prompt: Vec<Block>,
    /// How it is answered.
    pub kind: QuestionKind,
    /// The options in the lesson's order, shown as a, b, c…
    pub options: Vec<QuestionOption>,
    /// Indices of the right options, ascending. Empty: it cannot be graded for certain, the learner compares.
    pub correct: Vec<usize>,
    /// Why it is not graded, for its author, where it has options but no key for certain.
    pub doubt: Option<String>,
    /// The answer's text, for after answering.
    pub explanation: Vec<Block>,
    /// Where the answer begins in the file, counted from 1; `None` without one.
    pub answer_line: Option<usize>,
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionKind {
    /// Any number of options.
    Multiple,
    /// Exactly one option.
    Single,
    /// One of several designs, each with blocks of its own.
    Comparison,
    /// No options: think, then compare with the model answer.
    Open,
}

/// An option of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionOption {
    /// What it says, without its letter.
    pub blocks: Vec<Block>,
    /// Why it is right or wrong, from `lab.toml`; shown after answering.
    pub reason: Option<String>,
}

/// A code block seen from outside: what is copied, written to a file or coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeBlock<'a> {
    /// Where it begins in the file, counted from 1: the line of the fence.
    pub line: usize,
    /// The first word of the info string, lower case (empty if none).
    pub language: &'a str,
    /// The file it belongs into.
    pub file: Option<&'a str>,
    /// The source, byte for byte.
    pub source: &'a str,
}

/// The code blocks in these blocks and inside them, in reading order. Laid-out lines name them by their index here.
pub fn code_blocks(blocks: &[Block]) -> Vec<CodeBlock<'_>> {
    let mut found = Vec::new();
    collect_code(blocks, &mut found);
    found
}

fn collect_code<'a>(blocks: &'a [Block], found: &mut Vec<CodeBlock<'a>>) {
    for block in blocks {
        match block {
            Block::Code {
                line,
                language,
                file,
                source,
            } => found.push(CodeBlock {
                line: *line,
                language,
                file: file.as_deref(),
                source,
            }),
            Block::List { items, .. } => {
                for item in items {
                    collect_code(&item.blocks, found);
                }
            }
            Block::Quote(blocks) | Block::Details { blocks, .. } => collect_code(blocks, found),
            Block::Heading { .. } | Block::Paragraph(_) | Block::Table { .. } | Block::Rule => {}
        }
    }
}

/// The text of inlines without their styles; a meant line's end is a space.
pub fn plain(inlines: &[Inline]) -> String {
    let mut text = String::new();
    collect_text(inlines, &mut text);
    text
}

fn collect_text(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Emphasis(inlines) | Inline::Strong(inlines) | Inline::Struck(inlines) => {
                collect_text(inlines, out);
            }
            Inline::Link { text, address } if text.is_empty() => out.push_str(address),
            Inline::Link { text, .. } => collect_text(text, out),
            Inline::LineBreak => out.push(' '),
        }
    }
}

impl Lesson {
    /// The page with this title, however it is written.
    pub fn page_titled(&self, title: &str) -> Option<usize> {
        let title = slug(title);
        self.pages
            .iter()
            .position(|page| slug(&page.title) == title)
    }
}

/// Whether two titles are the same, however they are written.
pub fn same_title(one: &str, other: &str) -> bool {
    slug(one) == slug(other)
}

/// A title as a stable name: its letters and digits in lower case, joined by dashes.
pub fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("-")
}

/// All text of blocks and of what is inside them, code included; a space between any two.
pub fn all_text(blocks: &[Block]) -> String {
    let mut text = String::new();
    collect_all(blocks, &mut text);
    text.trim_end().to_owned()
}

fn collect_all(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) => collect_text(text, out),
            Block::List { items, .. } => {
                for item in items {
                    collect_all(&item.blocks, out);
                }
            }
            Block::Code { source, .. } => out.push_str(source),
            Block::Table { head, rows } => {
                for cell in head.iter().chain(rows.iter().flatten()) {
                    collect_text(cell, out);
                    out.push(' ');
                }
            }
            Block::Quote(blocks) => collect_all(blocks, out),
            Block::Details {
                summary, blocks, ..
            } => {
                collect_text(summary, out);
                out.push(' ');
                collect_all(blocks, out);
            }
            Block::Rule => {}
        }
        out.push(' ');
    }
}
