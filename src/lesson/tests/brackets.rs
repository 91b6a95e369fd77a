//! `<details>` in every form it arrives in.

use super::*;

/// A question whose answer is written like this gives this explanation, and shows none of it before.
fn check(text: &str, explanation: &[&str]) {
    let markdown = format!("# t\n\n## Checkpoint\n\n### Question 1: q\n\nWhy?\n\n{text}\n");
    let lesson = lesson(&markdown);
    assert_eq!(
        outline_of(&lesson.questions[0].explanation),
        explanation,
        "{text}"
    );
    let seen = visible(&lesson);
    for line in explanation {
        assert!(!seen.contains(line), "{line:?} shows in {text}");
    }
    assert_eq!(outline_of(&lesson.questions[0].prompt)[0], "Why?");
}

#[test]
fn with_or_without_blank_lines() {
    check(
        "<details>\n<summary>Answer</summary>\n\n**B)** so\n\n</details>",
        &["B) so"],
    );
    check(
        "<details>\n<summary>Answer</summary>\n**B)** so\n</details>",
        &["B) so"],
    );
    check(
        "<details><summary>Answer</summary>\n**B)** so\n\nmore\n</details>",
        &["B) so", "more"],
    );
    check(
        "<details>\n<summary>\nAnswer\n</summary>\nso\n</details>",
        &["so"],
    );
}

#[test]
fn on_one_line() {
    check(
        "<details><summary>Answer</summary>**B)** so</details>",
        &["B) so"],
    );
    check(
        "<details><summary>Answer</summary> so </details>\n<p>tail</p>",
        &["so"],
    );
    check(
        "Look: <details><summary>Answer</summary>*so* and **on**</details>",
        &["so and on"],
    );
}

#[test]
fn with_attributes_in_any_case() {
    check(
        "<DETAILS open class=\"a b\">\n<Summary style=x>Answer</Summary>\n\nso\n\n</DETAILS>",
        &["so"],
    );
}

#[test]
fn in_a_list_or_a_quote() {
    check(
        "- one\n- two\n  <details>\n  <summary>Answer</summary>\n\n  so\n\n  </details>",
        &["so"],
    );
    check(
        "> <details>\n> <summary>Answer</summary>\n> so\n> </details>",
        &["so"],
    );
    check(
        "- two <details><summary>Answer</summary>so</details>",
        &["so"],
    );
}

#[test]
fn opened_in_a_list_and_closed_behind_it() {
    check(
        "- two\n  <details>\n  <summary>Answer</summary>\n\nso\n\n</details>\n",
        &["so"],
    );
}

#[test]
fn around_code_that_holds_blank_lines() {
    check(
        "<details><summary>Answer</summary>\n```json\n{\n\n}\n```\nso\n</details>",
        &["▎ {", "▎ ", "▎ }", "so"],
    );
    check(
        "<details>\n<summary>Answer</summary>\n\n- as\n\n  ```\n  x\n  ```\n\n</details>",
        &["• as", "  ▎ x"],
    );
}

#[test]
fn unclosed_it_ends_at_the_next_heading_of_its_level() {
    let lesson = lesson(
        "# t\n\n## Checkpoint\n\n### Question 1: q\n\n<details>\n<summary>Answer</summary>\n\nso\n\n\
         #### Also\n\nmore\n\n### Question 2: r\n\nWhat?\n\n## Summary\n\ndone\n",
    );
    let explanation = outline_of(&lesson.questions[0].explanation);
    assert_eq!(explanation, ["so", "Also", "more"]);
    assert_eq!(outline_of(&lesson.questions[1].prompt), ["What?"]);
    assert_eq!(lesson.pages.len(), 2);
}

#[test]
fn unclosed_it_never_swallows_the_next_section() {
    let lesson = lesson(
        "# t\n\n<details>\n\na\n\n## Checkpoint\n\n### Question 1: q\n\n<details>SECRET</details>\n",
    );
    assert_eq!(lesson.questions.len(), 1);
    assert!(!visible(&lesson).contains("SECRET"));
}

#[test]
fn around_whole_sections_it_is_opened() {
    let lesson = lesson(
        "# t\n\n<details>\n<summary>Part 2</summary>\n\n## Checkpoint\n\n### Question 1: q\n\n\
         <details>SECRET</details>\n\n</details>\n",
    );
    assert_eq!(lesson.questions.len(), 1);
    assert!(visible(&lesson).contains("Part 2") && !visible(&lesson).contains("SECRET"));
}

#[test]
fn several_in_a_question_are_told_apart_by_their_summaries() {
    check(
        "<details>\n<summary>Hint</summary>\n\nthink\n\n</details>\n\n<details>\n<summary>Answer</summary>\n\nso\n\n</details>",
        &["Hint", "think", "Answer", "so"],
    );
}

#[test]
fn in_code_it_is_code() {
    let lesson = lesson(
        "# t\n\n```html\n<details>\n<summary>x</summary>\ny\n</details>\n```\n\n`<details>` opens.\n",
    );
    let code = code_blocks(&lesson.pages[0].blocks);
    assert_eq!(
        code[0].source,
        "<details>\n<summary>x</summary>\ny\n</details>\n"
    );
    assert_eq!(
        outline_of(&lesson.pages[0].blocks)
            .last()
            .map(String::as_str),
        Some("<details> opens.")
    );
}

#[test]
fn other_html_is_text_and_comments_are_the_author_s() {
    let lesson = lesson(
        "# t\n\n<p>\nkept\n</p>\n\n<!-- the answer is B -->\n\na <u>lined</u> word<!-- no --><br>next\n",
    );
    assert_eq!(
        outline_of(&lesson.pages[0].blocks),
        ["<p>", "kept", "</p>", "a <u>lined</u> word", "next"]
    );
}

#[test]
fn tags_of_bold_and_italic_are_styles_where_both_halves_are_there() {
    let blocks = |text: &str| lesson(&format!("# t\n\n{text}\n")).pages[0].blocks.clone();
    let text = |text: &str| Inline::Text(text.to_owned());
    assert_eq!(
        blocks("a <b>bold</b> and <EM>*so*</EM>"),
        [Block::Paragraph(vec![
            text("a "),
            Inline::Strong(vec![text("bold")]),
            text(" and "),
            Inline::Emphasis(vec![Inline::Emphasis(vec![text("so")])]),
        ])]
    );
    for (written, shown) in [
        ("a <b>b *c* d", "a <b>b c d"),
        ("a</b> b", "a</b> b"),
        ("**a <i>b** c</i>", "a <i>b c</i>"),
        ("<b>a <i>b</b> c</i>", "<b>a b</b> c"),
        ("- <b>a\n- b</b>", "• <b>a • b</b>"),
    ] {
        assert_eq!(outline_of(&blocks(written)).join(" "), shown, "{written}");
    }
    assert_eq!(
        question("Which?\n\n<b>A)</b> one\n<b>B)</b> two\n\n<details><summary><b>Answer</b></summary><b>B</b></details>").correct,
        [1]
    );
}
