//! Scripts about the consumer's workers: how they share, leave, are killed, and what comes again.

use super::script::*;
use crate::app::consumer::{Reader, ReaderState};
use crate::app::message::*;
use crate::kinesis::{ShardId, StartPosition};

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
