//! Writing a recording, line by line, into whatever takes bytes.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::{Entry, Header, credentials};

/// Takes the lines of a recording.
pub struct Writer<W: Write> {
    out: GzEncoder<W>,
    /// The learner's home as it stands in JSON, with the separator behind it.
    home: Option<String>,
    /// When what was written last happened.
    at: DateTime<Utc>,
}

impl<W: Write> Writer<W> {
    /// Begins a recording. Wherever the path of the learner's home stands in it, `~` is written.
    pub fn new(out: W, header: &Header, home: Option<&str>) -> io::Result<Self> {
        let mut writer = Self {
            out: GzEncoder::new(out, Compression::default()),
            home: home.and_then(in_json),
            at: header.start,
        };
        writer.line(header)?;
        Ok(writer)
    }

    /// Adds what happened at a time.
    pub fn write(&mut self, at: DateTime<Utc>, entry: &Entry) -> io::Result<()> {
        let passed = (at - self.at).num_nanoseconds().unwrap_or_default();
        self.at = at;
        self.line(&(passed, entry))
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut text = credentials::left_out(serde_json::to_string(line)?);
        if let Some(home) = &self.home {
            text = text.replace(home, "~/");
        }
        text.push('\n');
        self.out.write_all(text.as_bytes())
    }

    /// Lets all that was written be read, whatever happens next.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Ends the recording, and gives back what took it.
    pub fn finish(self) -> io::Result<W> {
        self.out.finish()
    }
}

/// A folder's path as the beginning of a longer one in JSON; none where it is no home of its own.
fn in_json(home: &str) -> Option<String> {
    let home = home.trim_end_matches(['/', '\\']);
    let separator = if home.contains('/') { "/" } else { "\\" };
    let text = serde_json::to_string(&format!("{home}{separator}")).ok()?;
    let text = text.trim_matches('"').to_owned();
    (!home.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_told_from_what_only_begins_so_and_the_root_is_none() {
        assert_eq!(in_json("/home/me/").as_deref(), Some("/home/me/"));
        assert_eq!(
            in_json("C:\\Users\\me").as_deref(),
            Some(r"C:\\Users\\me\\")
        );
        assert_eq!(in_json("/"), None);
        assert_eq!(in_json(""), None);
    }
}
