//! The work folder: files of the lesson are written here and nowhere else.
//!
//! A file is reached from the open folder, one part of its name after the other, and no part may be a symbolic link: what a
//! lesson names cannot lead out. Another version of a file is never replaced unasked.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use crate::app::file_names;
use crate::app::program_pane::{FileState, OtherVersion, SourceFile, Writing, Written};

#[cfg(unix)]
use reach as system;
#[cfg(not(unix))]
use reach_by_path as system;

/// How a file of the lesson stands in the folder. Nothing is written.
pub fn state(work: &Path, file: &SourceFile) -> FileState {
    let parts = match file_names::parts(&file.name) {
        Ok(parts) => parts,
        Err(why) => return FileState::Refused(format!("{}: {why}", file.name)),
    };
    if !work.exists() {
        return FileState::Missing;
    }
    if !work.is_dir() {
        return FileState::Refused(no_folder(work));
    }
    match system::open(work, &parts) {
        Ok(None) => FileState::Missing,
        Ok(Some(open)) => compare(open, file),
        Err(error) => FileState::Refused(format!("{}: {}", file.name, said(&error, work))),
    }
}

fn compare(mut open: File, file: &SourceFile) -> FileState {
    let refused = |why: &str| FileState::Refused(format!("{}: {why}", file.name));
    let Ok(about) = open.metadata() else {
        return refused("it cannot be looked at.");
    };
    if !about.is_file() {
        return refused("something else than a file has that name; move it away.");
    }
    let other = FileState::Other(OtherVersion {
        bytes: about.len(),
        seconds_old: about.modified().ok().and_then(age),
    });
    if about.len() != file.content.len() as u64 {
        return other;
    }
    let mut there = Vec::with_capacity(file.content.len());
    match (&mut open).take(about.len() + 1).read_to_end(&mut there) {
        Ok(_) if there == file.content.as_bytes() => FileState::Same,
        Ok(_) => other,
        Err(error) => refused(&format!("it cannot be read ({error}).")),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "here is the edge: a file's age is told by the system's clock"
)]
fn age(modified: SystemTime) -> Option<u64> {
    let age = SystemTime::now().duration_since(modified).ok()?;
    Some(age.as_secs())
}

/// Writes a file, byte for byte. An error says why not and what to do.
pub fn write(work: &Path, writing: &Writing) -> Result<Written, String> {
    let file = &writing.file;
    let parts = file_names::parts(&file.name)?;
    make(work)?;
    let failed = |error: io::Error| said(&error, work);
    match state(work, file) {
        FileState::Refused(why) => Err(why),
        FileState::Same => Ok(Written::Same),
        FileState::Other(other) if !writing.replace => Ok(Written::Differs(other)),
        FileState::Other(_) => {
            system::replace(work, &parts, file.content.as_bytes()).map_err(failed)?;
            Ok(Written::Replaced)
        }
        FileState::Missing => {
            system::create(work, &parts, file.content.as_bytes()).map_err(failed)?;
            Ok(Written::New)
        }
    }
}

/// Makes the folder, if need be.
pub fn make(work: &Path) -> Result<(), String> {
    fs::create_dir_all(work).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => no_folder(work),
        _ => said(&error, work),
    })
}

fn no_folder(work: &Path) -> String {
    format!(
        "{} cannot be the work folder: a file has its name, or that of a folder above it. Start the lab with --work and another folder.",
        work.display()
    )
}

/// An error in words, with what to do.
fn said(error: &io::Error, work: &Path) -> String {
    let folder = work.display();
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => format!(
            "{folder} cannot be written. Make it writable, or start the lab with --work and another folder."
        ),
        io::ErrorKind::NotFound => format!("{folder} is gone. Try again: it is made anew."),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!("there is no room left on the disk of {folder}.")
        }
        io::ErrorKind::AlreadyExists => {
            "something came there meanwhile and was left alone; try again.".into()
        }
        io::ErrorKind::NotADirectory => format!(
            "a symbolic link, or a file in place of a folder, stands in its way inside {folder}; nothing is written through it."
        ),
        _ => format!("{error} ({folder})."),
    }
}

/// On Unix: from one open folder to the next.
#[cfg(unix)]
mod reach {
    use super::*;
    use rustix::fs::{AtFlags, Mode, OFlags};
    use rustix::io::Errno;
    use std::os::fd::OwnedFd;

