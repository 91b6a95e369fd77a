//! Blocks to a lesson: head, goals, sections, pages and questions. Knows no widths and no screen.

use std::collections::HashMap;

use super::document::{Block, Inline, Lesson, Page, Section, SectionKind, plain, slug};
use super::file_names::name_files;
use super::questions::{holds_details, question};
use super::settings::Settings;

/// The title of a lesson that has none.
pub const UNTITLED: &str = "Untitled lesson";

/// The lesson that these blocks make. It has at least one page, whatever they are.
pub fn outline(
    mut blocks: Vec<Block>,
    metadata: Vec<(String, String)>,
    settings: &Settings,
) -> Lesson {
    name_files(&mut blocks);
    let (title, line) = match take_title(&mut blocks) {
        Some((title, line)) => (Some(title), line),
        None => (None, 1),
    };
    let said = |keys: &[&str]| {
        let mut entries = metadata.iter();
        entries.find(|(key, value)| {
            keys.iter().any(|known| key.eq_ignore_ascii_case(known)) && !value.is_empty()
        })
    };
    let title = title
        .or_else(|| said(&["title"]).map(|(_, title)| title.clone()))
        .unwrap_or_else(|| UNTITLED.to_owned());
    let (mut intro, parts) = split_at_headings(blocks, |level, _| level <= 2);
    let head = head_lines(&intro);
    let mut outline = Outline {
        settings,
        page_keys: Keys::default(),
        question_keys: Keys::default(),
        lesson: Lesson {
            minutes: head
                .iter()
                .find(|(label, _)| label.eq_ignore_ascii_case("duration"))
                .and_then(|(_, value)| minutes(value))
                .or_else(|| {
                    let (_, value) = said(&["duration", "duration_minutes", "minutes"])?;
                    // A bare number is one of minutes here.
                    minutes(value).or_else(|| value.parse().ok())
                }),
            stated_minutes: None,
            head,
            goals: Vec::new(),
            sections: Vec::new(),
            pages: Vec::new(),
            questions: Vec::new(),
            prompts: Vec::new(),
            settings: settings.clone(),
            title: title.clone(),
            metadata,
        },
    };
    // The head stands on the goals' page if that comes first, else on one of its own.
    let goals_first = parts
        .first()
        .is_some_and(|part| kind(&plain(&part.heading)) == SectionKind::Goals);
    if parts.is_empty() || !(goals_first || intro.is_empty()) {
        let blocks = std::mem::take(&mut intro);
        outline.add_section(Heading { title, line }, None, SectionKind::Reading, blocks);
    }
    for Part {
        line,
        heading,
        blocks,
    } in parts
    {
        let (title, minutes) = without_minutes(&plain(&heading));
        let kind = kind(&title);
        if kind == SectionKind::Goals && outline.lesson.goals.is_empty() {
            outline.lesson.goals = goals(&blocks);
        }
        let mut content = std::mem::take(&mut intro);
        content.extend(blocks);
        outline.add_section(Heading { title, line }, minutes, kind, content);
    }
    let mut lesson = outline.lesson;
    lesson.stated_minutes = lesson.minutes;
    lesson.minutes = lesson.minutes.or_else(|| {
        let minutes = lesson.sections.iter().filter_map(|section| section.minutes);
        minutes.reduce(u32::saturating_add)
    });
    lesson
}

/// A lesson that is growing.
struct Outline<'a> {
    settings: &'a Settings,
    lesson: Lesson,
    page_keys: Keys,
    question_keys: Keys,
}

/// Keys that are taken, each with how often it was asked for.
#[derive(Default)]
struct Keys(HashMap<String, u32>);

impl Keys {
    /// The key, numbered if it is taken.
    fn take(&mut self, key: String) -> String {
        let mut free = key.clone();
        while let Some(&times) = self.0.get(&free) {
            self.0.insert(key.clone(), times + 1);
            free = format!("{key}-{}", times + 1);
        }
        self.0.insert(free.clone(), 1);
        free
    }
}

