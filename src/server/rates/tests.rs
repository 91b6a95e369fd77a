//! Where each limit starts and where it ends, to the millisecond.

use super::*;

const MIB: usize = 1_048_576;
const START: i64 = 1_795_372_800_000;

/// What is done to a shard, each at milliseconds from the start.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// So many records of so many bytes.
    Write(usize, usize),
    /// A GetRecords call whose answer has so many bytes.
    Read(usize),
    Iterator,
}
use Act::{Iterator, Read, Write};

/// Does all of it to a shard that has rested, and says what was allowed. Of several records that is: all of them.
fn done(acts: &[(i64, Act)]) -> Vec<bool> {
    let mut shard = ShardRates::default();
    let one = |&(at, act): &(i64, Act)| {
        let now = START + at;
        match act {
            Write(records, bytes) => (0..records).all(|_| shard.write(bytes, now)),
            Iterator => shard.iterator(now),
            Read(bytes) => {
                let allowed = shard.read(now);
                if allowed {
                    shard.answered(bytes);
                }
                allowed
            }
        }
    };
    acts.iter().map(one).collect()
}

/// Asserts what is allowed, act by act.
fn allows(acts: &[(i64, Act, bool)]) {
    let plain: Vec<_> = acts.iter().map(|(at, act, _)| (*at, *act)).collect();
    let expected: Vec<_> = acts.iter().map(|(.., allowed)| *allowed).collect();
    assert_eq!(done(&plain), expected, "{acts:?}");
}

#[test]
fn a_shard_takes_a_thousand_records_a_second() {
    allows(&[
        (0, Write(1_000, 1), true),
        (0, Write(1, 1), false),
        // One a millisecond from there.
        (1, Write(1, 1), true),
        (1, Write(1, 1), false),
        (1_001, Write(1_000, 1), true),
        (1_001, Write(1, 1), false),
        // A rest of an hour is worth no more than a second.
        (3_600_000, Write(1_000, 1), true),
        (3_600_000, Write(1, 1), false),
    ]);
}

#[test]
fn a_shard_takes_a_mebibyte_a_second() {
    allows(&[
        (0, Write(1, MIB), true),
        (0, Write(1, 1), false),
        (999, Write(1, MIB), false),
        (1_000, Write(1, MIB), true),
        // Half of it is there after half a second.
        (1_499, Write(1, MIB / 2), false),
        (1_499, Write(1, MIB / 4), true),
        (1_749, Write(1, MIB / 2), false),
        (1_750, Write(1, MIB / 2), true),
        (1_750, Write(1, 0), true),
    ]);
}

#[test]
fn a_record_above_a_second_s_worth_is_taken_by_a_shard_that_has_rested() {
    allows(&[
        (0, Write(1, 1), true),
        (0, Write(1, 10 * MIB), false),
        (1, Write(1, 10 * MIB), true),
        // Nine seconds pay what was owed.
        (9_001, Write(1, 1), false),
        (9_002, Write(1, 1), true),
        (10_001, Write(1, 2 * MIB), false),
        (10_002, Write(1, 2 * MIB), true),
    ]);
}

#[test]
fn a_record_that_is_refused_costs_nothing() {
    allows(&[
        (0, Write(1, MIB / 2), true),
        (0, Write(1, MIB), false),
        (0, Write(1, MIB), false),
        (0, Write(1, MIB / 2), true),
    ]);
}

#[test]
fn a_shard_gives_five_reads_a_second() {
    let read = |at, allowed| (at, Read(0), allowed);
    allows(&[
        read(0, true),
        read(0, true),
        read(0, true),
        read(0, true),
        read(0, true),
        read(0, false),
        read(199, false),
        read(200, true),
        read(399, false),
        read(400, true),
        read(1_200, true),
        read(1_200, true),
        read(1_200, true),
        read(1_200, true),
        read(1_200, false),
    ]);
}

#[test]
fn ten_mebibytes_read_throttle_the_next_five_seconds() {
    allows(&[
        (0, Read(10 * MIB), true),
        (0, Read(0), false),
        (5_000, Read(0), false),
        (5_001, Read(10 * MIB), true),
        (10_001, Read(0), false),
        (10_002, Read(0), true),
    ]);
}

