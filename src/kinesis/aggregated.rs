//! Records that the Kinesis Producer Library made of many: how such a record is told, and what is in it.
//!
//! ```text
//! F3 89 9A C2 | protobuf AggregatedRecord { 1 partition keys, 2 explicit hash keys, 3 user records } | its MD5 sum
//!                                                            { 1 key's place, 3 data }
//! ```
//!
//! It reads bytes of anybody's: every length is checked against what is there, and no byte is looked at more than twice.

use md5::{Digest, Md5};

/// What such a record begins with.
pub const MAGIC: [u8; 4] = [0xf3, 0x89, 0x9a, 0xc2];

/// What it ends with, in bytes.
const SUM: usize = 16;

/// What is in an aggregated record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregated<'d> {
    /// The user records, in the order in which they were put.
    pub records: Vec<UserRecord<'d>>,
    /// Whether all of it is there and its checksum is right; else these are the first ones of a record that was cut.
    pub whole: bool,
}

/// One of the records that it was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord<'d> {
    /// Its partition key; none where it names a place at which there is none.
    pub key: Option<&'d str>,
    /// Its data.
    pub data: &'d [u8],
}

/// Why a record that begins like an aggregated one is none: it is data like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// There is no room for a checksum.
    #[error("it has no checksum")]
    Short,
    /// The checksum is another one.
    #[error("its checksum is wrong")]
    Sum,
    /// The checksum is right, but what it is of cannot be read.
    #[error("its form is wrong")]
    Form,
}

/// What is in a record of which these are the first bytes, `size` in all. Nothing if it does not begin as the KPL's do.
pub fn aggregated(data: &[u8], size: usize) -> Option<Result<Aggregated<'_>, Damage>> {
    let rest = data.strip_prefix(&MAGIC)?;
    // Of a record that was cut there is no checksum: what can be read of it is told as such.
    if data.len() < size {
        let (records, _) = walk(rest);
        return Some(Ok(Aggregated {
            records,
            whole: false,
        }));
    }
    let Some((message, sum)) = rest.split_last_chunk::<SUM>() else {
        return Some(Err(Damage::Short));
    };
    if Md5::digest(message).as_slice() != sum {
        return Some(Err(Damage::Sum));
    }
    Some(match walk(message) {
        (records, true) => Ok(Aggregated {
            records,
            whole: true,
        }),
        (_, false) => Err(Damage::Form),
    })
}

/// The user records of a message as far as it can be read, and whether that is to its end.
fn walk(message: &[u8]) -> (Vec<UserRecord<'_>>, bool) {
    let mut keys: Vec<&str> = Vec::new();
    let mut found: Vec<(u64, &[u8])> = Vec::new();
    let mut rest = message;
    let mut whole = true;
    while !rest.is_empty() {
        let taken = match field(&mut rest) {
            Some((1, Value::Bytes(key))) => str::from_utf8(key).map(|key| keys.push(key)).is_ok(),
            Some((3, Value::Bytes(record))) => user_record(record)
                .map(|record| found.push(record))
                .is_some(),
            Some(_) => true,
            None => false,
        };
        if !taken {
            whole = false;
            break;
        }
    }
    let key = |place: u64| keys.get(usize::try_from(place).ok()?).copied();
    let records = found.into_iter().map(|(place, data)| UserRecord {
        key: key(place),
        data,
    });
    (records.collect(), whole)
}

/// The place of its key, and its data.
fn user_record(mut message: &[u8]) -> Option<(u64, &[u8])> {
    let (mut place, mut data) = (None, None);
    while !message.is_empty() {
        match field(&mut message)? {
            (1, Value::Number(number)) => place = Some(number),
            (3, Value::Bytes(bytes)) => data = Some(bytes),
            _ => {}
        }
    }
    Some((place?, data?))
}

/// A value of protobuf's wire format.
enum Value<'d> {
    Number(u64),
    Bytes(&'d [u8]),
    /// Of a fixed width; the KPL has none.
    Other,
}

/// Takes the next field off a message: its number and its value.
fn field<'d>(message: &mut &'d [u8]) -> Option<(u64, Value<'d>)> {
    let tag = number(message)?;
    let value = match tag & 7 {
        0 => Value::Number(number(message)?),
        1 => take(message, 8).map(|_| Value::Other)?,
        2 => {
            let length = number(message)?;
            Value::Bytes(take(message, length)?)
        }
        5 => take(message, 4).map(|_| Value::Other)?,
        _ => return None,
    };
    Some((tag >> 3, value))
}

/// Takes so many bytes off a message.
fn take<'d>(message: &mut &'d [u8], count: u64) -> Option<&'d [u8]> {
    let (taken, rest) = message.split_at_checked(usize::try_from(count).ok()?)?;
    *message = rest;
    Some(taken)
}

