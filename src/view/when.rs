//! Times and durations as the screen has room for them.

use chrono::{DateTime, FixedOffset, Utc};

/// The width of a table from which on its times have the hour.
pub(super) const WITH_HOUR: usize = 64;

/// The time of day to the millisecond, 12 cells; without the hour, 9 cells.
pub(super) fn time_of_day(at: DateTime<Utc>, zone: FixedOffset, with_hour: bool) -> String {
    let form = if with_hour {
        "%H:%M:%S%.3f"
    } else {
        "%M:%S%.3f"
    };
    at.with_timezone(&zone).format(form).to_string()
}

/// Date, time and zone in full.
pub(super) fn in_full(at: DateTime<Utc>, zone: FixedOffset) -> String {
    at.with_timezone(&zone)
        .format("%Y-%m-%d %H:%M:%S%.3f %:z")
        .to_string()
}

/// A duration given in milliseconds, in at most 7 cells: `840 ms`, `1.2 s`, `45 s`, `12 min`, `30 h`.
pub(super) fn duration(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..10_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        10_000..120_000 => format!("{} s", millis / 1_000),
        120_000..7_200_000 => format!("{} min", millis / 60_000),
        _ => format!("{} h", millis / 3_600_000),
    }
}

/// A delay given in milliseconds, in at most 6 cells: `+0.7s`.
pub(super) fn delay(millis: u64) -> String {
    match millis {
        0..10_000 => format!("+{}.{}s", millis / 1_000, millis % 1_000 / 100),
        10_000..100_000 => format!("+{}s", millis / 1_000),
        100_000..6_000_000 => format!("+{}m", millis / 60_000),
        _ => format!("+{}h", millis / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_stay_short_at_any_size() {
        let check = |millis, long: &str, short: &str| {
            assert_eq!(duration(millis), long);
            assert_eq!(delay(millis), short);
        };
        check(0, "0 ms", "+0.0s");
        check(999, "999 ms", "+0.9s");
        check(1_240, "1.2 s", "+1.2s");
        check(59_900, "59 s", "+59s");
        check(360_000, "6 min", "+6m");
        check(86_400_000, "24 h", "+24h");
    }

    #[test]
    fn times_are_the_learner_s() {
        let at = DateTime::from_timestamp_millis(1_795_372_800_045).expect("a time");
        let zone = FixedOffset::east_opt(3_600).expect("a zone");
        assert_eq!(time_of_day(at, zone, true), "19:40:00.045");
        assert_eq!(time_of_day(at, zone, false), "40:00.045");
        assert_eq!(in_full(at, zone), "2026-11-22 19:40:00.045 +01:00");
    }
}
