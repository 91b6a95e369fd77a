//! The `kinesis-lab` command: reads the command line and hands over to the command.

mod commands;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, error::ErrorKind};
use kinesis_lab::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(contradiction) = cli.lab.contradiction() {
        Cli::command()
            .error(ErrorKind::ArgumentConflict, contradiction)
            .exit();
    }
    let result = match cli.command {
        None => commands::lab::run(&cli.lab),
        Some(Command::Serve(options)) => commands::serve::run(&options),
        Some(Command::Env(options)) => commands::env::run(&options),
        Some(Command::Reset(options)) => commands::reset::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kinesis-lab: {error:#}");
            ExitCode::FAILURE
        }
    }
}
