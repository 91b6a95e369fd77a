//! Rules on running a lesson's commands: which of them are run, and what is to be said of what they did.

use std::collections::BTreeMap;

use super::Severity;

/// What does more than to start a script: it changes the machine, or leads elsewhere than to the lesson's server.
const OTHERS: [&str; 23] = [
    "apt",
    "apt-get",
    "brew",
    "conda",
    "curl",
    "dnf",
    "docker",
    "git",
    "kinesis-lab",
    "npm",
    "npx",
    "pip",
    "pip3",
    "podman",
    "rm",
    "source",
    "ssh",
    "sudo",
    "terraform",
    "uv",
    "wget",
    "yarn",
    "yum",
];

/// What starts a script.
const STARTERS: [&str; 5] = ["python", "python3", "node", "bash", "sh"];

/// Words before which the command itself is still to come.
const RUNNERS: [&str; 13] = [
    "time", "exec", "nohup", "env", "do", "then", "else", "if", "while", "until", "!", "{",
    "command",
];

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Exit(i32),
    /// By a signal that was not ours.
    Signal(i32),
    /// At the bound, after so many seconds.
    Bound(u64),
}

/// What a command did.
#[derive(Debug)]
pub struct Ran<'a> {
    /// How it ended.
    pub ending: Ending,
    /// Calls that were answered as asked.
    pub succeeded: u64,
    /// Calls that were refused, by the error's name.
    pub refused: &'a BTreeMap<String, u64>,
    /// The last that it said.
    pub last_line: Option<&'a str>,
}

/// Why a command is not run, given the names of the files that were written for it; `None` if it is.
pub fn unfit(command: &str, written: &[&str]) -> Option<String> {
    if let Some(blank) = blank(command) {
        return Some(format!("{blank} is to be filled in first"));
    }
    let mut starts = false;
    for words in simple_commands(command) {
        let Some((program, arguments)) = program(&words) else {
            continue;
        };
        let script = if let Some(script) = program.strip_prefix("./") {
            Some(script)
        } else if STARTERS.contains(&program) {
            let first = arguments.iter().find(|word| *word != "-u");
            match first.map(String::as_str) {
                Some("-m") => return Some(other(&format!("{program} -m"))),
                Some(word) if !word.starts_with('-') => {
                    Some(word.strip_prefix("./").unwrap_or(word))
                }
                _ => None,
            }
        } else {
            None
        };
        if let Some(script) = script {
            if !written.contains(&script) {
                return Some(format!("{script} is not among the lesson's files"));
            }
            starts = true;
        } else if program == "aws" {
            if !arguments.iter().any(|word| word == "kinesis") {
                let service = arguments.first().map(String::as_str);
                return Some(other(&format!("aws {}", service.unwrap_or_default())));
            }
            starts = true;
        } else if OTHERS.contains(&program) {
            return Some(other(program));
        }
    }
    (!starts).then(|| "it starts no script of the lesson, nor aws kinesis".to_owned())
}

fn other(program: &str) -> String {
    let program = program.trim();
    format!("it runs {program}; only the lesson's scripts and aws kinesis are run")
}

/// The names of the programs that a command starts, one after the other.
pub fn programs(command: &str) -> Vec<String> {
    let commands = simple_commands(command);
    let names = commands.iter().filter_map(|words| program(words));
    names.map(|(name, _)| name.to_owned()).collect()
}

/// What is to be said of what a command did.
pub fn judge(ran: &Ran<'_>) -> Option<(Severity, String)> {
    let refusals = || {
        let named = ran.refused.iter().map(|(name, count)| match count {
            1 => name.clone(),
            _ => format!("{name}, {count} times"),
        });
        named.collect::<Vec<_>>().join("; ")
    };
    let last = ran.last_line.map(|line| format!(": {line}"));
    let last = last.unwrap_or_default();
    match ran.ending {
        Ending::Exit(0) if ran.succeeded == 0 && ran.refused.is_empty() => Some((
            Severity::Warning,
            "this ended well without one call: did it reach the server? Its client must take the endpoint from the environment".to_owned(),
        )),
        Ending::Exit(0) if ran.succeeded == 0 => Some((
            Severity::Error,
            format!("every call of this was refused: {}", refusals()),
        )),
        Ending::Exit(0) if ran.refused.is_empty() => None,
        Ending::Exit(0) => Some((
            Severity::Note,
            format!("calls of this were refused, and it went on: {}", refusals()),
        )),
        Ending::Exit(code) => Some((
            Severity::Error,
            format!("this failed with exit code {code}{last}"),
        )),
        Ending::Signal(signal) => Some((
            Severity::Error,
            format!("this was ended by signal {signal}{last}"),
        )),
        Ending::Bound(seconds) if ran.succeeded == 0 => Some((
            Severity::Error,
            format!("this made no call that succeeded and had not ended after {seconds} s, so it was ended{last}"),
        )),
        Ending::Bound(seconds) => Some((
            Severity::Note,
            format!("this goes on until somebody ends it; it was ended after {seconds} s"),
        )),
    }
}

/// `<SHARD_ITERATOR>`: what the learner is to put in.
fn blank(command: &str) -> Option<&str> {
    command.match_indices('<').find_map(|(at, _)| {
        let inside = command[at + 1..].split(['>', '\n']).next()?;
        let begins = inside.starts_with(|c: char| c.is_ascii_alphabetic());
        let words = |c: char| c.is_ascii_alphanumeric() || "-_ ".contains(c);
        let closed = command[at + 1 + inside.len()..].starts_with('>');
        (begins && closed && inside.chars().all(words) && !inside.ends_with(' '))
            .then(|| &command[at..at + inside.len() + 2])
    })
}

