//! The modules as files: what stands in a lesson is what the learner gets.

use kinesis_lab::lesson::{self, Lesson};

/// A module: its text, its `lab.toml`, and its scripts by their names.
struct Module {
    text: &'static str,
    settings: &'static str,
    scripts: &'static [(&'static str, &'static str)],
    /// The right options of its questions.
    correct: &'static [&'static [usize]],
}

macro_rules! module {
    ($folder:literal, [$($script:literal),*], $correct:expr) => {
        Module {
            text: include_str!(concat!("../lessons/", $folder, "/lesson.md")),
            settings: include_str!(concat!("../lessons/", $folder, "/lab.toml")),
            scripts: &[$(($script, include_str!(concat!("../lessons/", $folder, "/", $script)))),*],
            correct: $correct,
        }
    };
}

const MODULES: [Module; 3] = [
    module!(
        "what-are-streams",
        ["kinesis_producer.py", "kinesis_consumer.py"],
        &[&[1, 3, 4], &[2], &[0]]
    ),
    module!(
        "producers-and-consumers",
        ["orders_producer.py", "orders_readers.py"],
        &[&[0, 3, 4], &[2], &[0], &[1]]
    ),
    module!(
        "backpressure-and-durability",
        ["load_producer.py", "retention.py", "careful_consumer.py"],
        &[&[2], &[0, 3, 4], &[3], &[0]]
    ),
];

impl Module {
    fn lesson(&self) -> Lesson {
        let settings = lesson::settings(self.settings).expect("lab.toml is well formed");
        lesson::parse(self.text, &settings)
    }
}

#[test]
fn a_lesson_shows_its_scripts_byte_for_byte() {
    for module in MODULES {
        for (name, script) in module.scripts {
            let block = format!("```python\n{script}```\n");
            assert!(
                module.text.contains(&block),
                "{name} differs from its block"
            );
        }
    }
}

#[test]
fn the_scripts_fit_a_projector() {
    for (name, script) in MODULES.iter().flat_map(|module| module.scripts) {
        assert!(script.lines().count() <= 90, "{name} is too long");
        for line in script.lines() {
            assert!(line.chars().count() <= 76, "too wide: {line}");
        }
    }
}

#[test]
fn every_question_is_graded_and_every_option_has_its_reason() {
    for module in MODULES {
        let questions = module.lesson().questions;
        let correct: Vec<&[usize]> = questions.iter().map(|q| q.correct.as_slice()).collect();
        assert_eq!(correct, module.correct);
        for question in &questions {
            for option in &question.options {
                assert!(option.reason.is_some(), "{} lacks reasons", question.title);
            }
        }
    }
}

/// Words that are read at 200 a minute.
fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[test]
fn the_concepts_of_a_module_are_read_in_their_ten_minutes() {
    for module in MODULES {
        let (_, rest) = module
            .text
            .split_once("## Core Concepts (10 min)")
            .expect("a section");
        let (concepts, _) = rest.split_once("\n## ").expect("another one");
        assert!(words(concepts) <= 1_000, "{} words", words(concepts));
    }
}

#[test]
fn check_has_nothing_to_mend_in_any_module() {
    let lessons = concat!(env!("CARGO_MANIFEST_DIR"), "/lessons");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_kinesis-lab"))
        .args(["check", lessons])
        .output()
        .expect("the command starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains(": warning: "), "{said}");
    for module in MODULES {
        let title = module.text.lines().next().unwrap_or_default();
        assert!(said.contains(title.trim_start_matches("# ")), "{said}");
    }
}
