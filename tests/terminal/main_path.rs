//! The whole way of a learner, with the keys they press: read, create, send, receive, answer, leave, come back.

use kinesis_lab::lesson::{self, Lesson, Settings};

use super::harness::{Home, Session};

const LOCAL: [&str; 2] = ["--port", "0"];

/// The built-in lesson, for its answers: the screen does not tell them.
fn built_in() -> Lesson {
    let text = include_str!("../../lessons/what-are-streams/lesson.md");
    lesson::parse(text, &Settings::default())
}

/// Leaves the lab, however often it asks.
fn leave(mut session: Session) {
    session.keys("q");
    session.assert_left_clean(0);
}

/// Creates the stream that the dialog proposes.
fn create_stream(lab: &mut Session) {
    lab.keys("D");
    lab.wait_for("my-first-stream");
    lab.keys("\r");
    lab.wait_for("shard 1 ━");
}

#[test]
fn a_learner_goes_all_the_way_and_finds_it_again() {
    let home = Home::new();
    let mut lab = Session::start(&home, &LOCAL, (120, 40));
    lab.wait_for("page 1 of");

    lab.keys("n");
    lab.wait_for("page 2 of");
    create_stream(&mut lab);
    lab.keys("s");
    lab.wait_for("you 1");
    lab.keys("c");
    lab.wait_for("records stay after reading: 1 kept");
    lab.keys("3\r");
    lab.wait_until("the record with its shard and all 56 digits", |screen| {
        let text = screen.contents();
        let numbers = text.split(|c: char| !c.is_ascii_digit());
        text.contains("shardId-000000000000") && numbers.into_iter().any(|n| n.len() == 56)
    });
    lab.keys("\x1b");
    lab.wait_until("the panel again", |screen| {
        !screen.contents().contains("shardId-")
    });

    let questions = built_in().questions;
    lab.keys("4");
    for (number, question) in (1..).zip(&questions) {
        lab.wait_for(&format!("question {number} of {}", questions.len()));
        for option in &question.correct {
            let letter = char::from(b'a' + u8::try_from(*option).expect("a letter"));
            lab.keys(&letter.to_string());
        }
        lab.keys("\r");
        lab.wait_for(&format!(
            "{number} answered · {number} of {} right at first",
            questions.len()
        ));
        lab.keys("n");
    }
    lab.wait_for("3 of 3 right at the first try");
    lab.keys("\x1b");
    lab.wait_until("the lesson again", |screen| {
        !screen.contents().contains("Result")
    });
    leave(lab);

    let mut lab = Session::start(&home, &LOCAL, (120, 40));
    lab.wait_for("page 2 of");
    lab.wait_for("my-first-stream is here as you left it");
    lab.keys("4");
    lab.wait_for("3 of 3 right at first");
    leave(lab);
}

#[test]
fn a_lab_of_80_by_24_shows_one_pane_and_the_stream() {
    let home = Home::new();
    let mut lab = Session::start(&home, &LOCAL, (80, 24));
    lab.wait_for("page 1 of");
    create_stream(&mut lab);
    lab.keys("2");
    lab.wait_for("2 Producer");
    lab.keys("s");
    lab.wait_for("you 1");
    lab.keys("3c");
    lab.wait_for("records stay after reading: 1 kept");
    lab.wait_for("my-first-stream");
    leave(lab);
}

#[test]
fn a_terminal_that_changes_its_size_is_drawn_anew() {
    let home = Home::new();
    let lab = Session::start(&home, &LOCAL, (80, 24));
    lab.wait_for("1 Lesson");
    for (columns, rows) in [(200, 60), (1, 1), (60, 15), (250, 80), (2, 40)] {
        lab.resize(columns, rows);
    }
    lab.resize(50, 10);
    lab.wait_for("60x15");
    lab.resize(120, 40);
    for pane in ["1 Lesson", "2 Producer", "3 Consumer", "4 Quiz"] {
        lab.wait_for(pane);
    }
    leave(lab);
}

#[test]
fn a_lab_that_was_killed_goes_on_where_it_was() {
    let home = Home::new();
    let mut lab = Session::start(&home, &LOCAL, (100, 30));
    lab.wait_for("page 1 of");
    lab.keys("n");
    lab.wait_for("page 2 of");
    let saved = home.state().join("progress.json");
    super::harness::eventually("the page is saved", || saved.exists());
    super::harness::signal(&home.running_pid().expect("it runs"), "KILL");
    lab.wait_for("exit code 137");
    let lab = Session::start(&home, &LOCAL, (100, 30));
    lab.wait_for("page 2 of");
    leave(lab);
}

#[test]
fn a_lesson_of_one_s_own_opens_and_a_broken_lab_toml_is_said() {
    let home = Home::new();
    let folder = home.state().join("lessons");
    std::fs::create_dir_all(&folder).expect("made");
    let file = folder.join("own.md");
    std::fs::write(&file, "# Tides\n\n## Moon\n\nIt pulls.\n").expect("written");
    std::fs::write(folder.join("lab.toml"), "question = 7").expect("written");
    let lab = Session::start(&home, &["--port", "0", &file.to_string_lossy()], (100, 30));
    lab.wait_for("Tides");
    lab.wait_for("lab.toml");
    leave(lab);
}

