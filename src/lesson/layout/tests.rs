//! What layout makes of every kind of block, and laws that hold for any.

use proptest::prelude::*;

use super::*;
use crate::lesson::{Settings, code_blocks, parse};
use unicode_segmentation::UnicodeSegmentation;

fn blocks(markdown: &str) -> Vec<Block> {
    parse(markdown, &Settings::default()).pages.remove(0).blocks
}

fn shown(markdown: &str, width: usize) -> Vec<String> {
    layout(&blocks(markdown), width, &Highlights::default())
        .iter()
        .map(TextLine::text)
        .collect()
}

fn check(markdown: &str, width: usize, expected: &[&str]) {
    assert_eq!(shown(markdown, width), expected, "{markdown:?} at {width}");
}

/// A lesson's lines with their roles, for snapshots: `{role:text}`, running text bare.
fn with_roles(markdown: &str, width: usize) -> String {
    let blocks = blocks(markdown);
    let mut out = String::new();
    for line in layout(&blocks, width, &Highlights::default()) {
        for TextSpan { text, role } in &line.spans {
            match role {
                Role::Body => out.push_str(text),
                role => out.push_str(&format!("{{{role:?}:{text}}}")),
            }
        }
        out.push('\n');
    }
    out
}

const EVERYTHING: &str = include_str!("../../../tests/fixtures/lessons/everything.md");

#[test]
fn every_block_has_its_shape_at_40() {
    insta::assert_snapshot!(shown(EVERYTHING, 40).join("\n"));
}

#[test]
fn every_block_has_its_shape_at_76() {
    insta::assert_snapshot!(shown(EVERYTHING, 76).join("\n"));
}

#[test]
fn every_span_has_its_role() {
    insta::assert_snapshot!(with_roles(EVERYTHING, 60));
}

#[test]
fn prose_is_never_wider_than_can_be_read() {
    let long = "word ".repeat(60);
    let widest = shown(&long, 200).iter().map(|line| width_of(line)).max();
    assert_eq!(widest, Some(74));
}

#[test]
fn text_breaks_between_words_and_hangs_under_its_marker() {
    check("one two three four", 9, &["one two", "three", "four"]);
    check(
        "- one two three four",
        11,
        &["• one two", "  three", "  four"],
    );
    check(
        "9. one\n10. two three four",
        12,
        &[" 9. one", "10. two", "    three", "    four"],
    );
    check("> one two three", 11, &["▎ one two", "▎ three"]);
}

#[test]
fn a_word_that_no_line_holds_is_broken() {
    check("abcdefghij klm", 4, &["abcd", "efgh", "ij", "klm"]);
}

#[test]
fn wide_and_composed_characters_are_never_split() {
    check("日本語 の 文字", 5, &["日本", "語 の", "文字"]);
    check("日本", 1, &["日", "本"]);
    check("x ab日本", 5, &["x ab", "日本"]);
    check(
        "e\u{301}e\u{301}e\u{301}",
        2,
        &["e\u{301}e\u{301}", "e\u{301}"],
    );
}

#[test]
fn inline_code_stays_whole_where_it_fits() {
    check("say `one two` now", 9, &["say", "one two", "now"]);
    check("say `one two` now", 5, &["say", "one", "two", "now"]);
}

#[test]
fn a_link_shows_its_address_where_that_says_more() {
    check(
        "[docs](https://a.example/b)",
        60,
        &["docs (https://a.example/b)"],
    );
    check("<https://a.example>", 60, &["https://a.example"]);
    check("<me@a.example>", 60, &["me@a.example"]);
    check("[below](#below)", 60, &["below"]);
    check("![a picture](p.png)", 60, &["a picture (p.png)"]);
    check("![](p.png)", 60, &["p.png"]);
}

#[test]
fn code_is_never_wrapped_and_knows_its_block() {
    let markdown = "a\n\n```\nfirst\n```\n\n- b\n\n  ```\n  second line\n  ```\n";
    let lines = layout(&blocks(markdown), 10, &Highlights::default());
    let code: Vec<_> = lines
        .iter()
        .filter_map(|line| Some((line.code?, line.text())))
        .collect();
    assert_eq!(code, [(0, "▎ first".into()), (1, "  ▎ second line".into())]);
    assert_eq!(code_blocks(&blocks(markdown))[1].source, "second line\n");
}

