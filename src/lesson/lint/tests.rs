//! What each rule says, and where; and that a good lesson has nothing to say of.

mod dialect;
mod scenes;

use super::super::{parse, settings};
use super::*;

/// A lesson with nothing to find, into which the rules' cases are put.
const GOOD: &str = "# T\n\n**Duration**: 10 minutes\n\n## Learning Goals\n\n1. One\n\n## Concepts (10 min)\n\nText.\n\n\
                    ## Checkpoint\n\n### Question 1: Why\n\nWhich?\n\nA) one or two\nB) another\nC) none of it\n\n\
                    <details>\n<summary>Answer</summary>\n\n**B) another**\n\nSo.\n\n</details>\n";

/// The findings as lines: `7 warning words`, those of lab.toml as `lab.toml 7 error words`.
fn findings(text: &str, toml: Option<&str>) -> Vec<String> {
    let understood = toml.and_then(|toml| settings(toml).ok());
    let lesson = parse(text, &understood.unwrap_or_default());
    let subject = Subject {
        text,
        lesson: &lesson,
        settings: toml,
        scenes: None,
        exists: &|name| name == "there.md",
        sees: &|page| page.title != "Think",
    };
    let found = lint(&subject);
    let shown = found.iter().map(|it| {
        let file = match it.origin {
            Origin::Lesson => "",
            Origin::Settings => "lab.toml ",
            Origin::Scenes => "scenes.toml ",
        };
        format!("{file}{} {} {}", it.line, it.severity.name(), it.message)
    });
    shown.collect()
}

/// Every expected beginning is found, in order, and nothing else.
fn check(text: &str, expected: &[&str]) {
    let found = findings(text, None);
    let fits = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, words)| found.contains(words));
    assert!(fits, "{text}\nfound {found:#?}\nexpected {expected:#?}");
}

#[test]
fn a_good_lesson_has_no_finding() {
    check(GOOD, &[]);
}

#[test]
fn head_and_sections_are_compared() {
    check(
        &GOOD.replace("10 minutes", "45 minutes"),
        &["3 warning the sections add up to 10 minutes, the duration says 45"],
    );
    check(
        &GOOD.replace("**Duration**: 10 minutes\n", ""),
        &["1 warning no duration: the sections add up to 10"],
    );
    check(
        &GOOD.replace("# T\n", "\n"),
        &["1 warning the lesson has no title"],
    );
    check(
        &GOOD.replace("1. One", "One"),
        &["5 warning no goal was found here"],
    );
    check(
        "# T\n\n**Duration**: 1 min\n\ntext\n",
        &["no checkpoint", "no learning goals"],
    );
}

#[test]
fn what_is_not_closed_is_an_error_at_its_opening_line() {
    check(
        &GOOD.replace("Text.", "```\ncode\n"),
        &[
            "11 error this code is never closed; it is taken to end before line 15: close it with ```",
        ],
    );
    check(
        &GOOD.replace("Text.", "<details>\n\nmore\n"),
        &["11 error this <details> is never closed"],
    );
    check(
        &GOOD.replace(
            "Text.",
            "`<details>` and\n\n```html\n<details>\n```\n\n</details>",
        ),
        &["17 warning this </details> closes nothing"],
    );
}

#[test]
fn headings_keep_their_levels_and_questions_their_titles() {
    check(
        &GOOD.replace("Text.", "#### Deep\n\n```\n##### no heading\n```"),
        &["11 note this heading skips a level: #### after ##"],
    );
    let twice = format!("{GOOD}\n### Question 2: Why\n\nWhat?\n\n<details>So.</details>\n");
    check(
        &twice,
        &["32 warning there is another question of this title in line 15"],
    );
}

#[test]
fn keys_and_options_are_looked_at() {
    check(
        &GOOD.replace("**B) another**\n\nSo.", "It depends."),
        &["23 warning the answer names no option for certain"],
    );
    let answer = GOOD.find("<details>").expect("it is there");
    check(&GOOD[..answer], &["15 warning this question has no answer"]);
    check(
        &GOOD.replace("\nC) none of it", ""),
        &["15 note this question has only two options"],
    );
    check(
        &GOOD.replace(
            "another",
            "another one, with many more words than the others have",
        ),
        &["15 note the right option B is by far the longest"],
    );
}

#[test]
fn code_that_does_not_parse_is_found_at_its_line() {
    let check = |code: &str, expected: &[&str]| check(&GOOD.replace("Text.", code), expected);
    check(
        "```json\n{\n  \"a\": 1,\n}\n```",
        &["14 warning this JSON does not parse"],
    );
    check("```json\n{ \"a\": ... }\n```", &[]);
    check("```json\n{}\n{}\n```", &[]);
    check(
        "`a.json`:\n\n```json\n{\n```",
        &["error this JSON does not parse"],
    );
    check(
        "```toml\na = \n```",
        &["12 warning this TOML does not parse"],
    );
    check(
        "`a.py`:\n\n```python\nprint(1\n```",
        &["14 error `(` is never closed"],
    );
    check(
        "```python\nprint(1\n```",
        &["12 warning `(` is never closed"],
    );
}

