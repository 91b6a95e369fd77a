//! Finding text in laid-out lines, whatever its case and wherever its lines were broken.

use std::ops::Range;

use super::{Role, TextLine};

/// A letter to compare, and where it stands: the line and the bytes of its text.
struct Letter {
    lower: char,
    line: usize,
    bytes: Range<usize>,
}

/// Where `query` stands: the line where it begins and the bytes of that line's text, in reading order. An empty query
/// stands nowhere.
pub fn find(lines: &[TextLine], query: &str) -> Vec<(usize, Range<usize>)> {
    let wanted: Vec<char> = query.trim().chars().flat_map(char::to_lowercase).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let letters = letters(lines);
    let mut hits = Vec::new();
    let mut at = 0;
    while at + wanted.len() <= letters.len() {
        let window = &letters[at..at + wanted.len()];
        if window.iter().map(|letter| &letter.lower).eq(wanted.iter()) {
            let line = window[0].line;
            let last = window.iter().rfind(|letter| letter.line == line);
            let end = last.map_or(window[0].bytes.end, |letter| letter.bytes.end);
            hits.push((line, window[0].bytes.start..end));
            at += wanted.len();
        } else {
            at += 1;
        }
    }
    hits
}

/// All letters in reading order. A line that goes on with the one before follows after a space, any other after a line's
/// end, which no query has.
fn letters(lines: &[TextLine]) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let text = line.text();
        let before = number.checked_sub(1).map(|before| &lines[before]);
        let mut start = 0;
        if let Some(before) = before {
            let goes_on = goes_on(before, line);
            if goes_on {
                start = margin(line);
            }
            let end = before.text().len();
            letters.push(Letter {
                lower: if goes_on { ' ' } else { '\n' },
                line: number - 1,
                bytes: end..end,
            });
        }
        // Lower-casing may change how many characters a letter has: each keeps the bytes it came from.
        letters.extend(text[start..].char_indices().flat_map(|(at, c)| {
            let bytes = start + at..start + at + c.len_utf8();
            c.to_lowercase().map(move |lower| Letter {
                lower,
                line: number,
                bytes: bytes.clone(),
            })
        }));
    }
    letters
}

/// Whether a line is the rest of a sentence that the line before was too narrow for.
fn goes_on(before: &TextLine, line: &TextLine) -> bool {
    let begins = |line: &TextLine| {
        let mut spans = line.spans.iter();
        spans.any(|span| matches!(span.role, Role::Bullet | Role::Task(_) | Role::Rule))
    };
    let prose = |line: &TextLine| line.code.is_none() && margin(line) < line.text().len();
    prose(before) && prose(line) && !begins(line)
}

/// The bytes of a line that only place it: spaces and the bars of quotes.
fn margin(line: &TextLine) -> usize {
    let mut bytes = 0;
    for span in &line.spans {
        let rest = span.text.trim_start();
        if span.role == Role::Quote || rest.is_empty() {
            bytes += span.text.len();
        } else {
            return bytes + span.text.len() - rest.len();
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::markdown::blocks;
    use crate::lesson::{Highlights, TextSpan, layout};

    #[test]
    fn text_is_found_whatever_its_case_and_across_spans() {
        let span = |text: &str| TextSpan {
            text: text.into(),
            role: Role::Body,
        };
        let line = |spans: &[&str]| TextLine {
            spans: spans.iter().map(|text| span(text)).collect(),
            code: None,
        };
        let lines = [line(&["A Sh", "ard, a shard"]), line(&["İstanbul shard"])];
        let found = |query: &str| find(&lines, query);
        assert_eq!(found("SHARD"), [(0, 2..7), (0, 11..16), (1, 10..15)]);
        assert_eq!(found("stanbul"), [(1, 2..9)]);
        assert_eq!(found("nothing"), []);
        assert_eq!(found(""), []);
    }

    #[test]
    fn text_is_found_wherever_its_lines_were_broken() {
        let check = |markdown: &str, query: &str, expected: &[(usize, Range<usize>)]| {
            let lines = layout(&blocks(markdown, 1), 14, &Highlights::default());
            assert_eq!(find(&lines, query), expected, "{lines:#?}");
        };
        let prose = "All of it is unbounded data, for ever.";
        check(prose, "unbounded data", &[(1, 0..9)]);
        check(prose, "is it", &[]);
        check(
            "> All of it is unbounded data.",
            "unbounded data",
            &[(1, 4..13)],
        );
        check(
            "- all of it is unbounded data",
            "unbounded data",
            &[(1, 2..11)],
        );
        check("- one\n- two", "one two", &[]);
        check("one\n\ntwo", "one two", &[]);
    }
}
