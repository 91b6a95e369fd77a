//! Shard iterators and paging tokens: opaque to clients, sealed so that only what this server made is taken back.
//!
//! ```text
//! base64 of:  version 1 | kind 1 | issued 8 (epoch ms) | content | MAC 16
//! ```
//!
//! A token holds all there is to know of a position, so the server remembers none: iterators cost no memory,
//! stay usable for their five minutes and can be used again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::kinesis::sequence_numbers::Parts;
use crate::kinesis::{SequenceNumber, StartPosition};

/// How long iterators and paging tokens live, in milliseconds; documented by AWS.
pub const LIFETIME_MS: i64 = 300_000;

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 10;
/// Half of a SHA-256 MAC is plenty against accidents, and keeps iterators below the API's 512 characters.
const MAC_BYTES: usize = 16;

/// What a token is for; one kind is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Iterator = 1,
    ListShards = 2,
    ListStreams = 3,
}

/// A position in a shard, as a shard iterator holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iterator {
    /// When this token was issued.
    pub issued: DateTime<Utc>,
    /// The stream's name.
    pub stream: String,
    /// Which stream of that name: a recreated one is another.
    pub incarnation: u64,
    /// The shard's index.
    pub shard: u32,
    /// The index of the next record to look for.
    pub position: u64,
    /// The chain that GetShardIterator began, for the request feed.
    pub chain: u64,
    /// How many pages the chain has had.
    pub pages: u32,
    /// Where the chain began, for the request feed.
    pub start: StartPosition,
}

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// When this token was issued.
    pub issued: DateTime<Utc>,
    /// The stream's name, or the last name of the page before.
    pub name: String,
    /// Which stream of that name; 0 in a list of streams.
    pub incarnation: u64,
    /// The index of the next shard; 0 in a list of streams.
    pub next: u32,
    /// Which shards are listed.
    pub filter: Filter,
}

/// Which shards are listed. Times are in epoch milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    All,
    /// Those that are open now.
    AtLatest,
    /// Those that were open then.
    At {
        time_ms: i64,
    },
    /// Those that were open then or later.
    From {
        time_ms: i64,
    },
}

/// Seals and opens tokens with a key of its own.
pub struct Sealer {
    mac: Hmac<Sha256>,
}

impl Sealer {
    /// `key` decides whose tokens are taken back.
    pub fn new(key: [u8; 64]) -> Self {
        Self {
            mac: Hmac::<Sha256>::new(&key.into()),
        }
    }

    /// The sealer of a region: what it seals is good in no other one.
    pub fn in_region(&self, region: &str) -> Self {
        Self {
            mac: self.mac.clone().chain_update(region).chain_update([0]),
        }
    }

    pub fn seal_iterator(&self, iterator: &Iterator) -> String {
        let mut content = Vec::with_capacity(256);
        content.extend(iterator.incarnation.to_be_bytes());
        content.extend(iterator.shard.to_be_bytes());
        content.extend(iterator.position.to_be_bytes());
        content.extend(iterator.chain.to_be_bytes());
        content.extend(iterator.pages.to_be_bytes());
        write_start(&iterator.start, &mut content);
        content.extend(iterator.stream.as_bytes());
        self.seal(Kind::Iterator, iterator.issued, &content)
    }

    pub fn open_iterator(&self, token: &str) -> Option<Iterator> {
        // AWS takes an iterator that is wrapped in double quotes, as shells tend to pass it.
        let token = token.trim_matches('"');
        let (issued, content) = self.open(Kind::Iterator, token)?;
        let mut reader = Reader(&content);
        Some(Iterator {
            issued,
            incarnation: reader.u64()?,
            shard: reader.u32()?,
            position: reader.u64()?,
            chain: reader.u64()?,
            pages: reader.u32()?,
            start: read_start(&mut reader)?,
            stream: reader.rest()?,
        })
    }

