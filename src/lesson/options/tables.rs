//! Options that stand in the rows of a table, a letter before each.

use super::super::document::{Block, Inline, all_text, plain};
use super::super::questions::says_more;
use super::{Marked, Shape, joined, lettered_by, lone_letter, loosely_lettered, says_to_choose};

/// What a column of letters, or of what they stand for, is called.
const NAMES: [&str; 16] = [
    "",
    "#",
    "answer",
    "answers",
    "approach",
    "choice",
    "choices",
    "description",
    "design",
    "letter",
    "option",
    "options",
    "statement",
    "statements",
    "text",
    "variant",
];

/// The options in the only table of these blocks, if its rows are A, B, C and so on, and the prompt or the answer says
/// that they are options: such a table may also hold what is asked about.
pub fn tabled(
    title: &str,
    blocks: &[Block],
    answered: impl Fn(&[String]) -> bool,
) -> Option<Marked> {
    let mut tables = blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| matches!(block, Block::Table { .. }));
    let (at, Block::Table { head, rows }) = tables.next()? else {
        return None;
    };
    let letters = head.first().map(|cell| name_of(cell)).unwrap_or_default();
    if tables.next().is_some()
        || !(2..=10).contains(&rows.len())
        || !NAMES.contains(&letters.as_str())
    {
        return None;
    }
    let options: Vec<Vec<Block>> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| option(place, head, row))
        .collect::<Option<_>>()?;
    let texts: Vec<String> = options.iter().map(|option| all_text(option)).collect();
    let mut prompt = blocks.to_vec();
    prompt.remove(at);
    let before = format!("{title} {}", all_text(&prompt)).to_lowercase();
    let named = !["", "#"].contains(&letters.as_str());
    let asked =
        (named && (says_to_choose(&before) || before.contains("which"))) || answered(&texts);
    let ticked = vec![false; options.len()];
    asked.then_some((prompt, Shape::Letters, options, ticked, true))
}

fn name_of(cell: &[Inline]) -> String {
    plain(cell).trim().trim_end_matches(':').to_lowercase()
}

/// The blocks of a row that begins with the letter of this place.
fn option(place: usize, head: &[Vec<Inline>], row: &[Vec<Inline>]) -> Option<Vec<Block>> {
    let (first, cells) = row.split_first()?;
    let alone = lone_letter(&plain(first)).map(|letter| (letter, Vec::new()));
    let (letter, rest) = alone.or_else(|| loosely_lettered(first)).or_else(|| {
        // `B.` in bold, with nothing behind it.
        lettered_by(first, |text| {
            let letter = lone_letter(text.trim_end_matches(['.', ')', ':']))?;
            Some((letter, ""))
        })
    })?;
    if letter != place {
        return None;
    }
    let several = cells.iter().filter(|cell| !cell.is_empty()).count() > 1;
    let named = |(cell, head): (&Vec<Inline>, Option<&Vec<Inline>>)| {
        let head = head.filter(|head| several || !NAMES.contains(&name_of(head).as_str()));
        match head.filter(|head| says_more(head) && !cell.is_empty()) {
            Some(head) => joined(Inline::Text(format!("{}: ", plain(head))), cell),
            None => cell.clone(),
        }
    };
    let heads = (1..).map(|column| head.get(column));
    let paragraphs = [rest].into_iter().chain(cells.iter().zip(heads).map(named));
    let blocks: Vec<Block> = paragraphs
        .filter(|text| !plain(text).trim().is_empty())
        .map(Block::Paragraph)
        .collect();
    (!blocks.is_empty()).then_some(blocks)
}
