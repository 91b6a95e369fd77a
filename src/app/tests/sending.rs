//! Scripts about automatic sending: batches, retries of what was refused, duplicates, and how it stops.

use std::sync::Arc;

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::producer::settings::{PAYLOADS, Settings};
use crate::app::producer::{SentLine, Twice, most, rate};
use crate::app::*;
use crate::kinesis::control::FaultKind;
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, PutEntry};
use crate::kinesis::{CallError, ShardId};

const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// A lab that sends ten records with one call, once.
fn sending() -> (Lab, Arc<PutBatch>) {
    let mut lab = Lab::with_stream();
    lab.model.producer.auto.settings = Settings {
        batch: 1,
        ..Settings::default()
    };
    lab.model.producer.auto.rate = 3;
    lab.key('S').wait(0.0);
    let batch = lab.batch();
    (lab, batch)
}

impl Lab {
    /// Takes the oldest request of PutRecords out of the effects.
    fn batch(&mut self) -> Arc<PutBatch> {
        self.next_batch().expect("a batch is sent")
    }

    fn next_batch(&mut self) -> Option<Arc<PutBatch>> {
        std::iter::from_fn(|| self.request()).find_map(|request| match request {
            Request::PutRecords(batch) => Some(batch),
            _ => None,
        })
    }

    /// A batch is answered: those of its records whose place is among these are refused.
    fn refused_in(&mut self, batch: &Arc<PutBatch>, places: &[usize]) -> &mut Self {
        let stored = |place: usize| match places.contains(&place) {
            true => Err(refusal(THROTTLED)),
            false => Ok((
                ShardId::from_index(0),
                format!("49{place:02}").as_str().into(),
            )),
        };
        let result = Ok((0..batch.entries.len()).map(stored).collect());
        let batch = Arc::clone(batch);
        self.answer(Answer::SentBatch { batch, result })
    }

    fn unanswered(&mut self, batch: &Arc<PutBatch>, error: CallError) -> &mut Self {
        let batch = Arc::clone(batch);
        self.answer(Answer::SentBatch {
            batch,
            result: Err(error),
        })
    }

    /// The feed tells that a call of the lab's stored these and that its reply was lost.
    fn reply_lost(&mut self, batch: &PutBatch) -> &mut Self {
        let entry = |(place, entry): (usize, &Arc<Entry>)| PutEntry {
            key: entry.key.clone(),
            explicit_hash_key: None,
            size: entry.data.len(),
            head: entry.data.as_bytes()[..64].to_vec(),
            result: Ok((
                ShardId::from_index(0),
                format!("48{place:02}").as_str().into(),
            )),
        };
        let call = Call {
            at: self.now,
            caller: Caller {
                user_agent: "app/kinesis-lab-auto".into(),
                access_key: OWN_KEY.into(),
                connection: 1,
                http2: false,
            },
            region: "us-east-1".into(),
            operation: "PutRecords".into(),
            stream: Some(batch.stream.clone()),
            error: None,
            detail: Detail::Put(batch.entries.iter().enumerate().map(entry).collect()),
            fault: Some(FaultKind::LoseReply),
            latency: std::time::Duration::from_millis(1),
        };
        self.tell(Message::Fed(FeedEvent::Called(Arc::new(call))))
    }

    /// Automatic sending is stopped.
    fn off(&mut self) -> &mut Self {
        self.key('S')
    }
}

fn ids(batch: &PutBatch) -> Vec<&str> {
    let entries = batch.entries.iter();
    entries.map(|entry| &entry.data[..30]).collect()
}

