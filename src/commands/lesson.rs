//! Opening a lesson: the one that is built in, or a file with the `lab.toml` beside it.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use kinesis_lab::lesson::{self, Lesson, Settings};

/// The key of the built-in lesson's progress.
const BUILT_IN_KEY: &str = "what-are-streams";

/// More than any lesson has; a device that never ends is not read further.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A lesson ready to be shown.
pub struct Opened {
    pub lesson: Lesson,
    /// Its progress is kept under this: the file's full path, so that two lessons of one name stay apart.
    pub key: String,
    /// What its author must mend.
    pub notice: Option<String>,
}

pub fn open(path: Option<&Path>) -> Result<Opened> {
    match path {
        None => built_in(),
        Some(path) => file(path),
    }
}

fn built_in() -> Result<Opened> {
    let settings = lesson::settings(include_str!("../../lessons/what-are-streams/lab.toml"));
    let settings = settings.map_err(anyhow::Error::msg)?;
    let text = include_str!("../../lessons/what-are-streams/lesson.md");
    Ok(Opened {
        lesson: lesson::parse(text, &settings),
        key: BUILT_IN_KEY.to_owned(),
        notice: None,
    })
}

fn file(path: &Path) -> Result<Opened> {
    let cannot_open = || format!("cannot open the lesson {}", path.display());
    if path.extension().is_none() && !path.exists() {
        bail!(
            "{} is neither a command nor a lesson's file; kinesis-lab --help lists the commands",
            path.display()
        );
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
        .with_context(cannot_open)?;
    let text = lesson::read(&bytes).with_context(cannot_open)?;
    let beside = path.with_file_name("lab.toml");
    let (settings, notice) = match settings(&beside) {
        Ok(settings) => (settings, None),
        Err(why) => {
            let notice = format!("{} is not used: {why}", beside.display());
            (Settings::default(), Some(notice))
        }
    };
    let full = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    Ok(Opened {
        lesson: lesson::parse(&text, &settings),
        key: full.to_string_lossy().into_owned(),
        notice,
    })
}

/// The settings beside a lesson; none are as good as any.
fn settings(path: &Path) -> Result<Settings, String> {
    match fs::read_to_string(path) {
        Ok(text) => lesson::settings(&text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(error.to_string()),
    }
}
