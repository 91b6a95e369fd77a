//! Reading a recording: whatever the bytes are, they give a header and entries, or a sentence that says what to do.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;

use super::{Entry, FORMAT, Header};

/// The longest line that is read, in bytes: more than the largest answer of an endpoint needs.
const LONGEST: u64 = 64 * 1024 * 1024;

/// How much is read of what was packed, in bytes: many times a day of a busy class, and nothing blocks for long.
const MOST: u64 = 4 * 1024 * 1024 * 1024;

/// The years in which a run can have been; times can be added to these without a fault.
const YEARS: std::ops::Range<i32> = 1970..9999;

/// How every gzip file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Why a recording cannot be played, or not further.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The bytes are something else.
    #[error(
        "It is not a recording of the lab. kinesis-lab --record FILE makes one, and kinesis-lab replay FILE plays it."
    )]
    Foreign,
    /// It is in another format.
    #[error(
        "It was made by kinesis-lab {lab} in format {format}, and this lab ({}) plays format {FORMAT}. Play it with kinesis-lab {lab}.",
        env!("CARGO_PKG_VERSION")
    )]
    Format {
        /// The version of the lab that made it.
        lab: String,
        /// The version of its format.
        format: u64,
    },
    /// What it says is not understood.
    #[error("{}", unknown(lab, why))]
    Unknown {
        /// The version of the lab that made it.
        lab: String,
        /// What is not understood.
        why: String,
    },
    /// It ends before the run did.
    #[error(
        "It is cut short here: the lab or the machine stopped while it was written, or the file was not copied whole."
    )]
    CutShort,
    /// It is no longer what was written.
    #[error(
        "It is damaged here; nothing behind this place can be read. Copy the file again, if there is another copy."
    )]
    Damaged,
}

fn unknown(lab: &str, why: &str) -> String {
    let own = env!("CARGO_PKG_VERSION");
    match lab == own {
        true => {
            format!("It is damaged here ({why}). Copy the file again, if there is another copy.")
        }
        false => format!(
            "Something here is not understood by this lab ({own}): kinesis-lab {lab} made it. Play it with that version ({why})."
        ),
    }
}

/// What every format says of itself.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "kinesis_lab_recording")]
    format: u64,
    #[serde(default)]
    lab: String,
}

/// Gives the entries of a recording one by one.
pub struct Reader {
    lines: BufReader<GzDecoder<Cursor<Arc<[u8]>>>>,
    /// What it starts with.
    pub header: Header,
    at: DateTime<Utc>,
    ended: bool,
    /// How many bytes are read yet.
    left: u64,
}

impl Reader {
    /// Reads the header.
    pub fn new(bytes: Arc<[u8]>) -> Result<Self, ReadError> {
        if !bytes.is_empty() && !bytes.starts_with(&GZIP) {
            return Err(ReadError::Foreign);
        }
        let mut lines = BufReader::new(GzDecoder::new(Cursor::new(bytes)));
        let first = line(&mut lines)?.ok_or(ReadError::CutShort)?;
        let Version { format, lab } =
            serde_json::from_slice(&first).map_err(|_| ReadError::Foreign)?;
        if format != u64::from(FORMAT) {
            return Err(ReadError::Format { lab, format });
        }
        let header: Header = serde_json::from_slice(&first).map_err(|why| ReadError::Unknown {
            lab,
            why: why.to_string(),
        })?;
        if !YEARS.contains(&header.start.year()) {
            return Err(ReadError::Damaged);
        }
        Ok(Self {
            lines,
            at: header.start,
            header,
            ended: false,
            left: MOST,
        })
    }

    /// Goes to the end without making much of what is on the way: when it is, and why it is the end if it should not be.
    pub fn skip_to_end(mut self) -> (DateTime<Utc>, Option<ReadError>) {
        loop {
            let line = match self.line() {
                None => return (self.at, Some(ReadError::CutShort)),
                Some(Err(why)) => return (self.at, Some(why)),
                Some(Ok(line)) => line,
            };
            let Ok((passed, IgnoredAny)) = serde_json::from_slice::<(i64, IgnoredAny)>(&line)
            else {
                return (self.at, Some(ReadError::Damaged));
            };
            if let Err(why) = self.pass(passed) {
                return (self.at, Some(why));
            }
            let mark: &[u8] = b",{\"End\":";
            if line.windows(mark.len()).take(24).any(|part| part == mark) {
                return (self.at, None);
            }
        }
    }

    fn line(&mut self) -> Option<Result<Vec<u8>, ReadError>> {
        if self.ended {
            return None;
        }
        match line(&mut self.lines) {
            Ok(Some(line)) => {
                let left = self.left.checked_sub(line.len() as u64);
                self.ended = left.is_none();
                self.left = left.unwrap_or_default();
                Some(left.map(|_| line).ok_or(ReadError::Damaged))
            }
            Ok(None) => {
                self.ended = true;
                Some(Err(ReadError::CutShort))
            }
            Err(why) => {
                self.ended = true;
                Some(Err(why))
            }
        }
    }

    fn pass(&mut self, nanoseconds: i64) -> Result<(), ReadError> {
        let passed = TimeDelta::nanoseconds(nanoseconds.max(0));
        let at = self.at.checked_add_signed(passed);
        let at = at.filter(|at| YEARS.contains(&at.year()));
        self.at = at.ok_or(ReadError::Damaged)?;
        Ok(())
    }
}

/// Each entry and when it happened; nothing behind the last one, or behind what cannot be read.
impl Iterator for Reader {
    type Item = Result<(DateTime<Utc>, Entry), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = match self.line()? {
            Ok(line) => line,
            Err(why) => return Some(Err(why)),
        };
        let entry = match serde_json::from_slice::<(i64, Entry)>(&line) {
            Ok((passed, entry)) => self.pass(passed).map(|()| {
                self.ended = matches!(entry, Entry::End(_));
                (self.at, entry)
            }),
            Err(why) => Err(ReadError::Unknown {
                lab: self.header.lab.clone(),
                why: why.to_string(),
            }),
        };
        self.ended |= entry.is_err();
        Some(entry)
    }
}

/// A whole line; nothing where the file ends before it is one.
fn line(lines: &mut impl BufRead) -> Result<Option<Vec<u8>>, ReadError> {
    let mut line = Vec::new();
    match lines.take(LONGEST).read_until(b'\n', &mut line) {
        Ok(_) if line.ends_with(b"\n") => Ok(Some(line)),
        Ok(_) if line.len() as u64 == LONGEST => Err(ReadError::Damaged),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(ReadError::CutShort),
        Err(_) => Err(ReadError::Damaged),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::small;
    use super::*;

    #[test]
    fn a_recording_that_unpacks_to_more_than_any_is_not_read_further() {
        let reader = || Reader::new(small().into()).expect("a recording");
        let mut bounded = reader();
        bounded.left = 100;
        let last = bounded.by_ref().last();
        assert_eq!(last.map(|it| it.map(drop)), Some(Err(ReadError::Damaged)));
        assert!(bounded.next().is_none());
        let mut bounded = reader();
        bounded.left = 100;
        assert_eq!(bounded.skip_to_end().1, Some(ReadError::Damaged));
        assert_eq!(reader().skip_to_end().1, None);
    }
}
