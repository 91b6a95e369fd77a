//! What a line of the table of keys is made of.

use crossterm::event::KeyCode;

use crate::app::action::Action;
use crate::app::screen::Pane;

/// Where a key is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// From any pane, unless a field has the keys.
    Anywhere,
    /// In this pane only.
    In(Pane),
    /// In the producer, in the consumer and in the shards.
    Live,
    /// In the lesson, while the card of a prediction on the screen waits for its answer.
    Prediction,
    /// In present mode, whatever is shown.
    Present,
}

impl Scope {
    /// Whether it is valid in a pane of the full lab.
    pub(super) fn holds(self, pane: Pane) -> bool {
        match self {
            Self::Anywhere => true,
            Self::In(only) => only == pane,
            Self::Live => matches!(pane, Pane::Producer | Pane::Consumer | Pane::Shards),
            Self::Prediction => pane == Pane::Lesson,
            Self::Present => false,
        }
    }

    /// The heading under which help lists it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Anywhere => "Anywhere",
            Self::In(pane) => pane.title(),
            Self::Live => "Producer, consumer and shards",
            Self::Prediction => "Lesson, while a prediction waits",
            Self::Present => "Present mode",
        }
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    pub(super) code: KeyCode,
    pub(super) ctrl: bool,
}

impl Key {
    /// As it is written on the screen.
    pub fn name(self) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => "Space".to_owned(),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::BackTab => "Shift-Tab".into(),
            KeyCode::PageUp => "PgUp".into(),
            KeyCode::PageDown => "PgDn".into(),
            KeyCode::Up => "↑".into(),
            KeyCode::Down => "↓".into(),
            KeyCode::Left => "←".into(),
            KeyCode::Right => "→".into(),
            other => format!("{other:?}"),
        };
        if self.ctrl {
            format!("Ctrl-{}", name.to_uppercase())
        } else {
            name
        }
    }
}

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// The keys that do it, the one to teach first.
    pub keys: &'static [Key],
    /// Where.
    pub scope: Scope,
    /// What they do.
    pub action: Action,
    /// The word beside the key in the bottom bar.
    pub hint: &'static str,
    /// What it does, for help, palette and README.
    pub does: &'static str,
}

pub(super) const fn key(c: char) -> Key {
    Key {
        code: KeyCode::Char(c),
        ctrl: false,
    }
}

pub(super) const fn ctrl(c: char) -> Key {
    Key {
        code: KeyCode::Char(c),
        ctrl: true,
    }
}

pub(super) const fn named(code: KeyCode) -> Key {
    Key { code, ctrl: false }
}

pub(super) const fn bind(
    scope: Scope,
    keys: &'static [Key],
    action: Action,
    hint: &'static str,
    does: &'static str,
) -> Binding {
    Binding {
        keys,
        scope,
        action,
        hint,
        does,
    }
}
