//! A page of the lesson in lines: nothing is drawn, tables are read out row by row, code keeps its lines.

use std::sync::Arc;

use super::Talk;
use super::text::{count, harmless, inlines};
use crate::app::Model;
use crate::lesson::{Block, Item, Lesson, Page, plain};

/// Which page was told.
#[derive(Debug)]
pub(super) struct PageTold {
    lesson: Arc<Lesson>,
    page: usize,
    unfolded: bool,
}

impl PageTold {
    fn blocks(&self) -> Option<&Page> {
        self.lesson.pages.get(self.page)
    }
}

impl Talk {
    /// The open page, if it is another one than was told, or has other words.
    pub(super) fn tell_page(&mut self, model: &Model) {
        let pane = &model.lesson;
        let unfolded = pane.unfolded.contains(&pane.page);
        let told = self.page.as_ref();
        if told.is_some_and(|told| told.unfolded == unfolded && told.blocks() == pane.page()) {
            return;
        }
        // What was folded is read alone: the rest of the page was read already.
        let opened =
            unfolded && told.is_some_and(|told| !told.unfolded && told.blocks() == pane.page());
        self.page = Some(PageTold {
            lesson: Arc::clone(&pane.lesson),
            page: pane.page,
            unfolded,
        });
        let Some(page) = pane.page() else {
            return;
        };
        if opened {
            let details = page.blocks.iter().filter(|it| is_details(it));
            for line in lines(details, self.width, true) {
                self.say(&line);
            }
            return;
        }
        // All that was told of its checks belongs to another page, or to another version of it.
        self.checks = super::ChecksTold::default();
        self.say("");
        for line in of_page(model, unfolded, self.width) {
            self.say(&line);
        }
    }
}

fn is_details(block: &Block) -> bool {
    matches!(block, Block::Details { .. })
}

/// Whether something is folded on a page.
pub(super) fn has_folds(page: &Page) -> bool {
    page.blocks.iter().any(is_details)
}

/// A page under its heading.
fn of_page(model: &Model, unfolded: bool, width: usize) -> Vec<String> {
    let (lesson, number) = (&model.lesson.lesson, model.lesson.page);
    let Some(page) = lesson.pages.get(number) else {
        return Vec::new();
    };
    let mut told = Vec::new();
    let section = lesson.sections.get(page.section);
    if number == 0 {
        told.push(lesson.title.clone());
        told.push(String::new());
    }
    let title = match page.step {
        Some(step) => {
            let steps = lesson
                .pages
                .iter()
                .filter(|other| other.section == page.section && other.step.is_some());
            format!("Step {step} of {}: {}", steps.count(), page.title)
        }
        None => page.title.clone(),
    };
    let place = format!("page {} of {}", number + 1, lesson.pages.len());
    match section {
        Some(section) if section.first_page == number && section.title != page.title => {
            let minutes = section
                .minutes
                .map_or(String::new(), |minutes| format!(", {minutes} minutes"));
            told.push(format!("Section: {}{minutes}", section.title));
            told.push(format!("{title} ({place})"));
        }
        _ => told.push(format!("{title} ({place})")),
    }
    told.push(String::new());
    match super::notes::of_page(model, width) {
        Some(discussion) => told.extend(discussion),
        None => told.extend(lines(page.blocks.iter(), width, unfolded)),
    }
    if number == 0 {
        told.extend(agenda(lesson, width));
    }
    told
}

/// The sections that lie ahead, with their minutes; nothing where there is only one.
fn agenda(lesson: &Lesson, width: usize) -> Vec<String> {
    let ahead: Vec<String> = lesson
        .sections
        .iter()
        .skip(1)
        .map(|section| match section.minutes {
            Some(minutes) => format!("{} ({minutes} minutes)", section.title),
            None => section.title.clone(),
        })
        .collect();
    if ahead.is_empty() {
        return Vec::new();
    }
    let mut told = vec![String::new()];
    let words = format!("On the way: {}.", ahead.join(", "));
    told.extend(super::text::wrapped(&words, width));
    told
}

