//! What is wrong with a lesson's files so that they cannot be used: where it stands and what to do, for their author.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthStr;

use super::read::ReadError;
use super::scenes::SceneFile;
use super::settings::Settings;
use super::spelling::complaint;
use crate::printable::printable;

/// How much of a line is shown, in characters: enough to find it again.
const SHOWN: usize = 120;

/// How much of it stands before the place that is meant.
const BEFORE: usize = 40;

/// Something in a file that keeps a lesson from being used as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The file's name.
    pub file: String,
    /// The line, counted from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// The line's text, harmless; a long one is cut around the place that is meant. Empty where there is no line.
    pub source: String,
    /// Where the caret stands below it: how many cells from its beginning.
    pub caret: usize,
    /// What is wrong.
    pub says: String,
}

impl Fault {
    /// Of a whole file.
    pub fn of_file(file: &str, says: &str) -> Self {
        Self {
            file: printable(file).into_owned(),
            line: None,
            source: String::new(),
            caret: 0,
            says: harmless(says),
        }
    }

    /// Of a place in a text; what is cut off of it stands behind an ellipsis.
    pub fn at(file: &str, text: &str, at: usize, says: &str) -> Self {
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let Range { start, end } = line_around(text, at);
        let line = text[..start].matches('\n').count() + 1;
        let before: Vec<char> = printable(&text[start..at]).chars().collect();
        let cut = before.len().saturating_sub(SHOWN - BEFORE);
        let cut = if cut > 0 { before.len() - BEFORE } else { 0 };
        let mut shown: String = before[cut..].iter().collect();
        if cut > 0 {
            shown.insert(0, '…');
        }
        let caret = shown.width();
        let room = SHOWN.saturating_sub(shown.chars().count());
        let after = printable(&text[at..end]);
        shown.extend(after.chars().take(room));
        if after.chars().count() > room {
            shown.push('…');
        }
        Self {
            line: Some(line),
            source: shown,
            caret,
            ..Self::of_file(file, says)
        }
    }

    /// Of a file that is not a lesson's text.
    pub fn of_text(file: &str, bytes: &[u8], error: &ReadError) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let place = match error {
            ReadError::NotUtf8 { .. } => text.find('\u{fffd}'),
            _ => None,
        };
        match place {
            Some(at) => Self::at(file, &text, at, &error.to_string()),
            None => Self::of_file(file, &error.to_string()),
        }
    }

    /// Of a `lab.toml`; none if it is well formed.
    pub fn of_settings(file: &str, text: &str) -> Option<Self> {
        let error = toml::from_str::<Settings>(text).err()?;
        Some(Self::of_toml(file, text, &error))
    }

    /// Of a file of scenes; none if it is well formed.
    pub fn of_scenes(file: &str, text: &str) -> Option<Self> {
        let error = toml::from_str::<SceneFile>(text).err()?;
        Some(Self::of_toml(file, text, &error))
    }

    fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        match error.span() {
            Some(span) => Self::at(file, text, span.start, &complaint(error.message())),
            None => Self::of_file(file, &complaint(error.message())),
        }
    }

    /// All of it in a sentence.
    pub fn sentence(&self) -> String {
        let says = self.says.trim_end_matches('.');
        match self.line {
            Some(line) => format!("{}, line {line}: {says}.", self.file),
            None => format!("{}: {says}.", self.file),
        }
    }
}

fn harmless(says: &str) -> String {
    let lines: Vec<_> = says.lines().map(|line| printable(line.trim())).collect();
    lines.join(" ")
}

/// The bytes of the line around a place, without its end.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let end = if text[start..end].ends_with('\r') {
        end - 1
    } else {
        end
    };
    start..end.max(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(fault: &Fault) -> (Option<usize>, &str, usize) {
        (fault.line, &fault.source, fault.caret)
    }

    #[test]
    fn a_fault_names_its_line_and_points_at_the_place() {
        let text = "[[question]]\r\ntitle = \"x\"\r\nreason = []\r\n";
        let fault = Fault::of_settings("lab.toml", text).expect("misspelt");
        assert_eq!(shown(&fault), (Some(3), "reason = []", 0));
        assert!(
            fault
                .sentence()
                .starts_with("lab.toml, line 3: `reason` is not known; did you mean `reasons`?"),
            "{}",
            fault.sentence()
        );
        let fault = Fault::of_settings("lab.toml", "stream = = 1").expect("no TOML");
        assert_eq!(shown(&fault), (Some(1), "stream = = 1", 9));
        assert_eq!(Fault::of_settings("lab.toml", ""), None);
    }

    #[test]
    fn a_caret_stands_below_its_place_whatever_stands_before_it() {
        let check = |text: &str, place: &str, source: &str, caret: usize| {
            let at = text.find(place).expect("it is there");
            let fault = Fault::at("a.md", text, at, "no");
            assert_eq!(shown(&fault), (Some(1), source, caret));
        };
        check("東京 x", "x", "東京 x", 5);
        check("\tx\u{1b}[2J", "x", "␉x␛[2J", 1);
        let long = format!("{}x{}", "a".repeat(500), "b".repeat(500));
        let source = format!("…{}x{}…", "a".repeat(40), "b".repeat(78));
        check(&long, "x", &source, 41);
        let fault = Fault::at("a.md", "é", 1, "no");
        assert_eq!(shown(&fault), (Some(1), "é", 0));
    }

    #[test]
    fn a_file_that_is_no_text_is_pointed_at_where_it_stops_being_one() {
        let bytes = b"# A\n\nna\xefve\n";
        let error = super::super::read(bytes).expect_err("latin-1");
        let fault = Fault::of_text("lesson.md", bytes, &error);
        assert_eq!(shown(&fault), (Some(3), "na\u{fffd}ve", 2));
        let error = super::super::read(b"").expect_err("empty");
        let fault = Fault::of_text("lesson.md", b"", &error);
        assert_eq!(
            fault.sentence(),
            "lesson.md: This file is empty. Open a markdown file with a lesson in it."
        );
    }
}
