//! The instructor's second screen: what the lab tells it, and what it shows of that.
//!
//! The lab says what stands on the page and how its clocks stand, as instants, whenever that is another thing than before;
//! the second screen, a process of its own, reckons the time from them. So nothing is written for the time alone.

mod notes;
mod shown;

use serde::{Deserialize, Serialize};

pub use notes::Notes;
pub use shown::{Clock, Phase, Room, Shown};

use super::message::Effect;
use super::model::{Model, Outcome};

/// The version of what is told.
pub const FORMAT: u32 = 1;

/// What the second screen sees of labs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Sight {
    /// No lab runs here.
    Nobody,
    /// The newest lab of those that run.
    Lab {
        /// Its process.
        pid: u32,
        /// How many run beside it.
        others: usize,
        /// What it tells.
        shown: Result<Box<Shown>, Unread>,
    },
}

/// Why nothing can be shown of a lab that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unread {
    /// It has told nothing yet, or nothing that has the form of it.
    Nothing,
    /// It is told in the form of this other version.
    Version(u32),
    /// What is told cannot be read.
    Damaged,
}

/// Reads what a lab told.
pub fn read(text: &[u8]) -> Result<Box<Shown>, Unread> {
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    match serde_json::from_slice::<Version>(text) {
        Ok(version) if version.format != FORMAT => Err(Unread::Version(version.format)),
        Ok(_) => serde_json::from_slice(text).map_err(|_| Unread::Damaged),
        Err(_) => Err(Unread::Damaged),
    }
}

/// After every message: what is shown is told, if it is another thing than before.
pub(super) fn follow(model: &mut Model, out: &mut Outcome) {
    if !out.changed {
        return;
    }
    let shown = Shown::of(model);
    if model.told.as_deref() == Some(&shown) {
        return;
    }
    let shown = Box::new(shown);
    model.told = Some(shown.clone());
    out.effects.push(Effect::TellSecondScreen(shown));
}