/// Blocks in lines, with an empty line between two of them.
pub(super) fn lines<'a>(
    blocks: impl Iterator<Item = &'a Block>,
    width: usize,
    unfolded: bool,
) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for block in blocks {
        if !told.is_empty() {
            told.push(String::new());
        }
        told.extend(block_lines(block, width, unfolded));
    }
    told
}

fn block_lines(block: &Block, width: usize, unfolded: bool) -> Vec<String> {
    match block {
        Block::Heading { text, .. } => inlines(text, width),
        Block::Paragraph(text) => inlines(text, width),
        Block::List {
            start,
            loose,
            items,
        } => list(*start, *loose, items, width, unfolded),
        Block::Code {
            language,
            file,
            source,
            ..
        } => code(language, file.as_deref(), source),
        Block::Table { head, rows } => rows
            .iter()
            .flat_map(|row| {
                let cells = row.iter().enumerate().map(|(column, cell)| {
                    let name = head.get(column).map(|name| plain(name)).unwrap_or_default();
                    match name.is_empty() {
                        true => plain(cell),
                        false => format!("{name}: {}", plain(cell)),
                    }
                });
                let row: Vec<String> = cells.collect();
                hanging("- ", super::text::wrapped(&row.join("; "), width - 2))
            })
            .collect(),
        Block::Quote(blocks) => lines(blocks.iter(), width.saturating_sub(2), unfolded)
            .into_iter()
            .map(|line| format!("> {line}"))
            .collect(),
        Block::Details {
            summary, blocks, ..
        } => {
            if !unfolded {
                return vec![format!("Folded: {}. “open” reads it.", plain(summary))];
            }
            let mut told = vec![format!("{}:", plain(summary).trim_end_matches(':'))];
            told.push(String::new());
            told.extend(lines(blocks.iter(), width, true));
            told
        }
        Block::Rule => vec!["* * *".to_owned()],
    }
}

fn list(
    start: Option<u64>,
    loose: bool,
    items: &[Item],
    width: usize,
    unfolded: bool,
) -> Vec<String> {
    let mut told = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let marker = match (item.task, start) {
            (Some(true), _) => "[x] ".to_owned(),
            (Some(false), _) => "[ ] ".to_owned(),
            (None, Some(start)) => format!("{}. ", start.saturating_add(place as u64)),
            (None, None) => "- ".to_owned(),
        };
        if loose && place > 0 {
            told.push(String::new());
        }
        let room = width.saturating_sub(marker.len()).max(20);
        told.extend(hanging(&marker, lines(item.blocks.iter(), room, unfolded)));
    }
    told
}

/// Lines behind a marker, the further ones below its text.
fn hanging(marker: &str, lines: Vec<String>) -> Vec<String> {
    let indent = " ".repeat(marker.len());
    lines
        .into_iter()
        .enumerate()
        .map(|(row, line)| match (row, line.is_empty()) {
            (0, _) => format!("{marker}{line}"),
            (_, true) => String::new(),
            _ => format!("{indent}{line}"),
        })
        .collect()
}

/// Code as it stands, its tabs as spaces, under a line that says what it is.
fn code(language: &str, file: Option<&str>, source: &str) -> Vec<String> {
    let source: Vec<&str> = source.lines().collect();
    let named = [language, file.unwrap_or_default()];
    let named: Vec<&str> = named.into_iter().filter(|word| !word.is_empty()).collect();
    let named = named.join(", file ");
    let lead = match named.is_empty() {
        true => String::new(),
        false => format!(", {named}"),
    };
    let mut told = vec![format!("Code{lead}, {}:", count(source.len(), "line"))];
    told.extend(
        source
            .iter()
            .map(|line| harmless(&format!("    {}", line.replace('\t', "    ")))),
    );
    told
}
