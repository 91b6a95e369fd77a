//! Code to pieces with roles, by its language's grammar. Pure but slow: to be called away from the screen.

use std::collections::HashMap;
use std::sync::OnceLock;

use syntect::easy::ScopeRegionIterator;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

use super::document::{Lesson, code_blocks};
use super::lines::CodeRole;

/// Grammars are regular expressions with backtracking: larger sources stay plain.
const LARGEST: usize = 64 * 1024;

/// A line of code in pieces, without its end.
pub type CodeLine = Vec<(String, CodeRole)>;

/// Highlighted code, found by its source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Highlights(HashMap<String, Vec<CodeLine>>);

impl Highlights {
    /// All code of a lesson highlighted: its pages, questions, options and explanations.
    pub fn of(lesson: &Lesson) -> Self {
        let pages = lesson.pages.iter().map(|page| &page.blocks);
        let questions = lesson.questions.iter().flat_map(|question| {
            let options = question.options.iter().map(|option| &option.blocks);
            [&question.prompt, &question.explanation]
                .into_iter()
                .chain(options)
        });
        let mut highlights = HashMap::new();
        for code in pages
            .chain(questions)
            .flat_map(|blocks| code_blocks(blocks))
        {
            highlights
                .entry(code.source.to_owned())
                .or_insert_with(|| highlight(code.language, code.source));
        }
        Self(highlights)
    }

    /// The lines of this source, if it was highlighted.
    pub fn get(&self, source: &str) -> Option<&[CodeLine]> {
        self.0.get(source).map(Vec::as_slice)
    }
}

/// The lines of a source: the end of the last one begins no further line.
pub fn lines_of(source: &str) -> impl Iterator<Item = &str> {
    source.strip_suffix('\n').unwrap_or(source).split('\n')
}

/// The lines of a source in pieces, one a line; plain where the language is not known.
pub fn highlight(language: &str, source: &str) -> Vec<CodeLine> {
    by_grammar(language, source).unwrap_or_else(|| {
        lines_of(source)
            .map(|line| vec![(line.to_owned(), CodeRole::Plain)])
            .collect()
    })
}

fn by_grammar(language: &str, source: &str) -> Option<Vec<CodeLine>> {
    static GRAMMARS: OnceLock<SyntaxSet> = OnceLock::new();
    if language.is_empty() || source.len() > LARGEST {
        return None;
    }
    let grammars = GRAMMARS.get_or_init(two_face::syntax::extra_newlines);
    let token = match language {
        "shell" | "console" | "shell-session" => "bash",
        "python3" => "python",
        "golang" => "go",
        "jsonc" => "json",
        other => other,
    };
    let mut state = ParseState::new(grammars.find_syntax_by_token(token)?);
    let mut stack = ScopeStack::new();
    let mut lines = Vec::new();
    for line in lines_of(source) {
        // The grammars expect every line to have its end.
        let ended = format!("{line}\n");
        let operations = state.parse_line(&ended, grammars).ok()?;
        let mut pieces: CodeLine = Vec::new();
        for (text, operation) in ScopeRegionIterator::new(&operations, &ended) {
            stack.apply(operation).ok()?;
            let text = text.trim_end_matches('\n');
            let role = role(stack.as_slice(), text);
            match pieces.last_mut() {
                _ if text.is_empty() => {}
                Some((before, last)) if *last == role => before.push_str(text),
                _ => pieces.push((text.to_owned(), role)),
            }
        }
        lines.push(pieces);
    }
    Some(lines)
}

/// The scopes that say something, and what. Of two that fit, the first counts.
const ROLES: [(&str, CodeRole); 15] = [
    ("comment", CodeRole::Comment),
    // What stands in the braces of a string is code.
    ("meta.interpolation", CodeRole::Plain),
    ("string", CodeRole::String),
    ("constant.character", CodeRole::String),
    ("constant.other.placeholder", CodeRole::String),
    ("constant", CodeRole::Number),
    ("keyword", CodeRole::Keyword),
    ("storage", CodeRole::Keyword),
    ("entity.name.function", CodeRole::Function),
    ("support.function", CodeRole::Function),
    ("variable.function", CodeRole::Function),
    ("entity.name", CodeRole::Type),
    ("entity.other.inherited-class", CodeRole::Type),
    ("support.type", CodeRole::Type),
    ("support.class", CodeRole::Type),
];

