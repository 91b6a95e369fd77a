//! Options that begin with a drawn box.

use super::super::document::{Block, Inline};
use super::{Marked, Shape, letters_in_order, without_letter};

/// Options as lines or items that begin with a drawn box: `☐ text`, `[ ] text`, `( ) text`.
pub fn boxed(blocks: &[Block]) -> Option<Marked> {
    let mut prompt = Vec::new();
    let mut options = Vec::new();
    let mut ticked = Vec::new();
    for block in blocks {
        let lines: Vec<Vec<Block>> = match block {
            Block::Paragraph(text) => text
                .split(|inline| *inline == Inline::LineBreak)
                .map(|line| vec![Block::Paragraph(line.to_vec())])
                .collect(),
            Block::List { items, .. } => items.iter().map(|item| item.blocks.clone()).collect(),
            _ => Vec::new(),
        };
        let found: Vec<_> = lines.iter().map(|line| box_at(line)).collect();
        let from = found.iter().position(Option::is_some);
        match from {
            Some(from) if found[from..].iter().all(Option::is_some) => {
                if let (Block::Paragraph(_), true) = (block, from > 0) {
                    prompt.extend(lines[..from].iter().flatten().cloned());
                } else if from > 0 {
                    prompt.push(block.clone());
                    continue;
                }
                for (line, found) in lines.into_iter().zip(found).skip(from) {
                    let mut line = line;
                    if let (Some(Block::Paragraph(text)), Some((_, length))) =
                        (line.first_mut(), found)
                        && let Some(Inline::Text(text)) = text.first_mut()
                    {
                        *text = text[length..].trim_start().to_owned();
                    }
                    options.push(line);
                    ticked.push(found.is_some_and(|(ticked, _)| ticked));
                }
            }
            _ => prompt.push(block.clone()),
        }
    }
    let in_order = letters_in_order(&options);
    let options: Vec<_> = options.into_iter().map(without_letter).collect();
    (options.len() > 1).then_some((prompt, Shape::Tasks, options, ticked, in_order))
}

/// Whether a drawn box is ticked, and its length.
fn box_at(blocks: &[Block]) -> Option<(bool, usize)> {
    let Some(Block::Paragraph(text)) = blocks.first() else {
        return None;
    };
    let Some(Inline::Text(text)) = text.first() else {
        return None;
    };
    const BOXES: [(&str, bool); 14] = [
        ("[ ]", false),
        ("[]", false),
        ("( )", false),
        ("()", false),
        ("☐", false),
        ("□", false),
        ("⬜", false),
        ("○", false),
        ("◯", false),
        ("[x]", true),
        ("[X]", true),
        ("(x)", true),
        ("☑", true),
        ("☒", true),
    ];
    let trimmed = text.trim_start();
    let before = text.len() - trimmed.len();
    BOXES
        .iter()
        .find(|(drawn, _)| trimmed.starts_with(drawn))
        .map(|(drawn, ticked)| (*ticked, before + drawn.len()))
}