impl Outline<'_> {
    fn add_section(
        &mut self,
        heading: Heading,
        minutes: Option<u32>,
        kind: SectionKind,
        blocks: Vec<Block>,
    ) {
        let first_page = self.lesson.pages.len();
        match kind {
            SectionKind::HandsOn | SectionKind::Reading => self.add_parts(&heading, blocks),
            SectionKind::Checkpoint => self.add_checkpoint(&heading, blocks),
            _ => self.add_page(&heading, &heading, None, blocks),
        }
        self.lesson.sections.push(Section {
            title: heading.title,
            line: heading.line,
            minutes,
            kind,
            first_page,
        });
    }

    /// A page for each step or idea. What introduces them stands on the first, or on its own page if it is more than
    /// a sentence or two.
    fn add_parts(&mut self, section: &Heading, blocks: Vec<Block>) {
        let (mut intro, parts) = split_at_headings(blocks, |level, _| level == 3);
        if parts.is_empty() || intro.len() > 1 {
            self.add_page(section, section, None, std::mem::take(&mut intro));
        }
        for Part {
            line,
            heading,
            blocks,
        } in parts
        {
            let heading = plain(&heading);
            let (step, title) = match numbered(&heading, "step") {
                Some((number, title)) => (Some(number), title),
                None => (None, heading.trim()),
            };
            let mut content = std::mem::take(&mut intro);
            content.extend(blocks);
            let title = title.to_owned();
            self.add_page(section, &Heading { title, line }, step, content);
        }
    }

    /// A page without the questions, and the questions.
    fn add_checkpoint(&mut self, section: &Heading, blocks: Vec<Block>) {
        let (intro, parts) = split_at_headings(blocks, |level, text| {
            level == 3 || (level > 3 && numbered(&plain(text), "question").is_some())
        });
        let mut page = Vec::new();
        if holds_details(&intro) {
            self.add_question(&section.title, section.line, intro);
        } else {
            page = intro;
        }
        for Part {
            line,
            heading,
            blocks,
        } in parts
        {
            let text = plain(&heading);
            match numbered(&text, "question") {
                Some((_, title)) => self.add_question(title, line, blocks),
                // Whatever it is called: what hides an answer is a question.
                None if holds_details(&blocks) => self.add_question(text.trim(), line, blocks),
                None => {
                    page.push(Block::Heading {
                        line,
                        level: 3,
                        text: heading,
                    });
                    page.extend(blocks);
                }
            }
        }
        self.add_page(section, section, None, page);
    }

    fn add_question(&mut self, title: &str, line: usize, blocks: Vec<Block>) {
        let mut question = question(title, line, blocks, self.settings);
        question.key = self.question_keys.take(question.key);
        self.lesson.questions.push(question);
    }

    fn add_page(
        &mut self,
        section: &Heading,
        heading: &Heading,
        step: Option<u32>,
        blocks: Vec<Block>,
    ) {
        let key = match (slug(&section.title), slug(&heading.title)) {
            (section, title) if section == title => section,
            (section, title) => format!("{section}/{title}"),
        };
        self.lesson.pages.push(Page {
            section: self.lesson.sections.len(),
            key: self.page_keys.take(key),
            title: heading.title.clone(),
            line: heading.line,
            step,
            blocks,
        });
    }
}

/// What a section or a page is called, and where.
struct Heading {
    title: String,
    line: usize,
}

/// A heading and what stands under it.
struct Part {
    line: usize,
    heading: Vec<Inline>,
    blocks: Vec<Block>,
}

/// What stands before the first heading that parts, and what stands under each.
fn split_at_headings(
    blocks: Vec<Block>,
    parts: impl Fn(u8, &[Inline]) -> bool,
) -> (Vec<Block>, Vec<Part>) {
    let mut before = Vec::new();
    let mut found: Vec<Part> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading { line, level, text } if parts(level, &text) => found.push(Part {
                line,
                heading: text,
                blocks: Vec::new(),
            }),
            block => match found.last_mut() {
                Some(part) => part.blocks.push(block),
                None => before.push(block),
            },
        }
    }
    (before, found)
}

fn take_title(blocks: &mut Vec<Block>) -> Option<(String, usize)> {
    let first = blocks
        .iter()
        .position(|block| matches!(block, Block::Heading { level: 1, .. }));
    match blocks.remove(first?) {
        Block::Heading { text, line, .. } => Some((plain(&text).trim().to_owned(), line)),
        _ => None,
    }
}

