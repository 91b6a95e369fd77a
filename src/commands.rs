//! The commands, one file each. They read the environment and the clock, and print; the library does neither.

mod appearance;
mod call_log;
pub mod check;
mod embedded;
pub mod env;
pub mod lab;
mod lesson;
mod log;
pub mod new;
pub mod notes;
pub mod rehearse;
mod reload;
pub mod replay;
pub mod report;
pub mod reset;
pub mod serve;
mod stages;
mod surroundings;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use kinesis_lab::progress::folder;

/// Where the state folder is, by this process's environment.
fn state_folder() -> Result<PathBuf, String> {
    folder::locate(|name| std::env::var_os(name).map(PathBuf::from))
}

/// Where the lab keeps its streams.
fn streams_folder() -> Result<PathBuf, String> {
    Ok(state_folder()?.join("streams"))
}

/// A variable of this process's environment; one that is not UTF-8 counts as none.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "here is the edge: the clock is read once for each use"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}
