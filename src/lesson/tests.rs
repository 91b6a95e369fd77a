//! The dialect of lessons, trait by trait.

mod answer_lists;
mod brackets;
mod certainty;
mod module;
mod questions;
mod spellings;

use proptest::prelude::*;

use super::document::all_text;
use super::*;

fn lesson(markdown: &str) -> Lesson {
    parse(markdown, &Settings::default())
}

/// The only question of a checkpoint that holds this text.
fn question(text: &str) -> Question {
    let markdown = format!("# t\n\n## Checkpoint\n\n### Question 1: q\n\n{text}\n");
    let mut questions = lesson(&markdown).questions;
    assert_eq!(questions.len(), 1, "{text}");
    questions.remove(0)
}

/// The text of blocks as one reads it: a line for each paragraph, item, cell and line of code.
fn outline_of(blocks: &[Block]) -> Vec<String> {
    layout(blocks, 76, &Highlights::default())
        .iter()
        .map(TextLine::text)
        .filter(|line| !line.is_empty())
        .collect()
}

/// All that a learner can see before answering.
fn visible(lesson: &Lesson) -> String {
    let mut lines = Vec::new();
    for page in &lesson.pages {
        lines.push(page.title.clone());
        lines.extend(outline_of(&page.blocks));
    }
    for question in &lesson.questions {
        lines.push(question.title.clone());
        lines.extend(outline_of(&question.prompt));
        for option in &question.options {
            lines.extend(outline_of(&option.blocks));
        }
    }
    lines.join("\n")
}

/// Pieces of which authors make lessons, in any order: most are nonsense together.
fn fragments() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "# T",
        "## Checkpoint (5 min)",
        "## Hands-On",
        "## Learning Goals",
        "### Step 1: a",
        "### Question 2: b",
        "#### Option A",
        "## Answers",
        "**Question 3**: c",
        "**Answer: B** so",
        "**Design 1**:",
        "☐ box",
        "a. weak",
        "b. weaker",
        "1. What?",
        "✅ B) right",
        "<details>",
        "<details open><summary>Answer</summary>",
        "<summary>",
        "</summary>",
        "</details>",
        "**B) x**",
        "A) one",
        "B) two",
        "(C) three",
        "- [ ] task",
        "- [x] A. done",
        "- item",
        "  - <details>",
        "> quote",
        "> > <details>",
        "1. one",
        "**Option A**:",
        "**Option B**: y",
        "Correct answers: B, ",
        "**Correct answers**: one, two and three",
        "```python title=x.py",
        "```",
        "~~~",
        "    indented",
        "| a | b |",
        "|---|---|",
        "text `code.py` text",
        "[l](a)",
        "![](",
        "<!--",
        "-->",
        "<br>",
        "<b>",
        "</b>",
        "<em>",
        "[^1]",
        "[^1]: note",
        "---",
        "+++",
        "*",
        "**",
        "_",
        "~~",
        "\\",
        "&#10;",
        "\u{202e}",
        "\t",
        "",
    ]);
    let joint = prop::sample::select(vec!["\n", "\n\n", " ", "", "\n  ", "\n> "]);
    prop::collection::vec((piece, joint), 0..40).prop_map(|parts| {
        parts
            .into_iter()
            .map(|(piece, joint)| format!("{piece}{joint}"))
            .collect()
    })
}

/// A lesson's parts refer to each other, whatever it was made of.
fn assert_sound(lesson: &Lesson) {
    assert!(!lesson.pages.is_empty() && !lesson.sections.is_empty());
    for (index, page) in lesson.pages.iter().enumerate() {
        let section = &lesson.sections[page.section];
        assert!(section.first_page <= index);
    }
    for section in &lesson.sections {
        assert!(section.first_page < lesson.pages.len());
    }
    for question in &lesson.questions {
        assert!(
            question
                .correct
                .iter()
                .all(|&option| option < question.options.len())
        );
        assert!(question.correct.is_sorted());
    }
    let mut keys: Vec<&str> = lesson.pages.iter().map(|page| page.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), lesson.pages.len());
}

proptest! {
    #[test]
    fn any_bytes_are_a_lesson_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(text) = read(&bytes) {
            assert_sound(&lesson(&text));
        }
    }

    #[test]
    fn any_text_is_a_lesson(text in any::<String>()) {
        assert_sound(&lesson(&text));
    }

    #[test]
    fn any_order_of_constructs_is_a_lesson(text in fragments()) {
        assert_sound(&lesson(&text));
    }

    #[test]
    fn an_answer_never_shows_before_it_is_given(before in fragments(), inside in "[a-z ]{0,20}") {
        let before = before.replace(['`', '~'], "").replace("<!--", "").replace('\t', "");
        let text = format!(
            "{before}\n\n## Checkpoint\n\n### Question 1: q\n\nWhy?\n\n<details>\n<summary>Answer</summary>\n\n\
             {inside} SECRET\n\n</details>\n"
        );
        let lesson = lesson(&text);
        prop_assert!(!visible(&lesson).contains("SECRET"), "{}", text);
    }
}

