//! The numbers in words, for the screen and for lines alike.

use super::window::{Measure, Pressure, Usage};

/// A rate as it is written: `612`, `0.2`, `12 KiB`, `0.9 MiB`.
pub fn amount(measure: Measure, a_second: f64) -> String {
    const KIB: f64 = 1024.0;
    match measure {
        Measure::Records | Measure::Calls => match a_second {
            0.0 => "0".into(),
            ..9.95 => tenths(a_second),
            _ => grouped(a_second.round() as u64),
        },
        Measure::BytesWritten | Measure::BytesRead => match a_second {
            0.0 => "0".into(),
            ..KIB => "<1 KiB".into(),
            _ if a_second < 100.0 * KIB => format!("{} KiB", (a_second / KIB).round()),
            _ => format!("{} MiB", tenths(a_second / KIB / KIB)),
        },
    }
}

/// One decimal, unless it is zero.
fn tenths(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A rate beside its limit: `612 of 1,000 records`, `0.9 of 1 MiB`, `2 of 5 calls`.
pub fn of_limit(usage: &Usage) -> String {
    let limit = match usage.measure {
        Measure::Records => "1,000 records",
        Measure::BytesWritten => "1 MiB",
        Measure::Calls => "5 calls",
        Measure::BytesRead => "2 MiB",
    };
    let amount = amount(usage.measure, usage.a_second);
    // The unit is said once where it is the same.
    format!("{} of {limit}", amount.trim_end_matches(" MiB"))
}

/// What is to be said of a shard.
pub fn pressure_words(pressure: &Pressure) -> String {
    let times = |count: u64| match count {
        1 => "once".to_owned(),
        n => format!("{} times", grouped(n)),
    };
    match pressure {
        Pressure::Quiet => "quiet".into(),
        Pressure::Room => "room to spare".into(),
        Pressure::Bursts(usage) => {
            let what = match usage.measure {
                Measure::Records => " records",
                Measure::Calls => " calls",
                Measure::BytesWritten | Measure::BytesRead => "",
            };
            let peak = amount(usage.measure, usage.peak as f64);
            format!("in bursts: {peak}{what} in one second")
        }
        Pressure::Near(usage) => match usage.measure {
            Measure::Records | Measure::BytesWritten => "near its limit of writing".into(),
            Measure::Calls | Measure::BytesRead => "near its limit of reading".into(),
        },
        Pressure::Throttled { writes, reads: 0 } => {
            format!("writes throttled {} in 10 s", times(*writes))
        }
        Pressure::Throttled { writes: 0, reads } => {
            format!("reads throttled {} in 10 s", times(*reads))
        }
        Pressure::Throttled { writes, reads } => format!(
            "throttled in 10 s: writes {}, reads {}",
            times(*writes),
            times(*reads)
        ),
    }
}

/// A delay in milliseconds, in at most 8 cells: `840 ms`, `1.2 s`, `45 s`, `12 min`, `30 h`, `-2.5 s`.
pub fn span(millis: i64) -> String {
    let sign = if millis < 0 { "-" } else { "" };
    let millis = millis.unsigned_abs();
    let words = match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..10_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        10_000..120_000 => format!("{} s", millis / 1_000),
        120_000..7_200_000 => format!("{} min", millis / 60_000),
        7_200_000..345_600_000 => format!("{} h", millis / 3_600_000),
        _ => format!("{} d", millis / 86_400_000),
    };
    format!("{sign}{words}")
}

/// A count with its thousands apart.
pub fn grouped(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        _ => format!("{},{:03}", grouped(count / 1_000), count % 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_stands_beside_its_limit() {
        let check = |measure, a_second, expected: &str| {
            let usage = Usage {
                measure,
                a_second,
                peak: 0,
            };
            assert_eq!(of_limit(&usage), expected);
        };
        check(Measure::Records, 0.0, "0 of 1,000 records");
        check(Measure::Records, 0.2, "0.2 of 1,000 records");
        check(Measure::Records, 612.4, "612 of 1,000 records");
        check(Measure::Records, 1_000.0, "1,000 of 1,000 records");
        check(Measure::Calls, 2.0, "2 of 5 calls");
        check(Measure::BytesWritten, 0.0, "0 of 1 MiB");
        check(Measure::BytesWritten, 12.0, "<1 KiB of 1 MiB");
        check(Measure::BytesWritten, 12_300.0, "12 KiB of 1 MiB");
        check(Measure::BytesRead, 1_992_294.0, "1.9 of 2 MiB");
    }

    #[test]
    fn what_presses_is_told_in_words() {
        let check = |pressure, expected: &str| assert_eq!(pressure_words(&pressure), expected);
        let usage = |measure, peak| Usage {
            measure,
            a_second: 0.0,
            peak,
        };
        check(Pressure::Quiet, "quiet");
        check(
            Pressure::Bursts(usage(Measure::Records, 1_000)),
            "in bursts: 1,000 records in one second",
        );
        check(
            Pressure::Bursts(usage(Measure::BytesRead, 2_000_000)),
            "in bursts: 1.9 MiB in one second",
        );
        check(
            Pressure::Near(usage(Measure::Calls, 5)),
            "near its limit of reading",
        );
        let throttled = |writes, reads| Pressure::Throttled { writes, reads };
        check(throttled(12, 0), "writes throttled 12 times in 10 s");
        check(throttled(0, 1), "reads throttled once in 10 s");
        check(
            throttled(1_200, 3),
            "throttled in 10 s: writes 1,200 times, reads 3 times",
        );
    }

    #[test]
    fn delays_stay_short_at_any_size_and_keep_their_sign() {
        let check = |millis, expected: &str| assert_eq!(span(millis), expected);
        check(0, "0 ms");
        check(-999, "-999 ms");
        check(1_240, "1.2 s");
        check(-59_900, "-59 s");
        check(360_000, "6 min");
        check(86_400_000, "24 h");
        check(900_000_000, "10 d");
        assert!(span(i64::MIN).len() < 20);
    }
}
