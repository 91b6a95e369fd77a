//! A whole module with every trait of the course's files.

use super::*;

const MODULE: &str = include_str!("../../../tests/fixtures/lessons/module.md");

#[test]
fn the_head_gives_title_duration_and_goals() {
    let lesson = lesson(MODULE);
    assert_eq!(lesson.title, "Module 9: Keeping Time");
    assert_eq!(lesson.minutes, Some(50));
    let head: Vec<_> = lesson
        .head
        .iter()
        .map(|(label, value)| (label.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        head,
        [
            ("Duration", "50 minutes"),
            ("Prerequisites", "Module 8"),
            ("Reading", "pages 3 - 7")
        ]
    );
    let goals: Vec<_> = lesson.goals.iter().map(|goal| plain(goal)).collect();
    assert_eq!(
        goals,
        ["Tell event time from arrival time", "Say why clocks differ"]
    );
}

#[test]
fn the_sections_have_their_kinds_and_minutes() {
    use SectionKind::{Checkpoint, Discussion, Goals, HandsOn, Reading, Summary};
    let lesson = lesson(MODULE);
    let sections: Vec<_> = lesson
        .sections
        .iter()
        .map(|section| {
            (
                section.title.as_str(),
                section.minutes,
                section.kind,
                section.first_page,
            )
        })
        .collect();
    assert_eq!(
        sections,
        [
            ("Learning Goals", None, Goals, 0),
            ("Two Clocks", Some(15), Reading, 1),
            ("Discussion Questions", Some(10), Discussion, 3),
            ("Hands-On: Two Times", Some(20), HandsOn, 4),
            ("Checkpoint", Some(5), Checkpoint, 7),
            ("Summary", None, Summary, 8),
        ]
    );
}

#[test]
fn every_step_and_every_idea_is_a_page_and_cleanup_is_one_too() {
    let lesson = lesson(MODULE);
    let pages: Vec<_> = lesson
        .pages
        .iter()
        .map(|page| (page.key.as_str(), page.title.as_str(), page.step))
        .collect();
    assert_eq!(
        pages,
        [
            ("learning-goals", "Learning Goals", None),
            ("two-clocks", "Two Clocks", None),
            ("two-clocks/compared", "Compared", None),
            ("discussion-questions", "Discussion Questions", None),
            (
                "hands-on-two-times/write-the-script",
                "Write the Script",
                Some(1)
            ),
            ("hands-on-two-times/run-it", "Run It", Some(2)),
            (
                "hands-on-two-times/cleanup-optional",
                "Cleanup (optional)",
                None
            ),
            ("checkpoint", "Checkpoint", None),
            ("summary", "Summary", None),
        ]
    );
    assert_eq!(
        outline_of(&lesson.pages[4].blocks)[0],
        "You will write one script and run it."
    );
}

#[test]
fn meant_lines_stay_lines() {
    let lesson = lesson(MODULE);
    let first_lines =
        |page: usize, count: usize| outline_of(&lesson.pages[page].blocks)[..count].to_vec();
    assert_eq!(
        first_lines(0, 3),
        [
            "Duration: 50 minutes",
            "Prerequisites: Module 8",
            "Reading: pages 3 - 7"
        ]
    );
    assert_eq!(
        first_lines(1, 2),
        [
            "A record knows two times. The one is when it happened, the other when it",
            "came in."
        ]
    );
    assert_eq!(
        first_lines(8, 3),
        [
            "You can now say:",
            "• What event time is",
            "• What arrival time is"
        ]
    );
}

#[test]
fn code_is_kept_byte_for_byte_with_its_file() {
    let lesson = lesson(MODULE);
    let script = code_blocks(&lesson.pages[4].blocks)[0];
    assert_eq!(
        script.source,
        "import time\n\n# ## not a heading\nprint(f\"now: {time.time()}\")\n"
    );
    assert_eq!(
        (script.language, script.file),
        ("python", Some("two_clocks.py"))
    );
    let command = code_blocks(&lesson.pages[5].blocks)[0];
    assert_eq!((command.language, command.file), ("bash", None));
    assert_eq!(code_blocks(&lesson.pages[1].blocks)[0].file, None);
}

#[test]
fn a_file_is_named_last_before_its_code_in_the_same_step() {
    let files = |text: &str| -> Vec<Option<String>> {
        let lesson = lesson(&format!("# t\n\n## Concepts\n\n{text}"));
        let blocks = code_blocks(&lesson.pages[0].blocks);
        blocks
            .iter()
            .map(|code| code.file.map(str::to_owned))
            .collect()
    };
    let check = |text: &str, expected: &[Option<&str>]| {
        assert_eq!(
            files(text).iter().map(Option::as_deref).collect::<Vec<_>>(),
            expected,
            "{text}"
        )
    };
    check("`a.py` or `b.py`:\n```python\n1\n```\n", &[Some("b.py")]);
    check(
        "- In `src/a.py`:\n\n  ```py\n  1\n  ```\n",
        &[Some("src/a.py")],
    );
    check("`a.py`\n\n### Next\n\n```python\n1\n```\n", &[None]);
    check(
        "`a.py`\n\n#### Part\n\n```python\n1\n```\n",
        &[Some("a.py")],
    );
    check(
        "`a.py`\n```json\n{}\n```\n```bash\npython a.py\n```\n",
        &[None, None],
    );
    check("`os.path` `f(x).py` `.py`\n```python\n1\n```\n", &[None]);
    check(
        "```python filename=\"my file.py\"\n1\n```\n",
        &[Some("my file.py")],
    );
    check("`a.py`\n```bash title=run.sh\n1\n```\n", &[Some("run.sh")]);
}

#[test]
fn the_questions_have_their_kinds_options_and_keys() {
    use QuestionKind::{Comparison, Multiple, Single};
    let lesson = lesson(MODULE);
    let questions: Vec<_> = lesson
        .questions
        .iter()
        .map(|question| {
            (
                question.title.as_str(),
                question.kind,
                question.options.len(),
                question.correct.as_slice(),
            )
        })
        .collect();
    assert_eq!(
        questions,
        [
            ("Event Time", Multiple, 4, &[0, 2][..]),
            ("Late Records", Single, 3, &[1]),
            ("Better Record", Comparison, 2, &[1]),
        ]
    );
    let late = &lesson.questions[1];
    assert_eq!(
        outline_of(&late.prompt),
        ["A record comes in an hour late. What holds?"]
    );
    assert_eq!(
        outline_of(&late.options[1].blocks),
        ["It stands where it \"arrived\", behind the others of its shard"]
    );
    assert_eq!(
        outline_of(&late.explanation),
        [
            "B) Stands where it arrived",
            "A shard is in the order of arrival."
        ]
    );
    assert_eq!(
        code_blocks(&lesson.questions[2].options[0].blocks)[0].source,
        "{ \"value\": 4 }\n"
    );
}

#[test]
fn the_checkpoint_page_holds_neither_questions_nor_answers() {
    let lesson = lesson(MODULE);
    assert_eq!(
        outline_of(&lesson.pages[7].blocks),
        ["Check what you took with you:"]
    );
    let seen = visible(&lesson);
    for answer in [
        "Correct answers",
        "Stands where",
        "order of arrival",
        "is better",
        "No guessing",
        "another source",
    ] {
        assert!(!seen.contains(answer), "{answer}");
    }
}

#[test]
fn a_discussion_is_no_quiz_and_keeps_its_details() {
    let lesson = lesson(MODULE);
    assert_eq!(
        outline_of(&lesson.pages[3].blocks),
        [
            "Question 1: Whose clock?",
            "Which would you sort by?",
            "A) Event time",
            "B) Arrival time",
            "▾ Expand for discussion",
            "  B) Arrival time is easier, and often wrong.",
        ]
    );
}

#[test]
fn a_task_outside_a_question_is_a_task() {
    let page = &lesson(MODULE).pages[2];
    assert!(outline_of(&page.blocks).contains(&"[ ] not an option here".to_owned()));
}

#[test]
fn a_lesson_without_sections_is_one_page() {
    let lesson = lesson("Just text.\n");
    assert_eq!(
        (lesson.title.as_str(), lesson.minutes),
        ("Untitled lesson", None)
    );
    assert_eq!(lesson.pages.len(), 1);
    assert_eq!(outline_of(&lesson.pages[0].blocks), ["Just text."]);
    assert!(lesson.questions.is_empty());
    assert_eq!(self::lesson("").pages.len(), 1);
}

#[test]
fn an_introduction_has_a_page_of_its_own_before_other_sections() {
    let lesson = lesson("# T\n\nHello.\n\n## A (1 h)\n\na\n\n## A (5 min)\n\nb\n");
    let keys: Vec<_> = lesson.pages.iter().map(|page| page.key.as_str()).collect();
    assert_eq!(keys, ["t", "a", "a-2"]);
    assert_eq!(lesson.minutes, Some(65));
}

#[test]
fn every_part_knows_its_line_in_the_file() {
    let lesson = lesson(MODULE);
    let line = |number: usize| MODULE.lines().nth(number - 1).unwrap_or_default();
    for section in &lesson.sections {
        assert!(line(section.line).contains(&section.title), "{section:?}");
    }
    for page in &lesson.pages {
        assert!(line(page.line).contains(&page.title), "{}", page.title);
        for code in code_blocks(&page.blocks) {
            assert!(line(code.line).contains("```"), "{code:?}");
        }
    }
    for question in &lesson.questions {
        assert!(
            line(question.line).contains(&question.title),
            "{}",
            question.title
        );
        let answer = question.answer_line.map(line);
        assert!(
            answer.is_none_or(|line| line.contains("<details>")),
            "{answer:?}"
        );
    }
}
