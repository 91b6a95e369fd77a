//! Text as a word of a POSIX shell's command line, so that pasting it means that very text and nothing more.

use std::borrow::Cow;
use std::fmt::Write;

use crate::printable::printable;

/// The text as one word: bare where nothing in it means anything to a shell, else in single quotes. What would steer a
/// terminal, or hide in a line, is spelt out in `$'…'`, since a terminal may act on what is pasted before the shell does.
pub fn quoted(text: &str) -> Cow<'_, str> {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(bare) {
        return Cow::Borrowed(text);
    }
    if matches!(printable(text), Cow::Borrowed(_)) {
        return Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")));
    }
    let mut word = String::from("$'");
    let mut bytes = [0; 4];
    for c in text.chars() {
        let as_it_is = c.encode_utf8(&mut bytes);
        match c {
            '\'' => word.push_str(r"\'"),
            '\\' => word.push_str(r"\\"),
            _ if matches!(printable(as_it_is), Cow::Borrowed(_)) => word.push(c),
            _ => {
                for byte in as_it_is.bytes() {
                    // Three octal digits: nothing behind them can be taken for a part of them.
                    let _ = write!(word, "\\{byte:03o}");
                }
            }
        }
    }
    word.push('\'');
    Cow::Owned(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_that_text_and_nothing_more() {
        let check = |text: &str, word: &str| assert_eq!(quoted(text), word);
        check("my-first_stream.1", "my-first_stream.1");
        check("2026-11-22T18:40:00.045Z", "2026-11-22T18:40:00.045Z");
        check("", "''");
        check("two words", "'two words'");
        check("a'b", r"'a'\''b'");
        check("$(rm -rf ~)", "'$(rm -rf ~)'");
        check("`x`;|&<>*?[]{}~#!\"\\", "'`x`;|&<>*?[]{}~#!\"\\'");
        check("東京", "'東京'");
        check("a\nb", r"$'a\012b'");
        check("\u{1b}[201~id\r", r"$'\033[201~id\015'");
        check("\u{202e}'\\7", r"$'\342\200\256\'\\7'");
    }

    /// What a shell makes of a word.
    fn read_by_bash(word: &str) -> Option<String> {
        let script = format!("printf %s {word}");
        let output = std::process::Command::new("bash")
            .args(["-c", &script])
            .output()
            .ok()?;
        String::from_utf8(output.stdout).ok()
    }

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        let hostile = [
            "it's",
            "a\\'b",
            "$HOME `id` $(id) \"x\" !! ~ *",
            "\u{1b}]52;c;\u{7}\u{9b}\r\n\t0",
            "\u{202e}\u{200b}\u{e0041}7東",
            "",
            "-x",
        ];
        for text in hostile {
            let read = read_by_bash(&quoted(text));
            assert!(read.as_deref().is_none_or(|read| read == text), "{text:?}");
        }
    }
}