#[test]
fn a_second_lab_shows_the_progress_and_saves_nothing() {
    let home = Home::new();
    let first = Session::start(&home, &LOCAL, (100, 30));
    first.wait_for("page 1 of");
    let mut second = Session::start(&home, &LOCAL, (100, 30));
    second.wait_for("another kinesis-lab is running");
    second.wait_for("in memory only");
    second.keys("n");
    second.wait_for("page 2 of");
    second.wait_for("Progress is not saved");
    // The note stays when the sentence at the left is another.
    second.keys("T");
    second.wait_for("! progress is not saved");
    leave(second);
    leave(first);
    let again = Session::start(&home, &LOCAL, (100, 30));
    again.wait_for("page 1 of");
    leave(again);
}

#[test]
fn what_is_wrong_with_the_saved_progress_is_said() {
    for (text, words) in [
        ("{ damaged", "A saved file was damaged"),
        (r#"{"format":99}"#, "a newer kinesis-lab wrote it"),
    ] {
        let home = Home::new();
        std::fs::create_dir_all(home.state()).expect("made");
        std::fs::write(home.state().join("progress.json"), text).expect("written");
        let lab = Session::start(&home, &LOCAL, (100, 30));
        lab.wait_for(words);
        leave(lab);
    }
}

#[test]
fn without_a_home_the_lab_runs_and_says_that_it_saves_nothing() {
    let home = Home::new();
    let nowhere = [("HOME", ""), ("XDG_STATE_HOME", "")];
    let lab = Session::start_with(&home, &LOCAL, (100, 30), &nowhere);
    lab.wait_for("HOME is not set. Set it");
    leave(lab);
}

/// Types a question's answer: the right one, or one that is wrong in every try.
fn answer(lab: &mut Session, question: &lesson::Question, right: bool) {
    let options = 0..question.options.len();
    let chosen = options.filter(|option| question.correct.contains(option) == right);
    let chosen = chosen.take(if right { usize::MAX } else { 1 });
    for option in chosen {
        let letter = char::from(b'a' + u8::try_from(option).expect("a letter"));
        lab.keys(&letter.to_string());
    }
}

#[test]
fn a_confident_miss_comes_back_at_the_next_launch_until_it_is_answered_right() {
    let home = Home::new();
    let questions = built_in().questions;
    let mut lab = Session::start(&home, &LOCAL, (80, 24));
    lab.wait_for("page 1 of");
    lab.keys("4");
    lab.wait_for("question 1 of 3");
    answer(&mut lab, &questions[0], false);
    lab.keys("..");
    lab.wait_for("[certain]");
    lab.keys("\r");
    lab.wait_for("one more try");
    lab.keys("\r");
    lab.wait_for("it comes back at the next launch");
    leave(lab);

    let mut lab = Session::start(&home, &LOCAL, (80, 24));
    lab.wait_for("1 question comes back: you were certain. 4 asks again.");
    lab.keys("4");
    lab.wait_for("Back again: you were certain.");
    answer(&mut lab, &questions[0], true);
    lab.keys("\r");
    lab.wait_for("1 answered · 0 of 3 right at first");
    leave(lab);

    let lab = Session::start(&home, &LOCAL, (80, 24));
    lab.wait_for("page 1 of");
    assert!(!lab.text().contains("comes back"), "{}", lab.text());
    leave(lab);
}

#[test]
fn a_note_that_was_pasted_is_there_when_one_comes_back() {
    let home = Home::new();
    let mut lab = Session::start(&home, &LOCAL, (80, 24));
    lab.wait_for("page 1 of");
    lab.keys(":");
    lab.wait_for("Commands");
    lab.keys("page: discussion\r");
    lab.wait_for("writes a note");
    lab.keys("\r");
    lab.wait_for("only on this machine");
    lab.keys("\x1b[200~The tide\rand q, the moon\x1b[201~");
    lab.wait_for("and q, the moon");
    lab.keys("\x1b");
    lab.wait_for("Compare with");
    editor_closed(&lab);
    leave(lab);

    let mut lab = Session::start(&home, &LOCAL, (80, 24));
    lab.wait_for("Welcome back");
    lab.keys("k");
    lab.wait_for("▎ and q, the moon");
    lab.keys("\r");
    lab.wait_for("only on this machine");
    lab.wait_for("The tide");
    lab.keys("\x1b");
    editor_closed(&lab);
    leave(lab);
}

/// Waits until the note's editor is gone: a key that comes with the Esc would be read as one with Alt.
fn editor_closed(lab: &Session) {
    lab.wait_until("the page again", |screen| {
        let text = screen.contents();
        text.contains("page ") && !text.contains("only on this machine")
    });
}
