//! `kinesis-lab report`: what was done in lessons, from the state folder alone.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use kinesis_lab::app::report::{self, FORMAT, Report, Reports};
use kinesis_lab::cli::ReportOptions;
use kinesis_lab::printable::{printable, printable_json};
use kinesis_lab::progress::folder;
use kinesis_lab::progress::{LessonProgress, Progress};

use super::lesson;

/// The width of lines where standard output is no terminal.
const WIDTH: usize = 80;

pub fn run(options: &ReportOptions) -> Result<()> {
    let located = super::state_folder().map_err(anyhow::Error::msg)?;
    let progress = folder::peek(&located).map_err(anyhow::Error::msg)?;
    let mut lessons = match &options.lesson {
        Some(path) => vec![named(path, &progress)?],
        None => progress
            .lessons
            .iter()
            .map(|(key, kept)| kept_under(key, kept))
            .collect(),
    };
    if options.without_notes {
        lessons.iter_mut().for_each(|lesson| lesson.notes = None);
    }
    let text = match (options.json, options.md) {
        (true, _) => {
            let reports = Reports {
                format: FORMAT,
                lessons,
            };
            printable_json(&serde_json::to_string_pretty(&reports)?).into_owned() + "\n"
        }
        (_, true) => {
            let pages: Vec<String> = lessons.iter().map(report::markdown).collect();
            harmless(&pages.join("\n"))
        }
        _ if lessons.is_empty() => {
            "Nothing is kept yet: open a lesson with kinesis-lab first.\n".to_owned()
        }
        _ => {
            let pages: Vec<String> = lessons.iter().map(for_people).collect();
            harmless(&pages.join("\n"))
        }
    };
    // Whoever reads may have had enough: `report | head`.
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot print")
        }
        _ => Ok(()),
    }
}

/// The report of the lesson that was asked for: by its file, or by the name under which progress keeps it.
fn named(path: &Path, progress: &Progress) -> Result<Report> {
    let name = path.to_string_lossy();
    let full = std::fs::canonicalize(path).ok();
    let key = full.map_or_else(
        || name.clone().into_owned(),
        |full| full.to_string_lossy().into_owned(),
    );
    match progress
        .lessons
        .get(&key)
        .or_else(|| progress.lessons.get(name.as_ref()))
    {
        Some(kept) => Ok(kept_under(&key, kept)),
        // Nothing was done in it yet, which is worth a report too.
        None if lesson::is_built_in(path) || path.exists() => {
            let opened = lesson::open(path)?;
            Ok(report::of(
                &opened.lesson,
                &opened.key,
                &LessonProgress::default(),
            ))
        }
        None => bail!("{name} is no file, and nothing is kept of a lesson of this name"),
    }
}

fn kept_under(key: &str, kept: &LessonProgress) -> Report {
    match lesson::open(Path::new(key)) {
        Ok(opened) => report::of(&opened.lesson, key, kept),
        Err(_) => report::gone(key, kept),
    }
}

fn for_people(report: &Report) -> String {
    let width = match io::stdout().is_terminal() {
        true => crossterm::terminal::size().map_or(WIDTH, |(columns, _)| usize::from(columns)),
        false => WIDTH,
    };
    let mut text = format!("{}\n\n", report.title);
    for line in report::lines(report, width) {
        let line: String = line.iter().map(|(text, _)| text.as_str()).collect();
        text += line.trim_end();
        text += "\n";
    }
    let notes = report.notes.as_ref().map_or(0, Vec::len);
    if notes > 0 {
        let words = match notes {
            1 => "1 note".to_owned(),
            notes => format!("{notes} notes"),
        };
        text += &format!("\n{words} on the discussion: --md and --json write them out.\n");
    }
    text
}

/// Lessons and saved files may hold anything.
fn harmless(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(printable).collect();
    lines.join("\n")
}
