//! An endpoint that does not answer, be it frozen or far away: said after some seconds, and taken back when it answers.
//!
//! The embedded server is this very process; only another endpoint can be silent while the lab is not. On AWS a call may
//! take its time.

use chrono::{DateTime, TimeDelta, Utc};

use super::connection::ConnectionKind;
use super::message::Effect;
use super::model::{Model, Outcome, Status, Tone};

/// So long without any answer, while calls wait, is worth a word.
const LONG: TimeDelta = TimeDelta::seconds(3);

/// How the word begins.
const BEGINS: &str = "No answer from ";

/// The calls that wait for an answer. Every call gets one, be it that none came in time.
#[derive(Debug, Clone, Default)]
pub struct Silence {
    waiting: usize,
    /// When the last answer came, or the first of those that wait went out.
    since: Option<DateTime<Utc>>,
    said: bool,
}

impl Silence {
    /// When the silence is worth a word.
    pub(super) fn next_deadline(&self) -> Option<DateTime<Utc>> {
        let since = self.since.filter(|_| self.waiting > 0 && !self.said)?;
        Some(since + LONG)
    }
}

/// After every message: counts what went out, and says or takes back that nothing answers.
pub(super) fn follow(model: &mut Model, answered: bool, now: DateTime<Utc>, out: &mut Outcome) {
    if model.connection.kind != ConnectionKind::Endpoint {
        return;
    }
    let calls = out.effects.iter();
    let calls = calls.filter(|it| matches!(it, Effect::Call(_))).count();
    let silence = &mut model.silence;
    if answered {
        silence.waiting = silence.waiting.saturating_sub(1);
        silence.since = Some(now);
    } else if silence.waiting == 0 {
        silence.since = Some(now);
    }
    silence.waiting += calls;
    if answered && std::mem::take(&mut silence.said) && model.status.words.starts_with(BEGINS) {
        out.changed = true;
        model.status = Status::default();
    }
    let silence = &mut model.silence;
    if silence.next_deadline().is_some_and(|at| at <= now) {
        silence.said = true;
        out.changed = true;
        let wait = match silence.waiting {
            1 => "1 call waits".to_owned(),
            n => format!("{n} calls wait"),
        };
        let words = format!("{BEGINS}{} for 3 s; {wait}.", model.connection.host());
        model.say(Tone::Nearly, words);
    }
}