/// The `**Label**: value` lines.
fn head_lines(blocks: &[Block]) -> Vec<(String, String)> {
    let paragraphs = blocks.iter().filter_map(|block| match block {
        Block::Paragraph(text) => Some(text),
        _ => None,
    });
    paragraphs
        .flat_map(|text| text.split(|inline| *inline == Inline::LineBreak))
        .filter_map(|line| {
            let (Inline::Strong(label), value) = line.split_first()? else {
                return None;
            };
            let (label, value) = (plain(label), plain(value));
            let colons = label.ends_with(':') || value.starts_with(':');
            colons.then(|| {
                let label = label.trim_end_matches(':').trim();
                (
                    label.to_owned(),
                    value.trim_start_matches(':').trim().to_owned(),
                )
            })
        })
        .collect()
}

/// The items of the first ordered list, else of the first list.
fn goals(blocks: &[Block]) -> Vec<Vec<Inline>> {
    let lists = || {
        blocks.iter().filter_map(|block| match block {
            Block::List { start, items, .. } => Some((start, items)),
            _ => None,
        })
    };
    let list = lists()
        .find(|(start, _)| start.is_some())
        .or(lists().next());
    let Some((_, items)) = list else {
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| match item.blocks.first() {
            Some(Block::Paragraph(text)) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

fn kind(title: &str) -> SectionKind {
    let title = title.to_lowercase().replace('-', " ");
    let says = |words: &[&str]| words.iter().any(|word| title.contains(word));
    if says(&[
        "checkpoint",
        "quiz",
        "check your understanding",
        "knowledge check",
    ]) {
        SectionKind::Checkpoint
    } else if says(&["discussion"]) {
        SectionKind::Discussion
    } else if says(&["hands on"]) {
        SectionKind::HandsOn
    } else if says(&["learning goals", "learning objectives", "goals"]) {
        SectionKind::Goals
    } else if says(&["summary", "wrap up"]) {
        SectionKind::Summary
    } else {
        SectionKind::Reading
    }
}

/// The number and title of `Step 2: Title` or `Question 2: Title`.
pub(super) fn numbered<'a>(heading: &'a str, word: &str) -> Option<(u32, &'a str)> {
    let heading = heading.trim();
    let (first, rest) = heading.split_at_checked(word.len())?;
    if !first.eq_ignore_ascii_case(word) {
        return None;
    }
    let rest = rest.trim_start();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = rest[..digits].parse().ok()?;
    let title = rest[digits..].trim_start_matches([':', '.', ')', '-', '–', '—', ' ']);
    Some((number, if title.is_empty() { heading } else { title }))
}

/// A section's heading without `(10 min)` at its end, and those minutes.
fn without_minutes(heading: &str) -> (String, Option<u32>) {
    let heading = heading.trim();
    let timed = heading
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
        .and_then(|(title, time)| Some((title, minutes(time)?)));
    match timed {
        Some((title, minutes)) => (title.trim().to_owned(), Some(minutes)),
        None => (heading.to_owned(), None),
    }
}

/// The minutes that `45 minutes`, `~10 min` or `1.5 hours` mean.
fn minutes(time: &str) -> Option<u32> {
    let mut sum: Option<f64> = None;
    let mut rest = time;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[start..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number: Option<f64> = rest[..end].parse().ok();
        rest = rest[end..].trim_start();
        let unit: String = rest
            .chars()
            .take_while(|c| c.is_alphabetic())
            .flat_map(char::to_lowercase)
            .collect();
        let factor = match unit.as_str() {
            "m" | "min" | "mins" | "minute" | "minutes" => 1.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60.0,
            _ => continue,
        };
        sum = number.map(|number| sum.unwrap_or(0.0) + number * factor);
    }
    // A cast saturates: minutes beyond the type stay at its end.
    sum.map(|minutes| minutes.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_read_as_people_write_them() {
        let check = |time: &str, expected| assert_eq!(minutes(time), expected, "{time:?}");
        check("45 minutes", Some(45));
        check("~10 min", Some(10));
        check("1.5 hours", Some(90));
        check("1h 30m", Some(90));
        check("2-3 hours", Some(180));
        check("optional", None);
        check("part 2", None);
        check("99999999999999 h", Some(u32::MAX));
    }

    #[test]
    fn only_minutes_are_taken_off_a_heading() {
        let check = |heading: &str, title: &str, minutes| {
            assert_eq!(without_minutes(heading), (title.to_owned(), minutes));
        };
        check("Core Concepts (10 min)", "Core Concepts", Some(10));
        check("Cleanup (optional)", "Cleanup (optional)", None);
        check("Plain", "Plain", None);
    }
}
