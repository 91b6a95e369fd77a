//! The options among a question's blocks, in all spellings.

use super::document::{Block, Inline, Item, plain};
use super::marks::{letter_index, option_label, option_letter};

/// How a question's options are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// There are none.
    None,
    /// `- [ ] text`
    Tasks,
    /// `A) text`, as lines, paragraphs or list items.
    Letters,
    /// `**Option A**:` and the blocks below it.
    Labels,
}

/// The question without its options, how they are written, and the blocks of each.
pub fn split(blocks: Vec<Block>) -> (Vec<Block>, Shape, Vec<Vec<Block>>) {
    if blocks.iter().any(is_task_list) {
        let (tasks, prompt): (Vec<_>, Vec<_>) = blocks.into_iter().partition(is_task_list);
        let items = tasks.into_iter().flat_map(|list| match list {
            Block::List { items, .. } => items,
            _ => Vec::new(),
        });
        let options = items.map(|item| without_letter(item.blocks)).collect();
        return (prompt, Shape::Tasks, options);
    }
    let lines = lines(blocks);
    for shape in [Shape::Labels, Shape::Letters] {
        let starts = starts(&lines, shape);
        if starts.len() > 1 {
            let (prompt, options) = part(lines, &starts, shape);
            return (prompt, shape, options);
        }
    }
    (blocks_of(lines), Shape::None, Vec::new())
}

fn is_task_list(block: &Block) -> bool {
    matches!(block, Block::List { items, .. } if items.iter().any(|item| item.task.is_some()))
}

/// What can be an option's first line, or stand below it.
enum Line {
    /// A line of the paragraph with this number.
    Text(usize, Vec<Inline>),
    /// A heading.
    Heading(usize, u8, Vec<Inline>),
    /// An item of the list with this number, in which every item begins like an option.
    Item(usize, Item),
    /// Any other block.
    Block(Block),
}

fn lines(blocks: Vec<Block>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, block) in blocks.into_iter().enumerate() {
        match block {
            Block::Paragraph(text) => lines.extend(
                text.split(|inline| *inline == Inline::LineBreak)
                    .map(|line| Line::Text(number, line.to_vec())),
            ),
            Block::Heading { line, level, text } => lines.push(Line::Heading(line, level, text)),
            Block::List {
                items, start: None, ..
            } if items.iter().all(|item| item_letter(item).is_some()) => {
                lines.extend(items.into_iter().map(|item| Line::Item(number, item)));
            }
            block => lines.push(Line::Block(block)),
        }
    }
    lines
}

/// The blocks that the lines came from.
fn blocks_of(lines: Vec<Line>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut last = None;
    for line in lines {
        let number = match &line {
            Line::Text(number, _) | Line::Item(number, _) => Some(*number),
            Line::Heading(..) | Line::Block(_) => None,
        };
        let goes_on = number.is_some() && number == last;
        last = number;
        match (line, blocks.last_mut()) {
            (Line::Text(_, text), Some(Block::Paragraph(before))) if goes_on => {
                before.push(Inline::LineBreak);
                before.extend(text);
            }
            (Line::Text(_, text), _) => blocks.push(Block::Paragraph(text)),
            (Line::Item(_, item), Some(Block::List { items, .. })) if goes_on => items.push(item),
            (Line::Item(_, item), _) => blocks.push(Block::List {
                start: None,
                loose: false,
                items: vec![item],
            }),
            (Line::Heading(line, level, text), _) => {
                blocks.push(Block::Heading { line, level, text })
            }
            (Line::Block(block), _) => blocks.push(block),
        }
    }
    blocks
}

/// The lines at which the first, second, third… option begins. A letter out of turn is running text.
fn starts(lines: &[Line], shape: Shape) -> Vec<usize> {
    let mut starts = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let option = match (line, shape) {
            (Line::Text(_, text) | Line::Heading(_, _, text), Shape::Labels) => labelled(text),
            (Line::Text(_, text), Shape::Letters) => lettered(text),
            (Line::Item(_, item), Shape::Letters) => item_letter(item),
            _ => None,
        };
        if option.is_some_and(|(option, _)| option == starts.len()) {
            starts.push(index);
        }
    }
    starts
}

fn part(lines: Vec<Line>, starts: &[usize], shape: Shape) -> (Vec<Block>, Vec<Vec<Block>>) {
    let end = end_of_last(&lines, starts, shape);
    let mut prompt = Vec::new();
    let mut options: Vec<Vec<Line>> = Vec::new();
    for (index, line) in lines.into_iter().enumerate() {
        if starts.contains(&index) {
            options.push(vec![line]);
        } else {
            match options.last_mut() {
                Some(option) if index < end => option.push(line),
                _ => prompt.push(line),
            }
        }
    }
    let options = options.into_iter().map(|lines| unmarked(lines, shape));
    (blocks_of(prompt), options.collect())
}

