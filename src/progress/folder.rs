//! The state folder: where progress and the ledger are read from and written to, by one lab at a time.
//!
//! ```text
//! lock                          held by the lab that may write
//! progress.json                 the learner's progress       + progress.backup.json, the save before
//! ledger.json                   streams made on AWS          + ledger.backup.json
//! progress.damaged-<time>.json  what could not be read, kept aside
//! running/<pid>.json            who is running now (see [`super::running`])
//! second-screen/                what each lab tells the instructor's second screen (see [`super::second_screen`])
//! streams/                      the streams of the lab's own server, with a lock of their own
//! lab.log                       the log
//! ```
//!
//! Opening never fails: where something is wrong the lab runs without saving, and a note says why and what to do.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{FORMAT, Ledger, Progress};

/// Finds the folder: `$XDG_STATE_HOME/kinesis-lab`, else `~/.local/state/kinesis-lab`. The lookup reads an
/// environment variable. As the XDG specification says, a relative path counts as none.
pub fn locate(lookup: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf, String> {
    let absolute = |name| lookup(name).filter(|path| path.is_absolute());
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .map(|folder| folder.join("kinesis-lab"))
        .ok_or_else(|| "HOME is not set. Set it, or XDG_STATE_HOME.".to_owned())
}

/// The state folder, as far as this lab may write in it.
#[derive(Debug)]
pub struct StateFolder {
    progress: Slot,
    ledger: Slot,
    /// Released by the operating system when the process ends, however it ends.
    _lock: Option<File>,
}

/// Where a record is written, or why it is not.
#[derive(Debug, Clone)]
enum Slot {
    Writable(PathBuf),
    Refused(String),
}

impl Slot {
    fn refusal(&self) -> Option<&str> {
        match self {
            Self::Writable(_) => None,
            Self::Refused(why) => Some(why),
        }
    }
}

/// What was found on opening.
#[derive(Debug)]
pub struct Opened {
    /// The folder.
    pub folder: StateFolder,
    /// The saved progress, or a fresh one.
    pub progress: Progress,
    /// The saved ledger, or an empty one.
    pub ledger: Ledger,
    /// Why progress will not be saved, if so, and what to do; to follow "progress is not saved: ".
    pub unsaved: Option<String>,
    /// What else the learner must know, a sentence or two each.
    pub notes: Vec<String>,
}

impl Opened {
    fn nowhere(why: String) -> Self {
        Self {
            folder: StateFolder {
                progress: Slot::Refused(why.clone()),
                ledger: Slot::Refused(why.clone()),
                _lock: None,
            },
            progress: Progress::default(),
            ledger: Ledger::default(),
            unsaved: Some(why),
            notes: Vec::new(),
        }
    }
}

impl StateFolder {
    /// Opens the folder that was located and reads what is in it. `now` names what must be kept aside.
    pub fn open(located: Result<PathBuf, String>, now: DateTime<Utc>) -> Opened {
        let path = match located {
            Ok(path) => path,
            Err(why) => return Opened::nowhere(why),
        };
        let lock = own(&path).map_err(|reason| reason.unsaved(&path));
        let refusal = lock.as_ref().err();
        let mut notes = Vec::new();
        let (progress, progress_slot) = load(&path.join("progress.json"), refusal, now, &mut notes);
        let (ledger, ledger_slot) = load(&path.join("ledger.json"), refusal, now, &mut notes);
        let unsaved = progress_slot.refusal().map(str::to_owned);
        if ledger_slot.refusal() != unsaved.as_deref() {
            let note = |why| format!("The list of streams made on AWS is not saved: {why}");
            notes.extend(ledger_slot.refusal().map(note));
        }
        Opened {
            folder: Self {
                progress: progress_slot,
                ledger: ledger_slot,
                _lock: lock.ok(),
            },
            progress,
            ledger,
            unsaved,
            notes,
        }
    }

    /// Writes the progress; after a crash either the old or the new one is there. Blocks for a moment. An error says why and
    /// what to do, to follow "progress is not saved: ".
    pub fn save_progress(&self, progress: &Progress) -> Result<(), String> {
        save(&self.progress, progress)
    }

    /// Writes the ledger, likewise.
    pub fn save_ledger(&self, ledger: &Ledger) -> Result<(), String> {
        save(&self.ledger, ledger)
    }
}

/// The saved progress as it is now, whether a lab runs or not: nothing is written, moved or locked. A fresh one where
/// nothing was saved; an error says what is wrong with it and what to do.
pub fn peek(folder: &Path) -> Result<Progress, String> {
    let main = folder.join("progress.json");
    let mut damaged = None;
    for path in [&main, &backup_of(&main)] {
        let name = path.display();
        match read(path) {
            Found::Nothing => {}
            Found::Record(progress) => return Ok(progress),
            Found::Newer(format) => {
                return Err(format!(
                    "a newer kinesis-lab wrote {name} (format {format}; this one knows {FORMAT}). Update this one."
                ));
            }
            Found::Damaged => {
                damaged = Some(format!(
                    "{name} is damaged. Open the lab: it keeps the file aside and goes on."
                ));
            }
            Found::Unreadable(error) => return Err(format!("{name} cannot be read: {error}.")),
        }
    }
    damaged.map_or_else(|| Ok(Progress::default()), Err)
}

/// Forgets the saved progress (not the ledger: it names streams that may cost money), unless a lab is running.
/// Returns whether there was any.
pub fn forget_progress(folder: &Path) -> Result<bool, String> {
    let _lock = own(folder).map_err(|reason| match reason {
        NotOwned::Busy => "A lab is running and keeps the progress: quit it first.".to_owned(),
        NotOwned::Unwritable(error) => format!("{} cannot be written: {error}.", folder.display()),
    })?;
    let main = folder.join("progress.json");
    let mut found = false;
    for path in [backup_of(&main), main] {
        match fs::remove_file(&path) {
            Ok(()) => found = true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{} stays: {error}.", path.display())),
        }
    }
    Ok(found)
}

/// Why the folder is not this process's.
#[derive(Debug)]
enum NotOwned {
    /// Another process holds the lock.
    Busy,
    /// It cannot be made, written or locked.
    Unwritable(io::Error),
}

impl NotOwned {
    /// What it means to a lab that opens.
    fn unsaved(self, folder: &Path) -> String {
        match self {
            Self::Busy => {
                "another kinesis-lab is running and keeps it. Quit that one first.".to_owned()
            }
            Self::Unwritable(error) => format!(
                "its folder cannot be written ({error}). Make {} writable, or set XDG_STATE_HOME to a folder that is.",
                folder.display()
            ),
        }
    }
}

impl From<io::Error> for NotOwned {
    fn from(error: io::Error) -> Self {
        Self::Unwritable(error)
    }
}

/// Makes the folder, sees that it can be written, and takes its lock.
fn own(folder: &Path) -> Result<File, NotOwned> {
    fs::create_dir_all(folder)?;
    tempfile::tempfile_in(folder)?;
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(NotOwned::Busy),
        Err(TryLockError::Error(error)) => Err(NotOwned::Unwritable(error)),
    }
}

