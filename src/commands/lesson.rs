//! Opening a lesson: the one that is built in, or a file with the `lab.toml` beside it.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kinesis_lab::lesson::{self, Fault, Lesson, Settings};

/// The key of the built-in lesson's progress.
pub const BUILT_IN_KEY: &str = "what-are-streams";

/// More than any lesson has; a device that never ends is not read further.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A lesson ready to be shown.
pub struct Opened {
    pub lesson: Lesson,
    /// Its progress is kept under this: the file's full path, so that two lessons of one name stay apart.
    pub key: String,
    /// What its author must mend.
    pub fault: Option<Fault>,
    /// Its files, if it is not the built-in one.
    pub files: Option<Files>,
}

/// A lesson's files, and what was last made of them.
pub struct Files {
    pub text: PathBuf,
    pub settings: PathBuf,
    /// The last good settings: with them a text is read while `lab.toml` is being mended.
    good: Settings,
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
        fault: None,
        files: None,
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
    let bytes = read(path).with_context(cannot_open)?;
    let text = lesson::read(&bytes).with_context(cannot_open)?;
    let mut files = Files {
        text: path.to_owned(),
        settings: path.with_file_name("lab.toml"),
        good: Settings::default(),
    };
    let fault = files.read_settings();
    let full = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    Ok(Opened {
        lesson: lesson::parse(&text, &files.good),
        key: full.to_string_lossy().into_owned(),
        fault,
        files: Some(files),
    })
}

impl Files {
    /// Reads the files again: the lesson, if its text can be read, and what is wrong with them.
    pub fn read_again(&mut self) -> (Option<Lesson>, Option<Fault>) {
        let mut fault = self.read_settings();
        let name = name(&self.text);
        let lesson = match read_ordinary(&self.text) {
            Ok(bytes) => match lesson::read(&bytes) {
                Ok(text) => Some(lesson::parse(&text, &self.good)),
                Err(error) => {
                    fault = Some(Fault::of_text(&name, &bytes, &error));
                    None
                }
            },
            Err(error) => {
                let says = match error.kind() {
                    ErrorKind::NotFound => {
                        "The file is gone. Save it here again; the lab looks for it.".to_owned()
                    }
                    _ => format!("The file cannot be read: {error}."),
                };
                fault = Some(Fault::of_file(&name, &says));
                None
            }
        };
        (lesson, fault)
    }

    /// Reads the settings beside the lesson; none are as good as any. What is wrong with them leaves the last good ones.
    fn read_settings(&mut self) -> Option<Fault> {
        let name = name(&self.settings);
        let text = match read_ordinary(&self.settings).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(error)) => {
                let at = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes());
                let says = "This is not valid UTF-8. Save the file as UTF-8.";
                return Some(Fault::at(&name, &text, at, says));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => {
                let says = format!("The file cannot be read: {error}.");
                return Some(Fault::of_file(&name, &says));
            }
        };
        match lesson::settings(&text) {
            Ok(settings) => {
                self.good = settings;
                None
            }
            Err(why) => {
                Fault::of_settings(&name, &text).or_else(|| Some(Fault::of_file(&name, &why)))
            }
        }
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The bytes of a file that nobody named just now, only if it is an ordinary one: a pipe would be waited for without end.
pub fn read_ordinary(path: &Path) -> std::io::Result<Vec<u8>> {
    match fs::metadata(path)?.is_file() {
        true => read(path),
        false => Err(std::io::Error::other("it is no ordinary file")),
    }
}

/// The bytes of a file, as far as a lesson may be long.
pub fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}
