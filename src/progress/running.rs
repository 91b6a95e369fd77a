//! Who is running now: one small file a process, so that `env` finds the lab without asking the learner for a port.
//!
//! Each file is locked by its process for as long as that lives. A file whose lock is free was left by a process that
//! was killed; whoever looks takes it away. So neither a reused process id nor a reused port can mislead.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A running lab or server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Its process id.
    pub pid: u32,
    /// Its endpoint as a URL.
    pub endpoint: String,
    /// When it began to listen.
    pub since: DateTime<Utc>,
}

/// The announcement of this process; taken back when dropped.
#[derive(Debug)]
pub struct Announcement {
    path: PathBuf,
    _locked: File,
}

impl Announcement {
    /// Announces this process in the state folder.
    pub fn new(folder: &Path, running: &Running) -> io::Result<Self> {
        let folder = folder.join("running");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{}.json", running.pid));
        // Locked before it has its name: nobody can take it for a left-over.
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.as_file().try_lock().map_err(io::Error::from)?;
        file.write_all(&serde_json::to_vec(running)?)?;
        let locked = file.persist(&path).map_err(|refused| refused.error)?;
        Ok(Self {
            path,
            _locked: locked,
        })
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // If it cannot be removed, its lock is gone all the same, and the next look takes it away.
        let _ = fs::remove_file(&self.path);
    }
}

/// Everybody who is running, the newest first. Left-overs are removed on the way.
pub fn find(folder: &Path) -> Vec<Running> {
    let Ok(entries) = fs::read_dir(folder.join("running")) else {
        return Vec::new();
    };
    let mut found: Vec<Running> = entries
        .filter_map(|entry| alive(&entry.ok()?.path()))
        .collect();
    found.sort_by_key(|running| std::cmp::Reverse(running.since));
    found
}

fn alive(path: &Path) -> Option<Running> {
    if path.extension()? != "json" {
        return None;
    }
    let file = File::open(path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => serde_json::from_reader(file).ok(),
        Err(TryLockError::Error(_)) => None,
        Ok(()) => {
            let _ = fs::remove_file(path);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(pid: u32) -> Running {
        Running {
            pid,
            endpoint: format!("http://127.0.0.1:{pid}"),
            since: DateTime::from_timestamp(i64::from(pid), 0).expect("a valid time"),
        }
    }

    #[test]
    fn the_newest_is_found_first_and_the_gone_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(find(folder.path()), []);
        let older = Announcement::new(folder.path(), &running(1)).expect("announced");
        let _newer = Announcement::new(folder.path(), &running(2)).expect("announced");
        assert_eq!(find(folder.path()), [running(2), running(1)]);
        drop(older);
        assert_eq!(find(folder.path()), [running(2)]);
    }

    #[test]
    fn what_a_killed_process_left_is_cleared_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let left = folder.path().join("running/7.json");
        fs::create_dir(folder.path().join("running")).expect("made");
        fs::write(&left, serde_json::to_vec(&running(7)).expect("plain data")).expect("written");
        assert_eq!(find(folder.path()), []);
        assert!(!left.exists());
    }
}
