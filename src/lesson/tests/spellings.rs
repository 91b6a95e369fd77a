//! Lessons as other authors write them: checkpoints without headings, answers wherever they stand, odd spellings.

use super::*;

/// Title, kind, options and key of the questions of a checkpoint.
pub(super) fn told(checkpoint: &str) -> Vec<String> {
    let lesson = lesson(&format!("# t\n\n## Checkpoint\n\n{checkpoint}\n"));
    let seen = visible(&lesson);
    assert!(!seen.contains("SECRET"), "{checkpoint}\n{seen}");
    let questions = lesson.questions.iter().map(|question| {
        let options: Vec<_> = question
            .options
            .iter()
            .map(|option| all_text(&option.blocks))
            .collect();
        let key: String = question
            .correct
            .iter()
            .map(|option| char::from(b'A' + *option as u8))
            .collect();
        format!(
            "{}: {:?} [{}] {key}",
            question.title,
            question.kind,
            options.join("|")
        )
    });
    questions.collect()
}

fn check(checkpoint: &str, expected: &[&str]) {
    assert_eq!(told(checkpoint), expected, "{checkpoint}");
}

const OPTIONS: &str = "A) one\nB) two\nC) three";
const ONE: &[&str] = &["T: Single [one|two|three] B"];

#[test]
fn questions_begin_with_any_label() {
    let answer = "<details>\n<summary>Answer</summary>\n\n**B) two** SECRET\n\n</details>";
    for heading in [
        "### Question 1: T",
        "### Q1: T",
        "### Q1. T",
        "### 1. T",
        "### 1) T",
        "#### Question 1 - T",
        "#### Q1. T",
        "### Question One: T",
        "### Question 1 of 3: T",
        "### ❓ Question 1: T",
        "**Question 1: T**",
        "**Q1. T**",
        "**1. T**",
        "### T",
    ] {
        check(
            &format!("{heading}\n\nWhich?\n\n{OPTIONS}\n\n{answer}"),
            ONE,
        );
    }
    let first = "Question 1: Single [one|two|three] B";
    for label in [
        "**Question 1**: Which?",
        "**Q1:** Which?",
        "Question 1: Which?",
        "Q1. Which?",
        "1. Which?",
    ] {
        check(&format!("{label}\n\n{OPTIONS}\n\n{answer}"), &[first]);
    }
    check(
        "1. Which?\n   - A) one\n   - B) two\n\n   <details>B</details>\n\n2. Why?\n\n   <details>SECRET</details>",
        &["Question 1: Single [one|two] B", "Question 2: Open [] "],
    );
    check(
        "**Question 1**: Which?\nA) one\nB) two\n**Answer**: A\n\n**Question 2**: Why?",
        &["Question 1: Single [one|two] A", "Question 2: Open [] "],
    );
}

#[test]
fn options_are_spelt_in_any_way() {
    let answer = "<details>\n\n**B**\n\n</details>";
    for options in [
        "a. one\nb. two\nc. three",
        "A: one\nB: two\nC: three",
        "A - one\nB - two\nC - three",
        "[A] one\n[B] two\n[C] three",
        "**A:** one\n**B:** two\n**C:** three",
        "**A**: one\n**B**: two\n**C**: three",
        "**A** one\n**B** two\n**C** three",
        "- a) one\n- b) two\n- c) three",
        "- **A)** one\n- **B)** two\n- **C)** three",
        "* A. one\n* B. two\n* C. three",
        "*A)* one\n*B)* two\n*C)* three",
        "(a) one\n\n(b) two\n\n(c) three",
    ] {
        check(
            &format!("### Question 1: T\n\nWhich?\n\n{options}\n\n{answer}"),
            ONE,
        );
    }
    for options in [
        "1. [ ] one\n2. [ ] two\n3. [ ] three",
        "* [ ] one\n* [ ] two\n* [ ] three",
        "+ [ ] one\n+ [ ] two\n+ [ ] three",
        "☐ one\n☐ two\n☐ three",
        "- ☐ one\n- ☐ two\n- ☐ three",
        "[ ] one\n[ ] two\n[ ] three",
        "- [ ] **A)** one\n- [ ] **B)** two\n- [ ] **C)** three",
    ] {
        check(
            &format!("### Question 1: T\n\nWhich?\n\n{options}\n\n{answer}"),
            &["T: Multiple [one|two|three] B"],
        );
    }
    for list in ["1. one\n2. two\n3. three", "- one\n- two\n- three"] {
        check(
            &format!(
                "### Question 1: T\n\nWhich of the following?\n\n{list}\n\n<details>**two**</details>"
            ),
            ONE,
        );
        check(
            &format!(
                "### Question 1: T\n\nThink of these:\n\n{list}\n\nWhy?\n\n<details>It depends.</details>"
            ),
            &["T: Open [] "],
        );
    }
    check(
        "### Question 1: T\n\nWhich?\n\n1. one\n2. two\n3. three\n\n<details>Answer: 2</details>",
        ONE,
    );
    for answer in ["**2. two**", "**2) two**", "**two** - so", "2"] {
        check(
            &format!(
                "### Question 1: T\n\nWhich?\n\n1. one\n2. two\n3. three\n\n<details>\n\n{answer}\n\n</details>"
            ),
            ONE,
        );
    }
    for word in ["Design", "Option", "Approach", "Version"] {
        check(
            &format!(
                "### Question 1: T\n\n**{word} 1**:\n\n```json\n1\n```\n\n**{word} 2**:\n\n```json\n2\n```\n\n\
                 <details>**{word} 2 is better** SECRET</details>"
            ),
            &["T: Comparison [1|2] B"],
        );
    }
    check(
        "### Question 1: T\n\n### Option A\n\none\n\n### Option B: named\n\ntwo\n\n<details>Option B</details>",
        &["T: Comparison [one|named two] B"],
    );
}

