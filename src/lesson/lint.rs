//! What the author of a lesson should know before learners see it: mistakes, and habits that mislead. Each rule is small
//! and says only what is certain.

mod code;
mod habits;
mod links;
mod outline;
mod python;
mod questions;
pub mod report;
pub mod runs;
mod scenes;
mod settings;
mod steps;

use super::document::{Lesson, Page};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The lesson is broken there.
    Error,
    /// A learner will stumble over it.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Which of a lesson's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The markdown.
    Lesson,
    /// Its `lab.toml`.
    Settings,
    /// The file of scenes that its `lab.toml` names.
    Scenes,
}

/// Something that the author should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In which file.
    pub origin: Origin,
    /// The line, counted from 1.
    pub line: usize,
    /// The character of that line, counted from 1; `None` means the line.
    pub column: Option<usize>,
    /// How much it matters.
    pub severity: Severity,
    /// What is so, and what to do.
    pub message: String,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The lesson's text, as [`read`](super::read) gives it.
    pub text: &'a str,
    /// What was understood of it.
    pub lesson: &'a Lesson,
    /// The text of its `lab.toml`.
    pub settings: Option<&'a str>,
    /// The text of the file of scenes that it names.
    pub scenes: Option<&'a str>,
    /// Whether there is a file of this name, seen from the lesson.
    pub exists: &'a dyn Fn(&str) -> bool,
    /// Whether the lab sees when this step is done.
    pub sees: &'a dyn Fn(&Page) -> bool,
}

/// Everything that is to be said of a lesson, by file and line.
pub fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Findings(Vec::new());
    outline::check(subject, &mut found);
    questions::check(subject, &mut found);
    steps::check(subject, &mut found);
    code::check(subject, &mut found);
    habits::check(subject, &mut found);
    links::check(subject, &mut found);
    settings::check(subject, &mut found);
    scenes::check(subject, &mut found);
    in_order(found.0)
}

/// Findings by file and line, each once.
pub fn in_order(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|a, b| {
        (a.origin, a.line, a.severity, &a.message).cmp(&(b.origin, b.line, b.severity, &b.message))
    });
    found.dedup();
    found
}

/// What was found so far.
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, line: usize, message: impl Into<String>) {
        self.0.push(Finding {
            origin: Origin::Lesson,
            line,
            column: None,
            severity,
            message: message.into(),
        });
    }

    fn error(&mut self, line: usize, message: impl Into<String>) {
        self.add(Severity::Error, line, message);
    }

    fn warning(&mut self, line: usize, message: impl Into<String>) {
        self.add(Severity::Warning, line, message);
    }

    fn note(&mut self, line: usize, message: impl Into<String>) {
        self.add(Severity::Note, line, message);
    }
}

/// `1 line`, `2 lines`.
fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests;
