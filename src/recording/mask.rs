//! Text that says nothing in the place of text that is nobody's business, as long in characters and in bytes.

/// A text of which only the lengths of its words and lines are left.
pub fn words(text: &str) -> String {
    text.chars().map(|c| letter(c, 'x')).collect()
}

/// What was typed into JSON behind `before`, so that it is JSON still if it was.
pub fn json(before: &str, typed: &str) -> String {
    let mut place = Place::Outside;
    // The number or the name outside of texts that has begun.
    let mut word = String::new();
    let mut masked = String::with_capacity(typed.len());
    let both = before.chars().map(|c| (c, false));
    for (c, is_typed) in both.chain(typed.chars().map(|c| (c, true))) {
        if is_typed {
            masked.push(match place {
                _ if c.is_ascii_digit() => '1',
                // Four of these behind `\u` are a character as well.
                Place::Inside if c != '"' && c != '\\' => letter(c, 'a'),
                Place::Outside if !goes_on(&word, c) => letter(c, 'x'),
                Place::Inside | Place::Outside | Place::Escaped => c,
            });
        }
        match place {
            Place::Outside if !ends_word(c) => word.push(c),
            _ => word.clear(),
        }
        place = place.after(c);
    }
    masked
}

/// Whether this may stand in JSON outside of texts, behind what of a number or a name is there.
fn goes_on(word: &str, c: char) -> bool {
    let in_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
    match c {
        '+' | '-' | '.' => true,
        'e' | 'E' if word.ends_with(|c: char| c.is_ascii_digit()) => word.chars().all(in_number),
        c if ends_word(c) => true,
        c => ["true", "false", "null"].iter().any(|name| {
            let rest = name.strip_prefix(word);
            rest.is_some_and(|rest| rest.starts_with(c))
        }),
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '{' | '}' | '[' | ']' | ':' | ',' | '"')
}

/// So many bytes of data that begin as JSON if these do.
pub fn data(data: &[u8]) -> Vec<u8> {
    let mut masked = vec![b'.'; data.len()];
    if let Some(first) = masked.first_mut()
        && crate::steps::begins_as_json(data)
    {
        *first = b'"';
    }
    masked
}

/// The same of a text, which stays as long.
pub fn text(text: &str) -> String {
    String::from_utf8(data(text.as_bytes())).unwrap_or_default()
}

fn letter(c: char, filler: char) -> char {
    match c {
        c if c.is_whitespace() => c,
        c => match c.len_utf8() {
            1 => filler,
            2 => '·',
            3 => '…',
            _ => '𝑥',
        },
    }
}

/// Where in JSON a character stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

impl Place {
    fn after(self, c: char) -> Self {
        match (self, c) {
            (Self::Outside, '"') | (Self::Escaped, _) => Self::Inside,
            (Self::Inside, '\\') => Self::Escaped,
            (Self::Inside, '"') => Self::Outside,
            (place, _) => place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_keep_their_lengths_and_nothing_else() {
        assert_eq!(words("My secret:\n42 é 字"), "xx xxxxxxx\nxx · …");
    }

    #[test]
    fn what_was_typed_into_json_is_json_still() {
        let check = |before: &str, typed: &str, expected: &str| {
            assert_eq!(json(before, typed), expected);
        };
        check("", r#"{"a": 10, "b": true}"#, r#"{"a": 11, "a": true}"#);
        check(r#"{"name": "al"#, "ice", "aaa");
        check(r#"{"name": "#, "-1e5", "-1e1");
        check("\"", r"\ud83d\n", r"\ua11a\n");
        check(r#""\"#, "n", "n");
        check("", r#""O\"K""#, r#""a\"a""#);
        check("tr", "ue, nu", "ue, nu");
        check("1.5", "E+10", "E+11");
    }

    #[test]
    fn what_is_no_json_is_left_out_of_what_was_typed_into_it() {
        assert_eq!(json("", "hunter-secret é"), "xxxxxx-xxxxxx ·");
        assert_eq!(json("{\"a\": 1}", " pass\\word"), " xxxxxxxxx");
        // Key by key, as it comes from a keyboard.
        let word = "sesame";
        let keys = (0..word.len()).map(|at| json(&word[..at], &word[at..=at]));
        assert_eq!(keys.collect::<String>(), "xxxxxx");
        assert_eq!(json("true", "sesame"), "xxxxxx");
    }

    #[test]
    fn data_stays_as_long_and_begins_as_json_if_it_did() {
        assert_eq!(data(br#"{"a":1}"#), b"\"......");
        assert_eq!(data(b"hello"), b".....");
        assert_eq!(data(b""), b"");
        assert_eq!(text("€"), "...");
    }

    proptest! {
        #[test]
        fn a_masked_json_is_json_and_as_long(value in arbitrary(), cut in any::<prop::sample::Index>()) {
            let text = value.to_string();
            let middle = text.char_indices().map(|(at, _)| at).nth(cut.index(text.chars().count())).unwrap_or(0);
            let (before, typed) = text.split_at(middle);
            // Typed in two goes, as a learner may.
            let masked = format!("{}{}", json("", before), json(before, typed));
            prop_assert!(serde_json::from_str::<serde_json::Value>(&masked).is_ok(), "{masked}");
            prop_assert_eq!(masked.len(), text.len());
        }
    }

    fn arbitrary() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::{Value, json};
        let leaf = prop_oneof![
            any::<String>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                (any::<String>(), inner).prop_map(|(name, value)| json!({ name: value })),
            ]
        })
    }
}
