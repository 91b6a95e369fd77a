//! From a file's bytes to a lesson's text, or to a sentence that says why not.

use thiserror::Error;

/// A whole book is under 2 MiB of markdown; what is larger is some other file.
const LARGEST: usize = 4 * 1024 * 1024;

/// Why bytes are not a lesson's text, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// More than the limit.
    #[error(
        "This file has {size} bytes; a lesson may have {LARGEST}. Split it, or check that it is the file you meant."
    )]
    TooLarge {
        /// The file's size in bytes.
        size: usize,
    },
    /// Zero bytes inside: an image, an archive, a program or UTF-16.
    #[error(
        "This is not a text file: byte {offset} is zero. Open a markdown file, or save this one as UTF-8 if it is text."
    )]
    Binary {
        /// Where the first zero byte stands, counted from 0.
        offset: usize,
    },
    /// Text in another encoding, or not text.
    #[error("Line {line} is not valid UTF-8. Save the file as UTF-8 and open it again.")]
    NotUtf8 {
        /// The line of the first wrong byte, counted from 1.
        line: usize,
    },
    /// Nothing but white space.
    #[error("This file is empty. Open a markdown file with a lesson in it.")]
    Empty,
}

/// The text of a lesson file: without byte order mark, every line's end a plain `\n`.
pub fn read(bytes: &[u8]) -> Result<String, ReadError> {
    if bytes.len() > LARGEST {
        return Err(ReadError::TooLarge { size: bytes.len() });
    }
    if let Some(offset) = bytes.iter().position(|&byte| byte == 0) {
        return Err(ReadError::Binary { offset });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| ReadError::NotUtf8 {
        line: 1 + bytes[..error.valid_up_to()]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count(),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_line_ends_of_other_systems_are_taken_away() {
        assert_eq!(
            read("\u{feff}# A\r\n\r\nb\rc\n".as_bytes()),
            Ok("# A\n\nb\nc\n".into())
        );
    }

    #[test]
    fn what_is_no_text_is_refused_with_what_to_do_next() {
        let check = |bytes: &[u8], said: &str| match read(bytes) {
            Err(error) => assert_eq!(error.to_string(), said),
            Ok(text) => panic!("read as {text:?}"),
        };
        check(
            b"\x89PNG\r\n\x1a\n\0\0",
            "This is not a text file: byte 8 is zero. Open a markdown file, or save this one as UTF-8 if it is text.",
        );
        check(
            b"# A\n\nna\xefve\n",
            "Line 3 is not valid UTF-8. Save the file as UTF-8 and open it again.",
        );
        check(
            b" \n",
            "This file is empty. Open a markdown file with a lesson in it.",
        );
        check(
            &vec![b'a'; LARGEST + 1],
            "This file has 4194305 bytes; a lesson may have 4194304. Split it, or check that it is the file you meant.",
        );
    }
}
