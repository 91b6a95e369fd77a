//! The time that the open section has left, as figures to be drawn large and the words beside them.

use crate::app::class::{self, Time};
use crate::app::model::Model;
use crate::app::section_clock::{Spent, spent};

/// How the time stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeLeft {
    /// Minutes, or minutes and seconds of over-time behind a `+`.
    pub figures: String,
    /// What they are.
    pub words: &'static str,
}

/// How the open section's time stands; `None` where no page is open. Begun minutes count whole, so that 1 is the last.
pub fn time_left(model: &Model) -> Option<TimeLeft> {
    model.lesson.section()?;
    if let Some(time) = class::time(model, model.now) {
        let (words, resting) = match time {
            Time::Left(_) => ("left", "left, paused"),
            Time::Over(_) => ("over time", "over time, paused"),
            Time::Used(_) => ("so far", "so far, paused"),
        };
        return Some(TimeLeft {
            figures: time.to_string(),
            words: if class::rests(model) { resting } else { words },
        });
    }
    let rests = model.lesson.clock.rests();
    let (figures, words, resting) = match spent(&model.lesson, model.now) {
        Spent::Within(spent, Some(budget)) => {
            let left = i64::from(budget) - spent;
            (left.to_string(), "min left", "min left, paused")
        }
        Spent::Within(spent, None) => (spent.to_string(), "min so far", "min so far, paused"),
        Spent::Over(_, beyond) => {
            let figures = format!("+{}:{:02}", beyond / 60, beyond % 60);
            (figures, "over time", "over time, paused")
        }
    };
    Some(TimeLeft {
        figures,
        words: if rests { resting } else { words },
    })
}
