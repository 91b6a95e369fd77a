//! YAML or TOML before the lesson, between lines of `---` or `+++`: what it says is kept, and shown nowhere.

use crate::printable::printable;

/// A lesson's text without its front matter.
#[derive(Debug, PartialEq, Eq)]
pub struct Parted<'a> {
    /// Its keys with their values; what stands deeper goes to the key above it.
    pub metadata: Vec<(String, String)>,
    /// What follows.
    pub text: &'a str,
    /// The line that it begins at, counted from 1.
    pub first_line: usize,
}

/// Parts the front matter from a text. One that is never closed, or holds no `key: value`, is the lesson's own text.
pub fn part(text: &str) -> Parted<'_> {
    front_matter(text).unwrap_or(Parted {
        metadata: Vec::new(),
        text,
        first_line: 1,
    })
}

fn front_matter(text: &str) -> Option<Parted<'_>> {
    let mut at = 0;
    let mut fence = None;
    let mut metadata: Vec<(String, String)> = Vec::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        at += line.len();
        let bare = line.trim_end();
        let Some((mark, joint)) = fence else {
            fence = match bare {
                "" => continue,
                "---" => Some(("---", ':')),
                "+++" => Some(("+++", '=')),
                _ => return None,
            };
            continue;
        };
        if bare == mark || (mark == "---" && bare == "...") {
            return (!metadata.is_empty()).then(|| Parted {
                metadata,
                text: &text[at..],
                first_line: number + 2,
            });
        }
        match (entry(bare, joint), metadata.last_mut()) {
            (Some(entry), _) => metadata.push(entry),
            (None, Some((_, value))) => {
                if !value.is_empty() && !bare.is_empty() {
                    value.push(' ');
                }
                value.push_str(&printable(bare.trim()));
            }
            // A rule with text below it.
            (None, None) if !bare.is_empty() && !bare.starts_with(['#', '[']) => return None,
            (None, None) => {}
        }
    }
    None
}

/// `key: value` or `key = value`, at the left edge.
fn entry(line: &str, joint: char) -> Option<(String, String)> {
    let (key, value) = line.split_once(joint)?;
    let key = key.trim_end().trim_matches(['"', '\'']);
    let is_key = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let apart = joint == '=' || value.is_empty() || value.starts_with([' ', '\t']);
    if key.is_empty() || !key.chars().all(is_key) || !apart {
        return None;
    }
    let value = value.trim();
    let bare = ['"', '\''].iter().find_map(|quote| {
        let inside = value.strip_prefix(*quote)?.strip_suffix(*quote)?;
        (!inside.contains(*quote)).then_some(inside)
    });
    Some((
        printable(key).into_owned(),
        printable(bare.unwrap_or(value)).into_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, metadata: &[(&str, &str)], rest: &str, first_line: usize) {
        let parted = part(text);
        let found: Vec<_> = parted
            .metadata
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(found, metadata, "{text:?}");
        assert_eq!((parted.text, parted.first_line), (rest, first_line));
    }

    #[test]
    fn front_matter_is_parted_in_either_language() {
        check(
            "---\ntitle: \"A: b\"\ntags:\n  - one\n  - two\n---\n# T\n",
            &[("title", "A: b"), ("tags", "- one - two")],
            "# T\n",
            7,
        );
        check(
            "\n+++\ntitle = 'A'\n[extra]\nx = 1\n+++\n\ntext",
            &[("title", "A [extra]"), ("x", "1")],
            "\ntext",
            7,
        );
        check(
            "---\n\n# a comment\ntitle: t\n...\nx",
            &[("title", "t")],
            "x",
            6,
        );
    }

    #[test]
    fn what_is_no_front_matter_is_text() {
        for text in [
            "---\n\nSome words.\n\n---\n",
            "---\ntitle: never closed\n# T\n",
            "---\n---\n# T\n",
            "# T\n---\na: b\n---\n",
            "---\nhttp://x.y\n---\n",
            "",
        ] {
            check(text, &[], text, 1);
        }
    }
}
