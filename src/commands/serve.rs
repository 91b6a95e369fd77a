//! `kinesis-lab serve`: only the embedded server, until a signal asks for the end.

use std::io::Write;
use std::time::Duration;

use anyhow::{Result, bail};
use kinesis_lab::cli::ServeOptions;
use kinesis_lab::runtime;
use kinesis_lab::server::Doors;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::call_log;
use super::embedded::{self, Embedded, News};

/// How long the end waits for the log's last lines.
const GRACE: Duration = Duration::from_secs(1);

pub fn run(options: &ServeOptions) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(options))
}

async fn serve(options: &ServeOptions) -> Result<()> {
    let signal = runtime::stop_signal()?;
    let stop = CancellationToken::new();
    let doors = Doors {
        admin: options.admin,
        cors: options.cors,
    };
    let (server, News { feed, ended }) =
        Embedded::start(&options.server, None, doors, &options.streams, stop.clone())?;
    for note in &server.notes {
        eprintln!("kinesis-lab: {note}");
    }
    // Where nobody reads the feed, nothing is told.
    let log = options
        .log
        .map(|format| call_log::start(feed, format, super::now))
        .transpose()?;
    let announcement = embedded::announce(server.url());
    if let Err(error) = &announcement {
        eprintln!("kinesis-lab: `kinesis-lab env` will not find this server: {error:#}");
    }
    writeln!(std::io::stdout(), "listening on {}", server.url())?;
    let failed = tokio::select! {
        () = signal => None,
        Ok(why) = ended => Some(why),
    };
    stop.cancel();
    server.join();
    if let Some(written) = log {
        // A terminal that takes no lines is left behind.
        let _ = timeout(GRACE, written).await;
    }
    match failed {
        None => Ok(()),
        Some(why) => bail!("the server stopped: {why}"),
    }
}
