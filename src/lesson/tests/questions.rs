//! Options and answer keys in every spelling.

use super::*;

fn options(text: &str) -> Vec<String> {
    let question = question(text);
    question
        .options
        .iter()
        .map(|option| outline_of(&option.blocks).join(" / "))
        .collect()
}

#[test]
fn options_are_found_in_every_spelling() {
    let check = |text: &str| assert_eq!(options(text), ["one", "two", "three"], "{text}");
    check("Which?\n\nA) one\nB) two\nC) three");
    check("Which?\nA. one\nB. two\nC. three");
    check("(A) one\n(B) two\n(C) three");
    check("a) one\nb) two\nc) three");
    check("A) one\n\nB) two\n\nC) three");
    check("- A) one\n- B) two\n- C) three");
    check("- [ ] one\n- [ ] two\n- [x] three");
    check("- [ ] A) one\n- [ ] B) two\n- [ ] C) three");
    check("**A)** one\n**B)** two\n**C)** three");
    check("**A**) one\n**B**) two\n**C**) three");
    check("**Option A**: one\n\n**Option B:** two\n\n**Option C** three");
    check("#### Option A\n\none\n\n#### Option B\n\ntwo\n\n#### Option C\n\nthree");
    check("**A)** one  \n**B)** two  \n**C)** three");
}

#[test]
fn an_option_keeps_its_blocks_and_the_prompt_its_own() {
    let text =
        "Look:\n\n```\nshared\n```\n\nA) one:\n\n```\nx\n```\n\nB) two\n\n1. a list\n\nThink well.";
    assert_eq!(options(text), ["one: / ▎ x", "two / 1. a list"]);
    assert_eq!(
        outline_of(&question(text).prompt),
        ["Look:", "▎ shared", "Think well."]
    );
}

#[test]
fn rows_of_a_table_are_options_where_that_is_said() {
    let answer = "<details>**B**</details>";
    let check = |text: &str, expected: &[&str]| assert_eq!(options(text), expected, "{text}");
    let table = "| Option | Text |\n|-|-|\n| A | one |\n| B | two |";
    check(&format!("Which is it?\n\n{table}"), &["one", "two"]);
    let plain = table.replace("Option", "").replace("Text", "");
    check(&format!("Well?\n\n{plain}\n\n{answer}"), &["one", "two"]);
    check(&format!("Well?\n\n{plain}"), &[]);
    check(
        "Choose one:\n\n| Design | Cost | Speed |\n|-|-|-|\n| **A)** | low | slow |\n| **B)** | high | fast |",
        &["Cost: low / Speed: slow", "Cost: high / Speed: fast"],
    );
    // What is asked about is a table too.
    check(
        &format!("Which?\n\n{}\n\n{answer}", table.replace("Option", "Key")),
        &[],
    );
    let prompt = format!("Which?\n\n{table}\n\nA) three\nB) four\n\n{answer}");
    check(&prompt, &["three", "four"]);
    assert_eq!(
        question(&format!("Which?\n\n{table}\n\n{answer}")).correct,
        [1]
    );
}

#[test]
fn a_letter_out_of_turn_is_running_text() {
    assert_eq!(options("B) is not first.\n\nWhy?"), Vec::<String>::new());
    assert_eq!(
        options("A) one\nB) two\nA) again"),
        ["one", "two / A) again"]
    );
    assert_eq!(options("Vitamin\nA. is a vitamin."), Vec::<String>::new());
}

#[test]
fn the_kind_follows_the_shape_and_the_words() {
    use QuestionKind::{Comparison, Multiple, Open, Single};
    let check = |text: &str, kind| assert_eq!(question(text).kind, kind, "{text}");
    check("Why?", Open);
    check("A) one\nB) two", Single);
    check("Select all that apply:\n\nA) one\nB) two", Multiple);
    check("- [ ] one\n- [ ] two", Multiple);
    check("Choose one:\n- [ ] one\n- [ ] two", Single);
    check("**Option A**: one\n\n**Option B**: two", Comparison);
    check(
        "A) one\nB) two\n\n<details>Answer: A, B</details>",
        Multiple,
    );
}

const OPTIONS: &str = "A) A spreadsheet of last year's orders\nB) Readings of a thermometer, every second\n\
                       C) Page views of a web shop\nD) All of the above";

fn key(answer: &str) -> Vec<usize> {
    let text = format!(
        "Which?\n\n{OPTIONS}\n\n<details>\n<summary>Answer</summary>\n\n{answer}\n\n</details>"
    );
    question(&text).correct
}

