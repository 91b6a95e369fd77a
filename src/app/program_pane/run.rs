//! A run of a program: what is asked of the runtime, and what it tells.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A file of the lesson: its name as the lesson has it, and its content byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// The name, e.g. `kinesis_producer.py`.
    pub name: String,
    /// The content.
    pub content: String,
}

/// What is to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Launch {
    /// A command of the lesson, for a shell.
    Command(String),
    /// The learner's shell.
    Shell,
    /// The learner's editor with this file of the work folder.
    Editor(String),
    /// Making the lab's virtual environment and installing boto3 in it, with this interpreter.
    MakePython(String),
}

/// Everything that is needed to start a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Its number; pictures and the end name it.
    pub run: u64,
    /// What is started.
    pub launch: Launch,
    /// The access key id that it signs with, made for this run alone, so that the feed tells its calls from all others.
    /// `None`: that of its surroundings.
    pub access_key: Option<String>,
    /// The folder that it runs in.
    pub work: PathBuf,
    /// Files that it needs there: each is written first where it is missing, and left alone where it is there.
    pub files: Vec<SourceFile>,
    /// Columns and rows.
    pub size: (u16, u16),
}

/// A program runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Its process.
    pub pid: u32,
    /// The names of files that were written first.
    pub wrote: Vec<String>,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// By itself, with this exit code; 0 is what programs say when all went well.
    Exit(i32),
    /// By this signal.
    Signal(i32),
}

impl Ending {
    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Exit(code) => format!("exit {code}"),
            Self::Signal(number) => format!("ended by signal {number}"),
        }
    }

    /// Its exit code, if it ended by itself.
    pub fn code(self) -> Option<i32> {
        match self {
            Self::Exit(code) => Some(code),
            Self::Signal(_) => None,
        }
    }

    /// Whether the program says that all went well.
    pub fn is_well(self) -> bool {
        self == Self::Exit(0)
    }
}

/// A process that left its program's group and goes on. The lab names it and leaves it alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftBehind {
    /// The process.
    pub pid: u32,
    /// What it calls itself.
    pub name: String,
}

/// What is to be known before a command of the lesson is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparation {
    /// The folder that it will run in.
    pub work: PathBuf,
    /// The files that the command needs.
    pub files: Vec<SourceFile>,
    /// Whether it starts python, and by which names: that of the lesson first.
    pub python: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// How each file stands in the work folder, in the order asked.
    pub files: Vec<(String, FileState)>,
    /// The interpreter; `None` where none was asked for.
    pub python: Option<Python>,
}

/// How a file of the lesson stands in the work folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileState {
    /// It is not there.
    Missing,
    /// It is there, byte for byte.
    Same,
    /// Another version is there.
    Other(OtherVersion),
    /// It cannot be looked at or may not be written, with the reason and what to do.
    Refused(String),
}

/// A version of a file that is not the lesson's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherVersion {
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was changed last, in seconds before now.
    pub seconds_old: Option<u64>,
}

/// The python that a command would run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Python {
    /// There is one.
    Found {
        /// The name by which the command is to call it, e.g. `python3`.
        name: String,
        /// Whether it is that of the lab's virtual environment.
        of_lab: bool,
        /// Its version, e.g. `3.12.1`.
        version: String,
        /// The version of its boto3, if it has one.
        boto3: Option<String>,
    },
    /// There is none.
    Missing,
}

impl Python {
    /// Whether its boto3 honours the endpoint: one before 1.28 would call AWS itself.
    pub fn honours_endpoint(&self) -> bool {
        let Self::Found {
            boto3: Some(version),
            ..
        } = self
        else {
            return false;
        };
        let mut numbers = version
            .split('.')
            .map(|part| part.parse::<u32>().unwrap_or(0));
        let (major, minor) = (numbers.next(), numbers.next());
        (major, minor) >= (Some(1), Some(28))
    }
}

/// How a file is written into the work folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// The work folder of the lesson that it is for.
    pub work: PathBuf,
    /// The file.
    pub file: SourceFile,
    /// Whether another version may be replaced: the learner said so.
    pub replace: bool,
    /// Whether it is opened in the learner's editor afterwards.
    pub then_edit: bool,
}

/// What came of writing a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Written {
    /// It was not there and is now.
    New,
    /// It was there, byte for byte; nothing was done.
    Same,
    /// Another version was replaced.
    Replaced,
    /// Another version is there and was left alone.
    Differs(OtherVersion),
}

/// Where a lab's programs run, for the screen; the runtime knows the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Places {
    /// The work folder.
    pub work: PathBuf,
    /// The folder of the lab's virtual environment, where there is a state folder.
    pub venv: Option<PathBuf>,
    /// The command of the learner's editor.
    pub editor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boto3_before_1_28_does_not_honour_the_endpoint() {
        let python = |boto3: Option<&str>| Python::Found {
            name: "python".into(),
            of_lab: false,
            version: "3.11.4".into(),
            boto3: boto3.map(str::to_owned),
        };
        for (version, honours) in [
            (Some("1.27.165"), false),
            (Some("1.28.0"), true),
            (Some("1.43.11"), true),
            (Some("2.0"), true),
            (Some("0.99"), false),
            (Some("nonsense"), false),
            (None, false),
        ] {
            assert_eq!(python(version).honours_endpoint(), honours, "{version:?}");
        }
        assert!(!Python::Missing.honours_endpoint());
    }

    #[test]
    fn an_end_is_said_in_words() {
        assert_eq!(Ending::Exit(0).words(), "exit 0");
        assert_eq!(Ending::Signal(9).words(), "ended by signal 9");
        assert!(!Ending::Exit(3).is_well());
    }
}
