//! A checkpoint's blocks to its questions, however they are set apart, each with the answer that belongs to it.

use std::collections::BTreeSet;

use super::answer_list::{self, opened};
use super::answers;
use super::document::{Block, Inline, Item, Lesson, plain};
use super::marks::option_label;
use super::options;
use super::outline::{Part, split_at_headings};
use super::questions::{holds_answer, take_details};
use super::titles::{self, announces_answers};

/// A checkpoint in parts.
pub struct Checkpoint {
    /// What is just read.
    pub page: Vec<Block>,
    /// The questions.
    pub questions: Vec<Draft>,
}

/// A question as it stands in the text.
pub struct Draft {
    /// The number that it gives itself.
    pub number: Option<u32>,
    /// Its title.
    pub title: String,
    /// Its line in the file.
    pub line: usize,
    /// What stands under it.
    pub blocks: Vec<Block>,
    /// An answer that stands elsewhere, with its line.
    pub answer: Option<(usize, Vec<Block>)>,
    /// Answers that nobody knows to whom they belong: they are read at the end, and are no key.
    pub unassigned: Vec<Block>,
}

/// The questions of a checkpoint with this title, at this line.
pub fn part(section: &str, line: usize, blocks: Vec<Block>) -> Checkpoint {
    let numbered =
        |level: u8, text: &[Inline]| level > 2 && titles::question(&plain(text)).is_some();
    let level = blocks.iter().filter_map(|block| match block {
        Block::Heading { level, text, .. } if numbered(*level, text) => Some(*level),
        _ => None,
    });
    let level = level.min().unwrap_or(3);
    let (intro, parts) = split_at_headings(blocks, |own, text| {
        (own <= level && option_label(&plain(text)).is_none())
            || titles::is_named_question(&plain(text))
            || announces_answers(&plain(text))
    });
    let mut found = Checkpoint {
        page: Vec::new(),
        questions: Vec::new(),
    };
    found.without_headings(section, line, intro);
    let mut shared: Vec<Block> = Vec::new();
    // From a heading "Answers" on, questions that are named again are answered.
    let mut answers_begun = false;
    for Part {
        line,
        heading,
        blocks,
    } in parts
    {
        let text = plain(&heading);
        let text = text.trim();
        let follows = !found.questions.is_empty();
        let named = titles::question(text);
        let again = named.is_some_and(|(number, _)| found.has(number));
        if announces_answers(text) && follows {
            // Right below its question it is the answer of that one.
            let own = text.split_whitespace().count() == 1 && !text.to_lowercase().ends_with('s');
            match found.questions.last_mut() {
                Some(last) if own && last.answer.is_none() => {
                    last.answer = Some((line, opened(blocks)));
                }
                _ => {
                    answers_begun = true;
                    shared.extend(answer_list::under(text, line, blocks));
                }
            }
        } else if answers_begun && (again || !asks(&blocks)) {
            shared.push(Block::Heading {
                line,
                level: 3,
                text: heading,
            });
            shared.extend(blocks);
        } else if let (true, Some(last)) = (
            answers::is_heading_of_answer(text),
            found.questions.last_mut(),
        ) {
            last.blocks.push(Block::Heading {
                line,
                level: 4,
                text: heading,
            });
            last.blocks.extend(blocks);
        } else if let Some((number, title)) = named {
            found.add(Some(number), title, line, blocks);
        } else if asks(&blocks) {
            found.add(None, text, line, blocks);
        } else {
            found.page.push(Block::Heading {
                line,
                level: 3,
                text: heading,
            });
            found.page.extend(blocks);
        }
    }
    if !shared.is_empty() {
        answer_list::share(&mut found.questions, shared);
    }
    found.share_last_details();
    found
}

/// Whatever it is called: what hides an answer or has options is a question.
fn asks(blocks: &[Block]) -> bool {
    holds_answer(blocks) || options::has_options(blocks)
}

impl Checkpoint {
    /// Whether a question has this number.
    fn has(&self, number: u32) -> bool {
        let mut questions = self.questions.iter();
        questions.any(|question| question.number == Some(number))
    }

    fn add(&mut self, number: Option<u32>, title: &str, line: usize, blocks: Vec<Block>) {
        self.questions.push(Draft {
            number,
            title: title.to_owned(),
            line,
            blocks,
            answer: None,
            unassigned: Vec::new(),
        });
    }

    /// Questions that begin with a bold label or a list's number; else what is here is one question, or none.
    fn without_headings(&mut self, section: &str, line: usize, blocks: Vec<Block>) {
        let pieces = pieces(blocks);
        let starts = pieces.iter().filter(|(label, _)| label.is_some()).count();
        if starts == 0 {
            let blocks: Vec<Block> = pieces.into_iter().flat_map(|(_, blocks)| blocks).collect();
            if asks(&blocks) {
                self.add(None, section, line, blocks);
            } else {
                self.page.extend(blocks);
            }
            return;
        }
        for (label, blocks) in pieces {
            match label {
                Some(Label { number, title }) => self.add(Some(number), &title, line, blocks),
                None => match self.questions.last_mut() {
                    Some(last) => last.blocks.extend(blocks),
                    None if asks(&blocks) => self.add(None, section, line, blocks),
                    None => self.page.extend(blocks),
                },
            }
        }
    }

    /// Details below the last question may hold the answers of all.
    fn share_last_details(&mut self) {
        let [others @ .., last] = &mut self.questions[..] else {
            return;
        };
        if others.is_empty()
            || others
                .iter()
                .any(|draft| draft.answer.is_some() || holds_answer(&draft.blocks))
        {
            return;
        }
        let (blocks, mut answers) = take_details(last.blocks.clone());
        let (Some(answer), true) = (answers.pop(), answers.is_empty()) else {
            return;
        };
        let answers = vec![Block::Details {
            line: answer.line,
            summary: answer.summary,
            blocks: answer.blocks,
        }];
        if answer_list::is_of_several(&self.questions, &answers)
            && let Some(last) = self.questions.last_mut()
        {
            last.blocks = blocks;
            answer_list::share(&mut self.questions, answers);
        }
    }
}

