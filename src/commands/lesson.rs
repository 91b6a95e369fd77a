//! Opening a lesson: one of the modules that are built in, or a file with the `lab.toml` beside it.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kinesis_lab::lesson::scenes::{SceneFile, is_plain_file_name};
use kinesis_lab::lesson::{self, Fault, Lesson, Settings};

/// A module that is part of the lab.
struct BuiltIn {
    /// Its name on the command line, and the key of its progress.
    key: &'static str,
    text: &'static str,
    settings: &'static str,
    scenes: &'static str,
}

/// The module of this folder.
macro_rules! built_in {
    ($key:literal) => {
        BuiltIn {
            key: $key,
            text: include_str!(concat!("../../lessons/", $key, "/lesson.md")),
            settings: include_str!(concat!("../../lessons/", $key, "/lab.toml")),
            scenes: include_str!(concat!("../../lessons/", $key, "/scenes.toml")),
        }
    };
}

/// The course: its modules in their order.
const COURSE: &[BuiltIn] = &[
    built_in!("what-are-streams"),
    built_in!("producers-and-consumers"),
    built_in!("backpressure-and-durability"),
];

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
    /// The file of scenes that the settings name.
    scenes: Option<PathBuf>,
    /// The last good settings: with them a text is read while `lab.toml` is being mended.
    good: Settings,
    /// The last good scenes of that file.
    good_scenes: SceneFile,
}

impl BuiltIn {
    fn open(&self) -> Result<Opened> {
        let mut settings = lesson::settings(self.settings).map_err(anyhow::Error::msg)?;
        let scenes = lesson::scenes::scenes(self.scenes).map_err(anyhow::Error::msg)?;
        settings.take_scenes(&scenes);
        Ok(Opened {
            lesson: lesson::parse(self.text, &settings),
            key: self.key.to_owned(),
            fault: None,
            files: None,
        })
    }
}

/// The built-in modules in the course's order.
pub fn course() -> Result<Vec<Opened>> {
    COURSE.iter().map(BuiltIn::open).collect()
}

/// The course's reference: a page each of its terms.
pub fn reference() -> Lesson {
    let text = include_str!("../../lessons/references/stream-processing-concepts.md");
    lesson::parse(text, &Settings::default())
}

/// Whether a built-in module has this name.
pub fn is_built_in(name: &Path) -> bool {
    COURSE.iter().any(|module| Path::new(module.key) == name)
}

/// Opens a built-in module by its name, else a file.
pub fn open(name: &Path) -> Result<Opened> {
    match COURSE.iter().find(|module| Path::new(module.key) == name) {
        Some(module) => module.open(),
        None => file(name),
    }
}

/// Opens what was asked for, else what was open last; where that cannot be opened any more, the first module, and why.
pub fn open_or_go_on(asked: Option<&Path>, last: Option<&str>) -> Result<(Opened, Option<String>)> {
    if let Some(asked) = asked {
        return Ok((open(asked)?, None));
    }
    let first = || COURSE[0].open();
    match last.map(Path::new).map(open) {
        None => Ok((first()?, None)),
        Some(Ok(opened)) => Ok((opened, None)),
        Some(Err(why)) => Ok((first()?, Some(format!("{why:#}.")))),
    }
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
        scenes: None,
        good: Settings::default(),
        good_scenes: SceneFile::default(),
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
        let text = match text_of(&self.settings) {
            Ok(text) => text.unwrap_or_default(),
            Err(fault) => return Some(fault),
        };
        let mut settings = match lesson::settings(&text) {
            Ok(settings) => settings,
            Err(why) => {
                return Fault::of_settings(&name, &text)
                    .or_else(|| Some(Fault::of_file(&name, &why)));
            }
        };
        self.scenes = settings
            .scene_file
            .as_deref()
            .filter(|name| is_plain_file_name(name))
            .map(|name| self.settings.with_file_name(name));
        let fault = self.read_scenes();
        settings.take_scenes(&self.good_scenes);
        self.good = settings;
        fault
    }

    /// Reads the file of scenes that the settings name, in the same way.
    fn read_scenes(&mut self) -> Option<Fault> {
        let Some(path) = &self.scenes else {
            self.good_scenes = SceneFile::default();
            return None;
        };
        let name = name(path);
        let text = match text_of(path) {
            Ok(Some(text)) => text,
            Ok(None) => {
                let says = "The file is not there, and lab.toml names it for its scenes.";
                return Some(Fault::of_file(&name, says));
            }
            Err(fault) => return Some(fault),
        };
        match lesson::scenes::scenes(&text) {
            Ok(scenes) => {
                self.good_scenes = scenes;
                None
            }
            Err(why) => {
                Fault::of_scenes(&name, &text).or_else(|| Some(Fault::of_file(&name, &why)))
            }
        }
    }

    /// The paths to look at for changes.
    pub fn paths(&self) -> [Option<PathBuf>; 3] {
        let (text, settings) = (self.text.clone(), self.settings.clone());
        [Some(text), Some(settings), self.scenes.clone()]
    }
}

/// The text of a file beside the lesson, if there is one.
fn text_of(path: &Path) -> Result<Option<String>, Fault> {
    let name = name(path);
    match read_ordinary(path).map(String::from_utf8) {
        Ok(Ok(text)) => Ok(Some(text)),
        Ok(Err(error)) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes());
            let says = "This is not valid UTF-8. Save the file as UTF-8.";
            Err(Fault::at(&name, &text, at, says))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let says = format!("The file cannot be read: {error}.");
            Err(Fault::of_file(&name, &says))
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
