//! Points of the ring for a split: which are possible, how one is moved and typed.

use crate::kinesis::hash_ranges::{HashKey, HashRange};

/// Parts of a shard's range in a fine and in a coarse step.
const FINE: u128 = 64;
const COARSE: u128 = 8;

/// The first and the last hash key at which this range can be split: Kinesis wants the point to lie more than one behind
/// its start and before its end. None where it is too narrow.
pub fn possible(range: HashRange) -> Option<(HashKey, HashKey)> {
    let first = range.start.value().checked_add(2)?;
    let last = range.end.value().checked_sub(1)?;
    (first <= last).then_some((first.into(), last.into()))
}

/// The point whose children are equally wide.
pub(in crate::app) fn middle(range: HashRange) -> HashKey {
    let half = (range.end.value() - range.start.value()) / 2;
    let behind = range.start.value() + half;
    HashKey::from(behind.saturating_add(1)).min(range.end)
}

/// The point so many steps further on, or as far as there are possible ones.
pub(super) fn moved(range: HashRange, at: HashKey, steps: i8, coarse: bool) -> HashKey {
    let Some((first, last)) = possible(range) else {
        return at;
    };
    let parts = if coarse { COARSE } else { FINE };
    let width = range.end.value() - range.start.value();
    let by = (width / parts)
        .max(1)
        .saturating_mul(u128::from(steps.unsigned_abs()));
    let moved = match steps < 0 {
        true => at.value().saturating_sub(by),
        false => at.value().saturating_add(by),
    };
    HashKey::from(moved.clamp(first.value(), last.value()))
}

/// Reads a point: decimal digits, or hexadecimal ones behind `0x`.
pub(super) fn typed(text: &str) -> Result<HashKey, String> {
    let text = text.trim().replace('_', "");
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = match hex {
        Some(digits) => (digits, 16),
        None => (text.as_str(), 10),
    };
    // A sign is no digit, whatever a parser makes of it.
    let all_digits = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let read = all_digits
        .then(|| u128::from_str_radix(digits, radix).ok())
        .flatten();
    read.map(HashKey::from).ok_or_else(|| {
        "a point is a number from 0 to 2^128-1: decimal digits, or 0x and hexadecimal ones".into()
    })
}

/// Why a range cannot be split at a point, if so, with what to do.
pub(super) fn problem(range: HashRange, at: HashKey) -> Option<String> {
    let Some((first, last)) = possible(range) else {
        return Some("this shard's range is too narrow to be split: choose another shard".into());
    };
    (!(first..=last).contains(&at)).then(|| {
        let side = match at {
            at if !range.contains(at) => "outside the shard",
            _ => "at the shard's edge, where one child would own next to nothing",
        };
        format!(
            "that point lies {side}: take one from 0x{} to 0x{}",
            first.hex(),
            last.hex()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(start: u128, end: u128) -> HashRange {
        HashRange {
            start: start.into(),
            end: end.into(),
        }
    }

    #[test]
    fn the_middle_of_the_whole_line_makes_even_halves() {
        let at = middle(range(0, u128::MAX));
        let (lower, higher) = range(0, u128::MAX).split_at(at).expect("two children");
        assert_eq!(vec![lower, higher], HashRange::split_evenly(2));
    }

    #[test]
    fn points_are_read_in_both_spellings() {
        for (text, value) in [
            ("0", 0),
            (" 255 ", 255),
            ("0xff", 255),
            ("0XFF", 255),
            ("0x0000_00ff", 255),
            ("340282366920938463463374607431768211455", u128::MAX),
            ("0xffffffffffffffffffffffffffffffff", u128::MAX),
        ] {
            assert_eq!(typed(text), Ok(value.into()), "{text}");
        }
        for text in [
            "",
            "0x",
            "ff",
            "+1",
            "-1",
            "0x+1",
            "1.5",
            "340282366920938463463374607431768211456",
            "0x100000000000000000000000000000000",
        ] {
            assert!(typed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn points_at_the_edges_are_refused_as_kinesis_refuses_them() {
        let shard = range(100, 200);
        for (at, good) in [
            (100, false),
            (101, false),
            (102, true),
            (199, true),
            (200, false),
        ] {
            assert_eq!(problem(shard, at.into()).is_none(), good, "{at}");
        }
        assert!(problem(shard, 99.into()).is_some_and(|why| why.contains("outside")));
        assert!(problem(range(5, 7), 6.into()).is_some_and(|why| why.contains("too narrow")));
        assert_eq!(possible(range(5, 8)), Some((7.into(), 7.into())));
    }

    proptest! {
        #[test]
        fn a_point_that_is_moved_stays_possible(
            start in any::<u128>(),
            width in 3u128..,
            steps in any::<i8>(),
            coarse in any::<bool>(),
        ) {
            let range = range(start, start.saturating_add(width));
            if possible(range).is_some() {
                let at = middle(range);
                prop_assert!(problem(range, at).is_none());
                prop_assert!(problem(range, moved(range, at, steps, coarse)).is_none());
            }
        }
    }
}
