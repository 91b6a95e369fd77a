//! `kinesis-lab env`: prints the variables of the running lab for a shell.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use kinesis_lab::cli::{EnvOptions, environment};
use kinesis_lab::progress::running::{self, Running};

/// How long a running lab may take to accept a connection on this machine.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn run(options: &EnvOptions) -> Result<()> {
    let folder = super::state_folder()
        .map_err(Error::msg)
        .context("no running lab can be found")?;
    let mut found = running::find(&folder);
    found.retain(answers);
    let Some(newest) = found.first() else {
        bail!("no lab is running here. Start one with `kinesis-lab` or `kinesis-lab serve`.");
    };
    for other in &found[1..] {
        let (pid, endpoint) = (other.pid, &other.endpoint);
        eprintln!(
            "kinesis-lab: process {pid} is running too, on {endpoint}; these are the newest's."
        );
    }
    let script = environment::script(&newest.endpoint, options.shell);
    std::io::stdout().write_all(script.as_bytes())?;
    Ok(())
}

/// Whether somebody listens there: a stopped process (Ctrl-Z) still does, one that is just ending does not.
fn answers(running: &Running) -> bool {
    running
        .endpoint
        .strip_prefix("http://")
        .and_then(|address| address.parse().ok())
        .is_some_and(|address| TcpStream::connect_timeout(&address, PATIENCE).is_ok())
}
