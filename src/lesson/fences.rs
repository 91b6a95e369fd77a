//! Code fences, line by line: which lines are code, and which fences their author forgot to close.

/// A fence that is never closed, and where it is taken to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclosed {
    /// The index of the line that opens it.
    pub opened: usize,
    /// The index of the first line that is no code any more: the next heading, the next fence, or the text's end.
    pub ends_before: usize,
    /// The line that closes it.
    pub closing: String,
}

/// Follows a text through its fences.
#[derive(Debug, Default)]
pub struct Fences {
    open: Option<Fence>,
    /// Whether the lines so far may belong to a list's item.
    in_list: bool,
    after_blank: bool,
}

#[derive(Debug, Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
    /// How many quotes it stands in.
    quotes: usize,
    /// A line that begins left of this ends the list's item, and the fence with it.
    column: usize,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Not in a fence.
    Text,
    /// The line of an opening fence.
    Opens,
    /// Code.
    Code,
    /// Code by the rules, but it looks like the next opening fence: the one before was forgotten.
    OpensAgain,
    /// The line of a closing fence.
    Closes,
}

impl Fences {
    /// What the next line is.
    pub fn place(&mut self, line: &str) -> Place {
        let text = line.trim_start_matches([' ', '\t', '>']);
        let prefix = &line[..line.len() - text.len()];
        let quotes = prefix.matches('>').count();
        let indent = columns(prefix);
        let blank = text.trim().is_empty();
        if let Some(fence) = self.open {
            let left = !blank && (quotes < fence.quotes || indent < fence.column);
            if !left {
                return match fence_at(text) {
                    Some((mark, length, rest)) if mark == fence.mark && length >= fence.length => {
                        if rest.trim().is_empty() {
                            self.open = None;
                            Place::Closes
                        } else {
                            Place::OpensAgain
                        }
                    }
                    _ => Place::Code,
                };
            }
            self.open = None;
        }
        let content = without_markers(text);
        let marked = content.len() < text.len();
        if marked {
            self.in_list = true;
        } else if !blank && indent < 2 && self.after_blank {
            self.in_list = false;
        }
        self.after_blank = blank;
        let Some((mark, length, _)) = fence_at(content) else {
            return Place::Text;
        };
        self.open = Some(Fence {
            mark,
            length,
            quotes,
            column: match (marked, self.in_list && indent >= 2) {
                (true, _) => indent + 2,
                (false, true) => 2,
                (false, false) => 0,
            },
        });
        Place::Opens
    }
}

/// The fences that are never closed, in order.
pub fn unclosed(text: &str) -> Vec<Unclosed> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut fences = Fences::default();
    let mut opened = None;
    let mut at = 0;
    while at <= lines.len() {
        let forgotten = match lines.get(at) {
            Some(line) => match fences.place(line) {
                Place::Opens => {
                    opened = Some(at);
                    false
                }
                Place::Text | Place::Closes => {
                    opened = None;
                    false
                }
                Place::Code => false,
                Place::OpensAgain => true,
            },
            None => fences.open.is_some(),
        };
        match opened.filter(|_| forgotten) {
            Some(start) => {
                let ends_before = (start + 1..at)
                    .find(|index| is_heading(lines[*index]))
                    .unwrap_or(at);
                found.push(Unclosed {
                    opened: start,
                    ends_before,
                    closing: closing(lines[start]),
                });
                fences = Fences::default();
                opened = None;
                at = ends_before.max(start + 1);
                if at >= lines.len() {
                    break;
                }
            }
            None => at += 1,
        }
    }
    found
}

/// The line that closes what this one opens.
fn closing(line: &str) -> String {
    let text = line.trim_start_matches([' ', '\t', '>']);
    let prefix = &line[..line.len() - text.len()];
    let content = without_markers(text);
    let fence: String = match fence_at(content) {
        Some((mark, length, _)) => std::iter::repeat_n(mark, length).collect(),
        None => "```".to_owned(),
    };
    format!("{prefix}{}{fence}", " ".repeat(text.len() - content.len()))
}

/// `## Title`: of one mark only it may be a comment of the code.
fn is_heading(line: &str) -> bool {
    let marks = line.len() - line.trim_start_matches('#').len();
    (2..=6).contains(&marks) && line[marks..].starts_with(' ')
}

/// The text behind the marks of list items.
fn without_markers(text: &str) -> &str {
    let mut rest = text;
    loop {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let marker = if after.len() < rest.len() {
            after.strip_prefix(['.', ')'])
        } else {
            rest.strip_prefix(['-', '*', '+'])
        };
        match marker {
            Some(after) if after.starts_with([' ', '\t']) => rest = after.trim_start(),
            _ => return rest,
        }
    }
}

/// A code fence's mark, its length, and what follows it.
fn fence_at(text: &str) -> Option<(char, usize, &str)> {
    let mark = text.chars().next().filter(|&c| c == '`' || c == '~')?;
    let rest = text.trim_start_matches(mark);
    let length = text.len() - rest.len();
    let is_fence = length >= 3 && !(mark == '`' && rest.contains('`'));
    is_fence.then_some((mark, length, rest))
}

fn columns(prefix: &str) -> usize {
    let mut columns = 0;
    for c in prefix.chars() {
        columns = if c == '\t' {
            (columns / 4 + 1) * 4
        } else {
            columns + 1
        };
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, usize, &str)]) {
        let found = unclosed(text);
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.opened, it.ends_before, it.closing.as_str()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_closed_fence_is_closed_wherever_it_stands() {
        check("```py\n# x\n## y\n```\ntext\n~~~\n```\n~~~\n", &[]);
        check("````md\n```py\n```\n````\n", &[]);
        check("- a\n\n  ```py\n  x\n  ```\n- ```\n  y\n  ```\n", &[]);
        check("> ```\n> x\n\ntext\n", &[]);
        check("1. ```py\n   x\n\nbehind the item\n", &[]);
        check("", &[]);
    }

    #[test]
    fn a_forgotten_fence_ends_at_the_next_heading_or_fence() {
        check("```py\nx\n\n## Next\n\ntext\n", &[(0, 3, "```")]);
        check("```py\nx\n\n```bash\ny\n```\n", &[(0, 3, "```")]);
        check(
            "```py\nx\n\n### Step 2\n\n```bash\ny\n```\n\n~~~~ a\n",
            &[(0, 3, "```"), (9, 10, "~~~~")],
        );
        check("a\n  ```py\nx\n# y\n", &[(1, 4, "  ```")]);
    }
}
