//! Scripts about `b`: one batch on purpose, what is refused of it, and what is said.

use std::sync::Arc;

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::overlay::{Confirm, Overlay};
use crate::app::producer::Who;
use crate::app::producer::settings::{Keys, Settings};
use crate::app::*;
use crate::kinesis::ShardId;

const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// A lab whose producer is set to batches of a hundred records.
fn lab() -> Lab {
    let mut lab = Lab::with_stream();
    lab.model.producer.auto.settings = Settings {
        batch: 2,
        keys: Keys::Uniform,
        ..Settings::default()
    };
    lab.key('2');
    lab
}

fn batches(lab: &mut Lab) -> Vec<Arc<PutBatch>> {
    let requests = std::iter::from_fn(|| lab.request());
    let batch = |request| match request {
        Request::PutRecords(batch) => Some(batch),
        _ => None,
    };
    requests.filter_map(batch).collect()
}

/// The batch is answered: so many of its first records are refused, the others are stored in two shards by turns.
fn answer(lab: &mut Lab, batch: &Arc<PutBatch>, refused: usize) {
    let stored = |place: usize| match place < refused {
        true => Err(refusal(THROTTLED)),
        false => Ok((
            ShardId::from_index((place % 2) as u32),
            format!("49{place:03}").as_str().into(),
        )),
    };
    let result = Ok((0..batch.entries.len()).map(stored).collect());
    let batch = Arc::clone(batch);
    lab.answer(Answer::SentBatch { batch, result });
}

#[test]
fn b_sends_one_call_with_as_many_records_as_are_set_as_the_learner_and_no_more() {
    let mut lab = lab();
    lab.key('b').wait(10.0);
    let sent = batches(&mut lab);
    let [batch] = sent.as_slice() else {
        panic!("one call, not {}", sent.len());
    };
    assert_eq!((batch.by, batch.entries.len()), (Sender::You, 100));
    answer(&mut lab, batch, 0);
    assert_eq!(
        lab.status(),
        "One PutRecords: 100 records put, 0 failed; 50 in shard 0, 50 in shard 1."
    );
    assert_eq!(lab.model.producer.written, [100, 0, 0]);
    let mut lines = lab.model.producer.log.iter();
    assert!(lines.all(|(_, line)| line.who == Who::You));
}

#[test]
fn only_what_was_refused_of_it_goes_again_and_still_as_the_learner() {
    let mut lab = lab();
    lab.key('b');
    let batch = batches(&mut lab).remove(0);
    answer(&mut lab, &batch, 2);
    let status = lab.status();
    assert!(
        status.starts_with("98 put, 2 failed, ProvisionedThroughputExceededException: ")
            && status.contains("only these go again"),
        "{status}"
    );
    lab.wait(0.2);
    let again = batches(&mut lab).remove(0);
    assert_eq!((again.by, again.entries.len()), (Sender::You, 2));
    assert_eq!(again.entries[..], batch.entries[..2]);
    answer(&mut lab, &again, 0);
    assert!(
        lab.status().contains("2 records written on retry 1"),
        "{}",
        lab.status()
    );
    assert_eq!(lab.model.producer.written, [100, 0, 0]);
}

#[test]
fn a_batch_of_one_record_is_a_put_records_all_the_same() {
    let mut lab = lab();
    lab.model.producer.auto.settings = Settings::default();
    lab.key('b');
    assert!(lab.status().contains("i says how many"), "{}", lab.status());
    assert_eq!(batches(&mut lab).remove(0).entries.len(), 1);
}

#[test]
fn without_a_stream_nothing_goes_out_and_it_is_said() {
    let mut lab = Lab::local();
    lab.effects.clear();
    lab.key('2').key('b');
    assert_eq!(batches(&mut lab).len(), 0);
    assert!(!lab.status().is_empty());
}

#[test]
fn on_aws_a_batch_asks_before_it_writes_into_a_stream_of_somebodys() {
    let mut lab = Lab::start(setup(ConnectionKind::Aws));
    lab.answer(Answer::Account(Ok("123456789012".into())));
    lab.answer(Answer::Streams(Ok(vec!["production".into()])));
    lab.key('D').press(KeyCode::Down).enter();
    lab.described("production", 1).effects.clear();
    lab.key('2').key('b').key('y');
    let asks = &lab.model.overlay;
    let foreign = matches!(asks, Some(Overlay::Confirm(Confirm::ForeignStream { .. })));
    assert!(foreign, "{}", lab.status());
    assert_eq!(batches(&mut lab).len(), 0);
    lab.key('y');
    assert_eq!(batches(&mut lab).len(), 1, "{}", lab.status());
}
