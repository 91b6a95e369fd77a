//! The terminal, owned: its modes are taken on entering and given back on every way out.
//!
//! The terminal is never asked anything (cursor, colours, keyboard): a late answer would arrive as keys, and some terminals
//! never answer.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::execute;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;

use super::Screen;

/// A whole frame is written at once.
const FRAME_BYTES: usize = 64 * 1024;

static OWNED: AtomicBool = AtomicBool::new(false);

/// Whether the screen is owned: then nothing else may print.
pub(super) fn is_owned() -> bool {
    OWNED.load(Ordering::SeqCst)
}

/// The terminal of this process. Dropping it, also by a panic, restores what was.
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<BufWriter<Stdout>>>,
}

impl Terminal {
    /// Takes the terminal: alternate screen, raw mode, bracketed paste, no cursor, no mouse.
    pub fn enter() -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::other("standard output is not a terminal"));
        }
        let output = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        let mut terminal = Self {
            inner: ratatui::Terminal::new(CrosstermBackend::new(output))?,
        };
        OWNED.store(true, Ordering::SeqCst);
        terminal.take_modes()?;
        Ok(terminal)
    }

    fn take_modes(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        let output = self.inner.backend_mut();
        execute!(output, EnterAlternateScreen, EnableBracketedPaste, Hide)
    }

    /// Goes as far as it can: on a terminal that is gone nothing of this works, and nothing is lost by it.
    fn give_back_modes(&mut self) {
        let output = self.inner.backend_mut();
        let _ = execute!(
            output,
            DisableMouseCapture,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.give_back_modes();
        OWNED.store(false, Ordering::SeqCst);
    }
}

impl Screen for Terminal {
    fn draw(&mut self, paint: impl FnOnce(&mut Frame)) -> io::Result<()> {
        self.inner.draw(paint).map(|_| ())
    }

    fn clear(&mut self) -> io::Result<()> {
        // `Terminal::clear` would ask the terminal where its cursor is; resizing clears as well and asks nothing.
        let size = self.inner.size()?;
        self.inner.resize(size.into())
    }

    fn capture_mouse(&mut self, on: bool) -> io::Result<()> {
        let output = self.inner.backend_mut();
        if on {
            execute!(output, EnableMouseCapture)
        } else {
            execute!(output, DisableMouseCapture)
        }
    }

    /// By OSC 52: the only thing that ever leaves beside frames, and only base64 of it.
    fn copy(&mut self, text: &str) -> io::Result<()> {
        let output = self.inner.backend_mut();
        write!(output, "\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text))?;
        io::Write::flush(output)
    }
}
