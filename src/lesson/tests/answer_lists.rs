//! Answers that stand together: whose each is, and what becomes of those that are nobody's.

use super::spellings::told;
use super::*;

const QUESTIONS: &str = "### Question 1: S\n\nWhich?\n\nA) one\nB) two\nC) three\n\n\
                         ### Question 2: T\n\nWhich?\n\nA) one\nB) two\nC) three\n\n";

#[test]
fn each_answer_goes_to_the_question_that_it_names() {
    for answers in [
        "## Answers\n\n### Question 1\n\n<details>\n<summary>Answer</summary>\n\nC\n\n</details>\n\n\
         ### Question 2\n\n<details>\n<summary>Answer</summary>\n\nB SECRET\n\n</details>"
            .replace(" SECRET", "")
            .as_str(),
        "## Solutions\n\n<details>\n<summary>Question 1</summary>\n\n**C) three** SECRET\n\n</details>\n\n\
         <details>\n<summary>Question 2: T</summary>\n\nB\n\n</details>",
        "## Answers\n\n1. <details>C</details>\n2. <details>B</details>",
        "### Answers\n\n### Question 1\n\n**C** since SECRET\n\n### Question 2: T\n\nB",
        "### Answers\n\n#### S\n\n**C** since SECRET\n\n#### T\n\nB",
        "### Answer 1\n\nC\n\n### Answer 2\n\n**B** since SECRET",
        "## Answer to question 1\n\nC\n\n## Solution 2\n\n**B** since SECRET",
        "## Summary\n\nDone.\n\n### Answers\n\n1. C\n2. **B** since SECRET",
        "### Answer Key\n\n| # | Answer | Why |\n|---|---|---|\n| 1 | C | SECRET |\n| 2 | B | SECRET |",
        "## Answers\n\n**Question 1**: C\n\n1. SECRET\n2. A is no more\n\n**Question 2**: B",
    ] {
        assert_eq!(
            told(&format!("{QUESTIONS}{answers}")),
            ["S: Single [one|two|three] C", "T: Single [one|two|three] B"],
            "{answers}"
        );
    }
}

#[test]
fn what_is_assigned_to_no_question_is_read_at_the_end_and_grades_nothing() {
    for answers in [
        "## Answers\n\n<details>\n\nB\n\n</details>\n\n<details>\n\nC SECRET\n\n</details>",
        "## Answers\n\n**B** SECRET",
        "## Answers\n\n**Question 8**: B\n\nSECRET",
        "### Answers\n\n### In short\n\n**B** SECRET",
        "## Answers\n\n- <details>\n<summary>\n\nSECRET\n\nB",
    ] {
        let text = format!("{QUESTIONS}{answers}");
        assert_eq!(
            told(&text),
            ["S: Single [one|two|three] ", "T: Single [one|two|three] "],
            "{answers}"
        );
        let lesson = lesson(&format!("# t\n\n## Checkpoint\n\n{text}\n"));
        assert!(
            all_text(&lesson.questions[1].explanation).contains("SECRET"),
            "{answers}"
        );
    }
}

#[test]
fn an_answer_may_say_no_more_than_the_title() {
    let lesson = lesson(
        "# t\n\n## Checkpoint\n\n### Question 1: Once\n\nWhy?\n\n### Question 2: Twice\n\nHow often?\n\n## Answers\n\n\
         1. So.\n2. Twice\n",
    );
    assert_eq!(all_text(&lesson.questions[1].explanation), "Twice");
}

#[test]
fn keys_of_all_questions_may_stand_in_one_line() {
    for line in [
        "1-C, 2-B",
        "1: C, 2: B",
        "1) c; 2) b",
        "1C 2B",
        "**Q1: C, Q2: B**",
        "Answers: 1-C, 2-B",
        "Question 1 - C | Question 2 - B",
        "(1) C and (2) B",
    ] {
        let expected = ["S: Single [one|two|three] C", "T: Single [one|two|three] B"];
        let below = format!("{QUESTIONS}### Answers\n\n{line}");
        assert_eq!(told(&below), expected, "{line}");
        let folded =
            format!("{QUESTIONS}<details>\n<summary>Answers</summary>\n\n{line}\n\n</details>");
        assert_eq!(told(&folded), expected, "{line}");
    }
    let open = format!("{QUESTIONS}Answers: 1-A/C, 2-B");
    let expected = [
        "S: Multiple [one|two|three] AC",
        "T: Single [one|two|three] B",
    ];
    assert_eq!(told(&open), expected);
    // What says anything else is no such line.
    for line in [
        "1-A–C, 2-B",
        "1-B, 2",
        "1-not B, 2-C",
        "2-B, 1-C",
        "1-AC, 2-B",
        "1 ≠ C, 2 ≠ B",
    ] {
        let graded = told(&format!("{QUESTIONS}### Answers\n\n{line}"));
        assert!(
            graded.iter().all(|it| it.ends_with("] ")),
            "{line}: {graded:?}"
        );
    }
}

#[test]
fn a_summary_in_a_list_of_answers_is_kept() {
    let lesson = lesson(
        "## Checkpoint (5 min) # T\n**Question 3**: c\n\n## Answers\n  ### Step 1: a\n  - <details>\n<summary>\n\n\
         SECRET and\n**bold** too\n",
    );
    assert!(!visible(&lesson).contains("SECRET"));
    assert!(all_text(&lesson.questions[0].explanation).contains("SECRET and bold too"));
}

#[test]
fn a_heading_of_an_answer_hides_what_stands_under_it() {
    assert_eq!(
        told(
            "### Question 1: S\n\nA) one\nB) two\n\n### Answer: B\n\nSECRET\n\n### Question 2: T\n\nWhy?\n\n### Explanation\n\nSECRET"
        ),
        ["S: Single [one|two] B", "T: Open [] "]
    );
    // In a quote before the first label, and behind a short word.
    assert_eq!(
        told(
            "> Which?\n>\n> A) one\n> B) two\n>\n> <details>\n>\n> SECRET\n>\n> </details>\n\n**Question 2: T**\n\nA) one\nB) two\n\nAns: B) two SECRET"
        )
        .last()
        .map(String::as_str),
        Some("T: Single [one|two] B")
    );
}

#[test]
fn what_an_answer_takes_back_is_no_key() {
    let question = |answer: &str| {
        told(&format!(
            "### Question 1: T\n\nWhich?\n\nA) one\nB) two\nC) three\n\n<details>\n\n{answer}\n\n</details>"
        ))
    };
    for answer in [
        "**A) one** is wrong: the right one is C.",
        "**A)** - wrong, see below.",
        "**one** - wrong, it is C.",
        "**one**: cheap.\n\n**two**: fast.",
        "**Incorrect answers**: A, C",
        "The answer is not A, but B.",
        "Correct answer: B or C, depending on load.",
        "All except B.",
        "**Correct answers**: all except B",
    ] {
        assert_eq!(question(answer), ["T: Single [one|two|three] "], "{answer}");
    }
}

#[test]
fn a_number_before_a_letter_of_several_bytes_is_read() {
    for heading in ["0\u{b}clocks.py", "1é", "2→ shards"] {
        let lesson = lesson(&format!(
            "# t\n\n## Lab\n\n### {heading}\n\nx\n\n## Checkpoint\n\n### {heading}\n\nWhy?\n"
        ));
        assert!(visible(&lesson).contains("Why?"), "{heading}");
    }
}
