//! Whether the engine's journals are sound, looked at before it opens them.
//!
//! A killed process leaves half a batch at a journal's end: the engine leaves it out, rightly. But it takes any other
//! damage for such an end too and cuts off all that follows, or does not open at all. So what is whole batches up to the
//! damage stays, the damaged file is kept aside, and both are told.
//!
//! ```text
//! batch  1 | items 4 | number 8      then its items, then      3 | checksum 8 | "FJL" 3
//! item   2 | kind 1 | compression 1 | keyspace 8 | key's length 2 | length 4 | length here 4 | key | value
//! clear  4 | keyspace 8
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use xxhash_rust::xxh3::Xxh3Default;

use super::folder::Folder;

/// What ends each batch.
const TRAILER: &[u8] = b"FJL\x03";

/// The end of a batch: its tag, its checksum and the trailer.
const END_BYTES: usize = 1 + 8 + TRAILER.len();

/// How far behind the damage a whole batch is looked for. A request is smaller than that.
const LOOK_BYTES: u64 = 64 * 1024 * 1024;

/// A block that is read at once.
const BLOCK: usize = 4096;

/// Cuts damaged journals where the damage begins and keeps them aside as they were; says so, a sentence each.
pub fn mend(folder: &Folder) -> io::Result<Vec<String>> {
    let mut told = Vec::new();
    let entries = match fs::read_dir(folder.engine()) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(told),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "jnl") {
            continue;
        }
        if let Some(sound) = damaged_from(&path)? {
            let aside = aside(folder.path(), &path);
            fs::copy(&path, &aside)?;
            let file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(sound)?;
            file.sync_all()?;
            told.push(format!(
                "The data was damaged: of what was written last, some is lost. The damaged file is kept as {}.",
                aside.display()
            ));
        }
    }
    Ok(told)
}

/// `damaged-0.jnl`, with a number where that name is taken.
fn aside(folder: &Path, journal: &Path) -> std::path::PathBuf {
    let name = journal.file_stem().unwrap_or_default().to_string_lossy();
    let path = |suffix: &str| folder.join(format!("damaged-{name}{suffix}.jnl"));
    std::iter::once(path(""))
        .chain((2..).map(|n| path(&format!("-{n}"))))
        .find(|path| !path.exists())
        .unwrap_or_else(|| path(""))
}

/// Where the damage of a journal begins, if it has any.
fn damaged_from(path: &Path) -> io::Result<Option<u64>> {
    let mut reader = BufReader::with_capacity(16 * BLOCK, File::open(path)?);
    let mut sound = 0;
    loop {
        match batch(&mut reader) {
            Ok(true) => sound = reader.stream_position()?,
            Ok(false) => break,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    reader.seek(SeekFrom::Start(sound))?;
    Ok(holds_an_end(reader.take(LOOK_BYTES))?.then_some(sound))
}

/// Reads over a batch; says whether there was a sound one.
fn batch(reader: &mut impl Read) -> io::Result<bool> {
    let mut buffer = Vec::new();
    let [1] = take(reader)? else { return Ok(false) };
    let items = u32::from_le_bytes(take(reader)?);
    let _number: [u8; 8] = take(reader)?;
    let mut hash = Xxh3Default::new();
    for _ in 0..items {
        let rest = match take(reader)? {
            [2] => {
                let head: [u8; 20] = take(reader)?;
                hash.update(&[2]);
                hash.update(&head);
                let key = u16::from_le_bytes([head[10], head[11]]);
                let value = u32::from_le_bytes([head[16], head[17], head[18], head[19]]);
                u64::from(key) + u64::from(value)
            }
            [4] => {
                hash.update(&[4]);
                8
            }
            _ => return Ok(false),
        };
        buffer.clear();
        // As much as there is, whatever a damaged length says.
        if reader.take(rest).read_to_end(&mut buffer)? as u64 != rest {
            return Ok(false);
        }
        hash.update(&buffer);
    }
    let end: [u8; END_BYTES] = take(reader)?;
    let checksum = hash.digest().to_le_bytes();
    Ok(end[0] == 3 && end[1..9] == checksum && end[9..] == *TRAILER)
}

fn take<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Whether a batch ends in these bytes. Most of them are the zeros that a journal is made with.
fn holds_an_end(mut reader: impl Read) -> io::Result<bool> {
    let is_end = |bytes: &[u8]| bytes[0] == 3 && bytes[9..] == *TRAILER;
    let mut window = Vec::with_capacity(BLOCK + END_BYTES);
    loop {
        let kept = window.len();
        let read = reader
            .by_ref()
            .take(BLOCK as u64)
            .read_to_end(&mut window)?;
        if read == 0 {
            return Ok(false);
        }
        if window[kept..] == [0; BLOCK] {
            window.clear();
            continue;
        }
        if window.windows(END_BYTES).any(is_end) {
            return Ok(true);
        }
        let overlap = window.len().saturating_sub(END_BYTES - 1);
        window.drain(..overlap);
    }
}
