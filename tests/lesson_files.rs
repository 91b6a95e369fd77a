//! Module 1 as files: what stands in the lesson is what the learner gets.

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
fn every_question_has_its_reasons() {
    let lab: toml::Table = LAB.parse().expect("lab.toml is TOML");
    let titles: Vec<&str> = lab["question"]
        .as_array()
        .expect("questions are a list")
        .iter()
        .map(|question| question["title"].as_str().expect("a title is text"))
        .collect();
    let questions: Vec<&str> = LESSON
        .lines()
        .filter_map(|line| line.strip_prefix("### Question ")?.split_once(": "))
        .map(|(_, title)| title)
        .collect();
    assert_eq!(titles, questions);
}
