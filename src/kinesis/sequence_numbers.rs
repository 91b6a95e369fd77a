//! What a sequence number is made of, and how to show it.
//!
//! AWS does not document the layout; this is what kinesalite's authors read out of real ones. A number is 186 bits
//! (47 hexadecimal digits, 56 decimal ones today):
//!
//! ```text
//! hex digit  0   1..9           10              11..26     27..28  29..37         38..45       46
//!            2   shard created  shard's nibble  index      byte    recorded       shard index  version 2
//!                epoch seconds  its low digit   63 bits            epoch seconds  31 bits
//! ```
//!
//! So numbers of one shard sort by index: they grow, but not by one, and the last digits do not grow at all.
//! Only the server takes numbers apart, and whoever stores many of them. To a client they are opaque, so the helpers for
//! screens work on digits alone.

use serde::{Deserialize, Serialize};

use super::SequenceNumber;

/// The highest index of a record; the ending number of a closed shard carries it.
pub const LAST_INDEX: u64 = i64::MAX as u64;

/// How many bits a time in epoch seconds has in a number.
const TIME_BITS: u32 = 36;

/// A sequence number (version 2) taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "(u64, u64, u8, u64, u32)", from = "(u64, u64, u8, u64, u32)")]
pub struct Parts {
    /// When the shard was created, in epoch seconds.
    pub shard_created: u64,
    /// Where the record stands among those of the shard; 0 is the shard's starting number.
    pub index: u64,
    /// A byte of unknown meaning, 0 in nearly all numbers seen.
    pub byte: u8,
    /// When the record was stored, in epoch seconds.
    pub recorded: u64,
    /// The shard's index in its stream.
    pub shard: u32,
}

impl Parts {
    /// The number that consists of these parts.
    pub fn encode(&self) -> SequenceNumber {
        let time = |seconds: u64| u128::from(seconds & ((1 << TIME_BITS) - 1));
        let index = u128::from(self.index & LAST_INDEX);
        let shard = u128::from(self.shard & i32::MAX as u32);
        // The 188 bits as a high and a low half; the index lies across the border at bit 96.
        let low = 2
            | shard << 4
            | time(self.recorded) << 36
            | u128::from(self.byte) << 72
            | (index & 0xffff) << 80;
        let high = index >> 16
            | (shard & 0xf) << 48
            | time(self.shard_created) << 52
            | 2 << (52 + TIME_BITS);
        SequenceNumber::from(Number::from_halves(high, low).to_decimal())
    }

    /// Takes a number apart; nothing if it is no number of this layout.
    pub fn decode(number: &SequenceNumber) -> Option<Self> {
        let (high, low) = Number::from_decimal(number.as_str())?.halves();
        let time = |bits: u128| (bits & ((1 << TIME_BITS) - 1)) as u64;
        let parts = Self {
            shard_created: time(high >> 52),
            index: ((high & ((1 << 48) - 1)) << 16 | low >> 80) as u64,
            byte: (low >> 72) as u8,
            recorded: time(low >> 36),
            shard: (low >> 4) as u32,
        };
        let sound = low & 0xf == 2
            && high >> (52 + TIME_BITS) == 2
            && parts.index <= LAST_INDEX
            && parts.shard <= i32::MAX as u32
            && (high >> 48) & 0xf == u128::from(parts.shard & 0xf);
        sound.then_some(parts)
    }
}

impl From<Parts> for (u64, u64, u8, u64, u32) {
    fn from(parts: Parts) -> Self {
        let Parts {
            shard_created,
            index,
            byte,
            recorded,
            shard,
        } = parts;
        (shard_created, index, byte, recorded, shard)
    }
}

impl From<(u64, u64, u8, u64, u32)> for Parts {
    fn from((shard_created, index, byte, recorded, shard): (u64, u64, u8, u64, u32)) -> Self {
        Self {
            shard_created,
            index,
            byte,
            recorded,
            shard,
        }
    }
}

/// An unsigned number below 2^192, as 32-bit limbs, the lowest first.
struct Number([u32; 6]);

impl Number {
    /// Decimal digits are written nineteen at a time, the most that fit 64 bits.
    const CHUNK: u128 = 10_u128.pow(Self::CHUNK_DIGITS as u32);
    const CHUNK_DIGITS: usize = 19;

    /// `high * 2^96 + low`.
    fn from_halves(high: u128, low: u128) -> Self {
        let limb = |half: u128, index: u32| (half >> (32 * index)) as u32;
        Self([
            limb(low, 0),
            limb(low, 1),
            limb(low, 2),
            limb(high, 0),
            limb(high, 1),
            limb(high, 2),
        ])
    }

