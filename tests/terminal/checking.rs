//! `kinesis-lab check` as a shell runs it: what it prints, and with which exit code.

use super::commands::{complained, printed, run};
use super::harness::Home;

#[test]
fn check_says_what_a_lesson_is_and_by_its_exit_code_whether_it_is_sound() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("it can be written");
        path.to_string_lossy().into_owned()
    };
    let good = "# T\n\n**Duration**: 5 minutes\n\n## Learning Goals\n\n- a\n\n## Quiz (5 min)\n\n### Q1. Why\n\nWhich?\n\n\
                A) one\nB) two\nC) three\n\n<details>**B**</details>\n";
    let lesson = put("lesson.md", good);
    put("README.md", "# About\n\n## Goals\n\n- b\n");
    put("notes.md", "# Notes\n\ntext\n");
    let output = run(&home, &["check", "--json", &lesson]);
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let report: serde_json::Value = serde_json::from_str(&printed(&output)).expect("JSON");
    assert_eq!(report["format"], 1);
    let question = &report["lessons"][0]["questions"][0];
    assert_eq!(
        (&question["kind"], &question["correct"][0]),
        (&"single".into(), &"B".into())
    );
    assert_eq!(report["lessons"][0]["file"], lesson);

    let output = run(&home, &["check", &folder.path().to_string_lossy()]);
    assert_eq!(output.status.code(), Some(0));
    let text = printed(&output);
    assert!(
        text.contains("README.md: not a lesson") && text.contains("notes.md: not a lesson"),
        "{text}"
    );
    assert!(text.contains("1 lesson · nothing found"), "{text}");

    let broken = put("broken.md", &format!("{good}\n```\x1b[2J\n"));
    let output = run(&home, &["check", &broken]);
    assert_eq!(output.status.code(), Some(1));
    let text = printed(&output);
    assert!(
        text.contains("broken.md:21: error: this code is never closed"),
        "{text}"
    );
    assert!(
        text.contains("21 | ```␛[2J") && !text.contains('\x1b'),
        "{text}"
    );

    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).expect("it can be made");
    let image = put("image.md", "\0\0");
    for argument in ["gone.md", &image, &empty.to_string_lossy()] {
        let output = run(&home, &["check", argument]);
        assert_eq!(output.status.code(), Some(2), "{argument}");
        assert!(
            !complained(&output).is_empty() && printed(&output).is_empty(),
            "{argument}"
        );
    }
    assert_eq!(run(&home, &["check"]).status.code(), Some(2));
}

/// A lesson without an error.
const LESSON: &str =
    "# T\n\n## Hands-On\n\n### Step 1: A\n\n```bash\necho a\u{9b}2J \u{202e}b\n```\n";

#[test]
fn what_is_beside_a_lesson_and_is_no_ordinary_file_is_said_and_not_waited_for() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a folder");
    let lesson = folder.path().join("lesson.md");
    std::fs::write(&lesson, LESSON).expect("it can be written");
    let beside = folder.path().join("lab.toml");
    let pipe = || {
        let made = std::process::Command::new("mkfifo").arg(&beside).status();
        made.map(|_| ())
    };
    let makes: [(&str, &dyn Fn() -> std::io::Result<()>); 4] = [
        ("no ordinary file", &pipe),
        ("no ordinary file", &|| std::fs::create_dir(&beside)),
        ("no ordinary file", &|| {
            std::os::unix::fs::symlink("/dev/zero", &beside)
        }),
        (
            "2: error: the file is not used: this is not valid UTF-8",
            &|| std::fs::write(&beside, b"# a\n# \xff\n"),
        ),
    ];
    for (said, make) in makes {
        make().expect("it can be made");
        let output = run(&home, &["check", &lesson.to_string_lossy()]);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let text = printed(&output);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains("lab.toml:") && words.contains(said),
            "{text}"
        );
        let removed = std::fs::remove_file(&beside).or_else(|_| std::fs::remove_dir(&beside));
        removed.expect("it is ours");
    }
}

#[test]
fn json_says_what_would_steer_a_terminal_in_escapes() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a folder");
    let lesson = folder.path().join("lesson.md");
    std::fs::write(&lesson, LESSON).expect("it can be written");
    let text = printed(&run(&home, &["check", "--json", &lesson.to_string_lossy()]));
    assert!(!text.contains(['\u{9b}', '\u{202e}']), "{text}");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let command = &report["lessons"][0]["steps"][0]["commands"][0];
    assert_eq!(command, "echo a\u{9b}2J \u{202e}b");
}

#[test]
fn a_bound_that_no_clock_reaches_is_wrong_usage() {
    let home = Home::new();
    for seconds in ["0", "18446744073709551615"] {
        let output = run(&home, &["check", "--run", "--run-seconds", seconds, "a.md"]);
        assert_eq!(output.status.code(), Some(2), "{seconds}");
    }
}
