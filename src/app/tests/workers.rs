//! Scripts about the consumer's workers: how they share, leave, are killed, and what comes again.

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::consumer::{self, Reader, ReaderState};
use crate::app::message::*;
use crate::app::*;
use crate::kinesis::{CallError, ShardId, StartPosition};
use crate::progress::Progress;

/// A lab with two workers and two shards that are read.
fn two_workers() -> Lab {
    let mut lab = Lab::with_stream();
    lab.key('3').key('W').key('c').open_readers();
    assert_eq!(workers(&lab), [1, 2]);
    lab
}

fn workers(lab: &Lab) -> Vec<u8> {
    readers(lab).map(|reader| reader.worker).collect()
}

fn readers(lab: &Lab) -> impl Iterator<Item = &Reader> {
    lab.model.consumer.readers.iter()
}

/// The reader of a shard, as its worker asks.
fn reader(lab: &Lab, index: usize) -> ReaderId {
    ReaderId {
        run: lab.model.consumer.run,
        index,
        turn: lab.model.consumer.readers[index].turn,
    }
}

/// Lets time pass while the endpoint answers every poll with an empty page. Gives the iterators that were asked for.
fn pass(lab: &mut Lab, seconds: u32) -> Vec<(ShardId, StartPosition)> {
    let mut opened = Vec::new();
    for _ in 0..seconds * 2 {
        lab.wait(0.5);
        while let Some(request) = lab.request() {
            match request {
                Request::OpenIterator {
                    reader,
                    shard,
                    start,
                    ..
                } => {
                    opened.push((shard, start));
                    lab.opened(reader, Ok("iterator"));
                }
                Request::GetRecords { reader, .. } => {
                    lab.read(reader, &[]);
                }
                _ => {}
            }
        }
    }
    opened
}

fn shown(lab: &Lab) -> Vec<(String, u8, bool)> {
    let log = lab.model.consumer.log.iter();
    log.map(|(_, it)| (it.record.sequence.to_string(), it.worker, it.repeat))
        .collect()
}

#[test]
fn a_killed_workers_shard_is_read_on_from_its_checkpoint_and_what_comes_again_is_marked() {
    let mut lab = two_workers();
    let second = reader(&lab, 1);
    lab.read(second, &["10", "11"]);
    pass(&mut lab, 6);
    lab.read(second, &["12"]);
    lab.key('x');
    assert!(
        lab.status().contains("Worker 2 is killed"),
        "{}",
        lab.status()
    );
    assert_eq!(lab.model.consumer.workers, 1);
    assert_eq!(lab.model.consumer.readers[1].state, ReaderState::Free);
    let before = shown(&lab).len();
    lab.read(second, &["13"]);
    assert_eq!(shown(&lab).len(), before, "who is dead works no more");
    let opened = pass(&mut lab, 12);
    let after = StartPosition::AfterSequenceNumber("11".into());
    assert_eq!(opened, [(ShardId::from_index(1), after)]);
    assert!(lab.status().contains("expired"), "{}", lab.status());
    assert_eq!(workers(&lab), [1, 1]);
    let second = reader(&lab, 1);
    lab.read(second, &["12", "13"]);
    let of = |number: &str, worker, repeat| (number.to_owned(), worker, repeat);
    assert_eq!(
        shown(&lab),
        [
            of("10", 2, false),
            of("11", 2, false),
            of("12", 2, false),
            of("12", 1, true),
            of("13", 1, false)
        ]
    );
    assert_eq!(lab.model.consumer.repeats(), 1);
}

#[test]
fn who_leaves_politely_leaves_nothing_to_come_again() {
    let mut lab = two_workers();
    let second = reader(&lab, 1);
    lab.read(second, &["10", "11"]).key('w');
    let opened = pass(&mut lab, 2);
    let after = StartPosition::AfterSequenceNumber("11".into());
    assert_eq!(opened, [(ShardId::from_index(1), after)]);
    assert_eq!(lab.model.consumer.repeats(), 0);
    assert_eq!(workers(&lab), [1, 1]);
}

#[test]
fn when_the_last_worker_is_killed_nobody_reads_until_another_has_waited_for_its_leases() {
    let mut lab = Lab::with_stream();
    lab.key('3').key('c').open_readers();
    lab.key('x');
    assert_eq!(lab.model.consumer.workers, 0);
    assert!(lab.status().contains("nobody is left"), "{}", lab.status());
    assert_eq!(pass(&mut lab, 30), []);
    lab.key('x');
    assert!(lab.status().contains("W adds one"), "{}", lab.status());
    lab.key('W');
    assert_eq!(
        pass(&mut lab, 9),
        [],
        "it has to see that nobody renews them"
    );
    assert_eq!(pass(&mut lab, 3).len(), 2);
}