#[test]
fn too_little_left_to_read_throttles_the_next_second() {
    allows(&[
        // All of it is covered, so nothing is owed.
        (0, Read(MIB), true),
        (0, Read(MIB / 2), true),
        (0, Read(MIB / 2), true),
        (0, Read(0), false),
        (1, Read(0), true),
        // This one is not covered.
        (500, Read(MIB + MIB / 2), true),
        (1_500, Read(0), false),
        (1_501, Read(0), true),
        // Nor this one, above what a second gives.
        (10_000, Read(3 * MIB), true),
        (11_500, Read(0), false),
        (11_501, Read(0), true),
    ]);
}

#[test]
fn a_shard_gives_five_iterators_a_second_beside_its_reads() {
    allows(&[
        (0, Iterator, true),
        (0, Iterator, true),
        (0, Iterator, true),
        (0, Iterator, true),
        (0, Iterator, true),
        (0, Iterator, false),
        (0, Read(0), true),
        (0, Write(1, 1), true),
        (199, Iterator, false),
        (200, Iterator, true),
        (200, Iterator, false),
    ]);
}

#[test]
fn a_clock_that_goes_back_throttles_no_longer_than_one_that_goes_on() {
    allows(&[
        (0, Write(1, MIB), true),
        (0, Read(10 * MIB), true),
        (0, Iterator, true),
        (-3_600_000, Write(1, MIB), false),
        (-3_599_001, Write(1, MIB), false),
        (-3_599_000, Write(1, MIB), true),
        (-3_600_000, Read(0), false),
        (-3_595_000, Read(0), false),
        (-3_594_999, Read(0), true),
        (-3_600_000, Iterator, true),
    ]);
}

#[test]
fn clocks_at_the_ends_of_time_do_no_harm() {
    let mut shard = ShardRates::default();
    for now in [i64::MIN, i64::MAX, i64::MIN, 0] {
        shard.write(usize::MAX, now);
        if shard.read(now) {
            shard.answered(usize::MAX);
        }
        shard.iterator(now);
    }
    assert!(shard.iterator(i64::MAX));
}

#[test]
fn calls_that_manage_streams_have_rates_of_their_own() {
    for (operation, rate) in [
        ("CreateStream", 5),
        ("ListStreams", 5),
        ("DescribeStream", 10),
        ("DescribeStreamSummary", 20),
        ("DescribeLimits", 1),
        ("ListShards", 1_000),
    ] {
        let mut rates = CallRates::default();
        let mut call = |region: &str, at: i64| rates.call(operation, region, "s", START + at);
        let step = 1_000 / rate;
        assert!((0..rate).all(|_| call("us-east-1", 0)), "{operation}");
        assert!(!call("us-east-1", 0), "{operation}");
        assert!(!call("us-east-1", step - 1), "{operation}");
        assert!(call("us-east-1", step), "{operation}");
        assert!(!call("us-east-1", step), "{operation}");
        assert!(call("eu-west-1", step), "a region is a world of its own");
    }
    let mut rates = CallRates::default();
    assert!((0..1_000).all(|_| rates.call("ListShards", "r", "s", START)));
    assert!(!rates.call("ListShards", "r", "s", START));
    assert!(rates.call("ListShards", "r", "t", START));
    assert!((0..10_000).all(|_| rates.call("PutRecord", "r", "s", START)));
}

#[test]
fn the_calls_that_are_told_apart_are_bounded() {
    let mut rates = CallRates::default();
    let call = |rates: &mut CallRates, name: usize, now| {
        rates.call("ListShards", "r", &name.to_string(), now)
    };
    assert!((0..MOST_CALLS).all(|name| call(&mut rates, name, START)));
    assert!(!call(&mut rates, MOST_CALLS, START));
    assert!(call(&mut rates, 0, START), "who is known is served");
    assert!((0..MOST_CALLS).all(|name| call(&mut rates, MOST_CALLS + name, START + 2)));
    assert_eq!(rates.buckets.len(), MOST_CALLS);
}
