//! A checkpoint's part to a question: the answer taken out, the options found, the key read from the answer.

use super::answers;
use super::document::{
    Block, Inline, Item, Question, QuestionKind, QuestionOption, all_text, slug,
};
use super::options::{self, Shape};
use super::settings::Settings;

/// The question that stands under a heading.
pub fn question(title: &str, line: usize, blocks: Vec<Block>, settings: &Settings) -> Question {
    let (blocks, answers) = take_details(blocks);
    let hash = fnv1a(&all_text(&blocks));
    let (prompt, shape, drafts) = options::split(blocks);
    let texts: Vec<String> = drafts.iter().map(|draft| all_text(draft)).collect();
    let correct = answers
        .iter()
        .find_map(|answer| answers::key(&answer.blocks, &texts))
        .unwrap_or_default();
    let mut reasons = settings
        .reasons(title, drafts.len())
        .unwrap_or_default()
        .iter();
    Question {
        key: format!("{}-{hash:08x}", slug(title)),
        title: title.to_owned(),
        line,
        kind: kind(shape, &all_text(&prompt), correct.len()),
        prompt,
        options: drafts
            .into_iter()
            .map(|blocks| QuestionOption {
                blocks,
                reason: reasons.next().cloned(),
            })
            .collect(),
        correct,
        doubt: None,
        answer_line: answers.first().map(|answer| answer.line),
        explanation: explanation(answers),
    }
}

/// Whether details stand in these blocks, however deep.
pub fn holds_details(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Details { .. } => true,
        Block::Quote(blocks) => holds_details(blocks),
        Block::List { items, .. } => items.iter().any(|item| holds_details(&item.blocks)),
        _ => false,
    })
}

/// The content of `<details>`.
struct Answer {
    line: usize,
    summary: Vec<Inline>,
    blocks: Vec<Block>,
}

/// The blocks without details at any depth, and those details.
fn take_details(blocks: Vec<Block>) -> (Vec<Block>, Vec<Answer>) {
    let mut answers = Vec::new();
    (without_details(blocks, &mut answers), answers)
}

fn without_details(blocks: Vec<Block>, answers: &mut Vec<Answer>) -> Vec<Block> {
    let mut kept = Vec::new();
    for block in blocks {
        match block {
            Block::Details {
                line,
                summary,
                blocks,
            } => answers.push(Answer {
                line,
                summary,
                blocks,
            }),
            Block::Quote(blocks) => kept.push(Block::Quote(without_details(blocks, answers))),
            Block::List {
                start,
                loose,
                items,
            } => kept.push(Block::List {
                start,
                loose,
                items: items
                    .into_iter()
                    .map(|item| Item {
                        task: item.task,
                        blocks: without_details(item.blocks, answers),
                    })
                    .collect(),
            }),
            block => kept.push(block),
        }
    }
    kept
}

/// The answer's blocks; where there are several details, each under its summary.
fn explanation(answers: Vec<Answer>) -> Vec<Block> {
    let several = answers.len() > 1;
    answers
        .into_iter()
        .flat_map(|answer| {
            let label = (several && !answer.summary.is_empty())
                .then(|| Block::Paragraph(vec![Inline::Strong(answer.summary)]));
            label.into_iter().chain(answer.blocks)
        })
        .collect()
}

fn kind(shape: Shape, prompt: &str, correct: usize) -> QuestionKind {
    let prompt = prompt.to_lowercase();
    let asks = |words: &[&str]| words.iter().any(|word| prompt.contains(word));
    let several = correct > 1
        || asks(&[
            "that apply",
            "select all",
            "choose all",
            "select two",
            "choose two",
        ]);
    let one = asks(&["select one", "choose one", "pick one"]);
    match shape {
        Shape::None => QuestionKind::Open,
        _ if several => QuestionKind::Multiple,
        Shape::Tasks if !one => QuestionKind::Multiple,
        Shape::Tasks | Shape::Letters => QuestionKind::Single,
        Shape::Labels => QuestionKind::Comparison,
    }
}

/// FNV-1a, 32 bits: short, and the same on every machine and for ever.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