#[test]
fn wide_code_is_noted_once_a_block() {
    let wide = |columns: usize| format!("```\n{}\nshort\n```", "x".repeat(columns));
    check(&GOOD.replace("Text.", &wide(56)), &[]);
    check(
        &GOOD.replace("Text.", &wide(60)),
        &["12 note 1 line is wider than 56 columns in this code (this one has 60)"],
    );
    check(
        &GOOD.replace("Text.", &wide(80)),
        &["12 note 1 line is wider than 76 columns, 1 than 56 in this code (this one has 80)"],
    );
}

#[test]
fn habits_that_mislead_are_noted() {
    let code = "```python\nkinesis = boto3.client('kinesis')\ndef read(it, limit=10):\n    r = kinesis.get_records()\n    \
                print(seq[:8])\n    read(shards[0])\n    if not r['Records']:\n        break\n```";
    check(
        &GOOD.replace("Text.", code),
        &[
            "12 note this client takes its endpoint",
            "13 note this consumer stops after 10 records",
            "15 note the first digits of sequence numbers",
            "16 note only the first shard is read",
            "17 note this stops at the first empty page",
        ],
    );
}

#[test]
fn links_lead_somewhere() {
    let text = "[a](there.md) [b](gone.md#x) [c](#concepts-10-min) [d](#nowhere) [e](https://x.y) [f](mailto:a@b)";
    check(
        &GOOD.replace("Text.", text),
        &[
            "11 warning no heading has the anchor #nowhere",
            "11 warning this link leads nowhere: there is no gone.md",
        ],
    );
}

#[test]
fn a_command_s_script_must_be_somewhere_and_a_step_must_be_seen() {
    let steps = "Text.\n\n## Hands-On\n\n### Step 1: Run\n\n```bash\npython gone.py\npython -m http.server\n```\n\n\
                 ### Step 2: Think\n\nThink.\n";
    check(
        &GOOD.replace("Text.", steps),
        &[
            "17 warning this runs gone.py",
            "22 note the lab cannot see whether this step is done",
        ],
    );
}

#[test]
fn mistakes_in_lab_toml_are_errors_there() {
    let check = |toml: &str, expected: &[&str]| {
        let found = findings(GOOD, Some(toml));
        let fits = found.len() == expected.len()
            && found
                .iter()
                .zip(expected)
                .all(|(found, words)| found.contains(words));
        assert!(fits, "{toml}\nfound {found:#?}\nexpected {expected:#?}");
    };
    check("[[question]]\ntitle = \"Why\"\nsee = \"Concepts\"\n", &[]);
    check(
        "[[question]]\ntitle = \"x\n",
        &["lab.toml 2 error the file is not used"],
    );
    check(
        "[[question]]\ntitle = \"Other\"\n\n[[question]]\ntitle = \"why?\"\nreasons = [\"a\"]\nmisconceptions = [\"M1\", \"\", \"\"]\n\
         see = \"Nowhere\"\n",
        &[
            "lab.toml 1 error no question of the lesson is called \"Other\"",
            "lab.toml 4 error \"why?\" has 3 options and 1 reasons",
            "lab.toml 4 error no [[misconception]] has the id \"M1\"",
            "lab.toml 4 error no page of the lesson is called \"Nowhere\"",
        ],
    );
    check(
        "[[step]]\ntitle = \"Concepts\"\n[[step.predict]]\nask = \"?\"\noptions = [\"x\", \"y\"]\nanswer = \"C\"\nwhy = \"z\"\n\
         when.delete = {}\n[[step]]\ntitle = \"None\"\n",
        &[
            "lab.toml 1 error the prediction \"?\" has 2 options, and its answer \"C\"",
            "lab.toml 9 error no step of the lesson is called \"None\"",
        ],
    );
}

/// What `check --json` says of a lesson.
fn json(file: &str, text: &str) -> String {
    let lesson = parse(text, &crate::lesson::Settings::default());
    let subject = Subject {
        text,
        lesson: &lesson,
        settings: None,
        scenes: None,
        exists: &|_| true,
        sees: &|_| true,
    };
    let report = report::Report {
        format: report::FORMAT,
        lessons: vec![report::lesson(file.to_owned(), &lesson, &lint(&subject))],
        skipped: Vec::new(),
    };
    serde_json::to_string_pretty(&report).expect("plain data")
}