#[test]
fn an_endpoint_that_does_not_answer_costs_no_lease() {
    let mut lab = two_workers();
    lab.wait(120.0);
    assert!(readers(&lab).all(|reader| reader.held));
    assert_eq!(workers(&lab), [1, 2]);
}

/// Records with these numbers, of one byte each.
fn batch(numbers: std::ops::Range<u64>) -> Batch {
    let record = |number: u64| Received {
        sequence: number.to_string().into(),
        key: "alice".into(),
        arrived_at: None,
        data: b"1".to_vec(),
        size: 1,
    };
    Batch {
        records: numbers.map(record).collect(),
        next: Some("next".into()),
        millis_behind_latest: Some(0),
    }
}

#[test]
fn a_run_that_goes_on_begins_where_the_workers_stopped_and_any_other_begins_anew() {
    let mut lab = Lab::with_stream();
    lab.key('c').open_readers();
    let first = reader(&lab, 0);
    lab.read(first, &["10", "11"]).key('c').effects.clear();
    assert!(
        consumer::why_empty(&lab.model).is_none(),
        "the records are still shown"
    );
    lab.key('c');
    assert!(
        lab.status().contains("a fresh lease table"),
        "{}",
        lab.status()
    );
    assert_eq!(lab.opening().1, StartPosition::TrimHorizon);
    assert_eq!(lab.opening().1, StartPosition::TrimHorizon);
    lab.key('c').key('t').press(KeyCode::Up).enter();
    assert_eq!(lab.model.consumer.start_word(), "checkpoint");
    lab.effects.clear();
    lab.key('c');
    assert!(lab.status().contains("goes on"), "{}", lab.status());
    let after = StartPosition::AfterSequenceNumber("11".into());
    assert_eq!(lab.opening().1, after);
    assert_eq!(
        lab.opening().1,
        StartPosition::TrimHorizon,
        "nothing was read there"
    );
    lab.key('c').key('c').open_readers();
    lab.wait(0.2).open_readers();
    let why = consumer::why_empty(&lab.model).unwrap_or_default();
    assert!(why.contains("up to the checkpoints"), "{why}");
}

/// What a lab that was left has saved, after it read record 11 of shard 0.
fn saved() -> Progress {
    let mut lab = Lab::with_stream();
    lab.key('c').open_readers();
    let first = reader(&lab, 0);
    lab.read(first, &["10", "11"]).effects.clear();
    lab.tell(Message::StopAsked);
    let saved = lab.effects.into_iter().find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(*progress),
        _ => None,
    });
    saved.expect("it is saved at the end")
}

#[test]
fn after_a_restart_the_checkpoints_are_offered_and_gone_on_from() {
    let mut setup = setup(ConnectionKind::Local);
    setup.progress = saved();
    let mut lab = Lab::start(setup);
    lab.listed(&["my-first-stream"])
        .described("my-first-stream", 2);
    let why = consumer::why_empty(&lab.model).unwrap_or_default();
    assert!(why.contains("t, checkpoint"), "{why}");
    lab.key('t').press(KeyCode::Up).enter().effects.clear();
    let why = consumer::why_empty(&lab.model).unwrap_or_default();
    assert!(why.contains("c goes on from the checkpoints"), "{why}");
    lab.key('c');
    let after = StartPosition::AfterSequenceNumber("11".into());
    assert_eq!(lab.opening().1, after);
}

#[test]
fn a_stream_created_anew_drops_the_checkpoints_of_the_one_before_and_says_so() {
    let mut setup = setup(ConnectionKind::Local);
    setup.progress = saved();
    let mut lab = Lab::start(setup);
    lab.now += chrono::TimeDelta::seconds(60);
    lab.listed(&["my-first-stream"])
        .described("my-first-stream", 2);
    assert!(
        lab.status()
            .contains("checkpoints of the earlier one are dropped"),
        "{}",
        lab.status()
    );
    assert_eq!(lab.model.progress.readings, []);
    lab.key('t').press(KeyCode::Up).enter().effects.clear();
    lab.key('c');
    assert_eq!(lab.opening().1, StartPosition::TrimHorizon);
    assert!(
        lab.status().contains("No checkpoint is kept yet"),
        "{}",
        lab.status()
    );
}

#[test]
fn a_stream_created_anew_while_it_is_read_leaves_its_checkpoints_behind() {
    let mut lab = two_workers();
    let second = reader(&lab, 1);
    lab.read(second, &["10", "11"]);
    lab.wait(30.0);
    assert_eq!(lab.model.progress.readings.len(), 1);
    lab.described("my-first-stream", 2);
    assert!(!lab.model.consumer.running);
    assert!(
        lab.status().contains("anew") && lab.status().contains("dropped"),
        "{}",
        lab.status()
    );
    assert_eq!(lab.model.progress.readings, []);
}

