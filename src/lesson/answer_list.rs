//! Answers that stand together below their questions: each goes to the question that it names, and no word is lost.
//!
//! What names no question goes on with the answer before it. What cannot be assigned is kept for the end of the last
//! question: shown any earlier it would spoil the others. It is no key of that question.

use super::checkpoint::Draft;
use super::document::{Block, Inline, Item, plain, same_title};
use super::marks::letter_index;
use super::questions::says_more;
use super::titles;

/// Whose a piece of the answers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// It names none.
    GoesOn,
    /// That of the question at this index.
    Question(usize),
    /// It names one that there is not, or not for certain.
    Unknown,
}

type Piece = (Whose, Vec<Block>);

/// Gives the questions their answers from a list of all. There must be a question.
pub fn share(drafts: &mut [Draft], blocks: Vec<Block>) {
    let line = blocks.iter().find_map(|block| match block {
        Block::Details { line, .. } | Block::Heading { line, .. } if *line > 0 => Some(*line),
        _ => None,
    });
    let mut rest = Vec::new();
    let mut answered = Vec::new();
    // Where there is one question, all is its answer.
    let mut last = (drafts.len() == 1).then_some(0);
    for (whose, mut blocks) in pieces(drafts, blocks) {
        let at = match whose {
            Whose::GoesOn => last,
            // Answered twice, nobody knows which counts.
            Whose::Question(at) if !answered.contains(&at) => Some(at),
            Whose::Question(_) | Whose::Unknown => None,
        };
        last = at;
        let Some(draft) = at.and_then(|at| drafts.get_mut(at)) else {
            rest.extend(blocks);
            continue;
        };
        if whose != Whose::GoesOn {
            answered.extend(at);
            // "Question 1: Title" above an answer only says again which it is.
            if blocks.len() > 1
                && matches!(blocks.first(), Some(Block::Paragraph(text)) if same_title(&plain(text), &draft.title))
            {
                blocks.remove(0);
            }
        }
        let answer = draft
            .answer
            .get_or_insert((line.unwrap_or(draft.line), Vec::new()));
        answer.1.extend(blocks);
    }
    if let Some(draft) = drafts.last_mut() {
        draft.unassigned.extend(rest);
    }
}

/// Whether these blocks begin with the answer of one question and go on with that of another.
pub fn is_of_several(drafts: &[Draft], blocks: &[Block]) -> bool {
    let pieces = pieces(drafts, blocks.to_vec());
    let named = |piece: &&Piece| matches!(piece.0, Whose::Question(_));
    pieces.first().as_ref().is_some_and(named) && pieces.iter().filter(named).count() > 1
}

/// What stands under a heading that announces answers; `Answer 2` says whose.
pub fn under(heading: &str, line: usize, blocks: Vec<Block>) -> Vec<Block> {
    let own = titles::answer(heading).map(|number| Block::Heading {
        line,
        level: 3,
        text: vec![Inline::Text(format!("Question {number}"))],
    });
    own.into_iter().chain(blocks).collect()
}

/// The blocks with what details hide in its place, below their summary if that says something.
pub fn opened(blocks: Vec<Block>) -> Vec<Block> {
    let mut open = Vec::new();
    for block in blocks {
        match block {
            Block::Details {
                line,
                summary,
                blocks,
            } => {
                open.extend(says_more(&summary).then_some(Block::Heading {
                    line,
                    level: 6,
                    text: summary,
                }));
                open.extend(opened(blocks));
            }
            Block::Quote(blocks) => open.push(Block::Quote(opened(blocks))),
            Block::List {
                start,
                loose,
                items,
            } => open.push(Block::List {
                start,
                loose,
                items: items
                    .into_iter()
                    .map(|item| Item {
                        task: item.task,
                        blocks: opened(item.blocks),
                    })
                    .collect(),
            }),
            block => open.push(block),
        }
    }
    open
}

/// The questions' numbers; where they have none their places. Empty where a number could mean two.
fn numbers(drafts: &[Draft]) -> Vec<u32> {
    let numbers: Vec<u32> = (1..)
        .zip(drafts)
        .map(|(place, draft)| draft.number.unwrap_or(place))
        .collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    sorted.dedup();
    match sorted.len() == drafts.len() {
        true => numbers,
        false => Vec::new(),
    }
}

/// Answers in pieces, from each place that names a question on.
struct Pieces<'a> {
    drafts: &'a [Draft],
    numbers: Vec<u32>,
    /// Questions are named by a word, `Question 1` or `Q1`: bare numbers are those of other lists.
    by_name: bool,
    found: Vec<Piece>,
}

