//! What a lesson's steps ask for.

use crate::lesson::step_settings::Act;
use crate::lesson::{parse, settings};
use crate::steps::Plan;

/// The course's own lesson, without a `lab.toml`.
pub fn course() -> Plan {
    let markdown = include_str!("../../../tests/fixtures/steps/course.md");
    Plan::of(&parse(markdown, &Default::default()))
}

/// Each step with its checks, one a line.
fn told(plan: &Plan) -> String {
    let mut told = String::new();
    for step in &plan.pages {
        told += &format!("{}{}\n", step.name, if step.runs { " (runs)" } else { "" });
        for check in &step.checks {
            told += &format!("  {} <- {:?} {:?}\n", check.says, check.when, check.since);
        }
    }
    told
}

#[test]
fn the_course_s_lesson_gets_checks_from_its_text() {
    assert_eq!(course().stream.as_deref(), Some("my-first-stream"));
    insta::assert_snapshot!(told(&course()));
}

#[test]
fn lab_toml_says_what_a_step_asks_for_where_it_says_something() {
    let markdown = include_str!("../../../tests/fixtures/steps/course.md");
    let settings = settings(
        "stream = \"mine\"\n[[step]]\ntitle = \"Experiment\"\n[[step.check]]\nsays = \"bye\"\nwhen.delete = {}\n\
         [[step.check]]\nsays = \"bye\"\nwhen.open = {}\n",
    )
    .expect("well formed");
    let plan = Plan::of(&parse(markdown, &settings));
    let step = plan.pages.iter().find(|step| step.name == "Step 5");
    let checks = &step.expect("it is there").checks;
    let keys: Vec<&str> = checks.iter().map(|check| check.key.as_str()).collect();
    assert_eq!(keys, ["bye", "bye (2)"]);
    assert!(matches!(checks[0].when, Act::Delete(_)));
    assert_eq!(plan.stream.as_deref(), Some("mine"));
}

#[test]
fn sentences_of_other_lessons_are_understood_where_they_are_certain() {
    let check = |text: &str, wanted: &[&str]| {
        let markdown = format!("# M\n\n## Hands-On: Do it (5 min)\n\n### Step 1: Go\n\n{text}\n");
        let plan = Plan::of(&parse(&markdown, &Default::default()));
        let acts: Vec<String> = plan
            .pages
            .iter()
            .flat_map(|step| &step.checks)
            .map(|check| format!("{:?}", check.when))
            .collect();
        assert_eq!(acts.len(), wanted.len(), "{text}: {acts:?}");
        for (act, wanted) in acts.iter().zip(wanted) {
            assert!(act.contains(wanted), "{text}: {act}");
        }
    };
    check(
        "Create a stream called `orders` with two shards.",
        &["shards: 2"],
    );
    check(
        "1. Send 5 events with different keys\n2. Delete the stream",
        &["keys: 5", "Delete"],
    );
    check(
        "```bash\naws kinesis put-record --data a\naws kinesis put-record --data b\n```",
        &["records: 2"],
    );
    check(
        "```bash\naws kinesis split-shard --stream-name x\n```",
        &["SplitShard"],
    );
    check(
        "```bash\naws kinesis describe-stream --stream-name x\npip install boto3\n```",
        &[],
    );
    check(
        "Save it as `a.py`:\n\n```python\nk.put_record(Data=b'')\n```",
        &["a.py"],
    );
    check(
        "Send ten messages. Then read the messages again.",
        &["records: 10", "Reread"],
    );
    check("Start the consumer at LATEST, then send one.", &["Latest"]);
    check(
        "Think about what was sent and read, and why the stream was created.",
        &[],
    );
}