/// What a question without a heading is called.
struct Label {
    number: u32,
    title: String,
}

/// Blocks in pieces, each from the label of a question on.
fn pieces(blocks: Vec<Block>) -> Vec<(Option<Label>, Vec<Block>)> {
    let lists_ask = lists_ask(&blocks);
    let mut pieces: Vec<(Option<Label>, Vec<Block>)> = vec![(None, Vec::new())];
    for block in blocks {
        match block {
            Block::Paragraph(text) => {
                for line in lines_by_label(text) {
                    match label(&line) {
                        Some((label, rest)) => {
                            let rest =
                                (!plain(&rest).trim().is_empty()).then_some(Block::Paragraph(rest));
                            pieces.push((Some(label), rest.into_iter().collect()));
                        }
                        None => push(&mut pieces, Block::Paragraph(line)),
                    }
                }
            }
            Block::List {
                start: Some(start),
                items,
                ..
            } if lists_ask => {
                for (index, item) in items.into_iter().enumerate() {
                    let number =
                        u32::try_from(start.saturating_add(index as u64)).unwrap_or(u32::MAX);
                    let title = format!("Question {number}");
                    pieces.push((Some(Label { number, title }), item.blocks));
                }
            }
            block => push(&mut pieces, block),
        }
    }
    pieces.retain(|(label, blocks)| label.is_some() || !blocks.is_empty());
    pieces
}

fn push(pieces: &mut [(Option<Label>, Vec<Block>)], block: Block) {
    if let Some((_, blocks)) = pieces.last_mut() {
        blocks.push(block);
    }
}

/// Whether ordered lists among these blocks are the questions themselves: they ask, or hide answers, or have options.
fn lists_ask(blocks: &[Block]) -> bool {
    let items = || {
        blocks.iter().filter_map(|block| match block {
            Block::List {
                start: Some(_),
                items,
                ..
            } => Some(items),
            _ => None,
        })
    };
    let question = |item: &Item| match item.blocks.first() {
        Some(Block::Paragraph(text)) => plain(text).contains('?'),
        _ => false,
    };
    items().flatten().any(|item| asks(&item.blocks))
        || (items().flatten().any(question) && !items().flatten().any(|item| item.task.is_some()))
}

/// A paragraph in parts, each but the first from a question's label on.
fn lines_by_label(text: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut parts: Vec<Vec<Inline>> = Vec::new();
    for line in text.split(|inline| *inline == Inline::LineBreak) {
        match parts.last_mut() {
            Some(part) if label(line).is_none() => {
                part.push(Inline::LineBreak);
                part.extend(line.iter().cloned());
            }
            _ => parts.push(line.to_vec()),
        }
    }
    parts
}

/// The label of a question that a line begins with, `**Question 1**:`, `**1. Title**`, `Q1:`, and what follows it.
fn label(line: &[Inline]) -> Option<(Label, Vec<Inline>)> {
    let (first, rest) = line.split_first()?;
    match first {
        Inline::Strong(bold) => {
            let bold = plain(bold);
            let (number, title) = titles::question(&bold)?;
            let named = title != bold.trim();
            let mut rest = rest.to_vec();
            if let Some(Inline::Text(text)) = rest.first_mut() {
                *text = text
                    .trim_start_matches([':', '.', ')', ' ', '-', '–', '—'])
                    .to_owned();
            }
            let title = if named {
                title.trim_end_matches(':').to_owned()
            } else {
                format!("Question {number}")
            };
            Some((Label { number, title }, rest))
        }
        Inline::Text(text) if titles::is_named_question(text) => {
            let (number, title) = titles::question(text)?;
            let joined = text.trim_start_matches(|c: char| c.is_alphanumeric() || c == ' ');
            if !joined.starts_with([':', '.', ')']) {
                return None;
            }
            let shown = if title == text.trim() { "" } else { title };
            let mut all = vec![Inline::Text(shown.to_owned())];
            all.extend(rest.iter().cloned());
            let title = format!("Question {number}");
            Some((Label { number, title }, all))
        }
        _ => None,
    }
}

/// How often the line of a question may be missed before the search is given up.
const MOST_MISSES: usize = 8;

/// Finds the lines of questions that have no heading: so far they have their section's.
pub fn find_lines(lesson: &mut Lesson, text: &str, first_line: usize) {
    let sections: BTreeSet<usize> = lesson.sections.iter().map(|section| section.line).collect();
    let mut lines = (first_line..).zip(text.lines());
    // A search that fails reads to the end: where several do, lines cannot be had this way.
    let mut misses = 0;
    for question in &mut lesson.questions {
        if misses > MOST_MISSES {
            return;
        }
        if !sections.contains(&question.line) {
            continue;
        }
        let own = titles::question(&question.title).map(|(number, _)| number);
        let found = lines
            .clone()
            .skip_while(|(number, _)| *number <= question.line)
            .find(|(_, line)| {
                let line = line.trim_matches([' ', '\t', '*', '_', '>', '-']);
                match titles::question(line) {
                    Some((number, _)) if own == Some(number) => true,
                    Some(_) => own.is_none() && line.contains(&question.title),
                    None => false,
                }
            });
        match found {
            Some((number, _)) => {
                question.line = number;
                lines.find(|(line, _)| *line == number);
            }
            None => misses += 1,
        }
    }
}