#[test]
fn an_answer_is_hidden_and_read_wherever_it_stands() {
    for answer in [
        "**Answer: B** SECRET",
        "**Answer**: B) two SECRET",
        "**Answer:** B - SECRET",
        "Answer: B\n\nSECRET",
        "Correct: B\n\nSECRET",
        "**Correct Answer:** B\n\n**Explanation:** SECRET",
        "✅ **Correct answer: B**\n\nSECRET",
        "> **Answer**: B\n>\n> SECRET",
        "#### Answer\n\n**B** - SECRET",
        "#### Answer: B\n\nSECRET",
        "The correct answer is **B**. SECRET",
        "<details><summary>Click to reveal</summary>\n\nThe correct answer is **B**. SECRET\n</details>",
        "<details>\n<summary>Answer</summary>\n\nB\n\nSECRET\n\n</details>",
        "<details>\n\nB is correct, since SECRET\n\n</details>",
        "<details>\n\n- A) Incorrect: SECRET\n- B) Correct: SECRET\n- C) Incorrect.\n\n</details>",
        "<details>\n\nA) ❌ SECRET\nB) ✅ SECRET\nC) ❌ no\n\n</details>",
        "<details>\n\n❌ A) one\n\n✅ B) two SECRET\n\n❌ C) three\n\n</details>",
        "<details>\n\n- **A**: Wrong. SECRET\n- **B**: Right. SECRET\n- **C**: Wrong.\n\n</details>",
        "<details>\n\n- [ ] one\n- [x] two SECRET\n- [ ] three\n\n</details>",
        "<details>\n\n**Answer:**\n\n- [ ] A) one\n- [x] B) two\n- [ ] C) three\n\nSECRET\n\n</details>",
        "<details>\n\nCorrect answer:\n\n**B) two** SECRET\n\n</details>",
    ] {
        check(
            &format!("### Question 1: T\n\nWhich?\n\n{OPTIONS}\n\n{answer}"),
            ONE,
        );
    }
    // Without a blank line it goes on in the options' own paragraph, or in their last item.
    check(
        &format!("### Question 1: T\n\nWhich?\n\n{OPTIONS}\n**Answer: B** SECRET"),
        ONE,
    );
    check(
        "### Question 1: T\n\nWhich?\n\n- A) one\n- B) two\n- C) three\n**Answer: B** SECRET",
        ONE,
    );
    // Marks in the question are its key, and are not shown.
    for marked in [
        "A) one\nB) two ✅\nC) three",
        "A) one\n**B) two** ✅\nC) three",
        "- A) one\n- B) two (correct)\n- C) three",
        "A) ❌ one\nB) ✅ two\nC) ❌ three",
    ] {
        check(&format!("### Question 1: T\n\nWhich?\n\n{marked}"), ONE);
    }
    let ticked = told("### Question 1: T\n\nWhich?\n\n- [ ] one\n- [x] two\n- [ ] three");
    assert_eq!(ticked, ["T: Multiple [one|two|three] B"]);
}

