//! `kinesis-lab replay`: plays a recorded run on the screen, or without one for a check.

use std::fs::File;
use std::io::{self, IsTerminal, Read};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use kinesis_lab::app::{self, Effect, Message, Model, Outcome, Theme};
use kinesis_lab::cli::ReplayOptions;
use kinesis_lab::printable::printable;
use kinesis_lab::progress::folder::StateFolder;
use kinesis_lab::recording::{Facts, Player, Position};
use kinesis_lab::runtime::{
    self, Effects, INBOX_CAPACITY, Program, Sources, SteadyClock, Surroundings, Terminal, panics,
};
use kinesis_lab::view::{self, Look, ReplayLine};
use ratatui::Frame;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{appearance, now, variable};

/// Many times what a day of a busy class takes; a device that never ends is not read further.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// The replay as the loop drives it.
struct Replay {
    player: Player,
    look: Look,
    /// The window, in cells; the run's own may have been another.
    window: (u16, u16),
    /// The run as it is seen in a window of another size; made anew where one of them changed.
    seen: Option<Seen>,
}

/// A model that is laid out for a window, and as of how many changes.
struct Seen {
    model: Model,
    changes: u64,
}

impl Replay {
    /// The run goes on in the size that it had; what is seen of it is laid out for this window.
    fn lay_out(&mut self) {
        let model = &self.player.model;
        let is_as_large =
            |model: &Model| (model.layout.area.width, model.layout.area.height) == self.window;
        if is_as_large(model) {
            self.seen = None;
            return;
        }
        let changes = self.player.changes();
        let holds = |seen: &Seen| seen.changes == changes && is_as_large(&seen.model);
        if self.seen.as_ref().is_some_and(holds) {
            return;
        }
        let mut model = model.clone();
        let (now, (width, height)) = (model.now, self.window);
        let _ = app::update(&mut model, Message::Resized(width, height), now);
        self.seen = Some(Seen { model, changes });
    }
}

impl Program for Replay {
    fn update(&mut self, message: Message, now: DateTime<Utc>) -> Outcome {
        let mut out = Outcome {
            changed: true,
            ..Outcome::default()
        };
        match message {
            Message::Pressed(key) if self.player.pressed(&key, now) => {
                out.effects.push(Effect::Quit);
            }
            Message::Resized(width, height) => self.window = (width, height),
            Message::Highlighted(_) => out.changed = self.player.highlighted(message),
            Message::StopAsked => out.effects.push(Effect::Quit),
            _ => {}
        }
        self.player.advance(now);
        self.lay_out();
        let lessons = self.player.uncoloured();
        out.effects
            .extend(lessons.into_iter().map(Effect::Highlight));
        out
    }

    fn draw(&self, frame: &mut Frame) {
        let model = self
            .seen
            .as_ref()
            .map_or(&self.player.model, |it| &it.model);
        let line = line(&self.player.position());
        view::draw_replay(model, &self.look, &line, frame);
    }

    fn next_deadline(&self) -> Option<DateTime<Utc>> {
        self.player.next_deadline()
    }
}

