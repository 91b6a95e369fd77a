//! `kinesis-lab notes`: the instructor's second screen, which follows the lab that runs.

use std::io;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use kinesis_lab::app::second_screen::{self, Notes, Sight, Unread};
use kinesis_lab::app::{Message, Outcome, Theme};
use kinesis_lab::cli::NotesOptions;
use kinesis_lab::progress::folder::{self, StateFolder};
use kinesis_lab::progress::second_screen::{Found, Watcher};
use kinesis_lab::runtime::{
    self, Effects, INBOX_CAPACITY, Program, Sources, SteadyClock, Surroundings, Terminal, panics,
};
use kinesis_lab::view::{self, Look};
use ratatui::Frame;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::{appearance, now, variable};

/// How often it is looked at what the lab tells.
const LOOK: Duration = Duration::from_millis(100);

/// The second screen as the loop drives it.
struct SecondScreen {
    notes: Notes,
    look: Look,
}

impl Program for SecondScreen {
    fn update(&mut self, message: Message, now: DateTime<Utc>) -> Outcome {
        self.notes.update(message, now)
    }

    fn draw(&self, frame: &mut Frame) {
        view::draw_notes(&self.notes, &self.look, frame);
    }

    fn next_deadline(&self) -> Option<DateTime<Utc>> {
        self.notes.next_deadline()
    }
}

pub fn run(options: &NotesOptions) -> Result<()> {
    let state = super::state_folder()
        .map_err(Error::msg)
        .context("no running lab can be found")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(open(options, &state));
    runtime.shutdown_background();
    ended
}

async fn open(options: &NotesOptions, state: &Path) -> Result<()> {
    let stop = CancellationToken::new();
    let signal = runtime::stop_signal()?;
    let (sender, inbox) = mpsc::channel(INBOX_CAPACITY);
    let input = runtime::input().context("there is no terminal to read keys from")?;
    let size = crossterm::terminal::size().context("the terminal does not tell its size")?;
    let chosen = options.appearance.theme.clone();
    // The lab's own theme, where it can be read: both screens are one person's.
    let chosen = chosen.or_else(|| folder::peek(state).ok()?.theme);
    let theme = chosen.as_deref().and_then(Theme::named).unwrap_or_default();
    let mut screen = SecondScreen {
        notes: Notes::new(state.display().to_string(), theme, size, now()),
        look: appearance::look(&options.appearance, variable),
    };
    // It asks for nothing but its end: no calls, no saving, no programs.
    let nowhere = StateFolder::open(Err("the second screen saves nothing".into()), now());
    let effects = Effects::new(
        |_| std::future::pending().boxed(),
        |_| Err("the second screen has no server".to_owned()),
        nowhere.folder,
        Surroundings::default(),
        sender.clone(),
        stop.clone(),
    );
    tokio::spawn(watch(Watcher::over(state), sender, stop.clone()));
    panics::install();
    let mut terminal = Terminal::enter().context("cannot take the terminal")?;
    let sources = Sources {
        stop: signal,
        input,
        inbox,
    };
    let clock = SteadyClock::new(now);
    let first = Outcome {
        changed: true,
        ..Outcome::default()
    };
    let time = || clock.now();
    let running = runtime::run(&mut screen, first, &mut terminal, sources, &effects, time);
    let ended = AssertUnwindSafe(running).catch_unwind().await;
    drop(terminal);
    stop.cancel();
    effects.finish().await;
    verdict(ended)
}

/// What the shell hears of the end.
fn verdict(ended: std::thread::Result<io::Result<()>>) -> Result<()> {
    match ended {
        Ok(ended) => ended.context("the second screen lost its terminal"),
        Err(_) => bail!(
            "a fault ended the second screen; the lab goes on. Please report this:\n{}",
            panics::take_report().unwrap_or_default()
        ),
    }
}

/// Tells of every change, until the end.
async fn watch(mut watcher: Watcher, inbox: mpsc::Sender<Message>, stop: CancellationToken) {
    let looking = async {
        loop {
            let looked = spawn_blocking(move || {
                let found = watcher.look();
                (watcher, found)
            });
            let Ok((same, found)) = looked.await else {
                // The runtime is ending.
                return;
            };
            watcher = same;
            if let Some(found) = found {
                let sight = Box::new(sight(found));
                if inbox.send(Message::SightChanged(sight)).await.is_err() {
                    return;
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    stop.run_until_cancelled(looking).await;
}

fn sight(found: Found) -> Sight {
    match found {
        Found::Nobody => Sight::Nobody,
        Found::Lab { pid, others, text } => Sight::Lab {
            pid,
            others,
            shown: match text {
                Some(text) => second_screen::read(&text),
                None => Err(Unread::Nothing),
            },
        },
    }
}
