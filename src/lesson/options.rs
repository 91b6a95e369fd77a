//! The options among a question's blocks, in all spellings.

mod boxes;
mod tables;

use super::document::{Block, Inline, Item, all_text, plain};
use super::marks::{letter_index, loose_letter, option_label, option_letter};
use boxes::boxed;
use tables::tabled;

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
    /// The items of a list, numbered or not.
    Plain,
}

/// A question in parts.
pub struct Parts {
    /// What is asked.
    pub prompt: Vec<Block>,
    /// How the options are written.
    pub shape: Shape,
    /// The blocks of each.
    pub options: Vec<Vec<Block>>,
    /// Whether each is ticked in the question itself; the tick is taken away.
    pub ticked: Vec<bool>,
    /// Whether the letters that the text gives them are those of their places, each once: else a letter in the answer
    /// could mean another option than the one that is shown under it.
    pub in_order: bool,
}

/// The parts of a question without its answer. A list is one of options only if the prompt says so, or if `answered`
/// finds the answer among its items.
pub fn split(title: &str, blocks: Vec<Block>, answered: impl Fn(&[String]) -> bool) -> Parts {
    let (prompt, shape, mut options, mut ticked, in_order) = with_marks(title, blocks, answered);
    let marks: Vec<Option<bool>> = options.iter().map(|option| mark_of(option)).collect();
    // A tick on each is no key, but a manner of writing lists.
    let told = marks.contains(&Some(true)) && marks.iter().any(|mark| *mark != Some(true));
    for (index, option) in options.iter_mut().enumerate() {
        if marks[index].is_some() {
            without_mark(option);
        }
        if told && marks[index] == Some(true) {
            ticked[index] = true;
        }
    }
    Parts {
        prompt,
        shape,
        options,
        ticked,
        in_order,
    }
}

/// Whether there are options among these blocks, by their own marks.
pub fn has_options(blocks: &[Block]) -> bool {
    let (_, shape, ..) = with_marks("", blocks.to_vec(), |_| false);
    shape != Shape::None
}

type Marked = (Vec<Block>, Shape, Vec<Vec<Block>>, Vec<bool>, bool);

fn with_marks(title: &str, blocks: Vec<Block>, answered: impl Fn(&[String]) -> bool) -> Marked {
    if blocks.iter().any(is_task_list) {
        let (tasks, prompt): (Vec<_>, Vec<_>) = blocks.into_iter().partition(is_task_list);
        let items = tasks.into_iter().flat_map(|list| match list {
            Block::List { items, .. } => items,
            _ => Vec::new(),
        });
        let (ticked, options): (Vec<bool>, Vec<Vec<Block>>) = items
            .map(|item| (item.task == Some(true), item.blocks))
            .unzip();
        let in_order = letters_in_order(&options);
        let options = options.into_iter().map(without_letter).collect();
        return (prompt, Shape::Tasks, options, ticked, in_order);
    }
    let lines = lines(blocks);
    for shape in [Shape::Labels, Shape::Letters] {
        let starts = starts(&lines, shape);
        if starts.len() > 1 {
            let in_order = shape != Shape::Letters || !has_others(&lines, &starts);
            let (prompt, options) = part(lines, &starts, shape);
            let ticked = vec![false; options.len()];
            return (prompt, shape, options, ticked, in_order);
        }
    }
    let blocks = blocks_of(lines);
    if let Some(found) = boxed(&blocks) {
        return found;
    }
    if let Some(found) = tabled(title, &blocks, &answered) {
        return found;
    }
    let mut prompt = blocks;
    match plain_list(title, &prompt, answered).map(|at| prompt.remove(at)) {
        Some(Block::List { items, .. }) => {
            let ticked = vec![false; items.len()];
            let options = items.into_iter().map(|item| item.blocks).collect();
            (prompt, Shape::Plain, options, ticked, true)
        }
        _ => (prompt, Shape::None, Vec::new(), Vec::new(), true),
    }
}

