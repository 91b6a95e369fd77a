//! Discussion prompts: questions without a right answer, each with what it may be compared with afterwards.
//!
//! They are headings (`### Question 1: Title`), the items of a list, or paragraphs that end in a question mark, tried in
//! this order; the whole page uses one of these forms. Talking points are the `<details>` that belong to a prompt.

use super::document::{Block, Inline, Item, Lesson, SectionKind, all_text, plain, slug};
use super::outline::Keys;
use super::titles;

/// The longest part of a prompt's text that makes its name, in words.
const NAME_WORDS: usize = 8;

/// A prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// A name that survives reordering: notes are kept by it.
    pub key: String,
    /// Its page, an index into [`Lesson::pages`].
    pub page: usize,
    /// What it is called; empty where it has only a text.
    pub title: String,
    /// What is asked.
    pub blocks: Vec<Block>,
    /// What to compare one's own thoughts with.
    pub points: Vec<Block>,
}

/// The prompts of a lesson's discussion pages, in reading order.
pub(super) fn prompts(lesson: &Lesson) -> Vec<Prompt> {
    let mut keys = Keys::default();
    let mut prompts = Vec::new();
    for (number, page) in lesson.pages.iter().enumerate() {
        let section = lesson.sections.get(page.section);
        if section.is_none_or(|section| section.kind != SectionKind::Discussion) {
            continue;
        }
        for draft in parted(&page.blocks).prompts {
            let name = match draft.title.is_empty() {
                true => all_text(draft.blocks.get(..1).unwrap_or_default()),
                false => draft.title.clone(),
            };
            let words: Vec<&str> = name.split_whitespace().take(NAME_WORDS).collect();
            prompts.push(Prompt {
                key: keys.take(slug(&words.join(" "))),
                page: number,
                title: draft.title,
                blocks: draft.blocks,
                points: draft.points,
            });
        }
    }
    prompts
}

/// What stands on a discussion page before its prompts and after them.
pub fn around(blocks: &[Block]) -> (Vec<Block>, Vec<Block>) {
    let parted = parted(blocks);
    (parted.before, parted.after)
}

/// A page in parts.
#[derive(Default)]
struct Parted {
    before: Vec<Block>,
    prompts: Vec<Draft>,
    after: Vec<Block>,
}

#[derive(Default)]
struct Draft {
    title: String,
    blocks: Vec<Block>,
    points: Vec<Block>,
}

impl Draft {
    /// Takes what belongs to the prompt: details are talking points, all else is asked.
    fn take(&mut self, block: Block) {
        match block {
            Block::Details { blocks, .. } => self.points.extend(blocks),
            block => self.blocks.push(block),
        }
    }
}

fn parted(blocks: &[Block]) -> Parted {
    [by_headings, by_lists, by_questions]
        .into_iter()
        .map(|form| form(blocks))
        .find(|parted| !parted.prompts.is_empty())
        .unwrap_or_default()
}

/// `### Question 1: Title` with what stands under it. A heading that asks nothing parts the text, and is no prompt.
fn by_headings(blocks: &[Block]) -> Parted {
    let mut parts: Vec<(Option<&[Inline]>, Vec<&Block>)> = vec![(None, Vec::new())];
    let level = blocks.iter().filter_map(|block| match block {
        Block::Heading { level, .. } => Some(*level),
        _ => None,
    });
    let Some(top) = level.min() else {
        return Parted::default();
    };
    for block in blocks {
        match block {
            Block::Heading { level, text, .. } if *level == top => {
                parts.push((Some(text), vec![block]));
            }
            block => parts
                .last_mut()
                .into_iter()
                .for_each(|(_, part)| part.push(block)),
        }
    }
    let mut parted = Parted::default();
    for (heading, part) in parts {
        let heading = heading.map(plain).unwrap_or_default();
        let title = titles::prompt(&heading).map(|(_, title)| title.trim().to_owned());
        let asks = title.is_some()
            || part
                .iter()
                .any(|block| matches!(block, Block::Details { .. }))
            || part.iter().any(|block| ends_with_a_question(block));
        if asks && !heading.is_empty() {
            let mut draft = Draft {
                title: title.unwrap_or(heading),
                ..Draft::default()
            };
            part.into_iter()
                .skip(1)
                .cloned()
                .for_each(|b| draft.take(b));
            parted.prompts.push(draft);
        } else if parted.prompts.is_empty() {
            parted.before.extend(part.into_iter().cloned());
        } else {
            parted.after.extend(part.into_iter().cloned());
        }
    }
    parted
}

