//! A lesson that its author writes on while it is open.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::harness::{Home, Session};

const TEXT: &str = "# Rivers\n\n## Goals\n\nKnow water.\n\n## Concepts\n\nA river flows.\n";

/// A lesson's folder, and the lab with its second page open.
fn open() -> (TempDir, PathBuf, Home, Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("lesson.md");
    fs::write(&file, TEXT).expect("it is written");
    let home = Home::new();
    let path = file.to_string_lossy().into_owned();
    let mut lab = Session::start(&home, &["--port", "0", &path], (100, 30));
    lab.wait_for("Know water.");
    lab.keys("n");
    lab.wait_for("A river flows.");
    (folder, file, home, lab)
}

/// As many editors save: a new file is renamed onto the old one, which is gone for a while.
fn replace(file: &Path, text: &str) {
    let new = file.with_extension("new");
    fs::write(&new, text).expect("it is written");
    fs::remove_file(file).expect("it was there");
    fs::rename(&new, file).expect("it is renamed");
}

fn leave(mut lab: Session) {
    lab.keys("q");
    lab.assert_left_clean(0);
}

#[test]
fn a_saved_lesson_is_read_again_at_the_same_place_however_it_was_saved() {
    let (_folder, file, _home, lab) = open();
    let earlier = "## Goals\n\nKnow water.\n\n## Before\n\nA page more.\n";
    let text = TEXT.replace("## Goals\n\nKnow water.\n", earlier);
    fs::write(&file, text.replace("flows", "flows down")).expect("it is written");
    lab.wait_for("A river flows down.");
    lab.wait_for("page 3 of 3");
    replace(&file, &text.replace("flows", "flows to the sea"));
    lab.wait_for("A river flows to the sea.");
    leave(lab);
}

#[test]
fn what_is_wrong_is_said_where_it_stands_and_the_last_good_lesson_stays() {
    let (folder, file, _home, lab) = open();
    let settings = folder.path().join("lab.toml");
    fs::write(&settings, "stream = \"rivers\"\nsteps = 1\n").expect("it is written");
    lab.wait_for("lab.toml, line 2: `steps` is not known; did you mean `step`?");
    lab.wait_for("┃ steps = 1");
    lab.wait_for("┃ ^");
    lab.wait_for("A river flows.");
    replace(&settings, "stream = \"rivers\"\n");
    lab.wait_for("The lesson's files are well again.");

    for (bytes, words) in [
        (&b""[..], "This file is empty"),
        (b"# A\0", "byte 3 is zero"),
        (b"# A\n\nna\xefve\n", "lesson.md, line 3"),
    ] {
        fs::write(&file, bytes).expect("it is written");
        lab.wait_for(words);
        lab.wait_for("A river flows.");
    }
    fs::remove_file(&file).expect("it was there");
    lab.wait_for("lesson.md: The file is gone.");
    lab.wait_for("A river flows.");
    // Nobody waits for the other end of a pipe.
    let made = std::process::Command::new("mkfifo").arg(&file).status();
    assert!(made.expect("mkfifo").success());
    lab.wait_for("it is no ordinary file");
    fs::remove_file(&file).expect("it was there");
    fs::write(&file, TEXT.replace("flows", "flows again")).expect("it is written");
    lab.wait_for("A river flows again.");
    leave(lab);
}
