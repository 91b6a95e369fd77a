//! A lesson: markdown in, a [`Lesson`] out, its questions graded, its pages laid out as lines of text.
//!
//! Stages, each ignorant of the next: `markdown` (text -> blocks) knows no sections; `outline` (blocks -> sections,
//! pages, questions) knows no widths; `layout` (blocks at a width -> lines with roles) knows no colours and no screen.
//! Pure: bytes in, data out.

pub mod document;
pub mod lines;

pub use document::{
    Block, CodeBlock, Inline, Item, Lesson, Page, Question, QuestionKind, QuestionOption, Section,
    SectionKind, code_blocks,
};
pub use lines::{CodeRole, Role, TextLine, TextSpan};
