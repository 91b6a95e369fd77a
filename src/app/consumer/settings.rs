//! How the workers read and work, and the dialog in which that is set.

use chrono::TimeDelta;

use super::polling::LEAST_POLL;
use crate::app::model::{Model, Tone};
use crate::app::overlay::Overlay;

/// Records asked for in a poll: twice what a shard can take in a second, so that a reader catches up.
const LIMIT: u32 = 2_000;

/// A worker that takes its time is given so many seconds of work in a poll, so that what waits for it is in the stream.
const SECONDS_OF_WORK: u32 = 5;

/// The pauses between two polls of a shard, in milliseconds. The least leaves a shard its five calls a second.
pub const POLLS: [i64; 6] = [200, 500, 1_000, 2_000, 5_000, 10_000];

/// The records a second that a worker can be set to work on; nothing: as many as come.
pub const SPEEDS: [Option<u32>; 9] = [
    None,
    Some(500),
    Some(100),
    Some(50),
    Some(20),
    Some(10),
    Some(5),
    Some(2),
    Some(1),
];

/// How the workers read and work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The pause between two polls of a shard. Five calls a second are allowed, shared by all readers; AWS recommends one.
    pub poll: TimeDelta,
    /// How many records a second one worker can work on; `None`: as many as come.
    pub speed: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            poll: TimeDelta::seconds(1),
            speed: None,
        }
    }
}

impl Settings {
    /// How many records are asked for in a poll.
    pub(super) fn limit(&self) -> u32 {
        let work = |speed: u32| speed.saturating_mul(SECONDS_OF_WORK).clamp(10, LIMIT);
        self.speed.map_or(LIMIT, work)
    }

    /// How long a record takes.
    pub(super) fn time_of_one(speed: u32) -> TimeDelta {
        TimeDelta::microseconds(1_000_000 / i64::from(speed.max(1)))
    }

    /// The next pause, longer or shorter.
    fn change_poll(&mut self, by: isize) {
        let now = self.poll.num_milliseconds();
        let place = POLLS.iter().position(|millis| *millis >= now);
        let place = place.unwrap_or(POLLS.len() - 1).saturating_add_signed(by);
        let millis = POLLS[place.min(POLLS.len() - 1)];
        self.poll = TimeDelta::milliseconds(millis).max(LEAST_POLL);
    }

    /// The next speed, slower or quicker.
    fn change_speed(&mut self, by: isize) {
        let place = SPEEDS.iter().position(|speed| *speed == self.speed);
        let place = place.unwrap_or(0).saturating_add_signed(by);
        self.speed = SPEEDS[place.min(SPEEDS.len() - 1)];
    }
}

/// `0.2 s`, `1 s`.
pub fn pause_in_words(pause: TimeDelta) -> String {
    let millis = pause.num_milliseconds();
    match millis % 1_000 {
        0 => format!("{} s", millis / 1_000),
        rest => format!("{}.{} s", millis / 1_000, rest / 100),
    }
}

/// The dialog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SettingsDialog {
    /// 0: the poll interval, 1: a worker's speed.
    pub cursor: usize,
}

/// How many lines of the dialog can be chosen.
pub const LINES: usize = 2;

/// Opens the dialog.
pub(in crate::app) fn open_settings(model: &mut Model) {
    model.overlay = Some(Overlay::Reading(SettingsDialog::default()));
}

/// Changes what the cursor is at; it holds from the next poll on.
pub(in crate::app) fn change_setting(model: &mut Model, cursor: usize, by: isize) {
    let settings = &mut model.consumer.settings;
    match cursor {
        0 => settings.change_poll(by),
        _ => settings.change_speed(by),
    }
    let poll = pause_in_words(settings.poll);
    let words = match settings.speed {
        None => format!("A shard is polled every {poll}; workers take all that comes."),
        Some(speed) => {
            format!("A shard is polled every {poll}; a worker works on {speed} records a second.")
        }
    };
    model.say(Tone::Plain, words);
}
