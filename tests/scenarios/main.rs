//! Scenarios: who does what at which second, what must then be true. Each `.toml` file beside this one is a test.
//!
//! The server runs in process with a clock that the scenario moves, so a day takes no time. `docs/scenarios.md` says
//! how to write one.

mod format;
mod planted;
mod run;
mod values;
#[path = "../world/mod.rs"]
mod world;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut tests = scenarios(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios"));
    assert!(!tests.is_empty(), "the scenarios were found");
    tests.extend(planted::tests());
    libtest_mimic::run(&arguments, tests).exit_code()
}

fn scenarios(folder: &Path) -> Vec<Trial> {
    let entries = fs::read_dir(folder).expect("the folder is readable");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("the folder is readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            Trial::test(name, move || {
                let text = fs::read_to_string(&path)?;
                run::run(&path.to_string_lossy(), &text).map_err(Into::into)
            })
        })
        .collect()
}
