//! What could be graded wrongly is not graded: the learner compares.

use super::*;

/// The letters of the right options.
fn key_of(text: &str) -> String {
    let letter = |option: &usize| char::from(b'A' + u8::try_from(*option).expect("few options"));
    question(text).correct.iter().map(letter).collect()
}

const KEPT: &str =
    "What holds?\n\nA) Records are kept\nB) No record is removed\nC) Reading deletes\n\n";
const TRUTH: &str = "Is it so?\n\nA) True\nB) False\n\n";
const COUNTS: &str = "How many?\n\nA) 2 shards\nB) 4 shards\nC) 1 shard\n\n";

fn answered(question: &str, answer: &str) -> String {
    key_of(&format!(
        "{question}<details>\n<summary>Answer</summary>\n\n{answer}\n\n</details>"
    ))
}

#[test]
fn a_word_that_an_option_begins_with_is_no_verdict() {
    for (question, answer, key) in [
        (
            KEPT,
            "**B) No record is removed**\n\nA) True of queues, not of streams.",
            "B",
        ),
        (
            KEPT,
            "A) No record stays in a queue.\n\nC) True deletion needs a queue.",
            "",
        ),
        (
            TRUTH,
            "**B) False**\n\nA) True is wrong, since reads delete nothing.",
            "B",
        ),
        (TRUTH, "B) False\n\nA) True would be a queue.", "B"),
        (
            "So?\n\nA) Yes\nB) No\nC) Not always\n\n",
            "- A) Yes: only of queues\n- B) No: there are others\n- C) Not always: right",
            "",
        ),
        (
            KEPT,
            "A) Correct.\n\nB) Wrong: they are.\n\nC) Wrong: it is not.",
            "A",
        ),
        (KEPT, "A) Wrong\n\nB) Correct\n\nC) Wrong", "B"),
        (
            "So?\n\nA) one\nB) two\n\n",
            "A) Not quite.\n\nB) Yes, since it is.",
            "B",
        ),
    ] {
        assert_eq!(answered(question, answer), key, "{answer}");
    }
}

#[test]
fn a_letter_that_is_spoken_of_is_not_the_answer() {
    for answer in [
        "**C)** would lose order.",
        "Think of retention.\n\n**C)** is tempting but fails.",
        "Think of retention.\n\n**C)** loses order.\n\nSo it is the log.",
        "**A**: incorrect, and so is C.",
        "Answers: A-C",
        "Answers: A – C",
        "Answer: A\n\nAnswer: C",
        "**Answer:**\n\n- A: too weak\n- B: exactly\n- C: too strong",
        "**Answer**:\n\n- A) that is what a log does\n- B) it is a setting",
    ] {
        assert_eq!(answered(KEPT, answer), "", "{answer}");
    }
    for (answer, key) in [
        ("**C)** since reading does.", "C"),
        ("**C)** is the right one.", "C"),
        ("Think of retention.\n\n**C) Reading deletes**", "C"),
        ("Answer: A - a queue would not", "A"),
        ("Answer: A, C\n\nThe correct answers are A and C.", "AC"),
        (
            "**Correct answers**:\n\n- A) since it is a log\n- C) as it does",
            "AC",
        ),
        (
            "**Correct answers**:\n\n- Records are kept\n- Reading deletes",
            "AC",
        ),
    ] {
        assert_eq!(answered(KEPT, answer), key, "{answer}");
    }
}

#[test]
fn a_judgement_with_a_condition_or_of_another_is_no_key() {
    const DESIGNS: &str = "Which?\n\n**Option A**: one\n\n**Option B**: two\n\n";
    for answer in [
        "**Option A** would be right if keys were few.",
        "**Option A** is right only if keys are few.",
        "**Option A** looks right.",
        "**Option A** is good, but **Option B** is better.",
        "**Option A** is less good than the other.",
        "Option A is right unless keys are many.",
    ] {
        assert_eq!(answered(DESIGNS, answer), "", "{answer}");
    }
    for (answer, key) in [
        ("**Option B** is better, since Option A is one.", "B"),
        (
            "**Option B** is the better one, even if it costs more.",
            "B",
        ),
        ("**Option A** is right because it would scale.", "A"),
    ] {
        assert_eq!(answered(DESIGNS, answer), key, "{answer}");
    }
}

