//! Panics: kept quiet while the screen is owned, and told where they can be read.
//!
//! A panic's report never goes to an owned screen. It is logged and kept here; whoever catches the panic says it: for a task
//! that is a message in the lab, for the loop it is `main`, after the terminal is restored.

use std::any::Any;
use std::backtrace::Backtrace;
use std::panic;
use std::sync::Mutex;

use super::terminal;

/// The last report. A std lock: it is held for a move, never across an await.
static REPORT: Mutex<Option<String>> = Mutex::new(None);

/// Installs the hook. Without an owned screen it prints as always.
pub fn install() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if terminal::is_owned() {
            let report = format!("{info}\n{}", Backtrace::capture());
            tracing::error!("{report}");
            if let Ok(mut last) = REPORT.lock() {
                *last = Some(report);
            }
        } else {
            print(info);
        }
    }));
}

/// The report of the last panic, once.
pub fn take_report() -> Option<String> {
    REPORT.lock().ok()?.take()
}

/// What a caught panic says.
pub fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}
