//! Rules on code: does it parse, and does it fit a screen.

use unicode_width::UnicodeWidthStr;

use super::super::document::{Block, CodeBlock, Lesson, code_blocks};
use super::{Findings, Severity, Subject, counted, python};

/// Code has this many columns when the lesson has the screen for itself, and when all panes share it.
const COLUMNS: (usize, usize) = (76, 56);

pub fn check(subject: &Subject<'_>, found: &mut Findings) {
    for blocks in every_block(subject.lesson) {
        for code in code_blocks(blocks) {
            parses(&code, found);
            fits(&code, found);
        }
    }
}

/// The blocks of pages, questions, options and answers.
pub fn every_block(lesson: &Lesson) -> impl Iterator<Item = &[Block]> {
    let pages = lesson.pages.iter().map(|page| page.blocks.as_slice());
    let questions = lesson.questions.iter().flat_map(|question| {
        let options = question
            .options
            .iter()
            .map(|option| option.blocks.as_slice());
        [question.prompt.as_slice(), question.explanation.as_slice()]
            .into_iter()
            .chain(options)
    });
    pages.chain(questions)
}

fn parses(code: &CodeBlock<'_>, found: &mut Findings) {
    let elided = code.source.contains("...") || code.source.contains('…');
    let fault = match code.language {
        // A lesson may show a part of a document, or comments in it.
        "json" if !elided && !code.source.contains("//") => json(code.source),
        "toml" if !elided => toml(code.source),
        "python" | "python3" | "py" => python::fault(code.source),
        _ => None,
    };
    if let Some((line, what)) = fault {
        // A file is run or read by a program; what is only shown misleads at worst.
        let severity = match code.file {
            Some(_) => Severity::Error,
            None => Severity::Warning,
        };
        found.add(severity, code.line + line, what);
    }
}

/// The line in the source, counted from 1, and what is wrong there.
pub type Fault = (usize, String);

fn json(source: &str) -> Option<Fault> {
    let lines = || source.lines().filter(|line| !line.trim().is_empty());
    // One document, or one on each line.
    let each = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
    let error = serde_json::from_str::<serde_json::Value>(source).err()?;
    if lines().count() > 1 && lines().all(each) || source.trim().is_empty() {
        return None;
    }
    let words = error.to_string();
    let words = words.split(" at line").next().unwrap_or(&words).to_owned();
    Some((
        error.line().max(1),
        format!("this JSON does not parse: {words}"),
    ))
}

fn toml(source: &str) -> Option<Fault> {
    let error = toml::from_str::<toml::Table>(source).err()?;
    let start = error.span().map_or(0, |span| span.start);
    let before = source.get(..start).unwrap_or_default();
    Some((
        before.matches('\n').count() + 1,
        format!("this TOML does not parse: {}", error.message()),
    ))
}

fn fits(code: &CodeBlock<'_>, found: &mut Findings) {
    let widths: Vec<usize> = code.source.lines().map(UnicodeWidthStr::width).collect();
    let wider = |columns: usize| widths.iter().filter(|width| **width > columns).count();
    let (alone, shared) = COLUMNS;
    let Some((line, widest)) = widths.iter().enumerate().max_by_key(|(_, width)| **width) else {
        return;
    };
    let said = match (wider(alone), wider(shared)) {
        (_, 0) => return,
        (0, some) => format!("{} wider than {shared} columns", are(some)),
        (many, some) => format!(
            "{} wider than {alone} columns, {some} than {shared}",
            are(many)
        ),
    };
    found.note(
        code.line + line + 1,
        format!("{said} in this code (this one has {widest}): a learner must scroll sideways"),
    );
}

fn are(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count, "line"))
}
