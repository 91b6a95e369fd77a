//! Whether the file system has room for more.

use super::folder::Folder;
use crate::server::store::changes::Failure;

/// What stays free on the file system: merging needs room of its own, and so does everybody else on the machine.
pub const MARGIN_BYTES: u64 = 64 * 1024 * 1024;

/// The file system is asked again after so many bytes.
const LOOK_BYTES: u64 = 1024 * 1024;

/// What is known about the room that is left.
#[derive(Debug, Default)]
pub struct Room {
    /// How many bytes may be written before the file system is asked again.
    known: u64,
}

impl Room {
    /// Refuses where so many bytes more would leave less than the margin.
    pub fn look(&mut self, folder: &Folder, bytes: u64) -> Result<(), Failure> {
        if bytes > 0 && bytes <= self.known {
            self.known -= bytes;
            return Ok(());
        }
        self.known = 0;
        let Some(free) = free(folder) else {
            return Ok(());
        };
        let needed = MARGIN_BYTES + bytes;
        if free < needed {
            return Err(Failure(format!(
                "The disk is nearly full: {} MiB are free at {}, and kinesis-lab leaves {} MiB. Make room there, and \
                 it goes on.",
                free >> 20,
                folder.path().display(),
                MARGIN_BYTES >> 20
            )));
        }
        self.known = LOOK_BYTES.min(free - needed);
        Ok(())
    }
}

/// How many bytes this process may still write there; nothing if the system does not tell.
#[cfg(unix)]
fn free(folder: &Folder) -> Option<u64> {
    let told = rustix::fs::statvfs(folder.path()).ok()?;
    Some(told.f_bavail.saturating_mul(told.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Folder) -> Option<u64> {
    None
}
