//! What stands below a title: `**Label**: value` lines, and the goals.

use super::document::{Block, Inline, Item, plain};
use super::marks::begins_with_tick;
use super::titles::minutes;

/// Labels that are known without being bold.
const LABELS: [&str; 14] = [
    "duration",
    "time",
    "estimated time",
    "total time",
    "length",
    "prerequisites",
    "prerequisite",
    "chapter reading",
    "reading",
    "level",
    "difficulty",
    "audience",
    "module",
    "author",
];

/// The `**Label**: value` lines, also as items, in a quote or in a table of two columns.
pub fn head_lines(blocks: &[Block]) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(text) => lines.extend(
                text.split(|inline| *inline == Inline::LineBreak)
                    .filter_map(labelled),
            ),
            Block::List { items, .. } => {
                for item in items {
                    lines.extend(head_lines(&item.blocks));
                }
            }
            Block::Quote(blocks) => lines.extend(head_lines(blocks)),
            Block::Table { head, rows } => {
                for row in std::iter::once(head).chain(rows) {
                    if let [label, value] = &row[..] {
                        let (label, value) = (plain(label), plain(value));
                        if is_label(&label) {
                            lines.push((trimmed(&label), value.trim().to_owned()));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    lines
}

fn labelled(line: &[Inline]) -> Option<(String, String)> {
    let strong = line
        .iter()
        .position(|inline| matches!(inline, Inline::Strong(_)));
    // A sign may stand before the label, as a clock.
    if let Some(at) = strong
        && !plain(&line[..at]).contains(char::is_alphanumeric)
        && let Inline::Strong(label) = &line[at]
    {
        let (label, value) = (plain(label), plain(&line[at + 1..]));
        if label.ends_with(':') || value.trim_start().starts_with(':') {
            let value = value.trim_start().trim_start_matches(':').trim();
            return Some((trimmed(&label), value.to_owned()));
        }
    }
    // `Duration: 45 minutes`, bold as a whole or not at all.
    let text = plain(line);
    let (label, value) = text.split_once(':')?;
    is_label(label).then(|| (trimmed(label), value.trim().to_owned()))
}

fn trimmed(label: &str) -> String {
    let label = label.trim_start_matches(|c: char| !c.is_alphanumeric());
    label.trim_end_matches([':', ' ']).to_owned()
}

/// Whether this is one of the labels that heads have.
pub fn is_label(label: &str) -> bool {
    LABELS.contains(&trimmed(label).to_lowercase().as_str())
}

/// The minutes that these lines give.
pub fn minutes_said(lines: &[(String, String)]) -> Option<u32> {
    let said = |words: &[&str]| {
        let mut lines = lines.iter();
        lines.find_map(|(label, value)| {
            let label = label.to_lowercase();
            words
                .iter()
                .any(|word| label.contains(word))
                .then(|| minutes(value))?
        })
    };
    said(&["duration"]).or_else(|| said(&["time", "length"]))
}

/// The items of the first ordered list, else of the first list, else the lines that begin with a tick.
pub fn goals(blocks: &[Block]) -> Vec<Vec<Inline>> {
    let lists = || {
        blocks.iter().filter_map(|block| match block {
            Block::List { start, items, .. } => Some((start, items)),
            _ => None,
        })
    };
    let list = lists()
        .find(|(start, _)| start.is_some())
        .or(lists().next());
    if let Some((_, items)) = list {
        let texts = items.iter().filter_map(|item| match item.blocks.first() {
            Some(Block::Paragraph(text)) => Some(text.clone()),
            _ => None,
        });
        return texts.collect();
    }
    let mut goals = Vec::new();
    for block in blocks {
        if let Block::Paragraph(text) = block {
            let lines = text.split(|inline| *inline == Inline::LineBreak);
            goals.extend(
                lines
                    .filter(|line| begins_with_tick(&plain(line)))
                    .map(without_tick),
            );
        }
    }
    goals
}

/// A paragraph of lines that all begin with a tick, as the list that it is: an author's tick is not one that was earned.
pub fn without_ticks(block: Block) -> Block {
    let Block::Paragraph(text) = &block else {
        return block;
    };
    let lines = || text.split(|inline| *inline == Inline::LineBreak);
    if lines().count() < 2 || !lines().all(|line| begins_with_tick(&plain(line))) {
        return block;
    }
    let items = lines().map(|line| Item {
        task: None,
        blocks: vec![Block::Paragraph(without_tick(line))],
    });
    Block::List {
        start: None,
        loose: false,
        items: items.collect(),
    }
}

fn without_tick(line: &[Inline]) -> Vec<Inline> {
    let mut line = line.to_vec();
    if let Some(Inline::Text(text)) = line.first_mut() {
        *text = text
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .to_owned();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::markdown::blocks;

    #[test]
    fn the_head_is_read_in_every_shape() {
        let check = |markdown: &str| {
            let lines = head_lines(&blocks(markdown, 1));
            assert_eq!(minutes_said(&lines), Some(45), "{markdown}: {lines:?}");
            let last = lines
                .last()
                .map(|(label, value)| (label.as_str(), value.as_str()));
            assert_eq!(last, Some(("Prerequisites", "None")), "{markdown}");
        };
        check("**Duration**: 45 minutes\n**Prerequisites**: None");
        check("**Duration:** 45 minutes  \n**Prerequisites:** None");
        check("- **Duration**: 45 minutes\n- **Prerequisites**: None");
        check("> **Duration**: 45 minutes\n> **Prerequisites**: None");
        check("⏱ **Duration**: 45 min\n\n📚 **Prerequisites**: None");
        check("Duration: 45 minutes\nPrerequisites: None");
        check("*Estimated time: 45 min*\n\n*Prerequisites: None*");
        check("| Duration | 45 min |\n|---|---|\n| Prerequisites | None |");
    }

    #[test]
    fn goals_are_items_or_ticked_lines() {
        let check = |markdown: &str| {
            let goals = goals(&blocks(markdown, 1));
            let goals: Vec<_> = goals.iter().map(|goal| plain(goal)).collect();
            assert_eq!(goals, ["One", "Two"], "{markdown}");
        };
        check("Do:\n1. One\n2. Two");
        check("- One\n- Two");
        check("- [ ] One\n- [ ] Two");
        check("✓ One\n✓ Two");
    }

    #[test]
    fn lines_with_ticks_are_a_list_of_which_nothing_is_earned_yet() {
        let list = |markdown: &str| {
            let mut blocks = blocks(markdown, 1);
            match without_ticks(blocks.remove(0)) {
                Block::List { items, .. } => items
                    .iter()
                    .map(|item| crate::lesson::all_text(&item.blocks))
                    .collect(),
                _ => Vec::new(),
            }
        };
        assert_eq!(list("✓ One\n✓ Two"), ["One", "Two"]);
        assert!(list("✓ One\nand more").is_empty());
        assert!(list("Ticks: ✓").is_empty());
    }
}
