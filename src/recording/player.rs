//! Playing a recording: the model as it was at any time of the run, and the keys that move through it.
//!
//! What the model asks for is dropped: no request leaves, no file is written. It knows no clock; how the time on the wall
//! passes it is told.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Entry, Facts, ReadError, Reader};
use crate::app::{self, Effect, Message, Model, Theme};
use crate::lesson::Lesson;

/// How fast it can be played, in hundredths of the speed of the run.
const SPEEDS: [u32; 9] = [25, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400];

/// How many messages are told in one go; between two of them the screen is drawn and keys are heard.
const BURST: usize = 256;

/// How far the arrow keys go.
const LEAP: TimeDelta = TimeDelta::seconds(10);

/// How often the time that is shown is drawn anew at most.
const TICK: TimeDelta = TimeDelta::milliseconds(200);

/// Where it is to come to before it goes on as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    /// This time.
    Time(DateTime<Utc>),
    /// The next message that changes something on the screen.
    Change,
}

/// Where a replay is.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// How long the run had gone on.
    pub at: TimeDelta,
    /// How long it was.
    pub of: TimeDelta,
    /// In hundredths of the speed of the run.
    pub speed: u32,
    /// Whether it rests.
    pub paused: bool,
    /// Whether it is on its way to another place.
    pub seeks: bool,
    /// Messages that are missing up to here.
    pub lost: u64,
    /// Whether this is the end, and why it is if the run went on.
    pub end: Option<Result<(), ReadError>>,
}

/// A recording that is played.
pub struct Player {
    bytes: Arc<[u8]>,
    reader: Reader,
    /// The model at the start, to go back to.
    first: Model,
    /// The model as it was.
    pub model: Model,
    /// The next entry, and when it happened.
    next: Option<(DateTime<Utc>, Entry)>,
    end: Option<Result<(), ReadError>>,
    facts: Option<Box<Facts>>,
    ends_at: DateTime<Utc>,
    lost: u64,
    /// How many messages were told.
    heard: u64,
    /// The time of the run.
    at: DateTime<Utc>,
    /// The time on the wall when that was so.
    told: DateTime<Utc>,
    speed: usize,
    paused: bool,
    goal: Option<Goal>,
    changes: u64,
    /// Lessons whose code is to be coloured.
    uncoloured: Vec<Arc<Lesson>>,
}

impl Player {
    /// Opens a recording at its start; from now on it plays.
    pub fn new(bytes: Arc<[u8]>, speed: u32, now: DateTime<Utc>) -> Result<Self, ReadError> {
        let reader = Reader::new(Arc::clone(&bytes))?;
        let (ends_at, _) = Reader::new(Arc::clone(&bytes))?.skip_to_end();
        let header = reader.header.clone();
        let (first, outcome) = Model::new(header.setup, header.start);
        let mut player = Self {
            bytes,
            reader,
            model: first.clone(),
            first,
            next: None,
            end: None,
            facts: None,
            ends_at,
            lost: 0,
            heard: 0,
            at: header.start,
            told: now,
            speed: SPEEDS
                .iter()
                .position(|known| *known >= speed)
                .unwrap_or(SPEEDS.len() - 1),
            paused: false,
            goal: None,
            changes: 0,
            uncoloured: Vec::new(),
        };
        player.take(outcome.effects);
        player.fetch();
        Ok(player)
    }

    /// Shows it in this theme instead of the run's own, if one is given.
    pub fn use_theme(&mut self, theme: Option<Theme>) {
        for model in [&mut self.first, &mut self.model] {
            model.theme = theme.unwrap_or(model.theme);
        }
    }

    /// Where it is.
    pub fn position(&self) -> Position {
        let start = self.reader.header.start;
        Position {
            at: self.at - start,
            of: self.ends_at - start,
            speed: SPEEDS[self.speed],
            paused: self.paused,
            seeks: self.goal.is_some(),
            lost: self.lost,
            end: self.end.clone().filter(|_| self.next.is_none()),
        }
    }

    /// How many messages the model was told.
    pub fn messages(&self) -> u64 {
        self.heard
    }

    /// How often what is on the screen may have become another: what was made of the model holds while this stays.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Where the run ended, if its recording tells.
    pub fn ending(&self) -> Option<&Facts> {
        self.facts.as_deref()
    }

    /// The lessons whose code is to be coloured since this was asked last.
    pub fn uncoloured(&mut self) -> Vec<Arc<Lesson>> {
        std::mem::take(&mut self.uncoloured)
    }

    /// A key. Whether it leaves.
    pub fn pressed(&mut self, key: &KeyEvent, now: DateTime<Utc>) -> bool {
        self.pass(now);
        let start = self.reader.header.start;
        match key.code {
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return true,
            KeyCode::Char('q') => return true,
            KeyCode::Char(' ') => self.paused = !self.paused,
            KeyCode::Char('+' | '=') => self.speed = (self.speed + 1).min(SPEEDS.len() - 1),
            KeyCode::Char('-') => self.speed = self.speed.saturating_sub(1),
            KeyCode::Char('.') => {
                self.paused = true;
                self.goal = Some(Goal::Change);
            }
            KeyCode::Right => self.go_to(self.at + LEAP),
            KeyCode::Left => self.go_to(self.at - LEAP),
            KeyCode::Char('g') | KeyCode::Home => self.go_to(start),
            KeyCode::Char('G') | KeyCode::End => self.go_to(self.ends_at),
            _ => {}
        }
        false
    }