#[test]
fn of_a_batch_only_what_was_refused_goes_again_in_its_order_and_the_panel_says_so() {
    let (mut lab, batch) = sending();
    assert_eq!(batch.entries.len(), 10);
    lab.off().refused_in(&batch, &[2, 5, 6]);
    assert!(
        lab.status().contains("3 of 10 records are refused")
            && lab.status().contains("only these go again")
            && lab.status().contains("retry 1 of 5"),
        "{}",
        lab.status()
    );
    let waits = lab.model.producer.auto.queue.next_retry().expect("a retry");
    assert_eq!((waits.retry, waits.records), (1, 3));
    lab.wait(0.2);
    let again = lab.batch();
    let expected: Vec<&str> = [2, 5, 6].map(|place| ids(&batch)[place]).into();
    assert_eq!(ids(&again), expected);
    lab.refused_in(&again, &[]);
    let counts = lab.model.producer.auto.queue.counts;
    let told = (counts.written, counts.throttled, counts.retried);
    assert_eq!((told, counts.given_up), ((10, 3, 3), 0));
    assert_eq!(lab.model.producer.written[1], 10);
    let log = &lab.model.producer.log;
    let refused: Vec<usize> = log
        .iter()
        .filter(|(_, line)| line.result.is_err())
        .map(|(_, line)| line.records)
        .collect();
    assert_eq!(refused, [3], "one line for all of them");
}

#[test]
fn what_is_refused_again_and_again_is_given_up_and_counted() {
    let (mut lab, batch) = sending();
    lab.off().refused_in(&batch, &[0]);
    for retry in 1..=5 {
        lab.wait(6.0);
        let again = lab.batch();
        assert_eq!(again.entries.len(), 1, "retry {retry}");
        lab.refused_in(&again, &[0]);
    }
    assert!(lab.status().ends_with("Given up."), "{}", lab.status());
    lab.wait(30.0);
    assert_eq!(lab.next_batch(), None);
    let counts = lab.model.producer.auto.queue.counts;
    assert_eq!((counts.given_up, counts.throttled), (1, 6));
    assert_eq!(counts.sent, counts.written + counts.given_up);
}

#[test]
fn a_batch_without_an_answer_goes_again_whole_and_its_duplicates_are_marked() {
    for told in [true, false] {
        let (mut lab, batch) = sending();
        lab.off();
        if told {
            lab.reply_lost(&batch);
        }
        lab.unanswered(&batch, silence());
        assert!(
            lab.status().contains("got no answer and may be stored"),
            "{}",
            lab.status()
        );
        lab.wait(0.2);
        let again = lab.batch();
        assert_eq!(ids(&again), ids(&batch));
        lab.refused_in(&again, &[]);
        let marks: Vec<_> = lab
            .model
            .producer
            .log
            .iter()
            .filter(|(_, line)| line.result.is_ok())
            .map(|(_, line)| line.twice.clone())
            .collect();
        let first = |place: usize| {
            let number = format!("48{place:02}");
            Twice::Surely((ShardId::from_index(0), number.as_str().into()))
        };
        let expected: Vec<_> = (0..10)
            .map(|place| Some(if told { first(place) } else { Twice::Perhaps }))
            .collect();
        assert_eq!(marks, expected);
        let counts = lab.model.producer.auto.queue.counts;
        let twice = if told { (10, 0) } else { (0, 10) };
        assert_eq!((counts.twice, counts.perhaps_twice), twice);
    }
}

#[test]
fn what_never_reached_the_endpoint_is_not_stored_and_makes_no_duplicate() {
    let (mut lab, batch) = sending();
    lab.off();
    let unreached = CallError::NotReached {
        why: "nothing listens at 127.0.0.1:1".into(),
    };
    lab.unanswered(&batch, unreached.clone());
    assert!(
        lab.status().contains("not sent: no connection"),
        "{}",
        lab.status()
    );
    lab.wait(0.2);
    let again = lab.batch();
    lab.refused_in(&again, &[]);
    let counts = lab.model.producer.auto.queue.counts;
    assert_eq!((counts.perhaps_twice, counts.unknown), (0, 0));
    let marked = |line: &SentLine| line.twice.is_some();
    assert!(!lab.model.producer.log.iter().any(|(_, line)| marked(line)));
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Err(unreached));
    assert!(lab.status().contains("is not stored"), "{}", lab.status());
}

#[test]
fn a_put_without_an_answer_is_unknown_and_not_refused() {
    let mut lab = Lab::with_stream();
    let mut sent = |error: CallError| {
        lab.key('s');
        let put = lab.put();
        lab.stored(&put, 0, Err(error));
        let producer = &lab.model.producer;
        (producer.refused, producer.unsent, producer.unknown)
    };
    assert_eq!(sent(silence()), (0, 0, 1));
    let why = "nothing listens at 127.0.0.1:1".into();
    assert_eq!(sent(CallError::NotReached { why }), (0, 1, 1));
    assert_eq!(sent(refusal("AccessDeniedException")), (1, 1, 1));
}