    fn halves(&self) -> (u128, u128) {
        let half = |limbs: &[u32]| {
            limbs
                .iter()
                .rev()
                .fold(0, |sum: u128, limb| sum << 32 | u128::from(*limb))
        };
        (half(&self.0[3..]), half(&self.0[..3]))
    }

    fn to_decimal(&self) -> String {
        let limb = |index| u64::from(self.0[index]) | u64::from(self.0[index + 1]) << 32;
        let mut limbs = [limb(0), limb(2), limb(4)];
        // 2^192 has 58 digits: four chunks.
        let mut digits = [b'0'; 4 * Self::CHUNK_DIGITS];
        for chunk in digits.rchunks_exact_mut(Self::CHUNK_DIGITS) {
            let mut rest = 0;
            for limb in limbs.iter_mut().rev().skip_while(|limb| **limb == 0) {
                let value = u128::from(rest) << 64 | u128::from(*limb);
                *limb = (value / Self::CHUNK) as u64;
                rest = (value % Self::CHUNK) as u64;
            }
            for digit in chunk.iter_mut().rev() {
                *digit += (rest % 10) as u8;
                rest /= 10;
            }
        }
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let significant = &digits[zeros.min(digits.len() - 1)..];
        str::from_utf8(significant).unwrap_or_default().to_owned()
    }

    /// Nothing if these are not decimal digits, or too many of them.
    fn from_decimal(digits: &str) -> Option<Self> {
        let mut limbs = [0u32; 6];
        if digits.is_empty() {
            return None;
        }
        for digit in digits.chars() {
            let mut carry = u64::from(digit.to_digit(10)?);
            for limb in &mut limbs {
                let value = u64::from(*limb) * 10 + carry;
                *limb = value as u32;
                carry = value >> 32;
            }
            if carry != 0 {
                return None;
            }
        }
        Some(Self(limbs))
    }
}

/// How many leading digits all these numbers share: 0 for fewer than two numbers, or numbers of different lengths.
pub fn shared_prefix_len(numbers: &[&SequenceNumber]) -> usize {
    let Some((first, others)) = numbers.split_first() else {
        return 0;
    };
    let first = first.as_str().as_bytes();
    others
        .iter()
        .map(|other| {
            let other = other.as_str().as_bytes();
            if other.len() != first.len() {
                return 0;
            }
            first.iter().zip(other).take_while(|(a, b)| a == b).count()
        })
        .min()
        .unwrap_or(0)
}

/// How far two numbers are apart, in the few digits a screen has room for: `0`, `17`, `1.2e24`; `?` if one is no number.
pub fn gap(a: &SequenceNumber, b: &SequenceNumber) -> String {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    let Some(difference) = decimal_difference(high.as_str(), low.as_str()) else {
        return "?".to_owned();
    };
    if difference.len() <= 4 {
        difference
    } else {
        format!(
            "{}.{}e{}",
            &difference[..1],
            &difference[1..2],
            difference.len() - 1
        )
    }
}

