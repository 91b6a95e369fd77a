//! The signals that ask for the end: SIGTERM, SIGHUP, SIGINT and SIGQUIT.

use std::future::Future;
use std::io;

/// Takes the signals over from the system's defaults at once; the future ends at the first of them. Must be called inside a
/// tokio runtime.
#[cfg(unix)]
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use std::task::Poll;
    use tokio::signal::unix::{SignalKind, signal};

    let mut signals = Vec::new();
    for kind in [
        SignalKind::terminate(),
        SignalKind::hangup(),
        SignalKind::interrupt(),
        SignalKind::quit(),
    ] {
        signals.push(signal(kind)?);
    }
    Ok(std::future::poll_fn(move |context| {
        if signals
            .iter_mut()
            .any(|signal| signal.poll_recv(context).is_ready())
        {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }))
}

/// Ctrl-C is all there is elsewhere.
#[cfg(not(unix))]
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
