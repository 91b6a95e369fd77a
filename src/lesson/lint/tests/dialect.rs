//! What `check --json` says of a lesson of each trait of the dialect, and that a file's encoding is none.

use super::super::super::read;
use super::json;

const LESSONS: [(&str, &str); 7] = [
    (
        "answers",
        include_str!("../../../../tests/fixtures/lessons/answers.md"),
    ),
    (
        "containers",
        include_str!("../../../../tests/fixtures/lessons/containers.md"),
    ),
    (
        "discussion",
        include_str!("../../../../tests/fixtures/lessons/discussion.md"),
    ),
    (
        "module",
        include_str!("../../../../tests/fixtures/lessons/module.md"),
    ),
    (
        "questions",
        include_str!("../../../../tests/fixtures/lessons/questions.md"),
    ),
    (
        "spellings",
        include_str!("../../../../tests/fixtures/lessons/spellings.md"),
    ),
    (
        "varied",
        include_str!("../../../../tests/fixtures/lessons/varied.md"),
    ),
];

#[test]
fn a_lesson_of_each_trait_is_told_as_json() {
    for (name, text) in LESSONS {
        insta::assert_snapshot!(name, json(&format!("{name}.md"), text));
    }
}

#[test]
fn marks_and_line_ends_of_other_systems_change_nothing() {
    for (name, text) in LESSONS {
        let other = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let other = read(other.as_bytes()).expect("text");
        assert_eq!(json(name, &other), json(name, text), "{name}");
    }
}
