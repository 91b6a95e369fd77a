//! A plain sentence wrapped to a width.

use unicode_segmentation::UnicodeSegmentation;

use super::fit::cells;

/// Longer lines are hard to read.
pub(super) const WIDEST: usize = 76;

/// The words in lines of at most `width` cells; a word that is too long is broken.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && cells(&line) + 1 + cells(word) > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for grapheme in word.graphemes(true) {
            if cells(&line) + cells(grapheme) > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(grapheme);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_they_can() {
        let check = |text: &str, width: usize, expected: &[&str]| {
            assert_eq!(wrapped(text, width), expected, "{text:?} at {width}");
        };
        check("one two three", 7, &["one two", "three"]);
        check("one two three", 100, &["one two three"]);
        check("unbreakable", 4, &["unbr", "eaka", "ble"]);
        check("", 5, &[""]);
    }
}