/// Where the last option ends: a labelled one with the question, a lettered one before the next paragraph.
fn end_of_last(lines: &[Line], starts: &[usize], shape: Shape) -> usize {
    let Some(&start) = starts.last().filter(|_| shape == Shape::Letters) else {
        return lines.len();
    };
    let belongs = |line: &Line| match (&lines[start], line) {
        (Line::Text(own, _), Line::Text(number, _)) => own == number,
        (Line::Text(..), Line::Block(_)) => true,
        _ => false,
    };
    let after = lines[start + 1..].iter().position(|line| !belongs(line));
    after.map_or(lines.len(), |count| start + 1 + count)
}

/// An option's blocks without the mark on its first line.
fn unmarked(mut lines: Vec<Line>, shape: Shape) -> Vec<Block> {
    let rest = lines.split_off(1);
    let mut first = match lines.pop() {
        Some(Line::Item(_, item)) => without_letter(item.blocks),
        Some(Line::Text(_, text) | Line::Heading(_, _, text)) => {
            let marked = match shape {
                Shape::Labels => labelled(&text),
                _ => lettered(&text),
            };
            marked
                .map(|(_, text)| text)
                .filter(|text| !plain(text).trim().is_empty())
                .map(Block::Paragraph)
                .into_iter()
                .collect()
        }
        Some(Line::Block(block)) => vec![block],
        None => Vec::new(),
    };
    // What goes on in the same paragraph is a paragraph of its own: the mark's line was taken out.
    first.extend(blocks_of(rest));
    first
}

fn item_letter(item: &Item) -> Option<(usize, Vec<Inline>)> {
    match item.blocks.first() {
        Some(Block::Paragraph(text)) => lettered(text),
        _ => None,
    }
}

fn without_letter(mut blocks: Vec<Block>) -> Vec<Block> {
    if let Some(Block::Paragraph(text)) = blocks.first_mut()
        && let Some((_, rest)) = lettered(text)
    {
        *text = rest;
    }
    blocks
}

/// The option that this line begins by its letter, bold or not, and the line without it.
fn lettered(line: &[Inline]) -> Option<(usize, Vec<Inline>)> {
    let (first, rest) = line.split_first()?;
    match first {
        Inline::Text(text) => {
            let (option, text) = option_letter(text)?;
            Some((option, joined(Inline::Text(text.to_owned()), rest)))
        }
        Inline::Strong(label) => {
            if let Some((option, label)) = lettered(label) {
                return Some((option, joined(Inline::Strong(label), rest)));
            }
            // `**A**) text`
            let option = lone_letter(&plain(label))?;
            let (Inline::Text(text), rest) = rest.split_first()? else {
                return None;
            };
            let text = text.strip_prefix([')', '.', ':'])?.trim_start();
            Some((option, joined(Inline::Text(text.to_owned()), rest)))
        }
        _ => None,
    }
}

fn lone_letter(text: &str) -> Option<usize> {
    let mut characters = text.trim().chars();
    letter_index(characters.next()?).filter(|_| characters.next().is_none())
}

/// The option that this line labels, as `**Option A**:` does, and the line without the label.
fn labelled(line: &[Inline]) -> Option<(usize, Vec<Inline>)> {
    let (Inline::Strong(label) | Inline::Emphasis(label), rest) = line.split_first()? else {
        // A heading: `#### Option A`
        let label = plain(line);
        let (option, rest) = option_label(&label)?;
        return rest.trim().is_empty().then_some((option, Vec::new()));
    };
    let label = plain(label);
    let (option, in_label) = option_label(&label)?;
    let in_label = without_joint(in_label);
    let mut rest = rest.to_vec();
    if let Some(Inline::Text(text)) = rest.first_mut() {
        *text = without_joint(text).to_owned();
    }
    if !in_label.is_empty() {
        rest.insert(0, Inline::Strong(vec![Inline::Text(in_label.to_owned())]));
    }
    Some((option, rest))
}

/// The text without what joins it to a label.
fn without_joint(text: &str) -> &str {
    text.trim_start_matches([' ', ':', '-', '–', '—', '.', ')'])
}

fn joined(first: Inline, rest: &[Inline]) -> Vec<Inline> {
    let empty = plain(std::slice::from_ref(&first)).is_empty();
    let first = (!empty).then_some(first);
    first.into_iter().chain(rest.iter().cloned()).collect()
}