pub fn run(options: &ReplayOptions) -> Result<()> {
    let name = options.recording.display();
    let mut bytes = Vec::new();
    let read = File::open(&options.recording)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    read.with_context(|| format!("cannot open the recording {name}"))?;
    if bytes.len() as u64 > MOST_BYTES {
        bail!(
            "{name} is larger than any recording: {MOST_BYTES} bytes are the most that is played"
        );
    }
    let player = Player::new(bytes.into(), options.speed, now());
    let player = player.map_err(|why| anyhow::anyhow!("cannot play {name}. {why}"))?;
    if options.check {
        return check(player);
    }
    if !io::stdout().is_terminal() {
        bail!(
            "standard output is not a terminal, and a replay draws on one. \
             To see without one whether it comes to the same end: kinesis-lab replay {name} --check"
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let ended = runtime.block_on(play(player, options));
    runtime.shutdown_background();
    ended
}

/// What the line at the bottom says.
fn line(position: &Position) -> ReplayLine {
    let Position {
        at,
        of,
        speed,
        paused,
        seeks,
        lost,
        end,
    } = position;
    let speed = f64::from(*speed) / 100.0;
    let how = match (end, seeks, paused) {
        (Some(_), ..) => "the end".to_owned(),
        (None, true, _) => "going there".to_owned(),
        (None, false, true) => format!("×{speed}, paused"),
        (None, false, false) => format!("×{speed}"),
    };
    let mut lacks = Vec::new();
    if *lost > 0 {
        lacks.push(format!(
            "{lost} messages of the run are missing up to here: what is shown may differ from what was."
        ));
    }
    if let Some(Err(why)) = end {
        lacks.push(why.to_string());
    }
    ReplayLine {
        place: format!("REPLAY {} of {} · {how}", in_words(*at), in_words(*of)),
        lacks: lacks.join(" "),
        keys: match end {
            // Nothing is left to play.
            Some(_) => vec![("g", "to the start"), ("←", "10 s back"), ("q", "leaves")],
            None => vec![
                ("Space", if *paused { "plays" } else { "pauses" }),
                ("+ -", "speed"),
                (".", "next"),
                ("← →", "10 s"),
                ("g G", "start, end"),
                ("q", "leaves"),
            ],
        },
    }
}

/// A time as on a clock.
fn in_words(time: TimeDelta) -> String {
    let seconds = time.num_seconds();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// Plays it to its end at once.
fn check(mut player: Player) -> Result<()> {
    let expected = player.play_out().cloned();
    let position = player.position();
    let (time, messages) = (in_words(position.at), player.messages());
    println!(
        "{messages} messages in {time}, {} of them missing.",
        position.lost
    );
    let Some(expected) = expected else {
        match position.end {
            Some(Err(why)) => bail!("{why}"),
            _ => bail!("the recording does not say where the run ended"),
        }
    };
    let found = Facts::of(&player.model);
    let apart = expected.apart(&found);
    if apart.is_empty() {
        println!("It comes to the same end as the run.");
        return Ok(());
    }
    for (name, recorded, replayed) in apart {
        let (recorded, replayed) = (printable(recorded), printable(replayed));
        println!("{name}:\n  in the run    {recorded}\n  in the replay {replayed}");
    }
    bail!("the replay comes to another end than the run; please report this with the recording")
}

async fn play(mut player: Player, options: &ReplayOptions) -> Result<()> {
    let theme = options.appearance.theme.as_deref().and_then(Theme::named);
    player.use_theme(theme);
    let stop = CancellationToken::new();
    let signal = runtime::stop_signal()?;
    let (sender, inbox) = mpsc::channel(INBOX_CAPACITY);
    // Colours are made; nothing else of what the loop could do is ever asked for.
    let nowhere = Err("a replay saves nothing".to_owned());
    let effects = Effects::new(
        |_| std::future::pending().boxed(),
        |_| Err("a replay has no server".to_owned()),
        StateFolder::open(nowhere, now()).folder,
        Surroundings::default(),
        sender,
        stop,
    );
    let input = runtime::input().context("there is no terminal to read keys from")?;
    let window = crossterm::terminal::size().context("the terminal does not tell its size")?;
    let mut replay = Replay {
        player,
        look: appearance::look(&options.appearance, variable),
        window,
        seen: None,
    };
    let clock = SteadyClock::new(now);
    let now = || clock.now();
    // The first message brings what is due at the start.
    let first = replay.update(Message::DeadlinePassed, now());
    panics::install();
    let mut terminal = Terminal::enter().context("cannot take the terminal")?;
    let sources = Sources {
        stop: signal,
        input,
        inbox,
    };
    let running = runtime::run(&mut replay, first, &mut terminal, sources, &effects, now);
    let ended = std::panic::AssertUnwindSafe(running).catch_unwind().await;
    drop(terminal);
    match ended {
        Ok(ended) => ended.context("the replay lost its terminal"),
        Err(_) => bail!(
            "a fault in the lab ended the replay. Please report this with the recording:\n{}",
            panics::take_report().unwrap_or_default()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the line says of a replay at twice the speed, and its keys.
    fn told(paused: bool, end: bool) -> (String, String) {
        let line = line(&Position {
            at: TimeDelta::seconds(10),
            of: TimeDelta::seconds(21),
            speed: 200,
            paused,
            seeks: false,
            lost: 0,
            end: end.then_some(Ok(())),
        });
        let keys = line
            .keys
            .into_iter()
            .map(|(key, does)| format!("{key} {does}"));
        (line.place, keys.collect::<Vec<_>>().join(" · "))
    }

    #[test]
    fn it_says_its_speed_while_it_rests_as_well() {
        let (plays, _) = told(false, false);
        assert_eq!(plays, "REPLAY 00:10 of 00:21 · ×2");
        let (rests, keys) = told(true, false);
        assert_eq!(rests, "REPLAY 00:10 of 00:21 · ×2, paused");
        assert!(keys.starts_with("Space plays · + - speed"), "{keys}");
    }

    #[test]
    fn at_the_end_it_says_what_can_be_done_there() {
        for paused in [false, true] {
            let (place, keys) = told(paused, true);
            assert!(place.ends_with("the end"), "{place}");
            assert_eq!(keys, "g to the start · ← 10 s back · q leaves");
        }
    }
}
