//! Text from outside made harmless: what would steer a terminal, or hide in a line, is shown as a symbol instead.

use std::borrow::Cow;

/// What stands for a character that has no picture of its own.
const NO_PICTURE: char = '\u{fffd}';

/// The text on one line with every control, invisible or direction-changing character shown as one visible symbol.
///
/// ASCII controls become their Unicode pictures (a newline `␊`, an escape `␛`); all else of the kind becomes `�`.
/// A joiner between visible characters is among them: a symbol too many is better than a width the terminal
/// and the layout disagree about.
pub fn printable(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if text.bytes().all(plain) || text.chars().all(|c| symbol(c).is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| symbol(c).unwrap_or(c)).collect())
}

/// JSON that says the same, with every such character written as an escape; the line ends between its parts stay.
pub fn printable_json(json: &str) -> Cow<'_, str> {
    let steers = |c: char| c != '\n' && symbol(c).is_some();
    if !json.contains(steers) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if steers(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The symbol shown in place of `c`; `None` if it may stand as it is.
fn symbol(c: char) -> Option<char> {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('␡'),
        // C1 controls: ESC [ and its kin as one character.
        '\u{80}'..='\u{9f}'
        // Soft hyphen, grapheme joiner, Arabic letter mark, Mongolian vowel separator.
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}'
        // Zero-width spaces and joiners, direction marks; line and paragraph separators, direction overrides.
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        // Word joiner, invisible operators, direction isolates.
        | '\u{2060}'..='\u{206f}'
        // Byte order mark, interlinear annotations, tags.
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => Some(NO_PICTURE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_script_is_left_alone() {
        let text = "Zürich 東京 שלום e\u{301} 👍 ❤\u{fe0f} → ✓";
        assert!(matches!(printable(text), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn what_steers_a_terminal_becomes_a_symbol() {
        let check = |raw: &str, shown: &str| assert_eq!(printable(raw), shown, "{raw:?}");
        check("\u{1b}[31mred\u{1b}]0;x\u{7}", "␛[31mred␛]0;x␇");
        check("a\r\nb\tc\0\u{7f}", "a␍␊b␉c␀␡");
        check("\u{9b}2J\u{85}", "�2J�");
    }

    #[test]
    fn what_hides_or_turns_text_becomes_a_symbol() {
        let check = |raw: &str, shown: &str| assert_eq!(printable(raw), shown, "{raw:?}");
        check("pay\u{202e}load\u{2066}x\u{200f}", "pay�load�x�");
        check("\u{feff}a\u{200b}b\u{200d}c\u{2060}", "�a�b�c�");
        check("\u{e0041}tag", "�tag");
    }

    #[test]
    fn json_says_the_same_in_escapes() {
        let said = "pay\u{202e}load \u{9b}2J \u{e0041}\u{7f} é";
        let json = serde_json::to_string_pretty(&[said]).expect("a text");
        let shown = printable_json(&json);
        assert_eq!(
            shown,
            "[\n  \"pay\\u202eload \\u009b2J \\udb40\\udc41\\u007f é\"\n]"
        );
        let read: Vec<String> = serde_json::from_str(&shown).expect("JSON");
        assert_eq!(read, [said]);
        assert!(matches!(printable_json("{\n}"), Cow::Borrowed(_)));
    }

    #[test]
    fn every_control_character_is_covered() {
        for c in (0..=0x10_ffff)
            .filter_map(char::from_u32)
            .filter(|c| c.is_control())
        {
            assert!(symbol(c).is_some_and(|s| !s.is_control()), "{c:?}");
        }
    }
}
