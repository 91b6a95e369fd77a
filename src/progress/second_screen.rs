//! What a lab tells the instructor's second screen: one small file for each lab, below `second-screen` in the state folder.
//!
//! ```text
//! second-screen/running/<pid>.json   a lab that lives, locked by it (see [`super::running`])
//! second-screen/<pid>.json           what it shows now, replaced whole each time
//! ```

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::running::{self, Announcement, Running};

/// More than any lab writes; what is larger is none of ours.
const MOST_BYTES: u64 = 256 * 1024;

/// The lab's side: its own file, taken away when dropped.
#[derive(Debug)]
pub struct Slot {
    path: PathBuf,
    _announced: Announcement,
}

impl Slot {
    /// Announces this lab in the state folder; what labs that were killed left there is cleared away.
    pub fn open(state: &Path, running: &Running) -> io::Result<Self> {
        let folder = folder(state);
        let announced = Announcement::new(&folder, running)?;
        // First what lies there, then who lives: a lab that starts in between keeps its file.
        let entries = fs::read_dir(&folder)?.flatten();
        let lying: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        let alive = running::find(&folder);
        for path in lying {
            let of = |lab: &Running| path == file_of(&folder, lab.pid);
            let ours = path.extension().is_some_and(|it| it == "json");
            if ours && !alive.iter().any(of) {
                // If it cannot be removed it misleads nobody: its lab does not live.
                let _ = fs::remove_file(&path);
            }
        }
        Ok(Self {
            path: file_of(&folder, running.pid),
            _announced: announced,
        })
    }

    /// Replaces what is shown. A reader finds the old text or the new one, never a part. Not kept over a power cut: it
    /// would be of no use.
    pub fn write(&self, text: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text)?;
        file.persist(&self.path).map_err(|refused| refused.error)?;
        Ok(())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // If it cannot be removed, the next lab does it.
        let _ = fs::remove_file(&self.path);
    }
}

/// What a look finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No lab lives here.
    Nobody,
    /// The newest of the labs that live.
    Lab {
        /// Its process.
        pid: u32,
        /// How many live beside it.
        others: usize,
        /// What it shows; `None` where it wrote nothing yet, or nothing that is an ordinary file of a lab's size.
        text: Option<Vec<u8>>,
    },
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    size: u64,
    number: u64,
}

/// The second screen's side.
#[derive(Debug)]
pub struct Watcher {
    folder: PathBuf,
    /// Which file was read last, as it was then.
    read: Option<(u32, Option<Stamp>)>,
    found: Option<Found>,
}

impl Watcher {
    /// Over the labs of a state folder, which need not be there.
    pub fn over(state: &Path) -> Self {
        Self {
            folder: folder(state),
            read: None,
            found: None,
        }
    }

    /// Looks; gives what is found if it is anything new. A file is read only when its entry is another one.
    pub fn look(&mut self) -> Option<Found> {
        let labs = running::find(&self.folder);
        let found = match labs.first() {
            None => {
                self.read = None;
                Found::Nobody
            }
            Some(newest) => {
                let path = file_of(&self.folder, newest.pid);
                let state = (newest.pid, stamp(&path));
                let text = match &self.found {
                    Some(Found::Lab { text, .. }) if self.read == Some(state) => text.clone(),
                    _ => text_of(&path),
                };
                self.read = Some(state);
                Found::Lab {
                    pid: newest.pid,
                    others: labs.len() - 1,
                    text,
                }
            }
        };
        if self.found.as_ref() == Some(&found) {
            return None;
        }
        self.found = Some(found.clone());
        Some(found)
    }
}

fn folder(state: &Path) -> PathBuf {
    state.join("second-screen")
}

fn file_of(folder: &Path, pid: u32) -> PathBuf {
    folder.join(format!("{pid}.json"))
}

fn stamp(path: &Path) -> Option<Stamp> {
    let it = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&it);
    #[cfg(not(unix))]
    let number = 0;
    Some(Stamp {
        modified: it.modified().ok(),
        size: it.len(),
        number,
    })
}

fn text_of(path: &Path) -> Option<Vec<u8>> {
    // A pipe of this name would be waited for without end.
    let about = fs::metadata(path).ok()?;
    if !about.is_file() || about.len() > MOST_BYTES {
        return None;
    }
    let mut text = Vec::new();
    let mut file = File::open(path).ok()?.take(MOST_BYTES);
    file.read_to_end(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn lab(pid: u32) -> Running {
        Running {
            pid,
            endpoint: String::new(),
            since: DateTime::from_timestamp(i64::from(pid), 0).expect("a time"),
        }
    }

    fn shows(pid: u32, others: usize, text: &str) -> Option<Found> {
        Some(Found::Lab {
            pid,
            others,
            text: Some(text.into()),
        })
    }

    #[test]
    fn a_look_tells_what_is_new_and_nothing_twice() {
        let state = tempfile::tempdir().expect("a folder");
        let mut watcher = Watcher::over(state.path());
        assert_eq!(watcher.look(), Some(Found::Nobody));
        assert_eq!(watcher.look(), None);
        let slot = Slot::open(state.path(), &lab(1)).expect("opened");
        let nothing_yet = Found::Lab {
            pid: 1,
            others: 0,
            text: None,
        };
        assert_eq!(watcher.look(), Some(nothing_yet));
        slot.write(b"one").expect("written");
        assert_eq!(watcher.look(), shows(1, 0, "one"));
        assert_eq!(watcher.look(), None);
        slot.write(b"two").expect("written");
        assert_eq!(watcher.look(), shows(1, 0, "two"));
        drop(slot);
        assert_eq!(watcher.look(), Some(Found::Nobody));
    }

    #[test]
    fn of_two_labs_the_newer_one_is_followed_and_then_the_other() {
        let state = tempfile::tempdir().expect("a folder");
        let older = Slot::open(state.path(), &lab(1)).expect("opened");
        older.write(b"older").expect("written");
        let newer = Slot::open(state.path(), &lab(2)).expect("opened");
        newer.write(b"newer").expect("written");
        let mut watcher = Watcher::over(state.path());
        assert_eq!(watcher.look(), shows(2, 1, "newer"));
        drop(newer);
        assert_eq!(watcher.look(), shows(1, 0, "older"));
    }

    #[test]
    fn what_a_killed_lab_left_is_followed_by_nobody_and_cleared_by_the_next() {
        let state = tempfile::tempdir().expect("a folder");
        let left = state.path().join("second-screen/7.json");
        fs::create_dir_all(state.path().join("second-screen/running")).expect("made");
        fs::write(&left, "left").expect("written");
        fs::write(
            state.path().join("second-screen/running/7.json"),
            serde_json::to_vec(&lab(7)).expect("plain data"),
        )
        .expect("written");
        assert_eq!(Watcher::over(state.path()).look(), Some(Found::Nobody));
        let _slot = Slot::open(state.path(), &lab(8)).expect("opened");
        assert!(!left.exists());
    }

    #[test]
    fn what_is_no_ordinary_file_of_a_lab_is_not_read() {
        let state = tempfile::tempdir().expect("a folder");
        let slot = Slot::open(state.path(), &lab(1)).expect("opened");
        let unread = Some(Found::Lab {
            pid: 1,
            others: 0,
            text: None,
        });
        fs::create_dir(&slot.path).expect("made");
        assert_eq!(Watcher::over(state.path()).look(), unread);
        fs::remove_dir(&slot.path).expect("removed");
        let large = vec![b' '; MOST_BYTES as usize + 1];
        slot.write(&large).expect("written");
        assert_eq!(Watcher::over(state.path()).look(), unread);
    }
}
