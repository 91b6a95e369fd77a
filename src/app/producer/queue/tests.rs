//! The laws of the queue: nothing is lost or counted twice, whatever the endpoint does.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::kinesis::ShardId;

const LIMITS: Limits = Limits {
    calls: 3,
    per_call: 4,
    retries: 3,
};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_372_800, 0).expect("a time")
}

fn entry(id: usize) -> Entry {
    Entry {
        key: format!("key-{}", id % 3),
        data: format!("{{\"id\":\"{id:016x}\"}}"),
        hash_key: None,
    }
}

fn entries(from: usize, count: usize) -> Vec<Entry> {
    (from..from + count).map(entry).collect()
}

fn place(number: usize) -> Place {
    (
        ShardId::from_index(0),
        format!("{number:020}").as_str().into(),
    )
}

fn refused(code: &str) -> CallError {
    CallError::Refused {
        code: code.into(),
        message: String::new(),
    }
}

fn silence() -> CallError {
    CallError::NoAnswer {
        why: "closed".into(),
    }
}

fn ids(call: &Call) -> Vec<&str> {
    let id = |entry: &Arc<Entry>| -> &str {
        // Leaking is over with the test.
        Box::leak(entry.data[7..23].to_owned().into_boxed_str())
    };
    call.entries.iter().map(id).collect()
}

#[test]
fn only_what_was_refused_goes_again_and_in_its_order() {
    let mut queue = Queue::default();
    let mut random = fastrand::Rng::with_seed(1);
    let mut number = 0;
    queue.admit(Sender::Auto, entries(0, 4), start());
    let calls = queue.pump(start(), LIMITS, &mut number);
    assert_eq!(calls.len(), 1);
    let throttled = || Err(refused(THROTTLED));
    let results = vec![throttled(), Ok(place(1)), throttled(), Ok(place(2))];
    let told = queue
        .answered(1, Ok(results), LIMITS, start(), &mut random)
        .expect("its call");
    assert_eq!(told.written.len(), 2);
    let [failed] = &told.failed[..] else {
        panic!("one reason");
    };
    assert_eq!((failed.records, failed.of), (2, 4));
    let Fate::Again { retry: 1, wait } = failed.fate else {
        panic!("{:?}", failed.fate);
    };
    assert!(wait <= FIRST_WAIT);
    assert_eq!(queue.next_due(LIMITS), Some(start() + wait));
    let again = queue.pump(start() + wait, LIMITS, &mut number);
    assert_eq!(ids(&again[0]), ["0000000000000000", "0000000000000002"]);
    assert!(again[0].retry);
    assert_eq!((queue.counts.throttled, queue.counts.retried), (2, 2));
}

#[test]
fn waits_are_drawn_from_below_a_bound_that_doubles_up_to_a_limit() {
    let mut random = fastrand::Rng::with_seed(2);
    for (retry, bound) in [
        (1, 100),
        (2, 200),
        (3, 400),
        (6, 3_200),
        (7, 5_000),
        (40, 5_000),
        (70, 5_000),
        (u32::MAX, 5_000),
    ] {
        let waits: Vec<i64> = (0..500)
            .map(|_| wait(retry, &mut random).num_milliseconds())
            .collect();
        assert!(
            waits.iter().all(|wait| (0..=bound).contains(wait)),
            "{retry}"
        );
        let longest = waits.iter().max().expect("some");
        assert!(
            *longest > bound * 9 / 10,
            "{retry}: the whole of it is used"
        );
        let shortest = waits.iter().min().expect("some");
        assert!(*shortest < bound / 10, "{retry}: from nothing on");
    }
}

#[test]
fn a_record_is_given_up_after_its_tries_or_when_it_is_too_old() {
    let mut queue = Queue::default();
    let mut random = fastrand::Rng::with_seed(3);
    let mut number = 0;
    queue.admit(Sender::Auto, entries(0, 1), start());
    let mut now = start();
    for attempt in 1..=4 {
        let calls = queue.pump(now, LIMITS, &mut number);
        assert_eq!(calls.len(), 1, "try {attempt}");
        queue.answered(number, Err(refused(THROTTLED)), LIMITS, now, &mut random);
        now = queue.next_due(LIMITS).unwrap_or(now);
    }
    assert_eq!((queue.held(), queue.counts.given_up), (0, 1));
    queue.admit(Sender::Auto, entries(1, 1), start());
    queue.pump(start(), LIMITS, &mut number);
    let late = start() + PATIENCE + TimeDelta::milliseconds(1);
    queue.answered(number, Err(refused(THROTTLED)), LIMITS, late, &mut random);
    assert_eq!(queue.counts.given_up, 2, "no tries count after so long");
}

