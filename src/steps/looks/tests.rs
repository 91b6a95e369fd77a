//! Tables and laws of looks: what is done next, how long they wait, and that each record is found once.

use proptest::prelude::*;

use super::*;

fn begin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_372_800, 0).expect("a time")
}

fn at(seconds: i64) -> DateTime<Utc> {
    begin() + TimeDelta::seconds(seconds)
}

fn target(describe: bool, read: bool) -> Target {
    Target {
        stream: "s".into(),
        describe,
        read,
    }
}

fn shard(index: u32) -> ShardId {
    ShardId::from_index(index)
}

fn number(number: u32) -> SequenceNumber {
    number.to_string().into()
}

fn entry(index: u32, of: u32) -> PutEntry {
    PutEntry {
        key: "alice".into(),
        explicit_hash_key: None,
        size: 2,
        head: b"{}".to_vec(),
        result: Ok((shard(index), number(of))),
    }
}

fn page(numbers: &[u32], at_tip: bool) -> Page {
    let found = |of: &u32| Found {
        number: number(*of),
        key: "alice".into(),
        arrived: None,
        head: Vec::new(),
    };
    Page {
        records: numbers.iter().map(found).collect(),
        next: Some("next".into()),
        at_tip,
    }
}

/// Looks at an endpoint that tells nothing, with a stream of so many shards.
fn elsewhere(shards: u32) -> Looks {
    let mut looks = Looks::new(false);
    let shards: Vec<(ShardId, bool)> = (0..shards).map(|index| (shard(index), true)).collect();
    looks.described("s", Some(at(-100)), &shards, begin());
    looks
}

fn next(looks: &Looks, targets: &[Target], now: DateTime<Utc>) -> Next {
    looks.next(targets, begin(), &|_| false, now)
}

/// Asks for what is next, and says what that is.
fn ask(looks: &mut Looks, now: DateTime<Utc>) -> Next {
    let next = next(looks, &[target(false, true)], now);
    looks.asked(&next);
    next
}

fn open(index: u32, start: StartPosition) -> Next {
    Next::Open("s".into(), shard(index), start)
}

fn opened(looks: &mut Looks, index: u32, now: DateTime<Utc>) {
    looks.opened("s", &shard(index), Ok("token".into()), now);
}

#[test]
fn what_is_next_follows_from_what_is_known_and_from_the_time() {
    let check = |name: &str, looks: &Looks, targets: &[Target], now, expected: Next| {
        assert_eq!(next(looks, targets, now), expected, "{name}");
    };
    let read = [target(false, true)];
    let told = Looks::new(true);
    check("every call is told", &told, &read, at(0), Next::Rest);
    let mut lost = told.clone();
    lost.lost(at(5));
    check("not in the midst", &lost, &read, at(5), Next::At(at(6)));
    check("then it looks", &lost, &read, at(6), Next::Begin);
    let looks = elsewhere(2);
    check("nothing is open", &looks, &[], at(0), Next::Rest);
    check("a step is open", &looks, &read, at(0), Next::Begin);

    let mut looks = elsewhere(2);
    looks.begin();
    let describe = [target(true, true)];
    let description = Next::Describe("s".into());
    check("described first", &looks, &describe, at(0), description);
    let from = StartPosition::AtTimestamp(begin());
    check("older ones not", &looks, &read, at(0), open(0, from));
    let unread = [target(false, false)];
    check("it may not read", &looks, &unread, at(0), Next::Settle);
    looks.put("s", &[entry(0, 7)], at(0));
    assert_eq!(
        ask(&mut looks, at(0)),
        open(0, StartPosition::AtTimestamp(begin()))
    );
    check("one at a time", &looks, &read, at(0), Next::Rest);
    opened(&mut looks, 0, at(0));
    let start = StartPosition::AtTimestamp(begin());
    let first = Next::Read("s".into(), shard(0), "token".into(), start.clone());
    assert_eq!(ask(&mut looks, at(0)), first);
    looks.page("s", &shard(0), Ok(page(&[7, 8], true)), at(0));
    check("the other one", &looks, &read, at(0), open(1, start));
    ask(&mut looks, at(0));
    looks.opened("s", &shard(1), Err(Failure::Invalid), at(0));
    let oldest = StartPosition::TrimHorizon;
    check(
        "its clock is behind",
        &looks,
        &read,
        at(0),
        open(1, oldest.clone()),
    );
    ask(&mut looks, at(0));
    opened(&mut looks, 1, at(0));
    ask(&mut looks, at(0));
    looks.page("s", &shard(1), Ok(page(&[], true)), at(0));
    check(
        "who put may tell yet",
        &looks,
        &read,
        at(0),
        Next::At(at(1)),
    );
    let pending = looks.next(&read, begin(), &|_| true, at(1));
    assert_eq!(pending, Next::Rest, "a put is on its way");
    check("then compared", &looks, &read, at(1), Next::Settle);
    let (found, _) = looks.settle(at(1));
    let numbers = |found: &[Untold]| -> Vec<String> {
        let records = found.iter().flat_map(|it| &it.records);
        records.map(|it| it.number.to_string()).collect()
    };
    assert_eq!(numbers(&found), ["8"], "7 was told of");
    check("a while later", &looks, &read, at(1), Next::At(at(6)));
    looks.begin();
    let on = Next::Read("s".into(), shard(0), "next".into(), from_begin());
    check("where it ended", &looks, &read, at(6), on);
    let expired = open(0, StartPosition::AfterSequenceNumber(number(8)));
    check("an old iterator", &looks, &read, at(241), expired);
}

fn from_begin() -> StartPosition {
    StartPosition::AtTimestamp(begin())
}

