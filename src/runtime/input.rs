//! What is typed, as a stream.
//!
//! A thread reads it. When a terminal is gone crossterm can read for ever without returning; on a thread of its own that
//! holds nothing up: the loop hears the hang-up, or fails to draw, and ends the process.

use std::io;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event};
use futures_util::Stream;
use futures_util::stream::poll_fn;
use tokio::sync::mpsc;

/// How many events may wait. A full queue makes the terminal wait, which loses nothing.
const CAPACITY: usize = 256;

/// Starts reading. The stream ends after the first error. From here on a change of the terminal's size is heard, so ask for
/// its size afterwards.
pub fn input() -> io::Result<impl Stream<Item = io::Result<Event>>> {
    // Opens the terminal and takes SIGWINCH over now; `read` alone would do so at some later time, on the thread.
    event::poll(Duration::ZERO)?;
    let (typed, mut events) = mpsc::channel(CAPACITY);
    thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || {
            loop {
                let event = event::read();
                let failed = event.is_err();
                if typed.blocking_send(event).is_err() || failed {
                    break;
                }
            }
        })?;
    Ok(poll_fn(move |context| events.poll_recv(context)))
}
