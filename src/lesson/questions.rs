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
        in_order,
    } = options::split(&title, blocks, |texts| said_key(&answers, texts).is_some());
    let texts: Vec<String> = options.iter().map(|option| all_text(option)).collect();
    let asked = all_text(&prompt).to_lowercase();
    let (correct, doubt) = match certain_key(&answers, &texts, &ticked, in_order, &asked) {
        Ok(key) => (key, None),
        Err(doubt) => (Vec::new(), doubt),
    };
    let mut reasons = settings
        .reasons(&title, options.len())
        .unwrap_or_default()
        .iter();
    Question {
        key: format!("{}-{hash:08x}", slug(&title)),
        kind: kind(shape, &asked, correct.len()),
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

/// The key, if it is certain; else why not, where that can be said.
fn certain_key(
    answers: &[Answer],
    options: &[String],
    ticked: &[bool],
    in_order: bool,
    asked: &str,
) -> Result<Vec<usize>, Option<String>> {
    let key = match (said_key(answers, options), said_by_ticks(ticked)) {
        (Some(said), Some(ticked)) if said != ticked => {
            return Err(Some(
                "the answer and the ticks in the question name different options".to_owned(),
            ));
        }
        (said, ticked) => said.or(ticked),
    };
    let Some(key) = key else {
        let mut answers = answers.iter().filter(|_| !options.is_empty());
        return Err(answers.find_map(|answer| answers::doubt(&answer.blocks, options)));
    };
    if !in_order {
        return Err(Some(
            "the letters of the options are not A, B, C, each once and in this order".to_owned(),
        ));
    }
    match asked_for(asked) {
        Some(wanted) if wanted != key.len() => Err(Some(format!(
            "the question asks for {wanted} of the options, the answer names {}",
            key.len()
        ))),
        _ => Ok(key),
    }
}

/// The key that the answers say, if they agree; a hint says none. What calls itself the answer counts before others.
fn said_key(answers: &[Answer], options: &[String]) -> Option<Vec<usize>> {
    let keys: Vec<(bool, Vec<usize>)> = answers
        .iter()
        .filter(|answer| !answer.is_hint())
        .filter_map(|answer| {
            Some((
                answer.is_announced(),
                answers::key(&answer.blocks, options)?,
            ))
        })
        .collect();
    let announced = keys.iter().any(|(announced, _)| *announced);
    let mut counted = keys
        .into_iter()
        .filter(|(own, _)| *own || !announced)
        .map(|(_, key)| key);
    let key = counted.next()?;
    counted.all(|other| other == key).then_some(key)
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

impl Answer {
    fn summary_has(&self, words: &[&str]) -> bool {
        let summary = plain(&self.summary).to_lowercase();
        summary
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| words.contains(&word))
    }

    /// Whether it helps to find the answer, and does not say it.
    fn is_hint(&self) -> bool {
        self.summary_has(&[
            "hint", "hints", "clue", "clues", "nudge", "stuck", "help", "tip", "tips",
        ])
    }

    /// Whether it calls itself the answer, or nothing else.
    fn is_announced(&self) -> bool {
        self.summary.is_empty()
            || self.summary_has(&["answer", "answers", "solution", "solutions", "correct"])
    }
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

fn kind(shape: Shape, asked: &str, correct: usize) -> QuestionKind {
    let several = correct > 1 || asks_for_several(asked);
    match shape {
        Shape::None => QuestionKind::Open,
        _ if several => QuestionKind::Multiple,
        Shape::Tasks if !asks_for_one(asked) => QuestionKind::Multiple,
        Shape::Tasks | Shape::Letters | Shape::Plain => QuestionKind::Single,
        Shape::Labels => QuestionKind::Comparison,
    }
}

/// How many options a prompt in lower case asks for, if it says that.
fn asked_for(prompt: &str) -> Option<usize> {
    const CHOOSES: [&str; 3] = ["select", "choose", "pick"];
    // "If you choose two shards" asks for nothing.
    const OPTIONS: [&str; 9] = [
        "answers",
        "options",
        "that",
        "of",
        "statements",
        "correct",
        "true",
        "ones",
        "choices",
    ];
    let words: Vec<&str> = prompt
        .split(|c: char| !c.is_alphanumeric() && !".)?".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    let number = words.iter().enumerate().find_map(|(at, word)| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let number = words.get(at + 1).filter(|_| CHOOSES.contains(&word))?;
        let next = words.get(at + 2);
        let asks = number.ends_with(['.', ')', '?'])
            || next.is_none_or(|next| OPTIONS.iter().any(|known| next.starts_with(known)));
        match number.trim_matches(|c: char| !c.is_alphanumeric()) {
            "two" | "2" if asks => Some(2),
            "three" | "3" if asks => Some(3),
            "four" | "4" if asks => Some(4),
            _ => None,
        }
    });
    let one = asks_for_one(prompt) && !asks_for_several(prompt) && !prompt.contains("at least one");
    number.or(one.then_some(1))
}

fn asks_for_several(prompt: &str) -> bool {
    let words = [
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
    ];
    words.iter().any(|words| prompt.contains(words))
}

fn asks_for_one(prompt: &str) -> bool {
    let words = [
        "select one",
        "choose one",
        "pick one",
        "one answer",
        "one correct",
    ];
    words.iter().any(|words| prompt.contains(words))
}

/// FNV-1a, 32 bits: short, and the same on every machine and for ever.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
