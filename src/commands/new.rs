//! `kinesis-lab new`: a lesson to begin with, in a folder of its own.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use kinesis_lab::cli::NewOptions;
use kinesis_lab::printable::printable;

/// The files by their names.
const FILES: [(&str, &str); 3] = [
    ("lesson.md", include_str!("../../assets/skeleton/lesson.md")),
    ("lab.toml", include_str!("../../assets/skeleton/lab.toml")),
    (
        "send_temperatures.py",
        include_str!("../../assets/skeleton/send_temperatures.py"),
    ),
];

/// Stands in the lesson where its title will.
const TITLE: &str = "{title}";

pub fn run(options: &NewOptions) -> Result<()> {
    let folder = &options.folder;
    let shown = folder.display();
    if let Some((name, _)) = FILES
        .iter()
        .find(|(name, _)| fs::symlink_metadata(folder.join(name)).is_ok())
    {
        bail!("{shown} has a {name} already, and it is left as it is. Name another folder.");
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {shown}"))?;
    let title = title(folder);
    for (name, text) in FILES {
        let path = folder.join(name);
        // Never over a file, be it one that came a moment ago.
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| file.write_all(text.replace(TITLE, &title).as_bytes()))
            .map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => anyhow::anyhow!("{} exists already", path.display()),
                _ => error.into(),
            })
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let lesson = quoted(&folder.join(FILES[0].0));
    println!(
        "A lesson is in {}: lesson.md, lab.toml and a script.\n\n  \
         kinesis-lab {lesson}        opens it, and reads it again whenever you save it\n  \
         kinesis-lab check {lesson}  says what the lab makes of it",
        printable(&shown.to_string())
    );
    Ok(())
}

/// The folder's name as a title: `my-first_lesson` becomes `My First Lesson`.
fn title(folder: &Path) -> String {
    let full = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let name = full
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let words = name.split(|c: char| !c.is_alphanumeric());
    let capital = |word: &str| {
        let mut rest = word.chars();
        let first = rest.next().into_iter().flat_map(char::to_uppercase);
        first.chain(rest).collect::<String>()
    };
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(capital).collect();
    match words.is_empty() {
        true => "A New Lesson".to_owned(),
        false => words.join(" "),
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "/._-~".contains(c);
    match path.chars().all(plain) {
        true => path.into_owned(),
        false => format!("'{}'", printable(&path).replace('\'', r"'\''")),
    }
}
