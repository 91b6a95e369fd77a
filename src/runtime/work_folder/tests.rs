//! Writing into a folder that others have prepared.

use super::*;

fn file(name: &str, content: &str) -> SourceFile {
    SourceFile {
        name: name.into(),
        content: content.into(),
    }
}

fn writing(name: &str, content: &str) -> Writing {
    Writing {
        work: std::path::PathBuf::new(),
        file: file(name, content),
        replace: false,
        then_edit: false,
    }
}

#[test]
fn a_file_is_written_byte_for_byte_and_never_over_another_version() {
    let home = tempfile::tempdir().expect("a folder");
    let work = home.path().join("new/work");
    let content = "print('é')\r\n\tno end of line";
    assert_eq!(
        write(&work, &writing("src/a.py", content)),
        Ok(Written::New)
    );
    let path = work.join("src/a.py");
    assert_eq!(fs::read(&path).expect("it is there"), content.as_bytes());
    assert_eq!(
        write(&work, &writing("src/a.py", content)),
        Ok(Written::Same)
    );
    fs::write(&path, "mine").expect("writable");
    match write(&work, &writing("src/a.py", content)) {
        Ok(Written::Differs(other)) => assert_eq!(other.bytes, 4),
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(&path).expect("it is there"), b"mine");
    let replacing = Writing {
        replace: true,
        ..writing("src/a.py", content)
    };
    assert_eq!(write(&work, &replacing), Ok(Written::Replaced));
    assert_eq!(fs::read(&path).expect("it is there"), content.as_bytes());
    let names = fs::read_dir(work.join("src")).expect("a folder").count();
    assert_eq!(names, 1, "nothing else is left there");
}

#[test]
fn the_same_size_is_not_the_same_version() {
    let work = tempfile::tempdir().expect("a folder");
    fs::write(work.path().join("a.py"), "1234").expect("writable");
    let state = state(work.path(), &file("a.py", "1235"));
    assert!(matches!(state, FileState::Other(other) if other.bytes == 4));
}

#[cfg(unix)]
#[test]
fn a_link_leads_nowhere() {
    use std::os::unix::fs::symlink;
    let home = tempfile::tempdir().expect("a folder");
    let (work, outside) = (home.path().join("work"), home.path().join("outside"));
    fs::create_dir_all(&work).expect("a folder");
    fs::create_dir_all(&outside).expect("a folder");
    fs::write(outside.join("victim"), "precious").expect("writable");
    symlink(&outside, work.join("folder")).expect("a link");
    symlink(outside.join("victim"), work.join("a.py")).expect("a link");
    symlink(outside.join("new"), work.join("dangling.py")).expect("a link");
    for name in [
        "folder/victim",
        "folder/new.py",
        "a.py",
        "dangling.py",
        "../outside/victim",
    ] {
        let replacing = Writing {
            replace: true,
            ..writing(name, "bad")
        };
        let refused = write(&work, &replacing);
        assert!(refused.is_err(), "{name}: {refused:?}");
    }
    assert_eq!(
        fs::read(outside.join("victim")).expect("there"),
        b"precious"
    );
    assert_eq!(fs::read_dir(&outside).expect("a folder").count(), 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_folder_in_its_place_is_refused_and_nothing_waits() {
    let work = tempfile::tempdir().expect("a folder");
    fs::create_dir(work.path().join("a.py")).expect("a folder");
    let made = std::process::Command::new("mkfifo")
        .arg(work.path().join("b.py"))
        .status();
    assert!(made.is_ok_and(|status| status.success()));
    for name in ["a.py", "b.py"] {
        let refused = write(work.path(), &writing(name, "x"));
        assert!(
            refused.is_err_and(|why| why.contains("something else")),
            "{name}"
        );
    }
}

#[test]
fn a_folder_that_cannot_be_made_says_what_to_do() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("file"), "").expect("writable");
    let refused = write(&home.path().join("file/work"), &writing("a.py", "x"));
    assert!(refused.is_err_and(|why| why.contains("a file has its name")));
}

#[test]
fn a_file_in_the_place_of_the_folder_is_named_for_what_it_is() {
    let home = tempfile::tempdir().expect("a folder");
    let work = home.path().join("work");
    fs::write(&work, "mine").expect("writable");
    for work in [work.clone(), work.join("below")] {
        let why = write(&work, &writing("a.py", "x")).expect_err("there is no folder");
        assert!(why.contains("a file has its name"), "{why}");
        assert!(why.contains("--work"), "{why}");
    }
    let FileState::Refused(why) = state(&work, &file("a.py", "x")) else {
        panic!("it is no folder");
    };
    assert!(why.contains("a file has its name"), "{why}");
    assert_eq!(fs::read(&work).expect("it is there"), b"mine");
}