#[test]
fn what_can_never_pass_is_given_up_at_once_and_the_rest_goes_again() {
    let mut queue = Queue::default();
    let mut number = 0;
    queue.admit(Sender::Auto, entries(0, 2), start());
    queue.pump(start(), LIMITS, &mut number);
    let results = vec![
        Err(refused("ValidationException")),
        Err(refused("InternalFailure")),
    ];
    let mut random = fastrand::Rng::with_seed(4);
    let told = queue.answered(1, Ok(results), LIMITS, start(), &mut random);
    let fates: Vec<Fate> = told
        .expect("its call")
        .failed
        .iter()
        .map(|it| it.fate)
        .collect();
    assert!(
        matches!(fates[..], [Fate::GivenUp, Fate::Again { .. }]),
        "{fates:?}"
    );
    assert_eq!((queue.held(), queue.counts.given_up), (1, 1));
}

#[test]
fn a_call_carries_no_more_than_the_service_takes() {
    let mut queue = Queue::default();
    let mut number = 0;
    let large = |id| Entry {
        data: "x".repeat(1024 * 1024),
        ..entry(id)
    };
    queue.admit(Sender::Auto, (0..6).map(large).collect(), start());
    let limits = Limits {
        per_call: 10_000,
        ..LIMITS
    };
    let sizes = |calls: Vec<Call>| {
        calls
            .iter()
            .map(|call| call.entries.len())
            .collect::<Vec<_>>()
    };
    assert_eq!(sizes(queue.pump(start(), limits, &mut number)), [4, 2]);
    let mut queue = Queue::default();
    queue.admit(Sender::Auto, entries(0, 1_200), start());
    assert_eq!(
        sizes(queue.pump(start(), limits, &mut number)),
        [500, 500, 200]
    );
}

#[test]
fn no_more_calls_are_under_way_than_allowed_and_then_no_deadline_is_asked_for() {
    let mut queue = Queue::default();
    let mut number = 0;
    queue.admit(Sender::Auto, entries(0, 20), start());
    assert_eq!(queue.pump(start(), LIMITS, &mut number).len(), 3);
    assert!(!queue.has_room(1, 1, LIMITS));
    assert_eq!(queue.next_due(LIMITS), None);
    assert!(queue.pump(start(), LIMITS, &mut number).is_empty());
}

#[test]
fn what_a_lost_reply_had_stored_is_known_when_it_was_told() {
    let mut queue = Queue::default();
    let mut random = fastrand::Rng::with_seed(5);
    let mut number = 0;
    queue.admit(Sender::Auto, entries(0, 2), start());
    let call = queue.pump(start(), LIMITS, &mut number).remove(0);
    let told: Vec<(&str, &[u8], Option<Place>)> = call
        .entries
        .iter()
        .zip([Some(place(7)), None])
        .map(|(it, place)| (it.key.as_str(), &it.data.as_bytes()[..20], place))
        .collect();
    queue.was_stored(&told);
    queue.answered(1, Err(silence()), LIMITS, start(), &mut random);
    let later = start() + LONGEST_WAIT;
    queue.pump(later, LIMITS, &mut number);
    let results = vec![Ok(place(8)), Ok(place(9))];
    let told = queue
        .answered(2, Ok(results), LIMITS, later, &mut random)
        .expect("its call");
    assert_eq!(told.written[0].record.before, [place(7)]);
    assert!(told.written[1].record.before.is_empty() && told.written[1].unsure);
    assert_eq!((queue.counts.twice, queue.counts.perhaps_twice), (1, 1));
}

/// What an endpoint does with a call.
#[derive(Debug, Clone)]
enum Does {
    /// It answers, and refuses those records of the call whose place is in the mask.
    Answers(u8),
    /// It stores all but those in the mask, and nobody hears of it.
    IsCutOff(u8),
    /// Nothing arrives.
    IsDown,
    /// It refuses the call.
    Refuses(&'static str),
    /// It answers for too few records, of which it stored all.
    Babbles,
}

fn does() -> impl Strategy<Value = Does> {
    prop_oneof![
        4 => any::<u8>().prop_map(Does::Answers),
        2 => any::<u8>().prop_map(Does::IsCutOff),
        1 => Just(Does::IsDown),
        1 => prop_oneof![
            Just("InternalFailure"),
            Just(THROTTLED),
            Just("ResourceNotFoundException"),
        ]
        .prop_map(Does::Refuses),
        1 => Just(Does::Babbles),
    ]
}

#[derive(Debug, Clone)]
enum Act {
    Admit(usize),
    Answer(usize, Does),
    Wait(i64),
    GiveUp,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1_usize..9).prop_map(Act::Admit),
        8 => (any::<usize>(), does()).prop_map(|(which, does)| Act::Answer(which, does)),
        4 => (1_i64..3_000).prop_map(Act::Wait),
        1 => Just(Act::GiveUp),
    ]
}