    const FOLDER: OFlags = OFlags::DIRECTORY
        .union(OFlags::NOFOLLOW)
        .union(OFlags::CLOEXEC);

    /// The folder of the last part. The work folder itself may be a link: the learner chose it.
    fn folder(work: &Path, parts: &[&str], make: bool) -> io::Result<OwnedFd> {
        let mut folder =
            rustix::fs::open(work, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        for part in parts.split_last().map_or(&[][..], |(_, before)| before) {
            if make {
                match rustix::fs::mkdirat(&folder, *part, Mode::from_bits_truncate(0o777)) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let next = rustix::fs::openat(&folder, *part, FOLDER, Mode::empty());
            folder = next.map_err(said_of_links)?;
        }
        Ok(folder)
    }

    /// A link that is not followed is named as what it is not.
    fn said_of_links(error: Errno) -> io::Error {
        match error {
            Errno::LOOP => io::ErrorKind::NotADirectory.into(),
            other => other.into(),
        }
    }

    fn name<'a>(parts: &[&'a str]) -> &'a str {
        parts.last().copied().unwrap_or_default()
    }

    /// The file to look at; `None` if there is none.
    pub fn open(work: &Path, parts: &[&str]) -> io::Result<Option<File>> {
        // Not to wait for the other end of a pipe.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let opened = folder(work, parts, false).and_then(|folder| {
            let file = rustix::fs::openat(folder, name(parts), flags, Mode::empty());
            file.map_err(said_of_links)
        });
        match opened {
            Ok(file) => Ok(Some(file.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn fresh(folder: &OwnedFd, name: &str, content: &[u8]) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let mode = Mode::from_bits_truncate(0o666);
        let file = rustix::fs::openat(folder, name, flags | OFlags::CLOEXEC, mode)?;
        let mut file = File::from(file);
        let written = file.write_all(content).and_then(|()| file.sync_all());
        if written.is_err() {
            let _ = rustix::fs::unlinkat(folder, name, AtFlags::empty());
        }
        written
    }

    /// Writes a file that is not there.
    pub fn create(work: &Path, parts: &[&str], content: &[u8]) -> io::Result<()> {
        fresh(&folder(work, parts, true)?, name(parts), content)
    }

    /// Puts another in the place of a file that is there.
    pub fn replace(work: &Path, parts: &[&str], content: &[u8]) -> io::Result<()> {
        let folder = folder(work, parts, true)?;
        let aside = format!(".kinesis-lab-{:016x}", fastrand::u64(..));
        fresh(&folder, &aside, content)?;
        let moved = rustix::fs::renameat(&folder, &*aside, &folder, name(parts));
        if moved.is_err() {
            let _ = rustix::fs::unlinkat(&folder, &*aside, AtFlags::empty());
        }
        Ok(moved?)
    }
}

/// Elsewhere: by path, after a look for links.
#[cfg(not(unix))]
mod reach_by_path {
    use super::*;
    use std::path::PathBuf;

    fn path(work: &Path, parts: &[&str]) -> io::Result<PathBuf> {
        let mut path = work.to_owned();
        for part in parts {
            path.push(part);
            match fs::symlink_metadata(&path) {
                Ok(about) if about.is_symlink() => {
                    return Err(io::ErrorKind::NotADirectory.into());
                }
                _ => {}
            }
        }
        Ok(path)
    }

    pub fn open(work: &Path, parts: &[&str]) -> io::Result<Option<File>> {
        match File::open(path(work, parts)?) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn create(work: &Path, parts: &[&str], content: &[u8]) -> io::Result<()> {
        let path = path(work, parts)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::options().write(true).create_new(true).open(path)?;
        file.write_all(content)?;
        file.sync_all()
    }

    pub fn replace(work: &Path, parts: &[&str], content: &[u8]) -> io::Result<()> {
        let path = path(work, parts)?;
        let folder = path.parent().unwrap_or(work);
        let mut aside = tempfile::NamedTempFile::new_in(folder)?;
        aside.write_all(content)?;
        aside.as_file().sync_all()?;
        aside
            .persist(path)
            .map(drop)
            .map_err(|refused| refused.error)
    }
}

#[cfg(test)]
mod tests;
