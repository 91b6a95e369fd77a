//! `kinesis-lab reset`: forgets the saved progress or empties the kept streams, after asking.

use std::io::{IsTerminal, Write};

use anyhow::{Error, Result, bail};
use kinesis_lab::cli::ResetOptions;
use kinesis_lab::progress::folder;
use kinesis_lab::server;

pub fn run(options: &ResetOptions) -> Result<()> {
    match options.streams {
        true => empty_streams(options),
        false => forget_progress(options),
    }
}

fn forget_progress(options: &ResetOptions) -> Result<()> {
    let path = super::state_folder().map_err(Error::msg)?;
    if !options.yes && !confirmed(&format!("Forget the progress saved in {}?", path.display()))? {
        println!("Nothing was changed.");
        return Ok(());
    }
    if folder::forget_progress(&path).map_err(Error::msg)? {
        println!("The progress is forgotten.");
    } else {
        println!("There was no saved progress.");
    }
    Ok(())
}

fn empty_streams(options: &ResetOptions) -> Result<()> {
    let path = super::streams_folder().map_err(Error::msg)?;
    let question = format!(
        "Delete all streams kept in {}, with their records?",
        path.display()
    );
    if !options.yes && !confirmed(&question)? {
        println!("Nothing was changed.");
        return Ok(());
    }
    if server::empty_store(&path)? {
        println!("The streams are deleted, and the lab's clock is back at the time of day.");
    } else {
        println!("There were no kept streams.");
    }
    Ok(())
}

/// Asks on the terminal. Only a yes is a yes.
fn confirmed(question: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        bail!(
            "reset asks before it forgets, and here is no terminal to ask on. Add --yes to do it."
        );
    }
    print!("{question} [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}
