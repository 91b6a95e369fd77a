//! What was understood of lessons, as JSON: the form that `docs/authoring.md` describes. It is versioned; members are
//! added, never changed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::acts::{commands, files};
use super::super::document::{Block, Lesson, Page, QuestionKind, SectionKind, all_text, plain};
use super::super::scenes::Scene;
use super::questions::letter;
use super::{Finding, Origin};

/// The version of the form.
pub const FORMAT: u32 = 1;

/// Everything that a `check` tells.
#[derive(Debug, Serialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: u32,
    /// The lessons, in the order in which they were named or found.
    pub lessons: Vec<LessonReport>,
    /// Markdown files in the folders that are no lessons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<String>,
}

/// A lesson.
#[derive(Debug, Serialize)]
pub struct LessonReport {
    /// Its file, as it was named.
    pub file: String,
    /// Its title.
    pub title: String,
    /// How long it takes; `null` if nothing says so.
    pub duration_minutes: Option<u32>,
    /// The goals, a text each.
    pub goals: Vec<String>,
    /// The sections.
    pub sections: Vec<SectionReport>,
    /// The hands-on steps.
    pub steps: Vec<StepReport>,
    /// The checkpoint's questions.
    pub questions: Vec<QuestionReport>,
    /// Its scenes, if it has any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scenes: Vec<SceneReport>,
    /// What the author should know.
    pub findings: Vec<FindingReport>,
    /// What its commands did, if they were run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<Vec<RunReport>>,
}

/// A command that was run, or was not.
#[derive(Debug, Default, Serialize)]
pub struct RunReport {
    /// The command, without prompts.
    pub command: String,
    /// Where its block begins, counted from 1.
    pub line: usize,
    /// Its exit code; `null` if it did not end by itself.
    pub exit: Option<i32>,
    /// How long it took.
    pub seconds: f64,
    /// Its calls by operation, the refused ones included.
    pub calls: BTreeMap<String, u64>,
    /// The refused ones by the error's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, u64>,
    /// How many records it stored.
    pub put: u64,
    /// How many records it was given.
    pub read: u64,
    /// Why it was not run.
    pub not_run: Option<String>,
    /// How it ended, in words.
    #[serde(skip)]
    pub ended: String,
    /// The last that it said, if it failed.
    #[serde(skip)]
    pub last_lines: Vec<String>,
    /// Calls that came too fast to be counted.
    #[serde(skip)]
    pub untold: u64,
}

/// A section.
#[derive(Debug, Serialize)]
pub struct SectionReport {
    /// Its heading without the minutes.
    pub title: String,
    /// Its minutes.
    pub minutes: Option<u32>,
}

/// A hands-on step.
#[derive(Debug, Serialize)]
pub struct StepReport {
    /// Its heading without `Step N:`.
    pub title: String,
    /// The names of its files.
    pub files: Vec<String>,
    /// Its commands, without prompts.
    pub commands: Vec<String>,
}

/// A scene.
#[derive(Debug, Serialize)]
pub struct SceneReport {
    /// Its title.
    pub title: String,
    /// How many steps it has.
    pub steps: usize,
}

/// A question.
#[derive(Debug, Serialize)]
pub struct QuestionReport {
    /// Its heading without `Question N:`.
    pub title: String,
    /// `multiple`, `single`, `comparison` or `open`.
    pub kind: &'static str,
    /// Its options.
    pub options: Vec<OptionReport>,
    /// The letters of the right options; empty if it is open or cannot be graded.
    pub correct: Vec<String>,
    /// The answer's text.
    pub explanation: String,
}