#[test]
fn a_file_name_stands_at_the_right_or_above() {
    check(
        "```py title=a.py\nx = 1\n```",
        20,
        &["▎ x = 1         a.py"],
    );
    check(
        "```py title=a.py\nx = 1234567\n```",
        16,
        &["▎           a.py", "▎ x = 1234567"],
    );
}

#[test]
fn tabs_reach_the_next_stop_and_controls_are_visible() {
    check(
        "```\n\tx\nab\ty\n\u{1b}[2J\n```",
        20,
        &["▎     x", "▎ ab  y", "▎ ␛[2J"],
    );
}

#[test]
fn highlighted_code_has_its_roles() {
    let lesson = parse("# t\n\n```json\n{\"a\": 1}\n```\n", &Settings::default());
    let lines = layout(&lesson.pages[0].blocks, 40, &Highlights::of(&lesson));
    let roles: Vec<_> = lines[0]
        .spans
        .iter()
        .map(|span| (span.text.as_str(), span.role))
        .collect();
    use crate::lesson::CodeRole::{Number, Plain, Type};
    assert_eq!(
        roles,
        [
            ("▎ ", Role::CodeBar),
            ("{", Role::Code(Plain)),
            ("\"a\"", Role::Code(Type)),
            (": ", Role::Code(Plain)),
            ("1", Role::Code(Number)),
            ("}", Role::Code(Plain)),
        ]
    );
}

#[test]
fn a_table_that_is_too_wide_wraps_its_cells_or_falls_into_lines() {
    let table = "| Way | What it means |\n|---|---|\n| batch | all at once, later |\n| stream | one by one |\n";
    check(
        table,
        40,
        &[
            "Way     What it means",
            "──────────────────────────",
            "batch   all at once, later",
            "stream  one by one",
        ],
    );
    check(
        table,
        20,
        &[
            "Way     What it",
            "        means",
            "────────────────────",
            "batch   all at once,",
            "        later",
            "",
            "stream  one by one",
        ],
    );
    check(
        table,
        12,
        &[
            "Way: batch",
            "What it",
            "means: all",
            "at once,",
            "later",
            "",
            "Way: stream",
            "What it",
            "means: one",
            "by one",
        ],
    );
}

/// Everything visible of a text, in an order that wrapping cannot change.
fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.sort_unstable();
    letters
}

/// Markdown that holds every construct, with words that no margin or marker contains.
fn markdown() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-wyz]{1,12}",
        Just("東京都庁".to_owned()),
        Just("e\u{301}e\u{301}".to_owned()),
        Just("`code with spaces`".to_owned()),
        Just("**strong**".to_owned()),
        Just("*soft*".to_owned()),
        Just("verylongwordthatneverfitsanywhereatall".to_owned()),
    ];
    let text = prop::collection::vec(word, 1..12).prop_map(|words| words.join(" "));
    let block = (text, 0..8usize).prop_map(|(text, kind)| match kind {
        0 => format!("- {text}\n- {text}\n"),
        1 => format!("> {text}\n"),
        2 => format!("| {text} | b |\n|---|---|\n| c | {text} |\n"),
        3 => format!("- {text}\n  - {text}\n    > {text}\n"),
        4 => format!("### {text}\n"),
        5 => format!("<details>\n<summary>{text}</summary>\n\n{text}\n\n</details>\n"),
        _ => format!("{text}\n"),
    });
    prop::collection::vec(block, 1..8).prop_map(|blocks| blocks.join("\n"))
}

proptest! {
    #[test]
    fn lines_fit_and_no_text_is_lost(markdown in markdown(), width in 1usize..90) {
        let blocks = blocks(&markdown);
        let lines = layout(&blocks, width, &Highlights::default());
        for line in &lines {
            let text = line.text();
            let fits = width_of(&text) <= width || text.graphemes(true).count() == 1;
            prop_assert!(fits, "{text:?} at {width}");
        }
        let all: String = lines.iter().filter(|line| line.code.is_none()).map(TextLine::text).collect();
        let said = crate::lesson::document::all_text(&blocks);
        prop_assert_eq!(letters(&all), letters(&said));
    }

    #[test]
    fn any_text_at_any_width_is_laid_out(text in any::<String>(), width in 0usize..200) {
        for page in parse(&text, &Settings::default()).pages {
            layout(&page.blocks, width, &Highlights::default());
        }
    }
}
