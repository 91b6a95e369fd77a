//! Tests of the state folder, each in a temporary one.

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_770_000_000, 0).expect("a valid time")
}

fn open(path: &Path) -> Opened {
    StateFolder::open(Ok(path.to_owned()), now())
}

fn unsaved(opened: &Opened) -> &str {
    opened.unsaved.as_deref().unwrap_or("it is saved")
}

fn some_progress() -> Progress {
    let mut progress = Progress::default();
    progress
        .lessons
        .entry("streams".into())
        .or_default()
        .done
        .insert("goals".into());
    progress
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn the_folder_follows_xdg_and_needs_a_home() {
    let check = |xdg: Option<&str>, home: Option<&str>, expected: Option<&str>| {
        let found = locate(|name| match name {
            "XDG_STATE_HOME" => xdg.map(PathBuf::from),
            "HOME" => home.map(PathBuf::from),
            _ => None,
        });
        assert_eq!(found.ok(), expected.map(PathBuf::from));
    };
    check(Some("/s"), Some("/h"), Some("/s/kinesis-lab"));
    check(None, Some("/h"), Some("/h/.local/state/kinesis-lab"));
    check(
        Some("relative"),
        Some("/h"),
        Some("/h/.local/state/kinesis-lab"),
    );
    check(Some(""), Some(""), None);
    check(None, None, None);
}

#[test]
fn what_is_saved_comes_back_at_the_next_start() {
    let temp = tempfile::tempdir().expect("a folder");
    let path = temp.path().join("deep/kinesis-lab");
    let opened = open(&path);
    assert_eq!((&opened.unsaved, &opened.notes), (&None, &vec![]));
    assert_eq!(opened.progress, Progress::default());
    opened
        .folder
        .save_progress(&some_progress())
        .expect("saved");
    drop(opened);
    let opened = open(&path);
    assert_eq!(opened.progress, some_progress());
    assert_eq!(names(&path), ["lock", "progress.json"]);
}

#[test]
fn the_save_before_is_the_backup_and_stands_in_after_a_crash_between_two_renames() {
    let temp = tempfile::tempdir().expect("a folder");
    let opened = open(temp.path());
    opened
        .folder
        .save_progress(&some_progress())
        .expect("saved");
    opened
        .folder
        .save_progress(&Progress::default())
        .expect("saved");
    drop(opened);
    fs::remove_file(temp.path().join("progress.json")).expect("removed");
    let opened = open(temp.path());
    assert_eq!(opened.progress, some_progress());
    assert!(opened.notes.is_empty());
}

#[test]
fn a_damaged_file_is_kept_aside_and_said() {
    let temp = tempfile::tempdir().expect("a folder");
    let main = temp.path().join("progress.json");
    for text in [
        "{ not json",
        r#"{"lessons":{}}"#,
        r#"{"format":1,"lessons":7}"#,
    ] {
        fs::write(&main, text).expect("written");
        let opened = open(temp.path());
        assert_eq!(opened.progress, Progress::default());
        assert!(opened.notes[0].contains("damaged"), "{:?}", opened.notes);
        opened
            .folder
            .save_progress(&some_progress())
            .expect("saved");
        fs::remove_file(&main).expect("it was saved");
    }
    assert_eq!(
        names(temp.path()),
        [
            "lock",
            "progress.damaged-20260202T024000-2.json",
            "progress.damaged-20260202T024000-3.json",
            "progress.damaged-20260202T024000.json",
        ]
    );
    let kept = fs::read_to_string(temp.path().join("progress.damaged-20260202T024000.json"));
    assert_eq!(kept.expect("it is there"), "{ not json");
}

#[test]
fn the_save_before_stands_in_for_a_damaged_file() {
    let temp = tempfile::tempdir().expect("a folder");
    let opened = open(temp.path());
    opened
        .folder
        .save_progress(&some_progress())
        .expect("saved");
    opened
        .folder
        .save_progress(&Progress::default())
        .expect("saved");
    drop(opened);
    fs::write(temp.path().join("progress.json"), [0xff, 0x00]).expect("written");
    let opened = open(temp.path());
    assert_eq!(opened.progress, some_progress());
    assert_eq!(opened.notes.len(), 1);
}

#[test]
fn a_newer_file_is_never_overwritten() {
    let temp = tempfile::tempdir().expect("a folder");
    let main = temp.path().join("progress.json");
    let text = r#"{"format":2,"chapters":[]}"#;
    fs::write(&main, text).expect("written");
    let opened = open(temp.path());
    assert!(unsaved(&opened).contains("a newer kinesis-lab wrote it (format 2"));
    assert!(opened.folder.save_progress(&some_progress()).is_err());
    opened
        .folder
        .save_ledger(&Ledger::default())
        .expect("the ledger is not touched by it");
    assert_eq!(fs::read_to_string(&main).expect("still there"), text);
}

#[test]
fn a_second_lab_reads_and_does_not_write() {
    let temp = tempfile::tempdir().expect("a folder");
    let first = open(temp.path());
    first.folder.save_progress(&some_progress()).expect("saved");
    let second = open(temp.path());
    assert_eq!(second.progress, some_progress());
    assert!(unsaved(&second).contains("another kinesis-lab"));
    assert!(second.folder.save_progress(&Progress::default()).is_err());
    assert!(forget_progress(temp.path()).is_err());
    drop((first, second));
    assert_eq!(open(temp.path()).unsaved, None);
}

#[test]
fn a_folder_that_cannot_be_written_is_said_and_still_read() {
    let temp = tempfile::tempdir().expect("a folder");
    let file = temp.path().join("file");
    fs::write(&file, "").expect("written");
    let opened = open(&file.join("kinesis-lab"));
    assert!(unsaved(&opened).contains("XDG_STATE_HOME"));
    assert!(opened.folder.save_ledger(&Ledger::default()).is_err());
}

#[test]
#[cfg(unix)]
fn a_read_only_folder_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let temp = tempfile::tempdir().expect("a folder");
    open(temp.path())
        .folder
        .save_progress(&some_progress())
        .expect("saved");
    let set = |mode| {
        fs::set_permissions(temp.path(), fs::Permissions::from_mode(mode)).expect("own folder");
    };
    set(0o555);
    // Root writes everywhere: then there is nothing to see here.
    let applies = fs::write(temp.path().join("probe"), "").is_err();
    let opened = open(temp.path());
    set(0o755);
    assert_eq!(opened.progress, some_progress());
    if applies {
        assert!(unsaved(&opened).contains("cannot be written"));
    }
}

#[test]
fn without_a_folder_the_lab_starts_and_says_so() {
    let opened = StateFolder::open(locate(|_| None), now());
    assert!(unsaved(&opened).contains("HOME"));
    assert!(opened.folder.save_progress(&some_progress()).is_err());
}

#[test]
fn forgetting_takes_the_progress_and_its_backup_and_leaves_the_ledger() {
    let temp = tempfile::tempdir().expect("a folder");
    let opened = open(temp.path());
    opened
        .folder
        .save_progress(&some_progress())
        .expect("saved");
    opened
        .folder
        .save_progress(&some_progress())
        .expect("saved");
    opened
        .folder
        .save_ledger(&Ledger::default())
        .expect("saved");
    drop(opened);
    assert_eq!(forget_progress(temp.path()), Ok(true));
    assert_eq!(forget_progress(temp.path()), Ok(false));
    assert_eq!(names(temp.path()), ["ledger.json", "lock"]);
}
