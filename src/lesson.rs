//! A lesson: markdown in, a [`Lesson`] out, its questions graded, its pages laid out as lines of text.
//!
//! Stages, each ignorant of the next: `markdown` (text -> blocks) knows no sections; `outline` (blocks -> sections,
//! pages, questions) knows no widths; `layout` (blocks at a width -> lines with roles) knows no colours and no screen.
//! Pure: bytes in, data out.

mod acts;
mod answer_list;
mod answers;
mod checkpoint;
mod details;
pub mod discussion;
mod document;
mod fault;
mod fences;
mod file_names;
mod front_matter;
mod head;
mod highlight;
mod layout;
mod levels;
mod lines;
pub mod lint;
mod markdown;
mod marks;
mod options;
mod outline;
mod phrases;
mod questions;
pub mod quiz;
mod read;
mod running_text;
pub mod scenes;
mod search;
mod settings;
mod source_lines;
mod sources;
mod spelling;
pub mod step_settings;
mod titles;

use front_matter::Parted;

pub use acts::{Command, NamedFile, command, commands, files};
pub use discussion::Prompt;
pub use document::{
    Block, CodeBlock, Inline, Item, Lesson, Page, Question, QuestionKind, QuestionOption, Section,
    SectionKind, all_text, code_blocks, plain, same_title,
};
pub use fault::Fault;
pub use highlight::{CodeLine, Highlights, highlight};
pub use layout::{WIDEST, layout};
pub use lines::{CodeRole, Role, TextLine, TextSpan};
pub use read::{ReadError, read};
pub use search::find;
pub use settings::{
    GoalSettings, Misconception, NoteSettings, QuestionSettings, Settings, settings,
};
pub use spelling::is_near;

/// The lesson in a text as [`read`] gives it. Never fails: what is no dialect of a lesson is shown as it is.
pub fn parse(markdown: &str, settings: &Settings) -> Lesson {
    let Parted {
        metadata,
        text,
        first_line,
    } = front_matter::part(markdown);
    let mut lesson = outline::outline(markdown::blocks(text, first_line), metadata, settings);
    checkpoint::find_lines(&mut lesson, text, first_line);
    lesson.prompts = discussion::prompts(&lesson);
    lesson.text = markdown.into();
    lesson
}

/// Whether a text is a lesson rather than some other markdown: it has a title and a section of a kind that lessons have.
pub fn looks_like_a_lesson(lesson: &Lesson) -> bool {
    use SectionKind::{Checkpoint, Discussion, Goals, HandsOn};
    let kinds = [Goals, Discussion, HandsOn, Checkpoint];
    let mut sections = lesson.sections.iter();
    lesson.title != outline::UNTITLED && sections.any(|section| kinds.contains(&section.kind))
}

#[cfg(test)]
mod tests;
