//! The lesson that `kinesis-lab new` writes: whole, consistent, and never over anything.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use kinesis_lab::lesson::{self, QuestionKind, SectionKind};

fn new(below: &Path, folder: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kinesis-lab"))
        .args(["new", folder])
        .current_dir(below)
        .output()
        .expect("it runs")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it is there")
}

#[test]
fn it_has_every_part_of_a_lesson_and_its_settings_belong_to_it() {
    let below = tempfile::tempdir().expect("a folder");
    let output = new(below.path(), "my-first_lesson");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    for command in ["", "check "] {
        let command = format!("kinesis-lab {command}my-first_lesson/lesson.md");
        assert!(said.contains(&command), "{said}");
    }
    let folder = below.path().join("my-first_lesson");
    let settings = lesson::settings(&read(&folder.join("lab.toml"))).expect("well formed");
    let text = read(&folder.join("lesson.md"));
    let lesson = lesson::parse(&text, &settings);
    assert_eq!(lesson.title, "My First Lesson");
    assert_eq!(lesson.goals.len(), 3);
    let kinds: Vec<SectionKind> = lesson.sections.iter().map(|section| section.kind).collect();
    use SectionKind::*;
    let all = [Goals, Reading, Discussion, HandsOn, Checkpoint, Summary];
    assert_eq!(kinds, all);
    let minutes = lesson.sections.iter().filter_map(|section| section.minutes);
    assert_eq!(Some(minutes.sum()), lesson.minutes);

    let kinds: Vec<_> = lesson
        .questions
        .iter()
        .map(|question| question.kind)
        .collect();
    use QuestionKind::*;
    assert_eq!(kinds, [Multiple, Single, Comparison, Open]);
    for question in &lesson.questions {
        let graded = !question.correct.is_empty();
        assert_eq!(graded, question.kind != Open, "{}", question.title);
        for option in &question.options {
            assert!(option.reason.is_some(), "{} lacks reasons", question.title);
        }
    }
    let titles: Vec<&str> = lesson
        .pages
        .iter()
        .map(|page| page.title.as_str())
        .collect();
    for step in &settings.steps {
        assert!(titles.contains(&step.title.as_str()), "{}", step.title);
        assert!(!step.checks.is_empty() && !step.hints.is_empty());
    }
    assert!(
        settings
            .steps
            .iter()
            .any(|step| !step.predictions.is_empty())
    );
    let asked = settings.questions.iter().map(|it| &it.title);
    assert!(asked.eq(lesson.questions[..3].iter().map(|it| &it.title)));

    let script = read(&folder.join("send_temperatures.py"));
    assert!(text.contains(&format!("```python\n{script}```\n")));
}

#[test]
fn nothing_that_is_there_is_touched() {
    let below = tempfile::tempdir().expect("a folder");
    let folder = below.path().join("mine");
    fs::create_dir(&folder).expect("made");
    fs::write(folder.join("lab.toml"), "stream = \"mine\"\n").expect("written");
    fs::write(folder.join("notes.txt"), "mine").expect("written");
    let output = new(below.path(), "mine");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("lab.toml already") && said.contains("another folder"),
        "{said}"
    );
    assert_eq!(read(&folder.join("lab.toml")), "stream = \"mine\"\n");
    assert!(!folder.join("lesson.md").exists());

    fs::remove_file(folder.join("lab.toml")).expect("it was there");
    assert!(new(below.path(), "mine").status.success());
    assert_eq!(read(&folder.join("notes.txt")), "mine");
    assert!(!new(below.path(), "mine").status.success(), "once only");

    fs::write(below.path().join("file"), "").expect("written");
    let output = new(below.path(), "file/below");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}