#[test]
fn checkpoints_are_saved_once_a_second_at_most() {
    let mut lab = two_workers();
    lab.effects.clear();
    for number in 10..210_u64 {
        for shard in 0..2 {
            let id = reader(&lab, shard);
            lab.answer(Answer::Read {
                reader: id,
                result: Ok(batch(number..number + 1)),
            });
        }
        lab.wait(0.1);
    }
    let saves = lab
        .effects
        .iter()
        .filter(|it| matches!(it, Effect::SaveProgress(_)));
    let saves = saves.count();
    assert!((2..=21).contains(&saves), "{saves} in 20 seconds");
}

#[test]
fn a_slow_worker_takes_its_time_asks_for_no_more_meanwhile_and_is_asked_for_less() {
    let mut lab = Lab::with_stream();
    lab.key('3').key('i').press(KeyCode::Down);
    for _ in 0..7 {
        lab.press(KeyCode::Right);
    }
    lab.escape();
    assert_eq!(lab.model.consumer.settings.speed, Some(2));
    lab.key('c').open_readers().effects.clear();
    lab.wait(1.0);
    let limits: Vec<u32> = lab
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Call(Request::GetRecords { limit, .. }) => Some(*limit),
            _ => None,
        })
        .collect();
    assert_eq!(limits, [10, 10], "five seconds of work");
    lab.effects.clear();
    let first = reader(&lab, 0);
    lab.answer(Answer::Read {
        reader: first,
        result: Ok(batch(10..20)),
    });
    let worked = |lab: &Lab| lab.model.consumer.log.len();
    assert_eq!(worked(&lab), 1, "the first at once");
    assert_eq!(lab.model.consumer.waiting(), 9);
    lab.wait(2.0);
    assert_eq!(worked(&lab), 5);
    assert_eq!(lab.request(), None, "who is not done asks for no more");
    lab.wait(2.5);
    assert_eq!(worked(&lab), 10);
    lab.wait(0.1);
    assert_eq!(lab.poll(), first, "it is done");
}

#[test]
fn a_slow_worker_that_is_killed_loses_what_it_had_not_come_to_and_the_next_one_gets_it_unmarked() {
    let mut lab = two_workers();
    lab.model.consumer.settings.speed = Some(1);
    let second = reader(&lab, 1);
    lab.answer(Answer::Read {
        reader: second,
        result: Ok(batch(10..20)),
    });
    lab.wait(0.5);
    lab.key('x');
    assert_eq!(lab.model.consumer.waiting(), 0);
    pass(&mut lab, 12);
    let second = reader(&lab, 1);
    lab.model.consumer.settings.speed = None;
    lab.answer(Answer::Read {
        reader: second,
        result: Ok(batch(10..20)),
    });
    let marks: Vec<bool> = shown(&lab)
        .into_iter()
        .map(|(_, _, repeat)| repeat)
        .collect();
    assert_eq!(marks.len(), 11, "one, and then all ten");
    assert_eq!(marks.iter().filter(|repeat| **repeat).count(), 1);
}

#[test]
fn the_workers_together_ask_for_a_shards_records_five_times_a_second_at_most() {
    let mut lab = Lab::with_stream();
    lab.key('3')
        .key('i')
        .press(KeyCode::Left)
        .press(KeyCode::Left)
        .press(KeyCode::Left)
        .escape();
    assert_eq!(lab.model.consumer.settings.poll.num_milliseconds(), 200);
    lab.key('c');
    let mut asked: Vec<Vec<i64>> = vec![Vec::new(); 2];
    for round in 0..600 {
        match round % 40 {
            5 => lab.key('W'),
            17 => lab.key('w'),
            23 => lab.key('W').key('W'),
            31 if round < 40 => lab.key('x'),
            39 => lab.key('w'),
            _ => lab.wait(0.05),
        };
        while let Some(request) = lab.request() {
            match request {
                Request::OpenIterator { reader, .. } => {
                    lab.opened(reader, Ok("iterator"));
                }
                Request::GetRecords { reader, .. } => {
                    asked[reader.index].push(lab.now.timestamp_millis());
                    lab.read(reader, &[]);
                }
                _ => {}
            }
        }
    }
    for calls in asked {
        assert!(calls.len() > 50);
        let gaps = calls.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(gaps.clone().all(|gap| gap >= 200), "{:?}", gaps.min());
    }
}