/// Whether every option that begins with a letter has that of its place.
fn letters_in_order(options: &[Vec<Block>]) -> bool {
    options.iter().enumerate().all(|(place, option)| {
        let Some(Block::Paragraph(text)) = option.first() else {
            return true;
        };
        lettered(text).is_none_or(|(letter, _)| letter == place)
    })
}

/// Whether lines that begin no option begin with the letter of one all the same.
fn has_others(lines: &[Line], starts: &[usize]) -> bool {
    lines.iter().enumerate().any(|(index, line)| {
        let letter = match line {
            Line::Text(_, text) => lettered(text),
            Line::Item(_, item) => item_letter(item),
            Line::Heading(..) | Line::Block(_) => None,
        };
        letter.is_some() && !starts.contains(&index)
    })
}

/// The index of the list whose items are the options: the last one, if the prompt or the answer says so.
fn plain_list(
    title: &str,
    blocks: &[Block],
    answered: impl Fn(&[String]) -> bool,
) -> Option<usize> {
    let at = blocks
        .iter()
        .rposition(|block| matches!(block, Block::List { .. }))?;
    let Block::List { start, items, .. } = &blocks[at] else {
        return None;
    };
    // Numbers that do not count from 1 would not be the options' places.
    if !(2..=10).contains(&items.len()) || start.is_some_and(|start| start != 1) {
        return None;
    }
    let before = format!("{title} {}", all_text(&blocks[..at])).to_lowercase();
    let after = all_text(&blocks[at + 1..]).to_lowercase();
    let said = says_to_choose(&before) || says_to_choose(&after);
    let texts: Vec<String> = items.iter().map(|item| all_text(&item.blocks)).collect();
    // What is asked below a list is about it.
    let asked_above = before.trim_end().ends_with(['?', ':', ')']) || before.contains('?');
    (asked_above && (said && after.is_empty() || answered(&texts)) || (said && answered(&texts)))
        .then_some(at)
}

/// Whether words in lower case ask to choose among what stands there.
fn says_to_choose(words: &str) -> bool {
    let asks = [
        "which of",
        "select",
        "choose",
        "pick",
        "that apply",
        "following",
        "which one",
        "which option",
    ];
    asks.iter().any(|asking| words.contains(asking))
}

const RIGHT: [&str; 5] = ["✅", "✔\u{fe0f}", "✔", "✓", "☑"];
const WRONG: [&str; 4] = ["❌", "✗", "✘", "✖"];
const SAID_RIGHT: [&str; 4] = ["(correct)", "(correct answer)", "← correct", "<-- correct"];

/// Whether an option says of itself that it is right or wrong.
fn mark_of(option: &[Block]) -> Option<bool> {
    let Some(Block::Paragraph(text)) = option.first() else {
        return None;
    };
    let text = plain(text);
    let text = text.trim();
    let stands = |marks: &[&str]| {
        let mut marks = marks.iter();
        marks.any(|mark| text.starts_with(mark) || text.ends_with(mark))
    };
    let lower = text.to_lowercase();
    if stands(&RIGHT) || SAID_RIGHT.iter().any(|words| lower.ends_with(words)) {
        Some(true)
    } else if stands(&WRONG) || lower.ends_with("(incorrect)") || lower.ends_with("(wrong)") {
        Some(false)
    } else {
        None
    }
}