    pub fn seal_page(&self, kind: Kind, page: &Page) -> String {
        let mut content = Vec::with_capacity(160);
        content.extend(page.incarnation.to_be_bytes());
        content.extend(page.next.to_be_bytes());
        let (kind_of_filter, time_ms) = match page.filter {
            Filter::All => (0, 0),
            Filter::AtLatest => (1, 0),
            Filter::At { time_ms } => (2, time_ms),
            Filter::From { time_ms } => (3, time_ms),
        };
        content.push(kind_of_filter);
        content.extend(time_ms.to_be_bytes());
        content.extend(page.name.as_bytes());
        self.seal(kind, page.issued, &content)
    }

    pub fn open_page(&self, kind: Kind, token: &str) -> Option<Page> {
        let (issued, content) = self.open(kind, token)?;
        let mut reader = Reader(&content);
        Some(Page {
            issued,
            incarnation: reader.u64()?,
            next: reader.u32()?,
            filter: {
                let [kind_of_filter] = reader.take()?;
                let time_ms = reader.i64()?;
                match kind_of_filter {
                    0 => Filter::All,
                    1 => Filter::AtLatest,
                    2 => Filter::At { time_ms },
                    3 => Filter::From { time_ms },
                    _ => return None,
                }
            },
            name: reader.rest()?,
        })
    }

    fn seal(&self, kind: Kind, issued: DateTime<Utc>, content: &[u8]) -> String {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + content.len() + MAC_BYTES);
        bytes.extend([VERSION, kind as u8]);
        bytes.extend(issued.timestamp_millis().to_be_bytes());
        bytes.extend(content);
        let mac = self
            .mac
            .clone()
            .chain_update(&bytes)
            .finalize()
            .into_bytes();
        bytes.extend(&mac[..MAC_BYTES]);
        STANDARD.encode(bytes)
    }

    fn open(&self, kind: Kind, token: &str) -> Option<(DateTime<Utc>, Vec<u8>)> {
        let mut bytes = STANDARD.decode(token).ok()?;
        let sealed = bytes.len().checked_sub(MAC_BYTES)?;
        self.mac
            .clone()
            .chain_update(&bytes[..sealed])
            .verify_truncated_left(&bytes[sealed..])
            .ok()?;
        bytes.truncate(sealed);
        let mut reader = Reader(&bytes);
        if reader.take::<2>()? != [VERSION, kind as u8] {
            return None;
        }
        let issued = DateTime::from_timestamp_millis(reader.i64()?)?;
        Some((issued, reader.0.to_vec()))
    }
}

const TRIM_HORIZON: u8 = 0;
const LATEST: u8 = 1;
const AT_TIMESTAMP: u8 = 2;
const AT_SEQUENCE_NUMBER: u8 = 3;
const AFTER_SEQUENCE_NUMBER: u8 = 4;

fn write_start(start: &StartPosition, content: &mut Vec<u8>) {
    let mut number = |kind: u8, number: &SequenceNumber| {
        content.push(kind);
        // An iterator is only made for a number that comes apart.
        if let Some(parts) = Parts::decode(number) {
            content.extend(parts.shard_created.to_be_bytes());
            content.extend(parts.index.to_be_bytes());
            content.push(parts.byte);
            content.extend(parts.recorded.to_be_bytes());
            content.extend(parts.shard.to_be_bytes());
        }
    };
    match start {
        StartPosition::AtSequenceNumber(at) => number(AT_SEQUENCE_NUMBER, at),
        StartPosition::AfterSequenceNumber(after) => number(AFTER_SEQUENCE_NUMBER, after),
        StartPosition::TrimHorizon => content.push(TRIM_HORIZON),
        StartPosition::Latest => content.push(LATEST),
        StartPosition::AtTimestamp(time) => {
            content.push(AT_TIMESTAMP);
            content.extend(time.timestamp_millis().to_be_bytes());
        }
    }
}

