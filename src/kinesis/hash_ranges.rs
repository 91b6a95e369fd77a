//! Which shard a key belongs to: MD5 of the partition key as a point on a line of 2^128, cut into ranges.

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

/// A point on the line 0..2^128 on which every shard owns a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HashKey(u128);

/// An explicit hash key that is not a number from 0 to 2^128-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash key must be a whole number from 0 to 2^128-1")]
pub struct HashKeyOutOfRange;

impl HashKey {
    /// The first point of the line.
    pub const MIN: Self = Self(0);
    /// The last point of the line, 2^128-1.
    pub const MAX: Self = Self(u128::MAX);

    /// Where a partition key falls: the MD5 sum of its UTF-8 bytes, read as a big-endian number.
    pub fn of_partition_key(key: &str) -> Self {
        Self(u128::from_be_bytes(Md5::digest(key.as_bytes()).into()))
    }

    /// Reads an `ExplicitHashKey`: decimal digits.
    pub fn parse_explicit(digits: &str) -> Result<Self, HashKeyOutOfRange> {
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(HashKeyOutOfRange);
        }
        digits.parse().map(Self).map_err(|_| HashKeyOutOfRange)
    }

    /// The point as a number; the API writes it in decimal.
    pub fn value(self) -> u128 {
        self.0
    }

    /// The point as 32 hexadecimal digits, the usual spelling of an MD5 sum.
    pub fn hex(self) -> String {
        format!("{:032x}", self.0)
    }
}

impl From<u128> for HashKey {
    fn from(value: u128) -> Self {
        Self(value)
    }
}

/// The points a shard owns, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HashRange {
    /// The first point.
    pub start: HashKey,
    /// The last point.
    pub end: HashKey,
}

impl HashRange {
    /// Whether the point lies in the range.
    pub fn contains(&self, key: HashKey) -> bool {
        (self.start..=self.end).contains(&key)
    }

    /// The ranges of a new stream's shards: `count` ranges of floor(2^128/count) points, the last one taking the rest.
    pub fn split_evenly(count: u32) -> Vec<Self> {
        // One shard owns the whole line, whose width no u128 can hold.
        let width = match count {
            0 => return Vec::new(),
            1 => 0,
            // floor(2^128 / n) from 2^128-1: they differ only where n divides 2^128, by one.
            n => {
                let n = u128::from(n);
                u128::MAX / n + u128::from(u128::MAX % n == n - 1)
            }
        };
        (0..count)
            .map(|index| Self {
                start: HashKey(width * u128::from(index)),
                end: if index + 1 == count {
                    HashKey::MAX
                } else {
                    HashKey(width * u128::from(index + 1) - 1)
                },
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `md5sum` of each key, and the shard it reaches among 2, 3 and 4 even shards.
    #[test]
    fn partition_keys_fall_where_their_md5_sum_says() {
        for (key, hex, decimal, shards) in [
            (
                "alice",
                "6384e2b2184bcbf58eccf10ca7a6563c",
                "132283552702735894323332391932430538300",
                [0, 1, 1],
            ),
            (
                "bob",
                "9f9d51bc70ef21ca5c14f307980a29d8",
                "212164099741615454138234394844395612632",
                [1, 1, 2],
            ),
            (
                "carol",
                "a9a0198010a6073db96434f6cc5f22a8",
                "225470815991613724097277262010641228456",
                [1, 1, 2],
            ),
            (
                "dave",
                "1610838743cc90e3e4fdda748282d9b8",
                "29328760369447524990367882206662285752",
                [0, 0, 0],
            ),
            (
                "user123",
                "6ad14ba9986e3615423dfca256d04e3f",
                "141984892214089559021068280593678093887",
                [0, 1, 1],
            ),
            (
                "order-123",
                "f32ae83ade5fb56d3230341541fd96c3",
                "323225189626875869786740278917106341571",
                [1, 2, 3],
            ),
            (
                "a",
                "0cc175b9c0f1b6a831c399e269772661",
                "16955237001963240173058271559858726497",
                [0, 0, 0],
            ),
        ] {
            let point = HashKey::of_partition_key(key);
            assert_eq!(point.hex(), hex, "{key}");
            assert_eq!(point.value().to_string(), decimal, "{key}");
            for (count, shard) in [2, 3, 4].into_iter().zip(shards) {
                let at = HashRange::split_evenly(count)
                    .iter()
                    .position(|range| range.contains(point));
                assert_eq!(at, Some(shard), "{key} among {count}");
            }
        }
    }

    #[test]
    fn one_digit_keys_all_fall_into_the_last_quarter() {
        for key in ["0", "1", "2", "3"] {
            assert!(
                HashRange::split_evenly(4)[3].contains(HashKey::of_partition_key(key)),
                "{key}"
            );
        }
    }

    #[test]
    fn new_streams_get_the_ranges_that_kinesis_gives() {
        let ends = |count| -> Vec<String> {
            HashRange::split_evenly(count)
                .iter()
                .map(|range| range.end.value().to_string())
                .collect()
        };
        let last = "340282366920938463463374607431768211455";
        assert_eq!(ends(1), [last]);
        assert_eq!(ends(2), ["170141183460469231731687303715884105727", last]);
        assert_eq!(
            ends(3),
            [
                "113427455640312821154458202477256070484",
                "226854911280625642308916404954512140969",
                last
            ]
        );
        assert_eq!(ends(4)[0], "85070591730234615865843651857942052863");
        assert!(ends(0).is_empty());
    }

    #[test]
    fn an_explicit_hash_key_ends_below_two_to_the_128() {
        let parse = HashKey::parse_explicit;
        assert_eq!(parse("0"), Ok(HashKey::MIN));
        assert_eq!(
            parse("340282366920938463463374607431768211455"),
            Ok(HashKey::MAX)
        );
        for refused in [
            "340282366920938463463374607431768211456",
            "999999999999999999999999999999999999999",
            "",
            "-1",
            "+1",
            "0x10",
        ] {
            assert_eq!(parse(refused), Err(HashKeyOutOfRange), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn even_ranges_cover_the_line_exactly_once(count in 1u32..5_000, point in any::<u128>()) {
            let ranges = HashRange::split_evenly(count);
            prop_assert_eq!(ranges.len(), count as usize);
            prop_assert_eq!(ranges[0].start, HashKey::MIN);
            prop_assert_eq!(ranges[ranges.len() - 1].end, HashKey::MAX);
            for pair in ranges.windows(2) {
                prop_assert_eq!(pair[0].end.value() + 1, pair[1].start.value());
            }
            let owners = ranges.iter().filter(|range| range.contains(HashKey(point))).count();
            prop_assert_eq!(owners, 1);
        }

        #[test]
        fn every_explicit_hash_key_reads_back(point in any::<u128>()) {
            prop_assert_eq!(HashKey::parse_explicit(&point.to_string()), Ok(HashKey(point)));
        }
    }
}