#[test]
fn whatever_the_endpoint_answers_leases_are_held_and_nothing_is_lost_or_comes_twice() {
    let garbage = || CallError::Nonsense {
        why: "the answer is no JSON".into(),
    };
    let reset = || CallError::NoAnswer {
        why: "the connection was reset".into(),
    };
    let throttled = || refusal("ProvisionedThroughputExceededException");
    let mut lab = two_workers();
    let first = reader(&lab, 0);
    lab.read(first, &["10"]).effects.clear();
    // Twenty minutes of it, whatever it is.
    for round in 0..2_400_u32 {
        lab.wait(0.5);
        while let Some(request) = lab.request() {
            let error = match round % 3 {
                0 => garbage(),
                1 => reset(),
                _ => throttled(),
            };
            match request {
                Request::OpenIterator { reader, .. } => lab.opened(reader, Err(error)),
                Request::GetRecords { reader, .. } => lab.unread(reader, error),
                _ => &mut lab,
            };
        }
    }
    assert!(readers(&lab).all(|reader| reader.held && reader.retries()));
    assert_eq!(workers(&lab), [1, 2]);
    lab.wait(31.0);
    let request = lab.request();
    let Some(Request::GetRecords {
        reader, iterator, ..
    }) = request
    else {
        panic!("it goes on with the iterator that it had, not {request:?}");
    };
    assert_eq!(iterator, "next");
    lab.read(reader, &["11"]);
    assert_eq!(shown(&lab).len(), 2);
    assert_eq!(lab.model.consumer.repeats(), 0);
}

#[test]
fn a_worker_whose_shard_vanishes_is_free_of_it_and_the_others_go_on() {
    let mut lab = two_workers();
    let began = lab.model.streams.description().and_then(|it| it.created_at);
    for _ in 0..2 {
        let mut description = lab.description(1);
        description.created_at = began;
        lab.answer(Answer::Described {
            stream: "my-first-stream".into(),
            result: Ok(description),
        });
    }
    assert!(
        lab.status().contains("no shard 1 any more"),
        "{}",
        lab.status()
    );
    assert_eq!(lab.model.consumer.readers[1].state, ReaderState::Vanished);
    assert!(lab.model.consumer.running && lab.model.consumer.readers[0].held);
    lab.effects.clear();
    lab.wait(1.0);
    assert_eq!(lab.poll().index, 0);
    assert_eq!(lab.request(), None, "it is asked no more");
}

#[test]
fn an_iterator_that_expires_while_a_slow_worker_is_busy_skips_nothing_and_repeats_nothing() {
    let mut lab = Lab::with_stream();
    lab.model.consumer.settings.speed = Some(2);
    lab.key('c').open_readers().wait(1.0);
    lab.effects.clear();
    let first = reader(&lab, 0);
    lab.answer(Answer::Read {
        reader: first,
        result: Ok(batch(10..14)),
    });
    lab.wait(3.0);
    let asked = std::iter::from_fn(|| lab.request())
        .any(|it| matches!(it, Request::GetRecords { reader, .. } if reader == first));
    assert!(asked, "what it was given is done");
    lab.unread(first, refusal("ExpiredIteratorException"))
        .wait(1.0);
    let after = StartPosition::AfterSequenceNumber("13".into());
    assert_eq!(lab.opening(), (first, after));
    lab.opened(first, Ok("iterator"));
    lab.answer(Answer::Read {
        reader: first,
        result: Ok(batch(14..15)),
    });
    lab.wait(1.0);
    let numbers: Vec<String> = shown(&lab).into_iter().map(|(number, ..)| number).collect();
    assert_eq!(numbers, ["10", "11", "12", "13", "14"]);
    assert_eq!(lab.model.consumer.repeats(), 0);
}

#[test]
fn what_waits_for_a_slow_worker_is_bounded_however_large_the_records_are() {
    let mut lab = Lab::with_stream();
    lab.model.consumer.settings.speed = Some(1);
    lab.key('c').open_readers();
    for round in 0..200_u64 {
        lab.wait(1.0);
        while let Some(request) = lab.request() {
            let Request::GetRecords { reader, limit, .. } = request else {
                continue;
            };
            let from = 1_000 + round * 100;
            let mut page = batch(from..from + u64::from(limit));
            for record in &mut page.records {
                record.key = "長".repeat(256);
                record.data = vec![0; MAX_SHOWN_BYTES];
                record.size = 1024 * 1024;
            }
            lab.answer(Answer::Read {
                reader,
                result: Ok(page),
            });
        }
        assert!(lab.model.consumer.waiting() <= 20);
    }
    assert!(lab.model.consumer.log.len() > 100);
}