fn read_start(reader: &mut Reader) -> Option<StartPosition> {
    let [kind] = reader.take()?;
    let number = |reader: &mut Reader| {
        let parts = Parts {
            shard_created: reader.u64()?,
            index: reader.u64()?,
            byte: u8::from_be_bytes(reader.take()?),
            recorded: reader.u64()?,
            shard: reader.u32()?,
        };
        Some(parts.encode())
    };
    Some(match kind {
        TRIM_HORIZON => StartPosition::TrimHorizon,
        LATEST => StartPosition::Latest,
        AT_TIMESTAMP => StartPosition::AtTimestamp(DateTime::from_timestamp_millis(reader.i64()?)?),
        AT_SEQUENCE_NUMBER => StartPosition::AtSequenceNumber(number(reader)?),
        AFTER_SEQUENCE_NUMBER => StartPosition::AfterSequenceNumber(number(reader)?),
        _ => return None,
    })
}

/// Takes fixed pieces from the front of some bytes.
struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
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

    fn i64(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    fn rest(&mut self) -> Option<String> {
        String::from_utf8(std::mem::take(&mut self.0).to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealer() -> Sealer {
        Sealer::new([7; 64])
    }

    fn starts() -> Vec<StartPosition> {
        let number = "49590338271490256608559692538361571095921575989136588898";
        vec![
            StartPosition::TrimHorizon,
            StartPosition::Latest,
            StartPosition::AtTimestamp(
                DateTime::from_timestamp_millis(1_795_372_800_500).expect("a time"),
            ),
            StartPosition::AtSequenceNumber(number.into()),
            StartPosition::AfterSequenceNumber(number.into()),
        ]
    }

    fn iterator(start: StartPosition) -> Iterator {
        Iterator {
            issued: DateTime::from_timestamp_millis(1_795_372_800_123).expect("a time"),
            stream: "s".repeat(128),
            incarnation: 3,
            shard: 6,
            position: 1_734_642_199,
            chain: 12,
            pages: 5,
            start,
        }
    }

    #[test]
    fn an_iterator_comes_back_whatever_its_start() {
        for start in starts() {
            let iterator = iterator(start);
            let token = sealer().seal_iterator(&iterator);
            assert!(token.len() <= 512, "{}", token.len());
            assert_eq!(sealer().open_iterator(&token), Some(iterator.clone()));
            assert_eq!(
                sealer().open_iterator(&format!("\"{token}\"")),
                Some(iterator)
            );
        }
    }

    #[test]
    fn a_page_comes_back_and_is_never_taken_for_another_kind() {
        let time_ms = 1_795_372_800_000;
        for filter in [
            Filter::All,
            Filter::AtLatest,
            Filter::At { time_ms },
            Filter::From { time_ms },
        ] {
            let page = Page {
                issued: DateTime::from_timestamp_millis(1).expect("a time"),
                name: "x".into(),
                incarnation: 1,
                next: 2,
                filter,
            };
            let token = sealer().seal_page(Kind::ListShards, &page);
            assert_eq!(sealer().open_page(Kind::ListShards, &token), Some(page));
            assert_eq!(sealer().open_page(Kind::ListStreams, &token), None);
            assert_eq!(sealer().open_iterator(&token), None);
        }
    }

    #[test]
    fn what_was_changed_or_made_elsewhere_is_refused() {
        let token = sealer().seal_iterator(&iterator(StartPosition::Latest));
        assert_eq!(Sealer::new([8; 64]).open_iterator(&token), None);
        assert_eq!(sealer().in_region("a").open_iterator(&token), None);
        let mut bytes = STANDARD.decode(&token).expect("base64");
        for index in 0..bytes.len() {
            bytes[index] ^= 1;
            assert_eq!(
                sealer().open_iterator(&STANDARD.encode(&bytes)),
                None,
                "{index}"
            );
            bytes[index] ^= 1;
        }
    }

    proptest! {
        #[test]
        fn no_token_makes_the_reader_panic(token in "\\PC{0,80}|[A-Za-z0-9+/]{0,200}") {
            prop_assert_eq!(sealer().open_iterator(&token), None);
            prop_assert_eq!(sealer().open_page(Kind::ListShards, &token), None);
        }
    }
}