fn pieces(drafts: &[Draft], blocks: Vec<Block>) -> Vec<Piece> {
    let blocks = opened(blocks);
    let mut pieces = Pieces {
        drafts,
        numbers: numbers(drafts),
        by_name: blocks.iter().any(names_a_question),
        found: vec![(Whose::GoesOn, Vec::new())],
    };
    for block in blocks {
        pieces.add(block);
    }
    pieces
        .found
        .retain(|(whose, blocks)| *whose != Whose::GoesOn || !blocks.is_empty());
    pieces.found
}

fn names_a_question(block: &Block) -> bool {
    match block {
        Block::Heading { text, .. } => {
            let text = plain(text);
            titles::is_named_question(&text) || titles::answer(&text).is_some()
        }
        Block::Paragraph(text) => text
            .split(|inline| *inline == Inline::LineBreak)
            .any(|line| titles::is_named_question(&plain(line)) && numbered_line(line).is_some()),
        _ => false,
    }
}

impl Pieces<'_> {
    fn begin(&mut self, number: u32, blocks: Vec<Block>) {
        let at = self.numbers.iter().position(|known| *known == number);
        self.found
            .push((at.map_or(Whose::Unknown, Whose::Question), blocks));
    }

    fn go_on(&mut self, block: Block) {
        if let Some((_, blocks)) = self.found.last_mut() {
            blocks.push(block);
        }
    }

    fn begin_each(&mut self, keys: Vec<(u32, String)>) {
        for (number, letters) in keys {
            self.begin(number, vec![Block::Paragraph(vec![Inline::Text(letters)])]);
        }
    }

    fn add(&mut self, block: Block) {
        if let Some(keys) = keys_after_a_number(&block) {
            return self.begin_each(keys);
        }
        match block {
            Block::Heading { line, level, text } => self.add_heading(line, level, text),
            Block::List {
                start: Some(start),
                items,
                ..
            } if !self.by_name => {
                for (index, item) in items.into_iter().enumerate() {
                    let number =
                        u32::try_from(start.saturating_add(index as u64)).unwrap_or(u32::MAX);
                    self.begin(number, item.blocks);
                }
            }
            Block::List {
                start: None, items, ..
            } if !items.is_empty() && items.iter().all(|item| item_number(item).is_some()) => {
                for mut item in items {
                    let number = item_number(&item);
                    if let (Some((number, rest)), Some(first)) = (number, item.blocks.first_mut()) {
                        *first = Block::Paragraph(rest);
                        self.begin(number, item.blocks);
                    }
                }
            }
            Block::Paragraph(text) => {
                for line in text.split(|inline| *inline == Inline::LineBreak) {
                    if let Some(keys) = keys_in_a_line(&plain(line)) {
                        self.begin_each(keys);
                        continue;
                    }
                    let named = !self.by_name || titles::is_named_question(&plain(line));
                    match numbered_line(line).filter(|_| named) {
                        Some((number, rest)) => self.begin(number, vec![Block::Paragraph(rest)]),
                        None => self.go_on(Block::Paragraph(line.to_vec())),
                    }
                }
            }
            Block::Table { head, rows } => self.add_table(head, rows),
            block => self.go_on(block),
        }
    }

    fn add_heading(&mut self, line: usize, level: u8, text: Vec<Inline>) {
        let heading = plain(&text);
        let titled = |draft: &Draft| same_title(&draft.title, &heading);
        if let Some(number) = titles::answer(&heading) {
            self.begin(number, Vec::new());
        } else if let Some((number, title)) = titles::question(&heading) {
            // "Question 1: B" may be all there is.
            let said = vec![Inline::Text(title.to_owned())];
            let says = title != heading.trim() && says_more(&said);
            let said = says.then_some(Block::Paragraph(said));
            self.begin(number, said.into_iter().collect());
        } else if let Some(at) = self.drafts.iter().position(titled) {
            let only = self.drafts.iter().filter(|draft| titled(draft)).count() == 1;
            let whose = if only {
                Whose::Question(at)
            } else {
                Whose::Unknown
            };
            self.found.push((whose, Vec::new()));
        } else {
            self.go_on(Block::Heading { line, level, text });
        }
    }

    /// A table with a row for each question.
    fn add_table(&mut self, head: Vec<Vec<Inline>>, rows: Vec<Vec<Vec<Inline>>>) {
        let number = |row: &[Vec<Inline>]| {
            let first = plain(row.first()?);
            let named = titles::question(&first).map(|(number, _)| number);
            named.or_else(|| first.trim().parse().ok())
        };
        let numbers: Option<Vec<u32>> = rows.iter().map(|row| number(row)).collect();
        let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty()) else {
            return self.go_on(Block::Table { head, rows });
        };
        for (number, row) in numbers.into_iter().zip(rows) {
            let mut cells = head.iter().zip(row);
            let first = cells.next().map(|(_, cell)| cell);
            let mut blocks: Vec<Block> = cells
                .map(|(head, mut cell)| {
                    if says_more(head) && !cell.is_empty() {
                        cell.insert(0, Inline::Text(format!("{}: ", plain(head))));
                    }
                    Block::Paragraph(cell)
                })
                .collect();
            // "1. What it was about"
            let about = first.filter(|cell| {
                let cell = plain(cell);
                titles::question(&cell).is_some_and(|(_, title)| title != cell.trim())
            });
            blocks.extend(about.map(Block::Paragraph));
            self.begin(number, blocks);
        }
    }
}

