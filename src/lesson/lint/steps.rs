//! Rules on hands-on steps: what their commands need, and whether the lab can see that they are done.

use std::collections::BTreeSet;

use super::super::acts::{commands, files};
use super::super::document::Lesson;
use super::report::steps;
use super::{Findings, Subject};

pub fn check(subject: &Subject<'_>, found: &mut Findings) {
    let lesson = subject.lesson;
    let listed = listed(lesson);
    for page in &lesson.pages {
        for command in commands(page) {
            for file in scripts(&command.text) {
                if !listed.contains(file) && !(subject.exists)(file) {
                    found.warning(
                        command.line,
                        format!("this runs {file}, but no code block has that name and no such file stands beside the lesson"),
                    );
                }
            }
        }
    }
    for page in steps(lesson) {
        if !(subject.sees)(page) {
            found.note(
                page.line,
                "the lab cannot see whether this step is done: give it a [[step.check]] in lab.toml",
            );
        }
    }
}

/// The names of all files in the lesson.
fn listed(lesson: &Lesson) -> BTreeSet<&str> {
    let names = lesson.pages.iter().flat_map(files);
    names.map(|file| file.name).collect()
}

/// The scripts that a command starts: `python NAME`, `node NAME`, `./NAME`.
pub fn scripts(command: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in command.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        for (index, word) in words.iter().enumerate() {
            let runs = ["python", "python3", "node", "bash", "sh"].contains(word);
            if runs {
                let mut arguments = words[index + 1..].iter();
                // `-m module` and `-c code` name no file.
                if let Some(file) = arguments.find(|word| !word.starts_with("-u"))
                    && is_script(file)
                {
                    found.push(*file);
                }
            } else if let Some(file) = word.strip_prefix("./").filter(|file| is_script(file)) {
                found.push(file);
            }
        }
    }
    found
}

fn is_script(word: &str) -> bool {
    let ends = [".py", ".js", ".mjs", ".sh"];
    ends.iter().any(|end| word.ends_with(end)) && !word.contains(['$', '*', '<', '/'])
}