#[test]
fn a_stream_that_is_gone_stops_it_and_what_waited_is_given_up() {
    let (mut lab, batch) = sending();
    lab.refused_in(&batch, &[1, 2]);
    lab.wait(1.0);
    let next = lab.batch();
    lab.unanswered(&next, refusal("ResourceNotFoundException"));
    assert_eq!(lab.model.producer.auto.next_at, None);
    assert!(
        lab.status()
            .contains("stopped: my-first-stream is not there"),
        "{}",
        lab.status()
    );
    lab.effects.clear();
    lab.wait(60.0);
    assert_eq!(lab.next_batch(), None);
}

#[test]
fn an_answer_for_a_stream_of_before_is_nobody_s() {
    let (mut lab, batch) = sending();
    lab.key('D')
        .press(KeyCode::Up)
        .keys("-two")
        .enter()
        .created();
    lab.refused_in(&batch, &[1]);
    assert!(lab.model.producer.log.is_empty());
    assert_eq!(lab.model.producer.auto.queue.counts.sent, 0);
    lab.wait(10.0);
    assert_eq!(lab.next_batch(), None);
}

#[test]
fn the_rate_grows_to_what_the_shards_take_and_no_further() {
    let mut lab = Lab::with_stream();
    for _ in 0..30 {
        lab.key('+');
    }
    assert_eq!(rate(&lab.model), 2_000);
    assert!(
        lab.status().contains("a shard takes 1000 such events"),
        "{}",
        lab.status()
    );
    lab.key('-');
    assert_eq!(rate(&lab.model), 1_000);
    lab.described("my-first-stream", 8);
    for _ in 0..5 {
        lab.key('+');
    }
    assert_eq!(rate(&lab.model), 8_000);
    lab.described("my-first-stream", 1);
    assert_eq!(rate(&lab.model), 1_000, "fewer shards take less");
    lab.model.producer.auto.settings.payload = PAYLOADS.len() - 1;
    assert_eq!(most(&lab.model), 1, "a mebibyte a second");
}

#[test]
fn a_rate_far_above_what_the_endpoint_answers_skips_and_counts() {
    let mut lab = Lab::with_stream();
    lab.model.producer.auto.settings = Settings {
        batch: 3,
        ..Settings::default()
    };
    lab.key('S');
    for _ in 0..30 {
        lab.key('+');
    }
    lab.wait(10.0);
    let held = lab.model.producer.auto.queue.held();
    assert_eq!(held, 8 * 500, "eight calls");
    let sent = lab.model.producer.auto.queue.counts.sent;
    let turns = sent + lab.model.producer.auto.skipped;
    assert!((20_000..=21_000).contains(&turns), "{turns}");
}

#[test]
fn what_is_on_the_way_is_seen_to_the_end_after_it_was_stopped() {
    let (mut lab, batch) = sending();
    lab.off();
    assert!(
        lab.status().contains("10 records on the way"),
        "{}",
        lab.status()
    );
    lab.refused_in(&batch, &[4]).wait(0.2);
    let again = lab.batch();
    lab.refused_in(&again, &[]);
    assert_eq!(lab.model.producer.auto.queue.counts.written, 10);
    assert_eq!(lab.model.next_deadline().filter(|at| *at < lab.now), None);
}

#[test]
fn elsewhere_the_answers_count_what_is_written() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.listed(&[]).key('D').enter().created();
    lab.described("my-first-stream", 2);
    lab.model.producer.auto.settings.batch = 1;
    lab.model.producer.auto.rate = 3;
    lab.key('S').wait(0.0);
    let batch = lab.batch();
    lab.refused_in(&batch, &[0, 1]);
    assert_eq!(lab.model.streams.count("my-first-stream").written, 8);
}

