//! Both ends of the conversation: lines that are typed, and lines that are printed, each on a thread of its own. A pipe
//! that nobody reads holds up its thread, and neither a signal nor the server.

use std::io::{self, BufRead, Read, Write};
use std::thread;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::runtime::GRACE;

/// The longest line that is read, in bytes; the rest of it is dropped.
const LONGEST: u64 = 1024 * 1024;

/// How many printed answers may wait for a slow reader; then the conversation waits.
const CAPACITY: usize = 16;

/// Starts reading lines. The channel is closed where the input ends.
pub fn read_lines(input: impl Read + Send + 'static) -> io::Result<mpsc::Receiver<String>> {
    // One by one: what was not asked for yet stays in its pipe.
    let (typed, lines) = mpsc::channel(1);
    thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || {
            let mut input = io::BufReader::new(input);
            while let Ok(Some(line)) = next_line(&mut input) {
                if typed.blocking_send(line).is_err() {
                    break;
                }
            }
        })?;
    Ok(lines)
}

/// The next line without its end, as much of it as may be; none where the input ends.
fn next_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if input.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') && bytes.len() as u64 == LONGEST {
        loop {
            let chunk = input.fill_buf()?;
            let (used, ends) = match chunk.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (chunk.len(), chunk.is_empty()),
            };
            input.consume(used);
            if ends {
                break;
            }
        }
    }
    let line = String::from_utf8_lossy(&bytes);
    Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned()))
}

/// Prints lines, in order.
pub struct Printer {
    lines: mpsc::Sender<String>,
    ended: oneshot::Receiver<io::Result<()>>,
}

impl Printer {
    /// Starts printing to this end.
    pub fn start(mut output: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, mut waiting) = mpsc::channel::<String>(CAPACITY);
        let (end, ended) = oneshot::channel();
        thread::Builder::new()
            .name("output".to_owned())
            .spawn(move || {
                let mut printed = Ok(());
                while let Some(text) = waiting.blocking_recv() {
                    printed = output
                        .write_all(text.as_bytes())
                        .and_then(|()| output.flush());
                    if printed.is_err() {
                        break;
                    }
                }
                drop(waiting);
                // Nobody waits for it where the process ends by a signal.
                let _ = end.send(printed);
            })?;
        Ok(Self { lines, ended })
    }

    /// Prints lines. Waits where the reader is slow; an error where nobody reads any more.
    pub async fn print(&self, lines: Vec<String>) -> io::Result<()> {
        let mut text = lines.join("\n");
        if lines.is_empty() {
            return Ok(());
        }
        text.push('\n');
        let sent = self.lines.send(text).await;
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// Returns once nobody reads any more.
    pub async fn closed(&self) {
        self.lines.closed().await;
    }

    /// Waits until all is printed, for a while; then what went wrong, if something did.
    pub async fn finish(self) -> io::Result<()> {
        drop(self.lines);
        match timeout(GRACE, self.ended).await {
            Ok(Ok(printed)) => printed,
            // A reader that is as slow as that has what it has.
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_read_whole_whatever_ends_them_and_long_ones_are_cut() {
        let long = "x".repeat(3 * 1024 * 1024);
        let text = format!("one\r\ntwo\n\n{long}\nafter\u{ff}\nlast");
        let mut lines = read_lines(io::Cursor::new(text)).expect("a thread");
        let mut heard = Vec::new();
        while let Some(line) = lines.recv().await {
            heard.push(line);
        }
        assert_eq!(heard[..3], ["one", "two", ""]);
        assert_eq!(heard[3].len() as u64, LONGEST);
        assert_eq!(heard[4..], ["after\u{ff}", "last"]);
    }

    #[tokio::test]
    async fn what_cannot_be_printed_ends_the_printing_with_its_reason() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let printer = Printer::start(Closed).expect("a thread");
        printer.print(vec!["a".into()]).await.expect("it is taken");
        printer.closed().await;
        assert!(printer.print(vec!["b".into()]).await.is_err());
        let error = printer.finish().await.expect_err("nobody reads");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