/// The keys of several questions in one line: `1-B, 2-C`, `Answers: Q1: A and C; Q2: B`. Nothing else may stand there.
fn keys_in_a_line(line: &str) -> Option<Vec<(u32, String)>> {
    let mut rest = match line.split_once(':') {
        Some((label, keys)) if titles::announces_answers(label) => keys,
        _ => line,
    };
    let mut keys: Vec<(u32, String)> = Vec::new();
    // Of two letters it must be said that they are two: A-C may mean B as well.
    let mut behind_letter = false;
    loop {
        let joint = rest.len()
            - rest
                .trim_start_matches(|c: char| !c.is_alphanumeric())
                .len();
        let (joint, words) = rest.split_at(joint);
        if !joint
            .chars()
            .all(|c| " \u{a0},;:.-–—|/()[]=&+→*".contains(c))
        {
            return None;
        }
        if words.is_empty() {
            break;
        }
        let digits = words.trim_start_matches(|c: char| c.is_ascii_digit());
        let (word, after) = match words.len() - digits.len() {
            0 => words.split_at(
                words
                    .find(|c: char| !c.is_alphabetic())
                    .unwrap_or(words.len()),
            ),
            digits => words.split_at(digits),
        };
        rest = after;
        let mut letters = word.chars();
        match (word.parse(), letters.next()?, letters.next()) {
            // A number without a letter is none of a question, and they count up.
            (Ok(number), ..) => {
                if keys
                    .last()
                    .is_some_and(|(last, said)| said.is_empty() || *last >= number)
                {
                    return None;
                }
                keys.push((number, String::new()));
                behind_letter = false;
            }
            (_, letter, None) if letter_index(letter).is_some() => {
                let (_, said) = keys.last_mut()?;
                if behind_letter && ![",", "/", "&", "+"].contains(&joint.trim()) {
                    return None;
                }
                if !said.is_empty() {
                    said.push_str(", ");
                }
                said.push(letter);
                behind_letter = true;
            }
            (_, 'q' | 'Q', None) => behind_letter = false,
            _ if word.eq_ignore_ascii_case("question") => behind_letter = false,
            _ if word.eq_ignore_ascii_case("and") => behind_letter = false,
            _ => return None,
        }
    }
    let whole = keys.len() > 1 && keys.iter().all(|(_, said)| !said.is_empty());
    whole.then_some(keys)
}

/// The same where the line begins as a list does, `1) B; 2) C`.
fn keys_after_a_number(block: &Block) -> Option<Vec<(u32, String)>> {
    let Block::List {
        start: Some(start),
        items,
        ..
    } = block
    else {
        return None;
    };
    let [item] = items.as_slice() else {
        return None;
    };
    let [Block::Paragraph(text)] = item.blocks.as_slice() else {
        return None;
    };
    keys_in_a_line(&format!("{start}) {}", plain(text)))
}

fn item_number(item: &Item) -> Option<(u32, Vec<Inline>)> {
    match item.blocks.first() {
        Some(Block::Paragraph(text)) => numbered_line(text),
        _ => None,
    }
}

/// The number that a line of answers begins with, `**1.** B`, `Q1: B`, and the rest of it.
fn numbered_line(line: &[Inline]) -> Option<(u32, Vec<Inline>)> {
    let (first, rest) = line.split_first()?;
    let text = match first {
        Inline::Strong(bold) => plain(bold),
        Inline::Text(text) => text.clone(),
        _ => return None,
    };
    let (number, said) = titles::question(&text)?;
    let said = if said == text.trim() { "" } else { said };
    let said = match first {
        // What is bold behind the number is as bold as a key.
        Inline::Strong(_) if !said.is_empty() => {
            vec![Inline::Strong(vec![Inline::Text(said.to_owned())])]
        }
        _ => vec![Inline::Text(said.to_owned())],
    };
    let mut rest = rest.to_vec();
    if plain(&said).is_empty()
        && let Some(Inline::Text(text)) = rest.first_mut()
    {
        *text = text
            .trim_start_matches([':', '.', ')', ' ', '-', '–', '—'])
            .to_owned();
    }
    let mut all: Vec<Inline> = said
        .into_iter()
        .filter(|it| !plain(std::slice::from_ref(it)).is_empty())
        .collect();
    all.extend(rest);
    all.retain(|it| !matches!(it, Inline::Text(text) if text.is_empty()));
    (!plain(&all).trim().is_empty()).then_some((number, all))
}