proptest! {
    /// The stream is a list of what was stored. Whatever happens: each record sent is written, given up or held; what is
    /// said to be written is in the stream; what was never in doubt is there once, and what was given up without a doubt
    /// is not there at all.
    #[test]
    fn sent_is_written_given_up_or_waiting_and_the_counts_are_those_of_the_stream(
        acts in prop::collection::vec(act(), 1..80),
        seed in any::<u64>(),
    ) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut queue = Queue::default();
        let mut now = start();
        let (mut number, mut admitted) = (0, 0);
        let mut under_way: Vec<Call> = Vec::new();
        let mut stream: Vec<String> = Vec::new();
        let mut written: BTreeMap<String, bool> = BTreeMap::new();
        for act in acts {
            match act {
                Act::Admit(count) => {
                    queue.admit(Sender::Auto, entries(admitted, count), now);
                    admitted += count;
                }
                Act::Wait(millis) => now += TimeDelta::milliseconds(millis),
                Act::GiveUp => { queue.give_up(); }
                Act::Answer(which, does) if !under_way.is_empty() => {
                    let call = under_way.remove(which % under_way.len());
                    let data = |entry: &Arc<Entry>| entry.data.clone();
                    let all = call.entries.iter().map(data);
                    let mask_of = |mask: u8| move |place: usize| mask >> (place % 8) & 1 == 1;
                    let result = match does {
                        Does::Answers(mask) => {
                            let refuses = mask_of(mask);
                            Ok(all.enumerate().map(|(at, data)| match refuses(at) {
                                true => Err(refused(THROTTLED)),
                                false => {
                                    stream.push(data);
                                    Ok(place(stream.len()))
                                }
                            }).collect())
                        }
                        Does::IsCutOff(mask) => {
                            let refuses = mask_of(mask);
                            stream.extend(all.enumerate().filter(|(at, _)| !refuses(*at)).map(|(_, data)| data));
                            Err(silence())
                        }
                        Does::IsDown => Err(silence()),
                        Does::Refuses(code) => Err(refused(code)),
                        Does::Babbles => {
                            stream.extend(all);
                            Ok(vec![])
                        }
                    };
                    let told = queue.answered(call.id, result, LIMITS, now, &mut random).expect("its call");
                    for it in told.written {
                        let new = written.insert(it.record.entry.data.clone(), it.unsure);
                        prop_assert_eq!(new, None, "written twice over");
                    }
                }
                Act::Answer(..) => {}
            }
            under_way.extend(queue.pump(now, LIMITS, &mut number));
            prop_assert!(under_way.len() <= LIMITS.calls);
            let counts = queue.counts;
            prop_assert_eq!(counts.sent, admitted as u64);
            prop_assert_eq!(counts.sent, counts.written + counts.given_up + queue.held() as u64);
            prop_assert_eq!(counts.written, written.len() as u64);
        }
        // The endpoint recovers, and all comes to its end.
        while queue.held() > 0 {
            for call in std::mem::take(&mut under_way) {
                let results = call.entries.iter().map(|entry| {
                    stream.push(entry.data.clone());
                    Ok(place(stream.len()))
                }).collect();
                let told = queue.answered(call.id, Ok(results), LIMITS, now, &mut random).expect("its call");
                for it in told.written {
                    written.insert(it.record.entry.data.clone(), it.unsure);
                }
            }
            now = queue.next_due(LIMITS).map_or(now, |due| due.max(now));
            under_way.extend(queue.pump(now, LIMITS, &mut number));
        }
        let counts = queue.counts;
        prop_assert_eq!(counts.sent, counts.written + counts.given_up);
        prop_assert_eq!(queue.bytes, 0);
        let mut given_up_in_doubt = 0;
        for id in 0..admitted {
            let data = entry(id).data;
            let there = stream.iter().filter(|it| **it == data).count();
            match written.get(&data) {
                Some(true) => prop_assert!(there >= 1),
                Some(false) => prop_assert_eq!(there, 1),
                None => given_up_in_doubt += u64::from(there > 0),
            }
        }
        prop_assert!(given_up_in_doubt <= counts.unknown);
        prop_assert!(counts.unknown <= counts.given_up);
    }

    #[test]
    fn a_retry_is_never_due_before_its_group_was_answered(seed in any::<u64>(), millis in 0_i64..20_000) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut queue = Queue::default();
        let mut number = 0;
        queue.admit(Sender::Auto, entries(0, 4), start());
        queue.pump(start(), LIMITS, &mut number);
        let now = start() + TimeDelta::milliseconds(millis);
        queue.answered(1, Err(silence()), LIMITS, now, &mut random);
        prop_assert!(queue.next_due(LIMITS).is_some_and(|due| due >= now && due <= now + FIRST_WAIT));
    }
}
