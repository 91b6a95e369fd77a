//! The log: a file in the state folder, never the screen, and bounded.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use tracing::Level;

/// The log's largest size in bytes. At the start a full one is emptied; until then nothing more is written.
const MAX_BYTES: u64 = 1024 * 1024;

/// Begins to log in this folder. Without a log the lab works as well, so a failure is only returned.
pub fn start(folder: &Path) -> io::Result<()> {
    let path = folder.join("lab.log");
    let full = path.metadata().is_ok_and(|file| file.len() >= MAX_BYTES);
    let file = File::options()
        .create(true)
        .write(true)
        .append(!full)
        .truncate(full)
        .open(path)?;
    let room = MAX_BYTES.saturating_sub(file.metadata()?.len());
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(Level::INFO)
        .with_writer(Mutex::new(Bounded { file, room }))
        .try_init()
        .map_err(io::Error::other)
}

/// A file that takes so much and forgets the rest.
struct Bounded {
    file: File,
    room: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let size = bytes.len() as u64;
        if size <= self.room {
            self.file.write_all(bytes)?;
            self.room -= size;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_takes_no_more_and_no_half_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lab.log");
        let mut log = Bounded {
            file: File::create(&path).expect("made"),
            room: 8,
        };
        for line in ["12345\n", "67890\n", "1\n"] {
            log.write_all(line.as_bytes())
                .expect("what is too much is no error");
        }
        assert_eq!(std::fs::read_to_string(path).expect("there"), "12345\n1\n");
    }
}