/// The program of a simple command, and what follows it.
fn program(words: &[String]) -> Option<(&str, &[String])> {
    let before = |word: &String| {
        let assigns = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        });
        assigns || RUNNERS.contains(&word.as_str())
    };
    let at = words.iter().position(|word| !before(word))?;
    Some((words[at].as_str(), &words[at + 1..]))
}

/// The words of each simple command of a script, roughly as a shell parts them.
fn simple_commands(script: &str) -> Vec<Vec<String>> {
    let script = script.replace("\\\n", " ");
    let mut reader = Reader::default();
    // What is open: a quote or a parenthesis, in one another.
    let mut open: Vec<char> = Vec::new();
    let mut comment = false;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        if comment && c != '\n' {
            continue;
        }
        comment = false;
        match (c, open.last()) {
            ('\'', Some('\'')) | ('"', Some('"')) => {
                open.pop();
            }
            (_, Some('\'')) | ('\'', Some('"')) => reader.word.push(c),
            ('\'' | '"', _) => open.push(c),
            ('\\', _) => reader.word.extend(chars.next()),
            ('$', _) if chars.peek() == Some(&'(') => {
                chars.next();
                reader.end_command();
                open.push('(');
            }
            (')', Some('(')) => {
                open.pop();
                reader.end_command();
            }
            ('`', _) => reader.end_command(),
            (_, Some('"')) => reader.word.push(c),
            ('(', _) => {
                reader.end_command();
                open.push('(');
            }
            ('#', _) if reader.word.is_empty() => comment = true,
            // 2>&1
            ('&', _) if reader.word.ends_with('>') => reader.word.push(c),
            ('\n' | ';' | '&' | '|' | ')', _) => reader.end_command(),
            (c, _) if c.is_whitespace() => reader.end_word(),
            (c, _) => reader.word.push(c),
        }
    }
    reader.end_command();
    reader.commands
}

#[derive(Default)]
struct Reader {
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    word: String,
}

impl Reader {
    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.words.push(std::mem::take(&mut self.word));
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.words.is_empty() {
            self.commands.push(std::mem::take(&mut self.words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scripts_of_the_lesson_and_aws_kinesis_are_run() {
        let files = ["a.py", "b.mjs", "run.sh"];
        for command in [
            "python a.py",
            "python3 -u ./a.py LATEST",
            "node b.mjs & wait",
            "./run.sh",
            "A=1 python a.py > out 2>&1",
            "aws kinesis list-streams",
            "aws --output text kinesis list-streams",
            "for i in 1 2; do aws kinesis put-record --data 'x; rm y'; done",
            "IT=$(aws kinesis get-shard-iterator \\\n  --query ShardIterator)\naws kinesis get-records --shard-iterator \"$IT\"",
            "echo \"$(aws kinesis list-streams | wc -l) rm; rm\"",
            "# pip install boto3\npython a.py < in > out",
        ] {
            assert_eq!(unfit(command, &files), None, "{command}");
        }
        for (command, why) in [
            ("python c.py", "c.py is not among"),
            ("ls", "starts no script"),
            ("python --version", "starts no script"),
            ("pip install boto3\npython a.py", "it runs pip;"),
            ("python -m venv x && python a.py", "it runs python -m;"),
            ("python a.py; sudo reboot", "it runs sudo;"),
            ("echo \"$(curl example.org)\"; python a.py", "it runs curl;"),
            ("aws configure", "it runs aws configure;"),
            ("aws", "it runs aws;"),
            (
                "aws kinesis get-records --shard-iterator <ITERATOR>",
                "<ITERATOR> is to be",
            ),
        ] {
            let said = unfit(command, &files).expect(command);
            assert!(said.contains(why), "{command}: {said}");
        }
        assert_eq!(programs("A=1 time python a.py && aws x"), ["python", "aws"]);
    }

    #[test]
    fn what_a_command_did_is_judged_by_its_end_and_its_calls() {
        let none = BTreeMap::new();
        let some = BTreeMap::from([("ResourceInUseException".to_owned(), 2)]);
        let check = |ending, succeeded, refused, expected: Option<(Severity, &str)>| {
            let ran = Ran {
                ending,
                succeeded,
                refused,
                last_line: Some("KeyError: 'x'"),
            };
            let said = judge(&ran);
            assert_eq!(
                said.as_ref().map(|(severity, _)| *severity),
                expected.map(|(severity, _)| severity),
                "{ran:?} {said:?}"
            );
            let (words, part) = (said.map(|it| it.1), expected.map(|it| it.1));
            assert!(words.unwrap_or_default().contains(part.unwrap_or_default()));
        };
        use Ending::*;
        use Severity::*;
        check(Exit(0), 3, &none, None);
        check(
            Exit(0),
            0,
            &none,
            Some((Warning, "did it reach the server?")),
        );
        check(
            Exit(0),
            1,
            &some,
            Some((Note, "ResourceInUseException, 2 times")),
        );
        check(Exit(0), 0, &some, Some((Error, "every call")));
        check(
            Exit(1),
            3,
            &none,
            Some((Error, "exit code 1: KeyError: 'x'")),
        );
        check(Signal(9), 3, &none, Some((Error, "signal 9")));
        check(
            Bound(60),
            0,
            &some,
            Some((Error, "had not ended after 60 s")),
        );
        check(Bound(10), 1, &none, Some((Note, "ended after 10 s")));
    }
}
