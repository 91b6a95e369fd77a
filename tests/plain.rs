//! `kinesis-lab --plain` as a pipe and a screen reader have it: lines in, lines out, and no terminal anywhere.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Output, Stdio};

use kinesis_lab::lesson::{self, Settings};
use tempfile::TempDir;

fn command(home: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinesis-lab"));
    command
        .args(["--plain", "--port", "0"])
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("XDG_STATE_HOME", home.path().join("state"))
        .env("LANG", "C.UTF-8")
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn start(home: &TempDir, arguments: &[&str]) -> Child {
    command(home, arguments).spawn().expect("it starts")
}

/// Types these lines and gives all that came of them.
fn run(home: &TempDir, arguments: &[&str], lines: &str) -> Output {
    let mut lab = start(home, arguments);
    let mut input = lab.stdin.take().expect("piped");
    let lines = lines.to_owned();
    // A lab that quits early closes the pipe: that is no fault of the typist.
    let typist = std::thread::spawn(move || drop(input.write_all(lines.as_bytes())));
    let output = lab.wait_with_output().expect("it ends");
    typist.join().expect("it types");
    output
}

fn printed(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "");
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// That these words were told in this order; says which was not.
fn in_order(told: &str, words: &[&str]) {
    let mut rest = told;
    for words in words {
        let Some(at) = rest.find(words) else {
            panic!("{words:?} was not told after that, but:\n{rest}");
        };
        rest = &rest[at + words.len()..];
    }
}

#[test]
fn the_whole_path_is_gone_by_lines_in_a_pipe() {
    let home = tempfile::tempdir().expect("a folder");
    let text = include_str!("../lessons/what-are-streams/lesson.md");
    let questions = lesson::parse(text, &Settings::default()).questions;
    let mut lines = String::from("n\nn\npage discussion\nwrite a note on prompt 2\n");
    lines += "A stolen card is used within minutes.\n\n";
    lines +=
        "page run the producer\nD\n1\ns\nb\np\nbob\n{\"type\":\"view_page\"}\ns\np\nalice\n\ns\n";
    lines += "t\n1\nc\nconsumer\nread the consumer's newest\nclose\nquiz\n";
    for question in &questions {
        let letters: Vec<String> = question
            .correct
            .iter()
            .map(|option| char::from(b'a' + u8::try_from(*option).expect("a letter")).to_string())
            .collect();
        lines += &format!("{}\n.\nsubmit\nnext\n", letters.join(" "));
    }
    lines += "D\ndelete my-first-stream\nyes\nq\n";
    let output = run(&home, &[], &lines);
    let told = printed(&output);
    in_order(
        &told,
        &[
            "Module 1: What Are Streams?",
            "page 2 of",
            "page 3 of",
            "Prompt 2, to compare with:",
            "What is seen of this step:",
            "my-first-stream is created with 2 shards.",
            "Sent: key alice is in shard 0.",
            "Sent: key bob is in shard 1.",
            "Sent: key alice is in shard 0.",
            "Read by worker 1: key ",
            "sequence number: ",
            "Question 1 of 3",
            "Right.",
            "Question 2 of 3",
            "Right.",
            "Question 3 of 3",
            "Right.",
            "3 of 3 right at the first try",
            "That cannot be undone.",
            "Stream my-first-stream: gone.",
            "The lab is closed.",
        ],
    );
    assert_eq!(told.matches("Read by worker").count(), 3, "{told}");
    let step = told.split("Step 2 is done").count();
    assert!(step > 1, "the step proved itself: {told}");
    let number = told.split("sequence number: ").nth(1).expect("one");
    let digits = number.chars().take_while(char::is_ascii_digit).count();
    assert_eq!(digits, 56);
    assert!(!told.contains('\u{1b}') && !told.contains('\r'));
    assert!(told.ends_with('\n'));

    // It is found again, place and answers.
    let told = printed(&run(&home, &[], "quiz\n"));
    assert!(told.contains("Welcome back"), "{told}");
    assert!(told.contains("3 answered, 3 of 3 right"), "{told}");
}

#[test]
fn no_input_at_all_is_the_first_page_and_the_end() {
    let home = tempfile::tempdir().expect("a folder");
    let told = printed(&run(&home, &[], ""));
    in_order(
        &told,
        &["Learning Goals", "Your turn: 1 to", "The lab is closed."],
    );
    // Looks make no difference to lines.
    let looks = ["--ascii", "--theme", "light", "--color", "never"];
    assert_eq!(printed(&run(&home, &looks, "")), told);
}

#[test]
fn a_reader_that_closes_the_pipe_is_a_quiet_end() {
    let home = tempfile::tempdir().expect("a folder");
    let mut lab = start(&home, &[]);
    let mut first = String::new();
    BufReader::new(lab.stdout.take().expect("piped"))
        .read_line(&mut first)
        .expect("a line");
    let mut input = lab.stdin.take().expect("piped");
    let _ = input.write_all(b"n\n?\n:\nn\n");
    let status = lab.wait().expect("it ends");
    let mut errors = String::new();
    let mut stderr = lab.stderr.take().expect("piped");
    stderr.read_to_string(&mut errors).expect("text");
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_its_progress_saved() {
    let home = tempfile::tempdir().expect("a folder");
    for name in ["INT", "TERM"] {
        let mut lab = start(&home, &[]);
        let mut input = lab.stdin.take().expect("piped");
        let mut output = BufReader::new(lab.stdout.take().expect("piped"));
        let mut line = String::new();
        input.write_all(b"page events\n").expect("it reads");
        while !line.contains("self-contained") && !line.contains("Self-contained") {
            line.clear();
            assert!(output.read_line(&mut line).expect("a line") > 0, "it ended");
        }
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &lab.id().to_string()])
            .status();
        assert!(sent.is_ok_and(|status| status.success()));
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("text");
        assert_eq!(lab.wait().expect("it ends").code(), Some(0), "{name}");
        assert!(rest.ends_with("are kept.\n"), "{rest}");
        drop(input);
    }
    let told = printed(&run(&home, &[], ""));
    assert!(told.contains("Welcome back to “Events”"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_command_of_the_lesson_is_asked_for_and_its_output_is_told() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("lesson.md");
    let text = "# Run\n\n## Hands-On\n\n### Step 1: Count\n\n```bash\nfor i in 1 2 3; do printf '\\033[31mline %s\\n' $i; done; exit 3\n```\n";
    std::fs::write(&file, text).expect("written");
    let path = file.to_string_lossy().into_owned();
    let told = printed(&run(&home, &[&path], "run\nyes\nn\n"));
    in_order(&told, &["| line 1", "| line 2", "| line 3", "exit 3"]);
    assert!(!told.contains('\u{1b}') && !told.contains('\r'));
}
