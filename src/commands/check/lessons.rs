//! Finding the lessons that `check` was pointed at: files, and everything in folders that looks like a lesson.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use kinesis_lab::lesson::lint::{Finding, Origin, Severity};
use kinesis_lab::lesson::scenes::is_plain_file_name;
use kinesis_lab::lesson::{self, Lesson, ReadError, Settings};

use crate::commands::lesson as files;

/// Folders inside folders deeper than this are not looked into.
const DEEPEST: usize = 16;

/// Folders that hold other people's files.
const FOREIGN: [&str; 4] = ["node_modules", "target", "venv", "__pycache__"];

/// What was found.
pub struct Found {
    pub sources: Vec<Source>,
    /// Markdown files that are no lessons.
    pub skipped: Vec<String>,
}

/// A lesson as it was read.
pub struct Source {
    pub path: PathBuf,
    /// Its path as it was named.
    pub name: String,
    pub text: String,
    pub lesson: Lesson,
    /// The name and text of the `lab.toml` beside it.
    pub settings: Option<(String, String)>,
    /// The name and text of the file of scenes that it names.
    pub scenes: Option<(String, String)>,
    /// Why that `lab.toml` could not be read.
    pub unread_settings: Option<Finding>,
    /// Why it could not be read.
    pub unreadable: Option<Finding>,
}

/// The lessons at these paths; for those that are unusable, what to say.
pub fn find(paths: &[PathBuf]) -> Result<Found, Vec<String>> {
    let mut found = Found {
        sources: Vec::new(),
        skipped: Vec::new(),
    };
    let mut complaints = Vec::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        let name = path.display();
        if path.is_dir() {
            let mut files = Vec::new();
            walk(path, 0, &mut files);
            let before = found.sources.len();
            let mut again = false;
            for file in files {
                if !seen.insert(file.clone()) {
                    again = true;
                    continue;
                }
                match read(&file) {
                    Ok(source) if looks_like_a_lesson(&source) => found.sources.push(source),
                    Ok(source) => found.skipped.push(source.name),
                    Err(why) => found.sources.push(unreadable(&file, &why)),
                }
            }
            if found.sources.len() == before && !again {
                complaints.push(format!(
                    "there is no lesson in {name}: a lesson is a .md file with a `# Title` and sections such as `## Learning Goals`"
                ));
            }
        } else if seen.insert(path.clone()) {
            match read(path) {
                Ok(source) => found.sources.push(source),
                Err(Unread { why, .. }) => complaints.push(format!("cannot check {name}: {why}")),
            }
        }
    }
    if complaints.is_empty() {
        Ok(found)
    } else {
        Err(complaints)
    }
}

/// The markdown files in a folder and below it, by name.
fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if name.starts_with('.') || FOREIGN.contains(&name.as_str()) {
            continue;
        }
        // A link to a folder may lead back here.
        let is_folder = path.is_dir() && !path.is_symlink();
        if is_folder && depth < DEEPEST {
            walk(&path, depth + 1, files);
        } else if path.is_file() {
            let extension = path
                .extension()
                .map(|end| end.to_string_lossy().to_lowercase());
            if extension.is_some_and(|end| end == "md" || end == "markdown") {
                files.push(path);
            }
        }
    }
}

/// A title, and a section of a kind that only lessons have.
fn looks_like_a_lesson(source: &Source) -> bool {
    let readme = source
        .path
        .file_stem()
        .is_some_and(|stem| stem.eq_ignore_ascii_case("readme"));
    !readme && lesson::looks_like_a_lesson(&source.lesson)
}

/// Why a file could not be read, and where.
struct Unread {
    line: usize,
    why: String,
}

fn read(path: &Path) -> Result<Source, Unread> {
    let unread = |why: String| Unread { line: 1, why };
    let bytes = files::read(path).map_err(|error| unread(error.to_string()))?;
    let text = lesson::read(&bytes).map_err(|error| Unread {
        line: match error {
            ReadError::NotUtf8 { line } => line,
            _ => 1,
        },
        why: error.to_string(),
    })?;
    let beside = path.with_file_name("lab.toml");
    let (settings, why) = match files::read_ordinary(&beside).map(String::from_utf8) {
        Ok(Ok(text)) => (Some(text), None),
        Ok(Err(error)) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
            let why = "this is not valid UTF-8: save the file as UTF-8".to_owned();
            (Some(text), Some(Unread { line, why }))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => (None, None),
        Err(error) => (Some(String::new()), Some(unread(error.to_string()))),
    };
    let settings = settings.map(|text| (beside.display().to_string(), text));
    let mut understood = settings
        .as_ref()
        .filter(|_| why.is_none())
        .and_then(|(_, text)| lesson::settings(text).ok())
        .unwrap_or_default();
    let scenes = understood
        .scene_file
        .as_deref()
        .filter(|name| is_plain_file_name(name))
        .and_then(|name| {
            let path = path.with_file_name(name);
            let text = String::from_utf8(files::read_ordinary(&path).ok()?).ok()?;
            Some((path.display().to_string(), text))
        });
    if let Some((_, text)) = &scenes {
        let of_file = lesson::scenes::scenes(text);
        understood.take_scenes(&of_file.unwrap_or_default());
    }
    Ok(Source {
        path: path.to_owned(),
        name: path.display().to_string(),
        lesson: lesson::parse(&text, &understood),
        text,
        settings,
        scenes,
        unread_settings: why.map(|unread| {
            let message = format!("the file is not used: {}", unread.why);
            said(Origin::Settings, unread.line, message)
        }),
        unreadable: None,
    })
}

/// A file in a folder that cannot be read: its author wants to know.
fn unreadable(path: &Path, unread: &Unread) -> Source {
    Source {
        path: path.to_owned(),
        name: path.display().to_string(),
        text: String::new(),
        lesson: lesson::parse("", &Settings::default()),
        settings: None,
        scenes: None,
        unread_settings: None,
        unreadable: Some(said(Origin::Lesson, unread.line, unread.why.clone())),
    }
}

/// That a file cannot be read, at the line where it cannot.
fn said(origin: Origin, line: usize, message: String) -> Finding {
    Finding {
        origin,
        line,
        column: None,
        severity: Severity::Error,
        message,
    }
}