/// Takes away what an option says of itself, and the bold that says it too.
fn without_mark(option: &mut [Block]) {
    let Some(Block::Paragraph(text)) = option.first_mut() else {
        return;
    };
    let mut marks: Vec<&str> = RIGHT.iter().chain(&WRONG).copied().collect();
    marks.extend(SAID_RIGHT);
    marks.extend(["(incorrect)", "(wrong)"]);
    if let Some(Inline::Text(first)) = text.first_mut() {
        let cut = first.trim_start();
        let cut = marks
            .iter()
            .fold(cut, |cut, mark| cut.strip_prefix(mark).unwrap_or(cut));
        *first = cut.trim_start_matches([' ', '\u{fe0f}']).to_owned();
    }
    if let Some(Inline::Text(last)) = text.last_mut() {
        let mut cut = last.trim_end();
        for mark in marks {
            let at = cut.len().saturating_sub(mark.len());
            if cut
                .get(at..)
                .is_some_and(|end| end.eq_ignore_ascii_case(mark))
            {
                cut = cut[..at].trim_end();
            }
        }
        *last = cut.trim_end_matches([' ', '\u{fe0f}']).to_owned();
    }
    text.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
    if let [Inline::Strong(inside)] = &text[..] {
        *text = inside.clone();
    }
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
            (Line::Text(_, text), Shape::Letters) => loosely_lettered(text),
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
        Some(Line::Item(_, item)) => unlettered(item.blocks),
        Some(Line::Text(_, text) | Line::Heading(_, _, text)) => {
            let marked = match shape {
                Shape::Labels => labelled(&text),
                _ => loosely_lettered(&text),
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
        Some(Block::Paragraph(text)) => loosely_lettered(text),
        _ => None,
    }
}

/// An item's blocks without its letter, where all items have one.
fn unlettered(mut blocks: Vec<Block>) -> Vec<Block> {
    if let Some(Block::Paragraph(text)) = blocks.first_mut()
        && let Some((_, rest)) = loosely_lettered(text)
    {
        *text = rest;
    }
    blocks
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
    lettered_by(line, option_letter)
}

/// The same where others of its kind stand beside it: `a. text`, `A: text`, `[A] text`, `✅ A) text`.
fn loosely_lettered(line: &[Inline]) -> Option<(usize, Vec<Inline>)> {
    let mut line = line.to_vec();
    let mut mark = "";
    if let Some(Inline::Text(text)) = line.first_mut()
        && let Some(found) = RIGHT
            .iter()
            .chain(&WRONG)
            .find(|mark| text.starts_with(**mark))
    {
        mark = found;
        *text = text[mark.len()..]
            .trim_start_matches([' ', '\u{fe0f}'])
            .to_owned();
        if text.is_empty() {
            line.remove(0);
        }
    }
    let (option, mut rest) = lettered_by(&line, |text| {
        option_letter(text).or_else(|| loose_letter(text))
    })?;
    if !mark.is_empty() {
        rest.push(Inline::Text(format!(" {mark}")));
    }
    Some((option, rest))
}

fn lettered_by(
    line: &[Inline],
    letter: fn(&str) -> Option<(usize, &str)>,
) -> Option<(usize, Vec<Inline>)> {
    let (first, rest) = line.split_first()?;
    match first {
        Inline::Text(text) => {
            let (option, text) = letter(text)?;
            Some((option, joined(Inline::Text(text.to_owned()), rest)))
        }
        Inline::Strong(label) | Inline::Emphasis(label) => {
            if let Some((option, label)) = lettered_by(label, letter) {
                return Some((option, joined(Inline::Strong(label), rest)));
            }
            // `**A**) text`
            let option = lone_letter(&plain(label))?;
            let Some((Inline::Text(text), rest)) = rest.split_first() else {
                return rest.is_empty().then_some((option, Vec::new()));
            };
            let text = text.trim_start();
            let text = text
                .strip_prefix([')', '.', ':', '-', '–', '—'])
                .unwrap_or(text);
            Some((
                option,
                joined(Inline::Text(text.trim_start().to_owned()), rest),
            ))
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
        // A heading, `#### Option A`, or plain text, `Option A: text`.
        let label = plain(line);
        let (option, rest) = option_label(&label)?;
        let named = without_joint(rest);
        let joined = rest.is_empty()
            || rest
                .trim_start()
                .starts_with([':', '-', '–', '—', ')', '(']);
        let text =
            (!named.is_empty()).then(|| Inline::Strong(vec![Inline::Text(named.to_owned())]));
        return joined.then(|| (option, text.into_iter().collect()));
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
    let first_word = (!empty).then_some(first);
    let mut all: Vec<Inline> = first_word.into_iter().chain(rest.iter().cloned()).collect();
    if let Some(Inline::Text(text)) = all.first_mut() {
        *text = text.trim_start().to_owned();
    }
    all
}
