//! What may be done to a stream, chosen at random and printed when it goes wrong.
//!
//! Numbers that choose something (a shard, an iterator) are taken modulo what there is, so that every sequence makes
//! sense and a shorter one still does.

use proptest::prelude::*;

/// One thing that is done.
#[derive(Debug, Clone)]
pub enum Operation {
    Create {
        shards: u8,
    },
    Delete,
    Put(Vec<Key>),
    Iterate {
        shard: u8,
        start: Start,
    },
    Read {
        iterator: u8,
        limit: u16,
    },
    Wait {
        seconds: u32,
    },
    /// Move the lab's clock, which comes to the same as to wait.
    Advance {
        seconds: u32,
    },
    Empty,
    Split {
        shard: u8,
        at: Cut,
    },
    /// With another shard, or with the open neighbour.
    Merge {
        shard: u8,
        other: Option<u8>,
    },
    Scale {
        target: u8,
    },
    Retain {
        hours: u16,
        longer: bool,
    },
    /// Let the server free some of what nobody can read any more.
    Tidy,
    /// End the server and start it again with what it kept.
    Restart,
}

/// How a record finds its shard.
#[derive(Debug, Clone)]
pub enum Key {
    /// By the hash of one of a few partition keys.
    Partition(u8),
    /// By an explicit hash key.
    Explicit(u128),
    /// By an explicit hash key at an end of a shard's range, or beside it.
    Edge { shard: u8, high: bool, beside: bool },
}

/// Where a shard is split.
#[derive(Debug, Clone)]
pub enum Cut {
    /// So many points behind its first one.
    Low(u8),
    /// So many points before its last one.
    High(u8),
    /// So many sixteenths into it.
    Within(u8),
}

/// The type of an iterator.
#[derive(Debug, Clone)]
pub enum Start {
    TrimHorizon,
    Latest,
    /// At or after one of the shard's records; its starting number where there are none.
    Number {
        record: u16,
        after: bool,
    },
    /// So many milliseconds before now.
    Ago {
        millis: u32,
    },
    /// So many milliseconds from the arrival of one of the shard's records.
    Near {
        record: u16,
        millis: i8,
    },
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        4 => (0..8u8).prop_map(Key::Partition),
        1 => any::<u128>().prop_map(Key::Explicit),
        2 => (any::<u8>(), any::<bool>(), any::<bool>())
            .prop_map(|(shard, high, beside)| Key::Edge { shard, high, beside }),
    ]
}

fn cut() -> impl Strategy<Value = Cut> {
    prop_oneof![
        1 => (0..4u8).prop_map(Cut::Low),
        1 => (0..2u8).prop_map(Cut::High),
        4 => (1..16u8).prop_map(Cut::Within),
    ]
}

fn start() -> impl Strategy<Value = Start> {
    prop_oneof![
        Just(Start::TrimHorizon),
        Just(Start::Latest),
        (any::<u16>(), any::<bool>()).prop_map(|(record, after)| Start::Number { record, after }),
        prop_oneof![0..5_000u32, 0..200_000_000u32].prop_map(|millis| Start::Ago { millis }),
        (any::<u16>(), -1..=1i8).prop_map(|(record, millis)| Start::Near { record, millis }),
    ]
}

/// Times around which something ends: an iterator's life, a day.
fn seconds() -> impl Strategy<Value = u32> {
    prop::sample::select(vec![
        1, 60, 299, 300, 301, 3_600, 40_000, 86_399, 86_400, 86_401, 172_800,
    ])
}

pub fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        2 => (1..=5u8).prop_map(|shards| Operation::Create { shards }),
        1 => Just(Operation::Delete),
        10 => prop::collection::vec(key(), 1..6).prop_map(Operation::Put),
        8 => (any::<u8>(), start()).prop_map(|(shard, start)| Operation::Iterate { shard, start }),
        12 => (any::<u8>(), prop_oneof![1..4u16, Just(10_000)])
            .prop_map(|(iterator, limit)| Operation::Read { iterator, limit }),
        2 => seconds().prop_map(|seconds| Operation::Wait { seconds }),
        1 => seconds().prop_map(|seconds| Operation::Advance { seconds }),
        1 => Just(Operation::Empty),
        3 => (any::<u8>(), cut()).prop_map(|(shard, at)| Operation::Split { shard, at }),
        3 => (any::<u8>(), prop::option::weighted(0.3, any::<u8>()))
            .prop_map(|(shard, other)| Operation::Merge { shard, other }),
        1 => (1..=8u8).prop_map(|target| Operation::Scale { target }),
        2 => (prop::sample::select(vec![23, 24, 25, 36, 48, 8_760, 8_761]), any::<bool>())
            .prop_map(|(hours, longer)| Operation::Retain { hours, longer }),
        2 => Just(Operation::Tidy),
    ]
}

pub fn operation_or_restart() -> impl Strategy<Value = Operation> {
    prop_oneof![
        12 => operation(),
        1 => Just(Operation::Restart),
    ]
}
