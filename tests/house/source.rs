//! A source file as tokens: enough of Rust to tell a path from a comment or a string, and no more.

use std::collections::BTreeSet;

/// A word or a mark; strings, characters, lifetimes and comments are left out.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// An identifier, keyword or number.
    Word(String),
    /// `::`.
    Path,
    /// Any other character.
    Mark(char),
}

impl Token {
    pub fn word(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

/// A file below `src`.
pub struct Source {
    /// Where it stands: `["app", "keymap"]` for `app/keymap.rs`.
    module: Vec<String>,
    tokens: Vec<Token>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            module: path
                .trim_end_matches(".rs")
                .split('/')
                .map(str::to_owned)
                .collect(),
            tokens: tokens(text),
        }
    }

    /// The room it belongs to.
    pub fn room(&self) -> &str {
        &self.module[0]
    }

    /// Whether these tokens stand in it, in a row.
    pub fn has(&self, row: &[Token]) -> bool {
        self.tokens.windows(row.len()).any(|window| window == row)
    }

    /// The rooms of the library that it names, by `crate::`, `kinesis_lab::` or as many `super::` as lead there.
    pub fn rooms_named(&self) -> BTreeSet<String> {
        let mut named = BTreeSet::new();
        let mut depth = 0;
        // Inline modules that are open: the depth of braces outside each.
        let mut inline: Vec<usize> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match &self.tokens[at] {
                Token::Mark('{') => {
                    if at >= 2 && self.tokens[at - 2] == Token::word("mod") {
                        inline.push(depth);
                    }
                    depth += 1;
                }
                Token::Mark('}') => {
                    depth -= 1;
                    inline.pop_if(|outside| *outside == depth);
                }
                Token::Word(word) if word == "crate" || word == "kinesis_lab" => {
                    named.extend(self.firsts(at + 1));
                }
                Token::Word(word) if word == "super" => {
                    let mut up = 1;
                    while self.tokens.get(at + 1) == Some(&Token::Path)
                        && self.tokens.get(at + 2) == Some(&Token::word("super"))
                    {
                        up += 1;
                        at += 2;
                    }
                    if up == self.module.len() + inline.len() {
                        named.extend(self.firsts(at + 1));
                    }
                }
                _ => {}
            }
            at += 1;
        }
        named
    }

    /// The first segments of the path, or of the group of paths, that goes on with the `::` at this place.
    fn firsts(&self, at: usize) -> Vec<String> {
        if self.tokens.get(at) != Some(&Token::Path) {
            return Vec::new();
        }
        match self.tokens.get(at + 1) {
            Some(Token::Word(word)) => vec![word.clone()],
            Some(Token::Mark('{')) => {
                let mut firsts = Vec::new();
                let mut depth = 0;
                let mut fresh = false;
                for token in &self.tokens[at + 1..] {
                    match token {
                        Token::Mark('{') => {
                            depth += 1;
                            fresh = depth == 1;
                        }
                        Token::Mark('}') if depth == 1 => break,
                        Token::Mark('}') => depth -= 1,
                        Token::Mark(',') => fresh = depth == 1,
                        Token::Word(word) if fresh => {
                            firsts.push(word.clone());
                            fresh = false;
                        }
                        _ => {}
                    }
                }
                firsts
            }
            _ => Vec::new(),
        }
    }

    /// What a pure room must not name, outside its inline tests.
    pub fn impurities(&self) -> Vec<String> {
        let end = self
            .tokens
            .windows(3)
            .position(|row| row == [Token::word("mod"), Token::word("tests"), Token::Mark('{')])
            .unwrap_or(self.tokens.len());
        let mut found = BTreeSet::new();
        for (at, token) in self.tokens[..end].iter().enumerate() {
            let Token::Word(word) = token else { continue };
            let next = self.firsts(at + 1);
            match word.as_str() {
                "await" | "tokio" => {
                    found.insert(word.clone());
                }
                "std" => {
                    for module in next {
                        if ["fs", "env", "net", "process", "thread"].contains(&module.as_str()) {
                            found.insert(format!("std::{module}"));
                        }
                    }
                }
                "Utc" | "Local" | "Instant" | "SystemTime" if next == ["now"] => {
                    found.insert(format!("{word}::now"));
                }
                _ => {}
            }
        }
        found.into_iter().collect()
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let is = |at: usize, expected: &str| {
        expected
            .chars()
            .enumerate()
            .all(|(i, c)| chars.get(at + i) == Some(&c))
    };
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if is(at, "//") {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if is(at, "/*") {
            let mut depth = 0;
            while at < chars.len() {
                if is(at, "/*") {
                    depth += 1;
                    at += 2;
                } else if is(at, "*/") {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        break;
                    }
                } else {
                    at += 1;
                }
            }
        } else if c == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if c == '\'' {
            // A character ends with a quote after one character or an escape; otherwise it is a lifetime.
            if chars.get(at + 1) == Some(&'\\') {
                at += 3;
                while at < chars.len() && chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
            } else if chars.get(at + 2) == Some(&'\'') {
                at += 3;
            } else {
                at += 1;
                while chars
                    .get(at)
                    .is_some_and(|c| c.is_alphanumeric() || *c == '_')
                {
                    at += 1;
                }
            }
        } else if c.is_alphanumeric() || c == '_' {
            let start = at;
            while chars
                .get(at)
                .is_some_and(|c| c.is_alphanumeric() || *c == '_')
            {
                at += 1;
            }
            let word: String = chars[start..at].iter().collect();
            let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
            if ["r", "br", "cr"].contains(&word.as_str()) && is(at + hashes, "\"") {
                let end = format!("\"{}", "#".repeat(hashes));
                at += hashes + 1;
                while at < chars.len() && !is(at, &end) {
                    at += 1;
                }
                at += end.len();
            } else {
                tokens.push(Token::Word(word));
            }
        } else if is(at, "::") {
            tokens.push(Token::Path);
            at += 2;
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Mark(c));
            }
            at += 1;
        }
    }
    tokens
}
