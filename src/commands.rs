//! The commands, one file each. They read the environment and the clock, and print; the library does neither.

pub mod env;
pub mod reset;

use std::path::PathBuf;

use kinesis_lab::progress::folder;

/// Where the state folder is, by this process's environment.
fn state_folder() -> Result<PathBuf, String> {
    folder::locate(|name| std::env::var_os(name).map(PathBuf::from))
}