/// What stands in lists of answers, in any order.
fn answers() -> impl Strategy<Value = Vec<&'static str>> {
    let piece = prop::sample::select(vec![
        "#### Question 1",
        "#### Question 2: T",
        "#### Question 9",
        "#### Answer 2",
        "#### S",
        "**Question 1**: B",
        "Q2: so",
        "1. B",
        "2. so",
        "- Q1: B\n- Q2: so",
        "| # | Answer | Why |\n|---|---|---|\n| 1 | B | so |",
        "| # | Answer |\n|---|---|",
        "<details>",
        "<details><summary>Question 1</summary>",
        "<summary>",
        "</summary>",
        "</details>",
        "- <details>",
        "> quote",
        "**Answer: A**",
        "---",
    ]);
    prop::collection::vec(piece, 0..10)
}

/// Whether a word is anywhere in a lesson, be it hidden in an answer.
fn keeps(lesson: &Lesson, word: &str) -> bool {
    format!("{lesson:?}").contains(word)
}

proptest! {
    #[test]
    fn no_word_is_lost(parts in prop::collection::vec(fragments(), 1..5)) {
        let mut text = String::new();
        for (index, part) in parts.iter().enumerate() {
            text += &part.replace("<!--", "");
            text += &format!("\n\nword{index}kept and\n**bold{index}kept** too\n\n");
        }
        let lesson = lesson(&text);
        for index in 0..parts.len() {
            prop_assert!(keeps(&lesson, &format!("word{index}kept")), "{}", text);
            prop_assert!(keeps(&lesson, &format!("bold{index}kept")), "{}", text);
        }
    }

    #[test]
    fn no_list_of_answers_shows_or_loses_a_word(parts in answers(), summary in any::<bool>()) {
        let heading = if summary { "## Summary\n\n### Answers" } else { "## Answers" };
        let mut text = "# T\n\n## Checkpoint\n\n### Question 1: S\n\nA) one\nB) two\n\n### Question 2: T\n\nWhy?\n\n".to_owned();
        text += heading;
        for (index, part) in parts.iter().enumerate() {
            text += &format!("\n\n{part}\n\nSECRET{index}kept");
        }
        let lesson = lesson(&text);
        prop_assert!(!visible(&lesson).contains("SECRET"), "{}", text);
        for index in 0..parts.len() {
            prop_assert!(keeps(&lesson, &format!("SECRET{index}kept")), "{}", text);
        }
    }

    #[test]
    fn a_mangled_lesson_is_a_lesson(cuts in prop::collection::vec((0usize..6000, 0usize..40, ".{0,3}"), 1..12)) {
        let mut text: Vec<char> = include_str!("../../tests/fixtures/lessons/module.md").chars().collect();
        for (at, length, with) in cuts {
            let at = at % text.len();
            let end = (at + length).min(text.len());
            text.splice(at..end, with.chars());
        }
        let text: String = text.into_iter().collect();
        if let Ok(text) = read(text.as_bytes()) {
            let lesson = lesson(&text);
            assert_sound(&lesson);
            let subject = lint::Subject { text: &text, lesson: &lesson, settings: None, scenes: None, exists: &|_| false, sees: &|_| true };
            lint::lint(&subject);
        }
    }
}

#[test]
fn every_word_of_the_fixtures_is_kept() {
    let known = [
        "step", "question", "details", "summary", "option", "python", "bash", "json", "https",
    ];
    for markdown in [
        include_str!("../../tests/fixtures/lessons/module.md"),
        include_str!("../../tests/fixtures/lessons/everything.md"),
        include_str!("../../lessons/what-are-streams/lesson.md"),
    ] {
        let kept = format!("{:?}", lesson(markdown)).to_lowercase();
        let text = markdown.to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric());
        for word in words.filter(|word| word.len() > 3 && !known.contains(word)) {
            assert!(kept.contains(word), "{word} is lost");
        }
    }
}

#[test]
fn what_nests_without_end_is_flattened() {
    for deep in [
        "> ".repeat(5_000) + "x",
        (0..400).map(|depth| "  ".repeat(depth) + "- x\n").collect(),
        "*".repeat(20_000) + "x",
        "[".repeat(5_000) + "x" + &"](a)".repeat(5_000),
        "<details>\n\n".repeat(5_000) + "x",
        "<details>\n\n".repeat(2_000) + "x\n\n" + &"</details>\n\n".repeat(2_000),
    ] {
        let lesson = lesson(&deep);
        assert!(visible(&lesson).contains('x'));
    }
}

#[test]
fn control_characters_are_visible_wherever_they_stand() {
    let markdown = "# t\u{1b}[2J\n\n**Head\u{7}**: v\u{202e}\n\n## S\u{9b}\n\na\u{1b}b `c\u{8}` [d](e\u{1b})\n\n\
                    ```x\u{1b} title=f\u{1b}.py\n\u{1b}\n```\n\n<p title=\"\u{1b}\">\n\n&#27; &#x9b;\n";
    let lesson = lesson(markdown);
    let mut shown = visible(&lesson);
    shown.push_str(&lesson.title);
    shown.push_str(&format!("{:?}", lesson.head));
    let raw: Vec<char> = shown
        .chars()
        .filter(|c| c.is_control() && *c != '\n')
        .collect();
    assert!(raw.is_empty(), "{raw:?}");
    assert!(!shown.contains('\u{202e}') && shown.contains('␛'));
}
