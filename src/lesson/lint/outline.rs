//! Rules on the lesson as a whole: title, head, sections, headings, brackets that are not closed.

use std::collections::BTreeMap;

use super::super::details::{Tag, find_tag};
use super::super::document::SectionKind;
use super::super::fences::{self, Fences, Place};
use super::super::front_matter;
use super::{Findings, Subject};

pub fn check(subject: &Subject<'_>, found: &mut Findings) {
    let first_line = front_matter::part(subject.text).first_line;
    title(subject, first_line, found);
    minutes(subject, first_line, found);
    sections(subject, first_line, found);
    brackets(subject, first_line, found);
    headings(subject, first_line, found);
}

fn title(subject: &Subject<'_>, first_line: usize, found: &mut Findings) {
    if subject.lesson.title == super::super::outline::UNTITLED {
        found.warning(
            first_line,
            "the lesson has no title: begin it with `# Title`",
        );
    }
}

fn minutes(subject: &Subject<'_>, first_line: usize, found: &mut Findings) {
    let lesson = subject.lesson;
    let timed = lesson.sections.iter().filter_map(|section| section.minutes);
    let sum = timed.reduce(u32::saturating_add);
    let duration = subject
        .text
        .lines()
        .enumerate()
        .position(|(index, line)| {
            index + 1 >= first_line && line.to_lowercase().contains("duration")
        })
        .map_or(first_line, |index| index + 1);
    match (lesson.stated_minutes, sum) {
        (None, None) => found.warning(
            first_line,
            "no duration: write `**Duration**: 45 minutes` below the title, and `(10 min)` at the end of section headings",
        ),
        (None, Some(sum)) => found.warning(
            first_line,
            format!("no duration: the sections add up to {sum} minutes; write `**Duration**: {sum} minutes` below the title"),
        ),
        (Some(stated), Some(sum)) if stated != sum => found.warning(
            duration,
            format!("the sections add up to {sum} minutes, the duration says {stated}"),
        ),
        _ => {}
    }
}

fn sections(subject: &Subject<'_>, first_line: usize, found: &mut Findings) {
    let lesson = subject.lesson;
    let section = |kind| lesson.sections.iter().find(|section| section.kind == kind);
    if lesson.goals.is_empty() {
        match section(SectionKind::Goals) {
            Some(goals) => found.warning(
                goals.line,
                "no goal was found here: write them as a list, one each",
            ),
            None => found.warning(
                first_line,
                "no learning goals: add `## Learning Goals` with a list",
            ),
        }
    }
    if lesson.questions.is_empty() {
        match section(SectionKind::Checkpoint) {
            Some(checkpoint) => found.warning(
                checkpoint.line,
                "no question was found here: begin each with `### Question 1: Title`",
            ),
            None => found.warning(
                first_line,
                "no checkpoint: add `## Checkpoint (5 min)` with `### Question 1: Title`",
            ),
        }
    }
}

/// Fences and details that their author forgot to close.
fn brackets(subject: &Subject<'_>, first_line: usize, found: &mut Findings) {
    let text = front_matter::part(subject.text).text;
    let forgotten = fences::unclosed(text);
    for fence in &forgotten {
        found.error(
            first_line + fence.opened,
            format!(
                "this code is never closed; it is taken to end before line {}: close it with {}",
                first_line + fence.ends_before,
                fence.closing.trim_start_matches([' ', '\t', '>'])
            ),
        );
    }
    let mut forgotten = forgotten.iter().peekable();
    let mut fences = Fences::default();
    let mut open: Vec<usize> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        while let Some(fence) = forgotten.next_if(|fence| fence.ends_before <= index) {
            fences.place(&fence.closing);
        }
        if fences.place(line) != Place::Text {
            continue;
        }
        let line = without_inline_code(line);
        let mut rest = line.as_str();
        while let Some((tag, _, end)) = find_tag(rest) {
            match tag {
                Tag::Details => open.push(first_line + index),
                Tag::DetailsEnd if open.pop().is_none() => {
                    found.warning(first_line + index, "this </details> closes nothing")
                }
                _ => {}
            }
            rest = &rest[end..];
        }
    }
    for line in open {
        found.error(
            line,
            "this <details> is never closed; it is taken to end at the next heading: close it with </details>",
        );
    }
}

/// The line with what stands in backquotes left out.
fn without_inline_code(line: &str) -> String {
    let parts = line.split('`').enumerate();
    parts
        .filter(|(index, _)| index % 2 == 0)
        .map(|(_, part)| part)
        .collect()
}

/// Levels that are skipped, and questions of one title.
fn headings(subject: &Subject<'_>, first_line: usize, found: &mut Findings) {
    let text = front_matter::part(subject.text).text;
    let mut before = 0;
    for (line, level) in headings_of(text) {
        if before > 0 && level > before + 1 {
            found.note(
                first_line + line,
                format!(
                    "this heading skips a level: {} after {}",
                    "#".repeat(level),
                    "#".repeat(before)
                ),
            );
        }
        before = level;
    }
    let mut titles: BTreeMap<&str, usize> = BTreeMap::new();
    for question in &subject.lesson.questions {
        match titles.get(question.title.as_str()) {
            Some(line) => found.warning(
                question.line,
                format!(
                    "there is another question of this title in line {line}: lab.toml cannot tell them apart"
                ),
            ),
            None => {
                titles.insert(&question.title, question.line);
            }
        }
    }
}

/// The index of the line and the level of each `#` heading outside of code.
fn headings_of(text: &str) -> Vec<(usize, usize)> {
    let mut fences = Fences::default();
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let marks = line.len() - line.trim_start_matches('#').len();
        let heading = (1..=6).contains(&marks) && line[marks..].starts_with(' ');
        if fences.place(line) == Place::Text && heading {
            found.push((index, marks));
        }
    }
    found
}