/// An option.
#[derive(Debug, Serialize)]
pub struct OptionReport {
    /// The letter that stands before it on the screen.
    pub label: String,
    /// What it says.
    pub text: String,
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct FindingReport {
    /// The name of `lab.toml`, or of the file of scenes, if it is not in the lesson's own file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: usize,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// What is so, and what to do.
    pub message: String,
}

/// A lesson with its findings.
pub fn lesson(file: String, lesson: &Lesson, findings: &[Finding]) -> LessonReport {
    LessonReport {
        file,
        title: lesson.title.clone(),
        duration_minutes: lesson.minutes,
        goals: lesson
            .goals
            .iter()
            .map(|goal| words(&plain(goal)))
            .collect(),
        sections: lesson
            .sections
            .iter()
            .map(|section| SectionReport {
                title: section.title.clone(),
                minutes: section.minutes,
            })
            .collect(),
        steps: steps(lesson).map(step).collect(),
        questions: lesson.questions.iter().map(question).collect(),
        scenes: lesson.settings.scenes.iter().map(scene).collect(),
        findings: findings.iter().map(|it| finding(it, lesson)).collect(),
        runs: None,
    }
}

/// The pages that are hands-on steps: each part of a hands-on section. What introduces the section is none, unless there
/// is nothing else.
pub fn steps(lesson: &Lesson) -> impl Iterator<Item = &Page> {
    let parts = |section: usize| {
        lesson
            .pages
            .iter()
            .filter(move |page| page.section == section)
    };
    lesson.pages.iter().filter(move |page| {
        let Some(section) = lesson.sections.get(page.section) else {
            return false;
        };
        let introduces = page.line == section.line && page.title == section.title;
        section.kind == SectionKind::HandsOn && (!introduces || parts(page.section).count() == 1)
    })
}

fn step(page: &Page) -> StepReport {
    let names = files(page).into_iter().map(|file| file.name.to_owned());
    StepReport {
        title: page.title.clone(),
        files: names.collect(),
        commands: commands(page).into_iter().map(|it| it.text).collect(),
    }
}

fn question(question: &super::super::document::Question) -> QuestionReport {
    let options = question.options.iter().enumerate();
    QuestionReport {
        title: question.title.clone(),
        kind: match question.kind {
            QuestionKind::Multiple => "multiple",
            QuestionKind::Single => "single",
            QuestionKind::Comparison => "comparison",
            QuestionKind::Open => "open",
        },
        options: options
            .map(|(index, option)| OptionReport {
                label: letter(index).to_string(),
                text: text(&option.blocks),
            })
            .collect(),
        correct: question
            .correct
            .iter()
            .map(|option| letter(*option).to_string())
            .collect(),
        explanation: text(&question.explanation),
    }
}

fn scene(scene: &Scene) -> SceneReport {
    SceneReport {
        title: scene.title.clone(),
        steps: scene.steps.len(),
    }
}

fn finding(finding: &Finding, lesson: &Lesson) -> FindingReport {
    FindingReport {
        file: match finding.origin {
            Origin::Lesson => None,
            Origin::Settings => Some("lab.toml".to_owned()),
            Origin::Scenes => lesson.settings.scene_file.clone(),
        },
        line: finding.line,
        severity: finding.severity.name(),
        message: finding.message.clone(),
    }
}

/// Blocks as plain text: paragraphs apart, items on lines of their own, code as it is.
pub fn text(blocks: &[Block]) -> String {
    let mut parts = Vec::new();
    for block in blocks {
        parts.push(match block {
            Block::Code { source, .. } => source.trim_end().to_owned(),
            Block::List { start, items, .. } => {
                let items = items.iter().enumerate().map(|(index, item)| {
                    let mark = match start {
                        Some(start) => format!("{}.", start.saturating_add(index as u64)),
                        None => "-".to_owned(),
                    };
                    format!("{mark} {}", text(&item.blocks).replace('\n', "\n  "))
                });
                items.collect::<Vec<_>>().join("\n")
            }
            Block::Quote(blocks) => text(blocks),
            Block::Details {
                summary, blocks, ..
            } => {
                format!("{}\n{}", words(&plain(summary)), text(blocks))
            }
            other => words(&all_text(std::slice::from_ref(other))),
        });
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
