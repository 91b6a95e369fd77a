//! Blocks to a lesson: head, goals, sections, pages and questions. Knows no widths and no screen.

use std::collections::HashMap;
use std::sync::Arc;

use super::answer_list;
use super::checkpoint::{self, Checkpoint, Draft};
use super::document::{Block, Inline, Lesson, Page, Section, SectionKind, plain, slug};
use super::file_names::name_files;
use super::head::{goals, head_lines, minutes_said, without_ticks};
use super::levels;
use super::questions::question;
use super::settings::Settings;
use super::titles::{self, announces_answers, kind, minutes, without_minutes};

/// The title of a lesson that has none.
pub const UNTITLED: &str = "Untitled lesson";

/// The lesson that these blocks make. It has at least one page, whatever they are.
pub fn outline(
    mut blocks: Vec<Block>,
    metadata: Vec<(String, String)>,
    settings: &Settings,
) -> Lesson {
    let (title, line) = match levels::settle(&mut blocks) {
        Some((title, line)) => (Some(title), line),
        None => (None, 1),
    };
    name_files(&mut blocks);
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
    let stated_minutes = minutes_said(&head).or_else(|| {
        let (_, value) = said(&["duration", "duration_minutes", "minutes", "time"])?;
        // A bare number is one of minutes here.
        minutes(value).or_else(|| value.parse().ok())
    });
    let mut outline = Outline {
        settings,
        page_keys: Keys::default(),
        drafts: Vec::new(),
        lesson: Lesson {
            minutes: stated_minutes,
            stated_minutes,
            head,
            goals: Vec::new(),
            sections: Vec::new(),
            pages: Vec::new(),
            questions: Vec::new(),
            prompts: Vec::new(),
            settings: settings.clone(),
            text: Arc::default(),
            title: title.clone(),
            metadata,
        },
    };
    let goals_in_head = intro.windows(2).find_map(|pair| match pair {
        [Block::Paragraph(text), list @ Block::List { .. }]
            if kind(&plain(text)) == SectionKind::Goals =>
        {
            Some(goals(std::slice::from_ref(list)))
        }
        _ => None,
    });
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
        let minutes =
            minutes.or_else(|| minutes_said(&head_lines(blocks.get(..1).unwrap_or_default())));
        let kind = kind(&title);
        if announces_answers(&title) && outline.asks() {
            let blocks = answer_list::under(&title, line, blocks);
            answer_list::share(&mut outline.drafts, blocks);
            continue;
        }
        if kind == SectionKind::Goals && outline.lesson.goals.is_empty() {
            outline.lesson.goals = goals(&blocks);
        }
        let mut content = std::mem::take(&mut intro);
        let mut blocks = outline.without_answers(kind, blocks);
        if [SectionKind::Goals, SectionKind::Summary].contains(&kind) {
            blocks = blocks.into_iter().map(without_ticks).collect();
        }
        content.extend(blocks);
        outline.add_section(Heading { title, line }, minutes, kind, content);
    }
    outline.finish(goals_in_head)
}

/// A lesson that is growing.
struct Outline<'a> {
    settings: &'a Settings,
    lesson: Lesson,
    page_keys: Keys,
    /// The questions so far: their answers may stand far below them.
    drafts: Vec<Draft>,
}

/// Keys that are taken, each with how often it was asked for.
#[derive(Default)]
pub struct Keys(HashMap<String, u32>);

impl Keys {
    /// The key, numbered if it is taken.
    pub fn take(&mut self, key: String) -> String {
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
    /// Whether there are questions that an answer could belong to.
    fn asks(&self) -> bool {
        !self.drafts.is_empty()
    }

    /// What is left to read of a section when the answers to the questions so far are taken out.
    fn without_answers(&mut self, kind: SectionKind, blocks: Vec<Block>) -> Vec<Block> {
        // "Solution" among steps is that of an exercise, and among prompts that of a prompt.
        let may_hold = [SectionKind::Reading, SectionKind::Summary].contains(&kind);
        if !may_hold || !self.asks() {
            return blocks;
        }
        let mut kept = Vec::new();
        let mut answers = Vec::new();
        let mut inside = None;
        for block in blocks {
            if let Block::Heading { line, level, text } = &block {
                let text = plain(text);
                inside = inside.filter(|above| level > above);
                if announces_answers(&text) {
                    inside = inside.or(Some(*level));
                    answers.extend(answer_list::under(&text, *line, Vec::new()));
                    continue;
                }
            }
            match inside {
                Some(_) => answers.push(block),
                None => kept.push(block),
            }
        }
        if !answers.is_empty() {
            answer_list::share(&mut self.drafts, answers);
        }
        kept
    }

    fn add_section(
        &mut self,
        heading: Heading,
        minutes: Option<u32>,
        kind: SectionKind,
        blocks: Vec<Block>,
    ) {
        let first_page = self.lesson.pages.len();
        match kind {
            SectionKind::HandsOn => self.add_parts(&heading, blocks, true),
            SectionKind::Reading => self.add_parts(&heading, blocks, false),
            SectionKind::Checkpoint => {
                let Checkpoint { page, questions } =
                    checkpoint::part(&heading.title, heading.line, blocks);
                self.drafts.extend(questions);
                self.add_page(&heading, &heading, None, page);
            }
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
    fn add_parts(&mut self, section: &Heading, blocks: Vec<Block>, hands_on: bool) {
        let (mut intro, parts) = split_at_headings(blocks, |level, text| {
            level == 3 || (hands_on && level > 3 && titles::is_step(&plain(text)))
        });
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
            let (step, title) = match titles::step(&heading, hands_on) {
                Some((number, title)) => (Some(number), title),
                None => (None, heading.trim()),
            };
            let mut content = std::mem::take(&mut intro);
            content.extend(blocks);
            let title = title.to_owned();
            self.add_page(section, &Heading { title, line }, step, content);
        }
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

    fn finish(self, goals_in_head: Option<Vec<Vec<Inline>>>) -> Lesson {
        let mut lesson = self.lesson;
        let mut keys = Keys::default();
        for draft in self.drafts {
            let mut question = question(draft, self.settings);
            question.key = keys.take(question.key);
            lesson.questions.push(question);
        }
        if lesson.goals.is_empty() {
            lesson.goals = goals_in_head.unwrap_or_default();
        }
        lesson.minutes = lesson.minutes.or_else(|| {
            let minutes = lesson.sections.iter().filter_map(|section| section.minutes);
            minutes.reduce(u32::saturating_add)
        });
        lesson
    }
}

/// What a section or a page is called, and where.
struct Heading {
    title: String,
    line: usize,
}

/// A heading and what stands under it.
pub struct Part {
    /// The heading's line in the file.
    pub line: usize,
    /// Its text.
    pub heading: Vec<Inline>,
    /// What stands under it.
    pub blocks: Vec<Block>,
}

/// What stands before the first heading that parts, and what stands under each.
pub fn split_at_headings(
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
