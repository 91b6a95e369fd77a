//! What a store on disk is made of: keys that sort as streams, shards and records do, and values.
//!
//! ```text
//! s<name>                                                    a setting
//! h stream 8                                                 -> a stream's head, as JSON
//! d stream 8                                                 -> that of a deleted stream which still has shards
//! a stream 8 | shard 4                                       -> what is known about a shard, as JSON
//! r stream 8 | shard 4 | index 8 | ordinal 8 | start 8 | size 4 | time 8 -> key's length 2 | key | data
//! ```
//!
//! Numbers are big-endian. All that a seek needs of a record stands in its key: large values lie apart and stay unread.

use crate::server::store::log::{Payload, RECORD_OVERHEAD, Record};

/// The first byte of each kind of key.
pub const SETTING: u8 = b's';
pub const HEAD: u8 = b'h';
pub const DELETED: u8 = b'd';
pub const ABOUT: u8 = b'a';
pub const RECORD: u8 = b'r';

/// The key of a setting.
pub fn setting(name: &str) -> Vec<u8> {
    [&[SETTING], name.as_bytes()].concat()
}

/// The key of a stream's head.
pub fn head(stream: u64) -> Vec<u8> {
    [&[HEAD][..], &stream.to_be_bytes()].concat()
}

/// The key of a deleted stream's head.
pub fn deleted(stream: u64) -> Vec<u8> {
    [&[DELETED][..], &stream.to_be_bytes()].concat()
}

/// The stream of a head's key, be it deleted or not.
pub fn stream_of(key: &[u8]) -> Option<u64> {
    let (_, stream) = key.split_first()?;
    Some(u64::from_be_bytes(stream.try_into().ok()?))
}

/// The key of what is known about a shard.
pub fn about(stream: u64, shard: u32) -> Vec<u8> {
    [&[ABOUT][..], &stream.to_be_bytes(), &shard.to_be_bytes()].concat()
}

/// What the keys of a stream's shards begin with.
pub fn abouts(stream: u64) -> Vec<u8> {
    [&[ABOUT][..], &stream.to_be_bytes()].concat()
}

/// The shard that such a key is about, and its stream.
pub fn shard_of(key: &[u8]) -> Option<(u64, u32)> {
    let mut fields = Fields(key);
    let sound = fields.take::<1>()? == [ABOUT];
    let shard = (fields.u64()?, fields.u32()?);
    (sound && fields.0.is_empty()).then_some(shard)
}

/// Where a record lies among those of its shard, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub index: u64,
    pub ordinal: u64,
    pub start: u64,
    /// Its key and data in bytes.
    pub size: u32,
    pub arrived_ms: i64,
}

impl Mark {
    pub fn of(record: &Record) -> Self {
        Self {
            index: record.index,
            ordinal: record.ordinal,
            start: record.start,
            // A request is far smaller than that.
            size: record.payload.size() as u32,
            arrived_ms: record.arrived_ms,
        }
    }

    /// The [`start`](Record::start) of the record behind it.
    pub fn end(&self) -> u64 {
        self.start + u64::from(self.size) + RECORD_OVERHEAD as u64
    }
}

/// The key of a record.
pub fn record(stream: u64, shard: u32, mark: &Mark) -> Vec<u8> {
    let mut key = from_index(stream, shard, mark.index);
    key.extend(mark.ordinal.to_be_bytes());
    key.extend(mark.start.to_be_bytes());
    key.extend(mark.size.to_be_bytes());
    key.extend(mark.arrived_ms.to_be_bytes());
    key
}

/// A key before all records of a shard from this index on.
pub fn from_index(stream: u64, shard: u32, index: u64) -> Vec<u8> {
    let mut key = Vec::with_capacity(49);
    key.push(RECORD);
    key.extend(stream.to_be_bytes());
    key.extend(shard.to_be_bytes());
    key.extend(index.to_be_bytes());
    key
}

/// A key behind all records of a shard, and before those of the next.
pub fn behind(stream: u64, shard: u32) -> Vec<u8> {
    match shard.checked_add(1) {
        Some(next) => from_index(stream, next, 0),
        None => from_index(stream.saturating_add(1), 0, 0),
    }
}

/// Takes a record's key apart: stream, shard and mark.
pub fn mark(key: &[u8]) -> Option<(u64, u32, Mark)> {
    let mut fields = Fields(key);
    let sound = fields.take::<1>()? == [RECORD];
    let (stream, shard) = (fields.u64()?, fields.u32()?);
    let mark = Mark {
        index: fields.u64()?,
        ordinal: fields.u64()?,
        start: fields.u64()?,
        size: fields.u32()?,
        arrived_ms: i64::from_be_bytes(fields.take()?),
    };
    (sound && fields.0.is_empty()).then_some((stream, shard, mark))
}

/// The value of a record. A partition key has up to 256 characters, so its length fits.
pub fn content(payload: &Payload) -> Vec<u8> {
    let (key, data) = (payload.key().as_bytes(), payload.data());
    let length = key.len() as u16;
    [&length.to_be_bytes()[..], key, data].concat()
}

/// Takes a record's value apart.
pub fn payload(value: &[u8]) -> Option<Payload> {
    let mut fields = Fields(value);
    let length = u16::from_be_bytes(fields.take()?);
    let (key, data) = fields.0.split_at_checked(usize::from(length))?;
    Some(Payload::new(std::str::from_utf8(key).ok()?, data))
}

/// Takes fixed pieces from the front of some bytes.
struct Fields<'b>(&'b [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (piece, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*piece)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn any_place()(
            stream in any::<u64>(),
            shard in any::<u32>(),
            index in any::<u64>(),
            ordinal in any::<u64>(),
            start in 0..u64::MAX / 2,
            size in any::<u32>(),
            arrived_ms in any::<i64>(),
        ) -> (u64, u32, Mark) {
            (stream, shard, Mark { index, ordinal, start, size, arrived_ms })
        }
    }

    proptest! {
        #[test]
        fn keys_come_apart_and_sort_as_what_they_name(a in any_place(), b in any_place()) {
            let key = |(stream, shard, mark): (u64, u32, Mark)| record(stream, shard, &mark);
            prop_assert_eq!(mark(&key(a)), Some(a));
            prop_assert_eq!(shard_of(&about(a.0, a.1)), Some((a.0, a.1)));
            prop_assert_eq!(stream_of(&head(a.0)), Some(a.0));
            prop_assert_eq!(stream_of(&deleted(a.0)), Some(a.0));
            let place = |(stream, shard, mark): (u64, u32, Mark)| (stream, shard, mark.index);
            if place(a) != place(b) {
                prop_assert_eq!(key(a).cmp(&key(b)), place(a).cmp(&place(b)));
            }
            prop_assert!(from_index(a.0, a.1, a.2.index) <= key(a));
            if a.0 < u64::MAX {
                prop_assert!(key(a) < behind(a.0, a.1));
            }
        }

        #[test]
        fn a_records_content_comes_back(key in "\\PC{1,256}", data in any::<Vec<u8>>()) {
            let kept = payload(&content(&Payload::new(&key, &data))).expect("sound");
            prop_assert_eq!((kept.key(), kept.data()), (key.as_str(), data.as_slice()));
        }

        #[test]
        fn no_bytes_make_a_reader_panic(bytes in any::<Vec<u8>>()) {
            let _ = (mark(&bytes), shard_of(&bytes), stream_of(&bytes), payload(&bytes));
        }
    }
}
