//! A checkpoint's part to a question: the answer taken out, the options found, the key read from the answer.

use super::answers;
use super::checkpoint::Draft;
use super::document::{
    Block, Inline, Item, Question, QuestionKind, QuestionOption, all_text, plain, slug,
};
use super::options::{self, Parts, Shape};
use super::settings::Settings;

/// The question that a draft makes.
pub fn question(draft: Draft, settings: &Settings) -> Question {
    let title = draft.title;
    let (blocks, mut answers) = take_details(draft.blocks);
    answers.extend(draft.answer.map(|(line, blocks)| Answer {
        line,
        summary: Vec::new(),
        blocks,
    }));
    let hash = fnv1a(&all_text(&blocks));
    let Parts {
        prompt,
        shape,
        options,
        ticked,
    } = options::split(&title, blocks, |texts| said_key(&answers, texts).is_some());
    let texts: Vec<String> = options.iter().map(|option| all_text(option)).collect();
    let correct = said_key(&answers, &texts)
        .or_else(|| said_by_ticks(&ticked))
        .unwrap_or_default();
    let doubt = (correct.is_empty() && !texts.is_empty())
        .then(|| {
            answers
                .iter()
                .find_map(|answer| answers::doubt(&answer.blocks, &texts))
        })
        .flatten();
    let mut reasons = settings
        .reasons(&title, options.len())
        .unwrap_or_default()
        .iter();
    Question {
        key: format!("{}-{hash:08x}", slug(&title)),
        kind: kind(shape, &all_text(&prompt), correct.len()),
        title,
        line: draft.line,
        prompt,
        options: options
            .into_iter()
            .map(|blocks| QuestionOption {
                blocks,
                reason: reasons.next().cloned(),
            })
            .collect(),
        correct,
        doubt,
        answer_line: answers
            .first()
            .map(|answer| answer.line)
            .filter(|line| *line > 0),
        explanation: {
            let mut blocks = explanation(answers);
            blocks.extend(draft.unassigned);
            blocks
        },
    }
}

/// The key that an answer says; a hint says none.
fn said_key(answers: &[Answer], options: &[String]) -> Option<Vec<usize>> {
    answers
        .iter()
        .filter(|answer| !plain(&answer.summary).to_lowercase().contains("hint"))
        .find_map(|answer| answers::key(&answer.blocks, options))
}

/// The key that ticks in the question itself give, which nobody sees.
fn said_by_ticks(ticked: &[bool]) -> Option<Vec<usize>> {
    let key: Vec<usize> = (0..ticked.len()).filter(|option| ticked[*option]).collect();
    (!key.is_empty() && key.len() < ticked.len()).then_some(key)
}

/// Whether these blocks hold an answer, hidden in details or not, however deep.
pub fn holds_answer(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Details { .. } => true,
        Block::Quote(blocks) => holds_answer(blocks),
        Block::List { items, .. } => items.iter().any(|item| holds_answer(&item.blocks)),
        Block::Paragraph(text) => text
            .split(|inline| *inline == Inline::LineBreak)
            .any(|line| answers::opens(&plain(line))),
        Block::Heading { text, .. } => answers::is_heading_of_answer(&plain(text)),
        _ => false,
    })
}

/// The content of `<details>`, or of what stands openly behind `Answer:`.
pub struct Answer {
    /// Its line in the file; 0 if it is not known.
    pub line: usize,
    /// What `<summary>` says.
    pub summary: Vec<Inline>,
    /// The answer.
    pub blocks: Vec<Block>,
}

/// The blocks without their answers at any depth, and those answers.
pub fn take_details(blocks: Vec<Block>) -> (Vec<Block>, Vec<Answer>) {
    let mut answers = Vec::new();
    let kept = without_answers(blocks, &mut answers);
    (kept, answers)
}

