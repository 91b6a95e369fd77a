//! Which heading is the title, and which level the sections have: most lessons use `##`, some `#` or `###`.

use super::document::{Block, SectionKind, plain};
use super::titles::kind;

/// The level of sections once it is settled.
const SECTION: u8 = 2;

/// Takes the title out of a lesson's blocks, and moves its headings so that sections are of level 2.
pub fn settle(blocks: &mut Vec<Block>) -> Option<(String, usize)> {
    let first = blocks
        .iter()
        .position(|block| matches!(block, Block::Heading { level: 1, .. }));
    let level = level_of_sections(blocks, first);
    let title = first
        // `# Learning Goals` among sections of its level is one of them.
        .filter(|first| level > 1 || !is_section(&blocks[*first]))
        .map(|first| blocks.remove(first));
    if level != SECTION {
        for block in blocks.iter_mut() {
            if let Block::Heading { level: own, .. } = block {
                let moved = i16::from(*own) + i16::from(SECTION) - i16::from(level);
                *own = u8::try_from(moved.clamp(1, 6)).unwrap_or(6);
            }
        }
    }
    match title? {
        Block::Heading { text, line, .. } => Some((plain(&text).trim().to_owned(), line)),
        _ => None,
    }
}

/// The level of the headings that are those of a lesson's sections; 2 where none is.
fn level_of_sections(blocks: &[Block], title: Option<usize>) -> u8 {
    let headings = || {
        let rest = blocks.iter().enumerate();
        rest.filter(move |(index, _)| Some(*index) != title)
            .filter_map(|(_, block)| match block {
                Block::Heading { level, .. } => Some((*level, block)),
                _ => None,
            })
    };
    let count = |level: u8| {
        let sections = headings().filter(|(own, block)| *own == level && is_section(block));
        sections.count()
    };
    let checkpoint_below =
        headings().any(|(level, block)| level == SECTION && is_checkpoint(block));
    // In doubt it is 2: a checkpoint that is taken for a part of something else would show its answers.
    let best = match (count(1), count(SECTION), count(3)) {
        (1.., 0, _) => Some(1),
        (tops, others, _) if tops > 1 && tops > others && !checkpoint_below => Some(1),
        (0, 0, 1..) => Some(3),
        (0, 0, 0) => None,
        _ => Some(SECTION),
    };
    best.or_else(|| {
        let lowest = headings().map(|(level, _)| level).min()?.clamp(SECTION, 3);
        // One alone is a part of the text.
        let several = headings().filter(|(level, _)| *level == lowest).count() > 1;
        several.then_some(lowest)
    })
    .unwrap_or(SECTION)
}

fn is_section(block: &Block) -> bool {
    matches!(block, Block::Heading { text, .. } if kind(&plain(text)) != SectionKind::Reading)
}

fn is_checkpoint(block: &Block) -> bool {
    matches!(block, Block::Heading { text, .. } if kind(&plain(text)) == SectionKind::Checkpoint)
}

#[cfg(test)]
mod tests {
    use crate::lesson::{Settings, parse};

    #[test]
    fn sections_are_found_at_whatever_level_they_stand() {
        let check = |markdown: &str, title: &str, sections: &[&str], pages: &[&str]| {
            let lesson = parse(markdown, &Settings::default());
            let found: Vec<_> = lesson.sections.iter().map(|it| it.title.as_str()).collect();
            assert_eq!(
                (lesson.title.as_str(), found.as_slice()),
                (title, sections),
                "{markdown}"
            );
            let found: Vec<_> = lesson.pages.iter().map(|it| it.title.as_str()).collect();
            assert_eq!(found, pages, "{markdown}");
        };
        check(
            "# T\n\n## Goals\n\n- a\n\n## Lab\n\n### Step 1: A\n\nx\n\n### Step 2: B\n\ny\n",
            "T",
            &["Goals", "Lab"],
            &["Goals", "A", "B"],
        );
        check(
            "# T\n\n# Goals\n\n- a\n\n# Lab\n\n## Step 1: A\n\nx\n\n## Step 2: B\n\ny\n",
            "T",
            &["Goals", "Lab"],
            &["Goals", "A", "B"],
        );
        check(
            "# T\n\n### Goals\n\n- a\n\n### Lab\n\n#### Step 1: A\n\nx\n\n#### Step 2: B\n\ny\n",
            "T",
            &["Goals", "Lab"],
            &["Goals", "A", "B"],
        );
        check(
            "# Goals\n\n- a\n\n# Quiz\n\nWell.\n",
            "Untitled lesson",
            &["Goals", "Quiz"],
            &["Goals", "Quiz"],
        );
        check(
            "T\n=\n\nGoals\n-----\n\n- a\n\nLab\n---\n\n### 1. A\n\nx\n",
            "T",
            &["Goals", "Lab"],
            &["Goals", "A"],
        );
        check(
            "# T\n\n### One\n\na\n\n### Two\n\nb\n",
            "T",
            &["One", "Two"],
            &["One", "Two"],
        );
        check(
            "# Hands-On Lab\n\n## One\n\na\n",
            "Hands-On Lab",
            &["One"],
            &["One"],
        );
    }
}
