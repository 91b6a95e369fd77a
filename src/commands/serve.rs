//! `kinesis-lab serve`: only the embedded server, until a signal asks for the end.

use std::io::Write;

use anyhow::{Result, bail};
use kinesis_lab::cli::ServeOptions;
use kinesis_lab::runtime;
use tokio_util::sync::CancellationToken;

use super::embedded::{self, Embedded, News};

pub fn run(options: &ServeOptions) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(options))
}

async fn serve(options: &ServeOptions) -> Result<()> {
    let signal = runtime::stop_signal()?;
    let stop = CancellationToken::new();
    // Nobody listens to the feed here.
    let (server, News { ended, .. }) = Embedded::start(&options.server, None, stop.clone())?;
    for note in &server.notes {
        eprintln!("kinesis-lab: {note}");
    }
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
    match failed {
        None => Ok(()),
        Some(why) => bail!("the server stopped: {why}"),
    }
}