/// Takes a number of variable length, at most ten bytes, off a message.
fn number(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// An aggregated record of these keys and data, as the KPL would make it. For tests of what shows them.
#[cfg(test)]
pub(crate) fn aggregate(records: &[(&str, &[u8])]) -> Vec<u8> {
    let bytes = |message: &mut Vec<u8>, tag: u8, data: &[u8]| {
        message.push(tag << 3 | 2);
        let mut length = data.len();
        while length > 0x7f {
            message.push(length as u8 | 0x80);
            length >>= 7;
        }
        message.push(length as u8);
        message.extend(data);
    };
    let mut message = Vec::new();
    let mut keys: Vec<&str> = Vec::new();
    for (key, _) in records {
        if !keys.contains(key) {
            keys.push(key);
            bytes(&mut message, 1, key.as_bytes());
        }
    }
    for (key, data) in records {
        let place = keys.iter().position(|it| it == key).expect("a key");
        let mut record = vec![1 << 3, place as u8];
        bytes(&mut record, 3, data);
        bytes(&mut message, 3, &record);
    }
    let sum = Md5::digest(&message);
    [&MAGIC[..], &message, sum.as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn three() -> Vec<u8> {
        aggregate(&[("alice", b"one"), ("bob", b""), ("alice", &[0xff; 200])])
    }

    fn whole(data: &[u8]) -> Option<Result<Aggregated<'_>, Damage>> {
        aggregated(data, data.len())
    }

    #[test]
    fn its_user_records_have_their_keys_and_data() {
        let data = three();
        let found = whole(&data).expect("the magic").expect("whole");
        let told: Vec<(Option<&str>, usize)> = found
            .records
            .iter()
            .map(|record| (record.key, record.data.len()))
            .collect();
        assert_eq!(
            told,
            [(Some("alice"), 3), (Some("bob"), 0), (Some("alice"), 200)]
        );
        assert!(found.whole);
    }

    #[test]
    fn a_record_that_aws_s_own_library_made_is_read() {
        // aws_kinesis_agg 1.2.3 for Python, of three user records.
        let hex = concat!(
            "f3899ac20a05616c6963650a03626f621a1608001a127b22757365724964223a22616c696365227d1a1408011a",
            "107b22757365724964223a22626f62227d1a0a08001a067365636f6e6486d635a48612420a70add3d860465bee",
        );
        let digits = hex.as_bytes().chunks(2);
        let data: Vec<u8> = digits
            .map(|two| u8::from_str_radix(str::from_utf8(two).expect("ASCII"), 16).expect("hex"))
            .collect();
        let found = whole(&data).expect("the magic").expect("whole");
        let told: Vec<(Option<&str>, &[u8])> = found
            .records
            .iter()
            .map(|record| (record.key, record.data))
            .collect();
        assert_eq!(
            told,
            [
                (Some("alice"), &br#"{"userId":"alice"}"#[..]),
                (Some("bob"), br#"{"userId":"bob"}"#),
                (Some("alice"), b"second"),
            ]
        );
    }

    #[test]
    fn other_data_is_none_and_damage_has_its_reason() {
        assert_eq!(whole(b"{}"), None);
        assert_eq!(whole(&MAGIC[..3]), None);
        assert_eq!(whole(&MAGIC), Some(Err(Damage::Short)));
        let mut data = three();
        data[9] ^= 1;
        assert_eq!(whole(&data), Some(Err(Damage::Sum)));
        for message in [
            &[0x1a, 0x05, 1][..],
            &[0x0a, 1, 0xff],
            &[0x1b],
            &[0x1a, 0],
            &[0xff; 12],
        ] {
            let sum = Md5::digest(message);
            let data = [&MAGIC[..], message, sum.as_slice()].concat();
            assert_eq!(whole(&data), Some(Err(Damage::Form)), "{message:x?}");
        }
    }

    #[test]
    fn a_key_that_is_not_there_and_fields_of_other_kinds_do_no_harm() {
        // Field 9 in 64 bits, field 9 in 32 bits, then a user record with key 7.
        let message = [
            &[9 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 0, 9 << 3 | 5, 0, 0, 0, 0][..],
            &[0x1a, 5, 8, 7, 0x1a, 1, b'x'],
        ]
        .concat();
        let sum = Md5::digest(&message);
        let data = [&MAGIC[..], &message, sum.as_slice()].concat();
        let found = whole(&data).expect("the magic").expect("whole");
        let record = UserRecord {
            key: None,
            data: b"x",
        };
        assert_eq!(found.records, [record]);
    }

    #[test]
    fn of_a_record_that_was_cut_the_first_ones_are_told() {
        let data = three();
        let cut = aggregated(&data[..40], data.len());
        let found = cut.expect("the magic").expect("cut");
        assert_eq!((found.records.len(), found.whole), (2, false));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(data in proptest::collection::vec(any::<u8>(), 0..300), more in 0usize..2) {
            let data = [&MAGIC[..], &data].concat();
            let _ = aggregated(&data, data.len() + more);
            let _ = walk(&data);
        }

        #[test]
        fn what_was_put_together_comes_apart(
            records in proptest::collection::vec(("[a-d]{1,3}", proptest::collection::vec(any::<u8>(), 0..300)), 0..20),
        ) {
            let given: Vec<(&str, &[u8])> = records
                .iter()
                .map(|(key, data)| (key.as_str(), data.as_slice()))
                .collect();
            let data = aggregate(&given);
            let found = whole(&data).expect("the magic").expect("whole");
            let told: Vec<(&str, &[u8])> = found
                .records
                .iter()
                .map(|record| (record.key.expect("a key"), record.data))
                .collect();
            prop_assert_eq!(told, given);
        }
    }
}
