//! What a page tells its learner to do: files to write, commands to run.

use super::document::{CodeBlock, Page, code_blocks};

/// A command to run: the whole of a shell's code block, without prompts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Where its block begins in the file, counted from 1: the line of the fence.
    pub line: usize,
    /// The block's index in [`code_blocks`] of the page.
    pub block: usize,
    /// What a shell is given; it may have several lines.
    pub text: String,
}

/// A file to write: a code block with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedFile<'a> {
    /// Where its block begins in the file, counted from 1: the line of the fence.
    pub line: usize,
    /// The block's index in [`code_blocks`] of the page.
    pub block: usize,
    /// The name as the lesson gives it. It may be a path of any kind: it is not to be trusted.
    pub name: &'a str,
    /// The language of its block, lower case (empty if none).
    pub language: &'a str,
    /// What it holds, byte for byte.
    pub source: &'a str,
}

/// The commands on a page, in their order.
pub fn commands(page: &Page) -> Vec<Command> {
    let blocks = code_blocks(&page.blocks);
    let commands = blocks.iter().enumerate().filter_map(|(block, code)| {
        Some(Command {
            line: code.line,
            block,
            text: command(code)?,
        })
    });
    commands.collect()
}

/// The files on a page, in their order. A name may come twice: a later block is a later version.
pub fn files(page: &Page) -> Vec<NamedFile<'_>> {
    let blocks = code_blocks(&page.blocks);
    let files = blocks.iter().enumerate().filter_map(|(block, code)| {
        Some(NamedFile {
            line: code.line,
            block,
            name: code.file?,
            language: code.language,
            source: code.source,
        })
    });
    files.collect()
}

/// Languages whose blocks are typed into a shell.
const SHELLS: [&str; 9] = [
    "bash",
    "sh",
    "shell",
    "zsh",
    "console",
    "terminal",
    "shell-session",
    "shellsession",
    "shellscript",
];

/// Programs by which a block without a language is known for commands.
const PROGRAMS: [&str; 13] = [
    "python",
    "python3",
    "pip",
    "pip3",
    "aws",
    "node",
    "npm",
    "npx",
    "curl",
    "export",
    "mkdir",
    "cd",
    "kinesis-lab",
];

/// What a code block tells the learner to run; `None` if it is no command.
pub fn command(code: &CodeBlock<'_>) -> Option<String> {
    let lines: Vec<&str> = code.source.lines().collect();
    let mut said = lines.iter().filter(|line| !line.trim().is_empty());
    let in_shell = code.file.is_none()
        && (SHELLS.contains(&code.language)
            || (code.language.is_empty()
                && (lines
                    .first()
                    .is_some_and(|line| after_prompt(line).is_some())
                    || said.all(|line| runs_a_program(line)))));
    let text = if lines.iter().any(|line| after_prompt(line).is_some()) {
        typed(&lines)
    } else {
        code.source.trim_end().to_owned()
    };
    // Comments alone run nothing.
    let acts = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    (in_shell && text.lines().any(acts)).then_some(text)
}

/// What was typed behind prompts; all else is what the commands printed.
fn typed(lines: &[&str]) -> String {
    let mut typed: Vec<&str> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        let text = match after_prompt(line) {
            Some(text) => text,
            None if goes_on => line.strip_prefix("> ").unwrap_or(line),
            None => continue,
        };
        goes_on = text.trim_end().ends_with('\\');
        typed.push(text);
    }
    typed.join("\n")
}

/// A line without the prompt that it begins with.
fn after_prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("$ ").or_else(|| line.strip_prefix("% "))
}

fn runs_a_program(line: &str) -> bool {
    line.split_whitespace()
        .next()
        .is_some_and(|word| PROGRAMS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::{Settings, parse};

    fn page(markdown: &str) -> Page {
        parse(markdown, &Settings::default()).pages.remove(0)
    }

    #[test]
    fn a_shell_s_block_is_one_command_without_its_prompts() {
        let check = |info: &str, source: &str, expected: Option<&str>| {
            let page = page(&format!("text\n\n```{info}\n{source}\n```\n"));
            let texts: Vec<String> = commands(&page).into_iter().map(|c| c.text).collect();
            assert_eq!(
                texts.first().map(String::as_str),
                expected,
                "{info} {source}"
            );
        };
        check("bash", "python a.py", Some("python a.py"));
        check("sh", "cd x\npython a.py", Some("cd x\npython a.py"));
        check("console", "$ python a.py\nSent 3", Some("python a.py"));
        check(
            "",
            "$ aws kinesis \\\n>   list-streams\nnothing",
            Some("aws kinesis \\\n  list-streams"),
        );
        check("", "python a.py", Some("python a.py"));
        check("", "Sent 3 events", None);
        check("", "python a.py\nSent 3", None);
        check("python", "print(1)", None);
        check("bash title=run.sh", "python a.py", None);
        check("bash", "# nothing yet", None);
        check("bash", "", None);
    }

    #[test]
    fn files_and_commands_know_where_they_stand() {
        let page = page(
            "---\na: b\n---\nWrite `a.py`:\n\n```python\nx\n```\n\n- then\n\n  ```bash\n  python a.py\n  ```\n",
        );
        let file = files(&page)[0];
        assert_eq!((file.name, file.line, file.block), ("a.py", 6, 0));
        assert_eq!(file.source, "x\n");
        let command = &commands(&page)[0];
        assert_eq!((command.line, command.block), (12, 1));
        assert_eq!(command.text, "python a.py");
    }
}