/// The items of the lists that ask something; where none does, those of the first list.
fn by_lists(blocks: &[Block]) -> Parted {
    let asks = |items: &[Item]| {
        let mut items = items.iter();
        items.any(|item| item.blocks.iter().any(ends_with_a_question))
    };
    let any_asks = blocks
        .iter()
        .any(|block| matches!(block, Block::List { items, .. } if asks(items)));
    let mut parted = Parted::default();
    for block in blocks {
        match block {
            Block::List { items, .. }
                if (any_asks && asks(items)) || (!any_asks && parted.prompts.is_empty()) =>
            {
                parted.prompts.extend(items.iter().map(of_item));
            }
            block if parted.prompts.is_empty() => parted.before.push(block.clone()),
            Block::Details { blocks, .. } => deal_out(blocks, &mut parted.prompts),
            block => parted.after.push(block.clone()),
        }
    }
    parted
}

/// A paragraph that ends in a question mark, with what stands under it.
fn by_questions(blocks: &[Block]) -> Parted {
    let mut parted = Parted::default();
    for block in blocks {
        match (block, parted.prompts.last_mut()) {
            (Block::Paragraph(_), _) if ends_with_a_question(block) => {
                parted.prompts.push(of_blocks(vec![block.clone()]));
            }
            (block, None) => parted.before.push(block.clone()),
            (block, Some(prompt)) => prompt.take(block.clone()),
        }
    }
    parted
}

fn of_item(item: &Item) -> Draft {
    of_blocks(item.blocks.clone())
}

/// A prompt of blocks whose first may open with `**Title**:`.
fn of_blocks(blocks: Vec<Block>) -> Draft {
    let mut draft = Draft::default();
    for block in blocks {
        match block {
            Block::Paragraph(text) if draft.blocks.is_empty() && draft.title.is_empty() => {
                let (title, rest) = without_title(&text);
                draft.title = title;
                if !rest.is_empty() {
                    draft.blocks.push(Block::Paragraph(rest));
                }
            }
            block => draft.take(block),
        }
    }
    draft
}

/// `**Title**: text` in its parts. Strong text that the sentence goes on from is no title.
fn without_title(text: &[Inline]) -> (String, Vec<Inline>) {
    let whole = || (String::new(), text.to_vec());
    let Some((Inline::Strong(title), rest)) = text.split_first() else {
        return whole();
    };
    let title = plain(title);
    let mut rest = rest.to_vec();
    // `**Does it end?** Name three.` is a title as well.
    let ends_inside = title.ends_with([':', '?', '.', '!']);
    match rest.first_mut() {
        None | Some(Inline::LineBreak) => {}
        Some(Inline::Text(text)) => {
            let cut = text.trim_start_matches([':', '.', '-', '–', '—', ' ']);
            let parts = cut.len() < text.trim_start().len() || ends_inside;
            if !parts {
                return whole();
            }
            *text = cut.to_owned();
        }
        Some(_) if ends_inside => {}
        Some(_) => return whole(),
    }
    if matches!(rest.first(), Some(Inline::LineBreak)) {
        rest.remove(0);
    }
    (title.trim_end_matches(':').trim().to_owned(), rest)
}

/// Details behind a list are for its prompts: one point each where they are as many, else all for the last one.
fn deal_out(points: &[Block], prompts: &mut [Draft]) {
    if let [Block::List { items, .. }] = points
        && items.len() == prompts.len()
    {
        for (prompt, item) in prompts.iter_mut().zip(items) {
            prompt.points.extend(item.blocks.iter().cloned());
        }
    } else if let Some(last) = prompts.last_mut() {
        last.points.extend(points.iter().cloned());
    }
}