#[test]
fn a_number_is_a_place_only_where_no_other_option_has_it() {
    assert_eq!(answered(COUNTS, "Answer: 2"), "");
    assert_eq!(answered(COUNTS, "Answer: 3"), "C");
    assert_eq!(answered("Which?\n\nA) one\nB) two\n\n", "Answer: 2"), "B");
    let listed = |start: u32| {
        let list = format!("Which of these?\n\n{start}. red\n{}. blue\n\n", start + 1);
        answered(&list, "Answer: 1")
    };
    assert_eq!([listed(1), listed(0)], ["A", ""]);
}

#[test]
fn options_that_are_made_of_others_leave_letters_open() {
    let all = "Which?\n\nA) one\nB) two\nC) All of the above\n\n";
    assert_eq!(answered(all, "Answer: all"), "C");
    assert_eq!(answered(all, "Answer: all of the above"), "C");
    assert_eq!(
        answered("Which?\n\nA) one\nB) two\n\n", "Answer: all"),
        "AB"
    );
    let both = "Which?\n\nA) one\nB) two\nC) Both A and B\n\n";
    assert_eq!(answered(both, "Answer: A and B"), "");
    assert_eq!(answered(both, "Answer: C"), "C");
}

#[test]
fn letters_that_are_not_those_on_the_screen_name_nothing() {
    for question in [
        "Which?\n\nA) one\nB) two\n\nAnd which?\n\nA) three\nB) four\n\n",
        "Which?\n\nA) one\nB) two\nB) three\n\n",
        "Which?\n\n- [ ] B) two\n- [ ] A) one\n\n",
        "Which?\n\n☐ B) two\n☐ A) one\n\n",
    ] {
        assert_eq!(answered(question, "Answer: B"), "", "{question}");
    }
}

#[test]
fn answers_that_disagree_name_nothing_and_a_clue_is_none() {
    let folded = |summary: &str, text: &str| {
        format!("<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>\n\n")
    };
    for (first, second, key) in [
        (
            folded("Stuck?", "**A) Records are kept** comes close."),
            folded("Answer", "**C**"),
            "C",
        ),
        (folded("Need a clue?", "**A**"), String::new(), ""),
        (
            folded("More on A", "**A) Records are kept**"),
            folded("Answer", "**C**"),
            "C",
        ),
        (folded("Answer", "**A**"), folded("Answer", "**C**"), ""),
        (folded("One", "**A**"), folded("Two", "**C**"), ""),
    ] {
        assert_eq!(
            key_of(&format!("{KEPT}{first}{second}")),
            key,
            "{first}{second}"
        );
    }
    let ticked = "Which?\n\n- [x] one\n- [ ] two\n\n";
    assert_eq!(answered(ticked, "**B**"), "");
    assert_eq!(answered(ticked, "**A**"), "A");
}

#[test]
fn a_key_has_as_many_options_as_the_question_asks_for() {
    let key = |asks: &str, answer: &str| {
        answered(&format!("{asks}\n\nA) one\nB) two\nC) three\n\n"), answer)
    };
    assert_eq!(key("Choose two.", "Answer: A"), "");
    assert_eq!(key("Choose two.", "Answer: A, C"), "AC");
    assert_eq!(key("What if you choose two shards?", "Answer: A"), "A");
    assert_eq!(key("Select one answer:", "Answer: A, C"), "");
    assert_eq!(
        key("Pick at least one correct answer:", "Answer: A, C"),
        "AC"
    );
    let question = question("Choose two.\n\nA) one\nB) two\n\nAnswer: A");
    let doubt = "the question asks for 2 of the options, the answer names 1";
    assert_eq!(question.doubt.as_deref(), Some(doubt));
}
