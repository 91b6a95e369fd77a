//! What can be said of Python without Python: brackets and strings that are not closed. `--run` asks Python itself.

use super::code::Fault;

/// The first bracket or string that is wrong; the line in the source, counted from 1.
pub fn fault(source: &str) -> Option<Fault> {
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut line = 1;
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        match c {
            '\n' => line += 1,
            '#' => {
                rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
                continue;
            }
            '"' | '\'' => {
                let begins = line;
                match string(rest, c) {
                    Some(length) => {
                        line += rest[..length].matches('\n').count();
                        rest = &rest[length..];
                        continue;
                    }
                    None => {
                        return Some((
                            begins,
                            "a string is opened here and never closed".to_owned(),
                        ));
                    }
                }
            }
            '(' | '[' | '{' => open.push((c, line)),
            ')' | ']' | '}' => {
                let right = match c {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                match open.pop() {
                    Some((left, _)) if left == right => {}
                    Some((left, begins)) => {
                        return Some((
                            line,
                            format!("`{c}` closes the `{left}` of line {begins} of this code"),
                        ));
                    }
                    None => return Some((line, format!("`{c}` closes nothing"))),
                }
            }
            _ => {}
        }
        rest = &rest[c.len_utf8()..];
    }
    let (left, line) = open.pop()?;
    Some((line, format!("`{left}` is never closed")))
}

/// The length of the string that a text begins with.
fn string(text: &str, quote: char) -> Option<usize> {
    let three: String = std::iter::repeat_n(quote, 3).collect();
    let (mut at, end) = match text.starts_with(&three) {
        true => (3, three.as_str()),
        false => (1, &three[..1]),
    };
    loop {
        let rest = &text[at..];
        if rest.starts_with(end) {
            return Some(at + end.len());
        }
        let c = rest.chars().next()?;
        at += c.len_utf8();
        match c {
            '\\' => at += text[at..].chars().next()?.len_utf8(),
            '\n' if end.len() == 1 => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certainly_wrong_is_said() {
        let check = |source: &str, expected: Option<(usize, &str)>| {
            let found = fault(source);
            let found = found.as_ref().map(|(line, what)| (*line, what.as_str()));
            assert_eq!(found, expected, "{source}");
        };
        check("print(f\"{x['a']}\")\n", None);
        check("x = 'it\\'s'  # (\n\"\"\"a\n'b\n\"\"\"\n", None);
        check("f(\n  [1,\n   2],\n)\n", None);
        check("x = 1\nprint('a'\n", Some((2, "`(` is never closed")));
        check(
            "print(]\n",
            Some((1, "`]` closes the `(` of line 1 of this code")),
        );
        check("x)\n", Some((1, "`)` closes nothing")));
        check(
            "a\nx = 'y\n",
            Some((2, "a string is opened here and never closed")),
        );
        check(
            "\"\"\"a\n",
            Some((1, "a string is opened here and never closed")),
        );
    }
}