#[test]
fn a_look_waits_longer_the_longer_nothing_is_found() {
    let check = |pause: i64, found, behind, failed, expected: i64| {
        let pause = pause_after(TimeDelta::milliseconds(pause), found, behind, failed);
        assert_eq!(pause.num_milliseconds(), expected);
    };
    check(2_500, false, false, false, 5_000);
    check(5_000, false, false, false, 10_000);
    check(10_000, false, false, false, 20_000);
    check(20_000, false, false, false, 30_000);
    check(30_000, false, false, false, 30_000);
    check(30_000, true, false, false, 5_000);
    check(30_000, false, true, false, 2_000);
    check(2_000, false, false, true, 5_000);
    check(20_000, true, true, true, 30_000);
}

#[test]
fn a_look_reads_no_more_than_its_share_of_many_shards_and_comes_to_all_in_turn() {
    let mut looks = elsewhere(40);
    let mut read = Vec::new();
    for round in 0..3 {
        let now = at(round * 100);
        looks.begin();
        let mut pages = 0;
        loop {
            match ask(&mut looks, now) {
                Next::Open(_, id, _) => looks.opened("s", &id, Ok("token".into()), now),
                Next::Read(_, id, _, _) => {
                    pages += 1;
                    read.push(id.clone());
                    looks.page("s", &id, Ok(page(&[], true)), now);
                }
                _ => break,
            }
        }
        assert!(pages <= SHARDS);
        looks.settle(now + GRACE);
    }
    read.sort();
    read.dedup();
    assert_eq!(read.len(), 40);
}

#[test]
fn a_hole_is_closed_by_a_look_that_came_to_the_tip_and_by_no_other() {
    let check = |at_tip: bool, gives_up: bool, whole: bool| {
        let mut looks = Looks::new(true);
        looks.described("s", None, &[(shard(0), true)], at(0));
        looks.lost(at(0));
        looks.begin();
        let started = open(0, StartPosition::TrimHorizon);
        assert_eq!(ask(&mut looks, at(1)), started);
        opened(&mut looks, 0, at(1));
        ask(&mut looks, at(1));
        looks.page("s", &shard(0), Ok(page(&[1], at_tip)), at(1));
        assert_eq!(ask(&mut looks, at(2)), Next::At(at(6)), "for the feed");
        looks.read_told();
        assert_eq!(ask(&mut looks, at(2)), Next::Settle);
        if gives_up {
            looks.give_up();
        }
        assert_eq!(looks.settle(at(2)).1, whole);
        assert_eq!(looks.are_wanted(), !whole);
    };
    check(true, false, true);
    check(false, false, false);
    check(true, true, false);
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut looks = elsewhere(100);
    for index in 0..20_000 {
        looks.put("s", &[entry(index % 100, index)], at(0));
        looks.put(&format!("s{index}"), &[entry(0, index)], at(1));
        looks.put("one", &[entry(0, index)], at(2));
    }
    let size = format!("{looks:?}").len();
    assert!(size < 2_000_000, "{size} bytes in words");
}

#[derive(Debug, Clone)]
enum Step {
    /// Somebody puts: told at once, told later, or never.
    Put(u8),
    /// What was put is told now.
    Tell,
    /// A look reads at most so many records.
    Look(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..3_u8).prop_map(Step::Put),
        Just(Step::Tell),
        (1..6_usize).prop_map(Step::Look),
    ];
    prop::collection::vec(step, 0..80)
}

proptest! {
    #[test]
    fn every_record_that_nobody_tells_of_is_found_once_and_no_other(steps in steps()) {
        let mut looks = elsewhere(1);
        let (mut all, mut late, mut untold) = (Vec::new(), Vec::new(), Vec::new());
        let mut found = Vec::new();
        let mut look = |looks: &mut Looks, all: &[u32], late: &mut Vec<u32>, most: usize| {
            looks.begin();
            let mut next = ask(looks, at(0));
            if let Next::Open(_, _, start) = &next {
                let after = match start {
                    StartPosition::AfterSequenceNumber(number) => number.to_string(),
                    _ => "0".into(),
                };
                looks.opened("s", &shard(0), Ok(after), at(0));
                next = ask(looks, at(0));
            }
            let Next::Read(_, _, token, _) = next else {
                panic!("nothing is read");
            };
            let after: u32 = token.parse().expect("a number");
            let mut numbers: Vec<u32> = all.iter().copied().filter(|it| *it > after).collect();
            numbers.truncate(most);
            let last = numbers.last().copied().unwrap_or(after);
            let page = Page { next: Some(last.to_string()), ..page(&numbers, last as usize == all.len()) };
            looks.page("s", &shard(0), Ok(page), at(0));
            // Whoever put has the time to tell.
            for number in late.drain(..) {
                looks.put("s", &[entry(0, number)], at(0));
            }
            let (records, _) = looks.settle(at(1));
            found.extend(records.into_iter().flat_map(|it| it.records).map(|it| it.number));
        };
        for step in steps {
            match step {
                Step::Put(how) => {
                    let number = all.len() as u32 + 1;
                    all.push(number);
                    match how {
                        0 => looks.put("s", &[entry(0, number)], at(0)),
                        1 => late.push(number),
                        _ => untold.push(number),
                    }
                }
                Step::Tell => {
                    for number in late.drain(..) {
                        looks.put("s", &[entry(0, number)], at(0));
                    }
                }
                Step::Look(most) => look(&mut looks, &all, &mut late, most),
            }
        }
        look(&mut looks, &all, &mut late, usize::MAX);
        let untold: Vec<SequenceNumber> = untold.into_iter().map(number).collect();
        prop_assert_eq!(found, untold);
    }
}
