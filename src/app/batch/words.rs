//! Batch against stream in words, for the screen and for lines alike.

use chrono::{DateTime, FixedOffset};

use super::{ALLOWED, Alarm, Batch, FINE, INTERVALS, Reckoning, WITHIN};
use crate::app::lab_clock::in_words;
use crate::app::model::Model;
use crate::app::numbers::{grouped, span};

/// What is left until this moment: `38 min`, `9 s`.
pub(super) fn time_left(reckoning: &Reckoning, until: i64) -> String {
    let left = until - reckoning.now();
    let seconds = (left.max(0) as u64).div_ceil(1_000);
    in_words(match left > FINE {
        true => seconds.div_ceil(60) * 60,
        false => seconds,
    })
}

/// A moment of lab time as the learner's clock would show it.
fn clock(at: i64, zone: FixedOffset) -> String {
    let time = DateTime::from_timestamp_millis(at).unwrap_or_default();
    time.with_timezone(&zone).format("%H:%M:%S").to_string()
}

/// What waits for the batch, and until when.
pub fn waits(batch: &Batch, zone: FixedOffset) -> String {
    let close = clock(batch.closes(), zone);
    let left = time_left(&batch.reckoning, batch.closes());
    match batch.waiting() {
        0 => "nothing waits for the batch".into(),
        1 => format!("1 event waits: answered at {close}, in {left}"),
        n => format!("{n} events wait: answered at {close}, in {left}"),
    }
}

/// The rule of the fraud check.
pub fn rule() -> String {
    format!(
        "Fraud check, as if each were a purchase: more than {ALLOWED} of a key in {} s.",
        WITHIN / 1_000
    )
}

/// An alarm, and when each way finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmWords {
    /// What happened.
    pub what: String,
    /// When the stream found it.
    pub stream: String,
    /// When the batch found it, or would, and what passed until then.
    pub batch: String,
    /// Whether the batch has found it.
    pub found: bool,
}

/// An alarm in words.
pub fn alarm_words(model: &Model, alarm: &Alarm) -> AlarmWords {
    let how = match model.feeds() {
        true => " (polling adds its pause)",
        false => ", when it was read",
    };
    told(&model.batch, alarm, model.zone, how)
}

fn told(batch: &Batch, alarm: &Alarm, zone: FixedOffset, how: &str) -> AlarmWords {
    let reckoning = &batch.reckoning;
    let close = reckoning.found_by_batch(alarm, batch.interval);
    let found = close <= reckoning.now();
    let passed = alarm.passed[batch.interval];
    let (at, after) = (clock(close, zone), span(close - alarm.at));
    AlarmWords {
        what: format!(
            "{}: {} events within {}, the last at {}",
            alarm.key,
            ALLOWED + 1,
            span(alarm.burst),
            clock(alarm.at, zone)
        ),
        stream: format!(
            "found {} after its arrival{how}",
            span(alarm.found - alarm.at)
        ),
        batch: match found {
            true => format!("found {after} later, at {at}: {passed} more passed meanwhile"),
            false => format!(
                "not before {at}, in {}: {passed} more passed so far",
                time_left(reckoning, close)
            ),
        },
        found,
    }
}

/// From so many runs a day on a batch has nothing to be better at.
const NEARLY_ALWAYS: i64 = 1_000;

/// What a batch of this interval is better at.
pub fn better(batch: &Batch) -> String {
    let (_, name) = INTERVALS[batch.interval];
    if batch.runs_a_day() > NEARLY_ALWAYS {
        let runs = grouped(batch.runs_a_day().unsigned_abs());
        return format!(
            "A run every {name} is {runs} runs a day: nearly always on, and its answers are late all the same. A stream is simpler here."
        );
    }
    let runs = match batch.runs_a_day() {
        1 => "one run a day".to_owned(),
        n => format!("{} runs a day", grouped(n.unsigned_abs())),
    };
    format!(
        "Where answers can wait {name}, batch is better: {runs} instead of always on, late events are in, and a rerun is simple."
    )
}

/// Which events these are, and how they are reckoned.
pub fn source(model: &Model) -> String {
    if !model.feeds() {
        return "Both count the records that this lab read, each once, by arrival.".into();
    }
    let name = model.streams.name().unwrap_or_default();
    let counted = model.batch.reckoning.total.all;
    match model.streams.count(name).held().saturating_sub(counted) {
        0 => "Both count the same stored records, by arrival in lab time.".into(),
        before => format!(
            "Both count the same records, stored since this lab looks at the stream, by arrival in lab time; {} from before {} not in it.",
            grouped(before),
            if before == 1 { "is" } else { "are" }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_795_372_800_000;

    fn batch(events: &[i64], interval: usize) -> Batch {
        let zone = FixedOffset::east_opt(3_600).expect("a zone");
        let mut batch = Batch::new(zone);
        batch.interval = interval;
        for at in events {
            batch.reckoning.came("alice", START + at, START + at + 200);
        }
        batch
    }

    #[test]
    fn what_waits_is_told_with_the_moment_of_its_answer() {
        let zone = FixedOffset::east_opt(3_600).expect("a zone");
        let check = |events: &[i64], interval, expected: &str| {
            assert_eq!(waits(&batch(events, interval), zone), expected);
        };
        check(&[], 3, "nothing waits for the batch");
        check(&[0], 3, "1 event waits: answered at 20:00:00, in 20 min");
        check(
            &[0, 5_000],
            0,
            "2 events wait: answered at 19:40:10, in 5 s",
        );
    }

    #[test]
    fn an_alarm_tells_what_the_delay_costs() {
        let zone = FixedOffset::east_opt(3_600).expect("a zone");
        let at = |interval| {
            let batch = batch(&[0, 700, 1_400, 2_100, 9_000, 12_000], interval);
            let alarm = batch.reckoning.alarms().next().expect("an alarm").clone();
            told(&batch, &alarm, zone, "")
        };
        assert_eq!(
            at(3),
            AlarmWords {
                what: "alice: 4 events within 2.1 s, the last at 19:40:02".into(),
                stream: "found 200 ms after its arrival".into(),
                batch: "not before 20:00:00, in 20 min: 2 more passed so far".into(),
                found: false,
            }
        );
        assert_eq!(
            at(0).batch,
            "found 7.9 s later, at 19:40:10: 1 more passed meanwhile"
        );
    }

    #[test]
    fn what_a_batch_is_better_at_depends_on_its_interval() {
        assert!(better(&batch(&[], 0)).contains("8,640 runs a day"));
        assert!(better(&batch(&[], 0)).contains("A stream is simpler"));
        assert!(better(&batch(&[], 1)).contains("1,440 runs a day: nearly always on"));
        assert!(
            better(&batch(&[], 2))
                .starts_with("Where answers can wait 15 min, batch is better: 96 runs")
        );
        assert!(better(&batch(&[], 3)).contains("24 runs a day"));
        assert!(better(&batch(&[], 4)).contains("one run a day"));
    }
}
