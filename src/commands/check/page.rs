//! What `check` prints for people: what was understood, then the findings, each with its line and a caret.

use std::collections::BTreeMap;

use kinesis_lab::lesson::lint::report::{LessonReport, QuestionReport, RunReport};
use kinesis_lab::lesson::lint::{Finding, Origin, Severity};
use kinesis_lab::printable::printable;
use unicode_width::UnicodeWidthStr;

/// Wider lines are hard to read.
const WIDEST: usize = 100;
/// Narrower than this nothing is aligned any more.
const NARROWEST: usize = 40;
/// Where the text stands, right of what it is.
const LABEL: usize = 12;
/// A file with a bad day has no end of findings; these many are told in full.
const MOST_FINDINGS: usize = 200;

/// What is printed on.
pub struct Paper {
    pub width: usize,
    pub colour: bool,
}

/// A lesson to be printed.
pub struct Printed<'a> {
    pub report: &'a LessonReport,
    pub findings: &'a [Finding],
    /// The name and the text of each of its files.
    pub texts: BTreeMap<Origin, (&'a str, &'a str)>,
}

/// Everything that `check` prints.
pub fn print(lessons: &[Printed<'_>], skipped: &[String], paper: &Paper) -> String {
    let mut page = Page {
        out: String::new(),
        width: paper.width.clamp(NARROWEST, WIDEST),
        colour: paper.colour,
    };
    for (index, lesson) in lessons.iter().enumerate() {
        if index > 0 {
            page.out.push('\n');
        }
        page.lesson(lesson);
    }
    if !skipped.is_empty() {
        page.out.push('\n');
        for name in skipped {
            page.line(&format!("{}: not a lesson", printable(name)));
        }
    }
    page.out.push('\n');
    let findings = lessons.iter().flat_map(|lesson| lesson.findings);
    let total = tally(findings);
    let lessons = counted(lessons.len(), "lesson");
    page.line(&format!("{lessons} · {total}"));
    page.out
}

struct Page {
    out: String,
    width: usize,
    colour: bool,
}

impl Page {
    fn lesson(&mut self, lesson: &Printed<'_>) {
        let report = lesson.report;
        let file = printable(&report.file).into_owned();
        self.line(&self.bold(&file));
        self.out.push('\n');
        let time = report
            .duration_minutes
            .map(|minutes| format!(" · {minutes} min"));
        let title = format!("{}{}", report.title, time.unwrap_or_default());
        self.entry("Lesson", &[title]);
        self.entry("Goals", &numbered(&report.goals));
        let sections = report.sections.iter().map(|section| match section.minutes {
            Some(minutes) => format!("{} · {minutes} min", section.title),
            None => section.title.clone(),
        });
        self.entry("Sections", &sections.collect::<Vec<_>>());
        let steps = report.steps.iter().map(|step| {
            let mut text = step.title.clone();
            for file in &step.files {
                text.push_str(&format!("\n  writes {file}"));
            }
            for command in &step.commands {
                text.push_str(&format!(
                    "\n  runs   {}",
                    command.replace('\n', "\n         ")
                ));
            }
            text
        });
        self.entry("Steps", &numbered(&steps.collect::<Vec<_>>()));
        let questions = report.questions.iter().map(question);
        self.entry("Questions", &numbered(&questions.collect::<Vec<_>>()));
        if !report.scenes.is_empty() {
            let scenes = report.scenes.iter().map(|scene| {
                let steps = counted(scene.steps, "step");
                format!("{} · {steps}", scene.title)
            });
            self.entry("Scenes", &numbered(&scenes.collect::<Vec<_>>()));
        }
        if let Some(runs) = &report.runs {
            let runs = runs.iter().map(run);
            self.entry("Runs", &numbered(&runs.collect::<Vec<_>>()));
        }
        if !lesson.findings.is_empty() {
            self.out.push('\n');
        }
        for finding in lesson.findings.iter().take(MOST_FINDINGS) {
            self.finding(finding, &lesson.texts);
        }
        if let Some(more) = lesson
            .findings
            .len()
            .checked_sub(MOST_FINDINGS)
            .filter(|more| *more > 0)
        {
            self.line(&format!("and {more} more"));
        }
    }

    /// A label and its entries, each on lines of its own to the right of it.
    fn entry(&mut self, label: &str, entries: &[String]) {
        let mut margin = format!("  {label:<LABEL$}");
        if entries.is_empty() {
            let none = self.dim("none");
            self.line(&format!("{margin}{none}"));
        }
        for entry in entries {
            for line in entry.lines() {
                // What goes on stands below its text, not below its number.
                let indent = line.len() - line.trim_start().len();
                let number = line.trim_start();
                let digits = number.len()
                    - number
                        .trim_start_matches(|c: char| c.is_ascii_digit())
                        .len();
                let hang = indent
                    + if digits > 0 && number[digits..].starts_with("  ") {
                        digits + 2
                    } else {
                        2
                    };
                for (index, part) in wrap(&printable(line), self.width - LABEL - 2, hang)
                    .iter()
                    .enumerate()
                {
                    let below = if index > 0 {
                        " ".repeat(hang)
                    } else {
                        String::new()
                    };
                    self.line(&format!("{margin}{below}{part}"));
                    margin = " ".repeat(LABEL + 2);
                }
            }
        }
    }

    fn finding(&mut self, finding: &Finding, texts: &BTreeMap<Origin, (&str, &str)>) {
        let Some((name, text)) = texts.get(&finding.origin) else {
            return;
        };
        // The place and the first words stay on one line: editors make a link of them.
        let place = format!("{}:{}: ", printable(name), finding.line);
        let severity = finding.severity.name();
        let words = printable(&finding.message);
        let said = format!("{place}{severity}: {words}");
        for (index, part) in wrap(&said, self.width, 4).iter().enumerate() {
            let painted = part
                .strip_prefix(&place)
                .and_then(|rest| rest.strip_prefix(severity))
                .filter(|_| index == 0)
                .map(|rest| format!("{place}{}{rest}", self.paint(severity, finding.severity)));
            let below = if index > 0 { "    " } else { "" };
            self.line(&format!("{below}{}", painted.as_deref().unwrap_or(part)));
        }
        let Some(source) = text.lines().nth(finding.line.saturating_sub(1)) else {
            return;
        };
        let column = finding.column.map_or_else(
            || source.len() - source.trim_start().len(),
            |column| {
                source
                    .char_indices()
                    .nth(column - 1)
                    .map_or(source.len(), |(at, _)| at)
            },
        );
        let number = finding.line.to_string();
        let before = shown(&source[..column.min(source.len())]);
        let room = self.width.saturating_sub(number.len() + 7);
        let (start, line) = window(&shown(source), before.width(), room);
        let bar = self.dim("|");
        self.line(&format!("    {} {bar} {line}", self.dim(&number)));
        let caret = " ".repeat(before.width().saturating_sub(start));
        let caret = format!("{caret}{}", self.paint("^", finding.severity));
        self.line(&format!("    {} {bar} {caret}", " ".repeat(number.len())));
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn bold(&self, text: &str) -> String {
        self.styled(text, "1")
    }

    fn dim(&self, text: &str) -> String {
        self.styled(text, "2")
    }

    fn paint(&self, text: &str, severity: Severity) -> String {
        self.styled(
            text,
            match severity {
                Severity::Error => "1;31",
                Severity::Warning => "33",
                Severity::Note => "36",
            },
        )
    }

    fn styled(&self, text: &str, style: &str) -> String {
        if self.colour {
            format!("\u{1b}[{style}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A source line as it is shown: a tab is as wide as four spaces, whatever steers a terminal is a symbol.
fn shown(text: &str) -> String {
    printable(&text.replace('\t', "    ")).into_owned()
}

/// The part of a line that has the column in it and fits, and the column it starts at.
fn window(line: &str, column: usize, room: usize) -> (usize, String) {
    let start = if column < room { 0 } else { column - room / 2 };
    let mut at = 0;
    let mut out = String::new();
    let mut used = 0;
    for c in line.chars() {
        let mut bytes = [0; 4];
        let wide = c.encode_utf8(&mut bytes).width();
        if at >= start {
            if used + wide > room.saturating_sub(1) {
                out.push('…');
                break;
            }
            out.push(c);
            used += wide;
        }
        at += wide;
    }
    (start, out)
}

fn question(question: &QuestionReport) -> String {
    let kind = match (question.kind, question.correct.is_empty()) {
        ("open", _) => "open: the learner compares with the answer".to_owned(),
        (kind, true) => format!("{kind}, not graded: the learner compares with the answer"),
        (kind, false) => format!("{kind}, right: {}", question.correct.join(", ")),
    };
    let mut text = format!("{}\n  {kind}", question.title);
    for option in &question.options {
        let first = option.text.lines().find(|line| !line.trim().is_empty());
        let more = option.text.trim().lines().count() > 1;
        text.push_str(&format!(
            "\n  {}  {}{}",
            option.label,
            first.unwrap_or_default().trim(),
            if more { " …" } else { "" }
        ));
    }
    text
}

fn run(run: &RunReport) -> String {
    let mut text = run.command.replace('\n', "\n  ");
    if let Some(why) = &run.not_run {
        text.push_str(&format!("\n  not run: {why}"));
        return text;
    }
    let named = |counts: &BTreeMap<String, u64>| {
        let named = counts.iter().map(|(name, count)| format!("{name} {count}"));
        named.collect::<Vec<_>>().join(", ")
    };
    let mut parts = vec![run.ended.clone()];
    if run.exit.is_some() {
        parts.push(format!("{:.1} s", run.seconds));
    }
    if run.calls.is_empty() {
        parts.push("no calls".to_owned());
    } else {
        parts.push(named(&run.calls));
        parts.push(format!("{} put, {} read", run.put, run.read));
    }
    if !run.refused.is_empty() {
        parts.push(format!("refused: {}", named(&run.refused)));
    }
    if run.untold > 0 {
        parts.push(format!(
            "{} not counted",
            counted(run.untold as usize, "more call")
        ));
    }
    text.push_str(&format!("\n  {}", parts.join(" · ")));
    for line in &run.last_lines {
        text.push_str(&format!("\n  | {line}"));
    }
    text
}

/// The entries with their numbers; what goes on below an entry's first line is moved right.
fn numbered(entries: &[String]) -> Vec<String> {
    let digits = entries.len().to_string().len();
    let entries = entries.iter().enumerate().map(|(index, entry)| {
        let below = format!("\n{}", " ".repeat(digits));
        format!("{:>digits$}  {}", index + 1, entry.replace('\n', &below))
    });
    entries.collect()
}

/// Words in lines of at most `width` columns; all but the first leave room for the hang.
fn wrap(text: &str, width: usize, hang: usize) -> Vec<String> {
    let indent = text.len() - text.trim_start().len();
    if text.width() <= width {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = text[..indent].to_owned();
    let mut empty = true;
    for word in text[indent..].split(' ') {
        let room = if lines.is_empty() {
            width
        } else {
            width.saturating_sub(hang).max(8)
        };
        if !empty && line.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut line));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
    lines
}

fn tally<'a>(findings: impl Iterator<Item = &'a Finding>) -> String {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.severity).or_insert(0) += 1;
    }
    if counts.is_empty() {
        return "nothing found".to_owned();
    }
    let parts = counts
        .into_iter()
        .map(|(severity, count)| counted(count, severity.name()));
    parts.collect::<Vec<_>>().join(", ")
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