    fn go_to(&mut self, time: DateTime<Utc>) {
        let start = self.reader.header.start;
        let time = time.clamp(start, self.ends_at.max(start));
        if time < self.at || time == start {
            self.rewind();
        }
        self.goal = Some(Goal::Time(time));
    }

    /// Back to the start; what was read once can be read again.
    fn rewind(&mut self) {
        let Ok(reader) = Reader::new(Arc::clone(&self.bytes)) else {
            return;
        };
        self.reader = reader;
        self.model = self.first.clone();
        self.changes += 1;
        self.at = self.reader.header.start;
        (self.end, self.facts, self.lost, self.heard) = (None, None, 0, 0);
        self.uncoloured.push(Arc::clone(&self.model.lesson.lesson));
        self.fetch();
    }

    /// Lets the time pass, and tells the model what happened until then. Whether the screen may look different.
    pub fn advance(&mut self, now: DateTime<Utc>) -> bool {
        self.pass(now);
        let mut changed = false;
        for _ in 0..BURST {
            let due = match (&self.next, self.goal) {
                (Some(_), Some(Goal::Change)) => true,
                (Some((at, _)), Some(Goal::Time(goal))) => *at <= goal,
                (Some((at, _)), None) => *at <= self.at,
                (None, _) => false,
            };
            if !due {
                match self.goal.take() {
                    Some(Goal::Time(goal)) => self.at = self.at.max(goal),
                    Some(Goal::Change) | None => {}
                }
                break;
            }
            let change = self.step();
            changed |= change;
            if change && self.goal == Some(Goal::Change) {
                self.goal = None;
                break;
            }
        }
        changed
    }

    /// The time on the wall is this now.
    fn pass(&mut self, now: DateTime<Utc>) {
        let told = std::mem::replace(&mut self.told, now);
        if self.paused || self.goal.is_some() || self.next.is_none() {
            return;
        }
        let passed = (now - told).num_microseconds().unwrap_or_default().max(0);
        let passed = passed.saturating_mul(i64::from(SPEEDS[self.speed])) / 100;
        self.at = (self.at + TimeDelta::microseconds(passed)).min(self.ends_at);
    }

    /// Tells the model the next entry. Whether the screen may look different.
    fn step(&mut self) -> bool {
        let Some((at, entry)) = self.next.take() else {
            return false;
        };
        self.at = self.at.max(at);
        let changed = match entry {
            Entry::Heard(message) => {
                self.heard += 1;
                let outcome = app::update(&mut self.model, message, at);
                self.take(outcome.effects);
                outcome.changed
            }
            Entry::Lost(messages) => {
                self.lost = self.lost.saturating_add(messages);
                true
            }
            Entry::End(facts) => {
                self.facts = Some(facts);
                self.end = Some(Ok(()));
                true
            }
        };
        self.changes += u64::from(changed);
        self.fetch();
        changed
    }

    /// Of what the model asks for, colours are given: nothing else.
    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Highlight(lesson) = effect {
                self.uncoloured.push(lesson);
            }
        }
    }

    fn fetch(&mut self) {
        match self.reader.next() {
            Some(Ok(next)) => self.next = Some(next),
            Some(Err(why)) => {
                // What was not understood may have more behind it; nobody can tell.
                self.ends_at = self.at;
                self.end = Some(Err(why));
            }
            None => {}
        }
    }

    /// When it wants to go on by itself.
    pub fn next_deadline(&self) -> Option<DateTime<Utc>> {
        if self.goal.is_some() {
            return Some(self.told);
        }
        let (at, _) = self.next.as_ref().filter(|_| !self.paused)?;
        let wait = (*at - self.at)
            .num_microseconds()
            .unwrap_or(i64::MAX)
            .max(0);
        let wait = wait.saturating_mul(100) / i64::from(SPEEDS[self.speed]);
        // Rounded up, or it would ask again and again before its time.
        let wait = TimeDelta::microseconds(wait.saturating_add(1).min(24 * 3_600_000_000));
        let second = TimeDelta::microseconds(100_000_000 / i64::from(SPEEDS[self.speed]));
        Some(self.told + wait.min(second.max(TICK)))
    }

    /// Goes to the end at once. Where the run ended there, if its recording tells.
    pub fn play_out(&mut self) -> Option<&Facts> {
        while self.next.is_some() {
            self.step();
        }
        self.ending()
    }

    /// Colours for the code of the lesson.
    pub fn highlighted(&mut self, message: Message) -> bool {
        let now = self.model.now;
        let changed = app::update(&mut self.model, message, now).changed;
        self.changes += u64::from(changed);
        changed
    }
}