fn ends_with_a_question(block: &Block) -> bool {
    match block {
        Block::Paragraph(text) => plain(text).trim_end().ends_with('?'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::{Settings, parse};

    /// Key, title, text and points of each prompt.
    fn found(discussion: &str) -> Vec<(String, String, String, String)> {
        let text = format!("# T\n\n## Discussion (10 min)\n\n{discussion}\n\n## Summary\n\nEnd.\n");
        let lesson = parse(&text, &Settings::default());
        let prompts = lesson.prompts.into_iter();
        prompts
            .map(|p| (p.key, p.title, all_text(&p.blocks), all_text(&p.points)))
            .collect()
    }

    fn check(discussion: &str, expected: &[(&str, &str, &str, &str)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(a, b, c, d)| (a.to_string(), b.to_string(), c.to_string(), d.to_string()))
            .collect();
        assert_eq!(found(discussion), expected, "{discussion}");
    }

    #[test]
    fn prompts_are_found_in_every_form() {
        check(
            "Think first.\n\n1. **Unbounded data**: Which ones?\n\n2. **Why not batch?**: Imagine. Why?\n",
            &[
                ("unbounded-data", "Unbounded data", "Which ones?", ""),
                ("why-not-batch", "Why not batch?", "Imagine. Why?", ""),
            ],
        );
        check(
            "### Question 1: Fraud\n\nWhy not hourly?\n\n<details>\n<summary>Points</summary>\n\nToo late.\n\n</details>\n\n### Question 2\n\nAnd then?\n",
            &[
                ("fraud", "Fraud", "Why not hourly?", "Too late."),
                ("question-2", "Question 2", "And then?", ""),
            ],
        );
        check(
            "- What is a river?\n- Name a lake.\n",
            &[
                ("what-is-a-river", "", "What is a river?", ""),
                ("name-a-lake", "", "Name a lake.", ""),
            ],
        );
        check(
            "Talk with others.\n\nWhat is a river?\n\nTake your time.\n\nWhat is a lake?\n",
            &[
                (
                    "what-is-a-river",
                    "",
                    "What is a river? Take your time.",
                    "",
                ),
                ("what-is-a-lake", "", "What is a lake?", ""),
            ],
        );
        check("Just talk.", &[]);
    }

    #[test]
    fn points_belong_to_their_prompt_wherever_they_stand() {
        check(
            "1. One?\n   <details>\n   <summary>Points</summary>\n\n   first\n\n   </details>\n2. Two?\n",
            &[("one", "", "One?", "first"), ("two", "", "Two?", "")],
        );
        check(
            "1. One?\n2. Two?\n\n<details>\n<summary>Points</summary>\n\n1. first\n2. second\n\n</details>\n",
            &[("one", "", "One?", "first"), ("two", "", "Two?", "second")],
        );
        check(
            "1. One?\n2. Two?\n\n<details>\n<summary>Points</summary>\n\nall\n\n</details>\n",
            &[("one", "", "One?", ""), ("two", "", "Two?", "all")],
        );
    }

    #[test]
    fn same_titles_have_names_of_their_own_and_strong_words_are_no_title() {
        check(
            "1. **Why**: a?\n2. **Why**: b?\n3. **Why** ever not?\n",
            &[
                ("why", "Why", "a?", ""),
                ("why-2", "Why", "b?", ""),
                ("why-ever-not", "", "Why ever not?", ""),
            ],
        );
        check(
            "1. **Does it end?** Name three.\n2. **Now.**\n",
            &[
                ("does-it-end", "Does it end?", "Name three.", ""),
                ("now", "Now.", "", ""),
            ],
        );
    }

    #[test]
    fn nothing_of_a_page_is_lost() {
        let text = "# T\n\n## Discussion\n\nBefore.\n\n1. **A**: a?\n2. b?\n\nAfter.\n";
        let lesson = parse(text, &Settings::default());
        let (before, after) = around(&lesson.pages[0].blocks);
        assert_eq!(
            (all_text(&before), all_text(&after)),
            ("Before.".into(), "After.".into())
        );
    }
}
