//! Module 1 as files: what stands in the lesson is what the learner gets.

use kinesis_lab::lesson;

const LESSON: &str = include_str!("../lessons/what-are-streams/lesson.md");
const LAB: &str = include_str!("../lessons/what-are-streams/lab.toml");
const PRODUCER: &str = include_str!("../lessons/what-are-streams/kinesis_producer.py");
const CONSUMER: &str = include_str!("../lessons/what-are-streams/kinesis_consumer.py");

#[test]
fn the_lesson_shows_the_scripts_byte_for_byte() {
    for (name, script) in [
        ("kinesis_producer.py", PRODUCER),
        ("kinesis_consumer.py", CONSUMER),
    ] {
        let block = format!("```python\n{script}```\n");
        assert!(LESSON.contains(&block), "{name} differs from its block");
    }
}

#[test]
fn the_scripts_fit_a_projector() {
    for script in [PRODUCER, CONSUMER] {
        assert!(script.lines().count() <= 60);
        for line in script.lines() {
            assert!(line.chars().count() <= 76, "too wide: {line}");
        }
    }
}

#[test]
fn every_question_is_graded_and_every_option_has_its_reason() {
    let settings = lesson::settings(LAB).expect("lab.toml is well formed");
    let questions = lesson::parse(LESSON, &settings).questions;
    let correct: Vec<&[usize]> = questions.iter().map(|q| q.correct.as_slice()).collect();
    assert_eq!(correct, [&[1, 3, 4][..], &[2], &[0]]);
    for question in &questions {
        for option in &question.options {
            assert!(option.reason.is_some(), "{} lacks reasons", question.title);
        }
    }
}
