//! The themes by name. What they look like is the screen's business.

use serde::{Deserialize, Serialize};

/// A theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Theme {
    /// The terminal's own 16 colours and background: right on dark and light.
    #[default]
    Terminal,
    /// 24-bit colours on a dark background.
    Dark,
    /// 24-bit colours on a light background.
    Light,
    /// Weight, marks and words only.
    Mono,
    /// The strongest contrast, for projectors.
    HighContrast,
}

impl Theme {
    /// All of them, in the order of the key.
    pub const ALL: [Self; 5] = [
        Self::Terminal,
        Self::Dark,
        Self::Light,
        Self::Mono,
        Self::HighContrast,
    ];

    /// Its name, as in `--theme` and in the progress record.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
            Self::HighContrast => "high-contrast",
        }
    }

    /// The theme of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// The next one, round.
    pub fn next(self) -> Self {
        let place = Self::ALL
            .iter()
            .position(|theme| *theme == self)
            .unwrap_or(0);
        Self::ALL[(place + 1) % Self::ALL.len()]
    }
}