/// From a line that opens an answer on, everything in its container is the answer.
fn without_answers(blocks: Vec<Block>, answers: &mut Vec<Answer>) -> Vec<Block> {
    let mut kept = Vec::new();
    let mut open: Option<Answer> = None;
    for block in blocks {
        let block = match block {
            Block::Details {
                line,
                summary,
                blocks,
            } => {
                answers.extend(open.take());
                answers.push(Answer {
                    line,
                    summary,
                    blocks,
                });
                continue;
            }
            Block::Heading { line, level, text }
                if answers::is_heading_of_answer(&plain(&text)) =>
            {
                answers.extend(open.take());
                open = Some(Answer {
                    line,
                    summary: Vec::new(),
                    blocks: vec![Block::Heading { line, level, text }],
                });
                continue;
            }
            Block::Paragraph(text) if open.is_none() => {
                let (before, answer) = parted(text);
                if let Some(answer) = answer {
                    open = Some(Answer {
                        line: 0,
                        summary: Vec::new(),
                        blocks: vec![Block::Paragraph(answer)],
                    });
                }
                if before.is_empty() {
                    continue;
                }
                kept.push(Block::Paragraph(before));
                continue;
            }
            Block::Quote(blocks) => {
                let blocks = without_answers(blocks, answers);
                if blocks.is_empty() {
                    continue;
                }
                Block::Quote(blocks)
            }
            Block::List {
                start,
                loose,
                items,
            } if open.is_none() => Block::List {
                start,
                loose,
                items: items
                    .into_iter()
                    .map(|item| Item {
                        task: item.task,
                        blocks: without_answers(item.blocks, answers),
                    })
                    .collect(),
            },
            block => block,
        };
        match &mut open {
            Some(answer) => answer.blocks.push(block),
            None => kept.push(block),
        }
    }
    answers.extend(open);
    kept
}

/// A paragraph's lines before the one that opens an answer, and those from there on.
fn parted(text: Vec<Inline>) -> (Vec<Inline>, Option<Vec<Inline>>) {
    let mut at = 0;
    for line in text.split(|inline| *inline == Inline::LineBreak) {
        if answers::opens(&plain(line)) {
            let mut before = text;
            let answer = before.split_off(at);
            // The line's end before it.
            before.truncate(at.saturating_sub(1));
            return (before, Some(answer));
        }
        at += line.len() + 1;
    }
    (text, None)
}

/// The answer's blocks; where there are several details, each under its summary.
fn explanation(answers: Vec<Answer>) -> Vec<Block> {
    let several = answers.len() > 1;
    answers
        .into_iter()
        .flat_map(|answer| {
            let label = (several && !answer.summary.is_empty() || says_more(&answer.summary))
                .then(|| Block::Paragraph(vec![Inline::Strong(answer.summary)]));
            label.into_iter().chain(answer.blocks)
        })
        .collect()
}

/// Whether a summary says more than that an answer is hidden here.
pub fn says_more(summary: &[Inline]) -> bool {
    const USUAL: [&str; 26] = [
        "answer",
        "answers",
        "click",
        "to",
        "reveal",
        "show",
        "see",
        "the",
        "solution",
        "solutions",
        "here",
        "explanation",
        "expand",
        "for",
        "view",
        "correct",
        "model",
        "key",
        "hint",
        "sample",
        "your",
        "check",
        "me",
        "and",
        "a",
        "s",
    ];
    let text = plain(summary).to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| !word.is_empty() && !USUAL.contains(&word))
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
            "pick two",
            "select three",
            "choose three",
            "pick three",
            "all correct",
            "more than one",
            "multiple answers",
        ]);
    let one = asks(&[
        "select one",
        "choose one",
        "pick one",
        "one answer",
        "one correct",
    ]);
    match shape {
        Shape::None => QuestionKind::Open,
        _ if several => QuestionKind::Multiple,
        Shape::Tasks if !one => QuestionKind::Multiple,
        Shape::Tasks | Shape::Letters | Shape::Plain => QuestionKind::Single,
        Shape::Labels => QuestionKind::Comparison,
    }
}

/// FNV-1a, 32 bits: short, and the same on every machine and for ever.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
