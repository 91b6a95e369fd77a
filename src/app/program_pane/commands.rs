//! The commands of a lesson: which of its files they need, and which python they would start.

use super::run::SourceFile;
use crate::lesson::{self, Lesson};

/// A command of the lesson, and what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonCommand {
    /// For a shell; prompts and what a console printed are left out.
    pub script: String,
    /// Files of the lesson that it names, and those that these import.
    pub files: Vec<SourceFile>,
    /// The name by which it starts python, if it does.
    pub python: Option<String>,
    /// Whether what it runs imports boto3.
    pub imports_boto3: bool,
}

/// The files of a lesson as they are on this page: of each name the version that was given last until there, else the
/// first that comes.
pub fn files(lesson: &Lesson, page: usize) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = Vec::new();
    for (number, it) in lesson.pages.iter().enumerate() {
        for named in lesson::files(it) {
            let content = named.source.to_owned();
            match files.iter_mut().find(|file| file.name == named.name) {
                Some(file) if number <= page => file.content = content,
                Some(_) => {}
                None => files.push(SourceFile {
                    name: named.name.to_owned(),
                    content,
                }),
            }
        }
    }
    files
}

/// What a script on this page of the lesson needs.
pub fn needs(lesson: &Lesson, page: usize, script: String) -> LessonCommand {
    let all = files(lesson, page);
    let names = |file: &SourceFile| {
        words(&script).any(|word| word.strip_prefix("./").unwrap_or(word) == file.name)
    };
    let (mut needed, mut others): (Vec<_>, Vec<_>) = all.into_iter().partition(names);
    // What is needed may import more of the lesson.
    while let Some(place) = others
        .iter()
        .position(|other| needed.iter().any(|file| imports(file, other)))
    {
        needed.push(others.remove(place));
    }
    let python = python_words(&script)
        .next()
        .map(|(_, word)| word.to_owned());
    let imports_boto3 = python.is_some()
        && (script.contains("boto3")
            || needed
                .iter()
                .any(|file| imports_module(&file.content, "boto3")));
    LessonCommand {
        script,
        files: needed,
        python,
        imports_boto3,
    }
}

fn imports(file: &SourceFile, other: &SourceFile) -> bool {
    let module = other.name.strip_suffix(".py");
    module.is_some_and(|module| imports_module(&file.content, module))
}

fn imports_module(source: &str, module: &str) -> bool {
    source.lines().any(|line| {
        let line = line.trim_start();
        let rest = line
            .strip_prefix("import ")
            .or_else(|| line.strip_prefix("from "));
        rest.is_some_and(|rest| rest.split([' ', ',', '.', ';']).any(|word| word == module))
    })
}

/// The script with python called by this name.
pub fn with_python(script: &str, name: &str) -> String {
    let mut told = String::with_capacity(script.len());
    let mut done = 0;
    for (at, word) in python_words(script) {
        told.push_str(&script[done..at]);
        told.push_str(name);
        done = at + word.len();
    }
    told + &script[done..]
}

fn words(script: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_whitespace() || ";&|()<>'\"".contains(c);
    script.split(part).filter(|word| !word.is_empty())
}

/// Where a script starts python, and by which word: `python` or `python3` as the first word of a command.
fn python_words(script: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut first = true;
    let mut comment = false;
    let mut start = None;
    let mut found = Vec::new();
    let ends = script.char_indices().chain([(script.len(), '\n')]);
    for (at, c) in ends {
        if comment {
            comment = c != '\n';
            first = true;
            continue;
        }
        if !c.is_whitespace() && !";&|()".contains(c) {
            comment = start.is_none() && c == '#';
            start.get_or_insert(at);
            if comment {
                start = None;
            }
            continue;
        }
        if let Some(begin) = start.take() {
            let word = &script[begin..at];
            if first && matches!(word, "python" | "python3") {
                found.push((begin, word));
            }
            // Variables before a command, and what runs the next word, leave the next word first.
            let runs_the_next = word.contains('=')
                || matches!(
                    word,
                    "time" | "exec" | "nohup" | "env" | "do" | "then" | "!"
                );
            first &= runs_the_next;
        }
        if c == '\n' || ";&|()".contains(c) {
            first = true;
        }
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::Settings;

    #[test]
    fn python_is_called_by_the_name_that_is_there() {
        let check = |script, expected: &str| assert_eq!(with_python(script, "python3"), expected);
        check("python a.py", "python3 a.py");
        check(
            "A=1 python a.py && python b.py",
            "A=1 python3 a.py && python3 b.py",
        );
        check(
            "echo python\ntime python a.py",
            "echo python\ntime python3 a.py",
        );
        check(
            "# python a.py\npython b.py # python",
            "# python a.py\npython3 b.py # python",
        );
        check("pythonic a.py", "pythonic a.py");
        check("(python a.py; ls python)", "(python3 a.py; ls python)");
        check("aws kinesis list-streams", "aws kinesis list-streams");
    }

    #[test]
    fn a_command_needs_the_files_it_names_and_what_they_import() {
        let text = "# L\n\n## Hands-On\n\n### Step 1: A\n\n`a.py`:\n\n```python\nimport boto3, common\n```\n\n`common.py`:\n\n```python\nX = 1\n```\n\n`other.py`:\n\n```python\nY = 2\n```\n\n```bash\npython ./a.py\n```\n";
        let lesson = lesson::parse(text, &Settings::default());
        let needs = needs(&lesson, 0, "python ./a.py".into());
        let names: Vec<&str> = needs.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["a.py", "common.py"]);
        assert_eq!(needs.files[0].content, "import boto3, common\n");
        assert_eq!(needs.python.as_deref(), Some("python"));
        assert!(needs.imports_boto3);
        let needs = super::needs(&lesson, 0, "python other.py".into());
        assert!(!needs.imports_boto3);
    }
}