#[test]
fn a_sent_event_without_an_answer_may_be_stored_and_again_may_be_a_duplicate() {
    let mut lab = Lab::with_stream();
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Err(silence()));
    assert!(
        lab.status().starts_with("Not known whether")
            && lab.status().ends_with("s again may make a duplicate."),
        "{}",
        lab.status()
    );
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Err(refusal(THROTTLED)));
    assert!(!lab.status().contains("duplicate"), "{}", lab.status());
}

#[test]
fn every_event_of_automatic_sending_has_an_id_of_its_own() {
    let (_, batch) = sending();
    let mut seen = ids(&batch);
    assert!(
        seen.iter().all(|id| id.starts_with("{\"id\":\"")),
        "{seen:?}"
    );
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 10);
}

#[test]
fn the_form_changes_how_it_sends_at_once_and_goes_round() {
    let mut lab = Lab::with_stream();
    lab.key('2').key('i');
    let values = |lab: &Lab| producer::Line::ALL.map(|line| line.value(&lab.model));
    let before = values(&lab);
    assert_eq!(
        before[1..],
        [
            "of the template",
            "1 record",
            "of the template",
            "at most 5",
            "2 a second"
        ]
    );
    for _ in producer::Line::ALL {
        lab.press(KeyCode::Right).press(KeyCode::Down);
    }
    assert_eq!(
        values(&lab),
        [
            "IoT sensor",
            "one: alice",
            "10 records",
            "1 KiB",
            "at most 10",
            "5 a second"
        ]
    );
    for _ in producer::Line::ALL {
        lab.press(KeyCode::Left).press(KeyCode::Up);
    }
    assert_eq!(values(&lab), before);
    lab.press(KeyCode::Left);
    assert_eq!(
        values(&lab)[0],
        "Social posts",
        "before the first comes the last"
    );
    lab.key('+').escape();
    assert!(lab.model.overlay.is_none());
    assert_eq!(rate(&lab.model), 5, "plus works there too");
}

#[test]
fn one_key_fills_its_shard_alone_and_large_events_bound_the_rate() {
    let mut lab = Lab::with_stream();
    lab.key('2')
        .key('i')
        .press(KeyCode::Down)
        .press(KeyCode::Right);
    lab.press(KeyCode::Down).press(KeyCode::Right);
    lab.press(KeyCode::Down)
        .press(KeyCode::Left)
        .press(KeyCode::Left);
    let words = producer::Line::Rate.means(&lab.model);
    assert_eq!(words, "of 20 that the shards take");
    lab.escape().key('S').wait(0.0);
    let batch = lab.batch();
    assert_eq!(batch.entries.len(), 2, "at most once a second");
    for entry in &batch.entries {
        assert_eq!((entry.key.as_str(), entry.bytes()), ("alice", 100 * 1024));
    }
}

#[test]
fn on_aws_the_form_and_the_rate_say_what_it_costs_and_the_rate_stays_low() {
    let mut lab = Lab::start(setup(ConnectionKind::Aws));
    lab.answer(Answer::Account(Ok("123456789012".into())));
    lab.listed(&["orders"])
        .key('D')
        .press(KeyCode::Down)
        .enter();
    lab.described("orders", 8).key('S');
    let Some(overlay::Overlay::Confirm(overlay::Confirm::FirstWrite(pending))) = &lab.model.overlay
    else {
        panic!("it asks first");
    };
    let words = guard::first_write_words(&lab.model, pending).join("\n");
    assert!(
        words.contains("2 records a second: about $0.0001 an hour"),
        "{words}"
    );
    lab.escape();
    for _ in 0..30 {
        lab.key('+');
    }
    assert_eq!(rate(&lab.model), 1_000);
    assert!(lab.status().contains("the most that the lab sends on AWS"));
    let words = producer::Line::Rate.teaches(&lab.model);
    assert!(words.contains("about $0.0504 an hour"), "{words}");
}

#[test]
fn what_goes_again_and_is_written_is_said_to_be() {
    let (mut lab, batch) = sending();
    lab.off().refused_in(&batch, &[1, 2]).wait(0.2);
    let again = lab.batch();
    lab.refused_in(&again, &[]);
    assert_eq!(
        lab.status(),
        "2 records written on retry 1: nothing is lost."
    );
}
