//! Which file a code block belongs into: from its info string, else from the text before it.

use super::document::{Block, Inline};
use crate::printable::printable;

/// The first word of an info string, in lower case.
pub fn language(info: &str) -> String {
    let word = info.split([' ', '\t', ',']).next().unwrap_or_default();
    let word = word.trim_matches(['{', '}', '.']);
    if word.contains('=') {
        return String::new();
    }
    printable(word).to_lowercase()
}

/// `title=` or `filename=` in an info string.
pub fn in_info(info: &str) -> Option<String> {
    let (_, value) = ["title=", "filename="]
        .iter()
        .find_map(|key| info.split_once(key))?;
    let name = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split([' ', '\t', ',', '}']).next()?,
    };
    (!name.is_empty()).then(|| printable(name).into_owned())
}

/// Extensions of what the languages of lessons are kept in; a name with another one is taken for code, as `os.path`.
const EXTENSIONS: [(&str, &[&str]); 22] = [
    ("py", &["python", "python3", "py"]),
    ("js", &["javascript", "js", "node"]),
    ("mjs", &["javascript", "js", "node"]),
    ("ts", &["typescript", "ts"]),
    ("java", &["java"]),
    ("kt", &["kotlin", "kt"]),
    ("scala", &["scala"]),
    ("rs", &["rust", "rs"]),
    ("go", &["go", "golang"]),
    ("rb", &["ruby", "rb"]),
    ("c", &["c"]),
    ("h", &["c", "cpp", "c++"]),
    ("cpp", &["cpp", "c++"]),
    ("cs", &["csharp", "cs", "c#"]),
    ("json", &["json", "jsonc"]),
    ("yaml", &["yaml", "yml"]),
    ("yml", &["yaml", "yml"]),
    ("toml", &["toml"]),
    ("sql", &["sql"]),
    ("xml", &["xml"]),
    ("html", &["html"]),
    ("md", &["markdown", "md"]),
];

/// Gives every code block without a file the one that was named last before it, if it holds the block's language.
/// A heading of a step's level begins anew: a file belongs to its step. A shell block names none, it is a command to run.
pub fn name_files(blocks: &mut [Block]) {
    name_in(blocks, &mut None);
}

fn name_in(blocks: &mut [Block], last: &mut Option<String>) {
    for block in blocks {
        match block {
            Block::Heading { level, text, .. } => {
                if *level <= 3 {
                    *last = None;
                }
                note(text, last);
            }
            Block::Paragraph(text) => note(text, last),
            Block::Code { language, file, .. } => {
                if file.is_none() {
                    *file = last.clone().filter(|name| holds(name, language));
                }
            }
            Block::List { items, .. } => {
                for item in items {
                    name_in(&mut item.blocks, last);
                }
            }
            Block::Quote(blocks) => name_in(blocks, last),
            Block::Details {
                summary, blocks, ..
            } => {
                note(summary, last);
                name_in(blocks, last);
            }
            Block::Table { .. } | Block::Rule => {}
        }
    }
}

/// Remembers the last file name in inline code.
fn note(inlines: &[Inline], last: &mut Option<String>) {
    for inline in inlines {
        match inline {
            Inline::Code(code) if languages(code).is_some() => *last = Some(code.clone()),
            Inline::Emphasis(inlines)
            | Inline::Strong(inlines)
            | Inline::Struck(inlines)
            | Inline::Link { text: inlines, .. } => note(inlines, last),
            Inline::Code(_) | Inline::Text(_) | Inline::LineBreak => {}
        }
    }
}

fn holds(name: &str, language: &str) -> bool {
    languages(name).is_some_and(|languages| languages.contains(&language))
}

/// The languages that a file of this name may hold; `None` if it does not look like a file.
fn languages(name: &str) -> Option<&'static [&'static str]> {
    let (stem, extension) = name.rsplit_once('.')?;
    let in_name = |c: char| c.is_alphanumeric() || "_-./\\~".contains(c);
    if stem.is_empty() || stem.ends_with('/') || !name.chars().all(in_name) {
        return None;
    }
    EXTENSIONS
        .iter()
        .find(|(known, _)| *known == extension)
        .map(|(_, languages)| *languages)
}
