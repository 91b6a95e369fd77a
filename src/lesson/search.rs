//! Finding text in laid-out lines, whatever its case.

use std::ops::Range;

use super::TextLine;

/// Where `query` stands: the line and the bytes of its text, in reading order. An empty query stands nowhere.
pub fn find(lines: &[TextLine], query: &str) -> Vec<(usize, Range<usize>)> {
    let wanted: Vec<char> = query.chars().flat_map(char::to_lowercase).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut hits = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let text = line.text();
        // Lower-casing may change how many characters a letter has: each keeps the bytes it came from.
        let letters: Vec<(char, Range<usize>)> = text
            .char_indices()
            .flat_map(|(start, c)| {
                let bytes = start..start + c.len_utf8();
                c.to_lowercase().map(move |lower| (lower, bytes.clone()))
            })
            .collect();
        let mut at = 0;
        while at + wanted.len() <= letters.len() {
            let window = &letters[at..at + wanted.len()];
            if window.iter().map(|(c, _)| c).eq(wanted.iter()) {
                hits.push((number, window[0].1.start..window[wanted.len() - 1].1.end));
                at += wanted.len();
            } else {
                at += 1;
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::{Role, TextSpan};

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
}
