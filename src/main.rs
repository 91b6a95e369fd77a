//! The `kinesis-lab` command: reads the command line and hands over to the command.

mod commands;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, error::ErrorKind};
use kinesis_lab::cli::{Cli, Command};
use kinesis_lab::printable::printable;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let contradiction = match &cli.command {
        Some(Command::Serve(options)) => options.contradiction(),
        Some(Command::Present(options)) if options.plain => Some(
            "present draws large on a screen, which --plain has none of: leave one of them out"
                .to_owned(),
        ),
        Some(Command::Present(options)) => options.contradiction().map(str::to_owned),
        _ => cli.lab.contradiction().map(str::to_owned),
    };
    if let Some(contradiction) = contradiction {
        Cli::command()
            .error(ErrorKind::ArgumentConflict, contradiction)
            .exit();
    }
    let result = match cli.command {
        None => commands::lab::run(&cli.lab, false),
        Some(Command::Present(options)) => commands::lab::run(&options, true),
        Some(Command::Notes(options)) => commands::notes::run(&options),
        Some(Command::Serve(options)) => commands::serve::run(&options),
        Some(Command::Env(options)) => commands::env::run(&options),
        Some(Command::New(options)) => commands::new::run(&options),
        Some(Command::Check(options)) => return commands::check::run(&options),
        Some(Command::Rehearse(options)) => return commands::rehearse::run(&options),
        Some(Command::Report(options)) => commands::report::run(&options),
        Some(Command::Replay(options)) => commands::replay::run(&options),
        Some(Command::Reset(options)) => commands::reset::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A file's name may hold anything.
            let words = format!("{error:#}");
            let lines: Vec<_> = words.lines().map(printable).collect();
            eprintln!("kinesis-lab: {}", lines.join("\n"));
            ExitCode::FAILURE
        }
    }
}