/// `high - low` by the school method, for numbers of any length.
fn decimal_difference(high: &str, low: &str) -> Option<String> {
    if high.is_empty() || low.is_empty() {
        return None;
    }
    let mut low_digits = low.chars().rev();
    let mut borrow = 0;
    let mut reversed = String::with_capacity(high.len());
    for digit in high.chars().rev() {
        let take = match low_digits.next() {
            Some(digit) => digit.to_digit(10)?,
            None => 0,
        };
        let value = digit.to_digit(10)? + 10 - take - borrow;
        borrow = u32::from(value < 10);
        reversed.push(char::from_digit(value % 10, 10)?);
    }
    let digits: String = reversed.chars().rev().collect();
    let significant = digits.trim_start_matches('0');
    Some(if significant.is_empty() {
        "0".to_owned()
    } else {
        significant.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(digits: &str, parts: Parts) {
        assert_eq!(parts.encode().as_str(), digits);
        assert_eq!(Parts::decode(&digits.into()), Some(parts), "{digits}");
    }

    fn seconds(time: &str) -> u64 {
        let time: chrono::DateTime<chrono::Utc> = time.parse().expect("a time");
        time.timestamp() as u64
    }

    /// The first is printed in AWS's documentation, the second was seen on AWS.
    #[test]
    fn real_numbers_come_apart_and_together_again() {
        check(
            "49600871682957036442365024926191073437251060580128653314",
            Parts {
                shard_created: seconds("2019-10-28T21:12:45Z"),
                index: 0,
                byte: 0,
                recorded: seconds("2019-10-28T21:12:45Z"),
                shard: 0,
            },
        );
        check(
            "49590338271490256608559692538361571095921575989136588898",
            Parts {
                shard_created: seconds("2018-11-21T04:57:38Z"),
                index: 1_734_642_199,
                byte: 0,
                recorded: seconds("2018-12-17T22:10:50Z"),
                shard: 6,
            },
        );
    }

    #[test]
    fn a_shards_life_in_numbers() {
        let created = seconds("2026-11-22T18:40:00Z");
        let parts = |index, after, shard| Parts {
            shard_created: created,
            index,
            byte: 0,
            recorded: created + after,
            shard,
        };
        for (index, after, shard, digits) in [
            (
                0,
                0,
                0,
                "49680467729295203159552925329852707634575199691427807234",
            ),
            (
                1,
                5,
                0,
                "49680467729295203159552925329853916560394814664199897090",
            ),
            (
                2,
                5,
                0,
                "49680467729295203159552925329855125486214429293374603266",
            ),
            (
                LAST_INDEX,
                60,
                0,
                "49680467729306353532152190641422266567891913366174695426",
            ),
            (
                0,
                0,
                1,
                "49680467729317503904751455952994243352847848052933787666",
            ),
        ] {
            check(digits, parts(index, after, shard));
        }
    }

    #[test]
    fn what_is_no_number_of_this_layout_is_refused() {
        for digits in [
            "",
            "0",
            "12",
            "abc",
            "-1",
            "49600871682957036442365024926191073437251060580128653315", // version 3
            "99600871682957036442365024926191073437251060580128653314", // leading digit 4
            "99999999999999999999999999999999999999999999999999999999999999999999999999999999",
        ] {
            assert_eq!(Parts::decode(&digits.into()), None, "{digits}");
        }
    }

    #[test]
    fn the_shared_prefix_is_counted_in_digits() {
        let number = |digits: &str| SequenceNumber::from(digits);
        let (a, b, c, short) = (
            number("49600"),
            number("49612"),
            number("49999"),
            number("4960"),
        );
        assert_eq!(shared_prefix_len(&[]), 0);
        assert_eq!(shared_prefix_len(&[&a]), 0);
        assert_eq!(shared_prefix_len(&[&a, &b]), 3);
        assert_eq!(shared_prefix_len(&[&a, &b, &c]), 2);
        assert_eq!(shared_prefix_len(&[&a, &a]), 5);
        assert_eq!(shared_prefix_len(&[&a, &short]), 0);
    }

    #[test]
    fn a_gap_is_told_in_few_digits() {
        for (a, b, told) in [
            ("5", "5", "0"),
            ("5", "22", "17"),
            ("22", "5", "17"),
            ("1", "10000", "9999"),
            ("0", "12345", "1.2e4"),
            (
                "49680467729295203159552925329852707634575199691427807234",
                "49680467729295203159552925329853916560394814664199897090",
                "1.2e24",
            ),
            ("1", "x", "?"),
            ("", "1", "?"),
        ] {
            assert_eq!(gap(&a.into(), &b.into()), told, "{a} {b}");
        }
    }

    prop_compose! {
        fn any_parts()(
            shard_created in 0u64..1 << TIME_BITS,
            index in 0..=LAST_INDEX,
            byte in any::<u8>(),
            recorded in 0u64..1 << TIME_BITS,
            shard in 0..=i32::MAX as u32,
        ) -> Parts {
            Parts { shard_created, index, byte, recorded, shard }
        }
    }

    proptest! {
        #[test]
        fn any_parts_come_back(parts in any_parts()) {
            prop_assert_eq!(Parts::decode(&parts.encode()), Some(parts));
        }

        #[test]
        fn a_later_index_is_a_greater_number(a in any_parts(), b in any_parts()) {
            let b = Parts { shard_created: a.shard_created, shard: a.shard, ..b };
            if a.index != b.index {
                prop_assert_eq!(a.index.cmp(&b.index), a.encode().cmp(&b.encode()));
            }
        }

        #[test]
        fn no_digits_make_the_decoder_panic(digits in "[0-9]{0,130}") {
            let number = SequenceNumber::from(digits);
            if let Some(parts) = Parts::decode(&number) {
                prop_assert_eq!(parts.encode().cmp(&number), std::cmp::Ordering::Equal);
            }
        }

        #[test]
        fn no_text_makes_a_screens_helpers_panic(a in "\\PC{0,60}", b in "[0-9]{0,60}") {
            let (a, b) = (SequenceNumber::from(a), SequenceNumber::from(b));
            let _ = (gap(&a, &b), gap(&b, &a), shared_prefix_len(&[&a, &b]));
        }
    }
}
