//! Choosing where the consumer starts, and reading what the learner types for it.

use chrono::{DateTime, Days, FixedOffset, NaiveTime, TimeDelta, TimeZone, Utc};
use tui_input::Input;

use crate::kinesis::{SequenceNumber, StartPosition};

/// What the lab calls going on from the checkpoints of the lease table.
pub const CHECKPOINT: &str = "checkpoint";

/// The five start positions, in the order of the dialog, and the lab's own: no position, but each shard's checkpoint.
pub const WORDS: [&str; 6] = [
    "TRIM_HORIZON",
    "LATEST",
    "AT_TIMESTAMP",
    "AT_SEQUENCE_NUMBER",
    "AFTER_SEQUENCE_NUMBER",
    CHECKPOINT,
];

/// What each of them means, in a few words.
pub const MEANINGS: [&str; 6] = [
    "the oldest record that is kept",
    "after the newest: only what comes from now on",
    "what arrived at this time or later",
    "exactly this record",
    "the record after this one",
    "where the workers stopped, else TRIM_HORIZON",
];

/// The dialog that `t` opens.
#[derive(Debug, Clone)]
pub struct StartDialog {
    /// An index into [`WORDS`].
    pub choice: usize,
    /// The time, for AT_TIMESTAMP.
    pub time: Input,
    /// The sequence number, for the last two.
    pub number: Input,
    /// What is wrong with the field, and what to do.
    pub problem: Option<String>,
}

impl StartDialog {
    /// The field that the choice needs, if it needs one.
    pub fn field(&mut self) -> Option<&mut Input> {
        match self.choice {
            2 => Some(&mut self.time),
            3 | 4 => Some(&mut self.number),
            _ => None,
        }
    }

    /// Whether to go on from the checkpoints.
    pub fn resumes(&self) -> bool {
        WORDS.get(self.choice) == Some(&CHECKPOINT)
    }

    /// What was chosen, or what is wrong with it.
    pub fn position(&self, now: DateTime<Utc>, zone: FixedOffset) -> Result<StartPosition, String> {
        let number = || sequence_number(self.number.value());
        Ok(match self.choice {
            0 => StartPosition::TrimHorizon,
            1 => StartPosition::Latest,
            2 => StartPosition::AtTimestamp(time(self.time.value(), now, zone)?),
            3 => StartPosition::AtSequenceNumber(number()?),
            4 => StartPosition::AfterSequenceNumber(number()?),
            // Where there is no checkpoint.
            _ => StartPosition::TrimHorizon,
        })
    }
}

fn sequence_number(text: &str) -> Result<SequenceNumber, String> {
    let digits = text.trim();
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return Err(
            "a sequence number is digits only: select a record first (Esc, then arrows), or type all 56".into(),
        );
    }
    Ok(digits.into())
}

/// Reads a time: `5m` or `90s` ago, `14:30` or `14:30:05` today in the learner's zone, or a full RFC 3339 time.
pub fn time(text: &str, now: DateTime<Utc>, zone: FixedOffset) -> Result<DateTime<Utc>, String> {
    const NO_TIME: &str = "type 5m (minutes ago), 14:30:05 or 2026-01-31T14:30:05Z";
    let text = text.trim();
    let ago = text.strip_prefix('-').unwrap_or(text);
    let ago = ago.strip_suffix(" ago").unwrap_or(ago);
    for (unit, seconds) in [("s", 1), ("m", 60), ("h", 3_600)] {
        if let Some(count) = ago
            .strip_suffix(unit)
            .and_then(|n| n.trim().parse::<u32>().ok())
        {
            return now
                .checked_sub_signed(TimeDelta::seconds(i64::from(count) * seconds))
                .ok_or_else(|| NO_TIME.into());
        }
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        let time = time.to_utc();
        return if time <= now {
            Ok(time)
        } else {
            Err("that time is still to come: LATEST reads what arrives from now on".into())
        };
    }
    let clock = ["%H:%M:%S%.f", "%H:%M"]
        .into_iter()
        .find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    let today = now.with_timezone(&zone).date_naive();
    let at = clock.and_then(|clock| zone.from_local_datetime(&today.and_time(clock)).earliest());
    match at.map(|at| at.to_utc()) {
        // Just after midnight a clock time that lies ahead means yesterday's.
        Some(at) if at > now => Ok(at.checked_sub_days(Days::new(1)).unwrap_or(at)),
        Some(at) => Ok(at),
        None => Err(NO_TIME.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_type_them() {
        let now = DateTime::parse_from_rfc3339("2026-05-01T12:00:00Z")
            .expect("a time")
            .to_utc();
        let zone = FixedOffset::east_opt(2 * 3_600).expect("a zone");
        let check = |text: &str, seconds_ago: i64| {
            assert_eq!(
                time(text, now, zone),
                Ok(now - TimeDelta::seconds(seconds_ago)),
                "{text}"
            );
        };
        check("90s", 90);
        check("5m", 300);
        check("-5m", 300);
        check("2h ago", 7_200);
        check("2026-05-01T11:59:00Z", 60);
        check("2026-05-01T13:59:00+02:00", 60);
        check("13:59", 60);
        check("13:58:30", 90);
        check("14:30", 84_600);
        assert!(time("soon", now, zone).is_err());
        assert!(time("", now, zone).is_err());
    }

    #[test]
    fn a_choice_says_what_its_field_lacks() {
        let dialog = StartDialog {
            choice: 4,
            time: Input::default(),
            number: Input::new("49x".into()),
            problem: None,
        };
        assert!(
            dialog
                .position(
                    DateTime::UNIX_EPOCH,
                    FixedOffset::east_opt(0).expect("a zone")
                )
                .is_err_and(|why| why.contains("digits only"))
        );
    }
}