/// What stands in a record's file.
enum Found<T> {
    Nothing,
    Record(T),
    /// Of this version, which only a later kinesis-lab understands.
    Newer(u32),
    Damaged,
    Unreadable(io::Error),
}

fn read<T: DeserializeOwned>(path: &Path) -> Found<T> {
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Nothing,
        Err(error) => return Found::Unreadable(error),
    };
    match serde_json::from_slice::<Version>(&bytes) {
        Ok(version) if version.format > FORMAT => Found::Newer(version.format),
        Ok(_) => serde_json::from_slice(&bytes).map_or(Found::Damaged, Found::Record),
        Err(_) => Found::Damaged,
    }
}

/// Reads the record, or the save before it where that is missing or damaged. What must not be overwritten (a newer
/// version, a file that cannot be read) makes the slot refuse.
fn load<T: DeserializeOwned + Default>(
    main: &Path,
    refusal: Option<&String>,
    now: DateTime<Utc>,
    notes: &mut Vec<String>,
) -> (T, Slot) {
    let mut slot = match refusal {
        Some(why) => Slot::Refused(why.clone()),
        None => Slot::Writable(main.to_owned()),
    };
    for path in [main.to_owned(), backup_of(main)] {
        let name = path.display();
        let refused = match read(&path) {
            Found::Nothing => continue,
            Found::Record(record) => return (record, slot),
            Found::Damaged if refusal.is_some() => {
                notes.push(format!("A saved file is damaged and was not used: {name}."));
                continue;
            }
            Found::Damaged => {
                let aside = aside(main, now);
                match fs::rename(&path, &aside) {
                    Ok(()) => {
                        notes.push(format!(
                            "A saved file was damaged: the lab goes on with the save before it, or afresh. It is kept \
                             as {}.",
                            aside.display()
                        ));
                        continue;
                    }
                    Err(error) => format!(
                        "what was saved is damaged and cannot be moved aside ({error}). Move {name} away."
                    ),
                }
            }
            Found::Newer(format) => format!(
                "a newer kinesis-lab wrote it (format {format}; this one knows {FORMAT}). Update this one, or move \
                 {name} away."
            ),
            Found::Unreadable(error) => {
                format!(
                    "what was saved cannot be read ({error}). Make {name} readable, or move it away."
                )
            }
        };
        // Who does not own the folder keeps that reason: it is the first to mend.
        slot = Slot::Refused(refusal.cloned().unwrap_or(refused));
        break;
    }
    (T::default(), slot)
}

fn save(slot: &Slot, record: &impl Serialize) -> Result<(), String> {
    match slot {
        Slot::Refused(why) => Err(why.clone()),
        Slot::Writable(path) => write(path, record).map_err(|error| {
            let folder = folder_of(path).display();
            format!("{error}. See to the space and the rights of {folder}; the lab tries again.")
        }),
    }
}

/// Temporary file, sync, rename; the save before becomes the backup. A crash between the two renames leaves the backup,
/// which [`load`] finds.
fn write(path: &Path, record: &impl Serialize) -> io::Result<()> {
    let folder = folder_of(path);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut file, record)?;
    file.as_file().sync_all()?;
    match fs::rename(path, backup_of(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    file.persist(path).map_err(|refused| refused.error)?;
    File::open(folder)?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// `progress.backup.json` for `progress.json`.
fn backup_of(main: &Path) -> PathBuf {
    main.with_extension("backup.json")
}

/// `progress.damaged-20260131T120000.json`, with a number where that name is taken.
fn aside(main: &Path, now: DateTime<Utc>) -> PathBuf {
    let time = now.format("%Y%m%dT%H%M%S");
    let name = |suffix: &str| main.with_extension(format!("damaged-{time}{suffix}.json"));
    std::iter::once(name(""))
        .chain((2..).map(|n| name(&format!("-{n}"))))
        .find(|path| !path.exists())
        .unwrap_or_else(|| name(""))
}

#[cfg(test)]
mod tests;