#[test]
fn answers_of_all_questions_may_stand_together() {
    let questions = format!(
        "### Question 1: S\n\nWhich?\n\n{OPTIONS}\n\n### Question 2: T\n\nWhich?\n\n{OPTIONS}\n\n"
    );
    let expected = &["S: Single [one|two|three] C", "T: Single [one|two|three] B"];
    for answers in [
        "### Answers\n\n1. C\n2. B",
        "### Answer Key\n\n1. **C) three** SECRET\n2. **B) two** SECRET",
        "## Answers\n\n**Question 1**: C\n\n**Question 2**: B\n\nSECRET",
        "## Checkpoint Answers\n\n### Question 1\n\n**C** (SECRET)\n\n### Question 2\n\n**B** since SECRET",
        "<details>\n<summary>Answers</summary>\n\n1. C\n2. B SECRET\n\n</details>"
            .replace(" SECRET", "")
            .as_str(),
        "<details>\n<summary>Answers</summary>\n\n**Q1:** C\n**Q2:** B\n\n</details>",
        "<details>\n<summary>Answers</summary>\n\nQ1: C\nQ2: B\n\n</details>",
        "### Answers\n\n| Question | Answer |\n|---|---|\n| 1 | C |\n| 2 | B |",
        "## Answers\n\n<details>\n\n- Q1: C\n- Q2: B\n\n</details>",
    ] {
        check(&format!("{questions}{answers}"), expected);
    }
    // Nobody knows which is whose: it is kept for the end, and grades nothing.
    let lesson = lesson(&format!(
        "# t\n\n## Checkpoint\n\n{questions}## Answers\n\nAll SECRET words.\n"
    ));
    assert!(!visible(&lesson).contains("SECRET"));
    assert!(all_text(&lesson.questions[1].explanation).contains("SECRET"));
    assert!(
        lesson
            .questions
            .iter()
            .all(|question| question.correct.is_empty())
    );
}

#[test]
fn what_could_mean_two_things_is_not_graded() {
    for answer in [
        "It depends on A and B.",
        "**Answer**: a matter of taste",
        "Answer: Z",
        "Correct: one or two",
        "A or B",
        "- A) is cheaper\n- B) is faster",
        "**Correct**: neither",
    ] {
        check(
            &format!(
                "### Question 1: T\n\nWhich?\n\n{OPTIONS}\n\n<details>\n\n{answer}\n\n</details>"
            ),
            &["T: Single [one|two|three] "],
        );
    }
    check(
        "### Question 1: T\n\nThe answer is not obvious. Why?",
        &["T: Open [] "],
    );
    let open = question("The answer is not obvious. Why?");
    assert!(!open.prompt.is_empty() && open.explanation.is_empty());
}

#[test]
fn several_keys_are_read_in_every_spelling() {
    let question = |answer: &str| {
        told(&format!(
            "### Question 1: T\n\nSelect all that apply\n\n- [ ] one\n- [ ] two\n- [ ] three\n\n<details>\n\n{answer}\n\n</details>"
        ))
    };
    for answer in [
        "Correct: A, C",
        "**Correct answers**: A and C",
        "A, C",
        "A & C are correct because",
        "**Answers:** 1, 3",
        "**Correct answers**: one, three",
        "**Correct answers:**\n- one\n- three",
        "Correct options: A) one; C) three",
        "✅ one\n❌ two\n✅ three",
        "- [x] one\n- [ ] two\n- [x] three",
        "**A) one**\n**C) three**",
    ] {
        assert_eq!(
            question(answer),
            ["T: Multiple [one|two|three] AC"],
            "{answer}"
        );
    }
    assert_eq!(
        question("Correct answers: all of them"),
        ["T: Multiple [one|two|three] ABC"]
    );
}

#[test]
fn what_an_unclosed_summary_swallows_is_kept() {
    let text = "# T\n  ## Checkpoint (5 min)\n**Question 3**: c\n\nkept\n\n## Answers\n\
                <details> **Question 3**: c\n<summary>\n\n\nword and\n**bold** too\n";
    let lesson = super::lesson(text);
    assert!(super::keeps(&lesson, "word and"), "{lesson:#?}");
    assert!(super::keeps(&lesson, "bold"), "{lesson:#?}");
    assert!(!super::visible(&lesson).contains("bold"));
}