/// The role of a text by the innermost of its scopes that says something.
fn role(scopes: &[Scope], text: &str) -> CodeRole {
    static KNOWN: OnceLock<Vec<(Scope, CodeRole)>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let scopes = ROLES
            .iter()
            .map(|(name, role)| Some((Scope::new(name).ok()?, *role)));
        scopes.flatten().collect()
    });
    let says = |scope: &Scope| {
        let found = known.iter().find(|(known, _)| known.is_prefix_of(*scope));
        found.map(|(_, role)| *role)
    };
    match scopes.iter().rev().find_map(says) {
        // `=` is a keyword to the grammars.
        Some(CodeRole::Keyword) if !text.contains(char::is_alphabetic) => CodeRole::Plain,
        // JSON's keys are strings within a key.
        Some(CodeRole::String) if is_key(scopes) => CodeRole::Type,
        Some(role) => role,
        None => CodeRole::Plain,
    }
}

fn is_key(scopes: &[Scope]) -> bool {
    static KEY: OnceLock<Option<Scope>> = OnceLock::new();
    let key = KEY.get_or_init(|| Scope::new("meta.mapping.key").ok());
    key.is_some_and(|key| scopes.iter().any(|scope| key.is_prefix_of(*scope)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces with their roles, plain ones left out.
    fn coloured(language: &str, source: &str) -> Vec<(String, CodeRole)> {
        let lines = highlight(language, source).into_iter().flatten();
        lines.filter(|(_, role)| *role != CodeRole::Plain).collect()
    }

    fn check(language: &str, source: &str, expected: &[(&str, CodeRole)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(text, role)| ((*text).to_owned(), *role))
            .collect();
        assert_eq!(coloured(language, source), expected, "{source:?}");
    }

    #[test]
    fn code_gets_the_roles_of_its_language() {
        use CodeRole::{Comment, Function, Keyword, Number, String, Type};
        check(
            "python",
            "def send(n=1):  # one\n    return f\"{n}!\"\n",
            &[
                ("def", Keyword),
                ("send", Function),
                ("1", Number),
                ("# one", Comment),
                ("return", Keyword),
                ("f", Keyword),
                ("\"", String),
                ("!\"", String),
            ],
        );
        check(
            "json",
            "{\"a\": [true, \"b\"]}",
            &[("\"a\"", Type), ("true", Number), ("\"b\"", String)],
        );
        check(
            "java",
            "class A extends B {}",
            &[
                ("class", Keyword),
                ("A", Type),
                ("extends", Keyword),
                ("B", Type),
            ],
        );
        check(
            "shell",
            "python x.py | cat",
            &[("python", Function), ("cat", Function)],
        );
    }

    #[test]
    fn an_unknown_language_stays_plain() {
        for language in ["", "no-such-language"] {
            assert_eq!(coloured(language, "def x(): pass"), []);
        }
        assert_eq!(coloured("python", &"x = 1\n".repeat(LARGEST / 6 + 1)), []);
    }

    #[test]
    fn highlighting_keeps_every_character_and_line() {
        for source in [
            "",
            "\n",
            "a",
            "a\n",
            "a\n\n",
            "\"\"\"\n\n  b\"\"\"\n",
            "é = '東京'\n\tx\n",
        ] {
            for language in ["python", "json", ""] {
                let lines: Vec<String> = highlight(language, source)
                    .into_iter()
                    .map(|line| line.into_iter().map(|(text, _)| text).collect())
                    .collect();
                assert_eq!(
                    lines,
                    lines_of(source).collect::<Vec<_>>(),
                    "{language} {source:?}"
                );
            }
        }
    }
}
