//! The folder of a store on disk: who may use it, and of which format it is.
//!
//! ```text
//! lock         held by the process that uses the store
//! store.json   {"format":1}: what it is, written before anything else
//! engine/      fjall's
//! ```

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The format of what this version writes.
pub const FORMAT: u32 = 1;

/// Why a store is not open. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses it.
    #[error("another kinesis-lab is using {}. Quit that one first", .0.display())]
    Busy(PathBuf),
    /// Only a later version understands it.
    #[error(
        "a newer kinesis-lab wrote {} (format {format}; this one knows {FORMAT}). Update this one, or use another folder",
        .folder.display()
    )]
    Newer {
        /// The store's folder.
        folder: PathBuf,
        /// Its format.
        format: u32,
    },
    /// There is something else in the folder.
    #[error("{} is not empty and holds no data of kinesis-lab. Use another folder", .0.display())]
    Foreign(PathBuf),
    /// The system refused.
    #[error("{} cannot be used", .folder.display())]
    Refused {
        /// The store's folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It cannot be read.
    #[error(
        "the data in {} is damaged: {what}. Nothing of it was changed. Put a copy of it back, or move the folder away",
        .folder.display()
    )]
    Damaged {
        /// The store's folder.
        folder: PathBuf,
        /// What is wrong, to go on in a sentence.
        what: String,
    },
}

/// A store's folder, and its lock.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Released by the operating system when the process ends, however it ends.
    _lock: File,
}

#[derive(Serialize, Deserialize)]
struct Label {
    format: u32,
}

impl Folder {
    /// Makes the folder, or sees that it is a store's, and takes its lock.
    pub fn own(path: &Path) -> Result<Self, OpenError> {
        let refused = |source| OpenError::Refused {
            folder: path.to_owned(),
            source,
        };
        fs::create_dir_all(path).map_err(refused)?;
        let label = path.join("store.json");
        let known = match fs::read(&label) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(refused(error)),
        };
        if known.is_none() && !is_fresh(path).map_err(refused)? {
            return Err(OpenError::Foreign(path.to_owned()));
        }
        let lock = lock(path)?;
        match known.map(|bytes| serde_json::from_slice::<Label>(&bytes)) {
            None => write_label(path, &label).map_err(refused)?,
            Some(Ok(Label { format })) if format > FORMAT => {
                return Err(OpenError::Newer {
                    folder: path.to_owned(),
                    format,
                });
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                return Err(OpenError::Damaged {
                    folder: path.to_owned(),
                    what: format!("store.json cannot be understood ({error})"),
                });
            }
        }
        let folder = Self {
            path: path.to_owned(),
            _lock: lock,
        };
        folder.clear_half_made().map_err(refused)?;
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn engine(&self) -> PathBuf {
        self.path.join("engine")
    }

    /// A process that was killed while it made the store left an engine that holds nothing and cannot be opened.
    fn clear_half_made(&self) -> io::Result<()> {
        let engine = self.engine();
        let version = fs::metadata(engine.join("version")).map_or(0, |version| version.len());
        let keyspaces = match fs::read_dir(engine.join("keyspaces")) {
            Ok(entries) => entries.count(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        if version > 0 || keyspaces > 0 {
            return Ok(());
        }
        match fs::remove_dir_all(&engine) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Empties a store's folder, be it sound or damaged; says whether there was one. Not while somebody uses it.
pub fn empty_store(path: &Path) -> Result<bool, OpenError> {
    let refused = |source| OpenError::Refused {
        folder: path.to_owned(),
        source,
    };
    if !path.try_exists().map_err(refused)? {
        return Ok(false);
    }
    let _lock = lock(path)?;
    fs::remove_dir_all(path).map_err(refused)?;
    Ok(true)
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let refused = |source| OpenError::Refused {
        folder: path.to_owned(),
        source,
    };
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.join("lock"))
        .map_err(refused)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::Busy(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

/// Whether nothing is in it but what a store begins with.
fn is_fresh(path: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        let begun = name == "lock" || name.to_string_lossy().starts_with(".tmp");
        if !begun {
            return Ok(false);
        }
    }
    Ok(true)
}

fn write_label(folder: &Path, label: &Path) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, &Label { format: FORMAT })?;
    file.as_file().sync_all()?;
    file.persist(label).map_err(|refused| refused.error)?;
    Ok(())
}

/// What fjall said, in words.
pub fn words(error: &fjall::Error) -> String {
    match error {
        fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => {
            error.to_string()
        }
        fjall::Error::Poisoned => "an earlier write failed".to_owned(),
        fjall::Error::Storage(error) => format!("{error:?}"),
        error => format!("{error:?}"),
    }
}