#[test]
fn a_letter_is_the_key() {
    let check = |answer: &str, expected: &[usize]| assert_eq!(key(answer), expected, "{answer}");
    check("**B) Thermometer**\n\nIt never ends.", &[1]);
    check("**B**", &[1]);
    check("**(b)** because it never ends", &[1]);
    check("**D) All of the above**", &[3]);
    check("Correct answer: B, C", &[1, 2]);
    check("Correct answers: B and C.", &[1, 2]);
    check("**Answer**: C, B, and A", &[0, 1, 2]);
    check("**Answer:** C - since it goes on", &[2]);
    check("The correct answer is **C**.", &[2]);
    check("Answer: option c", &[2]);
    check("**Correct answers**:\n- B) Readings\n- C", &[1, 2]);
    check(
        "**Correct answers**: B) Readings of a thermometer, C) page views",
        &[1, 2],
    );
    check("**Option C is better**\n\nOption A ends.", &[2]);
    check("**B and C are correct**", &[1, 2]);
    check("**B) Readings**\n**C) Page views**\n\nBoth go on.", &[1, 2]);
}

#[test]
fn phrases_are_the_key_if_each_fits_one_option() {
    let check = |answer: &str, expected: &[usize]| assert_eq!(key(answer), expected, "{answer}");
    check(
        "**Correct answers**: Readings of a thermometer, page views",
        &[1, 2],
    );
    check(
        "**Correct answers**: readings, every second, and page views",
        &[1, 2],
    );
    check("**Correct answers**:\n- thermometer\n- page views", &[1, 2]);
    check("**Page views of a web shop**", &[2]);
    check("Answer: A spreadsheet", &[0]);
    check("Answer: all of the above", &[3]);
}

#[test]
fn what_is_not_certain_is_not_graded() {
    let check = |answer: &str| assert_eq!(key(answer), [] as [usize; 0], "{answer}");
    check("**Multiple reasons**:\n- It depends\n- It really does");
    check("It depends.");
    check("**Bounded data** ends.");
    check("**A)** is wrong.");
    check("**Option A is worse**");
    check("**Option A** has an end.");
    check("**A data set** has an end.");
    check("**A)** ends.\n\n**B)** does not.");
    check("**B) Page views of a web shop**");
    check("Correct answers: B, J");
    check("Correct answers: readings, and something else");
    check("Answer: a matter of taste");
    check("The answer is not that simple.");
    check("");
}

#[test]
fn a_question_without_details_or_options_is_open() {
    let question = question("Why?");
    assert_eq!(question.kind, QuestionKind::Open);
    assert_eq!(outline_of(&question.prompt), ["Why?"]);
    assert!(question.correct.is_empty() && question.explanation.is_empty());
}

#[test]
fn what_hides_an_answer_in_a_checkpoint_is_a_question() {
    let lesson = lesson(
        "# t\n\n## Checkpoint\n\nHello.\n\n### Why so?\n\nThink.\n\n<details>\n\nSECRET\n\n</details>\n\n### Scores\n\nNone.\n",
    );
    assert_eq!(lesson.questions[0].title, "Why so?");
    assert_eq!(
        outline_of(&lesson.pages[0].blocks),
        ["Hello.", "Scores", "None."]
    );
    let bare = self::lesson("# t\n\n## Quiz\n\nWhy?\n\n<details>SECRET</details>\n");
    assert_eq!(bare.questions.len(), 1);
    assert!(!visible(&bare).contains("SECRET"));
}

#[test]
fn keys_survive_reordering_and_tell_equals_apart() {
    let first = "### Question 1: Same\n\nOne?\n\n";
    let second = "### Question 2: Same\n\nTwo?\n\n";
    let keys = |text: String| -> Vec<String> {
        let lesson = lesson(&format!("# t\n\n## Checkpoint\n\n{text}"));
        lesson
            .questions
            .into_iter()
            .map(|question| question.key)
            .collect()
    };
    let mut there = keys(format!("{first}{second}"));
    let back = keys(format!("{second}{first}"));
    there.reverse();
    assert_eq!(there, back);
    let twice = keys(format!("{first}{first}"));
    assert!(twice[0] != twice[1]);
}

#[test]
fn reasons_from_the_settings_reach_their_options() {
    let settings = settings("[[question]]\ntitle = \"q\"\nreasons = [\"first\", \"second\"]\n")
        .expect("well formed");
    let markdown = "# t\n\n## Checkpoint\n\n### Question 1: Q\n\nA) one\nB) two\n";
    let question = parse(markdown, &settings).questions.remove(0);
    let reasons: Vec<_> = question
        .options
        .iter()
        .map(|option| option.reason.as_deref())
        .collect();
    assert_eq!(reasons, [Some("first"), Some("second")]);
}
