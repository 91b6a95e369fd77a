//! The second screen itself: what it sees of the lab. It asks for nothing but its end.

use chrono::{DateTime, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Shown, Sight};
use crate::app::message::{Effect, Message};
use crate::app::model::Outcome;
use crate::app::theme::Theme;

/// The second screen.
#[derive(Debug, Clone)]
pub struct Notes {
    /// The time of the last message.
    pub now: DateTime<Utc>,
    /// What it sees; `None` before its first look.
    pub sight: Option<Sight>,
    /// Whether it has seen a lab before.
    pub seen: bool,
    /// Where it looks, in words.
    pub place: String,
    /// The theme.
    pub theme: Theme,
    /// The size of the screen, in cells.
    pub size: (u16, u16),
    drawn: DateTime<Utc>,
}

impl Notes {
    /// A second screen that looks into this folder, named in words.
    pub fn new(place: String, theme: Theme, size: (u16, u16), now: DateTime<Utc>) -> Self {
        Self {
            now,
            sight: None,
            seen: false,
            place,
            theme,
            size,
            drawn: now,
        }
    }

    /// What the lab tells, if one runs and can be understood.
    pub fn shown(&self) -> Option<&Shown> {
        match &self.sight {
            Some(Sight::Lab {
                shown: Ok(shown), ..
            }) => Some(shown),
            _ => None,
        }
    }

    /// Takes a message in.
    pub fn update(&mut self, message: Message, now: DateTime<Utc>) -> Outcome {
        self.now = self.now.max(now);
        let mut out = Outcome::default();
        match message {
            Message::SightChanged(sight) => {
                self.seen |= matches!(*sight, Sight::Lab { .. });
                self.sight = Some(*sight);
                out.changed = true;
            }
            Message::Pressed(key) => self.pressed(key, &mut out),
            Message::Resized(width, height) => {
                self.size = (width, height);
                out.changed = true;
            }
            Message::DeadlinePassed => out.changed = true,
            Message::StopAsked => out.effects.push(Effect::Quit),
            // All else happens to labs.
            _ => {}
        }
        if out.changed {
            self.drawn = self.now;
        }
        out
    }

    fn pressed(&mut self, key: KeyEvent, out: &mut Outcome) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control => out.effects.push(Effect::Quit),
            KeyCode::Char('l') if control => out.effects.push(Effect::Redraw),
            KeyCode::Char('q') if !control => out.effects.push(Effect::Quit),
            KeyCode::Char('T') => {
                self.theme = self.theme.next();
                out.changed = true;
            }
            _ => {}
        }
    }

    /// When a second that is shown is over; `None` while no clock goes.
    pub fn next_deadline(&self) -> Option<DateTime<Utc>> {
        self.shown()?.clock.next_second(self.drawn)
    }
}
