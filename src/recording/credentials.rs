//! What proves who calls has no place in a recording, wherever in a line it stands: error texts quote it too.

/// Behind these, in small letters, stands a word that is nobody's business.
const WORDS: [&[u8]; 6] = [
    b"credential=",
    b"signature=",
    b"accesskeyid=",
    b"security-token=",
    b"security-token:",
    b"sessiontoken=",
];

/// Behind these all is nobody's business up to the end of the line of text.
const LINES: [&[u8]; 3] = [b"authorization=", b"authorization:", b"/term, got '"];

/// How access key ids of AWS begin.
const KEYS: [&[u8]; 2] = [b"AKIA", b"ASIA"];

/// How long an access key id of AWS is at least, in bytes.
const KEY: usize = 20;

/// A line of JSON with an X for each byte of a credential in its texts. It is JSON still, and as long.
pub fn left_out(line: String) -> String {
    let mut bytes = line.into_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + secret(&bytes, at);
        bytes[at..end].fill(b'X');
        at = end.max(at + 1);
    }
    // Characters were replaced whole, so it is text still.
    String::from_utf8(bytes).unwrap_or_default()
}

/// How many bytes of a credential begin here.
fn secret(bytes: &[u8], at: usize) -> usize {
    let (before, from) = bytes.split_at(at);
    let behind = |marks: &[&[u8]]| {
        marks.iter().any(|mark| {
            let start = before.len().checked_sub(mark.len());
            start.is_some_and(|start| before[start..].eq_ignore_ascii_case(mark))
        })
    };
    if matches!(before.last(), Some(b'=' | b':' | b'\'')) {
        if behind(&LINES) {
            return rest(from);
        }
        if behind(&WORDS) {
            return from.iter().take_while(|byte| in_word(**byte)).count();
        }
    }
    if !KEYS.iter().any(|key| from.starts_with(key)) {
        return 0;
    }
    let in_key = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let length = from.iter().take_while(in_key).count();
    if length < KEY { 0 } else { length }
}

/// Up to the end of the line in a JSON text, or of the text.
fn rest(from: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match from[at..] {
            [] | [b'"', ..] | [b'\\', b'n', ..] => return at,
            [b'\\', _, ..] => at += 2,
            [_, ..] => at += 1,
        }
    }
}

fn in_word(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b',' | b';' | b'&' | b'"' | b'\'' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn credentials_in_error_texts_are_left_out() {
        let check = |text: &str, expected: &str| {
            let line = serde_json::to_string(text).expect("a text");
            let left = left_out(line);
            let left: String = serde_json::from_str(&left).expect("JSON still");
            assert_eq!(left, expected);
        };
        check(
            "Missing. Authorization=Basic \"a\" b\nNext",
            "Missing. Authorization=XXXXXXXXXXXXX\nNext",
        );
        check(
            "Credential=me/2026, Signature=ab&X-Amz-Security-Token=c",
            "Credential=XXXXXXX, Signature=XX&X-Amz-Security-Token=X",
        );
        check(
            "e.g. keyid/date/region/service/term, got 'me/us-east-1'",
            "e.g. keyid/date/region/service/term, got 'XXXXXXXXXXXXX",
        );
        check(
            "The key AKIAIOSFODNN7EXAMPLE is unknown; AKIA is short",
            "The key XXXXXXXXXXXXXXXXXXXX is unknown; AKIA is short",
        );
    }

    proptest! {
        #[test]
        fn json_stays_json_and_as_long(
            before in any::<String>(),
            mark in prop::sample::select(vec!["Authorization=", "Signature=", "ASIA0123456789ABCDEF", ""]),
            behind in "[a-z\\\\\"\n,é字]{0,20}",
        ) {
            let line = serde_json::json!({ "text": format!("{before}{mark}{behind}"), "next": [1, "a"] }).to_string();
            let left = left_out(line.clone());
            prop_assert_eq!(left.len(), line.len());
            prop_assert!(serde_json::from_str::<serde_json::Value>(&left).is_ok(), "{}", left);
        }
    }
}
