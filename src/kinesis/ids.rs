//! Shard ids, sequence numbers and start positions as any endpoint hands them out.

use std::cmp::Ordering;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::sequence_numbers::Parts;

/// A shard id as it came back from the endpoint, e.g. `shardId-000000000001`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ShardId(String);

impl ShardId {
    /// The id of the shard with this index, in AWS's spelling (twelve digits, zero padded).
    pub fn from_index(index: u32) -> Self {
        // By hand: a batch may need hundreds of them.
        let mut id = *b"shardId-000000000000";
        let mut rest = index;
        for digit in id.iter_mut().rev().take(12) {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        Self(str::from_utf8(&id).unwrap_or_default().to_owned())
    }

    /// The id in full.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number after the last dash, if there is one: AWS counts shards up from 0 for a stream's whole life.
    pub fn index(&self) -> Option<u32> {
        self.0.rsplit('-').next()?.parse().ok()
    }

    /// The short twin for the screen: `0` for `shardId-000000000000`, the whole id where it has no number.
    pub fn short(&self) -> String {
        self.index()
            .map_or_else(|| self.0.clone(), |index| index.to_string())
    }
}

impl From<String> for ShardId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl From<&str> for ShardId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A sequence number as decimal digits, as any endpoint gives it. Ordered by value, not by spelling.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Stored", from = "Stored")]
pub struct SequenceNumber(String);

impl SequenceNumber {
    /// The digits in full; 56 of them on AWS today.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn significant(&self) -> &str {
        self.0.trim_start_matches('0')
    }
}

/// A sequence number where it is stored: most digits of one follow from a few small numbers.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Parts(Parts),
    Digits(String),
}

impl From<SequenceNumber> for Stored {
    fn from(number: SequenceNumber) -> Self {
        match Parts::decode(&number) {
            Some(parts) if parts.encode() == number => Self::Parts(parts),
            _ => Self::Digits(number.0),
        }
    }
}

impl From<Stored> for SequenceNumber {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Parts(parts) => parts.encode(),
            Stored::Digits(digits) => Self(digits),
        }
    }
}

impl From<String> for SequenceNumber {
    fn from(digits: String) -> Self {
        Self(digits)
    }
}

impl From<&str> for SequenceNumber {
    fn from(digits: &str) -> Self {
        Self(digits.to_owned())
    }
}

impl Ord for SequenceNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.significant(), other.significant());
        a.len()
            .cmp(&b.len())
            .then_with(|| a.cmp(b))
            .then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for SequenceNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a shard iterator starts: the five types of GetShardIterator with what each needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StartPosition {
    /// The oldest record that retention has kept.
    TrimHorizon,
    /// Just after the newest record at the time of the call.
    Latest,
    /// The first record that arrived at this time or later.
    AtTimestamp(DateTime<Utc>),
    /// Exactly this record.
    AtSequenceNumber(SequenceNumber),
    /// The record after this one.
    AfterSequenceNumber(SequenceNumber),
}

impl StartPosition {
    /// The API's word for it, as it stands in `ShardIteratorType`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::TrimHorizon => "TRIM_HORIZON",
            Self::Latest => "LATEST",
            Self::AtTimestamp(_) => "AT_TIMESTAMP",
            Self::AtSequenceNumber(_) => "AT_SEQUENCE_NUMBER",
            Self::AfterSequenceNumber(_) => "AFTER_SEQUENCE_NUMBER",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_id_has_a_short_twin_where_it_has_a_number() {
        assert_eq!(ShardId::from_index(12).as_str(), "shardId-000000000012");
        assert_eq!(ShardId::from_index(12).short(), "12");
        assert_eq!(ShardId::from("strange").short(), "strange");
    }

    #[test]
    fn a_sequence_number_is_stored_by_its_parts_where_it_has_them_and_comes_back_to_the_digit() {
        let parts = Parts {
            shard_created: 1_532_963_474,
            index: 12,
            byte: 0,
            recorded: 1_532_963_559,
            shard: 2,
        };
        let number = parts.encode();
        let longer = format!("0{number}");
        for (digits, stored) in [
            (number.as_str(), "[1532963474,12,0,1532963559,2]"),
            ("7", "\"7\""),
            (&longer, &*format!("\"{longer}\"")),
        ] {
            let number = SequenceNumber::from(digits);
            let text = serde_json::to_string(&number).expect("plain data");
            assert_eq!(text, stored);
            assert_eq!(
                serde_json::from_str::<SequenceNumber>(&text).ok(),
                Some(number)
            );
        }
    }

    #[test]
    fn sequence_numbers_order_by_value() {
        let number = |digits: &str| SequenceNumber::from(digits);
        assert!(number("9") < number("10"));
        assert!(number("0009") < number("10"));
        assert!(number("123") < number("124"));
        assert_eq!(number("5").cmp(&number("5")), Ordering::Equal);
    }
}
